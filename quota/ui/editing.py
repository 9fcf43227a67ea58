"""A sheet in a grid: edit, see what is wrong where and what it would change, save as one import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd
import pyarrow as pa
import streamlit as st

from quota import checks, i18n
from quota.ui import cache, changing, impact, people_sheets
from quota.ui.rows import records
from quota.ui.sheets import ORIGIN, Sheet, changes, editable, tidied
from quota.ui.state import Here, author, now
from quota.ui.words import plain

T = TypeVar("T")


@dataclass(frozen=True)
class Stored:
    """A table as it is stored: `shown` as the grid begins with it, `rows` tidied, and what is wrong."""

    shown: pd.DataFrame
    rows: pd.DataFrame
    issues: pd.DataFrame


def draw(sheet: Sheet, here: Here) -> None:
    """The grid, what is wrong with it, what it would change, and the button that saves it."""
    stored = cache.once(lambda: _stored(sheet, here), "stored", *here.scope[:2], sheet.name)
    edited = _grid(sheet, stored.shown, here)
    held = stored.rows
    after = held
    if not edited.equals(stored.shown):
        after = _once("draft", edited, lambda: tidied(edited, sheet), sheet, here)
    st.caption(here.text("people.grid_help"))
    issues = _new(after, stored, sheet, here)
    _show(issues, after, here)
    kept = _keep_unknown(issues, sheet, here)
    wrong = bool((issues["new"] & checks.refused(issues, keep_unknown=kept)).any())
    if not wrong and not after.equals(held):
        after, wrong = changing.ask(held, after, sheet, here, lambda rows: _wrong(rows, stored, sheet, here))
    rows = changes(held, held, sheet)
    if after is not held:
        rows = _once("changes", after, lambda: changes(held, after, sheet), sheet, here)
    if rows.num_rows and not wrong:
        impact.draw(sheet, after, rows, here)
    if st.button(
        here.text("people.save"),
        key=f"save_{sheet.name}",
        type="primary",
        disabled=rows.num_rows == 0 or wrong,
        on_click=save,
        args=(sheet, rows, here),
    ):
        st.toast(here.text("people.saved"), icon=":material/check:")
    if rows.num_rows and wrong:
        st.caption(here.text("people.mend_first"))


def _once(what: str, rows: pd.DataFrame, make: Callable[[], T], sheet: Sheet, here: Here) -> T:
    """What `make` returns of rows of a sheet, made once for what they hold."""
    return cache.once(make, what, *here.scope[:2], sheet.name, cache.digest(rows))


def _stored(sheet: Sheet, here: Here) -> Stored:
    shown = editable(people_sheets.stored(sheet, here), sheet)
    rows = tidied(shown, sheet)
    return Stored(shown, rows, _issues(rows, sheet, people_sheets.known(here)))


def _new(rows: pd.DataFrame, stored: Stored, sheet: Sheet, here: Here) -> pd.DataFrame:
    """What is wrong with the rows, and whether it is new: what was stored so does not stop an edit."""
    then = stored.issues
    if rows.equals(stored.rows):
        return then.assign(new=False)
    now = _once("issues", rows, lambda: _issues(rows, sheet, people_sheets.known(here)), sheet, here)
    marks = [ORIGIN, "column", "value", "code"]
    stood = checks.lines(now, marks).isin(checks.lines(then, marks)) & now[ORIGIN].notna()
    return now.assign(new=~stood)


def _issues(rows: pd.DataFrame, sheet: Sheet, known: checks.Known) -> pd.DataFrame:
    """What is wrong with the rows of a grid, with the stored row that each was."""
    issues = checks.found(sheet.name, rows, known)
    return issues.assign(**{ORIGIN: rows[ORIGIN].reindex(issues["row"]).to_numpy()})


def _wrong(rows: pd.DataFrame, stored: Stored, sheet: Sheet, here: Here) -> bool:
    """Whether rows as they would be stored are refused; people who are not known were asked about."""
    issues = _new(rows.reset_index(drop=True), stored, sheet, here)
    return bool((issues["new"] & checks.refused(issues, keep_unknown=True)).any())


def _keep_unknown(issues: pd.DataFrame, sheet: Sheet, here: Here) -> bool:
    """Whether rows for people who are not known are kept; asked where there are any."""
    if not (issues["new"] & issues["code"].isin(list(checks.UNKNOWN))).any():
        return False
    return st.checkbox(
        here.text("check.keep_unknown"),
        key=f"keep_unknown_{sheet.name}",
        help=here.text("check.unknown_help"),
    )


def _grid(sheet: Sheet, stored: pd.DataFrame, here: Here) -> pd.DataFrame:
    """The rows as they are edited; drafts that were put in stand below the stored ones."""
    base, put = _base(sheet, stored, here)
    names = sheet.schema.names
    if sheet.usual:
        more = stored[[name for name in names if name not in sheet.usual]]
        used = bool((more.notna() & (more != False)).any(axis=None))  # noqa: E712
        if not st.toggle(here.text("people.more"), value=used, key=f"more_{sheet.name}"):
            names = list(sheet.usual)
    edited: pd.DataFrame = st.data_editor(
        base,
        column_config=people_sheets.columns(sheet, here),
        column_order=names,
        num_rows="dynamic",
        hide_index=True,
        height=35 * (min(len(base), 15) + 2) + 2,
        key=f"edit_{sheet.name}_{here.version}_{put}",
        placeholder="",
        alt=here.text(f"layout.{sheet.name}"),
    )
    st.session_state[f"edited_{sheet.name}"] = edited
    return edited


def put(sheet: Sheet, drafts: pd.DataFrame, here: Here) -> None:
    """Put drafts (columns of the sheet) below what is edited, not saved; only in a callback."""
    edited = st.session_state[f"edited_{sheet.name}"]
    added = editable(drafts.reindex(columns=sheet.schema.names), sheet).assign(**{ORIGIN: float("nan")})
    _, times = _base(sheet, edited, here)
    rows = pd.concat([edited, added], ignore_index=True)
    st.session_state[f"base_{sheet.name}"] = (here.version, rows, times + 1)


def _base(sheet: Sheet, stored: pd.DataFrame, here: Here) -> tuple[pd.DataFrame, int]:
    """What the grid starts from, and how often drafts were put into it; a save begins anew."""
    version, rows, times = st.session_state.get(f"base_{sheet.name}", (None, stored, 0))
    return (rows, times) if version == here.version else (stored, 0)


def save(sheet: Sheet, rows: pa.Table, here: Here) -> None:
    """Store the rows as one import, named after what was edited; only in a callback."""
    named = here.text("people.edited", sheet=here.text(f"layout.{sheet.name}"))
    here.workspace.enter(named, {sheet.name: rows}, by=author(), now=now())


def _show(issues: pd.DataFrame, rows: pd.DataFrame, here: Here) -> None:
    """Each issue with the row and the column it is in."""
    for issue in records(issues):
        place = here.text(
            "people.place",
            row=int(issue["row"]) + 1,
            name=plain(rows.iloc[issue["row"], 0]),
            column=here.text(f"field.{issue['column']}"),
        )
        details = {
            "column": here.text(f"field.{issue['column']}"),
            "value": i18n.ABSENT if pd.isna(issue["value"]) else issue["value"],
            "near": issue["near"],
        }
        said = i18n.issue_message(issue["code"], here.lang, **details)
        mild = issue["code"] in checks.SAID or not issue["new"]
        (st.warning if mild else st.error)(f"{place}: {plain(said)}")
