"""Why a number is what it is: the adviser in probation, laid out and worked by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from metric_frames import D, absences, cube, people, rules

from quota import attainment, periods
from quota import columns as c
from quota.attainment import Work
from quota.derivation import Derivation, derivations
from quota.rules import Plan
from quota.worktime import Staff

# Nanna started on Monday 30 March 2026; week 2 of her probation holds Easter Monday, and she is
# away on Thursday and Friday: 2 of 5 days, at half of the target.
WEEK = periods.parse("2026-W15")
NANNA = people({"rep": "Nanna", "team": "Aarhus", "start": D("2026-03-30"), "calendar": "DK"})
AWAY = absences({"rep": "Nanna", "from": D("2026-04-09"), "to": D("2026-04-10"), "reason": "Holiday"})
RAMP = pd.DataFrame({"ramp": "Probation", "week": [1, 2, 3, 4], "share": [0.25, 0.5, 0.75, 1.0]})
GROUP = {"alternative": "Reach", "ramp": "probation"}
RULES = rules(
    {"quota": "Calls", "kind": "call", "target": 250.0, **GROUP},
    {
        "quota": "Topic",
        "kind": "social",
        "measure": "contacts",
        "target": 50.0,
        "topic": "Retirement Planning",
        **GROUP,
    },
)


def touched(day: str, kind: str, contact: str, topic: str | None = None) -> dict[str, object]:
    return {"rep": "Nanna", "day": day, "kind": kind, "contact": contact, "topic": topic}


FINE = (
    pd.DataFrame(
        [
            touched("2026-04-07", "social", "P1", "Rétirement  planning: a start"),
            touched("2026-04-08", "social", "P1", "More on retirement planning"),
            touched("2026-04-08", "social", "P2", "retirement planning"),
            touched("2026-04-08", "social", "P3", "Mortgages"),
        ]
    )
    .reindex(columns=[*c.FINE_KEYS, *c.MEASURES])
    .assign(count=1)
)
FINE["day"] = pd.to_datetime(FINE["day"]).astype("datetime64[us]")
CALLS = cube(
    {"rep": "Nanna", "day": "2026-04-07", "kind": "call", "count": 30},
    {"rep": "Nanna", "day": "2026-04-08", "kind": "call", "count": 7, "direction": "in"},
)
WORK = Work(CALLS, FINE)
PLAN = Plan(RULES, ramps=RAMP)
STAFF = Staff(NANNA, AWAY)


@pytest.fixture
def why() -> Derivation:
    (found,) = derivations(WORK, PLAN, STAFF, WEEK, D("2026-04-08"), "Nanna")
    return found


def test_the_line_itself() -> None:
    """30 of 250 calls and 2 of 50 people are 0.12 + 0.04 of a whole quota; due are 2/5 of a half."""
    (row,) = attainment.progress(WORK, PLAN, STAFF, WEEK, D("2026-04-08")).to_dict("records")
    assert (row["quota"], row["kind"], row["measure"]) == ("Reach", "call+social", "share")
    assert (row["target"], row["actual"], row["attainment"]) == (0.2, 0.16, pytest.approx(0.8))
    assert (row["expected"], row["status"], row["needed_per_day"]) == (
        0.2,
        "behind",
        pytest.approx(float("nan"), nan_ok=True),
    )


def test_each_rule_has_its_piece(why: Derivation) -> None:
    assert why.figures["target"] == 0.2
    pieces = why.pieces.drop(columns=["rule", "start", "end"]).to_dict("records")
    shared = {"period": "2026-W15", "ramp": "probation", "available": 1.0, "possible": 5.0, "share": 0.2}
    assert pieces == [
        {**shared, "goal": 50.0, "target": 10.0, "expected": 10.0},
        {**shared, "goal": 250.0, "target": 50.0, "expected": 50.0},
    ] or pieces == [
        {**shared, "goal": 250.0, "target": 50.0, "expected": 50.0},
        {**shared, "goal": 50.0, "target": 10.0, "expected": 10.0},
    ]


def test_each_day_says_why(why: Derivation) -> None:
    days = why.days
    assert days["available"].tolist() == [0, 1, 1, 0, 0, 0, 0]
    assert days["ramp"].tolist() == [0.5] * 7
    assert [reasons[0][0] if reasons else "" for reasons in days["reasons"]] == [
        *("holiday", "", "", "away", "away", "weekend", "weekend"),
    ]
    assert days["reasons"][3] == (("away", ("Holiday", 1.0)),)


def test_what_counted_and_what_did_not(why: Derivation) -> None:
    done = why.done.set_index("kind")
    assert done["value"].to_dict() == {"call": 30, "social": 2}
    assert sorted(why.excluded.itertuples(index=False, name=None)) == [
        ("call", "direction", 7),
        ("social", "reached_before", 1),
        ("social", "topic", 1),
    ]
