"""Periods of time. One rule: a period runs from `start` to `end`, `end` excluded.

Weeks are ISO weeks (Monday first). A fiscal year is named by the year it ends in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from quota.errors import BadRequest

UNITS = ("day", "week", "month", "quarter", "year", "fiscal_year")

_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4})-?Q([1-4])")
_YEAR = re.compile(r"(\d{4})")
_FISCAL = re.compile(r"FY(\d{4})")


@dataclass(frozen=True, order=True)
class Period:
    """The days from `start` up to, and without, `end`."""

    start: date
    end: date
    unit: str = "custom"

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise BadRequest("empty_period", start=self.start, end=self.end)

    @property
    def days(self) -> int:
        """How many calendar days it holds."""
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - timedelta(days=1)

    @property
    def key(self) -> str:
        """Its name as `parse` reads it: 2026-W46, 2026-11, 2026-Q4, 2026, FY2026, 2026-11-09 …"""
        match self.unit:
            case "day":
                return self.start.isoformat()
            case "week":
                year, week, _ = self.start.isocalendar()
                return f"{year}-W{week:02d}"
            case "month":
                return f"{self.start:%Y-%m}"
            case "quarter":
                return f"{self.start.year}-Q{(self.start.month + 2) // 3}"
            case "year":
                return f"{self.start.year}"
            case "fiscal_year":
                return f"FY{self.last.year}"
        return f"{self.start.isoformat()}..{self.end.isoformat()}"

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end


def containing(day: date, unit: str, *, fiscal_start: int = 1) -> Period:
    """The period of `unit` that holds `day`; a fiscal year starts with month `fiscal_start`."""
    match unit:
        case "day":
            start, end = day, day + timedelta(days=1)
        case "week":
            start = day - timedelta(days=day.weekday())
            end = start + timedelta(days=7)
        case "month":
            start = day.replace(day=1)
            end = _month_later(start, 1)
        case "quarter":
            start = date(day.year, day.month - (day.month - 1) % 3, 1)
            end = _month_later(start, 3)
        case "year":
            start, end = date(day.year, 1, 1), date(day.year + 1, 1, 1)
        case "fiscal_year":
            start = date(day.year - (day.month < fiscal_start), fiscal_start, 1)
            end = _month_later(start, 12)
        case _:
            raise BadRequest("unknown_unit", value=unit, choices=", ".join(UNITS))
    return Period(start, end, unit)


def parse(text: str, *, fiscal_start: int = 1) -> Period:
    """Read 2026-W46, 2026-11, 2026-Q4, 2026, FY2026, 2026-11-09 or 2026-11-09..2026-11-16.

    The end of a `..` range is excluded. Raises `BadRequest` for anything else.
    """
    text = text.strip().upper()
    try:
        if found := _WEEK.fullmatch(text):
            return containing(date.fromisocalendar(int(found[1]), int(found[2]), 1), "week")
        if found := _QUARTER.fullmatch(text):
            return containing(date(int(found[1]), int(found[2]) * 3, 1), "quarter")
        if found := _MONTH.fullmatch(text):
            return containing(date(int(found[1]), int(found[2]), 1), "month")
        if found := _FISCAL.fullmatch(text):
            return _fiscal_year(int(found[1]), fiscal_start)
        if found := _YEAR.fullmatch(text):
            return containing(date(int(found[1]), 1, 1), "year")
        if ".." in text:
            start, end = text.split("..")
            return Period(date.fromisoformat(start), date.fromisoformat(end))
        return containing(date.fromisoformat(text), "day")
    except (ValueError, OverflowError):
        raise BadRequest("bad_period", value=text) from None


def previous(period: Period) -> Period:
    """The period of the same unit just before; of a custom one, as many days before."""
    if period.unit in UNITS:
        return _neighbour(period, period.start - timedelta(days=1))
    return Period(period.start - timedelta(days=period.days), period.start)


def following(period: Period) -> Period:
    """The period of the same unit just after; of a custom one, as many days after."""
    if period.unit in UNITS:
        return _neighbour(period, period.end)
    return Period(period.end, period.end + timedelta(days=period.days))


def year_before(period: Period) -> Period | None:
    """The same period a year before: the week of that number, the month, the quarter, the day.

    None where that year has none (week 53, 29 February), and for a custom one.
    """
    first = period.start
    try:
        match period.unit:
            case "year" | "fiscal_year":
                return previous(period)
            case "week":
                year, week, _ = first.isocalendar()
                return containing(date.fromisocalendar(year - 1, week, 1), "week")
            case "day" | "month" | "quarter":
                return containing(first.replace(year=first.year - 1), period.unit)
    except ValueError:
        return None
    return None


def split(period: Period, unit: str, *, fiscal_start: int = 1) -> list[Period]:
    """The whole periods of `unit` that overlap `period`, in order."""
    parts = []
    part = containing(period.start, unit, fiscal_start=fiscal_start)
    while part.start < period.end:
        parts.append(part)
        part = following(part)
    return parts


def as_of_default(period: Period, today: date, data_to: date | None) -> date:
    """The day whose close a period is judged at, unless somebody names one.

    `today`; but while the period still runs, the last day the data reaches, because a
    morning without yesterday's export must not make everybody late.
    """
    if today in period and data_to is not None and data_to < today:
        return data_to
    return today


def _neighbour(period: Period, day: date) -> Period:
    return containing(day, period.unit, fiscal_start=period.start.month)


def _fiscal_year(year: int, fiscal_start: int) -> Period:
    first = date(year - (fiscal_start > 1), fiscal_start, 1)
    return containing(first, "fiscal_year", fiscal_start=fiscal_start)


def _month_later(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)
