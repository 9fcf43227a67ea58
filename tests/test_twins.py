"""Twins: one to one, nearest first, never within a source; a naive reference agrees."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quota import twins
from quota.twins import READS


def events(*rows: tuple[object, ...]) -> pd.DataFrame:
    """Rows of source, time (or date) on 9 November, and perhaps contact, account, rep, kind, count."""
    usual = (None, None, "Ann", "call", 1)
    lines = []
    for source, at, *more in rows:
        contact, account, rep, kind, count = (*more, *usual[len(more) :])
        when = pd.Timestamp(f"2026-11-09 {at}".strip())
        lines.append((source, rep, kind, when, count, contact, account))
    return pd.DataFrame(lines, columns=list(READS))


def found(*rows: tuple[object, ...]) -> list[tuple[int, int]]:
    return list(twins.pairs(events(*rows)).itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("crm", "10:00"), ("phone", "10:05")], [(0, 1)]),
        ([("phone", "10:05"), ("crm", "10:00")], [(1, 0)]),
        ([("crm", "10:00"), ("phone", "10:05:01")], []),
        ([("crm", "10:00"), ("crm", "10:00")], []),
        ([("crm", "10:00"), ("phone", "10:00", None, None, "Bob")], []),
        ([("crm", "10:00"), ("phone", "10:00", None, None, "Ann", "email")], []),
        ([("crm", "10:00"), ("phone", "10:00", None, None, "Ann", "call", 2)], []),
        # nearest first, whatever the order
        ([("crm", "10:00"), ("crm", "10:03"), ("phone", "10:04")], [(1, 2)]),
        ([("crm", "10:00"), ("crm", "10:03"), ("phone", "10:04"), ("phone", "10:05")], [(0, 3), (1, 2)]),
        # several of one moment
        ([("crm", "10:00")] * 3 + [("phone", "10:01")] * 2, [(0, 3), (1, 4)]),
        # whom both know has to be the same
        (
            [
                ("crm", "10:00", "Bo"),
                ("crm", "10:01", "Cy"),
                ("phone", "10:01", "bo "),
                ("phone", "10:09", "CY"),
            ],
            [(0, 2)],
        ),
        ([("crm", "10:00", "Bo"), ("phone", "10:01", "+45 1234")], [(0, 1)]),
        ([("crm", "10:00", "Bo"), ("phone", "10:01", None, "Acme")], [(0, 1)]),
        (
            [
                ("crm", "10:00", None, "Acme"),
                ("phone", "10:01", "+45", "Acme"),
                ("phone", "10:00", None, "Umbrella"),
                ("crm", "15:00", None, "Umbrella"),
            ],
            [(0, 1)],
        ),
        # a date alone needs a party
        ([("crm", ""), ("phone", "10:00")], []),
        ([("crm", "", "Bo"), ("phone", "10:00", "Bo")], [(0, 1)]),
        ([("crm", "10:00", "Bo"), ("phone", "", "Bo")], [(0, 1)]),
        ([("crm", "", "Bo"), ("phone", "", "Bo"), ("phone", "", "Bo")], [(0, 1)]),
        ([("crm", "", "Bo"), ("phone", "10:00", "Cy"), ("phone", "11:00", "Bo")], [(0, 2)]),
        # three systems
        ([("a", "10:00"), ("b", "10:01"), ("c", "10:02")], [(0, 1), (0, 2), (1, 2)]),
        ([], []),
    ],
)
def test_twins(rows: list[tuple[object, ...]], expected: list[tuple[int, int]]) -> None:
    assert found(*rows) == expected


def naive(minutes: list[int], others: list[int]) -> int:
    """How many pairs, and how far apart in all: nearest first, the earlier one of two as near."""
    left, right, apart = sorted(minutes), sorted(others), []
    while near := sorted((abs(a - b), min(a, b), a, b) for a in left for b in right if abs(a - b) <= 5):
        distance, _, a, b = near[0]
        left.remove(a)
        right.remove(b)
        apart.append(distance)
    return sorted(apart)


MINUTES = st.lists(st.integers(0, 40), max_size=12)


@settings(max_examples=150)
@given(MINUTES, MINUTES)
def test_one_to_one_and_nearest_first_like_the_naive_way(minutes: list[int], others: list[int]) -> None:
    start = datetime(2026, 11, 9, 10)
    rows = pd.DataFrame(
        [
            (source, "Ann", "call", start + timedelta(minutes=at), 1, None, None)
            for source, side in (("crm", minutes), ("phone", others))
            for at in side
        ],
        columns=list(READS),
    )
    pairs = twins.pairs(rows.astype({"ts": "datetime64[us]"}))
    assert pairs["left"].is_unique
    assert pairs["right"].is_unique
    apart = rows["ts"].take(pairs["left"]).to_numpy() - rows["ts"].take(pairs["right"]).to_numpy()
    assert sorted(abs(apart.astype("timedelta64[m]").astype(int)).tolist()) == naive(minutes, others)
