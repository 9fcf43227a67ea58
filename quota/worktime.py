"""Working time: how many days each rep really works, out of the days that could be worked.

One unit: a working day. `possible` counts the days of a full week: Monday to Friday, unless the
person's `weekdays` say otherwise, each with the workspace's weight for its weekday. `available`
is what is left of it: no day off in the person's holiday calendar, the absences' shares taken
off (a person's, a team's, everyone's when the office is closed), times the share of full time, and
only from the first to the last day of work (both included). A person without start, end, share
of full time or calendar is always at work, full time, without holidays. Whatever changes on a
day changes from that day on (see `crew.versions`). Intervals run from `start` up to, and
without, `end`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from babel import Locale

from quota import columns as c
from quota import crew
from quota.crew import Days, as_days

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

ISSUE = ("row", "column", "value", "code")

EVEN = (1.0,) * 7  # every weekday carries the same
OFFICE = (1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0)

# The days of the week, Monday first, as they are written in the languages that are read.
_DAYS = (
    ("mon", "man", "maa", "ma", "mån", "mandag"),
    ("tue", "tir", "tii", "ti", "tis"),
    ("wed", "ons", "kes", "ke"),
    ("thu", "tor", "to"),
    ("fri", "fre", "per", "pe"),
    ("sat", "lør", "lau", "la", "lör"),
    ("sun", "søn", "su", "sön"),
)


# DK, US-CA, GB-ENG.
_CODE = re.compile(r"[A-Za-z]{2}(?:-[A-Za-z0-9]{1,3})?")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?%?")
# Between days; not the one of 0,5.
_COMMA = re.compile(r"[;,](?!\d)")


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
        totals = np.zeros((values.shape[0], values.shape[1] + 1))
        np.cumsum(values, axis=1, out=totals[:, 1:])
        return cls(start, totals)

    def between(self, start: Any, end: Any, reps: Ints | slice = slice(None)) -> Floats:
        """The sum over `start` ≤ day < `end`.

        Two dates give one sum per rep; two arrays of n days a matrix reps × n; with `reps` (n row
        positions) beside them, n sums, one per rep and interval. Raises `ValueError` for days
        that are not held.
        """
        first, last = self._column(start), self._column(end)
        return np.asarray(self.totals[reps, last] - self.totals[reps, first], dtype=np.float64)

    def values(self) -> Floats:
        """The quantity of each day, reps × days."""
        return np.diff(self.totals, axis=1)

    def _column(self, day: Any) -> Ints:
        column = (np.asarray(day, dtype="datetime64[D]") - np.datetime64(self.start)).astype(np.int64)
        if np.any((column < 0) | (column >= self.totals.shape[1])):
            raise ValueError(f"only {self.totals.shape[1] - 1} days from {self.start} are known")
        return np.asarray(column)


@dataclass(frozen=True)
class Staff:
    """Everything that decides when people work.

    `people` as `columns.PEOPLE`; `absences` as `columns.ABSENCES` (both ends included, share
    missing = whole days, overlapping absences add up to a whole day at most; rep may be
    everyone or `team: …`). `weights`: what each weekday carries, Monday first. `teams`: rep → the
    team that the data names, of those for whom `people` names none.
    """

    people: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=c.PEOPLE.names))
    absences: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=c.ABSENCES.names))
    weights: tuple[float, ...] = EVEN
    teams: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Availability:
    """Working days of `reps` (in this order) from `start` up to, and without, `end`.

    `possible` and `available` are weighted by weekday; `days` are the available days themselves.
    `tenure`: how many days before each day the person had started, reps × days (very many where
    no start is known, below 0 before it).
    """

    reps: tuple[str, ...]
    start: date
    end: date
    possible: Daily
    available: Daily
    days: Daily
    tenure: Ints


def availability(reps: Sequence[str], staff: Staff, start: date, end: date) -> Availability:
    """The working days of `reps` between `start` and `end`, `end` excluded.

    An unknown calendar has no holidays: `check_calendars` names it.
    """
    days = np.arange(np.datetime64(start), np.datetime64(end))
    rows = _rows(reps, staff, days)
    full = _weeks(rows["weekdays"])[:, _weekday(days)]
    at_work = full * _employed(rows, days) * ~_holidays(rows["calendar"], days)
    at_work *= (1 - _absent(rows, staff.absences, days)) * _full_time(rows)[:, None]
    weights = np.array(staff.weights)[_weekday(days)]
    held = _held(reps, rows, days)
    possible = Daily.from_values(start, held(full * weights))
    worked = Daily.from_values(start, held(at_work))
    even = staff.weights == EVEN
    weighted = worked if even else Daily.from_values(start, held(at_work * weights))
    tenure = held((days - as_days(rows["start"], crew.EARLIEST)[:, None]).astype(np.int64))
    return Availability(tuple(reps), start, end, possible, weighted, worked, tenure)


def days_of(rep: str, staff: Staff, start: date, end: date) -> pd.DataFrame:
    """How a rep's days came about → day, possible, available, days, reasons.

    One row per day; `reasons` is a tuple of (code, detail): weekend, not_started, left,
    holiday (its name), away (reason and share), part_time (share), weight (the weekday's).
    """
    known = availability([rep], staff, start, end)
    days = np.arange(np.datetime64(start), np.datetime64(end))
    rows = _rows([rep], staff, days)
    kept = [_reasons(rows, staff, day) for day in days]
    figures = {"possible": known.possible, "available": known.available, "days": known.days}
    return pd.DataFrame(
        {"day": days, **{name: daily.values()[0] for name, daily in figures.items()}, "reasons": kept}
    )


def check_calendars(people: pd.DataFrame) -> pd.DataFrame:
    """Issues (row, column, value, code) for calendars and weeks nobody can read; row = position."""
    columns = people.reindex(columns=["calendar", "weekdays"])
    checks = (("calendar", knows_calendar, "unknown_calendar"), ("weekdays", week_of, "unknown_weekdays"))
    found = [
        (row, column, text, code)
        for column, reads, code in checks
        for row, text in enumerate(columns[column])
        if isinstance(text, str) and text.strip() and not reads(text)
    ]
    return pd.DataFrame(found, columns=list(ISSUE))


def knows_calendar(code: str) -> bool:
    """Whether `code` (DK, FI, US-CA) names a holiday calendar."""
    return _days_off(_normal(code), 2026) is not None


def week_of(text: str) -> tuple[float, ...] | None:
    """`mon-thu, fri 0.5` → what each day carries, Monday first; None if it cannot be read.

    `mon to fri` is not: `to` is Thursday in Danish and Finnish.
    """
    week = [0.0] * 7
    for part in _COMMA.split(text.casefold().replace("–", "-")):
        words = part.replace("=", " ").split()
        if not words:
            continue
        carried = _share(words[-1])
        named = words if carried is None else words[:-1]
        spans = [_span(word) for word in named]
        unclear = "to" in named[1:-1] or (carried is not None and len(named) > 1)
        if unclear or not spans or any(span is None for span in spans):
            return None
        for day in (day for span in spans if span for day in span):
            week[day] = 1.0 if carried is None else carried
    return tuple(week) if any(week) else None


def learnt_weights(cube: pd.DataFrame, until: date, weeks: int = 12) -> tuple[float, ...] | None:
    """What each weekday carried in the last `weeks` whole weeks before `until`: 1 = the mean of the days
    with work. None where there is less than half of that; a day under a twentieth carries nothing."""
    monday = np.datetime64(until) - np.timedelta64(until.weekday(), "D")
    days = cube[c.DAY].to_numpy().astype("datetime64[D]")
    mine = (days >= monday - 7 * weeks) & (days < monday)
    if len(np.unique((monday - days[mine]).astype(np.int64) // 7)) * 2 < weeks:
        return None
    sums = np.bincount(_weekday(days[mine]), cube[c.COUNT].to_numpy()[mine], minlength=7)
    sums[sums < 0.05 * sums.sum() / 5] = 0
    return tuple((sums / sums[sums > 0].mean()).round(2).tolist()) if sums.any() else None


def _share(word: str) -> float | None:
    if not _NUMBER.fullmatch(word):
        return None
    number, percent = word.rstrip("%").replace(",", "."), word.endswith("%")
    return float(number) / (100 if percent else 1)


def _span(word: str) -> list[int] | None:
    """`mon-thu` → [0, 1, 2, 3]; `sun-thu` goes round the end of the week."""
    named = word.split("-")
    ends = [day for name in named if (day := _day(name)) is not None]
    if len(ends) != len(named) or len(ends) > 2:
        return None
    first, last = ends[0], ends[-1]
    return [day % 7 for day in range(first, last + 1 + 7 * (last < first))]


def _day(name: str) -> int | None:
    exact = [day for day, names in enumerate(_DAYS) if name.rstrip(".") in names]
    begins = [day for day, names in enumerate(_DAYS) if name[:3] in names]
    return next(iter(exact or begins), None)


def _rows(reps: Sequence[str], staff: Staff, days: Days) -> pd.DataFrame:
    """The rows of people that hold on some of the days, a blank one for who has none; `who`: position."""
    rows = crew.versions(staff.people)
    within = (as_days(rows["since"]) <= days[-1]) & (as_days(rows["until"]) > days[0])
    strangers = pd.DataFrame({c.REP: pd.Index(reps).difference(pd.Index(rows[c.REP]), sort=False)})
    rows = pd.concat([rows[within], strangers])
    rows["since"] = as_days(rows["since"], crew.EARLIEST)
    rows["team"] = rows["team"].astype(object).fillna(rows[c.REP].map(dict(staff.teams)))
    rows["who"] = pd.Index(reps).get_indexer(pd.Index(rows[c.REP]))
    rows = rows[rows["who"] >= 0]
    held: pd.DataFrame = rows.sort_values(["who", "since"], ignore_index=True)
    return held


def _held(reps: Sequence[str], rows: pd.DataFrame, days: Days) -> Any:
    """A function from rows × days to reps × days: of each person's rows the one that holds."""
    if len(rows) == len(reps):
        return lambda matrix: matrix
    since, who = as_days(rows["since"]), rows["who"].to_numpy()
    first = np.flatnonzero(np.diff(who, prepend=-1))
    held = np.repeat(first[:, None], len(days), axis=1)
    for row in np.setdiff1d(np.arange(len(rows)), first):
        held[who[row], days >= since[row]] = row
    return lambda matrix: np.take_along_axis(matrix, held, axis=0)


def _weekday(days: Days) -> Ints:
    """0 = Monday: the first day of 1970 was a Thursday."""
    return np.asarray((days.astype(np.int64) + 3) % 7)


def _weeks(texts: pd.Series) -> Floats:
    read = {text: week_of(text) or OFFICE for text in texts.dropna().unique()}
    return np.array([read.get(text, OFFICE) for text in texts]).reshape(-1, 7)


def _full_time(rows: pd.DataFrame) -> Floats:
    return pd.to_numeric(rows["full_time"]).fillna(1.0).clip(lower=0).to_numpy(np.float64)


def _employed(rows: pd.DataFrame, days: Days) -> Bools:
    first, last = as_days(rows["start"])[:, None], as_days(rows["end"])[:, None]
    return (np.isnat(first) | (days >= first)) & (np.isnat(last) | (days <= last))


def _holidays(calendars: pd.Series, days: Days) -> Bools:
    off = np.zeros((len(calendars), len(days)), dtype=np.bool_)
    years = range(days[0].item().year, days[-1].item().year + 1)
    for code in calendars.dropna().unique():
        dates = [day for year in years for day in _days_off(_normal(code), year) or ()]
        off[(calendars == code).to_numpy(np.bool_)] = np.isin(days, np.array(dates, dtype="datetime64[D]"))
    return off


def _absent(rows: pd.DataFrame, absences: pd.DataFrame, days: Days) -> Floats:
    """Share of each day away, rows × days: +share where leave begins, −share the day after it ends."""
    leave = absences.reindex(columns=c.ABSENCES.names).reset_index(drop=True)
    begin, last = as_days(leave["from"]), as_days(leave["to"])
    near = (begin <= last) & (last >= days[0]) & (begin <= days[-1])
    steps = np.zeros((len(rows), len(days) + 1))
    row, which = _meant(rows, leave[c.REP], near)
    share = pd.to_numeric(leave["share"]).fillna(1.0).to_numpy(np.float64)[which]
    first, after = (begin - days[0]).astype(np.int64), (last - days[0]).astype(np.int64) + 1
    np.add.at(steps, (row, np.clip(first[which], 0, len(days))), share)
    np.add.at(steps, (row, np.clip(after[which], 0, len(days))), -share)
    return np.clip(np.cumsum(steps[:, :-1], axis=1), 0, 1)


def _meant(rows: pd.DataFrame, who: pd.Series, near: Bools) -> tuple[Ints, Ints]:
    """Which person's row each absence is about: parallel positions in `rows` and `who`."""
    own = pd.DataFrame({c.REP: rows[c.REP], "row": np.arange(len(rows))})
    asked = pd.DataFrame({c.REP: who, "which": np.arange(len(who))})[near]
    found = asked.merge(own, on=c.REP)
    pairs = [(found["row"].to_numpy(np.int64), found["which"].to_numpy(np.int64))]
    known = set(rows[c.REP])
    for text in asked.loc[~asked[c.REP].isin(known), c.REP].unique():
        scope, name = crew.scope(text)
        if scope == crew.REP:
            continue
        here = np.ones(len(rows), dtype=np.bool_)
        if scope != crew.EVERYONE:
            here = (rows[scope].map(crew.folded) == name).to_numpy()
        which = asked.loc[asked[c.REP] == text, "which"].to_numpy()
        pairs.append((np.repeat(np.flatnonzero(here), len(which)), np.tile(which, int(here.sum()))))
    return np.concatenate([row for row, _ in pairs]), np.concatenate([which for _, which in pairs])


def _reasons(rows: pd.DataFrame, staff: Staff, day: np.datetime64) -> tuple[tuple[str, Any], ...]:
    """Why this day of a person (whose `rows` these are) is not a whole one."""
    row = rows.iloc[[max(int((as_days(rows["since"]) <= day).sum()) - 1, 0)]].reset_index(drop=True)
    one = np.array([day])
    if not _weeks(row["weekdays"])[0, _weekday(one)[0]]:
        return (("weekend", None),)
    if not _employed(row, one)[0, 0]:
        started = as_days(row["start"])[0]
        return (("not_started" if day < started else "left", None),)
    if _holidays(row["calendar"], one)[0, 0]:
        today = date.fromisoformat(str(day))
        named = _days_off(_normal(row["calendar"][0]), today.year) or {}
        return (("holiday", named[today]),)
    leave = staff.absences.reindex(columns=c.ABSENCES.names).reset_index(drop=True)
    _, which = _meant(row, leave[c.REP], (as_days(leave["from"]) <= day) & (day <= as_days(leave["to"])))
    found: list[tuple[str, Any]] = [
        ("away", (leave["reason"][at], leave["share"].fillna(1.0)[at])) for at in which
    ]
    if (share := _full_time(row)[0]) != 1:
        found.append(("part_time", float(share)))
    carried = _weeks(row["weekdays"])[0, _weekday(one)[0]] * staff.weights[_weekday(one)[0]]
    if carried != 1:
        found.append(("weight", float(carried)))
    return tuple(found)


def _normal(code: str) -> str:
    """A calendar's code: `us-ca` is US-CA, and so is `Danmark`, `Denmark` or `Tanska` DK."""
    plain = code.strip()
    # Names are looked up only where it is none: all the languages' names take most of a second to load.
    return plain.upper() if _CODE.fullmatch(plain) else _countries().get(plain.casefold(), plain.upper())


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Countries' names in the languages that sheets are written in, in small letters → their codes."""
    named = [Locale(lang).territories.items() for lang in ("en", "da", "fi", "sv", "nb", "de")]
    return {name.casefold(): code for names in named for code, name in names if len(code) == 2}


@lru_cache(maxsize=512)
def _days_off(code: str, year: int) -> dict[date, str] | None:
    """The holidays of a calendar in a year, with their names; None if nobody knows the calendar."""
    import holidays  # takes a tenth of a second, which the first page should not wait for

    country, _, region = code.partition("-")
    try:
        return dict(holidays.country_holidays(country, subdiv=region or None, years=year))
    except NotImplementedError:
        return None
