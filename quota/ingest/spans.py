"""When a tracker's cells happened: what the heading, the row and the names around the table say, joined.

A week counts on its Monday, a month on its first day. What none of them says is asked or
refused, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pyarrow as pa

from quota.ingest import cells, corner, dates, labels, vocabulary, years
from quota.ingest.cells import Context
from quota.ingest.fates import Fates
from quota.ingest.headings import TARGET, Heading
from quota.ingest.labels import Label
from quota.ingest.records import Question
from quota.ingest.tables import Column, Table
from quota.ingest.when import Dates

# How many weeks or months may lie in a period that is named beside them or around a table.
_MOST: dict[tuple[str, ...], int] = {("week", "month"): 6, ("week", "quarter"): 14, ("month", "quarter"): 3}
_TITLES = 20
_NEVER = np.datetime64("NaT", "us")
# Columns that may name a block of rows only on its first.
_BLOCKS = ("date", "period", "weekday")
_DAY = re.compile(r"(?:[1-9]|[12]\d|3[01])\.?")
# How many words a period has: `Nov 2 2026 - Nov 8 2026`, `2026-11-02 - 2026-11-08`, `Week 45`, `W45`.
_RUNS = (7, 3, 2, 1)
# A day, or days from one to another, before a month's name; or behind it.
_DAY_BEFORE = re.compile(
    r"(?:(?<!\d)(\d{1,2})\.?\s*[-–]\s*)?(?<!\d)(\d{1,2})(?:\.|st|nd|rd|th)?(?: of)?$", re.I
)
_DAY_AFTER = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?", re.I)
_WORD_GAPS = re.compile(r"(?:[\s_,;()]|:(?=\s|$))+")
# A single letter and digit in a file's name is a version, not a week; Q3 is a quarter.
_VERSION = re.compile(r"[a-pr-z]\d", re.I)


@dataclass(frozen=True)
class Spans:
    """Row by row (`codes`, the last label standing for none) what the rows themselves say,
    `exact` the moments of those that hold a date, and by column what its heading says."""

    rows: Sequence[Label | None]
    codes: np.ndarray
    exact: np.ndarray
    headings: Mapping[int, Label | None]
    year: int | None
    context: Context

    def labels(self, index: int) -> list[Label | None]:
        """The periods of a column's cells, one per label of the rows."""
        if self.headings.get(index) is None:
            return list(self.rows)
        at = list(self.headings).index(index)
        return [line[at] for line in self._by_row()]

    def starts(self, index: int) -> np.ndarray:
        """The first moment of each cell of a column, NaT where it is not known."""
        starts = np.array([_start(one) for one in self.labels(index)], dtype="datetime64[us]")[self.codes]
        return starts if self.headings.get(index) else np.where(np.isnat(self.exact), starts, self.exact)

    def _by_row(self) -> list[list[Label | None]]:
        headings = list(self.headings.values())
        return [
            labels.with_years(
                [_placed(labels.joined((one, row))) for one in headings],
                self.year,
                self.context.choices.today,
            )
            for row in self.rows
        ]


def spans(
    table: Table,
    headings: Mapping[int, Heading],
    held: dict[str, Column],
    context: Context,
    fates: Fates,
) -> tuple[Spans, list[Question]]:
    """When the cells under `headings` happened; rows of which nobody knows are refused."""
    year = _year_around(table, held, context)
    across = _across(headings, year, context)
    weekdays = any(label and label.unit == "weekday" for label in across.values())
    exact, rows, codes, asked = _by_rows(table, held, context, fates, weekdays=weekdays)
    named, around = [*across.values()], period_around(table, context)
    holding = [*((named, row) for row in rows), *_beside(table, held, rows, codes, context)]
    outside = any(_numbered_outside(said, whole, year) for said, whole in holding)
    if outside or _numbered_outside([*named, *rows], around, year, some=False):
        fates.reject(fates.open, "week_outside", held.get("period"))
    units = {label.unit for label in (*across.values(), *rows) if label}
    if units <= {"weekday", "day_of_month", "year"}:
        unread = _unread(rows, codes, held)
        rows = [None if at in unread else labels.joined((one, around)) for at, one in enumerate(rows)]
    rows = labels.with_years([_placed(one) for one in rows], year, context.choices.today)
    found = Spans(rows, codes, exact, across, year, context)
    return found, [*asked, *_refused(table, found, headings, held, fates)]


