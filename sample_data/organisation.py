"""Who works there, when, and what is asked of them. Everybody here is made up.

Twelve reps in three teams: København and Helsinki sell from first call to order, in
Boston an SDR opens and account executives close.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

FIRST = date(2026, 6, 29)  # Monday of 2026-W27
LAST = date(2026, 9, 30)  # Wednesday of 2026-W40
CURRENCY = {"København": "DKK", "Helsinki": "EUR", "Boston": "USD"}
_HOLIDAYS = {"US-MA": {date(2026, 7, 3), date(2026, 9, 7)}, "DK": set(), "FI": set()}


@dataclass(frozen=True)
class Rep:
    """One rep, and how the quarter goes.

    `calls`, `contacts` and `meetings` are the shares of the weekly quotas reached in the
    last weeks; `drift` is how much lower (or higher, if negative) they were in the first.
    `opportunities` are those created in a usual month, `won` the share of them that is
    won, `deal` the middle size of one in the team's currency.
    """

    name: str
    team: str
    role: str
    manager: str
    calls: float
    contacts: float
    meetings: float
    opportunities: float
    won: float
    deal: float
    drift: float = 0.0
    social: float = 0.2  # share of the contacts that are made on social media
    start: date = date(2024, 1, 8)
    full_time: float = 1.0

    @property
    def first_name(self) -> str:
        """How the team's own sheets name the rep."""
        return self.name.split()[0]

    @property
    def calendar(self) -> str:
        """Whose public holidays are free."""
        return {"København": "DK", "Helsinki": "FI", "Boston": "US-MA"}[self.team]

    @property
    def email(self) -> str:
        """The address in the roster."""
        plain = self.name.lower().translate(str.maketrans("äöøåæ ", "aooaa."))
        return f"{plain}@nordlys.example"


RAJ = "Raj Patel"
REPS = (
    Rep("Mette Holm", "København", "Sales rep", "Karen Dam", 1.25, 1.14, 1.24, 9, 0.40, 62_000, 0.10),
    Rep("Bo Kjær", "København", "Sales rep", "Karen Dam", 0.77, 0.68, 0.62, 6, 0.22, 48_000, -0.30),
    Rep("Søren Lund", "København", "Sales rep", "Karen Dam", 1.02, 0.96, 1.0, 7, 0.33, 60_000),
    Rep(
        *("Freja Winther", "København", "Sales rep", "Karen Dam", 0.95, 1.04, 0.92, 6, 0.38, 60_000),
        full_time=0.8,
        social=0.35,
    ),
    Rep("Aino Lehtonen", "Helsinki", "Sales rep", "Pekka Salo", 0.53, 0.50, 0.50, 4, 0.20, 7_500, -0.45),
    Rep("Tuuli Mäkelä", "Helsinki", "Sales rep", "Pekka Salo", 1.05, 1.10, 1.12, 8, 0.36, 8_800, 0.05),
    Rep("Eero Virtanen", "Helsinki", "Sales rep", "Pekka Salo", 0.90, 0.84, 0.88, 7, 0.42, 9_500),
    Rep(
        *("Onni Koskinen", "Helsinki", "Sales rep", "Pekka Salo", 0.85, 0.62, 0.50, 3, 0.20, 6_000, 0.50),
        start=date(2026, 8, 17),
    ),
    Rep(RAJ, "Boston", "SDR", "Linda Marsh", 1.15, 1.15, 0.0, 25, 0.0, 14_000, 0.20),
    Rep("Sam Ortiz", "Boston", "AE", "Linda Marsh", 1.08, 0.98, 1.17, 7, 0.40, 14_500, social=0.1),
    Rep("Grace Nguyen", "Boston", "AE", "Linda Marsh", 0.64, 0.72, 0.83, 6, 0.45, 12_000, -0.15),
    Rep("Emily Carter", "Boston", "AE", "Linda Marsh", 1.10, 1.20, 1.0, 8, 0.30, 13_000, 0.10, 0.3),
)
BY_NAME = {rep.name: rep for rep in REPS}


@dataclass(frozen=True)
class Absence:
    """Leave from `first` to `last`, both included; `share` of each day."""

    rep: str
    first: date
    last: date
    share: float
    reason: str


