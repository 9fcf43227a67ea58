"""Quotas, people and absences in a grid: edit, see what is wrong where, save as one import.

Nothing is overwritten: a save appends the rows that differ, and a withdrawn row for each
identity that is gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st

from quota import columns as c
from quota import i18n, rules
from quota.ui.rows import records
from quota.ui.state import Here, author, now
from quota.ui.words import plain

# Issues that do not hold up a save: the row is kept and may come to hold later.
WARNINGS = rules.WARNINGS | {"unknown_calendar", "stranger"}
ISSUE = ["row", "column", "value", "code"]


@dataclass(frozen=True)
class Sheet:
    """One of the tables that people write."""

    name: str
    schema: pa.Schema
    required: tuple[str, ...]
    check: Callable[[pd.DataFrame, Here], pd.DataFrame]
    lists: tuple[str, ...] = ()  # texts that hold several values, joined with "+"


def draw(sheet: Sheet, stored: pd.DataFrame, here: Here, configure: dict[str, Any]) -> None:
    """The grid, what is wrong with it, and the button that saves it."""
    before = editable(stored, sheet)
    edited = st.data_editor(
        before,
        column_config=configure,
        column_order=sheet.schema.names,
        num_rows="dynamic",
        hide_index=True,
        height=35 * (min(len(before), 15) + 2) + 2,
        key=f"edit_{sheet.name}_{here.version}",
        placeholder="",
        alt=here.text(f"layout.{sheet.name}"),
    )
    st.caption(here.text("people.grid_help"))
    after = tidied(edited, sheet)
    issues = found_issues(after, sheet, here)
    _show(issues, after, here)
    wrong = ~issues["code"].isin(WARNINGS)
    rows = changes(tidied(before, sheet), after, sheet)
    if st.button(
        here.text("people.save"),
        key=f"save_{sheet.name}",
        type="primary",
        disabled=rows.num_rows == 0 or bool(wrong.any()),
        on_click=save,
        args=(sheet, rows, here),
    ):
        st.toast(here.text("people.saved"), icon=":material/check:")
    if rows.num_rows and wrong.any():
        st.caption(here.text("people.mend_first"))


def editable(stored: pd.DataFrame, sheet: Sheet) -> pd.DataFrame:
    """The rows of a stored table with types that the grid can edit, also when there are none."""
    rows: pd.DataFrame = stored[sheet.schema.names].reset_index(drop=True)
    for field in sheet.schema:
        if pa.types.is_date(field.type):
            rows[field.name] = pd.to_datetime(rows[field.name]).astype("datetime64[us]")
        else:
            rows[field.name] = rows[field.name].astype(
                "float64" if pa.types.is_floating(field.type) else "str"
            )
    for name in sheet.lists:
        rows[name] = rows[name].str.split(r"\s*\+\s*", regex=True).astype(object)
    return rows


def tidied(rows: pd.DataFrame, sheet: Sheet) -> pd.DataFrame:
    """The rows of the grid without blank ones, texts without spaces around them and never empty."""
    kept: pd.DataFrame = rows[sheet.schema.names].copy()
    for name in sheet.lists:
        kept[name] = [None if _blank(several) else "+".join(several) for several in kept[name]]
    for field in sheet.schema:
        if pa.types.is_string(field.type):
            stripped = kept[field.name].astype("str").str.strip()
            kept[field.name] = stripped.where(stripped != "")
    filled: pd.DataFrame = kept.dropna(how="all").reset_index(drop=True)
    return filled


def _blank(several: object) -> bool:
    return not isinstance(several, list | tuple | np.ndarray) or not len(several)


def changes(before: pd.DataFrame, after: pd.DataFrame, sheet: Sheet) -> pa.Table:
    """The rows of `after` that `before` does not hold, and withdrawn ones for what is gone."""
    identity = list(c.IDENTITY[sheet.name])
    new = after[~_lines(after, sheet.schema.names).isin(_lines(before, sheet.schema.names))]
    gone = before[~_lines(before, identity).isin(_lines(after, identity))]
    rows = pd.concat([new.assign(withdrawn=False), gone.assign(withdrawn=True)])
    # What is missing is found by the checks: here it may be null.
    schema = pa.schema([*((field.name, field.type) for field in sheet.schema), (c.WITHDRAWN, pa.bool_())])
    return pa.Table.from_pandas(rows, schema=schema, preserve_index=False)


def _lines(rows: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """Each row as a tuple of these columns, None where missing."""
    values = rows[list(names)].astype(object)
    lines = [tuple(line) for line in values.where(values.notna(), None).to_numpy()]
    return pd.Series(lines, index=rows.index, dtype=object)


def save(sheet: Sheet, rows: pa.Table, here: Here) -> None:
    """Store the rows as one import, named after what was edited; only in a callback."""
    here.workspace.commit(
        file=here.text("people.edited", sheet=here.text(f"layout.{sheet.name}")),
        data=None,
        sha256=hashlib.sha256(repr(rows.to_pylist()).encode()).hexdigest(),
        by=author(),
        now=now(),
        tables={sheet.name: rows},
        rejects=None,
        record={
            "rows": rows.num_rows,
            "accepted": rows.num_rows,
            "skipped": 0,
            "rejected": 0,
            "mapping": None,
        },
    )
    st.session_state["saved"] = sheet.name


def found_issues(rows: pd.DataFrame, sheet: Sheet, here: Here) -> pd.DataFrame:
    """Everything wrong with the rows: row (position), column, value, code."""
    missing = [
        (row, name, None, "no_value") for name in sheet.required for row in rows.index[rows[name].isna()]
    ]
    return pd.concat([pd.DataFrame(missing, columns=ISSUE), sheet.check(rows, here)], ignore_index=True)


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
        }
        said = i18n.issue_message(issue["code"], here.lang, **details)
        (st.warning if issue["code"] in WARNINGS else st.error)(f"{place}: {plain(said)}")
