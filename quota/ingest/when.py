"""The date columns of a table, read together so that one settles the order of day and month for all.

Times that say their zone are brought to the wall clock of the workspace's zone, where it is
known; dates without a time, and times without a zone, stand as written. A column whose
zoned times are all midnight is a column of dates.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quota.ingest import dates, flipped, vocabulary, years, zones
from quota.ingest.cells import EARLIER_FILES, Context
from quota.ingest.fates import Fates
from quota.ingest.layouts import ORDERS
from quota.ingest.records import Choices, Question
from quota.ingest.tables import Column
from quota.ingest.tidy import WRITTEN

_CLOCK = re.compile(
    r"(?:kl\.?\s*|klo\s*)?(\d{1,2})(?:[:.]?(\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?)?\s*(?:([ap])\.?m\.?)?"
    r"(?:\s*Uhr)?\s*\(?(" + zones.WRITTEN + r")?\)?",
    re.I,
)
# A day and a month and no year: `ti 3.6.`, `3/6`; what follows may be a time of day.
_NO_YEAR = r"^((?:\pL+\.?,?\s+)?\d{1,2}(?:\.\s?\d{1,2}\.|/\d{1,2}))(\s|$)"
# A time of day as workbooks keep it: the part of the day that has passed.
_FRACTION = re.compile(r"0?\.\d{2,}")
_NEVER = np.datetime64("NaT")
# What shows an order well enough to be held to next time.
_SHOWN = ("values", "weekday", "other_column", "answer")
FIELDS = ("date", "due_date", "created_date", "close_date", "lost_date")
# What settles the order of a column well enough to speak for the others.
_PROOF = ("answer", "values", "majority", "dots", "weekday")
_FIRST_YEAR = 1990
_YEARS_AHEAD = 10
_YEARS_APART = 15


class Dates:
    """The date columns of one table; `questions` are what only a person knows of them."""

    def __init__(self, held: dict[str, Column], context: Context, fates: Fates) -> None:
        self._held = {name: held[name] for name in FIELDS if name in held}
        self._fates, self._choices = fates, context.choices
        self._year = years.around(fates.table, context)
        self._read = self._settled(context)
        self._strange = {name: self._strange_years(read.ts) for name, read in self._read.items()}
        self._instants = {name: self._utc(name) for name in self._read}
        self._clock = _Clock(held["time"], fates) if "time" in held else None
        self._zoned = [name for name, utc in self._instants.items() if not np.isnat(utc).all()]
        self._say()

    @property
    def questions(self) -> list[Question]:
        """The orders that nothing settles, a year that is nowhere, the zone of times that have one."""
        asked = [self._held[name] for name, moments in self._read.items() if moments.asked]
        found = [
            Question("date_order", column.header, flipped.doubtful(column.texts), ORDERS) for column in asked
        ]
        yearless = [text for column in self._held.values() for text in self._without_year(column)[:1]]
        found += [years.question(text, self._choices) for text in yearless[:1]]
        if self._zoned and self._choices.zone is None:
            column = self._held[self._zoned[0]]
            found.append(Question("zone_of_times", column.header, column.texts[0], zones.COMMON))
        return found

    def at(self, name: str) -> np.ndarray:
        """One column's moments, row by row; all NaT if the table has no such column."""
        return self._at(name, self._choices.zone)

    def first(self, *names: str) -> np.ndarray:
        """Row by row the first of several columns that holds anything, with the time column's clock.

        A cell that holds no readable date is not stood in for by another column.
        """
        return self._first(names, self._choices.zone)

    def written(self, *names: str) -> dict[str, pa.Array]:
        """The column that rows are known by, where times say their zone: the moments, by the clock of UTC."""
        if not (self._zoned or (self._clock and self._clock.zoned)):
            return {}
        return {WRITTEN: pa.array(self._first(names, "UTC"), pa.timestamp("us"))}

    def _at(self, name: str, zone: str | None) -> np.ndarray:
        if name not in self._held:
            return np.full(self._fates.table.height, _NEVER, dtype="datetime64[us]")
        ts, utc = self._read[name].ts, self._instants[name]
        if zone is not None and not np.isnat(utc).all():
            ts = np.where(np.isnat(utc), ts, zones.wall_clock(utc, zone))
        ts = np.where(self._strange[name], _NEVER, ts)
        return np.asarray(np.append(ts, _NEVER)[self._held[name].codes])

    def _first(self, names: tuple[str, ...], zone: str | None) -> np.ndarray:
        ts = self._at(names[0], zone)
        blocked = self.unreadable(names[0])
        for name in names[1:]:
            ts = np.where(np.isnat(ts) & ~blocked, self._at(name, zone), ts)
            blocked |= np.isnat(ts) & self.unreadable(name)
        return ts if self._clock is None else self._clock.added(ts, zone)

    def unreadable(self, name: str) -> np.ndarray:
        """Row by row, whether the cell holds something that is no date."""
        if name not in self._held:
            return np.zeros(self._fates.table.height, dtype=bool)
        column = self._held[name]
        return np.asarray(column.filled & np.isnat(self.at(name)) & ~column.where(vocabulary.is_empty))

    def reject_unreadable(self, ts: np.ndarray, *names: str) -> None:
        """Reject the rows without a moment whose cell in one of the columns is no date."""
        for name in names:
            if name not in self._held:
                continue
            column, wrong = self._held[name], np.isnat(ts) & self.unreadable(name)
            yearless = np.isin(
                column.codes, [column.texts.index(text) for text in self._without_year(column)]
            )
            strange = np.append(self._strange[name], False)[column.codes]
            self._fates.reject(wrong & yearless, "no_year", column)
            self._fates.reject(wrong & strange, "strange_year", column)
            self._fates.reject_cells(wrong, "bad_date", column)

    def _settled(self, context: Context) -> dict[str, dates.Moments]:
        """Every column read; the order that some of them prove, or earlier files tell, holds for all."""
        read = {name: self._one(name, context.order(column.header)) for name, column in self._held.items()}
        for enough in (_PROOF, (EARLIER_FILES,)):
            orders = {moments.order for moments in read.values() if moments.evidence in enough}
            if len(orders) == 1:
                hint = (orders.pop(), "other_column")
                return {
                    name: moments if moments.evidence in enough else self._one(name, hint)
                    for name, moments in read.items()
                }
        return read

    def _one(self, name: str, hint: tuple[str, str]) -> dates.Moments:
        column, choices = self._held[name], self._choices
        values, order = column.values, order_chosen(column, choices)
        if half := flipped.read(values, order):
            return half
        if self._year is not None:
            values = pc.replace_substring_regex(values, _NO_YEAR, rf"\1/{self._year}\2")
            values = pc.replace_substring(values, "./", ".")
        return dates.read(values, order=order, hint=hint, today=choices.today)

    def _without_year(self, column: Column) -> list[str]:
        """The texts that lack a year, if it is nowhere else either."""
        if self._year is not None:
            return []
        lacking = pc.match_substring_regex(column.values, _NO_YEAR)
        return list(column.values.filter(lacking).to_pylist())

    def _strange_years(self, ts: np.ndarray) -> np.ndarray:
        """Which moments lie in a year that nobody's export reaches, or far from all the others."""
        found = ts.astype("datetime64[Y]").astype(np.int64) + 1970
        there = ~np.isnat(ts)
        if not there.any():
            return np.zeros(len(ts), dtype=bool)
        last = (self._choices.today.year if self._choices.today else 2100) + _YEARS_AHEAD
        apart = abs(found - np.median(found[there])) > _YEARS_APART
        return np.asarray(there & ((found < _FIRST_YEAR) | (found > last) | apart))

    def _utc(self, name: str) -> np.ndarray:
        """A column's moments in UTC where the cells or the heading say their zone, else NaT."""
        moments, column = self._read[name], self._held[name]
        ts, utc = moments.ts, moments.utc
        if said := zones.heading_zone(column.header):
            timed = np.asarray(pc.match_substring(column.values, ":")) | ~_midnight(ts)
            promised = np.isnat(utc) & timed
            utc = np.where(promised, zones.to_utc(ts, pa.array([said] * len(ts))), utc)
        told = ~np.isnat(utc)
        return np.full(len(ts), _NEVER, dtype="datetime64[us]") if _midnight(ts[told]).all() else utc

    def _say(self) -> None:
        """Note what was decided without proof, and times that could not be brought to one clock."""
        for name, moments in self._read.items():
            note_order(self._held[name], moments, self._fates)
        if self._choices.zone is None:
            for name in self._zoned:
                self._fates.note("time_zone_as_written", self._held[name].header)


