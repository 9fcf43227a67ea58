"""Tables of a file that only repeat another one: a summary sheet beside the rows that it sums up.

A summary repeats the rows if every one of its numbers is how many of them there are, of that rep
and kind, in its period. It is left out whole: what is counted from the rows says more.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from quota import columns as c
from quota.ingest.records import SKIPPED, TableReading

_ROWS = ("activities", "deals")
_CODE = "repeats_other_table"


def told_once(readings: list[TableReading]) -> list[TableReading]:
    """The readings, the rows of those that repeat another one left out."""
    if all(one.layout != "counts" for one in readings):
        return readings
    raw = [_done(one) for one in readings if one.layout in _ROWS and c.KIND in _columns(one)]
    return [
        _left_out(one)
        if one.layout == "counts" and _columns(one) and any(_repeats(_done(one), rows) for rows in raw)
        else one
        for one in readings
    ]


def _columns(reading: TableReading) -> list[str]:
    events = reading.frames.get("activities")
    return events.column_names if events is not None else []


def _done(reading: TableReading) -> pa.Table:
    """The work that a table counts, without what it takes back."""
    events = reading.frames["activities"].select([c.REP, c.KIND, c.TS, c.COUNT, c.WITHDRAWN])
    return events.filter(pc.invert(events[c.WITHDRAWN]))


def _repeats(summary: pa.Table, rows: pa.Table) -> bool:
    """Whether each of at least two numbers of a summary is the number of rows behind it."""
    starts = sorted(set(summary[c.TS].to_pylist()))
    if not starts or len(summary) < 2 or len(summary) >= len(rows):
        return False
    told = _sums(summary, starts)
    return len(told) > 1 and told.items() <= _sums(rows, starts).items()


def _sums(events: pa.Table, starts: list[datetime]) -> Counter[tuple[object, ...]]:
    """rep, kind and start of the period → how often."""
    after = [*starts[1:], _end(starts)]
    found: Counter[tuple[object, ...]] = Counter()
    for start, end in zip(starts, after, strict=True):
        inside = events.filter(pc.and_(pc.greater_equal(events[c.TS], start), pc.less(events[c.TS], end)))
        grouped = inside.group_by([c.REP, c.KIND]).aggregate([(c.COUNT, "sum")])
        for row in grouped.to_pylist():
            found[row[c.REP], row[c.KIND], start] += row[f"{c.COUNT}_sum"]
    return found


def _end(starts: list[datetime]) -> datetime:
    """Where the last period ends: as far from its start as the others, else with its month or week."""
    last = starts[-1]
    if last.day == 1:
        return (last + timedelta(days=31)).replace(day=1)
    return last + (last - starts[-2] if len(starts) > 1 else timedelta(days=7))


def _left_out(reading: TableReading) -> TableReading:
    """The reading with every row that was taken skipped instead."""
    events = reading.frames["activities"]
    rows = sorted(set(events[c.ROW].to_pylist()))
    lines = [[reading.sheet, row, None, None, _CODE, SKIPPED, "{}"] for row in rows]
    preview = reading.preview.copy()
    taken = preview[" status"] == "accepted"
    preview.loc[taken, [" status", " code"]] = [SKIPPED, _CODE]
    return replace(
        reading.telling(lines),
        accepted=0,
        skipped=reading.skipped + reading.accepted,
        preview=preview,
        frames={**reading.frames, "activities": events.slice(0, 0)},
    )
