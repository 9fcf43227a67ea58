"""Restatements: numbers of a closed period that an import or an undo changed afterwards.

A period is closed once the data reaches beyond its end; one that the data did not reach
back to was not known, and what comes in for it is no restatement. Counted is work done by
the rep, as on the pages.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd

from quota import columns as c
from quota import engines, periods, roster
from quota.counting import work_done
from quota.roster import resolved
from quota.workspace import Workspace

RESTATED = (c.REP, "period", c.KIND, "before", "after")
_TICK = timedelta(microseconds=1)


def between(
    workspace: Workspace, before: datetime, after: datetime | None, unit: str = "week"
) -> pd.DataFrame:
    """RESTATED: each closed `unit` of which the number differs between two moments, by period and rep."""
    names = roster.known(workspace)
    then, now = (resolved(engines.cube(workspace, at), names) for at in (before, after))
    if then.empty:
        return pd.DataFrame(columns=list(RESTATED))
    first, last = then[c.DAY].min().date(), then[c.DAY].max().date()
    # Days of a unit that the data began in belong to it; the unit of the last day still runs.
    start = periods.containing(first, unit).start
    end = periods.containing(last, unit).start
    if start >= end:
        return pd.DataFrame(columns=list(RESTATED))
    keys = [c.REP, "period", c.KIND]
    sums = [
        _numbers(work_done(cube, start, end), unit).groupby(keys, observed=True)[c.COUNT].sum()
        for cube in (then, now)
    ]
    both = pd.concat(sums, axis=1, keys=["before", "after"]).fillna(0).astype("int64")
    changed = both[both["before"] != both["after"]].reset_index()
    return changed.sort_values(["period", c.REP, c.KIND], ignore_index=True)[list(RESTATED)]


def by_import(workspace: Workspace, import_id: str, unit: str = "week") -> pd.DataFrame:
    """The same for what one import changed when it came. Raises `BadRequest`."""
    at = workspace.moment(import_id)
    return between(workspace, at - _TICK, at, unit)


def summary(workspace: Workspace, import_id: str) -> dict[str, dict[str, int]]:
    """Restated week → kind → by how much, of one import; at no cost where it reaches no closed week."""
    imports = workspace.imports(workspace.moment(import_id)).set_index(c.IMPORT_ID)
    mine = imports.loc[import_id]
    others = imports.drop(index=import_id)
    ends = others.loc[others["active"], "last_day"].dropna()
    if ends.empty or pd.isna(mine["first_day"]):
        return {}
    if not mine["changed"] and mine["first_day"] >= periods.containing(max(ends), "week").start:
        return {}
    found = by_import(workspace, import_id)
    found = found.assign(by=found["after"] - found["before"])
    sums = found.groupby(["period", c.KIND])["by"].sum()
    return {week: sums[week].to_dict() for week in sums.index.get_level_values("period").unique()}


def _numbers(work: pd.DataFrame, unit: str) -> pd.DataFrame:
    days = work[c.DAY].drop_duplicates()
    named = {day: periods.containing(day.date(), unit).key for day in days}
    return work.assign(period=work[c.DAY].map(named).astype("str"))
