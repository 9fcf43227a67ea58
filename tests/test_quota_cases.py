"""Quotas worked by hand: each kind of rule × each case of working time, a row per case.

The arithmetic stands beside the case where it is not obvious. Working days (Monday to Friday) of
2026: 22 20 22, 22 21 22, 23 21 22, 22 21 23 from January to December, 261 in the year.
"""

# ruff: noqa: E501 (a case is a line, however long)

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from metric_frames import D, absences, people, rules

from quota import attainment, periods
from quota import columns as c
from quota.attainment import Work
from quota.checks import check_rules
from quota.derivation import derivations
from quota.rules import Plan
from quota.worktime import EVEN, Staff, week_of

Row = dict[str, Any]

PROBATION = {"ramp": "Probation", "week": [1, 2, 3, 4], "share": [0.25, 0.5, 0.75, 1.0]}
GAPS = {"ramp": "Gaps", "week": [1, 4], "share": [0.2, 0.8]}  # weeks 2 and 3 are like week 1
PLAN = Plan(
    rules(),
    points=pd.DataFrame({"kind": ["call", "meeting"], "points": [1.0, 10.0]}),
    ramps=pd.concat([pd.DataFrame(PROBATION), pd.DataFrame(GAPS)]),
    tiers=pd.DataFrame({"tier": ["Gold", "Silver"], c.TIERS.names[1]: [1.2, 1.0]}),
)


def days(**told: Any) -> Row:
    """Texts that are days become dates."""
    return {
        name: D(value) if name in ("from", "to", "start", "end") else value for name, value in told.items()
    }


def away(first: str, last: str, share: float | None = None, who: str = "Raj") -> Row:
    return {"rep": who, "from": D(first), "to": D(last), "share": share}


def did(day: str, kind: str = "call", count: int = 1, **more: Any) -> Row:
    return {"rep": "Raj", "day": day, "kind": kind, "count": count, **more}


def work(events: list[Row]) -> Work:
    """The events as the daily cube and as the fine one."""
    frame = pd.DataFrame(events).reindex(columns=[*c.FINE_KEYS, *c.MEASURES])
    frame["day"] = pd.to_datetime(frame["day"]).astype("datetime64[us]")
    texts = [*c.CUBE_KEYS[:2], *c.CUBE_KEYS[3:7], c.TOPIC, c.ACCOUNT, c.CONTACT]
    numbers = {"count": "int64", "amount": "float64", "units": "float64", "new_customer": "boolean"}
    frame = frame.astype({**dict.fromkeys(texts, "str"), **numbers})
    return Work(frame[[*c.CUBE_KEYS, *c.MEASURES]], frame)


def lines(
    asked: Row | list[Row],
    who: Row | list[Row],
    period: str,
    as_of: str | None = None,
    leave: list[Row] | None = None,
    done: list[Row] | None = None,
    fiscal: int = 1,
    weights: str | None = None,
) -> list[Row]:
    """Raj's lines in a period, judged at its end unless told otherwise."""
    asked = asked if isinstance(asked, list) else [asked]
    who = who if isinstance(who, list) else [who]
    plan = replace(PLAN, rules=rules(*[days(**row) for row in asked]), fiscal_start=fiscal)
    crew = people(*[{"rep": "Raj", "team": "North", "role": "SDR", **days(**row)} for row in who])
    carried = EVEN if weights is None else week_of(weights) or EVEN
    staff = Staff(crew, absences(*(leave or [])), carried)
    when = periods.parse(period, fiscal_start=fiscal)
    day = when.last if as_of is None else D(as_of)
    found = attainment.progress(work(done or []), plan, staff, when, day)
    return [{str(name): value for name, value in row.items()} for row in found.to_dict("records")]


# --- what is asked: the rule, and the days that the person works ---

DK, FI, US = {"calendar": "DK"}, {"calendar": "FI"}, {"calendar": "US"}
MONTHLY, QUARTERLY, YEARLY = {"every": "month"}, {"every": "quarter"}, {"every": "year"}
FISCAL, DAILY = {"every": "fiscal_year"}, {"every": "day", "target": 50.0}
NEW = {"ramp": "probation"}
W46 = "2026-W46"  # 9 to 15 November

