"""Files for other programs: numbers stay numbers, and no text becomes a formula."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

import pandas as pd
import pytest

from quota import report


def _cells(frame: pd.DataFrame) -> list[list[str]]:
    return list(csv.reader(io.StringIO(report.as_csv(frame).decode("utf-8-sig"), newline="")))


def test_a_frame_is_written_with_a_mark_that_excel_understands() -> None:
    frame = pd.DataFrame({"rep": ["Søren", "Mäkelä; Oy", None], "count": [3, 0, 12]})
    assert report.as_csv(frame) == "\ufeffrep,count\r\nSøren,3\r\nMäkelä; Oy,0\r\n,12\r\n".encode()


def test_dates_are_iso_and_fractions_keep_their_point() -> None:
    frame = pd.DataFrame(
        {
            "day": [date(2026, 11, 9)],
            "at": pd.to_datetime([datetime(2026, 11, 9, 8, 30)]),
            "rate": [0.075],
            "active": [True],
        }
    )
    assert _cells(frame)[1] == ["2026-11-09", "2026-11-09 08:30:00", "0.075", "True"]


@pytest.mark.parametrize(
    "payload",
    [
        "=1+1",
        '=HYPERLINK("http://x.example","click")',
        "+4512345678",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "\0=1+1",
    ],
)
@pytest.mark.parametrize("kind", ["str", "object", "category"])
def test_a_text_that_a_spreadsheet_would_run_is_quoted(payload: str, kind: str) -> None:
    frame = pd.DataFrame({"rep": pd.Series([payload, "Ann"], dtype="str").astype(kind)})
    assert _cells(frame) == [["rep"], ["'" + payload], ["Ann"]]


def test_a_line_end_within_a_cell_starts_no_row() -> None:
    frame = pd.DataFrame({"note": ["a\r=1+1", "b\n=1+1"], "n": [1, 2]})
    lines = report.as_csv(frame).replace(b'"a\r=1+1"', b"A").replace(b'"b\n=1+1"', b"B")
    assert lines.decode("utf-8-sig").splitlines() == ["note,n", "A,1", "B,2"]


def test_headings_are_quoted_too() -> None:
    assert _cells(pd.DataFrame({"=1+1": [1], "-": ["a"]}))[0] == ["'=1+1", "'-"]


def test_negative_numbers_stay_numbers() -> None:
    frame = pd.DataFrame({"amount": [-12.5], "move": pd.array([-3], "Int64")})
    assert _cells(frame)[1] == ["-12.5", "-3"]


def test_the_frame_given_is_not_changed() -> None:
    frame = pd.DataFrame({"rep": ["=1"], "=x": ["a"]})
    report.as_csv(frame)
    assert frame.to_dict("list") == {"rep": ["=1"], "=x": ["a"]}


def test_columns_of_equal_names_are_all_written() -> None:
    frame = pd.DataFrame([["=a", "b"]], columns=["rep", "rep"])
    assert _cells(frame) == [["rep", "rep"], ["'=a", "b"]]


def test_an_empty_frame_keeps_its_headings() -> None:
    assert _cells(
        pd.DataFrame({"rep": pd.Series([], dtype="str"), "count": pd.Series([], dtype="int64")})
    ) == [["rep", "count"]]
