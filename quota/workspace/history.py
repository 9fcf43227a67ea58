"""The log of imports: which are active as of a moment, in which order, and whether keys may collide.

Order is that of `(at, import_id)`. The log is the only truth about visibility.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from quota import columns as c
from quota.errors import BadRequest

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class History:
    """What happened up to a moment: the rows of `imports`, in order."""

    version: int
    log: pa.Table

    @cached_property
    def entries(self) -> list[dict[str, Any]]:
        """The rows that the state depends on: action, import_id, met."""
        entries: list[dict[str, Any]] = self.log.select(["action", c.IMPORT_ID, "met"]).to_pylist()
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
        """The active imports, oldest first."""
        return [import_id for import_id, active in self.imports.items() if active]

    @cached_property
    def may_collide(self) -> bool:
        """Whether two active imports hold an activity of the same key."""
        active = set(self.active)
        return any(
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


def utc(moment: datetime) -> datetime:
    """`moment` in UTC; one without a zone is taken to be in UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
