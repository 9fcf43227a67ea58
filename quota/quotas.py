"""Quota rules and the target they give each rep in a period.

A rule says: `who` should reach `target` of `measure` (count or amount) of `kind` in `every` day,
week, month, quarter or year, from the day `from` to the day `to` (both included, both optional).

* Target of any stretch of days = Σ over the rule's own periods it touches of
  target × available working time in the overlap ÷ possible working time in the whole rule period.
* On each day the most specific rule wins per (kind, measure, currency, every): rep, then role,
  then team, then everyone. Rules of the same rank and different names all hold; of the same
  name the one with the later `from` holds (then the later `to`, then the higher target).
* A rule that `check_rules` refuses takes no part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from quota import columns, periods
from quota.periods import Period
from quota.worktime import ISSUE, Availability, Bools, Daily, Days, Floats, Ints, as_days

EVERY = ("day", "week", "month", "quarter", "year")
MEASURES = ("count", "amount")
RANK = {"everyone": 0, "team": 1, "role": 2, "rep": 3}

# Issues that only warn: the rule holds, though perhaps for nobody yet.
WARNINGS = frozenset(
    {
        "rule_unknown_rep",
        "rule_unknown_team",
        "rule_unknown_role",
        "rule_currency_needed",
        "rule_duplicate",
    }
)

# What makes two rules rivals: of these the most specific one wins.
WHAT = [columns.KIND, "measure", columns.CURRENCY, "every"]

TARGETS = ["rep", "quota", "kind", "measure", "currency", "every", "target", "rule_from", "rule_to"]

_WORDS = {
    "everyone": {"everyone", "everybody", "all", "alle", "kaikki"},
    "team": {"team", "hold", "tiimi"},
    "role": {"role", "rolle", "rooli"},
}
_KINDS = frozenset(columns.KINDS)
_FIRST, _LAST = np.datetime64("0001-01-01"), np.datetime64("9999-12-31")

# Targets and sums are rounded to so many decimals, so that 250 × 0.6 is 150 and not 150.00000000000003.
DECIMALS = 9


@dataclass(frozen=True)
class Spells:
    """Who is under which rule and when, cut at the edges of the periods asked for.

    Parallel arrays, one entry per rep (position in the roster), rule (position in the parsed
    rules), period (position in the periods) and unbroken run of days `start` ≤ day < `end`.
    """

    rep: Ints
    rule: Ints
    period: Ints
    start: Days
    end: Days

    def until(self, day: np.datetime64) -> Spells:
        """The same spells as far as they lie before `day`."""
        return replace(self, end=np.minimum(np.maximum(self.start, day), self.end))

    def since(self, day: np.datetime64) -> Spells:
        """The same spells as far as they lie on or after `day`."""
        return replace(self, start=np.minimum(np.maximum(self.start, day), self.end))


def roster(cube: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Everybody in `people` or in the cube, by name → rep, team, role (None where unknown).

    The team is the one in `people`, else the latest one the cube holds.
    """
    known = people.reindex(columns=["rep", "team", "role"]).drop_duplicates("rep", keep="last")
    seen = cube.groupby(["rep", "team"], observed=True)["day"].max().reset_index()
    latest = seen.sort_values(["day", "team"]).drop_duplicates("rep", keep="last").set_index("rep")["team"]
    names = sorted({*known["rep"], *cube["rep"].unique()})
    found = known.set_index("rep").reindex(pd.Index(names, name="rep")).astype(object)
    found["team"] = found["team"].where(found["team"].notna(), latest.reindex(names).astype(object))
    return found.where(found.notna(), None).reset_index()


def parsed(rules: pd.DataFrame) -> pd.DataFrame:
    """The rules that can be used, each as the engine reads it, in an order that decides ties.

    Columns of `columns.QUOTAS` → quota, kind (in the order of `columns.KINDS`, joined by "+"),
    measure, currency ("" for none, and for a count), every, target, `from` and `to` (days, never missing),
    scope and name (of `who`), row (position in `rules`). Index: 0 … n−1.
    """
    rules = rules.reindex(columns=columns.QUOTAS.names).reset_index(drop=True)
    faulty: Bools = np.any([wrong for _, _, wrong in _faults(rules)], axis=0)
    who = [_who(text) for text in rules["who"]]
    read = pd.DataFrame(
        {
            "quota": rules["quota"].fillna("").astype(str).str.strip(),
            "kind": ["+".join(kinds_of(kind)) for kind in rules["kind"]],
            "measure": rules["measure"],
            "currency": currencies(rules["currency"]).where(rules["measure"] == "amount", ""),
            "every": rules["every"],
            "target": pd.to_numeric(rules["target"], errors="coerce").astype(np.float64),
            "from": _days(rules["from"], missing=_FIRST),
            "to": _days(rules["to"], missing=_LAST),
            "scope": [scope for scope, _ in who],
            "name": [name for _, name in who],
            "row": rules.index,
        }
    ).astype(dict.fromkeys(["kind", "measure", "every", "scope", "name"], "str"))
    sound: pd.DataFrame = read[~faulty]
    return sound.sort_values(["from", "to", "target", "quota", "row"], ignore_index=True)


