"""The entry script: every page runs through here, a deep link on a fresh server too."""

from pathlib import Path

import streamlit as st

from quota.ui import address, menu, sidebar

# An icon by name would be fetched from elsewhere.
icon = str(Path(__file__).with_name("icon.svg"))
st.set_page_config(page_title="Quota", page_icon=icon, layout="wide")
head, foot = st.sidebar.container(), st.sidebar.container()
address.hide(foot)
lang = sidebar.language(foot)
page = st.navigation(menu.pages(lang), position="top")
st.session_state["here"] = sidebar.draw(head, foot, lang)
menu.follow()
page.run()
