"""Boston logs one by one: every call, mail, meeting and proposal as an entry of its own.

Beside what was done stand the things that a reader must not count: what customers
began, what is only planned, what was called off.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sample_data.organisation import LAST, RAJ, Rep, days, presence
from sample_data.work import Dice, company

_GIVEN = "Alex Blake Casey Dana Ellis Frankie Harper Jordan Kim Logan Morgan Noel Parker Quinn Reese Taylor"
_FAMILY = "Abbott Barnes Cho Delgado Ekman Fischer Gupta Hayes Ito Jensen Kaplan Lopez Meyer Novak Okafor"
CALL_RESULTS = ("No answer", "No answer", "Left voicemail", "Connected", "Connected", "Busy")


@dataclass(frozen=True)
class Entry:
    """One logged thing. `state`: done, planned, cancelled or no_show; `direction`: out or in."""

    rep: str
    at: datetime
    kind: str
    direction: str
    state: str
    result: str
    company: str
    contact: str


def _entry(rep: Rep, day: date, kind: str, dice: Dice, direction: str = "out", state: str = "done") -> Entry:
    minutes = int(dice.between(8.5 * 60, 17 * 60)) // 5 * 5
    at = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
    called = kind == "call" and state == "done"
    result = ("Connected" if direction == "in" else dice.pick(CALL_RESULTS)) if called else ""
    contact = f"{dice.pick(_GIVEN.split())} {dice.pick(_FAMILY.split())}"
    return Entry(rep.name, at, kind, direction, state, result, company(rep.team, dice), contact)


def entries(rep: Rep, counts: Counter[tuple[date, str]]) -> list[Entry]:
    """The rep's quarter: `counts` as done, and around them what does not count; by time."""
    dice = Dice(rep.name, "entries")
    logged = [_entry(rep, day, kind, dice) for (day, kind), n in sorted(counts.items()) for _ in range(n)]
    workdays = sorted({day for day, _ in counts})
    for _ in range(9):
        logged.append(_entry(rep, dice.pick(workdays), "call", dice, "in"))
    for _ in range(24):
        logged.append(_entry(rep, dice.pick(workdays), "email", dice, "in"))
    ahead = [day for day in days(LAST - timedelta(6), date(2026, 10, 16)) if presence(rep, day)]
    kinds = ("call", "email") if rep.name == RAJ else ("call", "email", "meeting", "demo")
    for _ in range(18):
        logged.append(_entry(rep, dice.pick(ahead), dice.pick(kinds), dice, state="planned"))
    if rep.name != RAJ:
        for state in ("cancelled", "cancelled", "no_show", "no_show", "cancelled"):
            logged.append(_entry(rep, dice.pick(workdays), "meeting", dice, state=state))
    return sorted(logged, key=lambda entry: (entry.at, entry.kind, entry.company))
