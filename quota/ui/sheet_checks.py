"""What is wrong with the rows of a sheet: row (position), column, value, code.

What concerns a row alone or its neighbours in the sheet is said here; what the engine makes of
a rule, a calendar or a week is asked there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from quota import columns as c
from quota import crew, quotas, rules, worktime
from quota.ui.sheets import ISSUE, Sheet, lines
from quota.ui.state import Here

# Issues that do not hold up a save: the row is kept and may come to hold later.
WARNINGS = rules.WARNINGS | {"unknown_calendar", "stranger", "week_missing"}

Issue = tuple[Any, str, Any, str]


def found(rows: pd.DataFrame, sheet: Sheet, here: Here) -> pd.DataFrame:
    """Everything wrong with the rows: what is missing, what stands twice, and what the sheet checks."""
    missing = [
        (row, name, None, "no_value") for name in sheet.required for row in rows.index[rows[name].isna()]
    ]
    known = rows.dropna(subset=[sheet.identity[0]])
    twice = known.index[lines(known, sheet.identity).duplicated()]
    doubled = _at(rows, twice, sheet.identity[0], "stands_twice")
    return pd.concat([_frame([*missing, *doubled]), sheet.check(rows, here)], ignore_index=True)


def of_quotas(rows: pd.DataFrame, here: Here) -> pd.DataFrame:
    """`rules.check_rules`, against everybody that is known."""
    facts = here.everyone
    plan = replace(facts.plan, rules=rows)
    return rules.check_rules(plan, quotas.roster(facts.cube, facts.people), facts.cube)


def of_people(rows: pd.DataFrame, here: Here) -> pd.DataFrame:
    """Unknown calendars and weeks, an end before the start, a share that is none."""
    issues = [
        *_at(rows, rows.index[rows["end"] < rows["start"]], "end", "ends_before_start"),
        *_no_shares(rows, "full_time"),
    ]
    return pd.concat([worktime.check_calendars(rows), _frame(issues)])


def of_absences(rows: pd.DataFrame, here: Here) -> pd.DataFrame:
    """Somebody who is not known, an end before the start, a share that is none."""
    teams = {crew.folded(team) for team in here.everyone.teams.values()}
    reps = {crew.folded(rep) for rep in here.everyone.reps}
    known = {crew.EVERYONE: {""}, crew.TEAM: teams, crew.REP: reps, crew.ROLE: set()}
    scopes = [(row, *crew.scope(rep)) for row, rep in rows["rep"].dropna().items()]
    strangers = pd.Index([row for row, scope, name in scopes if name not in known[scope]])
    issues = [
        *_at(rows, strangers, "rep", "stranger"),
        *_at(rows, rows.index[rows["to"] < rows["from"]], "to", "ends_before_start"),
        *_no_shares(rows, "share"),
    ]
    return _frame(issues)


def of_points(rows: pd.DataFrame, here: Here) -> pd.DataFrame:
    """A kind that nobody knows, points below zero."""
    strange = rows.index[~rows[c.KIND].isin(c.KINDS) & rows[c.KIND].notna()]
    return _frame([*_at(rows, strange, c.KIND, "rule_unknown_kind"), *_negative(rows, "points")])


def of_ramps(rows: pd.DataFrame, here: Here) -> pd.DataFrame:
    """A week that is none, one that is left out, a share below zero."""
    weeks = rows["week"].dropna()
    odd = weeks.index[(weeks < 1) | (weeks % 1 != 0)]
    issues = [*_at(rows, odd, "week", "no_week"), *_negative(rows, "share")]
    return _frame([*issues, *_gaps(rows)])


def of_tiers(rows: pd.DataFrame, here: Here) -> pd.DataFrame:
    """A threshold below zero."""
    return _frame(list(_negative(rows, "threshold")))


def _gaps(rows: pd.DataFrame) -> Iterator[Issue]:
    """Weeks that a ramp jumps over, at the first row after the gap."""
    for _, ramp in rows.dropna(subset=["ramp", "week"]).groupby(rows["ramp"].map(crew.folded)):
        weeks = ramp["week"].sort_values()
        before = weeks.shift(fill_value=0)
        for row in weeks.index[weeks - before > 1]:
            yield row, "week", f"{before[row] + 1:.0f}", "week_missing"


def _negative(rows: pd.DataFrame, column: str) -> list[Issue]:
    return _at(rows, rows.index[rows[column] < 0], column, "below_zero")


def _no_shares(rows: pd.DataFrame, column: str) -> list[Issue]:
    return _at(rows, rows.index[~rows[column].between(0, 1) & rows[column].notna()], column, "no_share")


def _at(rows: pd.DataFrame, places: pd.Index, column: str, code: str) -> list[Issue]:
    return [(row, column, rows.at[row, column], code) for row in places]


def _frame(issues: list[Issue]) -> pd.DataFrame:
    return pd.DataFrame(issues, columns=ISSUE)
