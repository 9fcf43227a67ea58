"""Labels of periods as people write them: `2024-W23`, `uge 23`, `vko 23`, `juni 2024`, `Q2 2024`.

A label without a year stays without one; whoever knows the year fills it in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from quota.ingest import vocabulary

_YEAR_WEEK = re.compile(r"(?:s)?(20\d\d)[\s/-]*(?:w|wk|week|kw|uge|vko|v|u)?[\s.-]*(\d{1,2})", re.I)
_WEEK = re.compile(r"([^\W\d]+)[\s.]*(\d{1,2})(?:[\s/,.-]+(20\d\d))?", re.I)
_BARE_WEEK = re.compile(r"\d{1,2}")
_MONTH_NAME = re.compile(r"([^\W\d]+)\.?(?:[\s/,.-]+(20\d\d|\d\d))?")
_YEAR_MONTH_NAME = re.compile(r"(20\d\d)[\s/,.-]+([^\W\d]+)")
_YEAR_MONTH = re.compile(r"(20\d\d)[-/.](\d{1,2})")
_DAYS = re.compile(r"(\d{1,2})\.\s*(?:(\d{1,2})\.)?\s*[-–]\s*(\d{1,2})\.\s*(\d{1,2})\.?\s*(20\d\d)?")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](20\d\d)")
_QUARTER = re.compile(r"(?:q|kv|k)\s*([1-4])(?:[\s/,.-]+(20\d\d))?|(20\d\d)[\s/-]*q([1-4])", re.I)
_DAYS = re.compile(r"(\d{1,2})\.\s*(?:(\d{1,2})\.)?\s*[-–]\s*(\d{1,2})\.\s*(\d{1,2})\.?\s*(20\d\d)?")
YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")


@dataclass(frozen=True)
class Label:
    """A period named in a cell: its unit, its number in the year, and the year if it says so."""

    unit: str
    number: int
    year: int | None
    day: int = 1

    def start(self, year: int | None = None) -> date | None:
        """Its first day, with `year` where it names none; None if there is no such period."""
        year = self.year or year
        if year is None:
            return None
        try:
            if self.unit == "week":
                return date.fromisocalendar(year, self.number, 1)
            if self.unit == "quarter":
                return date(year, self.number * 3 - 2, 1)
            return date(year, self.number, self.day)
        except ValueError:
            return None


@lru_cache(maxsize=4096)
def period_label(text: str) -> Label | None:
    """The period that a heading or cell names, None if it names none. A bare number names none."""
    text = text.strip()
    if not text or len(text) > 24:
        return None
    return _week(text) or _quarter(text) or _month(text) or _days(text)


def bare_number(text: str, unit: str) -> Label | None:
    """`23` or `2026/45` in a column whose heading says which unit it counts: week, month or quarter."""
    text = text.strip()
    if unit == "week" and (found := _YEAR_WEEK.fullmatch(text)):
        return _valid("week", int(found[2]), int(found[1]), 53)
    if _BARE_WEEK.fullmatch(text):
        return _valid(unit, int(text), None, {"week": 53, "month": 12, "quarter": 4}[unit])
    return None


def _week(text: str) -> Label | None:
    if (found := _YEAR_WEEK.fullmatch(text)) and re.search(r"[^\d\s/.-]", text):
        return _valid("week", int(found[2]), int(found[1]), 53)
    found = _WEEK.fullmatch(text)
    if found and vocabulary.fold(found[1]) in vocabulary.words("weeks")["label"]:
        return _valid("week", int(found[2]), int(found[3]) if found[3] else None, 53)
    return None


def _quarter(text: str) -> Label | None:
    found = _QUARTER.fullmatch(text)
    if not found:
        return None
    number, year = found[1] or found[4], found[2] or found[3]
    return Label("quarter", int(number), int(year) if year else None)


def _month(text: str) -> Label | None:
    if found := _YEAR_MONTH.fullmatch(text):
        return _valid("month", int(found[2]), int(found[1]), 12)
    if found := _MONTH_YEAR.fullmatch(text):
        return _valid("month", int(found[1]), int(found[2]), 12)
    if found := _YEAR_MONTH_NAME.fullmatch(text):
        return _named_month(found[2], found[1])
    if found := _MONTH_NAME.fullmatch(text):
        return _named_month(found[1], found[2])
    return None


def _days(text: str) -> Label | None:
    """`2.11.-8.11.`: the days of a week, by its first; the month may stand once."""
    found = _DAYS.fullmatch(text)
    if not found or not 1 <= int(found[2] or found[4]) <= 12:
        return None
    return Label("week_of", int(found[2] or found[4]), int(found[5]) if found[5] else None, int(found[1]))


def _named_month(name: str, year: str | None) -> Label | None:
    number = vocabulary.meaning("months", name)
    if number is None:
        return None
    full = int(year) + 2000 if year and len(year) == 2 else int(year) if year else None
    return Label("month", int(number), full)


def _valid(unit: str, number: int, year: int | None, most: int) -> Label | None:
    return Label(unit, number, year) if 1 <= number <= most else None