def _unread(rows: Sequence[Label | None], codes: np.ndarray, held: dict[str, Column]) -> set[int]:
    """Which labels are none although their cells say something: nothing around them stands in for it."""
    said = np.zeros(len(codes), dtype=bool)
    for name in _BLOCKS:
        if name in held:
            said |= held[name].filled & ~held[name].where(vocabulary.is_empty)
    return {int(code) for code in np.unique(codes[said]) if rows[code] is None}


def _beside(
    table: Table, held: dict[str, Column], rows: Sequence[Label | None], codes: np.ndarray, context: Context
) -> list[tuple[list[Label | None], Label | None]]:
    """What the rows say under each month or quarter of a column that is left out beside finer periods."""
    found = []
    for column in table.columns:
        named = vocabulary.meaning("period_units", column.header) in ("month", "quarter")
        if "period" not in held or column is held["period"] or not named:
            continue
        for code, whole in enumerate(_labels(column.texts, context, None, column.header)):
            said = np.unique(codes[(column.codes == code) & column.filled])
            found.append(([rows[at] for at in said], whole))
    return found


def _numbered_outside(
    said: Sequence[Label | None], whole: Label | None, year: int | None, *, some: bool = True
) -> bool:
    """Whether all weeks or months are numbered as those of a month or quarter may be, and `some` of the
    year's of these numbers, or none of them, lie outside it: week 1 of May is none of January's."""
    fine = [label for label in said if label]
    units = {label.unit for label in fine}
    if whole is None or len(units) != 1:
        return False
    most = _MOST.get((*units, whole.unit), 0)
    whole = replace(whole, year=whole.year or year or fine[0].year)
    first, last = whole.start(), whole.last
    if first is None or last is None or any(label.number > most for label in fine):
        return False
    own = [replace(label, year=first.year) for label in fine if label.year in (None, first.year)]
    days = [(label.start(), label.last) for label in own]
    inside = [bool(start and end and start <= last and end >= first) for start, end in days]
    return len(own) == len(fine) and not (all(inside) if some else any(inside))


def _across(headings: Mapping[int, Heading], year: int | None, context: Context) -> dict[int, Label | None]:
    """By column what its heading says of the period; {} where none says anything."""
    if not any(one.periods for one in headings.values()):
        return {}
    texts = [text for one in headings.values() for text in one.periods]
    named = dict(zip(texts, _labels(texts, context, year), strict=True))
    return {index: labels.joined(named[text] for text in one.periods) for index, one in headings.items()}


def _labels(
    texts: Sequence[str], context: Context, year: int | None, heading: str = ""
) -> list[Label | None]:
    """Texts of one row or column of headings as labels: periods, dates, days without their year."""
    unit = vocabulary.meaning("period_units", heading)
    if _are_days(texts, heading):
        return [
            labels.day_of_month(labels.spelled(None, int(text.rstrip(".") or 0)))
            if text[:1].isdigit()
            else None
            for text in texts
        ]
    bare = [text for text in texts if labels.day_label(text) or labels.day_label(text, "mdy")]
    order = labels.day_order(bare, day_first=context.day_first)
    moments = dates.read(pa.array(texts, pa.string()), hint=_hint(texts, context)).ts
    found = []
    for text, moment in zip(texts, moments, strict=True):
        label = (labels.bare_number(text, unit) if unit else None) or labels.period_label(text)
        if label is None and not np.isnat(moment):
            label = labels.of_date(moment.astype("datetime64[D]").item())
        found.append(label or labels.day_label(text, order) or labels.day_of_month(text))
    return found


def _are_days(texts: Sequence[str], heading: str) -> bool:
    """Whether the cells under a heading of days are the numbers of a month's days."""
    if not any(vocabulary.fold(heading) in vocabulary.words("fields")[name] for name in ("date", "weekday")):
        return False
    said = [text for text in texts if not (vocabulary.is_empty(text) or vocabulary.starts_total(text))]
    return bool(said) and all(_DAY.fullmatch(text) for text in said)


def _hint(texts: Sequence[str], context: Context) -> tuple[str, str]:
    """Which order keeps the dates of several headings together, as neighbours are."""
    if context.day_first:
        return "dmy", "language"
    values = pa.array(texts, pa.string())
    spread = {}
    for order in ("dmy", "mdy"):
        days = dates.read(values, order=order).ts
        known = days[~np.isnat(days)]
        spread[order] = (len(days) - len(known), np.ptp(known.astype("int64")) if len(known) else 0)
    return (
        ("", "") if spread["dmy"] == spread["mdy"] else (min(spread, key=lambda one: spread[one]), "together")
    )


