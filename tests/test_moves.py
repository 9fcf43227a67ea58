"""What differs between two answers: exact moves of a few lines."""

from __future__ import annotations

import pandas as pd

from quota.moves import MOVES, moves


def lines(*rows: tuple[str, str | None, float, str]) -> pd.DataFrame:
    """Rep, quota, target and status, all of one week."""
    table = pd.DataFrame(rows, columns=["rep", "quota", "target", "status"])
    return table.assign(every="week", period="2026-W46", measure="count", currency=None)


def moved(before: pd.DataFrame, after: pd.DataFrame) -> list[tuple[object, ...]]:
    names = ["rep", "target_before", "target_after", "status_before", "status_after"]
    found = moves(before, after)
    assert list(found) == MOVES
    return [tuple(None if value != value else value for value in row) for row in found[names].to_numpy()]


def test_only_what_differs_is_named() -> None:
    before = lines(("Aino", "Calls", 40, "met"), ("Bo", "Calls", 40, "behind"), ("Cy", "Calls", 40, "met"))
    after = lines(("Aino", "Calls", 50, "behind"), ("Bo", "Calls", 30, "behind"), ("Cy", "Calls", 40, "met"))
    assert moved(before, after) == [("Aino", 40, 50, "met", "behind"), ("Bo", 40, 30, "behind", "behind")]


def test_a_line_that_begins_or_ends_had_or_has_no_quota() -> None:
    before, after = lines(("Aino", "Calls", 40, "met")), lines(("Aino", "Meetings", 4, "on_pace"))
    assert moved(before, after) == [
        ("Aino", 40, None, "met", "no_quota"),
        ("Aino", None, 4, "no_quota", "on_pace"),
    ]


def test_whoever_has_no_quota_does_not_move() -> None:
    nobody = lines(("Aino", None, float("nan"), "no_quota"))
    assert moved(nobody, nobody) == []
