"""Actual work against target, judged at the close of the day `as_of` (that day included).

* actual: what the rep did (direction out or missing) while the rule holds, up to `as_of`.
* expected: target × available working time gone by ÷ available working time of the period,
  rule period by rule period: 0 before the period, the target at its end.
* attainment = actual ÷ target, never capped; pace = actual ÷ expected;
  projected = actual × target ÷ expected (linear on working time);
  remaining = max(target − actual, 0); needed_per_day = remaining ÷ available days left.
* status: met from 100 % attainment; else by pace: ahead from 1.05, on_pace from 0.95, behind
  from 0.80, at_risk below; nothing expected yet is on_pace; no target, or a target of 0 (a whole
  period on leave), is no_quota.
* Currencies are never added together. A rule on amounts that names none is judged while the cube
  holds its kinds in a single currency (unnamed counts as one); otherwise its actual is missing
  and its status no_quota, and `quotas.check_rules` asks for the currency.
* A quota changed within the period is one line: its versions' targets and actuals are summed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from quota import quotas
from quota.periods import Period
from quota.quotas import DECIMALS, Spells
from quota.worktime import Daily, Floats, availability

PACES = (("ahead", 1.05), ("on_pace", 0.95), ("behind", 0.80))
STATUSES = ("met", "ahead", "on_pace", "behind", "at_risk", "no_quota")

# The shortest that each length of period can be, in days.
_LEAST_DAYS = {"day": 1, "week": 7, "month": 28, "quarter": 90, "year": 365}

PROGRESS = [
    *("rep", "team", "quota", "kind", "measure", "currency", "every", "period"),
    *("target", "actual", "attainment", "expected", "pace", "projected"),
    *("remaining", "needed_per_day", "status"),
]
_TEXT = [*PROGRESS[:8], "status"]


def progress(
    cube: pd.DataFrame,
    rules: pd.DataFrame,
    people: pd.DataFrame,
    absences: pd.DataFrame,
    period: Period,
    as_of: date,
) -> pd.DataFrame:
    """How far everybody is in one period: `history` of that period alone."""
    return history(cube, rules, people, absences, [period], as_of)


def history(
    cube: pd.DataFrame,
    rules: pd.DataFrame,
    people: pd.DataFrame,
    absences: pd.DataFrame,
    stretch: Sequence[Period],
    as_of: date,
) -> pd.DataFrame:
    """How far everybody is, or was, in each period of `stretch` at the close of `as_of`.

    The daily cube, `columns.QUOTAS`, `columns.PEOPLE`, `columns.ABSENCES` → `PROGRESS`, ordered by
    period, rep and quota; `period` is its key; currency is the one counted, None where no money is
    or its currency is unnamed. Everybody in `people` or in the cube has a row per period: without any
    quota all but rep, team, period and status is missing. Numbers are float64, NaN where missing.
    """
    crew = quotas.roster(cube, people).astype("str")
    read = quotas.parsed(rules)
    read["settled"] = quotas.settled(read, cube)
    known = quotas.span(read, stretch)
    ready = availability(list(crew["rep"]), people, absences, known.start, known.end)
    held = quotas.spells(read, crew, stretch)
    tomorrow = np.datetime64(as_of) + 1
    past, left = held.until(tomorrow), held.since(tomorrow)
    figures = pd.DataFrame(
        {
            "target": quotas.due(read, held, ready),
            "expected": quotas.due(read, past, ready),
            "actual": _done(cube, read, crew, past, known),
            "days_left": ready.available.between(left.start, left.end, left.rep),
        }
    )
    lines = _lines(figures, read, held)
    return _presented(_judged(lines), read, crew, stretch)


def fitting(progress: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The rows of `progress` whose quota can be judged in a period as long as `period`.

    A week's slice of a quarter's target says nothing: sales come in lumps. Whoever has only
    quotas for longer periods keeps them, so that nobody disappears.
    """
    least = progress["every"].map(_LEAST_DAYS).astype(np.float64)
    fits = least <= period.days
    return progress[fits | ~fits.groupby(progress["rep"]).transform("any")]


def status(attainment: Floats, pace: Floats, target: Floats) -> np.ndarray:
    """The status of each line; see the module's thresholds. No target, or no actual: no_quota."""
    unknown = ~(target > 0) | np.isnan(attainment)
    paces = [pace >= least for _, least in PACES]
    return np.select(
        [unknown, attainment >= 1, np.isnan(pace), *paces],
        ["no_quota", "met", "on_pace", *(name for name, _ in PACES)],
        "at_risk",
    )


