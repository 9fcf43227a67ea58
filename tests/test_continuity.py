"""The same report with other headings is the same source, and counts nothing twice."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from pathlib import Path

import bad_files
import pytest

from quota import answers, clock, intake
from quota.errors import UnreadableFile
from quota.ingest import Choices
from quota.workspace import Receipt, Workspace

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
FIRST = "Rep,Date,Type\nAnn,2026-11-09,Call\nAnn,2026-11-09,Call\nBob,2026-11-10,Email\n"
TRACKER = "Rep;Week;Calls\nAnn;2026-W45;3\nAnn;2026-W46;4\n"
IDS = "Activity ID,Owner,Date,Type\n1,Ann,2026-11-09,Call\n2,Ann,2026-11-09,Call\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "workspace")


def put(
    workspace: Workspace, data: str | bytes, file: str = "export.csv", reps: dict[str, str] | None = None
) -> Receipt:
    data = data.encode() if isinstance(data, str) else data
    choices = Choices(today=date(2026, 12, 31), reps=reps or {})
    reading = intake.read(data, file, intake.remembered(workspace, choices))
    return intake.store(workspace, reading, data, by="me", now=NOW)


def total(workspace: Workspace) -> int:
    found = answers.counts(answers.load(workspace), date(2026, 1, 1), date(2027, 1, 1), [])
    return int(found["count"].sum())


def by_rep(workspace: Workspace) -> dict[tuple[str, str], int]:
    """What everybody did, by kind."""
    found = answers.counts(answers.load(workspace), date(2026, 1, 1), date(2027, 1, 1), ["rep", "kind"])
    return found.set_index(["rep", "kind"])["count"].to_dict()


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
            FIRST,
            "Activity ID,Rep,Date,Type\n1,Ann,2026-11-09,Call\n2,Ann,2026-11-09,Call\n"
            "3,Bob,2026-11-10,Email\n4,Bob,2026-11-10,Email\n",
            1,
            id="an id more",
        ),
        pytest.param(
            IDS,
            "Owner,Date,Type\nAnn,2026-11-09,Call\nAnn,2026-11-09,Call\nAnn,2026-11-09,Call\n",
            1,
            id="an id less",
        ),
        pytest.param(
            FIRST,
            FIRST.replace("Ann", "ANN").replace("Bob", "bob") + "bob,2026-11-11,Call\n",
            1,
            id="names in capitals",
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


@pytest.mark.parametrize(
    ("before", "after", "new", "changed"),
    [
        (FIRST, FIRST.replace("Ann", "Ann Lee"), 0, 2),
        (TRACKER, TRACKER.replace("Ann", "Ann Lee"), 0, 2),
    ],
)
def test_rows_of_somebody_who_is_spelled_in_another_way_are_known_again(
    workspace: Workspace, before: str, after: str, new: int, changed: int
) -> None:
    put(workspace, before)
    counted = total(workspace)
    second = put(workspace, after, reps={"Ann": "Ann Lee"})
    assert (second.new, second.changed, total(workspace)) == (new, changed, counted)
    workspace.undo(second.import_id, by="me", now=NOW)
    assert total(workspace) == counted


def test_a_row_that_has_got_an_id_is_known_by_it(workspace: Workspace) -> None:
    put(workspace, FIRST)
    ids = "Activity ID,Rep,Date,Type\n1,Ann,2026-11-09,Call\n2,Ann,2026-11-09,Call\n3,Bob,2026-11-10,Email\n"
    assert put(workspace, ids).same == 3
    later = put(workspace, ids.replace("3,Bob,2026-11-10,Email", "3,Bob,2026-11-10,Meeting"))
    assert (later.new, later.changed, later.same) == (0, 1, 2)
    assert total(workspace) == 3
    assert put(workspace, FIRST).new == 0


LATER = IDS.replace("2,Ann,2026-11-09,Call", "3,Ann,2026-11-09,Meeting")
PLAIN = IDS.replace("Activity ID,", "").replace("1,", "").replace("2,Ann", "Ann")


@pytest.mark.parametrize("seed", range(6))
def test_undo_and_redo_in_any_order_give_what_remains(
    tmp_path: Path, workspace: Workspace, seed: int
) -> None:
    rng = random.Random(seed)
    files = rng.choices([IDS, LATER, PLAIN, PLAIN.replace("Call", "Email", 1)], k=3)
    imports = {n: put(workspace, data).import_id for n, data in enumerate(files)}
    active = set(imports)
    for step in range(4):
        n = rng.choice(list(imports))
        (workspace.undo if n in active else workspace.redo)(imports[n], by="me", now=NOW)
        active ^= {n}
        anew = Workspace.open(tmp_path / f"anew {step}")
        for m in sorted(active):
            put(anew, files[m])
        assert by_rep(workspace) == by_rep(anew)


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


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(
            "Navn;Uge;Opkald;Mails\nAnn;2026-W45;3;1\nBob;2026-W45;5;3\nAnn;2026-W46;6;7\n", id="da"
        ),
        pytest.param(
            "Name,Week,E-mails,Calls\nAnn,2026-W45,1,3\nBob,2026-W45,3,5\nAnn,2026-W46,7,6\n", id="en"
        ),
    ],
)
def test_a_tracker_with_other_headings_is_known_by_its_numbers(workspace: Workspace, after: str) -> None:
    put(workspace, "Rep;Week;Calls;Emails\nAnn;2026-W45;3;1\nBob;2026-W45;4;3\n")
    receipt = put(workspace, after)
    assert (receipt.new, receipt.changed, receipt.same) == (2, 1, 3)
    assert by_rep(workspace) == {
        ("Ann", "call"): 9, ("Ann", "email"): 8, ("Bob", "call"): 5, ("Bob", "email"): 3
    }  # fmt: skip


def test_a_tracker_with_other_numbers_is_another(workspace: Workspace) -> None:
    put(workspace, "Rep;Week;Calls;Emails\nAnn;2026-W45;3;1\nBob;2026-W45;4;3\n")
    receipt = put(workspace, "Navn;Uge;Opkald;Mails\nAnn;2026-W45;9;8\nBob;2026-W45;4;7\n")
    assert (receipt.new, receipt.beside) == (4, {"call": 2, "email": 2})


def test_a_log_with_ids_in_another_language_is_known_by_them(workspace: Workspace) -> None:
    put(workspace, IDS + "3,Bob,2026-11-10,Call\n")
    after = "Aktivitets-id;Ejer;Dato;Aktivitetstype\n1;Ann;09-11-2026;Opkald\n2;Ann;09-11-2026;Opkald\n"
    receipt = put(workspace, after + "3;Bob;10-11-2026;Opkald\n4;Bob;11-11-2026;Opkald\n")
    assert (receipt.new, receipt.same) == (1, 3)


def test_a_dialler_whose_ids_happen_to_be_the_same_is_another(workspace: Workspace) -> None:
    put(workspace, IDS + "3,Bob,2026-11-10,Call\n")
    calls = (
        "1,Bob,2026-11-11 09:00,outbound\n2,Bob,2026-11-12 09:00,outbound\n3,Bob,2026-11-13 09:00,outbound\n"
    )
    assert put(workspace, "call id,user,started,direction\n" + calls).new == 3


def test_numbers_that_begin_anew_are_no_ids(workspace: Workspace) -> None:
    head = "ID,Owner,Date,Type\n"
    first = head + "1,Ann,2026-11-02,Call\n2,Bob,2026-11-03,Call\n3,Bob,2026-11-04,Email\n"
    put(workspace, first)
    anew = head + "1,Ann,2026-11-09,Call\n2,Ann,2026-11-10,Call\n3,Ann,2026-11-11,Email\n"
    with pytest.raises(UnreadableFile, match="ids_begin_anew"):
        put(workspace, anew)
    for text in (anew, anew.replace("2026-11-1", "2026-11-2")):
        choices = intake.remembered(workspace, Choices(fields={"ID": ""}))
        intake.store(workspace, intake.read(text.encode(), "x.csv", choices), text.encode(), by="me", now=NOW)
    assert total(workspace) == 8, "Ann's call of 9 November is in both"


def test_ids_whose_days_were_misread_before_are_ids(workspace: Workspace) -> None:
    head = "ID,Owner,Date,Type\n"
    put(workspace, head + "1,Ann,2026-02-11,Call\n2,Bob,2026-03-11,Call\n3,Bob,2026-04-11,Email\n")
    again = put(workspace, head + "1,Ann,2026-11-02,Call\n2,Bob,2026-11-03,Call\n3,Bob,2026-11-04,Email\n")
    assert (again.new, again.changed) == (0, 3)


def test_rows_written_by_another_clock_are_known_again(workspace: Workspace) -> None:
    clock.hold_zone(workspace, "Europe/Copenhagen", by="me", now=NOW)
    head = "Agent,Started at,Type\n"
    put(workspace, head + "Ann,2026-11-08T22:30:00Z,Call\nAnn,2026-11-08T23:30:00Z,Call\n")
    after = "Ann,2026-11-08T23:30:00+01:00,Call\nAnn,2026-11-09T00:30:00+01:00,Call\n"
    receipt = put(workspace, head + after + "Ann,2026-11-09T09:30:00+01:00,Call\n")
    assert (receipt.new, receipt.same) == (1, 2)


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


DEALS = "Deal Name;Deal owner;Amount;Deal Stage;Create Date;Close Date\n"
WON = DEALS + "Acme;Ann;100;Closed Won;2026-10-05;2026-11-10\nBolt;Ann;50;Closed Won;2026-10-05;2026-11-11\n"


@pytest.mark.parametrize(
    ("acme", "expected"),
    [
        ("Closed Lost;2026-10-05;2026-11-10", {("Ann", "lost"): 1, ("Ann", "won"): 1}),
        ("Closed Won;2026-10-05;2026-11-12", {("Ann", "won"): 2}),
        ("Proposal;2026-10-05;2026-12-10", {("Ann", "won"): 1}),
    ],
)
def test_a_deal_without_id_that_ends_otherwise_ends_once(
    workspace: Workspace, acme: str, expected: dict[tuple[str, str], int]
) -> None:
    put(workspace, WON)
    receipt = put(workspace, WON.replace("Closed Won;2026-10-05;2026-11-10", acme), "later.csv")
    assert receipt.changed == 1
    opened = {("Ann", "opportunity"): 2}
    assert by_rep(workspace) == {**opened, **expected}
    workspace.undo(receipt.import_id, by="me", now=NOW)
    assert by_rep(workspace) == {**opened, ("Ann", "won"): 2}
    put(workspace, WON)
    assert by_rep(workspace) == {**opened, ("Ann", "won"): 2}


def test_a_deal_of_the_same_name_that_was_opened_another_day_is_another(workspace: Workspace) -> None:
    put(workspace, WON)
    put(workspace, DEALS + "Acme;Ann;70;Closed Won;2026-11-01;2026-11-20\n")
    assert by_rep(workspace) == {("Ann", "opportunity"): 3, ("Ann", "won"): 3}
