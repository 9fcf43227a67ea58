"""A tracker → events: one cell counts one rep's activities of one kind in one period.

What it counts stands in a heading or a column; so does the period. A week counts on its
Monday, a month on its first day. A cell that went back to nothing withdraws what it said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from quota import columns as c
from quota.ingest import cells, dates, labels, vocabulary
from quota.ingest.cells import Context
from quota.ingest.fates import Fates
from quota.ingest.mapping import Mapped
from quota.ingest.records import KIND_OPTIONS, Question
from quota.ingest.tables import Column, Table
from quota.ingest.tidy import Events, stack
from quota.ingest.when import Dates

_IDENTITY = (c.REP, c.TS, c.KIND, c.TEAM, c.ACCOUNT)
_NEVER = np.datetime64("NaT", "us")


@dataclass(frozen=True)
class _Cells:
    """One column of counts: what it counts and when, row by row."""

    column: Column
    kind: pa.Array
    ts: np.ndarray


def read(table: Table, mapped: Mapped, context: Context, fates: Fates) -> tuple[Events, list[Question]]:
    """Events of a tracker; `fates` learns what became of every row."""
    held = mapped.columns
    cells.mark_furniture(table, held["rep"], fates)
    reps = cells.names(held["rep"], fates)
    counted, questions = _counted(table, mapped, context, fates)
    _note_uncounted(table, mapped, fates)
    numbers = [_counts(part.column, context, fates) for part in counted]
    counted, numbers = _without_sums(counted, numbers, fates)
    shared = {
        c.REP: reps,
        **cells.extras({name: held[name] for name in (c.TEAM, c.ACCOUNT) if name in held}, context),
    }
    money = cells.money(held, context, fates)
    if mapped.kinds and money:
        counted, numbers = _with_won(table, counted, numbers, held)
    said = [~np.isnan(number) for number in numbers] or [np.zeros(table.height, dtype=bool)]
    fates.skip(~np.any(said, axis=0), "nothing_counted")
    parts = []
    for part, number in zip(counted, numbers, strict=True):
        amounts = money if _is_won(part) else {}
        parts.append(_events(table, {**shared, **amounts}, part, number).take(np.flatnonzero(fates.open)))
    return stack(parts), questions


def _counted(
    table: Table, mapped: Mapped, context: Context, fates: Fates
) -> tuple[list[_Cells], list[Question]]:
    """The columns of counts, with their kinds and moments: named by the heading, else by the row."""
    held, by_index = mapped.columns, {column.index: column for column in table.columns}
    year = _year_around(table, context)
    starts, questions = _starts(mapped.periods, year, context, fates)
    ts, kinds = None, None
    indices = sorted(mapped.kinds.keys() | mapped.periods.keys())
    if not mapped.periods:
        ts, asked = _when(held, context, year, fates)
        questions += asked
    if not indices or mapped.periods.keys() - mapped.kinds.keys():
        kinds, asked = _kinds(table, held.get("kind"), context, fates)
        questions += asked
    if not indices:
        return [_Cells(held["count"], _given(kinds), _given(ts))], questions
    return [
        _Cells(
            by_index[index],
            _constant_kind(mapped.kinds[index], table) if index in mapped.kinds else _given(kinds),
            np.full(table.height, starts[index]) if index in starts else _given(ts),
        )
        for index in indices
    ], questions


def _given(array: Any) -> Any:
    if array is None:
        raise ValueError("a column of counts needs a kind and a moment")
    return array


def _constant_kind(kind: str, table: Table) -> pa.Array:
    return pa.array([kind] * table.height).dictionary_encode()


def _starts(
    periods: dict[int, str], year: int | None, context: Context, fates: Fates
) -> tuple[dict[int, np.datetime64], list[Question]]:
    """The first moment of each heading's period; without a year every row is refused and it is asked."""
    starts = {index: _start(label, year, context) for index, label in periods.items()}
    undated = [periods[index] for index, start in starts.items() if np.isnat(start)]
    if undated:
        fates.reject(fates.open, "no_year")
    return starts, [_year_question(undated[0], context)] if undated else []


