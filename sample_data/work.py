"""What was done: a seeded quarter of touches, meetings and deals.

The same seed gives the same quarter on every machine: only `Random.random` is used,
the one sequence that Python promises to keep.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from sample_data.organisation import (
    CALLS,
    CONTACTS,
    CURRENCY,
    FIRST,
    LAST,
    MEETINGS,
    RAJ,
    REPS,
    Rep,
    days,
    presence,
    weekly_target,
)

SEED = "2026-Q3"
RAJ_MONTH = {"call": 150, "email": 200, "social": 50}
RAJ_OPPORTUNITIES = {7: 22, 8: 24, 9: 30}
_WEEKDAY = {"call": (0.9, 1.2, 1.2, 1.05, 0.65), "meeting": (0.8, 1.1, 1.2, 1.2, 0.7)}
_EVEN = (1.0, 1.05, 1.0, 1.05, 0.9)
_DEMO_SHARE = 0.25
_GOLDEN = 0.618034

T = TypeVar("T")


class Dice(Random):
    """A stream of chance of its own for each rep and purpose."""

    def __init__(self, *purpose: str) -> None:
        super().__init__("/".join((SEED, *purpose)))

    def between(self, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        return low + (high - low) * self.random()

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`."""
        return choices[int(self.random() * len(choices))]


_PLACES = {
    "København": "Birkevang Egelund Havnsø Klintebjerg Lyngby Nørreskov Strandby Vestermark",
    "Helsinki": "Haapala Joutsen Kallio Koivisto Lehtola Niemelä Ranta Suvanto",
    "Boston": "Alder Bramble Cobalt Dunmore Elmwood Fairhaven Granite Hollis Juniper Kestrel Larkspur",
}
_TRADES = {
    "København": "Byg|Fødevarer|Logistik|Maskinfabrik|Rådgivning|Trælast|VVS",
    "Helsinki": "Elintarvike|Kone|Kuljetus|Puu|Sähkö|Tekniikka|Tukku",
    "Boston": "Analytics|Foods|Freight|Health|Instruments|Labs|Logistics|Outfitters|Partners|Works",
}
_FORMS = {"København": " A/S", "Helsinki": " Oy", "Boston": ""}


def company(team: str, dice: Dice) -> str:
    """The name of a made-up customer where `team` sells."""
    return f"{dice.pick(_PLACES[team].split())} {dice.pick(_TRADES[team].split('|'))}{_FORMS[team]}"


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """`total` split into whole numbers in proportion to `weights` (largest remainders)."""
    whole = sum(weights) or 1.0
    exact = [total * weight / whole for weight in weights]
    parts = [int(x) for x in exact]
    rest = sorted(range(len(exact)), key=lambda i: parts[i] - exact[i])
    for i in rest[: total - sum(parts)]:
        parts[i] += 1
    return parts


def daily_counts(rep: Rep) -> Counter[tuple[date, str]]:
    """How many of each kind `rep` did on each day, proposals and results aside."""
    dice, counts = Dice(rep.name, "days"), Counter[tuple[date, str]]()
    last = date(2026, 8, 31) if rep.name == RAJ else LAST
    for monday in days(FIRST, last)[::7]:
        week = [day for day in days(monday, monday + timedelta(4)) if day <= last]
        for kind, total in _week_totals(rep, week, dice).items():
            _spread(counts, rep, week, kind, total, dice)
    if rep.name == RAJ:
        for kind, total in RAJ_MONTH.items():
            _spread(counts, rep, days(date(2026, 9, 1), LAST), kind, total, dice)
    return counts


def _week_totals(rep: Rep, week: list[date], dice: Dice) -> dict[str, int]:
    ago = (LAST - week[0]).days / 91
    worked = sum(presence(rep, day) for day in week) / 5
    season = 0.85 if week[0].month == 7 else 1.0

    def total(level: float, quota: str) -> int:
        steadiness = dice.between(0.97, 1.03) if ago < 0.11 else dice.between(0.85, 1.15)
        usual = weekly_target(rep, quota) * level * (1 - rep.drift * ago) * season
        return round(usual * worked * steadiness)

    calls, contacts, meetings = (
        total(rep.calls, CALLS),
        total(rep.contacts, CONTACTS),
        total(rep.meetings, MEETINGS),
    )
    social, demos = round(contacts * rep.social), round(meetings * _DEMO_SHARE)
    return {
        "call": calls,
        "email": contacts - social,
        "social": social,
        "meeting": meetings - demos,
        "demo": demos,
    }


