"""Leaderboard: who leads, and who moved?"""

import streamlit as st

from quota.charts import leaderboard_bars, leaderboard_finding
from quota.ui import address, grids, standings, welcome, widgets
from quota.ui.state import here

view = here()
welcome.gate(view)

heading = st.container()
metric = address.choose("metric", view.text("leaderboard.metric"), standings.metrics(view), dropdown=True)
ranks = standings.ranks(view, metric)
with heading:
    finding = leaderboard_finding(ranks, view.lang, metric=metric)
    widgets.headline(widgets.period_line(view), finding)
    widgets.explain_period(view)
st.caption(standings.explained(view, metric))

listed, drawn = st.columns(2, gap="large")
with listed:
    grids.leaderboard(ranks, view, "ranks", metric)
    st.caption(view.text("leaderboard.moves", before=widgets.period_before(view)))
with drawn:
    widgets.chart(leaderboard_bars(ranks, view.lang, metric=metric), view, "leaders", title="")
