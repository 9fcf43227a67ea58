"""Who leads: values per rep under a metric, and ranks.

Competition ranking: equal values share a rank and the next one counts everybody before it
(1, 2, 2, 4). The highest value leads. Values are compared to nine decimals, so that sums taken in
another order still tie. Whoever has no value (no quota in the period) is listed last, unranked.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from quota import columns, inforce, rules
from quota.counting import work_done
from quota.crew import as_days
from quota.errors import BadRequest
from quota.quotas import DECIMALS

METRICS = ("attainment", "points", "count:KIND", "amount:won")

# What one event is worth where the workspace has no points of its own.
DEFAULT_POINTS: dict[str, float] = {
    "call": 1,
    "email": 1,
    "social": 1,
    "text": 1,
    "meeting": 10,
    "demo": 10,
    "proposal": 10,
    "opportunity": 20,
    "won": 50,
    "lost": 0,
    "other": 0,
}

VALUES = ["rep", "team", "value"]
RANKS = ["rank", "rep", "team", "value", "previous_rank", "move"]


def values(
    metric: str,
    cube: pd.DataFrame,
    progress: pd.DataFrame,
    start: date,
    end: date,
    points: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Everybody's value under `metric` for `start` ≤ day < `end` → rep, team, value (NaN: none).

    `progress` (of `attainment.progress`) names everybody and their team, and carries the
    attainments. attainment: mean of the rep's attainments, uncapped; points: Σ count × `points` of
    the day (`columns.POINTS`; without any, `DEFAULT_POINTS`); count:KIND; amount:KIND or
    amount:KIND:CURRENCY. Only work done by the rep counts. Raises `BadRequest` for an unknown metric
    or kind, and where amounts in several currencies would have to be added.
    """
    everybody = progress.drop_duplicates("rep")[["rep", "team"]].sort_values("rep", ignore_index=True)
    if metric == "attainment":
        found = progress.groupby("rep")["attainment"].mean()
    else:
        worth = _worth(metric, work_done(cube, start, end), points)
        found = worth.reindex(everybody["rep"], fill_value=0.0)
    return everybody.assign(value=found.reindex(everybody["rep"]).to_numpy(np.float64))


def ranks(values: pd.DataFrame, previous: pd.DataFrame | None = None) -> pd.DataFrame:
    """Ranked rows of rep, team, value → `RANKS`, best first, equals by name.

    `previous`: the same values a period earlier; move = previous_rank − rank, so up is positive;
    both missing for whoever had no rank then. Ranks and moves are Int64.
    """
    ranked = values.assign(rank=_rank(values["value"]))
    before = pd.Series(dtype="Int64")
    if previous is not None:
        before = _rank(previous["value"]).set_axis(previous["rep"])
    ranked["previous_rank"] = before.reindex(ranked["rep"]).array
    ranked["move"] = ranked["previous_rank"] - ranked["rank"]
    return ranked.sort_values(["rank", "rep"], na_position="last", ignore_index=True)[RANKS]


def _rank(value: pd.Series) -> pd.Series:
    return value.round(DECIMALS).rank(method="min", ascending=False).astype("Int64")


def _worth(metric: str, work: pd.DataFrame, points: pd.DataFrame | None) -> pd.Series:
    """Sum per rep; `metric` is anything but attainment."""
    measure, _, rest = metric.partition(":")
    kind, _, currency = rest.partition(":")
    if metric == "points":
        worth = work["count"] * _points(work, points)
    elif measure in ("count", "amount") and kind in columns.KINDS and (measure == "amount" or not currency):
        work = work[work["kind"] == kind]
        worth = (_one_currency(work, kind, currency) if measure == "amount" else work)[measure]
    else:
        raise BadRequest("unknown_metric", value=metric, choices=", ".join(METRICS))
    return worth.groupby(work["rep"], observed=True).sum().astype(np.float64)


def _points(work: pd.DataFrame, points: pd.DataFrame | None) -> pd.Series:
    """What one event of each row was worth on its day."""
    kinds, days = work["kind"].astype(object), as_days(work["day"])
    if points is None or points.empty:
        return kinds.map(DEFAULT_POINTS).fillna(0).astype(np.float64)
    worth = pd.Series(0.0, index=work.index)
    for begin in inforce.begins(points):
        held = inforce.on(points, "points", begin).set_index("kind")["points"]
        later = days >= begin
        worth[later] = kinds[later].map(held).fillna(0).astype(np.float64)
    return worth


def _one_currency(work: pd.DataFrame, kind: str, currency: str) -> pd.DataFrame:
    if currency:
        return work[rules.currencies(work["currency"]) == currency.upper()]
    found = rules.paid_in(work, kind)
    if len(found) > 1:
        raise BadRequest("several_currencies", kind=kind, choices=", ".join(name or "–" for name in found))
    return work
