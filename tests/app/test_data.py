"""Data: upload, look, answer, correct, import, take back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from quota import answers, intake, report
from quota.workspace import Workspace
from tests.app.conftest import Open, go, sound, words

WEEK = (
    "Assigned,Date,Type,Status\n"
    "Ann Bay,2026-11-16,Call,Completed\n"
    "Ann Bay,2026-11-17,Email,Completed\n"
    "Bob Cay,2026-11-17,Call,Completed\n"
    "Bob Cay,2026-11-20,Meeting,Planned\n"
    "Bob Cay,not a date,Call,Completed\n"
)
UNSURE = "Rep;Date;Type\nAnn Bay;03/04/2026;Call\nAnn Bay;05/06/2026;Call\n"
STRANGE = (
    "Owner,Date,Type\nAnn Bay,2026-11-16,Kaffeslabberas\nAnn Bay,2026-11-17,Call\nAnn Bay,2026-11-18,Call\n"
)


def settled(app: AppTest) -> AppTest:
    """The app once its threads are done and it has looked."""
    for _ in range(100):
        jobs = [draft.job for draft in _state(app, "drafts", {}).values() if draft.job]
        if running := _state(app, "importing", None):
            jobs.append(running.job)
        if not jobs:
            return sound(app)
        for job in jobs:
            job.wait(30)
        app.run()
    raise TimeoutError


def _state(app: AppTest, name: str, otherwise: Any) -> Any:
    return app.session_state[name] if name in app.session_state else otherwise  # noqa: SIM401, it has no get


def drop(app: AppTest, **files: str | bytes) -> AppTest:
    """Put files into the uploader: `week="a,b…"` is week.csv."""
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        app.file_uploader[0].upload(f"{name}.csv", data)
    return settled(app.run())


def button(app: AppTest, ending: str) -> Any:
    """The first button whose key ends like that."""
    return next(button for button in app.button if str(button.key).endswith(ending))


def press(app: AppTest, ending: str) -> AppTest:
    """Click the first button whose key ends like that."""
    return settled(button(app, ending).click().run())


def open_rows(app: AppTest) -> AppTest:
    """Turn to the rows of the one draft that is open."""
    (id,) = app.session_state["drafts"]
    app.session_state[f"{id}_0_tabs"] = "Rows"
    return sound(app.run())


@pytest.fixture
def data(empty: Path, visit: Open) -> AppTest:
    """The data page of an empty workspace."""
    return visit("data", locale="en-GB")


def test_what_was_understood_is_shown_before_anything_is_stored(data: AppTest, empty: Path) -> None:
    app = drop(data, week=WEEK)
    assert "Activities · 5 rows: 3 taken, 1 left out, 1 refused" in words(app)
    fields = [box.value for box in app.selectbox if str(box.label).startswith("What is")]
    assert fields == ["rep", "date", "kind", "status"]
    assert "The heading is a known name for it" in words(app)
    fates = open_rows(app).dataframe[0].value[" fate"]
    assert list(fates[:4]) == [
        "✓ taken",
        "✓ taken",
        "✓ taken",
        "– left out: Planned, not done yet (Planned).",
    ]
    assert fates[4].startswith("! refused: “not a date” in “Date” is not a date")
    assert Workspace.open(empty).imports().empty


@pytest.mark.parametrize(("fate", "rows"), [("accepted", [2, 3, 4]), ("skipped", [5]), ("rejected", [6])])
def test_the_rows_of_one_fate(data: AppTest, fate: str, rows: list[int]) -> None:
    app = open_rows(drop(data, week=WEEK))
    (choice,) = app.segmented_control
    assert choice.options == [
        "All 5 rows",
        "✓ 3 taken",
        "– 1 left out",
        "! 1 refused",
    ]
    shown = sound(choice.set_value(fate).run()).dataframe[0].value
    assert shown[" row"].tolist() == rows
    assert shown["Assigned"].iloc[-1] == ("Bob Cay")


def test_a_heading_named_status_does_not_hide_what_becomes_of_a_row(data: AppTest) -> None:
    table = open_rows(drop(data, week=WEEK.replace("Status", "status"))).dataframe[0].value
    assert table[" fate"].iloc[0] == "✓ taken"
    assert table["status"].iloc[0] == "Completed"


def test_an_import_gives_a_receipt_and_the_numbers_appear(data: AppTest, empty: Path) -> None:
    app = press(drop(data, week=WEEK), "_import")
    assert ":green[✓]\u00a0**week.csv**  \n3 new, 1 planned, 1 refused" in words(app)
    app = go(app, "overview")
    assert app.metric[2].value == "3"


def test_the_receipt_opens_to_the_rows_that_were_not_taken(data: AppTest) -> None:
    app = press(drop(data, week=WEEK), "_import")
    (imported,) = app.session_state["receipts"]
    app.session_state[f"see_{imported.receipt.import_id}"] = True
    app = sound(app.run())
    assert app.dataframe[0].value[" row"].tolist() == [5, 6]
    assert app.dataframe[0].value["Date"].tolist() == ["2026-11-20", "not a date"]


def test_the_same_file_again_counts_nothing_twice(data: AppTest) -> None:
    app = press(drop(data, week=WEEK), "_import")
    app = press(drop(app, again=WEEK), "_import")
    assert "again.csv**  \n0 new, 3 already known, 1 planned, 1 refused" in words(app)


def test_several_files_are_imported_with_one_button(data: AppTest, empty: Path) -> None:
    app = drop(data, one=WEEK, two=WEEK.replace("11-1", "10-1"), bad="")
    everything = app.button(key="import_all")
    assert everything.label == "Import all 2 files"
    app = settled(everything.click().run())
    assert "two.csv**  \n3 new" in words(app)
    assert Workspace.open(empty).imports()["file"].tolist() == ["one.csv", "two.csv"]
    assert "bad.csv is empty" in words(app)
    assert "bad.csv" not in words(press(app, "_remove"))


def test_a_file_that_is_removed_is_forgotten(data: AppTest) -> None:
    app = press(drop(data, week=WEEK), "_remove")
    assert app.session_state["drafts"] == {}
    assert "week.csv" not in words(app)


def test_drafts_survive_a_look_at_another_page(data: AppTest) -> None:
    app = go(drop(data, week=WEEK), "people")
    assert "Activities · 5 rows" in words(go(app, "data"))


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Reading waits until it is let go, or stopped."""
    gate, read = threading.Event(), intake.read

    def waiting(source: bytes, file: str, choices: intake.Choices, *, stop: intake.Stop) -> object:
        while not (gate.wait(0.01) or stop.asked):
            pass
        return read(source, file, choices, stop=stop)

    monkeypatch.setattr(intake, "read", waiting)
    return gate.set


