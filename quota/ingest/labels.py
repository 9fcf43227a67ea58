"""Labels of periods as people write them: `2024-W23`, `uge 23`, `vko 23`, `juni 2024`, `Q2`, `16/11`, `man`.

A label says what it says and no more; what it leaves out (the year, the week of a weekday)
stands in another cell, and `joined` fills it in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache, reduce

from quota.ingest import vocabulary

# From the finest to the coarsest.
UNITS = ("day", "day_of_month", "weekday", "week", "week_of", "month", "quarter", "year")
# How many of a unit make a year, where labels count them.
_CYCLES = {"day": 12, "week": 52, "week_of": 12, "month": 12, "quarter": 4}

_REMARK = re.compile(r"\s*\([^()]*\)")
_YEAR_WEEK = re.compile(r"(?:s)?(20\d\d)[\s/-]*(?:w|wk|week|kw|uge|vko|v|u)?[\s.-]*(\d{1,2})", re.I)
_WEEK = re.compile(r"([^\W\d]+)[\s.]*(?:(?:nr|no)\.?\s*)?(\d{1,2})(?:[\s/,.-]+(20\d\d))?", re.I)
_WEEK_AND_YEAR = re.compile(r"(\d{1,2})[\s/-]+(20\d\d)")
_BARE_NUMBER = re.compile(r"(\d{1,2})\.?")
_MONTH_NAME = re.compile(r"([^\W\d]+)\.?(?:[\s/,.'’-]+(20\d\d|\d\d))?")
_YEAR_MONTH_NAME = re.compile(r"(20\d\d)[\s/,.-]+([^\W\d]+)")
_YEAR_MONTH = re.compile(r"(20\d\d)[-/.](\d{1,2})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](20\d\d)")
_QUARTER = re.compile(
    r"(?:q|kv|k|kvartal|quartal|quarter)[\s.]*([1-4])(?:[\s/,.-]+(20\d\d))?"
    r"|(20\d\d)[\s/-]*q([1-4])|([1-4])\.?\s*(?:kvartal|kvartaali|quartal|kv\.?)(?:[\s/,.-]+(20\d\d))?",
    re.I,
)
_DAYS = re.compile(
    r"(\d{1,2})\.?\s*(?:[./](\d{1,2})\.?)?\s*[-–]\s*(\d{1,2})[./]\s*(\d{1,2})\.?[/\s]*(20\d\d)?"
)
_DATES = re.compile(
    r"(20\d\d)-(\d\d)-(\d\d)\s*(?:[-–/]|to|til)\s*(20\d\d)-(\d\d)-(\d\d)"
    r"|(\d{1,2})\.(\d{1,2})\.(20\d\d)\s*[-–]\s*(\d{1,2})\.(\d{1,2})\.(20\d\d)"
)
# Longer texts name no period.
_LONGEST = 36
# A first and a last day written out: `Nov 2, 2026 - Nov 8, 2026`, `02.11.2026 bis 08.11.2026`.
_TILL = re.compile(r"\s+(?:[-–—]|to|til|till|bis|through)\s+", re.I)
_END = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](20\d\d)")
_NAMED_END = re.compile(r"(?:([^\W\d]+)\.?\s+(\d{1,2})|(\d{1,2})\.?\s+([^\W\d]+)\.?),?\s+(20\d\d)")
_DAY = re.compile(r"(?:([^\W\d]+)\.?,?\s+)?(\d{1,2})[./-](\d{1,2})\.?")
_NAMED_DAY = re.compile(r"(?:([^\W\d]+)\.?,?\s+)?(\d{1,2})\.?[\s-]+([^\W\d]+)\.?")
_DAY_NAMED = re.compile(r"([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?")
# What stands before a number that is only a day of some month, and in no text that people write.
DAY_MARK = "·"
YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")


@dataclass(frozen=True)
class Label:
    """A period named in a cell: its unit, its number in the year, and the year if it says so.

    The number of a `day` or a `week_of` is its month and `day` the day in it; a `weekday` is
    1 (Monday) to 7, in the ISO week that `week` numbers or in which `day` of `month` lies; that
    of a `day_of_month` needs the month from elsewhere.
    """

    unit: str
    number: int
    year: int | None
    day: int = 1
    week: int | None = None

    def start(self, year: int | None = None) -> date | None:
        """Its first day, with `year` where it names none; None if there is no such period, or
        if it does not say enough."""
        year = self.year or year
        if year is None:
            return None
        try:
            if self.unit == "week":
                return date.fromisocalendar(year, self.number, 1)
            if self.unit == "day_of_month":
                return None
            if self.unit == "weekday":
                return date.fromisocalendar(year, self.week, self.number) if self.week else None
            if self.unit == "quarter":
                return date(year, self.number * 3 - 2, 1)
            return date(year, 1 if self.unit == "year" else self.number, self.day)
        except ValueError:
            return None

    @property
    def last(self) -> date | None:
        """Its last day."""
        start = self.start()
        if start is None:
            return None
        if self.unit in ("week", "week_of"):
            return start + timedelta(days=6)
        months = {"month": 1, "quarter": 3, "year": 12}.get(self.unit, 0)
        years, month = divmod(start.month - 1 + months, 12)
        return date(start.year + years, month + 1, 1) - timedelta(days=1) if months else start


def around(day: date, unit: str) -> Label:
    """The week, month, quarter or year in which a day lies."""
    if unit == "week":
        iso = day.isocalendar()
        return Label(unit, iso.week, iso.year)
    number = {"month": day.month, "quarter": -(-day.month // 3)}.get(unit, day.year)
    return Label(unit, number, day.year)


def joined(labels: Iterable[Label | None]) -> Label | None:
    """What several cells say of one period: the finest label, with what the coarser ones know
    besides. Tuesday in week 45, week 45 of 2026."""
    known = sorted((one for one in labels if one), key=lambda label: UNITS.index(label.unit))
    return reduce(lambda coarse, fine: _within(fine, coarse), reversed(known)) if known else None


def _within(fine: Label, coarse: Label) -> Label:
    year = fine.year or coarse.year
    if fine.unit == "weekday" and fine.week is None:
        if coarse.unit == "week":
            return replace(fine, week=coarse.number, year=year)
        if coarse.unit == "week_of" and (start := coarse.start(year)):
            # Of a week that begins on another day than Monday the first such day.
            iso = (start + timedelta(days=(fine.number - start.isoweekday()) % 7)).isocalendar()
            return replace(fine, week=iso.week, year=iso.year)
    if fine.unit == "day_of_month" and coarse.unit == "month":
        return Label("day", coarse.number, year, fine.number)
    return replace(fine, year=year)


def week_of_day(label: Label | None, end: str) -> Label | None:
    """The week that a day names: its `first`, its `last`, or any day of it; a Sunday may be either of
    two weeks', and one without its year of any."""
    if label is None or label.unit != "day" or end == "first":
        return label and replace(label, unit="week_of" if label.unit == "day" else label.unit)
    day = label.start()
    if day is None or (not end and day.isoweekday() == 7):
        return None
    start = day - timedelta(days=6 if end == "last" else day.weekday())
    return Label("week_of", start.month, start.year, start.day)