def _by_rows(
    table: Table, held: dict[str, Column], context: Context, fates: Fates, *, weekdays: bool
) -> tuple[np.ndarray, list[Label | None], np.ndarray, list[Question]]:
    """Row by row the exact moment, and what the columns of periods, years and days say together; beside
    `weekdays` a date says in which week."""
    held = {**held, **{name: cells.filled_down(held[name], fates) for name in _BLOCKS if name in held}}
    for column in (held[name] for name in _BLOCKS if name in held):
        fates.skip(column.where(vocabulary.starts_total), "total_row", column)
    exact, asked = np.full(table.height, _NEVER), []
    parts: list[tuple[list[Label | None], np.ndarray]] = []
    if "date" in held:
        when = Dates(held, context, fates)
        exact = when.at("date")
        asked = [question for question in when.questions if question.code != "year_of_label"]
        days, codes = np.unique(exact.astype("datetime64[D]"), return_inverse=True)
        parts.append(([labels.of_date(day.item()) if not np.isnat(day) else None for day in days], codes))
    for name in ("date", "period", "weekday", "year"):
        if name in held and not (name == "date" and not np.isnat(exact[held[name].filled]).any()):
            column = held[name]
            heading = "year" if name == "year" else column.header
            parts.append(([*_labels(column.texts, context, None, heading), None], column.codes))
    if "date" in held and (weekdays or ("weekday" in held and _end_of_week(held["date"].header))):
        end = _end_of_week(held["date"].header)
        parts = [([labels.week_of_day(one, end) for one in said], codes) for said, codes in parts]
        exact = np.full(table.height, _NEVER)
    if not parts:
        return exact, [None], np.zeros(table.height, dtype=int), asked
    combined = np.zeros(table.height, dtype=np.int64)
    for said, codes in parts:
        combined = combined * len(said) + np.where(codes < 0, len(said) - 1, codes)
    _, first, place = np.unique(combined, return_index=True, return_inverse=True)
    order = np.argsort(first)  # the file's, so that a turn of the year is seen
    rows = [labels.joined(said[codes[at]] for said, codes in parts) for at in first[order]]
    return exact, rows, np.argsort(order)[place], asked


def _end_of_week(heading: str) -> str:
    """Whether a heading names the `first` or the `last` day of a week: `Week commencing`, `Week ending`."""
    words = f" {vocabulary.fold(heading)} "
    ends = vocabulary.words("week_ends")
    named = (end for end in ("first", "last") if any(f" {one} " in words for one in ends[end]))
    return next(named, "")


def _refused(
    table: Table, found: Spans, headings: Mapping[int, Heading], held: dict[str, Column], fates: Fates
) -> list[Question]:
    """Refuse the rows with a filled cell of no known period; ask for the year if only that lacks."""
    column = held.get("date") or held.get("period")
    by_index = {one.index: one for one in table.columns}
    for index in (at for at, one in headings.items() if one.role != TARGET or one.periods):
        unknown = np.isnat(found.starts(index)) & by_index[index].filled & fates.open
        yearless = np.array([_lacks_year(one) for one in found.labels(index)])[found.codes]
        if not unknown.any():
            continue
        first = _first_yearless(table, found, index, unknown & yearless, headings, column)
        blamed = table.saying(first) if found.headings.get(index) and first else column
        fates.reject(unknown & yearless, "no_year", blamed or table.saying(first or ""))
        if column is None:
            fates.reject(unknown, "no_period")
        if column is not None and column is held.get("date"):
            fates.reject_cells(unknown & column.filled, "bad_date", column)
            fates.reject(unknown, "no_date", column)
        fates.reject(unknown, "bad_period", column)
        if first is not None:
            return [years.question(first, found.context.choices)]
    return []


def _first_yearless(
    table: Table,
    found: Spans,
    index: int,
    rows: np.ndarray,
    headings: Mapping[int, Heading],
    column: Column | None,
) -> str | None:
    """The first label that lacks its year, as written."""
    if not rows.any():
        return None
    if found.headings.get(index) is not None:
        return headings[index].periods[0].lstrip(labels.DAY_MARK)
    if column is None:
        return next((text for text in _names(table, found.context) if period_within(text)), "")
    told = np.flatnonzero(rows & column.filled)
    return column.texts[column.codes[told[0]]] if len(told) else None


def _lacks_year(label: Label | None) -> bool:
    """Whether the year is all that a label does not say; a weekday needs its week."""
    return label is not None and label.year is None and (label.unit != "weekday" or label.week is not None)


def _placed(label: Label | None) -> Label | None:
    """A label that says enough, or None: a day of no known month says nothing."""
    return None if label and label.unit == "day_of_month" else label


