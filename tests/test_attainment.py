"""Progress: a week worked by hand, every status at its threshold, and what must always hold."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metric_frames import D, absences, cube, judged, people, rules

from quota import attainment, periods
from quota.attainment import Work
from quota.periods import Period
from quota.rules import Plan
from quota.worktime import Staff

RAJ = people({"rep": "Raj", "team": "North"})
WEEK = periods.parse("2026-W46")  # Monday 9 to Sunday 15 November


def calls(day: str, count: int, **more: object) -> dict[str, object]:
    return {"rep": "Raj", "day": day, "kind": "call", "count": count, **more}


def progress(
    work: pd.DataFrame,
    plan: pd.DataFrame,
    as_of: str,
    crew: pd.DataFrame = RAJ,
    away: pd.DataFrame | None = None,
    period: Period = WEEK,
) -> pd.DataFrame:
    leave = absences() if away is None else away
    return judged(work, plan, crew, leave, period, D(as_of))


def line(work: pd.DataFrame, plan: pd.DataFrame, as_of: str, **more: object) -> dict[str, object]:
    """The only line there is."""
    (found,) = progress(work, plan, as_of, **more).to_dict("records")  # type: ignore[arg-type]
    return {str(name): value for name, value in found.items()}


WORK = cube(calls("2026-11-09", 60), calls("2026-11-11", 84), calls("2026-11-13", 50))


def test_a_wednesday_by_hand() -> None:
    found = line(WORK, rules({}), "2026-11-11")
    assert found == {
        "rep": "Raj",
        "team": "North",
        "quota": "Calls",
        "kind": "call",
        "measure": "count",
        "currency": pytest.approx(math.nan, nan_ok=True),
        "every": "week",
        "period": "2026-W46",
        "target": 250,
        "actual": 144,  # Friday's 50 are not done yet
        "attainment": 0.576,
        "expected": 150,
        "pace": 0.96,
        "projected": 240,
        "remaining": 106,
        "needed_per_day": 53,
        "status": "on_pace",
        "tier": None,
        "carried": 0,
    }


def test_leave_and_part_time_by_hand() -> None:
    """Away on Thursday, four fifths: 3.2 of 5 days, of which 0.8 on Monday."""
    crew = people({"rep": "Raj", "full_time": 0.8})
    away = absences({"rep": "Raj", "from": D("2026-11-12"), "to": D("2026-11-12")})
    found = line(WORK, rules({}), "2026-11-09", crew=crew, away=away)
    assert (found["target"], found["expected"], found["pace"]) == (160, 40, 1.5)
    assert (found["remaining"], found["needed_per_day"]) == (100, pytest.approx(100 / 2.4))


@pytest.mark.parametrize(
    ("as_of", "expected", "actual"),
    [
        ("2026-11-01", 0, 0),
        ("2026-11-08", 0, 0),
        ("2026-11-09", 50, 60),
        ("2026-11-14", 250, 194),
        ("2026-11-15", 250, 194),
        ("2027-06-01", 250, 194),
    ],
)
def test_before_within_and_after_the_period(as_of: str, expected: float, actual: float) -> None:
    found = line(WORK, rules({}), as_of)
    assert (found["expected"], found["actual"], found["target"]) == (expected, actual, 250)


def test_work_at_the_weekend_counts() -> None:
    assert line(cube(calls("2026-11-15", 250)), rules({}), "2026-11-15")["status"] == "met"


@pytest.mark.parametrize(
    ("actual", "status"),
    [
        (1001, "met"),
        (1000, "met"),
        (999, "ahead"),
        (525, "ahead"),
        (524, "on_pace"),
        (475, "on_pace"),
        (474, "behind"),
        (400, "behind"),
        (399, "at_risk"),
        (0, "at_risk"),
    ],
)
def test_status_at_its_thresholds(actual: int, status: str) -> None:
    """Half of a day's 1,000 is expected: somebody away for the afternoon of the second day."""
    plan = rules({"target": 2500})
    half = absences({"rep": "Raj", "from": D("2026-11-11"), "to": D("2026-11-30")})
    found = line(cube(calls("2026-11-09", actual)), plan, "2026-11-09", away=half)
    assert (found["target"], found["expected"], found["status"]) == (1000, 500, status)


def test_before_anything_is_expected_everybody_is_on_pace() -> None:
    found = line(cube(), rules({}), "2026-11-08")
    assert found["status"] == "on_pace"
    assert math.isnan(float(str(found["pace"])))
    assert math.isnan(float(str(found["projected"])))


def test_needed_per_day_when_all_is_done_and_when_no_day_is_left() -> None:
    assert line(cube(calls("2026-11-09", 300)), rules({}), "2026-11-15")["needed_per_day"] == 0
    over = line(cube(calls("2026-11-09", 249)), rules({}), "2026-11-13")
    assert over["remaining"] == 1
    assert math.isnan(float(str(over["needed_per_day"])))