# The target is 250 unless the rule says otherwise.
TARGETS: list[tuple[str, Row | list[Row], Row | list[Row], list[Row], str, float]] = [
    # a person who is always there, in periods of every length
    ("a week", {}, {}, [], W46, 250),
    ("a week's Monday", {}, {}, [], "2026-11-09", 50),
    ("a week's Sunday", {}, {}, [], "2026-11-15", 0),
    ("a week in a month", {}, {}, [], "2026-11", 1050),  # 21 days of 50
    ("a week in a quarter", {}, {}, [], "2026-Q4", 3300),  # 66 days
    ("a week in a year", {}, {}, [], "2026", 13050),  # 261 days
    ("a day in a week", DAILY, {}, [], W46, 250),
    ("a day at the weekend", DAILY, {}, [], "2026-11-14", 0),
    ("a day in a month", DAILY, {}, [], "2026-02", 1000),  # 20 days of 50
    ("a month", MONTHLY, {}, [], "2026-11", 250),
    ("a month in a week", MONTHLY, {}, [], "2026-W07", 62.5),  # 5 of February's 20 days
    ("a month in a week across two", {**MONTHLY, "target": 220.0}, {}, [], "2026-W27", 48.695652174),
    # 29, 30 June: 2 of 22 × 220 = 20; 1 to 3 July: 3 of 23 × 220 = 28.6957
    ("a month in a quarter", MONTHLY, {}, [], "2026-Q1", 750),
    ("a quarter", QUARTERLY, {}, [], "2026-Q4", 250),
    ("a quarter in a month", {**QUARTERLY, "target": 640.0}, {}, [], "2026-02", 200),  # 20 of 64
    ("a year", YEARLY, {}, [], "2026", 250),
    ("a year in a month", {**YEARLY, "target": 2610.0}, {}, [], "2026-07", 230),  # 23 of 261
    ("a year in a week over New Year", {**YEARLY, "target": 261.0}, {}, [], "2026-W53", 5),
    # 28 to 31 December: 4 of 261 × 261 = 4; Friday 1 January: 1 of 2027's 261 × 261 = 1
    # joiners and leavers
    ("joins on Wednesday", {}, {"start": "2026-11-11"}, [], W46, 150),
    ("joins on Saturday", {}, {"start": "2026-11-14"}, [], W46, 0),
    ("joins mid-month", {**MONTHLY, "target": 210.0}, {"start": "2026-11-16"}, [], "2026-11", 110),  # 11 of 21
    ("joins mid-quarter", {**QUARTERLY, "target": 66.0}, {"start": "2026-11-16"}, [], "2026-Q4", 34),  # 11 + 23
    ("joins mid-year", {**YEARLY, "target": 261.0}, {"start": "2026-07-01"}, [], "2026", 132),  # 66 + 66
    ("leaves on Tuesday, a day of work", {}, {"end": "2026-11-10"}, [], W46, 100),
    ("left the week before", {}, {"end": "2026-11-06"}, [], W46, 0),
    ("leaves mid-month", {**MONTHLY, "target": 210.0}, {"end": "2026-11-13"}, [], "2026-11", 100),
    ("here for one day", {}, {"start": "2026-11-12", "end": "2026-11-12"}, [], W46, 50),
    ("joins on a holiday", {}, {"start": "2026-04-06", **DK}, [], "2026-W15", 200),
    # leave
    ("two days' leave", {}, {}, [away("2026-11-10", "2026-11-11")], W46, 150),
    ("half a day's leave", {}, {}, [away("2026-11-10", "2026-11-10", 0.5)], W46, 225),
    ("half days all week", {}, {}, [away("2026-11-09", "2026-11-13", 0.5)], W46, 125),
    ("two halves of a day", {}, {}, [away("2026-11-10", "2026-11-10", 0.5)] * 2, W46, 200),
    ("a half and a whole day", {}, {}, [away("2026-11-10", "2026-11-10", s) for s in (0.5, 1)], W46, 200),
    ("leave at the weekend", {}, {}, [away("2026-11-14", "2026-11-15")], W46, 250),
    ("a whole week's leave", {}, {}, [away("2026-11-09", "2026-11-15")], W46, 0),
    ("leave from the week before", {}, {}, [away("2026-11-02", "2026-11-09")], W46, 200),
    ("leave over three holidays", {}, DK, [away("2026-03-30", "2026-04-10")], "2026-W14", 0),
    ("leave over a holiday", {}, DK, [away("2026-04-01", "2026-04-07")], "2026-W15", 150),  # 8, 9, 10 April
    ("leave in a month", {**MONTHLY, "target": 210.0}, {}, [away("2026-11-09", "2026-11-13")], "2026-11", 160),
    ("half days over a holiday", {}, DK, [away("2026-04-06", "2026-04-10", 0.5)], "2026-W15", 100),  # 4 × ½
    # part time
    ("four fifths", {}, {"full_time": 0.8}, [], W46, 200),
    ("four fifths and a day's leave", {}, {"full_time": 0.8}, [away("2026-11-09", "2026-11-09")], W46, 160),
    ("half time and half a day's leave", {}, {"full_time": 0.5}, [away("2026-11-09", "2026-11-09", 0.5)], W46, 112.5),
    ("part time from Wednesday", {}, [{}, {"from": "2026-11-11", "full_time": 0.5}], [], W46, 175),  # 100 + 3 × 25
    ("part time until Wednesday", {}, [{"full_time": 0.5}, {"from": "2026-11-12", "full_time": 1.0}], [], W46, 175),
    # 3 × 25 + 2 × 50
    ("part time for a month", {**QUARTERLY, "target": 66.0},
     [{}, {"from": "2026-11-01", "full_time": 0.5}, {"from": "2026-12-01", "full_time": 1.0}], [], "2026-Q4", 55.5),
    # 22 + 21 / 2 + 23
    ("part time in a joiner's week", {}, {"start": "2026-11-12", "full_time": 0.6}, [], W46, 60),  # 2 × 0.6 × 50
    # the days of a full week
    ("Monday to Thursday", {}, {"weekdays": "mon-thu"}, [], W46, 250),
    ("Monday to Thursday, a day's leave", {}, {"weekdays": "mon-thu"}, [away("2026-11-09", "2026-11-09")], W46, 187.5),
    ("Monday to Thursday, leave on Friday", {}, {"weekdays": "mon-thu"}, [away("2026-11-13", "2026-11-13")], W46, 250),
    ("half Fridays", {}, {"weekdays": "mon-thu, fri 0.5"}, [], "2026-11-13", 27.777777778),  # 0.5 of 4.5 × 250
    ("half Fridays, Monday off", {}, {"weekdays": "mon-thu, fri 0.5"}, [away("2026-11-09", "2026-11-09")], W46,
     194.444444444),  # 3.5 of 4.5
    ("Sunday to Thursday", {}, {"weekdays": "sun-thu"}, [], "2026-11-15", 50),
    ("Sunday to Thursday, on Friday", {}, {"weekdays": "sun-thu"}, [], "2026-11-13", 0),
    ("Sunday to Thursday, in Danish", {}, {"weekdays": "søn-tor"}, [], "2026-11-15", 50),
    ("Sunday to Thursday, in Finnish", {}, {"weekdays": "su-to"}, [], "2026-11-15", 50),
    ("only Tuesdays, on leave then", {}, {"weekdays": "tue"}, [away("2026-11-10", "2026-11-10")], W46, 0),
    ("another week from Wednesday", {}, [{}, {"from": "2026-11-11", "weekdays": "mon-thu"}], [], "2026-11-11", 62.5),
    # that week could have Monday to Thursday, four days
    ("Saturdays, in a month", {**MONTHLY, "target": 40.0}, {"weekdays": "sat"}, [], "2026-W46", 10),  # 1 of 4
    # closures
    ("closed for everyone", {}, {}, [away("2026-11-09", "2026-11-10", who="everyone")], W46, 150),
    ("lukket for alle", {}, {}, [away("2026-11-09", "2026-11-10", who="Alle")], W46, 150),
    ("closed for the own team", {}, {}, [away("2026-11-09", "2026-11-10", who="team: north")], W46, 150),
    ("closed for another team", {}, {}, [away("2026-11-09", "2026-11-10", who="team: South")], W46, 250),
    ("closed half the day", {}, {}, [away("2026-11-09", "2026-11-09", 0.5, "everyone")], W46, 225),
    ("closed on a day of leave", {}, {}, [away("2026-11-09", "2026-11-09", who=w) for w in ("Raj", "everyone")], W46, 200),
    ("closed for a team left on Tuesday", {}, [{}, {"from": "2026-11-10", "team": "South"}],
     [away("2026-11-09", "2026-11-11", who="team: North")], W46, 200),  # only Monday was his
    # holidays
    ("Easter Monday, Denmark", {}, DK, [], "2026-W15", 200),
    ("Easter week, Denmark", {}, DK, [], "2026-W14", 150),  # Maundy Thursday and Good Friday
    ("Easter week, Finland", {}, FI, [], "2026-W14", 200),  # only Good Friday
    ("Easter week, United States", {}, US, [], "2026-W14", 250),
    ("Easter week, nowhere", {}, {}, [], "2026-W14", 250),
    ("Epiphany, Finland", {}, FI, [], "2026-W02", 200),
    ("1 May, Finland", {}, FI, [], "2026-W18", 200),
    ("1 May, Denmark", {}, DK, [], "2026-W18", 250),
    ("Ascension, both", {}, FI, [], "2026-W20", 200),
    ("Whit Monday, Denmark", {}, DK, [], "2026-W22", 200),
    ("Whit Monday, Finland", {}, FI, [], "2026-W22", 250),
    ("Midsummer Eve, Finland", {}, FI, [], "2026-W25", 200),
    ("Independence Day on a Sunday, Finland", {}, FI, [], "2026-W49", 250),
    ("4 July is a Saturday, Friday off, United States", {}, US, [], "2026-W27", 200),
    ("Thanksgiving, United States", {}, US, [], "2026-W48", 200),
    ("Thanksgiving, California", {}, {"calendar": "us-ca"}, [], "2026-W48", 150),  # and the day after
    ("Christmas, Denmark", {}, DK, [], "2026-W52", 200),  # Friday 25
    ("Christmas, Finland", {}, FI, [], "2026-W52", 150),  # Thursday 24 and Friday 25
    ("a year in Denmark", {**YEARLY, "target": 261.0}, DK, [], "2026", 254),
    # 1 Jan, 2, 3, 6 April, 14, 25 May, 25 December
    ("Denmark, then Finland", {}, [DK, {"from": "2026-04-03", **FI}], [], "2026-W14", 150),  # 2 April, then 3 April
    # the calendar's corners
    ("week 53", {}, {}, [], "2026-W53", 250),
    ("week 53 with New Year's Day", {}, DK, [], "2026-W53", 200),
    ("week 53 in December", {}, {}, [], "2026-12-28..2027-01-01", 200),
    ("week 53 in January", {}, {}, [], "2027-01-01..2027-01-04", 50),
    ("week 1 begins in December", {}, {}, [], "2026-W01", 250),
    ("week 1 in January", {}, {}, [], "2026-01-01..2026-01-05", 100),
    ("clocks forward in Europe", {}, {}, [], "2026-W13", 250),
    ("clocks back in Europe", {}, {}, [], "2026-W43", 250),
    ("clocks forward in America", {}, US, [], "2026-W10", 250),
    ("clocks back in America, the Monday after", {}, US, [], "2026-11-02", 50),
    ("on the Sunday the clocks change, worked", {}, {"weekdays": "sun-thu"}, [], "2026-03-29", 50),
    ("leap February", {**MONTHLY, "target": 210.0}, {}, [], "2028-02", 210),
    ("leap day", {**MONTHLY, "target": 210.0}, {}, [], "2028-02-29", 10),  # 1 of 21
    ("joins on leap day", {}, {"start": "2028-02-29"}, [], "2028-W09", 200),
    # rules with dates
    ("from Wednesday", {"from": "2026-11-11"}, {}, [], W46, 150),
    ("until Wednesday", {"to": "2026-11-11"}, {}, [], W46, 150),
    ("for one day", {"from": "2026-11-11", "to": "2026-11-11"}, {}, [], W46, 50),
    ("changed on Wednesday", [{}, {"from": "2026-11-11", "target": 300.0}], {}, [], W46, 280),  # 2 × 50 + 3 × 60
    ("changed on Wednesday, Monday off", [{}, {"from": "2026-11-11", "target": 300.0}], {},
     [away("2026-11-09", "2026-11-09")], W46, 230),  # 50 + 180
    ("a season within a season", [{"from": "2026-01-01"}, {"from": "2026-11-10", "to": "2026-11-11", "target": 500.0}],
     {}, [], W46, 350),  # 3 × 50 + 2 × 100
    ("summer's quota in June", [{"from": "2026-01-01", "to": "2026-06-30", **MONTHLY},
     {"from": "2026-07-01", "to": "2026-07-31", "target": 100.0, **MONTHLY}], {}, [], "2026-06", 250),
    ("summer's quota in July", [{"from": "2026-01-01", "to": "2026-06-30", **MONTHLY},
     {"from": "2026-07-01", "to": "2026-07-31", "target": 100.0, **MONTHLY}], {}, [], "2026-07", 100),
    ("summer's quota in the quarter", [{"to": "2026-06-30", **MONTHLY}, {"from": "2026-07-01", "to": "2026-07-31",
     "target": 100.0, **MONTHLY}, {"from": "2026-08-01", **MONTHLY}], {}, [], "2026-Q3", 600),
    ("the team's wins over everyone's", [{}, {"who": "team: North", "target": 100.0}], {}, [], W46, 100),
    ("the role's wins over the team's", [{"who": "team: North"}, {"who": "role: SDR", "target": 100.0}], {}, [], W46, 100),
    ("the rep's wins over the role's", [{"who": "role: SDR"}, {"who": "Raj", "target": 100.0}], {}, [], W46, 100),
    ("another role from Wednesday", [{}, {"who": "role: AE", "target": 100.0}], [{}, {"from": "2026-11-11", "role": "AE"}],
     [], W46, 160),  # 2 × 50 + 3 × 20
    ("another team from Wednesday", {"who": "team: North"}, [{}, {"from": "2026-11-11", "team": "South"}], [], W46, 100),
    # ramps, by weeks since the start
    ("week 1 of the ramp", NEW, {"start": "2026-11-09"}, [], W46, 62.5),
    ("week 2", NEW, {"start": "2026-11-02"}, [], W46, 125),
    ("week 3", NEW, {"start": "2026-10-26"}, [], W46, 187.5),
    ("week 4", NEW, {"start": "2026-10-19"}, [], W46, 250),
    ("week 5, after the ramp", NEW, {"start": "2026-10-12"}, [], W46, 250),
    ("from Thursday of one week", NEW, {"start": "2026-11-12"}, [], W46, 25),  # 2 days × 50 × ¼
    ("weeks 1 and 2 in one", NEW, {"start": "2026-11-05"}, [], W46, 87.5),  # 3 × 50 × ¼ + 2 × 50 × ½
    ("a ramp over a month", {**MONTHLY, **NEW, "target": 220.0}, {"start": "2026-06-01"}, [], "2026-06", 145),
    # 10 a day: 5 × (2.5 + 5 + 7.5 + 10) + 2 × 10
    ("a ramp with gaps", {"ramp": "gaps"}, {"start": "2026-10-26"}, [], W46, 50),  # week 3 is like week 1: 0.2
    ("a ramp and no start", NEW, {}, [], W46, 250),
    ("a ramp, half time", NEW, {"start": "2026-11-02", "full_time": 0.5}, [], W46, 62.5),
    ("a ramp, a holiday and leave", NEW, {"start": "2026-03-30", **DK}, [away("2026-04-09", "2026-04-10")], "2026-W15", 50),
    ("a ramp over New Year", NEW, {"start": "2026-12-28", **DK}, [], "2026-W53", 50),  # 4 × 50 × ¼
    ("a ramp that another start begins again", NEW,
     [{"start": "2026-01-05"}, {"from": "2026-11-09", "start": "2026-11-09"}], [], W46, 62.5),
    ("what another start leaves alone", NEW,
     [{"start": "2026-01-05"}, {"from": "2026-11-09", "start": "2026-11-09"}], [], "2026-W45", 250),
]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "who", "leave", "period", "target"), [pytest.param(*row[1:], id=row[0]) for row in TARGETS]
)
def test_target(
    asked: Row | list[Row], who: Row | list[Row], leave: list[Row], period: str, target: float
) -> None:
    (line,) = lines(asked, who, period, leave=leave)
    assert line["target"] == pytest.approx(target, abs=1e-9)
    assert line["expected"] == line["target"]  # judged at the period's end


