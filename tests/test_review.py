"""After an import: twins counted once and back, weeks restated, every row and number traced."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from quota import answers, engines, intake, review
from quota.errors import BadRequest
from quota.ingest import Choices
from quota.workspace import Receipt, Workspace

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
CRM = """Activity ID,Owner,Date,Type,Contact
1,Ann Berg,2026-11-09 10:00,Call,Bo
2,Ann Berg,2026-11-09 11:00,Call,Cy
3,Ann Berg,2026-11-09 11:00,Email,Cy
4,Bob Lee,2026-11-10 09:00,Call,Di
"""
PHONE = """Call ID,Agent,Start time,Activity type,Number
p1,Ann Berg,2026-11-09 10:02,Call,+45 1
p2,Ann Berg,2026-11-09 12:00,Call,+45 2
p3,Bob Lee,2026-11-10 08:57,Call,+45 3
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "workspace")


def put(workspace: Workspace, text: str, file: str, **options: bool) -> Receipt:
    data = text.encode()
    reading = intake.read(data, file, Choices(today=date(2026, 12, 31)))
    return intake.store(workspace, reading, data, by="me", now=NOW, **options)


def calls(workspace: Workspace) -> dict[str, int]:
    found = answers.counts(answers.load(workspace), date(2026, 1, 1), date(2027, 1, 1), ["rep", "kind"])
    return {f"{rep} {kind}": int(n) for rep, kind, n in found[["rep", "kind", "count"]].to_numpy()}


BOTH = {"Ann Berg call": 4, "Ann Berg email": 1, "Bob Lee call": 2}
ONCE = {"Ann Berg call": 3, "Ann Berg email": 1, "Bob Lee call": 1}


def twins(workspace: Workspace) -> list[tuple[int, int]]:
    pairs = answers.twins(workspace, answers.load(workspace))
    return sorted(zip(pairs["row_a"], pairs["row_b"], strict=True))


def test_twins_are_told_at_import_and_listed_with_where_they_stand(workspace: Workspace) -> None:
    assert put(workspace, CRM, "crm.csv").twins == 0
    assert put(workspace, PHONE, "phone.csv").twins == 2
    assert calls(workspace) == BOTH
    pairs = answers.twins(workspace, answers.load(workspace))
    assert pairs[["file_a", "row_a", "file_b", "row_b", "rep", "kind", "apart"]].values.tolist() == [
        ["crm.csv", 2, "phone.csv", 2, "Ann Berg", "call", 120.0],
        ["crm.csv", 5, "phone.csv", 4, "Bob Lee", "call", 180.0],
    ]
    (group,) = review.twin_groups(pairs).to_dict("records")
    assert (group["kind"], group["count"], group["reps"]) == ("call", 2, 2)
    assert (group["first_day"], group["last_day"]) == (date(2026, 11, 9), date(2026, 11, 10))
    assert put(workspace, PHONE, "phone.csv").twins == 0  # they were known already


def once(workspace: Workspace, keep: str = "source_a") -> Receipt:
    pairs = answers.twins(workspace, answers.load(workspace))
    return intake.count_once(workspace, pairs, pairs[keep][0], named="Counted once", by="me", now=NOW)


def test_counting_once_takes_the_twins_out_and_undo_brings_them_back(workspace: Workspace) -> None:
    put(workspace, CRM, "crm.csv")
    phone = put(workspace, PHONE, "phone.csv")
    decision = once(workspace)
    assert (decision.file, decision.new, decision.changed, decision.same) == ("Counted once", 0, 2, 0)
    assert (calls(workspace), twins(workspace)) == (ONCE, [])
    assert sorted(answers.rows(workspace, phone.import_id)["fate"]) == ["counted", "twin", "twin"]
    workspace.undo(decision.import_id, by="me", now=NOW)
    assert (calls(workspace), twins(workspace)) == (BOTH, [(2, 2), (5, 4)])
    workspace.redo(decision.import_id, by="me", now=NOW)
    assert calls(workspace) == ONCE


