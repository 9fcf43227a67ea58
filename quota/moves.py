"""Who would move: two answers about the same periods, and the lines in which they differ."""

from __future__ import annotations

import numpy as np
import pandas as pd

MOVES = [
    *("rep", "quota", "every", "period", "measure", "currency"),
    *("target_before", "target_after", "status_before", "status_after"),
]
_LINE = ["rep", "quota", "every", "period", "currency", "nth"]


def moves(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Rows of `attainment.PROGRESS`, as they are and as they would be → `MOVES`, where they differ.

    A line that is only in one of them has no target, and the status no_quota, in the other.
    """
    both = _lines(before).merge(_lines(after), "outer", on=_LINE, suffixes=("_before", "_after"))
    for when in ("before", "after"):
        both[f"status_{when}"] = both[f"status_{when}"].fillna("no_quota")
    both["measure"] = both["measure_after"].fillna(both["measure_before"])
    targets = both[["target_before", "target_after"]].fillna(0.0).to_numpy(np.float64)
    moved = ~np.isclose(targets[:, 0], targets[:, 1]) | (both["status_before"] != both["status_after"])
    found: pd.DataFrame = both[moved].sort_values(["rep", "quota", "period"], ignore_index=True)[MOVES]
    return found


def _lines(progress: pd.DataFrame) -> pd.DataFrame:
    held = progress[progress["quota"].notna()].assign(currency=progress["currency"].fillna(""))
    held["nth"] = held.groupby(_LINE[:-1]).cumcount()
    return held[[*_LINE, "measure", "target", "status"]]
