"""What an import leaves standing beside it, and that its receipt should say, because nothing is
taken out by itself: rows of the same source that it no longer holds, and work that a tracker and a
log of single activities both count. Twins (`review`) are single rows; these are numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from quota import columns as c
from quota import roster
from quota.roster import resolved
from quota.workspace import Receipt, Workspace

_OF = [c.REP, c.KIND]
# How a table was understood in which a number stands for several activities, and where a row is one.
_OPPOSITE = {"counts": "activities", "activities": "counts"}
_WEEK = pd.Timedelta(days=7)
# Source → layout, of the tables of one import.
_Layouts = dict[str, str]


def told(workspace: Workspace, receipt: Receipt) -> Receipt:
    """The receipt, saying `lacked`: how many activities that earlier imports of the same source brought
    still count, although this one has others of their reps and kinds from before and after them, and
    they stand in it no more; and `beside`: kind → of how many weeks of a rep a tracker and a log of
    single activities now both count it, since this import, which is one of them.
    """
    layouts, others = _around(workspace, receipt)
    return replace(
        receipt,
        lacked=_lacked(workspace, receipt, layouts, others),
        beside=_beside(workspace, receipt, layouts, others),
    )


def _lacked(workspace: Workspace, receipt: Receipt, layouts: _Layouts, others: Mapping[str, _Layouts]) -> int:
    """An export that repeats less than it lacks only brings what is new. Deals are left out: theirs
    bring what moved."""
    repeated = receipt.same + receipt.changed
    same = [one for one, of in others.items() if of.keys() & layouts.keys()]
    if not repeated or not same:
        return 0
    seen = _seen(workspace, ds.field(c.SOURCE).isin(pa.array(list(layouts), pa.string())))
    own, older = (seen[seen[c.IMPORT_ID].isin(of)] for of in ([receipt.import_id], same))
    within = older[older[c.TS].between(own[c.TS].min(), own[c.TS].max())]
    lacked = len(within.merge(own[_OF].drop_duplicates(), on=_OF))
    return lacked if lacked <= repeated else 0


def _beside(
    workspace: Workspace, receipt: Receipt, layouts: _Layouts, others: Mapping[str, _Layouts]
) -> dict[str, int]:
    opposite = {_OPPOSITE[layout] for layout in layouts.values()}
    beside = [one for one, of in others.items() if opposite & set(of.values())]
    if not beside:
        return {}
    seen = resolved(_seen(workspace), roster.known(workspace))
    seen = seen.assign(week=seen[c.TS].dt.to_period("W-SUN"))
    named = [*_OF, "week"]
    mine, theirs = (
        seen.loc[seen[c.IMPORT_ID].isin(of), named].drop_duplicates() for of in ([receipt.import_id], beside)
    )
    return {str(kind): int(n) for kind, n in mine.merge(theirs)[c.KIND].value_counts().items() if n}


def _around(workspace: Workspace, receipt: Receipt) -> tuple[_Layouts, dict[str, _Layouts]]:
    """Source → layout of an import, and the same of each other active one that reaches into its days."""
    imports = workspace.imports().set_index(c.IMPORT_ID)
    mine = imports.loc[receipt.import_id]
    first, last = (pd.to_datetime(imports[end]) for end in ("first_day", "last_day"))
    # A tracker's week stands on its Monday.
    near = (first - _WEEK < last[receipt.import_id]) & (last + _WEEK > first[receipt.import_id])
    others = imports.loc[imports["active"] & near & (imports.index != receipt.import_id), "mapping"].dropna()
    return _layouts(str(mine["mapping"])), {str(one): _layouts(told) for one, told in others.items()}


def _layouts(mapping: str) -> _Layouts:
    return {table["source"]: table["layout"] for table in json.loads(mapping) if table["layout"] in _OPPOSITE}


def _seen(workspace: Workspace, where: ds.Expression | None = None) -> pd.DataFrame:
    """rep, kind, ts and import of what counts, as texts."""
    rows = workspace.activities(columns=[*_OF, c.TS, c.IMPORT_ID], encoded=[*_OF, c.IMPORT_ID], where=where)
    seen: pd.DataFrame = rows.to_pandas()
    return seen
