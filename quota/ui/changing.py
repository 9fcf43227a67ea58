"""From when a change applies, so that a change of today rewrites no number of yesterday.

One rule: a row that already holds, and is changed in what it asks, stays as it was, and the
changed row is a new one that holds from a day on. A quota that the new row does not supersede (it
counts something else now, or is gone) ends the day before. Whoever made a mistake corrects the
row from its beginning instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from quota import periods
from quota.ui import sheet_checks
from quota.ui.sheet_checks import WARNINGS
from quota.ui.sheets import ORIGIN, Sheet, lines
from quota.ui.state import Here

FROM, BEGINNING = "from", "beginning"


def ask(before: pd.DataFrame, after: pd.DataFrame, sheet: Sheet, here: Here) -> tuple[pd.DataFrame, bool]:
    """The rows to store, after asking from when, and whether that cannot be; both frames are tidied."""
    rows = _in_force(before, after, sheet, here.today)
    gone = _given_up(before, after, sheet, here.today)
    if rows.empty and gone.empty:
        return after, False
    words = {FROM: here.text("change.from"), BEGINNING: here.text("change.beginning")}
    n = len(rows) + len(gone)
    how = st.radio(
        here.text("change.when", n=n), list(words), format_func=words.__getitem__, key=f"when_{sheet.name}"
    )
    if how == BEGINNING:
        st.caption(here.text("change.rewrites"))
        return after, False
    days = _days(pd.concat([rows, gone]), sheet, here)
    dated = pd.concat([_dated(before, after, rows, sheet, days), _ended(gone, days)], ignore_index=True)
    issues = sheet_checks.found(dated, sheet, here)
    clash = bool((~issues["code"].isin(WARNINGS)).any())
    if clash:
        st.error(here.text("change.clash"))
    return dated, clash


def _in_force(before: pd.DataFrame, after: pd.DataFrame, sheet: Sheet, today: date) -> pd.DataFrame:
    """The edited rows that held before `today` and mean something else now."""
    if not sheet.meaning:
        return after[:0]
    known = after[after[ORIGIN].notna()]
    then = before.set_index(ORIGIN).loc[known[ORIGIN]].set_axis(known.index)
    differs = lines(known, sheet.meaning) != lines(then, sheet.meaning)
    kept = lines(known, ["from"]) == lines(then, ["from"])
    if sheet.name == "people":
        # What a person's later row leaves empty stays as it was: an emptied cell is a correction.
        emptied = (then[list(sheet.meaning)].notna() & known[list(sheet.meaning)].isna()).any(axis=1)
        kept &= ~emptied
    return known[differs & kept & _begun(known, today)]


def _given_up(before: pd.DataFrame, after: pd.DataFrame, sheet: Sheet, today: date) -> pd.DataFrame:
    """The stored quotas that held before `today` and stand no more in the grid."""
    if sheet.name != "quotas":
        return before[:0]
    return before[~before[ORIGIN].isin(after[ORIGIN]) & _begun(before, today)]


def _begun(rows: pd.DataFrame, today: date) -> pd.Series:
    return rows["from"].isna() | (rows["from"] <= pd.Timestamp(today))


def _days(rows: pd.DataFrame, sheet: Sheet, here: Here) -> dict[str, date]:
    """The first day of each length of period (people: week), as the viewer sets it."""
    units = dict.fromkeys(_units(rows, sheet))
    with st.container(horizontal=True):
        return {unit: _day(unit, sheet, here) for unit in units}


def _day(unit: str, sheet: Sheet, here: Here) -> date:
    fiscal = here.everyone.plan.fiscal_start
    start = periods.following(periods.containing(here.today, unit, fiscal_start=fiscal)).start
    label = here.text("change.day_of", every=here.text(f"per.{unit}"))
    chosen = st.date_input(
        label if sheet.name == "quotas" else here.text("change.day"),
        start,
        key=f"from_{sheet.name}_{unit}",
        width=260,
    )
    return chosen if isinstance(chosen, date) else start


def _units(rows: pd.DataFrame, sheet: Sheet) -> pd.Series:
    return rows["every"] if sheet.name == "quotas" else pd.Series("week", index=rows.index)


def _dated(
    before: pd.DataFrame, after: pd.DataFrame, rows: pd.DataFrame, sheet: Sheet, days: Mapping[str, date]
) -> pd.DataFrame:
    """`after` with each of `rows` as it was, and behind them what holds from its day on."""
    then = before.set_index(ORIGIN).loc[rows[ORIGIN]].set_axis(rows.index)
    first = _units(rows, sheet).map(days)
    new = rows.assign(origin=float("nan"))
    new["from"] = pd.to_datetime(first).astype("datetime64[us]")
    if sheet.name == "people":
        # The new row says what changes, and nothing else.
        old = rows.assign(**{name: then[name] for name in sheet.meaning})
        for name in sheet.schema.names[1:]:
            if name != "from":
                new[name] = new[name].where(lines(rows, [name]) != lines(old, [name]))
    else:
        same = [name for name in sheet.identity if name != "from"]
        superseded = (lines(rows, same) == lines(then, same)) & then["to"].isna()
        old = then.assign(origin=rows[ORIGIN])
        old.loc[~superseded, "to"] = new.loc[~superseded, "from"] - timedelta(days=1)
    stay = after.drop(rows.index)
    return pd.concat([stay, old, _like(new, after)]).sort_index(kind="stable")[list(after.columns)]


def _like(rows: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    return rows.astype(other.dtypes[rows.columns].to_dict())


def _ended(gone: pd.DataFrame, days: Mapping[str, date]) -> pd.DataFrame:
    """Quotas that are given up, until the day before."""
    if gone.empty:
        return gone
    last = pd.to_datetime(gone["every"].map(days)).astype("datetime64[us]") - timedelta(days=1)
    return gone.assign(to=last)
