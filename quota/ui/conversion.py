"""What the funnel page asks for: the stages of a stretch, by group, and of another stretch to compare."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from quota import answers, funnel, i18n
from quota.answers import Facts
from quota.periods import Period, containing, previous
from quota.ui import cache
from quota.ui.state import Here

# The code of "all together" in the address.
ALL = "all"


def groups(here: Here) -> dict[str, str]:
    """The groups that make sense for what is looked at, by code."""
    words = {ALL: here.text("funnel.all"), "team": here.text("field.team"), "rep": here.text("field.rep")}
    words["kind"] = here.text("funnel.channel")
    if here.rep or len(here.facts.reps) < 2:
        del words["rep"]
    if here.rep or here.team or len(set(here.everyone.teams.values())) < 2:
        del words["team"]
    return words


def rivals(here: Here) -> dict[str, str]:
    """The periods to lay beside the one looked at, by code, named as they are."""
    return {code: i18n.period_label(rival(here, code), here.lang) for code in ("before", "year")}


def rival(here: Here, code: str) -> Period:
    """The period before, or the one that began a year (52 weeks) before."""
    if code == "before":
        return previous(here.period)
    back = timedelta(weeks=52)
    if here.period.unit == "week":
        return containing(here.period.start - back, "week")
    if here.period.unit in ("month", "quarter", "year"):
        return containing(here.period.start.replace(year=here.period.start.year - 1), here.period.unit)
    return Period(here.period.start - back, here.period.end - back)


def stages(here: Here, period: Period, basis: str, by: str = ALL) -> pd.DataFrame:
    """The `funnel.FUNNEL` of `period`, up to the day that the viewer's period is judged at."""
    start, end = period.start, min(period.end, here.as_of + timedelta(days=1))
    end = max(end, start + timedelta(days=1))
    return cache.once(
        lambda: answers.funnel(_facts(here, basis), start, end, None if by == ALL else by, basis, here.as_of),
        *("funnel", *here.scope, start, end, by, basis, here.as_of),
    )


def compared(here: Here, basis: str, code: str) -> pd.DataFrame:
    """The `funnel.COMPARISON` of the viewer's period with its rival."""
    return funnel.compare(stages(here, here.period, basis), stages(here, rival(here, code), basis))


def _facts(here: Here, basis: str) -> Facts:
    at = here.workspace.location, here.version, here.team, here.rep
    return cache.narrowed(*at, cohorts=basis == "cohort")