def test_a_whole_period_on_leave_is_no_quota() -> None:
    away = absences({"rep": "Raj", "from": D("2026-11-01"), "to": D("2026-11-30")})
    found = line(WORK, rules({}), "2026-11-11", away=away)
    assert (found["target"], found["actual"], found["status"]) == (0, 144, "no_quota")
    assert math.isnan(float(str(found["attainment"])))
    assert line(WORK, rules({"target": 0}), "2026-11-11")["status"] == "no_quota"


def test_everybody_appears() -> None:
    work = cube({"rep": "Mia", "team": "West", "day": "2026-11-09", "kind": "email"})
    found = progress(work, rules({"who": "Raj"}), "2026-11-11")
    assert found["rep"].tolist() == ["Mia", "Raj"]
    assert found["team"].tolist() == ["West", "North"]
    assert found["status"].tolist() == ["no_quota", "at_risk"]
    assert found.loc[0, ["quota", "kind", "measure", "target", "actual", "expected"]].isna().all()
    assert found["period"].tolist() == ["2026-W46", "2026-W46"]


@pytest.mark.parametrize(("work", "crew"), [(cube(), people()), (cube(), RAJ), (WORK, people())])
def test_frames_without_rows(work: pd.DataFrame, crew: pd.DataFrame) -> None:
    found = progress(work, rules(), "2026-11-11", crew=crew)
    assert list(found.columns) == attainment.PROGRESS
    assert found["rep"].tolist() == (["Raj"] if len(work) or len(crew) else [])
    assert str(found["kind"].dtype) == "str"
    assert found["target"].dtype == np.float64


def test_only_the_own_work_of_the_right_kind_counts() -> None:
    work = cube(
        calls("2026-11-09", 1),
        calls("2026-11-09", 2, direction="out"),
        calls("2026-11-09", 4, direction="in"),
        calls("2026-11-09", 8, kind="email"),
        calls("2026-11-09", 16, kind="meeting"),
        calls("2026-11-08", 32),
        calls("2026-11-16", 64),
    )
    assert line(work, rules({}), "2026-11-30")["actual"] == 3
    assert line(work, rules({"kind": "email+call"}), "2026-11-30")["actual"] == 11


def test_only_work_while_the_rule_holds_counts() -> None:
    found = line(WORK, rules({"from": D("2026-11-10"), "to": D("2026-11-12")}), "2026-11-15")
    assert (found["target"], found["actual"]) == (150, 84)


def test_a_quota_changed_within_the_period_is_one_line() -> None:
    plan = rules({}, {"target": 300, "from": D("2026-11-11")})
    found = line(WORK, plan, "2026-11-11")
    assert (found["target"], found["expected"], found["actual"]) == (280, 160, 144)


def test_rules_of_other_names_and_rhythms_are_lines_of_their_own() -> None:
    plan = rules({"quota": "B"}, {"quota": "A"}, {"quota": "A", "every": "day", "target": 10})
    found = progress(WORK, plan, "2026-11-15")
    assert found[["quota", "every", "target"]].to_numpy().tolist() == [
        ["A", "day", 50],
        ["A", "week", 250],
        ["B", "week", 250],
    ]


def test_a_year_of_weeks_at_once_is_each_week_alone() -> None:
    plan = rules({}, {"quota": "Month", "every": "month", "from": D("2026-10-20")})
    weeks = periods.split(periods.parse("2026-Q4"), "week")
    together = attainment.history(Work(WORK), Plan(plan), Staff(RAJ), weeks, D("2026-11-11"))
    alone = [progress(WORK, plan, "2026-11-11", period=week) for week in weeks]
    pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True))


# --- money ---

SALES = {"quota": "Sales", "kind": "won", "measure": "amount", "target": 1000.0}


def won(amount: float | None, currency: str | None) -> dict[str, object]:
    return {"rep": "Raj", "day": "2026-11-09", "kind": "won", "amount": amount, "currency": currency}


@pytest.mark.parametrize(
    ("deals", "named", "actual", "currency"),
    [
        ([(100.1, "DKK"), (200.2, "DKK")], None, 300.3, "DKK"),
        ([(100, None), (200, None)], None, 300, None),
        ([(100, "DKK"), (200, "EUR")], "EUR", 200, "EUR"),
        ([(100, "DKK"), (200, "EUR")], "eur", 200, "EUR"),
        ([(100, "DKK"), (None, "EUR")], None, 100, "DKK"),  # no amount, no currency to mind
        ([(100, None)], "EUR", 0, "EUR"),  # an unnamed currency is not taken for euros
        ([], "EUR", 0, "EUR"),
        ([], None, 0, None),
    ],
)
def test_amounts_in_one_currency(
    deals: list[tuple[float | None, str | None]], named: str | None, actual: float, currency: str | None
) -> None:
    found = line(cube(*[won(*deal) for deal in deals]), rules({**SALES, "currency": named}), "2026-11-15")
    assert found["actual"] == actual
    assert found["currency"] == currency or (currency is None and pd.isna(found["currency"]))


