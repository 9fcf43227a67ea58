"""Quotas that the team's own weeks suggest: a percentile of what people did, per role and kind.

One rep-week is what a rep did in one whole week, brought to a full week's working time: count ×
possible ÷ available days. Weeks in which the rep could work less than a day say nothing and are
left out, and what was lost is nobody's aim. Percentiles interpolate linearly between rep-weeks
(Hyndman and Fan 1996, type 7).
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from quota import columns as c
from quota import periods, quotas
from quota.counting import work_done
from quota.worktime import Staff, availability

SUGGESTED = ["role", "kind", "target", "percentile", "reps", "rep_weeks", "met_weeks", "met_reps"]


def suggested(
    cube: pd.DataFrame, staff: Staff, until: date, percentile: float = 0.8, weeks: int = 12
) -> pd.DataFrame:
    """A weekly target per role and kind, from the `weeks` whole weeks before `until`.

    The daily cube → `SUGGESTED`: role None where the roster names none; `target` whole, rounded up;
    `met_weeks` of the `rep_weeks` reached it, `met_reps` of the `reps` did in at least half of theirs.
    """
    end = periods.containing(until, "week").start
    start = end - timedelta(weeks=weeks)
    crew = quotas.roster(quotas.seen(cube), staff.people)
    ready = availability(list(crew[c.REP]), staff, start, end)
    edges = np.array([start + timedelta(weeks=week) for week in range(weeks + 1)], dtype="datetime64[D]")
    free, whole = (daily.between(edges[:-1], edges[1:]) for daily in (ready.days, ready.possible))
    done = work_done(cube, start, end)
    rep = pd.Index(crew[c.REP]).get_indexer(pd.Index(done[c.REP]))
    week = (done[c.DAY].to_numpy().astype("datetime64[D]") - edges[0]).astype(np.int64) // 7
    rows = []
    for kind in set(done[c.KIND].unique()) - {"lost"}:
        mine = (done[c.KIND] == kind).to_numpy()
        counts = np.zeros((len(crew), weeks))
        np.add.at(counts, (rep[mine], week[mine]), done[c.COUNT].to_numpy()[mine])
        with np.errstate(divide="ignore", invalid="ignore"):
            full = np.where(free >= 1, counts * whole / free, np.nan)
        # Whoever never did it has another job.
        full[counts.sum(axis=1) == 0] = np.nan
        rows += [_line(role, kind, full[at], percentile) for role, at in _roles(crew)]
    found = pd.DataFrame([row for row in rows if row], columns=SUGGESTED)
    order = found[c.KIND].map({kind: at for at, kind in enumerate(c.KINDS)})
    return found.assign(order=order).sort_values(["role", "order"], ignore_index=True)[SUGGESTED]


def _roles(crew: pd.DataFrame) -> list[tuple[str | None, np.ndarray]]:
    roles = crew["role"].astype(object).where(crew["role"].notna(), None)
    return [
        (role, np.flatnonzero((roles == role) if role else roles.isna())) for role in dict.fromkeys(roles)
    ]


def _line(role: str | None, kind: str, full: np.ndarray, percentile: float) -> tuple[object, ...] | None:
    known = full[~np.isnan(full)]
    if not known.any():
        return None
    target = float(np.ceil(round(float(np.quantile(known, percentile)), 9)))
    by_rep = full[~np.isnan(full).all(axis=1)]
    met = np.nansum(by_rep >= target, axis=1) * 2 >= (~np.isnan(by_rep)).sum(axis=1)
    return (
        role,
        kind,
        target,
        percentile,
        len(by_rep),
        len(known),
        int((known >= target).sum()),
        int(met.sum()),
    )
