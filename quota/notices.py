"""What changed for whom since a moment: who fell below a line, who crossed one, whose period ended."""

from __future__ import annotations

from datetime import date

import pandas as pd

from quota import answers, periods
from quota.answers import Facts
from quota.attainment import fitting
from quota.periods import Period

# From bad to good.
ORDER = ("at_risk", "behind", "on_pace", "ahead", "met")
LATE = ("at_risk", "behind")
# What became of a quota, the worst news first.
CHANGES = ("missed", "fell", "late", "rose", "met")
DIGEST = ["rep", "team", "quota", "period", "before", "after", "attainment", "remaining", "change"]


def digest(then: Facts, now: Facts, since: date, today: date) -> pd.DataFrame:
    """→ `DIGEST`, worst first: everybody whose status is another than at the close of `since`.

    `then`: the facts as they were known at that moment. Each quota is looked at in its own period:
    the one of `since`, and the one of `today`. change: fell or rose; met; missed, where the period
    ended meanwhile; late, where one began and is already behind.
    """
    units = dict.fromkeys(now.plan.rules["every"])
    rows = [row for unit in units for row in _changes(then, now, since, today, unit)]
    found = pd.DataFrame(rows, columns=DIGEST)
    return found.assign(place=found["change"].map(CHANGES.index)).sort_values(
        ["place", "rep", "quota", "period"], ignore_index=True
    )[DIGEST]


def _changes(then: Facts, now: Facts, since: date, today: date, unit: str) -> list[list[object]]:
    start = now.plan.fiscal_start
    old, new = (periods.containing(day, unit, fiscal_start=start) for day in (since, today))
    before, after = _judged(then, old, since), _judged(now, old, today)
    both = after.merge(before[[*_KEYS, "status"]], on=_KEYS, how="left", suffixes=("", "_before"))
    found = [_row(row, old, ended=old != new) for row in both.to_dict("records")]
    if old != new:
        begun = _judged(now, new, today).assign(status_before=None)
        found += [_row(row, new, ended=False) for row in begun.to_dict("records")]
    return [row for row in found if row]


_KEYS = ["rep", "quota", "kind", "measure"]


def _judged(facts: Facts, period: Period, day: date) -> pd.DataFrame:
    when = periods.as_of_default(period, day, facts.data_to)
    found = answers.progress(facts, period, when)
    own = found[found["every"] == period.unit]
    return fitting(own[own["status"].isin(ORDER)], period)


def _row(row: dict[object, object], period: Period, *, ended: bool) -> list[object]:
    before, after = row["status_before"], row["status"]
    known = isinstance(before, str) and before in ORDER
    if after == "met":
        change = "met" if before != "met" else ""
    elif ended:
        change = "missed"
    elif not known:
        change = "late" if after in LATE else ""
    else:
        step = ORDER.index(str(after)) - ORDER.index(str(before))
        change = "fell" if step < 0 else "rose" if step > 0 else ""
    if not change:
        return []
    figures = [row[name] for name in ("attainment", "remaining")]
    return [
        row["rep"],
        row["team"],
        row["quota"],
        period.key,
        before if known else None,
        after,
        *figures,
        change,
    ]
