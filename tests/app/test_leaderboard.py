"""Leaderboard: who leads by which metric, ties, movement, and a click that opens."""

from __future__ import annotations

from pathlib import Path

from quota.ui import grids
from tests.app.conftest import Open, sound, words


def test_who_leads_by_attainment(look: Path, visit: Open) -> None:
    app = visit("leaderboard", period="2026-09")
    table = app.dataframe[0].value
    assert list(table.columns) == ["rank", "rep", "team", "value", "move"]
    assert table["value"].is_monotonic_decreasing
    assert app.title[0].value.replace("\\", "").startswith(f"{table['rep'].iloc[0]} leads with")


def test_another_metric(look: Path, visit: Open) -> None:
    app = visit("leaderboard", period="2026-09")
    app = sound(app.selectbox(key="metric_shown").set_value("count:opportunity").run())
    assert app.title[0].value == "Raj Patel leads with 30 opportunities"
    assert app.session_state["metric"] == "count:opportunity"
    assert "Leave and part time are not evened out" in words(app)


def test_equal_values_share_a_rank(look: Path, visit: Open) -> None:
    table = visit("leaderboard", period="2026-09", metric="count:opportunity").dataframe[0].value
    sevens = table[table["value"] == 7]
    assert len(sevens) > 1
    assert sevens["rank"].nunique() == 1


def test_amounts_are_ranked_per_currency(look: Path, visit: Open) -> None:
    app = visit("leaderboard")
    offered = app.selectbox(key="metric_shown").options
    assert [name for name in offered if name.startswith("Won,")] == ["Won, DKK", "Won, EUR", "Won, USD"]
    app = visit("leaderboard", period="2026-Q3", metric="amount:won:EUR")
    assert "€" in app.title[0].value


def test_a_chosen_rep_stays_in_the_race(look: Path, visit: Open) -> None:
    assert len(visit("leaderboard", rep="Raj Patel").dataframe[0].value) == 12
    assert len(visit("leaderboard", team="Boston", rep="Raj Patel").dataframe[0].value) == 4


def test_no_movement_is_invented_for_whoever_was_not_ranked(look: Path, visit: Open) -> None:
    table = visit("leaderboard", period="2026-W34").dataframe[0].value.set_index("rep")
    assert table.at["Onni Koskinen", "move"] == ""
    assert grids.amount(float("nan"), "en") == "–"
