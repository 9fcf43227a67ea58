"""What a table was taken for: its layout and what each column means, with the reason, to correct."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from quota import i18n
from quota.columns import LAYOUTS
from quota.ingest import Match, TableReading, layouts
from quota.ingest.records import IGNORED
from quota.ui import drafts, widgets
from quota.ui.drafts import Draft
from quota.ui.state import Here
from quota.ui.words import plain

# How many columns are listed at once: a tracker may have one per week.
COLUMNS = 12


def draw(draft: Draft, table: TableReading, key: str, here: Here) -> None:
    """Layout and columns; those that are used first, because of forty most are not."""
    if len(draft.tables) == 1:
        _layout(draft, table, key, here)
    unused = [match for match in table.columns if not match.field]
    used = [match for match in table.columns if match.field]
    shown = used
    if len(table.columns) <= COLUMNS or not used:
        shown = list(table.columns)
    elif unused:
        names = ", ".join(_cut(match.header, 30) for match in unused[:COLUMNS])
        more = "…" if len(unused) > COLUMNS else ""
        label = here.text("data.show_unused", n=len(unused))
        if st.toggle(label, key=f"{key}_unused", help=plain(names + more)):
            shown = used + unused
    for match in widgets.page_of(shown, COLUMNS, f"{key}_columns"):
        _column(draft, table, match, f"{key}_{match.index}", here)


def _layout(draft: Draft, table: TableReading, key: str, here: Here) -> None:
    shown = f"{key}_layout"
    st.session_state[shown] = table.layout
    st.selectbox(
        here.text("data.layout"),
        LAYOUTS if table.layout == "unknown" else LAYOUTS[:-1],
        key=shown,
        format_func=lambda layout: here.text(f"layout.{layout}"),
        width=280,
        on_change=lambda: drafts.decide(draft.id, layout=st.session_state[shown]),
    )


def _column(draft: Draft, table: TableReading, match: Match, key: str, here: Here) -> None:
    heading, choice, why = st.columns([3, 3, 4], vertical_alignment="center")
    samples = ", ".join(match.samples[:3]) or here.text("data.empty_column")
    name = plain(_cut(match.header, 60))
    heading.markdown(f"**{name}**  \n:small[:gray[{plain(_cut(samples, 60))}]]")
    if match.reason_code in ("counts_kind", "dates_kind", "names_period", "names_rep"):
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
        on_change=lambda: drafts.decide(draft.id, fields={match.header: st.session_state[key]}),
    )


def _meaning(match: Match, here: Here) -> str:
    kind = match.reason_details.get("kind")
    if kind:
        return i18n.kinds_label(str(kind), here.lang)
    return here.text("field.rep" if match.reason_code == "names_rep" else "field.period")


def fields_of(layout: str) -> tuple[str, ...]:
    """The fields that a column of a table may be taken for."""
    return next((one.fields for one in (*layouts.LAYOUTS, layouts.COUNTS) if one.name == layout), ())


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