class _Clock:
    """A column of times of day, with the zone that its cells or its heading say."""

    def __init__(self, column: Column, fates: Fates) -> None:
        promised = zones.heading_zone(column.header)
        read = [_time_of_day(text) for text in column.texts]
        seconds = np.array([*(0 if found is None else found[0] for found in read), 0], dtype="int64")
        said = pa.array([*("" if found is None else found[1] or promised for found in read), ""], pa.string())
        self._time = seconds[column.codes] * np.timedelta64(1_000_000, "us")
        self._zone = said.take(pa.array(column.codes % len(said)))  # -1, the empty cell, is the last
        for text, found in zip(column.texts, read, strict=True):
            if found is None and not vocabulary.is_empty(text):
                fates.note("bad_time", column.header, text)
                break

    @property
    def zoned(self) -> bool:
        """Whether any of the times says its zone."""
        return zones.any_zone(self._zone)

    def added(self, ts: np.ndarray, zone: str | None) -> np.ndarray:
        """The moments at midnight moved to the time of day beside them, on the clock of `zone`."""
        bare = _midnight(ts)
        ts = np.where(bare, ts + self._time, ts)
        if zone is None or not self.zoned:
            return ts
        utc = np.where(bare, zones.to_utc(ts, self._zone), _NEVER)
        return np.where(np.isnat(utc), ts, zones.wall_clock(utc, zone))


