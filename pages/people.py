"""Quotas and people: who should do how much, who is who, and who is away."""

import streamlit as st

from quota.ui import editing, menu, people_sheets, suggesting, templates, widgets
from quota.ui.state import here

view = here()
widgets.headline(view.text("menu.people"), view.text("people.title"))
st.page_link(menu.script("data"), label=view.text("people.upload"), icon=":material/upload_file:")
names = [view.text(f"layout.{sheet.name}") for sheet in people_sheets.SHEETS]
tabs = st.tabs(names, key="sheet", on_change="rerun")
for sheet, tab in zip(people_sheets.SHEETS, tabs, strict=True):
    if tab.open:
        with tab:
            st.caption(view.text(f"people.{sheet.name}_help"))
            templates.offer(sheet, view)
            editing.draw(sheet, view)
            if sheet is people_sheets.QUOTAS:
                suggesting.draw(view)
