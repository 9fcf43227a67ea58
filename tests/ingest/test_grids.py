"""Grids: every cell where the file has it, every row under the number that a spreadsheet shows."""

from __future__ import annotations

import csv
import io
import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quota.errors import UnreadableFile
from quota.ingest import sources
from quota.ingest.grids import as_text
from quota.ingest.tables import Table, find_tables


def _texts(data: bytes | str, name: str = "x.csv") -> list[list[str]]:
    """All cells of a file's only grid."""
    (grid,) = sources.read(data.encode() if isinstance(data, str) else data, name).grids
    return grid.texts(0, grid.height)


def _table(text: str) -> Table:
    (grid,) = sources.read(text.encode(), "x.csv").grids
    (found,) = find_tables(grid)
    return found


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
        ("a,b\r1,2\r", [["a", "b"], ["1", "2"]]),
        ("a,b\n1\n2,3,4\n5,6\n", [["a", "b", ""], ["1", "", ""], ["2", "3", "4"], ["5", "6", ""]]),
        ("a,b\n\n1,2\n\n\n3,4\n", [["a", "b"], ["", ""], ["1", "2"], ["", ""], ["", ""], ["3", "4"]]),
        ('a,b\n"x\ny",2\n3,"p,q"\n', [["a", "b"], ["x\ny", "2"], ["3", "p,q"]]),
        ('a,b\n"x\n\ny",2\n\n3,4\n', [["a", "b"], ["x\n\ny", "2"], ["", ""], ["3", "4"]]),
        ('a,b\n"he said ""no""",2\n3,5" pipe\n', [["a", "b"], ['he said "no"', "2"], ["3", '5" pipe']]),
        ("a,b\n,\n1,\n,2\n", [["a", "b"], ["", ""], ["1", ""], ["", "2"]]),
    ],
)  # fmt: skip
def test_each_record_is_one_row_blank_and_ragged_ones_too(text: str, rows: list[list[str]]) -> None:
    assert _texts(text) == rows


# No other delimiter in the cells: whole rows of them would be just as good a table.
_cell = st.text(st.sampled_from('ab1 ,"\nåø'), max_size=5)


@settings(max_examples=100)
@given(rows=st.lists(st.lists(_cell, max_size=5), max_size=8), quoting=st.sampled_from([0, 1]))
@example(rows=[[], ["a"], [], ["b", "c", "d", "e"]], quoting=0)
def test_cells_stand_where_pythons_csv_reader_puts_them(rows: list[list[str]], quoting: int) -> None:
    heading = ["Rep", "Date", "Type"]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL if quoting else csv.QUOTE_MINIMAL)
    writer.writerows([heading, heading, heading, *rows, heading])
    expected = list(csv.reader(io.StringIO(text.getvalue(), newline="")))
    width = max(map(len, expected))
    assert _texts(text.getvalue()) == [row + [""] * (width - len(row)) for row in expected]


def test_rows_keep_their_numbers_across_the_blocks_that_a_large_file_is_read_in() -> None:
    lines = [f"Rep {at},2026-11-02,Call,{'x' * 40}" for at in range(150_000)]
    for at in range(0, 150_000, 7_919):
        lines[at] = f"short {at},2026-11-02" if at % 2 else f"long {at},2026-11-02,Call,x,y,z"
    lines[100_001] = ""
    found = _texts("Rep,Date,Type,Note\n" + "\n".join(lines) + "\n")
    assert [row[0] for row in found[1:]] == [line.partition(",")[0] for line in lines]
    assert all(len(row) == 6 for row in found)


def test_quoted_line_breaks_do_not_move_the_rows_of_a_large_file() -> None:
    lines = [f'{at},"note\nof {at}","Call"' for at in range(60_000)]
    found = _texts("Id,Note,Type\n" + "\n".join(lines) + "\n")
    assert len(found) == 60_001
    assert all(row == [str(at), f"note\nof {at}", "Call"] for at, row in enumerate(found[1:]))


@pytest.mark.parametrize(
    ("text", "row"),
    [('a,b\n1,"open\n2,3\n', 2), ('a,b\n1,2\n3,4\n5,"open\n', 4), ('a,b\n"x\ny",2\n3,"open\n', 4)],
)
def test_a_quote_that_never_closes_is_refused_with_its_line(text: str, row: int) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        sources.read(text.encode(), "x.csv")
    assert (refusal.value.code, refusal.value.details["row"]) == ("unclosed_quote", row)


def test_too_many_columns_are_refused() -> None:
    for width, refused in ((2_000, False), (2_001, True), (100_000, True)):
        line = ",".join(map(str, range(width)))
        codes = []
        try:
            sources.read(f"{line}\n{line}\n".encode(), "x.csv")
        except UnreadableFile as refusal:
            codes = [refusal.code]
        assert codes == (["too_many_columns"] if refused else [])


@pytest.mark.parametrize(
    ("above", "header_row"),
    [
        ("", 1),
        ("Report of week 45\n", 2),
        ("Report of week 45\n\n\n", 4),
        (
            "Activities\nAs of 2026-11-20 09:15 • by Kim\nFiltered By: Date equals THIS MONTH\n\n",
            5,
        ),
        ("Period,2026-11-01,2026-11-30\nRows,3\n\n", 4),
        ("Rep:,all\nTeam:,North\n", 3),
    ],
)
@pytest.mark.parametrize(
    "table",
    [
        "Rep,Date,Type\nAnna,2026-11-02,Call\nLiam,2026-11-03,Email\n",
        "Sælger,Uge,Opkald,Møder\nSøren,2026-W45,12,3\nMette,2026-W45,9,1\n",
        "Rep,Kind,W44,W45\nAnna,Calls,12,3\nLiam,Emails,9,1\n",
        "Nimi,Tiimi,Rooli\nAino,Helsinki,Myyjä\nMikko,Turku,Myyjä\n",
        "First Column,Zweite,Third\nfoo,2026-11-02,1\nbar,2026-11-03,2\n",
    ],
)
def test_the_heading_row_is_found_under_what_stands_above_it(table: str, above: str, header_row: int) -> None:
    found = _table(above + table)
    assert found.header_row == header_row
    assert [column.header for column in found.columns][:2] == table.split("\n")[0].split(",")[:2]
    assert found.height == 2


def test_rows_are_numbered_from_the_heading_on() -> None:
    found = _table("Title\n\nRep,Date\n\nAnna,2026-11-02\n\nLiam,2026-11-03\n")
    names = itertools.chain.from_iterable(found.contents([1, 3]))
    assert list(names) == ["Rep", "Date", "Rep", "Date"]
    assert [line["Rep"] for line in found.contents([1, 3])] == ["Anna", "Liam"]
    assert found.first_row == 4
    assert found.filled_cells.tolist() == [0, 2, 0, 2]


def test_a_table_that_begins_inside_a_cell_ends_it() -> None:
    inner = "<table><tr><td>a</td></tr><tr><td>b</td></tr></table>"
    page = f"<table><tr><td>Rep</td><td>Calls{inner}</td></tr></table>"
    assert _texts(page, "x.xls") == [["a"], ["b"]]


def test_whole_numbers_of_a_workbook_are_written_without_a_fraction() -> None:
    assert [as_text(cell) for cell in (3.0, 4111111111111111.0, 2.5)] == ["3", "4111111111111111", "2.5"]