def _kinds(
    table: Table, column: Column | None, context: Context, fates: Fates
) -> tuple[pa.Array, list[Question]]:
    """Row by row what is counted; a type that nobody knows is asked about, its rows wait refused."""
    if column is None:
        named = vocabulary.meaning_within("kinds", context.about)
        fates.reject(np.full(table.height, named is None), "no_kind")
        return pa.array([named or "other"] * table.height).dictionary_encode(), []
    chosen = {vocabulary.fold(text): kind for text, kind in context.choices.kinds.items()}
    fates.skip(column.where(vocabulary.starts_total), "total_row", column)
    fates.skip(column.where(lambda text: chosen.get(vocabulary.fold(text)) == ""), "never_counted", column)
    known = column.where(lambda text: vocabulary.fold(text) in chosen or _kind(text) is not None)
    strange = column.filled & ~known & fates.open
    often = np.bincount(column.codes[strange], minlength=1)
    fates.reject(strange | ~column.filled, "unknown_kind", column)
    kinds = cells.recoded(column, lambda text: chosen.get(vocabulary.fold(text)) or _kind(text))
    return kinds, [
        Question("kind_of_value", column.header, column.texts[code], KIND_OPTIONS, int(often[code]))
        for code in np.flatnonzero(often)
    ]


def _kind(text: str) -> str | None:
    return vocabulary.meaning_within("kinds", text)


def _when(
    held: dict[str, Column], context: Context, year: int | None, fates: Fates
) -> tuple[np.ndarray, list[Question]]:
    """Row by row the first moment of the period; rows without one are rejected."""
    if "date" in held:
        when = Dates(held, context, fates)
        ts = when.at("date")
        when.reject_unreadable(ts, "date")
        fates.reject(np.isnat(ts), "no_date", held["date"])
        return ts, when.questions
    if "period" not in held:
        start = _period_around(context.about, year)
        fates.reject(np.full(fates.table.height, np.isnat(start)), "no_period")
        return np.full(fates.table.height, start), []
    column = held["period"]
    starts = [_start(text, year, context, column.header) for text in column.texts]
    ts = np.array([*starts, _NEVER], dtype="datetime64[us]")[column.codes]
    if "year" in held:
        ts = _with_year_column(column, held["year"], ts)
    yearless = column.where(lambda text: _lacks_year(_label(text, column.header)))
    asked = [] if year or "year" in held else _first_text(column, yearless & np.isnat(ts) & fates.open)
    fates.reject(yearless & np.isnat(ts), "no_year", column)
    fates.reject(np.isnat(ts), "bad_period", column)
    return ts, [_year_question(text, context) for text in asked]


def _lacks_year(label: labels.Label | None) -> bool:
    return label is not None and label.year is None


def _first_text(column: Column, rows: np.ndarray) -> list[str]:
    return [column.texts[column.codes[at]] for at in np.flatnonzero(rows)[:1]]


def _with_year_column(column: Column, years: Column, ts: np.ndarray) -> np.ndarray:
    filled = ts.copy()
    for at, text in enumerate(years.texts):
        rows = years.codes == at
        year = int(text) if text.isdigit() else None
        starts = [_start_of(_label(label, column.header), year) for label in column.texts]
        filled[rows] = np.array([*starts, _NEVER], dtype="datetime64[us]")[column.codes[rows]]
    return filled


def _start(text: str, year: int | None, context: Context, heading: str = "") -> np.datetime64:
    """The first moment of the period that a text names: a label, or a date."""
    label = _label(text, heading)
    if label is not None:
        return _start_of(label, year)
    hint = ("dmy", "language") if context.day_first else ("", "")
    moment: np.datetime64 = dates.read(pa.array([text]), hint=hint).ts[0]
    return moment


def _label(text: str, heading: str) -> labels.Label | None:
    """A period by its label, or by a bare number where the heading says what it numbers."""
    unit = vocabulary.meaning("period_units", heading)
    return labels.period_label(text) or (labels.bare_number(text, unit) if unit else None)


def _start_of(label: labels.Label | None, year: int | None) -> np.datetime64:
    start = label.start(year) if label else None
    return _NEVER if start is None else np.datetime64(start, "us")


