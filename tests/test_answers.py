"""The questions asked of a workspace: exact answers on a few rows, and a naive reference."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metric_frames import D, absences, cube, people, rules

from quota import answers, periods
from quota import columns as c
from quota.answers import Facts
from quota.errors import BadRequest
from quota.rules import Plan
from quota.workspace import Workspace

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
WEEK = periods.parse("2026-W46")  # Monday 9 to Sunday 15 November


def facts(work: pd.DataFrame, **more: object) -> Facts:
    """Facts of a cube, whose teams are taken as they stand."""
    teams = dict(zip(work["rep"], work["team"].astype(object).where(work["team"].notna(), None), strict=True))
    usual = {"people": people(), "absences": absences(), "plan": Plan(rules()), "imports": pd.DataFrame()}
    return Facts(**{**usual, "cube": work, "settings": {}, "names": {}, "teams": teams, **more})  # type: ignore[arg-type]


WORK = cube(
    {"rep": "Ann", "team": "North", "day": "2026-11-09", "kind": "call", "count": 3, "direction": "out"},
    {"rep": "Ann", "team": "North", "day": "2026-11-09", "kind": "call", "count": 2, "direction": "in"},
    {"rep": "Ann", "team": "North", "day": "2026-11-15", "kind": "email", "count": 4},
    {"rep": "Ann", "team": "North", "day": "2026-11-16", "kind": "call", "count": 5},
    {"rep": "Bob", "team": None, "day": "2026-12-01", "kind": "call", "count": 7},
)


def count(by: Sequence[str], start: str = "2026-11-01", end: str = "2027-01-01", **more: str) -> list[object]:
    found = answers.counts(facts(WORK), D(start), D(end), by, **more)
    assert list(found.columns) == [*by, "count", "amount", "amounts"]
    rows = found[[*by, "count"]].astype(object).where(found[[*by, "count"]].notna(), None)
    return [tuple(row) for row in rows.itertuples(index=False)]


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        ([], [(19,)]),
        (["rep"], [("Ann", 12), ("Bob", 7)]),
        (["team"], [("North", 12), (None, 7)]),
        (["kind"], [("call", 15), ("email", 4)]),
        (["day"], [("2026-11-09", 3), ("2026-11-15", 4), ("2026-11-16", 5), ("2026-12-01", 7)]),
        (["week"], [("2026-W46", 7), ("2026-W47", 5), ("2026-W49", 7)]),
        (["month"], [("2026-11", 12), ("2026-12", 7)]),
        (["month", "rep"], [("2026-11", "Ann", 12), ("2026-12", "Bob", 7)]),
        (["rep", "kind"], [("Ann", "call", 8), ("Ann", "email", 4), ("Bob", "call", 7)]),
    ],
)
def test_counts_by_every_key(by: list[str], rows: list[object]) -> None:
    assert count(by) == rows


def test_the_end_is_excluded() -> None:
    assert count([], "2026-11-09", "2026-11-15") == [(3,)]
    assert count([], "2026-11-09", "2026-11-16") == [(7,)]
    assert count([], "2026-11-09", "2026-11-17") == [(12,)]


@pytest.mark.parametrize(("direction", "done"), [("out", 3), ("in", 2), ("any", 21)])
def test_directions(direction: str, done: int) -> None:
    assert count([], direction=direction) == [(done,)]


def test_nothing_done_is_a_zero_and_no_groups() -> None:
    assert count([], "2025-01-01", "2025-02-01") == [(0,)]
    assert count(["rep", "week"], "2025-01-01", "2025-02-01") == []


def test_a_key_named_twice_counts_once() -> None:
    found = answers.counts(facts(WORK), D("2026-11-01"), D("2027-01-01"), ["rep", "kind", "rep"])
    assert list(found.columns) == ["rep", "kind", "count", "amount", "amounts"]


def test_what_nobody_can_count_by_is_refused() -> None:
    with pytest.raises(BadRequest, match="unknown_key"):
        count(["colour"])
    with pytest.raises(BadRequest, match="unknown_direction"):
        count([], direction="up")


def money(*paid: tuple[str, float | None, str | None]) -> list[tuple[object, object]]:
    """rep, amount, currency of won deals → what each rep's amount and amounts are."""
    day = {"day": "2026-11-09", "kind": "won"}
    work = cube(*({"rep": rep, "amount": sum_, "currency": unit, **day} for rep, sum_, unit in paid))
    found = answers.counts(facts(work), D("2026-11-01"), D("2026-12-01"), ["rep"])
    amounts = [None if pd.isna(text) else json.loads(text) for text in found["amounts"]]
    return [
        (None if pd.isna(sum_) else sum_, more) for sum_, more in zip(found["amount"], amounts, strict=True)
    ]


