"""What the figures say, on frames of a few rows."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quota import attainment
from quota import columns as c
from quota.periods import parse
from quota.ui import findings

WEEK = parse("2026-W47")  # 16 to 22 November
FRIDAY = date(2026, 11, 20)


def progress(*rows: tuple[str, str, float, float, float, str], every: str = "week") -> pd.DataFrame:
    """rep, quota, target, actual, expected, status."""
    frame = pd.DataFrame(rows, columns=["rep", "quota", "target", "actual", "expected", "status"])
    return frame.assign(
        team="North",
        every=every,
        period=WEEK.key,
        attainment=frame["actual"] / frame["target"],
        pace=frame["actual"] / frame["expected"],
    )


def cube(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    """rep, day, kind, count."""
    frame = pd.DataFrame(rows, columns=["rep", "day", "kind", "count"]).astype({"day": "datetime64[us]"})
    return frame.reindex(columns=[*c.CUBE_KEYS, *c.MEASURES]).assign(
        team=frame["rep"].map({"Ann": "North", "Bob": "South"})
    )


ROWS = progress(
    ("Ann", "Calls", 50, 60, 30, "met"),
    ("Ann", "Meetings", 4, 1, 2.4, "at_risk"),
    ("Bob", "Calls", 50, 20, 30, "at_risk"),
    ("Bob", "Meetings", 4, 2, 2.4, "behind"),
    ("Cay", "Calls", 50, 30, 30, "on_pace"),
    ("Dan", "Calls", 0, 0, 0, "no_quota"),
)


def test_a_rep_is_as_far_as_the_quota_that_lags_most() -> None:
    reps = findings.by_rep(ROWS).set_index("rep")
    assert list(reps.index) == ["Bob", "Ann", "Cay", "Dan"]
    assert list(reps["status"]) == ["at_risk", "at_risk", "on_pace", "no_quota"]
    assert reps.at["Ann", "attainment"] == pytest.approx((1.2 + 0.25) / 2)
    assert reps.at["Ann", "expected"] == pytest.approx(0.6)
    assert (reps.at["Ann", "met"], reps.at["Ann", "quotas"], reps.at["Dan", "quotas"]) == (1, 2, 0)
    assert pd.isna(reps.at["Dan", "attainment"])


def test_whoever_needs_help_comes_with_the_quota_that_lags_most() -> None:
    late = findings.laggards(ROWS, findings.by_rep(ROWS))
    assert list(zip(late["rep"], late["quota"], strict=True)) == [("Bob", "Calls"), ("Ann", "Meetings")]


def test_a_quota_for_a_longer_period_is_not_judged_unless_it_is_all_there_is() -> None:
    rows = pd.concat(
        [
            progress(("Ann", "Calls", 50, 60, 30, "met")),
            progress(("Ann", "Won", 9, 0, 5, "at_risk"), ("Bob", "Won", 9, 0, 5, "at_risk"), every="quarter"),
        ],
        ignore_index=True,
    )
    kept = attainment.fitting(rows, WEEK)
    assert list(zip(kept["rep"], kept["quota"], strict=True)) == [("Ann", "Calls"), ("Bob", "Won")]
    assert len(attainment.fitting(rows, parse("2026-Q4"))) == 3


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (FRIDAY, (date(2026, 11, 9), date(2026, 11, 14))),
        (date(2026, 11, 16), (date(2026, 11, 9), date(2026, 11, 10))),
        (date(2026, 12, 24), (date(2026, 11, 9), date(2026, 11, 16))),
        (date(2026, 11, 1), (date(2026, 11, 9), date(2026, 11, 10))),
    ],
)
def test_as_much_of_the_period_before(as_of: date, expected: tuple[date, date]) -> None:
    assert findings.same_stretch(WEEK, as_of) == expected


def test_the_end_of_a_month_is_compared_with_the_whole_month_before() -> None:
    assert findings.same_stretch(parse("2026-02"), date(2026, 2, 28)) == (date(2026, 1, 1), date(2026, 2, 1))


def test_change_against_as_many_days() -> None:
    events = cube(
        ("Ann", "2026-11-10", "call", 4), ("Ann", "2026-11-14", "call", 9), ("Ann", "2026-11-17", "call", 5)
    )
    assert findings.change(events, WEEK, FRIDAY) == 0.25
    assert findings.change(events.iloc[2:], WEEK, FRIDAY) is None


def test_whole_weeks_on_a_monday_cannot_be_compared_until_sunday() -> None:
    events = cube(
        ("Ann", "2026-11-09", "call", 40),
        ("Ann", "2026-11-11", "opportunity", 1),
        ("Bob", "2026-11-09", "call", 9),
        ("Bob", "2026-11-10", "call", 9),
    )
    assert findings.lumped(events, parse("2026-W46")) == {"Ann"}
    assert set(findings.comparable(events, WEEK, FRIDAY)["rep"]) == {"Bob"}
    assert set(findings.comparable(events, WEEK, date(2026, 11, 22))["rep"]) == {"Ann", "Bob"}


def test_who_fell_behind_and_who_caught_up() -> None:
    before = findings.by_rep(
        progress(
            ("Ann", "Calls", 50, 60, 30, "met"),
            ("Bob", "Calls", 50, 20, 30, "at_risk"),
            ("Cay", "Calls", 50, 20, 30, "behind"),
        )
    )
    turned = findings.turned(findings.by_rep(ROWS), before)
    assert [(line.code, line.details["rep"]) for line in turned] == [
        ("news.fell", "Ann"),
        ("news.rose", "Cay"),
    ]


def test_how_long_somebody_met_every_quota() -> None:
    stretch = [parse("2026-W45"), parse("2026-W46"), WEEK]
    rows = [
        progress(("Ann", "Calls", 5, 6, 5, status), ("Bob", "Calls", 5, 6, 5, "met")).assign(period=one.key)
        for one, status in zip(stretch, ["behind", "met", "met"], strict=True)
    ]
    rows.append(progress(("Bob", "Meetings", 5, 1, 5, "behind")))
    assert findings.streaks(pd.concat(rows), stretch) == {"Ann": 2}


def test_only_large_changes_of_many_touches_are_news() -> None:
    now = cube(
        ("Ann", "2026-11-17", "call", 40),
        ("Ann", "2026-11-17", "email", 100),
        ("Bob", "2026-11-17", "text", 9),
    )
    then = cube(
        ("Ann", "2026-11-10", "call", 80),
        ("Ann", "2026-11-10", "email", 95),
        ("Bob", "2026-11-10", "text", 1),
    )
    news = findings.shifts(now, then, "kind")
    assert [(line.code, line.details["kind"], line.details["share"]) for line in news] == [
        ("news.kind_down", "call", 0.5)
    ]


_STATUS = st.sampled_from(findings.WORST_FIRST)


@given(st.lists(st.tuples(st.sampled_from("ABC"), _STATUS), min_size=1, max_size=12))
def test_the_worst_status_against_a_naive_reference(given_rows: list[tuple[str, str]]) -> None:
    rows = progress(*((rep, f"q{n}", 10, 5, 5, status) for n, (rep, status) in enumerate(given_rows)))
    expected = {}
    for rep, status in given_rows:
        worse = findings.WORST_FIRST.index(status) < findings.WORST_FIRST.index(expected.get(rep, "no_quota"))
        expected[rep] = status if worse else expected.get(rep, "no_quota")
    reps = findings.by_rep(rows)
    assert dict(zip(reps["rep"], reps["status"], strict=True)) == expected
