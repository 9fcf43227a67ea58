"""Numbers that are not how many were done, though a heading may say so: the numbers of things (phones,
customers, invoices, the meetings themselves), and how much of a thing a row is about.

A row of a log is one activity. Read as a quantity, one phone number becomes twenty million calls.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from quota.ingest import cells, dates, numbers, vocabulary
from quota.ingest.headings import taken_apart
from quota.ingest.likeness import filled, heading_score
from quota.ingest.tables import AROUND, Column, Table

# Nobody does more of one kind on a day where the heading may say something else; nor more than this, where
# it may say the number of a thing.
_MOST = 999
_MOST_NUMBERED = 100
# Nor more than this in any time.
_NEVER = 99_999
# Serial numbers of this size start at no first row.
_LATER = 100
# What a row is about that is one thing, by its field.
_ONE_THING = ("duration", "account", "contact", "deal", "deal_id", "amount")


def no_quantities(table: Table, settled: Mapping[str, str]) -> frozenset[int]:
    """The columns under a heading of a quantity that is none, in a table of days; or, in any table, beyond
    belief."""
    daily = any(_are_days(column) for column in table.columns)
    return frozenset(
        column.index
        for column in table.columns
        if column.header not in settled and column.index != AROUND and _is_none(column, table, daily)
    )


def _is_none(column: Column, table: Table, daily: bool) -> bool:
    said = vocabulary.meaning("quantities", column.header)
    if said is None and vocabulary.meaning("fields", column.header) != "count":
        return False
    known = _numbers(column)
    if not len(known):
        return False
    if not daily:
        return bool(np.median(known) > _NEVER)
    others = [one for one in table.columns if one.index not in (column.index, AROUND)]
    most = _MOST if said in ("numbered", "volume") else _NEVER
    if np.median(known) > most or (known % 1 != 0).mean() > 0.5:
        return True
    if said == "numbered":
        return bool(known.max() > _MOST_NUMBERED) or any(_is_goods(one) or _is_one(one) for one in others)
    if said == "volume":
        return any(_is_goods(one) or _is_one(one) for one in others)
    return said == "goods" and any(_is_goods(one) for one in others)


def _is_goods(column: Column) -> bool:
    """Whether a heading speaks of what is sold or sent: a product, a price, an invoice, a street."""
    heading, known = vocabulary.fold(column.header), vocabulary.words("goods")
    if heading in known["heading"] or any(word in known["any"] for word in heading.split()):
        return True
    # Amounts in few rows are those of the sales among what was done.
    return heading_score(column.header, "amount")[0] > 0.5 and bool(column.filled.mean() > 0.5)


def _is_one(column: Column) -> bool:
    """Whether a heading names the one thing that a row is about: its customer, its talking time."""
    return any(heading_score(column.header, name)[0] > 0.5 for name in _ONE_THING)


def serials(table: Table) -> dict[int, str]:
    """Column index → kind of columns that number what was done, `Meeting #` over 101, 102, 103, in a
    table of days: each row is one of the kind."""
    if not any(_are_days(column) for column in table.columns):
        return {}
    return {
        column.index: kind
        for column in table.columns
        if (kind := _numbered_kind(column.header)) and _is_serial(column)
    }


def _numbered_kind(header: str) -> str | None:
    """The kind whose number a heading asks for behind it: `Call #`, `Meeting No.`"""
    words = header.replace("#", " # ").split()
    if len(words) < 2 or vocabulary.meaning("quantities", words[-1]) != "numbered":
        return None
    return taken_apart(" ".join(words[:-1]), ("kind",)).kind


def _is_serial(column: Column) -> bool:
    """Whether numbers go up or down one by one, most of them, from 1 or from more than any count of so
    few rows."""
    number = cells.floats(column, decimal_comma=False)
    known = number[~np.isnan(number)]
    if len(known) < 2 or len(np.unique(known)) < len(known) or (known % 1 != 0).any():
        return False
    steps = np.diff(known)
    if known.min() >= max(_LATER, len(known) + 1):
        ordered = bool((steps > 0).all() or (steps < 0).all())
        return ordered and bool((abs(steps) == 1).mean() >= 0.5)
    in_order = bool((steps == 1).all() or (steps == -1).all())
    # `Calls #` over 1, 2, 3 may be how many; the number of one call is no plural.
    return in_order and known.min() <= 1 and not vocabulary.fold(column.header).split()[0].endswith("s")


def is_accumulated(header: str) -> bool:
    """Whether a heading adds up more than its row: `Revenue YTD`, `Omsætning sidste år`."""
    text = f" {vocabulary.fold(header)} "
    return any(f" {words} " in text for words in vocabulary.words("accumulated")["any"])


def is_accumulated_money(header: str) -> bool:
    """Whether a heading is one of money that adds up more than its row."""
    return is_accumulated(header) and heading_score(header, "amount")[0] > 0.5


def _are_days(column: Column) -> bool:
    return dates.looks_like_dates(filled(column.sample)) > 0.5


def _numbers(column: Column) -> np.ndarray:
    read = numbers.read(pa.array(filled(column.sample), pa.string()), decimal_comma=False).value
    return np.asarray(read[~np.isnan(read)])
