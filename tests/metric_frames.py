"""Small frames for the tests of the metrics: a row says only what the test is about."""

from __future__ import annotations

from datetime import date

import pandas as pd

from quota import attainment, columns
from quota.attainment import Work
from quota.periods import Period
from quota.rules import Plan
from quota.worktime import Staff

D = date.fromisoformat

_CUBE = [*columns.CUBE_KEYS, *columns.MEASURES]


def cube(*rows: dict[str, object]) -> pd.DataFrame:
    """The daily cube: rep, day and kind; count 1 and nothing else unless told."""
    frame = pd.DataFrame([{"count": 1, **row} for row in rows], columns=_CUBE)
    frame["day"] = pd.to_datetime(frame["day"]).astype("datetime64[us]")
    numbers = {"count": "int64", "amount": "float64", "units": "float64"}
    texts = ("rep", "team", "kind", "direction", "outcome", "currency")
    return frame.astype({**numbers, **dict.fromkeys(texts, "str"), "new_customer": "boolean"})


def rules(*rows: dict[str, object]) -> pd.DataFrame:
    """Quota rules: 250 calls a week for everyone unless told."""
    usual = {"quota": "Calls", "who": "everyone", "kind": "call", "measure": "count", "every": "week"}
    return pd.DataFrame([{**usual, "target": 250.0, **row} for row in rows], columns=columns.QUOTAS.names)


def people(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame([*rows], columns=columns.PEOPLE.names)


def absences(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame([*rows], columns=columns.ABSENCES.names)


def judged(
    work: pd.DataFrame, plan: pd.DataFrame, crew: pd.DataFrame, away: pd.DataFrame, period: Period, day: date
) -> pd.DataFrame:
    """`attainment.progress` of plain frames."""
    return attainment.progress(Work(work), Plan(plan), Staff(crew, away), period, day)