def test_currencies_are_never_added() -> None:
    assert money(("Ann", 10, "EUR"), ("Ann", 5.5, "EUR"), ("Bob", 7, "DKK")) == [(15.5, None), (7, None)]
    assert money(("Ann", 10, "EUR"), ("Ann", 7, "DKK")) == [(None, {"DKK": 7, "EUR": 10})]
    assert money(("Ann", 10, "EUR"), ("Ann", 7, None)) == [(None, {"": 7, "EUR": 10})]
    assert money(("Ann", 10, None), ("Ann", 7, None)) == [(17, None)]


def test_no_money_is_missing_and_not_zero() -> None:
    assert money(("Ann", None, "EUR"), ("Bob", 0, "EUR")) == [(None, None), (0, None)]


def test_sums_of_money_carry_no_float_dust() -> None:
    assert money(("Ann", 0.1, "EUR"), ("Ann", 0.2, "EUR")) == [(0.3, None)]


ROW = st.fixed_dictionaries(
    {
        "rep": st.sampled_from(["Ann", "Bob", "Cid"]),
        "team": st.sampled_from(["North", "South", None]),
        "day": st.dates(date(2026, 10, 26), date(2026, 11, 9)),
        "kind": st.sampled_from(["call", "email", "won"]),
        "direction": st.sampled_from(["out", "in", None]),
        "count": st.integers(0, 5),
        "currency": st.sampled_from(["DKK", "EUR", None]),
        "amount": st.sampled_from([None, 0.1, 0.2, 7.0]),
    }
)


def _key(row: dict[str, object], by: Sequence[str]) -> tuple[object, ...]:
    day = row["day"]
    assert isinstance(day, date)
    year, week, _ = day.isocalendar()
    made = {"day": day.isoformat(), "week": f"{year}-W{week:02d}", "month": f"{day:%Y-%m}"}
    return tuple({**row, **made}[key] for key in by)


def naive(
    rows: list[dict[str, object]], start: date, end: date, by: Sequence[str], direction: str | None
) -> dict[tuple[object, ...], tuple[int, dict[str, float]]]:
    """counts, row by row in plain Python: key → count, and the sums of money per currency."""
    wanted = {None: ("out", None), "any": ("out", "in", None)}.get(direction, (direction,))
    counted: dict[tuple[object, ...], int] = defaultdict(int)
    paid: dict[tuple[object, ...], dict[str, float]] = defaultdict(dict)
    for row in rows:
        if not start <= row["day"] < end or row["direction"] not in wanted:  # type: ignore[operator]
            continue
        key = _key(row, by)
        counted[key] += row["count"]  # type: ignore[operator]
        if row["amount"] is not None:
            unit = row["currency"] or ""
            paid[key][unit] = paid[key].get(unit, 0.0) + row["amount"]  # type: ignore[index, operator]
    if not by and not counted:
        counted[()] = 0
    return {key: (n, paid[key]) for key, n in counted.items()}


@settings(max_examples=60)
@given(
    rows=st.lists(ROW, min_size=1, max_size=12),
    start=st.dates(date(2026, 10, 24), date(2026, 11, 11)),
    days=st.integers(1, 20),
    by=st.lists(st.sampled_from(answers.COUNT_KEYS), unique=True, max_size=3),
    direction=st.sampled_from([None, "out", "in", "any"]),
)
def test_counts_agree_with_plain_python(
    rows: list[dict[str, object]], start: date, days: int, by: list[str], direction: str | None
) -> None:
    end = start + timedelta(days)
    found = answers.counts(facts(cube(*rows)), start, end, by, direction)
    expected = naive(rows, start, end, by, direction)
    got = {}
    for row in found.astype(object).where(found.notna(), None).to_dict("records"):
        key = tuple(row[name] for name in by)
        assert key not in got
        sums = json.loads(row["amounts"]) if row["amounts"] else None
        got[key] = (row["count"], row["amount"], sums)
    assert got.keys() == expected.keys()
    for key, (n, paid) in expected.items():
        alone = round(next(iter(paid.values())), 6) if len(paid) == 1 else None
        several = {unit: round(sum_, 6) for unit, sum_ in paid.items()} if len(paid) > 1 else None
        assert got[key] == (n, alone, several)


# --- what a workspace holds -------------------------------------------------------------


def rows(*events: dict[str, object]) -> pa.Table:
    """Tidy activities: a call each, unless told; the key is the row's number."""
    usual = {"kind": "call", "count": 1, "source": "crm", "digest": 0, "withdrawn": False}
    return pa.Table.from_pylist(
        [{**usual, "key": str(at), "row": at, **event} for at, event in enumerate(events)], schema=c.TIDY
    )


def table(schema: pa.Schema, *lines: dict[str, object]) -> pa.Table:
    stored = pa.schema([*schema, pa.field(c.WITHDRAWN, pa.bool_())])
    return pa.Table.from_pylist([{c.WITHDRAWN: False, **line} for line in lines], schema=stored)


