"""What the workspace promises, on frames of a few rows."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from quota import columns as c
from quota.errors import BadRequest
from quota.workspace import Receipt, Workspace

NOW = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
RECORD = {"rows": 3, "accepted": 2, "skipped": 1, "rejected": 0, "mapping": "{}"}


def event(key: str, day: int = 9, *, count: int = 1, source: str = "crm", withdrawn: bool = False) -> dict:
    """One activity row; its digest is its count."""
    return {
        c.KEY: key,
        c.REP: "Raj",
        c.TS: datetime(2026, 11, day, 9),
        c.KIND: "call",
        c.COUNT: count,
        c.SOURCE: source,
        c.ROW: 2,
        c.DIGEST: count,
        c.WITHDRAWN: withdrawn,
    }


def put(workspace: Workspace, *events: dict, now: datetime = NOW, **options: object) -> Receipt:
    """Commit activities."""
    tables = {"activities": pa.Table.from_pylist(list(events), c.TIDY)}
    settings = {"file": "week.csv", "data": None, "sha256": "", "by": "ann", "rejects": None} | options
    return workspace.commit(now=now, tables=tables, record=RECORD, **settings)


def seen(workspace: Workspace, as_of: datetime | None = None) -> dict[str, int]:
    """key → count of what is visible."""
    rows = workspace.activities(as_of, [c.KEY, c.COUNT]).to_pylist()
    assert len({row[c.KEY] for row in rows}) == len(rows)
    return {row[c.KEY]: row[c.COUNT] for row in rows}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "workspace")


def test_an_import_is_visible_counted_and_logged(workspace: Workspace) -> None:
    receipt = put(workspace, event("a"), event("b", 12, count=5))
    assert (receipt.new, receipt.changed, receipt.same, receipt.skipped) == (2, 0, 0, 1)
    assert seen(workspace) == {"a": 1, "b": 5}
    row = workspace.imports().iloc[0]
    assert row["import_id"] == receipt.import_id
    assert (row["file"], row["by"], row["new"], row["rows"], row["active"]) == ("week.csv", "ann", 2, 3, True)
    assert (str(row["first_day"]), str(row["last_day"])) == ("2026-11-09", "2026-11-12")


def test_the_same_again_counts_nothing_twice(workspace: Workspace) -> None:
    put(workspace, event("a"), event("b"))
    receipt = put(workspace, event("a"), event("b", count=2), event("c"))
    assert (receipt.new, receipt.changed, receipt.same) == (1, 1, 1)
    assert seen(workspace) == {"a": 1, "b": 2, "c": 1}


def test_undo_and_redo(workspace: Workspace) -> None:
    put(workspace, event("a"))
    second = put(workspace, event("a", count=7), event("b"))
    workspace.undo(second.import_id, by="ann", now=NOW)
    assert seen(workspace) == {"a": 1}
    with pytest.raises(BadRequest, match="already_undone"):
        workspace.undo(second.import_id, by="ann", now=NOW)
    workspace.redo(second.import_id, by="ann", now=NOW)
    assert seen(workspace) == {"a": 7, "b": 1}
    with pytest.raises(BadRequest, match="not_undone"):
        workspace.redo(second.import_id, by="ann", now=NOW)
    with pytest.raises(BadRequest, match="unknown_import"):
        workspace.undo("nothing", by="ann", now=NOW)


def test_as_of_shows_what_was_seen_then(workspace: Workspace) -> None:
    first = put(workspace, event("a"))
    put(workspace, event("a", count=2), now=NOW + timedelta(hours=2))
    workspace.undo(first.import_id, by="ann", now=NOW + timedelta(hours=4))
    assert seen(workspace, NOW - timedelta(hours=1)) == {}
    assert seen(workspace, NOW + timedelta(hours=1)) == {"a": 1}
    assert seen(workspace, NOW + timedelta(hours=3)) == {"a": 2}
    assert list(workspace.imports(NOW + timedelta(hours=3))["active"]) == [True, True]
    assert list(workspace.imports()["active"]) == [False, True]


def test_a_withdrawn_row_takes_the_earlier_one_out(workspace: Workspace) -> None:
    put(workspace, event("a"), event("b"))
    receipt = put(workspace, event("a", withdrawn=True), event("never seen", withdrawn=True))
    assert (receipt.new, receipt.changed, receipt.same) == (0, 1, 0)
    assert seen(workspace) == {"b": 1}
    assert list(workspace.rows(receipt.import_id)["key"]) == ["a"]
    workspace.undo(receipt.import_id, by="ann", now=NOW)
    assert seen(workspace) == {"a": 1, "b": 1}


def test_replacing_a_period_withdraws_what_the_file_no_longer_holds(workspace: Workspace) -> None:
    put(workspace, event("a", 9), event("b", 10), event("c", 20), event("d", 10, source="phone"))
    receipt = put(workspace, event("a", 9), event("e", 11), replace_period=True)
    assert (receipt.new, receipt.changed, receipt.same) == (1, 1, 1)
    assert seen(workspace) == {"a": 1, "c": 1, "d": 1, "e": 1}


def test_keys_of_different_sources_are_different(workspace: Workspace) -> None:
    put(workspace, event("a"), event("b", source="phone"))
    receipt = put(workspace, event("a", source="phone"), event("b", source="phone", count=3))
    assert (receipt.new, receipt.changed, receipt.same) == (1, 1, 0)
    rows = workspace.activities(columns=[c.SOURCE, c.KEY, c.COUNT]).to_pylist()
    assert sorted(tuple(row.values()) for row in rows) == [
        ("crm", "a", 1),
        ("phone", "a", 1),
        ("phone", "b", 3),
    ]


def test_an_upload_is_kept_under_its_checksum(workspace: Workspace) -> None:
    sha256 = hashlib.sha256(b"Rep,Calls").hexdigest()
    put(workspace, event("a"), data=b"Rep,Calls", sha256=sha256, file="../../etc/passwd")
    assert workspace.upload(sha256) == b"Rep,Calls"
    with pytest.raises(BadRequest, match="unknown_upload"):
        workspace.upload("../imports")
