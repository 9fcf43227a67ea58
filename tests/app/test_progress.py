"""Progress: every rep and quota in a table, as bars, over time; and one rep's detail."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

from quota import intake
from quota.ingest import Choices
from quota.workspace import Workspace
from tests.app.conftest import Open, sound, words


def test_the_table_holds_what_is_due_and_what_is_done(look: Path, visit: Open) -> None:
    app = visit("progress")
    table = app.dataframe[0].value
    aino = table[table["rep"] == "Aino Lehtonen"].set_index("quota")
    assert list(aino.index) == ["Calls", "E-mails and social", "Meetings"]
    assert list(aino["target"]) == [30, 50, 8]
    assert list(aino["actual"]) == [9, 15, 2]
    assert list(aino["status"]) == ["! at risk"] * 3
    assert list(aino["needed"]) == [10.5, 17.5, 3]
    assert aino["bar"].str.startswith("data:image/svg+xml").all()


def test_quotas_for_longer_periods_wait_for_their_period(look: Path, visit: Open) -> None:
    week, month = visit("progress"), visit("progress", period="2026-09")
    assert "set for longer than this period: Opportunities" in words(week)
    assert "Opportunities" in set(month.dataframe[0].value["quota"])
    assert "Won, euro" not in set(month.dataframe[0].value["quota"])
    assert "Won, euro (EUR)" in set(visit("progress", period="2026-Q3").dataframe[0].value["quota"])


def test_one_quota_at_a_time(look: Path, visit: Open) -> None:
    app = visit("progress", quota="Calls")
    assert set(app.dataframe[0].value["quota"]) == {"Calls"}
    app = sound(app.selectbox(key="quota_shown").set_value("Meetings").run())
    assert set(app.dataframe[0].value["quota"]) == {"Meetings"}
    assert app.session_state["quota"] == "Meetings"


def test_the_table_against_the_past(look: Path, visit: Open) -> None:
    app = visit("progress")
    assert "change" not in app.dataframe[0].value
    app = sound(app.toggle(key="past").set_value(True).run())
    table = app.dataframe[0].value.set_index(["rep", "quota"])
    assert list(table.loc["Bo Kjær", "change"]) == [0, -4, -12]
    assert list(table.loc["Emily Carter", "streak"]) == [2, 8, 4]
    assert table.loc["Aino Lehtonen", "change"].isna().all()  # her weeks stand on their Mondays
    app = sound(app.get_by_key("show_shown").set_value("chart").run())
    assert not app.toggle


def test_bars_and_the_weeks_before(look: Path, visit: Open) -> None:
    app = visit("progress", quota="Calls")
    app = sound(app.get_by_key("show_shown").set_value("chart").run())
    bars = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert len(bars["data"][0]["y"]) == 12
    app = sound(app.get_by_key("show_shown").set_value("periods").run())
    trend, heat = (json.loads(chart.proto.spec) for chart in app.get("plotly_chart"))
    assert trend["layout"]["xaxis"]["range"][1] > 12
    assert next(trace["type"] for trace in heat["data"]) == "heatmap"


def test_one_reps_detail_and_the_way_back(look: Path, visit: Open) -> None:
    app = visit("progress", rep="Raj Patel", period="2026-09")
    assert app.title[0].value.startswith("Raj Patel")
    assert list(app.dataframe[0].value["actual"]) == [150, 250, 30]
    said = words(app)
    assert "Calls: 150 calls: the target of 126 is reached" in said
    assert "Recorded in the period: 150 calls · 200 e-mails · 50 social contacts" in said
    app = sound(app.button(key="back").click().run())
    assert app.session_state["rep"] is None
    assert len(set(app.dataframe[0].value["rep"])) == 12


def test_the_lines_run_to_the_day_known(look: Path, visit: Open) -> None:
    app = visit("progress", rep="Aino Lehtonen")
    lines = json.loads(app.get("plotly_chart")[0].proto.spec)["data"]
    expected, actual = (next(line for line in lines if line["line"]["width"] == width) for width in (1.5, 3))
    assert [round(y, 1) for y in expected["y"]] == [6, 12, 18, 24, 30, 30, 30]
    assert actual["y"][:3] == [9, 9, 9]
    assert actual["y"][3:] == [None] * 4


def test_somebody_on_leave_has_no_quota(look: Path, visit: Open) -> None:
    app = visit("progress", rep="Tuuli Mäkelä")
    assert "Tuuli Mäkelä has no quota in this period" in app.info[0].value


def test_every_figure_says_why(look: Path, visit: Open) -> None:
    app = visit("progress", rep="Raj Patel", period="2026-09")
    assert "The rule: Calls" not in words(app), "nothing is worked out before it is asked"
    app.session_state["why_0"] = True
    app = sound(app.run())
    said = words(app)
    assert "Raj Patel, Calls: 150 of 126 (119%); 126 expected by now." in said
    assert "The rule: Calls, " in said
    assert "Counted: 150 calls." in said
    days = next(frame.value for frame in app.dataframe if "worked" in frame.value)
    assert len(days) == 22
    assert ", ".join(days["why_day"]).count("Labor Day") == 1
    app = sound(app.toggle(key="why_rows_0").set_value(True).run())
    rows = next(frame.value for frame in app.dataframe if "row" in frame.value)
    assert rows["count"].sum() >= 150
    assert set(rows["kind"]) == {"Call"}


def test_a_rep_stands_beside_the_own_past(look: Path, visit: Open) -> None:
    app = visit("progress", rep="Raj Patel")
    said = words(app)
    assert "at this pace 38 of 30; judging by the periods before, 33 to 37" in said
    assert "Met 5 weeks in a row; longest streak: 5 weeks" in said
    assert "Week 39 · 2026: 77% at the same point, now ● the same" in said
    assert "Week 40 · 2025: – nothing to compare with" in said
    early = words(visit("progress", rep="Raj Patel", period="2026-W29"))
    assert "judging by" not in early
    assert "Not met so far" in early


def test_work_against_sales(look: Path, visit: Open) -> None:
    app = visit("progress")
    app = sound(app.get_by_key("show_shown").set_value("balance").run())
    (dots,) = (json.loads(chart.proto.spec)["data"][0] for chart in app.get("plotly_chart"))
    said = words(app)
    assert "3 of 11 reps are behind with the work and the sales" in said
    assert "A dot per rep, Q3 2026:" in said
    assert "1 rep has only one of the two and is left out." in said
    assert set(dots["marker"]["symbol"]) == {"circle-open"}, "one quarter is few"
    table = app.dataframe[0].value.set_index("rep")
    assert table.loc["Aino Lehtonen", "where"] == "Behind in both: start with the work"
    assert round(table.loc["Mette Holm", "sales"], 2) == 1.66
    assert table.loc["Raj Patel", "where"] == "–"
    assert "quota_shown" not in [box.key for box in app.selectbox]


def test_tiers_what_is_carried_over_and_alternatives(empty: Path, visit: Open) -> None:
    """20 calls of 40 in week 45 leave 20 for week 46, where 90 of 60 is 150 %. 20 visits of 50 are 40 %
    and 5 people of 10 half of a quota, together 90 %."""
    sheets = {
        "quotas": "Quota,Who,Kind,Measure,Target,Every,Carry,Alternative\n"
        "Calls,everyone,call,count,40,week,yes,\n"
        "Visits,everyone,meeting,count,50,week,,Care\nPeople,everyone,email,contacts,10,week,,Care\n",
        "people": "Rep,Team,Role,Calendar\nAnn Bay,North,Adviser,none\n",
        "tiers": "Tier,From,Reward\nGold,120 %,Dinner\n",
        "work": "Rep,Date,Calls,Meetings\nAnn Bay,2026-11-02,20,0\nAnn Bay,2026-11-13,90,20\n",
        "mails": "Rep,Date,Type,Contact\n"
        + "".join(f"Ann Bay,2026-11-12,Email,Customer {n}\n" for n in "ABCDE"),
    }
    workspace = Workspace.open(empty)
    for name, text in sheets.items():
        reading = intake.read(text.encode(), f"{name}.csv", Choices(today=date(2026, 11, 14)))
        intake.store(workspace, reading, text.encode(), by="test", now=datetime(2026, 11, 14, tzinfo=UTC))
    table = visit("progress", period="2026-W46").dataframe[0].value.set_index("quota")
    assert table.loc["Calls", ["target", "actual", "carried", "tier"]].tolist() == [60, 90, 20, "Gold"]
    assert table.loc["Care", ["target", "actual"]].tolist() == [1, 0.9]