@pytest.mark.parametrize(
    ("fiscal", "rule", "who", "period", "target"),
    [
        (1, {"target": 261.0}, {}, "FY2026", 261),
        (7, {"target": 261.0}, {}, "FY2026", 261),  # July 2025 to June 2026
        (10, {"target": 261.0}, {}, "FY2026", 261),  # October 2025 to September 2026
        (7, {"target": 261.0}, {}, "2026-06", 22),
        (7, {"target": 261.0}, {}, "2026-Q1", 64),
        (7, {"target": 261.0}, {}, "2026-W27", 5),  # 2 days of FY2026 and 3 of FY2027, each of 261
        (7, {"target": 522.0}, {"start": "2026-01-01"}, "FY2026", 258),  # 129 of 261 × 522
        (7, {"target": 261.0}, {"end": "2025-12-31"}, "FY2026", 132),
        (10, {"target": 261.0}, DK, "FY2026", 253),  # 2026's seven, less 25 December 2026, more 25, 26 December 2025
        (7, {"every": "year", "target": 261.0}, {}, "FY2026", 261),  # 132 of 2025 + 129 of 2026
        (4, {"every": "quarter"}, {}, "2026-Q2", 250),  # quarters stay the calendar's
    ],
)  # fmt: skip
def test_fiscal_year(fiscal: int, rule: Row, who: Row, period: str, target: float) -> None:
    (line,) = lines({**FISCAL, **rule}, who, period, fiscal=fiscal)
    assert line["target"] == pytest.approx(target, abs=1e-9)


