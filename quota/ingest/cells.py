"""Whole columns of cells → tidy columns: names, numbers, known words, ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quota import columns as c
from quota.ingest import numbers, vocabulary
from quota.ingest.fates import Fates
from quota.ingest.likeness import without_extension
from quota.ingest.records import Choices
from quota.ingest.tables import AROUND, Column, Table, positions
from quota.names import folded

EARLIER_FILES = "earlier_files"
TEXTS = (c.ACCOUNT, c.CONTACT, c.DEAL, c.TEAM, c.TOPIC)
# The number of a telephone outside the house, as it stands where colleagues have a name.
_CALLER = re.compile(r"(?:\+|00)[\d\s()./-]{7,}")
_MOSTLY_UNIQUE = 0.9
_LAST_FIRST = re.compile(r"[^,@\d]+, [^,@\d]+")
_LISTED = re.compile(r"[;|\n]")
_IN_BRACKETS = re.compile(r"^\[([^\[\],]+)\]$")
_BETWEEN_NAMES = re.compile(r"[;|\n,/&+]|\s(?:and|og|och|ja|und)\s", re.I)
_MAIL_BEHIND = re.compile(r"\s*[(<\[][^()<>\s]+@[^()<>\s]+[)>\]]$")


@dataclass(frozen=True)
class Context:
    """What the rest of the file suggests to the columns of one table."""

    choices: Choices
    about: str  # file and sheet name and the lines above, where a kind or a year may stand
    around: tuple[str, ...]  # sheet and file name, the nearest first
    decimal_comma: bool
    day_first: bool
    kroner: str  # which currency "kr" means here
    orders: Mapping[str, str] = field(default_factory=dict)  # heading → dmy or mdy, as in earlier files

    def order(self, heading: str) -> tuple[str, str]:
        """The order of day and month to take where a column does not tell, and what suggests it."""
        if earlier := self.orders.get(vocabulary.fold(heading)):
            return earlier, EARLIER_FILES
        return ("dmy", "language") if self.day_first else ("", "")


def recoded(column: Column, change: Callable[[str], str | None]) -> pa.Array:
    """A column as a dictionary array with every distinct text changed once; None becomes empty."""
    again = pa.array([change(text) for text in column.texts], pa.string()).dictionary_encode()
    codes = np.append(positions(again), np.int32(-1))[column.codes]
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32(), mask=codes < 0), again.dictionary)


def known_words(column: Column | None, read: Callable[[str], str | None]) -> pa.Array | None:
    """A column in the words that `read` knows; texts that it does not know stay as they are."""
    if column is None:
        return None
    return recoded(column, lambda text: read(text) or " ".join(text.split()))


def names(column: Column, fates: Fates) -> pa.Array:
    """The reps' names with single spaces; rows without one are rejected.

    Where every name stands once, on the first row of its block, it holds for the whole block.
    """
    column = filled_down(column, fates)
    nobody = column.where(_is_nobody)
    fates.reject(~column.filled | nobody, "no_rep", column)
    alone = {folded(text) for text in column.texts}
    fates.reject(column.where(lambda text: _several(text, alone)), "several_reps", column)
    present = np.bincount(column.codes[fates.open & column.filled], minlength=len(column.texts)) > 0
    turned = present.any() and all(_LAST_FIRST.fullmatch(column.texts[at]) for at in np.flatnonzero(present))
    written = {text: _name(text, turned=bool(turned)) for text in column.texts}
    usual = _usual_case(column, written)
    return recoded(column, lambda text: usual[folded(written[text])])


def _several(text: str, alone: set[str]) -> bool:
    """Whether a cell names several people: `Anna; Liam`, or `Anna & Liam` where each stands alone too."""
    parts = [part.strip() for part in _BETWEEN_NAMES.split(text)]
    if len(parts) < 2 or not all(re.search(r"[^\W\d]{2}", part) for part in parts):
        return False
    return bool(_LISTED.search(text)) or {folded(part) for part in parts} <= alone


def _usual_case(column: Column, written: dict[str, str]) -> dict[str, str]:
    """A name's commonest spelling, by the name in small letters: ANNA BERG and Anna Berg are one."""
    often = np.bincount(column.codes[column.filled], minlength=len(column.texts))
    usual: dict[str, tuple[int, str]] = {}
    for count, text in zip(often, column.texts, strict=True):
        name = written[text]
        held = usual.get(folded(name), (0, name))
        usual[folded(name)] = max(held, (int(count), name), key=lambda pair: pair[0])
    return {key: name for key, (_, name) in usual.items()}


def _is_nobody(text: str) -> bool:
    """Whether a cell names no rep: nothing, `Unassigned`, or the number of who called."""
    known = vocabulary.is_empty(text) or vocabulary.meaning("nobody", text) is not None
    return known or bool(_CALLER.fullmatch(text))


