"""Bytes → grids: the visible sheets of a file as rectangles of cells, before any meaning.

Row numbers are those a spreadsheet shows: record n of the file is row n, blank ones
included. A cell is text, a number, a date, or nothing.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import python_calamine as calamine

from quota.errors import UnreadableFile
from quota.ingest import decode, dialect

MAX_COLUMNS = 2_000
MAX_UNPACKED = 600 * 1024 * 1024
MAX_RATIO = 200
MAX_PARTS = 1_000
_BLOCK = 1 << 22


class Grid(Protocol):
    """A sheet's cells by position; rows and columns count from 0."""

    @property
    def sheet(self) -> str | None: ...

    @property
    def height(self) -> int: ...

    @property
    def width(self) -> int: ...

    def texts(self, start: int, stop: int) -> list[list[str]]:
        """Rows `start` to `stop` as text, empty cells as ""."""

    def column(self, at: int, start: int, stop: int) -> pa.Array:
        """One column's cells: strings, or numbers, dates, booleans where all are such; null = empty."""


@dataclass(frozen=True)
class TextGrid:
    """The one grid of a delimited text file: string columns, null where a cell is empty."""

    columns: list[pa.Array]
    encoding: str
    dialect: dialect.Dialect
    sheet: str | None = None

    @property
    def height(self) -> int:
        """How many records."""
        return len(self.columns[0]) if self.columns else 0

    @property
    def width(self) -> int:
        """How many columns."""
        return len(self.columns)

    def texts(self, start: int, stop: int) -> list[list[str]]:
        """See `Grid.texts`."""
        cut = [column.slice(start, max(0, stop - start)).to_pylist() for column in self.columns]
        return [[cell or "" for cell in row] for row in zip(*cut, strict=True)]

    def column(self, at: int, start: int, stop: int) -> pa.Array:
        """See `Grid.column`."""
        return self.columns[at].slice(start, stop - start)


@dataclass(frozen=True)
class SheetGrid:
    """A worksheet: columns of Python values as the workbook stores them."""

    sheet: str
    columns: list[tuple[Any, ...]]

    @property
    def height(self) -> int:
        """How many rows down to the last filled one."""
        return len(self.columns[0]) if self.columns else 0

    @property
    def width(self) -> int:
        """How many columns."""
        return len(self.columns)

    def texts(self, start: int, stop: int) -> list[list[str]]:
        """See `Grid.texts`."""
        cut = [[as_text(cell) for cell in column[start:stop]] for column in self.columns]
        return [list(row) for row in zip(*cut, strict=True)]

    def column(self, at: int, start: int, stop: int) -> pa.Array:
        """See `Grid.column`."""
        cells = [None if cell == "" else cell for cell in self.columns[at][start:stop]]
        try:
            return _typed(cells)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
            return pa.array([None if cell is None else as_text(cell) for cell in cells], pa.string())


def _typed(cells: list[Any]) -> pa.Array:
    array = pa.array(cells)
    if pa.types.is_date(array.type):
        return array.cast(pa.timestamp("us"))
    if pa.types.is_time(array.type) or pa.types.is_duration(array.type):
        return pa.array([None if cell is None else as_text(cell) for cell in cells], pa.string())
    if pa.types.is_null(array.type):
        return array.cast(pa.string())
    return array


