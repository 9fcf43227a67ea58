"""What every chart has in common: an empty figure to draw on, and text that is safe on it.

Plotly reads a little HTML in its texts, and names come from uploaded files: everything
that is not ours goes through `plain`.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

from quota.charts.theme import GREY, INK
from quota.i18n import percent, plotly_locale, separators, text

NAME = 20  # longest name on an axis, in characters; the whole one is in the hover
LETTER = 6.3  # an average letter's width, in px
ROW = 30  # height of a bar and its surroundings, in px
READ_OUT = 12  # how many rows the spoken version reads before it says how many follow


Row = dict[Hashable, Any]  # one row of a frame, as `to_dict("records")` yields it


@dataclass(frozen=True)
class Chart:
    """A figure and its words; title and subtitle are drawn by the page, where they can wrap."""

    figure: go.Figure
    title: str  # the finding
    subtitle: str  # what is drawn
    alt: str  # both, and the figures, for those who hear the page


def chart(figure: go.Figure, title: str, subtitle: str, rows: Sequence[str], lang: str) -> Chart:
    """The chart, its `alt` put together from its words and one short sentence per row."""
    said = list(rows[:READ_OUT])
    if rows[READ_OUT:]:
        said.append(text("chart.and_more", lang, n=len(rows) - READ_OUT))
    return Chart(figure, title, subtitle, f"{title}. {subtitle}. {'; '.join(said)}.")


def nothing(title: str, lang: str) -> Chart:
    """A chart of no rows: the sentence alone."""
    return Chart(canvas(lang, 60), title, "", title)


def config(lang: str) -> dict[str, object]:
    """The `config` of `st.plotly_chart`: the reader's language, and no advertisement."""
    return plotly_locale(lang) | {"displaylogo": False}


def canvas(lang: str, height: int, right: int = 12) -> go.Figure:
    """An empty figure: clear paper, no legend, no grid, nothing that zooms away under a thumb."""
    figure = go.Figure()
    figure.update_layout(
        height=height,
        margin={"l": 4, "r": right, "t": 12, "b": 28},
        separators=separators(lang),
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        bargap=0.45,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": INK, "size": 13},
    )
    calm = {"fixedrange": True, "showgrid": False, "zeroline": False, "ticks": ""}
    calm["tickfont"] = {"color": INK, "size": 13}
    figure.update_xaxes(calm)
    figure.update_yaxes(calm, automargin=True, ticklabelstandoff=6)
    return figure


def rows_down(figure: go.Figure, labels: Sequence[str]) -> None:
    """Make the y axis a list: row 0 on top, one label per row."""
    figure.update_yaxes(
        range=[len(labels) - 0.5, -0.5], tickvals=list(range(len(labels))), ticktext=list(labels)
    )


def beside(figure: go.Figure, x: float, labels: Sequence[str], room: int = 0) -> None:
    """Write one label per row in a column right of the plot, whose x axis ends at `x`.

    The column is as wide as the longest line, or as `room` letters if that is more.
    """
    figure.add_scatter(
        x=[x] * len(labels),
        y=list(range(len(labels))),
        text=[f"\N{EN SPACE}{label}".replace("<br>", "<br>\N{EN SPACE}") for label in labels],
        mode="text",
        textposition="middle right",
        textfont={"size": 13},
        cliponaxis=False,
        hoverinfo="skip",
    )
    figure.update_layout(margin_r=20 + LETTER * max(room, letters(labels)))


def letters(labels: Sequence[str]) -> int:
    """How many letters the longest line of some labels has."""
    return max(len(line) for label in labels for line in aloud([label]).split("<br>"))


def in_percent(figure: go.Figure, most: float, lang: str, axis: str = "x") -> None:
    """Let an axis of fractions run from 0 to `most`, with 0, 50 and 100 % named."""
    ticks = [0.0, 0.5, 1.0] if axis == "y" else [0.0, 1.0]
    words = [percent(tick, lang) for tick in ticks]
    settings = {"range": [0, most], "tickvals": ticks, "ticktext": words, "tickangle": 0}
    (figure.update_xaxes if axis == "x" else figure.update_yaxes)(settings)


def sparse(figure: go.Figure, labels: Sequence[str], most: int = 7) -> None:
    """Label the positions 0, 1, … of the x axis, but no more than fit on a phone; the last one always."""
    step = -(-len(labels) // most)
    shown = range(len(labels) - 1, -1, -step)
    words = [plain(labels[place]) for place in shown]
    figure.update_xaxes(tickvals=list(shown), ticktext=words, tickangle=0)


def line_across(figure: go.Figure, at: float, axis: str = "x") -> None:
    """A thin grey line where `axis` is `at`, the whole plot long."""
    style = {"line": {"color": GREY, "width": 1, "dash": "dot"}, "layer": "below"}
    if axis == "x":
        figure.add_vline(at, **style)
    else:
        figure.add_hline(at, **style)


def plain(words: str) -> str:
    """Text that Plotly shows as it stands."""
    return escape(words, quote=False)


def short(name: str, length: int = NAME) -> str:
    """A name cut with an ellipsis, ready to be drawn."""
    return plain(name if len(name) <= length else name[: length - 1].rstrip() + "…")


def bold(words: str) -> str:
    """Already safe text, heavier."""
    return f"<b>{words}</b>"


def aloud(*parts: Sequence[str]) -> str:
    """The lines of a row's labels as one sentence, without their markup."""
    words = " ".join(line for lines in parts for line in lines)
    return words.replace("<b>", "").replace("</b>", "")


def stacked(*lines: str) -> str:
    """Already safe lines one below the other, empty ones left out."""
    return "<br>".join(line for line in lines if line)
