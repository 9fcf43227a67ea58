"""Who leads: one bar per rep in the order of the ranks."""

from __future__ import annotations

import pandas as pd

from quota.charts import canvas
from quota.charts.canvas import Chart, Row
from quota.charts.theme import ACCENT, PALE
from quota.columns import check
from quota.i18n import number, percent, quantity, text

COLUMNS = ("rank", "rep", "value", "move")
MOST_BARS = 40


def leaderboard_bars(frame: pd.DataFrame, lang: str, *, metric: str = "attainment") -> Chart:
    """One bar per ranked rep, the leaders in the accent; the first 40 only.

    Columns rank, rep, value, move (Int64, missing if not ranked before; up is positive), as
    `leaderboard.ranks` orders them; `metric` is the one the values were made with.
    """
    check(frame, COLUMNS)
    ranked = frame[frame["rank"].notna()]
    title = leaderboard_finding(frame, lang, metric=metric)
    if ranked.empty:
        return canvas.nothing(title, lang)
    rows: list[Row] = ranked.head(MOST_BARS).to_dict("records")
    subtitle = text("chart.leaderboard.subtitle", lang)
    if len(ranked) > len(rows):
        subtitle += " " + text("chart.leaderboard.cut", lang, shown=len(rows), n=len(ranked))
    figure = canvas.canvas(lang, 24 + canvas.ROW * len(rows))
    end = max(1e-9, *(row["value"] for row in rows))
    names = [f"{row['rank']}. {row['rep']}" for row in rows]
    labels = [_label(row, metric, lang) for row in rows]
    figure.add_bar(
        x=[max(row["value"], 0) for row in rows],
        y=list(range(len(rows))),
        orientation="h",
        marker={"color": [ACCENT if row["rank"] == 1 else PALE for row in rows]},
        customdata=[[row["rep"]] for row in rows],
        hovertext=[
            canvas.stacked(canvas.bold(canvas.plain(name)), canvas.plain(label))
            for name, label in zip(names, labels, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    canvas.rows_down(figure, [f"{row['rank']}  {canvas.short(row['rep'])}" for row in rows])
    canvas.beside(figure, end, [canvas.plain(label) for label in labels])
    figure.update_xaxes(range=[0, end], showticklabels=False)
    figure.update_layout(margin_b=4)
    spoken = [f"{name} {label}" for name, label in zip(names, labels, strict=True)]
    return canvas.chart(figure, title, subtitle, spoken, lang)


def leaderboard_finding(frame: pd.DataFrame, lang: str, *, metric: str = "attainment") -> str:
    """Who leads, or who shares the lead, and with how much."""
    first = frame[frame["rank"] == 1]
    if first.empty:
        return text("chart.leaderboard.nothing", lang)
    value = value_label(float(first["value"].iloc[0]), metric, lang)
    if len(first) == 1:
        return text("chart.leaderboard.leads", lang, rep=first["rep"].iloc[0], value=value)
    if len(first) == 2:
        one, other = first["rep"]
        return text("chart.leaderboard.two", lang, one=one, other=other, value=value)
    return text("chart.leaderboard.many", lang, n=len(first), value=value)


def value_label(value: float, metric: str, lang: str) -> str:
    """A value as its metric counts: "118 %", "57 calls", "DKK 12,000"."""
    measure, _, rest = metric.partition(":")
    kind, _, currency = rest.partition(":")
    if measure == "attainment":
        return percent(value, lang)
    if measure == "points":
        return number(value, lang)
    return quantity(value, lang, kind, measure, currency or None)


def _label(row: Row, metric: str, lang: str) -> str:
    return f"{value_label(row['value'], metric, lang)}  {move_label(row['move'])}".rstrip()


def move_label(move: int | None) -> str:
    """▲2 up two places, ▽1 down one, – where it was; nothing for whoever was not ranked before."""
    if move is None or pd.isna(move):
        return ""
    if move == 0:
        return "–"
    return f"{'▲' if move > 0 else '▽'}{abs(move)}"
