"""How touches become sales: a bar per stage, with each rate's interval beside it.

A rate whose base is smaller than `funnel.FEW` says so instead of pretending. A stage whose
count is missing (a channel has no deals of its own) is left out.
"""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from quota.charts import canvas
from quota.charts.canvas import Chart, Row
from quota.charts.theme import ACCENT
from quota.columns import TOUCHES, check
from quota.funnel import FEW
from quota.i18n import number, percent, text

COLUMNS = ("stage", "count", "previous_stage", "base", "rate_from_previous", "rate_from_first", "low", "high")
GOAL = "opportunity"  # the stage that a finding is about, where it was recorded
STAGE_ROW = 52


def funnel(frame: pd.DataFrame, lang: str) -> Chart:
    """One group's stages from top to bottom, in the columns of `funnel.FUNNEL`."""
    check(frame, COLUMNS)
    title, rows = funnel_finding(frame, lang), _stages(frame)
    if not rows:
        return canvas.nothing(title, lang)
    most = max(row["count"] for row in rows)
    subtitle = text("chart.funnel.subtitle", lang)
    return canvas.chart(_figure(rows, most, lang), title, subtitle, _spoken(rows, lang), lang)


def funnel_finding(frame: pd.DataFrame, lang: str) -> str:
    """How many touches it took: "400 touches became 30 opportunities: 7.5 %"."""
    recorded = [row for row in _stages(frame) if row["count"] > 0]
    if not recorded:
        return text("chart.funnel.nothing", lang)
    first, last = recorded[0], recorded[-1]
    goal = next((row for row in recorded if row["stage"] == GOAL), last)
    start = _counted(first, lang)
    if goal is first:
        alone = len(_stages(frame)) == 1
        return start if alone else text("chart.funnel.only", lang, start=start)
    end = _counted(goal, lang)
    if goal["rate_from_first"] > 1:
        return text("chart.funnel.more", lang, start=start, end=end)
    return text(
        "chart.funnel.became", lang, start=start, end=end, rate=rate_label(goal["rate_from_first"], lang)
    )


def funnel_groups(frame: pd.DataFrame, lang: str) -> list[Chart]:
    """One small funnel per group, in the order of the frame and all on one scale.

    The columns of `funnel.FUNNEL`. A list and not one figure, so that a page's grid can put as
    many side by side as the screen has room for. The title is the group, the subtitle its finding.
    """
    check(frame, ("group", *COLUMNS))
    if frame.empty:
        return []
    owns = {group_label(group, lang): own for group, own in frame.groupby("group", sort=False, dropna=False)}
    most = max([1, *frame["count"].dropna()])
    room = max(canvas.letters(_column(_stages(own), lang) or [""]) for own in owns.values())
    charts = []
    for name, own in owns.items():
        rows, finding = _stages(own), funnel_finding(own, lang)
        figure = _figure(rows, most, lang, room) if rows else canvas.canvas(lang, 60)
        charts.append(canvas.chart(figure, name, finding, _spoken(rows, lang), lang))
    return charts


def groups_finding(frame: pd.DataFrame, lang: str) -> str:
    """Which group turns most touches into opportunities, if the intervals of best and worst part."""
    goals = frame[(frame["stage"] == GOAL) & (frame["rate_from_first"] <= 1) & frame["group"].notna()]
    goals = goals.dropna(subset=["low_first", "high_first"]).sort_values("rate_from_first", ascending=False)
    if len(goals) < 2:
        return text("chart.funnel.no_comparison", lang)
    best, worst = goals.iloc[0], goals.iloc[-1]
    if best["low_first"] <= worst["high_first"]:
        return text("chart.funnel.groups_chance", lang)
    return text(
        "chart.funnel.groups_differ",
        lang,
        best=group_label(best["group"], lang),
        best_rate=rate_label(best["rate_from_first"], lang),
        worst=group_label(worst["group"], lang),
        worst_rate=rate_label(worst["rate_from_first"], lang),
    )


def group_label(group: object, lang: str) -> str:
    """The name of a funnel's group: a channel in words, anything else as it is."""
    if group is None or group != group:
        return text("chart.funnel.no_group", lang)
    return text(f"channel.{group}", lang) if group in TOUCHES else str(group)


def rate_label(rate: float, lang: str) -> str:
    """A conversion rate: whole per cents, below ten with one decimal."""
    return percent(rate, lang, _digits(rate))


def interval_label(rate: float, low: float, high: float, lang: str) -> str:
    """A rate with its 95 % interval: "53 % (48–58)"; alone where there is no interval."""
    if low != low:
        return rate_label(rate, lang)
    digits = _digits(rate)
    return f"{rate_label(rate, lang)} ({number(100 * low, lang, digits)}–{number(100 * high, lang, digits)})"


def _digits(rate: float) -> int:
    return 1 if 0 < abs(rate) < 0.0995 else 0


def _stages(frame: pd.DataFrame) -> list[Row]:
    rows: list[Row] = frame[frame["count"].notna()].to_dict("records")
    return rows if any(row["count"] for row in rows) else []


def _figure(rows: list[Row], most: float, lang: str, room: int = 0) -> go.Figure:
    figure = canvas.canvas(lang, 16 + STAGE_ROW * len(rows))
    figure.add_bar(
        x=[row["count"] for row in rows],
        y=list(range(len(rows))),
        orientation="h",
        marker={"color": ACCENT},
        customdata=[[row["stage"]] for row in rows],
        hovertext=[canvas.stacked(*_hover(row, rows, lang)) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    canvas.rows_down(figure, [canvas.stacked(*_left(row, lang)) for row in rows])
    canvas.beside(figure, most, _column(rows, lang), room)
    figure.update_xaxes(range=[0, most], showticklabels=False)
    figure.update_layout(margin_b=4)
    return figure


def _spoken(rows: list[Row], lang: str) -> list[str]:
    return [canvas.aloud(_left(row, lang), _right(row, rows, lang)) for row in rows]


def _column(rows: list[Row], lang: str) -> list[str]:
    return [canvas.stacked(*_right(row, rows, lang)) for row in rows]


def _left(row: Row, lang: str) -> tuple[str, str]:
    return text(f"stage.{row['stage']}", lang), canvas.bold(number(row["count"], lang))


def _right(row: Row, rows: list[Row], lang: str) -> list[str]:
    """The rate of the stage before, and below it that of the first stage or a warning."""
    rate = row["rate_from_previous"]
    if rate != rate or row["count"] == 0:
        return []
    first = next(other for other in rows if other["count"] > 0)
    lines = [interval_label(rate, row["low"], row["high"], lang)]
    if row["base"] < FEW:
        lines.append(text("chart.funnel.few", lang))
    elif row["previous_stage"] != first["stage"]:
        lines.append(_of_stage(row["rate_from_first"], first["stage"], lang))
    return lines


def _hover(row: Row, rows: list[Row], lang: str) -> list[str]:
    lines = [_counted(row, lang)]
    rate = row["rate_from_previous"]
    if rate == rate:
        lines.append(_of_stage(rate, row["previous_stage"], lang))
        first = next(other for other in rows if other["count"] > 0)
        if row["previous_stage"] != first["stage"]:
            lines.append(_of_stage(row["rate_from_first"], first["stage"], lang))
    return lines


def _of_stage(rate: float, stage: str, lang: str) -> str:
    return text("chart.funnel.of", lang, rate=rate_label(rate, lang), stage=text(f"of_stage.{stage}", lang))


def _counted(row: Row, lang: str) -> str:
    return text(f"counted.stage.{row['stage']}", lang, n=int(row["count"]))
