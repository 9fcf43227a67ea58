"""The questions people ask of a workspace, answered from its daily cube.

`load` reads what is visible once; everything else is a pure function of the `Facts` it
returns. The pages and the command line ask the same functions, so they agree.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property

import pandas as pd

from quota import (
    attainment,
    balance,
    derivation,
    engines,
    leaderboard,
    periods,
    quotas,
    review,
    roster,
    rules,
    suggestions,
    tracing,
    trends,
    worktime,
)
from quota import columns as c
from quota import funnel as funnels
from quota import restatements as closed
from quota.counting import Work, work_done
from quota.errors import BadRequest
from quota.periods import Period
from quota.roster import resolved
from quota.rules import Plan
from quota.workspace import Workspace
from quota.worktime import Staff

COUNT_KEYS = ("rep", "team", "kind", "day", "week", "month")
BASES = ("volume", "cohort")
_ALL = "all"
_CENTS = 6  # decimals kept of a sum of amounts: enough for any currency, without float dust


@dataclass(frozen=True)
class Facts:
    """What a workspace holds at one moment, ready to be asked.

    `cube`: CUBE_KEYS + MEASURES, reps by their canonical names and teams from the roster;
    `people`, `absences`: as stored; `plan`: the quotas and what they refer to; `fine`: the cube
    with topics and customers, where a quota asks for them; `first`: see `rollup.first_reached`,
    empty until somebody asks for cohorts (`with_first`); `known_at`: that moment, None for now.
    """

    cube: pd.DataFrame
    people: pd.DataFrame
    absences: pd.DataFrame
    plan: Plan
    imports: pd.DataFrame
    settings: dict[str, str]
    names: dict[str, str] = field(repr=False)  # a name as written, folded → the canonical one
    teams: dict[str, str | None] = field(repr=False)
    fine: pd.DataFrame | None = None
    first: pd.DataFrame | None = None
    known_at: datetime | None = None

    @property
    def quotas(self) -> pd.DataFrame:
        """The quota rules, as stored."""
        return self.plan.rules

    @cached_property
    def work(self) -> Work:
        """What was done."""
        return Work(self.cube, self.fine)

    @cached_property
    def staff(self) -> Staff:
        """Who works when; the setting `weekdays` says what each weekday carries, or `learn`."""
        said = self.settings.get("weekdays", "")
        if said == "learn":
            weights = worktime.learnt_weights(self.cube, self.data_to) if self.data_to else None
        else:
            weights = worktime.week_of(said)
        absences = resolved(self.absences, self.names)
        return Staff(self.people, absences, weights or worktime.EVEN, self.teams)

    @property
    def reps(self) -> list[str]:
        """Everybody in the roster or in the data, by name."""
        return list(self.teams)

    @cached_property
    def data_from(self) -> date | None:
        """The first day anything was recorded."""
        return None if self.cube.empty else self.cube[c.DAY].min().date()

    @cached_property
    def data_to(self) -> date | None:
        """The last day anything was recorded."""
        return None if self.cube.empty else self.cube[c.DAY].max().date()

    def reaches(self, period: Period) -> bool:
        """Whether the data begins before a period ends; one it does not reach was not a bad one."""
        return self.data_from is not None and self.data_from < period.end

    def today(self, clock: date) -> date:
        """The day the workspace lives on: `clock`, unless a setting holds it (the sample does)."""
        held = self.settings.get("today")
        return date.fromisoformat(held) if held else clock


def load(workspace: Workspace, as_of: datetime | None = None, engine: str = "pandas") -> Facts:
    """Everything visible in a workspace, as of a moment (now unless told otherwise)."""
    people = workspace.table("people", as_of)
    known = roster.known(workspace, as_of)
    cube = resolved(engines.cube(workspace, as_of, engine), known)
    everybody = quotas.roster(quotas.seen(cube), people)
    teams = dict(zip(everybody[c.REP], everybody[c.TEAM], strict=True))
    settings = _settings(workspace, as_of)
    plan = Plan(
        rules=workspace.table("quotas", as_of),
        points=workspace.table("points", as_of),
        ramps=workspace.table("ramps", as_of),
        tiers=workspace.table("tiers", as_of),
        fiscal_start=int(settings.get("fiscal_start", 1)),
        names=known,
    )
    return Facts(
        cube=cube.assign(team=cube[c.REP].map(teams).astype("str")),
        people=people,
        absences=workspace.table("absences", as_of),
        plan=plan,
        fine=_fine(workspace, plan, known, as_of, engine),
        imports=workspace.imports(as_of),
        settings=settings,
        names=known,
        teams=teams,
        known_at=as_of,
    )


def with_first(workspace: Workspace, facts: Facts) -> Facts:
    """The same facts with `first` filled in: when each account or deal first reached a kind."""
    first = resolved(engines.first(workspace, facts.known_at), facts.names)
    return replace(facts, first=first.assign(team=first[c.REP].map(facts.teams).astype("str")))


def planned(workspace: Workspace, facts: Facts, plan: Plan) -> Facts:
    """The same facts under another plan, with the finer cube that its quotas ask for."""
    before, after = ((rules.fine_kinds(one), set(rules.parsed(one)[c.TOPIC])) for one in (facts.plan, plan))
    fine = facts.fine if before == after else _fine(workspace, plan, facts.names, facts.known_at, "pandas")
    return replace(facts, plan=plan, fine=fine)


def counts(
    facts: Facts, start: date, end: date, by: Sequence[str] = (), direction: str | None = None
) -> pd.DataFrame:
    """Work between `start` and `end` (excluded) → `by` …, count, amount, amounts.

    direction: None counts work done by the rep (out or unknown); out, in, any as said.
    amount is the sum where one currency stands, missing where none or several do;
    amounts holds the sum per currency then, as JSON. Raises `BadRequest` for an unknown key.
    """
    unknown = [key for key in by if key not in COUNT_KEYS]
    if unknown:
        raise BadRequest("unknown_key", value=unknown[0], choices=", ".join(COUNT_KEYS))
    by = list(dict.fromkeys(by))
    rows = _keyed(_directed(facts.cube, start, end, direction), by)
    keys = by or [_ALL]
    rows = rows.assign(**{_ALL: ""})
    found = rows.groupby(keys, dropna=False, observed=True)[c.COUNT].sum().to_frame()
    if found.empty and not by:
        found = pd.DataFrame({c.COUNT: [0]}, index=pd.Index([""], name=_ALL))
    money = rows[rows[c.AMOUNT].notna()].assign(currency=lambda paid: paid[c.CURRENCY].fillna(""))
    sums = money.groupby([*keys, c.CURRENCY], dropna=False, observed=True)[c.AMOUNT].sum()
    return found.join(_amounts(sums, len(keys))).reset_index().drop(columns=_ALL, errors="ignore")


def progress(facts: Facts, period: Period, as_of: date) -> pd.DataFrame:
    """Everybody's progress under every quota in a period: see `attainment.progress`."""
    return attainment.progress(facts.work, facts.plan, facts.staff, period, as_of)


