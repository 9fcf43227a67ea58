"""The order of imports does not matter: quotas, people, absences and activities give one answer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path

import pandas as pd
import pytest

from quota import answers, intake, periods
from quota.workspace import Workspace

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SHEETS = {
    "quotas": "quota,who,kind,target,every\nCalls,everyone,call,50,week\nCalls,team: North,call,40,week\n"
    "Mails,Ann Berg,email,9,week\n",
    "people": "rep,team,full time,calendar\nAnn Berg,North,0.5,DK\nBo Lind,South,1,FI\n",
    "absences": "rep,from,to,share\nBo Lind,2026-11-16,2026-11-17,1\nteam: North,2026-11-18,2026-11-18,1\n",
    "activities": "Rep,Date,Type\nAnn Berg,2026-11-16,Call\nBo Lind,2026-11-19,Call\n"
    "Bo Lind,2026-11-19,Email\n",
}


def answer(folder: Path, order: tuple[str, ...]) -> pd.DataFrame:
    workspace = Workspace.open(folder)
    for name in order:
        data = SHEETS[name].encode()
        reading = intake.read(data, f"{name}.csv", intake.remembered(workspace))
        intake.store(workspace, reading, data, by="me", now=NOW)
    facts = answers.load(workspace)
    return answers.progress(facts, periods.parse("2026-W47"), date(2026, 11, 19))


@pytest.mark.parametrize("order", list(permutations(SHEETS)), ids="-".join)
def test_every_order_gives_one_answer(tmp_path: Path, order: tuple[str, ...]) -> None:
    found = answer(tmp_path / "workspace", order)
    lines = [tuple(line) for line in found[["rep", "quota", "target", "actual"]].to_numpy()]
    # Ann: half of four days' worth of 40, and of 9; Bo: three of five days of 50.
    assert lines == [
        ("Ann Berg", "Calls", 16, 1),
        ("Ann Berg", "Mails", 3.6, 0),
        ("Bo Lind", "Calls", 30, 1),
    ]
