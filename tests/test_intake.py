"""Files into the workspace: what is read is stored whole, once, with where it came from."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import bad_files
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from quota import intake
from quota.errors import UnreadableFile
from quota.ingest import Choices
from quota.workspace import Receipt, Workspace

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
GOOD = bad_files.activities_csv()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "workspace")


def keep(
    workspace: Workspace, data: bytes, file: str = "made.csv", choices: Choices | None = None
) -> Receipt:
    return intake.store(workspace, intake.read(data, file, choices), data, by="me", now=NOW)


def refusal(workspace: Workspace, data: bytes, file: str = "made.csv") -> UnreadableFile:
    """Why it cannot be stored; nothing of it is."""
    before = workspace.version()
    with pytest.raises(UnreadableFile) as refused:
        keep(workspace, data, file)
    assert workspace.version() == before
    assert workspace.activities().num_rows == 0
    return refused.value


def _sheets(**sheets: dict[int, tuple[str, ...]]) -> bytes:
    """A workbook of several sheets."""
    return bad_files.workbooks(
        {name: bad_files.sheet_xml(bad_files.cells_xml(rows)) for name, rows in sheets.items()}
    )


def test_a_path_and_its_bytes_read_the_same(tmp_path: Path) -> None:
    (path := tmp_path / "good.csv").write_bytes(GOOD)
    by_path, by_bytes = intake.read(path), intake.read(GOOD, "good.csv")
    assert by_path.file == by_bytes.file == "good.csv"
    assert by_path.sha256 == by_bytes.sha256 == hashlib.sha256(GOOD).hexdigest()
    assert by_path.tables[0].frames["activities"].equals(by_bytes.tables[0].frames["activities"])


def test_bytes_leave_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    intake.read(GOOD, "good.csv")
    with pytest.raises(UnreadableFile):
        intake.read(b"", "empty.csv")
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_an_upload_is_never_a_path(tmp_path: Path, workspace: Workspace) -> None:
    receipt = keep(workspace, GOOD, "../../etc/passwd.csv")
    assert receipt.file == "../../etc/passwd.csv"
    assert not list(tmp_path.rglob("*passwd*"))


@pytest.mark.parametrize("missing", ["none.csv", "."])
def test_what_is_no_file_is_refused_by_its_path(missing: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no_such_file") as refused:
        intake.read(tmp_path / missing)
    assert refused.value.details["file"] == str(tmp_path / missing)


def test_an_import_keeps_the_upload_the_rows_and_the_mapping(workspace: Workspace) -> None:
    data = bad_files.activities_csv(*bad_files.ROWS, ("Cid", "2026-02-30", "Call"))
    receipt = keep(workspace, data)
    assert (receipt.new, receipt.changed, receipt.same, receipt.skipped, receipt.rejected) == (2, 0, 0, 0, 1)
    (line,) = workspace.imports().to_dict("records")
    assert [line[name] for name in ("rows", "accepted", "skipped", "rejected")] == [3, 2, 0, 1]
    assert (str(line["first_day"]), str(line["last_day"])) == ("2026-11-09", "2026-11-10")
    assert workspace.upload(line["sha256"]) == data
    (told,) = json.loads(line["mapping"])
    assert (told["layout"], told["header_row"]) == ("activities", 1)
    assert [column[:2] for column in told["columns"]] == [["Rep", "rep"], ["Date", "date"], ["Type", "kind"]]
    rows = workspace.rows(receipt.import_id)
    assert rows[["rep", "kind", "row"]].values.tolist() == [["Ann", "call", 2], ["Bob", "email", 3]]
    (refused,) = workspace.rejects(receipt.import_id).to_dict("records")
    assert (refused["row"], refused["column"], refused["value"]) == (4, "Date", "2026-02-30")
    assert json.loads(refused["content"]) == {"Rep": "Cid", "Date": "2026-02-30", "Type": "Call"}


def test_a_question_about_dates_is_asked_before_anything_is_stored(workspace: Workspace) -> None:
    data = b"Rep,Date,Type\nAnn,01/02/2026,Call\nBob,03/04/2026,Email\n"
    assert refusal(workspace, data).code == "date_order"
    keep(workspace, data, choices=Choices(fields={"Date": "date:dmy"}))
    assert sorted(str(ts)[:10] for ts in workspace.activities()["ts"].to_pylist()) == [
        "2026-02-01",
        "2026-04-03",
    ]


def test_a_file_of_which_every_row_is_refused_is_not_stored(workspace: Workspace) -> None:
    refused = refusal(workspace, b"Rep,Date,Type\n,2026-11-09,Call\n,2026-11-10,Email\n")
    assert (refused.code, refused.details["n"]) == ("nothing_accepted", 2)


def test_a_sheet_that_is_not_understood_does_not_stop_the_others(workspace: Workspace) -> None:
    notes = {1: ("Colour", "Size"), 2: ("red", "big"), 3: ("blue", "small")}
    data = _sheets(Calls={1: bad_files.HEADINGS, 2: bad_files.ROWS[0], 3: bad_files.ROWS[1]}, Notes=notes)
    reading = intake.read(data, "book.xlsx")
    assert [(table.sheet, table.layout) for table in reading.tables] == [
        ("Calls", "activities"),
        ("Notes", "unknown"),
    ]
    assert reading.rows == reading.accepted + reading.skipped + reading.rejected
    receipt = keep(workspace, data, "book.xlsx")
    assert receipt.new == 2
    rejects = workspace.rejects(receipt.import_id)
    assert rejects[["sheet", "code"]].values.tolist() == [["Notes", "unknown_layout"]]


def test_sheets_of_one_layout_are_one_table(workspace: Workspace) -> None:
    data = _sheets(
        North={1: bad_files.HEADINGS, 2: ("Ann", "2026-11-09", "Call")},
        South={1: bad_files.HEADINGS, 2: ("Bob", "2026-11-09", "Call")},
    )
    assert keep(workspace, data, "book.xlsx").new == 2
    assert keep(workspace, data, "book.xlsx").same == 2
    assert set(workspace.activities()["sheet"].to_pylist()) == {"North", "South"}


def test_people_quotas_and_absences_are_stored_once(workspace: Workspace) -> None:
    data = _sheets(
        people={1: ("rep", "team", "e-mail"), 2: ("Ann", "North", "ann@x.example"), 3: ("Bob", "South", "")},
        quotas={
            1: ("quota", "who", "kind", "target", "every"),
            2: ("Calls", "everyone", "call", "30", "week"),
        },
        absences={1: ("rep", "from", "to", "reason"), 2: ("Ann", "2026-11-09", "2026-11-10", "Leave")},
    )
    assert keep(workspace, data, "book.xlsx").new == 4
    assert keep(workspace, data, "book.xlsx").same == 4
    assert [len(workspace.table(name)) for name in ("people", "quotas", "absences")] == [2, 1, 1]


EVENT = st.tuples(
    st.sampled_from(["Ann", "Bob"]),
    st.sampled_from(["2026-11-09", "2026-11-10"]),
    st.sampled_from(["Call", "Email"]),
)
EXPORT = st.lists(EVENT, min_size=1, max_size=6)


@settings(max_examples=12)
@given(st.lists(EXPORT, min_size=2, max_size=3))
def test_overlapping_exports_without_ids_count_nothing_twice(
    exports: list[list[tuple[str, str, str]]],
) -> None:
    """Equal rows within a file are so many events; across files they are the same ones."""
    expected: Counter[tuple[str, str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.open(folder)
        for export in exports:
            receipt = keep(workspace, bad_files.activities_csv(*export))
            told = Counter(export)
            assert receipt.new == (told - expected).total()
            assert receipt.same == (told & expected).total()
            assert receipt.changed == 0
            expected |= told
        rows = workspace.activities().to_pandas()
    found = Counter(
        zip(rows["rep"], rows["ts"].dt.strftime("%Y-%m-%d"), rows["kind"].str.title(), strict=True)
    )
    assert found == expected
    assert rows["count"].eq(1).all()


# --- the table as csv --------------------------------------------------------------------


def _table(data: bytes, tmp_path: Path, file: str = "made.csv", sheet: str | None = None) -> str:
    (path := tmp_path / file).write_bytes(data)
    return intake.plain_table(path, sheet).csv.decode()


def test_a_table_is_plain_csv_whatever_it_was(tmp_path: Path) -> None:
    utf16 = '\ufeffNavn\tBeløb\r\nSøren\t1.234,50\r\n\r\nMette\t"a\nb"\r\n'.encode("utf-16-le")
    assert _table(utf16, tmp_path) == 'Navn,Beløb\nSøren,"1.234,50"\nMette,"a\nb"\n'
    assert _table(bad_files.workbook(), tmp_path, "good.xlsx") == GOOD.decode()


def test_several_tables_have_an_empty_line_between_them(tmp_path: Path) -> None:
    data = _sheets(One={1: ("a", "b"), 2: ("x", "y")}, Two={1: ("c", "d"), 2: ("z", "w")})
    assert _table(data, tmp_path, "book.xlsx") == "a,b\nx,y\n\nc,d\nz,w\n"
    assert _table(data, tmp_path, "book.xlsx", "Two") == "c,d\nz,w\n"
    with pytest.raises(UnreadableFile, match="no_such_sheet"):
        _table(data, tmp_path, "book.xlsx", "Three")


def test_an_ods_row_repeated_thousands_of_times_is_refused(tmp_path: Path) -> None:
    cell = "<table:table-cell office:value-type='string'><text:p>x</text:p></table:table-cell>"
    row = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'
    (path := tmp_path / "many.ods").write_bytes(bad_files.spreadsheet(row.format(900_000, cell)))
    with pytest.raises(UnreadableFile, match="repeated_rows"):
        intake.plain_table(path)
    empty = "<table:table-cell/>"
    path.write_bytes(bad_files.spreadsheet(row.format(1, cell) * 2 + row.format(900_000, empty)))
    assert intake.plain_table(path).csv == b"x\nx\n"


def test_sheets_of_one_workbook_may_have_different_columns(tmp_path: Path) -> None:
    book = Workbook()
    sheets = {"North": ["Rep", "Date", "Type", "Account"], "South": ["Rep", "Date", "Type", "Amount"]}
    book.remove(book.active)
    for month, (name, headings) in enumerate(sheets.items(), start=10):
        sheet = book.create_sheet(name)
        sheet.append(headings)
        for day in (2, 3, 17):
            sheet.append(["Ann", f"2026-{month}-{day:02}", "Call", "Fjord" if month == 10 else 100])
    book.save(tmp_path / "teams.xlsx")
    workspace = Workspace.open(tmp_path / "workspace")
    reading = intake.read(tmp_path / "teams.xlsx")
    receipt = intake.store(workspace, reading, tmp_path / "teams.xlsx", by="me", now=NOW)
    assert (receipt.new, receipt.rejected) == (6, 0)
    assert workspace.activities().column("account").to_pylist().count("Fjord") == 3
