"""What the figures say, as rows that a page can put into words. No Streamlit here.

One rule: a rep is as far as the quota that lags most. Quotas of a rep weigh the same in
the rep's attainment, reps weigh the same in the attainment of all; rows without a target
take no part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from quota import counting
from quota.columns import TOUCHES
from quota.counting import work_done
from quota.periods import Period, previous

# Worst first: the order in which a leader wants to see them.
WORST_FIRST = ("at_risk", "behind", "on_pace", "ahead", "met", "no_quota")
FINE = ("met", "ahead", "on_pace")
LATE = ("at_risk", "behind")
# A smaller change than this, or of fewer touches than these, is no news.
NOTABLE = 0.15
FEW = 20
SHIFTS = {"kind": ("news.kind_up", "news.kind_down"), "team": ("news.team_up", "news.team_down")}


@dataclass(frozen=True)
class News:
    """Something that changed since the period before; `status` is the one whose sign it bears."""

    status: str
    code: str
    details: Mapping[str, object]


def by_rep(progress: pd.DataFrame) -> pd.DataFrame:
    """One row per rep of `attainment.progress`, worst first, then by attainment.

    rep, team, status (the worst), attainment and expected (means over the rep's quotas, as
    shares of the target), target (1) and actual (= attainment) as a chart wants them, quotas
    and met (how many). The means are NaN without any target.
    """
    counted = progress["status"] != "no_quota"
    judged = progress.assign(
        severity=progress["status"].map(WORST_FIRST.index),
        attainment=progress["attainment"].where(counted),
        expected=(progress["expected"] / progress["target"]).where(counted),
        quotas=counted.astype(int),
        met=(progress["status"] == "met").astype(int),
    )
    reps = judged.groupby("rep", as_index=False).agg(
        team=("team", "first"),
        severity=("severity", "min"),
        attainment=("attainment", "mean"),
        expected=("expected", "mean"),
        quotas=("quotas", "sum"),
        met=("met", "sum"),
    )
    reps["status"] = reps["severity"].map(dict(enumerate(WORST_FIRST)))
    reps["target"] = np.where(reps["quotas"] > 0, 1.0, np.nan)
    reps["actual"] = reps["attainment"]
    return reps.sort_values(["severity", "attainment", "rep"], ignore_index=True)


def laggards(progress: pd.DataFrame, reps: pd.DataFrame) -> pd.DataFrame:
    """The row of `progress` that lags most, one per rep in need of help, in the order of `reps`."""
    late = progress[progress["status"].isin(LATE)].sort_values("pace").drop_duplicates("rep")
    return late.set_index("rep").reindex(reps.loc[reps["status"].isin(LATE), "rep"]).reset_index()


def attainment_by_period(history: pd.DataFrame, stretch: Sequence[Period]) -> list[float | None]:
    """The attainment of all in each period of `stretch`; None where nobody had a target."""
    kept = history[history["status"] != "no_quota"]
    means = kept.groupby(["period", "rep"])["attainment"].mean().groupby("period").mean()
    return [None if mean != mean else float(mean) for mean in means.reindex([one.key for one in stretch])]


def fine_by_period(history: pd.DataFrame, stretch: Sequence[Period]) -> list[int]:
    """How many reps were on pace or better in each period of `stretch`."""
    return [int(by_rep(history[history["period"] == one.key])["status"].isin(FINE).sum()) for one in stretch]


def events_by_period(cube: pd.DataFrame, stretch: Sequence[Period]) -> list[float]:
    """How many events of the cube the reps made themselves in each period of `stretch`."""
    return [float(work_done(cube, one.start, one.end)["count"].sum()) for one in stretch]


def change(cube: pd.DataFrame, period: Period, as_of: date) -> float | None:
    """The share by which events rose or fell against `same_stretch`; None if there were none then."""
    now = work_done(cube, period.start, min(period.end, as_of + timedelta(days=1)))["count"].sum()
    then = work_done(cube, *same_stretch(period, as_of))["count"].sum()
    return float(now / then - 1) if then else None


def same_stretch(period: Period, as_of: date) -> tuple[date, date]:
    """As much of the period before as is gone of this one: days `start` ≤ day < `end`."""
    before = previous(period)
    gone = (min(as_of, period.last) - period.start).days + 1
    if gone >= period.days:
        return before.start, before.end
    return before.start, min(before.start + timedelta(days=max(gone, 1)), before.end)


def lumped(cube: pd.DataFrame, period: Period) -> set[str]:
    """The reps whose touches of a whole `period` stand on its first day: see `counting.lumped`."""
    reps = cube["rep"].unique().tolist()
    return {rep for rep, lump in zip(reps, counting.lumped(cube, [period], reps)[0], strict=True) if lump}


def comparable(cube: pd.DataFrame, period: Period, as_of: date) -> pd.DataFrame:
    """The touches of the cube, while `period` runs without the reps `lumped` in the one before."""
    touches = cube[cube["kind"].isin(list(TOUCHES))]
    if as_of >= period.last:
        return touches
    return touches[~touches["rep"].isin(list(lumped(cube, previous(period))))]


def turned(reps: pd.DataFrame, before: pd.DataFrame) -> list[News]:
    """Who fell behind and who caught up, comparing two `by_rep` frames at the same stage."""
    then = before.set_index("rep")["status"].reindex(reps["rep"]).to_numpy()
    fell = reps[reps["status"].isin(LATE) & pd.Series(then).isin(FINE)]
    rose = reps[reps["status"].isin(FINE) & pd.Series(then).isin(LATE)]
    return [
        *(
            News(status, "news.fell", {"rep": rep})
            for rep, status in zip(fell["rep"], fell["status"], strict=True)
        ),
        *(
            News(status, "news.rose", {"rep": rep})
            for rep, status in zip(rose["rep"], rose["status"], strict=True)
        ),
    ]


def streaks(history: pd.DataFrame, stretch: Sequence[Period]) -> dict[str, int]:
    """For whoever met every quota in the last period of `stretch`: how many periods in a row."""
    counted = history[history["status"] != "no_quota"]
    met = (
        (counted["status"] == "met")
        .groupby([counted["rep"], counted["period"]])
        .all()
        .unstack(fill_value=False)
    )
    met = met.reindex(columns=[one.key for one in stretch], fill_value=False).eq(True)
    backwards = met.iloc[:, ::-1].cumprod(axis=1).sum(axis=1)
    return {str(rep): int(run) for rep, run in backwards.items() if run > 0}


def shifts(now: pd.DataFrame, then: pd.DataFrame, column: str) -> list[News]:
    """Where touches rose or fell by a `NOTABLE` share between two cubes, the largest first.

    `column` is kind or team; groups with fewer than `FEW` touches in both say nothing.
    """
    both = pd.DataFrame(
        {"now": now.groupby(column)["count"].sum(), "then": then.groupby(column)["count"].sum()}
    )
    both = both.fillna(0)
    both = both[(both.max(axis=1) >= FEW) & (both["then"] > 0)]
    change = both["now"] / both["then"] - 1
    order = change.abs().sort_values(ascending=False, kind="stable")
    return [
        News(
            "ahead" if change[name] > 0 else "behind",
            SHIFTS[column][bool(change[name] < 0)],
            {
                column: name,
                "share": abs(change[name]),
                "now": both.at[name, "now"],
                "then": both.at[name, "then"],
            },
        )
        for name in order[order >= NOTABLE].index
    ]
