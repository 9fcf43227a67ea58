"""Tables of a file that only repeat another one: a summary sheet beside the rows that it sums up, or
a copy of the rows themselves.

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
from quota.ingest.labels import period_label
from quota.ingest.records import NOTE, SKIPPED, TableReading

_ROWS = ("activities", "deals")
_CODE = "repeats_other_table"
_COPY = "copy_of_other_table"
_EQUAL = "equals_other_table"
_OVERLAP = "overlaps_other_table"
# So many equal events are a copy, whatever the table is called.
_NO_CHANCE = 5
# Where a row stands says nothing of what it is.
_OF_FILE = (c.SOURCE, c.IMPORT_ID, c.SHEET, c.ROW)


def told_once(readings: list[TableReading]) -> list[TableReading]:
    """The readings, the rows of those that repeat another one left out."""
    readings = _without_copies(readings)
    if all(one.layout != "counts" for one in readings):
        return readings
    raw = [_done(one) for one in readings if one.layout in _ROWS and c.KIND in _columns(one)]
    told = [
        _left_out(one)
        if one.layout == "counts" and _columns(one) and any(_repeats(_done(one), rows) for rows in raw)
        else one
        for one in readings
    ]
    told = _finest(told)
    return [_overlap_told(one, told) for one in told]


def _finest(readings: list[TableReading]) -> list[TableReading]:
    """The readings, the rows left out of each tracker that adds up the others."""
    kept = list(readings)
    done = {at: _done(one) for at, one in enumerate(readings) if _counts(one)}
    if len(done) < 2:
        return kept
    tables = [
        rows.append_column("table", pa.array([at] * len(rows), pa.int64())) for at, rows in done.items()
    ]
    counts = pa.concat_tables(tables).unify_dictionaries()
    for at, rows in done.items():
        others = counts.filter(pc.not_equal(counts["table"], at))
        if _adds_up(rows, others):
            kept[at], counts = _left_out(readings[at]), others
    return kept


def _overlap_told(reading: TableReading, readings: list[TableReading]) -> TableReading:
    """The reading, with a note where it is a month's sheet and another one counts within the same month:
    weeks that run over the month's ends need not add up."""
    label = period_label(reading.sheet or "")
    if label is None or label.unit != "month" or not _counts(reading):
        return reading
    own = {(row[c.REP], row[c.KIND], row[c.TS]) for row in _done(reading).to_pylist()}
    for other in (one for one in readings if one is not reading and _counts(one)):
        for row in _done(other).to_pylist():
            month = row[c.TS].replace(day=1)
            if row[c.TS].day > 1 and (row[c.REP], row[c.KIND], month) in own:
                return reading.telling([[reading.sheet, None, None, other.sheet, _OVERLAP, NOTE, None]])
    return reading


def _counts(reading: TableReading) -> bool:
    return reading.layout == "counts" and bool(_columns(reading))


def _without_copies(readings: list[TableReading]) -> list[TableReading]:
    """The readings, the rows left out of those in which all is as in an earlier table of the file.

    A few equal rows under another name may be chance: they stay, and that is said.
    """
    kept: list[TableReading] = []
    for reading in readings:
        like = next((earlier for earlier in kept if _is_copy(reading, earlier)), None)
        if like is None:
            kept.append(reading)
        elif _named_alike(reading, like) or (reading.layout in _ROWS and reading.accepted >= _NO_CHANCE):
            kept.append(_left_out(reading, _COPY))
        else:
            kept.append(reading.telling([[reading.sheet, None, None, like.sheet, _EQUAL, NOTE, None]]))
    return kept


def _named_alike(one: TableReading, other: TableReading) -> bool:
    """Whether the name of one sheet is in the other's: `Data`, `Data (old copy)`."""
    names = [" ".join((reading.sheet or "").casefold().split()) for reading in (one, other)]
    return all(names) and (names[0] in names[1] or names[1] in names[0])


def _is_copy(reading: TableReading, earlier: TableReading) -> bool:
    """Whether two tables hold the same events under the same headings; of a single row it may be chance."""
    one, other = (which.frames.get("activities") for which in (reading, earlier))
    if one is None or other is None or one.num_rows != other.num_rows or reading.accepted < 2:
        return False
    if [match.header for match in reading.columns] != [match.header for match in earlier.columns]:
        return False
    told = [name for name in one.column_names if name not in _OF_FILE]
    places = [pc.sort_indices(_plain(events[c.KEY])) for events in (one, other)]
    return all(_plain(one[name]).take(places[0]).equals(_plain(other[name]).take(places[1])) for name in told)


def _plain(values: pa.ChunkedArray) -> pa.Array:
    """Values without their dictionary, in one piece."""
    whole = values.combine_chunks()
    return whole.dictionary_decode() if pa.types.is_dictionary(whole.type) else whole


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


def _adds_up(summary: pa.Table, counts: pa.Table) -> bool:
    """Whether every number of a tracker adds up those of other sheets, of which there are more: a week's
    sheet beside one of days for every rep."""
    if not _repeats(summary, counts):
        return False
    own = {(row[c.REP], row[c.KIND]) for row in summary.to_pylist()}
    numbers, parts = (
        [row for row in events.to_pylist() if row[c.COUNT] and (row[c.REP], row[c.KIND]) in own]
        for events in (summary, counts)
    )
    return len(numbers) < len(parts)


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


def _left_out(reading: TableReading, code: str = _CODE) -> TableReading:
    """The reading with every row that was taken skipped instead."""
    events = reading.frames["activities"]
    rows = sorted(set(events[c.ROW].to_pylist()))
    lines = [[reading.sheet, row, None, None, code, SKIPPED, "{}"] for row in rows]
    preview = reading.preview.copy()
    taken = preview[" status"] == "accepted"
    preview.loc[taken, [" status", " code"]] = [SKIPPED, code]
    return replace(
        reading.telling(lines),
        accepted=0,
        skipped=reading.skipped + reading.accepted,
        preview=preview,
        frames={**reading.frames, "activities": events.slice(0, 0)},
    )
