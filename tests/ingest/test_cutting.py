"""Texts that are not by the book: the reading that gives the table's width, or a remark."""

from __future__ import annotations

import csv
import io

import pytest

from quota.errors import UnreadableFile
from quota.ingest import quotes, sources
from quota.ingest.cutting import Dialect, cut, records
from quota.ingest.grids import Grid


def _grid(text: str) -> Grid:
    (grid,) = sources.read(text.encode(), "x.csv").grids
    return grid


def _rows(text: str) -> list[list[str]]:
    grid = _grid(text)
    return grid.texts(0, grid.height)


def _said(text: str) -> list[tuple[str, int | None]]:
    return [(remark.code, remark.row) for remark in _grid(text).remarks]


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("cell", ["x", "x\ny", 'x"y', '"\n"\n"'])
def test_lines_are_counted_outside_quotes(cell: str, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotes, "_BLOCK", 3)
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([[cell, "1"]] * 4)
    assert quotes.lines((out.getvalue()[:-1] + end).encode(), b'"') == 4


HEAD = 'a,b,c,d\n1,"x, y",3,4\n5,"z",7,8\n'


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ('9,"oops,2,"fine"', ["9", '"oops', "2", "fine"]),
        ('9,""oops",2,3', ["9", '"oops', "2", "3"]),
        ('9,"he said "no" twice",2,3', ["9", 'he said "no" twice', "2", "3"]),
        ('"9,8,"7, 6",5', ['"9', "8", "7, 6", "5"]),
    ],
)
def test_a_stray_quote_is_a_letter_where_only_that_gives_the_width(line: str, row: list[str]) -> None:
    assert _rows(f"{HEAD}{line}\n1,2,3,4\n")[3:] == [row, ["1", "2", "3", "4"]]
    assert _said(f"{HEAD}{line}\n1,2,3,4\n") == [("stray_quote", 4)]


@pytest.mark.parametrize(
    "line",
    [
        '9,1"2, 3",4',  # a delimiter lacks, or the quotes are letters
        '9,"2, 3"4,5',
        '9,1"2"" pipe, 3",4',
    ],
)
def test_two_readings_of_one_width_are_doubtful(line: str) -> None:
    assert _said(f"{HEAD}{line}\n1,2,3,4\n") == [("quotes_doubtful", 4)]


def test_a_quote_behind_a_backslash_among_doubled_quotes_is_doubtful() -> None:
    text = 'a,b\n1,"say \\"hi\\", he"\n2,"so ""ho"", she"\n3,"y"\n'
    assert ("quotes_doubtful", 2) in _said(text)


def test_two_stray_quotes_do_not_swallow_the_rows_between_them() -> None:
    text = 'a,b,c,d\n1,2,"x,4\n5,6,7,8\n9,1,2,3\n4,5,y",7\n8,9,1,2\n'
    assert _rows(text)[1:] == [
        ["1", "2", '"x', "4"],
        ["5", "6", "7", "8"],
        ["9", "1", "2", "3"],
        ["4", "5", 'y"', "7"],
        ["8", "9", "1", "2"],
    ]
    assert ("stray_quote", 2) in _said(text)


def test_rows_swallowed_in_a_narrow_table_are_doubtful() -> None:
    assert _said('a,b\n1,"x\n5,6\n9,1\n4,y"\n8,9\n') == [("quotes_doubtful", 2)]


def test_a_cell_that_may_be_two_rows_stays_one_and_is_doubtful() -> None:
    text = 'a,b,c,d\n1,2,3,"x\n,,,z"\n5,6,7,8\n'
    assert _rows(text)[1] == ["1", "2", "3", "x\n,,,z"]
    assert _said(text) == [("quotes_doubtful", 2)]


@pytest.mark.parametrize(
    "cell", ["Road 1\nBath, UK", "one\ntwo\nthree", "a, b, c, d\ne, f", 'say "x"\nand "y"', "\n", '",'],
)  # fmt: skip
def test_line_breaks_that_belong_to_a_cell_stay_in_it(cell: str) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    text = f"id,text,n,m,k\n1,{quoted},3,4,5\n2,plain,4,5,6\n3,{quoted},5,6,7\n"
    assert [row[1] for row in _rows(text)] == ["text", cell, "plain", cell]
    assert _said(text) == []


def test_inch_marks_are_letters() -> None:
    text = 'item,size,n\npipe,5",1\ntube,12",2\nrod,7" x 3",4\n'
    assert [row[1] for row in _rows(text)] == ["size", '5"', '12"', '7" x 3"']


def test_an_escape_and_a_long_delimiter() -> None:
    assert records('a,"b \\"c\\" d",e\n', Dialect(",", escape="\\")) == [["a", 'b "c" d', "e"]]
    assert records('a||"b||c"||d\n', Dialect("||")) == [["a", "b||c", "d"]]
    assert records('a, "b, c" ,d\n', Dialect(",", padded=True)) == [["a", "b, c", "d"]]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_are_no_part_of_a_cell(newline: str) -> None:
    text = newline.join(["a,b,c,d", '1,""x",3,4', "5,6,7,8", ""])
    assert cut(text, Dialect(",")).rows == [["a", "b", "c", "d"], ["1", '"x', "3", "4"], ["5", "6", "7", "8"]]


def test_a_quote_that_never_closes_is_refused_with_its_line_beside_stray_ones_too() -> None:
    with pytest.raises(UnreadableFile) as refusal:
        _grid(f'{HEAD}9,""oops",2,3\n1,2,3,"4\n')
    assert (refusal.value.code, refusal.value.details["row"]) == ("unclosed_quote", 5)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a,b\n1,2\n", True),
        ('a,"b"\n"1","2"\n', True),
        ('a,"b ""c"" d"\n"","2"\n', True),
        ('a,"b\nc"\n', True),
        ('a,""b"\n', False),
        ('a,"b"c\n', False),
        ('a,b"c\n', False),
        ('"a,b\n"c,d\n', False),
        ('a,"""\n', False),
        ('a,"b\n', False),
    ],
)
def test_quotes_by_the_book(text: str, clean: bool) -> None:
    assert quotes.by_the_book(text.encode(), b",", b'"') is clean


def test_quotes_by_the_book_across_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b'"a","b ""c""","d\ne"\n' * 5
    for block in range(1, 25):
        monkeypatch.setattr("quota.ingest.quotes._BLOCK", block)
        assert quotes.by_the_book(text, b",", b'"')
        assert not quotes.by_the_book(text + b'"x"y,1,2\n', b",", b'"')


def test_a_text_without_line_breaks_is_refused_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quota.ingest.delimited._LONGEST_LINE", 1 << 20)
    with pytest.raises(UnreadableFile) as refusal:
        _grid("a,b\n" + "x," * (1 << 20))
    assert (refusal.value.code, refusal.value.details["most"]) == ("too_long_row", 1)
