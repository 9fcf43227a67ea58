"""The history of imports: what each did, and, once opened, its rows. Nothing is loaded before."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from quota import i18n
from quota.ui import receipts, widgets
from quota.ui.rows import Row, records
from quota.ui.state import Here, local
from quota.ui.words import clock, plain

PAGE = 10


def history(here: Here) -> None:
    """Every import, latest first, with the way back."""
    imports = here.everyone.imports.iloc[::-1]
    if imports.empty:
        st.markdown(here.text("data.no_history"))
        return
    for row in widgets.page_of(records(imports), PAGE, "history_page"):
        _entry(row, here)


def _entry(row: Row, here: Here) -> None:
    import_id = row["import_id"]
    at = local(row["at"].to_pydatetime())
    name = f"**{plain(row['file'])}**"
    if not row["active"]:
        name = f":gray[{plain(row['file'])} ({here.text('data.undone')})]"
    when = f"{i18n.short_date(at.date(), here.lang)} {clock(at, here.lang)}"
    who, what, ways = st.columns([4, 4, 2], vertical_alignment="center")
    who.markdown(f"{name}  \n:small[:gray[{plain(when)} · {plain(row['by'])}]]")
    what.markdown(f"{plain(_span(row, here))}  \n:small[:gray[{plain(_effect(row, here))}]]")
    with ways.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
        receipts.switch(import_id, here, "history", active=row["active"])
    details = st.expander(
        here.text("data.details"), key=f"open_{import_id}", on_change="rerun", type="compact"
    )
    if details.open:
        with details:
            _details(row, here)


def _effect(row: Row, here: Here) -> str:
    counts = {"data.new": row["new"], "data.changed": row["changed"], "data.same": row["same"]}
    words = [here.text(key, n=n) for key, n in counts.items() if n]
    words += [here.text("data.left_out", n=row["skipped"])] if row["skipped"] else []
    words += [here.text("data.refused", n=row["rejected"])] if row["rejected"] else []
    return ", ".join(words) or here.text("data.nothing_new")


def _span(row: Row, here: Here) -> str:
    """How many rows, and of which days."""
    rows = here.text("data.rows", n=row["rows"])
    if pd.isna(row["first_day"]):
        return rows
    first, last = (i18n.short_date(row[name], here.lang) for name in ("first_day", "last_day"))
    return f"{rows} · {first} – {last}"


def _details(row: Row, here: Here) -> None:
    if row["skipped"] + row["rejected"]:
        receipts.untaken(row["import_id"], row["file"], "history", here)
    else:
        st.caption(here.text("data.all_taken"))
