"""`python -m bench.ingest`: the share of golden files that are understood without help, per layout.

A file is understood when its tables (sheets, layouts, heading rows), its columns (what every event or
stored row says) and its rows (taken, left out, refused, each with its reason) are all as its expectation
says. Files whose expectation needs an answer are read without one. The last column tells of how many files
that are not understood the reader says so itself: by a question, a note or a refusal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from quota.errors import UnreadableFile
from quota.ingest.reader import read_file
from quota.ingest.records import Choices
from tests.ingest.golden_files import CASES, EVENT, GOLDEN, TODAY, expectation, plainly

_TABLE = ("sheet", "layout", "header_row")
_ROWS = ("rows", "accepted", "skipped", "rejected")
_STORED = ("people", "quotas", "absences")


@dataclass(frozen=True)
class Score:
    """How one file was read: the share of its `columns` that say what they should, and whether the
    reader `asked`, noted or refused anything."""

    layout: str
    asked: bool
    tables: bool
    columns: float
    rows: bool

    @property
    def understood(self) -> bool:
        """Whether all of it is right."""
        return self.tables and self.rows and self.columns == 1.0


def scores() -> list[Score]:
    """One score for every golden file."""
    return [_score(name) for name in CASES]


def _score(name: str) -> Score:
    expected = expectation(name)
    found = _found(name)
    if "error" in expected:
        right = found == {"error": expected["error"]}
        return Score("refused", False, right, float(right), right)
    tables = found.get("tables", [])
    pairs = list(zip(expected["tables"], tables, strict=False))
    same = len(tables) == len(expected["tables"])
    columns = [share for want, got in pairs for share in _columns(want, got)]
    return Score(
        expected["tables"][0]["layout"],
        any(_speaks(table) for table in tables),
        same and all(want[part] == got[part] for want, got in pairs for part in _TABLE),
        sum(columns) / len(columns) if columns and same else float(same and not columns),
        same and all(_rows(want, got) for want, got in pairs),
    )


def _found(name: str) -> dict[str, Any]:
    try:
        return plainly(read_file((GOLDEN / name).read_bytes(), name, Choices(today=TODAY)))
    except UnreadableFile as refusal:
        return {"error": refusal.code}


def _speaks(table: dict[str, Any]) -> bool:
    """Whether a table asks, notes or refuses anything: what is wrong with it is then not silent."""
    return bool(table["questions"] or table["issues"] or table["notes"])


def _columns(want: dict[str, Any], got: dict[str, Any]) -> list[float]:
    """1 for every column of a table that says the same in the same rows, else 0."""
    if want.get("events", []) != "any":
        events = [want.get("events", []), got.get("events", [])]
        return [float(_alike(*([(row[0], row[at]) for row in rows] for rows in events))) for at in
                range(1, len(EVENT))] if any(events) else []  # fmt: skip
    return [
        float(_alike(want[name], got.get(name, []))) for name in _STORED if want.get(name, "any") != "any"
    ]


def _rows(want: dict[str, Any], got: dict[str, Any]) -> bool:
    said = [name for name in ("issues", "notes") if want.get(name, []) != "any"]
    return all(want[part] == got[part] for part in _ROWS) and all(
        _alike(want.get(name, []), got.get(name, [])) for name in said
    )


def _alike(one: Iterable[object], other: Iterable[object]) -> bool:
    """Whether two lists hold the same, in any order."""
    return sorted(map(repr, one)) == sorted(map(repr, other))


def table(found: list[Score]) -> str:
    """The shares per layout as a markdown table."""
    lines = [
        "| layout | files | tables right | columns right | rows right | understood | of the rest, said so |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    layouts = sorted(
        {score.layout for score in found}, key=lambda name: -sum(s.layout == name for s in found)
    )
    for name in [*layouts, "all"]:
        mine = [score for score in found if name in ("all", score.layout)]
        rest = [score for score in mine if not score.understood]
        parts = [[s.tables for s in mine], [s.columns for s in mine], [s.rows for s in mine]]
        cells = [_percent(part) for part in [*parts, [s.understood for s in mine]]]
        lines.append(
            f"| {name} | {len(mine)} | {' | '.join(cells)} | {sum(s.asked for s in rest)} of {len(rest)} |"
        )
    return "\n".join(lines)


def _percent(part: Iterable[float]) -> str:
    values = list(part)
    return f"{100 * sum(values) / len(values):.0f} %"


if __name__ == "__main__":
    print(table(scores()))
