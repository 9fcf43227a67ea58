"""Targets: worked by hand, and against a reference that walks day by day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metric_frames import D, absences, cube, people, rules

from quota import periods, quotas
from quota.checks import check_rules
from quota.periods import Period
from quota.rules import Plan, parsed
from quota.worktime import Staff, availability

NOTHING = cube()
CREW = people(
    {"rep": "Ann", "team": "South", "role": "SDR"},
    {"rep": "Raj", "team": "North", "role": "SDR"},
    {"rep": "Zoe", "team": "North", "role": "AE", "full_time": 0.8},
)


def targets(
    plan: pd.DataFrame, period: str, crew: pd.DataFrame = CREW, away: pd.DataFrame | None = None
) -> pd.DataFrame:
    asked = periods.parse(period)
    roster = quotas.roster(quotas.seen(NOTHING), crew)
    known = quotas.span(parsed(Plan(plan)), [asked])
    away = absences() if away is None else away
    ready = availability(list(roster["rep"]), Staff(crew, away), known.start, known.end)
    return quotas.targets(Plan(plan), roster, crew, ready, asked)


def checked(plan: pd.DataFrame, crew: pd.DataFrame, seen: pd.DataFrame | None = None) -> pd.DataFrame:
    return check_rules(Plan(plan), quotas.ever(quotas.seen(NOTHING if seen is None else seen), crew), seen)


def by_rep(found: pd.DataFrame) -> dict[str, float]:
    return dict(zip(found["rep"], found["target"], strict=True))


@pytest.mark.parametrize(
    ("every", "period", "target"),
    [
        ("week", "2026-W46", 250),
        ("week", "2026-11-10", 50),
        ("week", "2026-11-14", 0),  # a Saturday
        ("week", "2026-11-09..2026-11-12", 150),
        ("week", "2026-11", 1050),  # 21 working days at 50
        ("week", "2026-Q4", 3300),  # 66 working days at 50
        ("day", "2026-W46", 1250),
        ("day", "2026-11-14", 0),
        ("month", "2026-11", 250),
        ("month", "2026-W46", 250 * 5 / 21),
        ("month", "2026-Q4", 750),
        ("quarter", "2026-Q4", 250),
        ("quarter", "2026-11", 250 * 21 / 66),
        ("year", "2026", 250),
        ("year", "2026-Q4", 250 * 66 / 261),
    ],
)
def test_a_full_timer_without_leave(every: str, period: str, target: float) -> None:
    found = targets(rules({"every": every}), period, people({"rep": "Raj"}))
    assert found["target"].tolist() == [pytest.approx(target, abs=1e-9)]


@pytest.mark.parametrize(
    ("person", "leave", "target"),
    [
        ({}, [], 250),
        ({"full_time": 0.8}, [], 200),
        ({"start": D("2026-11-12")}, [], 100),
        ({"end": D("2026-11-09")}, [], 50),
        ({}, [("2026-11-09", "2026-11-10", 1)], 150),
        ({}, [("2026-11-09", "2026-11-13", 0.5)], 125),
        ({}, [("2026-11-01", "2026-11-30", 1)], 0),
        ({"end": D("2026-01-31")}, [], 0),
    ],
)
def test_the_target_follows_the_days_really_worked(
    person: dict[str, object], leave: list[tuple[str, str, float]], target: float
) -> None:
    away = absences(*[{"rep": "Raj", "from": D(a), "to": D(b), "share": share} for a, b, share in leave])
    found = targets(rules({}), "2026-W46", people({"rep": "Raj", **person}), away)
    assert by_rep(found) == {"Raj": target}


def test_a_holiday_takes_its_day_off_the_week() -> None:
    crew = people({"rep": "Finn", "calendar": "DK"}, {"rep": "Joe", "calendar": "US"})
    assert by_rep(targets(rules({}), "2026-W15", crew)) == {"Finn": 200, "Joe": 250}


@pytest.mark.parametrize(
    ("who", "reps"),
    [
        ("everyone", ["Ann", "Raj", "Zoe"]),
        ("Everyone", ["Ann", "Raj", "Zoe"]),
        ("alle", ["Ann", "Raj", "Zoe"]),
        ("kaikki", ["Ann", "Raj", "Zoe"]),
        ("team: North", ["Raj", "Zoe"]),
        ("TEAM:north ", ["Raj", "Zoe"]),
        ("role: SDR", ["Ann", "Raj"]),
        ("rolle: sdr", ["Ann", "Raj"]),
        ("Raj", ["Raj"]),
        (" rAJ ", ["Raj"]),
        ("North", []),
        ("team: West", []),
    ],
)
def test_whom_a_rule_is_for(who: str, reps: list[str]) -> None:
    assert targets(rules({"who": who}), "2026-W46")["rep"].tolist() == reps


def test_the_most_specific_rule_wins() -> None:
    plan = rules(
        {"who": "everyone", "target": 100},
        {"who": "team: North", "target": 200},
        {"who": "role: SDR", "target": 300},
        {"who": "raj", "target": 400},
    )
    assert by_rep(targets(plan, "2026-W46")) == {"Ann": 300, "Raj": 400, "Zoe": 160}


def test_other_kinds_measures_currencies_and_rhythms_are_no_rivals() -> None:
    plan = rules(
        {"who": "everyone", "target": 100},
        {"who": "Ann", "target": 10, "kind": "email"},
        {"who": "Ann", "target": 11, "kind": "email + call"},
        {"who": "Ann", "target": 12, "measure": "amount", "currency": "EUR"},
        {"who": "Ann", "target": 13, "measure": "amount", "currency": "dkk"},
        {"who": "Ann", "target": 14, "every": "day"},
    )
    found = targets(plan, "2026-W46", people({"rep": "Ann"}))
    assert sorted(found["target"]) == [10, 11, 12, 13, 70, 100]
    assert found.set_index("target").loc[11, "kind"] == "call+email"
    assert found.set_index("target").loc[13, "currency"] == "DKK"


def test_the_order_of_joined_kinds_does_not_matter() -> None:
    plan = rules({"kind": "call+email", "target": 100}, {"kind": "Email + call", "who": "Raj", "target": 9})
    assert by_rep(targets(plan, "2026-W46")) == {"Ann": 100, "Raj": 9, "Zoe": 80}


def test_equal_rank_and_other_names_all_hold() -> None:
    plan = rules({"quota": "Calls", "target": 100}, {"quota": "Campaign", "target": 10})
    found = targets(plan, "2026-W46", people({"rep": "Raj"}))
    assert found[["quota", "target"]].to_numpy().tolist() == [["Calls", 100], ["Campaign", 10]]


def test_a_changed_quota_holds_from_its_day_and_changes_nothing_before() -> None:
    before = rules({"target": 250})
    after = rules({"target": 250}, {"target": 300, "from": D("2026-03-01"), "quota": "calls "})
    raj = people({"rep": "Raj"})
    for month in ("2026-01", "2026-02"):
        assert targets(after, month, raj).equals(targets(before, month, raj))
    assert targets(after, "2026-W11", raj)["target"].tolist() == [300]
    changed = targets(after, "2026-02-23..2026-03-09", raj)
    assert changed["target"].tolist() == [250, 300]
    assert changed["rule_from"].tolist() == [pd.NaT, pd.Timestamp("2026-03-01")]


def test_a_rule_that_ends_gives_way_to_the_one_beneath() -> None:
    plan = rules({}, {"who": "Raj", "target": 100, "from": D("2026-11-11"), "to": D("2026-11-12")})
    found = targets(plan, "2026-W46", people({"rep": "Raj"}))
    assert found["target"].tolist() == [150, 40]


def test_the_last_day_of_a_rule_counts() -> None:
    found = targets(rules({"from": D("2026-11-09"), "to": D("2026-11-09")}), "2026-W46")
    assert by_rep(found) == {"Ann": 50, "Raj": 50, "Zoe": 40}
    assert targets(rules({"to": D("2026-11-08")}), "2026-W46").empty
    assert targets(rules({"from": D("2026-11-16")}), "2026-W46").empty


def test_no_rules_and_nobody() -> None:
    assert list(targets(rules(), "2026-W46").columns) == quotas.TARGETS
    assert targets(rules({}), "2026-W46", people()).empty


def test_unusable_rules_take_no_part() -> None:
    bad = [{"kind": "tweet"}, {"target": -1}, {"target": None}, {"every": "moon"}, {"measure": "joy"}]
    plan = rules(*bad, {"from": D("2026-12-31"), "to": D("2026-01-01")}, {"who": None}, {"target": 7})
    assert by_rep(targets(plan, "2026-W46", people({"rep": "Raj"}))) == {"Raj": 7}


def test_misuse_is_refused() -> None:
    roster = quotas.roster(quotas.seen(NOTHING), CREW)
    week = periods.parse("2026-W46")
    short = availability(list(roster["rep"]), Staff(CREW), week.start, week.end)
    with pytest.raises(ValueError, match="are known"):
        quotas.targets(Plan(rules({"every": "month"})), roster, CREW, short, week)
    with pytest.raises(ValueError, match="same order"):
        quotas.targets(Plan(rules({})), roster.iloc[::-1], CREW, short, week)


def test_roster_is_everybody_in_people_or_at_work() -> None:
    seen = cube(
        {"rep": "Raj", "team": "Old", "day": "2026-01-01", "kind": "call"},
        {"rep": "Mia", "team": "East", "day": "2026-01-01", "kind": "call"},
        {"rep": "Mia", "team": "West", "day": "2026-02-01", "kind": "call"},
        {"rep": "Mia", "team": None, "day": "2026-03-01", "kind": "call"},
        {"rep": "Lou", "team": None, "day": "2026-03-01", "kind": "call"},
    )
    found = quotas.roster(quotas.seen(seen), CREW)
    assert found["rep"].tolist() == ["Ann", "Lou", "Mia", "Raj", "Zoe"]
    assert found["team"].tolist() == ["South", None, "West", "North", "North"]
    assert found["role"].tolist() == ["SDR", None, None, "SDR", "AE"]


@pytest.mark.parametrize(
    ("row", "column", "value", "code"),
    [
        ({"kind": "tweet"}, "kind", "tweet", "rule_unknown_kind"),
        ({"kind": "call+tweet"}, "kind", "call+tweet", "rule_unknown_kind"),
        ({"kind": None}, "kind", "", "rule_unknown_kind"),
        ({"target": -5}, "target", "-5.0", "rule_negative_target"),
        ({"target": None}, "target", "", "rule_no_target"),
        ({"target": float("inf")}, "target", "inf", "rule_no_target"),
        ({"every": "fortnight"}, "every", "fortnight", "rule_unknown_every"),
        ({"measure": "joy"}, "measure", "joy", "rule_unknown_measure"),
        ({"who": "  "}, "who", "  ", "rule_no_who"),
        ({"from": D("2026-02-01"), "to": D("2026-01-31")}, "to", "2026-01-31", "rule_from_after_to"),
        ({"who": "Rajj"}, "who", "Rajj", "rule_unknown_rep"),
        ({"who": "team: West"}, "who", "team: West", "rule_unknown_team"),
        ({"who": "role: Boss"}, "who", "role: Boss", "rule_unknown_role"),
    ],
)
def test_what_is_wrong_with_a_rule(row: dict[str, object], column: str, value: str, code: str) -> None:
    found = checked(rules({"quota": "Fine"}, row), CREW)
    assert found.to_dict("records") == [{"row": 1, "column": column, "value": value, "code": code}]


@pytest.mark.parametrize(
    ("first", "second", "doubled"),
    [
        ((None, None), (None, None), True),
        (("2026-01-01", None), ("2026-01-01", "2026-02-01"), True),
        (("2026-01-01", "2026-06-30"), ("2026-06-30", None), True),
        (("2026-01-01", "2026-06-30"), ("2026-07-01", None), False),
        ((None, None), ("2026-03-01", None), False),  # how a quota is changed
        ((None, None), ("2026-03-01", "2026-03-31"), False),  # a campaign; then the old one again
    ],
)
def test_doubled_rules(
    first: tuple[str | None, str | None], second: tuple[str | None, str | None], doubled: bool
) -> None:
    rows = [{"from": a and D(a), "to": b and D(b)} for a, b in (first, second)]
    found = checked(rules(*rows), CREW)
    assert found["row"].tolist() == ([1] if doubled else [])
    assert checked(rules(rows[0], {**rows[1], "quota": "Other"}), CREW).empty


def test_reps_and_teams_of_the_data_are_known_too() -> None:
    plan = rules({"who": "Lou"}, {"who": "team: East"})
    seen = cube({"rep": "Lou", "team": "East", "day": "2026-01-01", "kind": "call"})
    assert checked(plan, CREW)["code"].tolist() == ["rule_unknown_rep", "rule_unknown_team"]
    assert checked(plan, CREW, seen).empty


def test_a_team_that_everybody_has_left_is_known_as_long_as_it_was() -> None:
    crew = people(
        {"rep": "Raj", "team": "North", "role": "SDR"},
        {"rep": "Raj", "team": "South", "from": D("2026-03-11")},
    )
    whole, before = {"who": "team: North"}, {"who": "team: North", "from": D("2026-03-10"), "quota": "Other"}
    after = {"who": "team: North", "from": D("2026-03-11"), "quota": "Later"}
    found = checked(rules(whole, before, after, {"who": "team: South", "quota": "New"}), crew)
    assert found[["row", "code"]].to_numpy().tolist() == [[2, "rule_unknown_team"]]


def test_money_in_several_currencies_needs_a_currency() -> None:
    money = {"kind": "won", "measure": "amount"}
    plan = rules(money, {**money, "currency": "EUR", "quota": "Euro"}, {"kind": "won"})
    paid = [
        {"rep": "Raj", "day": "2026-01-01", "kind": "won", "amount": 5, "currency": currency}
        for currency in ("EUR", "DKK")
    ]
    assert checked(plan, CREW, cube(*paid[:1])).empty
    found = checked(plan, CREW, cube(*paid))
    assert found[["row", "column", "code"]].to_numpy().tolist() == [[0, "currency", "rule_currency_needed"]]


# --- against a reference that walks day by day, in exact fractions ---

BASE = D("2026-03-23")
DAY = st.integers(0, 55).map(lambda n: BASE + timedelta(days=n))
WHO = st.sampled_from(["everyone", "team: North", "role: SDR", "Raj"])
RULE = st.fixed_dictionaries(
    {
        "quota": st.sampled_from(["A", "B"]),
        "who": WHO,
        "kind": st.sampled_from(["call", "email"]),
        "target": st.integers(0, 300),
        "every": st.sampled_from(["day", "week", "month"]),
        "from": st.none() | DAY,
        "to": st.none() | DAY,
    }
)
PLAN = st.lists(RULE, max_size=6)
LEAVE = st.lists(st.tuples(st.sampled_from(["Ann", "Raj"]), DAY, st.sampled_from([0.5, 1.0])), max_size=3)
PAIR = people(
    {"rep": "Ann", "team": "South", "role": "SDR", "full_time": 0.5, "start": D("2026-03-31")},
    {"rep": "Raj", "team": "North", "role": "SDR"},
)
RANKS = {"everyone": 0, "team: North": 1, "role: SDR": 2, "Raj": 3}


def is_for(rule: Mapping[str, object], rep: str) -> bool:
    return rule["who"] in ("everyone", "role: SDR") or rep == "Raj"


def order(rule: Mapping[str, object]) -> tuple[object, ...]:
    return rule["from"] or date.min, rule["to"] or date.max, rule["target"]


def winners(plan: list[dict[str, object]], rep: str, day: date) -> list[dict[str, object]]:
    """The rules that hold for a rep on a day."""
    live = [rule for rule in plan if is_for(rule, rep)]
    live = [rule for rule in live if (rule["from"] or date.min) <= day <= (rule["to"] or date.max)]
    found = []
    for rule in live:
        rivals = [one for one in live if (one["kind"], one["every"]) == (rule["kind"], rule["every"])]
        top = max(RANKS[str(one["who"])] for one in rivals)
        same = [one for one in rivals if RANKS[str(one["who"])] == top and one["quota"] == rule["quota"]]
        if RANKS[str(rule["who"])] == top and order(rule) == max(map(order, same)):
            found.append(rule)
    return found


def share(rep: str, day: date, leave: list[tuple[str, date, float]]) -> Fraction:
    if day.weekday() > 4 or (rep == "Ann" and day < D("2026-03-31")):
        return Fraction(0)
    away = sum(Fraction(part) for name, first, part in leave if name == rep and first == day)
    return max(1 - away, Fraction(0)) * (Fraction(1, 2) if rep == "Ann" else 1)


def naive(
    plan: list[dict[str, object]], rep: str, period: Period, leave: list[tuple[str, date, float]]
) -> Fraction:
    """The sum of all targets of a rep."""
    total = Fraction(0)
    for day in (period.start + timedelta(days=n) for n in range(period.days)):
        for rule in {tuple(sorted(one.items(), key=str)): one for one in winners(plan, rep, day)}.values():
            whole = periods.containing(day, str(rule["every"]))
            dates = (whole.start + timedelta(days=n) for n in range(whole.days))
            possible = sum(one.weekday() < 5 for one in dates)
            if possible:
                total += int(str(rule["target"])) * share(rep, day, leave) / possible
    return total


def totals(
    plan: list[dict[str, object]], leave: list[tuple[str, date, float]], period: Period
) -> dict[str, float]:
    away = absences(*[{"rep": rep, "from": day, "to": day, "share": part} for rep, day, part in leave])
    found = targets(rules(*plan), period.key, PAIR, away)
    return {rep: float(found.loc[found["rep"] == rep, "target"].sum()) for rep in ("Ann", "Raj")}


STRETCH = st.tuples(DAY, st.integers(1, 20)).map(lambda one: Period(one[0], one[0] + timedelta(days=one[1])))


@settings(max_examples=40)
@given(PLAN, LEAVE, STRETCH)
def test_matches_walking_day_by_day(
    plan: list[dict[str, object]], leave: list[tuple[str, date, float]], period: Period
) -> None:
    plan = [rule for rule in plan if not (rule["from"] and rule["to"] and rule["from"] > rule["to"])]
    expected = {rep: float(naive(plan, rep, period, leave)) for rep in ("Ann", "Raj")}
    assert totals(plan, leave, period) == pytest.approx(expected, abs=1e-7)


@settings(max_examples=20)
@given(PLAN, LEAVE, STRETCH, st.integers(1, 19))
def test_parts_add_up_to_the_whole(
    plan: list[dict[str, object]], leave: list[tuple[str, date, float]], period: Period, cut: int
) -> None:
    if cut >= period.days:
        return
    middle = period.start + timedelta(days=cut)
    parts = [
        totals(plan, leave, Period(period.start, middle)),
        totals(plan, leave, Period(middle, period.end)),
    ]
    whole = totals(plan, leave, period)
    assert {rep: parts[0][rep] + parts[1][rep] for rep in whole} == pytest.approx(whole, abs=1e-7)


@settings(max_examples=20)
@given(st.data(), PLAN, LEAVE)
def test_the_order_of_the_rows_does_not_matter(
    data: st.DataObject, plan: list[dict[str, object]], leave: list[tuple[str, date, float]]
) -> None:
    shuffled = data.draw(st.permutations(plan))
    away = absences(*[{"rep": rep, "from": day, "to": day, "share": part} for rep, day, part in leave])
    one, other = (targets(rules(*rows), "2026-04", PAIR, away) for rows in (plan, shuffled))
    key = ["rep", "quota", "kind", "every", "target"]
    pd.testing.assert_frame_equal(
        one.sort_values(key, ignore_index=True)[key], other.sort_values(key, ignore_index=True)[key]
    )
