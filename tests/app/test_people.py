"""Quotas and people: edited in a grid, checked, saved as an import that can be undone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from quota import checks
from quota import columns as c
from quota.ui import people_sheets, sheets
from quota.workspace import Workspace
from tests.app.conftest import Open, sound, words


def edit(app: AppTest, sheet: str, **edits: Any) -> AppTest:
    """Edit the grid of a sheet as a viewer would."""
    key = next(key for key in app.session_state.to_dict() if str(key).startswith(f"edit_{sheet}_"))
    app.session_state[key] = {"edited_rows": {}, "added_rows": [], "deleted_rows": [], **edits}
    return sound(app.run())


def impact_of(app: AppTest) -> pd.DataFrame:
    """The table of who would move."""
    table: pd.DataFrame = next(frame.value for frame in app.dataframe if "status_after" in frame.value)
    return table


def open_sheet(app: AppTest, tab: str) -> AppTest:
    """Choose a tab by its name."""
    app.session_state["sheet"] = tab
    return sound(app.run())


def save(app: AppTest, sheet: str) -> Any:
    """The button that saves a sheet."""
    return app.button(key=f"save_{sheet}")


def quotas_of(workspace: Path, query: str) -> list[tuple[float, date | None, date | None]]:
    """Target, first and last day of the stored quotas that match."""
    rows = Workspace.open(workspace).table("quotas").query(query)
    found = rows[["target", "from", "to"]].astype(object).where(rows[["target", "from", "to"]].notna(), None)
    return [tuple(row) for row in found.sort_values("target").to_numpy()]


CALLS = "quota == 'Calls' and who == 'everyone'"
# The sample lives on 1 October 2026; its quotas hold since the summer.
BEGUN, NEXT_WEEK = date(2026, 6, 29), date(2026, 10, 5)


def test_a_change_applies_from_the_next_week_and_what_was_stays(sampled: Path, visit: Open) -> None:
    app = visit("people")
    assert save(app, "quotas").disabled
    (target, _, _) = quotas_of(sampled, CALLS)[0]
    app = edit(app, "quotas", edited_rows={0: {"target": 40.0}})
    assert app.radio(key="when_quotas").value == "from"
    first = app.date_input(key="from_quotas_week").value
    assert first == NEXT_WEEK
    app = sound(save(app, "quotas").click().run())
    assert quotas_of(sampled, CALLS) == [(target, BEGUN, None), (40, first, None)]
    last = Workspace.open(sampled).imports().iloc[-1]
    assert (last["file"], last["new"], last["changed"]) == ("Quotas, edited on the page", 1, 0)
    assert save(app, "quotas").disabled


def test_rows_that_nobody_edits_are_checked_once(look: Path, visit: Open, monkeypatch: Any) -> None:
    app = visit("people")
    monkeypatch.delattr(checks, "found")
    assert save(sound(app.run()), "quotas").disabled


def test_a_mistake_is_corrected_from_the_beginning(sampled: Path, visit: Open) -> None:
    app = edit(visit("people"), "quotas", edited_rows={0: {"target": 40.0}})
    app = sound(app.radio(key="when_quotas").set_value("beginning").run())
    assert "Figures of past periods change too" in words(app)
    app = sound(save(app, "quotas").click().run())
    assert quotas_of(sampled, CALLS) == [(40, BEGUN, None)]
    last = Workspace.open(sampled).imports().iloc[-1]
    assert (last["new"], last["changed"]) == (0, 1)


def test_a_quota_that_counts_something_else_ends_the_day_before(sampled: Path, visit: Open) -> None:
    app = edit(visit("people"), "quotas", edited_rows={0: {"kind": ["call", "social"]}})
    sound(save(app, "quotas").click().run())
    (old, new) = quotas_of(sampled, CALLS)
    assert {old[1:], new[1:]} == {(BEGUN, date(2026, 10, 4)), (NEXT_WEEK, None)}


def test_what_an_edit_would_move_is_said_before_it_is_saved(sampled: Path, visit: Open) -> None:
    app = edit(visit("people"), "quotas", edited_rows={0: {"target": 40.0}})
    said = words(app)
    assert "Nobody moves to another status." in said
    table = impact_of(app)
    assert set(table["period"]) == {"Week 41 · 2026"}, "the week that runs keeps its targets"
    app = sound(app.radio(key="when_quotas").set_value("beginning").run())
    assert "move to another status" in words(app)
    assert set(impact_of(app)["period"]) == {"Week 40 · 2026"}
    app = edit(app, "quotas", edited_rows={0: {"to": "2030-12-31"}})
    assert "Nobody moves: no target and no status changes." in words(app)


def test_a_share_of_full_time_changes_on_a_day(sampled: Path, visit: Open) -> None:
    app = open_sheet(visit("people"), "People")
    app = edit(app, "people", edited_rows={0: {"full_time": 0.5, "aliases": "M. Holm"}})
    app = sound(save(app, "people").click().run())
    rows = Workspace.open(sampled).table("people").query("rep == 'Mette Holm'").sort_values("from")
    assert list(rows["from"].dropna()) == [NEXT_WEEK]
    new, old = (rows[rows["from"].notna() == dated].iloc[0] for dated in (True, False))
    assert (new["full_time"], pd.isna(new["team"]), pd.isna(new["aliases"])) == (0.5, True, True)
    assert (old["full_time"] == 0.5, old["aliases"]) == (False, "M. Holm")


def test_a_day_on_which_another_row_begins_cannot_be_chosen(sampled: Path, visit: Open) -> None:
    app = visit("people")
    app = edit(app, "quotas", edited_rows={0: {"target": 40.0}})
    app = sound(save(app, "quotas").click().run())
    app = edit(app, "quotas", edited_rows={0: {"target": 45.0}})
    assert "another row holds already" in app.error[0].value
    assert save(app, "quotas").disabled


def test_a_new_quota_on_an_empty_workspace(empty: Path, visit: Open) -> None:
    app = visit("people")
    row = {"quota": "Touches", "who": "everyone", "kind": ["call", "email"], "measure": "count"}
    app = edit(app, "quotas", added_rows=[{**row, "target": 50.0, "every": "week"}])
    sound(save(app, "quotas").click().run())
    stored = Workspace.open(empty).table("quotas").iloc[0]
    assert (stored["kind"], stored["target"], stored["every"]) == ("call+email", 50, "week")


def test_a_deleted_quota_ends_or_never_was(sampled: Path, visit: Open) -> None:
    app = edit(visit("people"), "quotas", deleted_rows=[1])
    app = sound(save(app, "quotas").click().run())
    (ended,) = quotas_of(sampled, "who == 'Onni Koskinen'")
    assert ended[2] == date(2026, 10, 4)
    last = len(Workspace.open(sampled).table("quotas")) - 1
    app = edit(app, "quotas", deleted_rows=[last])
    app = sound(app.radio(key="when_quotas").set_value("beginning").run())
    sound(save(app, "quotas").click().run())
    assert quotas_of(sampled, "who == 'Onni Koskinen'") == []


def test_what_is_wrong_is_said_by_row_and_column_and_not_saved(sampled: Path, visit: Open) -> None:
    app = edit(
        visit("people"), "quotas", added_rows=[{"quota": "Calls", "who": "everyone", "kind": ["call"]}]
    )
    said = "\n".join(error.value for error in app.error).replace("\\", "")
    assert "Row 12 (Calls), Target: “Target” is empty. Fill it in." in said
    assert "Row 12 (Calls), Every: “Every” is empty. Fill it in." in said
    assert save(app, "quotas").disabled
    assert "Mend what is marked in red" in words(app)


def test_a_quota_for_somebody_unknown_is_refused_until_it_is_said_that_they_will_come(
    sampled: Path, visit: Open
) -> None:
    app = edit(visit("people"), "quotas", edited_rows={1: {"who": "Meta Holm"}})
    said = app.error[0].value.replace("\\", "")
    assert "Row 2 (Calls), Applies to" in said
    assert "Did you mean “Mette Holm”?" in said
    assert save(app, "quotas").disabled
    app = sound(app.checkbox(key="keep_unknown_quotas").set_value(True).run())
    app = sound(save(app, "quotas").click().run())
    assert len(quotas_of(sampled, "who == 'Meta Holm'")) == 1
    assert "Did you mean" in app.warning[0].value, "what is stored so is said, and holds up nothing"
    app = edit(app, "quotas", edited_rows={0: {"target": 40.0}})
    assert not app.checkbox
    assert not save(app, "quotas").disabled


@pytest.mark.parametrize(
    ("sheet", "rows", "said"),
    [
        ("people", {0: {"full_time": 7.0}}, "Row 1 (Mette Holm), Share of full time"),
        ("people", {1: {"rep": "Mette Holm"}}, "stands here twice"),
        ("people", {1: {"weekdays": "sometimes"}}, "does not say which days are worked"),
        ("people", {1: {"calendar": "XX"}}, "Holiday calendar"),
        ("absences", {0: {"to": "2020-01-01"}}, "before it starts"),
        ("absences", {0: {"rep": "Nobody Yet"}}, "Nobody is called “Nobody Yet”"),
    ],
)
def test_people_and_absences_are_checked_too(
    sampled: Path, visit: Open, sheet: str, rows: dict[int, dict[str, Any]], said: str
) -> None:
    app = edit(open_sheet(visit("people"), sheet.capitalize()), sheet, edited_rows=rows)
    found = [element.value for element in (*app.error, *app.warning)]
    assert any(said in text.replace("\\", "") for text in found), found


@pytest.mark.parametrize(
    ("tab", "rows", "said"),
    [
        ("Points", [{"kind": "juggling", "points": 1.0}], "Row 1 (juggling), Type of activity"),
        ("Points", [{"kind": "call", "points": -1.0}], "is below zero"),
        ("Ramps", [{"ramp": "New", "week": 1, "share": -0.1}], "is below zero"),
        ("Ramps", [{"ramp": "New", "week": 0, "share": 0.5}], "is no week"),
        ("Ramps", [{"ramp": "New", "share": 0.5}], "Row 1 (New), Week: “Week” is empty"),
        ("Ramps", [{"ramp": "N", "week": 1, "share": 0}, {"ramp": "N", "week": 3, "share": 1}], "Week 2 is"),
        ("Reward tiers", [{"tier": "Gold", "threshold": -1.0}], "is below zero"),
    ],
)
def test_points_ramps_and_tiers_are_checked(
    empty: Path, visit: Open, tab: str, rows: list[dict[str, Any]], said: str
) -> None:
    app = edit(open_sheet(visit("people"), tab), tab.split()[-1].lower(), added_rows=rows)
    assert said in "\n".join(element.value for element in (*app.error, *app.warning)).replace("\\", "")


@pytest.mark.parametrize(
    ("tab", "row"),
    [
        ("Points", {"kind": "meeting", "points": 10.0}),
        ("Ramps", {"ramp": "New", "week": 1, "share": 0.25}),
        ("Reward tiers", {"tier": "Gold", "threshold": 1.2, "reward": "a dinner"}),
        ("Absences", {"rep": "everyone", "from": date(2026, 12, 24), "to": date(2026, 12, 31)}),
    ],
)
def test_points_ramps_tiers_and_closures_are_stored(
    empty: Path, visit: Open, tab: str, row: dict[str, Any]
) -> None:
    name = tab.split()[-1].lower()
    app = edit(
        open_sheet(visit("people"), tab),
        name,
        added_rows=[{k: str(v) if isinstance(v, date) else v for k, v in row.items()}],
    )
    assert not app.error
    assert not app.warning
    sound(save(app, name).click().run())
    stored = Workspace.open(empty).table(name).iloc[0]
    assert {column: stored[column] for column in row} == row


def test_a_change_of_points_holds_from_a_day_on_and_the_rest_is_said(empty: Path, visit: Open) -> None:
    def stored() -> list[list[Any]]:
        rows = Workspace.open(empty).table("points")
        days = [None if pd.isna(day) else pd.Timestamp(day).date() for day in rows["from"]]
        return [[*row, day] for row, day in zip(rows[["kind", "points"]].to_numpy(), days, strict=True)]

    app = edit(open_sheet(visit("people"), "Points"), "points", added_rows=[{"kind": "call", "points": 1.0}])
    assert "Figures of past periods" not in words(app), "nothing was stated before"
    app = sound(save(app, "points").click().run())
    app = edit(app, "points", edited_rows={0: {"points": 2.0}})
    assert "1 change to what already holds" in app.radio(key="when_points").label
    app = sound(app.date_input(key="from_points_week").set_value(date(2026, 12, 7)).run())
    sound(save(app, "points").click().run())
    assert stored() == [["call", 1, None], ["call", 2, date(2026, 12, 7)]]
    demo = {"kind": "demo", "points": 5.0}
    app = edit(open_sheet(visit("people"), "Points"), "points", added_rows=[{**demo, "from": "2026-01-01"}])
    assert "Figures of past periods" in words(app), "from a day of the past on"
    app = edit(app, "points", added_rows=[demo])
    assert "Figures of past periods" not in words(app)
    app = sound(app.radio(key="when_points").set_value("beginning").run())
    assert "Figures of past periods" in words(app)
    app = sound(app.radio(key="when_points").set_value("from").run())
    app = sound(app.date_input(key="from_points_week").set_value(date(2026, 12, 14)).run())
    sound(save(app, "points").click().run())
    assert stored()[2] == ["demo", 5, date(2026, 12, 14)]
    app = edit(open_sheet(visit("people"), "Points"), "points", deleted_rows=[0])
    assert "Figures of past periods" in words(app)


def test_leave_of_somebody_under_another_spelling_can_be_taken_out(empty: Path, visit: Open) -> None:
    workspace = Workspace.open(empty)
    ann = {"rep": "Ann Berg", "aliases": "AB"}
    away = {"rep": "AB", "from": date(2026, 3, 2), "to": date(2026, 3, 3)}
    rows = {
        name: pa.Table.from_pylist([{**row, "withdrawn": False}], c.TABLES[name].remove_metadata())
        for name, row in (("people", ann), ("absences", away))
    }
    tables = {name: table.select([*c.WRITTEN[name].names, "withdrawn"]) for name, table in rows.items()}
    workspace.enter("Typed in", tables, by="me", now=datetime(2026, 3, 1, tzinfo=UTC))
    app = edit(open_sheet(visit("people"), "Absences"), "absences", deleted_rows=[0])
    assert not app.error
    sound(save(app, "absences").click().run())
    assert Workspace.open(empty).table("absences").empty


def test_the_rest_of_the_columns_stands_behind_a_toggle(empty: Path, visit: Open) -> None:
    app = visit("people")
    assert not app.toggle(key="more_quotas").value
    app = sound(app.toggle(key="more_quotas").set_value(True).run())
    row = {"quota": "Score", "who": "everyone", "kind": ["points"], "measure": "count", "target": 50.0}
    app = edit(app, "quotas", added_rows=[{**row, "every": "week", "carry": True, "cap": "call 10"}])
    assert "no activity is worth any" in words(app), "points need their table"
    app = edit(
        app, "quotas", added_rows=[{**row, "kind": ["call"], "every": "week", "carry": True, "cap": "9"}]
    )
    sound(save(app, "quotas").click().run())
    stored = Workspace.open(empty).table("quotas").iloc[0]
    assert (stored["carry"], stored["cap"], pd.isna(stored["topic"])) == (True, "9", True)


def quota_rows(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Rows of name, kind, target and first day, as the grid holds them."""
    names = ["quota", "kind", "target", "from"]
    table = pd.DataFrame(rows, columns=names).assign(who="everyone", measure="count", every="week")
    return sheets.editable(table.reindex(columns=c.QUOTAS.names), people_sheets.QUOTAS)


