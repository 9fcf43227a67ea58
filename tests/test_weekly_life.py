"""The weekly life of a workspace, attacked: whatever is imported, undone and redone in any order.

A ledger of calls, of which every export shows a slice in some outward form; a tracker that is
corrected; exports that replace their period. The model is plain dictionaries, replayed.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from quota import answers, intake
from quota.ingest import Choices
from quota.workspace import Workspace

NOW = datetime(2026, 12, 31, 8, tzinfo=UTC)
CHOICES = Choices(today=date(2027, 1, 1))
START = date(2026, 10, 19)
REPS = ("Ann Berg", "Bo Lind")
# What the CRM knows, by id: the day, the rep, the kind.
LEDGER = [(START + timedelta(days=n // 2), REPS[n % 2], ("Call", "Email")[n % 3 == 0]) for n in range(20)]
FORMATS = {"iso": "%Y-%m-%d", "dotted": "%d.%m.%Y", "timed": "%Y-%m-%d 00:00:00"}
WEEKS = ("2026-W43", "2026-W44", "2026-W45")

Shown = dict[tuple[str, object], tuple[str, str, date, int]]


class Import:
    """What one import holds: rows by identity (None: taken back), and the days it replaces."""

    def __init__(self, rows: Shown, gone: set[tuple[str, object]], replaces: tuple[str, date, date] | None):
        self.rows, self.gone, self.replaces, self.active = rows, gone, replaces, True


class WeeklyLife(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.workspace = Workspace.open(self.folder)
        self.imports: list[Import] = []
        self.ids: list[str] = []

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def put(self, text: str, file: str, held: Import, replace_period: bool = False) -> None:
        data = text.encode()
        before = self.visible()
        choices = intake.remembered(self.workspace, CHOICES)
        receipt = intake.store(
            self.workspace,
            intake.read(data, file, choices),
            data,
            by="me",
            now=NOW,
            replace_period=replace_period,
        )
        same = sum(before.get(key) == row for key, row in held.rows.items())
        assert receipt.new == len(held.rows.keys() - before.keys())
        assert receipt.same + receipt.changed >= same
        self.imports.append(held)
        self.ids.append(receipt.import_id)

    @rule(
        first=st.integers(0, 19),
        size=st.integers(1, 12),
        style=st.sampled_from(sorted(FORMATS)),
        extra=st.booleans(),
        shuffled=st.booleans(),
        replacing=st.booleans(),
        moved=st.sampled_from([None, None, 3, 7]),
    )
    def crm(
        self,
        first: int,
        size: int,
        style: str,
        extra: bool,
        shuffled: bool,
        replacing: bool,
        moved: int | None,
    ) -> None:
        """Rows with ids; one of them may have become an e-mail."""
        rows = {n: LEDGER[n] for n in range(first, min(first + size, 20))}
        if moved in rows:
            rows[moved] = (*rows[moved][:2], "Email" if rows[moved][2] == "Call" else "Call")
        lines = [
            f"{n},{rep},{day.strftime(FORMATS[style])},{kind}" + (",extra word" if extra else "")
            for n, (day, rep, kind) in rows.items()
        ]
        if shuffled:
            random.Random(first).shuffle(lines)
        headings = "Activity ID,Owner,Date,Type" + (",Subject" if extra else "")
        text = "\n".join([headings, *lines]) + "\n"
        held: Shown = {("crm", n): (rep, kind.lower(), day, 1) for n, (day, rep, kind) in rows.items()}
        days = [day for day, _, _ in rows.values()]
        replaces = ("crm", min(days), max(days)) if replacing else None
        self.put(text, f"crm {first}.csv", Import(held, set(), replaces), replacing)

    @rule(
        last=st.integers(1, 8),
        style=st.sampled_from(sorted(FORMATS)),
        extra=st.booleans(),
        above=st.booleans(),
    )
    def without_ids(self, last: int, style: str, extra: bool, above: bool) -> None:
        """Year to date, equal rows among them, newest on top or at the bottom."""
        events = [(START + timedelta(days=n // 3), REPS[n % 2], "Call") for n in range(last)]
        lines = [
            f"{rep},{day.strftime(FORMATS[style])},{kind}" + (",Acme extra" if extra else "")
            for day, rep, kind in events
        ]
        headings = "Rep,Day,Activity" + (",Company" if extra else "")
        text = "\n".join([headings, *(lines[::-1] if above else lines)]) + "\n"
        seen: dict[tuple[date, str], int] = {}
        held: Shown = {}
        for day, rep, kind in events:
            seen[day, rep] = seen.get((day, rep), 0) + 1
            held["plain", (day, rep, seen[day, rep])] = (rep, kind.lower(), day, 1)
        self.put(text, f"list {last}.csv", Import(held, set(), None))

    @rule(cells=st.lists(st.integers(0, 3), min_size=3, max_size=3), renamed=st.booleans())
    def tracker(self, cells: list[int], renamed: bool) -> None:
        """A week across; an empty cell takes back what stood there."""
        if not any(cells):
            return
        text = "Rep;Week;Calls\n" + "".join(
            f"{REPS[0]};{week};{n or ''}\n" for week, n in zip(WEEKS, cells, strict=True)
        )
        held: Shown = {}
        for week, n in zip(WEEKS, cells, strict=True):
            if n:
                held["tracker", week] = (REPS[0], "call", date.fromisoformat(f"{week}-1"), n)
        gone = {("tracker", week) for week, n in zip(WEEKS, cells, strict=True) if not n}
        self.put(text, "tracker (1).csv" if renamed else "tracker.csv", Import(held, gone, None))

    @precondition(lambda self: self.ids)
    @rule(place=st.integers(0, 30))
    def switch(self, place: int) -> None:
        place %= len(self.ids)
        one = self.imports[place]
        (self.workspace.undo if one.active else self.workspace.redo)(self.ids[place], by="me", now=NOW)
        one.active = not one.active

    def visible(self) -> Shown:
        shown: Shown = {}
        for one in self.imports:
            if not one.active:
                continue
            if one.replaces:
                source, first, last = one.replaces
                for key in [k for k, row in shown.items() if k[0] == source and first <= row[2] <= last]:
                    if key not in one.rows:
                        del shown[key]
            for key in one.gone:
                shown.pop(key, None)
            shown |= one.rows
        return shown

    @invariant()
    def the_numbers_are_those_of_the_model(self) -> None:
        expected: dict[tuple[str, str, str], int] = {}
        for rep, kind, day, n in self.visible().values():
            key = (rep, kind, day.isoformat())
            expected[key] = expected.get(key, 0) + n
        found = answers.counts(
            answers.load(self.workspace), date(2026, 1, 1), date(2027, 1, 1), ["rep", "kind", "day"]
        )
        counts = {
            (rep, kind, day): int(n)
            for rep, kind, day, n in found[["rep", "kind", "day", "count"]].to_numpy()
        }
        assert counts == expected


WeeklyLife.TestCase.settings = settings(
    max_examples=4,
    stateful_step_count=6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestWeeklyLife = WeeklyLife.TestCase
