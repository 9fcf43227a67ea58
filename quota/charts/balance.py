"""Does the work bring the sales? A dot per rep: activity quotas across, sales quotas upwards."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

import pandas as pd
import plotly.graph_objects as go

from quota.charts import canvas
from quota.charts.canvas import Chart, Row
from quota.charts.theme import ACCENT
from quota.columns import check
from quota.i18n import percent, text

COLUMNS = ("rep", "activity", "sales", "few")
# What each corner means: worked (across) and sold (upwards), or not.
CORNERS = {
    (True, False): "hard_little",
    (False, False): "behind",
    (False, True): "easy",
    (True, True): "both",
}
END = 2.0  # dots beyond 200 % stand at the edge; their hover tells the whole figure
MARGIN = 1.15
NAMED = 15  # of more reps only the hover names each
_LISTED = 3
_LINE = 18  # letters of a line in the corners, of which two fit side by side on a phone


def corner(activity: float, sales: float) -> str:
    """Where a rep stands: hard_little, behind, easy or both; as the figures are shown, so 99.6 % is 100 %."""
    return CORNERS[round(activity, 2) >= 1, round(sales, 2) >= 1]


def balance_dots(frame: pd.DataFrame, over: str, lang: str) -> Chart:
    """A dot per rep at (activity, sales), hollow where there were few periods; lines at 100 %.

    `balance.BALANCE`; reps without one of the two are left out and counted in the subtitle. `over`
    names the stretch of time.
    """
    check(frame, COLUMNS)
    known = frame.dropna(subset=["activity", "sales"]).sort_values("rep")
    title = balance_finding(frame, lang)
    if known.empty:
        return canvas.nothing(title, lang)
    rows: list[Row] = known.to_dict("records")
    said = [text("chart.balance.subtitle", lang, over=over)]
    if known["few"].any():
        said.append(text("chart.balance.few", lang))
    if left_out := len(frame) - len(known):
        said.append(text("chart.balance.left_out", lang, n=left_out))
    spoken = [f"{row['rep']} {_figures(row, lang)}" for row in rows]
    return canvas.chart(_drawn(rows, lang), title, " ".join(said), spoken, lang)


def balance_finding(frame: pd.DataFrame, lang: str) -> str:
    """Who works hard and sells little, first of all; else who lags in both."""
    known = frame.dropna(subset=["activity", "sales"])
    if known.empty:
        return text("chart.balance.nothing", lang)
    corners = known.apply(lambda row: corner(row["activity"], row["sales"]), axis=1)
    for name, key in (
        ("hard_little", "chart.balance.found_hard_little"),
        ("behind", "chart.balance.found_behind"),
    ):
        reps = sorted(known.loc[corners == name, "rep"])
        if reps:
            listed = ", ".join(reps[:_LISTED]) + (" …" if len(reps) > _LISTED else "")
            return text(key, lang, n=len(reps), all=len(known), reps=listed)
    return text("chart.balance.all_sell", lang)


def _drawn(rows: list[Row], lang: str) -> go.Figure:
    figure = canvas.canvas(lang, 460, right=16)
    right, top = (_end([row[name] for row in rows]) for name in ("activity", "sales"))
    ends = right / MARGIN, top / MARGIN
    places = [(min(row["activity"], ends[0]), min(max(row["sales"], 0.0), ends[1])) for row in rows]
    many = len(rows) > NAMED
    sides = [""] * len(rows) if many else _names(rows, places, (right, top))
    figure.add_scatter(
        x=[x for x, _ in places],
        y=[y for _, y in places],
        mode="markers" if many else "markers+text",
        marker={
            "size": 8 if many else 10,
            "color": ACCENT,
            "opacity": 0.6 if many else 1,
            "symbol": ["circle-open" if row["few"] else "circle" for row in rows],
            "line": {"width": 2},
        },
        text=[canvas.short(row["rep"]) if side else "" for row, side in zip(rows, sides, strict=True)],
        textposition=[side or "middle right" for side in sides],
        textfont={"size": 12},
        customdata=[[row["rep"]] for row in rows],
        hovertext=[
            canvas.stacked(canvas.bold(canvas.plain(row["rep"])), _figures(row, lang)) for row in rows
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
    )
    for axis in ("x", "y"):
        canvas.in_percent(figure, right if axis == "x" else top, lang, axis=axis)
        canvas.line_across(figure, 1.0, axis=axis)
    _name_corners(figure, lang)
    figure.update_xaxes(title={"text": text("chart.balance.activity", lang), "font": {"size": 13}})
    figure.update_yaxes(title={"text": text("chart.balance.sales", lang), "font": {"size": 13}})
    figure.update_layout(margin_b=52)
    return figure


def _end(shares: Sequence[float]) -> float:
    """Where an axis ends: beyond every dot that is within `END`, with room for what the corners say."""
    return min(max(1.25, *shares), END) * MARGIN


def _names(rows: list[Row], places: Sequence[tuple[float, float]], end: tuple[float, float]) -> list[str]:
    """Where each name stands beside its dot: the first side on which it covers no dot and no other
    name, even on a phone; "" where there is none, for the hover and the list have it too."""
    dots = [(x / end[0] * _PLOT[0], y / end[1] * _PLOT[1]) for x, y in places]
    taken = [(x - 6, y - 6, x + 6, y + 6) for x, y in dots]
    wide, tall = canvas.LETTER * _LINE, 60.0
    taken += [  # what the corners say
        (x, y, x + wide, y + tall) for x in (0, _PLOT[0] - wide) for y in (0, _PLOT[1] - tall)
    ]
    sides = []
    for row, (x, y) in zip(rows, dots, strict=True):
        width = canvas.LETTER * min(len(row["rep"]), canvas.NAME)
        side = next((one for one in _SIDES if _free(_box(one, x, y, width), taken)), "")
        if side:
            taken.append(_box(side, x, y, width))
        sides.append(side)
    return sides


_Box = tuple[float, float, float, float]  # left, bottom, right, top, in px
_PLOT = (260.0, 390.0)  # as small as the plot gets, in px
_SIDES = tuple(f"{row} {side}" for row in ("middle", "top", "bottom") for side in ("right", "left"))


def _box(side: str, x: float, y: float, width: float) -> _Box:
    row, _, column = side.partition(" ")
    bottom = y + {"middle": -7, "top": 4, "bottom": -18}[row]
    left = x + 8 if column == "right" else x - 8 - width
    return left, bottom, left + width, bottom + 14


def _free(box: _Box, taken: Sequence[_Box]) -> bool:
    inside = box[0] >= 0 and box[2] <= _PLOT[0]
    return inside and all(
        box[2] <= one[0] or one[2] <= box[0] or box[3] <= one[1] or one[3] <= box[1] for one in taken
    )


def _name_corners(figure: go.Figure, lang: str) -> None:
    """What each corner means, in its outer corner."""
    for (worked, sold), name in CORNERS.items():
        words = text(f"balance.{name}", lang)
        figure.add_annotation(
            x=1.0 if worked else 0.0,
            y=1.0 if sold else 0.0,
            xref="paper",
            yref="paper",
            xanchor="right" if worked else "left",
            yanchor="top" if sold else "bottom",
            text=canvas.stacked(*(line for part in words.split(": ", 1) for line in wrap(part, _LINE))),
            align="right" if worked else "left",
            font={"size": 12},
            showarrow=False,
        )


def _figures(row: Row, lang: str) -> str:
    return text(
        "chart.balance.figures",
        lang,
        activity=percent(row["activity"], lang),
        sales=percent(row["sales"], lang),
        where=text(f"balance.{corner(row['activity'], row['sales'])}", lang).partition(": ")[0],
    )