def test_what_counts_once_stays_so_when_the_next_export_holds_it_again(workspace: Workspace) -> None:
    put(workspace, CRM, "crm.csv")
    put(workspace, PHONE, "phone.csv")
    decision = once(workspace)
    later = put(
        workspace, PHONE.replace("10:02", "10:03") + "p4,Bob Lee,2026-11-11 09:00,Call,+45 3\n", "next.csv"
    )
    assert (later.new, later.changed, later.same, later.twins) == (1, 0, 3, 0)
    assert calls(workspace) == ONCE | {"Bob Lee call": 2}
    workspace.undo(decision.import_id, by="me", now=NOW)
    assert calls(workspace) == BOTH | {"Bob Lee call": 3}
    assert engines.cube(workspace, engine="duckdb")["count"].sum() == 8


def test_either_system_can_be_kept(workspace: Workspace) -> None:
    put(workspace, CRM, "crm.csv")
    put(workspace, PHONE, "phone.csv")
    once(workspace, "source_b")
    assert calls(workspace) == ONCE
    pairs = answers.twins(workspace, answers.load(workspace))
    with pytest.raises(BadRequest, match="no_twins"):
        intake.count_once(workspace, pairs, "crm", named="", by="me", now=NOW)


def test_what_is_different_is_not_shown_again_until_that_is_undone(workspace: Workspace) -> None:
    put(workspace, CRM, "crm.csv")
    put(workspace, PHONE, "phone.csv")
    pairs = answers.twins(workspace, answers.load(workspace))
    decision = intake.keep_both(workspace, pairs, named="Different", by="me", now=NOW)
    assert (twins(workspace), calls(workspace)) == ([], BOTH)
    assert put(workspace, PHONE.replace("12:00", "11:01"), "phone.csv").twins == 0
    workspace.undo(decision.import_id, by="me", now=NOW)
    assert len(twins(workspace)) == 3


def test_an_alias_makes_twins(workspace: Workspace) -> None:
    put(workspace, CRM, "crm.csv")
    put(workspace, "Rep,Team,Aliases\nAnn Berg,North,A. B.\n", "people.csv")
    assert put(workspace, PHONE.replace("Ann Berg", "a. b."), "phone.csv").twins == 2


# --- restatements ------------------------------------------------------------------------


def week(day: int, *rows: str) -> str:
    return "Activity ID,Owner,Date,Type\n" + "".join(f"{row},2026-11-{day:02} 10:00,Call\n" for row in rows)


def test_late_rows_of_a_closed_week_restate_it(workspace: Workspace) -> None:
    first = put(workspace, week(4, "1,Ann Berg"), "w45.csv")  # W45 runs from 2 to 8 November
    assert put(workspace, week(10, "2,Ann Berg"), "w46.csv").restated == {}
    late = put(workspace, week(5, "3,Bob Lee", "4,Ann Berg", "5,Ann Berg"), "late.csv")
    assert late.restated == {"2026-W45": {"call": 3}}
    told = answers.restatements(workspace, late.import_id)
    assert told.to_dict("list") == {
        "rep": ["Ann Berg", "Bob Lee"],
        "period": ["2026-W45", "2026-W45"],
        "kind": ["call", "call"],
        "before": [1, 0],
        "after": [3, 1],
    }
    assert answers.restatements(workspace, late.import_id, unit="month").empty  # November still runs
    # An undo restates as well; before the first data nothing is restated.
    now = NOW + timedelta(hours=1)
    workspace.undo(first.import_id, by="me", now=now)
    assert answers.restatements(workspace, since=NOW + timedelta(minutes=1))["after"].tolist() == [2]
    assert answers.restatements(workspace, since=NOW - timedelta(days=1)).empty


