"""The same report with other headings is the same source, and counts nothing twice."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import bad_files
import pytest

from quota import answers, intake
from quota.ingest import Choices
from quota.workspace import Receipt, Workspace

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
FIRST = "Rep,Date,Type\nAnn,2026-11-09,Call\nAnn,2026-11-09,Call\nBob,2026-11-10,Email\n"
IDS = "Activity ID,Owner,Date,Type\n1,Ann,2026-11-09,Call\n2,Ann,2026-11-09,Call\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "workspace")


def put(workspace: Workspace, data: str | bytes, file: str = "export.csv") -> Receipt:
    data = data.encode() if isinstance(data, str) else data
    reading = intake.read(data, file, intake.remembered(workspace, Choices(today=date(2026, 12, 31))))
    return intake.store(workspace, reading, data, by="me", now=NOW)


def total(workspace: Workspace) -> int:
    found = answers.counts(answers.load(workspace), date(2026, 1, 1), date(2027, 1, 1), [])
    return int(found["count"].sum())


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        pytest.param(FIRST, FIRST + "Bob,2026-11-11,Call\n", 1, id="a row more"),
        pytest.param(
            FIRST,
            "Rep,Date,Type,Company\nAnn,2026-11-09,Call,Acme\nAnn,2026-11-09,Call,Bolt\n"
            "Bob,2026-11-10,Email,Acme\nBob,2026-11-11,Call,Acme\n",
            1,
            id="a column more, no ids",
        ),
        pytest.param(
            FIRST,
            "Rep,Date,Type\nBob,09.11.2026,Email\nBob,10.11.2026,Email\n"
            "Ann,09.11.2026,Call\nAnn,09.11.2026,Call\nAnn,13.11.2026,Call\n",
            2,
            id="another order and date format",
        ),
        pytest.param(
            FIRST,
            "Rep,Date,Type\nAnn,2026-11-09 10:00,Call\nAnn,2026-11-09 11:00,Call\n"
            "Bob,2026-11-10 12:00,Email\n",
            0,
            id="a time of day more",
        ),
        pytest.param(
            IDS,
            "Activity ID,Owner,Date,Subject,Type\n2,Ann,2026-11-09,Hi,Call\n3,Ann,2026-11-10,Hi,Call\n",
            1,
            id="a column more, with ids",
        ),
        pytest.param(
            IDS,
            "Activity ID,Activity owner,Date,Type\n2,Ann,2026-11-09,Call\n3,Ann,2026-11-10,Call\n",
            1,
            id="the rep under another heading",
        ),
        pytest.param(
            IDS,
            "Call ID,Agent,Start,Activity\n1,Ann,2026-11-12,Call\n2,Ann,2026-11-13,Call\n",
            2,
            id="another system",
        ),
    ],
)
def test_a_changed_report_is_known_again(workspace: Workspace, before: str, after: str, new: int) -> None:
    first = put(workspace, before)
    second = put(workspace, after, "another name.csv")
    assert second.new == new
    assert total(workspace) == first.new + new
    assert put(workspace, before).new == 0
    workspace.undo(second.import_id, by="me", now=NOW)
    assert total(workspace) == first.new


def test_what_was_undone_is_known_again_too(workspace: Workspace) -> None:
    first = put(workspace, FIRST)
    workspace.undo(first.import_id, by="me", now=NOW)
    put(workspace, FIRST.replace("Type\n", "Type,Company\n").replace("Call\n", "Call,Acme\n"))
    workspace.redo(first.import_id, by="me", now=NOW)
    assert total(workspace) == 3


def book(**sheets: str) -> bytes:
    rows = {
        name: dict(enumerate((tuple(line.split(",")) for line in text.split()), 1))
        for name, text in sheets.items()
    }
    return bad_files.workbooks(
        {name: bad_files.sheet_xml(bad_files.cells_xml(of)) for name, of in rows.items()}
    )


def test_a_sheet_renamed_is_the_same(workspace: Workspace) -> None:
    assert put(workspace, book(North=FIRST), "a.xlsx").new == 3
    assert put(workspace, book(Nord=FIRST), "b.xlsx").same == 3


def test_equal_rows_on_two_sheets_are_two_whatever_the_sheets_are_called(workspace: Workspace) -> None:
    other = "Rep,Date,Type\nCid,2026-11-09,Call\n"
    assert put(workspace, book(North=FIRST, South=other), "a.xlsx").new == 4
    both = other + "Bob,2026-11-10,Email\n"
    again = put(workspace, book(N=FIRST, S=both), "b.xlsx")
    assert (again.new, again.same) == (1, 4)
    assert put(workspace, book(North=FIRST, South=both), "c.xlsx").same == 5


@pytest.mark.parametrize(
    "after",
    ["Rep;Week;Calls\nAnn;2026-W45;3\nAnn;2026-W46;\n", "Rep;Week;Calls\nAnn;2026-W45;3\nAnn;2026-W46;0\n"],
)
def test_a_cell_of_a_tracker_that_became_empty_counts_no_more(workspace: Workspace, after: str) -> None:
    put(workspace, "Rep;Week;Calls\nAnn;2026-W45;3\nAnn;2026-W46;4\n")
    put(workspace, after)
    assert total(workspace) == 3
