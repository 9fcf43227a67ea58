"""Refused rows as a workbook: corrected and read again, they are taken as if they had stood in their file."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from quota import i18n, intake, report
from quota.ingest import Choices, corrections
from quota.workspace import Receipt, Workspace

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "workspace")


def bring(workspace: Workspace, data: bytes, file: str, **decided: object) -> Receipt:
    """Read with what is remembered, and store."""
    choices = intake.remembered(workspace, Choices(today=TODAY, **decided))  # type: ignore[arg-type]
    return intake.store(workspace, intake.read(data, file, choices), data, by="x", now=NOW)


def workbook(workspace: Workspace, import_id: str, lang: str = "en") -> openpyxl.Workbook:
    """The refused rows, as they are downloaded."""
    rows = intake.refused(
        workspace, import_id, lambda rows: ["why"] * len(rows), i18n.text("data.why_refused", lang)
    )
    return openpyxl.load_workbook(io.BytesIO(report.as_xlsx(rows, hidden=[corrections.NAME])))


def corrected(book: openpyxl.Workbook, **cells: object) -> bytes:
    """The workbook with cells of its first sheet corrected, saved by another program."""
    for place, value in cells.items():
        book.worksheets[0][place] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def days(workspace: Workspace) -> list[tuple[str, str, int]]:
    rows = workspace.activities(columns=["rep", "ts", "count"]).to_pylist()
    return sorted((row["rep"], row["ts"].date().isoformat(), row["count"]) for row in rows)


def test_the_sheet_has_the_files_own_headings_and_cells_and_the_reasons(workspace: Workspace) -> None:
    file = b"Rep,Date,Type\nAnn,2026-11-16,Call\n=Bob(),soon,Call\n"
    done = bring(workspace, file, "week.csv")
    book = workbook(workspace, done.import_id)
    assert [[cell.value for cell in row] for row in book.worksheets[0].rows] == [
        ["Rep", "Date", "Type", "Why it was refused"],
        ["=Bob()", "soon", "Call", "why"],
    ]
    assert book.worksheets[0]["A2"].data_type == "s"
    assert book[corrections.NAME].sheet_state == "hidden"


def test_a_row_without_a_rep_is_not_that_of_the_row_above_it(workspace: Workspace) -> None:
    file = b"Rep,Date,Type\nAnn,2026-11-16,Call\nAnn,2026-11-17,Email\nBob,soon,Call\n,2026-11-18,Call\n"
    done = bring(workspace, file, "week.csv")
    again = corrected(workbook(workspace, done.import_id), B2="2026-11-17")
    second = bring(workspace, again, "refused.xlsx")
    assert (second.new, second.rejected) == (1, 1)
    assert [rep for rep, *_ in days(workspace)] == ["Ann", "Ann", "Bob"]


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_only_the_corrected_rows_are_added_and_only_once(workspace: Workspace, lang: str) -> None:
    file = b"Rep,Date,Type\nAnn,2026-11-16,Call\nBob,soon,Call\nCec,later,Call\n"
    done = bring(workspace, file, "week.csv")
    assert (done.new, done.rejected) == (1, 2)
    again = corrected(workbook(workspace, done.import_id, lang), B2="2026-11-17")
    second = bring(workspace, again, "refused.xlsx")
    assert (second.new, second.changed, second.same, second.rejected) == (1, 0, 0, 1)
    assert days(workspace) == [("Ann", "2026-11-16", 1), ("Bob", "2026-11-17", 1)]
    third = bring(workspace, again, "refused.xlsx")
    assert (third.new, third.same) == (0, 1)
    whole = bring(workspace, file.replace(b"soon", b"2026-11-17"), "week.csv")
    assert (whole.new, whole.same) == (0, 2)


def test_a_row_corrected_into_the_like_of_another_counts_beside_it(workspace: Workspace) -> None:
    file = b"Rep,Date,Type\nAnn,2026-11-16,Call\nAnn,2026-11-16,Call\nAnn,16/x,Call\nAnn,17/x,Call\n"
    done = bring(workspace, file, "week.csv")
    again = corrected(workbook(workspace, done.import_id), B2="2026-11-16", B3="2026-11-16")
    assert bring(workspace, again, "refused.xlsx").new == 2
    assert bring(workspace, again, "refused.xlsx").same == 2
    assert len(days(workspace)) == 4
    whole = bring(workspace, file.replace(b"16/x", b"2026-11-16").replace(b"17/x", b"2026-11-16"), "w.csv")
    assert (whole.new, whole.same) == (0, 4)


def test_ids_that_repeated_themselves_are_no_ids_in_the_sheet_either(workspace: Workspace) -> None:
    lines = [f"{n % 6},{rep},2026-11-{n + 1:02d},Call" for n, rep in enumerate(["Ann"] * 6 + ["Bob"] * 6)]
    file = "\n".join(["Id,Rep,Date,Type", *lines, "9,Bob,soon,Call"]).encode()
    done = bring(workspace, file, "week.csv")
    assert (done.new, done.rejected) == (12, 1)
    again = corrected(workbook(workspace, done.import_id), C2="2026-11-13")
    assert bring(workspace, again, "refused.xlsx").new == 1
    whole = bring(workspace, file.replace(b"soon", b"2026-11-13"), "week.csv")
    assert (whole.new, whole.same) == (0, 13)


def test_ids_are_kept(workspace: Workspace) -> None:
    file = b"Activity ID,Rep,Date,Type\na1,Ann,2026-11-16,Call\na2,Ann,soon,Call\na3,Ann,2026-11-17,Call\n"
    done = bring(workspace, file, "week.csv")
    again = corrected(workbook(workspace, done.import_id), C2="2026-11-17")
    assert bring(workspace, again, "refused.xlsx").new == 1
    assert set(workspace.activities(columns=["key"])["key"].to_pylist()) == {"a1", "a2", "a3"}


@pytest.mark.parametrize(("order", "day"), [("25/03/2026", "2026-04-03"), ("03/25/2026", "2026-03-04")])
def test_dates_keep_the_order_of_the_first_file(workspace: Workspace, order: str, day: str) -> None:
    file = f"Rep,Date,Type\nAnn,{order},Call\nAnn,{order},Email\nBob,soon,Call\n".encode()
    done = bring(workspace, file, "week.csv")
    again = corrected(workbook(workspace, done.import_id), B2="03/04/2026")
    bring(workspace, again, "refused.xlsx")
    assert ("Bob", day, 1) in days(workspace)


def test_a_danish_csv_keeps_its_commas(workspace: Workspace) -> None:
    file = (
        "Sælger;Dato;Type;Beløb;Resultat\nAnn;16-11-2026;Opkald;;\nBo;i går;Opkald;;\nAnn;17-11-2026;Møde;;\n"
    ).encode("cp1252")
    done = bring(workspace, file, "uge.csv")
    assert done.rejected == 1
    again = corrected(workbook(workspace, done.import_id, "da"), B2="05-11-2026")
    assert bring(workspace, again, "afvist.xlsx").new == 1
    assert ("Bo", "2026-11-05", 1) in days(workspace)
    whole = bring(workspace, file.replace("i går".encode("cp1252"), b"05-11-2026"), "uge.csv")
    assert (whole.new, whole.same) == (0, 3)


def test_a_tracker_with_its_year_in_the_files_name(workspace: Workspace) -> None:
    file = b"Rep,W45,W46\nAnn,12,14\nBob,seven,9\nCec,3,4\n"
    done = bring(workspace, file, "calls 2026.csv")
    assert done.rejected == 1
    again = corrected(workbook(workspace, done.import_id), B2=7)
    assert bring(workspace, again, "refused.xlsx").rejected == 0
    assert {(rep, n) for rep, _, n in days(workspace)} >= {("Bob", 7), ("Bob", 9), ("Ann", 12)}
    whole = bring(workspace, file.replace(b"seven", b"7"), "calls 2026.csv")
    assert (whole.new, whole.same) == (0, 6)


def test_a_workbook_with_typed_cells_and_a_sheet_per_rep(workspace: Workspace) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rep in ("Ann Bay", "Bob Cay"):
        sheet = book.create_sheet(rep)
        sheet.append(["Date", "Type", "Customer"])
        sheet.append([datetime(2026, 11, 16), "Call", "Acme"])
        sheet.append(["soon", "Call", f"={rep}"])
    stream = io.BytesIO()
    book.save(stream)
    done = bring(workspace, stream.getvalue(), "reps.xlsx")
    assert (done.new, done.rejected) == (2, 2)
    found = workbook(workspace, done.import_id)
    assert found.sheetnames == ["Ann Bay", "Bob Cay", corrections.NAME]
    found["Bob Cay"]["A2"] = datetime(2026, 11, 17)
    assert bring(workspace, corrected(found, A2="2026-11-18"), "refused.xlsx").new == 2
    assert days(workspace)[1::2] == [("Ann Bay", "2026-11-18", 1), ("Bob Cay", "2026-11-17", 1)]


def test_names_that_stand_once_per_block_go_along(workspace: Workspace) -> None:
    lines = [
        "Ann,2026-11-16,Call",
        ",2026-11-17,Call",
        ",soon,Call",
        "Bob,2026-11-16,Call",
        ",2026-11-17,Call",
        ",later,Call",
    ]
    done = bring(workspace, "\n".join(["Rep,Date,Type", *lines]).encode(), "blocks.csv")
    assert (done.new, done.rejected) == (4, 2)
    again = corrected(workbook(workspace, done.import_id), B2="2026-11-18", B3="2026-11-19")
    assert bring(workspace, again, "refused.xlsx").new == 2
    assert {("Ann", "2026-11-18", 1), ("Bob", "2026-11-19", 1)} <= set(days(workspace))


def test_reps_that_stand_above_their_rows_go_along(workspace: Workspace) -> None:
    lines = [
        "Row Labels,Week 45,Week 46",
        "Ann,,",
        "Calls,12,x",
        "Emails,3,4",
        "Bob,,",
        "Calls,5,6",
        "Emails,y,8",
    ]
    done = bring(workspace, "\n".join(lines).encode(), "outline 2026.csv")
    assert done.rejected == 2
    again = corrected(workbook(workspace, done.import_id), C2=13, B3=7)
    assert bring(workspace, again, "refused.xlsx").rejected == 0
    found = days(workspace)
    assert sum(n for rep, _, n in found if rep == "Ann") == 12 + 13 + 3 + 4
    assert sum(n for rep, _, n in found if rep == "Bob") == 5 + 6 + 7 + 8


@pytest.mark.parametrize("spoil", [lambda data: data[:-40], lambda data: b"PK\x03\x04" + data[4:60]])
def test_a_broken_workbook_tells_nothing(workspace: Workspace, spoil: Callable[[bytes], bytes]) -> None:
    done = bring(workspace, b"Rep,Date,Type\nAnn,2026-11-16,Call\nBob,soon,Call\n", "week.csv")
    assert corrections.told(spoil(corrected(workbook(workspace, done.import_id)))) == {}
