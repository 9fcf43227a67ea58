"""The table as plain cells: heading and rows as they stand, lines around it left out and named."""

from __future__ import annotations

import pytest

from quota.errors import UnreadableFile
from quota.ingest.reader import plain_csv

ROWS = """item,size,made,n
bolt,M4,2026-11-02,1
nut,M5,2026-11-03,2
washer,M6,2026-11-04,3
pin,M7,2026-11-05,4
"""
COUNTS = "".join(f"r{n},{n},{n + 3},{n * 2}\n" for n in range(8))


def _read(text: str | bytes) -> tuple[str, list[tuple[str, int | None]], bool]:
    """The csv written, what is said of it, and whether that is doubtful."""
    found = plain_csv(text if isinstance(text, bytes) else text.encode(), "x.csv")
    said = [(remark.code, remark.row) for _, remark in found.remarks]
    return found.csv.decode(), said, found.doubtful


@pytest.mark.parametrize(
    "text",
    [
        ROWS,
        "  padded ,b \n x,  y\n 1 ,2\n",
        "same,same,same\n1,2,3\n4,5,6\n",
        ",a,b\nr1,1,2\nr2,3,4\n",
        "first name,last name,rep\nAnna,Berg,x\nLiam,Lee,y\n",
        "Rep,Calls,Total\nAnna,3,3\nTotal,3,3\n",
        "land,2022,2023\nOslo,1,2\nBern,3,4\n",
        "1,2,3\n4,5,6\n",
        "item,n,m\nFruit,,\napple,1,2\nRoots,,\nbeet,5,6\n",
        "only one column\nx\ny\n",
        "who,,what\nA,,x\nB,,y\n",
        "id,n,,who,town\n1,2,,Bo,Ribe\n2,3,,Ea,Vejle\n",
        'name\n"Berg, Anna"\n"Lund, Bo"\n"Holm, Cai"\n',
        "hours\n08:00-09:00\n09:00-10:00\n10:00-11:00\n",
    ],
)
def test_a_clean_table_is_written_as_it_stands(text: str) -> None:
    assert _read(text) == (text, [], False)


@pytest.mark.parametrize(
    ("above", "said"),
    [
        ("Stock of the shop\n\n", [("above_heading", 1)]),
        ("Stock of the shop,,,\n,,,\n", [("above_heading", 1)]),
        ("Stock\nDraft\n", [("above_heading", 1), ("above_heading", 2)]),
        ("From,2026-01-01\n\n", [("above_heading", 1)]),
        ("\n\n", []),
        ("Account,1234\nUntil,2026-01-31\n\n", [("above_heading", 1), ("above_heading", 2)]),
        ("1,EXPORT\n", [("above_heading", 1)]),
        ("# units, mm\n# made, by hand\n", [("above_heading", 1), ("above_heading", 2)]),
    ],
)
def test_lines_above_the_heading_are_left_out_and_named(above: str, said: list[tuple[str, int]]) -> None:
    assert _read(above + ROWS) == (ROWS, said, False)


