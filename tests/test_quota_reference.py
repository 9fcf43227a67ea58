"""Quotas against a reference that is written from what they are said to mean: a walk, day by day.

Plain Python and exact fractions, nothing of the engine: who is under which rule, what it asks of
each day, what was done, what stands in for what, what is carried over.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metric_frames import D, absences, cube, people, rules

from quota import attainment, periods
from quota.attainment import Work
from quota.periods import Period
from quota.rules import Plan
from quota.worktime import Staff

Row = dict[str, Any]

# Shares of the first weeks, then everything; and what points an event has. Both change on a day.
RAMP = {
    date.min: [Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)],
    D("2026-04-10"): [Fraction(5, 8), Fraction(1, 2), Fraction(3, 4), Fraction(7, 8)],
}
WORTH = {date.min: {"call": 1, "email": 4}, D("2026-04-08"): {"call": 3, "email": 4}}
RAMPS = pd.DataFrame(
    [("New", 1, 0.25, None), ("New", 2, 0.5, None), ("New", 3, 0.75, None),
     ("New", 1, 0.625, D("2026-04-10")), ("New", 4, 0.875, D("2026-04-10"))],
    columns=["ramp", "week", "share", "from"],
)  # fmt: skip
POINTS = pd.DataFrame(
    [("call", 3.0, D("2026-04-08")), ("call", 1.0, None), ("email", 4.0, None)],
    columns=["kind", "points", "from"],
)
RANKS = {"everyone": 0, "team: North": 1, "role: SDR": 2, "Raj": 3}
FIRST, LAST = D("2026-03-23"), D("2026-04-26")  # five weeks
EASTER = {D("2026-04-02"), D("2026-04-03"), D("2026-04-06")}


# --- the reference ---


def daily(start: date, end: date) -> Iterable[date]:
    return (start + timedelta(days=n) for n in range((end - start).days))


def as_he_is(versions: list[Row], day: date) -> Row:
    """A person on a day: what the rows say that hold from then or before, the first one since ever."""
    known: Row = {}
    for at, row in enumerate(sorted(versions, key=lambda one: one["from"] or date.min)):
        if at == 0 or row["from"] <= day:
            known |= {name: value for name, value in row.items() if value is not None}
    return known


def available(world: Row, day: date) -> Fraction:
    one = as_he_is(world["people"], day)
    off = day.weekday() > 4 or (one.get("calendar") == "DK" and day in EASTER)
    if off or day < one.get("start", date.min) or day > one.get("end", date.max):
        return Fraction(0)
    said = ("Raj", "everyone", f"team: {one['team']}")
    away = sum(
        Fraction(row["share"])
        for row in world["absences"]
        if row["rep"] in said and row["from"] <= day <= row["to"]
    )
    return max(1 - away, Fraction(0)) * Fraction(one.get("full_time", 1))


def due(world: Row, rule: Row, day: date) -> Fraction:
    """The share of the rule's target that a day asks for."""
    whole = periods.containing(day, rule["every"])
    possible = sum(one.weekday() < 5 for one in daily(whole.start, whole.end))
    start, counts = as_he_is(world["people"], day).get("start"), Fraction(1)
    ramp = RAMP[version(RAMP, day)]
    if rule["ramp"] and start and (day - start).days // 7 < len(ramp):
        counts = ramp[max((day - start).days // 7, 0)]
    return available(world, day) * counts / possible if possible else Fraction(0)


def version(dated: Iterable[date], day: date) -> date:
    """The day from which that holds which holds on `day`."""
    return max(one for one in dated if one <= day)


def worth(rule: Row, day: date) -> Row:
    """The kinds that a rule counts on a day, and what one event of each is worth."""
    if rule["kind"] == "points":
        return WORTH[version(WORTH, day)]
    return dict.fromkeys(rule["kind"].split("+"), 1)


def held(world: Row, day: date) -> list[Row]:
    """The rules that Raj is under on a day."""
    one = as_he_is(world["people"], day)
    who = {"everyone", f"team: {one['team']}", f"role: {one['role']}", "Raj"}
    live = [rule for rule in world["rules"] if rule["who"] in who]
    live = [rule for rule in live if (rule["from"] or date.min) <= day <= (rule["to"] or date.max)]

    def what(rule: Row) -> tuple[Any, ...]:
        return rule["kind"], rule["every"], rule["alternative"]

    found: dict[tuple[Any, ...], Row] = {}
    for rule in live:
        rivals = [other for other in live if what(other) == what(rule)]
        if RANKS[rule["who"]] < max(RANKS[other["who"]] for other in rivals):
            continue
        key = (*what(rule), rule["quota"])
        if key not in found or latest(rule) > latest(found[key]):
            found[key] = rule
    return list(found.values())


def latest(rule: Row) -> tuple[Any, ...]:
    return rule["from"] or date.min, rule["to"] or date.max, rule["target"], world_place(rule)


def world_place(rule: Row) -> int:
    return int(rule["place"])


def count(world: Row, kind: str, day: date) -> int:
    return sum(
        one["count"]
        for one in world["events"]
        if one["kind"] == kind and one["day"] == day and one["direction"] != "in"
    )


def component(world: Row, mine: list[tuple[date, Row]], as_of: date, shared: bool) -> tuple[Fraction, ...]:
    """target, expected, actual and what lacks of the versions of one rule, whose days these are."""
    target = expected = actual = lacking = Fraction(0)

    def piece(rule: Row, day: date) -> tuple[Any, ...]:
        return rule["place"], *sorted(worth(rule, day).items())

    for one_piece in {piece(rule, day) for day, rule in mine}:
        rule = world["rules"][one_piece[0]]
        on = [day for day, one in mine if piece(one, day) == one_piece]
        unit = Fraction(1, rule["target"]) if shared and rule["target"] else Fraction(1)
        share = sum((due(world, rule, day) for day in on), Fraction(0))
        gone = sum((due(world, rule, day) for day in on if day <= as_of), Fraction(0))
        target += rule["target"] * share * unit
        expected += rule["target"] * gone * unit
        least, most = (
            None if rule[name] is None else int(rule[name].split()[-1]) * share for name in ("minimum", "cap")
        )
        one_kind = rule["minimum"] and not rule["minimum"].isdigit()
        done, short = Fraction(0), Fraction(0)
        for kind, value in worth(rule, on[0]).items():
            of_kind = Fraction(sum(count(world, kind, day) for day in on if day <= as_of) * value)
            done += of_kind
            if one_kind and rule["minimum"].startswith(kind):
                short = max(least - of_kind, Fraction(0))
        if least is not None and not one_kind:
            short = max(least - done, Fraction(0))
        actual += (done if most is None else min(done, most)) * unit
        lacking += short * unit
    return target, expected, actual, lacking


def line_of(rule: Row) -> tuple[Any, ...]:
    own = (rule["quota"], rule["kind"]) if not rule["alternative"] else (rule["alternative"],)
    return (*own, rule["every"])


def standing(world: Row, period: Period, as_of: date) -> dict[tuple[Any, ...], tuple[Fraction, ...]]:
    """target, expected, actual of each line in one period, nothing carried."""
    mine = [(day, rule) for day in daily(period.start, period.end) for rule in held(world, day)]
    found = {}
    for line in {line_of(rule) for _, rule in mine}:
        of_line = [(day, rule) for day, rule in mine if line_of(rule) == line]
        shared = bool(of_line[0][1]["alternative"])
        whats = {rule["kind"] for _, rule in of_line}
        parts = [
            component(world, [(d, r) for d, r in of_line if r["kind"] == kind], as_of, shared)
            for kind in whats
        ]
        target, expected = max(part[0] for part in parts), max(part[1] for part in parts)
        actual, lacking = sum(part[2] for part in parts), sum(part[3] for part in parts)
        if lacking:
            actual = min(actual, max(target - lacking, Fraction(0)))
        found[line] = target, expected, Fraction(actual)
    return found


def carrying(world: Row, period: Period, line: tuple[Any, ...]) -> bool:
    mine = [
        rule for day in daily(period.start, period.end) for rule in held(world, day) if line_of(rule) == line
    ]
    return any(rule["carry"] for rule in mine) and mine[0]["every"] == period.unit


def reference(world: Row, period: Period, as_of: date) -> dict[tuple[Any, ...], tuple[Fraction, ...]]:
    """target, expected, actual of each line in a period, with what the periods before left."""
    found = {}
    for line, (target, expected, actual) in standing(world, period, as_of).items():
        over = Fraction(0)
        if carrying(world, period, line):
            begun = min([one["day"] for one in world["events"]], default=period.start)
            earlier = [
                part
                for part in periods.split(
                    Period(begun, max(period.start, begun + timedelta(days=1))), period.unit
                )
                if part.end <= period.start
            ]
            for part in earlier:
                then = standing(world, part, as_of).get(line)
                kept = then is not None and carrying(world, part, line)
                over = max(then[0] + over - then[2], Fraction(0)) if then and kept else Fraction(0)
        owed = over if target else Fraction(0)
        found[line] = target + owed, expected + (owed * expected / target if target else 0), actual
    return found


# --- the engine's answer, in the same words ---


def engine(world: Row, period: Period, as_of: date) -> dict[tuple[Any, ...], tuple[float, ...]]:
    asked = [{name: value for name, value in rule.items() if name != "place"} for rule in world["rules"]]
    work = cube(*[{"rep": "Raj", **event} for event in world["events"]])
    staff = Staff(people(*[{"rep": "Raj", **row} for row in world["people"]]), absences(*world["absences"]))
    found = attainment.progress(Work(work), Plan(rules(*asked), POINTS, RAMPS), staff, period, as_of)
    found = found[found["target"].notna()]
    told = {}
    for row in found.to_dict("records"):
        own = (row["quota"],) if row["measure"] == "share" else (row["quota"], row["kind"])
        told[*own, row["every"]] = row["target"], row["expected"], row["actual"]
    return told


# --- worlds ---

DAY = st.integers(0, (LAST - FIRST).days).map(lambda n: FIRST + timedelta(days=n))
MAYBE = st.none() | DAY
EVENT = st.fixed_dictionaries(
    {
        "day": DAY,
        "kind": st.sampled_from(["call", "email"]),
        "count": st.integers(1, 200),
        "direction": st.sampled_from([None, "out", "in"]),
    }
)
PERSON = {
    "team": st.sampled_from(["North", "South"]),
    "role": st.sampled_from(["SDR", "AE"]),
    "full_time": st.sampled_from([None, 0.5, 0.75]),
    "calendar": st.sampled_from([None, "DK"]),
    "start": MAYBE,
}
CHANGE = {name: st.none() | values for name, values in PERSON.items()}
LEAVE = st.fixed_dictionaries(
    {
        "rep": st.sampled_from(["Raj", "everyone", "team: North"]),
        "from": DAY,
        "to": DAY,
        "share": st.sampled_from([0.25, 0.5, 1.0]),
    }
).filter(lambda row: row["from"] <= row["to"])


def rule(**fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Row]:
    usual = {
        "quota": st.sampled_from(["A", "B"]),
        "who": st.sampled_from(list(RANKS)),
        "kind": st.sampled_from(["call", "email", "call+email", "points"]),
        "target": st.integers(1, 300),
        "every": st.sampled_from(["day", "week", "month"]),
        "from": MAYBE,
        "to": MAYBE,
        "alternative": st.none(),
        "minimum": st.none(),
        "cap": st.none() | st.integers(0, 300).map(str),
        "ramp": st.sampled_from([None, "new"]),
        "carry": st.none(),
    }
    return st.fixed_dictionaries({**usual, **fixed}).filter(_in_order)


def _in_order(one: Row) -> bool:
    return not (one["from"] and one["to"]) or one["from"] <= one["to"]


FLOOR = st.none() | st.integers(0, 100).map(str)
PLAIN = rule(minimum=FLOOR)
SINGLE = rule(kind=st.just("call+email"), minimum=st.integers(0, 100).map("call {}".format))
CARRYING = rule(every=st.just("week"), carry=st.booleans())
WEEKLY = {"alternative": st.just("Or"), "every": st.just("week"), "minimum": FLOOR}
EITHER = [rule(quota=st.just(kind), kind=st.just(kind), **WEEKLY) for kind in ("call", "email")]
ON_POINTS = rule(kind=st.just("points"), who=st.just("everyone"), minimum=FLOOR)
RULES = st.lists(st.one_of(PLAIN, SINGLE, CARRYING, *EITHER), min_size=1, max_size=5)


def _world(rows: list[Row], crew: tuple[Row, list[Row]], leave: list[Row], events: list[Row]) -> Row:
    first, later = crew
    dated = {row["from"]: row for row in later}
    placed = [{**row, "place": at} for at, row in enumerate(rows)]
    return {
        "rules": placed,
        "people": [{**first, "from": None}, *dated.values()],
        "absences": leave,
        "events": events,
    }


CREW = st.tuples(
    st.fixed_dictionaries(PERSON), st.lists(st.fixed_dictionaries({**CHANGE, "from": DAY}), max_size=2)
)
WORLD = st.builds(_world, RULES, CREW, st.lists(LEAVE, max_size=2), st.lists(EVENT, max_size=6))
PERIOD = st.tuples(DAY, st.sampled_from(["day", "week", "week", "month"])).map(
    lambda one: periods.containing(*one)
)
QUICK = settings(max_examples=25)


@settings(max_examples=100)
@given(WORLD, PERIOD, DAY)
def test_engine_and_reference_agree(world: Row, period: Period, as_of: date) -> None:
    wanted, found = reference(world, period, as_of), engine(world, period, as_of)
    assert found.keys() == wanted.keys()
    for line, figures in wanted.items():
        assert found[line] == pytest.approx([float(one) for one in figures], abs=1e-6), line


@settings(max_examples=50)
@given(WORLD, st.lists(ON_POINTS, min_size=1, max_size=2), st.lists(EVENT, min_size=4, max_size=8))
def test_engine_and_reference_agree_on_points(world: Row, asked: list[Row], events: list[Row]) -> None:
    world = {**world, "rules": [{**row, "place": at} for at, row in enumerate(asked)], "events": events}
    for period in (periods.parse("2026-W15"), periods.parse("2026-04")):
        found = engine(world, period, LAST)
        for line, figures in reference(world, period, LAST).items():
            assert found[line] == pytest.approx([float(one) for one in figures], abs=1e-6), line


@QUICK
@given(WORLD, PERIOD, DAY)
def test_expected_lies_between_nothing_and_the_target(world: Row, period: Period, as_of: date) -> None:
    for target, expected, _ in engine(world, period, as_of).values():
        assert 0 <= expected <= target + 1e-9


@QUICK
@given(WORLD, PERIOD)
def test_expected_at_the_end_is_the_target(world: Row, period: Period) -> None:
    for target, expected, _ in engine(world, period, period.last).values():
        assert expected == pytest.approx(target)


@QUICK
@given(WORLD, PERIOD, st.integers(1, 30))
def test_targets_of_parts_add_up(world: Row, period: Period, cut: int) -> None:
    """Of parts that no shortfall is carried into."""
    if cut >= period.days:
        return
    world = {**world, "rules": [{**row, "carry": None} for row in world["rules"]]}
    middle = period.start + timedelta(days=cut)
    whole = Period(period.start, period.end)
    parts = [engine(world, part, LAST) for part in (Period(period.start, middle), Period(middle, period.end))]
    for line, (target, *_) in engine(world, whole, LAST).items():
        if len(line) == 3:  # of alternatives the one that asks most decides, part by part
            assert sum(part.get(line, (0.0,))[0] for part in parts) == pytest.approx(target, abs=1e-6)


@QUICK
@given(WORLD, EVENT, PERIOD, DAY)
def test_more_work_never_lowers_what_was_attained(world: Row, more: Row, period: Period, as_of: date) -> None:
    world = {**world, "rules": [{**row, "carry": None} for row in world["rules"]]}
    before = engine(world, period, as_of)
    after = engine({**world, "events": [*world["events"], more]}, period, as_of)
    for line, (target, _, actual) in before.items():
        assert after[line][0] == target
        assert after[line][2] >= actual - 1e-9


@QUICK
@given(st.data(), WORLD, PERIOD, DAY)
def test_the_order_of_rows_does_not_matter(
    data: st.DataObject, world: Row, period: Period, as_of: date
) -> None:
    """Rules that say the same but for a bound are told apart by their place only, and are left out."""
    says = [
        tuple(row[name] for name in ("quota", "who", "kind", "every", "alternative", "from", "to", "target"))
        for row in world["rules"]
    ]
    world = {
        **world,
        "rules": [row for row, said in zip(world["rules"], says, strict=True) if says.count(said) == 1],
    }
    mixed = {name: data.draw(st.permutations(rows)) for name, rows in world.items()}
    one, other = engine(world, period, as_of), engine(mixed, period, as_of)
    assert one.keys() == other.keys()
    for line, figures in one.items():
        assert other[line] == pytest.approx(figures)


@QUICK
@given(PLAIN, st.sampled_from(["2026-03-25", "2026-04-08"]))
def test_whoever_is_always_there_has_the_rules_own_number(asked: Row, day: str) -> None:
    asked = {**asked, "who": "everyone", "from": None, "to": None, "place": 0}
    world = {"rules": [asked], "people": [{"from": None}], "absences": [], "events": []}
    (figures,) = engine(world, periods.containing(D(day), asked["every"]), LAST).values()
    assert figures[0] == asked["target"]


@QUICK
@given(
    WORLD, rule(), rule(carry=st.just(True), every=st.just("week")), st.sampled_from(["2026-04", "2026-W14"])
)
def test_a_quota_of_a_later_day_changes_nothing_before(world: Row, one: Row, other: Row, key: str) -> None:
    """Whatever begins in a period changes no period before it."""
    period = periods.parse(key)
    later = [{**row, "from": period.start, "to": None} for row in (one, other)]
    changed = {**world, "rules": [{**row, "place": at} for at, row in enumerate([*world["rules"], *later])]}
    for unit in ("day", "week", "month"):
        before = periods.previous(periods.containing(period.start, unit))
        if before.end <= period.start:
            assert engine(changed, before, LAST) == engine(world, before, LAST)
