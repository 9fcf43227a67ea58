"""A sheet uploaded today moves no number of the past: what it changes holds from a day on, and it is said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from command import Quota

from quota import answers, dating, intake, periods
from quota import columns as c
from quota.dating import When
from quota.vetting import Terms
from quota.workspace import Workspace

D = date.fromisoformat
PEOPLE = "rep,team,full time\nAnn,North,1\n"
CALLS = "quota,target,every,kind\nCalls,{target},{every},call\n"
THURSDAY = D("2026-03-05")  # of week 10
LATER = Terms(keep_unknown=True)


def upload(workspace: Workspace, text: str, day: date, terms: Terms = Terms()) -> dict[str, int]:  # noqa: B008
    """Store a sheet on a day → what its receipt says of days from which it changes something."""
    data, noon = text.encode(), datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    reading = intake.read(data, "sheet.csv")
    receipt = intake.store(workspace, reading, data, by="me", now=noon, terms=terms)
    return dict(receipt.applies)


def targets(workspace: Workspace, *keys: str, as_of: datetime | None = None) -> list[float]:
    """Ann's target in each period."""
    facts = answers.load(workspace, as_of)
    found = [answers.progress(facts, periods.parse(key), D("2026-12-31"))["target"].tolist() for key in keys]
    return [target for (target,) in found]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace.open(tmp_path / "workspace")
    upload(workspace, PEOPLE, D("2026-01-05"))
    upload(workspace, CALLS.format(target=50, every="week"), D("2026-01-05"))
    return workspace


WEEKS = ("2026-W01", "2026-W09", "2026-W10", "2026-W11")


def test_a_first_sheet_holds_from_always_and_a_changed_one_from_the_week_that_runs(
    workspace: Workspace,
) -> None:
    assert targets(workspace, *WEEKS) == [50, 50, 50, 50]
    assert upload(workspace, CALLS.format(target=60, every="week"), THURSDAY) == {"2026-03-02": 1}
    assert targets(workspace, *WEEKS) == [50, 50, 60, 60]


def test_a_quota_changed_on_1_march_changes_no_february_number(workspace: Workspace) -> None:
    upload(workspace, "quota,target,every,kind\nMails,100,month,email\n", D("2026-01-05"))
    facts, february = answers.load(workspace), periods.parse("2026-02")
    before = answers.progress(facts, february, D("2026-02-28"))
    yesterday = datetime(2026, 2, 28, 23, 59, tzinfo=UTC)
    changed = "quota,target,every,kind\nCalls,60,week,call\nMails,200,month,email\n"
    # 1 March is the Sunday of week 9: the week keeps what it had.
    said = upload(workspace, changed, D("2026-03-01"), Terms(since=D("2026-03-01")))
    assert said == {"2026-03-01": 2}
    facts = answers.load(workspace)
    pd.testing.assert_frame_equal(answers.progress(facts, february, D("2026-02-28")), before)
    march = answers.progress(facts, periods.parse("2026-03"), D("2026-02-28"))
    assert dict(zip(march["quota"], march["target"], strict=True))["Mails"] == 200
    then = answers.load(workspace, yesterday)
    pd.testing.assert_frame_equal(answers.progress(then, february, D("2026-02-28")), before)


@pytest.mark.parametrize(
    ("every", "day", "first"),
    [
        ("day", "2026-03-05", "2026-03-05"),
        ("week", "2026-03-08", "2026-03-02"),
        ("month", "2026-03-05", "2026-03-01"),
        ("quarter", "2026-03-05", "2026-01-01"),
        ("year", "2026-03-05", "2026-01-01"),
    ],
)
def test_a_change_holds_from_the_start_of_the_quotas_own_period(
    tmp_path: Path, every: str, day: str, first: str
) -> None:
    workspace = Workspace.open(tmp_path / "workspace")
    upload(workspace, PEOPLE, D("2025-12-01"))
    upload(workspace, CALLS.format(target=50, every=every), D("2025-12-01"))
    assert upload(workspace, CALLS.format(target=60, every=every), D(day)) == {first: 1}
    stored = workspace.table("quotas")
    assert [
        (target, None if pd.isna(day) else day) for target, day in stored[["target", "from"]].to_numpy()
    ] == [
        (50, None),
        (60, D(first)),
    ]


def test_the_same_sheet_again_changes_nothing_whenever_it_comes(workspace: Workspace) -> None:
    changed = CALLS.format(target=60, every="week")
    upload(workspace, changed, THURSDAY)
    assert upload(workspace, changed, D("2026-03-26")) == {}
    assert upload(workspace, changed.replace("Calls", "CALLS "), D("2026-03-27")) == {}
    assert targets(workspace, *WEEKS) == [50, 50, 60, 60]
    assert len(workspace.table("quotas")) == 2


def test_from_when_can_be_said_and_a_mistake_corrected_from_the_beginning(workspace: Workspace) -> None:
    changed = CALLS.format(target=60, every="week")
    assert upload(workspace, changed, THURSDAY, Terms(since=D("2026-03-09"))) == {"2026-03-09": 1}
    assert targets(workspace, *WEEKS) == [50, 50, 50, 60]
    again = CALLS.format(target=70, every="week")
    assert upload(workspace, again, D("2026-03-12"), Terms(corrects=True)) == {"2026-03-09": 1}
    assert targets(workspace, *WEEKS) == [50, 50, 50, 70]


