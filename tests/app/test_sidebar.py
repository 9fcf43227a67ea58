"""Period, team, rep and language: chosen in the sidebar, held in the address."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.conftest import Open, go, sound, words


def test_the_period_begins_with_the_latest_data_and_steps(look: Path, visit: Open) -> None:
    app = visit()
    assert "**Week 40 · 2026**" in words(app)
    app = sound(app.button(key="earlier").click().run())
    assert app.session_state["period"] == "2026-W39"
    assert "**Week 39 · 2026**" in words(app)
    app = sound(app.button(key="latest").click().run())
    assert app.session_state["period"] == "2026-W40"
    assert "latest" not in [button.key for button in app.button]
    app = sound(app.button(key="later").click().run())
    assert "Week 41 · 2026 begins on 5 Oct 2026. Nothing is expected yet." in words(app)


@pytest.mark.parametrize(
    ("period", "unit", "expected"),
    [
        ("2026-W40", "month", "2026-09"),
        ("2026-09", "quarter", "2026-Q3"),
        ("2026-Q3", "week", "2026-W40"),
        ("2026-08", "week", "2026-W31"),
        ("2026-W35", "month", "2026-08"),
    ],
)
def test_another_unit_stays_where_the_viewer_is(
    look: Path, visit: Open, period: str, unit: str, expected: str
) -> None:
    app = visit(period=period)
    app = sound(app.get_by_key("unit").set_value(unit).run())
    assert app.session_state["period"] == expected


def test_a_link_shows_the_same_view_in_another_language(look: Path, visit: Open) -> None:
    app = visit("progress", locale="fi-FI", period="2026-09", team="Boston", show="chart")
    assert "**Syyskuu 2026**" in words(app)
    assert app.selectbox(key="team").value == "Boston"
    assert app.session_state["show_shown"] == "chart"


def test_a_period_that_is_none_is_explained(look: Path, visit: Open) -> None:
    app = visit(period="last week")
    assert "“last week” is not a period" in words(app).casefold()
    assert "**Week 40 · 2026**" in words(app)


def test_the_team_narrows_the_reps_and_the_figures(look: Path, visit: Open) -> None:
    app = visit(team="Boston")
    assert app.selectbox(key="rep").options == ["Emily Carter", "Grace Nguyen", "Raj Patel", "Sam Ortiz"]
    assert app.metric[1].value == "2 of 4"


def test_the_choices_survive_a_page_switch(look: Path, visit: Open) -> None:
    app = go(visit(period="2026-09", team="Helsinki"), "leaderboard")
    assert app.selectbox(key="team").value == "Helsinki"
    assert "**September 2026**" in words(app)


def test_a_link_to_nobody_says_so(look: Path, visit: Open) -> None:
    app = visit(rep="Nobody *Here*")
    assert "There is nobody called Nobody *Here* here." in app.warning[0].value.replace("\\", "")
    assert app.selectbox(key="rep").value is None


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("en", "4 of 11 reps are on pace"),
        ("da", "4 af 11 sælgere er på kurs"),
        ("fi", "4/11 myyjästä on tahdissa"),
    ],
)
def test_the_language_is_chosen_in_the_sidebar(look: Path, visit: Open, lang: str, title: str) -> None:
    app = sound(visit(locale="de-DE").selectbox(key="language").set_value(lang).run())
    assert app.title[0].value.replace("\\", "") == title


def test_the_sidebar_tells_how_fresh_the_data_is(look: Path, visit: Open) -> None:
    assert "Data to Wed 30 Sept, imported Thu 1 Oct 10:00 by lead@example.com" in words(visit())
