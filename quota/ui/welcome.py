"""The first visit: load the sample workspace, or upload an export. And the sample's way out again."""

from __future__ import annotations

import streamlit as st

from quota import sample
from quota.ui import cache, menu
from quota.ui.state import Here, author, now
from quota.ui.words import plain


def gate(here: Here) -> None:
    """With data: a note if it is the sample. Without: the two ways to begin, and nothing else."""
    if not here.empty:
        _note(here)
        return
    st.title(here.text("welcome.title"), anchor=False)
    st.markdown(here.text("welcome.what"))
    with st.container(horizontal=True):
        begin = st.button(
            here.text("welcome.sample"), key="load_sample", type="primary", icon=":material/play_arrow:"
        )
        if st.button(here.text("welcome.upload"), key="to_data", icon=":material/upload_file:"):
            menu.show("data")
    st.caption(here.text("welcome.sample_help"))
    if begin:
        _load(here)
        st.rerun()
    st.stop()


def _load(here: Here) -> None:
    with st.status(here.text("welcome.loading"), expanded=True):
        for receipt in sample.load(here.workspace, by=author(), now=now()):
            st.markdown(plain(receipt.file))


def _note(here: Here) -> None:
    held = cache.once(
        lambda: sample.imports_of(here.everyone.imports), "sample", here.workspace.location, here.version
    )
    if not held:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(here.text("welcome.is_sample", day=here.today), width="content")
        st.button(
            here.text("welcome.remove"), key="remove_sample", type="tertiary", on_click=_remove, args=(here,)
        )


def _remove(here: Here) -> None:
    sample.remove(here.workspace, here.everyone.imports, by=author(), now=now())
