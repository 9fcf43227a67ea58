"""Funnel: Raj's month, groups, cohorts and two periods side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.conftest import Open, sound, words


def test_rajs_month(look: Path, visit: Open) -> None:
    app = visit("funnel", period="2026-09", rep="Raj Patel")
    assert app.title[0].value.replace("\\", "") == "400 touches became 30 opportunities: 7.5%"
    figures = app.dataframe[0].value.set_index("stage")
    assert figures.at["Touches", "count"] == 400
    assert figures.at["Opportunities", "count"] == 30
    assert figures.at["Opportunities", "rate_first"] == pytest.approx(0.075)
    assert figures.at["Opportunities", "between_first"] == "5.3% – 10.5%"


@pytest.mark.parametrize(("by", "groups"), [("team", 3), ("rep", 12), ("kind", 4)])
def test_by_group(look: Path, visit: Open, by: str, groups: int) -> None:
    app = visit("funnel", period="2026-Q3")
    app = sound(app.get_by_key("by_shown").set_value(by).run())
    assert app.dataframe[0].value["group"].nunique() == len(app.get("plotly_chart")) <= groups
    assert app.session_state["by"] == by


def test_what_it_led_to(look: Path, visit: Open) -> None:
    app = visit("funnel", period="2026-08", basis="cohort")
    assert "first worked on in the period, and the stages they have reached since" in words(app)
    counts = app.dataframe[0].value.set_index("stage")["count"]
    assert counts["Opportunities"] >= counts["Won"] > 0


def test_two_periods_side_by_side(look: Path, visit: Open) -> None:
    app = visit("funnel", period="2026-09")
    assert "September 2026 in colour, August 2026 in grey" in words(app)
    app = sound(app.get_by_key("against_shown").set_value("year").run())
    assert "September 2026 in colour, September 2025 in grey" in words(app)


def test_one_rep_is_not_split_by_rep_or_team(look: Path, visit: Open) -> None:
    app = visit("funnel", rep="Raj Patel")
    assert app.get_by_key("by_shown").options == ["All together", "Channel"]


def test_a_period_in_which_nothing_happened(look: Path, visit: Open) -> None:
    app = visit("funnel", period="2026-W02")
    assert app.title[0].value == "Nothing was recorded in this period"
