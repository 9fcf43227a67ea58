"""A rep against the own past: seven weeks worked by hand, the edges, and a walk day by day."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metric_frames import D, absences, cube, people, rules

from quota import periods, trends
from quota.attainment import Work
from quota.periods import Period
from quota.rules import Plan
from quota.worktime import Staff

Row = dict[str, Any]
RAJ = people({"rep": "Raj", "team": "North"})
W46 = periods.parse("2026-W46")

# By Wednesday's close, and in the end, of 100 calls a week; the projections on Wednesday erred by
# 0, 0.2, −0.1, −0.3, 0.2 and 0.1 of the target.
WEEKS = {
    "W40": (60, 100),
    "W41": (30, 70),
    "W42": (60, 90),
    "W43": (90, 120),
    "W44": (48, 100),
    "W45": (60, 110),
}


def calls(day: date, count: int, rep: str = "Raj") -> Row:
    return {"rep": rep, "day": day.isoformat(), "kind": "call", "count": count}


def weeks(done: dict[str, tuple[int, int]], year: int = 2026, rep: str = "Raj") -> list[Row]:
    """The first number stands on the week's Monday, the rest on its Friday."""
    found = []
    for week, (early, whole) in done.items():
        monday = periods.parse(f"{year}-{week}").start
        found += [calls(monday, early, rep), calls(monday + timedelta(days=4), whole - early, rep)]
    return found


def line(
    events: list[Row],
    as_of: str = "2026-11-11",
    period: Period = W46,
    away: pd.DataFrame | None = None,
    rule: Row | None = None,
) -> Row:
    staff = Staff(RAJ, absences() if away is None else away)
    plan = Plan(rules({"target": 100.0, **(rule or {})}))
    (found,) = trends.progress(Work(cube(*events)), plan, staff, period, D(as_of)).to_dict("records")
    return {str(name): value for name, value in found.items()}


def figures(found: Row) -> list[float | None]:
    return [None if pd.isna(found[name]) else float(found[name]) for name in trends.FIGURES]


def test_a_wednesday_by_hand() -> None:
    """66 by Wednesday is 110 by Friday; with six errors the interval runs from the worst to the best."""
    found = line([*weeks(WEEKS), calls(D("2026-11-09"), 66)])
    assert found["projected"] == 110
    assert figures(found) == [80, 130, 3, 3, 0.6, None]


def test_it_never_falls_below_what_is_done() -> None:
    """90 by Wednesday: 150 − 0.3 × 100 = 120. 20 by Wednesday: 33.3 − 30 is less than the 20."""
    assert figures(line([*weeks(WEEKS), calls(D("2026-11-09"), 90)]))[:2] == [120, 170]
    assert figures(line([*weeks(WEEKS), calls(D("2026-11-09"), 20)]))[:2] == [20, pytest.approx(160 / 3)]


def test_it_closes_at_the_end_of_the_period() -> None:
    """Compared with what the week before came to in the end; a week that ended unmet breaks the streak."""
    found = line([*weeks(WEEKS), calls(D("2026-11-09"), 66)], as_of="2026-11-15")
    assert figures(found) == [66, 66, 0, 3, 1.1, None]


def test_five_periods_are_too_few() -> None:
    few = {week: done for week, done in WEEKS.items() if week != "W40"}
    found = line([*weeks(few), calls(D("2026-11-09"), 66)])
    assert figures(found) == [None, None, 3, 3, 0.6, None]


def test_the_week_that_runs_counts_once_it_is_met() -> None:
    found = line([*weeks(WEEKS), calls(D("2026-11-09"), 100)])
    assert (found["streak"], found["longest_streak"]) == (4, 4)


def test_the_longest_streak_may_be_an_earlier_one() -> None:
    done = {"W40": (50, 100), "W41": (50, 100), "W42": (50, 99), "W43": (50, 100)}
    found = line([*weeks(done), calls(D("2026-11-09"), 100)])
    # Weeks 44 and 45 were empty, which is missed.
    assert (found["streak"], found["longest_streak"]) == (1, 2)