def test_the_page_stands_while_files_are_read_two_at_a_time(data: AppTest, held: Callable[[], None]) -> None:
    for name in ("one", "two", "three"):
        data.file_uploader[0].upload(f"{name}.csv", WEEK.encode())
    app = sound(data.run())
    said = words(app)
    assert said.count("is being read: 0 seconds, 0.1 MB") == 2
    assert said.count("waits for its turn") == 1
    assert "Nothing has been imported yet." in said
    held()
    assert words(settled(app)).count("5 rows: 3 taken") == 3


def test_a_reading_can_be_cancelled_and_begun_again(data: AppTest, held: Callable[[], None]) -> None:
    data.file_uploader[0].upload("week.csv", WEEK.encode())
    app = press(sound(data.run()), "_cancel")
    assert "you cancelled it" in words(app)
    held()
    assert "5 rows: 3 taken" in words(press(app, "_again"))


def test_undo_and_redo(data: AppTest, empty: Path) -> None:
    app = press(drop(data, week=WEEK), "_import")
    app = sound(next(b for b in app.button if str(b.key).startswith("receipt_undo_")).click().run())
    assert words(app).count("(undone)") == 2
    assert Workspace.open(empty).activities().num_rows == 0
    sound(next(b for b in app.button if str(b.key).startswith("history_redo_")).click().run())
    assert Workspace.open(empty).activities().num_rows == 3


