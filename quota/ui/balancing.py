"""Work against sales on the Progress page: a dot per rep, and under the dots the same as a list."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from quota import answers, balance, i18n
from quota.charts import balance_dots, corner
from quota.ui import address, cache, grids, widgets
from quota.ui.rows import Row, records
from quota.ui.state import Here


def lengths(here: Here) -> list[str]:
    """How long the sales quotas run; [] where there is nothing to hold against them."""
    return cache.once(lambda: balance.lengths(here.facts.plan), "lengths", *here.scope)


def draw(here: Here) -> None:
    """The dots and the list, over the last periods that ended by the day looked at."""
    units = lengths(here)
    unit = units[0]
    if len(units) > 1:
        words = {one: here.text(f"every.{one}") for one in units}
        unit = address.choose("length", here.text("balance.length"), words)
    day = min(here.as_of, here.period.last)
    frame = cache.once(
        lambda: answers.balanced(here.facts, unit, day), "balance", *here.scope, here.period.key, unit, day
    )
    over = _over(here, unit, day, int(frame["periods"].max()) if len(frame) else 0)
    widgets.chart(balance_dots(frame, over, here.lang), here, "balance")
    _list(frame, here)


def _over(here: Here, unit: str, day: date, known: int) -> str:
    """The stretch of time in words: the first and the last of the `known` periods."""
    stretch = balance.stretch(unit, day, here.facts.plan.fiscal_start)[-max(known, 1) :]
    return " – ".join(dict.fromkeys(i18n.period_label(one, here.lang) for one in (stretch[0], stretch[-1])))


def _list(frame: pd.DataFrame, here: Here) -> None:
    shown = frame.assign(where=[_where(row, here) for row in records(frame)])
    shown = shown.sort_values(["sales", "rep"], ignore_index=True)
    labels = {
        "rep": here.text("field.rep"),
        "activity": here.text("balance.activity"),
        "sales": here.text("balance.sales"),
        "periods": here.text("balance.periods"),
        "where": here.text("balance.where"),
    }
    formats: grids.Formats = {
        "activity": lambda x: i18n.percent(x, here.lang),
        "sales": lambda x: i18n.percent(x, here.lang),
        "periods": lambda x: i18n.number(x, here.lang),
    }
    grids.table(shown[[*labels]], labels, "balance_table", formats, reps=shown["rep"].tolist(), rows=12)
    st.caption(here.text("balance.help"))


def _where(row: Row, here: Here) -> str:
    if row["activity"] != row["activity"] or row["sales"] != row["sales"]:
        return i18n.ABSENT
    return here.text(f"balance.{corner(row['activity'], row['sales'])}")
