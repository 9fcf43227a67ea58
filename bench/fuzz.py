"""`python -m bench.fuzz [--files N] [--seconds S] [--seed K] [--keep DIR]`: broken files, one after another.

Each is a golden or sample file, mutated: bytes flipped, cut, spliced, delimiters and quotes put in, the
members of an archive or their XML damaged. Each is read in the guarded child and must give an answer in
which every row has a fate, or a refusal with a reason; never a fault, a hang, or more memory than the
guard grants. Every fiftieth is stored as well: all of it or nothing. What breaks this is kept.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from bench.mutations import Seed, mutated
from quota import intake
from quota.errors import QuotaError, UnreadableFile
from quota.ingest import Choices, FileReading, guard, limits
from quota.workspace import Workspace

ROOT = Path(__file__).parents[1]
HANG = 10.0
STORED_EVERY = 50
# Codes by which the guard says that the reader did not do its own work.
FAULTS = ("reader_failed", "reader_stopped")
_CHOICES = Choices(today=date(2026, 11, 21))


@dataclass(frozen=True)
class Fault:
    """A file that was not treated as it should be; `what` begins with the kind of fault."""

    what: str
    name: str
    data: bytes


def seeds() -> list[Seed]:
    """The golden files and the sample data, small enough to read a hundred a second."""
    paths = sorted((ROOT / "tests" / "golden").iterdir()) + sorted((ROOT / "sample_data").rglob("*"))
    files = [path for path in paths if path.is_file() and path.suffix not in ("", ".py", ".json", ".md")]
    return [Seed(path.name, data) for path in files if (data := path.read_bytes()[:300_000])]


def run(files: int, seconds: float, seed: int, keep: Path | None = None) -> tuple[Counter[str], list[Fault]]:
    """Try mutated files until so many were tried or the time is up: outcomes by code, and the faults."""
    outcomes: Counter[str] = Counter()
    faults: list[Fault] = []
    _warm()
    deadline, corpus = time.monotonic() + seconds, seeds()
    with tempfile.TemporaryDirectory(prefix="quota-fuzz-") as folder:
        workspace = Workspace.open(Path(folder) / "workspace")
        for number in range(files):
            if time.monotonic() > deadline:
                break
            chance = random.Random(f"{seed}-{number}")
            name, data = mutated(corpus, chance)
            path = Path(folder) / "file"
            path.write_bytes(data)
            told, wrong = _tried(path, name, workspace if number % STORED_EVERY == 0 else None)
            outcomes[told] += 1
            for what in wrong:
                faults.append(Fault(what, f"{seed}-{number}-{name}", data))
                _keep(faults[-1], keep)
    return outcomes, faults


def _tried(path: Path, name: str, workspace: Workspace | None) -> tuple[str, list[str]]:
    """What became of a file, and everything that should not have."""
    began, wrong = time.monotonic(), []
    try:
        reading = intake.read(path, name, _CHOICES)
    except UnreadableFile as refusal:
        told = refusal.code
        if told in FAULTS:
            wrong.append(f"{told}: {_reason(path, name) if told == 'reader_failed' else ''}")
    else:
        told = "read"
        wrong += _books(reading)
        if workspace is not None:
            told = "stored"
            wrong += _stored(workspace, reading, path)
    if time.monotonic() - began > HANG and (again := _cold(path, name)) > HANG:
        wrong.append(f"hang: {again:.0f} s")
    if (peak := _peak()) > limits.MEMORY:
        wrong.append(f"memory: {peak >> 20} MB")
    return told, wrong


def _cold(path: Path, name: str) -> float:
    """The seconds that a file takes in a new child: a busy machine hangs once, a bad pattern twice."""
    guard._stop()
    _warm()
    began = time.monotonic()
    with suppress(UnreadableFile):
        intake.read(path, name, _CHOICES)
    return time.monotonic() - began


def _warm() -> None:
    intake.read(b"Rep,Date,Type\nAnn,2026-11-09,Call\n", "first.csv", _CHOICES)


def _books(reading: FileReading) -> list[str]:
    """Tables whose rows do not add up."""
    return [
        f"books: {table.rows} rows = {table.accepted} + {table.skipped} + {table.rejected}"
        for table in reading.tables
        if table.rows != table.accepted + table.skipped + table.rejected
    ]


def _stored(workspace: Workspace, reading: FileReading, path: Path) -> list[str]:
    """What is half stored after an import, or after a refused one."""
    before = _held(workspace)
    try:
        intake.store(workspace, reading, path, by="fuzz", now=datetime.now(UTC))
    except QuotaError:
        return [] if _held(workspace) == before else ["half stored after a refusal"]
    except Exception as fault:
        return [f"store: {type(fault).__name__}: {fault}"]
    imports, _, uploads = _held(workspace)
    whole = imports == before[0] + 1 and Path(workspace.location, "uploads", reading.sha256).exists()
    return [] if whole and uploads >= before[2] else ["half stored"]


def _held(workspace: Workspace) -> tuple[int, int, int]:
    """How many imports, visible events and uploads there are."""
    uploads = Path(workspace.location, "uploads")
    kept = len(list(uploads.iterdir())) if uploads.exists() else 0
    return len(workspace.imports()), workspace.activities().num_rows, kept


def _reason(path: Path, name: str) -> str:
    """Where the reader failed, found by reading the file once more in this process."""
    from quota.ingest.reader import read_file

    try:
        read_file(path, name, _CHOICES)
    except BaseException as fault:
        at = fault.__traceback__
        while at is not None and at.tb_next is not None and "quota" in at.tb_next.tb_frame.f_code.co_filename:
            at = at.tb_next
        place = f"{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at else ""
        return f"{type(fault).__name__} {place} {str(fault)[:120]}"
    return "only in the child"


def _peak() -> int:
    """The most that any idle child has taken, in bytes, where the system tells."""
    peak = 0
    for child in guard._idle:
        status = Path(f"/proc/{child.pid}/status")
        if status.exists():
            line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
            peak = max(peak, int(line.split()[1]) << 10)
    return peak


def _keep(fault: Fault, folder: Path | None) -> None:
    print(f"{fault.name}: {fault.what}", file=sys.stderr, flush=True)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / fault.name).write_bytes(fault.data)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run, print the outcomes, and leave with 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz")
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument(
        "--seed", type=int, default=int(time.time()), help="other files by default every time"
    )
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args(arguments)
    began = time.monotonic()
    outcomes, faults = run(given.files, given.seconds, given.seed, given.keep)
    seconds = time.monotonic() - began
    print(f"{outcomes.total():,} files of seed {given.seed} in {seconds:.0f} s, {len(faults)} faults")
    for code, times in outcomes.most_common():
        print(f"{times:>8,}  {code}")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
