"""From a file to durable and visible numbers, against the parsers alone and plain pandas."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow.csv as pa_csv
from python_calamine import CalamineWorkbook

from bench import inputs
from bench.measure import QUOTA, Line, at_most, faster, medians
from quota import answers, intake
from quota.workspace import Workspace

CSV_ROWS, XLSX_ROWS = 1_000_000, 100_000


def csv(folder: Path, rounds: int = 3) -> list[Line]:
    """A million rows of csv."""
    path = inputs.write_csv(folder / "activities.csv", CSV_ROWS)
    parser, plain = "pyarrow.csv.read_csv alone", "pandas into SQLite"
    contenders = {
        QUOTA: _import(path, folder),
        parser: lambda: pa_csv.read_csv(path),
        plain: lambda: _plain(path, folder),
    }
    times, what = medians(contenders, rounds), f"import {CSV_ROWS:,} rows of csv"
    return [at_most(what, times, parser, 12), faster(what, times, plain, 5)]


def xlsx(folder: Path, rounds: int = 3) -> list[Line]:
    """A hundred thousand rows of a workbook."""
    path = inputs.write_xlsx(folder / "activities.xlsx", XLSX_ROWS)
    parser, plain = "calamine's raw read", "pandas.read_excel, openpyxl"
    contenders = {
        QUOTA: _import(path, folder),
        parser: lambda: CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(),
        plain: lambda: pd.read_excel(path, engine="openpyxl"),
    }
    times, what = medians(contenders, rounds), f"import {XLSX_ROWS:,} rows of xlsx"
    return [at_most(what, times, parser, 2), faster(what, times, plain, 4)]


def fill(path: Path, workspace: Workspace) -> None:
    """Import the file into `workspace`."""
    intake.store(workspace, intake.read(path), path, by="bench", now=datetime.now(UTC))


def _import(path: Path, folder: Path) -> Callable[[], object]:
    """An import into a new workspace each time, up to what a page would show."""
    number = itertools.count()

    def run() -> object:
        workspace = Workspace.open(folder / f"workspace-{path.suffix[1:]}-{next(number)}")
        fill(path, workspace)
        return answers.load(workspace)

    return run


def _plain(path: Path, folder: Path) -> pd.DataFrame:
    """What one would write without quota: no check, no mapping, no second import."""
    frame = pd.read_csv(path)
    frame["Date"] = pd.to_datetime(frame["Date"], format=inputs.DATE_FORMAT)
    database = folder / "plain.sqlite"
    with sqlite3.connect(database) as connection:
        frame.to_sql("activities", connection, index=False, if_exists="replace")
    done = frame[frame["Status"] == "Completed"]
    return done.groupby(["Assigned", "Date", "Type"]).size().reset_index(name="count")