def test_a_column_is_corrected_with_a_selectbox(data: AppTest) -> None:
    app = drop(data, week=WEEK)
    status = next(box for box in app.selectbox if box.label == "What is Status?")
    app = settled(status.set_value("").run())
    assert "5 rows: 4 taken, 1 refused" in words(app)
    assert "You left it out." in words(app)
    app = press(app, "_again")
    assert "5 rows: 3 taken, 1 left out, 1 refused" in words(app)


def test_forty_columns_show_those_that_are_used(data: AppTest) -> None:
    more = [f"Extra {n}" for n in range(40)]
    lines = WEEK.splitlines()
    wide = "\n".join([f"{lines[0]},{','.join(more)}", *(f"{line}{',x' * 40}" for line in lines[1:])])
    app = drop(data, wide=wide)
    fields = [box.value for box in app.selectbox if str(box.label).startswith("What is")]
    assert len(fields) <= 12
    assert "rep" in fields
    assert "columns that are not used" in app.toggle[0].label


def test_an_order_of_day_and_month_that_cannot_be_told_is_asked(data: AppTest, empty: Path) -> None:
    app = drop(data, unsure=UNSURE)
    assert "1 question before this can be counted" in words(app)
    assert "written day first or month first?" in app.radio[0].label
    assert app.radio[0].options == ["Day first: 3 Apr 2026", "Month first: 4 Mar 2026"]
    assert button(app, "_import").disabled
    app.radio[0].set_value("dmy")
    app = press(press_answer(app), "_import")
    days = Workspace.open(empty).activities(columns=["ts"]).column("ts").to_pylist()
    assert [day.date().isoformat() for day in days] == ["2026-04-03", "2026-06-05"]


def press_answer(app: AppTest) -> AppTest:
    """Hand in the answers."""
    return settled(app.button(key="answer").click().run())


def choose_in_grid(app: AppTest, code: str, answers: dict[int, str]) -> None:
    """Choose in the grid of questions: row → answer."""
    key = app.dataframe[0].proto.id.split("-", 2)[2]
    assert key.startswith(f"ask_{code}")
    rows = {at: {"answer": answer} for at, answer in answers.items()}
    app.session_state[key] = {"edited_rows": rows, "added_rows": [], "deleted_rows": []}


def test_unknown_types_of_all_files_are_asked_once_in_a_grid(data: AppTest, empty: Path) -> None:
    more = STRANGE.replace("11-16", "10-16").replace("2026-11-18,Call", "2026-10-18,Pandekager")
    app = drop(data, strange=STRANGE, more=more)
    assert "2 questions that may stay open" in words(app)
    grid = app.dataframe[0].value
    assert grid["value"].tolist() == ["Kaffeslabberas", "Pandekager"]
    assert grid["rows"].tolist() == [2, 1]
    assert not app.button(key="import_all").disabled
    choose_in_grid(app, "kind_of_value", {0: "meeting", 1: ""})
    app = press_answer(app)
    assert "may stay open" not in words(app)
    settled(app.button(key="import_all").click().run())
    kinds = Workspace.open(empty).activities(columns=["kind"]).column("kind").to_pylist()
    assert sorted(kinds) == ["call", "call", "meeting", "meeting"]


def test_one_person_in_two_spellings_is_joined_by_an_answer(data: AppTest, empty: Path) -> None:
    calls = ("Anna Berg,2026-11-16", "A. Berg,2026-11-17", "K. Lee,2026-11-17", "Kim Lee,2026-11-18")
    app = drop(data, team="Rep,Date,Type\n" + "".join(f"{call},Call\n" for call in calls))
    grid = app.dataframe[0].value
    assert grid["value"].tolist() == ["A. Berg", "K. Lee"]
    choose_in_grid(app, "same_rep", {0: "Anna Berg", 1: ""})
    app = press_answer(app)
    assert "may stay open" not in words(app)
    press(app, "_import")
    facts = answers.load(Workspace.open(empty))
    assert facts.cube.groupby("rep")["count"].sum().to_dict() == {"Anna Berg": 2, "K. Lee": 1, "Kim Lee": 1}


