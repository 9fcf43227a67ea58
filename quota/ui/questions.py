"""Everything that only a person knows about the dropped files, asked on one screen and answered at once.

The same thing is asked once, however many files and sheets ask it. Answers are collected in
a form, so that no row moves under the hand that fills it in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import available_timezones

import pandas as pd
import streamlit as st

from quota import i18n
from quota.ingest import Question
from quota.ingest.records import KIND_OPTIONS
from quota.ui import drafts, grids
from quota.ui.drafts import Draft
from quota.ui.state import Here
from quota.ui.words import plain

# In this order they are asked; those that block come first.
SINGLE = ("rep_of_file", "date_order", "year_of_label", "targets_are_quotas", "zone_of_times")
GRIDS = ("kind_of_value", "same_rep")
_DATE = re.compile(r"(\d{1,2})\D(\d{1,2})\D(\d{4})(?!\d)")


@dataclass(frozen=True)
class Ask:
    """A question, the drafts (by id) that ask it, their files' names, and how many rows wait."""

    question: Question
    drafts: tuple[str, ...]
    files: tuple[str, ...]
    rows: int

    @property
    def key(self) -> str:
        """The key of its widget."""
        question = self.question
        return f"ask_{question.code}_{self.drafts[0]}_{question.column}_{question.value}"


def gathered(waiting: Iterable[Draft]) -> list[Ask]:
    """What is asked about the drafts, the same thing once, what blocks first."""
    found: dict[tuple[object, ...], Ask] = {}
    for draft in waiting:
        for question in draft.questions:
            same = _sameness(draft, question)
            held = found.get(same, Ask(question, (), (), 0))
            more = () if draft.id in held.drafts else (draft.id,)
            files = held.files + (draft.file,) * len(more)
            found[same] = Ask(held.question, held.drafts + more, files, held.rows + question.rows)
    order = (*SINGLE[:3], *GRIDS, *SINGLE[3:])
    return sorted(found.values(), key=lambda ask: order.index(ask.question.code))


def _sameness(draft: Draft, question: Question) -> tuple[object, ...]:
    """What makes a question the same as another: how far its answer reaches."""
    code = question.code
    match code:
        case "rep_of_file" | "year_of_label":
            return code, draft.id
        case "date_order":
            return code, draft.id, question.column
        case "kind_of_value" | "same_rep":
            return code, question.value
    return code, question.options


def ask(here: Here) -> None:
    """The one block of questions, if there are any."""
    asked = gathered(drafts.everything())
    if not asked:
        return
    blocking = sum(one.question.blocks for one in asked)
    with st.form("questions"):
        told = {"data.ask_first": blocking, "data.ask_maybe": len(asked) - blocking}
        title = " · ".join(here.text(key, n=n) for key, n in told.items() if n)
        st.subheader(plain(title), anchor=False)
        for code in dict.fromkeys(one.question.code for one in asked):
            group = [one for one in asked if one.question.code == code]
            if code in GRIDS:
                _grid(code, group, here)
            else:
                for one in group:
                    _single(one, here)
            if not group[0].question.blocks:
                st.caption(plain(here.text(f"open.{code}")))
        st.form_submit_button(
            here.text("data.answer"), key="answer", type="primary", on_click=_answer, args=(asked,)
        )


def _whose(question: Question, option: str, here: Here) -> str:
    """A column of people is answered as a whole: whoever stands in it."""
    column = question.code == "rep_of_file" and option in question.options
    return here.text("data.whoever_in", column=option) if column else option


def _single(one: Ask, here: Here) -> None:
    question = one.question
    about = {"column": plain(question.column), "value": plain(question.value)}
    words = here.text(f"question.{question.code}", **about)
    if question.code != "rep_of_file":
        words = f"{words}  \n:small[:gray[{plain(_files(one, here))}]]"
    if question.code in ("rep_of_file", "zone_of_times"):
        named = question.code == "rep_of_file"
        st.selectbox(
            words,
            (*question.options, *here.everyone.reps) if named else _zones(question),
            format_func=lambda option: _whose(question, option, here),
            index=None,
            key=one.key,
            placeholder=here.text("data.choose_rep" if named else "data.choose"),
            accept_new_options=named,
            width=420,
        )
        return
    st.radio(
        words,
        question.options,
        index=None,
        key=one.key,
        format_func=lambda option: _option(question, option, here),
        horizontal=True,
    )


def _zones(question: Question) -> list[str]:
    """The viewer's own zone, those that most live by, then all there are."""
    own = st.context.timezone
    return list(dict.fromkeys([*([own] if own else []), *question.options, *sorted(available_timezones())]))


