"""Points, ramps and tiers change on a day: what they gave before stays, to the last digit."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from command import Quota
from metric_frames import D, absences, people, rules
from test_quota_cases import did, work

from quota import answers, attainment, checks, dating, inforce, intake, leaderboard, periods
from quota import columns as c
from quota.dating import When
from quota.derivation import derivations
from quota.rules import Plan
from quota.vetting import Terms
from quota.workspace import Workspace
from quota.worktime import Staff

Row = dict[str, Any]

# Week 10 runs from Monday 2 to Sunday 8 March; from Wednesday on a call is worth two.
MON, TUE, WED, THU = "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"
POINTS = [("call", 1.0, None), ("meeting", 10.0, None), ("call", 2.0, WED)]
RAMP = [("New", 1, 0.2, None), ("New", 2, 0.5, None), ("new ", 1, 0.6, WED), ("New", 3, 0.8, WED)]
TIERS = [("Silver", 1.0, None), ("Gold", 1.2, None), ("Gold", 1.5, "2026-03-01")]
ON_POINTS = {"quota": "Points", "kind": "points", "target": 100.0}
CALLS = [did(MON, count=10), did(THU, count=10)]


def table(columns: list[str], rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=[*columns, "from"])
    return frame.assign(**{"from": pd.to_datetime(frame["from"])})


def plan(*asked: Row, **more: list[tuple[Any, ...]]) -> Plan:
    days = [{name: D(v) if name in ("from", "to") else v for name, v in row.items()} for row in asked]
    return Plan(
        rules(*days),
        table(["kind", "points"], more.get("points", POINTS)),
        table(["ramp", "week", "share"], more.get("ramp", RAMP)),
        table(["tier", "threshold"], more.get("tiers", TIERS)),
    )


def line(asked: Row | list[Row], period: str, done: list[Row], start: str = "2020-01-01", **more: Any) -> Row:
    """Raj's only line at the end of a period."""
    asked = asked if isinstance(asked, list) else [asked]
    staff = Staff(people({"rep": "Raj", "team": "North", "start": D(start)}), absences())
    when = periods.parse(period)
    (found,) = (
        attainment.progress(work(done), plan(*asked, **more), staff, when, when.last)
        .astype(object)
        .to_dict("records")
    )
    return {str(name): value for name, value in found.items()}


@pytest.mark.parametrize(
    ("more", "done", "period", "target", "actual"),
    [
        ({}, CALLS, "2026-W10", 100, 30),  # 10 × 1 + 10 × 2
        ({}, [did(TUE), did(WED, count=3)], "2026-W10", 100, 7),
        ({}, CALLS, "2026-03", 440, 30),  # 22 days of 20
        ({}, [did("2026-02-10", count=7)], "2026-02", 400, 7),
        ({}, [did(THU, "meeting")], "2026-W10", 100, 10),  # what did not change goes on
        ({"cap": "call 20"}, CALLS, "2026-W10", 100, 28),  # 8 of two days × 1, 12 of three × 2: 8 + 20
        ({"cap": "25"}, CALLS, "2026-W10", 100, 25),  # 10 of two days' 10, 15 of three days' 15
        ({"from": "2026-03-05"}, CALLS, "2026-W10", 40, 20),
        ({"to": "2026-03-02"}, CALLS, "2026-W10", 20, 10),
        ({"every": "month"}, CALLS, "2026-03", 100, 30),
    ],
)
def test_each_day_counts_with_its_own_points(
    more: Row, done: list[Row], period: str, target: float, actual: float
) -> None:
    found = line({**ON_POINTS, **more}, period, done)
    assert (found["target"], found["actual"]) == pytest.approx((target, actual), abs=1e-9)


def test_days_before_any_points_ask_for_nothing() -> None:
    found = line(ON_POINTS, "2026-W10", CALLS, points=[("call", 2.0, WED)])
    assert (found["target"], found["actual"]) == (60, 20)


def test_a_kind_counts_from_the_day_on_which_it_has_points() -> None:
    done = [did(MON, "demo"), did(THU, "demo")]
    found = line(ON_POINTS, "2026-W10", done, points=[*POINTS[:2], ("demo", 5.0, WED)])
    assert (found["target"], found["actual"]) == (100, 5)


def test_the_later_of_two_rows_still_wins_after_the_points_changed() -> None:
    rows = [ON_POINTS, {**ON_POINTS, "target": 200.0, "from": "2026-02-02"}]
    assert line(rows, "2026-W05", [])["target"] == 100
    assert [line(rows, week, [])["target"] for week in ("2026-W06", "2026-W10", "2026-W11")] == [200] * 3


