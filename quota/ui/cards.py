"""The four figures on top of the overview, each with what it was before and how it came about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from quota import funnel, i18n
from quota.columns import TOUCHES
from quota.periods import previous
from quota.ui import cache, figures, findings
from quota.ui.rows import records
from quota.ui.state import Here


@dataclass(frozen=True)
class Pulse:
    """What the cards show besides the progress: changes since the same stage before, and the past."""

    attainments: list[float]
    reps_on_pace: list[int]
    touches: float
    touches_change: float | None
    touches_trend: list[float]
    opportunities: float
    opportunities_change: float | None
    opportunities_trend: list[float]
    rate: float
    low: float
    high: float


def pulse(here: Here) -> Pulse:
    """The pulse of the period up to the day it is judged at."""
    return cache.once(lambda: _pulse(here), *("pulse", *here.scope, here.period.key, here.as_of))


def finding(reps: pd.DataFrame, here: Here) -> str:
    """The page's answer in one sentence: how many are on pace."""
    held = int((reps["quotas"] > 0).sum())
    if held == 0:
        return here.text("overview.no_quota")
    fine = int(reps["status"].isin(findings.FINE).sum())
    if held == 1:
        only = reps[reps["quotas"] > 0].iloc[0]
        return here.text("overview.one", rep=only["rep"], status=here.text(f"status.{only['status']}"))
    return here.text("overview.on_pace" if fine < held else "overview.all_on_pace", fine=fine, n=held)


def attainment(reps: pd.DataFrame, before: pd.DataFrame, now: Pulse, here: Here) -> None:
    """Attainment of all, with the points won or lost since the same stage of the period before."""
    share, then = _alike(reps, before)["attainment"].mean(), before["attainment"].mean()
    points = None if share != share or then != then else round(100 * share) - round(100 * then)
    _card(
        here,
        here.text("overview.attainment"),
        i18n.percent(reps["attainment"].mean(), here.lang),
        _signed(points, lambda x: here.text("overview.points", n=x)),
        here.text("overview.attainment_why", n=int((reps["quotas"] > 0).sum())),
        chart_data=now.attainments,
    )


def on_pace(reps: pd.DataFrame, before: pd.DataFrame, now: Pulse, here: Here) -> None:
    """How many reps are on pace or better, of those who have a quota."""
    fine, fine_alike, was_fine = (
        int(one["status"].isin(findings.FINE).sum()) for one in (reps, _alike(reps, before), before)
    )
    change = fine_alike - was_fine if (before["quotas"] > 0).any() else None
    _card(
        here,
        here.text("overview.reps_on_pace"),
        here.text("overview.of", part=i18n.number(fine, here.lang), n=int((reps["quotas"] > 0).sum())),
        _signed(change, lambda x: i18n.number(x, here.lang)),
        here.text("overview.on_pace_why"),
        chart_data=now.reps_on_pace,
    )


def touches(now: Pulse, here: Here) -> None:
    """Touches so far, against as many days of the period before."""
    _card(
        here,
        here.text("stage.touch"),
        i18n.number(now.touches, here.lang),
        _change(now.touches_change, here),
        here.text("overview.touches_why"),
        chart_data=now.touches_trend,
    )


def opportunities(now: Pulse, here: Here) -> None:
    """Opportunities so far, and what share of the touches that is."""
    _card(
        here,
        here.text("stage.opportunity"),
        i18n.number(now.opportunities, here.lang),
        _change(now.opportunities_change, here),
        rate_words(now, here),
        chart_data=now.opportunities_trend,
    )


def rate_words(now: Pulse, here: Here) -> str:
    """How many touches the opportunities took, with the interval where that is a proportion."""
    if now.low != now.low:
        return here.text("overview.opportunities_why")
    return here.text(
        "overview.rate_why",
        touches=i18n.number(now.touches, here.lang),
        opportunities=i18n.number(now.opportunities, here.lang),
        rate=i18n.percent(now.rate, here.lang, 1),
        low=i18n.percent(now.low, here.lang, 1),
        high=i18n.percent(now.high, here.lang, 1),
    )


def _alike(reps: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """The reps that can be compared with `before`."""
    return reps[reps["rep"].isin(before["rep"])]


def _card(here: Here, label: str, value: str, delta: str | int | None, why: str, **more: Any) -> None:
    before = i18n.period_tick(previous(here.period), here.lang)
    st.metric(
        label,
        value,
        delta,
        help=why,
        delta_description=None if delta is None else here.text("overview.than_before", before=before),
        border=True,
        height="stretch",
        **more,
    )


def _signed(change: int | None, words: Callable[[int], str]) -> str | int | None:
    # Streamlit takes the sign of a text for the arrow, and only the number 0 for "no change".
    if not change:
        return change
    return f"{'-' if change < 0 else ''}{words(abs(change))}"


def _change(share: float | None, here: Here) -> str | int | None:
    if share is None:
        return None
    return _signed(round(100 * share), lambda x: i18n.percent(x / 100, here.lang))


def _pulse(here: Here) -> Pulse:
    cube, period, stretch = here.facts.cube, here.period, figures.finished(here)
    until = max(min(period.end, here.as_of + timedelta(days=1)), period.start)
    stages = {row["stage"]: row for row in records(funnel.volume(cube, None, period.start, until))}
    made = stages["opportunity"]
    touches, opportunities = cube[cube["kind"].isin(TOUCHES)], cube[cube["kind"] == "opportunity"]
    alike = findings.comparable(cube, period, here.as_of)
    history = figures.history(here, stretch)
    return Pulse(
        attainments=[share or 0 for share in findings.attainment_by_period(history, stretch)],
        reps_on_pace=findings.fine_by_period(history, stretch),
        touches=stages["touch"]["count"],
        touches_change=findings.change(alike, period, here.as_of),
        touches_trend=findings.events_by_period(touches, stretch),
        opportunities=made["count"],
        opportunities_change=findings.change(opportunities, period, here.as_of),
        opportunities_trend=findings.events_by_period(opportunities, stretch),
        rate=made["rate_from_first"],
        low=made["low_first"],
        high=made["high_first"],
    )