@pytest.mark.parametrize(
    ("weights", "who", "leave", "period", "target"),
    [
        ("mon-thu, fri 0.5", {}, [], W46, 250),
        ("mon-thu, fri 0.5", {}, [], "2026-11-13", 250 / 9),  # 0.5 of 4.5
        ("mon-thu, fri 0.5", {}, [away("2026-11-13", "2026-11-13")], W46, 2000 / 9),  # 4 of 4.5
        ("mon-thu, fri 0.5", {}, [away("2026-11-09", "2026-11-09")], W46, 1750 / 9),  # 3.5 of 4.5
        ("mon-thu, fri 0.5", {"weekdays": "mon-thu"}, [], "2026-11-09", 62.5),  # no Friday to weigh
        ("mon-thu, fri 0.5", {"start": "2026-11-12"}, [], W46, 250 / 3),  # 1.5 of 4.5
        ("mon 2, tue-fri", {}, [], "2026-11-09", 250 / 3),  # 2 of 6
        ("mon 2, tue-fri", {"full_time": 0.5}, [], "2026-11-09", 125 / 3),
    ],
)
def test_weekdays_that_carry_more_or_less(
    weights: str, who: Row, leave: list[Row], period: str, target: float
) -> None:
    (line,) = lines({}, who, period, leave=leave, weights=weights)
    assert line["target"] == pytest.approx(target, abs=1e-9)