def test_leave_and_weeks_without_a_quota_neither_break_nor_extend() -> None:
    away = absences({"rep": "Raj", "from": D("2026-11-02"), "to": D("2026-11-08")})  # week 45
    done = {"W43": (60, 100), "W44": (60, 100)}
    assert line(weeks(done), away=away)["streak"] == 2
    assert pd.isna(line(weeks(done), away=away)["attainment_previous"])
    late = line(weeks(WEEKS), rule={"from": D("2026-10-26")})  # weeks 44 and 45 only
    assert (late["streak"], late["projected_low"]) == (2, pytest.approx(np.nan, nan_ok=True))


def test_the_same_moment_is_the_same_share_of_the_own_time() -> None:
    """Away on Monday of week 45: after 3 of 5 days, 2.4 of 4 are gone: to Wednesday, and 0.4 of Thursday."""
    away = absences({"rep": "Raj", "from": D("2026-11-02"), "to": D("2026-11-02")})
    done = [calls(D("2026-10-26"), 1), *(calls(D(f"2026-11-0{day}"), 10 * day) for day in (3, 4, 5, 6))]
    found = line([*done, calls(D("2026-11-09"), 1)], away=away)
    # 30 + 40 + 0.4 × 50 = 90 of 80.
    assert found["attainment_previous"] == 90 / 80


def test_what_a_tracker_says_on_monday_is_not_what_was_done_by_wednesday() -> None:
    done = [calls(periods.parse(f"2026-{week}").start, whole) for week, (_, whole) in WEEKS.items()]
    running = line([*done, calls(D("2026-11-09"), 66)])
    assert figures(running) == [None, None, 3, 3, None, None]
    assert line(done, as_of="2026-11-15")["attainment_previous"] == 1.1


def test_the_past_begins_with_the_own_record() -> None:
    """Mia has been there for long; of Raj's week 44 only Thursday is known, so that week says nothing."""
    done = [calls(D("2026-08-03"), 5, "Mia"), calls(D("2026-10-29"), 40), *weeks({"W45": (60, 110)})]
    found = trends.progress(
        Work(cube(*done)), Plan(rules({"target": 100.0})), Staff(RAJ), W46, D("2026-11-11")
    )
    raj = found[found["rep"] == "Raj"].iloc[0]
    assert (raj["streak"], raj["longest_streak"], raj["attainment_previous"]) == (1, 1, 0.6)
    assert line([*done[1:]], period=periods.parse("2026-W45"), as_of="2026-11-04")["streak"] == 0
    missing = line([*done[1:]], period=periods.parse("2026-W45"), as_of="2026-11-04")["attainment_previous"]
    assert pd.isna(missing)


def test_the_same_week_of_last_year() -> None:
    events = [*weeks({"W46": (30, 80)}, 2025), *weeks(WEEKS), calls(D("2026-11-09"), 66)]
    assert line(events)["attainment_last_year"] == 0.3
    assert line(events, as_of="2026-11-15")["attainment_last_year"] == 0.8
    # The record begins in 2025 now, and seven empty weeks add as many errors of 0: place 1.4 of 13.
    assert line(events)["projected_low"] == pytest.approx(110 - 30 + 0.4 * 20)


def test_week_53_has_no_last_year() -> None:
    events = [*weeks({"W52": (30, 80)}, 2025), *weeks({"W53": (60, 100)}, 2026)]
    found = line(events, period=periods.parse("2026-W53"), as_of="2027-01-03")
    assert (found["attainment"], found["attainment_last_year"]) == (1, pytest.approx(np.nan, nan_ok=True))


def test_nothing_to_compare_before_the_period_begins() -> None:
    assert figures(line(weeks(WEEKS), as_of="2026-11-08")) == [None, None, 3, 3, None, None]


