"""What two systems both logged, to be counted once or said to be different; looked for when it is opened."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from quota import answers, intake, review
from quota.ui import cache
from quota.ui.rows import Row, records
from quota.ui.state import Here, author, now
from quota.ui.words import plain


def draw(here: Here) -> None:
    """The block, if there is data; nothing is compared before it is opened."""
    if here.empty:
        return
    block = st.expander(here.text("data.twins"), key="twins", on_change="rerun", type="compact")
    if not block.open:
        return
    with block:
        pairs = _pairs(here.workspace.location, here.version)
        groups = records(review.twin_groups(pairs)) if len(pairs) else []
        for place, group in enumerate(groups):
            _group(group, pairs, place, here)
        if not groups:
            st.caption(here.text("data.no_twins"))


@st.cache_resource(max_entries=1, show_spinner=False)
def _pairs(location: str, version: int) -> pd.DataFrame:
    return answers.twins(cache.workspace(location), cache.facts(location, version))


def _group(group: Row, pairs: pd.DataFrame, place: int, here: Here) -> None:
    counted = here.text(f"counted.kind.{group['kind']}", n=group["count"])
    files = {side: plain(group[f"file_{side}"]) for side in "ab"}
    st.markdown(here.text("data.twin_group", counted=f"**{plain(counted)}**", **files))
    mine = pairs[(pairs[list(review.GROUPS)] == pd.Series(group)[list(review.GROUPS)]).all(axis=1)]
    examples = mine.head(5)[["rep", "ts_a", "row_a", "ts_b", "row_b"]]
    words = {"rep": here.text("field.rep")}
    words |= {f"ts_{side}": str(group[f"file_{side}"]) for side in "ab"}
    words |= {f"row_{side}": here.text("data.row") for side in "ab"}
    st.dataframe(examples, column_config=words, hide_index=True, placeholder="", key=f"twins_{place}")
    with st.container(horizontal=True):
        for side in "ab":
            st.button(
                here.text("data.keep", file=files[side]),
                key=f"keep_{side}_{place}",
                on_click=_once,
                args=(mine, group[f"source_{side}"], here),
            )
        st.button(here.text("data.keep_both"), key=f"keep_both_{place}", on_click=_both, args=(mine, here))


def _once(pairs: pd.DataFrame, keep: str, here: Here) -> None:
    named = here.text("twins.counted_once", source=keep)
    intake.count_once(here.workspace, pairs, keep, named=named, by=author(), now=now())


def _both(pairs: pd.DataFrame, here: Here) -> None:
    named = here.text("twins.different")
    intake.keep_both(here.workspace, pairs, named=named, by=author(), now=now())
