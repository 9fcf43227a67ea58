"""Data: bring files in, see what was understood, correct it, import, and take it back."""

import streamlit as st

from quota.ui import drafts, importing, ledger, widgets
from quota.ui.state import here

view = here()
widgets.headline(view.text("menu.data"), view.text("data.title"))
files = st.file_uploader(
    view.text("data.drop"),
    type=list(importing.TYPES),
    accept_multiple_files=True,
    key="files",
    help=view.text("data.drop_help"),
)
with st.spinner(view.text("data.reading")):
    waiting = drafts.dropped(files, view.today)
for draft in waiting:
    importing.draw(draft, view)
for receipt in drafts.receipts():
    ledger.receipt(receipt, view)

st.subheader(view.text("data.history"), anchor=False)
ledger.history(view)