def test_months_look_at_months() -> None:
    """October's 22 days: 11 are gone after the 15th. November's 21: half a day more than 10."""
    rule = {"every": "month", "target": 220.0}
    events = [calls(D("2026-10-01"), 11), calls(D("2026-10-15"), 99), calls(D("2026-10-30"), 110)]
    found = line([*events, calls(D("2026-11-02"), 70)], "2026-11-13", periods.parse("2026-11"), rule=rule)
    # 10 of 21 days are 10.476 of 22: to the 14th, and 0.476 of the 15th.
    assert found["attainment_previous"] == pytest.approx((11 + 99 * (220 / 21 - 10)) / 220)
    assert (found["streak"], found["status"]) == (1, "at_risk")


def test_lines_of_one_name_keep_apart() -> None:
    plan = Plan(rules({"target": 100.0}, {"target": 10.0, "kind": "meeting"}))
    events = [*weeks(WEEKS), {"rep": "Raj", "day": "2026-11-02", "kind": "meeting", "count": 10}]
    found = trends.progress(Work(cube(*events)), plan, Staff(RAJ), W46, D("2026-11-08"))
    assert found.set_index("kind")["streak"].to_dict() == {"call": 3, "meeting": 1}


def test_without_a_target_there_is_no_streak() -> None:
    away = absences({"rep": "Raj", "from": D("2026-11-09"), "to": D("2026-11-15")})
    assert figures(line(weeks(WEEKS), away=away)) == [None] * 6
    nobody = trends.progress(Work(cube()), Plan(rules()), Staff(), W46, D("2026-11-11"))
    assert list(nobody.columns) == trends.PROGRESS
    assert nobody.empty


def test_one_reps_past_is_what_it_is_among_others() -> None:
    events = [*weeks(WEEKS), *weeks({"W44": (10, 200)}, rep="Mia"), calls(D("2026-11-09"), 66)]
    asked = (Work(cube(*events)), Plan(rules({"target": 100.0})), Staff(RAJ), W46, D("2026-11-11"))
    everybody = trends.progress(*asked)
    alone = trends.Past.of(*asked, rep="Raj").progress()
    pd.testing.assert_frame_equal(alone, everybody[everybody["rep"] == "Raj"].reset_index(drop=True))


def test_the_past_laid_out() -> None:
    events = [*weeks(WEEKS), calls(D("2026-11-09"), 66)]
    asked = (Work(cube(*events)), Plan(rules({"target": 100.0})), Staff(RAJ), W46, D("2026-11-11"))
    (past,) = trends.Past.of(*asked).earlier()
    assert past["period"].tolist() == [f"2026-{week}" for week in WEEKS]
    assert past["then"].tolist() == [60, 30, 60, 90, 48, 60]
    assert past["projected"].round(6).tolist() == [100, 50, 100, 150, 80, 100]
    assert past["error"].tolist() == [0, 0.2, -0.1, -0.3, 0.2, 0.1]
    assert past["met"].tolist() == [True, False, False, True, True, True]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 3, 4, 5], (np.nan, np.nan)),
        ([3, 1, 2, 6, 5, 4], (1, 6)),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9], (1, 9)),  # places 1 and 9
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], (1.1, 9.9)),  # places 1.1 and 9.9
        (list(range(1, 14)), (1.4, 12.6)),
    ],
)
def test_percentiles_stand_at_p_times_n_plus_one(values: list[float], expected: tuple[float, float]) -> None:
    padded = np.array([[*values, *[np.nan] * (14 - len(values))]])
    found = [float(one[0]) for one in trends.percentiles(padded, trends.TAILS)]
    assert found == [pytest.approx(one, nan_ok=True) for one in expected]


def test_a_like_period_falls_within_as_often_as_is_said() -> None:
    """Ten thousand times n + 1 like errors: the last one lies between the percentiles of the others."""
    rng = np.random.default_rng(7)
    for n, share in ((6, 5 / 7), (13, 0.8)):
        drawn = rng.normal(size=(10_000, n + 1))
        low, high = trends.percentiles(drawn[:, :n], trends.TAILS)
        within = ((low <= drawn[:, n]) & (drawn[:, n] <= high)).mean()
        assert within == pytest.approx(share, abs=0.02)


