"""Quota sheets with periods across: told from trackers, and good for the right target in each month."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from command import Quota

from quota.ingest.reader import read_file
from quota.ingest.records import Choices, TableReading

TODAY = Choices(today=date(2026, 11, 21))


def read(text: str, file: str = "sheet.csv") -> TableReading:
    (table,) = read_file(text.encode(), file, TODAY).tables
    return table


@pytest.mark.parametrize(
    ("headings", "row", "layout"),
    [
        ("Quota,Who,Kind,Jan 2026,Feb 2026", "Calls,everyone,call,50,40", "quotas"),
        ("Quota,Rep,Kind,Jan 2026,Feb 2026", "Calls,Ann Berg,call,50,40", "quotas"),
        ("Who,Kind,Q1 2026,Q2 2026", "team: North,call,50,40", "quotas"),
        ("Who,Kind,2026-W01,2026-W02", "role: SDR,call,50,40", "quotas"),
        # without a word of quotas these are the numbers of somebody's work
        ("Rep,Kind,Jan 2026,Feb 2026", "Ann Berg,call,50,40", "counts"),
        ("Rep,Kind,Goal,Jan 2026,Feb 2026", "Ann Berg,call,60,50,40", "counts"),
        # beside a target of its own the months are what was done
        ("Quota,Rep,Kind,Target,Jan 2026,Feb 2026", "Calls,Ann Berg,call,60,50,40", "counts"),
    ],
)
def test_a_quota_sheet_is_told_from_a_tracker(headings: str, row: str, layout: str) -> None:
    assert read(f"{headings}\n{row}\n").layout == layout


def test_the_template_widened_by_months_may_keep_its_empty_columns() -> None:
    table = read(
        "Quota,Who,Kind,Measure,Target,Every,From,To,Jan 2026,Feb 2026\nCalls,everyone,call,count,,,,,50,40\n"
    )
    rows = table.frames["quotas"].to_pylist() if "quotas" in table.frames else table.issues["code"].tolist()
    assert [(row["target"], row["every"], str(row["from"]), str(row["to"])) for row in rows] == [
        (50, "month", "2026-01-01", "2026-01-31"),
        (40, "month", "2026-02-01", "2026-02-28"),
    ]


def test_the_year_is_asked_for_once_and_may_be_the_next() -> None:
    table = read("Quota,Who,Kind,Jan,Feb\nCalls,everyone,call,50,40\n")
    (question,) = table.questions
    assert (question.code, question.value, question.blocks) == ("year_of_label", "Jan", True)
    assert question.options == ("2027", "2026", "2025")
    assert not read("Quota,Who,Kind,Jan,Feb\nCalls,everyone,call,50,40\n", "quotas 2027.csv").questions


def test_each_month_has_its_own_target(tmp_path: Path) -> None:
    """November 2026 has 21 working days, December 23; the week of 30 November has one day of one and four
    of the other: 210 × 1/21 + 115 × 4/23 = 30."""
    quota = Quota(tmp_path / "workspace")
    sheet = tmp_path / "quotas 2026.csv"
    sheet.write_text("Quota,Who,Kind,Nov,Dec\nCalls,everyone,call,210,115\n", "utf-8")
    people = tmp_path / "people.csv"
    people.write_text("Rep,Team,Role\nAnn Berg,North,SDR\n", "utf-8")
    for file in (sheet, people):
        quota.json("import", file)
    targets = {}
    for period in ("2026-11", "2026-12", "2026-W49", "2026-10"):
        (line,) = quota.json("progress", "--period", period)
        targets[period] = line["target"]
    assert targets == {"2026-11": 210, "2026-12": 115, "2026-W49": pytest.approx(30), "2026-10": None}


def test_the_sheet_uploaded_again_corrects_month_by_month(tmp_path: Path) -> None:
    """As long as the months' targets differ otherwise than before, too."""
    quota = Quota(tmp_path / "workspace")
    people = tmp_path / "people.csv"
    people.write_text("Rep,Team,Role\nAnn Berg,North,SDR\n", "utf-8")
    quota.json("import", people)
    sheet = tmp_path / "quotas 2027.csv"
    for targets in ("50,60,60", "50,50,60"):
        sheet.write_text(f"Quota,Who,Kind,Jan,Feb,Mar\nCalls,everyone,call,{targets}\n", "utf-8")
        quota.json("import", sheet)
    months = [quota.json("progress", "--period", f"2027-0{month}")[0]["target"] for month in (1, 2, 3)]
    assert months == [50, 50, 60]
