"""Sheets of one file that use the same ids for different rows are different sources.

Without ids, equal rows on two sheets are two events: the later one gets a key of its own,
whatever the sheets are called.
"""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from quota import columns as c
from quota.ingest import tidy
from quota.ingest.records import TableReading


def told_apart(readings: list[TableReading]) -> list[TableReading]:
    """The readings, each with keys or a source of its own where an earlier one has the same."""
    seen: dict[str, pa.ChunkedArray] = {}
    apart = []
    for reading in readings:
        events = reading.frames.get("activities")
        if events is not None and len(events):
            source, keys = events[c.SOURCE][0].as_py(), events[c.KEY]
            held = seen.get(source, keys[:0])
            met = pc.is_in(keys, value_set=held)
            if not pc.any(met).as_py():
                seen[source] = pa.chunked_array([*held.chunks, *keys.chunks])
            elif any(match.field in ("id", "deal_id") for match in reading.columns):
                named = tidy.constant(f"{source} ({reading.sheet})", len(events))
                reading = _with_column(reading, events, c.SOURCE, named)
            else:
                keys = _further(keys, met, held)
                reading = _with_column(reading, events, c.KEY, keys)
                seen[source] = pa.chunked_array([*held.chunks, *keys.chunks])
        apart.append(reading)
    return apart


def _further(keys: pa.ChunkedArray, met: pa.ChunkedArray, held: pa.ChunkedArray) -> pa.ChunkedArray:
    """Keys of which those that were met are marked until nobody holds them."""
    while pc.any(met).as_py():
        keys = pc.if_else(met, pc.binary_join_element_wise(keys, "again", "/"), keys)
        met = pc.is_in(keys, value_set=held)
    return keys


def _with_column(
    reading: TableReading, events: pa.Table, name: str, values: pa.Array | pa.ChunkedArray
) -> TableReading:
    changed = events.set_column(events.schema.get_field_index(name), name, values)
    return replace(reading, frames={**reading.frames, "activities": changed})