def test_a_row_that_says_from_when_is_taken_at_its_word(workspace: Workspace) -> None:
    said = upload(workspace, "quota,target,every,kind,from\nCalls,60,week,call,2026-02-23\n", THURSDAY)
    assert said == {"2026-02-23": 1}
    assert targets(workspace, *WEEKS) == [50, 60, 60, 60]


def test_a_season_within_a_quota_is_no_change_of_it(workspace: Workspace) -> None:
    sheet = (
        "quota,target,every,kind,from,to\nCalls,50,week,call,,\nCalls,20,week,call,2026-03-02,2026-03-08\n"
    )
    assert upload(workspace, sheet, D("2026-01-06")) == {"2026-03-02": 1}
    assert upload(workspace, sheet, THURSDAY) == {}
    assert targets(workspace, *WEEKS) == [50, 50, 20, 50]


def test_undoing_the_changed_sheet_brings_the_old_numbers_back(workspace: Workspace) -> None:
    upload(workspace, CALLS.format(target=60, every="week"), THURSDAY)
    workspace.undo(workspace.imports()["import_id"].iloc[-1], by="me", now=datetime(2026, 3, 6, tzinfo=UTC))
    assert targets(workspace, *WEEKS) == [50, 50, 50, 50]


def test_a_change_of_team_or_hours_holds_from_the_week_that_runs(workspace: Workspace) -> None:
    upload(workspace, "quota,who,target,every,kind\nCalls,team: South,90,week,call\n", D("2026-01-06"), LATER)
    assert upload(workspace, "rep,team,full time\nAnn,South,0.8\n", THURSDAY) == {"2026-03-02": 1}
    assert targets(workspace, *WEEKS) == [50, 50, 72, 72]
    assert upload(workspace, "rep,team,full time\nAnn,South,80 %\n", D("2026-03-20")) == {}
    assert targets(workspace, *WEEKS) == [50, 50, 72, 72]


def test_what_a_list_of_people_knew_nothing_of_holds_from_always(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "workspace")
    upload(workspace, "rep,e-mail,role\nAnn,ann@example.com,SDR\n", D("2026-01-05"))
    upload(workspace, CALLS.format(target=50, every="week"), D("2026-01-05"))
    assert upload(workspace, "rep,team,full time,role\nAnn,North,0.5,SDR\n", THURSDAY) == {}
    assert targets(workspace, *WEEKS) == [25, 25, 25, 25]


def test_somebody_who_left_and_comes_again_had_not_been_there_between(workspace: Workspace) -> None:
    upload(workspace, "rep,team,start,end\nAnn,North,2025-01-01,2026-02-22\n", D("2026-02-20"))
    assert targets(workspace, "2026-W08", "2026-W09", "2026-W10") == [50, 0, 0]
    assert upload(workspace, "rep,team,start,end\nAnn,North,2026-03-02,\n", THURSDAY) == {"2026-03-02": 1}
    assert targets(workspace, "2026-W08", "2026-W09", "2026-W10", "2026-W11") == [50, 0, 50, 50]


def test_the_command_line_says_from_when(tmp_path: Path) -> None:
    quota = Quota(tmp_path / "workspace")

    def put(target: int, *options: str) -> Any:
        (path := tmp_path / "quotas.csv").write_text(CALLS.format(target=target, every="week"), "utf-8")
        ((receipt),) = quota.json("import", *options, path)
        return receipt

    (people := tmp_path / "people.csv").write_text(PEOPLE, "utf-8")
    quota.json("import", people)
    last = periods.previous(periods.containing(date.today(), "week"))
    put(50)
    before = quota.run("progress", "--period", last.key, "--json").stdout
    assert put(60)["applies"] == {str(last.end): 1}
    assert quota.run("progress", "--period", last.key, "--json").stdout == before
    (now,) = quota.json("progress", "--period", periods.following(last).key)
    assert now["target"] == 60
    later = last.end + timedelta(days=7)
    assert put(70, "--applies-from", str(later))["applies"] == {str(later): 1}
    assert put(65, "--applies-from", "beginning")["applies"] == {str(last.end): 1}
    assert quota.run("progress", "--period", last.key, "--json").stdout == before
    assert "9" in quota.refused("import", "--applies-from", "2026-02-29", people)


QUOTA = dict.fromkeys(c.QUOTAS.names) | {"quota": "Calls", "who": "everyone", "kind": "call"}
QUOTA |= {"measure": "count", "every": "week", "target": 50.0}


@pytest.mark.parametrize(
    ("stored", "row", "dated"),
    [
        ([], {}, (None, None)),
        ([{}], {}, (None, None)),
        ([{}], {"carry": False}, (None, None)),
        ([{}], {"cap": "60"}, (D("2026-03-02"), D("2026-03-02"))),
        ([{}], {"who": "team: North"}, (None, None)),  # another quota
        ([{"from": D("2026-02-02")}], {}, (D("2026-02-02"), None)),
        ([{"from": D("2026-06-01"), "target": 70.0}], {}, (D("2026-03-02"), D("2026-03-02"))),
        ([{}, {"from": D("2026-03-02"), "target": 70.0}], {"target": 70.0}, (D("2026-03-02"), None)),
    ],
)
def test_the_day_of_a_row(
    stored: list[dict[str, object]], row: dict[str, object], dated: tuple[date | None, date | None]
) -> None:
    known = pd.DataFrame([{**QUOTA, **one} for one in stored], columns=c.QUOTAS.names)
    (found,) = dating.dated("quotas", [{**QUOTA, **row}], known, When(THURSDAY))
    assert (found.row["from"], found.applies) == dated