# --- what counts ---

MON, TUE, WED, SUN = "2026-11-09", "2026-11-10", "2026-11-11", "2026-11-15"
MONEY = {"kind": "won", "measure": "amount", "target": 1000.0}
ACCOUNTS, CONTACTS = ({"measure": name, "target": 10.0} for name in ("accounts", "contacts"))
TALK = {"topic": "Retirement Planning", "target": 10.0}
POINTS = {"kind": "points", "target": 100.0}
AMOUNTS = [did(MON, "won", amount=300.0, currency=name) for name in ("EUR", "DKK")]
SEEN = [
    did(MON, account="Acme", contact="Ida"),
    did(TUE, account="Acme", contact="Ole"),
    did(WED, account="Bolt", contact="Ida"),
    did(WED, contact="Una"),
    did(WED),
]
FRENCH = did(MON, topic="  ma RÉTIREMENT  Planning talk")

ACTUALS: list[tuple[str, Row, list[Row], str, float]] = [
    ("one kind", {}, [did(MON, count=3), did(TUE, "email", 4)], W46, 3),
    ("several kinds", {"kind": "email + call"}, [did(MON, count=3), did(TUE, "email", 4)], W46, 7),
    ("all days of the week", {}, [did(MON), did(SUN), did("2026-11-08"), did("2026-11-16")], W46, 2),
    ("points", POINTS, [did(MON, count=3), did(TUE, "meeting", 2), did(TUE, "email", 9)], W46, 23),
    ("out or unknown", {}, [did(MON, count=n, direction=d) for n, d in ((1, None), (2, "out"), (4, "in"))], W46, 3),
    ("only out", {"direction": "out"}, [did(MON, count=n, direction=d) for n, d in ((1, None), (2, "out"), (4, "in"))], W46, 2),
    ("only in", {"direction": "In"}, [did(MON, count=n, direction=d) for n, d in ((1, None), (2, "out"), (4, "in"))], W46, 4),
    ("any way", {"direction": "any"}, [did(MON, count=n, direction=d) for n, d in ((1, None), (2, "out"), (4, "in"))], W46, 7),
    ("an outcome", {"outcome": "Connected"}, [did(MON, count=n, outcome=o) for n, o in ((1, "connected"), (2, "no answer"), (4, None))], W46, 1),
    ("another outcome", {"outcome": "ingen svar"}, [did(MON, outcome="Ingen  Svar"), did(MON, outcome="svar")], W46, 1),
    ("a topic", TALK, [did(MON, topic="On retirement planning"), did(MON, topic="Retirement"), did(MON)], W46, 1),
    ("a topic, accents and spaces aside", TALK, [FRENCH], W46, 1),
    ("a topic with ø", {"topic": "pension og BØRN"}, [did(MON, topic="Pension og børn"), did(MON, topic="Pension og born")], W46, 2),
    ("a topic in Finnish", {"topic": "elake"}, [did(MON, topic="Eläkesäästö")], W46, 1),
    ("accounts, however they are capitalised", ACCOUNTS, [did(MON, account="Acme"), did(TUE, account="ACME  "), did(TUE, contact="acme")], W46, 1),
    ("accounts, by contact where unnamed", ACCOUNTS, SEEN, W46, 3),  # Acme, Bolt, Una
    ("contacts", CONTACTS, SEEN, W46, 3),  # Ida, Ole, Una
    ("contacts, by account where unnamed", CONTACTS, [did(MON, account="Acme"), did(TUE, account="Acme")], W46, 1),
    ("an account again next week", ACCOUNTS, [did(MON, account="Acme"), did("2026-11-16", account="Acme")], "2026-11", 2),
    ("an account again in the month", {**ACCOUNTS, **MONTHLY}, [did(MON, account="Acme"), did("2026-11-16", account="Acme")], "2026-11", 1),
    ("an account again in the month, by week", {**ACCOUNTS, **MONTHLY},
     [did("2026-11-02", account="Acme"), did(MON, account="Acme"), did(MON, account="Bolt")], W46, 1),  # Acme was on 2
    ("an account each day", {**ACCOUNTS, "every": "day"}, [did(MON, account="Acme"), did(TUE, account="Acme")], W46, 2),
    ("an account in a quarter", {**ACCOUNTS, **QUARTERLY}, [did("2026-10-01", account="A"), did("2026-12-31", account="A")], "2026-Q4", 1),
    ("an account in a year", {**ACCOUNTS, **YEARLY}, [did("2026-01-01", account="A"), did("2026-12-31", account="A")], "2026", 1),
    ("an account in two fiscal years", {**ACCOUNTS, **FISCAL}, [did("2026-06-30", account="A"), did("2026-07-01", account="A")], "2026", 2),
    ("accounts of a topic", {**ACCOUNTS, **TALK}, [did(MON, account="A"), did(TUE, account="A", topic="retirement planning")], W46, 1),
    ("the only currency", MONEY, AMOUNTS[:1], W46, 300),
    ("one of two currencies", {**MONEY, "currency": "eur"}, AMOUNTS, W46, 300),
    ("a currency nobody paid in", {**MONEY, "currency": "SEK"}, AMOUNTS, W46, 0),
    ("two currencies and none asked", MONEY, AMOUNTS, W46, float("nan")),
    ("units", {**MONEY, "measure": "units"}, [did(MON, "won", units=5.0), did(TUE, "won", units=2.5), did(TUE, "won")], W46, 7.5),
    ("new customers", {"kind": "won", "measure": "new_customers"},
     [did(MON, "won", 2, new_customer=True), did(TUE, "won", new_customer=False), did(TUE, "won")], W46, 2),
    ("a cap", {"cap": "20"}, [did(MON, count=30)], W46, 20),
    ("under the cap", {"cap": "20"}, [did(MON, count=19)], W46, 19),
    ("a cap of one kind", {"kind": "call+email", "cap": "email 10"}, [did(MON, count=30), did(MON, "email", 30)], W46, 40),
    ("caps of both kinds", {"kind": "call+email", "cap": "email 10 + call 5"}, [did(MON, count=30), did(MON, "email", 30)], W46, 15),
    ("a cap on points", {**POINTS, "cap": "15"}, [did(MON, "meeting", 2)], W46, 15),
    ("a cap in events on points", {**POINTS, "cap": "meeting 2"}, [did(MON, "meeting", 5), did(MON, count=3)], W46, 23),
    ("a cap for one day of five", {"cap": "20"}, [did(MON, count=30)], MON, 4),
    ("a cap over a month", {"cap": "21"}, [did(MON, count=200)], "2026-11", 88.2),  # 21 × 21 days of 5
    ("a minimum of a kind, missed", {"kind": "call+email", "target": 100.0, "minimum": "call 20"}, [did(MON, count=5), did(MON, "email", 200)], W46, 85),
    ("a minimum of a kind, reached", {"kind": "call+email", "target": 100.0, "minimum": "call 20"}, [did(MON, count=20), did(MON, "email", 200)], W46, 220),
    ("a minimum, far from the target", {"kind": "call+email", "target": 100.0, "minimum": "call 20"}, [did(MON, "email", 30)], W46, 30),
    ("two minimums", {"kind": "call+email", "target": 100.0, "minimum": "call 20 + email 30"}, [did(MON, "email", 200), did(MON, count=15)], W46, 95),
    ("a minimum and a cap of kinds", {"kind": "call+email", "target": 100.0, "minimum": "call 20", "cap": "email 60"},
     [did(MON, count=10), did(MON, "email", 200)], W46, 70),
    ("a minimum of a kind, a cap of the row", {"kind": "call+email", "target": 100.0, "minimum": "call 20", "cap": "120"},
     [did(MON, count=100), did(MON, "email", 200)], W46, 120),
    ("a minimum of points in events", {**POINTS, "minimum": "meeting 3"}, [did(MON, "meeting", 2), did(MON, count=500)], W46, 90),
    ("work at the weekend", {}, [did(SUN, count=9)], W46, 9),
    ("work of week 53 on both sides of New Year", {}, [did("2026-12-31"), did("2027-01-01")], "2026-W53", 2),
    ("work on leap day", MONTHLY, [did("2028-02-29")], "2028-02", 1),
    ("work before the rule", {"from": TUE}, [did(MON), did(TUE)], W46, 1),
    ("work after the rule", {"to": MON}, [did(MON), did(TUE)], W46, 1),
    ("nothing", {}, [], W46, 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "done", "period", "actual"), [pytest.param(*row[1:], id=row[0]) for row in ACTUALS]
)
def test_actual(rule: Row, done: list[Row], period: str, actual: float) -> None:
    (line,) = lines(rule, {}, period, done=done, fiscal=7)
    assert line["actual"] == pytest.approx(actual, abs=1e-9, nan_ok=True)


