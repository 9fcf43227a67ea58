"""Quotas and people: who should do how much, who is who, and who is away."""

import streamlit as st

from quota.ui import editing, menu, people_sheets, widgets
from quota.ui.state import here

view = here()
widgets.headline(view.text("menu.people"), view.text("people.title"))
st.page_link(menu.script("data"), label=view.text("people.upload"), icon=":material/upload_file:")
facts = view.everyone
quotas, people, absences = st.tabs(
    [view.text("layout.quotas"), view.text("layout.people"), view.text("layout.absences")],
    key="sheet",
    on_change="rerun",
)
if quotas.open:
    with quotas:
        st.caption(view.text("people.quotas_help"))
        editing.draw(people_sheets.QUOTAS, facts.quotas, view, people_sheets.quota_columns(view))
if people.open:
    with people:
        st.caption(view.text("people.people_help"))
        editing.draw(people_sheets.PEOPLE, facts.people, view, people_sheets.people_columns(view))
if absences.open:
    with absences:
        st.caption(view.text("people.absences_help"))
        editing.draw(people_sheets.ABSENCES, facts.absences, view, people_sheets.absence_columns(view))
