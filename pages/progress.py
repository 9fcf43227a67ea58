"""Progress: how far is each rep with each quota, and how far should they be by now?"""

import streamlit as st

from quota.charts import attainment_bars, attainment_finding, heatmap, trend
from quota.ui import address, balancing, figures, grids, rep_detail, welcome, widgets
from quota.ui.state import here

view = here()
welcome.gate(view)

if view.rep:
    rep_detail.draw(view)
    st.stop()

rows = figures.progress(view)
finding = attainment_finding(figures.reps(view), view.lang)
widgets.headline(widgets.period_line(view), finding)
widgets.explain_period(view)
with st.container(horizontal=True, vertical_alignment="bottom"):
    words = {"table": view.text("progress.table"), "chart": view.text("progress.chart")}
    words["periods"] = view.text("progress.periods")
    if balancing.lengths(view):
        words["balance"] = view.text("balance.show")
    shape = address.choose("show", view.text("progress.show"), words)
    quota = figures.choose_quota(rows, view) if shape != "balance" else ""
    past = shape == "table" and st.toggle(
        view.text("progress.past"), key="past", bind="query-params", help=view.text("progress.past_help")
    )
rows = figures.of_quota(figures.against_past(view) if past else rows, quota)

if shape == "table":
    lines = widgets.page_of(range(len(rows)), 500, "lines_page")
    grids.progress(rows.iloc[list(lines)], view, "progress_table", past=past)
    st.caption(view.text("progress.table_help"))
    st.caption(figures.left_out_words(view))
elif shape == "chart":
    for name in figures.quotas_in(rows):
        widgets.chart(attainment_bars(figures.of_quota(rows, name), view.lang), view, f"bars_{name}")
elif shape == "balance":
    balancing.draw(view)
else:
    history = figures.of_quota(figures.history(view, figures.trend(view)), quota)
    widgets.chart(trend(figures.trend_frame(history, view), view.lang), view, "trend")
    page = widgets.page_of(figures.reps_in(history), 25, "reps_page")
    widgets.chart(heatmap(figures.rep_heat(history, page, view), view.lang), view, "heat")
