"""The reading child: whatever happens to it, the parent lives and no process is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bad_files
import pyarrow as pa
import pytest

from quota.errors import UnreadableFile
from quota.ingest import FileReading, guard, limits

posix = pytest.mark.skipif(os.name != "posix", reason="signals and /proc")


def _children() -> set[int]:
    """The reading children of this process, borrowed and idle."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and b"quota.ingest.guard" in (folder / "cmdline").read_bytes():
                found.add(int(folder.name))
        except OSError:  # gone meanwhile
            continue
    return found


def _soon(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.csv"
    path.write_bytes(bad_files.activities_csv())
    return path


@pytest.fixture
def child(good: Path) -> guard.subprocess.Popen[bytes]:
    """The one idle child, which has read a file already."""
    if len(guard._idle) != 1:
        guard._stop()
    guard.run("read_file", good, good.name)
    (idle,) = guard._idle
    return idle


@pytest.fixture(scope="module", autouse=True)
def _none_left() -> Iterator[None]:
    yield
    guard._stop()
    assert _soon(lambda: not any(map(_alive, _children())))


def _read(path: Path) -> FileReading:
    reading: FileReading = guard.run("read_file", path, path.name)
    return reading


def _refusal(path: Path) -> str:
    with pytest.raises(UnreadableFile) as refusal:
        _read(path)
    assert refusal.value.details["file"] == path.name
    return refusal.value.code


@posix
def test_the_same_child_reads_the_next_file(child: guard.subprocess.Popen[bytes], good: Path) -> None:
    assert _read(good).accepted == 2
    assert guard._idle == [child]
    assert _children() == {child.pid}


def test_a_path_is_relative_to_the_caller(
    child: guard.subprocess.Popen[bytes], good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(good.parent)
    assert _read(Path(good.name)).accepted == 2


def test_a_refusal_comes_back_with_code_and_details(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    assert _refusal(path) == "empty_file"


def test_a_fault_in_the_reader_is_a_refused_file_and_the_child_lives(
    child: guard.subprocess.Popen[bytes], good: Path
) -> None:
    with pytest.raises(UnreadableFile, match="reader_failed"):
        guard.run("no_such_function", good, good.name)
    assert guard._idle == [child]
    assert _read(good).accepted == 2


@posix
def test_a_child_that_aborts_costs_one_refused_file(
    child: guard.subprocess.Popen[bytes], good: Path, tmp_path: Path
) -> None:
    path = tmp_path / "corners.xlsx"
    path.write_bytes(bad_files.corners())
    assert _refusal(path) == "reader_stopped"
    assert child.returncode is not None
    assert not guard._idle
    assert _read(good).accepted == 2


@posix
def test_a_child_that_hangs_is_stopped_in_time(
    child: guard.subprocess.Popen[bytes], good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SECONDS", 0.3)
    os.kill(child.pid, signal.SIGSTOP)
    began = time.monotonic()
    assert _refusal(good) == "reader_stopped"
    assert 0.2 < time.monotonic() - began < 2
    assert child.returncode == -signal.SIGKILL
    assert not guard._idle


@posix
def test_another_thread_can_stop_a_reading(child: guard.subprocess.Popen[bytes], good: Path) -> None:
    stop = guard.Stop()
    os.kill(child.pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(guard.run, "read_file", good, good.name, stop=stop)
        assert _soon(lambda: stop._child is child)
        stop()
        with pytest.raises(UnreadableFile, match="reading_cancelled"):
            waiting.result(2)
    assert child.returncode == -signal.SIGKILL
    assert not guard._idle


def test_stopping_before_the_start_or_after_the_end(child: guard.subprocess.Popen[bytes], good: Path) -> None:
    late = guard.Stop()
    guard.run("read_file", good, good.name, stop=late)
    late()
    assert child.poll() is None
    with pytest.raises(UnreadableFile, match="reading_cancelled"):
        guard.run("read_file", good, good.name, stop=late)


@posix
def test_a_child_killed_while_idle_is_replaced(child: guard.subprocess.Popen[bytes], good: Path) -> None:
    os.kill(child.pid, signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert _read(good).accepted == 2
    assert child not in guard._idle


def test_a_file_over_the_limit_is_not_even_opened(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BYTES", 10)
    assert _refusal(good) == "file_too_large"


@posix
def test_memory_is_capped_by_the_size_of_the_file(child: guard.subprocess.Popen[bytes], good: Path) -> None:
    caps = Path(f"/proc/{child.pid}/limits").read_text().splitlines()
    cap = next(line for line in caps if line.startswith("Max address space")).split()[3]
    assert int(cap) == limits.MEMORY + limits.MEMORY_PER_BYTE * good.stat().st_size


@posix
def test_a_large_machine_does_not_spend_the_cap_on_threads(
    good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard._stop()
    monkeypatch.setenv("OMP_NUM_THREADS", "64")
    _read(good)
    given = Path(f"/proc/{guard._idle[0].pid}/environ").read_bytes().split(b"\0")
    assert next(int(entry[16:]) for entry in given if entry.startswith(b"OMP_NUM_THREADS=")) <= 8


def test_a_large_answer_is_mapped_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    rows = (f"{n},Rep {n % 7},2026-11-{n % 28 + 1:02d},Call\n" for n in range(50_000))
    path.write_text("Activity ID,Rep,Date,Type\n" + "".join(rows))
    before = pa.total_allocated_bytes()
    reading = _read(path)
    events = reading.tables[0].frames["activities"]
    assert reading.accepted == events.num_rows == 50_000
    assert events["key"][49_999].as_py() is not None
    assert events.nbytes > 2_000_000
    assert pa.total_allocated_bytes() - before < 0.05 * events.nbytes
    # The file behind the mapping is gone, the numbers are not.
    assert events["count"].to_pandas().sum() == 50_000


@posix
def test_threads_each_get_their_own_answer(tmp_path: Path) -> None:
    paths = []
    for n in range(1, 13):
        path = tmp_path / f"{n}.csv"
        path.write_bytes(bad_files.activities_csv(*[("Ann", "2026-11-09", "Call")] * n))
        paths.append(path)
    (bad := tmp_path / "bad.xlsx").write_bytes(bad_files.corners())

    def outcome(path: Path) -> int | str:
        return _refusal(path) if path == bad else _read(path).accepted

    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(outcome, [*paths[:6], bad, *paths[6:]]))
    assert found == [*range(1, 7), "reader_stopped", *range(7, 13)]
    assert len(guard._idle) <= guard._KEPT
    assert _children() == {child.pid for child in guard._idle}


_SCRIPT = """
import sys, time
from pathlib import Path
from quota.ingest import guard
guard.run("read_file", Path(sys.argv[1]), "good.csv")
print(guard._idle[0].pid, flush=True)
if sys.argv[2] == "wait":
    time.sleep(60)
"""


@posix
@pytest.mark.parametrize("end", ["leave", "kill"])
def test_the_child_goes_with_its_parent(good: Path, end: str) -> None:
    how = "wait" if end == "kill" else "leave"
    with subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, str(good), how], stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        if end == "kill":
            assert _alive(pid)
            parent.kill()
        parent.wait(10)
    assert _soon(lambda: not _alive(pid))