def test_times_of_another_clock_are_asked_about_and_brought_home(data: AppTest, empty: Path) -> None:
    rows = "Rep,Started at,Type\nAnna Berg,2026-11-16T23:30:00Z,Call\nAnna Berg,2026-11-17T08:00:00Z,Call\n"
    app = drop(data, dialler=rows)
    clock = next(box for box in app.selectbox if "Europe/Helsinki" in box.options)
    clock.set_value("Europe/Helsinki")
    app = press(press_answer(app), "_import")
    days = Workspace.open(empty).activities(columns=["ts"]).column("ts").to_pylist()
    assert sorted(f"{day:%d %H:%M}" for day in days) == ["17 01:30", "17 10:00"]


def test_targets_are_no_quotas_where_somebody_says_so(data: AppTest, empty: Path) -> None:
    app = drop(data, week="Rep,Week,Calls Target,Calls Actual\nAnna Berg,2026-W45,50,40\n")
    app.radio[0].set_value("no")
    app = press_answer(app)
    assert not app.radio
    press(app, "_import")
    assert Workspace.open(empty).table("quotas").empty


def test_all_questions_are_answered_with_one_button(data: AppTest, empty: Path) -> None:
    mine = "Date,Calls,Emails\n2026-11-16,5,3\n2026-11-17,4,2\n"
    app = press(drop(data, week=WEEK), "_import")
    app = drop(app, unsure=UNSURE, mine=mine, weeks="Rep,Kind,W46,W47\nAnn,Calls,5,6\nAnn,Emails,3,4\n")
    assert "3 questions before these can be counted" in words(app)
    whose = next(box for box in app.selectbox if "Whose work is it?" in box.label)
    whose.set_value("Ann Bay")
    order, year = app.radio
    order.set_value("mdy")
    assert "Which year is “W46” in?" in year.label.replace("\\", "")
    chosen = year.options[1]
    year.set_value(chosen)
    app = press_answer(app)
    assert "before these can be counted" not in words(app)
    settled(app.button(key="import_all").click().run())
    rows = Workspace.open(empty).activities(columns=["rep", "ts", "count", "sheet"]).to_pylist()
    assert sum(row["count"] for row in rows if row["rep"] == "Ann Bay") == 2 + 2 + 14
    weeks = {row["ts"].isocalendar()[:2] for row in rows if row["rep"] == "Ann"}
    assert weeks == {(int(chosen), 46), (int(chosen), 47)}


def test_a_file_in_which_nothing_is_done_says_so(data: AppTest) -> None:
    app = drop(data, plan="Rep,Date,Type,Status\nAnn,2026-11-16,Call,Planned\n")
    assert "No row of this file can be counted" in words(app)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"Rep,Date,Type\n", "no rows under them"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "not a table"),
        (b'Rep,Date\n"Ann,2026-11-16\nBob,2026-11-17\n', "never closes"),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_sentence(
    data: AppTest, empty: Path, content: bytes, said: str
) -> None:
    app = drop(data, bad=content, good=WEEK)
    assert said in words(app)
    assert "5 rows: 3 taken" in words(app)
    assert Workspace.open(empty).imports().empty


def test_columns_that_say_nothing_cannot_be_imported(data: AppTest) -> None:
    app = drop(data, odd="a,b\n1,2\n3,4\n")
    assert button(app, "_import").disabled
    assert "Say under Columns what this table holds" in words(app)


def test_names_from_files_are_shown_letter_by_letter(data: AppTest) -> None:
    app = drop(data, week=WEEK.replace("Ann Bay", "[Ann](http://x.example) **B** :red[c] $d$"))
    shown = "\n".join(str(element.value) for element in app.markdown).replace("\N{WORD JOINER}", "")
    assert r"\[Ann\]\(http://x\.example\) \*\*B\*\* :red\[c\] \$d\$" in shown


@pytest.mark.parametrize(
    ("locale", "said"), [("da-DK", "3 nye, 1 planlagt"), ("fi-FI", "3 uutta, 1 suunniteltu")]
)
def test_the_receipt_in_other_languages(empty: Path, visit: Open, locale: str, said: str) -> None:
    assert said in words(press(drop(visit("data", locale=locale), week=WEEK), "_import"))