def with_years(labels: Sequence[Label | None], year: int | None, today: date | None) -> list[Label | None]:
    """Labels in their order, each with its year: weeks 51, 52, 1 go over New Year.

    The year is that of the first label, unless the last ones would then lie behind `today`.
    """
    turns = _turns(labels)
    if year is not None and len(set(turns)) > 1 and today:
        ends = [
            one.start(year + turn) for one, turn in zip(labels, turns, strict=True) if one and not one.year
        ]
        if any(end > today for end in ends if end):
            year -= max(turns)
    return [
        replace(one, year=one.year or (year + turn if year is not None else None)) if one else None
        for one, turn in zip(labels, turns, strict=True)
    ]


def _turns(labels: Sequence[Label | None]) -> list[int]:
    """How many years each label lies behind the first, where they run on from one to the next."""
    turn, turns = 0, []
    before: int | None = None
    for label in labels:
        if label and label.year is None and (cycle := _CYCLES.get(label.unit)):
            step = 0 if before is None else label.number - before
            if abs((step + cycle / 2) % cycle - cycle / 2) > cycle / 4:
                return [0] * len(labels)
            turn += (step < -cycle / 2) - (step > cycle / 2)
            before = label.number
        turns.append(turn)
    return turns


def of_date(day: date) -> Label:
    """A date as a label."""
    return Label("day", day.month, day.year, day.day)


@lru_cache(maxsize=16_384)
def period_label(text: str) -> Label | None:
    """The period that a heading or cell names, None if it names none. A bare number names none.

    What stands in brackets only explains it: `Week 45 (2–6 Nov)`.
    """
    text = _REMARK.sub("", text.strip()).strip()
    if not text or len(text) > _LONGEST:
        return None
    return _week(text) or _quarter(text) or _month(text) or _days(text)


def edge(text: str, *, last: bool) -> date | None:
    """The first or the last day of a week, month, quarter or year that a text names with its year."""
    label = period_label(text)
    return None if label is None else label.last if last else label.start()


@lru_cache(maxsize=16_384)
def day_label(text: str, order: str = "dmy") -> Label | None:
    """A day without its year (`16/11`, `ma 2.11.`, `Nov 16`), or a weekday (`Mon`, `tirsdag`)."""
    text = text.strip()
    if weekday := vocabulary.meaning("weekdays", text):
        return Label("weekday", int(weekday), None)
    day, month = _day_and_month(text, order)
    return Label("day", month, None, day) if 1 <= month <= 12 and 1 <= day <= 31 else None


