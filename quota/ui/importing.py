"""A dropped file on the data page: what it holds, how it was understood, what to ask, what to do."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from quota import i18n
from quota.columns import LAYOUTS
from quota.ingest import Match, Question, TableReading, layouts
from quota.ingest.records import IGNORED
from quota.ui import drafts, widgets
from quota.ui.drafts import Draft
from quota.ui.rows import Row, records
from quota.ui.state import Here
from quota.ui.words import plain

# How many columns are listed at once: a tracker may have one per week.
COLUMNS = 12
TYPES = ("csv", "tsv", "txt", "xlsx", "xlsm", "xls", "xlsb", "ods", "zip", "gz", "htm", "html", "xml")
TINTS = {
    "skipped": "background-color: rgba(127, 135, 144, 0.18)",
    "rejected": "background-color: rgba(213, 94, 0, 0.22)",
}


def draw(draft: Draft, here: Here) -> None:
    """One file: its tables, or the sentence that says why it cannot be read."""
    with st.container(border=True, key=f"draft_{draft.id}"):
        st.subheader(plain(draft.file), anchor=False)
        if draft.fault:
            st.error(plain(i18n.error_message(draft.fault, here.lang)))
            return
        for place, table in enumerate(draft.tables):
            _table(draft, table, f"{draft.id}_{place}", here)
        _ready(draft, here)


def summary(rows: int, accepted: int, skipped: int, rejected: int, here: Here) -> str:
    """ "1,654 rows: 1,616 taken, 37 left out, 1 refused", as Markdown."""
    words = [here.text("data.taken", n=accepted)]
    words += [here.text("data.left_out", n=skipped)] if skipped else []
    words += [here.text("data.refused", n=rejected)] if rejected else []
    return plain(f"{here.text('data.rows', n=rows)}: {', '.join(words)}")


def _table(draft: Draft, table: TableReading, key: str, here: Here) -> None:
    name = here.text(f"layout.{table.layout}")
    where = f"{plain(table.sheet)} · " if table.sheet else ""
    counts = summary(table.rows, table.accepted, table.skipped, table.rejected, here)
    st.markdown(f"{where}**{plain(name)}** · {counts}")
    for note in records(table.issues[table.issues["status"] == "note"]):
        st.caption(f":material/info: {plain(reason(note, here))}")
    for question in (one for one in table.questions if one.code != "targets_are_quotas"):
        _ask(draft, table, question, f"{key}_{question.code}_{question.column}_{question.value}", here)
    columns, rows = st.tabs([here.text("data.columns"), here.text("data.preview")], key=f"{key}_tabs")
    with columns:
        if len(draft.tables) == 1:
            _layout(draft, table, key, here)
        for match in widgets.page_of(table.columns, COLUMNS, f"{key}_columns"):
            _column(draft, table, match, f"{key}_{match.index}", here)
    with rows:
        _preview(table, key, here)


def _ask(draft: Draft, table: TableReading, question: Question, key: str, here: Here) -> None:
    details = {"column": plain(question.column), "value": plain(question.value)}
    words = here.text(f"question.{question.code}", **details)
    if question.code == "rep_of_file":
        st.selectbox(
            words,
            here.everyone.reps,
            index=None,
            key=key,
            placeholder=here.text("data.choose_rep"),
            accept_new_options=True,
            on_change=_answer,
            args=(draft, table, question, key),
        )
        return
    st.radio(
        words,
        question.options,
        index=None,
        key=key,
        format_func=lambda option: _option(question, option, here),
        horizontal=True,
        on_change=_answer,
        args=(draft, table, question, key),
    )


def _option(question: Question, option: str, here: Here) -> str:
    if question.code == "date_order":
        return here.text("data.day_first" if option == "dmy" else "data.month_first")
    if question.code == "year_of_label":
        return option
    if question.code == "same_rep":
        return option or i18n.ABSENT
    return here.text(f"kind.{option}") if option else here.text("data.never_count")


def _answer(draft: Draft, table: TableReading, question: Question, key: str) -> None:
    answer = st.session_state[key]
    match question.code:
        case "date_order":
            field = next(match.field for match in table.columns if match.header == question.column)
            drafts.decide(draft, fields={question.column: f"{field}:{answer}"})
        case "rep_of_file":
            drafts.decide(draft, rep=answer)
        case "year_of_label":
            drafts.decide(draft, year=int(answer))
        case "same_rep":
            drafts.decide(draft, reps={question.value: answer})
        case _:
            drafts.decide(draft, kinds={question.value: answer})


def _layout(draft: Draft, table: TableReading, key: str, here: Here) -> None:
    shown = f"{key}_layout"
    st.session_state[shown] = table.layout
    st.selectbox(
        here.text("data.layout"),
        LAYOUTS if table.layout == "unknown" else LAYOUTS[:-1],
        key=shown,
        format_func=lambda layout: here.text(f"layout.{layout}"),
        width=280,
        on_change=lambda: drafts.decide(draft, layout=st.session_state[shown]),
    )


def _column(draft: Draft, table: TableReading, match: Match, key: str, here: Here) -> None:
    heading, choice, why = st.columns([3, 3, 4], vertical_alignment="center")
    samples = ", ".join(match.samples[:3]) or here.text("data.empty_column")
    heading.markdown(f"**{plain(match.header)}**  \n:small[:gray[{plain(_cut(samples))}]]")
    if match.reason_code in ("counts_kind", "names_period"):
        choice.markdown(plain(_meaning(match, here)))
    else:
        _choose_field(draft, table, match, key, here, choice)
    why.caption(plain(here.text(f"reason.{match.reason_code}", **match.reason_details)))


def _choose_field(
    draft: Draft, table: TableReading, match: Match, key: str, here: Here, place: DeltaGenerator
) -> None:
    st.session_state[key] = match.field or IGNORED
    place.selectbox(
        here.text("data.is_field", column=plain(match.header)),
        [IGNORED, *fields_of(table.layout)],
        key=key,
        format_func=lambda field: here.text(f"field.{field}" if field else "data.not_used"),
        label_visibility="collapsed",
        on_change=lambda: drafts.decide(draft, fields={match.header: st.session_state[key]}),
    )


def _meaning(match: Match, here: Here) -> str:
    kind = match.reason_details.get("kind")
    return i18n.kinds_label(str(kind), here.lang) if kind else here.text("field.period")


def fields_of(layout: str) -> tuple[str, ...]:
    """The fields that a column of a table may be taken for."""
    return next((one.fields for one in (*layouts.LAYOUTS, layouts.COUNTS) if one.name == layout), ())


def _cut(text: str, length: int = 60) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _preview(table: TableReading, key: str, here: Here) -> None:
    """The first rows, each with what became of it and why; its tint says the same."""
    rows = table.preview
    untaken = {
        line["row"]: line
        for line in records(table.issues)
        if line["status"] in TINTS and line["row"] == line["row"]
    }
    own = dict.fromkeys(match.header for match in table.columns if match.header in rows)
    shown = rows[list(own)].astype("str")
    shown.insert(0, " row", rows[" row"])
    shown.insert(1, " fate", [_fate(untaken.get(row), here) for row in rows[" row"]])
    tints = [TINTS[untaken[row]["status"]] if row in untaken else "" for row in rows[" row"]]
    st.dataframe(
        shown.style.apply(lambda row: [tints[row.name]] * len(row), axis=1),
        column_config={" row": here.text("data.row"), " fate": here.text("data.fate")},
        hide_index=True,
        height=320,
        placeholder="",
        key=f"{key}_preview",
        alt=here.text("data.preview"),
    )
    if table.rows > len(rows):
        st.caption(here.text("data.first_rows", n=len(rows)))


def reason(line: Row, here: Here) -> str:
    """One issue in words."""
    details = {name: i18n.ABSENT if pd.isna(line[name]) else line[name] for name in ("column", "value")}
    return i18n.issue_message(line["code"], here.lang, **details)


def _fate(issue: Row | None, here: Here) -> str:
    if issue is None:
        return f"✓ {here.text('data.fate_accepted')}"
    skipped = issue["status"] == "skipped"
    word = here.text("data.fate_skipped" if skipped else "data.fate_rejected")
    return f"{'–' if skipped else '!'} {word}: {reason(issue, here)}"


def _ready(draft: Draft, here: Here) -> None:
    """The buttons: import it, or start over with what was decided."""
    replacing = st.checkbox(
        here.text("data.replace"), key=f"{draft.id}_replace", help=here.text("data.replace_help")
    )
    with st.container(horizontal=True):
        if st.button(
            here.text("data.import"), key=f"{draft.id}_import", type="primary", disabled=not draft.ready
        ):
            with st.spinner(here.text("data.importing")):
                drafts.store(draft, here, replace_period=replacing)
            st.rerun()
        if draft.decided:
            st.button(
                here.text("data.start_over"),
                key=f"{draft.id}_again",
                on_click=drafts.start_over,
                args=(draft,),
            )
    if not draft.ready:
        st.caption(_waits_for(draft, here))


def _waits_for(draft: Draft, here: Here) -> str:
    """What keeps a draft from being imported."""
    if any(table.questions for table in draft.tables):
        return here.text("data.answer_first")
    if all(table.layout == "unknown" for table in draft.tables):
        return here.text("data.not_understood")
    return here.text("data.nothing_taken")
