"""Quotas and people: edited in a grid, checked, saved as an import that can be undone."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from quota import columns as c
from quota.ui import editing, people_sheets
from quota.workspace import Workspace
from tests.app.conftest import Open, sound, words


def edit(app: AppTest, sheet: str, **edits: Any) -> AppTest:
    """Edit the grid of a sheet as a viewer would."""
    key = next(key for key in app.session_state.to_dict() if str(key).startswith(f"edit_{sheet}_"))
    app.session_state[key] = {"edited_rows": {}, "added_rows": [], "deleted_rows": [], **edits}
    return sound(app.run())


def save(app: AppTest, sheet: str) -> Any:
    """The button that saves a sheet."""
    return app.button(key=f"save_{sheet}")


def test_a_target_is_changed_and_the_change_can_be_undone(sampled: Path, visit: Open) -> None:
    app = visit("people")
    assert save(app, "quotas").disabled
    app = edit(app, "quotas", edited_rows={0: {"target": 40.0}})
    app = sound(save(app, "quotas").click().run())
    workspace = Workspace.open(sampled)
    calls = workspace.table("quotas").query("quota == 'Calls' and who == 'everyone'")
    assert list(calls["target"]) == [40]
    last = workspace.imports().iloc[-1]
    assert (last["file"], last["new"], last["changed"]) == ("Quotas, edited on the page", 0, 1)
    assert save(app, "quotas").disabled


def test_a_new_quota_on_an_empty_workspace(empty: Path, visit: Open) -> None:
    app = visit("people")
    row = {"quota": "Touches", "who": "everyone", "kind": ["call", "email"], "measure": "count"}
    app = edit(app, "quotas", added_rows=[{**row, "target": 50.0, "every": "week"}])
    sound(save(app, "quotas").click().run())
    stored = Workspace.open(empty).table("quotas").iloc[0]
    assert (stored["kind"], stored["target"], stored["every"]) == ("call+email", 50, "week")


def test_a_deleted_row_is_withdrawn(sampled: Path, visit: Open) -> None:
    app = edit(visit("people"), "quotas", deleted_rows=[1])
    sound(save(app, "quotas").click().run())
    assert "Onni Koskinen" not in set(Workspace.open(sampled).table("quotas")["who"])


def test_what_is_wrong_is_said_by_row_and_column_and_not_saved(sampled: Path, visit: Open) -> None:
    app = edit(
        visit("people"), "quotas", added_rows=[{"quota": "Calls", "who": "everyone", "kind": ["call"]}]
    )
    said = "\n".join(error.value for error in app.error).replace("\\", "")
    assert "Row 12 (Calls), Target: “Target” is empty. Fill it in." in said
    assert "Row 12 (Calls), Every: “Every” is empty. Fill it in." in said
    assert save(app, "quotas").disabled
    assert "Mend what is marked in red" in words(app)


def test_a_warning_does_not_hold_up_a_save(sampled: Path, visit: Open) -> None:
    app = edit(visit("people"), "quotas", edited_rows={1: {"who": "Nobody Yet"}})
    assert not app.error
    assert "Row 2 (Calls), Applies to" in app.warning[0].value
    assert not save(app, "quotas").disabled


@pytest.mark.parametrize(
    ("sheet", "rows", "said"),
    [
        ("people", {0: {"full_time": 7.0}}, "Row 1 (Mette Holm), Share of full time"),
        ("people", {1: {"rep": "Mette Holm"}}, "stands here twice"),
        ("people", {1: {"calendar": "XX"}}, "Holiday calendar"),
        ("absences", {0: {"to": "2020-01-01"}}, "before it starts"),
        ("absences", {0: {"rep": "Nobody Yet"}}, "Nobody is called “Nobody Yet”"),
    ],
)
def test_people_and_absences_are_checked_too(
    sampled: Path, visit: Open, sheet: str, rows: dict[int, dict[str, Any]], said: str
) -> None:
    app = visit("people")
    app.session_state["sheet"] = {"people": "People", "absences": "Absences"}[sheet]
    app = edit(sound(app.run()), sheet, edited_rows=rows)
    found = [element.value for element in (*app.error, *app.warning)]
    assert any(said in text.replace("\\", "") for text in found), found


def quota_rows(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Rows of name, kind, target and first day, as the grid holds them."""
    names = ["quota", "kind", "target", "from"]
    table = pd.DataFrame(rows, columns=names).assign(who="everyone", measure="count", every="week")
    return editing.editable(table.reindex(columns=c.QUOTAS.names), people_sheets.QUOTAS)


def test_only_what_differs_is_written() -> None:
    before = quota_rows(
        ("A", "call", 10, None), ("B", "call+email", 20, date(2026, 1, 1)), ("C", "call", 5, None)
    )
    after = quota_rows(
        ("A", "call", 12, None), ("B", "call + email", 20, date(2026, 1, 1)), ("D", "call", 5, None)
    )
    sheet = people_sheets.QUOTAS
    rows = editing.changes(editing.tidied(before, sheet), editing.tidied(after, sheet), sheet)
    written = [(row["quota"], row["target"], row["withdrawn"]) for row in rows.to_pylist()]
    assert written == [("A", 12, False), ("D", 5, False), ("C", 5, True)]
    assert rows.schema.field("from").type == pa.date32()


def test_blank_rows_and_stray_spaces_are_no_rows() -> None:
    rows = quota_rows(("  A ", "call", 10, None)).reindex([0, 1])
    tidy = editing.tidied(rows, people_sheets.QUOTAS)
    assert list(tidy["quota"]) == ["A"]
    assert pd.isna(tidy["currency"].iloc[0])
