"""The one class that everybody talks to: commit, undo, redo, and what is visible as of a moment."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from quota import columns as c
from quota.errors import BadRequest, StorageFault
from quota.workspace import uploads
from quota.workspace.fates import fates
from quota.workspace.history import History, Replaced, history_of
from quota.workspace.incoming import COUNTS, Incoming, against, days, plain, span, stamped, typed
from quota.workspace.latest import absent, completed, mask, ranks, visible
from quota.workspace.store import Conflict, Store, retried

T = TypeVar("T")

_TOLD = [c.SOURCE, c.KEY, c.SHEET, c.ROW, c.REP, c.KIND, c.TS, c.COUNT]


@dataclass(frozen=True)
class Receipt:
    """What an import did, in rows of the file.

    `twins`: how many of the new rows look like rows of another system; `restated`: closed
    week → kind → by how much its number changed; `replaced`: the first and the last day of which it
    withdrew what it no longer holds, as `2026-11-02/2026-11-08`, or ""; `applies`: day → how many
    rows of quotas and people change from that day on what held; `lacked` and `beside`: see
    `quota.remains`.
    """

    file: str
    import_id: str
    new: int
    changed: int
    same: int
    skipped: int
    rejected: int
    twins: int = 0
    restated: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    replaced: str = ""
    applies: Mapping[str, int] = field(default_factory=dict)
    lacked: int = 0
    beside: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Scan:
    """What an engine needs to find the visible activities by itself.

    `decided`: the moments of the active decisions, which come after every other import.
    """

    dataset: ds.Dataset
    files: list[str]
    may_collide: bool
    decided: list[datetime]
    replaced: list[Replaced]


class Workspace:
    """A folder or an object-store URL that holds everything; see the package's docstring."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.location = store.location

    @classmethod
    def open(cls, location: str | Path) -> Workspace:
        """The workspace at `location`, made if it is not there; raises `StorageFault`."""
        store = Store(location)
        store.create()
        return cls(store)

    @classmethod
    def find(cls, location: str | Path) -> Workspace | None:
        """The workspace at `location`, None if there is none; raises `StorageFault`."""
        if "://" not in str(location) and not Path(location).expanduser().exists():
            return None
        store = Store(location)
        return cls(store) if store.made() else None

    def version(self) -> int:
        """A number that grows with every visible change; cheap."""
        return self._store.version("imports")

    def commit(
        self,
        *,
        file: str,
        data: bytes | Path | None,
        sha256: str,
        by: str,
        now: datetime,
        tables: Mapping[str, pa.Table],
        rejects: pa.Table | None,
        record: Mapping[str, object],
        replace_period: bool = False,
        decides: bool = False,
    ) -> Receipt:
        """Store one import, all of it or nothing; its row in `imports` is the last thing written.

        `tables`: activities, people, … in their schema without import_id, at and by; within
        a table no two rows have the same identity. `record`: rows, accepted, skipped,
        rejected, mapping. `replace_period` withdraws what is visible of the same sources and
        days but not in the new rows. What a person `decides` holds whatever is imported
        later. Raises `StorageFault`.
        """
        rows = {name: typed(given, name) for name, given in tables.items()}
        refused = None if rejects is None else typed(rejects, "rejects")
        fields = {**record, "action": "decide" if decides else "import", "file": file, "sha256": sha256}
        fields |= _span(rows.get("activities"), replace_period)

        def attempt(kept: Future[None]) -> Receipt:
            history = self._history()
            stamp = _stamp(history, by, now)
            parts = {n: self._incoming(history, n, given, replace_period) for n, given in rows.items()}
            for name, part in parts.items():
                self._append(name, part.rows, stamp)
            if refused is not None:
                self._append("rejects", refused, stamp)
            row = {**fields, **stamp, **_totals(parts, decides)}
            kept.result()
            self._log(row, history)
            return _receipt(row)

        # The upload is written while the rows are: it has to be there before the commit only.
        with ThreadPoolExecutor(1) as pool:
            kept = pool.submit(self._keep, sha256, data)
            return self._strictly(lambda: attempt(kept))

    def enter(
        self, named: str, tables: Mapping[str, pa.Table], *, by: str, now: datetime, decides: bool = False
    ) -> Receipt:
        """Store rows that come from no file, as an import called `named`; see `commit`."""
        n = sum(rows.num_rows for rows in tables.values())
        return self.commit(
            file=named,
            data=None,
            sha256=hashlib.sha256(named.encode()).hexdigest(),
            by=by,
            now=now,
            tables=tables,
            rejects=None,
            record={"rows": n, "accepted": n, "skipped": 0, "rejected": 0},
            decides=decides,
        )

    def undo(self, import_id: str, *, by: str, now: datetime) -> None:
        """Take an import out of sight; every number is again what the remaining ones give."""
        self._switch(import_id, "undo", by, now)

    def redo(self, import_id: str, *, by: str, now: datetime) -> None:
        """Bring an undone import back, in its old place in the order."""
        self._switch(import_id, "redo", by, now)

    def imports(self, as_of: datetime | None = None) -> pd.DataFrame:
        """One row per import, oldest first: the columns of `imports` but for those that
        only the workspace reads, and `active`."""
        history = self._history(as_of)
        entered = pc.is_in(history.log["action"], value_set=pa.array(["import", "decide"]))
        rows = history.log.filter(entered).drop_columns(["action", "met", "replaces"])
        front = [c.IMPORT_ID, c.AT, c.BY]
        frame: pd.DataFrame = rows.select(
            front + [n for n in rows.column_names if n not in front]
        ).to_pandas()
        return frame.assign(active=frame[c.IMPORT_ID].map(history.imports).astype(bool))

    def activities(
        self,
        as_of: datetime | None = None,
        columns: Sequence[str] | None = None,
        *,
        encoded: Sequence[str] = (),
        where: ds.Expression | None = None,
    ) -> pa.Table:
        """The visible activities, `columns` of them; texts `encoded` come as dictionaries (faster).

        `where` may only look at the source: earlier versions of a row have the same.
        """
        return self._visible(self._history(as_of), columns or c.TABLES["activities"].names, encoded, where)

    def scan(self, as_of: datetime | None = None) -> Scan:
        """All stored rows of the active imports, for an engine that sorts out what is visible."""
        history = self._history(as_of)
        dataset = self._store.dataset("activities", history.active)
        files = [f"{self.location}/activities/{path}" for path in dataset.files]
        decided = [at for import_id, at in history.decisions.items() if import_id in history.active]
        return Scan(dataset, files, history.may_collide, decided, history.replaced)

    def table(self, name: str, as_of: datetime | None = None) -> pd.DataFrame:
        """The visible rows of a small table, oldest first: its schema's columns, import_id, at, by.

        What a later list of people says nothing of, the earlier one still says.
        """
        history = self._history(as_of)
        _, rows = self._store.log(name)
        seen = visible(rows, history, c.IDENTITY[name])
        frame: pd.DataFrame = rows.to_pandas()
        if name == "people":
            frame = completed(frame, ranks(rows, history.active), history.edits)
        return frame[seen].sort_values(c.AT, ignore_index=True, kind="stable").drop(columns=c.WITHDRAWN)

    def held(self, source: str, columns: Sequence[str]) -> pa.Table:
        """What any import holds of a source, undone ones too, oldest first: `columns` of every version."""
        wanted = ds.field(c.SOURCE) == source
        return self._store.read("activities", list(self._history().imports), columns, wanted)

    def rejects(self, import_id: str) -> pd.DataFrame:
        """What an import did not take: the columns of `rejects`. Raises `BadRequest`."""
        return self._rows("rejects", import_id)

    def rows(self, import_id: str) -> pd.DataFrame:
        """The activity rows that an import holds, visible or not. Raises `BadRequest`."""
        return self._rows("activities", import_id)

    def fates(self, import_id: str) -> pd.DataFrame:
        """What became of an import's activity rows: source, key, what `_TOLD` names, fate and other.

        `fate` is one of `FATES`; `other` the import that said the same before, replaced or
        withdrew the row. Raises `BadRequest`.
        """
        history = self._history()
        history.require(import_id)
        rows = self._store.read("activities", [import_id])
        if not rows.num_rows:
            return pd.DataFrame(columns=[*_TOLD, "fate", "other"])
        found = fates(self._stored(history, rows), import_id, history)
        told: pd.DataFrame = rows.select(_TOLD).to_pandas()
        return told.join(found)

    def moment(self, import_id: str) -> datetime:
        """When an import came. Raises `BadRequest`."""
        history = self._history()
        history.require(import_id)
        moments: list[datetime] = [
            entry[c.AT] for entry in history.entries if entry[c.IMPORT_ID] == import_id
        ]
        return moments[0]

    def upload(self, sha256: str) -> bytes:
        """The bytes of an uploaded file. Raises `BadRequest`."""
        return uploads.fetch(self._store, sha256)

    def _history(self, as_of: datetime | None = None) -> History:
        return history_of(*self._store.log("imports"), as_of)

    def _rows(self, name: str, import_id: str) -> pd.DataFrame:
        self._history().require(import_id)
        frame: pd.DataFrame = self._store.read(name, [import_id]).to_pandas()
        return frame

    def _visible(
        self,
        history: History,
        columns: Sequence[str],
        encoded: Sequence[str] = (),
        where: ds.Expression | None = None,
    ) -> pa.Table:
        """Of the visible rows the `columns`; `where` may only look at what identifies a row."""
        identity = c.IDENTITY["activities"] if history.may_collide else ()
        needed = dict.fromkeys([*columns, c.WITHDRAWN, *identity, *([c.IMPORT_ID, c.TS] if identity else [])])
        # Nobody sees the source then, and as a dictionary it is compared faster.
        encoded = [*encoded, *({c.SOURCE} - set(columns))]
        rows = self._store.read("activities", history.active, list(needed), where, encoded)
        seen = visible(rows, history, identity) if identity else ~mask(rows[c.WITHDRAWN])
        rows = rows.select(list(columns))
        return rows if seen.all() else rows.filter(pa.array(seen))

    def _incoming(self, history: History, name: str, rows: pa.Table, replace_period: bool) -> Incoming:
        if name != "activities":
            return against(rows, self._store.log(name)[1], history, name)
        incoming = against(rows, self._stored(history, rows), history, name)
        if replace_period and (period := span(rows)):
            gone = self._gone(history, rows, *period)
            incoming = replace(incoming, changed=incoming.changed + gone)
        return incoming

    def _stored(self, history: History, rows: pa.Table) -> pa.Table:
        """What any import holds of the sources of `rows`, with all that has one of their keys."""
        wanted = [*c.IDENTITY["activities"], c.TS, c.DIGEST, c.WITHDRAWN, c.IMPORT_ID]
        found = self._store.read("activities", list(history.imports), wanted, _of_sources(rows))
        if rows.num_rows * 4 > found.num_rows:  # looking the keys up would cost more than it saves
            return found
        return found.filter(pc.is_in(found[c.KEY], value_set=rows[c.KEY].combine_chunks()))

    def _gone(self, history: History, rows: pa.Table, first: pa.Scalar, end: pa.Scalar) -> int:
        """How much is visible of the sources and days of `rows` that they do not hold."""
        identity = c.IDENTITY["activities"]
        seen = self._visible(history, [*identity, c.TS], where=_of_sources(rows))
        seen = seen.filter(pc.and_(pc.greater_equal(seen[c.TS], first), pc.less(seen[c.TS], end)))
        return int(absent(seen, plain(rows.select(identity)), identity).sum())

    def _keep(self, sha256: str, data: bytes | Path | None) -> None:
        if data is not None:
            uploads.keep(self._store, sha256, data)

    def _append(self, name: str, rows: pa.Table, stamp: Mapping[str, object]) -> None:
        if rows.num_rows:
            self._store.append(name, stamped(rows, name, stamp), str(stamp[c.IMPORT_ID]))

    def _log(self, row: Mapping[str, object], history: History) -> None:
        """Append to `imports`, if nobody did since `history` was read; raises `Conflict` otherwise."""
        schema = c.TABLES["imports"]
        rows = pa.Table.from_pylist([{name: row.get(name) for name in schema.names}], schema)
        self._store.append("imports", rows, str(row[c.IMPORT_ID]), onto=history.version)

    def _switch(self, import_id: str, action: str, by: str, now: datetime) -> None:
        def attempt() -> None:
            history = self._history()
            if history.require(import_id) == (action == "redo"):
                code = "already_undone" if action == "undo" else "not_undone"
                raise BadRequest(code, import_id=import_id)
            self._log({**_stamp(history, by, now), "action": action, c.IMPORT_ID: import_id}, history)

        self._strictly(attempt)

    def _strictly(self, attempt: Callable[[], T]) -> T:
        """The result of `attempt`, begun anew whenever another process has committed meanwhile."""
        try:
            return retried(attempt, Conflict)
        except Conflict:
            raise StorageFault("workspace_busy", location=self.location) from None


