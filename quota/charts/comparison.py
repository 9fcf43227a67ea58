"""Two funnels side by side: the rates of now against the rates of before, and whether it may be chance."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from quota.charts import canvas
from quota.charts.canvas import Chart, Row
from quota.charts.stages import rate_label
from quota.charts.theme import ACCENT, PALE
from quota.columns import check
from quota.i18n import number, text

STAGE_ROW = 64
COLUMNS = ("stage", "count", "count_previous", "rate", "rate_previous", "difference", "chance", "few")


def funnel_compare(frame: pd.DataFrame, labels: tuple[str, str], lang: str) -> Chart:
    """Each stage's count now and before, with the change of its rate.

    One group in the columns of `funnel.COMPARISON`; `labels` name the two periods, now first.
    """
    check(frame, COLUMNS)
    rows: list[Row] = frame.fillna({"count": 0, "count_previous": 0}).to_dict("records")
    title = comparison_finding(frame, lang)
    if not any(row["count"] or row["count_previous"] for row in rows):
        return canvas.nothing(text("chart.funnel.nothing", lang), lang)
    subtitle = text("chart.compare.subtitle", lang, now=labels[0], before=labels[1])
    spoken = [canvas.aloud(_left(row, lang), _right(row, lang)) for row in rows]
    return canvas.chart(_figure(rows, labels, lang), title, subtitle, spoken, lang)


def comparison_finding(frame: pd.DataFrame, lang: str) -> str:
    """The step whose rate changed most beyond chance, or that none did."""
    sure = frame[frame["chance"].eq(False).fillna(False).astype(bool) & ~frame["few"].astype(bool)]
    if sure.empty:
        return text("chart.compare.chance", lang)
    most = sure.iloc[int(sure["difference"].abs().to_numpy().argmax())]
    words = {
        "stage": text(f"stage.{most['stage']}", lang),
        "now": rate_label(most["rate"], lang),
        "before": rate_label(most["rate_previous"], lang),
    }
    return text("chart.compare.rose" if most["difference"] > 0 else "chart.compare.fell", lang, **words)


def _figure(rows: list[Row], labels: tuple[str, str], lang: str) -> go.Figure:
    figure = canvas.canvas(lang, 16 + STAGE_ROW * len(rows))
    places = list(range(len(rows)))
    for column, label, colour in (("count", labels[0], ACCENT), ("count_previous", labels[1], PALE)):
        figure.add_bar(
            x=[row[column] for row in rows],
            y=places,
            orientation="h",
            marker={"color": colour},
            hovertext=[
                canvas.stacked(
                    canvas.plain(label), text(f"counted.stage.{row['stage']}", lang, n=int(row[column]))
                )
                for row in rows
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    end = max(max(row["count"], row["count_previous"]) for row in rows)
    canvas.rows_down(figure, [canvas.stacked(*_left(row, lang)) for row in rows])
    canvas.beside(figure, end, [canvas.stacked(*_right(row, lang)) for row in rows])
    figure.update_xaxes(range=[0, end], showticklabels=False)
    figure.update_layout(barmode="group", bargap=0.35, bargroupgap=0.08, margin_b=4)
    return figure


def _left(row: Row, lang: str) -> tuple[str, str]:
    counts = f"{canvas.bold(number(row['count'], lang))} · {number(row['count_previous'], lang)}"
    return text(f"stage.{row['stage']}", lang), counts


def _right(row: Row, lang: str) -> list[str]:
    """The two rates, and below them how they differ."""
    if row["rate"] != row["rate"] and row["rate_previous"] != row["rate_previous"]:
        return []
    rates = f"{canvas.bold(rate_label(row['rate'], lang))} · {rate_label(row['rate_previous'], lang)}"
    points = 0 if row["difference"] != row["difference"] else round(100 * row["difference"])
    if points == 0:
        return [rates]
    change = f"{'▲' if points > 0 else '▽'} {text('chart.compare.points', lang, n=abs(points))}"
    if row["few"]:
        return [rates, text("chart.funnel.few", lang)]
    return [rates, change, *([text("chart.compare.maybe_chance", lang)] if row["chance"] else [])]
