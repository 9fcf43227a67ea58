"""The sample workspace from end to end: its control totals, and that importing is safe.

Whatever is done to a workspace (the same file twice, undo and redo, two processes at once, a
process that is killed), its numbers are those of the imports that count.
"""

from __future__ import annotations

import json
import math
import os
import pickle
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from quota import answers, cli, intake, periods, sample
from quota.ingest import FileReading
from quota.workspace import Workspace

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)
START, END = date(2026, 5, 1), date(2026, 10, 2)
SEPTEMBER = ("--from", "2026-09-01", "--to", "2026-10-01")


def quota(location: Path, *arguments: str) -> Any:
    told = CliRunner().invoke(cli.main, ["--workspace", str(location), *arguments])
    assert told.exit_code == 0, told.output
    return json.loads(told.stdout) if "--json" in arguments else told.stdout


def numbers(location: Path | Workspace) -> str:
    """What a workspace shows, as one text: every count, progress, funnels."""
    workspace = location if isinstance(location, Workspace) else Workspace.open(location)
    facts = answers.with_first(workspace, answers.load(workspace))
    quarter = periods.parse("2026-Q3")
    return "\n".join(
        frame.to_csv()
        for frame in (
            answers.counts(facts, START, END, ["rep", "team", "kind", "day"], "any"),
            answers.progress(facts, quarter, quarter.last),
            answers.funnel(facts, START, END, "rep"),
            answers.funnel(facts, START, END, "month", "cohort"),
        )
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `demo` makes; not to be changed."""
    location = tmp_path_factory.mktemp("sample") / "workspace"
    quota(location, "demo")
    return location


@pytest.fixture
def loaded(demo: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(demo, tmp_path / "workspace")
    return tmp_path / "workspace"


# --- the control totals of sample_data/README.md -----------------------------------------


def _told() -> dict[str, tuple[int, dict[str, float], dict[str, int]]]:
    """The README's table: file → rows, done, aside."""
    line = re.compile(r"\| `(?P<file>.+?)` \|.*?\| (?P<rows>[\d,]+) \| (?P<done>.*?) \| ?(?P<aside>.*?) ?\|")
    found = {}
    for row in (sample.FOLDER / "README.md").read_text(encoding="utf-8").splitlines():
        if match := line.fullmatch(row):
            done, aside = _totals(match["done"]), _totals(match["aside"])
            found[match["file"]] = (int(match["rows"].replace(",", "")), done, aside)
    return found


def _totals(text: str) -> dict[str, Any]:
    """`call 1,181; amount won, DKK 275,312.63` → names and numbers."""
    parts = (part.rpartition(" ") for part in text.split("; ") if part)
    return {name: float(number.replace(",", "")) for name, _, number in parts}


TOLD = _told()


def _ledger(location: Path) -> pd.DataFrame:
    log = Workspace.open(location).imports().set_index("file")
    return log.loc[list(sample.FILES)]


def test_every_file_is_in_the_readme() -> None:
    assert set(TOLD) == set(sample.FILES)


@pytest.mark.parametrize("file", sample.FILES)
def test_the_rows_add_up(file: str, demo: Path) -> None:
    line = _ledger(demo).loc[file]
    rows, _, aside = TOLD[file]
    assert line["rows"] == rows == line["accepted"] + line["skipped"] + line["rejected"]
    assert line["rejected"] == 0
    kept = aside.get("inbound call", 0)
    assert line["skipped"] == sum(aside.values()) - kept


@pytest.mark.parametrize("file", [name for name in sample.FILES if name != "people_and_quotas.xlsx"])
def test_what_was_done_is_what_the_readme_says(file: str, demo: Path) -> None:
    rows = Workspace.open(demo).rows(_ledger(demo).loc[file, "import_id"])
    assert not rows["withdrawn"].any()
    inbound, own = rows[rows["direction"] == "in"], rows[rows["direction"] != "in"]
    found: Counter[str] = Counter()
    for kind, counted, amount, currency in own[["kind", "count", "amount", "currency"]].itertuples(
        index=False
    ):
        found[kind] += counted
        if kind in ("won", "lost") and not math.isnan(amount):
            found[f"amount {kind}, {currency}"] += amount
    assert {name: round(total, 2) for name, total in found.items() if total} == TOLD[file][1]
    assert len(inbound) == TOLD[file][2].get("inbound call", 0)


def test_the_leaders_own_workbook_is_all_there(demo: Path) -> None:
    workspace = Workspace.open(demo)
    stored = {name: len(workspace.table(name)) for name in ("people", "quotas", "absences")}
    assert stored == TOLD["people_and_quotas.xlsx"][1]
    assert len(answers.load(workspace).reps) == 12


def test_the_command_line_counts_the_same(demo: Path) -> None:
    expected: Counter[str] = Counter()
    for file in sample.FILES[1:]:
        expected.update({name: int(n) for name, n in TOLD[file][1].items() if not name.startswith("amount")})
    lines = quota(demo, "counts", "--from", str(START), "--to", str(END), "--by", "kind", "--json")
    assert {line["kind"]: line["count"] for line in lines} == expected
    won = next(line for line in lines if line["kind"] == "won")
    assert won["amount"] is None
    assert won["amounts"] == {"DKK": 275312.63 + 1207000, "EUR": 144700, "USD": 328900}


# --- Raj's month -------------------------------------------------------------------------


def _wilson(k: int, n: int, z: float = 1.959963984540054) -> tuple[float, float]:
    p = k / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return middle - reach, middle + reach


def test_rajs_400_touches_became_30_opportunities_on_the_command_line(demo: Path) -> None:
    groups = quota(demo, "funnel", *SEPTEMBER, "--by", "rep", "--json")
    (raj,) = [group["stages"] for group in groups if group["group"] == "Raj Patel"]
    stages = {stage["stage"]: stage for stage in raj}
    assert {name: stage["count"] for name, stage in stages.items()} == {
        "touch": 400,
        "meeting": 0,
        "opportunity": 30,
        "proposal": 0,
        "won": 0,
    }
    found = stages["opportunity"]
    assert found["rate_from_previous"] == found["rate_from_first"] == 0.075
    low, high = _wilson(30, 400)
    assert (round(low, 4), round(high, 4)) == (0.0530, 0.1050)
    assert found["low"] == pytest.approx(low, abs=1e-12)
    assert found["high"] == pytest.approx(high, abs=1e-12)


def test_the_answers_and_the_page_agree_about_raj(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = answers.load(Workspace.open(demo))
    stages = answers.funnel(facts, date(2026, 9, 1), date(2026, 10, 1), "rep").set_index(["group", "stage"])
    answer = stages.loc[("Raj Patel", "opportunity")]
    monkeypatch.setenv("QUOTA_WORKSPACE", str(demo))
    page = AppTest.from_file(str(ROOT / "quota/ui/shell.py"), default_timeout=60)
    page.query_params["period"], page.query_params["rep"] = "2026-09", "Raj Patel"
    page.run()
    page.switch_page("../../pages/funnel.py").run()
    assert not page.exception
    assert "400 touches became 30 opportunities: 7.5%" in page.title[0].value.replace("\\", "")
    shown = page.dataframe[0].value.iloc[2]
    assert (answer["count"], shown["count"]) == (30, 30)
    assert answer["rate_from_previous"] == shown["rate"] == 0.075
    assert shown["between"] == f"{answer['low']:.1%} – {answer['high']:.1%}" == "5.3% – 10.5%"


# --- importing is safe -------------------------------------------------------------------


def test_importing_any_file_twice_changes_no_number(loaded: Path) -> None:
    before = numbers(loaded)
    for receipt in quota(loaded, "import", *[str(sample.FOLDER / name) for name in sample.FILES], "--json"):
        assert (receipt["new"], receipt["changed"]) == (0, 0), receipt
        assert receipt["same"] > 0
    assert numbers(loaded) == before


def test_the_sample_can_be_loaded_twice_and_leaves_no_trace_in_the_numbers(
    loaded: Path, tmp_path: Path
) -> None:
    before = numbers(loaded)
    assert {(receipt["new"], receipt["changed"]) for receipt in quota(loaded, "demo", "--json")} == {(0, 0)}
    assert numbers(loaded) == before
    (own := tmp_path / "own.csv").write_text("Rep,Date,Type\nEve,2026-09-01,Call\n")
    quota(loaded, "import", str(own))
    workspace = Workspace.open(loaded)
    sample.remove(workspace, workspace.imports(), by="me", now=NOW)
    assert sample.imports_of(workspace.imports()) == []
    facts = answers.load(workspace)
    assert (facts.reps, facts.settings) == (["Eve"], {})
    assert answers.counts(facts, START, END)["count"].tolist() == [1]


def test_an_undo_returns_every_number_to_what_it_was(loaded: Path, tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "again")
    after = {}
    for receipt in sample.load(workspace, by="me", now=NOW):
        after[receipt.import_id] = numbers(workspace)
    assert len(set(after.values())) == 6  # the calendar changes no number that is asked for by date
    assert list(after.values())[-1] == numbers(loaded)
    steps = list(after)
    for last, before in zip(steps[:0:-1], steps[-2::-1], strict=True):
        workspace.undo(last, by="me", now=NOW)
        assert numbers(workspace) == after[before]
    for again in steps[1:]:
        workspace.redo(again, by="me", now=NOW)
    assert numbers(workspace) == after[steps[-1]]


def test_an_undo_in_the_middle_is_as_if_it_had_never_been(loaded: Path, tmp_path: Path) -> None:
    left_out = "salesforce_activities.csv"
    without = Workspace.open(tmp_path / "without")
    for name in sample.FILES:
        if name != left_out:
            path = sample.FOLDER / name
            intake.store(without, intake.read(path), path, by="me", now=NOW)
    quota(loaded, "undo", _ledger(loaded).loc[left_out, "import_id"])
    assert numbers(loaded) == numbers(without)


def _process(location: Path, *files: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "quota", "--workspace", str(location), "import"]
    paths = [str(sample.FOLDER / name) for name in files]
    return subprocess.Popen([*command, *paths], cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True)


def test_two_processes_importing_different_files_at_once_lose_nothing(demo: Path, tmp_path: Path) -> None:
    location = tmp_path / "workspace"
    both = [_process(location, *sample.FILES[:3]), _process(location, *sample.FILES[3:])]
    assert [process.wait(60) for process in both] == [0, 0]
    log = Workspace.open(location).imports()
    assert sorted(log["file"]) == sorted(sample.FILES)
    assert log["at"].is_monotonic_increasing
    assert log["at"].is_unique
    assert numbers(location) == numbers(demo)


# Everything that an import needs is loaded and read; then it says so and stores.
_STORES = """
import pickle, sys
from datetime import UTC, datetime
from pathlib import Path
from quota import intake
from quota.workspace import Workspace
workspace, path = Workspace.open(sys.argv[1]), Path(sys.argv[2])
reading = pickle.load(sys.stdin.buffer)
print("stores", flush=True)
intake.store(workspace, reading, path, by="me", now=datetime.now(UTC))
print("stored", flush=True)
"""


def _killed_after(seconds: float | None, location: Path, reading: FileReading) -> float:
    """Import in a process that is killed so long after it began to store; how long it stored."""
    command = [sys.executable, "-c", _STORES, str(location), str(sample.FOLDER / reading.file)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        pickle.dump(reading, process.stdin)
        process.stdin.flush()
        assert process.stdout.readline() == b"stores\n"
        began = time.monotonic()
        if seconds is None:
            assert process.stdout.readline() == b"stored\n"
        else:
            time.sleep(seconds)
            process.send_signal(signal.SIGKILL)
        return time.monotonic() - began


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_a_process_killed_while_it_stores_leaves_all_or_nothing(tmp_path: Path) -> None:
    file = "hubspot_activities.xlsx"
    Workspace.open(tmp_path / "base")
    whole = shutil.copytree(tmp_path / "base", tmp_path / "whole")
    reading = intake.read(sample.FOLDER / file)
    length, everything = _killed_after(None, whole, reading), _held(whole)
    assert len(everything) == 1849
    chance = random.Random(9)
    for attempt in range(5):
        location = shutil.copytree(tmp_path / "base", tmp_path / f"killed{attempt}")
        _killed_after(length * (attempt + chance.random()) / 5, location, reading)
        committed = list(Workspace.open(location).imports()["file"])
        assert committed in ([], [file])
        assert _held(location) == (everything if committed else [])
        quota(location, "import", str(sample.FOLDER / file))
        assert _held(location) == everything


def _held(location: Path) -> list[tuple[object, ...]]:
    """The visible activities, by what identifies them and what they say."""
    rows = Workspace.open(location).activities().select(["source", "key", "digest"])
    return sorted(tuple(row.values()) for row in rows.to_pylist())
