"""Actual work against target, judged at the close of the day `as_of` (that day included).

* actual: what counts of what the rep did while the rule holds, up to `as_of`: without a direction
  in the rule, work with direction out or missing; no more than the rule's caps; and as long as a
  minimum lacks n, no more than target − n, because nothing else can stand in for it.
* expected: target × available working time gone by ÷ available working time of the period,
  rule period by rule period: 0 before the period, the target at its end.
* attainment = actual ÷ target, never capped; pace = actual ÷ expected;
  projected = actual × target ÷ expected (linear on working time);
  remaining = max(target − actual, 0); needed_per_day = remaining ÷ available days left.
* status: met from 100 % attainment; else by pace: ahead from 1.05, on_pace from 0.95, behind
  from 0.80, at_risk below; nothing expected yet is on_pace; no target, or a target of 0 (a whole
  period on leave), is no_quota.
* Alternatives are one line, in whole quotas (measure share): its target is the share of the rule
  period that the rep works, its actual the sum of what each row attained of its own target.
* A shortfall carried over (`carry`) is what the periods before left undone, one after another since
  the rule or the data began (the 53 periods before those asked for at most), in periods as long as
  the rule's own. A period wholly on leave asks for nothing; the shortfall waits.
* Currencies are never added together. A rule on amounts that names none is judged while the cube
  holds its kinds in a single currency (unnamed counts as one); otherwise its actual is missing
  and its status no_quota, and `checks.check_rules` asks for the currency.
* A quota changed within the period is one line: its versions' targets and actuals are summed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from quota import columns as c
from quota import inforce, periods, quotas, rules
from quota.counting import Work, done_of_parts, of_rep
from quota.periods import Period
from quota.quotas import DECIMALS
from quota.rules import Plan
from quota.worktime import Bools, Floats, Ints, Staff, availability

PACES = (("ahead", 1.05), ("on_pace", 0.95), ("behind", 0.80))
STATUSES = ("met", "ahead", "on_pace", "behind", "at_risk", "no_quota")

# The shortest that each length of period can be, in days.
_LEAST_DAYS = {"day": 1, "week": 7, "month": 28, "quarter": 90, "year": 365, "fiscal_year": 365}

PROGRESS = [
    *("rep", "team", "quota", "kind", "measure", "currency", "every", "period"),
    *("target", "actual", "attainment", "expected", "pace", "projected"),
    *("remaining", "needed_per_day", "status", "tier", "carried"),
]
_TEXT = [*PROGRESS[:8], "status"]
SHARE = "share"

# The most periods that a shortfall is followed back.
_CARRIED = 53


def progress(work: Work, plan: Plan, staff: Staff, period: Period, as_of: date) -> pd.DataFrame:
    """How far everybody is in one period: `history` of that period alone."""
    return history(work, plan, staff, [period], as_of)


def history(work: Work, plan: Plan, staff: Staff, stretch: Sequence[Period], as_of: date) -> pd.DataFrame:
    """How far everybody is, or was, in each period of `stretch` at the close of `as_of`.

    → `PROGRESS`, ordered by period, rep and quota; `period` is its key; currency is the one
    counted, None where no money is or its currency is unnamed; `tier` is the highest that the
    attainment reaches, `carried` what of the target was left over from earlier periods. Everybody
    in the roster or in the cube has a row per period: without any quota all but rep, team, period
    and status is missing. Numbers are float64, NaN where missing.
    """
    return presented(judged(work, plan, staff, stretch, as_of), PROGRESS)


@dataclass(frozen=True)
class Judged:
    """Lines before they have names: period and rep are positions in `stretch` and `crew`, line is
    one of `read` (see `lines_of`)."""

    lines: pd.DataFrame
    read: pd.DataFrame
    crew: pd.DataFrame
    stretch: Sequence[Period]


def judged(
    work: Work, plan: Plan, staff: Staff, stretch: Sequence[Period], as_of: date, rep: str | None = None
) -> Judged:
    """The lines of each period of `stretch` at the close of `as_of`, with all their figures; or one rep's."""
    crew = quotas.roster(work.seen, staff.people)
    read = lines_of(plan, work)
    asked = _with_earlier(read, work, stretch)
    if rep is not None:
        crew, work = crew[crew["rep"] == rep].reset_index(drop=True), of_rep(work, rep)
    lines = lines_until(work, plan, staff, read, crew, asked, np.datetime64(as_of) + 1)
    lines = _carried(lines, read, asked)
    places = {one: at for at, one in enumerate(asked)}
    wanted = np.array([places[one] for one in stretch])
    lines = lines[lines["period"].isin(wanted)]
    where = np.zeros(len(asked), dtype=np.int64)
    where[wanted] = np.arange(len(stretch))
    lines = lines.assign(period=where[lines["period"]])
    return Judged(_judged(lines, plan, stretch), read, crew, stretch)