def filled_down(column: Column, fates: Fates) -> Column:
    """A column of blocks, which names each only on its first row, with every row of a block named.

    Blocks of one length may come again: the same reps in every week. Refused rows that were put
    right came without their blocks, so there a name holds for its own row.
    """
    if fates.apart:
        return column
    rows = np.flatnonzero(fates.open)
    codes = column.codes[rows]
    named = codes[codes >= 0]
    if len(named) == len(codes) or 2 * len(named) > len(codes) + 1 or codes[0] < 0:
        return column
    lengths = np.diff(np.append(np.flatnonzero(codes >= 0), len(codes)))
    if np.bincount(named).max() > 1 and (lengths != lengths[0]).any():
        return column
    last = np.maximum.accumulate(np.where(codes >= 0, np.arange(len(codes)), 0))
    spread = np.array(column.codes, dtype=np.int32)  # a row left out keeps the name it has
    spread[rows] = codes[last]
    fates.note("filled_down", column.header)
    cells = pa.DictionaryArray.from_arrays(pa.array(spread, pa.int32(), mask=spread < 0), column.values)
    filled = Column(column.header, column.index, cells)
    # A row that is refused is shown, and corrected, apart from its block.
    own = tuple(filled if one.index == column.index else one for one in fates.table.columns)
    fates.table = replace(fates.table, columns=own)
    return filled


def _name(text: str, *, turned: bool) -> str:
    """`Berg, Anna` → Anna Berg where the whole column is written so; so do `Anna Berg (a@b.dk)`,
    `101 - Anna Berg` and `[Anna Berg]`."""
    text = without_extension(_MAIL_BEHIND.sub("", " ".join(text.split())) or text)
    text = _IN_BRACKETS.sub(r"\1", text)
    last, _, first = text.partition(", ")
    return f"{first} {last}" if turned else text


def counts(column: Column | None, context: Context, fates: Fates) -> np.ndarray:
    """Whole numbers, 1 where the table has no such column; anything else is rejected."""
    if column is None:
        return np.ones(fates.table.height, dtype=np.int64)
    number = floats(column, decimal_comma=context.decimal_comma)
    whole = is_count(number)
    fates.reject_cells(~whole, "bad_count", column)
    return np.where(whole, number, 0).astype(np.int64)


def is_count(number: np.ndarray) -> np.ndarray:
    """Whether each number can be a count: whole, not negative, and not beyond belief."""
    return np.asarray((number >= 0) & (number == np.floor(number)) & (number < 1e9))


def floats(column: Column, *, decimal_comma: bool) -> np.ndarray:
    """A column's numbers row by row, NaN where the cell holds none."""
    if pa.types.is_floating(column.cells.type) or pa.types.is_integer(column.cells.type):
        return np.asarray(column.cells.cast(pa.float64()).fill_null(np.nan))
    return _by_row(numbers.read(column.values, decimal_comma=decimal_comma), column)


def _by_row(read: numbers.Numbers, column: Column) -> np.ndarray:
    return np.asarray(np.append(read.value, np.nan)[column.codes])


def money(held: dict[str, Column], context: Context, fates: Fates) -> dict[str, pa.Array]:
    """The amount and its currency; a text that is no amount is noted, the row stays."""
    column = held.get("amount")
    if column is None:
        return {}
    read = numbers.read(column.values, decimal_comma=context.decimal_comma)
    if read.asked:
        fates.note("decimal_mark", column.header, column.texts[0] if column.texts else None)
    amount = _by_row(read, column) if column.is_text else floats(column, decimal_comma=False)
    # A cell that names its money says itself how much it is.
    amount = amount if any(read.currency) else amount * numbers.scale_in(column.header)
    unreadable = column.filled & np.isnan(amount) & ~column.where(vocabulary.is_empty) & fates.open
    for at in np.flatnonzero(unreadable)[:100]:
        fates.note(
            "bad_amount", column.header, column.texts[column.codes[at]], int(at) + fates.table.first_row
        )
    array = pa.array(amount, pa.float64(), mask=np.isnan(amount))
    return {c.AMOUNT: array, c.CURRENCY: _currency(held, column, read, context)}


def _currency(held: dict[str, Column], column: Column, read: numbers.Numbers, context: Context) -> pa.Array:
    def code(name: str) -> str | None:
        return context.kroner if name == "kr" else name or None

    if "currency" in held:
        return recoded(held["currency"], lambda text: code(numbers.currency_in(text)) or text.upper())
    heading = code(numbers.currency_in(column.header))
    if column.is_text and any(read.currency):
        marked = {text: code(mark) or heading for text, mark in zip(column.texts, read.currency, strict=True)}
        return recoded(column, marked.get)
    return recoded(column, lambda _: heading)


def currencies(column: Column, context: Context) -> pa.Array:
    """The currency that the cells of a column of money, or its heading, name; empty where nothing does."""
    return _currency({}, column, numbers.read(column.values, decimal_comma=context.decimal_comma), context)