def add(workspace: Workspace, now: datetime = NOW, **tables: pa.Table) -> str:
    return workspace.commit(
        file="made.csv", data=None, sha256="0" * 64, by="me", now=now, tables=tables, rejects=None, record={}
    ).import_id


def at(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour)


ROSTER = (
    {"rep": "Raj Patel", "team": "North", "email": "raj@x.example", "aliases": "RP; Raj"},
    {"rep": "Bo Kjær", "team": "South", "aliases": "Bo;B"},
    {"rep": "Bo", "team": "South", "aliases": "B"},
)


@pytest.fixture(scope="module")
def resolved(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    workspace = Workspace.open(tmp_path_factory.mktemp("aliases"))
    written = ("raj  PATEL", "Raj@X.example", "rp", " Raj ", "Bo", "b", "Bo Kjær", "Eve")
    add(
        workspace,
        people=table(c.PEOPLE, *ROSTER),
        absences=table(
            c.ABSENCES, {"rep": "RP", "from": D("2026-11-09"), "to": D("2026-11-09"), "share": 1.0}
        ),
        activities=rows(*({"rep": name, "ts": at("2026-11-09"), "team": "Typed"} for name in written)),
    )
    return answers.load(workspace)


def test_every_way_to_write_a_person_is_one_rep(resolved: Facts) -> None:
    found = answers.counts(resolved, D("2026-11-01"), D("2026-12-01"), ["rep"])
    # A name of one's own comes before another's alias, and of two claims the first holds.
    assert dict(zip(found["rep"], found["count"], strict=True)) == {
        "Raj Patel": 4,
        "Bo": 1,
        "Bo Kjær": 2,
        "Eve": 1,
    }


def test_absences_are_resolved_too(resolved: Facts) -> None:
    assert list(resolved.staff.absences["rep"]) == ["Raj Patel"]
    assert list(resolved.absences["rep"]) == ["RP"], "as written, so that an edit finds its row"


def test_the_roster_says_the_team_and_else_the_export(resolved: Facts) -> None:
    assert resolved.teams == {"Bo": "South", "Bo Kjær": "South", "Eve": "Typed", "Raj Patel": "North"}
    found = answers.counts(resolved, D("2026-11-01"), D("2026-12-01"), ["team"])
    assert dict(zip(found["team"], found["count"], strict=True)) == {"North": 4, "South": 3, "Typed": 1}
    assert resolved.reps == ["Bo", "Bo Kjær", "Eve", "Raj Patel"]
    assert resolved.data_from == resolved.data_to == D("2026-11-09")


def test_an_empty_workspace_answers_with_nothing(tmp_path: Path) -> None:
    empty = answers.load(Workspace.open(tmp_path))
    assert (empty.reps, empty.data_from, empty.data_to) == ([], None, None)
    assert empty.today(D("2026-11-20")) == D("2026-11-20")
    assert answers.counts(empty, D("2026-01-01"), D("2027-01-01"))["count"].tolist() == [0]
    assert answers.progress(empty, WEEK, D("2026-11-11")).empty
    assert answers.ranking(empty, WEEK, D("2026-11-11")).empty
    stages = answers.funnel(empty, D("2026-01-01"), D("2027-01-01"))
    assert stages["count"].tolist() == [0] * 5
    assert stages["rate_from_previous"].isna().all()


def test_a_held_today_comes_before_the_clock() -> None:
    held = facts(WORK, settings={"today": "2026-09-30"})
    assert held.today(D("2026-11-20")) == D("2026-09-30")


def test_as_of_shows_what_was_seen_then(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path)
    first = add(workspace, activities=rows({"rep": "Ann", "ts": at("2026-11-09")}))
    later = NOW + timedelta(days=1)
    more = {"rep": "Ann", "ts": at("2026-11-09"), "key": "more"}
    add(workspace, later, activities=rows({"rep": "Ann", "ts": at("2026-11-09")}, more))
    workspace.undo(first, by="me", now=later + timedelta(days=1))

    def seen(as_of: datetime | None) -> tuple[int, int]:
        then = answers.load(workspace, as_of)
        done = answers.counts(then, D("2026-11-01"), D("2026-12-01"))["count"]
        return int(done.sum()), int(then.imports["active"].sum())

    assert seen(NOW - timedelta(seconds=1)) == (0, 0)
    assert seen(NOW) == (1, 1)
    assert seen(later) == (2, 2)
    assert seen(None) == (2, 1)


# --- funnel, progress, ranking: handed on as they are ------------------------------------


def test_volume_counts_events_and_cohort_counts_entities(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path)
    acme = {"rep": "Ann", "account": "Acme"}
    add(
        workspace,
        people=table(c.PEOPLE, {"rep": "Ann Holm", "team": "North", "aliases": "Ann"}),
        activities=rows(
            {**acme, "ts": at("2026-11-02")},
            {**acme, "ts": at("2026-11-03")},
            {**acme, "ts": at("2026-12-05"), "kind": "opportunity"},
            {"rep": "Ann", "account": "Bolt", "ts": at("2026-11-04"), "kind": "email"},
            {"rep": "Ann", "account": "Core", "ts": at("2026-10-04")},
            {"rep": "Ann", "account": "Core", "ts": at("2026-11-05"), "kind": "opportunity"},
        ),
    )
    loaded = answers.load(workspace)
    november = (D("2026-11-01"), D("2026-12-01"))

    def stages(basis: str, **more: object) -> dict[str, int]:
        found = answers.funnel(answers.with_first(workspace, loaded), *november, "team", basis, **more)
        assert set(found["group"]) == {"North"}
        return dict(zip(found["stage"], found["count"].tolist(), strict=True))

    # Acme became an opportunity in December, Core began in October.
    assert (stages("volume")["touch"], stages("volume")["opportunity"]) == (3, 1)
    assert (stages("cohort")["touch"], stages("cohort")["opportunity"]) == (2, 1)
    assert stages("cohort", as_of=D("2026-12-04"))["opportunity"] == 0
    with pytest.raises(ValueError, match="with_first"):
        answers.funnel(loaded, *november, basis="cohort")
    with pytest.raises(BadRequest, match="unknown_basis"):
        answers.funnel(loaded, *november, basis="money")


def test_progress_and_history_judge_everybody() -> None:
    crew = people({"rep": "Ann", "team": "North"}, {"rep": "Dan"})
    held = facts(WORK, people=crew, plan=Plan(rules({"target": 10.0})))
    found = answers.progress(held, WEEK, D("2026-11-15")).set_index("rep")
    assert dict(found["actual"]) == {"Ann": 3, "Bob": 0, "Dan": 0}
    both = answers.history(held, [WEEK, periods.following(WEEK)], D("2026-11-20"))
    assert both[both["rep"] == "Ann"]["actual"].tolist() == [3, 5]


def test_ranking_moves_since_the_period_before() -> None:
    def calls(rep: str, day: str, done: int) -> dict[str, object]:
        return {"rep": rep, "day": day, "kind": "call", "count": done}

    work = cube(
        calls("Ann", "2026-11-02", 5), calls("Bob", "2026-11-02", 3), calls("Cid", "2026-11-02", 3),
        calls("Ann", "2026-11-09", 1), calls("Bob", "2026-11-09", 4), calls("Cid", "2026-11-09", 4),
    )  # fmt: skip
    found = answers.ranking(facts(work), WEEK, D("2026-11-15"), "count:call")
    assert found[["rank", "rep", "value", "previous_rank", "move"]].values.tolist() == [
        [1, "Bob", 4, 2, 1],
        [1, "Cid", 4, 2, 1],
        [3, "Ann", 1, 1, -2],
    ]
    assert answers.ranking(facts(work), WEEK, D("2026-11-15"), "count:call", top=1)["rep"].tolist() == ["Bob"]
    with pytest.raises(BadRequest, match="unknown_metric"):
        answers.ranking(facts(work), WEEK, D("2026-11-15"), "charm")


def test_nobody_moved_since_a_period_before_the_first_data() -> None:
    work = cube(
        {"rep": "Ann", "day": "2026-11-09", "kind": "call", "count": 1},
        {"rep": "Bob", "day": "2026-11-09", "kind": "call", "count": 4},
    )
    found = answers.ranking(facts(work), WEEK, D("2026-11-15"), "count:call")
    assert found["rep"].tolist() == ["Bob", "Ann"]
    assert found[["previous_rank", "move"]].isna().all(axis=None)


def test_a_week_is_not_ranked_by_a_quarters_quota() -> None:
    work = cube(
        {"rep": "Ann", "day": "2026-11-09", "kind": "call", "count": 5},
        {"rep": "Bob", "day": "2026-11-09", "kind": "won", "count": 1},
    )
    both = rules(
        {"target": 10.0},
        {"quota": "Won", "kind": "won", "target": 1.0, "every": "quarter"},
    )
    found = answers.ranking(facts(work, plan=Plan(both)), WEEK, D("2026-11-15")).set_index("rep")
    assert found["value"].round(9).to_dict() == {"Ann": 0.5, "Bob": 0.0}
    # Whoever has nothing shorter is ranked by what there is.
    only = facts(work, plan=Plan(rules({"quota": "Won", "kind": "won", "target": 1.0, "every": "quarter"})))
    ranked = answers.ranking(only, WEEK, D("2026-11-15")).set_index("rep")
    assert ranked.loc["Bob", "value"] > 1
    assert ranked.loc["Ann", "value"] == 0
