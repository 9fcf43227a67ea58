"""One rep: every quota, how it went day by day, how the weeks before were, and where figures come from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import streamlit as st

from quota import answers, i18n
from quota.charts import Chart, attainment_finding, cumulative, heatmap
from quota.columns import KINDS
from quota.counting import work_done
from quota.periods import Period
from quota.report import past
from quota.ui import cache, figures, findings, grids, reasons, widgets
from quota.ui.rows import Row, records
from quota.ui.state import Here
from quota.ui.words import plain


def draw(here: Here) -> None:
    """The rep chosen in the sidebar, with a way back to everybody."""
    rows = figures.against_past(here)
    st.button(here.text("rep.back"), key="back", icon=":material/arrow_back:", on_click=_everybody)
    widgets.headline(widgets.period_line(here), attainment_finding(findings.by_rep(rows), here.lang))
    widgets.explain_period(here)
    held = rows[rows["status"] != "no_quota"]
    if held.empty:
        st.info(here.text("rep.no_quota", rep=plain(here.rep)))
    else:
        grids.progress(rows, here, "rep_progress", pick=False)
        with st.grid(2, min_column_width=380, gap="medium"):
            for place, row in enumerate(records(held)):
                drawn = _line(row, here)
                with st.container():
                    widgets.chart(drawn, here, f"line_{place}", title=f"{row['quota']}: {drawn.title}")
                    st.caption("  \n".join(map(plain, past.compared(row, here.lang))))
        history = figures.history(here, figures.trend(here))
        heat = heatmap(figures.quota_heat(history, here), here.lang)
        widgets.chart(replace(heat, subtitle=here.text("rep.heat")), here, "rep_heat")
        reasons.draw(here)
    _work(here)


def _everybody() -> None:
    st.session_state["rep"] = None


def day_by_day(row: Row, here: Here) -> pd.DataFrame:
    """day, actual, expected: running sums of one quota of `attainment.progress`, day by day.

    What is expected at the close of a day is the target of the stretch that ends with it.
    """
    start = here.period.start
    days = [start + timedelta(days=n) for n in range(here.period.days)]
    stretch = [Period(start, day + timedelta(days=1)) for day in days]
    sums = answers.history(here.facts, stretch, here.as_of)
    same = ["quota", "kind", "measure", "currency", "every"]
    mine = sums[(sums[same].fillna("") == pd.Series(row)[same].fillna("")).all(axis=1)]
    mine = mine.set_index("period").reindex([one.key for one in stretch])
    past = np.array([day <= here.as_of for day in days])
    return pd.DataFrame(
        {
            "day": pd.to_datetime(days),
            "actual": mine["actual"].fillna(0).where(past).to_numpy(),
            "expected": mine["target"].fillna(0).to_numpy(),
        }
    )


def _line(row: Row, here: Here) -> Chart:
    parts = [row[name] for name in ("quota", "kind", "measure", "currency", "every")]
    frame = cache.once(
        lambda: day_by_day(row, here), "days", *here.scope, here.period.key, here.as_of, *parts
    )
    unit = {name: row[name] for name in ("kind", "measure", "currency")}
    low, high = row["projected_low"], row["projected_high"]
    likely = (low, high) if low < high else None
    return cumulative(frame, row["target"], row["projected"], here.lang, likely=likely, **unit)


def _work(here: Here) -> None:
    """What was recorded in the period, kind by kind."""
    work = work_done(here.facts.cube, here.period.start, here.period.end)
    counts = work.groupby("kind", observed=True)["count"].sum()
    said = [i18n.quantity(counts[kind], here.lang, kind) for kind in KINDS if counts.get(kind, 0)]
    if said:
        st.markdown(here.text("rep.recorded", work=plain(" · ".join(said))))
    else:
        st.markdown(here.text("rep.nothing_recorded"))
