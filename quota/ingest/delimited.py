"""Delimited text → a grid, whatever the delimiter, the encoding and the widths of its rows.

A text by the book is read in threads. One that is not goes through `cutting`, row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from quota.errors import UnreadableFile
from quota.ingest import cutting, dialect, quotes
from quota.ingest.cutting import Dialect
from quota.ingest.grids import Grid, Remark
from quota.ingest.limits import MAX_COLUMNS, MAX_ROWS

_BLOCK = 1 << 22
_LONGEST_LINE = 16 << 20
# So much better must the best delimiter cut than the next one.
_SURE_MARGIN = 0.1
_MOST_REMARKS = 1_000


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
    _refuse_long_lines(text, file)
    found = dialect.judged(text)
    if _lines(text) > MAX_ROWS:
        _refuse_rows(quotes.lines(text, found.dialect.quote.encode()), file)
    grid = _by_the_book(text, found.dialect, file) or _by_rows(text, found.dialect, file)
    if found.margin < _SURE_MARGIN:
        doubt = Remark("delimiter_doubtful", None, found.dialect.delimiter)
        grid = replace(grid, remarks=(doubt, *grid.remarks))
    return grid


def _refuse_long_lines(text: bytes, file: str) -> None:
    """Refuse a text without a line break for megabytes: it is no table, whatever its one row holds."""
    at = 0
    while len(text) - at > _LONGEST_LINE:
        at = text.rfind(b"\n", at, at + _LONGEST_LINE) + 1
        if not at:
            raise UnreadableFile("too_long_row", file=file, most=_LONGEST_LINE >> 20)


def _newlines(text: bytes) -> bytes:
    """Old Mac line ends become ordinary ones; Arrow knows the others."""
    return text.replace(b"\r", b"\n") if b"\r" in text and b"\n" not in text else text


def _by_the_book(text: bytes, found: Dialect, file: str) -> TextGrid | None:
    """The grid of a text that any csv reader reads alike; None if it is not such a one."""
    quoted = found.quote.encode() in text
    if not found.plain or (
        quoted and not quotes.by_the_book(text, found.delimiter.encode(), found.quote.encode())
    ):
        return None
    width = _width(text, found, file)
    table = _in_threads(text, found, width, quoted)
    odd: list[pacsv.InvalidRow] = []
    if table is None:
        # Rows are numbered only when read in one thread; and Arrow may lose a byte where a quoted
        # line break meets a block's edge, so a text that has any is read as one block.
        block = min(len(text) + 1, 2**31 - 1) if quoted else _BLOCK
        table = _arrow(text, found, width, _keeping(odd), block, threads=False, breaks=quoted)
    _refuse_rows(table.num_rows, file)
    pieces = table.columns
    del table
    columns = _whole(pieces)
    if quoted and (_swallows(columns, found) or any(found.quote in row.text for row in odd)):
        return None
    if not odd:
        return TextGrid(columns, delimiter=found.delimiter, usual=width)
    cells = [_cells(row.text, found) for row in odd]
    widths = {row.number - 1: len(row_cells) for row, row_cells in zip(odd, cells, strict=True)}
    columns = _with_odd_rows(columns, list(widths), cells, file)
    return TextGrid(columns, delimiter=found.delimiter, widths=widths, usual=width)


def _swallows(columns: list[pa.Array], found: Dialect) -> bool:
    """Whether a cell holds line breaks and as many delimiters as that many rows have."""
    for column in columns:
        if b"\n" not in column.buffers()[2].to_pybytes():
            continue
        breaks = pc.count_substring(column, "\n")
        marks = pc.count_substring(column, found.delimiter)
        rows = pc.multiply(breaks, len(columns) - 1)
        if pc.any(pc.and_(pc.greater(breaks, 0), pc.greater_equal(marks, rows))).as_py():
            return True
    return False


def _by_rows(text: bytes, found: Dialect, file: str) -> TextGrid:
    """The grid of a text that is not by the book."""
    cut = cutting.cut(text.decode(), found)
    if cut.unclosed is not None:
        raise UnreadableFile("unclosed_quote", file=file, row=cut.unclosed)
    counts = np.array([len(row) for row in cut.rows])
    width = int(counts.max(initial=1))
    if width > MAX_COLUMNS:
        raise UnreadableFile("too_many_columns", file=file, count=width, most=MAX_COLUMNS)
    usual = _commonest(counts)
    columns = [
        pa.array([row[at] or None if at < len(row) else None for row in cut.rows], pa.string())
        for at in range(width)
    ]
    remarks = [Remark("stray_quote", at + 1, doubtful=False) for at in cut.repaired[:_MOST_REMARKS]]
    remarks += [Remark("quotes_doubtful", at + 1) for at in cut.doubtful[:_MOST_REMARKS]]
    odd = np.flatnonzero(counts != usual)
    return TextGrid(
        columns,
        delimiter=found.delimiter,
        remarks=tuple(remarks),
        widths=dict(zip(odd.tolist(), counts[odd].tolist(), strict=True)),
        usual=usual,
    )


def _commonest(widths: np.ndarray) -> int:
    """The commonest width above one, the wider one when in doubt."""
    wide = widths[widths > 1]
    found, seen = np.unique(wide if len(wide) else np.array([1]), return_counts=True)
    return int(found[::-1][np.argmax(seen[::-1])])


def _in_threads(text: bytes, found: Dialect, width: int, quoted: bool) -> pa.Table | None:
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
    found: Dialect,
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


def _width(text: bytes, found: Dialect, file: str) -> int:
    """The commonest width of the first rows, the wider one when in doubt."""
    sample = text[: 1 << 20].decode("utf-8", errors="ignore")
    if len(text) > len(sample) and "\n" in sample:
        sample = sample[: sample.rindex("\n")]
    rows = [len(row) for row in cutting.records(sample, found, most=2000)]
    if max(rows, default=0) > MAX_COLUMNS:
        raise UnreadableFile("too_many_columns", file=file, count=max(rows), most=MAX_COLUMNS)
    return _commonest(np.array(rows))


def _with_odd_rows(
    columns: list[pa.Array], rows: Sequence[int], cells: Sequence[list[str]], file: str
) -> list[pa.Array]:
    """Rows shorter or longer than the table go back to where they stood, padded with nothing."""
    width = max(len(columns), *(len(row) for row in cells))
    if width > MAX_COLUMNS:
        raise UnreadableFile("too_many_columns", file=file, count=width, most=MAX_COLUMNS)
    at = np.array(rows)
    place = np.empty(len(columns[0]) + len(rows), dtype=np.int64)
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


def _cells(text: str, found: Dialect) -> list[str]:
    rows = cutting.records(text, found)
    return rows[0] if rows else [""]


def _whole(columns: list[pa.ChunkedArray]) -> list[pa.Array]:
    """Each column in one piece; each one's pieces are let go, `columns` is emptied, before the next is
    made whole."""
    columns.reverse()
    whole = []
    while columns:
        column = columns.pop()
        whole.append(column.combine_chunks() if column.num_chunks != 1 else column.chunk(0))
    return whole