def kinds_of(kind: object) -> tuple[str, ...]:
    """The known kinds in a rule's `kind`, each once: "email + call" → ("call", "email")."""
    named = {part.strip().casefold() for part in str(kind).split("+")}
    return tuple(known for known in columns.KINDS if known in named)


def span(rules: pd.DataFrame, stretch: Sequence[Period]) -> Period:
    """The days whose working time must be known to judge parsed `rules` in the periods `stretch`."""
    whole = _hull(stretch)
    parts = [part for every in rules["every"].unique() for part in periods.split(whole, every)]
    return _hull([whole, *parts])


def spells(rules: pd.DataFrame, roster: pd.DataFrame, stretch: Sequence[Period]) -> Spells:
    """Which of the parsed `rules` holds for whom on which days of the periods `stretch`."""
    pairs = _pairs(rules, roster)
    starts = np.array([one.start for one in stretch], dtype="datetime64[D]")
    ends = np.array([one.end for one in stretch], dtype="datetime64[D]")
    begin, stop = _days(rules["from"]), _days(rules["to"]) + 1
    edges = np.unique(np.concatenate([starts, ends, begin, stop]))
    edges = edges[(edges >= starts.min()) & (edges <= ends.max())]
    since, until = edges[:-1], edges[1:]
    inside = (starts[:, None] <= since) & (until <= ends[:, None])
    period, run = np.nonzero(inside)
    pair, piece = np.nonzero(_holding(rules, pairs, begin, stop, since)[:, run])
    run, rule = run[piece], pairs["rule"].to_numpy()[pair]
    return Spells(pairs["rep"].to_numpy()[pair], rule, period[piece], since[run], until[run])


def due(rules: pd.DataFrame, held: Spells, availability: Availability) -> Floats:
    """The target that each spell brings. Raises `ValueError` if a rule period is not wholly known."""
    amount = np.zeros(len(held.rep))
    goal = rules["target"].to_numpy()[held.rule]
    for unit in rules["every"].unique():
        mine = (rules["every"] == unit).to_numpy()[held.rule] & (held.start < held.end)
        if mine.any():
            start, end = held.start[mine], held.end[mine]
            shares = _shares(availability, unit, Period(start.min().item(), end.max().item()))
            amount[mine] = goal[mine] * shares.between(start, end, held.rep[mine])
    return amount


def targets(
    rules: pd.DataFrame, roster: pd.DataFrame, availability: Availability, period: Period
) -> pd.DataFrame:
    """The target of each rep under each rule in `period`.

    `rules` as `columns.QUOTAS`; `roster` rep, team, role, in the order of `availability.reps` →
    `TARGETS`, one row per rep and rule that holds on some day of the period; `target` in the
    rule's own measure, fractions kept; `rule_from` and `rule_to` (included) NaT where open.
    Raises `ValueError` if `availability` does not hold the rule periods wholly (see `span`).
    """
    if tuple(roster["rep"]) != availability.reps:
        raise ValueError("the roster and the availability must list the same reps in the same order")
    read = parsed(rules)
    held = spells(read, roster, [period])
    sums = pd.DataFrame({"rep": held.rep, "rule": held.rule, "target": due(read, held, availability)})
    sums = sums.groupby(["rep", "rule"], as_index=False).sum()
    found = read.loc[sums["rule"]].reset_index(drop=True)
    found["target"] = sums["target"].round(DECIMALS)
    found["rep"] = roster["rep"].to_numpy()[sums["rep"]]
    found = found.sort_values(["rep", "quota", *WHAT, "from", "row"], ignore_index=True)
    found["currency"] = found["currency"].replace("", None)
    found["rule_from"] = found["from"].where(found["from"] > _FIRST)
    found["rule_to"] = found["to"].where(found["to"] < _LAST)
    return found[TARGETS]


