"""The same report with other headings: next week's export has a column more, or one less.

One rule: a table continues an earlier one of its layout if nearly all headings of the one
stand in the other and their ids, if any, bear the same heading. It then keeps the earlier
one's source. Rows without ids are known again by the columns that both have, one to one, so
that nothing counts twice because a column came or went.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from quota import columns as c
from quota.ingest import FileReading, TableReading, tidy
from quota.names import folded
from quota.workspace import Workspace

# The share of the shorter list of headings that the other one has to hold.
ALIKE = 0.75

_TIMED = "timed"
_IDS = ("deal_id", "id")


@dataclass(frozen=True)
class Known:
    """A table of an earlier import: the source its rows belong to, and its headings."""

    source: str
    layout: str
    headings: frozenset[str]
    id_heading: str | None


def continued(workspace: Workspace, reading: FileReading) -> FileReading:
    """The reading, its activities under the source, and the keys, that earlier exports gave them."""
    # Corrected rows know whose they are.
    eventful = [table for table in reading.tables if _rows(table) is not None and not _corrects(table)]
    if not eventful:
        return reading
    known = list(_known(workspace.imports()["mapping"]))
    taken = {source_of(table) for table in eventful}
    tables = []
    for table in reading.tables:
        if (rows := _rows(table)) is not None and known and not _corrects(table):
            source = _source(table, known, taken)
            taken.add(source)
            rows = _under(rows, source)
            if table.layout == "activities" and _id_heading(_headings(table)) is None:
                rows = _known_again(rows, workspace.held(source, [*tidy.MEANING, c.KEY, c.IMPORT_ID]))
            table = replace(table, frames={**table.frames, "activities": rows})
        tables.append(table)
    return replace(reading, tables=tuple(tables))


def _corrects(table: TableReading) -> bool:
    return bool(table.manner.get("corrects"))


def source_of(table: TableReading) -> str | None:
    """The source of a table's activities; None without any."""
    rows = _rows(table)
    return None if rows is None else str(rows[c.SOURCE][0].as_py())


def _rows(table: TableReading) -> pa.Table | None:
    rows = table.frames.get("activities")
    return rows if rows is not None and rows.num_rows else None


def _headings(table: TableReading) -> list[tuple[str, str | None]]:
    return [(match.header, match.field) for match in table.columns]


def _id_heading(columns: list[tuple[str, str | None]]) -> str | None:
    fields = {field: folded(header) for header, field in columns if field in _IDS}
    return fields.get("deal_id") or fields.get("id")


def _known(mappings: pd.Series) -> Iterator[Known]:
    """The tables of all imports, undone ones too, latest first."""
    for mapping in reversed(mappings.dropna().tolist()):
        for table in json.loads(mapping):
            if table.get("source"):
                columns = [(header, field) for header, field, _ in table["columns"]]
                headings = frozenset(folded(header) for header, _ in columns)
                yield Known(table["source"], table["layout"], headings, _id_heading(columns))


def _source(table: TableReading, known: list[Known], taken: set[str | None]) -> str:
    """The source that a table continues; its own where it is known already, or none is alike."""
    own = str(source_of(table))
    # A source that somebody named stays as it is.
    if not own.startswith(f"{table.layout}: ") or own in {one.source for one in known}:
        return own
    columns = _headings(table)
    headings, id_heading = frozenset(folded(header) for header, _ in columns), _id_heading(columns)
    alike = {
        one.source: len(headings & one.headings) / max(min(len(headings), len(one.headings)), 1)
        for one in reversed(known)
        if one.layout == table.layout and one.id_heading == id_heading and one.source not in taken
    }
    best = max(alike, key=lambda source: alike[source], default=own)
    return best if alike.get(best, 0) >= ALIKE else own


def _under(rows: pa.Table, source: str) -> pa.Table:
    if rows[c.SOURCE][0].as_py() == source:
        return rows
    at = rows.schema.get_field_index(c.SOURCE)
    return rows.set_column(at, c.SOURCE, tidy.constant(source, rows.num_rows))


def _known_again(rows: pa.Table, held: pa.Table) -> pa.Table:
    """Rows with the keys that stored rows have, where the columns that both files fill say the same."""
    own = _filled(rows)
    keys = rows[c.KEY].to_pandas().astype(object)
    fresh = pc.invert(pc.is_in(rows[c.KEY], value_set=held[c.KEY].combine_chunks())).to_numpy()
    for import_id in pc.unique(held[c.IMPORT_ID]).to_pylist() if fresh.any() else ():
        stored = held.filter(pc.equal(held[c.IMPORT_ID], import_id))
        filled = _filled(stored)
        if filled == own:
            continue
        both = [name for name in tidy.MEANING if name in filled & own]
        free = pc.invert(pc.is_in(stored[c.KEY], value_set=pa.array(keys[~fresh], pa.string())))
        new = _numbered(rows, fresh, both, _TIMED in filled & own)
        old = _numbered(stored, free.to_numpy(), both, _TIMED in filled & own)
        matched = new.drop(columns=c.KEY).merge(old, on=[*both, "ordinal"], suffixes=("", "_stored"))
        keys.iloc[matched["place"]] = matched[c.KEY].to_numpy()
        fresh[matched["place"]] = False
    at = rows.schema.get_field_index(c.KEY)
    return rows.set_column(at, c.KEY, pa.array(keys, pa.string()))


def _filled(rows: pa.Table) -> set[str]:
    """The columns of meaning that a file fills; `_TIMED` where it has times of day."""
    found = {name for name in tidy.MEANING if rows[name].null_count < rows.num_rows}
    timed = pc.any(pc.not_equal(pc.floor_temporal(rows[c.TS], unit="day"), rows[c.TS])).as_py()
    return found | {_TIMED} if timed else found


def _numbered(rows: pa.Table, which: np.ndarray, columns: list[str], timed: bool) -> pd.DataFrame:
    """columns, key and place of some rows, and the ordinal of each among those that say the same."""
    frame: pd.DataFrame = rows.select([*columns, c.KEY]).to_pandas()
    frame = frame.astype({name: object for name in columns if name != c.TS})
    frame = frame.assign(place=range(len(frame)))[which]
    if not timed:
        frame = frame.assign(**{c.TS: frame[c.TS].dt.normalize()})
    return frame.assign(ordinal=frame.groupby(columns, dropna=False, sort=False).cumcount())
