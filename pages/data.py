"""Data: bring files in, see what was understood, correct it, import, and take it back."""

import streamlit as st

from quota.ui import duplicates, importing, ledger, questions, receipts, remembered, widgets
from quota.ui.state import here

view = here()
widgets.headline(view.text("menu.data"), view.text("data.title"))
importing.drop_zone(view)
importing.progress(view)
receipts.draw(view)
questions.ask(view)
importing.files(view)

st.subheader(view.text("data.history"), anchor=False)
ledger.history(view)
duplicates.draw(view)
remembered.draw(view)
