"""Several processes at once, and processes that are killed: nothing is lost, nothing is half there."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pyarrow as pa

from quota import columns as c
from quota.workspace import Workspace
from tests.test_workspace import NOW, RECORD, event, seen

ROOT = Path(__file__).parents[1]
ROWS = 3000

# Says that it is ready, waits for a line, then opens the workspace and imports.
CHILD = """
import sys
from tests.test_workspace_processes import import_batch
from quota.workspace import Workspace
location, name, imports = sys.argv[1], sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
workspace = Workspace.open(location)
for n in range(imports):
    import_batch(workspace, name, n)
"""


def import_batch(workspace: Workspace, name: str, n: int) -> None:
    """Import number n of a series: ROWS keys of which half were in the one before, all with count n + 1."""
    start = n * ROWS // 2
    rows = [event(f"{name}{i}", count=n + 1) for i in range(start, start + ROWS)]
    tables = {"activities": pa.Table.from_pylist(rows, c.TIDY)}
    upload = f"{name}{n}".encode()
    workspace.commit(
        file=f"{name}{n}.csv",
        data=upload,
        sha256=upload.hex().rjust(64, "0"),
        by=name,
        now=NOW,
        tables=tables,
        rejects=None,
        record=RECORD,
    )


def expected(name: str, imports: int) -> dict[str, int]:
    """What `imports` batches of a series show: of each key the count of the last import that held it."""
    half = ROWS // 2
    return {f"{name}{i}": min(i // half + 1, imports) for i in range((imports + 1) * half if imports else 0)}


def started(location: Path, name: str, imports: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(location), name, str(imports)]
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "ready\n"
    return child


def go(*children: subprocess.Popen[str]) -> None:
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()


def test_two_processes_that_begin_at_once_lose_nothing(tmp_path: Path) -> None:
    children = [started(tmp_path / "new", name, imports=6) for name in ("anna", "bo")]
    go(*children)
    assert [child.wait(timeout=120) for child in children] == [0, 0]
    workspace = Workspace.open(tmp_path / "new")
    log = workspace.imports()
    assert sorted(log["file"]) == sorted(f"{name}{n}.csv" for name in ("anna", "bo") for n in range(6))
    assert all(early < late for early, late in pairwise(log[c.AT]))
    assert seen(workspace) == expected("anna", 6) | expected("bo", 6)
    assert log["new"].sum() == 2 * 7 * ROWS // 2
    assert log["changed"].sum() == 2 * 5 * ROWS // 2


def test_a_process_killed_at_any_moment_leaves_whole_imports(tmp_path: Path) -> None:
    chance = random.Random(20261116)
    seen_lengths = set()
    for round_ in range(6):
        location = tmp_path / str(round_)
        child = started(location, "anna", imports=1000)
        go(child)
        time.sleep(chance.uniform(0.02, 0.8))
        child.kill()
        child.wait()
        workspace = Workspace.open(location)
        done = len(workspace.imports())
        seen_lengths.add(done)
        assert seen(workspace) == expected("anna", done)
        for sha256 in workspace.imports()["sha256"]:
            assert workspace.upload(sha256)
        import_batch(workspace, "anna", done)
        assert seen(workspace) == expected("anna", done + 1)
    assert len(seen_lengths) > 1
