"""Who is under which quota rule, when, and the share of its target that those days bring.

* Target of any stretch of days = Σ over the rule's own periods it touches of
  target × available working time in the overlap ÷ possible working time in the whole rule period;
  under a ramp each day's time counts with the share of its week since the start that the person
  has on that day (days 1–7 are week 1; after the last week that the ramp names everything counts).
* On each day the most specific rule wins per what is counted and for how long (`rules.WHAT`): rep, then
  role, then team, then everyone, by the team and role that the person has on that day. Rules of
  the same rank and different names all hold; of the same name (of alternatives, whatever their
  names) the one with the later `from` holds (then the later `to`, then the higher target).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from quota import crew, inforce, periods
from quota.crew import EARLIEST, LATEST, Days, as_days, folded
from quota.periods import Period
from quota.rules import WHAT, Plan, weighed
from quota.worktime import Availability, Bools, Daily, Floats, Ints

RANK = {crew.EVERYONE: 0, crew.TEAM: 1, crew.ROLE: 2, crew.REP: 3}

TARGETS = ["rep", "quota", "kind", "measure", "currency", "every", "target", "rule_from", "rule_to"]

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

    def until(self, day: np.datetime64 | Days) -> Spells:
        """The same spells as far as they lie before `day`, one for all or one for each."""
        return replace(self, end=np.minimum(np.maximum(self.start, day), self.end))

    def since(self, day: np.datetime64 | Days) -> Spells:
        """The same spells as far as they lie on or after `day`, one for all or one for each."""
        return replace(self, start=np.minimum(np.maximum(self.start, day), self.end))


def seen(cube: pd.DataFrame) -> pd.Series:
    """Everybody in the cube → the latest team that it holds (None where it names none)."""
    last = cube.groupby(["rep", "team"], observed=True)["day"].max().reset_index()
    latest = last.sort_values(["day", "team"]).drop_duplicates("rep", keep="last").set_index("rep")["team"]
    return latest.reindex(pd.Index(cube["rep"].unique(), name="rep")).astype(object)


def roster(seen: pd.Series, people: pd.DataFrame) -> pd.DataFrame:
    """Everybody in `people` or `seen` at work, by name → rep, team, role, start (None where unknown).

    As it is now; the team is the one in `people`, else the one in which they were `seen`.
    """
    known = crew.on(people)[["rep", "team", "role", "start"]]
    names = sorted({*known["rep"], *seen.index})
    found = known.set_index("rep").reindex(pd.Index(names, name="rep")).astype(object)
    found["team"] = found["team"].where(found["team"].notna(), seen.reindex(names))
    return found.where(found.notna(), None).reset_index()


def ever(seen: pd.Series, people: pd.DataFrame) -> pd.DataFrame:
    """The `roster`, and behind it everybody as they were before → also until (that day excluded)."""
    now = roster(seen, people).assign(until=pd.Timestamp(LATEST))
    before = crew.versions(people)[[*now.columns[:-1], "until"]]
    return pd.concat([now, before[as_days(before["until"]) < LATEST]], ignore_index=True)


def span(rules: pd.DataFrame, stretch: Sequence[Period], fiscal_start: int = 1) -> Period:
    """The days whose working time must be known to judge parsed `rules` in the periods `stretch`."""
    whole = _hull(stretch)
    units = rules["every"].unique()
    parts = [part for every in units for part in periods.split(whole, every, fiscal_start=fiscal_start)]
    return _hull([whole, *parts])


def spells(
    rules: pd.DataFrame, roster: pd.DataFrame, people: pd.DataFrame, stretch: Sequence[Period]
) -> Spells:
    """Which of the parsed `rules` holds for whom on which days of the periods `stretch`."""
    pairs = candidates(rules, roster, people)
    starts = np.array([one.start for one in stretch], dtype="datetime64[D]")
    ends = np.array([one.end for one in stretch], dtype="datetime64[D]")
    edges = np.unique(np.concatenate([starts, ends, as_days(pairs["begin"]), as_days(pairs["stop"])]))
    edges = edges[(edges >= starts.min()) & (edges <= ends.max())]
    since, until = edges[:-1], edges[1:]
    inside = (starts[:, None] <= since) & (until <= ends[:, None])
    period, run = np.nonzero(inside)
    pair, piece = np.nonzero(_holding(pairs, since)[:, run])
    run, rule = run[piece], pairs["rule"].to_numpy()[pair]
    return Spells(pairs["rep"].to_numpy()[pair], rule, period[piece], since[run], until[run])


def candidates(rules: pd.DataFrame, roster: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Which parsed rule is meant for whom, and when: rep and rule as positions, rivals side by side.

    → rep, rule, scope, begin, stop (days, `stop` excluded), what (numbers the rivals of a rep),
    same (those among them of which the latest holds).
    """
    meant = rules.assign(rule=np.arange(len(rules)), what=rules.groupby(WHAT).ngroup())
    # Alternatives are one quota: two that count the same cannot both be asked, whatever they are called.
    meant["title"] = meant["title"].where(meant["alternative"] == "", "")
    pairs = meant.merge(_members(roster, people), on=["scope", "name"])
    pairs["begin"] = np.maximum(as_days(pairs["from"]), as_days(pairs["since"]))
    pairs["stop"] = np.minimum(as_days(pairs["to"]) + 1, as_days(pairs["until"]))
    pairs = pairs[pairs["begin"] < pairs["stop"]].sort_values(["rep", "what", "title", "rule"])
    pairs["what"] = pairs.groupby(["rep", "what"]).ngroup()
    pairs["same"] = pairs.groupby(["what", "title"]).ngroup()
    found: pd.DataFrame = pairs[["rep", "rule", "scope", "begin", "stop", "what", "same"]]
    return found.reset_index(drop=True)