def test_only_what_differs_is_written() -> None:
    before = quota_rows(
        ("A", "call", 10, None), ("B", "call+email", 20, date(2026, 1, 1)), ("C", "call", 5, None)
    )
    after = quota_rows(
        ("A", "call", 12, None), ("B", "call + email", 20, date(2026, 1, 1)), ("D", "call", 5, None)
    )
    sheet = people_sheets.QUOTAS
    rows = sheets.changes(sheets.tidied(before, sheet), sheets.tidied(after, sheet), sheet)
    written = [(row["quota"], row["target"], row["withdrawn"]) for row in rows.to_pylist()]
    assert written == [("A", 12, False), ("D", 5, False), ("C", 5, True)]
    assert rows.schema.field("from").type == pa.date32()


def test_blank_rows_and_stray_spaces_are_no_rows() -> None:
    rows = quota_rows(("  A ", "call", 10, None)).reindex([0, 1])
    tidy = sheets.tidied(rows, people_sheets.QUOTAS)
    assert list(tidy["quota"]) == ["A"]
    assert pd.isna(tidy["currency"].iloc[0])


def test_what_the_weeks_suggest_is_put_into_the_grid_and_not_saved(sampled: Path, visit: Open) -> None:
    app = edit(visit("people"), "quotas", edited_rows={1: {"target": 25.0}})
    before = len(Workspace.open(sampled).table("quotas"))
    table = next(frame.value for frame in app.dataframe if "words" in frame.value)
    assert table["words"].str.contains("80% of weeks were at or below").all()
    app = sound(app.get_by_key("suggest_kinds").set_value(["call"]).run())
    app = sound(app.button(key="suggest_put").click().run())
    assert len(Workspace.open(sampled).table("quotas")) == before, "nothing is saved"
    assert "What this would change" in words(app)
    assert app.radio(key="when_quotas").value == "from", "what was edited before is kept"
    sound(save(app, "quotas").click().run())
    rows = Workspace.open(sampled).table("quotas")
    drafts = rows[(rows["from"] == NEXT_WEEK) & rows["who"].str.startswith("role: ")]
    assert len(drafts) == (table["kind"] == "Calls").sum()
    assert set(drafts["quota"]) == {"Calls"}, "named like the quota that it ends"


