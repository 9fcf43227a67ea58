"""Delta tables on a folder or an object store: make, append, read; and plain files beside them.

Every append is one parquet file and one Delta commit. A table is opened afresh each time:
that costs a few milliseconds, sees what other processes wrote, and needs no lock.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, Schema
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.fs import DeltaStorageHandler
from deltalake.transaction import AddAction

from quota import columns as c
from quota.errors import StorageFault

# One file per import, so that undone imports are skipped without being opened.
PARTITIONED = ("activities", "rejects")
# The other tables grow by one tiny file per change; beyond this many they are merged into one.
MERGE_BEYOND = 20
ATTEMPTS = 40

# Values of these hardly ever repeat: building a dictionary would be in vain.
_DISTINCT = {c.KEY, c.TS, c.AMOUNT, c.UNITS, c.ROW, c.DIGEST}
# Colours, arrows and backtraces in messages from below.
_NOISE = re.compile(r"\x1b\[\d+m|↳|\d+: <unknown>.*", re.DOTALL)
_CONFIGURATION = {"delta.appendOnly": "true", "delta.checkpointInterval": "20"}

T = TypeVar("T")


class Conflict(Exception):
    """Somebody else appended first."""


class Store:
    """Everything below one location: a folder, or an object-store URL."""

    def __init__(self, location: str | Path) -> None:
        text = str(location)
        self.local = "://" not in text
        self.location = Path(text).expanduser().absolute().as_posix() if self.local else text.rstrip("/")
        with faults(self.location, gone="workspace_unreachable"):
            self.files = self._filesystem()

    def create(self) -> None:
        """Make every table, unless they are there; safe when several processes do so at once."""
        # `imports` comes last: where it is, all were made.
        with faults(self.location):
            if self._has("imports"):
                return
            for name in [name for name in c.TABLES if name != "imports"]:
                self._make(name)
            if self._table("activities").file_uris() and not self._has("imports"):
                raise StorageFault("workspace_damaged", location=self.location, reason="imports is missing")
            self._make("imports")

    def made(self) -> bool:
        """Whether all tables are there."""
        with faults(self.location):
            return self._has("imports")

    def version(self, name: str) -> int:
        """The number of the table's latest commit."""
        with faults(self.location):
            return self._table(name).version()

    def append(self, name: str, rows: pa.Table, import_id: str, *, onto: int | None = None) -> None:
        """Add `rows` (schema of the table) in one commit.

        With `onto`, only if that is still the table's version; raises `Conflict` otherwise.
        """
        began = time.time()
        with faults(self.location):
            add, table = self._written(name, rows, import_id), self._table(name)
            try:
                self._grow(name, table)
                if onto is not None and table.version() != onto:
                    raise Conflict
                self._commit(name, table, add, retries=ATTEMPTS if onto is None else 0)
            except CommitFailedError:
                raise Conflict from None
            self._settle(f"{name}/_delta_log", began)
        # The rows are there now: tidying up may fail, and is tried again next time.
        with suppress(DeltaError, OSError):
            if name not in PARTITIONED and len(table.file_uris()) > MERGE_BEYOND:
                table.optimize.compact()
                self._settle(name, began)
                self._settle(f"{name}/_delta_log", began)

    def dataset(
        self, name: str, import_ids: Sequence[str] | None = None, encoded: Sequence[str] = ()
    ) -> ds.Dataset:
        """Table `name` to scan, of partitioned ones only `import_ids`; texts `encoded` as dictionaries."""
        with faults(self.location):
            return self._scannable(name, self._table(name), import_ids, encoded)

    def read(
        self,
        name: str,
        import_ids: Sequence[str],
        columns: Sequence[str] | None = None,
        where: ds.Expression | None = None,
        encoded: Sequence[str] = (),
    ) -> pa.Table:
        """The rows of `import_ids` in a partitioned table: `columns` of those that pass `where`."""
        dataset = self.dataset(name, import_ids, encoded)
        with faults(self.location):
            return dataset.to_table(columns=list(columns or c.TABLES[name].names), filter=where)

    def log(self, name: str) -> tuple[int, pa.Table]:
        """The version of a small table and all its rows."""
        with faults(self.location):
            table = self._table(name)
            return table.version(), self._scannable(name, table).to_table()

    def _table(self, name: str) -> DeltaTable:
        return DeltaTable(self._path(name))

    def _has(self, name: str) -> bool:
        return bool(DeltaTable.is_deltatable(self._path(name)))

    def _make(self, name: str) -> None:
        def attempt() -> None:
            DeltaTable.create(
                self._path(name),
                c.TABLES[name],
                mode="ignore",
                partition_by=_partitions(name),
                configuration=_CONFIGURATION,
                # Otherwise the second of two makers makes the table again, on top of the first.
                commit_properties=CommitProperties(max_commit_retries=0),
            )

        retried(attempt, CommitFailedError)

    def _scannable(
        self,
        name: str,
        table: DeltaTable,
        import_ids: Sequence[str] | None = None,
        encoded: Sequence[str] = (),
    ) -> ds.Dataset:
        pruned = None if import_ids is None else [(c.IMPORT_ID, "in", list(import_ids))]
        return table.to_pyarrow_dataset(
            # Columns that came later are null in what was written before.
            schema=c.TABLES[name],
            filesystem=pyarrow.fs.SubTreeFileSystem(name, self.files),
            file_pruning_predicate=pruned,
            parquet_read_options=ds.ParquetReadOptions(dictionary_columns=list(encoded)),
        )

    def _grow(self, name: str, table: DeltaTable) -> None:
        """Add the columns that the schema has gained since the table was made."""
        present = {field.name for field in table.schema().fields}
        missing = [f for f in Schema.from_arrow(c.TABLES[name]).fields if f.name not in present]
        if missing:
            table.alter.add_columns(missing)

    def _commit(self, name: str, table: DeltaTable, add: AddAction, retries: int) -> None:
        table.create_write_transaction(
            [add],
            mode="append",
            schema=c.TABLES[name],
            partition_by=_partitions(name),
            commit_properties=CommitProperties(max_commit_retries=retries),
        )

    def _written(self, name: str, rows: pa.Table, import_id: str) -> AddAction:
        """`rows` as a file that belongs to no table yet."""
        parts = dict.fromkeys(_partitions(name), import_id)
        folder = "".join(f"{column}={value}/" for column, value in parts.items())
        path = f"{folder}{import_id}-{secrets.token_hex(4)}.parquet"
        rows = rows.drop_columns(list(parts))
        began = time.time()
        self.files.create_dir(f"{name}/{folder}")
        pq.write_table(
            rows,
            f"{name}/{path}",
            filesystem=self.files,
            compression="lz4",
            store_schema=False,
            use_dictionary=[column for column in rows.column_names if column not in _DISTINCT],
            write_statistics=[column for column in (c.TS, c.SOURCE) if column in rows.column_names],
        )
        self._settle(f"{name}/{folder}", began)
        return AddAction(
            path=path,
            size=self.files.get_file_info(f"{name}/{path}").size,
            partition_values=parts,
            modification_time=time.time_ns() // 1_000_000,
            data_change=True,
            stats=json.dumps({"numRecords": rows.num_rows}),
        )

    def _settle(self, folder: str, began: float) -> None:
        """Have what was written since `began` on the disk itself: a power cut cannot take it then."""
        if self.local and os.name == "posix":
            place = Path(self.location, folder)
            for path in place.iterdir():
                if path.is_file() and path.stat().st_mtime > began - 1:
                    synced(path)
            synced(place)

    def _path(self, name: str) -> str:
        return f"{self.location}/{name}"

    def _filesystem(self) -> pyarrow.fs.FileSystem:
        if not self.local:
            return pyarrow.fs.PyFileSystem(DeltaStorageHandler(self.location))
        Path(self.location).mkdir(parents=True, exist_ok=True)
        return pyarrow.fs.SubTreeFileSystem(self.location, pyarrow.fs.LocalFileSystem())


def retried(action: Callable[[], T], *errors: type[Exception]) -> T:
    """The result of `action`, tried again a moment later while another process is in the way."""
    for attempt in range(ATTEMPTS):
        with suppress(*errors):
            return action()
        time.sleep(min(0.005 * 2**attempt, 0.2) * (0.5 + secrets.randbelow(100) / 100))
    return action()


@contextmanager
def faults(location: str, gone: str = "workspace_damaged") -> Iterator[None]:
    """Turn whatever the storage libraries raise into one `StorageFault`; `gone`: what is absent means."""
    try:
        yield
    except (FileNotFoundError, DeltaError, pa.ArrowException) as error:
        raise StorageFault(gone, location=location, reason=_reason(error)) from error
    except OSError as error:
        raise StorageFault("workspace_unreachable", location=location, reason=_reason(error)) from error


def synced(path: Path) -> None:
    """Have a file or a folder of this machine on the disk itself."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reason(error: Exception) -> str:
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(_NOISE.sub("", words).split())[:200]


def _partitions(name: str) -> list[str]:
    return [c.IMPORT_ID] if name in PARTITIONED else []