def _spread(
    counts: Counter[tuple[date, str]], rep: Rep, span: list[date], kind: str, total: int, dice: Dice
) -> None:
    pattern = _WEEKDAY.get(kind, _EVEN)
    weights = [presence(rep, day) * dice.between(0.85, 1.15) for day in span]
    weights = [w and w * pattern[day.weekday()] for w, day in zip(weights, span, strict=True)]
    for day, n in zip(span, apportion(total, weights), strict=True):
        if n:
            counts[day, kind] += n


@dataclass(frozen=True)
class Deal:
    """One opportunity; `proposed` and `closed` are None until they happen."""

    owner: Rep
    created: date
    stage: str
    status: str
    amount: int
    expected: date
    proposed: date | None = None
    closed: date | None = None

    @property
    def currency(self) -> str:
        """The team's currency."""
        return CURRENCY[self.owner.team]


def deals() -> list[Deal]:
    """Everything in the pipeline since July, in the order of creation."""
    found = [deal for rep in REPS for deal in _deals_of(rep)]
    return sorted(found, key=lambda deal: (deal.created, deal.owner.name, deal.amount))


def _deals_of(rep: Rep) -> list[Deal]:
    dice, made = Dice(rep.name, "deals"), []
    fortune = dice.random()
    for month in (5, 6, 7, 8, 9):
        span = [d for d in days(date(2026, month, 1), LAST) if d.month == month and presence(rep, d)]
        for created in _creation_days(rep, month, span, dice):
            fortune = (fortune + _GOLDEN) % 1  # even over any stretch, so that few deals show the rate
            deal = _lead(rep, created, dice) if rep.name == RAJ else _deal(rep, created, fortune, dice)
            if deal.closed is None or deal.closed >= date(2026, 7, 1):
                made.append(deal)
    return made


def _creation_days(rep: Rep, month: int, span: list[date], dice: Dice) -> list[date]:
    if rep.name == RAJ:
        total = RAJ_OPPORTUNITIES.get(month, 0)
    else:
        total = round(rep.opportunities * len(span) / 21 * dice.between(0.85, 1.15))
    shares = apportion(total, [dice.between(0.2, 1.0) for _ in span])
    return [day for day, n in zip(span, shares, strict=True) for _ in range(n)]


def _lead(rep: Rep, created: date, dice: Dice) -> Deal:
    """One that the SDR opened: it stays open in his name, or is lost within weeks."""
    closed = _workday(rep, created + timedelta(int(dice.between(6, 24))))
    lost = dice.random() < 0.25 and closed < date(2026, 9, 1)
    amount, expected = _size(rep, dice), created + timedelta(75)
    if lost:
        return Deal(rep, created, "Qualified", "Lost", amount, expected, closed=closed)
    return Deal(rep, created, "Handed to AE", "Open", amount, expected)


def _deal(rep: Rep, created: date, chance: float, dice: Dice) -> Deal:
    length = dice.between(14, 62)
    expected = created + timedelta(round(length / 7) * 7)
    proposed = _workday(rep, created + timedelta(int(length * 0.5)))
    closed = _workday(rep, max(proposed, created + timedelta(int(length))))
    amount = _size(rep, dice)
    if chance > rep.won + 0.42:  # never asked for a proposal
        if closed > LAST:
            stage = dice.pick(("Qualified", "Meeting held"))
            return Deal(rep, created, stage, "Open", amount, expected)
        return Deal(rep, created, "Meeting held", "Lost", amount, expected, closed=closed)
    if proposed > LAST:
        return Deal(rep, created, "Meeting held", "Open", amount, expected)
    if closed > LAST:
        stage = "Negotiation" if chance < rep.won else "Proposal made"
        return Deal(rep, created, stage, "Open", amount, expected, proposed)
    won = chance < rep.won
    return Deal(rep, created, "Negotiation", "Won" if won else "Lost", amount, expected, proposed, closed)


def _size(rep: Rep, dice: Dice) -> int:
    step = 500 if rep.team == "København" else 50
    return round(rep.deal * dice.between(0.5, 1.2) * dice.between(0.8, 1.4) / step) * step


def _workday(rep: Rep, day: date) -> date:
    while not presence(rep, day) and day <= LAST:
        day += timedelta(1)
    return day


def quarter() -> tuple[dict[str, Counter[tuple[date, str]]], list[Deal]]:
    """What each rep did, by day and kind, and the pipeline; a proposal stands on its day."""
    counts, pipeline = {rep.name: daily_counts(rep) for rep in REPS}, deals()
    for deal in pipeline:
        if deal.proposed and deal.proposed >= FIRST:
            counts[deal.owner.name][deal.proposed, "proposal"] += 1
    return counts, pipeline
