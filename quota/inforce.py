"""Rows that hold from a day on: each until the next one about the same begins.

So points, ramps and tiers change on a day, and what they gave before stays. A row without `from`
holds since ever.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from quota import columns as c
from quota.crew import EARLIEST, Days, as_days, folded


def begins(rows: pd.DataFrame) -> Days:
    """The days from which something of `rows` holds, in order of time, the first of them since ever."""
    return np.union1d([EARLIEST], _since(rows))


def on(rows: pd.DataFrame, name: str, day: np.datetime64) -> pd.DataFrame:
    """The rows of the table `name` (points, ramps, tiers) that hold on `day`."""
    since = _since(rows)
    begun = rows.iloc[np.argsort(since, kind="stable")[: (since <= day).sum()]]
    about = begun[list(c.ABOUT[name])]
    texts = about.select_dtypes(exclude="number").columns
    alike = about.assign(**{column: about[column].map(folded) for column in texts})
    held: pd.DataFrame = begun[~alike.duplicated(keep="last")]
    return held


def _since(rows: pd.DataFrame) -> Days:
    return as_days(rows["from"], EARLIEST) if "from" in rows else np.full(len(rows), EARLIEST)
