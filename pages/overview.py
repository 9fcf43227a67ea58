"""Overview: are we on pace, who needs help, what changed since the period before?"""

import streamlit as st

from quota.ui import cards, figures, help_list, news, welcome, widgets
from quota.ui.state import here

view = here()
welcome.gate(view)

reps, reps_before = figures.reps(view), figures.reps_before(view)
pulse = cards.pulse(view)

widgets.headline(widgets.period_line(view), cards.finding(reps, view))
widgets.explain_period(view)
with st.grid(4, min_column_width=150):
    cards.attainment(reps, reps_before, pulse, view)
    cards.on_pace(reps, reps_before, pulse, view)
    cards.touches(pulse, view)
    cards.opportunities(pulse, view)

needy, changed = st.columns(2, gap="large")
with needy:
    st.subheader(view.text("overview.who_needs_help"), anchor=False)
    help_list.draw(figures.progress(view), reps, view)
with changed:
    st.subheader(view.text("overview.what_changed", before=widgets.period_before(view)), anchor=False)
    news.draw(reps, reps_before, view)

widgets.chart(figures.bars(view), view, "attainment")
