"""Work against sales: two quarters worked by hand, what is neither, and what is too little to tell."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from metric_frames import D, absences, cube, people, rules

from quota import balance, charts, i18n
from quota.attainment import Work
from quota.rules import Plan
from quota.worktime import Staff

Row = dict[str, Any]
CREW = people({"rep": "Ann", "team": "North"}, {"rep": "Bo", "team": "South"})
CALLS = {"target": 100.0, "every": "month"}
WON = {
    "quota": "Won",
    "kind": "won",
    "measure": "amount",
    "currency": "DKK",
    "target": 50.0,
    "every": "quarter",
}


def did(rep: str, day: str, count: int) -> Row:
    return {"rep": rep, "day": day, "kind": "call", "count": count}


def sold(rep: str, day: str, amount: float) -> Row:
    return {"rep": rep, "day": day, "kind": "won", "amount": amount, "currency": "DKK"}


# Ann: 330 of 600 calls in two quarters, 75 of 100 kroner; Bo: 600 of 600, and nothing sold.
EVENTS = [
    *(did("Ann", f"2026-0{month}-01", 55) for month in range(1, 7)),
    *(did("Bo", f"2026-0{month}-01", 100) for month in range(1, 7)),
    sold("Ann", "2026-02-10", 75),
]


def judged(
    *asked: Row, as_of: str = "2026-06-30", unit: str = "quarter", away: pd.DataFrame | None = None
) -> dict[str, list[Any]]:
    plan = Plan(rules(*(asked or (CALLS, WON))))
    staff = Staff(CREW, absences() if away is None else away)
    found = balance.balance(Work(cube(*EVENTS)), plan, staff, unit, D(as_of))
    assert list(found.columns) == balance.BALANCE
    return {row[0]: row[1:] for row in found.values.tolist()}


def test_two_quarters_by_hand() -> None:
    assert judged() == {"Ann": ["North", 0.55, 0.75, 2, True], "Bo": ["South", 1.0, 0.0, 2, True]}


def test_a_quarter_that_runs_is_not_judged() -> None:
    """On 15 May only the first quarter is over: 165 of 300 calls, 75 of 50 kroner."""
    assert judged(as_of="2026-05-15")["Ann"] == ["North", 0.55, 1.5, 1, True]
    assert [one.key for one in balance.stretch("quarter", D("2026-05-15"))][-1] == "2026-Q1"
    assert [one.key for one in balance.stretch("quarter", D("2026-06-30"))][-2:] == ["2026-Q1", "2026-Q2"]


def test_months_are_enough_once_there_are_three() -> None:
    monthly = {**WON, "every": "month", "target": 25.0}
    assert judged(CALLS, monthly, unit="month")["Ann"] == ["North", 0.55, 0.5, 6, False]


def test_a_month_on_leave_weighs_nothing() -> None:
    """Ann is away from April on: 165 of 300 calls, 75 of 50 kroner, one quarter with a target."""
    away = absences({"rep": "Ann", "from": D("2026-04-01"), "to": D("2026-06-30")})
    assert judged(away=away)["Ann"] == ["North", 0.55, 1.5, 1, True]


def test_nobody_is_no_row() -> None:
    found = balance.balance(Work(cube()), Plan(rules(CALLS, WON)), Staff(), "quarter", D("2026-06-30"))
    assert (list(found.columns), len(found)) == (balance.BALANCE, 0)


def test_opportunities_are_neither_and_longer_quotas_wait() -> None:
    opportunities = {"quota": "Pipeline", "kind": "opportunity", "target": 9.0, "every": "month"}
    yearly = {**WON, "every": "year"}
    alone = judged(CALLS, opportunities, yearly)["Ann"]
    assert alone[1] == 0.55
    assert math.isnan(alone[2])
    assert alone[3:] == [0, True]


@pytest.mark.parametrize(
    ("kind", "measure", "expected"),
    [
        ("call", "count", "activity"),
        ("call+meeting", "accounts", "activity"),
        ("points", "count", "activity"),
        ("demo", "count", "activity"),
        ("won", "count", "sales"),
        ("won", "amount", "sales"),
        ("won", "new_customers", "sales"),
        ("proposal", "amount", "sales"),
        ("opportunity", "count", None),
        ("call+opportunity", "count", None),
    ],
)
def test_which_quota_is_which(kind: str, measure: str, expected: str | None) -> None:
    found = [
        name
        for name, is_it in (("activity", balance.is_activity), ("sales", balance.is_sales))
        if is_it(kind, measure)
    ]
    assert found == ([expected] if expected else [])


def test_the_commonest_length_comes_first_and_both_sorts_are_needed() -> None:
    monthly = {**WON, "quota": "Won a month", "every": "month"}
    other = {**monthly, "quota": "Other", "currency": "EUR"}
    assert balance.lengths(Plan(rules(CALLS, WON, monthly, other))) == ["month", "quarter"]
    assert balance.lengths(Plan(rules(WON))) == []
    assert balance.lengths(Plan(rules(CALLS))) == []


# --- the chart ---


def dots(*rows: tuple[str, float, float, bool]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["rep", "activity", "sales", "few"]).assign(team="North", periods=4)


FOUR = dots(
    ("Ann", 1.2, 0.5, False), ("Bo", 0.6, 0.4, True), ("Cy", 0.7, 1.3, False), ("Di", 1.1, 2.6, False)
)


def test_the_dots() -> None:
    chart = charts.balance_dots(FOUR, "Q1 2026 – Q2 2026", "en")
    assert chart.title == "Ann works hard and sells little"
    (drawn,) = chart.figure.data
    assert list(drawn.x) == [1.2, 0.6, 0.7, 1.1]
    # What is beyond 200 % stands at the edge, and its hover tells it.
    assert list(drawn.y)[:3] == [0.5, 0.4, 1.3]
    assert drawn.y[3] == 2
    assert "sales 260%: Works hard, sells well" in drawn.hovertext[3]
    assert list(drawn.marker.symbol) == ["circle", "circle-open", "circle", "circle"]
    assert "Hollow: fewer than three periods" in chart.subtitle
    assert "Bo activity 60%, sales 40%: Behind in both" in chart.alt
    said = {note.text for note in chart.figure.layout.annotations}
    assert said >= {"Works hard, sells<br>little<br>coach the how", "Works hard, sells<br>well"}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            (("Ann", 1.0, 0.99, False), ("Bo", 1.0, 0.2, False)),
            "2 of 2 reps work hard and sell little: Ann, Bo",
        ),
        ((("Ann", 0.5, 0.5, False), ("Bo", 1, 1, False)), "Ann is behind with the work and the sales"),
        ((("Ann", 0.5, 1.5, False), ("Bo", 1, 0.996, False)), "Everybody meets the sales quotas"),
        ((("Ann", 0.5, math.nan, False),), i18n.text("chart.balance.nothing", "en")),
    ],
)
def test_the_finding(rows: tuple[tuple[str, float, float, bool], ...], expected: str) -> None:
    assert charts.balance_finding(dots(*rows), "en") == expected
    assert charts.balance_dots(dots(*rows), "2026", "en").title == expected


def test_who_has_only_one_of_the_two_is_counted_out() -> None:
    frame = dots(("Ann", 1.2, 0.5, False), ("Bo", math.nan, 0.5, False), ("Cy", 0.4, math.nan, False))
    chart = charts.balance_dots(frame, "2026", "en")
    assert len(chart.figure.data[0].x) == 1
    assert "2 reps have only one of the two and are left out." in chart.subtitle
    assert "Hollow" not in chart.subtitle


def test_five_hundred_reps_have_no_names_beside_their_dots() -> None:
    many = dots(*((f"Rep {n}", n / 250, 1 - n / 1000, False) for n in range(500)))
    (drawn,) = charts.balance_dots(many, "2026", "en").figure.data
    assert (drawn.mode, len(drawn.x), drawn.marker.opacity) == ("markers", 500, 0.6)
    (few,) = charts.balance_dots(FOUR, "2026", "en").figure.data
    assert few.mode == "markers+text"


def test_names_that_would_cover_one_another_are_left_to_the_hover() -> None:
    close = dots(*(("A" * 20, 0.9, 0.9 + n / 100, False) for n in range(6)), ("Zed", 0.9, 0.3, False))
    (drawn,) = charts.balance_dots(close, "2026", "en").figure.data
    assert drawn.text[-1] == "Zed"
    assert 1 <= sum(name != "" for name in drawn.text[:-1]) < 6
    assert len(drawn.hovertext) == 7


def test_names_are_text_and_in_three_languages() -> None:
    frame = dots(("<b>Ann</b>", 1.2, 0.5, False))
    assert charts.balance_dots(frame, "2026", "da").figure.data[0].text == ("&lt;b&gt;Ann&lt;/b&gt;",)
    for lang in i18n.LANGUAGES:
        assert charts.balance_finding(frame, lang).startswith("<b>Ann</b>")