def test_a_template_for_each_sheet_and_one_for_all(empty: Path, visit: Open) -> None:
    for tab in ("Quotas", "Ramps"):
        app = open_sheet(visit("people"), tab)
        assert [button.label for button in app.get("download_button")] == [
            "Template for this sheet",
            "All templates in one workbook",
        ]


def test_a_day_written_into_the_changed_row_is_the_day_of_the_change(sampled: Path, visit: Open) -> None:
    (target, _, _) = quotas_of(sampled, CALLS)[0]
    edited = {0: {"target": 40.0, "from": "2026-11-02"}}
    app = edit(visit("people"), "quotas", edited_rows=edited)
    sound(save(app, "quotas").click().run())
    assert quotas_of(sampled, CALLS) == [(target, BEGUN, None), (40, date(2026, 11, 2), None)]


def test_a_change_cannot_begin_before_what_it_changes(sampled: Path, visit: Open) -> None:
    app = edit(visit("people"), "quotas", edited_rows={0: {"target": 40.0}})
    app = sound(app.date_input(key="from_quotas_week").set_value(date(2026, 6, 1)).run())
    assert "another row holds already" in app.error[0].value
    assert save(app, "quotas").disabled


def test_a_row_that_holds_no_more_is_corrected_and_it_is_said(sampled: Path, visit: Open) -> None:
    app = edit(visit("people"), "quotas", edited_rows={0: {"target": 40.0, "from": "2026-09-28"}})
    app = sound(save(app, "quotas").click().run())
    rows = Workspace.open(sampled).table("quotas").reset_index(drop=True)
    old = int(rows.index[(rows["quota"] == "Calls") & (rows["who"] == "everyone")][0])
    app = edit(app, "quotas", edited_rows={old: {"target": 45.0}})
    assert "Figures of past periods change too" in words(app)
    sound(save(app, "quotas").click().run())
    assert [row[:2] for row in quotas_of(sampled, CALLS)] == [(40, date(2026, 9, 28)), (45, BEGUN)]
