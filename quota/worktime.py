"""Working time: how many days each rep really works, out of the days that could be worked.

One unit: a working day. `possible` counts Monday to Friday, nothing else taken off. `available`
is what is left of it: no day off in the person's holiday calendar, the absences' shares taken
off, times the share of full time, and only from the first to the last day of work (both
included). A person without start, end, share of full time or calendar is always at work, full
time, without holidays. Intervals run from `start` up to, and without, `end`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from quota import columns

Days = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

ISSUE = ("row", "column", "value", "code")


@dataclass(frozen=True)
class Daily:
    """A quantity per rep and day, held as running totals so that any interval costs the same.

    `totals` has a row per rep and one column more than days: what was gathered before each day.
    """

    start: date
    totals: Floats

    @classmethod
    def from_values(cls, start: date, values: Floats) -> Daily:
        """From a matrix reps × days whose first column is the day `start`."""
        return cls(start, np.pad(np.cumsum(values, axis=1), ((0, 0), (1, 0))))

    def between(self, start: Any, end: Any, reps: Ints | slice = slice(None)) -> Floats:
        """The sum over `start` ≤ day < `end`.

        Two dates give one sum per rep; two arrays of n days a matrix reps × n; with `reps` (n row
        positions) beside them, n sums, one per rep and interval. Raises `ValueError` for days
        that are not held.
        """
        first, last = self._column(start), self._column(end)
        return np.asarray(self.totals[reps, last] - self.totals[reps, first], dtype=np.float64)

    def _column(self, day: Any) -> Ints:
        column = (np.asarray(day, dtype="datetime64[D]") - np.datetime64(self.start)).astype(np.int64)
        if np.any((column < 0) | (column >= self.totals.shape[1])):
            raise ValueError(f"only {self.totals.shape[1] - 1} days from {self.start} are known")
        return np.asarray(column)


@dataclass(frozen=True)
class Availability:
    """Working days of `reps` (in this order) from `start` up to, and without, `end`."""

    reps: tuple[str, ...]
    start: date
    end: date
    possible: Daily
    available: Daily


def availability(
    reps: Sequence[str], people: pd.DataFrame, absences: pd.DataFrame, start: date, end: date
) -> Availability:
    """The working days of `reps` between `start` and `end`, `end` excluded.

    `people` as `columns.PEOPLE`, `absences` as `columns.ABSENCES` (both ends included, share
    missing = whole days, overlapping absences add up to a whole day at most). An unknown
    calendar has no holidays: `check_calendars` names it.
    """
    days = np.arange(np.datetime64(start), np.datetime64(end))
    staff = people.reindex(columns=columns.PEOPLE.names).drop_duplicates(columns.REP, keep="last")
    staff = staff.set_index(columns.REP).reindex(pd.Index(reps))
    weekday = np.is_busday(days).astype(np.float64)[None, :]
    worked = weekday * _employed(staff, days) * ~_holidays(staff["calendar"], days)
    full_time = pd.to_numeric(staff["full_time"]).fillna(1.0).clip(lower=0).to_numpy(np.float64)
    worked = worked * (1 - _absent(reps, absences, days)) * full_time[:, None]
    possible = Daily.from_values(start, weekday)
    everybody = np.broadcast_to(possible.totals, (len(reps), len(days) + 1))
    return Availability(tuple(reps), start, end, Daily(start, everybody), Daily.from_values(start, worked))


def check_calendars(people: pd.DataFrame) -> pd.DataFrame:
    """Issues (row, column, value, code) for holiday calendars nobody knows; row = position."""
    calendars = people.reindex(columns=["calendar"])["calendar"]
    found = [
        (row, "calendar", code, "unknown_calendar")
        for row, code in enumerate(calendars)
        if isinstance(code, str) and code.strip() and not knows_calendar(code)
    ]
    return pd.DataFrame(found, columns=list(ISSUE))


def knows_calendar(code: str) -> bool:
    """Whether `code` (DK, FI, US-CA) names a holiday calendar."""
    return _days_off(_normal(code), 2026) is not None


def as_days(values: Iterable[object]) -> Days:
    """Dates, timestamps or nothing, as whole days; nothing becomes NaT."""
    moments = pd.to_datetime(pd.Series(list(values), dtype=object))
    return moments.to_numpy().astype("datetime64[D]")


def _employed(staff: pd.DataFrame, days: Days) -> Bools:
    first, last = as_days(staff["start"])[:, None], as_days(staff["end"])[:, None]
    return (np.isnat(first) | (days >= first)) & (np.isnat(last) | (days <= last))


def _holidays(calendars: pd.Series, days: Days) -> Bools:
    off = np.zeros((len(calendars), len(days)), dtype=np.bool_)
    years = range(days[0].item().year, days[-1].item().year + 1)
    for code in calendars.dropna().unique():
        dates = [day for year in years for day in _days_off(_normal(code), year) or ()]
        off[(calendars == code).to_numpy(np.bool_)] = np.isin(days, np.array(dates, dtype="datetime64[D]"))
    return off


def _absent(reps: Sequence[str], absences: pd.DataFrame, days: Days) -> Floats:
    """Share of each day away, reps × days: +share where leave begins, −share the day after it ends."""
    leave = absences.reindex(columns=columns.ABSENCES.names)
    who = pd.Index(reps).get_indexer(pd.Index(leave[columns.REP]))
    share = pd.to_numeric(leave["share"]).fillna(1.0).to_numpy(np.float64)
    begin, last = as_days(leave["from"]), as_days(leave["to"])
    held = (who >= 0) & (begin <= last) & (last >= days[0]) & (begin <= days[-1])
    first, after = (begin - days[0]).astype(np.int64), (last - days[0]).astype(np.int64) + 1
    steps = np.zeros((len(reps), len(days) + 1))
    np.add.at(steps, (who[held], np.clip(first[held], 0, len(days))), share[held])
    np.add.at(steps, (who[held], np.clip(after[held], 0, len(days))), -share[held])
    return np.clip(np.cumsum(steps[:, :-1], axis=1), 0, 1)


def _normal(code: str) -> str:
    return code.strip().upper()


@lru_cache(maxsize=512)
def _days_off(code: str, year: int) -> frozenset[date] | None:
    """The holidays of a calendar in a year; None if nobody knows the calendar."""
    import holidays  # takes a tenth of a second, which the first page should not wait for

    country, _, region = code.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))
    except NotImplementedError:
        return None
