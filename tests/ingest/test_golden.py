"""Every file in tests/golden is read exactly as its `.expected.json` says.

The expectation was written from what the file plainly says, never from the reader's answer:
where the two disagree the reader is wrong, and the case waits in `PENDING` until it is mended.
"""

from __future__ import annotations

import difflib
import json
import runpy
from typing import Any

import pytest
from golden_files import CASES, COUNTED, GOLDEN, SUFFIX, TODAY, expectation, plainly, reading

from quota.errors import UnreadableFile
from quota.ingest.reader import read_file
from quota.ingest.records import Choices

# Case → what the reader does not do yet.
PENDING: tuple[tuple[str, str], ...] = ()


def _parameters() -> list[Any]:
    reasons = dict(PENDING)
    assert set(reasons) <= set(CASES), "PENDING names a case that does not exist"
    return [
        pytest.param(name, marks=pytest.mark.xfail(strict=True, reason=reasons[name]))
        if name in reasons
        else name
        for name in CASES
    ]


@pytest.mark.parametrize("name", _parameters())
def test_the_file_is_read_as_expected(name: str) -> None:
    expected = expectation(name)
    difference = _difference(_lines(expected), _lines(plainly(reading(name)), expected))
    if difference:
        pytest.fail("\n".join(difference), pytrace=False)


@pytest.mark.parametrize(
    "text",
    [
        "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nSUMMARY:Meeting\nDTSTART:20261103T130000\nEND:VEVENT\n",
        '[{"rep": "Anna", "date": "2026-11-02", "type": "Call"},\n {"rep": "Bo", "date": "2026-11-03"}]\n',
        "Dear all,\nplease find the calls, e-mails and meetings of week 45 attached.\nKind regards,\nKim\n",
        "import csv\nfor row in csv.reader(open('calls.csv')):\n    print(row[0], row[1])\n",
        "2026-11-02 09:00:00 INFO call started\n2026-11-02 09:01:00 INFO call ended\n",
        "a\n",
    ],
)
def test_what_is_no_table_is_understood_as_none(text: str) -> None:
    try:
        found = read_file(text.encode(), "notes.txt", Choices(today=TODAY))
    except UnreadableFile:
        return
    assert found.accepted == 0
    assert [name for table in found.tables for name in table.frames] == []


def test_every_file_has_an_expectation() -> None:
    files = {path.name for path in GOLDEN.iterdir() if path.is_file() and path.suffix != ".py"}
    inputs = {name for name in files if not name.endswith((SUFFIX, ".md")) and not name.startswith(".")}
    assert inputs == set(CASES)


def test_the_made_files_are_what_their_script_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(GOLDEN))
    made = runpy.run_path(str(GOLDEN / "make.py"))["FILES"]
    assert [name for name, make in made.items() if (GOLDEN / name).read_bytes() != make()] == []


def _lines(read: dict[str, Any], expected: dict[str, Any] | None = None) -> list[str]:
    """A reading line by line; the order of its events and issues says nothing.

    What the expectation calls "any" is left out.
    """
    if "error" in read:
        return [f"error: {read['error']}"]
    lines = []
    for at, table in enumerate(read["tables"]):
        found = [f"{name}: {table.get(name)}" for name in COUNTED]
        found += [f"question: {code}" for code in sorted(table.get("questions", []))]
        for name in ("events", "people", "quotas", "absences", "issues", "notes"):
            if _wanted(expected or read, at, name):
                rows = [json.dumps(row, ensure_ascii=False, sort_keys=True) for row in table.get(name, [])]
                found += [f"{name}: {row}" for row in sorted(rows, key=_by_row)]
        lines += [f"table {at + 1}  {line}" for line in found]
    return lines


def _wanted(expected: dict[str, Any], at: int, name: str) -> bool:
    tables = expected.get("tables", [])
    return at >= len(tables) or tables[at].get(name) != "any"


def _by_row(line: str) -> tuple[int, str]:
    first = line.lstrip("[").partition(",")[0]
    return (int(first) if first.isdigit() else 0, line)


def _difference(expected: list[str], found: list[str]) -> list[str]:
    """Lines only in the expectation with "-", lines only in the reading with "+"."""
    return [line for line in difflib.ndiff(expected, found) if line.startswith(("- ", "+ "))]