def check_rules(rules: pd.DataFrame, people: pd.DataFrame, cube: pd.DataFrame | None = None) -> pd.DataFrame:
    """Everything wrong with `rules`: row (position in `rules`), column, value, code.

    A row with a code outside `WARNINGS` takes no part in any target. With the cube, reps and
    teams that appear only there are known too, and an amount rule without a currency whose
    kinds were paid in several is named.
    """
    rules = rules.reindex(columns=columns.QUOTAS.names).reset_index(drop=True)
    seen = cube if cube is not None else pd.DataFrame(columns=["rep", "team", "day"])
    read = parsed(rules)
    issues = [
        *[_issues(rules, wrong, column, code) for column, code, wrong in _faults(rules)],
        _unknown_who(rules, read, roster(seen, people)),
        _duplicates(rules, read),
        *([_ambiguous(rules, read, cube)] if cube is not None else []),
    ]
    found: pd.DataFrame = pd.concat(issues).sort_values(["row", "column"], ignore_index=True)
    return found


def settled(rules: pd.DataFrame, cube: pd.DataFrame) -> list[str | None]:
    """The currency each parsed rule is judged in: its own, else the only one its kinds are paid in.

    "" where no money is counted or its currency is unnamed; None where the cube holds several.
    """
    silent = (rules["measure"] == "amount") & (rules["currency"] == "")
    paid = {kind: paid_in(cube, kind) for kind in rules.loc[silent, "kind"].unique()}
    only = {kind: (found or [""])[0] if len(found) < 2 else None for kind, found in paid.items()}
    return [
        only[kind] if open_ else currency
        for kind, currency, open_ in zip(rules["kind"], rules["currency"], silent, strict=True)
    ]


def paid_in(cube: pd.DataFrame, kind: str) -> list[str]:
    """The currencies in which the cube holds amounts of a parsed rule's `kind`; "" for unnamed ones."""
    paid = cube["kind"].isin(kind.split("+")) & cube["amount"].notna()
    return sorted(currencies(cube.loc[paid, "currency"]).unique())


def currencies(values: pd.Series) -> pd.Series:
    """Currency codes as they are compared: upper case, "" for unnamed."""
    text: pd.Series = values.astype(object).fillna("").astype(str).str.strip().str.upper()
    return text


def _who(text: object) -> tuple[str, str]:
    """Scope and folded name: "team: North" → ("team", "north"), "Raj" → ("rep", "raj")."""
    folded = _folded(text)
    if folded in _WORDS["everyone"]:
        return "everyone", ""
    word, colon, name = (part.strip() for part in folded.partition(":"))
    for scope in ("team", "role"):
        if colon and word in _WORDS[scope]:
            return scope, name
    return "rep", folded


def _folded(text: object) -> str:
    return " ".join(str(text).casefold().split()) if isinstance(text, str) else ""


def _days(values: pd.Series, missing: np.datetime64 | None = None) -> Days:
    days = as_days(values)
    return days if missing is None else np.where(np.isnat(days), missing, days)


def _hull(stretch: Sequence[Period]) -> Period:
    return Period(min(one.start for one in stretch), max(one.end for one in stretch))


def _pairs(rules: pd.DataFrame, roster: pd.DataFrame) -> pd.DataFrame:
    """Which rule is meant for whom: rep and rule as positions, rivals side by side.

    `what` numbers the rivals of a rep, `same` those among them that bear the same name.
    """
    everyone = pd.DataFrame({"scope": "everyone", "name": "", "rep": np.arange(len(roster))})
    named = [
        pd.DataFrame({"scope": scope, "name": roster[scope].map(_folded), "rep": np.arange(len(roster))})
        for scope in ("team", "role", "rep")
    ]
    members = pd.concat([everyone, *[one[one["name"] != ""] for one in named]])
    meant = rules.assign(
        rule=np.arange(len(rules)),
        what=rules.groupby(WHAT).ngroup(),
        title=rules["quota"].map(_folded),
    )
    pairs = meant.merge(members, on=["scope", "name"]).sort_values(["rep", "what", "title", "rule"])
    pairs["what"] = pairs.groupby(["rep", "what"]).ngroup()
    pairs["same"] = pairs.groupby(["what", "title"]).ngroup()
    return pairs[["rep", "rule", "scope", "what", "same"]]


def _holding(rules: pd.DataFrame, pairs: pd.DataFrame, begin: Days, stop: Days, since: Days) -> Bools:
    """pairs × runs of days (which begin at `since`): is this the rule that holds for this rep then?"""
    rule = pairs["rule"].to_numpy()
    rank = pairs["scope"].map(RANK).to_numpy(np.int64)
    valid = (begin[rule][:, None] <= since) & (since < stop[rule][:, None])
    most = _highest(np.where(valid, rank[:, None], -1), pairs["what"].to_numpy())
    valid &= rank[:, None] == most
    latest = _highest(np.where(valid, rule[:, None], -1), pairs["same"].to_numpy())
    return np.asarray(valid & (rule[:, None] == latest))


