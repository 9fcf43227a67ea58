"""What a receipt says of numbers that stand beside an import: rows it lacks, a tracker beside a log."""

from __future__ import annotations

from pathlib import Path

import pytest

from quota.workspace import Workspace
from tests.test_review import NOW, put

LOG = "Date,Rep,Type,Customer\n"
WEEK = "".join(
    f"2026-11-{day:02},{rep},Call,Firm {day}\n" for day in range(9, 14) for rep in ("Ann Berg", "Bo Dahl")
)
TRACKER = "Rep,Week,Calls,Meetings\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "workspace")


def test_rows_that_an_export_lacks_are_told(workspace: Workspace) -> None:
    assert put(workspace, LOG + WEEK, "w46.csv").lacked == 0
    less = WEEK.replace("2026-11-11,Ann Berg,Call,Firm 11\n", "")
    assert put(workspace, LOG + less, "again.csv").lacked == 1
    assert put(workspace, LOG + less, "sure.csv", replace_period=True).lacked == 0


@pytest.mark.parametrize(
    "text",
    [
        WEEK.replace("2026-11-", "2026-10-"),  # other days
        WEEK.replace("Bo Dahl", "Cai Eng").replace("Ann Berg", "Dee Fox"),  # other reps
        WEEK.replace("Call", "Meeting"),  # other kinds
        "".join(line + "\n" for line in WEEK.splitlines() if "Ann" in line),  # one rep's own
        "2026-11-09,Ann Berg,Call,New A\n2026-11-13,Ann Berg,Call,New B\n",  # only what is new
    ],
)
def test_an_export_of_something_else_lacks_nothing(workspace: Workspace, text: str) -> None:
    put(workspace, LOG + WEEK, "w46.csv")
    assert put(workspace, LOG + text, "other.csv").lacked == 0


def test_a_tracker_and_a_log_of_the_same_weeks_are_told(workspace: Workspace) -> None:
    tracker = TRACKER + "Ann Berg,2026-W46,5,2\nCai Eng,2026-W46,7,1\nAnn Berg,2026-W47,1,0\n"
    assert put(workspace, LOG + WEEK, "w46.csv").beside == {}
    receipt = put(workspace, tracker, "team.csv")
    assert receipt.beside == {"call": 1}, "Ann's calls of week 46; nobody else's and no meetings"
    workspace.undo(receipt.import_id, by="me", now=NOW)
    assert put(workspace, LOG + WEEK.replace("Firm", "Shop"), "more.csv").beside == {}


def test_a_log_beside_a_tracker_is_told_too(workspace: Workspace) -> None:
    assert put(workspace, TRACKER + "Ann Berg,2026-W46,5,2\n", "team.csv").beside == {}
    late = LOG + "2026-11-12,Ann Berg,Call,Firm 1\n2026-11-13,Ann Berg,Meeting,Firm 2\n"
    assert put(workspace, late, "crm.csv").beside == {"call": 1, "meeting": 1}


def test_a_tracker_in_which_nothing_was_done_stands_beside_nothing(workspace: Workspace) -> None:
    put(workspace, LOG + WEEK, "w46.csv")
    receipt = put(workspace, TRACKER + "Ann Berg,2026-W46,0,0\n", "team.csv")
    assert (receipt.lacked, receipt.beside) == (0, {})


def test_a_tracker_by_the_month_beside_its_weeks_is_told(workspace: Workspace) -> None:
    weeks = "Rep,Week,Calls\nAnn Berg,2026-W45,5\nAnn Berg,2026-W46,7\nBo Dahl,2026-W46,1\n"
    assert put(workspace, weeks, "weeks.csv").beside == {}
    months = "Rep,Month,Calls\nAnn Berg,2026-10,20\nAnn Berg,2026-11,12\n"
    assert put(workspace, months, "months.csv").beside == {"call": 1}


def test_a_tracker_of_another_source_is_told(workspace: Workspace) -> None:
    put(workspace, TRACKER + "Ann Berg,2026-W46,5,2\n", "team.csv")
    assert put(workspace, "Agent,Date,Total calls\nAnn Berg,2026-11-10,6\n", "dialer.csv").beside == {
        "call": 1
    }


@pytest.mark.parametrize("later", ["2026-W45,6,2\nAnn Berg,2026-W46,5,2", "2026-W47,5,2"])
def test_a_tracker_that_grows_stands_beside_nothing(workspace: Workspace, later: str) -> None:
    put(workspace, TRACKER + "Ann Berg,2026-W45,5,2\nBo Dahl,2026-W46,5,2\n", "team.csv")
    assert put(workspace, TRACKER + f"Ann Berg,{later}\n", "team.csv").beside == {}


def test_a_tracker_filled_in_day_by_day_stands_beside_nothing(workspace: Workspace) -> None:
    put(workspace, "Rep,Date,Calls\nAnn Berg,2026-11-09,5\n", "team.csv")
    assert put(workspace, "Rep,Date,Calls\nAnn Berg,2026-11-10,5\n", "team.csv").beside == {}
