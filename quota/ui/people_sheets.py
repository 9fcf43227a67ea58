"""The tables that people write, with their columns as a grid shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from quota import columns as c
from quota import crew, i18n, quotas, rules
from quota.checks import Known
from quota.ui import cache
from quota.ui.sheets import Sheet
from quota.ui.state import Here

QUOTAS = Sheet(
    "quotas",
    c.QUOTAS,
    lists=("kind",),
    usual=("quota", "who", "kind", "measure", "target", "every", "from", "to"),
    meaning=tuple(name for name in c.QUOTAS.names if name not in ("from", "to")),
)
PEOPLE = Sheet("people", c.PEOPLE, meaning=("team", "role", "full_time", "calendar", "weekdays"))
ABSENCES = Sheet("absences", c.ABSENCES)
POINTS = Sheet("points", c.POINTS, meaning=("points",))
RAMPS = Sheet("ramps", c.RAMPS, meaning=("share",))
TIERS = Sheet("tiers", c.TIERS, meaning=("threshold", "reward"))
SHEETS = (QUOTAS, PEOPLE, ABSENCES, POINTS, RAMPS, TIERS)


def stored(sheet: Sheet, here: Here) -> pd.DataFrame:
    """The visible rows of a sheet's table."""
    facts = here.everyone
    rows: pd.DataFrame = {
        "quotas": facts.plan.rules,
        "people": facts.people,
        "absences": facts.absences,
        "points": facts.plan.points,
        "ramps": facts.plan.ramps,
        "tiers": facts.plan.tiers,
    }[sheet.name]
    return rows


def known(here: Here) -> Known:
    """Whom and what the rows of a sheet are held against: everybody, whatever is looked at."""
    facts = here.everyone
    return cache.once(
        lambda: Known(facts.plan, quotas.ever(facts.work.seen, facts.people), facts.cube),
        *("known", *here.scope[:2]),
    )


def columns(sheet: Sheet, here: Here) -> dict[str, Any]:
    """The columns of a sheet's grid: by their type, or with what may be chosen in them."""
    chosen = _CHOSEN.get(sheet.name)
    return {field.name: _by_type(field, here) for field in sheet.schema} | (chosen(here) if chosen else {})


def _quota_columns(here: Here) -> dict[str, Any]:
    rows, config = here.everyone.quotas, st.column_config
    groups = _with(rows["who"], _groups(here))
    measures = {name: here.text(f"measure.{name}") for name in c.MEASURED}
    units = {name: here.text(f"every.{name}") for name in rules.EVERY}
    ways = {name: here.text(f"way.{name}") for name in rules.DIRECTIONS}
    ramps = sorted(here.everyone.plan.ramps["ramp"].dropna().unique())
    return {
        "who": _select("who", groups, _whom(groups, here), here, "everyone"),
        "kind": config.MultiselectColumn(
            here.text("field.kind"),
            options=[*c.KINDS, rules.POINTS],
            format_func=lambda kind: i18n.kinds_label(kind, here.lang),
        ),
        "measure": _select("measure", list(measures), measures, here, "count"),
        "every": _select("every", list(units), units, here, "week"),
        "direction": _select("direction", list(ways), ways, here, None),
        "alternative": _text("alternative", here),
        "minimum": _text("minimum", here),
        "cap": _text("cap", here),
        "topic": _text("topic", here),
        "ramp": _select("ramp", _with(rows["ramp"], ramps), {}, here, None),
    }


def _people_columns(here: Here) -> dict[str, Any]:
    texts = {name: _text(name, here) for name in ("aliases", "calendar", "weekdays")}
    return {**texts, "from": _from("from", here)}


def _absence_columns(here: Here) -> dict[str, Any]:
    teams = [name for name in _groups(here, roles=False) if name not in here.everyone.reps]
    options = _with(here.everyone.absences["rep"], [*here.everyone.reps, *teams])
    return {"rep": _select("rep", options, _whom(options, here), here, None)}


def _point_columns(here: Here) -> dict[str, Any]:
    words = {kind: i18n.kinds_label(kind, here.lang) for kind in c.KINDS}
    return {"kind": _select("kind", list(c.KINDS), words, here, None), "from": _from("since", here)}


def _ramp_columns(here: Here) -> dict[str, Any]:
    week, share = here.text("field.week"), here.text("people.ramp_share")
    config = st.column_config
    return {
        "week": config.NumberColumn(week, min_value=1, step=1, help=here.text("people.week_help")),
        "share": config.NumberColumn(share, min_value=0, format="percent"),
        "from": _from("since", here),
    }


def _tier_columns(here: Here) -> dict[str, Any]:
    label = here.text("field.threshold")
    threshold = st.column_config.NumberColumn(label, min_value=0, format="percent")
    return {"threshold": threshold, "from": _from("since", here)}


_CHOSEN: Mapping[str, Callable[[Here], dict[str, Any]]] = {
    "quotas": _quota_columns,
    "people": _people_columns,
    "absences": _absence_columns,
    "points": _point_columns,
    "ramps": _ramp_columns,
    "tiers": _tier_columns,
}


def _groups(here: Here, *, roles: bool = True) -> list[str]:
    """Whom a row may be for: everyone, each team, each role, each rep."""
    facts = here.everyone
    teams = sorted({team for team in facts.teams.values() if team})
    named = sorted(facts.people["role"].dropna().unique()) if roles else []
    return [
        "everyone",
        *(f"team: {team}" for team in teams),
        *(f"role: {role}" for role in named),
        *facts.reps,
    ]


def _whom(options: Sequence[str], here: Here) -> dict[str, str]:
    """Options of `_groups` → what they are called."""
    words = {crew.EVERYONE: here.text("people.everyone")}
    for option in options:
        scope, _ = crew.scope(option)
        if scope in (crew.TEAM, crew.ROLE):
            words[option] = f"{here.text(f'field.{scope}')}: {option.partition(':')[2].strip()}"
    return words


def _by_type(field: pa.Field, here: Here) -> Any:
    label, config = here.text(f"field.{field.name}"), st.column_config
    if pa.types.is_date(field.type):
        return config.DateColumn(label, format="localized")
    if pa.types.is_boolean(field.type):
        return config.CheckboxColumn(label, default=False)
    if pa.types.is_string(field.type):
        return config.TextColumn(label)
    return config.NumberColumn(label, min_value=0, format="localized")


def _from(name: str, here: Here) -> Any:
    help_ = here.text(f"people.{name}_help")
    return st.column_config.DateColumn(here.text("field.from"), format="localized", help=help_)


def _text(name: str, here: Here) -> Any:
    return st.column_config.TextColumn(here.text(f"field.{name}"), help=here.text(f"people.{name}_help"))


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