def as_text(cell: Any) -> str:
    """A workbook's cell as people read it: 3.0 → 3, midnight dates without the time."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    if isinstance(cell, dt.timedelta):
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return str(cell)


def read_grids(data: bytes, file: str) -> list[Grid]:
    """The visible grids of a file. Raises `UnreadableFile` with the reason when there is none."""
    if decode.file_kind(data, file) == "workbook":
        return list(_workbook(data, file))
    return [_text(data, file)]


# --- delimited text ---------------------------------------------------------------------


def _text(data: bytes, file: str) -> TextGrid:
    text, encoding = decode.as_utf8(data, file)
    text = _newlines(text)
    if not text[:65536].strip() and not text.strip():
        raise UnreadableFile("empty_file", file=file)
    found = dialect.detect(text)
    quoted = found.quote.encode() in text
    if quoted and text.count(found.quote.encode()) % 2:
        _refuse_unclosed(text, found, file)
    return TextGrid(_columns(text, found, quoted, file), encoding, found)


def _newlines(text: bytes) -> bytes:
    """Old Mac line ends become ordinary ones; Arrow knows the others."""
    return text.replace(b"\r", b"\n") if b"\r" in text and b"\n" not in text else text


def _columns(text: bytes, found: dialect.Dialect, quoted: bool, file: str) -> list[pa.Array]:
    width = _width(text, found, file)
    odd: list[pacsv.InvalidRow] = []

    def keep(row: pacsv.InvalidRow) -> str:
        odd.append(row)
        return "skip"

    # Arrow may lose a byte where a quoted line break meets a block's edge, so a text with
    # quotes is read as one block; rows are numbered only when read in one thread.
    threads = not quoted
    table = _arrow(text, found, width, keep, quoted, threads=threads)
    if odd and threads:
        odd.clear()
        table = _arrow(text, found, width, keep, quoted, threads=False)
    columns = [_one(column) for column in table.columns]
    return _with_odd_rows(columns, odd, found, file) if odd else columns


def _arrow(
    text: bytes, found: dialect.Dialect, width: int, keep: Any, quoted: bool, *, threads: bool
) -> pa.Table:
    names = [str(at) for at in range(width)]
    return pacsv.read_csv(
        pa.BufferReader(text),
        read_options=pacsv.ReadOptions(
            column_names=names,
            use_threads=threads,
            block_size=min(len(text) + 1, 2**31 - 1) if quoted else max(_BLOCK, width * 1024),
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=found.delimiter,
            quote_char=found.quote,
            newlines_in_values=quoted,
            ignore_empty_lines=False,
            invalid_row_handler=keep,
        ),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
        ),
    )


def _width(text: bytes, found: dialect.Dialect, file: str) -> int:
    """The commonest width of the first rows, the wider one when in doubt."""
    sample = text[: 1 << 20].decode("utf-8", errors="ignore")
    if len(text) > len(sample) and "\n" in sample:
        sample = sample[: sample.rindex("\n")]
    rows = [len(row) for row in dialect.records(sample, found)[:2000]]
    if max(rows, default=0) > MAX_COLUMNS:
        raise UnreadableFile("too_many_columns", file=file, count=max(rows), most=MAX_COLUMNS)
    widths, seen = np.unique([width for width in rows if width > 1] or [1], return_counts=True)
    return int(widths[::-1][np.argmax(seen[::-1])])


def _with_odd_rows(
    columns: list[pa.Array], odd: Sequence[pacsv.InvalidRow], found: dialect.Dialect, file: str
) -> list[pa.Array]:
    """Rows shorter or longer than the table go back to where they stood, padded with nothing."""
    cells = [_cells(row.text, found) for row in odd]
    width = max(len(columns), *(len(row) for row in cells))
    if width > MAX_COLUMNS:
        raise UnreadableFile("too_many_columns", file=file, count=width, most=MAX_COLUMNS)
    at = np.array([row.number - 1 for row in odd])
    place = np.empty(len(columns[0]) + len(odd), dtype=np.int64)
    regular = np.ones(len(place), dtype=bool)
    regular[at] = False
    place[regular] = np.arange(len(columns[0]))
    place[at] = np.arange(len(columns[0]), len(place))
    whole = []
    for index in range(width):
        extra = pa.array([row[index] or None if index < len(row) else None for row in cells], pa.string())
        base = columns[index] if index < len(columns) else pa.nulls(len(columns[0]), pa.string())
        whole.append(pa.concat_arrays([base, extra]).take(pa.array(place)))
    return whole


def _cells(text: str, found: dialect.Dialect) -> list[str]:
    rows = dialect.records(text, found)
    return rows[0] if rows else [""]


def _refuse_unclosed(text: bytes, found: dialect.Dialect, file: str) -> None:
    """An odd number of quotes is harmless inside a cell; one that never closes is refused."""
    reader = csv.reader(
        io.StringIO(text.decode(), newline=""), delimiter=found.delimiter, quotechar=found.quote, strict=True
    )
    start = 1
    try:
        for _ in reader:
            start = reader.line_num + 1
    except csv.Error as fault:
        if "end of data" in str(fault) or "field larger" in str(fault):
            raise UnreadableFile("unclosed_quote", file=file, row=start) from None


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


# --- workbooks --------------------------------------------------------------------------


def _workbook(data: bytes, file: str) -> list[SheetGrid]:
    if data.startswith(b"PK"):
        _check_archive(data, file)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError:
        raise UnreadableFile("password_protected", file=file) from None
    except (calamine.CalamineError, OSError, ValueError):
        raise UnreadableFile("broken_workbook", file=file) from None
    visible = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible == calamine.SheetVisibleEnum.Visible
        and sheet.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    if not visible:
        raise UnreadableFile("no_visible_sheet", file=file)
    return [_sheet(book, name, file) for name in visible]


def _sheet(book: calamine.CalamineWorkbook, name: str, file: str) -> SheetGrid:
    try:
        sheet = book.get_sheet_by_name(name)
        if sheet.width > MAX_COLUMNS:
            raise UnreadableFile("too_many_columns", file=file, count=sheet.width, most=MAX_COLUMNS)
        rows = sheet.to_python(skip_empty_area=False)
    except calamine.CalamineError:
        raise UnreadableFile("broken_workbook", file=file) from None
    return SheetGrid(name, list(zip(*rows, strict=True)))


def _check_archive(data: bytes, file: str) -> None:
    """Refuse a zip that would unpack to far more than it holds, before anything unpacks it."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except zipfile.BadZipFile:
        raise UnreadableFile("broken_workbook", file=file) from None
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(data), 50_000):
        raise UnreadableFile("zip_bomb", file=file, size=unpacked // 2**20)
    names = {part.filename for part in parts}
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        raise UnreadableFile("archive_not_workbook", file=file)
