"""A file's sheets that people write, held against a workspace before anything of them is stored.

One rule: the rows as they would be stored, with those that the workspace and the rest of the file
hold, must pass the same checks as in the grid (`checks`). A row that does not is refused beside
its cell. A row that says nothing of when it holds is given its day first (`dating`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from quota import checks, dating, quotas, roster
from quota import columns as c
from quota.checks import Known
from quota.dating import When
from quota.ingest import FileReading, TableReading
from quota.ingest.records import ISSUE_TYPES, NOTE, REJECTED
from quota.roster import resolved
from quota.rules import Plan
from quota.workspace import Workspace

# Tables whose rows lean on one another: of one that is partly refused nothing is stored unasked.
RULES = ("quotas", "points", "ramps", "tiers")
_MOST_NOTES = 20
# A list from elsewhere may name somebody twice, the last time as they are now, and other people's leave.
_FINE = {"people": {"stands_twice"}, "absences": {"stands_twice", "stranger"}}


@dataclass(frozen=True)
class Terms:
    """What whoever uploads a sheet says: whether rows for people who are not known are kept, and from
    when changes hold (see `dating.When`)."""

    keep_unknown: bool = False
    since: date | None = None
    corrects: bool = False


def is_sheet(table: TableReading) -> bool:
    """Whether it is one of the tables that people write, and holds rows."""
    return table.layout in c.WRITTEN and table.taken is not None and table.layout in table.frames


def refused_rules(reading: FileReading) -> int:
    """How many rows of quotas and what they hang on are refused."""
    return sum(table.rejected for table in reading.tables if table.layout in RULES)


def waits(reading: FileReading) -> bool:
    """Whether rows are refused for people, ramps or points that another file may bring."""
    return any(table.issues["code"].isin(list(checks.UNKNOWN)).any() for table in reading.tables)


def vetted(workspace: Workspace, reading: FileReading, today: date, terms: Terms = Terms()) -> FileReading:
    """The reading with its rows dated, and those refused that cannot be stored; `applies` is told.

    What is only to be said of a row that is taken becomes a note. `today` is the day on which the
    workspace lives, unless a setting holds it.
    """
    if not any(map(is_sheet, reading.tables)):
        return replace(reading, applies={})
    settings = workspace.table("settings").set_index("name")["value"]
    when = When(
        date.fromisoformat(settings["today"]) if "today" in settings else today,
        terms.since,
        terms.corrects,
        int(settings.get("fiscal_start", 1)),
    )
    held = {name: workspace.table(name) for name in c.WRITTEN}
    names = roster.known(workspace, people=_together("people", held["people"], reading.tables))
    tables, applies = _dated(reading.tables, held, when, names)
    known = _known(workspace, tables, held, when.fiscal_start, names)
    found: list[TableReading] = []
    for table in tables:
        if is_sheet(table):
            # Held against the workspace's rows, and those of the file's tables before it.
            stored = _together(table.layout, held[table.layout], found)
            table = _checked(table, stored, known, terms.keep_unknown)
        found.append(table)
    return replace(reading, tables=tuple(found), applies=dict(sorted(applies.items())))


def _dated(
    tables: Iterable[TableReading], held: Mapping[str, pd.DataFrame], when: When, names: Mapping[str, str]
) -> tuple[list[TableReading], Counter[date]]:
    """The tables with a day where a row needs one, and how many rows change something from which day."""
    found, applies = [], Counter[date]()
    for table in tables:
        if is_sheet(table):
            rows = table.frames[table.layout]
            dated = dating.dated(table.layout, rows.to_pylist(), held[table.layout], when, names)
            applies.update(one.applies for one in dated if one.applies)
            rows = pa.Table.from_pylist([one.row for one in dated], schema=rows.schema)
            table = replace(table, frames={**table.frames, table.layout: rows})
        found.append(table)
    return found, applies


def _known(
    workspace: Workspace,
    tables: Sequence[TableReading],
    held: Mapping[str, pd.DataFrame],
    fiscal_start: int,
    names: Mapping[str, str],
) -> Known:
    """The plan and everybody, as the workspace and the file know them."""
    now = {name: _together(name, held[name], tables) for name in c.WRITTEN}
    worked = workspace.activities(columns=[c.REP, c.TEAM, c.TS])
    new = [
        table.frames["activities"].select(worked.column_names).cast(worked.schema)
        for table in tables
        if "activities" in table.frames
    ]
    seen = pa.concat_tables([worked, *new]).group_by([c.REP, c.TEAM])
    latest = seen.aggregate([(c.TS, "max")]).to_pandas().rename(columns={f"{c.TS}_max": c.DAY})
    everybody = quotas.ever(quotas.seen(resolved(latest, names)), now["people"])
    plan = Plan(now["quotas"], now["points"], now["ramps"], now["tiers"], fiscal_start, names)
    return Known(plan, everybody)


def _together(name: str, stored: pd.DataFrame, tables: Iterable[TableReading]) -> pd.DataFrame:
    """The rows of a table as stored, without those that the file replaces, and behind them the file's."""
    new = [_frame(table, name) for table in tables if name in table.frames]
    rows: pd.DataFrame = stored[c.WRITTEN[name].names]
    if not new:
        return rows
    fresh = pd.concat(new, ignore_index=True)
    return pd.concat([_left(rows, fresh, name), fresh], ignore_index=True)


