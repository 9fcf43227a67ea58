"""Twins for a person to review: activities that two systems logged both, found in a workspace.

They count twice until somebody says that they count once (`intake.count_once`) or that
they are different; what is decided is not shown again.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from quota import columns as c
from quota import roster, twins
from quota.roster import resolved
from quota.workspace import Workspace

DIFFERENT = "different"
TWINS = (
    c.KIND, c.REP, "apart",
    "source_a", "file_a", "sheet_a", "row_a", "ts_a", "key_a",
    "source_b", "file_b", "sheet_b", "row_b", "ts_b", "key_b",
)  # fmt: skip
GROUPS = ("source_a", "source_b", c.KIND)
_SIDE = (c.SOURCE, "file", c.SHEET, c.ROW, c.TS, c.KEY)
_LOOKED_AT = [*twins.READS, c.KEY, c.SHEET, c.ROW, c.IMPORT_ID]
_ENCODED = [c.SOURCE, c.REP, c.KIND, c.CONTACT, c.ACCOUNT, c.SHEET, c.IMPORT_ID]


def twins_of(workspace: Workspace, names: dict[str, str], settings: Mapping[str, str]) -> pd.DataFrame:
    """TWINS: every pair that counts twice and of which nobody said that they are different.

    `apart` is in seconds; key, file, sheet and row say where each of the two stands.
    """
    events = workspace.activities(columns=_LOOKED_AT, encoded=_ENCODED).to_pandas()
    return _pairs(resolved(events, names), workspace, settings)


def new_twins(workspace: Workspace, import_id: str, sources: list[str]) -> int:
    """How many rows that an import (of `sources`) brought first look like rows of another system."""
    own = ds.field(c.SOURCE).isin(pa.array(sources, pa.string()))
    others = workspace.activities(columns=_LOOKED_AT, encoded=_ENCODED, where=~own)
    if not others.num_rows:
        return 0
    fates = workspace.fates(import_id)
    brought = fates.loc[fates["fate"] == "counted", [c.SOURCE, c.KEY]]
    mine = workspace.activities(columns=_LOOKED_AT, encoded=_ENCODED, where=own).to_pandas()
    mine = mine[(mine[c.IMPORT_ID] == import_id) & mine[c.KEY].isin(brought[c.KEY])]
    settings = workspace.table("settings")
    pairs = _pairs(
        resolved(pd.concat([mine, others.to_pandas()]), roster.known(workspace)),
        workspace,
        dict(zip(settings["name"], settings["value"], strict=True)),
    )
    sides = [pairs[[f"source_{side}", f"key_{side}"]].set_axis([c.SOURCE, c.KEY], axis=1) for side in "ab"]
    return len(pd.concat(sides).merge(brought).drop_duplicates())


def twin_groups(pairs: pd.DataFrame) -> pd.DataFrame:
    """TWINS → GROUPS + file_a, file_b (the latest ones), count, reps, first_day, last_day; most first."""
    groups = pairs.groupby(list(GROUPS), as_index=False).agg(
        file_a=("file_a", "last"),
        file_b=("file_b", "last"),
        count=(c.REP, "size"),
        reps=(c.REP, "nunique"),
        first_day=("ts_a", "min"),
        last_day=("ts_a", "max"),
    )
    days = {name: pd.to_datetime(groups[name]).dt.date for name in ("first_day", "last_day")}
    return groups.assign(**days).sort_values("count", ascending=False, ignore_index=True)


def different(source_a: str, source_b: str, kind: str) -> str:
    """The setting that says, when it is `DIFFERENT`, that two sources' activities of a kind are no twins."""
    return f"twins {kind}: " + " | ".join(sorted((source_a, source_b)))


def _pairs(events: pd.DataFrame, workspace: Workspace, settings: Mapping[str, str]) -> pd.DataFrame:
    found = twins.pairs(events)
    if found.empty:
        return pd.DataFrame(columns=list(TWINS))
    files = workspace.imports().set_index(c.IMPORT_ID)["file"]
    left, right = (events.iloc[found[side]].reset_index(drop=True) for side in ("left", "right"))
    pairs = pd.concat([_side(left, files, "a"), _side(right, files, "b")], axis=1)
    pairs = pairs.assign(
        kind=left[c.KIND].astype("str"),
        rep=left[c.REP].astype("str"),
        apart=(left[c.TS] - right[c.TS]).abs().dt.total_seconds(),
    )
    groups = pairs[list(GROUPS)].drop_duplicates()
    said = [settings.get(different(*of)) != DIFFERENT for of in groups.itertuples(index=False)]
    return pairs.merge(groups[said])[list(TWINS)]


def _side(rows: pd.DataFrame, files: pd.Series, mark: str) -> pd.DataFrame:
    named = rows.assign(
        file=rows[c.IMPORT_ID].astype("str").map(files), **{c.SOURCE: rows[c.SOURCE].astype("str")}
    )
    return named[list(_SIDE)].add_suffix(f"_{mark}")
