"""What is wrong with rows that people write: one answer for the grid, the pages and the command line.

One rule: what a row says must hold by itself, beside the other rows of its table, and beside what
is known. Three weights: most issues refuse the row; `UNKNOWN` refuses it unless whoever writes it
says that the people, ramps or points it needs will come; `SAID` is only said. What is stored
already counts on as `rules.parsed` reads it: only writing is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from quota import columns as c
from quota import crew, rules, worktime
from quota.crew import folded
from quota.rules import Plan
from quota.worktime import ISSUE, Bools

SAID = frozenset(
    {"rule_currency_needed", "nobody_yet", "no_ramps_yet", "unknown_calendar", "stranger", "week_missing"}
)
WHO = frozenset({"rule_unknown_rep", "rule_unknown_team", "rule_unknown_role"})
UNKNOWN = WHO | {"rule_unknown_ramp", "rule_no_weights"}
FOUND = [*ISSUE, "near"]

# How alike a known name must be to be proposed, of 100.
_NEAR = 75

Issue = tuple[Any, str, Any, str]


@dataclass(frozen=True)
class Known:
    """What rows are held against: the plan, everybody (`quotas.ever`), and the work done, if at hand."""

    plan: Plan
    roster: pd.DataFrame
    cube: pd.DataFrame | None = None


def found(name: str, rows: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Everything wrong with the rows of the table `name` → row (position), column, value, code, near.

    `near`: the known name that the value may mean, None for none. `rows` stand for the whole table.
    """
    rows = rows.reset_index(drop=True)
    missing = [
        (row, column, None, "no_value")
        for column in c.REQUIRED[name]
        for row in rows.index[rows[column].isna()]
    ]
    # A quota that stands twice overlaps itself, which is said with its own cure.
    doubled = [] if name == "quotas" else _twice(rows, list(c.IDENTITY[name]))
    issues = pd.concat([_frame([*missing, *doubled]), _OF[name](rows, known)], ignore_index=True)
    near = [
        _nearest(value, code, known.roster) if code in WHO else None
        for value, code in zip(issues["value"], issues["code"], strict=True)
    ]
    return issues.assign(near=pd.Series(near, index=issues.index, dtype=object))[FOUND]


def _twice(rows: pd.DataFrame, identity: list[str]) -> list[Issue]:
    named = rows.dropna(subset=[identity[0]])
    return _at(rows, named.index[lines(named, identity).duplicated()], identity[0], "stands_twice")


def refused(issues: pd.DataFrame, *, keep_unknown: bool = False) -> pd.Series:
    """Which issues keep their rows from being stored."""
    passed = SAID | UNKNOWN if keep_unknown else SAID
    return ~issues["code"].isin(list(passed))


def lines(rows: pd.DataFrame, names: list[str]) -> pd.Series:
    """Each row as a tuple of these columns, None where missing."""
    told = np.full((len(rows), len(names)), None, dtype=object)
    for place, name in enumerate(names):
        known = rows[name].notna().to_numpy()
        told[known, place] = rows[name].to_numpy(object)[known]
    return pd.Series(list(map(tuple, told)), index=rows.index, dtype=object)


def check_rules(plan: Plan, roster: pd.DataFrame, cube: pd.DataFrame | None = None) -> pd.DataFrame:
    """Everything wrong with the plan's rules: row (position in `rules`), column, value, code.

    `roster`: rep, team, role of everybody, and `until` which day, where it is no more. With the cube,
    an amount rule without a currency whose kinds were paid in several is named.
    """
    written, read = rules.written(plan.rules), rules.parsed(plan)
    # Without any ramp there is nothing to hold a name against.
    faults = [
        (column, "no_ramps_yet" if code == "rule_unknown_ramp" and plan.ramps.empty else code, wrong)
        for column, code, wrong in rules.faults(plan)
    ]
    issues = [
        *[_issues(written, wrong, column, code) for column, code, wrong in faults if wrong.any()],
        _unknown_who(written, read, roster),
        _doubled(written, read),
        _circular(written),
        *([_ambiguous(written, read, cube)] if cube is not None else []),
    ]
    told: pd.DataFrame = pd.concat(issues).sort_values(["row", "column"], ignore_index=True)
    return told