def fitting(progress: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The rows of `progress` whose quota can be judged in a period as long as `period`.

    A week's slice of a quarter's target says nothing: sales come in lumps. Whoever has only
    quotas for longer periods keeps them, so that nobody disappears.
    """
    fitting = pd.Series(fits(progress["every"], period), index=progress.index)
    return progress[fitting | ~fitting.groupby(progress["rep"]).transform("any")]


def fits(every: pd.Series, period: Period) -> Bools:
    """Whether quotas set for each of these lengths can be judged in a period as long as `period`."""
    return np.asarray(every.map(_LEAST_DAYS).astype(np.float64) <= period.days)


def status(attainment: Floats, pace: Floats, target: Floats) -> np.ndarray:
    """The status of each line; see the module's thresholds. No target, or no actual: no_quota."""
    unknown = ~(target > 0) | np.isnan(attainment)
    paces = [pace >= least for _, least in PACES]
    return np.select(
        [unknown, attainment >= 1, np.isnan(pace), *paces],
        ["no_quota", "met", "on_pace", *(name for name, _ in PACES)],
        "at_risk",
    )


def lines_of(plan: Plan, work: Work) -> pd.DataFrame:
    """The parsed rules, with the currency each is judged in and the line and component it belongs to."""
    read = rules.weighed(plan)
    grouped = read["alternative"] != ""
    component = read.groupby(["title", *rules.WHAT]).ngroup()
    component = component.where(~grouped, len(read) + read.groupby(rules.WHAT).ngroup())
    own = component.where(~grouped, -1)
    called = read["title"].where(~grouped, read["alternative"])
    line = read.groupby([called, own, "every"]).ngroup()
    settled = pd.Series(rules.settled(read, work.cube), index=read.index, dtype=object)
    return read.assign(settled=settled, component=component, line=line)


def _with_earlier(read: pd.DataFrame, work: Work, stretch: Sequence[Period]) -> list[Period]:
    """The periods asked for, behind those whose shortfall a rule carries into them, in order of time."""
    first = work.cube["day"].min() if len(work.cube) else pd.NaT
    asked = set(stretch)
    for period in stretch:
        earlier = period
        carrying = read[read["carry"] & (read["every"] == period.unit)]
        begun = max([carrying["from"].min(), first]) if len(carrying) and not pd.isna(first) else pd.NaT
        for _ in range(_CARRIED):
            earlier = periods.previous(earlier)
            if pd.isna(begun) or pd.Timestamp(earlier.end) <= begun:
                break
            asked.add(earlier)
    return sorted(asked)


def lines_until(
    work: Work,
    plan: Plan,
    staff: Staff,
    read: pd.DataFrame,
    crew: pd.DataFrame,
    stretch: Sequence[Period],
    until: Any,
) -> pd.DataFrame:
    """The lines of each period of `stretch` by what lies before the day `until`, nothing carried over.

    `until`: one day, or a matrix periods × reps of days.
    → period, rep (as positions), line, target, expected, actual, days_left, carry (above 0: it does).
    """
    known = quotas.span(read, stretch, plan.fiscal_start)
    ready = availability(list(crew["rep"]), staff, known.start, known.end)
    held = quotas.spells(read, crew, staff.people, stretch)
    cut = np.broadcast_to(until, (len(stretch), len(crew)))[held.period, held.rep]
    past, left = held.until(cut), held.since(cut)
    figures = {
        "share": quotas.shares(plan, read, held, ready),
        "gone": quotas.shares(plan, read, past, ready),
        "days_left": ready.days.between(left.start, left.end, left.rep),
        **done_of_parts(work, plan, read, crew, past, known),
    }
    keys = {"period": held.period, "rep": held.rep, "rule": held.rule}
    return _of_lines(_of_rules(_summed(keys, figures), plan, read), read)


def _summed(keys: dict[str, Ints], figures: dict[str, Floats]) -> pd.DataFrame:
    """One row per combination of the keys (small whole numbers), in order, with sums; NaN where one is."""
    sizes = [int(values.max()) + 1 if len(values) else 1 for values in keys.values()]
    place = np.ravel_multi_index(tuple(keys.values()), sizes)
    there = np.flatnonzero(np.bincount(place, minlength=1))
    named = dict(zip(keys, np.unravel_index(there, sizes), strict=True))
    sums = {name: np.bincount(place, values, minlength=1)[there] for name, values in figures.items()}
    return pd.DataFrame({**named, **sums})


def _of_rules(sums: pd.DataFrame, plan: Plan, read: pd.DataFrame) -> pd.DataFrame:
    """Per period, rep and rule: share, gone and days_left as they are, `done` and `lacking` in its unit.

    `lacking` is what is missing of its minimums; both bounds stand for the share of the rule's
    period that is worked.
    """
    made = rules.parts(plan, read)
    share = sums["share"].to_numpy()
    done, lacking = np.zeros(len(sums)), np.zeros(len(sums))
    for part, ours in made.assign(part=made.groupby("rule").cumcount()).groupby("part"):
        value = sums[f"part_{part}"].to_numpy()
        bound = ours.set_index("rule")[["minimum", "cap"]].reindex(range(len(read))).to_numpy(np.float64)
        low, high = (bound[sums["rule"], at] * share for at in (0, 1))
        done += np.where(np.isnan(high), value, np.minimum(value, high))
        lacking += np.fmax(low - value, 0)
    low, high = (rules.whole_bound(read[name])[sums["rule"]] * share for name in ("minimum", "cap"))
    lacking = np.fmax(lacking, low - done)
    done = np.where(np.isnan(high), done, np.minimum(done, high))
    return sums[["period", "rep", "rule", "share", "gone", "days_left"]].assign(done=done, lacking=lacking)


def _of_lines(found: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """Rules → lines: versions of a quota are summed, alternatives stand in for one another.

    → period, rep, line, target, expected, actual, days_left, carry (above 0 if a version does).
    """
    rule = found["rule"].to_numpy()
    shared = (read["alternative"] != "").to_numpy()[rule]
    goal = read["target"].to_numpy()[rule]
    # Alternatives are measured in whole quotas, everything else in what it counts.
    unit, measure = np.where(shared, 1.0, goal), np.where(shared, goal, 1.0)
    figures = {
        "target": found["share"].to_numpy() * unit,
        "expected": found["gone"].to_numpy() * unit,
        "actual": found["done"].to_numpy() / measure,
        "lacking": found["lacking"].to_numpy() / measure,
        "days_left": found["days_left"].to_numpy(),
        "carry": read["carry"].to_numpy(np.float64)[rule],
    }
    keys = {"period": found["period"].to_numpy(), "rep": found["rep"].to_numpy()}
    keys["line"] = read["component"].to_numpy()[rule]
    return _stood_in(_summed(keys, figures), read)


def _stood_in(own: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """Components → lines: alternatives add up; what a minimum lacks nothing stands in for."""
    of = read.drop_duplicates("component").set_index("component")["line"]
    own["line"] = of.reindex(own["line"]).to_numpy()
    if not own.duplicated(keys := ["period", "rep", "line"]).any():
        whole = own
    else:
        largest, added = ["target", "expected", "days_left", "carry"], ["lacking", "actual"]
        most, total = (own.groupby(keys)[names] for names in (largest, added))
        whole = most.max().join(total.sum(skipna=False)).reset_index()
    possible = (whole["target"] - whole["lacking"]).clip(lower=0)
    short = (whole["lacking"] > 0) & (whole["actual"] > possible)
    actual = whole["actual"].where(~short, possible)
    figures = whole[["target", "expected", "days_left", "carry"]].assign(actual=actual).round(DECIMALS)
    return whole[keys].join(figures)


def _carried(lines: pd.DataFrame, read: pd.DataFrame, stretch: Sequence[Period]) -> pd.DataFrame:
    """Adds `carried`, and brings target and expected to include it."""
    lines = lines.assign(carried=0.0)
    if not read["carry"].any():
        return lines
    every = read.drop_duplicates("line").set_index("line")["every"].reindex(lines["line"])
    units = np.array([one.unit for one in stretch], dtype=object)[lines["period"]]
    carrying = (lines["carry"] > 0) & (every.to_numpy() == units)
    for _, mine in lines[carrying].sort_values("period").groupby(["rep", "line"]):
        over, before = 0.0, None
        for at, period, target, expected, actual in mine[
            ["period", "target", "expected", "actual"]
        ].itertuples():
            if before is not None and periods.following(before) != stretch[period]:
                over = 0.0
            owed = over if target else 0.0
            gone = expected / target if target else 0.0
            lines.loc[at, ["carried", "target", "expected"]] = owed, target + owed, expected + owed * gone
            # 0 comes first: it is also what is owed where an actual cannot be said.
            over, before = max(0.0, target + over - actual), stretch[period]
    return lines


def _judged(lines: pd.DataFrame, plan: Plan, stretch: Sequence[Period]) -> pd.DataFrame:
    """Adds attainment, pace, projected, remaining, needed_per_day, status and tier."""
    target, actual, expected = (lines[name].to_numpy() for name in ("target", "actual", "expected"))
    left = lines["days_left"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        # Rounded, so that 0.16 of 0.2 is 80 % and not a hair below the threshold.
        attainment = np.where(target > 0, actual / target, np.nan).round(DECIMALS)
        pace = np.where(expected > 0, actual / expected, np.nan).round(DECIMALS)
        projected = np.where(expected > 0, actual * target / expected, np.nan)
        remaining = np.maximum(target - actual, 0).round(DECIMALS)
        needed = np.select([remaining == 0, left > 0], [0.0, remaining / left], np.nan)
    return lines.assign(
        attainment=attainment,
        pace=pace,
        projected=projected,
        remaining=remaining,
        needed_per_day=needed,
        status=status(attainment, pace, target),
        tier=_tiers(attainment, plan.tiers, lines["period"].to_numpy(), stretch),
    )


def _tiers(attainment: Floats, tiers: pd.DataFrame, period: Ints, stretch: Sequence[Period]) -> np.ndarray:
    """The highest tier that each attainment reaches, None for none: of those on the period's last day."""
    begins = inforce.begins(tiers)
    last = np.array([one.last for one in stretch], dtype="datetime64[D]")
    version = (np.searchsorted(begins, last, side="right") - 1)[period]
    found = np.full(len(attainment), None, dtype=object)
    for at in np.unique(version):
        ordered = inforce.on(tiers, "tiers", begins[at]).sort_values("threshold")
        least = ordered["threshold"].to_numpy(np.float64)
        names = np.array([None, *ordered["tier"]], dtype=object)
        mine = version == at
        reached = np.nan_to_num(attainment[mine], nan=-1.0)
        found[mine] = names[np.searchsorted(least, reached, side="right")]
    return found


def presented(found: Judged, shown: Sequence[str]) -> pd.DataFrame:
    """The columns `shown` of the lines, with names for positions; a row without figures for every rep
    and period without a line. Ordered by period, rep and quota."""
    stretch, crew = found.stretch, found.crew
    everybody = np.indices((len(stretch), len(crew))).reshape(2, -1)
    idle = np.ones((len(stretch), len(crew)), dtype=np.bool_)
    idle[found.lines["period"], found.lines["rep"]] = False
    rest = pd.DataFrame(everybody[:, idle.ravel()].T, columns=["period", "rep"])
    rows = pd.concat([found.lines, rest.assign(line=-1, status="no_quota")])
    rows = rows.sort_values(["period", "rep", "line"], ignore_index=True)
    period, rep, line = (rows[name].to_numpy(np.int64) for name in ("period", "rep", "line"))
    named = named_lines(found.read)
    for name in ("quota", "kind", "measure", "currency", "every"):
        rows[name] = named[name].array.take(line, allow_fill=True)
    rows["period"] = pd.Series([one.key for one in stretch]).array.take(period)
    people = crew.astype("str")
    rows["rep"], rows["team"] = people["rep"].array.take(rep), people["team"].array.take(rep)
    return rows[list(shown)].astype({name: "str" for name in _TEXT if name in shown})


def named_lines(read: pd.DataFrame) -> pd.DataFrame:
    """What each line is called: as its latest version; alternatives by their word, with all kinds."""
    named = read.drop_duplicates("line", keep="last").sort_values("line").set_index("line")
    shared = named["alternative"] != ""
    kinds = read.groupby("line")["kind"].agg(_joined)
    return named.assign(
        kind=named["kind"].where(~shared, kinds),
        measure=named["measure"].where(~shared, SHARE),
        quota=named["quota"].where(~shared, named["alternative_title"]),
        currency=named["settled"].replace("", None).astype(object).where(~shared, None),
    )


def _joined(kinds: pd.Series) -> str:
    named = set("+".join(kinds).split("+"))
    return "+".join(kind for kind in (*c.KINDS, rules.POINTS) if kind in named)
