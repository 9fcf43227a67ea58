"""Who would move: two answers about the same periods, and the lines in which they differ."""

from __future__ import annotations

import numpy as np
import pandas as pd

MOVES = [
    *("rep", "quota", "every", "period", "measure", "currency"),
    *("target_before", "target_after", "status_before", "status_after"),
]
_OF = ["rep", "quota", "every", "period", "currency"]
_EXACT = [*_OF, "kind", "measure"]


def moves(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Rows of `attainment.PROGRESS`, as they are and as they would be → `MOVES`, where they differ.

    Of several lines of one name those that count the same belong together, the others in their
    order. A line that is only in one of them has no target, and the status no_quota, in the other.
    Where nothing is expected yet nobody has moved: both statuses are missing then.
    """
    both = _beside(_held(before), _held(after))
    waits = both[["waits_before", "waits_after"]].eq(True).any(axis=1)
    for when in ("before", "after"):
        both[f"status_{when}"] = both[f"status_{when}"].fillna("no_quota").where(~waits)
    both["measure"] = both["measure_after"].fillna(both["measure_before"])
    targets = both[["target_before", "target_after"]].fillna(0.0).to_numpy(np.float64)
    moved = (
        ~np.isclose(targets[:, 0], targets[:, 1]) | (both["status_before"] != both["status_after"]) & ~waits
    )
    found: pd.DataFrame = both[moved].sort_values(["rep", "quota", "period"], ignore_index=True)[MOVES]
    return found


def _beside(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Each line beside the one that it was: the like of it, else the next of its name."""
    sides = [_numbered(side, _EXACT) for side in (before, after)]
    alike = sides[0].merge(sides[1], on=[*_EXACT, "nth"], suffixes=("_before", "_after"))
    alike = alike.assign(measure_before=alike["measure"], measure_after=alike["measure"])
    rest = [
        _numbered(side[~side["line"].isin(alike[f"line_{when}"])], _OF)
        for side, when in zip(sides, ("before", "after"), strict=True)
    ]
    others = rest[0].merge(rest[1], "outer", on=[*_OF, "nth"], suffixes=("_before", "_after"))
    return pd.concat([alike.drop(columns="measure"), others], ignore_index=True)


def _held(progress: pd.DataFrame) -> pd.DataFrame:
    """The lines that are, each with a number; `waits`: nothing is expected of it yet."""
    held = progress[progress["quota"].notna()].reset_index(drop=True)
    waits = (held["status"] == "on_pace") & held["pace"].isna()
    held = held.assign(currency=held["currency"].fillna(""), line=held.index, waits=waits)
    return held[[*_EXACT, "line", "target", "status", "waits"]]


def _numbered(lines: pd.DataFrame, same: list[str]) -> pd.DataFrame:
    return lines.assign(nth=lines.groupby(same).cumcount())
