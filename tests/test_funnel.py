"""The funnel: Raj's 400 touches, the stages nobody logs, and intervals checked against scipy."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metric_frames import D, cube
from scipy import stats

from quota import funnel
from quota.errors import BadRequest

START, END = D("2026-11-01"), D("2026-12-01")
RAJ = cube(
    {"rep": "Raj", "team": "North", "day": "2026-11-02", "kind": "call", "count": 150},
    {"rep": "Raj", "team": "North", "day": "2026-11-03", "kind": "email", "count": 200},
    {"rep": "Raj", "team": "North", "day": "2026-11-30", "kind": "social", "count": 50},
    {"rep": "Raj", "team": "North", "day": "2026-11-30", "kind": "opportunity", "count": 30},
)


def shown(found: pd.DataFrame, *names: str) -> list[list[object]]:
    """The rows, with None for whatever is missing."""
    wanted = found[[*names]].astype(object)
    return wanted.where(wanted.notna(), None).to_numpy().tolist()


def test_400_touches_become_30_opportunities() -> None:
    found = funnel.volume(RAJ, None, START, END)
    assert list(found.columns) == funnel.FUNNEL
    assert shown(found, "group", "stage", "count", "previous_stage", "base", "rate_from_previous") == [
        [None, "touch", 400, None, None, None],
        [None, "meeting", 0, "touch", 400, 0],
        [None, "opportunity", 30, "touch", 400, 0.075],
        [None, "proposal", 0, "opportunity", 30, 0],
        [None, "won", 0, "opportunity", 30, 0],
    ]
    opportunity = found.iloc[2]
    assert opportunity["rate_from_first"] == 0.075
    assert opportunity["low"] == pytest.approx(0.05304, abs=5e-6)
    assert opportunity["high"] == pytest.approx(0.10505, abs=5e-6)
    assert (opportunity["low_first"], opportunity["high_first"]) == (opportunity["low"], opportunity["high"])


def test_rates_from_the_previous_and_from_the_first_stage() -> None:
    counts = {"call": 100, "demo": 6, "meeting": 4, "opportunity": 5, "won": 2, "lost": 9, "other": 9}
    work = cube(*[{"rep": "A", "day": "2026-11-02", "kind": k, "count": n} for k, n in counts.items()])
    found = funnel.volume(work, None, START, END)
    assert shown(found, "stage", "count", "previous_stage", "rate_from_previous", "rate_from_first") == [
        ["touch", 100, None, None, None],
        ["meeting", 10, "touch", 0.1, 0.1],
        ["opportunity", 5, "meeting", 0.5, 0.05],
        ["proposal", 0, "opportunity", 0, 0],
        ["won", 2, "opportunity", 0.4, 0.02],
    ]


def test_a_rate_above_one_has_no_interval() -> None:
    work = cube(
        {"rep": "A", "day": "2026-11-02", "kind": "meeting", "count": 2},
        {"rep": "A", "day": "2026-11-02", "kind": "opportunity", "count": 5},
    )
    found = funnel.volume(work, None, START, END)
    assert shown(found.iloc[:3], "previous_stage", "rate_from_previous", "low", "high") == [
        [None, None, None, None],
        [None, None, None, None],
        ["meeting", 2.5, None, None],
    ]


def test_only_the_own_work_of_the_period_counts() -> None:
    rows = [
        {"day": "2026-10-31", "count": 1},
        {"day": "2026-11-01", "count": 2},
        {"day": "2026-11-30", "count": 4, "direction": "out"},
        {"day": "2026-11-30", "count": 8, "direction": "in"},
        {"day": "2026-12-01", "count": 16},
    ]
    work = cube(*[{"rep": "A", "kind": "call", **row} for row in rows])
    assert funnel.volume(work, None, START, END)["count"].tolist() == [6, 0, 0, 0, 0]


MIXED = cube(
    {"rep": "Zoe", "team": None, "day": "2026-11-02", "kind": "text", "count": 5},
    {"rep": "Ann", "team": "West", "day": "2026-11-02", "kind": "call", "count": 3},
    {"rep": "Ann", "team": "East", "day": "2026-12-02", "kind": "email", "count": 4},
    {"rep": "Ann", "team": "West", "day": "2026-12-02", "kind": "won", "count": 1},
)


@pytest.mark.parametrize(
    ("by", "touches"),
    [
        (None, [[None, 12]]),
        ("rep", [["Ann", 7], ["Zoe", 5]]),
        ("team", [["East", 4], ["West", 3], [None, 5]]),
        ("month", [["2026-11", 8], ["2026-12", 4]]),
        ("kind", [["call", 3], ["email", 4], ["text", 5]]),
    ],
)
def test_groups(by: str | None, touches: list[list[object]]) -> None:
    found = funnel.volume(MIXED, by, START, D("2027-01-01"))
    assert shown(found[found["stage"] == "touch"], "group", "count") == touches
    assert found["stage"].tolist() == [*funnel.STAGES] * len(touches)


def test_results_do_not_say_by_which_channel_they_came() -> None:
    found = funnel.volume(MIXED, "kind", START, D("2027-01-01"))
    later = found[found["stage"] != "touch"]
    assert later.drop(columns=["group", "stage"]).isna().all(axis=None)


def test_nothing_recorded() -> None:
    found = funnel.volume(cube(), None, START, END)
    assert found["count"].tolist() == [0, 0, 0, 0, 0]
    assert found["rate_from_previous"].isna().all()
    assert str(found["count"].dtype) == "Int64"
    empty = funnel.volume(cube(), "rep", START, END)
    assert empty.empty
    assert list(empty.columns) == funnel.FUNNEL


def test_an_unknown_split_is_refused() -> None:
    with pytest.raises(BadRequest) as refused:
        funnel.volume(RAJ, "colour", START, END)
    assert (refused.value.code, refused.value.details["value"]) == ("unknown_group", "colour")


# --- cohorts ---


def reached(*rows: tuple[str, str, str, str, str]) -> pd.DataFrame:
    found = pd.DataFrame([*rows], columns=["rep", "team", "entity", "kind", "first"])
    return found.assign(first=pd.to_datetime(found["first"], format="ISO8601").astype("datetime64[us]"))


DEALS = reached(
    ("Ann", "West", "Acme", "call", "2026-11-03 09:00"),
    ("Ann", "West", "Acme", "email", "2026-11-02 23:59"),
    ("Ann", "West", "Acme", "won", "2026-12-24 12:00"),
    ("Ann", "West", "Bolt", "call", "2026-10-31 23:59"),  # began before November
    ("Ann", "West", "Bolt", "opportunity", "2026-11-05"),
    ("Zoe", "East", "Bolt", "demo", "2026-11-06"),
    ("Zoe", "East", "Coop", "opportunity", "2026-11-30 23:59"),
    ("Zoe", "East", "Coop", "lost", "2026-10-01"),  # no stage of the funnel
    ("Zoe", "East", "Dune", "text", "2026-12-01"),
)


@pytest.mark.parametrize(
    ("by", "counts"),
    [
        (None, {None: [1, 0, 1, 0, 1]}),
        ("rep", {"Ann": [1, 0, 0, 0, 1], "Zoe": [0, 1, 1, 0, 0]}),
        ("team", {"West": [1, 0, 0, 0, 1], "East": [0, 1, 1, 0, 0]}),
        ("month", {"2026-11": [1, 0, 1, 0, 1]}),
        ("kind", {"email": [1, 0, 0, 0, 1], None: [0, 0, 1, 0, 0]}),
    ],
)
def test_a_cohort_is_what_began_in_the_period(by: str | None, counts: dict[str | None, list[int]]) -> None:
    found = funnel.cohort(DEALS, by, START, END)
    got = {group: rows["count"].tolist() for group, rows in found.groupby("group", dropna=False)}
    assert {None if pd.isna(group) else group: numbers for group, numbers in got.items()} == counts


def test_a_cohort_as_of_a_day_knows_nothing_later() -> None:
    assert funnel.cohort(DEALS, None, START, END, D("2026-12-24"))["count"].tolist() == [1, 0, 1, 0, 1]
    assert funnel.cohort(DEALS, None, START, END, D("2026-12-23"))["count"].tolist() == [1, 0, 1, 0, 0]
    assert funnel.cohort(DEALS, None, START, END, D("2026-11-01"))["count"].tolist() == [0, 0, 0, 0, 0]


def test_an_entity_counts_once_however_often_it_was_touched() -> None:
    kinds = ("call", "email", "social", "text", "meeting", "demo")
    rows = [("Ann", "West", "Acme", kind, "2026-11-03") for kind in kinds]
    assert funnel.cohort(reached(*rows), None, START, END)["count"].tolist() == [1, 1, 0, 0, 0]


def test_a_cohort_of_nothing() -> None:
    assert funnel.cohort(reached(), None, START, END)["count"].tolist() == [0, 0, 0, 0, 0]
    assert funnel.cohort(reached(), "rep", START, END).empty


# --- two periods ---


def month(touches: int, opportunities: int, meetings: int = 0) -> pd.DataFrame:
    counts = {"call": touches, "meeting": meetings, "opportunity": opportunities}
    rows = [{"rep": "A", "day": "2026-11-02", "kind": k, "count": n} for k, n in counts.items() if n]
    return funnel.volume(cube(*rows), None, START, END)


def opportunities(current: pd.DataFrame, previous: pd.DataFrame) -> dict[str, object]:
    found = funnel.compare(current, previous)
    assert list(found.columns) == funnel.COMPARISON
    assert found["stage"].tolist() == [*funnel.STAGES]
    return {str(name): value for name, value in found.iloc[2].items()}


def test_a_difference_that_is_more_than_chance() -> None:
    found = opportunities(month(400, 30), month(400, 12))
    assert (found["rate"], found["rate_previous"]) == (0.075, 0.03)
    assert (found["count"], found["count_previous"]) == (30, 12)
    assert found["difference"] == pytest.approx(0.045)
    assert (found["chance"], found["few"]) == (False, False)


def test_newcombes_own_example() -> None:
    """56/70 − 48/80 = 0.2000, 95 % from 0.0524 to 0.3339 (Newcombe 1998, table II, method 10)."""
    found = opportunities(month(70, 56), month(80, 48))
    assert found["difference"] == pytest.approx(0.2)
    assert found["low"] == pytest.approx(0.0524, abs=5e-5)
    assert found["high"] == pytest.approx(0.3339, abs=5e-5)


def test_few_cases_say_so() -> None:
    found = opportunities(month(29, 9), month(400, 100))
    assert (found["chance"], found["few"]) == (True, True)
    assert not opportunities(month(30, 9), month(400, 100))["few"]


@pytest.mark.parametrize(
    ("current", "previous"),
    [
        (month(400, 30), month(400, 30, meetings=50)),  # another previous stage
        (month(400, 30), month(10, 30)),  # a rate above one
        (month(400, 30), month(0, 0)),
        (month(0, 30), month(400, 30)),
    ],
)
def test_rates_that_cannot_be_compared(current: pd.DataFrame, previous: pd.DataFrame) -> None:
    found = opportunities(current, previous)
    for name in ("difference", "low", "high", "chance"):
        assert pd.isna(found[name]), name


def test_groups_of_either_period_are_compared() -> None:
    current, previous = (
        funnel.volume(MIXED, "rep", D(day), D(day) + timedelta(days=1))
        for day in ("2026-12-02", "2026-11-02")
    )
    found = funnel.compare(current, previous)
    touches = found[found["stage"] == "touch"]
    assert shown(touches, "group", "count", "count_previous") == [["Ann", 4, 3], ["Zoe", None, 5]]


# --- intervals ---

TRIAL = st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(TRIAL, min_size=1, max_size=5))
def test_wilson_is_scipys(trials: list[tuple[int, int]]) -> None:
    k, n = (np.array(values, dtype=np.float64) for values in zip(*trials, strict=True))
    low, high = funnel.wilson(k, n)
    for place, (hits, tries) in enumerate(trials):
        theirs = stats.binomtest(hits, tries).proportion_ci(confidence_level=0.95, method="wilson")
        assert low[place] == pytest.approx(theirs.low, abs=1e-12)
        assert high[place] == pytest.approx(theirs.high, abs=1e-12)
        assert 0 <= low[place] <= hits / tries <= high[place] <= 1


def test_wilson_of_what_is_no_proportion() -> None:
    low, high = funnel.wilson(np.array([0.0, 3.0, 1.0]), np.array([0.0, 2.0, np.nan]))
    assert np.isnan(low).all()
    assert np.isnan(high).all()


@given(TRIAL, TRIAL)
def test_newcombe_encloses_the_difference_and_turns_with_it(a: tuple[int, int], b: tuple[int, int]) -> None:
    (k_a, n_a), (k_b, n_b) = (np.array(one, dtype=np.float64)[:, None] for one in (a, b))
    difference, low, high = funnel.newcombe(k_a, n_a, k_b, n_b)
    assert -1 <= low[0] <= difference[0] <= high[0] <= 1
    back, low_back, high_back = funnel.newcombe(k_b, n_b, k_a, n_a)
    assert (back[0], low_back[0], high_back[0]) == pytest.approx((-difference[0], -high[0], -low[0]))


# --- against counting one by one ---

EVENT = st.fixed_dictionaries(
    {
        "rep": st.sampled_from(["Ann", "Zoe"]),
        "day": st.integers(0, 40).map(lambda n: START - timedelta(days=5) + timedelta(days=n)),
        "kind": st.sampled_from(["call", "email", "demo", "opportunity", "proposal", "won", "lost"]),
        "count": st.integers(1, 9),
        "direction": st.sampled_from([None, "out", "in"]),
    }
)


@settings(max_examples=50)
@given(st.data(), st.lists(EVENT, max_size=12))
def test_counts_are_plain_counts(data: st.DataObject, events: list[dict[str, object]]) -> None:
    found = funnel.volume(cube(*events), "rep", START, END)
    own = [one for one in events if one["direction"] != "in" and START <= one["day"] < END]  # type: ignore[operator]
    for row in found.itertuples():
        kinds = funnel.STAGE_KINDS[str(row.stage)]
        mine = [one["count"] for one in own if one["rep"] == row.group and one["kind"] in kinds]
        assert row.count == sum(mine)  # type: ignore[arg-type]
        if not pd.isna(row.rate_from_previous):
            assert row.rate_from_previous == row.count / row.base
    shuffled = data.draw(st.permutations(events))
    pd.testing.assert_frame_equal(found, funnel.volume(cube(*shuffled), "rep", START, END))


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Ann", "Zoe"]),
            st.just("West"),
            st.sampled_from(["Acme", "Bolt", "Coop"]),
            st.sampled_from(["call", "email", "demo", "opportunity", "won", "lost"]),
            st.integers(25, 40).map(lambda n: (START + timedelta(days=n)).isoformat()),
        ),
        max_size=10,
        unique_by=lambda row: row[:4],
    ),
    st.sampled_from([None, "rep"]),
)
def test_cohorts_are_plain_counts(rows: list[tuple[str, str, str, str, str]], by: str | None) -> None:
    found = funnel.cohort(reached(*rows), by, START, END)
    owner = 0 if by else 1
    staged = [row for row in rows if row[3] != "lost"]
    began = {
        (row[owner], row[2]): min(r[4] for r in staged if (r[owner], r[2]) == (row[owner], row[2]))
        for row in staged
    }
    cohort = {one for one, first in began.items() if START.isoformat() <= first < END.isoformat()}
    for row in found.itertuples():
        kinds = funnel.STAGE_KINDS[str(row.stage)]
        hits = {(r[owner], r[2]) for r in staged if r[3] in kinds and (by is None or r[0] == row.group)}
        assert row.count == len(hits & cohort)
