"""Ranks: ties share a rank, movement is counted, and every metric is worked by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metric_frames import D, cube

from quota import columns, leaderboard
from quota.errors import BadRequest

START, END = D("2026-11-09"), D("2026-11-16")
PROGRESS = pd.DataFrame(
    {
        "rep": ["Ann", "Ann", "Raj", "Zoe"],
        "team": ["South", "South", "North", None],
        "attainment": [0.5, 1.75, 1.0, math.nan],
    }
)


def event(rep: str, kind: str, count: int = 1, **more: object) -> dict[str, object]:
    return {"rep": rep, "day": "2026-11-09", "kind": kind, "count": count, **more}


WORK = cube(
    event("Ann", "call", 40),
    event("Ann", "meeting", 2),
    event("Ann", "won", 1, amount=100.5, currency="EUR"),
    event("Raj", "call", 60),
    event("Raj", "call", 500, direction="in"),
    event("Raj", "call", 500, day="2026-11-16"),
    event("Raj", "won", 2, amount=70.25, currency="EUR"),
    event("Raj", "other", 9),
)


def values(metric: str, work: pd.DataFrame = WORK, **more: object) -> dict[str, float]:
    found = leaderboard.values(metric, work, PROGRESS, START, END, **more)  # type: ignore[arg-type]
    assert list(found.columns) == leaderboard.VALUES
    return dict(zip(found["rep"], found["value"], strict=True))


@pytest.mark.parametrize(
    ("metric", "ann", "raj", "zoe"),
    [
        ("attainment", 1.125, 1.0, math.nan),  # above 100 % is not cut off
        ("points", 40 + 20 + 50, 60 + 100, 0),
        ("count:call", 40, 60, 0),
        ("count:won", 1, 2, 0),
        ("count:proposal", 0, 0, 0),
        ("amount:won", 100.5, 70.25, 0),
        ("amount:won:eur", 100.5, 70.25, 0),
        ("amount:won:DKK", 0, 0, 0),
    ],
)
def test_metrics(metric: str, ann: float, raj: float, zoe: float) -> None:
    assert values(metric) == pytest.approx({"Ann": ann, "Raj": raj, "Zoe": zoe}, nan_ok=True)


def test_points_of_the_workspace() -> None:
    own = pd.DataFrame({"kind": ["meeting"], "points": [7.5]})
    assert values("points", points=own) == {"Ann": 15, "Raj": 0, "Zoe": 0}
    assert set(leaderboard.DEFAULT_POINTS) == set(columns.KINDS)


def test_amounts_in_several_currencies_are_not_added() -> None:
    work = cube(event("Ann", "won", amount=1, currency="EUR"), event("Raj", "won", amount=2, currency="DKK"))
    with pytest.raises(BadRequest) as refused:
        values("amount:won", work)
    assert refused.value.code == "several_currencies"
    assert refused.value.details == {"kind": "won", "choices": "DKK, EUR"}
    assert values("amount:won:DKK", work) == {"Ann": 0, "Raj": 2, "Zoe": 0}


@pytest.mark.parametrize(
    "metric", ["", "joy", "count", "count:", "count:tweet", "count:call:EUR", "points:call"]
)
def test_unknown_metrics_are_refused(metric: str) -> None:
    with pytest.raises(BadRequest) as refused:
        values(metric)
    assert (refused.value.code, refused.value.details["value"]) == ("unknown_metric", metric)


def board(**value: float) -> pd.DataFrame:
    return pd.DataFrame({"rep": [*value], "team": "North", "value": [float(one) for one in value.values()]})


def shown(found: pd.DataFrame) -> list[list[object]]:
    wanted = found[["rank", "rep", "previous_rank", "move"]].astype(object)
    return wanted.where(wanted.notna(), None).to_numpy().tolist()


def test_equals_share_a_rank_and_the_next_one_waits() -> None:
    found = leaderboard.ranks(board(Zoe=5, Ann=9, Raj=5, Mia=1))
    assert list(found.columns) == leaderboard.RANKS
    assert shown(found) == [
        [1, "Ann", None, None],
        [2, "Raj", None, None],
        [2, "Zoe", None, None],
        [4, "Mia", None, None],
    ]


def test_sums_in_another_order_still_tie() -> None:
    assert leaderboard.ranks(board(Ann=0.1 + 0.2, Raj=0.3))["rank"].tolist() == [1, 1]


def test_movement() -> None:
    before, now = board(Ann=1, Raj=9, Old=5), board(Ann=9, Raj=3, New=5)
    assert shown(leaderboard.ranks(now, before)) == [
        [1, "Ann", 3, 2],
        [2, "New", None, None],
        [3, "Raj", 1, -2],
    ]


def test_whoever_has_no_value_is_not_ranked() -> None:
    found = leaderboard.ranks(board(Ann=math.nan, Raj=0), board(Ann=4, Raj=math.nan))
    assert shown(found) == [[1, "Raj", None, None], [None, "Ann", 1, None]]


def test_nobody() -> None:
    assert leaderboard.ranks(board(), board(Ann=1)).empty


SCORES = st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 5), max_size=8)


@settings(max_examples=50)
@given(st.data(), SCORES, SCORES)
def test_a_rank_is_one_more_than_those_ahead(
    data: st.DataObject, now: dict[str, int], before: dict[str, int]
) -> None:
    found = leaderboard.ranks(board(**now), board(**before))
    for row in found.itertuples():
        rep = str(row.rep)
        assert row.rank == 1 + sum(other > now[rep] for other in now.values())
        assert pd.isna(row.previous_rank) == (rep not in before)
        if rep in before:
            assert row.previous_rank == 1 + sum(other > before[rep] for other in before.values())
            assert row.move == row.previous_rank - row.rank
    assert found["rank"].is_monotonic_increasing
    shuffled = dict(data.draw(st.permutations([*now.items()])))
    pd.testing.assert_frame_equal(found, leaderboard.ranks(board(**shuffled), board(**before)))
