"""A line against the same rep's own past: how sure its projection is, streaks, and the trend.

The past is every finished period of the same length before the one looked at, in which the rep had
a target under the same quota, 53 of them at most; it begins with the first day on which anything of
the rep is recorded, and a period whose working time had begun before that day is left out.

* The same moment: the point of an earlier period at which the same share of the rep's own working
  time was gone, within a day in proportion. Unknown before any time is gone, and where all touches
  of the earlier period stand on its first day, as those of trackers do.
* projected_low, projected_high: the linear projection and its own errors. In each of the 13 periods
  before, error = (final − the projection made at the same moment) ÷ target; the interval runs from
  projected + target × the errors' 10th percentile to the same with the 90th, and never below what is
  done. It closes at the end of the period, where no projection errs. Missing with fewer than 6
  errors. Source: Williams & Goodman (1971), A simple method for the construction of empirical
  confidence limits for economic forecasts, JASA 66:752–754. The percentile p of n errors stands at
  place p (n + 1), between the first and the last (Hyndman & Fan 1996, definition 6), so that a like
  period falls within with 80 %; with 6 to 8 errors these are the extremes, and it is 71 to 78 %.
* streak: how many periods in a row were met, up to the one looked at; that one counts once it is
  met, and breaks the streak once it has ended unmet. A period without a target does neither.
  longest_streak: the longest there was.
* attainment_previous, attainment_last_year: what was attained of the target at the same moment of
  the period before, and of the same period a year before (`periods.year_before`); at the end of a
  period, their final attainments. Missing where there was no target, no data or no such period.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from quota import attainment, periods
from quota.attainment import Judged
from quota.counting import Work, lumped, of_rep
from quota.crew import Days
from quota.periods import Period
from quota.quotas import DECIMALS
from quota.rules import Plan
from quota.worktime import Bools, Daily, Floats, Ints, Staff, availability

BACK, RECENT, LEAST = 53, 13, 6
TAILS = (0.1, 0.9)

FIGURES = [
    *("projected_low", "projected_high", "streak", "longest_streak"),
    *("attainment_previous", "attainment_last_year"),
]
PROGRESS = [*attainment.PROGRESS, *FIGURES]
PAST = ["period", "target", "actual", "attainment", "met", "then", "projected", "error"]


def progress(work: Work, plan: Plan, staff: Staff, period: Period, as_of: date) -> pd.DataFrame:
    """`attainment.progress` with `FIGURES` beside it: amounts and attainments as there, NaN where
    missing; streaks Int64, missing without a target."""
    return Past.of(work, plan, staff, period, as_of).progress()


@dataclass(frozen=True)
class Past:
    """The lines of a period (`found`); beside them matrices lines × `stretch`: the earlier periods,
    oldest first, and the period itself as the last one.

    `counts`: there was a target, and enough is known; `then` and `gone`: what was done, and which
    share of the target was expected, at the same moment. From the place `first` on the periods
    follow one another; `last_year` is the place of the period a year before, -1 for none. `over`:
    the period itself has ended.
    """

    found: Judged
    stretch: tuple[Period, ...]
    target: Floats
    actual: Floats
    then: Floats
    gone: Floats
    counts: Bools
    first: int
    last_year: int
    over: bool

    @classmethod
    def of(
        cls, work: Work, plan: Plan, staff: Staff, period: Period, as_of: date, rep: str | None = None
    ) -> Past:
        """The past of everybody's lines in `period`, judged at the close of `as_of`, or of one rep's."""
        earlier, year = _earlier(work.cube, period, as_of), _year_before(work.cube, period, as_of)
        apart = [year] if year and year not in earlier else []
        stretch = (*apart, *earlier, period)
        every = attainment.judged(work, plan, staff, stretch, as_of, rep)
        work = of_rep(work, rep) if rep is not None else work
        now = every.lines["period"] == len(stretch) - 1
        lines = every.lines[now].assign(period=0).sort_values(["rep", "line"])
        found = replace(every, lines=lines, stretch=[period])
        last_year = stretch.index(year) if year else -1
        recent = range(max(len(stretch) - 1 - RECENT, len(apart)), len(stretch) - 1)
        near = np.array(sorted({*recent, last_year} - {-1}), dtype=np.int64)
        figures = _figures(work, plan, staff, every, found, stretch, near, as_of)
        return cls(
            found,
            stretch,
            **figures,
            first=len(apart),
            last_year=last_year,
            over=as_of >= period.last,
        )

    def progress(self) -> pd.DataFrame:
        """→ `PROGRESS`."""
        before = len(self.stretch) - 2
        followed = before >= self.first and self.stretch[before] == periods.previous(self.stretch[-1])
        figures = (
            *self.interval(),
            *self.streaks(),
            self.attained_then(before if followed else -1),
            self.attained_then(self.last_year),
        )
        lines = self.found.lines.assign(**dict(zip(FIGURES, figures, strict=True)))
        shown = attainment.presented(replace(self.found, lines=lines), PROGRESS)
        return shown.astype(dict.fromkeys(FIGURES[2:4], "Int64"))

    def earlier(self) -> list[pd.DataFrame]:
        """Per line the periods before that count, oldest first → `PAST`; error as a share of the target."""
        keys = np.array([one.key for one in self.stretch])
        figures = {
            "target": self.target,
            "actual": self.actual,
            "attainment": self.attained(),
            "met": self.met(),
            "then": self.then,
            "projected": self.projected(),
            "error": self.errors(),
        }
        found = []
        for at, counts in enumerate(self.counts):
            mine = np.flatnonzero(counts[:-1])
            told = {name: values[at, mine] for name, values in figures.items()}
            found.append(pd.DataFrame({"period": keys[mine], **told}, columns=PAST))
        return found

    def attained(self) -> Floats:
        """What was attained in the end."""
        return _ratio(self.actual, self.target)

    def met(self) -> Bools:
        """Whether each line that counts was met."""
        return np.asarray(self.counts & (self.attained() >= 1))

    def projected(self) -> Floats:
        """What the linear projection said at the same moment."""
        return _ratio(self.then, self.gone)

    def errors(self) -> Floats:
        """By how much of the target the projections of the `RECENT` periods erred; NaN elsewhere."""
        errors = _ratio(self.actual - self.projected(), self.target)
        place = np.arange(len(self.stretch))
        last = len(self.stretch) - 1
        recent = (place >= max(last - RECENT, self.first)) & (place < last)
        return np.asarray(np.where(self.counts & recent, errors, np.nan))

    def interval(self) -> tuple[Floats, Floats]:
        """projected_low and projected_high of each line."""
        target, actual, projected = (
            self.found.lines[name].to_numpy() for name in ("target", "actual", "projected")
        )
        low, high = (
            np.maximum(projected + target * error, actual).round(DECIMALS - 3)
            for error in percentiles(self.errors(), TAILS)
        )
        return low, high

    def streaks(self) -> tuple[Floats, Floats]:
        """streak and longest_streak of each line; NaN without a target."""
        met, counts = (values[:, self.first :] for values in (self.met(), self.counts))
        missed = counts & ~met
        missed[:, -1] &= self.over
        total: Floats = np.cumsum(met, axis=1, dtype=np.float64)
        run: Floats = total - np.maximum.accumulate(np.where(missed, total, 0), axis=1)
        unasked = ~counts[:, -1]
        return np.where(unasked, np.nan, run[:, -1]), np.where(unasked, np.nan, run.max(axis=1))

    def attained_then(self, at: int) -> Floats:
        """What was attained at the same moment of the period in place `at`; NaN for place -1."""
        if at < 0:
            return np.full(len(self.found.lines), np.nan)
        attained = _ratio(self.then[:, at], self.target[:, at])
        return np.asarray(np.where(self.counts[:, at], attained, np.nan))


def percentiles(values: Floats, shares: Sequence[float]) -> list[Floats]:
    """Of each row its percentiles (0.1 is the 10th): place p (n + 1) of n ordered values, between the
    first and the last. NaN takes no part; fewer than `LEAST` values have none."""
    ordered = np.sort(values, axis=1)  # NaN comes last
    n = (~np.isnan(values)).sum(axis=1)
    found = []
    for share in shares:
        place = np.clip(share * (n + 1), 1, np.maximum(n, 1)) - 1
        below = np.floor(place).astype(np.int64)
        above = np.minimum(below + 1, np.maximum(n - 1, 0))
        low, high = (np.take_along_axis(ordered, at[:, None], axis=1)[:, 0] for at in (below, above))
        found.append(np.where(n >= LEAST, low + (place - below) * (high - low), np.nan))
    return found


_FINAL, _EDGES = ("target", "actual"), ("start", "end")


def _earlier(cube: pd.DataFrame, period: Period, as_of: date) -> list[Period]:
    """The finished periods before, oldest first, since the data began."""
    found, one = [], period
    for _ in range(BACK):
        one = periods.previous(one)
        if not _reached(cube, one):
            break
        if one.last <= as_of:
            found.append(one)
    return found[::-1]


def _year_before(cube: pd.DataFrame, period: Period, as_of: date) -> Period | None:
    year = periods.year_before(period)
    return year if year and _reached(cube, year) and year.last <= as_of else None


def _reached(cube: pd.DataFrame, period: Period) -> bool:
    return len(cube) > 0 and cube["day"].min() < pd.Timestamp(period.end)


def _matrix(values: pd.Series | Floats, lines: pd.DataFrame, found: Judged, width: int) -> Floats:
    """The values of `lines` (period, rep, line) as a matrix lines of `found` × periods, NaN where none."""
    size = int(found.read["line"].max()) + 1 if len(found.read) else 1
    place = np.full((len(found.crew), size), -1)
    place[found.lines["rep"], found.lines["line"]] = np.arange(len(found.lines))
    row = place[lines["rep"], lines["line"]]
    matrix = np.full((len(found.lines), width), np.nan)
    matrix[row[row >= 0], lines["period"].to_numpy()[row >= 0]] = np.asarray(values)[row >= 0]
    return matrix


def _figures(
    work: Work,
    plan: Plan,
    staff: Staff,
    every: Judged,
    found: Judged,
    stretch: Sequence[Period],
    near: Ints,
    as_of: date,
) -> dict[str, Any]:
    """The matrices of `Past`; the same moment only of the periods in the places `near`."""
    last, reps = len(stretch) - 1, list(found.crew["rep"])
    days = min(one.start for one in stretch), max(one.end for one in stretch)
    time = availability(reps, staff, *days).available
    target, actual = (_matrix(every.lines[name], every.lines, found, last + 1) for name in _FINAL)
    known = _known(work.cube, time, stretch, reps)
    known[last] = True
    counts = (target > 0) & ~np.isnan(actual) & known[:, found.lines["rep"]].T
    then, gone = (np.full_like(actual, np.nan) for _ in _FINAL)
    start, end = stretch[last].start, stretch[last].end
    close = min(max(as_of + timedelta(days=1), start), end)
    share = _ratio(time.between(start, close), time.between(start, end))
    if (share >= 1).all():
        then[:, near], gone[:, near] = actual[:, near], 1.0
    elif len(near):
        asked = [stretch[at] for at in near]
        lines, *told = _then(work, plan, staff, found, asked, time, share)
        lines = lines.assign(period=near[lines["period"]])
        then, gone = (_matrix(values, lines, found, last + 1) for values in told)
    return {"target": target, "actual": actual, "then": then, "gone": gone, "counts": counts}


def _known(cube: pd.DataFrame, time: Daily, stretch: Sequence[Period], reps: Sequence[str]) -> Bools:
    """periods × reps: whether no working time of the period was gone when the rep's record began."""
    began = cube.groupby("rep")["day"].min().reindex(list(reps)).to_numpy().astype("datetime64[D]")[:, None]
    start, end = (np.array([getattr(one, edge) for one in stretch], "datetime64[D]") for edge in _EDGES)
    since = np.where(np.isnat(began), end, np.clip(began, start, end))
    everybody = np.arange(len(reps))[:, None]
    return np.asarray(time.between(np.broadcast_to(start, since.shape), since, everybody) == 0).T


