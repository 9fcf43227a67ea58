"""The dropped files on the data page: what is being read, what each holds, and the ways on."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import streamlit as st

from quota import i18n, intake
from quota.ingest import TableReading
from quota.ui import agreeing, cache, drafts, fates, meaning
from quota.ui.drafts import Draft, Importing
from quota.ui.reading import Job
from quota.ui.state import Here
from quota.ui.words import plain

TYPES = ("csv", "tsv", "txt", "xlsx", "xlsm", "xls", "xlsb", "ods", "zip", "gz", "htm", "html", "xml")
# How often a page that waits looks for what the threads have done, in seconds.
LOOKS = 0.5
# Of so many files the details are open at once; of so many tables the counts are shown.
OPEN = 1
TABLES = 4


def drop_zone(here: Here) -> None:
    """Where files are dropped; they are taken over at once, so the list below is the only one."""
    turn = st.session_state.setdefault("drop", 0)
    key = f"files_{turn}"
    st.file_uploader(
        here.text("data.drop"),
        type=list(TYPES),
        accept_multiple_files=True,
        key=key,
        help=here.text("data.drop_help"),
        on_change=_take,
        args=(key, here),
    )


def _take(key: str, here: Here) -> None:
    known = cache.once(
        lambda: intake.remembered(here.workspace), "remembered", here.workspace.location, here.version
    )
    drafts.add(st.session_state[key], replace(known, today=here.today))
    st.session_state["drop"] += 1


def progress(here: Here) -> None:
    """What the threads are at, looked at again and again until they are done."""
    if drafts.settle():
        # The sidebar was drawn before the import was done.
        st.rerun()
    if drafts.busy() or drafts.importing():
        st.fragment(_progress, run_every=LOOKS)(here)


def _progress(here: Here) -> None:
    busy, running = drafts.busy(), drafts.importing()
    if running:
        _storing(running, here)
    for draft in busy:
        _being_read(draft, here)
    ended = any(cast(Job[object], draft.job).done for draft in busy)
    if ended or (running and running.job.done):
        st.rerun()


def _being_read(draft: Draft, here: Here) -> None:
    job = cast(Job[object], draft.job)
    size = i18n.number(max(len(draft.data) / 2**20, 0.1), here.lang, 1)
    said = here.text("data.waiting")
    if job.seconds is not None:
        said = here.text("data.reading", n=int(job.seconds), size=size)
    name, button = st.columns([5, 1], vertical_alignment="center")
    name.markdown(f":material/hourglass_top: **{plain(draft.file)}** :gray[{plain(said)}]")
    button.button(
        here.text("data.cancel"),
        key=f"{draft.id}_cancel",
        type="tertiary",
        on_click=drafts.cancel,
        args=(draft.id,),
    )


def _storing(running: Importing, here: Here) -> None:
    done, of = len(running.done), len(running.drafts)
    words = here.text("data.importing", place=min(done + 1, of), of=of, file=plain(running.current.file))
    st.progress(done / of, text=words)


def files(here: Here) -> None:
    """Every file that was dropped and is not imported yet, and the button for all that are ready."""
    running = drafts.importing()
    waiting = [draft for draft in drafts.everything() if not running or draft.id not in running.ids]
    shown = [drafts.vetted(draft, here) for draft in waiting if draft.reading or draft.fault]
    ready = [draft for draft in shown if draft.ready]
    if not shown:
        return
    with st.container(border=True, gap="medium", key="dropped"):
        for draft in shown:
            _file(draft, here, opened=len(waiting) <= OPEN)
        if len(waiting) > 1 and ready:
            st.button(
                here.text("data.import_all", n=len(ready)),
                key="import_all",
                type="primary",
                disabled=running is not None,
                on_click=lambda: drafts.store(ready, here, _replacing(ready)),
            )


def _replacing(ready: list[Draft]) -> set[str]:
    return {draft.id for draft in ready if st.session_state.get(f"{draft.id}_replace")}


def _file(draft: Draft, here: Here, *, opened: bool) -> None:
    with st.container(key=f"draft_{draft.id}", gap="xxsmall"):
        what, ways = st.columns([5, 3], vertical_alignment="top")
        what.markdown("  \n".join([f"{_sign(draft)}\u00a0**{plain(draft.file)}**", *_lines(draft, here)]))
        with ways.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
            _ways(draft, here)
        agreeing.ask(draft, here)
        if draft.reading:
            details = st.expander(
                here.text("data.details"),
                expanded=opened,
                key=f"{draft.id}_details",
                on_change="rerun",
                type="compact",
            )
            if details.open:
                with details:
                    _details(draft, here)


def _sign(draft: Draft) -> str:
    if draft.fault:
        return ":red[!]"
    return ":green[✓]" if draft.ready else ":orange[?]"


def _lines(draft: Draft, here: Here) -> list[str]:
    """What it holds, and what keeps it from being imported; as Markdown."""
    if draft.fault:
        return [f":red[{plain(i18n.error_message(draft.fault, here.lang))}]"]
    lines = [_described(table, here) for table in draft.tables[:TABLES]]
    if len(draft.tables) > TABLES:
        lines.append(here.text("data.more_tables", n=len(draft.tables) - TABLES))
    if not draft.ready and not draft.job:
        lines.append(f":orange[{plain(_waits_for(draft, here))}]")
    return lines


def _described(table: TableReading, here: Here) -> str:
    where = f"{plain(table.sheet)} · " if table.sheet else ""
    counts = plain(fates.summary(table.rows, fates.of_table(table), here))
    return f"{where}{plain(here.text(f'layout.{table.layout}'))} · {counts}"


def _ways(draft: Draft, here: Here) -> None:
    """Import, read again after a cancelled reading, start over, remove."""
    if draft.reading:
        st.button(
            here.text("data.import"),
            key=f"{draft.id}_import",
            type="secondary" if len(drafts.everything()) > 1 else "primary",
            disabled=not draft.ready or drafts.importing() is not None,
            on_click=lambda: drafts.store([draft], here, _replacing([draft])),
        )
    again = draft.fault is not None and draft.fault.code == "reading_cancelled"
    if again or draft.decided:
        st.button(
            here.text("data.read_again" if again else "data.start_over"),
            key=f"{draft.id}_again",
            on_click=drafts.start_over,
            args=(draft.id,),
        )
    st.button(
        here.text("data.remove"),
        key=f"{draft.id}_remove",
        type="tertiary",
        icon=":material/close:",
        on_click=drafts.remove,
        args=(draft.id,),
    )


def _details(draft: Draft, here: Here) -> None:
    """One table's columns and rows; of several tables, the one that is chosen."""
    place = 0
    if len(draft.tables) > 1:
        place = st.selectbox(
            here.text("data.sheet"),
            range(len(draft.tables)),
            format_func=lambda at: _short(draft, at, here),
            key=f"{draft.id}_table",
            width=420,
        )
    table = draft.tables[min(place, len(draft.tables) - 1)]
    key = f"{draft.id}_{place}"
    fates.notes(table, here)
    columns, rows = st.tabs(
        [here.text("data.columns"), here.text("data.preview")], key=f"{key}_tabs", on_change="rerun"
    )
    if columns.open:
        with columns:
            meaning.draw(draft, table, key, here)
    if rows.open:
        with rows:
            fates.preview(table, key, here)
    st.checkbox(here.text("data.replace"), key=f"{draft.id}_replace", help=here.text("data.replace_help"))


def _short(draft: Draft, at: int, here: Here) -> str:
    table = draft.tables[at]
    rows = here.text("data.rows", n=table.rows)
    return f"{table.sheet or at + 1} · {here.text(f'layout.{table.layout}')} · {rows}"


def _waits_for(draft: Draft, here: Here) -> str:
    """What keeps a draft from being imported."""
    if draft.blocked:
        return here.text("data.answer_first")
    if draft.withheld and draft.reading and draft.reading.accepted:
        return here.text("check.refused")
    if all(table.layout == "unknown" for table in draft.tables):
        return here.text("data.not_understood")
    return here.text("data.nothing_taken")
