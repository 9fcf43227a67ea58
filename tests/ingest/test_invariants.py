"""What holds for every file whatever it says: each row has one fate, each event one key."""

from __future__ import annotations

import pytest
from golden_files import CASES, expectation, reading

from quota import columns as c
from quota.ingest.records import NOTE, REJECTED, SKIPPED, TableReading


@pytest.mark.parametrize("name", [name for name in CASES if "error" not in expectation(name)])
def test_each_file_keeps_its_books(name: str) -> None:
    read = reading(name)
    assert not isinstance(read, str)
    sources: dict[str, set[str]] = {}
    for table in read.tables:
        _every_row_has_one_fate(table)
        if "activities" in table.frames:
            _every_event_is_sound(table)
            for source, keys in _keys(table).items():
                assert not keys & sources.setdefault(source, set())
                sources[source] |= keys


def _every_row_has_one_fate(table: TableReading) -> None:
    assert table.rows == table.accepted + table.skipped + table.rejected
    if table.layout == "unknown" or not table.frames:
        return
    untaken = table.issues[table.issues["status"] != NOTE]
    assert untaken["row"].is_unique
    assert (untaken["status"] == SKIPPED).sum() == table.skipped
    assert (untaken["status"] == REJECTED).sum() == table.rejected
    shown = table.preview.set_index(" row")[" status"]
    assert len(shown) == table.rows
    assert set(shown.index[shown != "accepted"]) == set(untaken["row"])


def _every_event_is_sound(table: TableReading) -> None:
    events = table.frames["activities"]
    assert events.column_names == c.TIDY.names
    untaken = set(table.issues.loc[table.issues["status"] != NOTE, "row"])
    for event in events.to_pylist():
        assert event[c.REP].strip() == event[c.REP] != ""
        assert event[c.TS] is not None
        assert event[c.KIND] in c.KINDS
        assert event[c.ROW] > table.header_row
        assert event[c.DIRECTION] in (None, *c.DIRECTIONS)
        if not event[c.WITHDRAWN]:
            assert event[c.ROW] not in untaken
            assert event[c.COUNT] > 0 or event[c.AMOUNT]


def _keys(table: TableReading) -> dict[str, set[str]]:
    """Source → keys; no key twice within a table."""
    found: dict[str, set[str]] = {}
    for event in table.frames["activities"].to_pylist():
        keys = found.setdefault(event[c.SOURCE], set())
        assert event[c.KEY] not in keys, event
        keys.add(event[c.KEY])
    return found
