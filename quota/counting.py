"""What was done, and what of it a rule counts, rep by rep and day by day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from quota import columns as c
from quota import quotas, rules
from quota.crew import folded
from quota.periods import Period
from quota.quotas import Spells
from quota.rules import Plan
from quota.worktime import Bools, Daily, Floats, Ints

# Measures that count whom the work reached: by what, else by what.
REACHED = {"accounts": (c.ACCOUNT, c.CONTACT), "contacts": (c.CONTACT, c.ACCOUNT)}


@dataclass(frozen=True)
class Work:
    """What was done: the daily cube, and in `fine` the same with topic, account and contact, of the
    kinds whose rules ask for them (see `rollup.fine_cube`)."""

    cube: pd.DataFrame
    fine: pd.DataFrame | None = None

    @cached_property
    def seen(self) -> pd.Series:
        """Who did it, and in which team: see `quotas.seen`."""
        return quotas.seen(self.cube)


def work_done(cube: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """The cube's rows of work done by the reps (direction out or missing), `start` ≤ day < `end`."""
    within = _within(cube, start, end)
    return within[_directed(within, "")]


def of_rep(work: Work, rep: str) -> Work:
    """What one rep did."""
    fine = None if work.fine is None else work.fine[work.fine[c.REP] == rep]
    return Work(work.cube[work.cube[c.REP] == rep], fine)


def lumped(cube: pd.DataFrame, stretch: Sequence[Period], reps: Sequence[str]) -> Bools:
    """periods × reps: whether all of the rep's touches in a period stand on its first day.

    Trackers with a column per week come in that way; of part of such a week nothing is known.
    """
    touches = cube[cube[c.KIND].isin(list(c.TOUCHES))]
    touches = work_done(touches, min(one.start for one in stretch), max(one.end for one in stretch))
    rep = pd.Index(reps).get_indexer(pd.Index(touches[c.REP]))
    day = touches[c.DAY].to_numpy().astype("datetime64[D]")
    found = np.zeros((len(stretch), len(reps)), dtype=np.bool_)
    for at, one in enumerate(stretch):
        first = day == np.datetime64(one.start)
        later = (day > np.datetime64(one.start)) & (day < np.datetime64(one.end))
        found[at, rep[first & (rep >= 0)]] = True
        found[at, rep[later & (rep >= 0)]] = False
    return found


def counted(rows: pd.DataFrame, rule: pd.Series) -> pd.DataFrame:
    """The rows (of a cube, or of events) that a parsed rule counts, its kinds apart: see `tests`."""
    keep = pd.Series(True, index=rows.index)
    for passed in tests(rows, rule).values():
        keep &= passed
    return rows[keep]


def tests(rows: pd.DataFrame, rule: pd.Series) -> dict[str, pd.Series]:
    """What a row must pass to be counted by a parsed rule → which rows do, by what fails otherwise.

    `rule`: topic, outcome, direction, measure and `settled` currency.
    """
    found = {"direction": _directed(rows, rule["direction"])}
    if rule["outcome"]:
        found["outcome"] = _matching(rows[c.OUTCOME], lambda text: rules.plain(text) == rule["outcome"])
    if rule["topic"]:
        found["topic"] = _matching(rows[c.TOPIC], lambda text: rule["topic"] in rules.plain(text))
    if rule["settled"]:
        found["currency"] = rules.currencies(rows[c.CURRENCY]) == rule["settled"]
    if rule["measure"] == "new_customers":
        found["known_customer"] = rows[c.NEW_CUSTOMER].fillna(False).astype(bool)
    return found


def source(work: Work, rule: pd.Series) -> pd.DataFrame:
    """The cube that a parsed rule counts in: the fine one, where it asks for what only that holds."""
    return work.fine if work.fine is not None and rules.is_fine(rule) else work.cube


