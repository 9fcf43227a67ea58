"""The log of imports: which are active as of a moment, in which order, and whether keys may collide.

Order is that of `(at, import_id)`, but what a person decided comes after every file: what
counts once goes on counting once when the next export holds it again. The log is the only
truth about visibility.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from quota import columns as c
from quota.errors import BadRequest

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Replaced:
    """What an import at `at` leaves nothing of that is older: `sources`, `start` ≤ ts < `end`."""

    import_id: str
    at: datetime
    sources: list[str]
    start: datetime
    end: datetime


@dataclass(frozen=True)
class History:
    """What happened up to a moment: the rows of `imports`, in order."""

    version: int
    log: pa.Table

    @cached_property
    def entries(self) -> list[dict[str, Any]]:
        """The rows that the state depends on, with the columns that say so."""
        names = ["action", c.IMPORT_ID, c.AT, "met", "replaces", "first_day", "last_day"]
        entries: list[dict[str, Any]] = self.log.select(names).to_pylist()
        return entries

    @cached_property
    def imports(self) -> dict[str, bool]:
        """import_id → whether it is active, oldest first."""
        state: dict[str, bool] = {}
        for entry in self.entries:
            state[entry[c.IMPORT_ID]] = entry["action"] != "undo"
        return state

    @cached_property
    def active(self) -> list[str]:
        """The active imports, oldest first; then the active decisions."""
        active = [import_id for import_id, active in self.imports.items() if active]
        return sorted(active, key=lambda import_id: import_id in self.decisions)

    @cached_property
    def decisions(self) -> dict[str, datetime]:
        """The decisions, undone ones too, and when they were taken."""
        return {entry[c.IMPORT_ID]: entry[c.AT] for entry in self.entries if entry["action"] == "decide"}

    @cached_property
    def edits(self) -> set[str]:
        """The imports that were written by hand and not read from a file."""
        by_hand = self.log.filter(pc.is_null(self.log["mapping"]))
        return set(by_hand[c.IMPORT_ID].to_pylist())

    @cached_property
    def replaced(self) -> list[Replaced]:
        """What the active imports replace."""
        active = set(self.active)
        return [
            _replaced(entry) for entry in self.entries if entry["replaces"] and entry[c.IMPORT_ID] in active
        ]

    @cached_property
    def may_collide(self) -> bool:
        """Whether two active imports hold an activity of the same key, or one replaces what others hold."""
        active = set(self.active)
        return bool(self.replaced) or any(
            entry[c.IMPORT_ID] in active and not active.isdisjoint((entry["met"] or "").split())
            for entry in self.entries
        )

    def require(self, import_id: str) -> bool:
        """Whether `import_id` is active; raises `BadRequest` when there is no such import."""
        if import_id not in self.imports:
            raise BadRequest("unknown_import", import_id=import_id)
        return self.imports[import_id]

    def next_moment(self, now: datetime) -> datetime:
        """`now`, moved on where needed so that it is later than everything so far."""
        now = utc(now)
        if not self.log.num_rows:
            return now
        last: datetime = self.log[c.AT][-1].as_py()
        return max(now, last + _TICK)


def history_of(version: int, log: pa.Table, as_of: datetime | None) -> History:
    """The history in `log` (rows of `imports` in any order), up to and with `as_of`."""
    if as_of is not None:
        log = log.filter(pc.less_equal(log[c.AT], pa.scalar(utc(as_of), log.schema.field(c.AT).type)))
    return History(version, log.sort_by([(c.AT, "ascending"), (c.IMPORT_ID, "ascending")]))


def _replaced(entry: dict[str, Any]) -> Replaced:
    start, end = (_midnight(day) for day in (entry["first_day"], entry["last_day"] + timedelta(days=1)))
    return Replaced(entry[c.IMPORT_ID], entry[c.AT], json.loads(entry["replaces"]), start, end)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def utc(moment: datetime) -> datetime:
    """`moment` in UTC; one without a zone is taken to be in UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
