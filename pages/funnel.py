"""Funnel: how do touches become opportunities and sales?"""

import streamlit as st

from quota.charts import funnel, funnel_compare, funnel_finding, funnel_groups, groups_finding
from quota.ui import address, conversion, grids, welcome, widgets
from quota.ui.state import here
from quota.ui.words import plain

view = here()
welcome.gate(view)

heading = st.container()
with st.container(horizontal=True, vertical_alignment="bottom"):
    words = {"volume": view.text("funnel.volume"), "cohort": view.text("funnel.cohort")}
    basis = address.choose("basis", view.text("funnel.basis"), words)
    by = address.choose("by", view.text("funnel.by"), conversion.groups(view))
    rivals = conversion.rivals(view)
    against = address.choose("against", view.text("funnel.against"), rivals)
st.caption(view.text("funnel.volume_help" if basis == "volume" else "funnel.cohort_help"))

stages = conversion.stages(view, view.period, basis)
with heading:
    widgets.headline(widgets.period_line(view), funnel_finding(stages, view.lang))
    widgets.explain_period(view)

if by == conversion.ALL:
    alone, beside = st.columns(2, gap="large")
    with alone:
        widgets.chart(funnel(stages, view.lang), view, "funnel", title=widgets.period_name(view))
    with beside:
        labels = (widgets.period_name(view), rivals[against])
        compared = conversion.compared(view, basis, against)
        widgets.chart(funnel_compare(compared, labels, view.lang), view, "funnel_compare")
    with st.expander(view.text("funnel.figures")):
        grids.funnel(stages, view, "funnel_figures")
else:
    grouped = conversion.stages(view, view.period, basis, by)
    st.subheader(plain(groups_finding(grouped, view.lang)), anchor=False)
    charts = widgets.page_of(funnel_groups(grouped, view.lang), 12, "funnel_page")
    with st.grid(3, min_column_width=300, gap="medium"):
        for place, chart in enumerate(charts):
            widgets.chart(chart, view, f"funnel_group_{place}")
    grids.funnel(grouped, view, "funnel_figures", groups=True)
