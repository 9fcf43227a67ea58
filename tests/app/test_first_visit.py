"""An empty workspace says what to do next; the sample comes and goes with one click."""

from __future__ import annotations

from pathlib import Path

import pytest

from quota.workspace import Workspace
from tests.app.conftest import Open, sound, words

LOOK = ("overview", "progress", "funnel", "leaderboard")


@pytest.mark.parametrize("page", LOOK)
def test_an_empty_workspace_offers_two_ways_to_begin(empty: Path, visit: Open, page: str) -> None:
    app = visit(page)
    assert [button.key for button in app.button] == ["load_sample", "to_data"]
    assert app.title[0].value == "Who is on pace, and how do touches become sales?"
    assert "No data yet" in words(app)


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("da-DK", "Indlæs eksemplet"), ("fi-FI", "Lataa esimerkki"), ("sv-SE", "Load the sample workspace")],
)
def test_the_first_language_is_the_browsers(empty: Path, visit: Open, locale: str, expected: str) -> None:
    assert visit(locale=locale).button(key="load_sample").label == expected


def test_the_other_way_leads_to_the_data_page(empty: Path, visit: Open) -> None:
    app = sound(visit(lang="en", locale="da").button(key="to_data").click().run())
    assert app.title[0].value == "Bring in an export, see what was understood, and correct it"
    assert "Nothing has been imported yet." in words(app)


def test_the_sample_is_loaded_and_removed_with_one_click_each(empty: Path, visit: Open) -> None:
    app = sound(visit().button(key="load_sample").click().run())
    assert app.title[0].value == "4 of 11 reps are on pace"
    assert "its calendar stands still at 30 Sept 2026" in words(app)
    imports = Workspace.open(empty).imports()
    assert imports["active"].all()
    assert imports["file"].iloc[0] == "people_and_quotas.xlsx"

    app = sound(app.button(key="remove_sample").click().run())
    assert app.button(key="load_sample")
    workspace = Workspace.open(empty)
    assert not workspace.imports()["active"].any()
    assert workspace.table("settings").empty
