"""Delimiters and quotes, found from how evenly they cut the rows."""

from __future__ import annotations

import pytest

from quota.ingest.cutting import Dialect, records
from quota.ingest.dialect import detect

_ROWS = (("Rep", "Date", "Note"), ("Anna Berg", "2026-11-02", "x"), ("Liam O'Neill", "2026-11-03", "y"))


def _text(delimiter: str, rows: tuple[tuple[str, ...], ...] = _ROWS) -> bytes:
    return "".join(delimiter.join(row) + "\n" for row in rows).encode()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", ":"])
def test_each_delimiter_is_found(delimiter: str) -> None:
    assert detect(_text(delimiter)) == Dialect(delimiter, '"')


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        # Decimal commas in a semicolon file cut its rows evenly too.
        ("Sælger;Beløb;Rabat\nSøren;1.234,50;0,5\nMette;99,90;0,1\n", ";"),
        # Times and web addresses hold colons.
        ("Rep,Time\nAnna,09:30\nLiam,10:15\n", ","),
        # Quoted cells may hold the other delimiter.
        ('Rep;Note\nAnna;"a, b, c"\nLiam;"d, e, f"\n', ";"),
        # Names written “Last, First” in a tab file.
        ("Rep\tDate\nBerg, Anna\t2026-11-02\nLee, Kim\t2026-11-03\n", "\t"),
        # A preamble of prose with commas.
        ("Report, made by Kim, for all\n\nRep;Date;Type\nAnna;2026-11-02;Call\nLiam;2026-11-03;Call\n", ";"),
        # A footer wider than nothing.
        ("Rep,Date,Type\nAnna,2026-11-02,Call\nLiam,2026-11-03,Call\nTotal; 2; rows\n", ","),
        # Empty columns and rows hold delimiters alone, which speak for no longer delimiter.
        ("Rep||Day||Type|Who\n|||||\n|||||\nA||2026-11-02||Call|B\nC||2026-11-03||Call|D\nEnd\nOf it\n", "|"),
        ("sep=|\nRep|Note\nAnna|a,b\n", "|"),
    ],
)
def test_the_delimiter_is_the_one_that_cuts_the_table(text: str, delimiter: str) -> None:
    assert detect(text.encode()).delimiter == delimiter


def test_single_quotes_that_wrap_cells_are_quotes() -> None:
    text = "'Rep','Note'\n'Anna','a, b'\n'Liam','c'\n"
    found = detect(text.encode())
    assert found == Dialect(",", "'")
    assert records(text, found)[1] == ["Anna", "a, b"]


def test_an_apostrophe_in_a_name_is_none() -> None:
    text = "Rep,Date\nLiam O'Neill,2026-11-02\nPat O'Hara,2026-11-03\nAl D'Arc,2026-11-04\n"
    assert detect(text.encode()).quote == '"'


def test_a_table_of_one_column_has_no_delimiter() -> None:
    text = "Note\nAnna called Acme\nLiam met Beta\n"
    assert [len(row) for row in records(text, detect(text.encode()))] == [1, 1, 1]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('a,"b ""c""",d\n', ["a", 'b "c"', "d"]),
        ('a,"b\nc",d\n', ["a", "b\nc", "d"]),
        ('a,5" pipe,d\n', ["a", '5" pipe', "d"]),
        ("a,,\n", ["a", "", ""]),
    ],
)
def test_a_record_is_cut_into_its_cells(text: str, cells: list[str]) -> None:
    assert records(text, Dialect(",")) == [cells]
