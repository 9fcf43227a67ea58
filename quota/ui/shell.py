"""The entry script: every page runs through here, a deep link on a fresh server too."""

import streamlit as st

from quota.ui import address, menu, sidebar

st.set_page_config(page_title="Quota", page_icon=":material/target:", layout="wide")
head, foot = st.sidebar.container(), st.sidebar.container()
address.hide(foot)
lang = sidebar.language(foot)
page = st.navigation(menu.pages(lang), position="top")
st.session_state["here"] = sidebar.draw(head, foot, lang)
menu.follow()
page.run()