def _period_around(about: str, year: int | None) -> np.datetime64:
    """The first moment of the one period that the names around the table speak of."""
    words = re.split(r"[\s_,;()]+", about)
    spans = [" ".join(words[at : at + length]) for length in (1, 2) for at in range(len(words))]
    starts = {_start_of(labels.period_label(span), year) for span in spans}
    known = {start for start in starts if not np.isnat(start)}
    return known.pop() if len(known) == 1 else _NEVER


def _year_around(table: Table, context: Context) -> int | None:
    """The year that was chosen, or the one that the lines above, the file's or the sheet's name speak of."""
    if context.choices.year is not None:
        return context.choices.year
    for text in (" ".join(table.preamble), context.about):
        years = {int(year) for year in labels.YEAR.findall(text)}
        if len(years) == 1:
            return years.pop()
    return None


def _year_question(label: str, context: Context) -> Question:
    today = context.choices.today
    years = range(today.year, today.year - 3, -1) if today else ()
    return Question("year_of_label", "", label, tuple(map(str, years)))


def _counts(column: Column, context: Context, fates: Fates) -> np.ndarray:
    """Whole numbers, NaN where the cell says nothing; anything else rejects the row."""
    number = cells.floats(column, decimal_comma=context.decimal_comma)
    said = column.filled & ~column.where(vocabulary.is_empty)
    whole = cells.is_count(number)
    fates.reject_cells(said & ~whole, "bad_count", column)
    return np.where(said & whole, number, np.nan)


def _with_won(
    table: Table, counted: list[_Cells], numbers: list[np.ndarray], held: dict[str, Column]
) -> tuple[list[_Cells], list[np.ndarray]]:
    """An amount belongs to the sales won; a tracker that does not count those gets a column of none."""
    if any(_is_won(part) for part in counted):
        return counted, numbers
    won = _Cells(held["amount"], pa.array(["won"] * table.height).dictionary_encode(), counted[0].ts)
    return [*counted, won], [*numbers, np.where(held["amount"].filled, 0.0, np.nan)]


def _note_uncounted(table: Table, mapped: Mapped, fates: Fates) -> None:
    """A column of numbers that speaks of a kind but is not understood is told, not dropped in silence."""
    told = {match.index for match in mapped.matches if match.field or match.reason_code != "no_field"}
    for column in table.columns:
        if column.index not in told and vocabulary.meaning_within("kinds", column.header):
            fates.note("not_counted", column.header)


def _without_sums(
    counted: list[_Cells], numbers: list[np.ndarray], fates: Fates
) -> tuple[list[_Cells], list[np.ndarray]]:
    """Of several columns of one kind and moment, one that adds up the others counts nothing twice."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for at, part in enumerate(counted):
        groups.setdefault((tuple(part.kind.dictionary.to_pylist()), part.ts.tobytes()), []).append(at)
    sums = set()
    for members in (group for group in groups.values() if len(group) > 2):
        values = np.nan_to_num(np.array([numbers[at] for at in members])[:, fates.open])
        for place, at in enumerate(members):
            if values[place].any() and np.array_equal(values[place] * 2, values.sum(axis=0)):
                fates.note("adds_up_others", counted[at].column.header)
                sums.add(at)
    kept = [at for at in range(len(counted)) if at not in sums]
    return [counted[at] for at in kept], [numbers[at] for at in kept]


def _is_won(part: _Cells) -> bool:
    return bool(part.kind.dictionary.to_pylist() == ["won"])


def _events(table: Table, shared: dict[str, pa.Array], part: _Cells, number: np.ndarray) -> Events:
    nothing = np.isnan(number) | (number == 0)
    if c.AMOUNT in shared:
        nothing &= np.asarray(shared[c.AMOUNT].fill_null(0.0)) == 0
    columns = {
        **shared,
        c.TS: pa.array(part.ts, pa.timestamp("us")),
        c.KIND: part.kind,
        c.COUNT: pa.array(np.nan_to_num(number).astype(np.int64)),
    }
    return Events(columns, np.arange(table.height) + table.first_row, None, nothing, _IDENTITY)
