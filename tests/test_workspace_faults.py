"""Whatever fails, and whenever, the workspace is as it was before or as it is after: never between."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from quota import columns as c
from quota import engines, intake
from quota.errors import StorageFault
from quota.i18n import LANGUAGES, error_message
from quota.workspace import Workspace
from tests.test_workspace import NOW, RECORD, event, put

UPLOAD = b"Rep,Calls\nRaj,150\n"
SHA256 = hashlib.sha256(UPLOAD).hexdigest()


def import_everything(workspace: Workspace) -> None:
    """Activities that are new, changed, the same and withdrawn; people; rejects; an upload."""
    rows = [event("a"), event("b", count=3), event("c", withdrawn=True), event("e")]
    people = pa.Table.from_pylist([{c.REP: "Raj", c.TEAM: "South"}, {c.REP: "Åse", c.TEAM: "North"}])
    refused = pa.Table.from_pylist([{c.ROW: 9, "code": "bad_date", "status": "rejected"}], c.REJECTS)
    workspace.commit(
        file="all.xlsx",
        data=UPLOAD,
        sha256=SHA256,
        by="ann",
        now=NOW,
        tables={"activities": pa.Table.from_pylist(rows, c.TIDY), "people": people},
        rejects=refused,
        record=RECORD,
    )


def undo_the_second(workspace: Workspace) -> None:
    workspace.undo(workspace.imports()[c.IMPORT_ID][1], by="ann", now=NOW)


def count_once(workspace: Workspace) -> None:
    pairs = {"source_a": ["crm"], "key_a": ["a"], "source_b": ["phone"], "key_b": ["p"]}
    intake.count_once(workspace, pd.DataFrame(pairs), "crm", named="Once", by="ann", now=NOW)


def redo_the_first(workspace: Workspace) -> None:
    workspace.redo(workspace.imports()[c.IMPORT_ID][0], by="ann", now=NOW)


def fill(workspace: Workspace) -> None:
    first = put(workspace, event("x", count=8), event("y"))
    put(workspace, event("a"), event("b"), event("c"), event("d"), event("p", source="phone"))
    workspace.undo(first.import_id, by="ann", now=NOW)


def state(location: Path) -> dict[str, object]:
    """Every number, as a fresh process would see it."""
    workspace = Workspace.open(location)
    imports = workspace.imports()
    kept = [name for name in os.listdir(location) if name == "uploads"]
    return {
        "imports": imports.drop(columns=[c.IMPORT_ID, c.AT]).to_dict("list"),
        "activities": sorted(map(repr, workspace.activities(columns=[c.KEY, c.COUNT]).to_pylist())),
        "cube": engines.cube(workspace).to_csv(),
        "people": workspace.table("people")[[c.REP, c.TEAM]].to_dict("list"),
        "rejects": [len(workspace.rejects(name)) for name in imports[c.IMPORT_ID]],
        "uploads": [workspace.upload(s) for s in imports["sha256"] if s and kept],
    }


class Bomb:
    """Lets calls through until the n-th, which fails before, half way or after doing its work."""

    def __init__(self, n: int, how: str) -> None:
        self.left, self.how = n, how

    def armed(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.left -= 1
            if self.left != 0:
                return real(*args, **kwargs)
            if self.how == "after":
                real(*args, **kwargs)
            if self.how == "half" and real is REAL_WRITE:
                with kwargs["filesystem"].open_output_stream(args[1]) as target:
                    target.write(b"PAR1 torn")
            raise OSError(28, "No space left on device")

        return call


REAL_WRITE = pq.write_table
WRITES = [(pq, "write_table"), (DeltaTable, "create_write_transaction"), (Path, "replace")]
SYNCS = [(os, "fsync")]


@pytest.mark.parametrize("change", [import_everything, undo_the_second, redo_the_first, count_once])
@pytest.mark.parametrize("how", ["before", "half", "after"])
def test_failing_any_write_leaves_all_or_nothing(tmp_path: Path, change: Any, how: str) -> None:
    fill(Workspace.open(tmp_path / "base"))
    shutil.copytree(tmp_path / "base", tmp_path / "done")
    change(Workspace.open(tmp_path / "done"))
    before, after = state(tmp_path / "base"), state(tmp_path / "done")
    assert before != after
    failures = 0
    while True:
        place = tmp_path / f"try{failures}"
        shutil.copytree(tmp_path / "base", place)
        bomb = Bomb(failures + 1, how)
        with pytest.MonkeyPatch.context() as patch:
            for owner, name in WRITES + (SYNCS if how == "before" else []):
                patch.setattr(owner, name, bomb.armed(getattr(owner, name)))
            with suppress(StorageFault):  # what only tidies up may fail unheard
                change(Workspace.open(place))
        if bomb.left > 0:
            break
        found = state(place)
        assert found in (before, after)
        if found == before:
            last_failed = place
        failures += 1
    # At least a parquet file and a Delta commit for each of the tables written.
    assert failures >= (8 if change is import_everything else 2)
    change(Workspace.open(last_failed))
    assert state(last_failed) == after


def damaged(location: Path, pattern: str, content: bytes | None) -> None:
    found = sorted(location.glob(pattern))
    assert found
    for path in found:
        path.unlink() if content is None else path.write_bytes(content)


@pytest.mark.parametrize(
    ("pattern", "content"),
    [
        ("imports/_delta_log/*.json", b"not json"),
        ("imports/_delta_log/*.json", b""),
        ("imports/_delta_log/*.json", None),
        ("imports/*.parquet", None),
        ("imports/*.parquet", b"PAR1 torn"),
        ("activities/*/*.parquet", None),
        ("activities/*/*.parquet", b""),
        ("activities/*/*.parquet", b"PAR1 torn PAR1"),
        ("activities/_delta_log/*.json", None),
        ("people/_delta_log/*.json", None),
    ],
)
def test_a_damaged_workspace_is_said_to_be_one(tmp_path: Path, pattern: str, content: bytes | None) -> None:
    import_everything(Workspace.open(tmp_path))
    damaged(tmp_path, pattern, content)
    with pytest.raises(StorageFault) as caught:
        state(tmp_path)
    assert caught.value.code == "workspace_damaged"
    for lang in LANGUAGES:
        assert str(tmp_path) in error_message(caught.value, lang)


def test_a_place_that_cannot_be_a_workspace_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageFault) as caught:
        Workspace.open(tmp_path / "file")
    assert caught.value.code == "workspace_unreachable"
    assert "\n" not in error_message(caught.value, "en")


def test_a_workspace_that_vanishes_is_not_silently_begun_anew(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "workspace")
    put(workspace, event("a"))
    shutil.rmtree(tmp_path / "workspace")
    for ask in (
        workspace.version,
        workspace.imports,
        workspace.activities,
        lambda: put(workspace, event("b")),
    ):
        with pytest.raises(StorageFault):
            ask()


def test_a_half_made_workspace_is_completed(tmp_path: Path) -> None:
    Workspace.open(tmp_path)
    shutil.rmtree(tmp_path / "imports")
    shutil.rmtree(tmp_path / "quotas")
    workspace = Workspace.open(tmp_path)
    put(workspace, event("a"))
    assert workspace.table("quotas").empty
    pd.testing.assert_index_equal(workspace.imports().index, pd.RangeIndex(1))
