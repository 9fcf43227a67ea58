"""The golden files, each read once for all tests that look at it."""

from __future__ import annotations

import json
import math
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from quota import columns as c
from quota.errors import UnreadableFile
from quota.ingest.reader import read_file
from quota.ingest.records import NOTE, Choices, FileReading, TableReading

GOLDEN = Path(__file__).parents[1] / "golden"
SUFFIX = ".expected.json"
EVENT = (
    c.ROW, c.REP, c.TS, c.KIND, c.COUNT, c.AMOUNT, c.CURRENCY, c.DIRECTION, c.OUTCOME, c.DEAL, c.ACCOUNT,
)  # fmt: skip
COUNTED = ("sheet", "layout", "header_row", "rows", "accepted", "skipped", "rejected")
TODAY = date(2026, 11, 21)
CASES = sorted(path.name.removesuffix(SUFFIX) for path in GOLDEN.glob(f"*{SUFFIX}"))


@cache
def expectation(name: str) -> dict[str, Any]:
    """What a file plainly says, as its `.expected.json` has it."""
    found: dict[str, Any] = json.loads((GOLDEN / f"{name}{SUFFIX}").read_text(encoding="utf-8"))
    return found


@cache
def reading(name: str) -> FileReading | str:
    """What the reader makes of a file with the answers its expectation gives, or the code of its refusal."""
    choices = Choices(today=TODAY, **expectation(name).get("choices", {}))
    try:
        return read_file((GOLDEN / name).read_bytes(), name, choices)
    except UnreadableFile as refusal:
        return refusal.code


def plainly(read: FileReading | str) -> dict[str, Any]:
    """A reading in the shape of an expectation."""
    return {"error": read} if isinstance(read, str) else {"tables": [_table(table) for table in read.tables]}


def _table(table: TableReading) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(table, name) for name in COUNTED}
    found["questions"] = [question.code for question in table.questions]
    noted = table.issues["status"] == NOTE
    for name, issues in (("issues", table.issues[~noted]), ("notes", table.issues[noted])):
        rows = [None if row != row else int(row) for row in issues["row"].astype(object).fillna(math.nan)]
        found[name] = [[row, code] for row, code in zip(rows, issues["code"], strict=True)]
    for stored, rows in table.frames.items():
        if stored == "activities":
            found["events"] = _events(rows)
        else:
            found[stored] = [_without_empty(row) for row in rows.drop_columns([c.WITHDRAWN]).to_pylist()]
    return found


def _events(rows: pa.Table) -> list[list[Any]]:
    kept = [row for row in rows.to_pylist() if not row[c.WITHDRAWN]]
    return [[_plain(row[name]) for name in EVENT] for row in kept]


def _without_empty(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items() if value is not None}


def _plain(value: Any) -> Any:
    """A cell as an expectation writes it: whole amounts without decimals, midnight as a date."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, 4)
    if isinstance(value, date):
        return value.isoformat().removesuffix("T00:00:00").removesuffix(":00")
    return value
