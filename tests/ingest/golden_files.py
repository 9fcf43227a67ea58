"""The golden files, each read once for all tests that look at it."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from quota.errors import UnreadableFile
from quota.ingest.reader import read_file
from quota.ingest.records import Choices, FileReading

GOLDEN = Path(__file__).parents[1] / "golden"
SUFFIX = ".expected.json"
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
