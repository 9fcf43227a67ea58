"""Who needs help: the reps that lag most, each with the quota that lags and what it still takes."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from quota.ui import findings, grids, widgets
from quota.ui.rows import Row, records
from quota.ui.state import Here
from quota.ui.words import plain

MOST = 6


def draw(progress: pd.DataFrame, reps: pd.DataFrame, here: Here) -> None:
    """The worst few, a button each that opens the rep; how many more there are; or that nobody does."""
    late = findings.laggards(progress, reps)
    if late.empty:
        st.markdown(
            here.text("overview.nobody_late" if (reps["quotas"] > 0).any() else "overview.set_quotas")
        )
        return
    with st.container(gap="xsmall"):
        for row in records(late.head(MOST)):
            _line(row, here)
    if len(late) > MOST:
        st.caption(here.text("overview.more_late", n=len(late) - MOST))


def _line(row: Row, here: Here) -> None:
    name, words = st.columns([2, 5], gap="small", vertical_alignment="center", wrap=False)
    name.button(
        plain(row["rep"]),
        key=f"help_{row['rep']}",
        type="tertiary",
        on_click=grids.open_rep,
        args=(row["rep"],),
    )
    words.markdown(f":small[{_words(row, here)}]")


def _words(row: Row, here: Here) -> str:
    done = here.text(
        "overview.done_of",
        quota=plain(row["quota"]),
        actual=grids.amount(row["actual"], here.lang, row["measure"]),
        target=grids.amount(row["target"], here.lang, row["measure"]),
    )
    words = f"{widgets.status(row['status'], here)} · {done}"
    if row["needed_per_day"] > 0:
        needed = grids.amount(row["needed_per_day"], here.lang, row["measure"])
        words += f" · {here.text('overview.needs', needed=needed)}"
    return words