def test_changed_points_overlap_nothing() -> None:
    rows = plan(ON_POINTS, {**ON_POINTS, "target": 200.0, "from": "2026-02-02"})
    roster = pd.DataFrame({"rep": ["Raj"], "team": ["North"], "role": [None]})
    assert checks.check_rules(rows, roster).empty


def test_the_derivation_says_what_each_call_was_worth() -> None:
    staff = Staff(people({"rep": "Raj", "team": "North"}), absences())
    week = periods.parse("2026-W10")
    (why,) = derivations(work(CALLS), plan(ON_POINTS), staff, week, week.last, "Raj")
    told = why.done[why.done["kind"] == "call"]
    assert told[["worth", "events", "value"]].to_numpy().tolist() == [[1, 10, 10], [2, 10, 20]]
    assert why.pieces["target"].tolist() == [40, 60]
    assert why.rules["won"].tolist() == [True, True]


def test_points_of_the_ranking_are_those_of_the_day() -> None:
    everybody = pd.DataFrame({"rep": ["Raj"], "team": ["North"], "attainment": [None]})
    cube, points = work(CALLS).cube, plan().points
    found = leaderboard.values("points", cube, everybody, D("2026-03-01"), D("2026-03-09"), points)
    assert found["value"].tolist() == [30]


@pytest.mark.parametrize(
    ("start", "period", "target"),
    [
        (MON, "2026-W10", 88),  # two days at 0.2, three at 0.6: 2.2 of 5 days × 200
        (MON, "2026-W11", 100),  # week 2
        (MON, "2026-W12", 160),  # week 3 has a share now
        (MON, "2026-W13", 200),
        ("2026-02-02", "2026-W06", 40),  # in February as it was
        ("2026-02-02", "2026-W08", 200),  # and without a week 3
        ("2026-02-16", "2026-W10", 176),  # her week 3: two days at 1, three at 0.8
    ],
)
def test_each_day_has_the_share_that_the_ramp_gave_it_then(start: str, period: str, target: float) -> None:
    found = line({"target": 200.0, "ramp": "new"}, period, [], start)
    assert found["target"] == pytest.approx(target, abs=1e-9)


def test_the_derivation_says_each_days_share() -> None:
    staff = Staff(people({"rep": "Raj", "team": "North", "start": D(MON)}), absences())
    week = periods.parse("2026-W10")
    (why,) = derivations(work([]), plan({"ramp": "new"}), staff, week, week.last, "Raj")
    assert why.days["ramp"].tolist() == [0.2, 0.2, 0.6, 0.6, 0.6, 0.6, 0.6]


@pytest.mark.parametrize(
    ("period", "calls", "tier"),
    [
        ("2026-W08", 130, "Gold"),
        ("2026-W09", 130, "Silver"),  # its Sunday is 1 March
        ("2026-W10", 130, "Silver"),
        ("2026-W10", 150, "Gold"),
        ("2026-02", 520, "Gold"),  # 400 × 1.3
        ("2026-W10", 90, None),
    ],
)
def test_a_periods_tiers_are_those_of_its_last_day(period: str, calls: int, tier: str | None) -> None:
    day = str(periods.parse(period).start)
    found = line({"target": 100.0}, period, [did(day, count=calls)])
    assert (None if pd.isna(found["tier"]) else found["tier"]) == tier


def test_the_rows_in_force() -> None:
    ramp = plan().ramps
    assert inforce.begins(ramp).tolist()[1:] == [D(WED)]
    before, after = (inforce.on(ramp, "ramps", day) for day in inforce.begins(ramp))
    assert before[["week", "share"]].to_numpy().tolist() == [[1, 0.2], [2, 0.5]]
    assert sorted(after[["week", "share"]].to_numpy().tolist()) == [[1, 0.6], [2, 0.5], [3, 0.8]]


# --- sheets that say nothing of a day ---

THURSDAY = D("2026-03-05")
SOME = {
    "points": {"kind": "call", "points": 1.0, "from": None},
    "ramps": {"ramp": "New", "week": 1, "share": 0.2, "from": None},
    "tiers": {"tier": "Gold", "threshold": 1.2, "reward": None, "from": None},
}
MONDAY = (D(MON), D(MON))


