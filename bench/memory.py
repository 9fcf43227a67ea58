"""What reading a file takes in memory: the reading child's peak above what it held at its start, against
the file's size. Only where the system tells (Linux).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from bench import inputs
from bench.measure import Line
from quota.ingest import guard

_AIM = 6
_ROWS = 1_000_000
_SHORT_ROWS = 5_000_000


def reading(folder: Path) -> list[Line]:
    """A usual export, one whose rows are all refused, and rows as short as they get."""
    shapes: dict[str, Callable[[Path], Path]] = {
        f"memory: {_ROWS:,} rows of csv": lambda path: inputs.write_csv(path, _ROWS),
        f"memory: {_ROWS:,} rows, all refused": _refused,
        f"memory: {_SHORT_ROWS:,} rows of 20 bytes": _short,
    }
    small = inputs.write_csv(folder / "small.csv", 1_000)
    return [_line(what, write(folder / "large.csv"), small) for what, write in shapes.items()]


def _line(what: str, path: Path, small: Path) -> Line:
    guard._stop()
    guard.run("read_file", small, small.name)  # a child that has read before
    (child,) = guard._idle
    before = _held(child.pid, "VmRSS")
    Path(f"/proc/{child.pid}/clear_refs").write_text("5")  # forget the peak so far
    start = perf_counter()
    guard.run("read_file", path, path.name)
    seconds = perf_counter() - start
    ratio = (_held(child.pid, "VmHWM") - before) / path.stat().st_size
    return Line(what, seconds, "its file", None, ratio, f"≤ {_AIM}×", ratio <= _AIM)


def _held(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024


def _refused(path: Path) -> Path:
    table = inputs.activities(_ROWS)
    at = table.schema.get_field_index("Date")
    pa_csv.write_csv(table.set_column(at, "Date", pa.repeat("one day soon", _ROWS)), path)
    return path


def _short(path: Path) -> Path:
    chance = np.random.default_rng(_SHORT_ROWS)
    days = np.datetime64("2025-01-01") + np.arange(365)
    columns = {"Rep": ["Anna", "Bo", "Carl"], "Date": days.astype(str).tolist(), "Type": ["Call", "Mail"]}
    drawn = {
        name: pa.array(words).take(pa.array(chance.integers(0, len(words), _SHORT_ROWS)))
        for name, words in columns.items()
    }
    pa_csv.write_csv(pa.table(drawn), path, pa_csv.WriteOptions(quoting_style="none"))
    return path
