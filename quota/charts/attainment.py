"""How far each rep is: one bar a rep, a tick where each should be by now.

The rows are those of `attainment.progress` for one quota, or a summary with one row per rep.
The tick stands at expected ÷ target and is left out where a frame has neither.
"""

from __future__ import annotations

import math

import pandas as pd
import plotly.graph_objects as go

from quota.attainment import SHARE
from quota.charts import canvas
from quota.charts.canvas import Chart, Row
from quota.charts.theme import INK, STATUSES, status_label
from quota.columns import check
from quota.i18n import number, percent, quantity, text

COLUMNS = ("rep", "attainment", "status")
MOST_BARS = 40
SLACK = 1e-9  # what a sum of fractions may be off
AXIS_END = 1.5  # bars beyond 150 % are cut there; their label tells the whole figure


def attainment_bars(frame: pd.DataFrame, lang: str) -> Chart:
    """One bar per rep, the furthest from the target first; beyond 40 only the 40 furthest.

    Columns rep, attainment, status, and target and expected for the tick; with kind, measure,
    currency, actual, remaining and needed_per_day the words name calls or money.
    """
    check(frame, COLUMNS)
    ticked = {"target", "expected"} <= set(frame.columns)
    ordered = frame.sort_values(["attainment", "rep"], na_position="last")
    rows: list[Row] = ordered.head(MOST_BARS).to_dict("records")
    title = attainment_finding(frame, lang)
    if not rows:
        return canvas.nothing(title, lang)
    subtitle = text("chart.attainment.ticked" if ticked else "chart.attainment.unticked", lang)
    if len(frame) > len(rows):
        subtitle += " " + text("chart.attainment.cut", lang, shown=len(rows), n=len(frame))
    spoken = [f"{row['rep']} {_label(row, lang)}" for row in rows]
    return canvas.chart(_bars(rows, lang), title, subtitle, spoken, lang)


def attainment_finding(frame: pd.DataFrame, lang: str) -> str:
    """The sentence above the bars: who is furthest behind, or that nobody is.

    A rep may have several rows, one per quota: the rep is as far as the one that lags most.
    """
    held = frame[frame["status"] != "no_quota"]
    if held.empty:
        return text("chart.attainment.no_quota", lang)
    everybody, rep = held["rep"].nunique(), held["rep"].iloc[0]
    late = held[held["status"].isin(["behind", "at_risk"])].sort_values(["attainment", "rep"])
    if not late.empty:
        first = _shortfall(late.iloc[0].to_dict(), lang)
        if everybody == 1:
            return first
        return text("chart.attainment.behind", lang, first=first, n=late["rep"].nunique(), all=everybody)
    met = everybody - held.loc[held["status"] != "met", "rep"].nunique()
    key = "chart.attainment.all_met" if met == everybody else "chart.attainment.on_pace"
    return text(key, lang, n=everybody, met=met, rep=rep)


def _shortfall(row: Row, lang: str) -> str:
    if "kind" not in row or "remaining" not in row or not row["remaining"] > 0:
        attained = percent(row["attainment"], lang)
        return text("chart.attainment.at", lang, rep=row["rep"], attained=attained)
    if row["measure"] == SHARE or ("+" in row["kind"] and row["measure"] != "amount"):
        missing = (
            percent(row["remaining"], lang)
            if row["measure"] == SHARE
            else number(math.ceil(row["remaining"] - SLACK), lang)
        )
        return text("chart.attainment.short_of", lang, rep=row["rep"], missing=missing, quota=row["quota"])
    return text("chart.attainment.short", lang, rep=row["rep"], missing=_work(row, "remaining", lang))


def _bars(rows: list[Row], lang: str) -> go.Figure:
    figure = canvas.canvas(lang, 44 + canvas.ROW * len(rows))
    reached = [0.0 if math.isnan(row["attainment"]) else row["attainment"] for row in rows]
    due = [_due(row) for row in rows]
    end = min(max(1.0, *reached), AXIS_END) * 1.02
    figure.add_bar(
        x=[min(share, end) for share in reached],
        y=list(range(len(rows))),
        orientation="h",
        marker={"color": [STATUSES[row["status"]].colour for row in rows]},
        customdata=[[row["rep"]] for row in rows],
        hovertext=[_hover(row, lang) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.add_scatter(
        x=due,
        y=list(range(len(rows))),
        mode="markers",
        marker={"symbol": "line-ns", "size": 10, "line": {"width": 2, "color": INK}},
        hoverinfo="skip",
    )
    canvas.rows_down(figure, [canvas.short(row["rep"]) for row in rows])
    canvas.in_percent(figure, end, lang)
    canvas.line_across(figure, 1.0)
    canvas.beside(figure, end, [canvas.plain(_label(row, lang)) for row in rows])
    return figure


def _due(row: Row) -> float | None:
    target = row.get("target")
    return row["expected"] / target if target is not None and target > 0 else None


def _label(row: Row, lang: str) -> str:
    if row["status"] == "no_quota":
        return text("status.no_quota", lang)
    return f"{percent(row['attainment'], lang)}  {status_label(row['status'], lang)}"


def _hover(row: Row, lang: str) -> str:
    name = canvas.bold(canvas.plain(row["rep"]))
    if row["status"] == "no_quota":
        return canvas.stacked(name, text("status.no_quota", lang))
    if "kind" not in row:
        return canvas.stacked(name, _label(row, lang))
    done = text(
        "chart.attainment.done", lang, actual=_work(row, "actual", lang), target=_work(row, "target", lang)
    )
    due = text("chart.attainment.due", lang, expected=_work(row, "expected", lang))
    return canvas.stacked(name, _label(row, lang), canvas.plain(done), canvas.plain(due), _needed(row, lang))


def _needed(row: Row, lang: str) -> str:
    needed = row.get("needed_per_day")
    if needed is None or not needed > 0:
        return ""
    return canvas.plain(text("chart.attainment.needed", lang, needed=_work(row, "needed_per_day", lang)))


def _work(row: Row, column: str, lang: str) -> str:
    # Half a call cannot be made: what is still to do is rounded up.
    x = row[column]
    if (
        column in ("remaining", "needed_per_day")
        and row["measure"] not in ("amount", SHARE)
        and not math.isnan(x)
    ):
        x = math.ceil(x - SLACK)
    return quantity(x, lang, row["kind"], row["measure"], row.get("currency"))
