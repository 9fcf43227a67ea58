"""Pieces that every page draws with: safe text, headings, charts, paging, downloads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

from quota import i18n
from quota.charts import Chart, config, status_label
from quota.charts.theme import STATUSES
from quota.periods import previous
from quota.ui.state import Here
from quota.ui.words import plain

T = TypeVar("T")

COLOURS = {
    "met": "green",
    "ahead": "blue",
    "on_pace": "blue",
    "behind": "orange",
    "at_risk": "red",
    "no_quota": "gray",
}


def status(code: str, here: Here) -> str:
    """Sign and word of a status in its colour, as Markdown."""
    return f":{COLOURS[code]}[{plain(status_label(code, here.lang))}]"


def sign(code: str) -> str:
    """The sign alone, as Markdown."""
    return f":{COLOURS[code]}[{plain(STATUSES[code].sign)}]"


def headline(kicker: str, finding: str) -> None:
    """The page's answer, large, with what it is about (Markdown) above it."""
    with st.container(gap=None):
        st.caption(kicker)
        st.title(plain(finding), anchor=False)


def period_name(here: Here) -> str:
    """The period that is looked at: "Week 47 · 2026"."""
    return i18n.period_label(here.period, here.lang)


def period_before(here: Here) -> str:
    """The period before it."""
    return i18n.period_label(previous(here.period), here.lang)


def period_line(here: Here) -> str:
    """What is looked at: "Week 47 · 2026 · to Thu 19 Nov · North · Aino"."""
    parts = [period_name(here)]
    if here.as_of in here.period and here.as_of != here.period.last:
        parts.append(here.text("frame.to_day", day=i18n.day_label(here.as_of, here.lang)))
    return " · ".join(plain(part) for part in [*parts, here.team, here.rep] if part)


def explain_period(here: Here) -> None:
    """Say so, if the period has not begun or holds no data."""
    data_from, data_to = here.everyone.data_from, here.everyone.data_to
    if here.period.start > here.today:
        st.info(here.text("frame.not_begun", period=period_name(here), day=here.period.start))
    elif data_from and data_to and (here.period.start > data_to or here.period.end <= data_from):
        st.info(here.text("frame.no_data", period=period_name(here), first=data_from, last=data_to))


def chart(drawn: Chart, here: Here, key: str, *, title: str | None = None) -> None:
    """A chart under its finding (or `title`, "" for none) and what it shows."""
    title = drawn.title if title is None else title
    with st.container(gap="xsmall"):
        if title:
            st.subheader(plain(title), anchor=False)
        st.caption(plain(drawn.subtitle))
        st.plotly_chart(drawn.figure, key=key, config=config(here.lang), alt=drawn.alt)


def page_of(items: Sequence[T], size: int, key: str) -> Sequence[T]:
    """The page of `items` that the viewer is on; the choice is drawn only if there are several."""
    pages = -(-len(items) // size)
    if pages < 2:
        return items
    page = st.pagination(pages, key=key)
    return items[(page - 1) * size : page * size]
