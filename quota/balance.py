"""Activity quotas against sales quotas: does the work that is asked for bring the sales that are?

* A sales quota counts money, units, new customers or deals won; an activity quota counts touches,
  meetings, demos, proposals or points. What counts opportunities is neither: it is what lies between.
* Over the last finished periods of one length, `PERIODS` at most: a quota's attainment is the sum of
  what was done ÷ the sum of the targets, so that a month on leave weighs little; a rep's is the mean
  over the quotas. Quotas that run longer than such a period take no part (`attainment.fitting`).
* Which of the earlier periods are known is what `trends` says of the rep's past.
* Sales come in lumps: fewer than `FEW` periods with a sales target are called few.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from quota import attainment, periods, rules
from quota import columns as c
from quota.counting import Work
from quota.periods import Period
from quota.rules import Plan
from quota.trends import Past
from quota.worktime import Floats, Staff

PERIODS = {"day": 20, "week": 13, "month": 6, "quarter": 4, "year": 2, "fiscal_year": 2}
FEW = 3

BALANCE = ["rep", "team", "activity", "sales", "periods", "few"]
_SOLD = (c.AMOUNT, c.UNITS, "new_customers")
_DONE = {*c.TOUCHES, *c.WORK, rules.POINTS}


def is_sales(kind: str, measure: str) -> bool:
    """Whether a quota on this counts sales."""
    return measure in _SOLD or kind == "won"


def is_activity(kind: str, measure: str) -> bool:
    """Whether a quota on this counts what a rep does."""
    return measure not in _SOLD and set(kind.split("+")) <= _DONE


def lengths(plan: Plan) -> list[str]:
    """How long the sales quotas run, the commonest first; [] unless there are activity quotas too."""
    read = rules.parsed(plan)
    said = list(zip(read["kind"], read["measure"], read["every"], strict=True))
    if not any(is_activity(kind, measure) for kind, measure, _ in said):
        return []
    sold = pd.Series([every for kind, measure, every in said if is_sales(kind, measure)], dtype=object)
    return [str(every) for every in sold.value_counts().index]


def stretch(unit: str, as_of: date, fiscal_start: int = 1) -> list[Period]:
    """The last periods of `unit` that are over at the close of `as_of`, oldest first."""
    last = periods.containing(as_of, unit, fiscal_start=fiscal_start)
    found = [last if as_of >= last.last else periods.previous(last)]
    while len(found) < PERIODS[unit]:
        found.append(periods.previous(found[-1]))
    return found[::-1]


def balance(work: Work, plan: Plan, staff: Staff, unit: str, as_of: date) -> pd.DataFrame:
    """What each rep attained of both over `stretch` → `BALANCE`, by name.

    activity and sales: fractions, NaN without such a quota; periods: how many with a sales target
    are behind `sales`; few: whether these are fewer than `FEW`.
    """
    over = stretch(unit, as_of, plan.fiscal_start)
    past = Past.of(work, plan, staff, over[-1], as_of)
    lines = attainment.presented(past.found, ["rep", "team", "kind", "measure", "every", "quota"])
    lines = lines[lines["quota"].notna()].reset_index(drop=True)
    counts = past.counts & np.array([one in over for one in past.stretch])
    attained = _sum(past.actual, counts) / _sum(past.target, counts)
    fits = attainment.fits(lines["every"], over[-1])
    said = list(zip(lines["kind"], lines["measure"], strict=True))
    sold = np.array([is_sales(*one) for one in said], dtype=np.bool_) & fits
    done = np.array([is_activity(*one) for one in said], dtype=np.bool_) & fits
    lines = lines.assign(
        activity=np.where(done, attained, np.nan),
        sales=np.where(sold, attained, np.nan),
        periods=np.where(sold, counts.sum(axis=1), 0),
    )
    found = lines.groupby("rep").agg(
        team=("team", "first"),
        activity=("activity", "mean"),
        sales=("sales", "mean"),
        periods=("periods", "max"),
    )
    return found.assign(few=found["periods"] < FEW).reset_index()[BALANCE]


def _sum(values: Floats, where: np.ndarray) -> Floats:
    """Row by row the sum of what is there, NaN where nothing is."""
    sums: Floats = np.where(where, values, 0).sum(axis=1)
    return np.where(where.any(axis=1), sums, np.nan)
