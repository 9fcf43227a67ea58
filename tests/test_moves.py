"""What differs between two answers: exact moves of a few lines."""

from __future__ import annotations

import pandas as pd

from quota.moves import MOVES, moves


def lines(*rows: tuple[str, str | None, float, str], kind: str = "call", pace: float = 1.0) -> pd.DataFrame:
    """Rep, quota, target and status, all of one week."""
    table = pd.DataFrame(rows, columns=["rep", "quota", "target", "status"])
    return table.assign(every="week", period="2026-W46", kind=kind, measure="count", currency=None, pace=pace)


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


def test_lines_of_one_name_are_told_apart_by_what_they_count() -> None:
    calls, mails = (
        lines(("Aino", "Touches", 40, "met")),
        lines(("Aino", "Touches", 9, "behind"), kind="email"),
    )
    before, after = pd.concat([calls, mails]), pd.concat([mails.assign(target=12), calls])
    assert moved(before, after) == [("Aino", 9, 12, "behind", "behind")]
    # Whatever else bears the name is what the quota became.
    assert moved(calls, mails) == [("Aino", 40, 9, "met", "behind")]
    assert moved(pd.concat([calls, mails]), mails) == [("Aino", 40, None, "met", "no_quota")]


def test_where_nothing_is_expected_yet_nobody_moves() -> None:
    nothing = float("nan")
    coming = lines(("Aino", "Calls", 40, "on_pace"), pace=nothing)
    assert moved(coming[:0], coming) == [("Aino", None, 40, None, None)]
    away = lines(("Aino", "Calls", 0, "no_quota"), pace=nothing)
    assert moved(coming, away) == [("Aino", 40, 0, None, None)]
    assert moved(away, away) == []