# --- against a walk day by day, in fractions ---

MONDAY = D("2026-08-31")
RUNNING = 8  # the week that is looked at; eight lie before it


def walked(done: list[int], free: set[int], week: int, gone: Fraction) -> list[Fraction]:
    """Of a week with a target of 10 a working day: the target, what was done up to the last moment at
    which no more than `gone` of the working time was gone, and what was done in the end."""
    days = list(range(7 * week, 7 * week + 7))
    working = [day for day in days if day % 7 < 5 and day not in free]
    left, then = gone * len(working), Fraction(0)
    for day in days:
        part = min(left, Fraction(1)) if day in working else Fraction(1)
        left -= part if day in working else 0
        then += done[day] * part
        if part < 1:
            break
    return [Fraction(10 * len(working)), then, Fraction(sum(done[day] for day in days))]


@settings(max_examples=40)
@given(st.data())
def test_against_the_walk(data: st.DataObject) -> None:
    done = data.draw(st.lists(st.integers(0, 30), min_size=63, max_size=63))
    done[0] = max(done[0], 1)  # the record begins with the first day
    free = data.draw(st.sets(st.integers(0, 62), max_size=15))
    today = data.draw(st.integers(7 * RUNNING, 7 * RUNNING + 6))
    days = [MONDAY + timedelta(days=n) for n in range(63)]
    events = [calls(day, count) for day, count in zip(days, done, strict=True) if count]
    away = absences(*({"rep": "Raj", "from": days[n], "to": days[n]} for n in free))
    week = periods.containing(days[today], "week")
    found = line(events, days[today].isoformat(), week, away, {"target": 50.0})

    working = [n for n in range(7 * RUNNING, 63) if n % 7 < 5 and n not in free]
    if not working:
        assert figures(found) == [None] * 6
        return
    gone = Fraction(sum(n <= today for n in working), len(working))
    past = [walked(done, free, one, gone) for one in range(RUNNING)]
    lumped = [
        0 < gone < 1 and done[7 * one] > 0 and not any(done[7 * one + 1 : 7 * one + 7])
        for one in range(RUNNING)
    ]
    known = [bool(target) and gone > 0 and not lump for (target, *_), lump in zip(past, lumped, strict=True)]
    target, actual = Fraction(10 * len(working)), Fraction(sum(done[7 * RUNNING : today + 1]))
    errors = sorted(
        (whole - then / gone) / asked for (asked, then, whole), told in zip(past, known, strict=True) if told
    )
    interval: list[float | None] = [None, None]
    if len(errors) >= 6:
        # Of six to eight errors the percentiles are the extremes.
        ends = (max(actual, actual / gone + target * error) for error in (errors[0], errors[-1]))
        interval = [pytest.approx(float(end), abs=1e-6) for end in ends]
    asked, then, _ = past[-1]
    before = pytest.approx(float(then / asked)) if known[-1] else None
    assert figures(found) == [*interval, *map(float, runs(past, target, actual, today == 62)), before, None]


def runs(past: list[list[Fraction]], target: Fraction, actual: Fraction, over: bool) -> tuple[int, int]:
    """The streak now, and the longest there was."""
    met = [whole >= asked for asked, _, whole in past if asked]
    met += [actual >= target] if over or actual >= target else []
    run = longest = 0
    for one in met:
        run = run + 1 if one else 0
        longest = max(longest, run)
    return run, longest


@settings(max_examples=20)
@given(st.permutations(range(13)), st.integers(0, 120))
def test_the_order_of_rows_does_not_matter_and_more_work_never_shortens_a_streak(
    order: list[int], more: int
) -> None:
    events = [*weeks(WEEKS), calls(D("2026-11-09"), 66)]
    assert figures(line([events[n] for n in order])) == figures(line(events))
    assert line([*events, calls(D("2026-11-10"), more)])["streak"] >= line(events)["streak"]
