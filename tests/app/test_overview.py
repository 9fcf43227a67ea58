"""Overview: the answer in one sentence, four figures, who needs help, what changed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from quota import intake
from quota.workspace import Workspace
from tests.app.conftest import Open, go, sound, words


def test_the_figures_of_a_finished_month(look: Path, visit: Open) -> None:
    app = visit(period="2026-09")
    # 12 reps; behind or at risk in September: Aino, Bo, Eero, Freja, Grace, Onni, Søren, Tuuli.
    assert app.title[0].value == "4 of 12 reps are on pace"
    assert {metric.label: metric.value for metric in app.metric} == {
        "Attainment": "92%",
        "Reps on pace": "4 of 12",
        "Touches": "3,402",
        "Opportunities": "102",
    }


def test_every_figure_tells_how_it_came_about(look: Path, visit: Open) -> None:
    app = visit(period="2026-09", rep="Raj Patel")
    assert "30 opportunities ÷ 400 touches = 7.5%" in app.metric[3].proto.help
    assert all(metric.proto.help for metric in app.metric)


def test_whoever_needs_help_is_listed_worst_first_and_opens(look: Path, visit: Open) -> None:
    app = visit()
    names = [button.label for button in app.button if str(button.key).startswith("help_")]
    assert names[:3] == ["Aino Lehtonen", "Onni Koskinen", "Bo Kjær"]
    assert ":red[! at risk] · Meetings: 2 of 8 · needs 3 a day" in words(app)
    app = sound(app.button(key="help_Bo Kjær").click().run())
    assert app.session_state["rep"] == "Bo Kjær"
    assert app.title[0].value == "Bo Kjær is at 41%"


def test_trackers_with_a_column_per_week_are_not_compared_in_mid_week(look: Path, visit: Open) -> None:
    running, over = visit(team="Helsinki"), visit(team="Helsinki", period="2026-W39")
    assert running.metric[2].delta == ""
    assert over.metric[2].delta != ""


def test_what_changed_names_people_and_channels(look: Path, visit: Open) -> None:
    said = words(visit())
    assert "What changed since Week 39 · 2026" in said
    assert "**Emily Carter** fell behind; was on pace at this stage before" in said
    assert "7 imports since" in said


def test_a_period_without_data_says_where_the_data_is(look: Path, visit: Open) -> None:
    app = visit(period="2026-W02")
    assert app.info[0].value == (
        "Nothing is recorded in Week 2 · 2026. The data runs from 8 May 2026 to 30 Sept 2026."
    )
    assert app.title[0].value == "Nobody has a quota in this period"


def test_one_rep(look: Path, visit: Open) -> None:
    app = visit(rep="Raj Patel")
    assert app.title[0].value == "Raj Patel is ahead"
    assert app.metric[1].value == "1 of 1"


def test_every_page_in_every_language(look: Path, visit: Open) -> None:
    for locale in ("da", "fi"):
        app = visit(locale=locale)
        for page in ("progress", "funnel", "leaderboard", "data", "people"):
            app = go(app, page)
            assert "{" not in words(app)


def test_a_closed_week_that_changed_is_said_to_be_restated(sampled: Path, visit: Open) -> None:
    late = b"Call ID,Agent,Start,Activity\n" + b"".join(
        b"%d,Anna Berg,2026-09-15 10:%02d,Call\n" % (n, n) for n in range(7)
    )
    moment = datetime(2026, 10, 5, 8, tzinfo=UTC)
    intake.store(Workspace.open(sampled), intake.read(late, "late.csv"), late, by="me", now=moment)
    told = " ".join(line.value for line in visit(period="2026-W41").markdown)
    assert "Week 38 · 2026 was restated: Calls +7" in told
