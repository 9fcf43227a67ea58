"""The three tables that people write, with their columns as a grid shows them and their checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from quota import columns as c
from quota import i18n, quotas, rules, worktime
from quota.ui.editing import ISSUE, Sheet
from quota.ui.state import Here


def check_quotas(rows: pd.DataFrame, here: Here) -> pd.DataFrame:
    """`rules.check_rules`, against everybody that is known."""
    facts = here.everyone
    return rules.check_rules(
        replace(facts.plan, rules=rows), quotas.roster(facts.cube, facts.people), facts.cube
    )


def check_people(rows: pd.DataFrame, here: Here) -> pd.DataFrame:
    """Unknown calendars, a person twice, an end before the start, a share that is none."""
    ends = rows.index[rows["end"] < rows["start"]]
    shares = rows.index[~rows["full_time"].between(0, 1) & rows["full_time"].notna()]
    found = [
        *_at(rows, rows.index[rows["rep"].duplicated() & rows["rep"].notna()], "rep", "person_twice"),
        *_at(rows, ends, "end", "ends_before_start"),
        *_at(rows, shares, "full_time", "no_share"),
    ]
    return pd.concat([worktime.check_calendars(rows), pd.DataFrame(found, columns=ISSUE)])


def check_absences(rows: pd.DataFrame, here: Here) -> pd.DataFrame:
    """Somebody who is not known, an end before the start, a share that is none."""
    strangers = rows.index[~rows["rep"].isin(here.everyone.reps) & rows["rep"].notna()]
    shares = rows.index[~rows["share"].between(0, 1) & rows["share"].notna()]
    found = [
        *_at(rows, strangers, "rep", "stranger"),
        *_at(rows, rows.index[rows["to"] < rows["from"]], "to", "ends_before_start"),
        *_at(rows, shares, "share", "no_share"),
    ]
    return pd.DataFrame(found, columns=ISSUE)


QUOTAS = Sheet(
    "quotas", c.QUOTAS, ("quota", "who", "kind", "measure", "target", "every"), check_quotas, lists=("kind",)
)
PEOPLE = Sheet("people", c.PEOPLE, ("rep",), check_people)
ABSENCES = Sheet("absences", c.ABSENCES, ("rep", "from", "to"), check_absences)


def quota_columns(here: Here) -> dict[str, Any]:
    """The columns of the quotas, with what may be chosen in each."""
    rows, config = here.everyone.quotas, st.column_config
    teams = sorted({team for team in here.everyone.teams.values() if team})
    roles = sorted(here.everyone.people["role"].dropna().unique())
    who = ["everyone", *(f"team: {team}" for team in teams), *(f"role: {role}" for role in roles)]
    words = {"everyone": here.text("people.everyone")}
    measures = {name: here.text(f"measure.{name}") for name in c.MEASURED}
    units = {name: here.text(f"every.{name}") for name in rules.EVERY}
    return {
        **_columns(QUOTAS, here),
        "who": _select("who", _with(rows["who"], [*who, *here.everyone.reps]), words, here, "everyone"),
        "kind": config.MultiselectColumn(
            here.text("field.kind"),
            options=list(c.KINDS),
            format_func=lambda kind: i18n.kinds_label(kind, here.lang),
        ),
        "measure": _select("measure", list(measures), measures, here, "count"),
        "every": _select("every", list(units), units, here, "week"),
    }


def people_columns(here: Here) -> dict[str, Any]:
    """The columns of the people."""
    return _columns(PEOPLE, here) | {
        "aliases": st.column_config.TextColumn(
            here.text("field.aliases"), help=here.text("people.aliases_help")
        ),
        "calendar": st.column_config.TextColumn(
            here.text("field.calendar"), help=here.text("people.calendar_help")
        ),
    }


def absence_columns(here: Here) -> dict[str, Any]:
    """The columns of the absences; the rep is one of those known."""
    reps = _with(here.everyone.absences["rep"], here.everyone.reps)
    return _columns(ABSENCES, here) | {"rep": _select("rep", reps, {}, here, None)}


def _columns(sheet: Sheet, here: Here) -> dict[str, Any]:
    """Every column by its type, named in the viewer's language."""
    config: dict[str, Any] = {}
    for field in sheet.schema:
        label = here.text(f"field.{field.name}")
        if pa.types.is_date(field.type):
            config[field.name] = st.column_config.DateColumn(label, format="localized")
        elif pa.types.is_floating(field.type):
            config[field.name] = st.column_config.NumberColumn(label, min_value=0, format="localized")
        else:
            config[field.name] = st.column_config.TextColumn(label)
    return config


def _select(
    name: str, options: Sequence[str], words: Mapping[str, str], here: Here, default: str | None
) -> Any:
    return st.column_config.SelectboxColumn(
        here.text(f"field.{name}"),
        options=options,
        default=default,
        format_func=lambda option: words.get(str(option), str(option)),
    )


def _with(present: pd.Series, options: Sequence[str]) -> list[str]:
    """The options, and what the table holds already."""
    return list(dict.fromkeys([*options, *present.dropna()]))


def _at(rows: pd.DataFrame, places: pd.Index, column: str, code: str) -> list[tuple[Any, ...]]:
    return [(row, column, rows.at[row, column], code) for row in places]
