"""Templates to download: one of a sheet, or all in one workbook."""

from __future__ import annotations

import streamlit as st

from quota import columns as c
from quota.report import templates
from quota.ui import cache
from quota.ui.sheets import Sheet
from quota.ui.state import Here

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def offer(sheet: Sheet, here: Here) -> None:
    """A button for the template of `sheet`, and one for all of them."""
    with st.container(horizontal=True):
        _button(here.text("template.one"), (sheet.name,), here.text(f"layout.{sheet.name}"), here)
        _button(here.text("template.all"), tuple(c.WRITTEN), here.text("template.file"), here)


def _button(label: str, names: tuple[str, ...], file: str, here: Here) -> None:
    st.download_button(
        label,
        cache.once(lambda: templates.workbook(names, here.lang), "template", here.lang, *names),
        f"{file.lower().replace(' ', '_')}.xlsx",
        XLSX,
        key=f"template_{'_'.join(names)}",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