def trend(facts: Facts, period: Period, as_of: date) -> pd.DataFrame:
    """The same with intervals, streaks and what was attained before: see `trends.progress`."""
    return trends.progress(facts.work, facts.plan, facts.staff, period, as_of)


def balanced(facts: Facts, unit: str, as_of: date) -> pd.DataFrame:
    """What everybody attained of activity and of sales quotas: see `balance.balance`."""
    return balance.balance(facts.work, facts.plan, facts.staff, unit, as_of)


def history(facts: Facts, stretch: Sequence[Period], as_of: date) -> pd.DataFrame:
    """The same for several periods at once: see `attainment.history`."""
    return attainment.history(facts.work, facts.plan, facts.staff, stretch, as_of)


def derivations(
    facts: Facts, period: Period, as_of: date, rep: str, quota: str | None = None
) -> list[derivation.Derivation]:
    """Why a rep's figures are what they are: see `derivation.derivations`."""
    return derivation.derivations(facts.work, facts.plan, facts.staff, period, as_of, rep, quota)


def sources(
    workspace: Workspace, facts: Facts, why: derivation.Derivation, period: Period, as_of: date
) -> pd.DataFrame:
    """file, rows, count: the files that hold what a derivation counted, before its filters."""
    end = min(period.end, as_of + timedelta(days=1))
    kinds = "+".join(why.done["kind"].unique())
    if not kinds or end <= period.start:
        return pd.DataFrame(columns=["file", "rows", c.COUNT])
    rows = trace(workspace, facts, str(why.figures["rep"]), kinds, period.start, end, "any")
    found = rows.groupby("file", sort=False)[c.COUNT].agg(rows="size", count="sum")
    return found.reset_index()


def suggested(facts: Facts, until: date, percentile: float = 0.8, weeks: int = 12) -> pd.DataFrame:
    """Weekly quotas that the last weeks suggest: see `suggestions.suggested`."""
    return suggestions.suggested(facts.cube, facts.staff, until, percentile, weeks)


