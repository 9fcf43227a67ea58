"""Exports in one file that overlap: a row counts once, as the export that reaches further has it.

The files of an archive are read as if they came one by one. Sheets of a workbook overlap only
where they share ids, and no fewer than half of the rows that share one say the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quota import columns as c
from quota.ingest.records import SKIPPED, TableReading

_COPY = "copy_of_other_table"
_CHANGED = "changed_in_other_table"
_IDS = ("id", "deal_id")
_COMPARED = (c.KEY, c.DIGEST, c.WITHDRAWN)


def counted_once(readings: Sequence[TableReading], members: Sequence[str | None]) -> list[TableReading]:
    """The readings, rows that stand in several of them left out of all but one; `members` are the
    files of the archive that they come from."""
    kept = list(readings)
    for before, at in _sharing(readings):
        if _may_overlap(kept[before], kept[at], apart=members[before] != members[at]):
            kept[before], kept[at] = _told(kept[before], kept[at])
    return kept


def _sharing(readings: Sequence[TableReading]) -> list[tuple[int, int]]:
    """The pairs of readings that hold the same key, each with those before it."""
    keys = {
        at: reading.frames["activities"][c.KEY] for at, reading in enumerate(readings) if _source(reading)
    }
    if len(keys) < 2:
        return []
    held = np.repeat(list(keys), [len(one) for one in keys.values()])
    codes = pc.dictionary_encode(pa.chunked_array([chunk for one in keys.values() for chunk in one.chunks]))
    found = np.unique(np.stack([codes.combine_chunks().indices.to_numpy(), held]), axis=1)
    found = found[:, np.bincount(found[0])[found[0]] > 1]
    together = {tuple(some) for some in np.split(found[1], np.flatnonzero(np.diff(found[0])) + 1)}
    pairs = {(int(one), int(other)) for some in together for one, other in combinations(some, 2)}
    return sorted(pairs, key=lambda pair: pair[::-1])


def _may_overlap(one: TableReading, other: TableReading, *, apart: bool) -> bool:
    """Whether two tables are of one source and either known by ids or of different files."""
    sources = [_source(reading) for reading in (one, other)]
    return sources[0] is not None and sources[0] == sources[1] and (apart or _has_ids(other))


def _source(reading: TableReading) -> str | None:
    events = reading.frames.get("activities")
    return str(events[c.SOURCE][0].as_py()) if events is not None and len(events) else None


def _has_ids(reading: TableReading) -> bool:
    return any(match.field in _IDS for match in reading.columns)


def _told(one: TableReading, other: TableReading) -> tuple[TableReading, TableReading]:
    """Both, the one that reaches less far, or comes first, without the rows that they share."""
    before, after = (reading.frames["activities"] for reading in (one, other))
    first, second = _said(before, after), _said(after, before)
    equal = {key for key, said in second.items() if first[key] == said}
    changed = second.keys() - equal
    if _has_ids(other) and len(equal) < len(changed):
        return one, other  # the numbers begin anew in every table
    if pc.max(before[c.TS]).as_py() > pc.max(after[c.TS]).as_py():
        return one, _without(_without(other, equal, _COPY), changed, _CHANGED)
    return _without(_without(one, equal, _COPY), changed, _CHANGED), other


def _said(events: pa.Table, others: pa.Table) -> dict[str, tuple[int, bool]]:
    """Key → what the last row says that has it, of the keys that the other table has too."""
    shared = events.select(_COMPARED).filter(pc.is_in(events[c.KEY], value_set=others[c.KEY]))
    keys, *said = (shared[name].to_pylist() for name in _COMPARED)
    return dict(zip(keys, zip(*said, strict=True), strict=True))


def _without(reading: TableReading, keys: Collection[str], code: str) -> TableReading:
    """A reading without the events of some keys; a row of which nothing else counts is skipped."""
    if not keys:
        return reading
    events = reading.frames["activities"]
    gone = pc.is_in(events[c.KEY], value_set=pa.array(keys, events[c.KEY].type))
    kept = events.filter(pc.invert(gone))
    rows = _counted_rows(events.filter(gone)) - _counted_rows(kept)
    preview = reading.preview.copy()
    preview.loc[preview[" row"].isin(rows), [" status", " code"]] = [SKIPPED, code]
    lines = [[reading.sheet, row, None, None, code, SKIPPED, "{}"] for row in sorted(rows)]
    return replace(
        reading.telling(lines),
        accepted=reading.accepted - len(rows),
        skipped=reading.skipped + len(rows),
        preview=preview,
        frames={**reading.frames, "activities": kept},
    )


def _counted_rows(events: pa.Table) -> set[int]:
    return set(events[c.ROW].filter(pc.invert(events[c.WITHDRAWN])).to_pylist())
