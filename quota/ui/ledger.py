"""Receipts and the history of imports: what each did, what it did not take, undo and redo."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from quota import i18n, report
from quota.ui import importing, widgets
from quota.ui.rows import Row, records
from quota.ui.state import Here, author, local, now
from quota.ui.words import clock, plain
from quota.workspace import Receipt

PAGE = 10


def receipt(done: Receipt, here: Here) -> None:
    """What an import did, and the rows that it did not take, to save."""
    effect = _effect(done.new, done.changed, done.same, here)
    st.success(f"{plain(done.file)}: {plain(effect)}", icon=":material/check:")
    _untaken(done.import_id, done.file, done.skipped, done.rejected, "receipt", here)


def history(here: Here) -> None:
    """Every import, latest first, with the way back."""
    imports = here.everyone.imports.iloc[::-1]
    if imports.empty:
        st.markdown(here.text("data.no_history"))
        return
    for row in widgets.page_of(records(imports), PAGE, "history_page"):
        _entry(row, here)


def _entry(row: Row, here: Here) -> None:
    at = local(row["at"].to_pydatetime())
    name = f"**{plain(row['file'])}**"
    if not row["active"]:
        name = f":gray[{plain(row['file'])} ({here.text('data.undone')})]"
    when = f"{i18n.short_date(at.date(), here.lang)} {clock(at, here.lang)}"
    effect = _effect(row["new"], row["changed"], row["same"], here)
    who, what, ways = st.columns([4, 4, 3], vertical_alignment="center")
    who.markdown(f"{name}  \n:small[:gray[{plain(when)} · {plain(row['by'])}]]")
    what.markdown(f"{plain(_span(row, here))}  \n:small[:gray[{plain(effect)}]]")
    with ways.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
        _untaken(row["import_id"], row["file"], row["skipped"], row["rejected"], "history", here)
        _switch(row, here)


def _effect(new: int, changed: int, same: int, here: Here) -> str:
    counts = {"new": new, "changed": changed, "same": same}
    return here.text("data.effect", **{name: i18n.number(n, here.lang) for name, n in counts.items()})


def _span(row: Row, here: Here) -> str:
    """How many rows, and of which days."""
    rows = here.text("data.rows", n=row["rows"])
    if pd.isna(row["first_day"]):
        return rows
    first, last = (i18n.short_date(row[name], here.lang) for name in ("first_day", "last_day"))
    return f"{rows} · {first} – {last}"


def _switch(row: Row, here: Here) -> None:
    import_id = row["import_id"]
    if row["active"]:
        st.button(here.text("data.undo"), key=f"undo_{import_id}", on_click=_undo, args=(here, import_id))
    else:
        st.button(here.text("data.redo"), key=f"redo_{import_id}", on_click=_redo, args=(here, import_id))


def _undo(here: Here, import_id: str) -> None:
    here.workspace.undo(import_id, by=author(), now=now())


def _redo(here: Here, import_id: str) -> None:
    here.workspace.redo(import_id, by=author(), now=now())


def _untaken(import_id: str, file: str, skipped: int, rejected: int, key: str, here: Here) -> None:
    if not skipped + rejected:
        return
    words = [here.text("data.left_out", n=skipped)] if skipped else []
    words += [here.text("data.refused", n=rejected)] if rejected else []
    st.download_button(
        ", ".join(words),
        data=lambda: report.as_csv(untaken(here, import_id)),
        file_name=f"{file}.not-taken.csv",
        mime="text/csv",
        icon=":material/download:",
        help=here.text("data.download_untaken"),
        key=f"{key}_untaken_{import_id}",
    )


def untaken(here: Here, import_id: str) -> pd.DataFrame:
    """The rows that an import left out or refused: where, why, and the whole row as it was."""
    rows = here.workspace.rejects(import_id)
    said = {"skipped": here.text("data.fate_skipped"), "rejected": here.text("data.fate_rejected")}
    found = pd.DataFrame(
        {
            here.text("data.sheet"): rows["sheet"],
            here.text("data.row"): rows["row"],
            here.text("data.column"): rows["column"],
            here.text("data.value"): rows["value"],
            here.text("data.fate"): rows["status"].map(said),
            here.text("data.why"): [importing.reason(line, here) for line in records(rows)],
        }
    )
    content = pd.DataFrame([json.loads(line) if line else {} for line in rows["content"]], index=found.index)
    return pd.concat([found, content], axis=1)