def note_order(column: Column, moments: dates.Moments, fates: Fates) -> None:
    """Keep the order that a column shows; say so where it was decided without proof."""
    if moments.evidence in _SHOWN:
        fates.orders[column.header] = moments.order
    if moments.evidence == EARLIER_FILES:
        fates.note(f"{moments.order}_as_before", column.header, column.texts[0])
    elif moments.evidence in dates.TOLD and not _safe_by_language(column, moments):
        fates.note(f"{moments.order}_assumed", column.header, column.texts[0])


def _safe_by_language(column: Column, moments: dates.Moments) -> bool:
    """Nobody who writes 3-11-2026 or 3/11 in a Nordic file puts the month first; with 3/11/2026 some do."""
    return moments.evidence == "language" and not any(text.count("/") > 1 for text in column.texts)


def order_chosen(column: Column, choices: Choices) -> str:
    """`dmy` or `mdy`, if the person settled it for this column."""
    order = choices.fields.get(column.header, "").partition(":")[2]
    return order if order in ORDERS else ""


def _midnight(ts: np.ndarray) -> np.ndarray:
    return np.asarray(ts == ts.astype("datetime64[D]"))


def _time_of_day(text: str) -> tuple[int, str] | None:
    """`9.30`, `kl. 9:30`, `1:00 PM`, `0930`, `14:05 UTC` → seconds after midnight and the zone."""
    if _FRACTION.fullmatch(text):
        return round(float(text) * 86_400) % 86_400, ""
    found = _CLOCK.fullmatch(text)
    if not found or int(found[1]) > 23 or int(found[2] or 0) > 59 or int(found[3] or 0) > 59:
        return None
    hour = int(found[1])
    if found[4]:
        hour = hour % 12 + 12 * (found[4] in "pP")
    return (hour * 60 + int(found[2] or 0)) * 60 + int(found[3] or 0), found[5] or ""