def _moments(time: Daily, share: Floats, stretch: Sequence[Period]) -> tuple[Days, Floats]:
    """periods × reps: the day in which the moment lies when `share` of the rep's time was gone, and
    which part of that day's time was gone then. At a close the day after, and no part of it."""
    day, part = np.empty((len(stretch), len(share)), "datetime64[D]"), np.zeros((len(stretch), len(share)))
    everybody = np.arange(len(share))
    for at, one in enumerate(stretch):
        closes = np.arange(np.datetime64(one.start), np.datetime64(one.end) + 1)
        so_far = time.between(np.full(len(closes), closes[0]), closes)
        gone = _ratio(so_far, so_far[:, -1:])
        place = np.maximum((gone <= share[:, None]).sum(axis=1) - 1, 0)
        here, there = gone[everybody, place], gone[everybody, np.minimum(place + 1, one.days)]
        day[at], part[at] = closes[place], np.nan_to_num(_ratio(share - here, there - here))
    return day, part


def _then(
    work: Work,
    plan: Plan,
    staff: Staff,
    found: Judged,
    asked: Sequence[Period],
    time: Daily,
    share: Floats,
) -> tuple[pd.DataFrame, Floats, Floats]:
    """period (place in `asked`), rep, line; then and gone (see `Past`) when `share` of the time was gone."""
    day, part = _moments(time, share, asked)
    until = np.concatenate([day, day + (part > 0).astype(np.int64)])
    lines = attainment.lines_until(work, plan, staff, found.read, found.crew, [*asked, *asked], until)
    later = (lines["period"] >= len(asked)).to_numpy()
    before = lines[~later]
    where = before["period"].to_numpy(), before["rep"].to_numpy()
    partly = (share > 0) & (share < 1) & lumped(work.cube, asked, list(found.crew["rep"]))
    unknown = (partly | ~(share > 0))[where]
    then, gone = (
        np.where(unknown, np.nan, values[~later] + part[where] * (values[later] - values[~later]))
        for values in (lines["actual"].to_numpy(), _ratio(*lines[["expected", "target"]].to_numpy().T))
    )
    return before, then, gone


def _ratio(part: Floats, whole: Floats) -> Floats:
    """part ÷ whole, NaN where there is no whole."""
    there = np.broadcast_to(whole > 0, np.broadcast_shapes(np.shape(part), np.shape(whole)))
    ratio: Floats = np.divide(part, whole, out=np.full(there.shape, np.nan), where=there)
    return ratio.round(DECIMALS)
