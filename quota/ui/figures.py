"""The answers that pages share, computed once per version of the workspace and choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TypeVar

import pandas as pd

from quota import answers, attainment, i18n
from quota.charts import Chart, attainment_bars
from quota.periods import Period, previous
from quota.ui import address, cache, findings
from quota.ui.state import Here
from quota.ui.words import plain

T = TypeVar("T")

# How many periods a trend looks back on, by unit: a quarter of weeks, a year of months, two years.
TREND = {"week": 13, "month": 12, "quarter": 8}


def progress(here: Here) -> pd.DataFrame:
    """`attainment.progress` of the quotas that can be judged in the period that is looked at."""
    return _kept(
        here,
        "fitting",
        lambda: attainment.fitting(_progress(here, here.period, here.as_of), here.period),
    )


def against_past(here: Here) -> pd.DataFrame:
    """`progress` with intervals, streaks and what was attained before: see `trends.progress`."""
    return _kept(
        here,
        "against past",
        lambda: attainment.fitting(answers.trend(here.facts, here.period, here.as_of), here.period),
    )


def progress_before(here: Here) -> pd.DataFrame:
    """The same of the period before, judged when as much of it was gone, where that can be told."""
    _, end = findings.same_stretch(here.period, here.as_of)
    before = previous(here.period)
    rows = attainment.fitting(_progress(here, before, end - timedelta(days=1)), before)
    if not here.everyone.reaches(before):
        return rows[:0]
    if here.as_of >= here.period.last:
        return rows
    lumped = cache.once(lambda: findings.lumped(here.facts.cube, before), "lumped", *here.scope, before.key)
    return rows[~rows["rep"].isin(list(lumped))]


def reps(here: Here) -> pd.DataFrame:
    """`findings.by_rep` of `progress`."""
    return _kept(here, "reps", lambda: findings.by_rep(progress(here)))


def reps_before(here: Here) -> pd.DataFrame:
    """`findings.by_rep` of `progress_before`."""
    return _kept(here, "reps before", lambda: findings.by_rep(progress_before(here)))


def bars(here: Here) -> Chart:
    """How far everybody is, as a chart."""
    return _kept(here, f"bars {here.lang}", lambda: attainment_bars(reps(here), here.lang))


def _kept(here: Here, what: str, make: Callable[[], T]) -> T:
    """What `make` returns, made once for what the viewer looks at."""
    return cache.once(make, what, *here.scope, here.period.key, here.as_of)


def left_out_words(here: Here) -> str:
    """Which quotas are set for longer than the period that is looked at, and when to look at them."""
    rows = _progress(here, here.period, here.as_of)
    shown = set(progress(here)["quota"].dropna())
    longer = rows[~rows["quota"].isin(shown) & rows["quota"].notna()]
    if longer.empty:
        return ""
    names = ", ".join(plain(name) for name in dict.fromkeys(longer["quota"]))
    units = [unit for unit in ("month", "quarter", "year") if unit in set(longer["every"])]
    said = ", ".join(here.text(f"every.{unit}") for unit in units)
    return here.text("progress.longer", quotas=names, units=said)


def _progress(here: Here, period: Period, as_of: date) -> pd.DataFrame:
    return cache.once(
        lambda: answers.progress(here.facts, period, as_of), "progress", *here.scope, period.key, as_of
    )


def trend(here: Here) -> list[Period]:
    """The periods from the first with data up to the one looked at, oldest first."""
    stretch, first = [here.period], here.everyone.data_from or here.today
    while len(stretch) < TREND.get(here.period.unit, 13) and stretch[-1].start > first:
        stretch.append(previous(stretch[-1]))
    return stretch[::-1]


def finished(here: Here) -> list[Period]:
    """Those of the trend that are over: one that still runs would look like a fall."""
    return [one for one in trend(here) if one.last <= here.as_of] or [here.period]


def history(here: Here, stretch: list[Period]) -> pd.DataFrame:
    """`attainment.history` of `stretch`, of the quotas that can be judged in such periods."""
    return cache.once(
        lambda: attainment.fitting(answers.history(here.facts, stretch, here.as_of), stretch[-1]),
        *("history", *here.scope, *(period.key for period in stretch), here.as_of),
    )


def trend_frame(history: pd.DataFrame, here: Here) -> pd.DataFrame:
    """The attainment of all, period by period, in the columns of `charts.trend`."""
    stretch = trend(here)
    return pd.DataFrame(
        {
            "period_label": [i18n.period_tick(one, here.lang) for one in stretch],
            "attainment": findings.attainment_by_period(history, stretch),
            "running": [one.last > here.as_of for one in stretch],
        }
    ).astype({"attainment": float})


def rep_heat(history: pd.DataFrame, reps: Sequence[str], here: Here) -> pd.DataFrame:
    """The mean attainment of `reps`, period by period, in the columns of `charts.heatmap`."""
    return _heat(history[history["rep"].isin(list(reps))], "rep", here)


def quota_heat(history: pd.DataFrame, here: Here) -> pd.DataFrame:
    """The same with a row per quota, of one rep."""
    return _heat(history, "quota", here)


def _heat(history: pd.DataFrame, rows: str, here: Here) -> pd.DataFrame:
    ticks = {one.key: i18n.period_tick(one, here.lang) for one in trend(here)}
    counted = history.assign(attainment=history["attainment"].where(history["status"] != "no_quota"))
    means = counted.groupby([rows, "period"], sort=False)["attainment"].mean()
    found = means.rename_axis(["rep", "period"]).reset_index().sort_values(["rep", "period"])
    return found.assign(period_label=found["period"].map(ticks))


def choose_quota(rows: pd.DataFrame, here: Here) -> str:
    """The name of one quota, or "" for all; not drawn if there is only one."""
    names = quotas_in(rows)
    words = {"": here.text("progress.all_quotas"), **{name: name for name in names}}
    return address.choose("quota", here.text("field.quota"), words, dropdown=True) if len(names) > 1 else ""


def quotas_in(rows: pd.DataFrame) -> list[str]:
    """The names of the quotas in rows of `attainment.progress`, in order."""
    return sorted(rows["quota"].dropna().unique())


def of_quota(rows: pd.DataFrame, quota: str) -> pd.DataFrame:
    """The rows of one quota; all of them for ""."""
    return rows[rows["quota"] == quota] if quota else rows


def reps_in(rows: pd.DataFrame) -> list[str]:
    """The reps in rows of `attainment.progress`, in order."""
    return sorted(rows["rep"].unique())
