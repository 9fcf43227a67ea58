"""What a year of weeks costs: everybody under every rule, in processor time of one core."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np
import pandas as pd

from bench.measure import Line, within
from quota import attainment, periods, trends
from quota import columns as c
from quota.counting import Work
from quota.rules import Plan
from quota.worktime import Staff

REPS, RULES, WEEKS, ROWS = 1_000, 20, 52, 400_000
_START = date(2025, 12, 29)
_KINDS = ("call", "email", "social", "meeting")


def year(folder: Path, rounds: int = 3) -> list[Line]:
    """1,000 reps with calendars, part time and leave × 20 rules × 52 weeks; `folder` is not needed."""
    weeks = [periods.containing(_START + timedelta(weeks=n), "week") for n in range(WEEKS)]
    work, plan, staff = Work(_cube()), Plan(_rules()), _staff()
    today = _START + timedelta(days=353)  # a Thursday, so that the weeks before are judged at their Thursdays
    whole = _median(lambda: attainment.history(work, plan, staff, weeks, today), rounds)
    week = _median(lambda: trends.progress(work, plan, staff, weeks[-2], today), rounds)
    return [
        within(f"{REPS:,} reps × {RULES} quotas × {WEEKS} weeks, of one core", whole, 1.5),
        within("one week of them against all weeks before, of one core", week, 2.5),
    ]


def _median(run: Callable[[], object], rounds: int) -> float:
    times = []
    for turn in range(rounds + 1):
        start = process_time()
        run()
        if turn:  # the first turn reads the holidays
            times.append(process_time() - start)
    return median(times)


def _names() -> list[str]:
    return [f"Rep {n:04d}" for n in range(REPS)]


def _days() -> pd.DatetimeIndex:
    return pd.date_range(_START, periods=7 * WEEKS)


def _cube() -> pd.DataFrame:
    """A daily cube of a year's work, some of which no rule asks for."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            c.REP: rng.choice(_names(), ROWS),
            c.TEAM: "Team",
            c.DAY: rng.choice(_days(), ROWS),
            c.KIND: rng.choice(_KINDS, ROWS),
            c.COUNT: rng.integers(1, 5, ROWS),
        }
    ).reindex(columns=[*c.CUBE_KEYS, *c.MEASURES])
    texts = dict.fromkeys((c.REP, c.TEAM, c.KIND, c.DIRECTION, c.OUTCOME, c.CURRENCY), "str")
    numbers = {c.AMOUNT: "float64", c.UNITS: "float64", c.NEW_CUSTOMER: "boolean"}
    return frame.astype({**texts, **numbers, c.DAY: "datetime64[us]"})


def _staff() -> Staff:
    rng = np.random.default_rng(2)
    turn = np.arange(REPS)
    people = {
        c.REP: _names(),
        c.TEAM: [f"Team {n % RULES}" for n in turn],
        "role": np.array(["SDR", "AE"])[turn % 2],
        "calendar": np.array(["DK", "FI", "US"])[turn % 3],
        "full_time": np.where(turn % 5 == 0, 0.8, 1.0),
    }
    first = rng.choice(_days(), 3 * REPS)
    leave = {c.REP: rng.choice(_names(), len(first)), "from": first, "to": first + np.timedelta64(4, "D")}
    return Staff(
        pd.DataFrame(people).reindex(columns=c.PEOPLE.names),
        pd.DataFrame(leave).reindex(columns=c.ABSENCES.names),
    )


def _rules() -> pd.DataFrame:
    """Of four kinds, for everyone, a role and teams, by week and by month."""
    rows = [
        {
            "quota": f"Quota {n}",
            "who": ("everyone", "role: SDR", f"team: Team {n}", "everyone")[n % 4],
            c.KIND: ("call", "email", "call+email", "meeting")[n % 4],
            "measure": c.COUNT,
            "target": 50.0 + n,
            "every": "week" if n % 5 else "month",
        }
        for n in range(RULES)
    ]
    return pd.DataFrame(rows).reindex(columns=c.QUOTAS.names)
