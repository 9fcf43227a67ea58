"""Data: upload, look, correct, import, take back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from quota import report
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


def drop(app: AppTest, **files: str | bytes) -> AppTest:
    """Put files into the uploader: `week="a,b…"` is week.csv."""
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        app.file_uploader(key="files").upload(f"{name}.csv", data)
    return sound(app.run())


def press(app: AppTest, ending: str) -> AppTest:
    """Click the button of the draft whose key ends like that."""
    return sound(next(button for button in app.button if str(button.key).endswith(ending)).click().run())


@pytest.fixture
def data(empty: Path, visit: Open) -> AppTest:
    """The data page of an empty workspace."""
    return visit("data", locale="en-GB")


def test_what_was_understood_is_shown_before_anything_is_stored(data: AppTest, empty: Path) -> None:
    app = drop(data, week=WEEK)
    assert "**Activities** · 5 rows: 3 taken, 1 left out, 1 refused" in words(app)
    fields = [box.value for box in app.selectbox if str(box.label).startswith("What is")]
    assert fields == ["rep", "date", "kind", "status"]
    assert "The heading is a known name for it" in words(app)
    fates = app.dataframe[0].value[" fate"]
    assert list(fates[:4]) == [
        "✓ taken",
        "✓ taken",
        "✓ taken",
        "– left out: Planned, not done yet (Planned).",
    ]
    assert fates[4].startswith("! refused: “not a date” in “Date” is not a date")
    assert Workspace.open(empty).imports().empty


def test_a_heading_named_status_does_not_hide_what_becomes_of_a_row(data: AppTest) -> None:
    app = drop(data, week=WEEK.replace("Status", "status"))
    table = app.dataframe[0].value
    assert table[" fate"].iloc[0] == "✓ taken"
    assert table["status"].iloc[0] == "Completed"


def test_an_import_gives_a_receipt_and_the_numbers_appear(data: AppTest, empty: Path) -> None:
    app = press(drop(data, week=WEEK), "_import")
    assert app.success[0].value.replace("\\", "") == "week.csv: 3 new, 0 changed, 0 known already"
    assert next(button.label for button in app.get("download_button")) == "1 left out, 1 refused"
    app = go(app, "overview")
    assert app.metric[2].value == "3"


def test_the_same_file_again_counts_nothing_twice(data: AppTest) -> None:
    app = press(drop(data, week=WEEK), "_import")
    app.file_uploader(key="files").clear()
    app = press(drop(sound(app.run()), again=WEEK), "_import")
    assert app.success[0].value.replace("\\", "") == "again.csv: 0 new, 0 changed, 3 known already"


def test_undo_and_redo(data: AppTest, empty: Path) -> None:
    app = press(drop(data, week=WEEK), "_import")
    undo = next(button for button in app.button if str(button.key).startswith("undo_"))
    app = sound(undo.click().run())
    assert "(undone)" in words(app)
    assert Workspace.open(empty).activities().num_rows == 0
    redo = next(button for button in app.button if str(button.key).startswith("redo_"))
    sound(redo.click().run())
    assert Workspace.open(empty).activities().num_rows == 3


def test_a_column_is_corrected_with_a_selectbox(data: AppTest) -> None:
    app = drop(data, week=WEEK)
    status = next(box for box in app.selectbox if box.label == "What is Status?")
    app = sound(status.set_value("").run())
    assert "5 rows: 4 taken, 1 refused" in words(app)
    assert "You left it out." in words(app)
    app = press(app, "_again")
    assert "5 rows: 3 taken, 1 left out, 1 refused" in words(app)


def test_an_order_of_day_and_month_that_cannot_be_told_is_asked(data: AppTest, empty: Path) -> None:
    app = drop(data, unsure=UNSURE)
    assert "written day first or month first?" in app.radio[0].label
    assert next(b for b in app.button if str(b.key).endswith("_import")).disabled
    app = press(sound(app.radio[0].set_value("dmy").run()), "_import")
    days = Workspace.open(empty).activities(columns=["ts"]).column("ts").to_pylist()
    assert [day.date().isoformat() for day in days] == ["2026-04-03", "2026-06-05"]


def test_an_unknown_type_is_asked(data: AppTest, empty: Path) -> None:
    app = drop(data, strange=STRANGE)
    assert "What is “Kaffeslabberas” in “Type”?" in app.radio[0].label.replace("\\", "")
    app = press(sound(app.radio[0].set_value("meeting").run()), "_import")
    kinds = Workspace.open(empty).activities(columns=["kind"]).column("kind").to_pylist()
    assert sorted(kinds) == ["call", "call", "meeting"]


def test_a_file_of_one_person_asks_whose_work_it_is(data: AppTest, empty: Path) -> None:
    app = press(drop(data, week=WEEK), "_import")
    app = drop(app, mine="Date,Calls,Emails\n2026-11-16,5,3\n2026-11-17,4,2\n")
    whose = next(box for box in app.selectbox if "Whose work is it?" in box.label)
    app = press(sound(whose.set_value("Ann Bay").run()), "_import")
    rows = Workspace.open(empty).activities(columns=["rep", "count"]).to_pylist()
    assert sum(row["count"] for row in rows if row["rep"] == "Ann Bay") == 2 + 14


def test_week_labels_without_a_year_ask_for_it(data: AppTest, empty: Path) -> None:
    app = drop(data, weeks="Rep,Kind,W46,W47\nAnn,Calls,5,6\nAnn,Emails,3,4\n")
    assert "Which year is “W46” in?" in app.radio[0].label.replace("\\", "")
    year = app.radio[0].options[1]
    app = press(sound(app.radio[0].set_value(year).run()), "_import")
    days = Workspace.open(empty).activities(columns=["ts"]).column("ts").to_pylist()
    assert {day.isocalendar()[:2] for day in days} == {(int(year), 46), (int(year), 47)}


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
    assert len(app.error) == 1
    assert said in app.error[0].value.replace("\\", "")
    assert "5 rows: 3 taken" in words(app)
    assert Workspace.open(empty).imports().empty


def test_columns_that_say_nothing_cannot_be_imported(data: AppTest) -> None:
    app = drop(data, odd="a,b\n1,2\n3,4\n")
    assert next(b for b in app.button if str(b.key).endswith("_import")).disabled
    assert "Say under Columns what this table holds" in words(app)


def test_names_from_files_are_shown_letter_by_letter(data: AppTest) -> None:
    app = drop(data, week=WEEK.replace("Ann Bay", "[Ann](http://x.example) **B** :red[c] $d$"))
    shown = "\n".join(str(element.value) for element in app.markdown).replace("\N{WORD JOINER}", "")
    assert r"\[Ann\]\(http://x\.example\) \*\*B\*\* :red\[c\] \$d\$" in shown


def test_saved_rows_cannot_act_as_formulas() -> None:
    rows = pd.DataFrame({"=HYPERLINK()": ["=1+1", "+2", "-3", "@x", "\tx", "fine"], "n": [-1, 2, 3, 4, 5, 6]})
    lines = report.as_csv(rows).decode("utf-8-sig").splitlines()
    assert lines == ["'=HYPERLINK(),n", "'=1+1,-1", "'+2,2", "'-3,3", "'@x,4", "'\tx,5", "fine,6"]
