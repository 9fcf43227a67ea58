"""The sample files are what their script writes, and hold what their README says."""

from __future__ import annotations

import csv
import zipfile
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from sample_data import make
from sample_data.organisation import BY_NAME, CALLS, CONTACTS, MEETINGS, RAJ, days, presence, weekly_target
from sample_data.work import apportion, quarter

FOLDER = Path(make.__file__).parent
FILES = (
    "copenhagen_tracker.csv",
    "deals.csv",
    "helsinki_weeks.xlsx",
    "hubspot_activities.xlsx",
    "people_and_quotas.xlsx",
    "salesforce_activities.csv",
)


def _records(name: str, heading: str, delimiter: str = ",", encoding: str = "utf-8") -> list[dict[str, str]]:
    """The rows under the line that starts with `heading`, as long as they fill every column."""
    with (FOLDER / name).open(encoding=encoding, newline="") as lines:
        rows = list(csv.reader(lines, delimiter=delimiter))
    at = next(n for n, row in enumerate(rows) if row[:1] == [heading])
    return [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :] if len(row) == len(rows[at])]


def _sheet(name: str, sheet: str) -> list[tuple[object, ...]]:
    return list(load_workbook(FOLDER / name)[sheet].iter_rows(values_only=True))


@pytest.fixture(scope="module")
def salesforce() -> list[dict[str, str]]:
    return _records("salesforce_activities.csv", "Assigned")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fresh")
    make.write(folder)
    return folder


def test_no_file_is_missing_or_left_over() -> None:
    assert sorted(p.name for p in FOLDER.iterdir() if p.suffix in (".csv", ".xlsx")) == list(FILES)


@pytest.mark.parametrize("name", [*FILES, "README.md"])
def test_every_file_is_what_the_script_writes(name: str, fresh: Path) -> None:
    if not name.endswith(".xlsx"):
        assert (FOLDER / name).read_bytes() == (fresh / name).read_bytes()
        return
    # Part by part: another zlib may pack the same parts into other bytes.
    with zipfile.ZipFile(FOLDER / name) as kept, zipfile.ZipFile(fresh / name) as new:
        assert kept.namelist() == new.namelist()
        assert [kept.read(part) for part in kept.namelist()] == [new.read(part) for part in new.namelist()]


def test_a_second_run_writes_the_same_bytes(fresh: Path, tmp_path: Path) -> None:
    make.write(tmp_path)
    assert [(tmp_path / name).read_bytes() for name in FILES] == [
        (fresh / name).read_bytes() for name in FILES
    ]


@pytest.mark.parametrize("name", FILES)
def test_files_are_small(name: str) -> None:
    assert (FOLDER / name).stat().st_size < 600_000


def _in_september(row: dict[str, str]) -> bool:
    day = datetime.strptime(row["Date"], "%m/%d/%Y")
    return (day.year, day.month) == (2026, 9)


def test_raj_made_400_touches_in_september(salesforce: list[dict[str, str]]) -> None:
    his = [row for row in salesforce if row["Assigned"] == RAJ and _in_september(row)]
    done = Counter(
        row["Type"] for row in his if row["Status"] == "Completed" and row["Direction"] == "Outbound"
    )
    assert done == {"Call": 150, "Email": 200, "LinkedIn": 50}
    assert any(row["Direction"] == "Inbound" for row in his)
    assert any(row["Status"] == "Not Started" for row in his)


def test_raj_opened_30_opportunities_in_september_and_closed_none() -> None:
    his = [row for row in _records("deals.csv", "Deal - ID") if row["Deal - Owner"] == RAJ]
    assert sum(row["Deal - Deal created"].startswith("2026-09") for row in his) == 30
    assert not [row for row in his if row["Deal - Status"] == "Won"]
    assert not [row for row in his if row["Deal - Deal closed on"].startswith("2026-09")]


def test_raj_stands_in_no_other_file_of_activities() -> None:
    assert all(RAJ not in row for row in _sheet("hubspot_activities.xlsx", "hubspot-crm-exports-activities"))
    assert all(RAJ not in row for row in _sheet("helsinki_weeks.xlsx", "Aktiviteetit 2026"))


def test_salesforce_has_its_preamble_and_footer() -> None:
    lines = (FOLDER / "salesforce_activities.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == '"Boston: activities this quarter"'
    assert lines[-3:] == [
        '"Grand Totals (2201 records)"',
        '"Confidential Information - Do Not Distribute"',
        '"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."',
    ]


def test_control_totals_of_the_readme_are_in_the_files(salesforce: list[dict[str, str]]) -> None:
    told = {export.file: export for export in make.exports()}
    done = Counter(
        row["Type"] for row in salesforce if row["Status"] == "Completed" and row["Direction"] == "Outbound"
    )
    assert sorted(done.values()) == sorted(told["salesforce_activities.csv"].done.values())
    assert len(salesforce) + 3 == told["salesforce_activities.csv"].rows

    tracker = _records("copenhagen_tracker.csv", "Sælger", ";", "cp1252")
    assert len(tracker) == told["copenhagen_tracker.csv"].rows
    assert sum(int(row["Antal opkald"] or 0) for row in tracker[:-1]) == int(tracker[-1]["Antal opkald"])
    assert int(tracker[-1]["Antal opkald"]) == told["copenhagen_tracker.csv"].done["call"]

    weeks = _sheet("helsinki_weeks.xlsx", "Aktiviteetit 2026")[3:]
    assert len(weeks) == told["helsinki_weeks.xlsx"].rows
    assert sum(row[-1] for row in weeks if row[1] == "Soitot") == told["helsinki_weeks.xlsx"].done["call"]

    deals = _records("deals.csv", "Deal - ID")
    assert len(deals) == told["deals.csv"].rows == len({row["Deal - ID"] for row in deals})
    dollars = sum(
        float(row["Deal - Value"])
        for row in deals
        if (row["Deal - Status"], row["Deal - Currency of value"]) == ("Won", "USD")
    )
    assert dollars == told["deals.csv"].done["amount won, USD"]


def test_the_last_complete_week_has_everything_from_behind_to_ahead() -> None:
    counts, _ = quarter()
    monday = date(2026, 9, 21)
    week = days(monday, monday + timedelta(6))
    kinds = {CALLS: ("call",), CONTACTS: ("email", "social"), MEETINGS: ("meeting", "demo")}
    attained = []
    for rep in BY_NAME.values():
        worked = sum(presence(rep, day) for day in week) / 5
        for quota in (quota for quota in kinds if weekly_target(rep, quota)):
            actual = sum(counts[rep.name][day, kind] for day in week for kind in kinds[quota])
            attained.append(actual / (weekly_target(rep, quota) * worked))
    assert 0.45 <= min(attained) <= 0.6
    assert 1.2 <= max(attained) <= 1.3
    assert 0.3 < sum(x >= 1 for x in attained) / len(attained) < 0.6


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [(7, [1, 1, 1], [3, 2, 2]), (10, [3, 1], [8, 2]), (5, [0, 1, 0], [0, 5, 0]), (0, [1, 2], [0, 0])],
)
def test_apportion_keeps_the_total(total: int, weights: list[float], parts: list[int]) -> None:
    assert apportion(total, weights) == parts
