"""Why a rep's figures are what they are: the rule, the days, what counted, and the rows it stands in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import streamlit as st

from quota import answers, i18n
from quota.derivation import Derivation
from quota.report import why
from quota.ui import cache, grids
from quota.ui.rows import records
from quota.ui.state import Here
from quota.ui.words import clock, plain

_ROWS = ("ts", "kind", "count", "outcome", "direction", "account", "contact", "sheet", "row")


def draw(here: Here) -> None:
    """A part to open for each quota of the rep that is looked at; nothing is read before it is opened."""
    st.subheader(here.text("rep.why"), anchor=False)
    st.caption(here.text("rep.fair"))
    for place, line in enumerate(_lines(here)):
        every = here.text(f"per.{line.figures['every']}")
        name = plain(f"{line.figures['quota']} ({every})")
        part = st.expander(name, icon=":material/calculate:", key=f"why_{place}", on_change="rerun")
        if part.open:
            with part:
                _told(line, here)
                _days(line, place, here)
                _files(line, place, here)


def _lines(here: Here) -> list[Derivation]:
    return cache.once(
        lambda: answers.derivations(here.facts, here.period, here.as_of, str(here.rep)),
        *("derivations", *here.scope, here.period.key, here.as_of),
    )


def _told(line: Derivation, here: Here) -> None:
    """The rule, the sums and what was left out; days and files have lists of their own."""
    nothing = pd.DataFrame(columns=["file", "rows", "count"])
    said = why.sentences(replace(line, days=line.days[:0]), nothing, here.lang)
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in said))


def _days(line: Derivation, place: int, here: Here) -> None:
    """The days of the period that could be worked, each with what counts of it and why."""
    days = line.days[(line.days["possible"] > 0) | line.days["reasons"].map(why.worth_telling)]
    shown = pd.DataFrame(
        {
            "day": [i18n.day_label(pd.Timestamp(day).date(), here.lang) for day in days["day"]],
            "worked": list(days["available"]),
            "why": [
                ", ".join(why.reason(code, detail, here.lang) for code, detail in day["reasons"])
                for day in records(days)
            ],
        }
    )
    labels = {
        "day": here.text("rep.day"),
        "worked": here.text("rep.worked"),
        "why": here.text("rep.why_day"),
    }
    if (line.days["ramp"] != 1).any():
        shown["ramp"] = list(days["ramp"])
        labels["ramp"] = here.text("field.ramp")
    st.markdown(f"**{here.text('rep.days')}**")
    formats: grids.Formats = {
        "worked": lambda x: grids.amount(x, here.lang),
        "ramp": lambda x: i18n.percent(x, here.lang),
    }
    shown = shown.rename(columns={"why": "why_day"})
    used = {name: write for name, write in formats.items() if name in shown}
    grids.table(shown, labels, f"why_days_{place}", used, rows=7)


def _files(line: Derivation, place: int, here: Here) -> None:
    """The files that hold what counted, and their rows."""
    key = ("sources", *here.scope, here.period.key, here.as_of, place)
    files = cache.once(
        lambda: answers.sources(here.workspace, here.everyone, line, here.period, here.as_of), *key
    )
    if files.empty:
        return
    st.markdown(f"**{here.text('rep.files')}**")
    st.markdown(
        "\n".join(
            f"- {plain(here.text('why.file', n=int(row['rows']), file=row['file']))}"
            for row in records(files)
        )
    )
    if st.toggle(here.text("rep.rows"), key=f"why_rows_{place}"):
        _rows(line, place, here)


def _rows(line: Derivation, place: int, here: Here) -> None:
    kinds = "+".join(line.done["kind"].unique())
    end = min(here.period.end, here.as_of + timedelta(days=1))
    found = cache.once(
        lambda: answers.trace(
            here.workspace, here.everyone, str(here.rep), kinds, here.period.start, end, "any"
        ),
        *("trace", *here.scope, here.period.key, here.as_of, kinds),
    )
    names = ["file", *(name for name in _ROWS if found[name].notna().any())]
    shown = found[names].assign(
        ts=[f"{i18n.day_label(ts.date(), here.lang)} {clock(ts, here.lang)}" for ts in found["ts"]],
        kind=[here.text(f"kind.{kind}") for kind in found["kind"]],
    )
    st.caption(here.text("rep.rows_help"))
    grids.table(shown, {name: here.text(f"column.{name}") for name in names}, f"why_trace_{place}", {})