# --- alternatives: 250 calls or 50 people who were told of a topic ---

CALLS = {"alternative": "Reach", "kind": "call", "target": 250.0}
PEOPLE = {
    "alternative": "reach ",
    "kind": "social",
    "measure": "contacts",
    "topic": "pension",
    "target": 50.0,
}


def told(count: int) -> list[Row]:
    return [did(MON, "social", contact=f"P{n}", topic="On pensions") for n in range(count)]


@pytest.mark.parametrize(
    ("more", "who", "leave", "calls", "people_told", "target", "actual"),
    [
        ({}, {}, [], 100, 30, 1, 1.0),  # 0.4 + 0.6
        ({}, {}, [], 250, 0, 1, 1.0),
        ({}, {}, [], 0, 50, 1, 1.0),
        ({}, {}, [], 125, 50, 1, 1.5),
        ({}, {"full_time": 0.5}, [], 50, 15, 0.5, 0.5),
        ({}, {}, [away(MON, TUE)], 100, 10, 0.6, 0.6),  # 0.4 + 0.2 of three fifths
        ({"ramp": "probation"}, {"start": "2026-11-02"}, [], 25, 10, 0.5, 0.3),
        ({"minimum": "50"}, {}, [], 50, 50, 1, 1.2),
        ({"minimum": "50"}, {}, [], 25, 50, 1, 0.9),  # 25 calls lack: a tenth of a quota
        ({"minimum": "50"}, {}, [], 0, 500, 1, 0.8),
        ({"minimum": "50"}, {"full_time": 0.5}, [], 0, 500, 0.5, 0.4),  # 25 of 125 lack
        ({"cap": "100"}, {}, [], 250, 10, 1, 0.6),  # 0.4 + 0.2
        ({"cap": "100"}, {"full_time": 0.5}, [], 250, 0, 0.5, 0.2),  # 50 of 250
    ],
)  # fmt: skip
def test_alternatives(
    more: Row, who: Row, leave: list[Row], calls: int, people_told: int, target: float, actual: float
) -> None:
    """`more` is about the calls, but a ramp about both."""
    ramp = {name: value for name, value in more.items() if name == "ramp"}
    done = [did(MON, count=calls), *told(people_told)]
    (line,) = lines([{**CALLS, **more}, {**PEOPLE, **ramp}], who, W46, leave=leave, done=done)
    assert (line["quota"], line["measure"]) == ("Reach", "share")
    assert (line["target"], line["actual"]) == (pytest.approx(target), pytest.approx(actual))