def open_block(app: AppTest, key: str) -> AppTest:
    """Open an expander."""
    app.session_state[key] = True
    return sound(app.run())


def test_an_import_opens_to_its_rows(data: AppTest) -> None:
    app = press(drop(data, week=WEEK), "_import")
    (imported,) = app.session_state["receipts"]
    app = open_block(app, f"open_{imported.receipt.import_id}")
    shown = app.dataframe[0].value
    assert shown["row"].tolist() == [2, 3, 4, 5, 6]
    assert shown["fate"].tolist()[:4] == ["✓ counted"] * 3 + ["– left out: Planned, not done yet (Planned)."]
    app = sound(app.segmented_control[0].set_value("rejected").run())
    assert app.dataframe[0].value["row"].tolist() == [6]


def test_a_closed_week_that_changes_is_told(data: AppTest) -> None:
    app = press(drop(data, week=WEEK), "_import")
    before = WEEK.replace("2026-11-1", "2026-11-0").replace("2026-11-20", "2026-11-10")
    app = press(drop(app, before=before), "_import")
    app = press(drop(app, more=before.replace("Ann Bay", "Cec Day")), "_import")
    assert "Week 45 · 2026: 1 call more than before" in words(app)
    latest = app.session_state["receipts"][0].receipt.import_id
    assert "Week 45 · 2026: 1 call more than before" in words(open_block(app, f"open_{latest}"))


def test_a_receipt_tells_which_days_were_replaced(data: AppTest) -> None:
    crm = "Activity ID,Rep,Date,Type\n" + "".join(f"{n},Ann Bay,2026-11-{15 + n},Call\n" for n in range(3))
    app = press(drop(data, crm=crm), "_import")
    less = crm.replace("1,Ann Bay,2026-11-16,Call\n", "")
    app = press(drop(app, crm=less), "_import")
    assert "1 row that an earlier export of this source brought for these days is no longer" in words(app)
    app = drop(app, crm=less)
    next(box for box in app.checkbox if box.key.endswith("_replace")).check()
    app = press(app, "_import")
    assert "0 new, 1 changed, 2 already known" in words(app)
    assert "Of 15 Nov 2026 to 17 Nov 2026, only what this file holds" in words(app)


def test_what_two_systems_logged_is_counted_once(data: AppTest, empty: Path) -> None:
    crm = "Activity ID,Owner,Date,Type,Company\n" + "".join(
        f"{n},Ann Bay,2026-11-16 1{n}:00,Call,Firm {n}\n" for n in range(4)
    )
    dialler = "Call ID,Agent,Start time,Type,Company\n" + "".join(
        f"x{n},Ann Bay,2026-11-16 1{n}:01,Call,Firm {n}\n" for n in range(4)
    )
    app = settled(drop(data, crm=crm, dialler=dialler).button(key="import_all").click().run())
    assert "4 rows look logged in another system too" in words(app)
    app = open_block(app, "twins")
    assert "**4 calls** look logged both in" in words(app)
    app = press(app, "keep_a_0")
    assert "Nothing looks as if two systems" in words(app)
    assert Workspace.open(empty).activities().num_rows == 4


def test_what_is_remembered_can_be_forgotten(data: AppTest) -> None:
    app = press(drop(data, week=WEEK), "_import")
    assert "As in earlier files." in words(drop(app, again=WEEK))
    app = open_block(app, "remembered")
    assert "Assigned → Rep" in words(app)
    forget = next(b for b in app.button if str(b.key).startswith("forget_"))
    assert "Nothing yet." in words(sound(forget.click().run()))


def test_saved_rows_cannot_act_as_formulas() -> None:
    rows = pd.DataFrame({"=HYPERLINK()": ["=1+1", "+2", "-3", "@x", "\tx", "fine"], "n": [-1, 2, 3, 4, 5, 6]})
    lines = report.as_csv(rows).decode("utf-8-sig").splitlines()
    assert lines == ["'=HYPERLINK(),n", "'=1+1,-1", "'+2,2", "'-3,3", "'@x,4", "'\tx,5", "fine,6"]
