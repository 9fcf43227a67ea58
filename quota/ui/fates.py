"""What becomes of rows, in words, signs and tints: of a file before its import, and of what one left out."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from quota import i18n
from quota.ingest import TableReading
from quota.ui.rows import Row, records
from quota.ui.state import Here
from quota.ui.words import plain

# How many rows are shown; a file's own has as many in its preview.
SHOWN = 200
FATES = ("accepted", "skipped", "rejected")
SIGNS = {"accepted": "✓", "skipped": "–", "rejected": "!"}
TINTS = {
    "accepted": "",
    "skipped": "background-color: rgba(127, 135, 144, 0.18)",
    "rejected": "background-color: rgba(213, 94, 0, 0.22)",
}
# Reasons to leave a row out that are counted by name; all others together.
NAMED = (
    "planned",
    "planned_later",
    "cancelled",
    "draft",
    "no_show",
    "received",
    "not_activity",
    "never_counted",
    "total_row",
    "same_id",
)


def summary(rows: int, counts: Mapping[str, int], here: Here) -> str:
    """ "1,654 rows: 1,616 taken, 37 left out, 1 refused"."""
    return f"{here.text('data.rows', n=rows)}: {', '.join(_parts(counts, here))}"


def _parts(counts: Mapping[str, int], here: Here) -> list[str]:
    return [_count(fate, counts[fate], here) for fate in FATES if counts[fate] or fate == "accepted"]


def _count(fate: str, n: int, here: Here) -> str:
    match fate:
        case "accepted":
            return here.text("data.taken", n=n)
        case "skipped":
            return here.text("data.left_out", n=n)
        case "rejected":
            return here.text("data.refused", n=n)
    return here.text("data.all", n=n)


def left_out(reasons: Mapping[str, int], here: Here) -> list[str]:
    """ "37 planned", "4 cancelled", the most first; what has no name of its own at the end."""
    named = sorted(((n, code) for code, n in reasons.items() if code in NAMED and n), reverse=True)
    others = sum(n for code, n in reasons.items() if code not in NAMED)
    words = [here.text(f"left_out.{code}", n=n) for n, code in named]
    return words + ([here.text("data.left_out", n=others)] if others else [])


def of_table(table: TableReading) -> dict[str, int]:
    """Fate → how many rows of a table."""
    return {"accepted": table.accepted, "skipped": table.skipped, "rejected": table.rejected}


def preview(table: TableReading, key: str, here: Here) -> None:
    """A table's rows with what becomes of each and why: all, or those of one fate."""
    counts = of_table(table)
    fate = _filter(table.rows, counts, f"{key}_fate", here)
    untaken = table.issues[table.issues["status"].isin(FATES)]
    if fate in ("skipped", "rejected"):
        lines = untaken[untaken["status"] == fate].head(SHOWN)
        said, shown = dict(enumerate(records(lines))), contents(lines)
    else:
        held = table.preview
        shown = (held if fate is None else held[held[" status"] == fate]).reset_index(drop=True)
        said = _beside(shown, untaken)
    own = dict.fromkeys(match.header for match in table.columns if match.header in shown)
    draw(shown[[" row", *own]], said, key, here)
    if (counts[fate] if fate else table.rows) > len(shown):
        st.caption(here.text("data.first_rows", n=len(shown)))


def _beside(shown: pd.DataFrame, untaken: pd.DataFrame) -> dict[int, Row]:
    """Place in `shown` → the issue that took the row out."""
    last = shown[" row"].max() if len(shown) else 0
    by_row = {line["row"]: line for line in records(untaken[untaken["row"] <= last])}
    return {at: by_row[row] for at, row in enumerate(shown[" row"]) if row in by_row}


def choose(untaken: pd.DataFrame, key: str, here: Here) -> str | None:
    """Which fate of rows that were not taken is looked at; None for both."""
    counts = {fate: int((untaken["status"] == fate).sum()) for fate in FATES}
    return _filter(len(untaken), counts, key, here)


def _filter(rows: int, counts: Mapping[str, int], key: str, here: Here) -> str | None:
    fates = [fate for fate in FATES if counts[fate]]
    if len(fates) < 2:
        return None
    chosen: str | None = st.segmented_control(
        here.text("data.fate"),
        ["", *fates],
        default="",
        required=True,
        format_func=lambda fate: (
            f"{SIGNS[fate]} {_count(fate, counts[fate], here)}" if fate else _count("", rows, here)
        ),
        key=key,
        label_visibility="collapsed",
    )
    return chosen or None


def contents(lines: pd.DataFrame) -> pd.DataFrame:
    """Issues → their rows' numbers (" row") and cells as they stood in the file, as text."""
    cells = [json.loads(text) if isinstance(text, str) and text else {} for text in lines["content"]]
    own = pd.DataFrame(cells, index=range(len(lines)), dtype=object).fillna("").astype("str")
    own.insert(0, " row", lines["row"].tolist())
    return own


def draw(cells: pd.DataFrame, said: Mapping[int, Row], key: str, here: Here) -> None:
    """Rows (" row" and their cells) with their fate; `said`: place → the issue that took the row out."""
    shown = cells.astype({name: "str" for name in cells.columns if name != " row"})
    shown.insert(1, " fate", [fate(said.get(at), here) for at in range(len(shown))])
    tints = [TINTS[said[at]["status"]] if at in said else "" for at in range(len(shown))]
    config = st.column_config
    st.dataframe(
        shown.style.apply(lambda row: [tints[row.name]] * len(row), axis=1),
        column_config={
            " row": config.NumberColumn(here.text("data.row"), width=60, pinned=True),
            " fate": config.TextColumn(here.text("data.fate"), width="medium"),
        },
        hide_index=True,
        height=min(35 * (len(shown) + 1) + 3, 320),
        placeholder="",
        key=f"{key}_rows",
        alt=here.text("data.preview"),
    )


def reason(line: Row, here: Here) -> str:
    """One issue in words."""
    details = {name: i18n.ABSENT if pd.isna(line[name]) else line[name] for name in ("column", "value")}
    return i18n.issue_message(line["code"], here.lang, near=line.get("near"), **details)


def fate(issue: Row | None, here: Here) -> str:
    """Sign, word and reason of what becomes of a row; without an issue it is taken."""
    if issue is None:
        return f"{SIGNS['accepted']} {here.text('data.fate_accepted')}"
    word = here.text("data.fate_skipped" if issue["status"] == "skipped" else "data.fate_rejected")
    return f"{SIGNS[issue['status']]} {word}: {reason(issue, here)}"


def notes(table: TableReading, here: Here) -> None:
    """What is to be said about a table besides its rows."""
    for note in records(table.issues[table.issues["status"] == "note"]):
        st.caption(f":material/info: {plain(reason(note, here))}")
