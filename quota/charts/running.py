"""One quota through its period: done so far, the expected line, the target and where it heads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

import pandas as pd
import plotly.graph_objects as go

from quota.attainment import SHARE
from quota.charts import canvas
from quota.charts.canvas import Chart
from quota.charts.theme import ACCENT, GREY, tint
from quota.columns import check
from quota.i18n import day_label, number, percent, quantity, text

COLUMNS = ("day", "actual", "expected")
DAYS = 4  # as many dates as fit under the chart on a phone


@dataclass(frozen=True)
class Goal:
    """What is counted, how much of it is wanted, and how much is to be expected at this pace.

    `likely`: from where to where that may be, None where it cannot be said.
    """

    target: float
    projected: float | None = None
    likely: tuple[float, float] | None = None
    kind: str = "several"
    measure: str = "count"
    currency: str | None = None

    def words(self, x: float, lang: str) -> str:
        """An amount of what is counted: "21 calls"."""
        return quantity(x, lang, self.kind, self.measure, self.currency)

    def figure(self, x: float, lang: str) -> str:
        """The number alone; a share of the quota in per cent."""
        return percent(x, lang) if self.measure == SHARE else number(x, lang)

    @property
    def least(self) -> float:
        """A difference that is none."""
        return 0.005 if self.measure == SHARE else 0.5


def cumulative(
    frame: pd.DataFrame,
    target: float,
    projected: float | None,
    lang: str,
    *,
    kind: str = "several",
    measure: str = "count",
    currency: str | None = None,
    likely: tuple[float, float] | None = None,
) -> Chart:
    """The period's running sum as a line, against the expected one.

    Columns day (one row per day of the period, in order), actual (running sum, NaN after the last
    day known) and expected (running sum), in the unit of `target`, `projected` and `likely`.
    """
    check(frame, COLUMNS)
    goal = Goal(target, projected, likely, kind, measure, currency)
    title = cumulative_finding(frame, goal, lang)
    if frame.empty:
        return canvas.nothing(title, lang)
    days = [day_label(day, lang) for day in pd.to_datetime(frame["day"]).dt.date]
    figure = canvas.canvas(lang, 300, right=96)
    for column, name, line in (
        ("expected", text("chart.cumulative.expected", lang), {"color": GREY, "width": 1.5}),
        ("actual", text("chart.cumulative.actual", lang), {"color": ACCENT, "width": 3}),
    ):
        figure.add_scatter(
            x=list(range(len(days))),
            y=list(frame[column]),
            mode="lines",
            line=line,
            customdata=[[day, goal.words(x, lang)] for day, x in zip(days, frame[column], strict=True)],
            hovertemplate=f"%{{customdata[0]}}<br>{name}: %{{customdata[1]}}<extra></extra>",
        )
    _goal_lines(figure, frame, goal, lang)
    canvas.sparse(figure, days, DAYS)
    figure.update_xaxes(ticktext=[day.replace(" ", "<br>", 1) for day in figure.layout.xaxis.ticktext])
    figure.update_xaxes(range=[-0.2, len(days) - 0.95])
    figure.update_yaxes(rangemode="tozero", nticks=5, tickformat=".0%" if measure == SHARE else ",.0f")
    return canvas.chart(figure, title, text("chart.cumulative.subtitle", lang), [], lang)


def cumulative_finding(frame: pd.DataFrame, goal: Goal, lang: str) -> str:
    """Reached, ahead of or behind the expected line, and where it leads."""
    known = frame.dropna(subset=["actual"])
    if known.empty:
        return text("chart.cumulative.nothing", lang, target=goal.words(goal.target, lang))
    actual, expected = float(known["actual"].iloc[-1]), float(known["expected"].iloc[-1])
    done, target = goal.words(actual, lang), goal.figure(goal.target, lang)
    if actual >= goal.target:
        return text("chart.cumulative.met", lang, done=done, target=target)
    gap = goal.figure(abs(expected - actual), lang)
    if abs(expected - actual) < goal.least:
        standing = text("chart.cumulative.even", lang, done=done)
    elif actual > expected:
        standing = text("chart.cumulative.ahead", lang, done=done, gap=gap)
    else:
        standing = text("chart.cumulative.behind", lang, done=done, gap=gap)
    if not _known(goal.projected):
        return standing
    words = {"projected": goal.figure(goal.projected, lang), "target": target}
    if goal.likely is None:
        return f"{standing}; {text('chart.cumulative.heading', lang, **words)}"
    low, high = (goal.figure(end, lang) for end in goal.likely)
    between = text("chart.cumulative.heading_between", lang, low=low, high=high, **words)
    return f"{standing}; {between}"


def _goal_lines(figure: go.Figure, frame: pd.DataFrame, goal: Goal, lang: str) -> None:
    """The target, and from the last day known a faint line to where this pace leads; both named."""
    end = len(frame) - 1
    canvas.line_across(figure, goal.target, axis="y")
    places = {_named(text("chart.cumulative.target", lang), goal.figure(goal.target, lang)): goal.target}
    known = frame["actual"].dropna()
    if not known.empty:
        today, done = len(known) - 1, float(known.iloc[-1])
        dot = {"color": ACCENT, "size": 9}
        figure.add_scatter(
            x=[today], y=[done], mode="markers", marker=dot, cliponaxis=False, hoverinfo="skip"
        )
        if _known(goal.projected) and today < end:
            _fan(figure, goal, (today, done), end)
            line = {"color": ACCENT, "width": 1.5, "dash": "dot"}
            way = {"x": [today, end], "y": [done, goal.projected]}
            figure.add_scatter(**way, mode="lines", line=line, hoverinfo="skip")
            heading = _named(text("chart.cumulative.projected", lang), goal.figure(goal.projected, lang))
            if goal.likely:
                heading += f"<br>{'–'.join(goal.figure(end, lang) for end in goal.likely)}"
            places[heading] = goal.projected
    _name_ends(figure, places, end)


def _fan(figure: go.Figure, goal: Goal, today: tuple[int, float], end: int) -> None:
    """A faint area from today to where the period will probably end."""
    if goal.likely is None:
        return
    low, high = goal.likely
    figure.add_scatter(
        x=[today[0], end, end],
        y=[today[1], low, high],
        mode="none",
        fill="toself",
        fillcolor=tint(0.4),
        hoverinfo="skip",
    )


def _name_ends(figure: go.Figure, places: dict[str, float], end: int) -> None:
    """Names at the right end; of two close ones the higher goes up a little, the lower down."""
    upwards = sorted(places.items(), key=lambda place: place[1])
    lines = max(name.count("<br>") for name in places)  # besides the first
    close = upwards[-1][1] - upwards[0][1] < (0.08 + 0.08 * lines) * upwards[-1][1]
    apart = (-9 - 8 * lines, 9 + 8 * lines) if close and len(upwards) > 1 else (0, 0)
    for (name, y), shift in zip(upwards, apart, strict=False):
        figure.add_annotation(
            x=end,
            y=y,
            text=name,
            align="left",
            xanchor="left",
            xshift=8,
            yshift=shift,
            showarrow=False,
        )


def _named(words: str, figure: str) -> str:
    return canvas.stacked(words, canvas.bold(figure))


def _known(x: float | None) -> TypeGuard[float]:
    return x is not None and x == x
