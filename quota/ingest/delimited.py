"""Delimited text → a grid, whatever the delimiter, the encoding and the widths of its rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from quota.errors import UnreadableFile
from quota.ingest import dialect
from quota.ingest.grids import Grid
from quota.ingest.limits import MAX_COLUMNS, MAX_ROWS

_BLOCK = 1 << 22


@dataclass(frozen=True)
class TextGrid(Grid):
    """The one grid of a delimited text file: string columns, null where a cell is empty."""

    columns: list[pa.Array]
    delimiter: str = ","

    def texts(self, start: int, stop: int) -> list[list[str]]:
        """See `Grid.texts`."""
        cut = [column.slice(start, max(0, stop - start)).to_pylist() for column in self.columns]
        return [[cell or "" for cell in row] for row in zip(*cut, strict=True)]

    def column(self, at: int, start: int, stop: int) -> pa.Array:
        """See `Grid.column`."""
        return self.columns[at].slice(start, stop - start)


def read(text: bytes, file: str) -> TextGrid:
    """The grid of a text in UTF-8."""
    text = _newlines(text)
    if not text[:65536].strip() and not text.strip():
        raise UnreadableFile("empty_file", file=file)
    found = dialect.detect(text)
    quoted = found.quote.encode() in text
    if not quoted:
        _refuse_rows(_lines(text), file)
    if quoted and text.count(found.quote.encode()) % 2:
        _refuse_unclosed(text, found, file)
    return TextGrid(_columns(text, found, quoted, file), delimiter=found.delimiter)


def _newlines(text: bytes) -> bytes:
    """Old Mac line ends become ordinary ones; Arrow knows the others."""
    return text.replace(b"\r", b"\n") if b"\r" in text and b"\n" not in text else text


def _columns(text: bytes, found: dialect.Dialect, quoted: bool, file: str) -> list[pa.Array]:
    width = _width(text, found, file)
    table = _in_threads(text, found, width, quoted)
    odd: list[pacsv.InvalidRow] = []
    if table is None:
        # Rows are numbered only when read in one thread; and Arrow may lose a byte where a quoted
        # line break meets a block's edge, so a text that has any is read as one block.
        block = min(len(text) + 1, 2**31 - 1) if quoted else _BLOCK
        table = _arrow(text, found, width, _keeping(odd), block, threads=False, breaks=quoted)
    _refuse_rows(table.num_rows, file)
    columns = _whole(table)
    return _with_odd_rows(columns, odd, found, file) if odd else columns


def _in_threads(text: bytes, found: dialect.Dialect, width: int, quoted: bool) -> pa.Table | None:
    """The fast way, for a text whose every line is one row of the full width; None for any other."""
    odd: list[pacsv.InvalidRow] = []
    try:
        table = _arrow(text, found, width, _keeping(odd), _BLOCK, threads=True, breaks=False)
    except pa.ArrowInvalid:
        return None
    return None if odd or (quoted and table.num_rows != _lines(text)) else table


def _lines(text: bytes) -> int:
    return text.count(b"\n") + (not text.endswith(b"\n"))


def _refuse_rows(lines: int, file: str) -> None:
    """Refuse so many lines, one of them a heading, if they are too many."""
    if lines - 1 > MAX_ROWS:
        raise UnreadableFile("too_many_rows", file=file, n=lines - 1, most=MAX_ROWS // 10**6)


def _keeping(odd: list[pacsv.InvalidRow]) -> Callable[[pacsv.InvalidRow], str]:
    def keep(row: pacsv.InvalidRow) -> str:
        odd.append(row)
        return "skip"

    return keep


def _arrow(
    text: bytes,
    found: dialect.Dialect,
    width: int,
    keep: Callable[[pacsv.InvalidRow], str],
    block: int,
    *,
    threads: bool,
    breaks: bool,
) -> pa.Table:
    """All columns as text; `breaks` says that quoted cells may hold line breaks."""
    names = [str(at) for at in range(width)]
    return pacsv.read_csv(
        pa.BufferReader(text),
        read_options=pacsv.ReadOptions(
            column_names=names, use_threads=threads, block_size=max(block, width * 1024)
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=found.delimiter,
            quote_char=found.quote,
            newlines_in_values=breaks,
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


def _whole(table: pa.Table) -> list[pa.Array]:
    """Each column in one piece; each one's pieces are let go before the next is made whole."""
    columns = []
    while table.num_columns:
        column = table.column(0)
        table = table.remove_column(0)
        columns.append(column.combine_chunks() if column.num_chunks != 1 else column.chunk(0))
    return columns
