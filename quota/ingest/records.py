"""What reading a file yields: records that any caller can show, correct and store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa

from quota.columns import TOUCHES, WORK
from quota.ingest.grids import Remark

IGNORED = ""
# What a strange type may be; "" is: never count it.
KIND_OPTIONS = (*TOUCHES, *WORK, IGNORED)
SKIPPED = "skipped"
REJECTED = "rejected"
NOTE = "note"
# The reason of a match that earlier files settled.
REMEMBERED = "remembered"
ISSUE_COLUMNS = ["sheet", "row", "column", "value", "code", "status", "content"]
# Frames of issues have these types always, so that putting them together copies no text.
ISSUE_TYPES = {**dict.fromkeys(ISSUE_COLUMNS, "str"), "row": "Int64"}


def issues_of(lines: Sequence[Sequence[object] | Mapping[str, object]]) -> pd.DataFrame:
    """A frame of issues from lines in the order of ISSUE_COLUMNS, or named by them."""
    return pd.DataFrame(lines, columns=ISSUE_COLUMNS).astype(ISSUE_TYPES)


# Questions whose answer no default can stand in for; the others may be left open.
BLOCKING = ("date_order", "year_of_label", "rep_of_file")


@dataclass(frozen=True)
class Preset:
    """What an earlier import settled, to be used again; one row of the stored presets.

    For a table: its `layout`, its `headings`, the `fields` found (heading → field, "" left
    out), those that a person `decided`, the `orders` of its dates (heading → dmy | mdy), and
    whether its `targets` became quotas. On its own: `kinds` (a type as written → kind, "" never
    counts) and `reps` (a rep as written → the name it stands for, "" nobody else), which hold
    whatever the headings.
    """

    fingerprint: str
    layout: str = ""
    headings: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    decided: Mapping[str, str] = field(default_factory=dict)
    orders: Mapping[str, str] = field(default_factory=dict)
    targets: bool | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    reps: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Choices:
    """What a person decided about a file; everything left out is decided from the file.

    `fields`: heading → field, "" to leave the column out, `date:dmy` or `date:mdy` to
    settle an order. `kinds`: a type as written → kind, "" to never count it. `layout`
    forces one, `source` names the system that the ids belong to, `rep` whose rows they are
    where no column says so, `year` the one that week labels leave out. Items dated after
    `today` that nobody marked as done are plans. `zone` is the IANA zone of the workspace's
    wall clock; `targets` says whether target columns become quotas, None asks; `reps` says whom
    a rep as written stands for, "" for somebody else than was proposed.

    What the workspace knows stands below all that: `presets` of earlier imports, and
    `known`, everybody as written → the name that is used.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    layout: str | None = None
    source: str | None = None
    rep: str | None = None
    year: int | None = None
    today: date | None = None
    zone: str | None = None
    targets: bool | None = None
    presets: tuple[Preset, ...] = ()
    reps: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)


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
    """Something only a person knows. `options` of rep_of_file are headings of columns that may hold
    the rep; any name answers it too. `column` is the heading it is about, `value` the cell,
    `rows` how many rows wait for the answer, 0 where that is all of them."""

    code: str
    column: str
    value: str
    options: tuple[str, ...]
    rows: int = 0

    @property
    def blocks(self) -> bool:
        """Whether nothing can be imported before it is answered: a guess would be stored as a fact."""
        return self.code in BLOCKING


@dataclass(frozen=True)
class TableReading:
    """One table understood. rows = accepted + skipped + rejected, always.

    `issues`: sheet, row, column, value, code, status (skipped | rejected | note), content.
    `preview`: the first rows as text, with " row", " status" (accepted | skipped | rejected)
    and " code" before the file's own columns, whose headings never begin with a space.
    `frames`: stored table → rows. `presets`: what to remember of it.
    `manner`: how it was read, for `corrections`; in a table of corrected rows with `corrects`,
    the import that they were refused by. `taken`: of a sheet that people write the row and the
    content (as in `issues`) of each row of its frame.
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
    presets: tuple[Preset, ...] = ()
    manner: Mapping[str, Any] = field(default_factory=dict)
    taken: pd.DataFrame | None = None

    def telling(self, lines: Sequence[Sequence[object]]) -> TableReading:
        """The same with more issues, as `issues_of` takes them."""
        return replace(self, issues=pd.concat([self.issues, issues_of(lines)], ignore_index=True))


@dataclass(frozen=True)
class FileReading:
    """A file understood: its tables, and its bytes' fingerprint.

    `applies`: day → how many rows change from that day on what a workspace holds; None as long as
    the file was not held against one.
    """

    file: str
    sha256: str
    tables: tuple[TableReading, ...]
    applies: Mapping[date, int] | None = None

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


@dataclass(frozen=True)
class Plain:
    """A file's tables as plain UTF-8 csv, and what is to be said of them, each with its sheet.

    A doubtful remark says that cells may be others than the file means.
    """

    csv: bytes
    remarks: tuple[tuple[str | None, Remark], ...]

    @property
    def doubtful(self) -> bool:
        """Whether any remark is."""
        return any(remark.doubtful for _, remark in self.remarks)


def untaken(issues: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """The issues that took a row out (not the notes), in the shape that is stored."""
    kept = issues[issues["status"] != NOTE]
    return pa.Table.from_pandas(kept[schema.names], schema=schema, preserve_index=False)