def _left(stored: pd.DataFrame, new: pd.DataFrame, name: str) -> pd.DataFrame:
    """The stored rows that the new ones do not replace."""
    identity = list(c.IDENTITY[name])
    return _plain(stored[~checks.lines(stored, identity).isin(checks.lines(new, identity))], name)


def _frame(table: TableReading, name: str) -> pd.DataFrame:
    rows: pd.DataFrame = table.frames[name].select(c.WRITTEN[name].names).to_pandas()
    return _plain(rows, name)


def _plain(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rows with days that can be compared, also where there are none."""
    days = [field.name for field in c.WRITTEN[name] if pa.types.is_date(field.type)]
    return rows.assign(**{day: pd.to_datetime(rows[day]).astype("datetime64[us]") for day in days})


def _checked(table: TableReading, stored: pd.DataFrame, known: Known, keep_unknown: bool) -> TableReading:
    name = table.layout
    new = _frame(table, name)
    stored = _left(_plain(stored, name), new, name)
    together = pd.concat([stored, new], ignore_index=True)
    issues = checks.found(name, together, known)
    issues = issues[(issues["row"] >= len(stored)) & ~issues["code"].isin(list(_FINE.get(name, ())))]
    issues = issues.assign(row=issues["row"] - len(stored))
    taken = table.taken if table.taken is not None else pd.DataFrame(columns=["row", "content"])
    # A row of the sheet is taken or refused whole, also one that became several.
    issues["at"] = taken["row"].to_numpy()[issues["row"].to_numpy(np.int64)]
    wrong = checks.refused(issues, keep_unknown=keep_unknown)
    refused = issues[wrong].drop_duplicates("at").sort_values("at")
    said = issues[~wrong & ~issues["at"].isin(refused["at"])].drop_duplicates("at").head(_MOST_NOTES)
    return _without(table, name, taken, refused, said)


def _without(
    table: TableReading, name: str, taken: pd.DataFrame, refused: pd.DataFrame, said: pd.DataFrame
) -> TableReading:
    """The table without its refused rows, and with what is said of others."""
    if refused.empty and said.empty:
        return table
    out = taken["row"].isin(refused["at"]).to_numpy()
    told = pd.concat([_lines(table, taken, refused, REJECTED), _lines(table, taken, said, NOTE)])
    codes = dict(zip(told.loc[told["status"] == REJECTED, "row"], refused["code"], strict=True))
    preview = table.preview.copy()
    marked = preview[" row"].isin(list(codes)) if len(preview) else pd.Series(dtype=bool)
    preview.loc[marked, " status"] = REJECTED
    preview.loc[marked, " code"] = preview.loc[marked, " row"].map(codes)
    rows = table.frames[name].filter(pc.invert(pa.array(out)))
    return replace(
        table,
        accepted=table.accepted - len(refused),
        rejected=table.rejected + len(refused),
        issues=pd.concat([table.issues, told.astype(ISSUE_TYPES)], ignore_index=True),
        preview=preview,
        frames={**table.frames, name: rows},
        taken=taken[~out].reset_index(drop=True),
    )


def _lines(table: TableReading, taken: pd.DataFrame, issues: pd.DataFrame, status: str) -> pd.DataFrame:
    """Issues of the checks → lines of `TableReading.issues`, and near."""
    at = taken.iloc[issues["row"]]
    headings = {match.field: match.header for match in table.columns if match.field}
    columns = [headings.get(name, _instead(name, headings)) for name in issues["column"]]
    rows: dict[str, Any] = {
        "sheet": table.sheet,
        "row": at["row"].to_numpy(),
        "column": columns,
        "value": issues["value"].map(lambda value: None if pd.isna(value) else str(value)).to_numpy(),
        "code": issues["code"].to_numpy(),
        "status": status,
        "content": at["content"].to_numpy() if status == REJECTED else None,
        "near": issues["near"].to_numpy(),
    }
    return pd.DataFrame(rows, index=range(len(issues)))


def _instead(name: str, headings: Mapping[str, str]) -> str | None:
    """The heading of the column that a field was taken from where it has none of its own."""
    others = {"who": ("rep", "role", "team"), c.KIND: ("quota",), "from": ("target",)}.get(name, ())
    return next((headings[other] for other in others if other in headings), None)
