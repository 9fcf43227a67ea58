"""What was settled once holds for the next file, is told, can be forgotten, and goes with its import."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from command import Quota, says

from quota import answers, intake
from quota.errors import BadRequest, UnreadableFile
from quota.ingest import Choices, FileReading
from quota.workspace import Receipt, Workspace

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
FIRST = "Rep,Date,Type\nAnna Berg,13/02/2026,Call\nBo Holm,03/02/2026,Call\n"
SECOND = "Rep,Date,Type\nAnna Berg,03/04/2026,Call\nBo Holm,05/04/2026,Call\n"
COFFEE = "Rep,Date,Type\nAnna Berg,2026-02-13,Call\nBo Holm,2026-02-14,Padel\n"
USERS = (
    "Id,Name,Email,IsActive\n0051h000004AaBcAAK,Anna Berg,anna@x.dk,1\n0051h000004AabcAAC,Bo Holm,bo@x.dk,1\n"
)
TASKS = "OwnerId,ActivityDate,Type\n0051h000004AaBc,2026-03-03,Call\n0051h000004Aabc,2026-03-04,Call\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "workspace")


def read(workspace: Workspace, text: str, choices: Choices | None = None) -> FileReading:
    return intake.read(text.encode(), "made.csv", intake.remembered(workspace, choices))


def keep(workspace: Workspace, text: str, choices: Choices | None = None) -> Receipt:
    reading = read(workspace, text, choices)
    return intake.store(workspace, reading, text.encode(), by="me", now=NOW)


def notes(reading: FileReading) -> list[tuple[str, str, str]]:
    issues = reading.tables[0].issues
    told = issues.loc[issues["status"] == "note", ["code", "column", "value"]].fillna("")
    return list(zip(told["code"], told["column"], told["value"], strict=True))


def questions(reading: FileReading) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.code, one.value, one.options) for table in reading.tables for one in table.questions]


def reps(workspace: Workspace) -> list[str]:
    return answers.load(workspace).reps


# --- headings ----------------------------------------------------------------------------


def test_an_order_of_day_and_month_is_settled_by_the_file_before(workspace: Workspace) -> None:
    assert [code for code, _, _ in questions(read(workspace, SECOND))] == ["date_order"]
    keep(workspace, FIRST)
    reading = read(workspace, SECOND)
    assert questions(reading) == []
    assert notes(reading) == [("dmy_as_before", "Date", "03/04/2026")]
    assert reading.tables[0].frames["activities"]["ts"][0].as_py().date() == date(2026, 4, 3)
    assert {match.reason_code for match in reading.tables[0].columns} == {"remembered"}


def test_an_answer_is_an_order_for_the_next_file(workspace: Workspace) -> None:
    keep(workspace, SECOND, Choices(fields={"Date": "date:mdy"}))
    assert notes(read(workspace, SECOND)) == [("mdy_as_before", "Date", "03/04/2026")]


def test_what_a_date_shows_beats_what_was_before(workspace: Workspace) -> None:
    keep(workspace, FIRST)
    american = "Rep,Date,Type\nAnna Berg,02/25/2026,Call\n"
    reading = read(workspace, american)
    assert notes(reading) == []
    assert reading.tables[0].frames["activities"]["ts"][0].as_py().date() == date(2026, 2, 25)
    keep(workspace, american)  # the two contradict each other: from now on it is asked again
    assert [code for code, _, _ in questions(read(workspace, SECOND))] == ["date_order"]


def test_a_guess_is_not_remembered_as_if_it_had_been_shown(workspace: Workspace) -> None:
    danish = "Sælger,Dato,Type\nAnna Berg,03/02/2026,Opkald\n"
    keep(workspace, danish)
    (preset,) = [one for one in read(workspace, danish).tables[0].presets if one.layout]
    assert preset.orders == {}


def test_headings_are_known_again_in_any_order(workspace: Workspace) -> None:
    keep(workspace, FIRST)
    assert questions(read(workspace, "type,DATE,Rep\nCall,03/04/2026,Anna Berg\n")) == []


def test_a_correction_holds_for_the_next_file(workspace: Workspace) -> None:
    text = "Rep,Date,Type,Note,Team\nAnna Berg,2026-02-13,Call,Acme,North\n"
    keep(workspace, text, Choices(fields={"Note": "account", "Team": ""}))
    fields = {
        match.header: (match.field, match.reason_code) for match in read(workspace, text).tables[0].columns
    }
    assert fields["Note"] == ("account", "remembered")
    assert fields["Team"] == (None, "remembered")
    keep(workspace, text)  # and for the one after that
    reading = read(workspace, text, Choices(fields={"Note": "topic"}))
    fields = {match.header: (match.field, match.reason_code) for match in reading.tables[0].columns}
    assert fields["Note"] == ("topic", "you_said")
    assert fields["Team"] == (None, "remembered")


def test_what_was_only_found_must_still_look_like_it(workspace: Workspace) -> None:
    keep(workspace, "Rep,Date,Type,Amount\nAnna Berg,2026-02-13,Call,100\n")
    reading = read(workspace, "Rep,Date,Type,Amount\nAnna Berg,2026-02-13,Call,Acme A/S\n")
    assert [match.field for match in reading.tables[0].columns] == ["rep", "date", "kind", None]


def test_a_new_and_a_missing_column_are_told(workspace: Workspace) -> None:
    keep(workspace, "Rep,Date,Type,Outcome,Blah\nAnna Berg,13/02/2026,Call,No answer,x\n")
    reading = read(workspace, "Rep,Date,Type,Blah,Extra\nAnna Berg,03/04/2026,Call,x,y\n")
    assert notes(reading) == [
        ("dmy_as_before", "Date", "03/04/2026"),
        ("new_column", "Extra", ""),
        ("missing_field", "Outcome", "outcome"),
    ]
    without = read(workspace, "Rep,Date,Type,Outcome\nAnna Berg,03/04/2026,Call,Busy\n")
    assert ("missing_column", "Blah", "") in notes(without)


def test_a_table_with_other_headings_is_not_read_like_it(workspace: Workspace) -> None:
    keep(workspace, FIRST)
    other = "Rep,Date,Subject,Company,Status\nAnna Berg,03/04/2026,Call Acme,Acme,Completed\n"
    assert [code for code, _, _ in questions(read(workspace, other))] == ["date_order"]


def test_weeks_go_by_in_the_headings_of_a_tracker(workspace: Workspace) -> None:
    keep(workspace, "Rep,Kind,2026-W01,2026-W02\nAnna Berg,Call,3,4\n", Choices(fields={"Kind": "kind"}))
    reading = read(workspace, "Rep,Kind,2026-W02,2026-W03\nAnna Berg,Call,4,5\n")
    assert [code for code, _, _ in notes(reading)] == []
    assert reading.tables[0].columns[1].reason_code == "remembered"
    assert reading.accepted == 1


def test_targets_that_became_quotas_do_so_again(workspace: Workspace) -> None:
    text = "Rep,Week,Calls Target,Calls Actual\nAnna Berg,2026-W02,50,40\n"
    assert [code for code, _, _ in questions(read(workspace, text))] == ["targets_are_quotas"]
    keep(workspace, text, Choices(targets=True))
    reading = read(workspace, text.replace("W02", "W03"))
    assert questions(reading) == []
    assert notes(reading) == [("targets_as_before", "", "")]
    assert reading.tables[0].frames["quotas"].num_rows == 1


def test_targets_that_are_no_quotas_are_not_asked_about_again(workspace: Workspace) -> None:
    text = "Rep,Week,Calls Target,Calls Actual\nAnna Berg,2026-W02,50,40\n"
    keep(workspace, text, Choices(targets=False))
    reading = read(workspace, text.replace("W02", "W03"))
    assert questions(reading) == []
    assert "quotas" not in reading.tables[0].frames
    assert read(workspace, text, Choices(targets=True)).tables[0].frames["quotas"].num_rows == 1


# --- types -------------------------------------------------------------------------------


def test_a_type_is_asked_about_once_whatever_the_headings(workspace: Workspace) -> None:
    assert [value for code, value, _ in questions(read(workspace, COFFEE))] == ["Padel"]
    keep(workspace, COFFEE, Choices(kinds={"Padel": "meeting"}))
    other = "Owner,When,Activity type,Company\nBo Holm,2026-03-02,padel,Acme\n"
    reading = read(workspace, other)
    assert questions(reading) == []
    assert ("kind_remembered", "Activity type", "padel") in notes(reading)
    assert reading.tables[0].frames["activities"]["kind"].to_pylist() == ["meeting"]
    said_now = read(workspace, other, Choices(kinds={"padel": "demo"}))
    assert said_now.tables[0].frames["activities"]["kind"].to_pylist() == ["demo"]


# --- forgetting --------------------------------------------------------------------------


def test_what_is_remembered_can_be_seen_and_forgotten(workspace: Workspace) -> None:
    keep(workspace, FIRST, Choices(fields={"Type": "kind"}))
    keep(workspace, COFFEE.replace("Type", "Art"), Choices(kinds={"Padel": "meeting"}))
    listed = intake.remembered_presets(workspace)
    assert listed[["about", "written", "meaning", "decided"]].to_numpy().tolist() == [
        ["activities", "Rep, Date, Type", "Rep = rep; Date = date; Type = kind", True],
        ["activities", "Rep, Date, Art", "Rep = rep; Date = date; Art = kind", False],
        ["kind", "Padel", "meeting", True],
    ]
    for fingerprint in listed["fingerprint"]:
        intake.forget_preset(workspace, fingerprint, by="me", now=NOW)
    assert intake.remembered_presets(workspace).empty
    assert [code for code, _, _ in questions(read(workspace, SECOND))] == ["date_order"]
    assert [code for code, _, _ in questions(read(workspace, COFFEE))] == ["kind_of_value"]
    with pytest.raises(BadRequest, match="unknown_preset"):
        intake.forget_preset(workspace, listed["fingerprint"][0], by="me", now=NOW)


def test_forgetting_can_be_undone(workspace: Workspace) -> None:
    keep(workspace, FIRST)
    (fingerprint,) = intake.remembered_presets(workspace)["fingerprint"]
    intake.forget_preset(workspace, fingerprint, by="me", now=NOW)
    workspace.undo(workspace.imports()["import_id"].iloc[-1], by="me", now=NOW)
    assert questions(read(workspace, SECOND)) == []


def test_an_undone_import_is_not_remembered_and_a_redone_one_is(workspace: Workspace) -> None:
    receipt = keep(workspace, FIRST)
    workspace.undo(receipt.import_id, by="me", now=NOW)
    assert [code for code, _, _ in questions(read(workspace, SECOND))] == ["date_order"]
    workspace.redo(receipt.import_id, by="me", now=NOW)
    assert questions(read(workspace, SECOND)) == []


def test_an_import_says_what_was_remembered(workspace: Workspace) -> None:
    keep(workspace, FIRST)
    keep(workspace, SECOND)
    first, second = (json.loads(mapping)[0] for mapping in workspace.imports()["mapping"])
    assert first["remembered"] == []
    assert second["remembered"] == ["Rep", "Date", "Type"]
    assert [note["code"] for note in second["notes"]] == ["dmy_as_before"]


def test_a_receipt_counts_the_rows_of_the_file_only(workspace: Workspace) -> None:
    assert (keep(workspace, FIRST).new, keep(workspace, FIRST).same) == (2, 2)


def test_a_question_that_blocks_is_answered_before_anything_is_stored(workspace: Workspace) -> None:
    with pytest.raises(UnreadableFile, match="year_of_label"):
        keep(workspace, "Rep,Week,Calls,Meetings\nAnna Berg,Week 46,3,1\nBo Holm,Week 47 2026,4,1\n")


# --- people ------------------------------------------------------------------------------


def test_one_person_under_two_spellings_is_asked_about_and_joined(workspace: Workspace) -> None:
    keep(workspace, FIRST)
    second = "Rep,Date,Type\nA. Berg,2026-04-03,Call\n"
    assert questions(read(workspace, second)) == [("same_rep", "A. Berg", ("Anna Berg", ""))]
    keep(workspace, second)  # left open, they are two
    assert reps(workspace) == ["A. Berg", "Anna Berg", "Bo Holm"]
    receipt = keep(workspace, second.replace("04", "05"), Choices(reps={"A. Berg": "Anna Berg"}))
    assert reps(workspace) == ["Anna Berg", "Bo Holm"]
    assert questions(read(workspace, second)) == []
    workspace.undo(receipt.import_id, by="me", now=NOW)
    assert reps(workspace) == ["A. Berg", "Anna Berg", "Bo Holm"]


def test_somebody_else_is_not_asked_about_again(workspace: Workspace) -> None:
    keep(workspace, FIRST)
    second = "Rep,Date,Type\nA. Berg,2026-04-03,Call\n"
    keep(workspace, second, Choices(reps={"A. Berg": ""}))
    assert questions(read(workspace, second)) == []
    assert questions(read(workspace, FIRST)) == []
    assert reps(workspace) == ["A. Berg", "Anna Berg", "Bo Holm"]


def test_a_turned_name_is_joined_with_a_note(workspace: Workspace) -> None:
    keep(workspace, FIRST)
    second = 'Rep,Date,Type\n"Berg, Anna",2026-04-03,Call\nBo Holm,2026-04-03,Call\n'
    assert ("reps_joined", "Rep", "Berg, Anna = Anna Berg") in notes(read(workspace, second))
    keep(workspace, second)
    assert reps(workspace) == ["Anna Berg", "Bo Holm"]


def test_the_roster_is_asked_about_against_the_data_and_keeps_what_it_says(workspace: Workspace) -> None:
    keep(workspace, "Rep,Date,Type\nA. Berg,2026-04-03,Call\nSoren Kjar,2026-04-03,Call\n")
    roster = "Name,Team,Email,Aliases\nAnna Berg,North,ab@x.dk,AB\nSøren Kjær,South,sk@x.dk,\n"
    asked = [("same_rep", "A. Berg", ("Anna Berg", "")), ("same_rep", "Soren Kjar", ("Søren Kjær", ""))]
    assert questions(read(workspace, roster)) == asked
    keep(workspace, roster, Choices(reps={"A. Berg": "Anna Berg", "Soren Kjar": "Søren Kjær"}))
    keep(workspace, roster)  # the same list again takes nothing away
    facts = answers.load(workspace)
    assert facts.teams == {"Anna Berg": "North", "Søren Kjær": "South"}
    assert facts.names["ab"] == facts.names["ab@x.dk"] == facts.names["a. berg"] == "Anna Berg"


@pytest.mark.parametrize("files", [(USERS, TASKS), (TASKS, USERS)], ids=["users first", "tasks first"])
def test_ids_are_people_whichever_file_comes_first(files: tuple[str, str], workspace: Workspace) -> None:
    for text in files:
        keep(workspace, text)
    counted = answers.counts(answers.load(workspace), date(2026, 1, 1), date(2027, 1, 1), ["rep"])
    assert dict(zip(counted["rep"], counted["count"], strict=True)) == {"Anna Berg": 1, "Bo Holm": 1}


@pytest.mark.parametrize(
    "users",
    [
        "User ID;Navn\n4711;Anna Berg\n4712;Bo Holm\n",
        "Owner ID,Name,Email\n4711,Anna Berg,a@x.dk\n4712,Bo Holm,b@x.dk\n",
    ],
)
def test_a_list_of_numbers_and_names_is_a_list_of_people(users: str, workspace: Workspace) -> None:
    calls = "Extension,Date,Type\n4711,2026-03-03,Call\n4712,2026-03-04,Call\n"
    assert ("reps_are_ids", "Extension", "4711") in notes(read(workspace, calls))
    keep(workspace, users)
    assert "reps_are_ids" not in [code for code, _, _ in notes(read(workspace, calls))]
    keep(workspace, calls)
    assert reps(workspace) == ["Anna Berg", "Bo Holm"]


def test_a_list_of_users_takes_nothing_away_from_the_roster(workspace: Workspace) -> None:
    roster = keep(
        workspace, "Name,Team,Role,Start\nAnna Berg,North,SDR,2026-01-05\nBo Holm,South,AE,2026-02-02\n"
    )
    users = keep(workspace, USERS)
    facts = answers.load(workspace)
    assert facts.teams == {"Anna Berg": "North", "Bo Holm": "South"}
    assert facts.people[["role", "start", "email"]].astype(str).to_numpy().tolist() == [
        ["SDR", "2026-01-05", "anna@x.dk"],
        ["AE", "2026-02-02", "bo@x.dk"],
    ]
    workspace.undo(roster.import_id, by="me", now=NOW)
    assert answers.load(workspace).teams == {"Anna Berg": None, "Bo Holm": None}
    workspace.redo(roster.import_id, by="me", now=NOW)
    workspace.undo(users.import_id, by="me", now=NOW)
    assert answers.load(workspace).people["email"].isna().all()


def test_a_cell_that_was_emptied_by_hand_stays_empty(workspace: Workspace) -> None:
    keep(workspace, "Name,Team,Role\nAnna Berg,North,SDR\n")
    row = pa.table({"rep": ["Anna Berg"], "role": ["AE"], "withdrawn": [False]})
    record = {"rows": 1, "accepted": 1, "skipped": 0, "rejected": 0, "mapping": None}
    workspace.commit(
        file="by hand",
        data=None,
        sha256="-",
        by="me",
        now=NOW,
        tables={"people": row},
        rejects=None,
        record=record,
    )
    assert answers.load(workspace).teams == {"Anna Berg": None}


# --- the command line --------------------------------------------------------------------


def test_the_command_line_remembers_asks_and_forgets(tmp_path: Path) -> None:
    quota = Quota(tmp_path / "workspace")
    files = {"first.csv": COFFEE, "second.csv": SECOND.replace("Anna Berg", "A. Berg"), "third.csv": FIRST}
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    first, second, third = (tmp_path / name for name in files)
    quota.json("import", third, "--map", "Rep=rep")
    quota.json("import", first, "--kind", "Padel=meeting")
    assert "Rep → rep  As in earlier files." in quota.plain("inspect", first)
    asked = quota.run("import", second)
    assert (asked.exit_code, asked.stderr) == (0, "second.csv: Who is “A. Berg”? (Anna Berg?)\n")
    assert quota.run("import", second, "--same", "A. Berg=Anna Berg").stderr == ""
    listed = {line["about"]: line for line in quota.json("presets")}
    assert (listed["rep"]["written"], listed["rep"]["meaning"]) == ("A. Berg", "Anna Berg")
    assert (listed["kind"]["written"], listed["kind"]["meaning"]) == ("Padel", "meeting")
    assert listed["activities"]["decided"]
    left = quota.json("presets", *(f"--forget={line['fingerprint']}" for line in listed.values()))
    assert left == []
    assert "nothing" in quota.refused("presets", "--forget", "rep:nobody").casefold()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--kind", "Padel=coffee"), "bad_kind"),
        (("--kind", "Padel"), "bad_kind"),
        (("--same", "=Anna"), "bad_same"),
    ],
)
def test_an_answer_that_says_nothing_is_refused(
    arguments: tuple[str, str], code: str, tmp_path: Path
) -> None:
    (file := tmp_path / "made.csv").write_text(COFFEE, "utf-8")
    kinds = "call, email, social, text, meeting, demo, proposal, other"
    quota = Quota(tmp_path / "workspace")
    assert quota.refused("inspect", file, *arguments) == says(code, value=arguments[1], choices=kinds)
    assert not quota.location.exists()