def _day_and_month(text: str, order: str) -> tuple[int, int]:
    if found := _DAY.fullmatch(text):
        first, second = int(found[2]), int(found[3])
        weekday = found[1]
        pair = (second, first) if order == "mdy" else (first, second)
    elif found := _NAMED_DAY.fullmatch(text):
        weekday, pair = found[1], (int(found[2]), int(vocabulary.meaning("months", found[3]) or 0))
    elif found := _DAY_NAMED.fullmatch(text):
        weekday, pair = None, (int(found[2]), int(vocabulary.meaning("months", found[1]) or 0))
    else:
        return 0, 0
    return (0, 0) if weekday and not vocabulary.meaning("weekdays", weekday) else pair


def day_order(texts: list[str], *, day_first: bool) -> str:
    """`dmy` or `mdy` for days without a year: which gives each a month, else which keeps them together."""

    def spread(order: str) -> tuple[int, int]:
        days = [label.start(2024) for text in texts if (label := day_label(text, order))]
        known = [day for day in days if day]
        return len(texts) - len(known), (max(known) - min(known)) // timedelta(days=1) if known else 0

    preferred = ("dmy", "mdy") if day_first else ("mdy", "dmy")
    return min(preferred, key=spread)


def spelled(unit: str | None, number: int) -> str:
    """A number in words that `period_label` or `day_of_month` (where `unit` is None) understands."""
    if unit == "month" and 1 <= number <= 12:
        return next(iter(vocabulary.words("months")[str(number)]))
    return {"week": "W", "quarter": "Q"}.get(unit or "", DAY_MARK) + str(number)


def day_of_month(text: str) -> Label | None:
    """The day that `spelled` wrote, which lacks its month."""
    return Label("day_of_month", int(text[1:]), None) if re.fullmatch(rf"{DAY_MARK}\d+", text) else None


def bare_number(text: str, unit: str) -> Label | None:
    """`23` or `2026/45` in a column whose heading says which unit it counts: week, month or quarter."""
    text = text.strip()
    if unit == "week" and (found := _YEAR_WEEK.fullmatch(text)):
        return _valid("week", int(found[2]), int(found[1]), 53)
    if unit == "week" and (found := _WEEK_AND_YEAR.fullmatch(text)):
        return _valid("week", int(found[1]), int(found[2]), 53)
    if unit == "year":
        return Label("year", 1, int(text)) if YEAR.fullmatch(text) else None
    if found := _BARE_NUMBER.fullmatch(text):
        return _valid(unit, int(found[1]), None, {"week": 53, "month": 12, "quarter": 4}[unit])
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
    number, year = found[1] or found[4] or found[5], found[2] or found[3] or found[6]
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
    if whole := _DATES.fullmatch(text):
        return _of_parts([int(part) for part in whole.groups() if part], first_year=bool(whole[1]))
    if between := _between(text):
        return between
    found = _DAYS.fullmatch(text)
    if not found or not 1 <= int(found[2] or found[4]) <= 12:
        return None
    return Label("week_of", int(found[2] or found[4]), int(found[5]) if found[5] else None, int(found[1]))


def _between(text: str) -> Label | None:
    """`Nov 2, 2026 - Nov 8, 2026`; of numbers the order in which they are a week or a month."""
    sides = _TILL.split(text)
    found = set()
    for order in ("dmy", "mdy") if len(sides) == 2 else ():
        first, last = (_end(side, order) for side in sides)
        if first and last and (label := _of_dates(first, last)):
            found.add(label)
    return found.pop() if len(found) == 1 else None


def _end(text: str, order: str) -> date | None:
    """One day with its year."""
    if plain := _END.fullmatch(text):
        one, two, year = map(int, plain.groups())
        return _date(year, two, one) if order == "dmy" else _date(year, one, two)
    named = _NAMED_END.fullmatch(text)
    month = vocabulary.meaning("months", named[1] or named[4]) if named else None
    return _date(int(named[5]), int(month), int(named[2] or named[3])) if named and month else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _of_parts(parts: list[int], *, first_year: bool) -> Label | None:
    """A first and a last day, both with their years, as numbers in their order."""
    ends = (parts[:3], parts[3:]) if first_year else (parts[2::-1], parts[:2:-1])
    first, last = (_date(*end) for end in ends)
    return _of_dates(first, last) if first and last else None


def _of_dates(first: date, last: date) -> Label | None:
    """The days from the first to the last, where they are a week or a whole month."""
    month = Label("month", first.month, first.year)
    if first.day == 1 and last == month.last:
        return month
    week = Label("week_of", first.month, first.year, first.day)
    return week if timedelta(days=3) <= last - first <= timedelta(days=6) else None


def _named_month(name: str, year: str | None) -> Label | None:
    number = vocabulary.meaning("months", name)
    if number is None:
        return None
    full = int(year) + 2000 if year and len(year) == 2 else int(year) if year else None
    return Label("month", int(number), full)


def _valid(unit: str, number: int, year: int | None, most: int) -> Label | None:
    return Label(unit, number, year) if 1 <= number <= most else None
