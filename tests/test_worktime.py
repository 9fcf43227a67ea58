"""Working time: one row of cases per reason not to work, and a day-by-day reference."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from metric_frames import D, absences, people

from quota.worktime import (
    Availability,
    Daily,
    Staff,
    availability,
    check_calendars,
    days_of,
    knows_calendar,
    week_of,
)

NOBODY, NEVER = people(), absences()


def worked(person: dict[str, object], start: str, end: str, *leave: dict[str, object]) -> float:
    """Available days of one person between two days, `end` excluded."""
    away = absences(*[{"rep": "Raj", **one} for one in leave])
    known = availability(["Raj"], Staff(people({"rep": "Raj", **person}), away), D(start), D(end))
    return float(known.available.between(D(start), D(end))[0])


WEEK = ("2026-11-09", "2026-11-16")  # W46: Monday to Sunday, no holiday anywhere


@pytest.mark.parametrize(
    ("person", "start", "end", "days"),
    [
        ({}, *WEEK, 5),
        ({"full_time": 0.8}, *WEEK, 4),
        ({"full_time": 0}, *WEEK, 0),
        ({"start": D("2026-11-11")}, *WEEK, 3),
        ({"end": D("2026-11-11")}, *WEEK, 3),  # the last day is worked
        ({"start": D("2026-11-10"), "end": D("2026-11-10")}, *WEEK, 1),
        ({"start": D("2026-12-01")}, *WEEK, 0),
        ({"end": D("2026-01-01")}, *WEEK, 0),
        ({}, "2026-03-30", "2026-04-13", 10),  # Easter, but no calendar
        ({"calendar": "DK"}, "2026-03-30", "2026-04-13", 7),  # Maundy Thursday, Good Friday, Monday
        ({"calendar": "FI"}, "2026-03-30", "2026-04-13", 8),
        ({"calendar": "US"}, "2026-03-30", "2026-04-13", 10),
        ({"calendar": " dk "}, "2026-03-30", "2026-04-13", 7),
        ({"calendar": "Narnia"}, "2026-03-30", "2026-04-13", 10),
        ({"calendar": "FI"}, "2026-12-21", "2027-01-11", 11),  # 24, 25 December, 1 and 6 January
        ({"calendar": "DK", "full_time": 0.5}, "2026-03-30", "2026-04-06", 1.5),
        ({"calendar": "US-CA"}, "2026-11-23", "2026-11-30", 3),  # Thanksgiving and the day after
    ],
)
def test_who_works_when(person: dict[str, object], start: str, end: str, days: float) -> None:
    assert worked(person, start, end) == days


@pytest.mark.parametrize(
    ("leave", "days"),
    [
        ([("2026-11-10", "2026-11-11", None)], 3),  # both days included, whole days unless told
        ([("2026-11-10", "2026-11-11", 0.5)], 4),
        ([("2026-11-14", "2026-11-15", 1)], 5),  # a weekend costs nothing
        ([("2026-11-10", "2026-11-10", 0.5), ("2026-11-10", "2026-11-11", 1)], 3),  # never twice
        ([("2026-11-02", "2026-11-09", 1)], 4),
        ([("2026-11-13", "2026-12-24", 1)], 4),
        ([("2026-01-01", "2026-12-31", 1)], 0),
        ([("2026-11-16", "2026-11-20", 1)], 5),
        ([("2026-11-12", "2026-11-11", 1)], 5),  # ends before it begins
    ],
)
def test_leave(leave: list[tuple[str, str, float | None]], days: float) -> None:
    rows = [{"from": D(first), "to": D(last), "share": share} for first, last, share in leave]
    assert worked({}, *WEEK, *rows) == days


def test_leave_over_a_holiday_costs_the_holiday_once() -> None:
    easter = {"from": D("2026-04-01"), "to": D("2026-04-07"), "share": 1}
    assert worked({"calendar": "DK"}, "2026-03-30", "2026-04-13", easter) == 5


def test_everybody_keeps_their_place_and_strangers_always_work() -> None:
    crew = people({"rep": "Mia", "full_time": 0.6}, {"rep": "Raj", "end": D("2026-11-09")})
    away = absences({"rep": "Ann", "from": D("2026-11-09"), "to": D("2026-11-09")}, {"rep": "Nobody"})
    known = availability(["Ann", "Raj", "Mia", "Zoe"], Staff(crew, away), D(WEEK[0]), D(WEEK[1]))
    assert known.available.between(D(WEEK[0]), D(WEEK[1])).tolist() == [4, 1, 3, 5]
    assert known.possible.between(D(WEEK[0]), D(WEEK[1])).tolist() == [5, 5, 5, 5]


def test_a_closure_of_a_team_that_only_the_data_names() -> None:
    closed = absences(
        {"rep": "team: North", "from": D("2026-11-09"), "to": D("2026-11-10")},
        {"rep": "everyone", "from": D("2026-11-13"), "to": D("2026-11-13")},
    )
    staff = Staff(people({"rep": "Raj", "team": "South"}), closed, teams={"Lou": "North", "Raj": "North"})
    known = availability(["Lou", "Raj", "Sam"], staff, D(WEEK[0]), D(WEEK[1]))
    assert known.available.between(D(WEEK[0]), D(WEEK[1])).tolist() == [2, 4, 4]
    days = days_of("Lou", staff, D(WEEK[0]), D(WEEK[1]))
    assert [reasons[0][0] for reasons in days["reasons"] if reasons] == [
        "away",
        "away",
        "away",
        *["weekend"] * 2,
    ]


@pytest.mark.parametrize(
    ("again", "days"),
    [
        ({"from": "2026-11-11", "start": "2026-11-11"}, 3),
        ({"from": "2026-11-01", "start": "2026-11-12"}, 2),
        ({"from": "2026-11-09", "team": "South"}, 0),  # the end stays what it was
        ({"from": "2026-11-11", "start": "2026-11-11", "end": "2026-11-12"}, 2),
    ],
)
def test_who_comes_again_does_not_take_an_earlier_end_along(again: dict[str, str], days: float) -> None:
    rows = people(
        {"rep": "Raj", "start": D("2025-01-01"), "end": D("2026-06-30")},
        {"rep": "Raj", **{name: D(text) if name != "team" else text for name, text in again.items()}},
    )
    known = availability(["Raj"], Staff(rows, NEVER), D("2026-06-29"), D(WEEK[1]))
    assert known.available.between(D("2026-06-29"), D("2026-11-09"))[0] == 2
    assert known.available.between(D(WEEK[0]), D(WEEK[1]))[0] == days


def test_nobody_at_all() -> None:
    known = availability([], Staff(NOBODY, NEVER), D(WEEK[0]), D(WEEK[1]))
    assert known.available.between(D(WEEK[0]), D(WEEK[1])).tolist() == []


def test_unknown_calendars_are_named() -> None:
    crew = people(
        {"rep": "Raj", "calendar": "DK"},
        {"rep": "Mia", "calendar": "US-ZZ"},
        {"rep": "Ann"},
        {"rep": "Zoe", "calendar": "Bayern"},
    )
    found = check_calendars(crew)
    assert found.to_dict("records") == [
        {"row": 1, "column": "calendar", "value": "US-ZZ", "code": "unknown_calendar"},
        {"row": 3, "column": "calendar", "value": "Bayern", "code": "unknown_calendar"},
    ]
    assert check_calendars(NOBODY).empty
    assert knows_calendar("us-ca")


@pytest.mark.parametrize("country", ["Danmark", "DENMARK", "Tanska", " dk "])
def test_a_country_by_its_name_is_its_calendar(country: str) -> None:
    assert check_calendars(people({"rep": "Raj", "calendar": country})).empty
    staff = Staff(people({"rep": "Raj", "calendar": country}), NEVER)
    known = availability(["Raj"], staff, D("2026-04-06"), D("2026-04-11"))
    assert known.available.between(D("2026-04-06"), D("2026-04-11")).tolist() == [4]  # Easter Monday


def test_intervals_in_one_go() -> None:
    daily = Daily.from_values(D("2026-11-09"), np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]]))
    starts = np.array(["2026-11-09", "2026-11-10"], dtype="datetime64[D]")
    ends = np.array(["2026-11-12", "2026-11-10"], dtype="datetime64[D]")
    assert daily.between(D("2026-11-10"), D("2026-11-12")).tolist() == [6, 48]
    assert daily.between(starts, ends).tolist() == [[7, 0], [56, 0]]
    assert daily.between(starts, ends, np.array([1, 0])).tolist() == [56, 0]


@pytest.mark.parametrize(("start", "end"), [("2026-11-08", "2026-11-10"), ("2026-11-10", "2026-11-13")])
def test_days_that_are_not_held_are_refused(start: str, end: str) -> None:
    daily = Daily.from_values(D("2026-11-09"), np.ones((1, 3)))
    with pytest.raises(ValueError, match="3 days from 2026-11-09"):
        daily.between(D(start), D(end))


FIRST = D("2026-03-16")
DAY = st.integers(0, 41).map(lambda n: FIRST + timedelta(days=n))
SHARE = st.sampled_from([0.25, 0.5, 1.0])
LEAVE = st.lists(st.tuples(DAY, DAY, SHARE).filter(lambda one: one[0] <= one[1]), max_size=4)


def naive(person: dict[str, object], leave: list[tuple[date, date, float]], day: date) -> float:
    off = day.weekday() > 4 or (person["calendar"] and day in holidays.country_holidays("FI", years=2026))
    if off or (person["start"] and day < person["start"]) or (person["end"] and day > person["end"]):
        return 0.0
    away = sum(share for first, last, share in leave if first <= day <= last)
    return max(1 - away, 0) * (1.0 if person["full_time"] is None else person["full_time"])


@given(
    st.fixed_dictionaries(
        {
            "start": st.none() | DAY,
            "end": st.none() | DAY,
            "full_time": st.sampled_from([None, 0.5, 1.0]),
            "calendar": st.sampled_from([None, "FI"]),
        }
    ),
    LEAVE,
    DAY,
    DAY,
)
def test_matches_counting_the_days(
    person: dict[str, object], leave: list[tuple[date, date, float]], one: date, other: date
) -> None:
    start, end = min(one, other), max(one, other)
    away = absences(*[{"rep": "Raj", "from": a, "to": b, "share": share} for a, b, share in leave])
    last = FIRST + timedelta(days=42)
    known: Availability = availability(["Raj"], Staff(people({"rep": "Raj", **person}), away), FIRST, last)
    days = [start + timedelta(days=n) for n in range((end - start).days)]
    assert known.available.between(start, end)[0] == sum(naive(person, leave, day) for day in days)
    assert known.possible.between(start, end)[0] == sum(day.weekday() < 5 for day in days)


def test_a_share_of_a_day_may_have_a_decimal_comma() -> None:
    assert week_of("man-tor, fre 0,5") == week_of("mon-thu, fri 0.5")