def _highest(values: Ints, group: Ints) -> Ints:
    """Of each column the highest value within the row's group; groups are 0, 1, … in order."""
    if not len(group):
        return values
    first = np.flatnonzero(np.diff(group, prepend=-1))
    return np.asarray(np.maximum.reduceat(values, first, axis=0)[group])


def _shares(availability: Availability, every: str, stretch: Period) -> Daily:
    """Available ÷ possible time of each rule period, gathered day by day over `stretch`.

    The totals are whole sums at the edges of the rule periods, not a sum of daily fractions:
    somebody who works all the days gets the rule's own number, exactly.
    """
    whole = periods.split(stretch, every)
    starts = np.array([part.start for part in whole], dtype="datetime64[D]")
    ends = np.array([part.end for part in whole], dtype="datetime64[D]")
    possible = availability.possible.between(starts, ends)
    complete = _ratio(availability.available.between(starts, ends), possible)
    before = np.pad(np.cumsum(complete, axis=1), ((0, 0), (1, 0)))[:, :-1]
    days = np.arange(starts[0], ends[-1] + 1)
    part = np.clip(np.searchsorted(starts, days, side="right") - 1, 0, None)
    so_far = availability.available.between(starts[part], days)
    return Daily(whole[0].start, before[:, part] + _ratio(so_far, possible[:, part]))


def _ratio(part: Floats, whole: Floats) -> Floats:
    """part ÷ whole, and 0 where the whole is 0 (a weekend day has no possible time)."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _issues(rules: pd.DataFrame, wrong: Iterable[bool] | Bools, column: str, code: str) -> pd.DataFrame:
    rows = np.flatnonzero(np.asarray(wrong, dtype=np.bool_))
    values = ["" if pd.isna(value) else str(value) for value in rules[column].iloc[rows]]
    return pd.DataFrame({"row": rows, "column": column, "value": values, "code": code}, columns=list(ISSUE))


def _faults(rules: pd.DataFrame) -> list[tuple[str, str, Bools]]:
    """What makes a rule unusable by itself: column, code and in which rows."""
    target = pd.to_numeric(rules["target"], errors="coerce").to_numpy(np.float64)
    parts = [[part.strip().casefold() for part in str(kind).split("+")] for kind in rules["kind"]]
    return [
        ("who", "rule_no_who", np.array([_folded(who) == "" for who in rules["who"]], dtype=np.bool_)),
        (
            "kind",
            "rule_unknown_kind",
            np.array([not _KINDS.issuperset(one) for one in parts], dtype=np.bool_),
        ),
        ("measure", "rule_unknown_measure", ~rules["measure"].isin(MEASURES).to_numpy()),
        ("target", "rule_no_target", ~np.isfinite(target)),
        ("target", "rule_negative_target", target < 0),
        ("every", "rule_unknown_every", ~rules["every"].isin(EVERY).to_numpy()),
        ("to", "rule_from_after_to", _days(rules["from"]) > _days(rules["to"])),
    ]


def _unknown_who(rules: pd.DataFrame, read: pd.DataFrame, roster: pd.DataFrame) -> pd.DataFrame:
    found = []
    for scope in ("rep", "team", "role"):
        known = set(roster[scope].map(_folded)) - {""}
        lost = read.loc[(read["scope"] == scope) & ~read["name"].isin(known), "row"]
        found.append(_issues(rules, rules.index.isin(lost), "who", f"rule_unknown_{scope}"))
    return pd.concat(found)


def _duplicates(rules: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """Rules that begin on the same day as an earlier row, or within one that names its last day.

    A later `from` over an open-ended rule is how a quota is changed, no mistake.
    """
    same = [*WHAT, "title", "scope", "name"]
    titled = read.assign(title=read["quota"].map(_folded))
    pairs = titled.merge(titled, on=same, suffixes=("_other", ""))
    twice = (pairs["from_other"] == pairs["from"]) & (pairs["row_other"] < pairs["row"])
    within = (pairs["from_other"] < pairs["from"]) & (pairs["from"] <= pairs["to_other"])
    doubled = pairs.loc[twice | (within & (pairs["to_other"] < _LAST)), "row"]
    return _issues(rules, rules.index.isin(doubled), "from", "rule_duplicate")


def _ambiguous(rules: pd.DataFrame, read: pd.DataFrame, cube: pd.DataFrame) -> pd.DataFrame:
    unclear = [currency is None for currency in settled(read, cube)]
    return _issues(rules, rules.index.isin(read.loc[unclear, "row"]), "currency", "rule_currency_needed")