def test_alternatives_that_count_the_same_are_asked_once() -> None:
    """Whatever they are called: the later one holds, and the target stays one whole quota."""
    asked = [{**CALLS, "quota": "A", "target": 200.0}, {**CALLS, "quota": "B"}, PEOPLE]
    (line,) = lines(asked, {}, W46, done=[did(MON, count=125), *told(25)])
    assert (line["target"], line["actual"]) == (1, 1)
    crew = pd.DataFrame({"rep": ["Raj"], "team": [None], "role": [None]})
    assert check_rules(Plan(rules(*asked)), crew)[["row", "code"]].to_numpy().tolist() == [
        [1, "rule_overlaps"]
    ]


# --- where one stands ---

BIG = {"target": 1000.0}


@pytest.mark.parametrize(
    ("rule", "who", "leave", "period", "as_of", "count", "answers"),
    [
        ({}, {}, [], W46, WED, 144, {"expected": 150, "pace": 0.96, "projected": 240, "remaining": 106, "needed_per_day": 53, "status": "on_pace"}),
        ({}, {}, [], W46, "2026-11-08", 0, {"expected": 0, "status": "on_pace"}),
        ({}, {}, [], W46, "2026-11-14", 100, {"expected": 250, "status": "at_risk", "remaining": 150}),
        ({}, {"start": TUE}, [], W46, WED, 100, {"target": 200, "expected": 100, "pace": 1, "needed_per_day": 50, "status": "on_pace"}),
        ({}, {"end": WED}, [], W46, TUE, 80, {"target": 150, "expected": 100, "pace": 0.8, "needed_per_day": 70, "status": "behind"}),
        ({}, {}, [away(MON, MON)], W46, TUE, 60, {"target": 200, "expected": 50, "pace": 1.2, "status": "ahead"}),
        ({}, {}, [away(MON, MON, 0.5)], W46, MON, 20, {"target": 225, "expected": 25, "pace": 0.8, "status": "behind"}),
        ({}, {"full_time": 0.5}, [], W46, MON, 25, {"target": 125, "expected": 25, "needed_per_day": 50, "status": "on_pace"}),  # 100 in 2 whole days
        ({}, DK, [], "2026-W15", "2026-04-06", 0, {"target": 200, "expected": 0, "status": "on_pace"}),  # Easter Monday
        ({}, DK, [], "2026-W15", "2026-04-07", 39, {"expected": 50, "pace": 0.78, "status": "at_risk"}),
        (NEW, {"start": "2026-11-05"}, [], W46, WED, 30, {"target": 87.5, "expected": 37.5, "pace": 0.8, "status": "behind"}),  # 3 × 12.5
        (NEW, {"start": "2026-11-05"}, [], W46, "2026-11-12", 0, {"expected": 62.5}),
        (MONTHLY, {}, [], "2026-02", "2026-02-13", 125, {"expected": 125, "projected": 250, "needed_per_day": 12.5}),
        (QUARTERLY, {}, [], "2026-Q4", "2026-10-31", 250, {"attainment": 1, "status": "met", "remaining": 0, "needed_per_day": 0}),
        (YEARLY, {"start": "2026-07-01"}, [], "2026", "2026-09-30", 0, {"target": 250 * 132 / 261, "expected": 250 * 66 / 261}),
        ({}, {}, [], "2026-W53", "2026-12-31", 0, {"expected": 200}),
        ({}, {}, [], "2026-W13", "2026-03-29", 0, {"expected": 250}),  # the Sunday that the clocks change
        ({"from": TUE}, {}, [], W46, WED, 90, {"target": 200, "expected": 100, "pace": 0.9}),
        (BIG, {"full_time": 0.5}, [], W46, SUN, 500, {"attainment": 1, "status": "met", "tier": "Silver"}),
        (BIG, {}, [], W46, SUN, 1199, {"attainment": 1.199, "tier": "Silver"}),
        (BIG, {}, [], W46, SUN, 1200, {"attainment": 1.2, "tier": "Gold"}),
        (BIG, {}, [], W46, SUN, 999, {"attainment": 0.999, "tier": None, "status": "on_pace"}),
        ({"target": 0.0}, {}, [], W46, SUN, 5, {"target": 0, "status": "no_quota", "tier": None}),
        ({}, {}, [away(MON, SUN)], W46, SUN, 5, {"target": 0, "actual": 5, "status": "no_quota"}),
        ({}, {"end": "2026-11-08"}, [], W46, SUN, 0, {"target": 0, "status": "no_quota"}),
    ],
)  # fmt: skip
def test_standing(
    rule: Row, who: Row, leave: list[Row], period: str, as_of: str, count: int, answers: Row
) -> None:
    first = periods.parse(period).start.isoformat() if "from" not in rule else TUE
    (line,) = lines(rule, who, period, as_of, leave, [did(first, count=count)])
    wanted = {
        name: pytest.approx(value) if isinstance(value, float) else value for name, value in answers.items()
    }
    assert {name: line[name] for name in answers} == wanted