@pytest.mark.parametrize(
    ("name", "row", "dated"),
    [
        ("points", {}, (None, None)),
        ("points", {"points": 2.0}, MONDAY),
        ("points", {"kind": "demo"}, MONDAY),  # points were stated without it
        ("points", {"points": 2.0, "from": D("2026-04-01")}, (D("2026-04-01"), D("2026-04-01"))),
        ("points", {"from": D("2026-04-01")}, (D("2026-04-01"), None)),
        ("ramps", {"ramp": "NEW "}, (None, None)),
        ("ramps", {"share": 0.4}, MONDAY),
        ("ramps", {"week": 2}, MONDAY),
        ("ramps", {"ramp": "Other"}, (None, None)),  # of which nothing was stated
        ("tiers", {"reward": "A day off"}, MONDAY),
        ("tiers", {"tier": "Platinum", "threshold": 1.5}, MONDAY),
    ],
)
def test_the_day_of_a_row(name: str, row: Row, dated: tuple[date | None, date | None]) -> None:
    known = pd.DataFrame([SOME[name]], columns=c.WRITTEN[name].names)
    (found,) = dating.dated(name, [{**SOME[name], **row}], known, When(THURSDAY))
    assert (found.row["from"], found.applies) == dated


def test_a_first_sheet_holds_since_ever() -> None:
    nothing = pd.DataFrame(columns=c.POINTS.names)
    (found,) = dating.dated("points", [SOME["points"]], nothing, When(THURSDAY))
    assert (found.row["from"], found.applies) == (None, None)


SHEETS = {
    "points": ("activity,points\nCall,{}\n", "points,", (1, 3)),
    "ramps": ("ramp,week,share\nNew,1,{}\n", "call,New", (1, 0.5)),
    "tiers": ("tier,threshold\nGold,{}\n", "call,", (1.2, 3)),
}


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("said", [None, D("2026-03-01")])
def test_a_change_of_march_changes_no_february_number(tmp_path: Path, name: str, said: date | None) -> None:
    workspace = Workspace.open(tmp_path / "workspace")
    sheet, asked, (before, after) = SHEETS[name]
    quotas = f"quota,target,every,kind,ramp\nWork,5,week,{asked}\n"
    calls = "rep,date,type,count\nAnn,2026-02-10,Call,8\nAnn,2026-02-24,Call,8\nAnn,2026-03-04,Call,8\n"
    crew = "rep,team,start\nAnn,North,2026-02-10\n"
    for text in (calls, crew, sheet.format(before), quotas):
        upload(workspace, text, D("2026-03-01"))
    keys = ["2026-W07", "2026-W08", "2026-02", "2026-W10"]

    def shown() -> list[pd.DataFrame]:
        facts = answers.load(workspace)
        return [answers.progress(facts, periods.parse(key), D("2026-03-31")) for key in keys]

    then = shown()
    assert upload(workspace, sheet.format(after), THURSDAY, Terms(since=said)) == {str(said or D(MON)): 1}
    now = shown()
    for key, a, b in zip(keys[:3], then, now, strict=False):
        pd.testing.assert_frame_equal(a, b, obj=key)
    # The ramp's first week is over: only a newcomer of March would notice.
    assert then[3].equals(now[3]) == (name == "ramps")
    workspace.undo(workspace.imports()["import_id"].iloc[-1], by="me", now=datetime(2026, 3, 6, tzinfo=UTC))
    assert all(a.equals(b) for a, b in zip(then, shown(), strict=True))


def test_a_mistake_is_corrected_from_the_beginning(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "workspace")
    upload(workspace, "activity,points\nCall,1\n", D("2026-01-05"))
    upload(workspace, "activity,points\nCall,2\n", THURSDAY, Terms(corrects=True))
    stored = workspace.table("points")[["kind", "points"]].to_numpy().tolist()
    assert stored == [["call", 2]]


def test_a_sheet_may_say_from_which_day(tmp_path: Path) -> None:
    quota = Quota(tmp_path / "workspace")
    (file := tmp_path / "points.csv").write_text("Aktivitet;Point;Fra\nOpkald;2;01.03.2026\n", "utf-8")
    ((receipt),) = quota.json("import", file)
    assert receipt["rejected"] == 0
    stored = Workspace.open(tmp_path / "workspace").table("points")
    assert stored[["kind", "points"]].to_numpy().tolist() == [["call", 2]]
    assert [day.isoformat() for day in pd.to_datetime(stored["from"]).dt.date] == ["2026-03-01"]


def upload(workspace: Workspace, text: str, day: date, terms: Terms = Terms()) -> dict[str, int]:  # noqa: B008
    data, noon = text.encode(), datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    reading = intake.read(data, "sheet.csv")
    return dict(intake.store(workspace, reading, data, by="me", now=noon, terms=terms).applies)
