"""Columns of numbers that a tracker holds and nobody understands: told, never dropped in silence.

Numbers that count nothing by their nature say nothing: ids, phones, row numbers, percentages, rates,
hours.
"""

from __future__ import annotations

import re

import numpy as np

from quota.ingest import cells, vocabulary
from quota.ingest.fates import Fates
from quota.ingest.headings import SUM, taken_apart
from quota.ingest.likeness import filled, heading_score, looks_like_numbers
from quota.ingest.mapping import Mapped
from quota.ingest.tables import AROUND, Column, Table

# Of many such columns so many are told.
_TOLD = 5
# Fields whose numbers are no counts, and of which a tracker has no use.
_NO_COUNTS = ("id", "person_id", "deal_id", "duration", "time", "full_time", "year", "points", "threshold")
_PHONE = re.compile(r"\+?[\d\s()/-]{7,}")


def note(table: Table, mapped: Mapped, fates: Fates) -> None:
    """Note each column that is left out and speaks of a kind, or holds numbers that may be counts."""
    told = {match.index for match in mapped.matches if match.field or match.reason_code != "no_field"}
    unknown = 0
    for column in (one for one in table.columns if one.index != AROUND):
        if (reason := mapped.counting.aside.get(column.index)) in ("part_of_other", "not_work"):
            fates.note(reason, column.header)
        elif column.index in told:
            continue
        elif vocabulary.meaning_within("kinds", column.header) and not _reaches(column):
            fates.note("not_counted", column.header)
        elif unknown < _TOLD and _may_count(column):
            unknown += 1
            fates.note("numbers_left_out", column.header, column.sample[0])


def _reaches(column: Column) -> bool:
    """Whether a column says how somebody is reached: addresses, or numbers to call."""
    reached = sum("@" in text or bool(_PHONE.fullmatch(text)) for text in column.sample)
    return reached > 0.5 * len(column.sample)


def _may_count(column: Column) -> bool:
    """Whether a column's numbers may be counts of something."""
    sample = filled(column.sample)
    if not sample or looks_like_numbers(sample) <= 0.5 or _is_rate(column, sample):
        return False
    if vocabulary.starts_total(column.header) or taken_apart(column.header, ()).role == SUM:
        return False
    if any(heading_score(column.header, name)[0] > 0.5 for name in _NO_COUNTS):
        return False
    return not (_numbers_rows(column) or _reaches(column))


def _is_rate(column: Column, sample: tuple[str, ...]) -> bool:
    """Percentages, rates, averages and hours: by the heading, or by cells that say so."""
    words = vocabulary.fold(column.header).split()
    named = vocabulary.words("rates")["any"]
    shares = sum(text.rstrip().endswith("%") for text in sample)
    return "%" in column.header or any(word in named for word in words) or 2 * shares > len(sample)


def _numbers_rows(column: Column) -> bool:
    """Whether a column only counts the rows: 1, 2, 3 …"""
    if column.is_text and not all(text.isdigit() for text in column.texts):
        return False
    number = cells.floats(column, decimal_comma=False)
    known = number[~np.isnan(number)]
    return len(known) > 1 and bool((np.diff(known) == 1).all()) and known[0] in (0, 1)