ABSENCES = (
    Absence("Bo Kjær", date(2026, 7, 6), date(2026, 7, 24), 1, "Summer holiday"),
    Absence("Mette Holm", date(2026, 7, 13), date(2026, 7, 31), 1, "Summer holiday"),
    Absence("Freja Winther", date(2026, 7, 13), date(2026, 7, 31), 1, "Summer holiday"),
    Absence("Søren Lund", date(2026, 7, 20), date(2026, 8, 7), 1, "Summer holiday"),
    Absence("Søren Lund", date(2026, 9, 9), date(2026, 9, 10), 1, "Sick"),
    Absence("Tuuli Mäkelä", date(2026, 6, 29), date(2026, 7, 24), 1, "Summer holiday"),
    Absence("Aino Lehtonen", date(2026, 7, 6), date(2026, 7, 31), 1, "Summer holiday"),
    Absence("Eero Virtanen", date(2026, 7, 13), date(2026, 8, 7), 1, "Summer holiday"),
    Absence("Tuuli Mäkelä", date(2026, 9, 28), date(2027, 3, 26), 1, "Parental leave"),
    Absence("Emily Carter", date(2026, 7, 6), date(2026, 7, 10), 1, "Vacation"),
    Absence("Raj Patel", date(2026, 7, 27), date(2026, 7, 31), 1, "Vacation"),
    Absence("Sam Ortiz", date(2026, 8, 10), date(2026, 8, 14), 1, "Vacation"),
    Absence("Grace Nguyen", date(2026, 8, 31), date(2026, 9, 4), 1, "Vacation"),
    Absence("Emily Carter", date(2026, 9, 15), date(2026, 9, 16), 0.5, "Training"),
)


@dataclass(frozen=True)
class Quota:
    """One row of the quotas sheet; `target` per rep and `every` period."""

    quota: str
    who: str
    kind: str
    measure: str
    target: float
    every: str
    first: date = FIRST
    last: date | None = None
    currency: str | None = None


_Q3 = date(2026, 7, 1)
CALLS, CONTACTS, MEETINGS = "Calls", "E-mails and social", "Meetings"
QUOTAS = (
    Quota(CALLS, "everyone", "call", "count", 30, "week"),
    Quota(CALLS, "Onni Koskinen", "call", "count", 20, "week", date(2026, 8, 17), date(2026, 11, 15)),
    Quota(CONTACTS, "everyone", "email+social", "count", 50, "week"),
    Quota(MEETINGS, "team: København", "meeting+demo", "count", 8, "week"),
    Quota(MEETINGS, "team: Helsinki", "meeting+demo", "count", 8, "week"),
    Quota(MEETINGS, "role: AE", "meeting+demo", "count", 6, "week"),
    Quota("Opportunities", "everyone", "opportunity", "count", 7, "month", _Q3),
    Quota("Opportunities", "role: SDR", "opportunity", "count", 25, "month", _Q3),
    Quota("Won, kroner", "team: København", "won", "amount", 450_000, "quarter", _Q3, currency="DKK"),
    Quota("Won, euro", "team: Helsinki", "won", "amount", 60_000, "quarter", _Q3, currency="EUR"),
    Quota("Won, dollars", "role: AE", "won", "amount", 90_000, "quarter", _Q3, currency="USD"),
)


def weekly_target(rep: Rep, quota: str) -> float:
    """What `quota` asks of `rep` in a full week, before leave and part time; 0 = nothing."""
    ranked = {f"team: {rep.team}": 1, f"role: {rep.role}": 2, rep.name: 3, "everyone": 0}
    rules = [rule for rule in QUOTAS if rule.quota == quota and rule.who in ranked]
    return max(rules, key=lambda rule: ranked[rule.who]).target if rules else 0


def presence(rep: Rep, day: date) -> float:
    """The share of `day` that `rep` is at work. Part-timers have their Fridays off."""
    free = day.weekday() >= (4 if rep.full_time < 1 else 5) or day in _HOLIDAYS[rep.calendar]
    if free or day < rep.start:
        return 0.0
    away = sum(a.share for a in ABSENCES if a.rep == rep.name and a.first <= day <= a.last)
    return max(0.0, 1.0 - away)


def days(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both included."""
    return [first + timedelta(n) for n in range((last - first).days + 1)]