def _stamp(history: History, by: str, now: datetime) -> dict[str, Any]:
    at = history.next_moment(now)
    return {c.IMPORT_ID: f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}", c.AT: at, c.BY: by}


def _span(rows: pa.Table | None, replace_period: bool) -> dict[str, object]:
    """first_day, last_day and replaces of an import, as far as it has activities."""
    found: dict[str, object] = {**days(rows)}
    if rows is not None and found and replace_period:
        found["replaces"] = json.dumps(pc.unique(rows[c.SOURCE]).cast(pa.string()).to_pylist())
    return found


def _totals(parts: Mapping[str, Incoming], decides: bool) -> dict[str, object]:
    """What a receipt counts: rows of the file; how it was read is remembered beside them."""
    counted = [part for name, part in parts.items() if name != "presets"]
    totals = {n: sum(getattr(part, n) for part in counted) for n in COUNTS}
    activities = parts.get("activities")
    if activities and not decides:
        # What only got another key is neither new nor changed.
        totals = {n: totals[n] + activities.moved * sign for n, sign in zip(COUNTS, (-1, -1, 1), strict=True)}
    met = activities.met if activities else ()
    return {**totals, "met": " ".join(sorted(met))}


def _receipt(row: Mapping[str, Any]) -> Receipt:
    counts = {name: row.get(name, 0) for name in (*COUNTS, "skipped", "rejected")}
    replaced = f"{row['first_day']}/{row['last_day']}" if row.get("replaces") else ""
    return Receipt(row["file"], row[c.IMPORT_ID], **counts, replaced=replaced)


def _of_sources(rows: pa.Table) -> ds.Expression:
    return ds.field(c.SOURCE).isin(pc.unique(rows[c.SOURCE]).cast(pa.string()))