def shares(plan: Plan, rules: pd.DataFrame, held: Spells, availability: Availability) -> Floats:
    """The share of the rule's own target that each spell brings: 1 = a whole period, fully worked.

    Raises `ValueError` if a rule period is not wholly known (see `span`).
    """
    found = np.zeros(len(held.rep))
    ramped = {"": availability.available}
    for unit, ramp in rules[["every", "ramp"]].drop_duplicates().to_numpy():
        ours = ((rules["every"] == unit) & (rules["ramp"] == ramp)).to_numpy()[held.rule]
        mine = ours & (held.start < held.end)
        if not mine.any():
            continue
        if ramp not in ramped:
            ramped[ramp] = _ramped(plan.ramps, ramp, availability)
        start, end = held.start[mine], held.end[mine]
        stretch = Period(start.min().item(), end.max().item())
        whole = periods.split(stretch, unit, fiscal_start=plan.fiscal_start)
        found[mine] = _shares(availability.possible, ramped[ramp], whole).between(start, end, held.rep[mine])
    return found


def ramp_shares(ramps: pd.DataFrame, ramp: str, days: Days, weeks: Ints) -> Floats:
    """What counts of each of the `days`, of the `weeks`th week since the start (from 1), under a ramp.

    As the ramp stands on that day; 1 after its last week. `weeks` may be a matrix people × days.
    """
    mine = ramps[ramps["ramp"].map(folded) == folded(ramp)]
    begins = inforce.begins(mine)
    found = np.ones(weeks.shape)
    for begin, end in zip(begins, np.append(begins[1:], LATEST), strict=True):
        within = (begin <= days) & (days < end)
        if within.any():
            table = _ramp_table(inforce.on(mine, "ramps", begin))
            found[..., within] = table[np.clip(weeks[..., within] - 1, 0, len(table) - 1)]
    return found


def targets(
    plan: Plan, crew_: pd.DataFrame, people: pd.DataFrame, ready: Availability, period: Period
) -> pd.DataFrame:
    """The target of each rep under each rule in `period`.

    `crew_`: the `roster`, in the order of `ready.reps` → `TARGETS`, one row per rep and rule that
    holds on some day of the period; `target` in the rule's own measure, fractions kept;
    `rule_from` and `rule_to` (included) NaT where open. Raises `ValueError` if `ready` does not
    hold the rule periods wholly (see `span`).
    """
    if tuple(crew_["rep"]) != ready.reps:
        raise ValueError("the roster and the availability must list the same reps in the same order")
    read = weighed(plan)
    held = spells(read, crew_, people, [period])
    due = read["target"].to_numpy()[held.rule] * shares(plan, read, held, ready)
    sums = pd.DataFrame({"rep": held.rep, "rule": held.rule, "target": due})
    sums = sums.groupby(["rep", "rule"], as_index=False).sum()
    found = read.loc[sums["rule"]].reset_index(drop=True)
    found["target"] = sums["target"].round(DECIMALS)
    found["rep"] = crew_["rep"].to_numpy()[sums["rep"]]
    found = found.sort_values(["rep", "quota", *WHAT, "from", "row"], ignore_index=True)
    found["currency"] = found["currency"].replace("", None)
    found["rule_from"] = found["from"].where(found["from"] > pd.Timestamp(EARLIEST))
    found["rule_to"] = found["to"].where(found["to"] < pd.Timestamp(LATEST))
    return found[TARGETS]