@pytest.mark.parametrize("other", ["EUR", None])
def test_currencies_are_never_added_together(other: str | None) -> None:
    """Neither guessed nor split: the target stands, what was done towards it cannot be said."""
    work = cube(won(100, "DKK"), {**won(200, other), "day": "2026-01-05"})
    found = line(work, rules(SALES), "2026-11-15")
    assert (found["target"], found["expected"], found["status"]) == (1000, 1000, "no_quota")
    for name in ("actual", "attainment", "pace", "projected", "remaining", "needed_per_day", "currency"):
        assert pd.isna(found[name]), name


def test_counting_deals_needs_no_currency() -> None:
    work = cube(won(100, "DKK"), won(200, "EUR"))
    assert line(work, rules({"kind": "won", "target": 4, "currency": "EUR"}), "2026-11-15")["actual"] == 2


# --- what must always hold ---

BASE = D("2026-10-26")
DAY = st.integers(0, 41).map(lambda n: BASE + timedelta(days=n))
REP = st.sampled_from(["Ann", "Raj"])
EVENT = st.fixed_dictionaries(
    {
        "rep": REP,
        "day": DAY,
        "kind": st.sampled_from(["call", "email"]),
        "count": st.integers(1, 90),
        "direction": st.sampled_from([None, "out", "in"]),
    }
)
RULE = st.fixed_dictionaries(
    {
        "quota": st.sampled_from(["A", "B"]),
        "who": st.sampled_from(["everyone", "Raj"]),
        "kind": st.sampled_from(["call", "call+email"]),
        "target": st.integers(0, 300).map(float),
        "every": st.sampled_from(["day", "week", "month"]),
    }
)
EVENTS, PLAN = st.lists(EVENT, max_size=8), st.lists(RULE, max_size=4)
LEAVE = st.lists(st.tuples(REP, DAY), max_size=3).map(
    lambda rows: absences(*[{"rep": rep, "from": day, "to": day} for rep, day in rows])
)
PERIOD = st.tuples(DAY, st.sampled_from(["day", "week", "month"])).map(lambda one: periods.containing(*one))


@settings(max_examples=40)
@given(EVENTS, PLAN, LEAVE, PERIOD, DAY)
def test_actual_is_a_plain_count(
    events: list[dict[str, object]],
    plan: list[dict[str, object]],
    away: pd.DataFrame,
    period: Period,
    day: date,
) -> None:
    found = judged(cube(*events), rules(*plan), RAJ, away, period, day)
    for one in found[found["target"].notna()].itertuples():
        done = [
            event["count"]
            for event in events
            if event["rep"] == one.rep
            and event["kind"] in str(one.kind).split("+")
            and event["direction"] != "in"
            and event["day"] in period  # type: ignore[operator]
            and event["day"] <= day  # type: ignore[operator]
        ]
        assert one.actual == sum(done)  # type: ignore[arg-type]
        assert one.remaining == pytest.approx(max(one.target - one.actual, 0))
        if one.target > 0:
            assert one.attainment == pytest.approx(one.actual / one.target, abs=1e-9)


@settings(max_examples=20)
@given(PLAN, LEAVE, PERIOD, DAY, DAY)
def test_expected_goes_from_nothing_to_the_target(
    plan: list[dict[str, object]], away: pd.DataFrame, period: Period, one: date, other: date
) -> None:
    days = [period.start - timedelta(days=1), min(one, other), max(one, other), period.last]
    found = [judged(WORK, rules(*plan), RAJ, away, period, day) for day in days]
    goal = found[0]["target"].to_numpy()
    before, earlier, later, last = (frame["expected"].to_numpy() for frame in found)
    held = ~np.isnan(goal)
    assert (before[held] == 0).all()
    assert (earlier[held] <= later[held]).all()
    assert (later[held] <= goal[held]).all()
    assert np.array_equal(last, goal, equal_nan=True)


@settings(max_examples=20)
@given(EVENTS, EVENT, PLAN, LEAVE, PERIOD, DAY)
def test_more_activity_never_lowers_attainment(
    events: list[dict[str, object]],
    extra: dict[str, object],
    plan: list[dict[str, object]],
    away: pd.DataFrame,
    period: Period,
    day: date,
) -> None:
    crew = people({"rep": "Raj"}, {"rep": "Ann"})
    less, more = (
        judged(cube(*rows), rules(*plan), crew, away, period, day) for rows in (events, [*events, extra])
    )
    rank = {name: place for place, name in enumerate(["at_risk", "behind", "on_pace", "ahead", "met"])}
    for one, other in zip(less.itertuples(), more.itertuples(), strict=True):
        assert not other.attainment < one.attainment
        assert rank.get(str(other.status), -1) >= rank.get(str(one.status), -1)


@settings(max_examples=20)
@given(st.data(), EVENTS, PLAN, LEAVE, PERIOD, DAY)
def test_the_order_of_rows_does_not_matter(
    data: st.DataObject,
    events: list[dict[str, object]],
    plan: list[dict[str, object]],
    away: pd.DataFrame,
    period: Period,
    day: date,
) -> None:
    one = judged(cube(*events), rules(*plan), RAJ, away, period, day)
    events, plan = data.draw(st.permutations(events)), data.draw(st.permutations(plan))
    other = judged(cube(*events), rules(*plan), RAJ, away[::-1], period, day)
    pd.testing.assert_frame_equal(one, other)
