"""What the charts say and what they draw, from frames that fit in the head."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from quota import charts
from quota import funnel as metrics
from quota.charts import Chart, canvas
from quota.charts.leaderboard import move_label, value_label
from quota.charts.stages import interval_label, rate_label
from quota.i18n import LANGUAGES

NAN = float("nan")
LONG = "Anna-Katariina Lindström-Hakkarainen von Hohenzollern-Sigmaringen"


def progress(*rows: tuple[str, float, float, float, str]) -> pd.DataFrame:
    """rep, target, actual, expected, status → the rows of one quota on calls."""
    frame = pd.DataFrame(rows, columns=["rep", "target", "actual", "expected", "status"])
    frame["attainment"] = frame["actual"] / frame["target"]
    frame["remaining"] = (frame["target"] - frame["actual"]).clip(lower=0)
    frame["needed_per_day"] = frame["remaining"] / 2
    return frame.assign(kind="call", measure="count", currency=None, quota="Calls")


TEAM = progress(
    ("Raj", 50, 57, 40, "met"),
    ("Aino", 40, 20.8, 32, "at_risk"),
    ("Bo", 50, 37, 40, "behind"),
    ("New", NAN, NAN, NAN, "no_quota"),
)


def stages(group: str | None, *counts: int) -> pd.DataFrame:
    """Counts of touch, meeting, opportunity, proposal, won → `funnel.FUNNEL` of one group."""
    days = [pd.Timestamp("2026-10-01")] * 5
    cube = pd.DataFrame({"day": days, "kind": ["call", "meeting", "opportunity", "proposal", "won"]})
    cube = cube.assign(count=counts, rep=group, team=None, direction="out")
    return metrics.volume(cube, "rep" if group else None, days[0].date(), pd.Timestamp("2026-11-01").date())


RAJ = stages(None, 400, 0, 30, 0, 0)


def drawn(chart: Chart, kind: str) -> Any:
    """The first trace of a type."""
    return next(trace for trace in chart.figure.data if trace.type == kind)


def labels(chart: Chart) -> list[str]:
    """What stands in the column right of the bars."""
    return [line.strip("\N{EN SPACE}") for line in chart.figure.data[-1].text]


# Attainment


def test_the_furthest_behind_is_named() -> None:
    assert (
        charts.attainment_finding(TEAM, "en") == "Aino is 20 calls short; 2 of 3 reps are behind or at risk"
    )


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "Aino is 20 calls short"),
        ("da", "Aino mangler 20 opkald"),
        ("fi", "Aino: tavoitteesta puuttuu 20 soittoa"),
    ],
)
def test_one_rep_behind(lang: str, expected: str) -> None:
    assert charts.attainment_finding(TEAM[TEAM["rep"] == "Aino"], lang) == expected


def test_a_summary_has_no_calls_to_count() -> None:
    summary = TEAM[["rep", "attainment", "status"]]
    assert charts.attainment_finding(summary, "en") == "Aino is at 52%; 2 of 3 reps are behind or at risk"
    chart = charts.attainment_bars(summary, "en")
    assert list(drawn(chart, "scatter").x) == [None] * 4
    assert "tick" not in chart.subtitle


def test_several_kinds_go_by_the_name_of_the_quota() -> None:
    mixed = TEAM[TEAM["rep"] == "Aino"].assign(kind="call+email", quota="Reaching out")
    assert charts.attainment_finding(mixed, "en") == "Aino is 20 short of “Reaching out”"


def test_a_rep_with_two_quotas_is_one_rep() -> None:
    both = pd.concat([TEAM, TEAM[:3].assign(quota="Meetings", status="met")])
    assert charts.attainment_finding(both, "en").endswith("2 of 3 reps are behind or at risk")
    assert charts.attainment_finding(both[both["rep"] == "Aino"], "en") == "Aino is 20 calls short"


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("met", "met"), "All 2 reps have met the quota"),
        (("met",), "Raj has met the quota"),
        (("met", "on_pace"), "All 2 reps are on pace or better; quota met by 1"),
        (("ahead",), "Raj is on pace"),
        (("no_quota", "no_quota"), "Nobody here has a quota in this period"),
    ],
)
def test_nobody_is_behind(statuses: tuple[str, ...], expected: str) -> None:
    rows = [(name, 10, 10, 5, status) for name, status in zip(("Raj", "Bo"), statuses, strict=False)]
    assert charts.attainment_finding(progress(*rows), "en") == expected


def test_bars_start_with_the_furthest_behind() -> None:
    chart = charts.attainment_bars(TEAM, "en")
    assert list(chart.figure.layout.yaxis.ticktext) == ["Aino", "Bo", "Raj", "New"]
    assert list(drawn(chart, "bar").x) == pytest.approx([0.52, 0.74, 1.14, 0])
    assert list(drawn(chart, "scatter").x) == [0.8, 0.8, 0.8, None]
    assert labels(chart) == ["52%  ! at risk", "74%  ▽ behind", "114%  ✓ met", "no quota"]
    assert "<b>Aino</b><br>52%  ! at risk<br>21 calls of 40 calls" in drawn(chart, "bar").hovertext[0]
    assert "Needed a day: 10 calls" in drawn(chart, "bar").hovertext[0]
    assert chart.alt.startswith(f"{chart.title}. {chart.subtitle}. Aino 52%  ! at risk; Bo")


def test_five_hundred_reps_are_forty_bars() -> None:
    crowd = progress(*((f"Rep {n:03}", 100, n / 5, 50, "behind") for n in range(500)))
    chart = charts.attainment_bars(crowd, "en")
    assert len(drawn(chart, "bar").x) == 40
    assert chart.figure.layout.height < 1300
    assert chart.subtitle.endswith("The 40 furthest from it are shown, of 500.")
    assert chart.figure.layout.yaxis.ticktext[0] == "Rep 000"
    assert chart.alt.endswith("; and 28 more.")


def test_a_bar_far_beyond_the_quota_is_cut() -> None:
    chart = charts.attainment_bars(progress(("Raj", 10, 90, 5, "met"), ("Bo", 10, 5, 5, "on_pace")), "en")
    assert max(drawn(chart, "bar").x) == chart.figure.layout.xaxis.range[1] < 1.6
    assert labels(chart)[1] == "900%  ✓ met"


def test_long_names_are_cut_and_whole_on_hover() -> None:
    chart = charts.attainment_bars(progress((LONG, 50, 20, 40, "at_risk")), "en")
    assert chart.figure.layout.yaxis.ticktext == ("Anna-Katariina Lind…",)
    assert LONG in drawn(chart, "bar").hovertext[0]
    assert LONG in chart.title


def test_a_name_cannot_be_markup() -> None:
    chart = charts.attainment_bars(progress(("<a href='//x'>y</a>", 50, 20, 40, "at_risk")), "en")
    written = [*chart.figure.layout.yaxis.ticktext, *drawn(chart, "bar").hovertext]
    assert not [words for words in written if "<a" in words]
    assert "&lt;a href='//x'&gt;y" in written[0]


# Trend and heatmap


def weeks(*values: float, running: bool = False) -> pd.DataFrame:
    frame = pd.DataFrame({"period_label": [f"W{n + 1}" for n in range(len(values))], "attainment": values})
    return frame.assign(running=[running and n == len(values) - 1 for n in range(len(values))])


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (weeks(0.79, 0.83), "W2: 83% attained, 4 points up"),
        (weeks(0.84, 0.83), "W2: 83% attained, 1 point down"),
        (weeks(0.8, 0.8), "W2: 80% attained, as in the period before"),
        (weeks(0.79, 0.83, 0.2, running=True), "W2: 83% attained, 4 points up"),
        (weeks(0.79, NAN, 0.83), "W3: 83% attained, 4 points up"),
        (weeks(0.83), "W1: 83% attained"),
        (weeks(NAN), "No quota in these periods"),
    ],
)
def test_trend_finding(frame: pd.DataFrame, expected: str) -> None:
    assert charts.trend_finding(frame, "en") == expected


def test_a_running_period_is_hollow() -> None:
    chart = charts.trend(weeks(0.5, 0.8, 0.2, running=True), "en")
    points = next(trace for trace in chart.figure.data if trace.mode == "markers")
    assert list(points.marker.symbol) == ["circle", "circle", "circle-open"]
    assert [list(trace.x) for trace in chart.figure.data if trace.mode == "lines"] == [[1, 2], [0, 1]]
    assert chart.figure.layout.annotations[0].text == "<b>20%</b>"


def test_thirteen_labels_are_thinned_from_the_end() -> None:
    chart = charts.trend(weeks(*[0.5] * 13), "en")
    assert list(chart.figure.layout.xaxis.ticktext) == ["W13", "W11", "W9", "W7", "W5", "W3", "W1"]


HEAT = pd.DataFrame(
    [("Bo", "W1", 1.2), ("Bo", "W2", 1.0), ("Aino", "W1", 0.5), ("Aino", "W2", NAN)],
    columns=["rep", "period_label", "attainment"],
)


def test_heatmap_finding() -> None:
    assert charts.heatmap_finding(HEAT, "en") == "The quota was met 2 times out of 3; most often: Bo, 2"
    assert charts.heatmap_finding(HEAT.iloc[:1], "en") == "The quota was met once out of 1"
    assert charts.heatmap_finding(HEAT.iloc[3:], "en") == "No quota in these periods"


def test_a_heatmap_writes_its_figures_in_the_cells() -> None:
    chart = charts.heatmap(HEAT, "en")
    cells = drawn(chart, "scatter")
    assert list(zip(cells.x, cells.y, cells.text, strict=True)) == [
        (0, 0, "120"),
        (1, 0, "100"),
        (0, 1, "50"),
    ]
    assert [list(cell) for cell in cells.customdata] == [["Bo", "W1"], ["Bo", "W2"], ["Aino", "W1"]]
    np.testing.assert_array_equal(np.array(drawn(chart, "heatmap").z), [[1.2, 1.0], [0.5, NAN]])
    assert chart.alt.endswith("Bo 120%, 100%; Aino 50%, –.")


# One quota through its period


def days(*actual: float) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"day": pd.date_range("2026-11-16", periods=5), "actual": [*actual] + [NAN] * (5 - len(actual))}
    )
    return frame.assign(expected=[10.0, 20, 30, 40, 50])


@pytest.mark.parametrize(
    ("frame", "projected", "expected"),
    [
        (days(6, 11, 15, 21), 26.25, "21 calls so far, 19 behind plan; heading for 26 of 50"),
        (days(12, 25), 62.5, "25 calls so far, 5 ahead of plan; heading for 63 of 50"),
        (days(10), NAN, "10 calls so far, exactly on plan"),
        (days(10, 55), 80, "55 calls: the target of 50 is reached"),
        (days(), None, "Nothing done yet; the target is 50 calls"),
    ],
)
def test_cumulative_finding(frame: pd.DataFrame, projected: float | None, expected: str) -> None:
    assert charts.cumulative(frame, 50, projected, "en", kind="call").title == expected


def test_money_in_danish() -> None:
    chart = charts.cumulative(days(6000), 50000, 30000, "da", kind="won", measure="amount", currency="DKK")
    assert (
        chart.title.replace("\xa0", " ")
        == "6.000 kr. indtil nu, 5.990 foran planen; på vej mod 30.000 ud af 50.000"
    )
    assert chart.figure.layout.separators == ",."


def test_the_projections_interval_is_said_and_drawn() -> None:
    chart = charts.cumulative(days(6), 50, 30, "en", kind="call", likely=(20, 44))
    alone = charts.cumulative(days(6), 50, 30, "en", kind="call")
    assert chart.title == alone.title.replace(
        "heading for 30 of 50", "at this pace 30 of 50; judging by the periods before, 20 to 44"
    )
    (fan,) = [one for one in chart.figure.data if one.fill == "toself"]
    assert (list(fan.y)[1:], list(fan.x)[1:]) == ([20, 44], [len(days(6)) - 1] * 2)
    assert not [one for one in alone.figure.data if one.fill == "toself"]
    assert "At this pace<br><b>30</b><br>20–44" in [note.text for note in chart.figure.layout.annotations]


def test_names_of_close_ends_do_not_overlap() -> None:
    shifts = lambda projected: [  # noqa: E731
        note.yshift for note in charts.cumulative(days(6), 50, projected, "en").figure.layout.annotations
    ]
    assert shifts(20) == [0, 0]
    assert shifts(52) == shifts(50) == [-17, 17]


# Funnel


def test_raj() -> None:
    chart = charts.funnel(RAJ, "en")
    assert chart.title == "400 touches became 30 opportunities: 7.5%"
    assert list(drawn(chart, "bar").x) == [400, 0, 30, 0, 0]
    assert labels(chart) == ["", "", "7.5% (5.3–10.5)", "", ""]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((400, 61, 30, 0, 9), "400 touches became 30 opportunities: 7.5%"),
        ((100, 50, 0, 0, 0), "100 touches became 50 meetings: 50%"),
        ((10, 0, 12, 0, 0), "10 touches and 12 opportunities: not every touch is recorded"),
        ((1, 0, 0, 0, 0), "1 touch, and nothing further down the funnel"),
        ((0, 0, 0, 0, 0), "Nothing was recorded in this period"),
    ],
)
def test_funnel_finding(counts: tuple[int, ...], expected: str) -> None:
    assert charts.funnel_finding(stages(None, *counts), "en") == expected


def test_a_small_base_says_so() -> None:
    assert labels(charts.funnel(stages(None, 400, 61, 20, 0, 9), "en")) == [
        "",
        "15% (12–19)",
        "33% (22–45)<br>\N{EN SPACE}5.0% of touches",
        "",
        "45% (26–66)<br>\N{EN SPACE}too few to compare",
    ]


def test_groups_share_one_scale() -> None:
    frame = pd.concat([stages("Raj", 400, 0, 30, 0, 0), stages("Bo", 100, 0, 1, 0, 0)])
    drawings = charts.funnel_groups(frame, "en")
    assert [chart.title for chart in drawings] == ["Raj", "Bo"]
    assert {tuple(chart.figure.layout.xaxis.range) for chart in drawings} == {(0, 400)}
    assert len({chart.figure.layout.margin.r for chart in drawings}) == 1
    assert drawings[1].subtitle == "100 touches became 1 opportunity: 1.0%"


def test_a_group_of_nothing_says_so() -> None:
    frame = pd.concat([stages("Raj", 4, 0, 3, 0, 0), stages("Bo", 0, 0, 0, 0, 0)])
    drawings = charts.funnel_groups(frame, "en")
    assert drawings[1].subtitle == "Nothing was recorded in this period"
    assert not drawings[1].figure.data


def test_a_channel_is_named_and_alone() -> None:
    cube = pd.DataFrame({"day": [pd.Timestamp("2026-10-01")], "kind": ["call"], "count": [5]})
    cube = cube.assign(rep="Raj", team=None, direction="out")
    day = pd.Timestamp("2026-10-01").date()
    frame = metrics.volume(cube, "kind", day, pd.Timestamp("2026-10-02").date())
    (chart,) = charts.funnel_groups(frame, "en")
    assert (chart.title, chart.subtitle) == ("Phone", "5 touches")
    assert list(drawn(chart, "bar").x) == [5]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ((400, 0, 4, 0, 0), "Raj converts best, 7.5%; Bo least, 1.0%"),
        ((400, 0, 25, 0, 0), "The differences could be chance"),
        ((0, 0, 4, 0, 0), "There is nothing to compare here"),
    ],
)
def test_groups_finding(other: tuple[int, ...], expected: str) -> None:
    frame = pd.concat([stages("Raj", 400, 0, 30, 0, 0), stages("Bo", *other)])
    assert charts.groups_finding(frame, "en") == expected


def test_two_periods_side_by_side() -> None:
    compared = metrics.compare(stages(None, 400, 100, 30, 0, 0), stages(None, 400, 40, 14, 0, 0))
    chart = charts.funnel_compare(compared, ("October", "September"), "en")
    assert chart.title == "Meetings: the conversion rate rose from 10% to 25%"
    assert chart.subtitle.startswith("October in colour, September in grey")
    assert [list(trace.x) for trace in chart.figure.data if trace.type == "bar"] == [
        [400, 100, 30, 0, 0],
        [400, 40, 14, 0, 0],
    ]
    assert labels(chart)[1:3] == [
        "<b>25%</b> · 10%<br>\N{EN SPACE}▲ 15 points",
        "<b>30%</b> · 35%<br>\N{EN SPACE}▽ 5 points<br>\N{EN SPACE}maybe chance",
    ]


def test_no_change_beyond_chance() -> None:
    compared = metrics.compare(RAJ, stages(None, 400, 0, 33, 0, 0))
    assert charts.comparison_finding(compared, "en") == "No rate changed by more than chance can explain"


def test_a_comparison_of_nothing() -> None:
    empty = stages(None, 0, 0, 0, 0, 0)
    chart = charts.funnel_compare(metrics.compare(empty, empty), ("October", "September"), "en")
    assert chart.title == "Nothing was recorded in this period"


@pytest.mark.parametrize(
    ("rate", "expected"),
    [(0.075, "7.5%"), (0.0994, "9.9%"), (0.0996, "10%"), (0.53, "53%"), (0, "0%"), (1.2, "120%")],
)
def test_rates(rate: float, expected: str) -> None:
    assert rate_label(rate, "en") == expected


def test_a_rate_without_interval_stands_alone() -> None:
    assert interval_label(1.2, NAN, NAN, "en") == "120%"


# Leaderboard


def ranks(*rows: tuple[int | None, str, float, int | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["rank", "rep", "value", "move"])
    return frame.astype({"rank": "Int64", "move": "Int64"})


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(1, "Raj", 1.18, 2), (2, "Bo", 1.1, 0)], "Raj leads with 118%"),
        ([(1, "Bo", 1.1, 0), (1, "Raj", 1.1, 0)], "Bo and Raj share the lead with 110%"),
        ([(1, "Bo", 1, 0), (1, "Raj", 1, 0), (1, "Sam", 1, 0)], "3 reps share the lead with 100%"),
        ([(None, "Bo", NAN, None)], "Nobody is ranked in this period"),
    ],
)
def test_leaderboard_finding(rows: list[tuple[int | None, str, float, int | None]], expected: str) -> None:
    assert charts.leaderboard_finding(ranks(*rows), "en") == expected


def test_the_leaders_stand_out() -> None:
    frame = ranks((1, "Raj", 1.18, 2), (2, "Bo", 1.1, -1), (3, "Aino", 0.5, None), (None, "New", NAN, None))
    chart = charts.leaderboard_bars(frame, "en")
    assert list(chart.figure.layout.yaxis.ticktext) == ["1  Raj", "2  Bo", "3  Aino"]
    assert labels(chart) == ["118%  ▲2", "110%  ▽1", "50%"]
    colours = drawn(chart, "bar").marker.color
    assert colours[0] != colours[1] == colours[2]


@pytest.mark.parametrize(
    ("metric", "value", "expected"),
    [
        ("attainment", 1.18, "118%"),
        ("points", 1234, "1,234"),
        ("count:call", 57, "57 calls"),
        ("amount:won:EUR", 12000, "€12,000"),
        ("amount:won", 12000, "12,000"),
    ],
)
def test_values(metric: str, value: float, expected: str) -> None:
    assert value_label(value, metric, "en") == expected


@pytest.mark.parametrize(("move", "expected"), [(2, "▲2"), (-1, "▽1"), (0, "–"), (pd.NA, ""), (None, "")])
def test_moves(move: int | None, expected: str) -> None:
    assert move_label(move) == expected


# What holds for all of them

EVERY: dict[str, Callable[[str], Chart]] = {
    "attainment_bars": lambda lang: charts.attainment_bars(TEAM, lang),
    "trend": lambda lang: charts.trend(weeks(0.5, 0.8), lang),
    "heatmap": lambda lang: charts.heatmap(HEAT, lang),
    "cumulative": lambda lang: charts.cumulative(days(6), 50, 30, lang, kind="call"),
    "funnel": lambda lang: charts.funnel(RAJ, lang),
    "funnel_groups": lambda lang: charts.funnel_groups(stages("Raj", 9, 8, 7, 6, 5), lang)[0],
    "funnel_compare": lambda lang: charts.funnel_compare(metrics.compare(RAJ, RAJ), ("a", "b"), lang),
    "leaderboard_bars": lambda lang: charts.leaderboard_bars(ranks((1, "Raj", 1.18, 2)), lang),
}
EMPTY: dict[str, Callable[[str], Chart]] = {
    "attainment_bars": lambda lang: charts.attainment_bars(TEAM.iloc[:0], lang),
    "trend": lambda lang: charts.trend(weeks(), lang),
    "heatmap": lambda lang: charts.heatmap(HEAT.iloc[:0], lang),
    "cumulative": lambda lang: charts.cumulative(days().iloc[:0], 50, None, lang),
    "funnel": lambda lang: charts.funnel(RAJ.iloc[:0], lang),
    "leaderboard_bars": lambda lang: charts.leaderboard_bars(ranks(), lang),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", EVERY)
def test_every_chart_has_its_words_and_looks_right_on_any_paper(name: str, lang: str) -> None:
    chart = EVERY[name](lang)
    assert chart.title
    assert chart.subtitle
    assert chart.alt.startswith(f"{chart.title}. {chart.subtitle}")
    layout = chart.figure.layout
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert layout.xaxis.fixedrange
    assert layout.yaxis.fixedrange
    assert layout.separators == {"en": ".,", "da": ",.", "fi": ",\xa0"}[lang]
    colours = [layout.font.color, layout.xaxis.tickfont.color, layout.yaxis.tickfont.color]
    colours += [note.font.color for note in layout.annotations]
    colours += [trace.textfont.color for trace in chart.figure.data if trace.type == "scatter"]
    assert set(colours) - {None} == {"#000037"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", EMPTY)
def test_a_chart_of_nothing_says_so(name: str, lang: str) -> None:
    chart = EMPTY[name](lang)
    assert chart.title
    assert not chart.figure.data


def test_no_groups_no_charts() -> None:
    assert charts.funnel_groups(stages("Raj", 1, 0, 0, 0, 0).iloc[:0], "en") == []


def test_the_words_differ_between_languages() -> None:
    assert len({EVERY["funnel"](lang).title for lang in LANGUAGES}) == len(LANGUAGES)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(KeyError, match="attainment"):
        charts.attainment_bars(TEAM.drop(columns="attainment"), "en")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Bo", "Bo"), ("x" * 20, "x" * 20), ("x" * 21, "x" * 19 + "…"), ("a & b", "a &amp; b")],
)
def test_short_names(name: str, expected: str) -> None:
    assert canvas.short(name) == expected


def test_config_speaks_the_language() -> None:
    assert charts.config("fi")["locale"] == "fi"
    assert charts.config("en")["displaylogo"] is False
