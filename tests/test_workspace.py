"""What the workspace promises, on frames of a few rows."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from quota import columns as c
from quota.errors import BadRequest, StorageFault
from quota.workspace import Receipt, Workspace
from quota.workspace.store import Conflict, Store

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


def test_a_key_that_came_back_is_not_counted_twice_when_its_withdrawal_is_undone(
    workspace: Workspace,
) -> None:
    put(workspace, event("a"))
    withdrawal = put(workspace, event("a", withdrawn=True))
    assert put(workspace, event("a", count=5)).new == 1
    workspace.undo(withdrawal.import_id, by="ann", now=NOW)
    assert seen(workspace) == {"a": 5}


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


def people(*rows: dict) -> dict[str, pa.Table]:
    """Rows of people, as a `tables` argument."""
    return {"people": pa.Table.from_pylist([{c.WITHDRAWN: False} | row for row in rows])}


def edit(workspace: Workspace, tables: dict[str, pa.Table], now: datetime = NOW) -> Receipt:
    """Commit tables that come from no file."""
    return workspace.commit(
        file="", data=None, sha256="", by="ann", now=now, tables=tables, rejects=None, record={}
    )


def test_small_tables_show_the_latest_row_of_each_identity(workspace: Workspace) -> None:
    edit(workspace, people({c.REP: "Raj", c.TEAM: "North"}, {c.REP: "Åse"}, {c.REP: "Bo"}))
    later = NOW + timedelta(days=1)
    rows = people({c.REP: "Raj", c.TEAM: "South"}, {c.REP: "Åse"}, {c.REP: "Bo", c.WITHDRAWN: True})
    receipt = edit(workspace, rows, later)
    assert (receipt.new, receipt.changed, receipt.same) == (0, 2, 1)
    now, before = workspace.table("people"), workspace.table("people", as_of=NOW)
    assert list(now.columns) == [n for n in c.TABLES["people"].names if n != c.WITHDRAWN]
    assert dict(zip(now[c.REP], now[c.TEAM].fillna("-"), strict=True)) == {"Raj": "South", "Åse": "-"}
    assert sorted(before[c.REP]) == ["Bo", "Raj", "Åse"]
    assert set(now[c.BY]) == {"ann"}
    assert set(now[c.AT]) == {later}
    workspace.undo(receipt.import_id, by="ann", now=later)
    assert sorted(workspace.table("people")[c.TEAM].fillna("-")) == ["-", "-", "North"]


def test_identities_of_several_columns_may_hold_nothing(workspace: Workspace) -> None:
    def quota(first: date | None, target: float) -> dict:
        words = {"quota": "Calls", "who": "everyone", c.KIND: "call", "measure": "count", "every": "week"}
        return words | {"target": target, "from": first}

    january = date(2026, 1, 1)
    edit(workspace, {"quotas": pa.Table.from_pylist([quota(None, 10.0), quota(january, 20.0)])})
    receipt = edit(workspace, {"quotas": pa.Table.from_pylist([quota(None, 15.0)])})
    assert (receipt.new, receipt.changed) == (0, 1)
    assert sorted(workspace.table("quotas")["target"]) == [15.0, 20.0]


def test_what_was_refused_is_kept_with_its_import(workspace: Workspace) -> None:
    row = {
        c.SHEET: "S",
        c.ROW: 7,
        "column": "Date",
        "value": "31.2.",
        "code": "bad_date",
        "status": "rejected",
    }
    first = put(workspace, event("a"), rejects=pa.Table.from_pylist([row]))
    second = put(workspace, event("b"))
    assert workspace.rejects(first.import_id)[["row", "value", "code"]].values.tolist() == [
        [7, "31.2.", "bad_date"]
    ]
    assert workspace.rejects(second.import_id).empty
    with pytest.raises(BadRequest, match="unknown_import"):
        workspace.rejects("../people")


def test_dictionaries_and_large_strings_are_stored_as_plain_texts(workspace: Workspace) -> None:
    table = pa.Table.from_pylist([event("a"), event("b")], c.TIDY)
    table = table.set_column(1, c.REP, table[c.REP].dictionary_encode())
    table = table.set_column(0, c.KEY, table[c.KEY].cast(pa.large_string()))
    edit(workspace, {"activities": table})
    receipt = edit(workspace, {"activities": table})
    assert (receipt.new, receipt.same) == (0, 2)
    rows = workspace.activities()
    assert rows.schema.names == c.TABLES["activities"].names
    assert [field.type for field in rows.schema] == [field.type for field in c.TABLES["activities"]]
    assert set(rows[c.REP].to_pylist()) == {"Raj"}


def test_a_null_where_none_may_be_is_refused_and_stores_nothing(workspace: Workspace) -> None:
    table = pa.Table.from_pylist([{**event("a"), c.REP: None}])
    with pytest.raises(ValueError, match=r"activities\.rep"):
        edit(workspace, {"activities": table})
    assert workspace.imports().empty


def test_an_import_that_loses_the_race_compares_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rivals = [event("a"), event("b")]
    append = Store.append

    def late(self: Store, name: str, *args: object, **options: object) -> None:
        append(self, name, *args, **options)
        if name == "activities" and rivals:
            rows, rivals[:] = list(rivals), []
            put(Workspace.open(self.location), *rows)

    monkeypatch.setattr(Store, "append", late)
    receipt = put(workspace, event("a"), event("b", count=2), event("c"))
    assert (receipt.new, receipt.changed, receipt.same) == (1, 1, 1)
    assert list(workspace.imports()["new"]) == [2, 1]
    assert seen(workspace) == {"a": 1, "b": 2, "c": 1}


def test_a_workspace_that_never_comes_to_rest_is_said_to_be_busy(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise Conflict

    monkeypatch.setattr(Store, "append", refuse)
    monkeypatch.setattr("quota.workspace.store.time.sleep", lambda seconds: None)
    with pytest.raises(StorageFault, match="workspace_busy"):
        put(workspace, event("a"))


def test_an_object_store_works_like_a_folder(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path.as_uri())
    upload = bytes(range(256)) * 20_000
    sha256 = hashlib.sha256(upload).hexdigest()
    first = put(workspace, event("a"), event("b"), data=upload, sha256=sha256)
    put(workspace, event("a", count=2))
    workspace.undo(first.import_id, by="ann", now=NOW)
    assert seen(workspace) == {"a": 2}
    assert workspace.upload(sha256) == upload
    assert seen(Workspace.open(tmp_path)) == {"a": 2}


def test_an_upload_can_come_from_a_file(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_bytes(b"Rep,Calls")
    sha256 = hashlib.sha256(b"Rep,Calls").hexdigest()
    for _ in range(2):
        put(workspace, event("a"), data=tmp_path / "export.csv", sha256=sha256)
    assert workspace.upload(sha256) == b"Rep,Calls"
    assert [path.name for path in Path(workspace.location, "uploads").iterdir()] == [sha256]


@pytest.mark.parametrize(
    ("name", "added"), [("imports", "mapping"), ("people", "aliases"), ("activities", "topic")]
)
def test_a_workspace_made_before_a_column_existed_gains_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, added: str
) -> None:
    schema = c.TABLES[name]
    older = schema.remove(schema.get_field_index(added))
    tables = people({c.REP: "Raj"}) | {"activities": pa.Table.from_pylist([event("a")], c.TIDY)}
    with monkeypatch.context() as patch:
        patch.setitem(c.TABLES, name, older)
        edit(Workspace.open(tmp_path), {"activities": tables["activities"].drop_columns(["topic"])})
    workspace = Workspace.open(tmp_path)
    assert seen(workspace) == {"a": 1}
    tables["activities"] = pa.Table.from_pylist([event("b") | {"topic": "Renewal"}], c.TIDY)
    edit(workspace, tables)
    assert sorted(workspace.activities()["topic"].to_pylist(), key=str) == [None, "Renewal"]
    assert list(workspace.table("people")[c.REP]) == ["Raj"]
    assert len(workspace.imports()) == 2