def done_of_parts(
    work: Work, plan: Plan, read: pd.DataFrame, crew: pd.DataFrame, held: Spells, known: Period
) -> dict[str, Floats]:
    """What was done of each part of a rule in each spell: part_0, part_1 …; NaN where currencies
    would be mixed, 0 where a rule has no such part."""
    made = rules.parts(plan, read)
    made["part"] = made.groupby("rule").cumcount()
    done = np.zeros((len(held.rep), int(made["part"].max()) + 1 if len(made) else 1))
    of = read[[*rules.COUNTED, "settled", "every"]].iloc[made["rule"]].reset_index(drop=True)
    # Whom the work reached counts once in the rule's own period; nothing else depends on it.
    of["every"] = of["every"].where(of["measure"].isin(list(REACHED)), "")
    alike = of.drop(columns=[c.KIND, c.CURRENCY]).assign(weights=made["weights"].map(str))
    for _, same in alike.groupby(list(alike.columns), dropna=False):
        ours = made.loc[same.index]
        rule = read.iloc[ours["rule"].iloc[0]]
        daily = _daily(work, rule, dict(ours["weights"].iloc[0]), crew, known, plan.fiscal_start)
        for part in ours["part"].unique().tolist():
            mine = np.isin(held.rule, ours.loc[ours["part"] == part, "rule"])
            spells = (held.start[mine], held.end[mine], held.rep[mine])
            done[mine, part] = np.nan if daily is None else daily.between(*spells)
    return {f"part_{at}": done[:, at] for at in range(done.shape[1])}


def _within(cube: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    return cube[(cube["day"] >= pd.Timestamp(start)) & (cube["day"] < pd.Timestamp(end))]


def _directed(rows: pd.DataFrame, direction: str) -> pd.Series:
    if direction == "any":
        return pd.Series(True, index=rows.index)
    own = rows[c.DIRECTION] == (direction or "out")
    return own if direction else own | rows[c.DIRECTION].isna()


def _matching(texts: pd.Series, test: Callable[[str], bool]) -> pd.Series:
    known = {text: test(text) for text in texts.dropna().unique()}
    return texts.map(known).fillna(False).astype(bool)


def _daily(
    work: Work,
    rule: pd.Series,
    weights: dict[str, float],
    crew: pd.DataFrame,
    known: Period,
    fiscal_start: int,
) -> Daily | None:
    """What the rule counts per rep of the crew and day; None where its currency is not settled."""
    if rule["settled"] is None:
        return None
    # What was reached before counts no more; nothing else hangs on earlier days.
    reached = rule["measure"] in REACHED
    where = source(work, rule)
    where = where if reached else _within(where, known.start, known.end)
    rows = counted(where[where["kind"].isin(list(weights))], rule)
    if reached:
        rows = first_reached(rows, REACHED[rule["measure"]], rule["every"], fiscal_start)
        rows = _within(rows, known.start, known.end)
    value = rows[rule["measure"]].fillna(0) if rule["measure"] in ("amount", "units") else rows["count"]
    worth = rows["kind"].astype(object).map(weights).to_numpy(np.float64) * value.to_numpy(np.float64)
    rep = pd.Index(crew["rep"]).get_indexer(pd.Index(rows["rep"]))
    day = (rows["day"].to_numpy().astype("datetime64[D]") - np.datetime64(known.start)).astype(np.int64)
    size = len(crew) * known.days
    sums = np.bincount(rep * known.days + day, worth, minlength=size).astype(np.float64)
    return Daily.from_values(known.start, sums.reshape(len(crew), known.days))


def first_reached(rows: pd.DataFrame, whom: tuple[str, str], every: str, fiscal_start: int) -> pd.DataFrame:
    """Of the rows about one customer or contact in one rule period the first, counted as 1."""
    who = rows[whom[0]].fillna(rows[whom[1]])
    who = who.map({name: folded(name) for name in who.dropna().unique()})
    when = _rule_period(rows["day"].to_numpy(), every, fiscal_start)
    known = rows.assign(who=who, when=when, count=1)[who.notna()].sort_values("day", kind="stable")
    return known.drop_duplicates(["rep", "who", "when"])


def _rule_period(days: np.ndarray, every: str, fiscal_start: int) -> Ints:
    """A number for the period of length `every` that each day lies in."""
    days = days.astype("datetime64[D]")
    months = days.astype("datetime64[M]").astype(np.int64)
    match every:
        case "day":
            return np.asarray(days.astype(np.int64))
        case "week":
            return np.asarray((days.astype(np.int64) + 3) // 7)
        case "month":
            return np.asarray(months)
        case "quarter":
            return np.asarray(months // 3)
        case "year":
            return np.asarray(months // 12)
    return np.asarray((months - (fiscal_start - 1)) // 12)
