"""Where rows went, and where numbers come from: import → rows → numbers, both ways."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from quota import columns as c
from quota.errors import BadRequest
from quota.names import folded
from quota.workspace import Workspace

TRACED = (
    "file", c.SHEET, c.ROW, c.TS, c.REP, c.KIND, c.COUNT, c.AMOUNT, c.CURRENCY, c.OUTCOME,
    c.DIRECTION, c.ACCOUNT, c.CONTACT, c.DEAL, c.SOURCE, c.IMPORT_ID,
)  # fmt: skip
ROWS = (c.SHEET, c.ROW, c.REP, c.KIND, c.TS, c.COUNT, "fate", "other", "file", "code", "column", "value")


def rows(workspace: Workspace, import_id: str) -> pd.DataFrame:
    """ROWS: each row of an import's file and what became of it, in the file's order.

    `fate`: one of `workspace.FATES`, skipped or rejected; `other` and `file`: the import
    that said it before, replaced or withdrew it; `code`, `column`, `value`: why a row was not
    taken. A row that holds several activities has a line for each. Raises `BadRequest`.
    """
    taken = workspace.fates(import_id)
    left = workspace.rejects(import_id).rename(columns={"status": "fate"})
    # A planned item takes back what was done, and is told as left out.
    told = taken[[c.SHEET, c.ROW]].merge(left[[c.SHEET, c.ROW]].drop_duplicates(), how="left", indicator=True)
    taken = taken[~((taken["fate"] == "takes_back").to_numpy() & (told["_merge"] == "both").to_numpy())]
    both = pd.concat([taken, left], ignore_index=True).reindex(columns=list(ROWS))
    files = workspace.imports().set_index(c.IMPORT_ID)["file"]
    both["file"] = both["other"].map(files)
    both[c.SHEET] = both[c.SHEET].astype(object)
    places = {sheet: place for place, sheet in enumerate(both[c.SHEET].drop_duplicates())}
    order = both.assign(place=both[c.SHEET].map(places)).sort_values(["place", c.ROW], kind="stable").index
    return both.loc[order].reset_index(drop=True)


def trace(
    workspace: Workspace,
    names: dict[str, str],
    rep: str | None,
    kinds: Sequence[str],
    start: date,
    end: date,
    direction: str | None = None,
    as_of: datetime | None = None,
) -> pd.DataFrame:
    """TRACED: the rows behind a number, by day: visible, of `rep` (all without), `start` ≤ day < `end`.

    direction: None for work done by the rep (out or unknown); out, in, any as said. Their
    counts add up to what `answers.counts` says of the same moment.
    """
    if direction not in (None, "any", *c.DIRECTIONS):
        raise BadRequest("unknown_direction", value=direction, choices="out, in, any")
    columns = [name for name in TRACED if name != "file"]
    encoded = [c.REP, c.KIND, c.DIRECTION, c.SHEET, c.IMPORT_ID]
    seen = workspace.activities(as_of, columns, encoded=encoded)
    wanted = pc.and_(pc.greater_equal(seen[c.TS], _midnight(start)), pc.less(seen[c.TS], _midnight(end)))
    wanted = pc.and_(wanted, pc.is_in(seen[c.KIND], value_set=pa.array(list(kinds), pa.string())))
    if direction != "any":
        one = pc.equal(seen[c.DIRECTION], direction or "out")
        wanted = pc.and_(wanted, pc.fill_null(one, direction is None))
    found: pd.DataFrame = seen.filter(wanted).to_pandas()
    used = found[c.REP].astype("str").map(lambda name: names.get(folded(name), name))
    found = found[used == rep] if rep is not None else found
    files = workspace.imports().set_index(c.IMPORT_ID)["file"]
    found = found.assign(file=found[c.IMPORT_ID].astype("str").map(files))
    return found.sort_values([c.TS, "file", c.ROW], ignore_index=True)[list(TRACED)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
