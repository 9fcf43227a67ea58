"""Why this number: what a line of `trends.progress` was made of, figure by figure.

Nothing is computed another way here: the same rules, spells, shares and counted rows, of one rep,
laid out instead of summed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from quota import attainment, counting, periods, quotas, rules, worktime
from quota import columns as c
from quota.counting import Work
from quota.crew import EARLIEST, LATEST, as_days, folded
from quota.periods import Period
from quota.quotas import Spells
from quota.rules import Plan
from quota.trends import Past
from quota.worktime import Bools, Staff

PIECES = [
    "rule",
    "period",
    "start",
    "end",
    "goal",
    "ramp",
    "available",
    "possible",
    "share",
    "target",
    "expected",
]


@dataclass(frozen=True)
class Derivation:
    """One rep's line of one quota, laid out.

    `figures`: the row of `trends.PROGRESS`; `past`: what it is compared with, as `trends.PAST`.
    `rules`: the rules that held, as in `columns.QUOTAS`, with `rule` (a number), who changed them last
    (`by`, `at`, `import_id`, where known), and those they won over (`won` False).
    `pieces`: `PIECES`, a row per rule, rule period and unbroken run of days: goal × share = target,
    share = available ÷ possible, `available` already at the ramp's share; expected up to `as_of`.
    `days`: day, possible, available, days, reasons (`worktime.days_of`), ramp (the share that counts).
    `done`: rule, kind, worth, events, value: what counted, before caps and minimums.
    `excluded`: kind, reason, count: the rep's other events of these kinds and days, and why not.
    """

    figures: Mapping[str, Any]
    rules: pd.DataFrame
    pieces: pd.DataFrame
    days: pd.DataFrame
    done: pd.DataFrame
    excluded: pd.DataFrame
    past: pd.DataFrame


def derivations(
    work: Work, plan: Plan, staff: Staff, period: Period, as_of: date, rep: str, quota: str | None = None
) -> list[Derivation]:
    """Every line of a rep in a period laid out, or those of one quota; in the order of `progress`."""
    past = Past.of(work, plan, staff, period, as_of, rep)
    mine = past.progress()
    mine = mine[mine["quota"].notna()]
    own = _Own.of(work, plan, staff, period, as_of, rep)
    # Names do not tell lines apart (two topics of one quota); all are in the order of the lines.
    found = zip(mine.to_dict("records"), own.lines(), past.earlier(), strict=True)
    wanted = None if quota is None else folded(quota)
    return [
        own.derivation(row, line, before)
        for row, line, before in found
        if wanted in (None, folded(row["quota"]))
    ]


@dataclass(frozen=True)
class _Own:
    """What concerns one rep."""

    work: Work
    plan: Plan
    staff: Staff
    period: Period
    as_of: date
    rep: str
    read: pd.DataFrame
    crew: pd.DataFrame
    held: Spells

    @classmethod
    def of(cls, work: Work, plan: Plan, staff: Staff, period: Period, as_of: date, rep: str) -> _Own:
        crew = quotas.roster(work.seen, staff.people)
        crew = crew[crew["rep"] == rep].reset_index(drop=True)
        read = attainment.lines_of(plan, work)
        held = quotas.spells(read, crew, staff.people, [period])
        return cls(work, plan, staff, period, as_of, rep, read, crew, held)

    def lines(self) -> list[int]:
        """The lines that hold for the rep on some day, as `progress` orders them."""
        found: list[int] = np.unique(self.read["line"].to_numpy()[self.held.rule]).tolist()
        return found

    def derivation(self, figures: dict[Any, Any], line: int, past: pd.DataFrame) -> Derivation:
        mine = np.unique(self.held.rule[self.read["line"].to_numpy()[self.held.rule] == line])
        pieces = pd.concat([self.pieces(int(rule)) for rule in mine], ignore_index=True)
        return Derivation(
            figures,
            self.rules(mine),
            pieces,
            self.days(mine),
            pd.concat([self.done(int(rule)) for rule in mine], ignore_index=True),
            self.all_excluded(mine),
            past,
        )

    def rules(self, mine: np.ndarray) -> pd.DataFrame:
        pairs = quotas.candidates(self.read, self.crew, self.staff.people)
        first, last = np.datetime64(self.period.start), np.datetime64(self.period.end)
        rivals = pairs["what"].isin(pairs.loc[pairs["rule"].isin(mine), "what"])
        near = (as_days(pairs["begin"]) < last) & (as_days(pairs["stop"]) > first)
        meant = pairs.loc[rivals & near, "rule"].drop_duplicates().to_numpy()
        read = self.read.iloc[meant]
        written = self.plan.rules.reset_index(drop=True).iloc[read["row"]]
        found: pd.DataFrame = written.assign(rule=meant, won=np.isin(meant, mine))
        # Where points change within a rule, each piece says its own days.
        cut = self.read["row"].duplicated(keep=False).to_numpy()[meant]
        for name, open_ in (("from", EARLIEST), ("to", LATEST)):
            own = [None if day == open_ else day for day in as_days(read[name]).tolist()]
            found[name] = np.where(cut, np.array(own, dtype=object), found[name].astype(object))
        return found.sort_values(["won", "rule"], ascending=[False, True], ignore_index=True)

    def pieces(self, rule: int) -> pd.DataFrame:
        every = self.read["every"].iloc[rule]
        spells = self.held.rule == rule
        cut = [
            (part, max(part.start, start), min(part.end, end))
            for start, end in zip(
                self.held.start[spells].tolist(), self.held.end[spells].tolist(), strict=True
            )
            for part in periods.split(Period(start, end), every, fiscal_start=self.plan.fiscal_start)
        ]
        starts = np.array([start for _, start, _ in cut], dtype="datetime64[D]")
        ends = np.array([end for _, _, end in cut], dtype="datetime64[D]")
        zeros = np.zeros(len(cut), dtype=np.int64)
        runs = Spells(zeros, zeros + rule, zeros, starts, ends)
        known = quotas.span(self.read.iloc[[rule]], [self.period], self.plan.fiscal_start)
        ready = worktime.availability([self.rep], self.staff, known.start, known.end)
        share = quotas.shares(self.plan, self.read, runs, ready)
        gone = quotas.shares(self.plan, self.read, runs.until(np.datetime64(self.as_of) + 1), ready)
        whole = [ready.possible.between(part.start, part.end)[0] for part, _, _ in cut]
        goal = float(self.read["target"].iloc[rule])
        rows = {
            "rule": rule,
            "period": [part.key for part, _, _ in cut],
            "start": starts,
            "end": ends,
            "goal": goal,
            "ramp": self.read["ramp"].iloc[rule] or None,
            "available": (share * whole).round(quotas.DECIMALS),
            "possible": whole,
            "share": share.round(quotas.DECIMALS),
            "target": (goal * share).round(quotas.DECIMALS),
            "expected": (goal * gone).round(quotas.DECIMALS),
        }
        return pd.DataFrame(rows, columns=PIECES)

    def days(self, mine: np.ndarray) -> pd.DataFrame:
        days = worktime.days_of(self.rep, self.staff, self.period.start, self.period.end)
        ramps = self.read["ramp"].iloc[mine]
        if not (ramps != "").any():
            return days.assign(ramp=1.0)
        ready = worktime.availability([self.rep], self.staff, self.period.start, self.period.end)
        ramp = ramps[ramps != ""].iloc[0]
        share = quotas.ramp_shares(self.plan.ramps, ramp, as_days(days["day"]), ready.tenure[0] // 7 + 1)
        return days.assign(ramp=share)

    def done(self, rule: int) -> pd.DataFrame:
        row = self.read.iloc[rule]
        rows = self.reached(counting.counted(self.events(rule), row), row)
        rows = rows[self.asked_on(rule, rows["day"])]
        worth = rules.worth(self.plan, row["kind"], row["from"])
        measure = row["measure"] if row["measure"] in (c.AMOUNT, c.UNITS) else c.COUNT
        events, sums = (
            rows.groupby(c.KIND, observed=True)[name].sum().reindex(list(worth), fill_value=0).to_numpy()
            for name in (c.COUNT, measure)
        )
        each = np.array(list(worth.values()), dtype=np.float64)
        told = {"rule": rule, "kind": list(worth), "worth": each, "events": events, "value": sums * each}
        return pd.DataFrame(told)

    def all_excluded(self, mine: np.ndarray) -> pd.DataFrame:
        """Versions of a rule are added up; alternatives that leave the same out say so once."""
        found = pd.concat([self.excluded(int(rule)) for rule in mine])
        found = found.groupby(["component", c.KIND, "reason"])[c.COUNT].sum().reset_index()
        named: pd.DataFrame = found.drop(columns="component").drop_duplicates(ignore_index=True)
        return named

    def excluded(self, rule: int) -> pd.DataFrame:
        """→ component, kind, reason, count. Reasons are asked in one order: an event has one."""
        row, rows = self.read.iloc[rule], self.events(rule)
        passed = counting.tests(rows, row)
        passed = {"after_as_of": rows["day"] <= pd.Timestamp(self.as_of), **passed}
        reasons = pd.Series("", index=rows.index, dtype=object)
        for reason, mask in passed.items():
            reasons = reasons.where(mask | (reasons != ""), reason)
        if row["measure"] in counting.REACHED:
            # Of what is left each one reached counts once.
            once = rows.index.isin(self.reached(rows[reasons == ""], row).index)
            rows = rows.assign(count=rows[c.COUNT] - once)
            reasons = reasons.replace("", "reached_before")
        out = rows.assign(reason=reasons, component=row["component"])
        out = out[(reasons != "") & (out[c.COUNT] > 0) & self.asked_on(rule, out["day"])]
        keys = ["component", c.KIND, "reason"]
        found: pd.DataFrame = out.groupby(keys, observed=True)[c.COUNT].sum().reset_index()
        return found

    def reached(self, rows: pd.DataFrame, row: pd.Series) -> pd.DataFrame:
        """The rows up to `as_of`; where whom they reached is counted, the first of each in a rule period."""
        rows = rows[rows["day"] <= pd.Timestamp(self.as_of)]
        if row["measure"] not in counting.REACHED:
            return rows
        whom = counting.REACHED[row["measure"]]
        return counting.first_reached(rows, whom, row["every"], self.plan.fiscal_start)

    def events(self, rule: int) -> pd.DataFrame:
        """The rep's rows of the rule's kinds in the rule periods that it touches here."""
        row = self.read.iloc[rule]
        source = counting.source(self.work, row)
        parts = periods.split(self.period, row["every"], fiscal_start=self.plan.fiscal_start)
        first, after = pd.Timestamp(parts[0].start), pd.Timestamp(parts[-1].end)
        kinds = list(rules.worth(self.plan, row["kind"], row["from"]))
        mine = (source["rep"] == self.rep) & source["kind"].isin(kinds)
        rows: pd.DataFrame = source[mine & (source["day"] >= first) & (source["day"] < after)]
        return rows

    def asked_on(self, rule: int, days: pd.Series) -> Bools:
        """Whether the rule holds on each of the days."""
        mine = self.held.rule == rule
        day = as_days(days)
        within = (self.held.start[mine][:, None] <= day) & (day < self.held.end[mine][:, None])
        return np.asarray(within.any(axis=0))