def work_done(cube: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """The cube's rows of work done by the reps (direction out or missing), `start` ≤ day < `end`."""
    own = cube["direction"].isna() | (cube["direction"] == "out")
    within = (cube["day"] >= pd.Timestamp(start)) & (cube["day"] < pd.Timestamp(end))
    return cube[own & within]


def _done(cube: pd.DataFrame, rules: pd.DataFrame, crew: pd.DataFrame, held: Spells, known: Period) -> Floats:
    """What was done in each spell, in the rule's measure; NaN where currencies would be mixed."""
    work = work_done(cube, known.start, known.end)
    done = np.full(len(held.rep), np.nan)
    for _, ours in rules[rules["settled"].notna()].groupby(["kind", "measure", "settled"]):
        kind, measure, currency = ours[["kind", "measure", "settled"]].iloc[0]
        counted = work[work["kind"].isin(kind.split("+"))]
        if currency:
            counted = counted[quotas.currencies(counted["currency"]) == currency]
        daily = _daily(counted, measure, crew, known)
        mine = np.isin(held.rule, ours.index)
        done[mine] = daily.between(held.start[mine], held.end[mine], held.rep[mine])
    return done


def _daily(work: pd.DataFrame, measure: str, crew: pd.DataFrame, known: Period) -> Daily:
    """The sum of `measure` per rep of the crew and day."""
    rep = pd.Index(crew["rep"]).get_indexer(pd.Index(work["rep"]))
    day = (work["day"].to_numpy().astype("datetime64[D]") - np.datetime64(known.start)).astype(np.int64)
    sums = np.zeros((len(crew), known.days))
    np.add.at(sums, (rep, day), work[measure].fillna(0).to_numpy(np.float64))
    return Daily.from_values(known.start, sums)


def _lines(figures: pd.DataFrame, rules: pd.DataFrame, held: Spells) -> pd.DataFrame:
    """Spells → lines: period and rep as positions, `rule` the latest version that held, sums."""
    title = rules["quota"].str.casefold()
    line = rules.groupby([title, *quotas.WHAT]).ngroup().to_numpy()
    keys = {"period": held.period, "rep": held.rep, "line": line[held.rule]}
    spells = figures.assign(**keys, rule=held.rule)
    grouped = spells.groupby([*keys])
    sums = grouped[[*figures.columns]].sum(skipna=False).round(DECIMALS)
    return sums.assign(rule=grouped["rule"].max()).reset_index()


def _judged(lines: pd.DataFrame) -> pd.DataFrame:
    """Adds attainment, pace, projected, remaining, needed_per_day and status."""
    target, actual, expected = (lines[name].to_numpy() for name in ("target", "actual", "expected"))
    left = lines["days_left"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        attainment = np.where(target > 0, actual / target, np.nan)
        pace = np.where(expected > 0, actual / expected, np.nan)
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
    )


def _presented(
    lines: pd.DataFrame, rules: pd.DataFrame, crew: pd.DataFrame, stretch: Sequence[Period]
) -> pd.DataFrame:
    """Names for positions, and a row without figures for every rep and period without a line."""
    everybody = np.indices((len(stretch), len(crew))).reshape(2, -1)
    idle = np.ones((len(stretch), len(crew)), dtype=np.bool_)
    idle[lines["period"], lines["rep"]] = False
    rest = pd.DataFrame(everybody[:, idle.ravel()].T, columns=["period", "rep"])
    shown = pd.concat([lines, rest.assign(rule=-1, line=-1, status="no_quota")])
    shown = shown.sort_values(["period", "rep", "line"], ignore_index=True)
    period, rep, rule = (shown[name].to_numpy(np.int64) for name in ("period", "rep", "rule"))
    named = rules.assign(currency=rules["settled"].replace("", None))
    for name in ("quota", *quotas.WHAT):
        shown[name] = named[name].array.take(rule, allow_fill=True)
    shown["period"] = pd.Series([one.key for one in stretch]).array.take(period)
    shown["rep"], shown["team"] = crew["rep"].array.take(rep), crew["team"].array.take(rep)
    return shown[PROGRESS].astype(dict.fromkeys(_TEXT, "str"))