def funnel(
    facts: Facts,
    start: date,
    end: date,
    by: str | None = None,
    basis: str = "volume",
    as_of: date | None = None,
) -> pd.DataFrame:
    """Stages and conversion between `start` and `end`: see `funnel.volume` and `funnel.cohort`."""
    if basis == "volume":
        return funnels.volume(facts.cube, by, start, end)
    if basis != "cohort":
        raise BadRequest("unknown_basis", value=basis, choices=", ".join(BASES))
    if facts.first is None:
        raise ValueError("cohorts need facts from with_first")
    return funnels.cohort(facts.first, by, start, end, as_of)


def ranking(
    facts: Facts, period: Period, as_of: date, metric: str = "attainment", top: int | None = None
) -> pd.DataFrame:
    """Who leads in a period, and how that moved since the one before: see `leaderboard.ranks`.

    By attainment, only quotas that run no longer than the period count.
    """
    before = periods.previous(period)
    then = _values(facts, metric, before, as_of) if facts.reaches(before) else None
    ranked = leaderboard.ranks(_values(facts, metric, period, as_of), then)
    return ranked.head(top) if top else ranked


def twins(workspace: Workspace, facts: Facts) -> pd.DataFrame:
    """Activities that two systems logged both, to be reviewed: see `review.twins_of`."""
    return review.twins_of(workspace, facts.names, facts.settings)


def restatements(
    workspace: Workspace, import_id: str | None = None, since: datetime | None = None, unit: str = "week"
) -> pd.DataFrame:
    """rep, period, kind, before, after of closed periods that changed: by one import, or since a moment.

    See `restatements.between`. Raises `BadRequest` for an unknown import.
    """
    if import_id is not None:
        return closed.by_import(workspace, import_id, unit)
    if since is None:
        raise ValueError("restated by which import, or since when?")
    return closed.between(workspace, since, None, unit)


def rows(workspace: Workspace, import_id: str) -> pd.DataFrame:
    """Each row of an import's file and what became of it: see `tracing.rows`."""
    return tracing.rows(workspace, import_id)


def trace(
    workspace: Workspace,
    facts: Facts,
    rep: str | None,
    kind: str,
    start: date,
    end: date,
    direction: str | None = None,
) -> pd.DataFrame:
    """The rows behind a number on the screen: see `tracing.trace`; several kinds with `+`."""
    return tracing.trace(workspace, facts.names, rep, kind.split("+"), start, end, direction, facts.known_at)


def _values(facts: Facts, metric: str, period: Period, as_of: date) -> pd.DataFrame:
    judged = attainment.fitting(progress(facts, period, as_of), period)
    return leaderboard.values(metric, facts.cube, judged, period.start, period.end, facts.plan.points)


def _settings(workspace: Workspace, as_of: datetime | None) -> dict[str, str]:
    rows = workspace.table("settings", as_of)
    return dict(zip(rows["name"], rows["value"], strict=True))


def _fine(
    workspace: Workspace, plan: Plan, names: dict[str, str], as_of: datetime | None, engine: str
) -> pd.DataFrame | None:
    """The cube with topics and customers, if any rule asks for it."""
    kinds = rules.fine_kinds(plan)
    if not kinds:
        return None
    found = engines.fine(workspace, kinds, lambda texts: rules.asked_topics(plan, texts), as_of, engine)
    return resolved(found, names)


def _directed(cube: pd.DataFrame, start: date, end: date, direction: str | None) -> pd.DataFrame:
    if direction is None:
        return work_done(cube, start, end)
    within = cube[(cube[c.DAY] >= pd.Timestamp(start)) & (cube[c.DAY] < pd.Timestamp(end))]
    if direction == "any":
        return within
    if direction not in c.DIRECTIONS:
        raise BadRequest("unknown_direction", value=direction, choices="out, in, any")
    return within[within[c.DIRECTION] == direction]


def _keyed(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Rows with the time keys asked for, named as `periods.parse` reads them."""
    days = rows[c.DAY].drop_duplicates()
    named = {
        unit: rows[c.DAY].map({day: periods.containing(day.date(), unit).key for day in days}).astype("str")
        for unit in ("day", "week", "month")
        if unit in by
    }
    return rows.assign(**named)


def _amounts(sums: pd.Series, keys: int) -> pd.DataFrame:
    sums = sums.round(_CENTS)
    grouped = sums.groupby(level=list(range(keys)), dropna=False, observed=True)
    single = grouped.size() == 1
    amount = grouped.first().where(single)
    amounts = grouped.agg(_per_currency).astype(object).where(~single, None)
    return pd.DataFrame({c.AMOUNT: amount, "amounts": amounts})


def _per_currency(part: pd.Series) -> str:
    named = zip(part.index.get_level_values(c.CURRENCY), part, strict=True)
    return json.dumps({str(currency): float(amount) for currency, amount in named})