def _of_quotas(rows: pd.DataFrame, known: Known) -> pd.DataFrame:
    return check_rules(replace(known.plan, rules=rows), known.roster, known.cube)


def _of_people(rows: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Unknown calendars and weeks, an end before the start, a share that is none."""
    issues = [
        *_at(rows, rows.index[rows["end"] < rows["start"]], "end", "ends_before_start"),
        *_no_shares(rows, "full_time", c.MOST_FULL_TIME),
    ]
    return pd.concat([worktime.check_calendars(rows), _frame(issues)])


def _of_absences(rows: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Somebody who is not known, an end before the start, a share that is none."""
    names = {scope: set(known.roster[scope].map(folded)) - {""} for scope in (crew.REP, crew.TEAM)}
    names |= {crew.EVERYONE: {""}, crew.ROLE: set()}
    scopes = [(row, *rules.meant(rep, known.plan.names)) for row, rep in rows["rep"].dropna().items()]
    strangers = pd.Index([row for row, scope, name in scopes if name not in names[scope]])
    issues = [
        *_at(rows, strangers, "rep", "stranger"),
        *_at(rows, rows.index[rows["to"] < rows["from"]], "to", "ends_before_start"),
        *_no_shares(rows, "share", 1),
    ]
    return _frame(issues)


def _of_points(rows: pd.DataFrame, known: Known) -> pd.DataFrame:
    """A kind that nobody knows, several in one row, points worth points, or less than nothing."""
    kinds = rows[c.KIND].dropna().map(folded)
    points, several = kinds == rules.POINTS, kinds.str.contains("+", regex=False)
    strange = ~kinds.isin(c.KINDS) & ~points & ~several
    issues = [
        *_at(rows, kinds.index[points], c.KIND, "circular_points"),
        *_at(rows, kinds.index[several], c.KIND, "one_kind_each"),
        *_at(rows, kinds.index[strange], c.KIND, "rule_unknown_kind"),
        *_negative(rows, "points"),
    ]
    return _frame(issues)


def _of_ramps(rows: pd.DataFrame, known: Known) -> pd.DataFrame:
    """A week that is none, one that is left out, a share below zero."""
    weeks = rows["week"].dropna()
    odd = weeks.index[(weeks < 1) | (weeks % 1 != 0)]
    return _frame([*_at(rows, odd, "week", "no_week"), *_negative(rows, "share"), *_gaps(rows)])


def _of_tiers(rows: pd.DataFrame, known: Known) -> pd.DataFrame:
    """A threshold below zero."""
    return _frame(_negative(rows, "threshold"))


_OF: Mapping[str, Callable[[pd.DataFrame, Known], pd.DataFrame]] = {
    "quotas": _of_quotas,
    "people": _of_people,
    "absences": _of_absences,
    "points": _of_points,
    "ramps": _of_ramps,
    "tiers": _of_tiers,
}


def _unknown_who(written: pd.DataFrame, read: pd.DataFrame, roster: pd.DataFrame) -> pd.DataFrame:
    """Rules for nobody who is known on a day from which they hold; where no name of that sort is, there
    is nothing to hold them against."""
    told = []
    until = roster.get("until", pd.Series(pd.Timestamp(crew.LATEST), index=roster.index))
    for scope in (crew.REP, crew.TEAM, crew.ROLE):
        known = until.groupby(roster[scope].map(folded)).max().drop("", errors="ignore")
        held = known.reindex(read["name"]).to_numpy() > read["from"].to_numpy()
        lost = read.loc[(read["scope"] == scope) & ~held, "row"]
        code = "nobody_yet" if known.empty else f"rule_unknown_{scope}"
        told.append(_issues(written, written.index.isin(lost), "who", code))
    return pd.concat(told)


def _doubled(written: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """Rows whose days overlap those of an earlier row that counts the same for the same people.

    A later `from` within a row without a last day is no mistake: a change, or a season. Of
    alternatives the name says nothing.
    """
    same = [*rules.WHAT, "title", "scope", "name"]
    read = read.assign(title=read["title"].where(read["alternative"] == "", ""))
    pairs = read.merge(read, on=same, suffixes=("_other", ""))
    pairs = pairs[pairs["row_other"] < pairs["row"]]
    meet = (pairs["from"] <= pairs["to_other"]) & (pairs["from_other"] <= pairs["to"])
    first_to = pairs["to"].where(pairs["from"] < pairs["from_other"], pairs["to_other"])
    wrong = meet & ((pairs["from"] == pairs["from_other"]) | (first_to < pd.Timestamp(crew.LATEST)))
    return _issues(written, written.index.isin(pairs.loc[wrong, "row"]), "from", "rule_overlaps")


def _circular(written: pd.DataFrame) -> pd.DataFrame:
    """Alternatives that name a quota, themselves or one another, instead of sharing a word."""
    titles = set(written["quota"].map(folded)) - {""}
    return _issues(written, written["alternative"].map(folded).isin(titles), "alternative", "rule_circular")


def _ambiguous(written: pd.DataFrame, read: pd.DataFrame, cube: pd.DataFrame) -> pd.DataFrame:
    unclear = [currency is None for currency in rules.settled(read, cube)]
    lost = read.loc[unclear, "row"]
    return _issues(written, written.index.isin(lost), "currency", "rule_currency_needed")


def _nearest(value: str, code: str, roster: pd.DataFrame) -> str | None:
    """The known name most like the one that a `who` names, written as a `who`."""
    scope = code.removeprefix("rule_unknown_")
    names = {folded(name): name for name in roster[scope].dropna()}
    near = process.extractOne(
        crew.scope(value)[1], list(names), scorer=fuzz.token_sort_ratio, score_cutoff=_NEAR
    )
    if near is None:
        return None
    name = str(names[near[0]])
    return name if scope == crew.REP else f"{value.partition(':')[0].strip()}: {name}"


def _issues(rows: pd.DataFrame, wrong: pd.Series | Bools, column: str, code: str) -> pd.DataFrame:
    places = np.flatnonzero(np.asarray(wrong, dtype=np.bool_))
    values = ["" if pd.isna(value) else str(value) for value in rows[column].iloc[places]]
    return pd.DataFrame({"row": places, "column": column, "value": values, "code": code}, columns=list(ISSUE))


def _gaps(rows: pd.DataFrame) -> Iterator[Issue]:
    """Weeks that a ramp jumps over, at the first row after the gap."""
    for _, ramp in rows.dropna(subset=["ramp", "week"]).groupby(rows["ramp"].map(folded)):
        weeks = ramp["week"].sort_values()
        before = weeks.shift(fill_value=0)
        for row in weeks.index[weeks - before > 1]:
            yield row, "week", f"{before[row] + 1:.0f}", "week_missing"


def _negative(rows: pd.DataFrame, column: str) -> list[Issue]:
    return _at(rows, rows.index[rows[column] < 0], column, "below_zero")


def _no_shares(rows: pd.DataFrame, column: str, most: float) -> list[Issue]:
    return _at(rows, rows.index[~rows[column].between(0, most) & rows[column].notna()], column, "no_share")


def _at(rows: pd.DataFrame, places: pd.Index, column: str, code: str) -> list[Issue]:
    return [(row, column, rows.at[row, column], code) for row in places]


def _frame(issues: list[Issue]) -> pd.DataFrame:
    return pd.DataFrame(issues, columns=list(ISSUE))
