"""What an edit would change, before it is saved: who moves from what status to what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd
import pyarrow as pa
import streamlit as st

from quota import answers, i18n, periods, rules
from quota.answers import Facts
from quota.charts import status_label
from quota.moves import moves
from quota.periods import Period
from quota.ui import cache, grids
from quota.ui.rows import records
from quota.ui.sheets import Sheet
from quota.ui.state import Here

# Targets and statuses hang on these; points, ramps and tiers on all quotas too.
_STAFF = ("people", "absences")


def draw(sheet: Sheet, rows: pd.DataFrame, changed: pa.Table, here: Here) -> None:
    """Targets and statuses before and after: `rows` as the table would be, `changed` of them to store."""
    key = ("impact", *here.scope[:3], sheet.name, cache.digest(changed.to_pandas()))
    found = cache.once(lambda: would_move(sheet, rows, changed, here), *key)
    st.subheader(here.text("impact.title"), anchor=False)
    status = found[found["status_before"].notna() & (found["status_before"] != found["status_after"])]
    if found.empty:
        st.markdown(here.text("impact.none"))
        return
    who = (
        here.text("impact.statuses", n=status["rep"].nunique()) if len(status) else here.text("impact.nobody")
    )
    st.markdown(f"{who} {here.text('impact.targets', n=found['rep'].nunique())}")
    _table(cache.once(lambda: _worded(found, here), *key, here.lang), sheet, here)


def would_move(sheet: Sheet, rows: pd.DataFrame, changed: pa.Table, here: Here) -> pd.DataFrame:
    """`moves.MOVES` in the current period of each quota concerned, and in the first that is changed."""
    now, then = here.everyone, _facts(sheet, rows, here)
    found = []
    for unit in _units(sheet, changed, now, then):
        for period in _periods(unit, changed, now, here.today):
            as_of = periods.as_of_default(period, here.today, now.data_to)
            before, after = _as_is(period, as_of, here), answers.progress(then, period, as_of)
            found.append(moves(*(side[side["every"] == unit] for side in (before, after))))
    order = ["rep", "quota", "period"]
    return pd.concat(found).sort_values(order, ignore_index=True) if found else moves(*[_none(now)] * 2)


def _none(facts: Facts) -> pd.DataFrame:
    day = Period(date(2000, 1, 3), date(2000, 1, 4))
    return answers.progress(facts, day, day.start)[:0]


def _as_is(period: Period, as_of: date, here: Here) -> pd.DataFrame:
    key = ("as is", *here.scope[:2], period.key, as_of)
    return cache.once(lambda: answers.progress(here.everyone, period, as_of), *key)


def _facts(sheet: Sheet, rows: pd.DataFrame, here: Here) -> Facts:
    facts = here.everyone
    if sheet.name == "people":
        return replace(facts, people=rows)
    if sheet.name == "absences":
        return replace(facts, absences=rows)
    plans = {
        "quotas": lambda: replace(facts.plan, rules=rows),
        "points": lambda: replace(facts.plan, points=rows),
        "ramps": lambda: replace(facts.plan, ramps=rows),
        "tiers": lambda: replace(facts.plan, tiers=rows),
    }
    return answers.planned(here.workspace, facts, plans[sheet.name]())


def _units(sheet: Sheet, changed: pa.Table, now: Facts, then: Facts) -> list[str]:
    """The lengths of the quotas that may change: those edited, or all where people or weights are."""
    if sheet.name == "quotas":
        said = set(changed["every"].to_pylist())
    else:
        said = {*now.quotas["every"], *then.quotas["every"]}
    return [unit for unit in rules.EVERY if unit in said]


def _periods(unit: str, changed: pa.Table, facts: Facts, today: date) -> list[Period]:
    """The current period, and the one in which the first change to come begins."""
    fiscal = facts.plan.fiscal_start
    current = periods.containing(today, unit, fiscal_start=fiscal)
    days: Sequence[date | None] = changed["from"].to_pylist() if "from" in changed.column_names else []
    later = [day for day in days if day is not None and day >= current.end]
    return [current, *([periods.containing(min(later), unit, fiscal_start=fiscal)] if later else [])]


def _worded(found: pd.DataFrame, here: Here) -> pd.DataFrame:
    """`moves.MOVES` as the viewer reads them."""
    fiscal = here.everyone.plan.fiscal_start
    named = {
        key: i18n.period_label(periods.parse(key, fiscal_start=fiscal), here.lang)
        for key in found["period"].unique()
    }
    rows = records(found)
    shown = found[["rep"]].assign(quota=list(map(grids.quota_name, rows)), period=found["period"].map(named))
    for when in ("before", "after"):
        shown[f"target_{when}"] = [
            grids.amount(row[f"target_{when}"], here.lang, row["measure"]) for row in rows
        ]
        shown[f"status_{when}"] = [
            i18n.ABSENT if pd.isna(status) else status_label(status, here.lang)
            for status in found[f"status_{when}"]
        ]
    return shown


def _table(shown: pd.DataFrame, sheet: Sheet, here: Here) -> None:
    labels = {"rep": here.text("field.rep"), "quota": here.text("field.quota")}
    labels |= {"period": here.text("field.period")}
    names = ("target_before", "target_after", "status_before", "status_after")
    labels |= {name: here.text(f"impact.{name}") for name in names}
    grids.table(shown, labels, f"impact_{sheet.name}", {}, rows=10)