def test_correcting_and_withdrawing_restate(workspace: Workspace) -> None:
    put(workspace, week(4, "1,Ann Berg", "2,Ann Berg") + "9,Ann Berg,2026-11-20 10:00,Call\n", "all.csv")
    moved = put(workspace, week(16, "1,Ann Berg"), "moved.csv")
    assert moved.restated == {"2026-W45": {"call": -1}}
    gone = put(workspace, week(4, "3,Bob Lee"), "w45.csv", replace_period=True)
    assert gone.restated == {"2026-W45": {"call": 0}} or gone.restated == {}
    assert answers.restatements(workspace, gone.import_id)[["rep", "before", "after"]].values.tolist() == [
        ["Ann Berg", 1, 0],
        ["Bob Lee", 0, 1],
    ]


# --- rows and traces ---------------------------------------------------------------------


def fates(workspace: Workspace, receipt: Receipt) -> list[tuple[int, str, str | None]]:
    rows = answers.rows(workspace, receipt.import_id)
    return [
        (int(row), fate, file if isinstance(file, str) else None)
        for row, fate, file in rows[["row", "fate", "file"]].to_numpy()
    ]


def test_every_row_of_a_file_says_what_became_of_it(workspace: Workspace) -> None:
    one = put(workspace, week(4, "1,Ann Berg", "2,Ann Berg", "3,Ann Berg", "4,Ann Berg"), "one.csv")
    assert fates(workspace, one) == [(row, "counted", None) for row in (2, 3, 4, 5)]
    planned = "Activity ID,Owner,Date,Type,Status\n"
    planned += "1,Ann Berg,2026-11-04 10:00,Call,Completed\n2,Ann Berg,2026-11-05 10:00,Call,Completed\n"
    planned += "3,Ann Berg,2026-11-04 10:00,Call,Planned\n8,,2026-11-04 10:00,Call,Completed\n"
    two = put(workspace, planned, "two.csv")
    assert fates(workspace, two) == [
        (2, "same", "one.csv"),
        (3, "counted", None),
        (4, "skipped", None),
        (5, "rejected", None),
    ]
    assert fates(workspace, one) == [
        (2, "counted", None),
        (3, "replaced", "two.csv"),
        (4, "withdrawn", "two.csv"),
        (5, "counted", None),
    ]
    why = answers.rows(workspace, two.import_id)
    assert why["code"].dropna().tolist() == ["planned", "no_rep"]
    put(workspace, week(4, "1,Ann Berg"), "three.csv", replace_period=True)
    assert [fate for _, fate, _ in fates(workspace, one)] == ["counted", "replaced", "withdrawn", "withdrawn"]
    workspace.undo(two.import_id, by="me", now=NOW)
    assert {fate for _, fate, _ in fates(workspace, two)} == {"undone", "skipped", "rejected"}
    assert fates(workspace, one)[3] == (5, "withdrawn", "three.csv")
    with pytest.raises(BadRequest, match="unknown_import"):
        answers.rows(workspace, "none")


def test_a_number_leads_to_its_rows(workspace: Workspace) -> None:
    put(workspace, CRM, "crm.csv")
    put(workspace, CRM.replace("11:00,Call", "11:30,Call"), "later.csv")
    facts = answers.load(workspace)
    found = answers.trace(workspace, facts, "Ann Berg", "call", date(2026, 11, 9), date(2026, 11, 10))
    assert found[["file", "row", "count"]].values.tolist() == [["later.csv", 2, 1], ["later.csv", 3, 1]]
    assert [str(ts)[11:16] for ts in found["ts"]] == ["10:00", "11:30"]
    everybody = answers.trace(workspace, facts, None, "call+email", date(2026, 11, 1), date(2026, 12, 1))
    assert everybody["count"].sum() == 4
    inbound = answers.trace(workspace, facts, None, "call", date(2026, 11, 1), date(2026, 12, 1), "in")
    assert inbound.empty