def extras(held: dict[str, Column], context: Context) -> dict[str, pa.Array]:
    """The columns that say more about an event: account, contact, deal, team, topic, units, new customer."""
    found: dict[str, pa.Array] = {}
    for name in TEXTS:
        column = held.get("deal_id", held.get(name)) if name == c.DEAL else held.get(name)
        if column is not None:
            found[name] = recoded(column, lambda text: None if vocabulary.is_empty(text) else text)
    if "units" in held:
        units = floats(held["units"], decimal_comma=context.decimal_comma)
        found[c.UNITS] = pa.array(units, pa.float64(), mask=np.isnan(units))
    if "new_customer" in held:
        column = held["new_customer"]
        yes = column.where(lambda text: vocabulary.meaning("yes_no", text) == "yes")
        known = column.where(lambda text: vocabulary.meaning("yes_no", text) is not None)
        found[c.NEW_CUSTOMER] = pa.array(yes, pa.bool_(), mask=~known)
    return found


def identities(
    column: Column | None, rep: Column, fates: Fates, days: np.ndarray | None = None
) -> pa.Array | None:
    """The export's own ids where they tell rows apart, else None.

    Of several rows with the same id (legs of a call, stages of a deal) the last one counts: it
    is the latest state. Numbers that start again with every rep are no ids, nor are those of meetings
    that are held again on other days.
    """
    if column is None:
        return None
    rows = np.flatnonzero(fates.open & column.filled)
    codes = column.codes[rows]
    distinct = int(np.count_nonzero(np.bincount(codes, minlength=1)))
    shared = distinct < len(rows) and _shared(codes, rep.codes[rows], distinct)
    if not len(rows) or shared or (days is not None and _of_series(column, codes, days[rows])):
        fates.note("ids_not_unique", column.header)
        return None
    if distinct < len(rows):
        last = np.full(len(column.values), -1)
        last[codes] = rows
        earlier = np.zeros(fates.table.height, dtype=bool)
        earlier[rows] = last[codes] != rows
        fates.skip(earlier, "same_id", column)
    return pa.DictionaryArray.from_arrays(
        pa.array(column.codes, pa.int32(), mask=~column.filled), column.values
    ).dictionary_decode()


def _of_series(column: Column, codes: np.ndarray, days: np.ndarray) -> bool:
    """Whether the numbers of meetings are those of rooms or series, by being held on several days."""
    if vocabulary.kind_of_table(column.header) != "meeting":
        return False
    held = np.unique(
        np.stack([codes.astype(np.int64), days.astype("datetime64[D]").astype(np.int64)]), axis=1
    )
    return bool(held.shape[1] > len(np.unique(codes)))


def _shared(codes: np.ndarray, reps: np.ndarray, distinct: int) -> bool:
    """Whether different reps use the same ids, as no system's ids are."""
    pairs = len(np.unique(codes.astype(np.int64) * (reps.max() + 2) + reps))
    return bool(pairs > distinct / _MOSTLY_UNIQUE)


def mark_furniture(table: Table, rep: Column | None, fates: Fates) -> None:
    """Skip totals, footers and headings that repeat inside the table."""
    lonely = table.filled_cells <= 2
    if rep is not None:
        targets = vocabulary.words("targets")["rep"]
        fates.skip(rep.where(lambda text: vocabulary.only_says(text, targets)), "target_row", rep)
        fates.skip(rep.where(vocabulary.ends_total), "total_row", rep)
        fates.skip(rep.where(vocabulary.starts_example), "example_row", rep)
    looked_at = {column.index: column for column in table.columns[:2]}
    if rep is not None:
        looked_at[rep.index] = rep
        fates.skip(rep.where(lambda text: text == rep.header), "repeated_heading", rep)
    for column in looked_at.values():
        might = _might_be_furniture(column)
        fates.skip(_those(column, might, vocabulary.starts_footer) & lonely, "footer", column)
        without_rep = ~rep.filled if rep is not None and column.index != rep.index else True
        totals = _those(column, might, vocabulary.starts_total)
        fates.skip(totals & (without_rep | lonely), "total_row", column)
    lonely = (table.filled_cells == 1) & fates.open
    if len(table.columns) > 3 and lonely.any():
        fates.skip(lonely, "label_row", Column("", AROUND, pa.array(table.alone(lonely), pa.string())))


def _might_be_furniture(column: Column) -> np.ndarray:
    """The places, among a column's distinct texts, of those that open like a total or a footer."""
    return np.flatnonzero(np.asarray(pc.match_substring_regex(column.values, _furniture(), ignore_case=True)))


def _those(column: Column, places: np.ndarray, holds: Callable[[str], bool]) -> np.ndarray:
    """Like `column.where`, of the distinct texts at `places` alone."""
    return np.isin(column.codes, [at for at in places if holds(column.texts[at])])


@cache
def _furniture() -> str:
    openings = [*vocabulary.words("footer")["start"], *vocabulary.words("total")["start"]]
    openings += vocabulary.words("total")["whole"]
    return r"^\W*(?:" + "|".join(opening.replace(" ", r"\W+") for opening in openings) + ")"
