"""The sample workspace: six made-up exports, imported as anybody would, on their own last day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa

from quota import intake
from quota.workspace import Receipt, Workspace

FOLDER = Path(__file__).parents[1] / "sample_data"
# The people first: the aliases in the other files are looked up among them.
FILES = (
    "people_and_quotas.xlsx",
    "salesforce_activities.csv",
    "hubspot_activities.xlsx",
    "copenhagen_tracker.csv",
    "helsinki_weeks.xlsx",
    "deals.csv",
)
# The sample lives on its last day for ever, so that its week is always half done.
LAST_DAY = "2026-09-30"
_CALENDAR = f"today = {LAST_DAY}"


def load(workspace: Workspace, *, by: str, now: datetime) -> Iterator[Receipt]:
    """Import the sample's files one by one, then hold the workspace's calendar at its last day."""
    for name in FILES:
        path = FOLDER / name
        yield intake.store(workspace, intake.read(path), path, by=by, now=now)
    setting = pa.table({"name": ["today"], "value": [LAST_DAY]})
    yield workspace.enter(_CALENDAR, {"settings": setting}, by=by, now=now)


def remove(workspace: Workspace, imports: pd.DataFrame, *, by: str, now: datetime) -> None:
    """Undo the sample's imports, its calendar included."""
    for import_id in imports_of(imports):
        workspace.undo(import_id, by=by, now=now)


def imports_of(imports: pd.DataFrame) -> list[str]:
    """Which of a workspace's active imports are the sample's, latest first."""
    files = [hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() for name in FILES]
    mine = imports["sha256"].isin(files) | (imports["file"] == _CALENDAR)
    found: list[str] = imports.loc[imports["active"] & mine, "import_id"].tolist()[::-1]
    return found
