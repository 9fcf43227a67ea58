"""Attainment over many periods: the trend of all, and rep by period."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from quota.charts import canvas
from quota.charts.canvas import Chart
from quota.charts.theme import ACCENT, tint
from quota.columns import check
from quota.i18n import number, percent, text

FEW_CELLS = 8  # of more, names and figures make themselves small, to fit on a phone
HEAT_NAME = 14


def trend(frame: pd.DataFrame, lang: str) -> Chart:
    """Attainment of period after period as a line.

    Columns period_label (text, oldest first), attainment (fraction, NaN where nobody had a
    target); where there, running (bool): a period that has not ended is drawn hollow and takes
    no part in the finding.
    """
    check(frame, ("period_label", "attainment"))
    title = trend_finding(frame, lang)
    if frame.empty:
        return canvas.nothing(title, lang)
    labels, values = list(frame["period_label"]), list(frame["attainment"])
    figure = canvas.canvas(lang, 230, right=52)
    _points(figure, frame, lang)
    figure.update_xaxes(range=[-0.5, len(values) - 0.8])
    canvas.sparse(figure, labels)
    canvas.in_percent(figure, max([1.0, *frame["attainment"].dropna()]) * 1.08, lang, axis="y")
    canvas.line_across(figure, 1.0, axis="y")
    _end_label(figure, values, lang)
    spoken = [f"{label} {percent(value, lang)}" for label, value in zip(labels, values, strict=True)]
    return canvas.chart(figure, title, text("chart.trend.subtitle", lang), spoken, lang)


def trend_finding(frame: pd.DataFrame, lang: str) -> str:
    """How the last finished period compares with the one before."""
    known = frame[~_running(frame)].dropna(subset=["attainment"])
    if known.empty:
        return text("chart.trend.nothing", lang)
    last = known.iloc[-1]
    words = {"label": last["period_label"], "attained": percent(last["attainment"], lang)}
    if len(known) == 1:
        return text("chart.trend.first", lang, **words)
    # Points between the figures as they are shown, so that the reader's sum comes out.
    change = round(100 * last["attainment"]) - round(100 * known.iloc[-2]["attainment"])
    if change == 0:
        return text("chart.trend.same", lang, **words)
    return text("chart.trend.rose" if change > 0 else "chart.trend.fell", lang, n=abs(change), **words)


def heatmap(frame: pd.DataFrame, lang: str) -> Chart:
    """Reps down, periods across, the attainment in each cell; the caller pages the reps.

    Columns rep, period_label, attainment (fraction, NaN without a target); both axes keep the
    order in which they first occur.
    """
    check(frame, ("rep", "period_label", "attainment"))
    title = heatmap_finding(frame, lang)
    if frame.empty:
        return canvas.nothing(title, lang)
    reps, labels = list(dict.fromkeys(frame["rep"])), list(dict.fromkeys(frame["period_label"]))
    figure = canvas.canvas(lang, 44 + canvas.ROW * len(reps))
    table = frame.pivot_table("attainment", "rep", "period_label", sort=False, dropna=False)
    shares = table.reindex(index=reps, columns=labels).to_numpy().tolist()
    figure.add_heatmap(
        z=shares,
        zmin=0,
        zmax=1,
        colorscale=[[0, tint(0)], [1, tint(1)]],
        showscale=False,
        xgap=2,
        ygap=2,
        hoverinfo="skip",
    )
    _cells(figure, frame, reps, labels, lang)
    length = HEAT_NAME if len(labels) > FEW_CELLS else canvas.NAME
    canvas.rows_down(figure, [canvas.short(rep, length) for rep in reps])
    figure.update_xaxes(range=[-0.5, len(labels) - 0.5])
    canvas.sparse(figure, labels)
    spoken = [_row_aloud(rep, row, lang) for rep, row in zip(reps, shares, strict=True)]
    return canvas.chart(figure, title, text("chart.heatmap.subtitle", lang), spoken, lang)


def heatmap_finding(frame: pd.DataFrame, lang: str) -> str:
    """How often a quota was met, and by whom most often."""
    known = frame.dropna(subset=["attainment"])
    if known.empty:
        return text("chart.trend.nothing", lang)
    times = known[known["attainment"] >= 1].groupby("rep").size().sort_values(ascending=False, kind="stable")
    met, everything = int(times.sum()), number(len(known), lang)
    if known["rep"].nunique() == 1 or times.empty or (times == times.iloc[0]).sum() > 1:
        return text("chart.heatmap.met", lang, n=met, all=everything)
    rep, most = times.index[0], number(times.iloc[0], lang)
    return text("chart.heatmap.best", lang, met=number(met, lang), all=everything, rep=rep, times=most)


def _running(frame: pd.DataFrame) -> pd.Series:
    if "running" in frame:
        return frame["running"].astype(bool)
    return pd.Series(False, index=frame.index)


def _points(figure: go.Figure, frame: pd.DataFrame, lang: str) -> None:
    """A line through the periods that are over, and a dotted one on to that which is not."""
    running = _running(frame).tolist()
    values, places = list(frame["attainment"]), list(range(len(frame)))
    open_ended = running[-1] and len(places) > 1
    if open_ended:
        line = {"color": ACCENT, "width": 1.5, "dash": "dot"}
        figure.add_scatter(x=places[-2:], y=values[-2:], mode="lines", line=line, hoverinfo="skip")
    line = {"color": ACCENT, "width": 2.5}
    drawn = len(places) - open_ended
    figure.add_scatter(x=places[:drawn], y=values[:drawn], mode="lines", line=line, hoverinfo="skip")
    figure.add_scatter(
        x=places,
        y=values,
        mode="markers",
        marker={
            "size": 8,
            "color": ACCENT,
            "symbol": ["circle-open" if still else "circle" for still in running],
        },
        customdata=[[label] for label in frame["period_label"]],
        text=[
            f"{canvas.plain(label)}: {percent(x, lang)}"
            for label, x in zip(frame["period_label"], values, strict=True)
        ],
        hovertemplate="%{text}<extra></extra>",
    )


def _end_label(figure: go.Figure, values: Sequence[float], lang: str) -> None:
    """The last figure beside the last point."""
    if values[-1] == values[-1]:
        figure.add_annotation(
            x=len(values) - 1,
            y=values[-1],
            text=canvas.bold(percent(values[-1], lang)),
            xanchor="left",
            xshift=8,
            showarrow=False,
        )


def _cells(figure: go.Figure, frame: pd.DataFrame, reps: list[str], labels: list[str], lang: str) -> None:
    """The figures in the cells, as points because Streamlit reports no clicks on a heatmap."""
    known = frame.dropna(subset=["attainment"])
    figure.add_scatter(
        x=known["period_label"].map(labels.index).tolist(),
        y=known["rep"].map(reps.index).tolist(),
        mode="markers+text",
        marker={"symbol": "square", "size": 22, "color": "rgba(0,0,0,0)"},
        text=[number(100 * share, lang) for share in known["attainment"]],
        textfont={"size": 10 if len(labels) > FEW_CELLS else 13},
        customdata=known[["rep", "period_label"]].to_numpy().tolist(),
        hovertext=[
            canvas.stacked(canvas.bold(canvas.plain(rep)), f"{canvas.plain(label)}: {percent(share, lang)}")
            for rep, label, share in zip(
                known["rep"], known["period_label"], known["attainment"], strict=True
            )
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _row_aloud(rep: str, shares: list[float], lang: str) -> str:
    return f"{rep} {', '.join(percent(share, lang) for share in shares)}"