def _files(one: Ask, here: Here) -> str:
    first = ", ".join(one.files[:2])
    return first if len(one.files) < 3 else here.text("data.and_more", files=first, n=len(one.files) - 2)


def _option(question: Question, option: str, here: Here) -> str:
    match question.code:
        case "date_order":
            words = here.text("data.day_first" if option == "dmy" else "data.month_first")
            day = _as(question.value, option)
            return f"{words}: {i18n.short_date(day, here.lang)}" if day else words
        case "targets_are_quotas":
            return here.text("data.yes" if option == "yes" else "data.no")
    return option


def _as(text: str, order: str) -> date | None:
    """The day that a text names if its numbers stand in this order."""
    found = _DATE.search(text)
    if not found:
        return None
    one, other, year = map(int, found.groups())
    day, month = (one, other) if order == "dmy" else (other, one)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _grid(code: str, group: Sequence[Ask], here: Here) -> None:
    """A line per value: what stands in the file, how often, and what it is."""
    kinds = code == "kind_of_value"
    st.markdown(here.text("data.ask_kinds" if kinds else "data.ask_reps"))
    options, label = _choices(code, group, here)
    shown = pd.DataFrame(
        {
            "value": [one.question.value for one in group],
            "column": [one.question.column for one in group],
            "rows": pd.array([one.rows or None for one in group], dtype="Int64"),
            "answer": pd.array([None] * len(group), dtype="str"),
        }
    )
    config = st.column_config
    st.data_editor(
        shown,
        column_config={
            "value": config.TextColumn(here.text("data.written"), disabled=True, pinned=True),
            "column": config.TextColumn(here.text("data.column"), disabled=True),
            "rows": config.NumberColumn(here.text("data.row_count"), disabled=True, format="localized"),
            "answer": config.SelectboxColumn(
                here.text("data.is_kind" if kinds else "data.is_rep"),
                options=options,
                format_func=label,
                width="medium",
            ),
        },
        column_order=["value", "answer", "rows", "column"],
        hide_index=True,
        height=grids.ROW * (min(len(group), 10) + 1) + 2,
        row_height=grids.ROW,
        placeholder="",
        key=_grid_key(code, group),
        alt=here.text("data.ask_kinds" if kinds else "data.ask_reps"),
    )


def _grid_key(code: str, group: Sequence[Ask]) -> str:
    # Answers are kept by the number of the row: other rows are another grid.
    return f"ask_{code}_{hash(tuple(one.question.value for one in group))}"


def _choices(code: str, group: Sequence[Ask], here: Here) -> tuple[list[str], Callable[[Any], str]]:
    if code == "kind_of_value":
        never = here.text("data.never_count")
        return list(KIND_OPTIONS), lambda kind: here.text(f"kind.{kind}") if kind else never
    names = dict.fromkeys(name for one in group for name in one.question.options if name)
    nobody = here.text("data.somebody_else")
    return [*names, ""], lambda name: name or nobody


def _answer(asked: Sequence[Ask]) -> None:
    """Read again what was answered; what was left open stays a question."""
    changes: dict[str, dict[str, Any]] = {}
    for one, answer in _given(asked):
        for id in one.drafts:
            for name, value in _decision(one.question, answer, id).items():
                held = changes.setdefault(id, {})
                held[name] = {**held.get(name, {}), **value} if isinstance(value, dict) else value
    for id, decided in changes.items():
        drafts.decide(id, **decided)


def _given(asked: Sequence[Ask]) -> list[tuple[Ask, str]]:
    found = []
    for code in GRIDS:
        group = [one for one in asked if one.question.code == code]
        edited = st.session_state.get(_grid_key(code, group), {}).get("edited_rows", {}) if group else {}
        found += [
            (group[int(at)], row["answer"]) for at, row in edited.items() if row.get("answer") is not None
        ]
    singles = [one for one in asked if one.question.code in SINGLE]
    return found + [(one, answer) for one in singles if (answer := st.session_state.get(one.key))]


def _decision(question: Question, answer: str, id: str) -> dict[str, Any]:
    """An answer as fields of `Choices`."""
    match question.code:
        case "rep_of_file":
            return {"fields": {answer: "rep"}} if answer in question.options else {"rep": answer}
        case "date_order":
            columns = [match for table in drafts.one(id).tables for match in table.columns]
            field = next(match.field for match in columns if match.header == question.column)
            return {"fields": {question.column: f"{field}:{answer}"}}
        case "year_of_label":
            return {"year": int(answer)}
        case "targets_are_quotas":
            return {"targets": answer == "yes"}
        case "zone_of_times":
            return {"zone": answer}
        case "same_rep":
            return {"reps": {question.value: answer}}
    return {"kinds": {question.value: answer}}