def _start(label: Label | None) -> np.datetime64:
    start = label.start() if label else None
    return _NEVER if start is None else np.datetime64(start, "us")


def _year_around(table: Table, held: dict[str, Column], context: Context) -> int | None:
    """The year that was chosen, or the one that the lines above, the period's heading, the sheet's
    or the file's name speak of; of two that follow one another the first."""
    if context.choices.year is not None:
        return context.choices.year
    heading = held["period"].header if "period" in held else ""
    for text in (" ".join((*table.preamble, corner.said(table))), heading, *context.around):
        found = sorted({int(year) for year in labels.YEAR.findall(text)})
        if found and found[-1] - found[0] < len(found) <= 2:
            return found[0]
    return None


def period_around(table: Table, context: Context) -> Label | None:
    """The period that the names around the table speak of, the nearest name first."""
    return next((found for text in _names(table, context) if (found := period_within(text))), None)


def _names(table: Table, context: Context) -> tuple[str, ...]:
    """What stands around the table, the nearest first; `Week:` and the cell behind it are one name."""
    above = table.preamble[:_TITLES]
    beside = (
        " ".join(pair)
        for pair in pairwise(above)
        if vocabulary.meaning("period_units", pair[0]) or _end_of_week(pair[0])
    )
    return corner.said(table), *beside, *above, *context.around


def period_within(text: str) -> Label | None:
    """The one period that a name speaks of, None if none or several: `team_report_2026-W46`."""
    words = [word for word in _WORD_GAPS.split(text) if word and not _VERSION.fullmatch(word)]
    if week := _week_of_date(words):
        return week
    found: dict[str, Label] = {}
    at = 0
    while at < len(words):
        for length in _RUNS:
            label = labels.period_label(" ".join(words[at : at + length]))
            if label and at + length <= len(words):
                label = _of_a_day(label, words, at, at + length)
                if label and found.setdefault(label.unit, label) != label:
                    return None
                at += length - 1
                break
        at += 1
    return labels.joined(found.values())


def _week_of_date(words: Sequence[str]) -> Label | None:
    """The week whose first or last day a date names, behind words that say so: `Week starting 2026-11-02`."""
    end = _end_of_week(" ".join(words[:-1]))
    moments = dates.read(pa.array(words[-1:] if end else [], pa.string()))
    if not end or moments.asked or np.isnat(moments.ts[0]):
        return None
    return labels.week_of_day(labels.of_date(moments.ts[0].astype("datetime64[D]").item()), end)


def _of_a_day(label: Label, words: Sequence[str], start: int, end: int) -> Label | None:
    """The month of a name, or the week or day where it is only a part of that: `week commencing 5 October
    2026`, `5.-9. oktober`, `Daily report 9 October`; None of another day, which may be that of the print."""
    before = _DAY_BEFORE.search(" ".join(words[:start]))
    after = _DAY_AFTER.fullmatch(words[end]) if end < len(words) else None
    if label.unit != "month" or not (before or after):
        return label
    opening = vocabulary.fold(
        " ".join(words[:start])[: before.start()] if before else " ".join(words[:start])
    )
    first, day = (before[1], before[2]) if before else (None, after[1] if after else "")
    if first and 3 <= int(day) - int(first) <= 6:
        return replace(label, unit="week_of", day=int(first))
    if not first and opening.endswith(vocabulary.words("week_ends")["first"]):
        return replace(label, unit="week_of", day=int(day))
    daily = {vocabulary.meaning("every", word) for word in opening.split()}
    if not first and (
        "day" in daily or vocabulary.meaning("weekdays", opening.split()[-1] if opening else "")
    ):
        return replace(label, unit="day", day=int(day))
    return None


def kind_around(table: Table, context: Context) -> tuple[str, str] | None:
    """The one kind that the names around the table speak of, and the name: the nearest; of a name
    that speaks of several, none."""
    for text in _names(table, context):
        if kinds := _kinds_within(text):
            return (kinds.pop(), text) if len(kinds) == 1 else None
    return None


def _kinds_within(text: str) -> set[str]:
    names = vocabulary.words("vague")["around"]
    words = [word for word in _WORD_GAPS.split(text) if vocabulary.fold(word) not in names]
    alone = {kind for word in words if (kind := vocabulary.meaning("kinds", word))}
    together = vocabulary.meaning_within("kinds", " ".join(words))
    ends = vocabulary.words("lists")["end"]
    lists = [word for word in words if vocabulary.fold(word).endswith(ends)]
    opened = {kind for word in lists if (kind := vocabulary.opening(word))}
    return alone or ({together} if together else opened)
