"""From when rows of an uploaded sheet hold, so that a sheet uploaded today moves no number of the past.

One rule: a row without `from` that changes what holds (a quota's target, somebody's team) holds from
a day on: the day that whoever uploads it says, else the first day of the period that runs, in the
quota's own length (all else: of the week). One that says what holds already is that row again; of
what nobody has stated before it holds from always. A row with `from` holds from the day it says.
Points and tiers are one statement each, and so is a ramp: a row more changes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import pandas as pd

from quota import columns as c
from quota import crew, periods, rules
from quota.crew import folded

Row = dict[str, Any]

# Of a quota and of a person: what a change of moves numbers.
ASKED = ("target", "to", "minimum", "cap", "ramp", "carry")
WORKS = ("team", "role", "full_time", "calendar", "weekdays")

# How much of what a row is about names the statement that it is part of.
STATED = {"points": 0, "ramps": 1, "tiers": 0}


@dataclass(frozen=True)
class When:
    """From when changes hold: from `since`, or where it is None from the start of the period of `today`;
    `corrects`: from the beginning of what they change."""

    today: date
    since: date | None = None
    corrects: bool = False
    fiscal_start: int = 1

    def first(self, every: str) -> date:
        """The first day of a change of what is asked `every` day, week, …"""
        return self.since or periods.containing(self.today, every, fiscal_start=self.fiscal_start).start


@dataclass(frozen=True)
class Dated:
    """A row as it is to be stored, and from when it changes what held: None where it does not."""

    row: Row
    applies: date | None = None


def dated(
    name: str,
    rows: Sequence[Row],
    stored: pd.DataFrame,
    when: When,
    names: Mapping[str, str] = MappingProxyType({}),
) -> list[Dated]:
    """Rows of the table `name` (of `columns.WRITTEN`) beside those that are stored.

    `names`: other spellings of reps, folded → the name that is used.
    """
    match name:
        case "quotas":
            return _quotas(rows, stored, when, names)
        case "people":
            return _people(rows, stored, when)
        case "absences":
            return [Dated(row) for row in rows]
    return _others(name, rows, stored, when)


def _quotas(rows: Sequence[Row], stored: pd.DataFrame, when: When, names: Mapping[str, str]) -> list[Dated]:
    def line(row: Row) -> tuple[object, ...]:
        told = [folded(row[name]) for name in c.ABOUT["quotas"] if name not in (c.KIND, "who")]
        return (rules.one_order(row[c.KIND]), rules.meant(row["who"], names), *told)

    known = _grouped(rows_of(stored), line)
    return [_quota_row(row, known.get(line(row), []), when) for row in rows]


def _people(rows: Sequence[Row], stored: pd.DataFrame, when: When) -> list[Dated]:
    known = _grouped(rows_of(crew.versions(stored)[c.PEOPLE.names]), _person)
    return [_person_row(row, known.get(_person(row), []), when) for row in rows]


def _others(name: str, rows: Sequence[Row], stored: pd.DataFrame, when: When) -> list[Dated]:
    """Rows of points, ramps or tiers."""
    told = [column for column in c.WRITTEN[name].names if column not in c.IDENTITY[name]]

    def line(row: Row) -> tuple[object, ...]:
        return tuple(_compared(row[column]) for column in c.ABOUT[name])

    known = rows_of(stored)
    versions, stated = _grouped(known, line), {line(row)[: STATED[name]] for row in known}
    found = []
    for row in rows:
        about, day = line(row), row["from"] or when.first("week")
        held = _held(versions.get(about, []), day)
        new = about[: STATED[name]] not in stated
        found.append(Dated(row) if new else _version(row, held, day, told, when))
    return found


def _version(row: Row, held: Row | None, day: date, told: Sequence[str], when: When) -> Dated:
    """A row that would hold from `day`, beside the one that holds then: a change if `told` differs."""
    if held and _said(held, told) == _said(row, told):
        return Dated({**row, "from": row["from"] or held["from"]})
    if held and when.corrects and not row["from"]:
        return Dated({**row, "from": held["from"]}, held["from"])
    return Dated({**row, "from": day}, day if held or not row["from"] else None)


def _said(row: Row, told: Sequence[str]) -> tuple[object, ...]:
    """What a row says, as it is compared: texts folded, no carrying is none said."""
    return tuple(_compared(row[name]) or None for name in told)


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """The rows of a stored table: None where missing, days as dates."""
    told = frame.assign(
        **{name: _dates(frame[name]) for name in ("from", "to", "start", "end") if name in frame}
    )
    told = told.astype(object).where(told.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in told.to_dict("records")]


def _dates(values: pd.Series) -> pd.Series:
    days = [None if pd.isna(day) else pd.Timestamp(day).date() for day in values]
    return pd.Series(days, index=values.index, dtype=object)


def _grouped(rows: Iterable[Row], key: Callable[[Row], object]) -> Mapping[object, list[Row]]:
    """Rows by key, each group in order of time."""
    found: dict[object, list[Row]] = {}
    for row in sorted(rows, key=_begins):
        found.setdefault(key(row), []).append(row)
    return found


def _begins(row: Row) -> date:
    return row["from"] or date.min


def _person(row: Row) -> str:
    return folded(row[c.REP])


def _held(versions: Sequence[Row], day: date) -> Row | None:
    """The one of the versions, in order of time, that holds on `day`."""
    return next((row for row in reversed(versions) if _begins(row) <= day), None)


def _quota_row(row: Row, versions: Sequence[Row], when: When) -> Dated:
    if not versions:
        return Dated(row)
    # It is the same quota, however it is spelled now.
    row = {**row, **{name: versions[-1][name] for name in c.ABOUT["quotas"]}}
    day = row["from"] or when.first(row["every"])
    # A season is no version of the row that it lies in.
    alike = [one for one in versions if row["from"] or one["to"] == row["to"]]
    return _version(row, _held(alike, day), day, ASKED, when)


def _compared(value: object) -> object:
    return folded(value) if isinstance(value, str) else value


def _person_row(row: Row, versions: Sequence[Row], when: When) -> Dated:
    if not versions:
        return Dated(row)
    row = {**row, c.REP: versions[-1][c.REP]}
    day = row["from"] or when.first("week")
    held = _held(versions, day) or versions[0]
    if not row["from"] and row["start"] and held["end"] and row["start"] > held["end"]:
        return Dated({**row, "from": row["start"]}, row["start"])
    # What was not known before is no change.
    moved = [
        name
        for name in WORKS
        if row[name] is not None and held[name] is not None and _compared(row[name]) != _compared(held[name])
    ]
    if row["from"]:
        return Dated(row, day if moved else None)
    if not moved or when.corrects:
        return Dated({**row, "from": held["from"]}, held["from"] if moved else None)
    return Dated({**row, "from": day}, day)
