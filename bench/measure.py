"""Timing side by side: contenders take turns, so that a busy machine is busy for all.

A figure is the median of the rounds; a ratio is one median over the other, of one run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter

QUOTA = "quota"


@dataclass(frozen=True)
class Line:
    """One row of the report. `aim` says what `ratio` should be; `kept` whether it is."""

    what: str
    ours: float
    against: str
    theirs: float | None
    ratio: float | None
    aim: str
    kept: bool


def medians(contenders: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds per contender, after one turn each that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(rounds + 1):
        for name, run in contenders.items():
            start = perf_counter()
            result = run()
            elapsed = perf_counter() - start
            del result
            if turn:
                times[name].append(elapsed)
    return {name: median(of) for name, of in times.items()}


def at_most(what: str, times: Mapping[str, float], against: str, most: float) -> Line:
    """Quota may take `most` times as long as `against`."""
    ratio = times[QUOTA] / times[against]
    return Line(what, times[QUOTA], against, times[against], ratio, f"≤ {most:g}×", ratio <= most)


def faster(what: str, times: Mapping[str, float], against: str, least: float) -> Line:
    """Quota should be at least `least` times as fast as `against`."""
    ratio = times[against] / times[QUOTA]
    return Line(what, times[QUOTA], against, times[against], ratio, f"≥ {least:g}× faster", ratio >= least)


def within(what: str, seconds: float, most: float) -> Line:
    """Quota may take `most` seconds."""
    return Line(what, seconds, "–", None, None, f"≤ {_seconds(most)}", seconds <= most)


def table(lines: list[Line]) -> str:
    """The lines as a markdown table."""
    rows = ["| what | quota | against | it takes | ratio | aim | |", "|---|---:|---|---:|---:|---|---|"]
    for line in lines:
        theirs = "–" if line.theirs is None else _seconds(line.theirs)
        ratio = "–" if line.ratio is None else f"{line.ratio:.1f}×"
        kept = "✓" if line.kept else "✗"
        cells = (line.what, _seconds(line.ours), line.against, theirs, ratio, line.aim, kept)
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
