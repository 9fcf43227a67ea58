"""What earlier imports settled and the next file is read with; each can be forgotten."""

from __future__ import annotations

from textwrap import shorten

import streamlit as st

from quota import columns as c
from quota import i18n, intake
from quota.ui import widgets
from quota.ui.rows import Row, records
from quota.ui.state import Here, author, now
from quota.ui.words import plain

PAGE = 10
# How many letters of a table's headings are shown.
WIDTH = 160


def draw(here: Here) -> None:
    """The list, latest first, read when it is opened."""
    if here.everyone.imports.empty:
        return
    block = st.expander(here.text("data.remembered"), key="remembered", on_change="rerun", type="compact")
    if not block.open:
        return
    with block:
        held = records(intake.remembered_presets(here.workspace).iloc[::-1])
        for row in widgets.page_of(held, PAGE, "remembered_page"):
            _line(row, here)
        if not held:
            st.caption(here.text("data.nothing_remembered"))


def _line(row: Row, here: Here) -> None:
    what, way = st.columns([6, 2], vertical_alignment="center")
    written, meaning = (
        plain(shorten(text, WIDTH, placeholder="…")) for text in (row["written"], _meaning(row, here))
    )
    what.markdown(f"**{_about(row, here)}** {written}  \n:small[:gray[{meaning}]]")
    with way.container(horizontal=True, horizontal_alignment="right"):
        st.button(
            here.text("data.forget"),
            key=f"forget_{row['fingerprint']}",
            on_click=lambda: intake.forget_preset(here.workspace, row["fingerprint"], by=author(), now=now()),
        )


def _about(row: Row, here: Here) -> str:
    layout = row["about"] in c.LAYOUTS
    return plain(here.text(f"layout.{row['about']}" if layout else f"field.{row['about']}"))


def _meaning(row: Row, here: Here) -> str:
    match row["about"]:
        case "kind":
            return here.text(f"kind.{row['meaning']}") if row["meaning"] else here.text("data.never_count")
        case "rep":
            return row["meaning"] or here.text("data.somebody_else")
    pairs = [pair.rpartition(" = ") for pair in row["meaning"].split("; ")]
    return ", ".join(f"{heading} → {_field(name, here)}" for heading, _, name in pairs if heading)


def _field(name: str, here: Here) -> str:
    kind = name.removeprefix("count:")
    if kind != name:
        return i18n.kinds_label(kind, here.lang)
    return here.text(f"field.{name}") if name else here.text("data.not_used")
