"""What an import leaves standing beside it, and that its receipt should say, because nothing is
taken out by itself: rows of the same source that it no longer holds, and work that two ledgers both
count: a tracker and a log of single activities, or two trackers of different sources or periods.
Twins (`review`) are single rows; these are numbers.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from quota import columns as c
from quota import roster
from quota.roster import resolved
from quota.workspace import Receipt, Workspace

_OF = [c.REP, c.KIND]
# How a table was understood in which a number stands for several activities, and where a row is one.
_LAYOUTS = ("counts", "activities")
_MONTH = pd.Timedelta(days=31)
# Source → layout, of the tables of one import.
_Layouts = dict[str, str]


def told(workspace: Workspace, receipt: Receipt) -> Receipt:
    """The receipt, saying `lacked`: how many activities that earlier imports of the same source brought
    still count, although this one has others of their reps and kinds from before and after them, and
    they stand in it no more; and `beside`: kind → of how many weeks or months of a rep two ledgers now
    both count it, since this import, which is one of them.
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
    of = {receipt.import_id: layouts, **others}
    if not others or "counts" not in {layout for told in of.values() for layout in told.values()}:
        return {}
    seen = resolved(_seen(workspace), roster.known(workspace))
    mine: list[_Ledger] = []
    theirs: list[_Ledger] = []
    for (import_id, source), rows in seen.groupby([c.IMPORT_ID, c.SOURCE], observed=True):
        if layout := of.get(str(import_id), {}).get(str(source)):
            ledgers = mine if import_id == receipt.import_id else theirs
            ledgers.append(_Ledger(str(source), layout, _every(rows[c.TS], layout), rows))
    twice = {cell for own, other in product(mine, theirs) for cell in _both(own, other)}
    return dict(Counter(kind for _, kind, _ in twice))


@dataclass(frozen=True)
class _Ledger:
    """What counts of one source in one import; `every`: see `_every`."""

    source: str
    layout: str
    every: str | None
    rows: pd.DataFrame


def _both(one: _Ledger, other: _Ledger) -> set[tuple[str, str, pd.Period]]:
    """rep, kind and week (or month) that two ledgers both count, if they are not parts of one."""
    if one.layout == other.layout and (
        one.layout == "activities"
        or (one.source == other.source and (one.every == other.every or None in (one.every, other.every)))
    ):
        return set()
    span = "M" if "month" in (one.every, other.every) else "W-SUN"
    done, again = (
        set(
            ledger.rows[_OF]
            .assign(period=ledger.rows[c.TS].dt.to_period(span))
            .drop_duplicates()
            .itertuples(index=False, name=None)
        )
        for ledger in (one, other)
    )
    return done & again


def _every(ts: pd.Series, layout: str) -> str | None:
    """How long the periods of a tracker are, as the days that its numbers stand on show; None if unknown."""
    days = ts.dt.normalize()
    mondays, firsts = days.dt.day_of_week.eq(0).all(), days.dt.day.eq(1).all()
    if layout == "activities" or not (mondays or firsts):
        return "day"
    if mondays and (firsts or days.nunique() == 1):
        return None
    return "week" if mondays else "month"


def _around(workspace: Workspace, receipt: Receipt) -> tuple[_Layouts, dict[str, _Layouts]]:
    """Source → layout of an import, and the same of each other active one that reaches into its days."""
    imports = workspace.imports().set_index(c.IMPORT_ID)
    mine = imports.loc[receipt.import_id]
    first, last = (pd.to_datetime(imports[end]) for end in ("first_day", "last_day"))
    # A tracker's week stands on its Monday, its month on the first.
    near = (first - _MONTH < last[receipt.import_id]) & (last + _MONTH > first[receipt.import_id])
    others = imports.loc[imports["active"] & near & (imports.index != receipt.import_id), "mapping"].dropna()
    return _layouts(str(mine["mapping"])), {str(one): _layouts(told) for one, told in others.items()}


def _layouts(mapping: str) -> _Layouts:
    return {table["source"]: table["layout"] for table in json.loads(mapping) if table["layout"] in _LAYOUTS}


def _seen(workspace: Workspace, where: ds.Expression | None = None) -> pd.DataFrame:
    """rep, kind, ts, import and source of what counts, as texts."""
    texts = [*_OF, c.IMPORT_ID, c.SOURCE]
    rows = workspace.activities(columns=[*texts, c.TS], encoded=texts, where=where)
    seen: pd.DataFrame = rows.to_pandas()
    return seen