def _hull(stretch: Sequence[Period]) -> Period:
    return Period(min(one.start for one in stretch), max(one.end for one in stretch))


def _members(roster: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Whom each scope and name means, and from when up to when: rep (position), scope, name, since, until."""
    place = pd.Series(np.arange(len(roster)), index=roster["rep"])
    always = {"since": EARLIEST, "until": LATEST}
    everyone = pd.DataFrame({"scope": crew.EVERYONE, "name": "", "rep": place.to_numpy()}).assign(**always)
    own = pd.DataFrame({"scope": crew.REP, "name": roster["rep"].map(folded), "rep": place.to_numpy()})
    rows = crew.versions(people)
    rows = rows[rows["rep"].isin(roster["rep"])]
    others = roster.loc[~roster["rep"].isin(rows["rep"]), ["rep", "team", "role"]].assign(**always)
    rows = pd.concat([rows[["rep", "team", "role", "since", "until"]].astype(object), others.astype(object)])
    # A team that only the data names is the person's all the time.
    rows["team"] = rows["team"].where(rows["team"].notna(), rows["rep"].map(roster.set_index("rep")["team"]))
    grouped = [
        pd.DataFrame(
            {
                "scope": scope,
                "name": rows[scope].map(folded),
                "rep": rows["rep"].map(place),
                "since": as_days(rows["since"]),
                "until": as_days(rows["until"]),
            }
        )
        for scope in (crew.TEAM, crew.ROLE)
    ]
    found = pd.concat([everyone, own.assign(**always), *grouped], ignore_index=True)
    return found[(found["name"] != "") | (found["scope"] == crew.EVERYONE)].astype({"rep": np.int64})


def _holding(pairs: pd.DataFrame, since: Days) -> Bools:
    """pairs × runs of days (which begin at `since`): is this the rule that holds for this rep then?"""
    begin, stop = as_days(pairs["begin"])[:, None], as_days(pairs["stop"])[:, None]
    rank, rule = pairs["scope"].map(RANK).to_numpy(np.int64)[:, None], pairs["rule"].to_numpy()[:, None]
    valid = (begin <= since) & (since < stop)
    valid &= rank == _highest(np.where(valid, rank, -1), pairs["what"].to_numpy())
    latest = _highest(np.where(valid, rule, -1), pairs["same"].to_numpy())
    return np.asarray(valid & (rule == latest))


def _highest(values: Ints, group: Ints) -> Ints:
    """Of each column the highest value within the row's group; groups are 0, 1, … in order."""
    if not len(group):
        return values
    first = np.flatnonzero(np.diff(group, prepend=-1))
    return np.asarray(np.maximum.reduceat(values, first, axis=0)[group])


def _shares(possible: Daily, worked: Daily, whole: Sequence[Period]) -> Daily:
    """Worked ÷ possible time of each of the rule periods `whole`, gathered day by day.

    The totals are whole sums at the edges of the rule periods, not a sum of daily fractions:
    somebody who works all the days gets the rule's own number, exactly.
    """
    starts = np.array([part.start for part in whole], dtype="datetime64[D]")
    ends = np.array([part.end for part in whole], dtype="datetime64[D]")
    all_of_it = possible.between(starts, ends)
    complete = _ratio(worked.between(starts, ends), all_of_it)
    before = np.pad(np.cumsum(complete, axis=1), ((0, 0), (1, 0)))[:, :-1]
    days = np.arange(starts[0], ends[-1] + 1)
    part = np.clip(np.searchsorted(starts, days, side="right") - 1, 0, None)
    so_far = worked.between(starts[part], days)
    return Daily(whole[0].start, before[:, part] + _ratio(so_far, all_of_it[:, part]))


def _ratio(part: Floats, whole: Floats) -> Floats:
    """part ÷ whole, and 0 where the whole is 0 (a weekend day has no possible time)."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _ramped(ramps: pd.DataFrame, ramp: str, ready: Availability) -> Daily:
    """The available time with each day taken at the share of its week since the person's start."""
    days = np.datetime64(ready.start) + np.arange(ready.tenure.shape[1])
    factor = ramp_shares(ramps, ramp, days, ready.tenure // 7 + 1)
    return Daily.from_values(ready.start, ready.available.values() * factor)


def _ramp_table(rows: pd.DataFrame) -> Floats:
    """A ramp's shares from week 1 on; a week that it leaves out is like the one before it; then 1."""
    by_week = rows.set_index("week")["share"].astype(np.float64).sort_index()
    last = int(by_week.index.max()) if len(by_week) else 0
    listed = by_week.reindex(range(1, last + 1)).ffill().fillna(1.0)
    return np.append(listed.to_numpy(np.float64), 1.0)
