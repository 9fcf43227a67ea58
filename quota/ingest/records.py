"""What reading a file yields: records that any caller can show, correct and store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd
import pyarrow as pa

from quota.columns import TOUCHES, WORK

IGNORED = ""
# What a strange type may be; "" is: never count it.
KIND_OPTIONS = (*TOUCHES, *WORK, IGNORED)
SKIPPED = "skipped"
REJECTED = "rejected"
NOTE = "note"
ISSUE_COLUMNS = ["sheet", "row", "column", "value", "code", "status", "content"]


@dataclass(frozen=True)
class Choices:
    """What a person decided about a file; everything left out is decided from the file.

    `fields`: heading → field, "" to leave the column out, `date:dmy` or `date:mdy` to
    settle an order. `kinds`: a type as written → kind, "" to never count it. `layout`
    forces one, `source` names the system that the ids belong to, `rep` whose rows they are
    where no column says so, `year` the one that week labels leave out. Items dated after
    `today` that nobody marked as done are plans.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    layout: str | None = None
    source: str | None = None
    rep: str | None = None
    year: int | None = None
    today: date | None = None


@dataclass(frozen=True)
class Match:
    """One column and what it was taken for: `field` None where nothing fits."""

    header: str
    index: int
    field: str | None
    score: float
    reason_code: str
    reason_details: Mapping[str, object]
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """Something only a person knows. `column` is the heading it is about, `value` the cell."""

    code: str
    column: str
    value: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class TableReading:
    """One table understood. rows = accepted + skipped + rejected, always.

    `issues`: sheet, row, column, value, code, status (skipped | rejected | note), content.
    `preview`: the first rows as text, with " row", " status" (accepted | skipped | rejected)
    and " code" before the file's own columns, whose headings never begin with a space.
    `frames`: stored table → rows.
    """

    sheet: str | None
    layout: str
    header_row: int
    rows: int
    accepted: int
    skipped: int
    rejected: int
    columns: tuple[Match, ...]
    issues: pd.DataFrame
    questions: tuple[Question, ...]
    preview: pd.DataFrame
    frames: Mapping[str, pa.Table]


@dataclass(frozen=True)
class FileReading:
    """A file understood: its tables, and its bytes' fingerprint."""

    file: str
    sha256: str
    tables: tuple[TableReading, ...]

    @property
    def rows(self) -> int:
        """Rows under the headings, in all tables."""
        return sum(table.rows for table in self.tables)

    @property
    def accepted(self) -> int:
        """Rows that were taken."""
        return sum(table.accepted for table in self.tables)

    @property
    def skipped(self) -> int:
        """Rows rightly left out: planned, cancelled, totals, footers."""
        return sum(table.skipped for table in self.tables)

    @property
    def rejected(self) -> int:
        """Rows that need correcting."""
        return sum(table.rejected for table in self.tables)


def untaken(issues: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """The issues that took a row out (not the notes), in the shape that is stored."""
    kept = issues[issues["status"] != NOTE]
    return pa.Table.from_pandas(kept[schema.names], schema=schema, preserve_index=False)