@pytest.mark.parametrize("below", ["\nSource: the shop\n", "Four rows\n", ",,,\nSource,,,\n"])
def test_lines_below_the_table_are_left_out_and_named(below: str) -> None:
    text, said, doubtful = _read(ROWS + below)
    assert (text, doubtful) == (ROWS, False)
    assert [code for code, _ in said] == ["below_table"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROWS + "screw,,,\n", ("below_table", 6)),
        (ROWS + "a|b|c|d\n", ("below_table", 6)),
        (ROWS.replace("item,size,made,n", "item|size|made|n"), ("above_heading", 1)),
        (ROWS + ROWS, ("another_table", 6)),
        (ROWS + "\nTools,,,\nname,use,since,price\nsaw,cut,2020-01-01,9\n", ("another_table", 7)),
        (ROWS.replace("\n", "\nitem,size,made,n\n", 1), ("two_headings", 2)),
        (",metal,,count\n" + ROWS, ("heading_doubtful", 2)),
        (ROWS + "rod,M8,2026-11-06,5,6\n", ("row_too_long", 6)),
        (ROWS + "rod,,M8,2026-11-06,5\n", ("row_too_long", 6)),
        (ROWS + "rodM8,2026-11-06,5\n", ("row_does_not_fit", 6)),
        (ROWS + "\nBox,3\nBag,4\nCan,5\n", ("below_table", 7)),
        (ROWS + "\nReturns\n,,,\nnut,,,2\n", ("another_table", 7)),
        (ROWS + "".join(f"peg,M{n},x,{n}\n" for n in range(9)) + "\n,M5,x,\n,M6,x,\n", ("another_table", 16)),
        ("size,n,m\n" + COUNTS, ("heading_doubtful", 1)),
        ("shop,,,,\n" + COUNTS.replace("\n", ",x\n"), ("heading_doubtful", 2)),
        ("Shops\n,2,3,\nshop,2024,2025,7\n" + COUNTS, ("heading_doubtful", 3)),
        ("shop,2024,2024,2025\nkind,in,out,in\n" + COUNTS, ("two_headings", 2)),
        ("shop,2024,2024,2025\n,in,out,in\n,pcs,pcs,pcs\n" + COUNTS, ("two_headings", 2)),
        ("size n\nbolt 4 1\nnut 5 2\npin 6 3\n", ("heading_doubtful", 1)),
        (ROWS.replace(",", "þ"), ("delimiter_doubtful", None)),
        ("shop,sold,sold\n,2024,2025\nN,4,1\nS,5,2\n", ("two_headings", 2)),
        ("| shop | sold |\n|------|------|\n| N | 4 |\n| S | 5 |\n", ("two_headings", 2)),
        ("A\ncity,rain\nN,4\nS,5\n\nB\nname,age,sex\nann,3,f\nbo,4,m\n", ("heading_doubtful", 7)),
        ("time,temp,wind\n,degC,m/s\n1,2.5,3\n2,2.6,4\n3,2.7,5\n4,2.8,6\n", ("two_headings", 2)),
        ('"a,b"\n"x,""1,5"""\n"y,2"\n', ("rows_uncut", None)),
        ("a b - c - d\nx - 1 - 2\ny - 3 - 4 h\n", ("rows_uncut", None)),
        ("id,n,,who,town\n1,2,,Bo,Ribe\n2,3,,Ea,Vejle\n3,4,,,\n", ("another_table", 1)),
        ("id,who,town,n\n1,Bo,Ribe,2\n2,Ea,Vejle,3\n3\n", ("below_table", 4)),
        ("x  y  z\n1  2  3\n44 5  6\n7  88 9\n", ("delimiter_doubtful", None)),
    ],
)
def test_what_the_rule_may_get_wrong_is_doubtful(text: str, said: tuple[str, int | None]) -> None:
    _, remarks, doubtful = _read(text)
    assert said in remarks
    assert doubtful


def test_short_rows_are_padded_where_their_columns_may_be_empty() -> None:
    text = "a,b,c\n1,x,\n2,y,u\n3,z\n4,w,v\n5,q,\n6,r,\n7,s,t\n"
    assert _read(text) == (text.replace("3,z\n", "3,z,\n"), [], False)


def test_rows_that_lack_only_the_delimiter_behind_the_last_column_are_whole() -> None:
    text = "a,b,c,\n1,2,x,\n3,4,y\n5,6,z,\n7,8,w\n"
    assert _read(text) == ("a,b,c\n1,2,x\n3,4,y\n5,6,z\n7,8,w\n", [], False)


def test_the_foot_of_a_web_table_is_its_last_row() -> None:
    page = (
        "<table><tr><th>a<th>b<tfoot><tr><td>Total<td>3</tfoot>"
        "<tbody><tr><td>x<td>1<tr><td>y<td>2</tbody></table>"
    )
    assert _read(page) == ("a,b\nx,1\ny,2\nTotal,3\n", [], False)


@pytest.mark.parametrize("delimiter", ["||", "\t\t", "\x1f", "§", " ", ", ", " | ", "^", "|~|"])
def test_unusual_delimiters(delimiter: str) -> None:
    assert _read(ROWS.replace(",", delimiter)) == (ROWS, [], False)


def test_lines_in_another_encoding_are_named() -> None:
    data = "navn;by;n\nSøren;Århus;1\nÅse;Køge;2\n".encode() + "Jørgen;Fåborg;3\n".encode("cp1252")
    text, said, doubtful = _read(data)
    assert text == "navn,by,n\nSøren,Århus,1\nÅse,Køge,2\nJørgen,Fåborg,3\n"
    assert (said, doubtful) == ([("encoding_repaired", 4)], True)


def test_an_encoding_that_is_a_guess_is_doubtful() -> None:
    _, said, doubtful = _read("Имя;Город\nАнна;Москва\nИван;Тверь\n".encode("cp1251"))
    assert ("encoding_guessed", None) in said
    assert doubtful


@pytest.mark.parametrize("text", ["navn;by\nŽanna;Ähtäri\nÅke;Oulu\n", "vare;pris\nkävijä;12 €\n"])
def test_latin_9_is_told_by_letters_that_cp1252_has_no_use_for(text: str) -> None:
    found, said, doubtful = _read(text.encode("iso8859-15"))
    assert found == text.replace(";", ",")
    assert (said, doubtful) == ([("encoding_guessed", None)], True)


def test_headings_alone_are_a_table() -> None:
    assert _read("a,b,c\n") == ("a,b,c\n", [], False)


@pytest.mark.parametrize("text", [" \n \n", "", ",,,\n,,,\n"])
def test_nothing_is_refused(text: str) -> None:
    with pytest.raises(UnreadableFile, match="empty_file"):
        _read(text)