# --- a shortfall that is carried over ---


@pytest.mark.parametrize(
    ("who", "leave", "done", "carried", "target", "expected"),
    [
        ({}, [], [did("2026-10-26", count=250), did("2026-11-02", count=200)], 50, 300, 180),  # 3 of 5 days
        ({}, [], [did("2026-10-26", count=200), did("2026-11-02", count=250)], 50, 300, 180),  # 50, then 50 again
        ({}, [], [did("2026-10-26", count=200), did("2026-11-02", count=300)], 0, 250, 150),
        ({}, [], [did("2026-10-26", count=300), did("2026-11-02", count=200)], 50, 300, 180),  # no credit
        ({}, [], [did("2026-11-02", count=250)], 0, 250, 150),  # nothing before the data begins
        ({"start": "2026-11-04"}, [], [did("2026-10-26", count=0), did("2026-11-04", count=100)], 50, 300, 180),
        ({}, [away("2026-11-02", "2026-11-06")], [did("2026-10-26", count=200)], 50, 300, 180),  # it waits
        ({}, [away("2026-11-09", "2026-11-13")], [did("2026-10-26", count=250)], 0, 0, 0),  # on leave: no quota
        ({}, [away("2026-11-09", "2026-11-10")], [did("2026-10-26", count=250), did("2026-11-02", count=200)], 50, 200, 200 / 3),
    ],
)  # fmt: skip
def test_carried(
    who: Row, leave: list[Row], done: list[Row], carried: float, target: float, expected: float
) -> None:
    """Week 46 on its Wednesday, 250 calls a week."""
    (line,) = lines({"carry": True}, who, W46, WED, leave, done)
    wanted = (carried, target, pytest.approx(expected))
    assert (line["carried"], line["target"], line["expected"]) == wanted


@pytest.mark.parametrize(
    ("first", "then", "carried"),
    [(True, True, [50, 100, 150]), (True, None, [50, 0, 0]), (None, True, [0, 0, 50])],
)
def test_carrying_that_begins_or_ends(first: bool | None, then: bool | None, carried: list[float]) -> None:
    """200 of 250 calls in each of the weeks 8 to 11, another rule from Monday of week 10."""
    asked = [{"carry": first}, {"carry": then, "from": "2026-03-02"}]
    done = [did(day, count=200) for day in ("2026-02-16", "2026-02-23", "2026-03-02", "2026-03-09")]
    found = [lines(asked, {}, week, done=done)[0] for week in ("2026-W09", "2026-W10", "2026-W11")]
    assert [line["carried"] for line in found] == carried


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"cap": "-5"}, "rule_bad_bound"),
        ({"minimum": "nan"}, "rule_bad_bound"),
        ({"cap": "email 10"}, "rule_bad_bound"),  # of a rule on calls
        ({**ACCOUNTS, "kind": "call+email", "minimum": "email 5"}, "rule_bad_bound"),
        ({**POINTS, "cap": "email 5"}, "rule_bad_bound"),  # an e-mail is worth nothing
        ({**POINTS, "measure": "accounts"}, "rule_points_are_counts"),
        ({**POINTS, "measure": "amount"}, "rule_points_are_counts"),
    ],
)  # fmt: skip
def test_what_no_rule_can_ask(row: Row, code: str) -> None:
    plan = replace(PLAN, rules=rules(row))
    crew = pd.DataFrame({"rep": ["Raj"], "team": [None], "role": [None]})
    assert check_rules(plan, crew)["code"].tolist() == [code]


@pytest.mark.parametrize("text", ["mon to fri", "ma to pe", "mon-thu fri 0.5", "fri -1", "mon nan", "mon 0"])
def test_weeks_that_can_be_read_two_ways_are_not_read(text: str) -> None:
    assert week_of(text) is None


def test_a_decimal_comma_in_a_week() -> None:
    assert week_of("man-tor, fre 0,5") == week_of("mon-thu; fri 50%") == (1, 1, 1, 1, 0.5, 0, 0)


def test_two_lines_of_one_name_are_explained_apart() -> None:
    asked = rules({"topic": "pension", "target": 10.0}, {"topic": "loan", "target": 20.0})
    crew, week = people({"rep": "Raj"}), periods.parse(W46)
    found = derivations(work([did(MON, topic="Loans")]), Plan(asked), Staff(crew), week, week.last, "Raj")
    assert [
        (one.figures["target"], one.rules["topic"].tolist(), one.done["events"].tolist()) for one in found
    ] == [
        (20, ["loan"], [1]),
        (10, ["pension"], [0]),
    ]


def test_at_least_120_cases() -> None:
    assert len(TARGETS) + len(ACTUALS) >= 120
