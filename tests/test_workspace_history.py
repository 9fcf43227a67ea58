"""Any sequence of import, undo and redo gives what a naive pure-Python workspace gives, at any moment."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from quota import columns as c
from quota import engines
from quota.workspace import Workspace
from tests.test_workspace import NOW, event, put

Key = tuple[str, str]


class Row(NamedTuple):
    """A row of an import: the day in November 2026, its count (and digest), withdrawn or not."""

    day: int
    count: int
    withdrawn: bool


class Import(NamedTuple):
    """What one import held: its rows, the days and sources it replaces, and whether it is a decision."""

    rows: dict[Key, Row]
    replaces: tuple[set[str], int, int] | None
    decides: bool


class Naive:
    """The specification: a list of imports, replayed from the start each time, decisions last."""

    def __init__(self) -> None:
        self.imports: list[Import] = []
        self.active: list[bool] = []

    def visible(self) -> dict[Key, Row]:
        shown: dict[Key, Row] = {}
        active = [one for one, active in zip(self.imports, self.active, strict=True) if active]
        for rows, replaces, _ in sorted(active, key=lambda one: one.decides):
            for key in self.gone(shown, rows, replaces):
                del shown[key]
            for key, row in rows.items():
                shown.pop(key, None)
                if not row.withdrawn:
                    shown[key] = row
        return shown

    def gone(self, shown: dict[Key, Row], rows: dict[Key, Row], replaces: object) -> list[Key]:
        if not replaces:
            return []
        sources, first, last = replaces
        return [
            k for k, row in shown.items() if k[0] in sources and first <= row.day <= last and k not in rows
        ]

    def decided(self) -> set[Key]:
        active = zip(self.imports, self.active, strict=True)
        return {key for one, active in active if active and one.decides for key in one.rows}

    def put(self, rows: dict[Key, Row], replace_period: bool) -> tuple[int, int, int]:
        shown, done = self.visible(), {key: row for key, row in rows.items() if not row.withdrawn}
        days = [row.day for row in done.values()]
        replaces = ({source for source, _ in rows}, min(days), max(days)) if replace_period and days else None
        gone = len(self.gone(shown, rows, replaces))
        decided = self.decided()
        known = {key for key, row in done.items() if key in shown and shown[key].count == row.count}
        same = known | (done.keys() & decided)
        met = sum(1 for key in rows if key in shown)
        self.imports.append(Import(rows, replaces, False))
        self.active.append(True)
        return len(done.keys() - shown.keys() - same), met - len(known) + gone, len(same)

    def decide(self, keys: list[Key]) -> None:
        shown = self.visible()
        self.imports.append(Import({k: shown[k]._replace(withdrawn=True) for k in keys}, None, True))
        self.active.append(True)


KEYS = st.tuples(st.sampled_from(["crm", "crm", "crm", "phone"]), st.sampled_from("abc"))
ROWS = st.dictionaries(KEYS, st.builds(Row, st.integers(9, 13), st.integers(1, 2), st.booleans()), max_size=4)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), ROWS, st.sampled_from([False, False, True])),
        st.tuples(st.just("switch"), st.integers(0, 3), st.none()),
        st.tuples(st.just("decide"), st.integers(0, 3), st.none()),
    ),
    min_size=1,
    max_size=8,
)


def shown(workspace: Workspace, as_of: datetime | None = None) -> dict[Key, Row]:
    rows = workspace.activities(as_of, [c.SOURCE, c.KEY, c.TS, c.COUNT]).to_pylist()
    found = {(row[c.SOURCE], row[c.KEY]): Row(row[c.TS].day, row[c.COUNT], False) for row in rows}
    assert len(found) == len(rows)
    return found


def as_events(rows: dict[Key, Row]) -> list[dict[str, object]]:
    return [
        event(key, row.day, count=row.count, source=source, withdrawn=row.withdrawn)
        for (source, key), row in rows.items()
    ]


@settings(max_examples=40)
@given(STEPS)
def test_any_sequence_equals_the_naive_replay(steps: list[tuple[str, object, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace, naive, ids = Workspace.open(folder), Naive(), []
        moments = [(NOW - timedelta(days=1), {})]
        for hour, (action, what, replace_period) in enumerate(steps):
            now = NOW + timedelta(hours=hour)
            if action == "put":
                receipt = put(workspace, *as_events(what), now=now, replace_period=replace_period)
                assert (receipt.new, receipt.changed, receipt.same) == naive.put(what, replace_period)
                ids.append(receipt.import_id)
            elif action == "decide":
                keys = sorted(naive.visible())[: what + 1]
                if not keys:
                    continue
                rows = {key: naive.visible()[key]._replace(withdrawn=True) for key in keys}
                receipt = put(workspace, *as_events(rows), now=now, decides=True)
                assert (receipt.new, receipt.changed, receipt.same) == (0, len(keys), 0)
                naive.decide(keys)
                ids.append(receipt.import_id)
            elif ids:
                place = what % len(ids)
                switch = workspace.undo if naive.active[place] else workspace.redo
                switch(ids[place], by="ann", now=now)
                naive.active[place] = not naive.active[place]
            moments.append((now, naive.visible()))
        assert shown(workspace) == naive.visible()
        assert list(workspace.imports()[c.IMPORT_ID]) == ids
        assert list(workspace.imports()["active"]) == naive.active
        for moment, then in moments:
            assert shown(workspace, moment) == then
        total = sum(row.count for row in naive.visible().values())
        assert engines.cube(workspace)[c.COUNT].sum() == total
        assert engines.cube(workspace, engine="duckdb")[c.COUNT].sum() == total


def test_moments_are_strictly_ordered_even_when_the_clock_stands_still(tmp_path) -> None:
    workspace = Workspace.open(tmp_path)
    receipts = [put(workspace, event("a", count=n)) for n in range(1, 4)]
    workspace.undo(receipts[2].import_id, by="ann", now=NOW - timedelta(days=1))
    assert all(early < late for early, late in pairwise(workspace.imports()[c.AT]))
    assert shown(workspace) == {("crm", "a"): Row(9, 2, False)}


def test_the_version_grows_with_every_visible_change(tmp_path) -> None:
    workspace = Workspace.open(tmp_path)
    versions = [workspace.version()]
    receipt = put(workspace, event("a"))
    versions.append(workspace.version())
    workspace.undo(receipt.import_id, by="ann", now=NOW)
    versions.append(workspace.version())
    workspace.redo(receipt.import_id, by="ann", now=NOW)
    versions.append(workspace.version())
    assert all(early < late for early, late in pairwise(versions))
    assert Workspace.open(tmp_path).version() == versions[-1]


def test_many_small_changes_are_merged_and_lose_nothing(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("quota.workspace.store.MERGE_BEYOND", 3)
    workspace = Workspace.open(tmp_path)
    ids = [put(workspace, event(key)).import_id for key in "abcdefgh"]
    assert list(workspace.imports()[c.IMPORT_ID]) == ids
    workspace.undo(ids[0], by="ann", now=NOW)
    assert {key for _, key in shown(workspace)} == set("bcdefgh")
    log = workspace._store.dataset("imports")
    assert len(log.files) <= 4
