"""The history of imports: what each did, and, once opened, its rows. Nothing is loaded before."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from quota import answers, i18n
from quota.ui import cache, fates, receipts, widgets
from quota.ui.rows import Row, records
from quota.ui.state import Here, local
from quota.ui.words import clock, plain

PAGE = 10
# How many rows of an import are shown at once.
ROWS = 200


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
        here.text("data.preview"), key=f"open_{import_id}", on_change="rerun", type="compact"
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
    """What an import restated, every row and where it went, and the rows that were not taken."""
    import_id = row["import_id"]
    for line in _restated(import_id, here):
        st.markdown(f":material/history: {plain(line)}")
    found = _rows(here.workspace.location, here.version, import_id)
    counts = found["fate"].value_counts().to_dict()
    if len(counts) > 1:
        label = here.text("data.fate")
        fate = st.segmented_control(
            label,
            list(counts),
            format_func=lambda fate: f"{here.text(f'fate.{fate}')} {i18n.number(counts[fate], here.lang)}",
            key=f"fates_{import_id}",
            label_visibility="collapsed",
        )
        found = found[found["fate"] == fate] if fate else found
    pages = range(-(-len(found) // ROWS))
    for page in widgets.page_of(pages, 1, f"rows_page_{import_id}"):
        _draw(found.iloc[page * ROWS : (page + 1) * ROWS], f"rows_{import_id}", here)
    if row["skipped"] + row["rejected"]:
        receipts.downloads(import_id, row["file"], "history", here)


@st.cache_resource(max_entries=2, show_spinner=False)
def _rows(location: str, version: int, import_id: str) -> pd.DataFrame:
    return answers.rows(cache.workspace(location), import_id)


def _draw(rows: pd.DataFrame, key: str, here: Here) -> None:
    shown = pd.DataFrame(
        {
            "row": rows["row"],
            "fate": [_fate(line, here) for line in records(rows)],
            "rep": rows["rep"].astype("str"),
            "kind": [here.text(f"kind.{kind}") if isinstance(kind, str) else "" for kind in rows["kind"]],
            "day": rows["ts"].dt.date,
            "count": rows["count"],
        }
    )
    words = {"row": here.text("data.row"), "fate": here.text("data.fate"), "day": here.text("field.date")}
    words |= {name: here.text(f"field.{name}") for name in ("rep", "kind", "count")}
    if rows["sheet"].notna().any():
        shown.insert(0, "sheet", rows["sheet"].astype("str"))
        words["sheet"] = here.text("data.sheet")
    st.dataframe(
        shown,
        column_config=words,
        hide_index=True,
        height=min(35 * (len(shown) + 1) + 3, 420),
        placeholder="",
        key=key,
        alt=here.text("data.preview"),
    )


def _fate(line: Row, here: Here) -> str:
    word = here.text(f"fate.{line['fate']}")
    if isinstance(line["code"], str):
        return f"{word}: {fates.reason(line, here)}"
    return f"{word}: {line['file']}" if isinstance(line["file"], str) else word


def _restated(import_id: str, here: Here) -> list[str]:
    """ "Week 45 · 2026: 12 calls more than before"."""
    found = cache.once(
        lambda: answers.restatements(here.workspace, import_id),
        *("restated", here.workspace.location, here.version, import_id),
    )
    sums = found.assign(by=found["after"] - found["before"]).groupby(["period", "kind"], as_index=False)[
        ["by"]
    ]
    lines = records(sums.sum())
    return [receipts.restated(line["period"], line["kind"], line["by"], here) for line in lines if line["by"]]
