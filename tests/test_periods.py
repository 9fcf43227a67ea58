"""Periods: every name is read and written back, and periods of a unit tile the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from metric_frames import D

from quota import periods
from quota.errors import BadRequest
from quota.periods import Period

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
UNITS = st.sampled_from(periods.UNITS)
MONTHS = st.integers(1, 12)


@pytest.mark.parametrize(
    ("text", "start", "end", "unit"),
    [
        ("2026-W46", "2026-11-09", "2026-11-16", "week"),
        ("2026W46", "2026-11-09", "2026-11-16", "week"),
        (" 2026-w46 ", "2026-11-09", "2026-11-16", "week"),
        ("2026-W1", "2025-12-29", "2026-01-05", "week"),
        ("2026-W53", "2026-12-28", "2027-01-04", "week"),
        ("2026-02", "2026-02-01", "2026-03-01", "month"),
        ("2028-02", "2028-02-01", "2028-03-01", "month"),
        ("2026-12", "2026-12-01", "2027-01-01", "month"),
        ("2026-Q1", "2026-01-01", "2026-04-01", "quarter"),
        ("2026Q4", "2026-10-01", "2027-01-01", "quarter"),
        ("2026", "2026-01-01", "2027-01-01", "year"),
        ("2026-11-09", "2026-11-09", "2026-11-10", "day"),
        ("2026-11-09..2026-11-16", "2026-11-09", "2026-11-16", "custom"),
    ],
)
def test_parse(text: str, start: str, end: str, unit: str) -> None:
    assert periods.parse(text) == Period(D(start), D(end), unit)


@pytest.mark.parametrize(
    ("fiscal_start", "start", "end"),
    [(1, "2026-01-01", "2027-01-01"), (7, "2025-07-01", "2026-07-01"), (12, "2025-12-01", "2026-12-01")],
)
def test_a_fiscal_year_is_named_by_the_year_it_ends_in(fiscal_start: int, start: str, end: str) -> None:
    period = periods.parse("FY2026", fiscal_start=fiscal_start)
    assert period == Period(D(start), D(end), "fiscal_year")
    assert period.key == "FY2026"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "week 46",
        "2025-W53",
        "2026-W0",
        "2026-W54",
        "2026-13",
        "2026-Q5",
        "2026-02-30",
        "0000",
        "26",
        "a..b",
    ],
)
def test_what_is_no_period_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        periods.parse(text)
    assert refused.value.code == "bad_period"
    assert refused.value.details == {"value": text.upper()}


def test_a_period_without_a_day_is_refused() -> None:
    for end in ("2026-11-16", "2026-11-15"):
        with pytest.raises(BadRequest) as refused:
            periods.parse(f"2026-11-16..{end}")
        assert refused.value.code == "empty_period"


def test_an_unknown_unit_is_refused_with_the_choices() -> None:
    with pytest.raises(BadRequest) as refused:
        periods.containing(D("2026-11-16"), "fortnight")
    assert refused.value.code == "unknown_unit"
    assert "quarter" in str(refused.value.details["choices"])


def test_the_last_day_belongs_to_the_period_and_the_end_does_not() -> None:
    week = periods.parse("2026-W46")
    assert (week.days, week.last) == (7, D("2026-11-15"))
    assert D("2026-11-09") in week
    assert D("2026-11-15") in week
    assert D("2026-11-16") not in week
    assert D("2026-11-08") not in week


def test_neighbours() -> None:
    assert periods.previous(periods.parse("2026-W01")).key == "2025-W52"
    assert periods.following(periods.parse("2026-W53")).key == "2027-W01"
    assert periods.previous(periods.parse("2026-03")).key == "2026-02"
    assert periods.following(periods.parse("2026-Q4")).key == "2027-Q1"
    assert periods.previous(periods.parse("FY2026", fiscal_start=7)).start == D("2024-07-01")
    custom = periods.parse("2026-11-09..2026-11-19")
    assert periods.previous(custom).key == "2026-10-30..2026-11-09"
    assert periods.following(custom).key == "2026-11-19..2026-11-29"


def test_split_gives_whole_periods() -> None:
    weeks = periods.split(periods.parse("2026-11"), "week")
    assert [week.key for week in weeks] == [f"2026-W{number}" for number in range(44, 50)]
    assert (weeks[0].start, weeks[-1].end) == (D("2026-10-26"), D("2026-12-07"))


@pytest.mark.parametrize(
    ("today", "data_to", "as_of"),
    [
        ("2026-11-12", "2026-11-11", "2026-11-11"),  # this morning's export is still missing
        ("2026-11-12", "2026-11-20", "2026-11-12"),
        ("2026-11-12", None, "2026-11-12"),
        ("2026-11-20", "2026-11-11", "2026-11-20"),  # the period is over: late data is late work
    ],
)
def test_as_of_default(today: str, data_to: str | None, as_of: str) -> None:
    week = periods.parse("2026-W46")
    assert periods.as_of_default(week, D(today), D(data_to) if data_to else None) == D(as_of)


@pytest.mark.parametrize(
    ("key", "before"),
    [
        ("2026-W46", "2025-W46"),
        ("2026-W53", None),
        ("2021-W52", "2020-W52"),
        ("2026-11", "2025-11"),
        ("2026-Q1", "2025-Q1"),
        ("2026", "2025"),
        ("FY2026", "FY2025"),
        ("2026-11-09", "2025-11-09"),
        ("2028-02-29", None),
        ("2026-11-09..2026-11-16", None),
    ],
)
def test_the_same_period_a_year_before(key: str, before: str | None) -> None:
    found = periods.year_before(periods.parse(key, fiscal_start=7))
    assert (found.key if found else None) == before


@given(DAYS, UNITS, MONTHS)
def test_a_key_reads_back_as_its_period(day: date, unit: str, fiscal_start: int) -> None:
    period = periods.containing(day, unit, fiscal_start=fiscal_start)
    assert day in period
    assert periods.parse(period.key, fiscal_start=fiscal_start) == period


@given(DAYS, UNITS, MONTHS)
def test_neighbours_touch_and_come_back(day: date, unit: str, fiscal_start: int) -> None:
    period = periods.containing(day, unit, fiscal_start=fiscal_start)
    after = periods.following(period)
    assert after.start == period.end
    assert periods.previous(after) == period


@given(DAYS, st.integers(1, 400), UNITS, MONTHS)
def test_split_tiles_the_period_without_gap(day: date, length: int, unit: str, fiscal_start: int) -> None:
    whole = Period(day, day + timedelta(days=length))
    parts = periods.split(whole, unit, fiscal_start=fiscal_start)
    assert parts[0].start <= whole.start
    assert parts[-1].end >= whole.end
    assert all(one.end == two.start for one, two in pairwise(parts))
    assert all(part.start < whole.end and part.end > whole.start for part in parts)
