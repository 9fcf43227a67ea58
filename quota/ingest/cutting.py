"""Text → rows of cells, for a text that is not written by the book.

By the book a quote opens at the start of a cell and closes before a delimiter or the end of
the line. Where a row read so does not have the table's width, the reading of its own line is
taken that needs the fewest quotes to be letters and gives the width; if there is none, or
there are several, the row is remarked on.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

_MOST_READINGS = 4_000
_MOST_STRAYS = 3
_MOST_LINES = 50
_LINE_END = re.compile(r"\r\n?|\n")
# A line break and as many delimiters as a row has, in one cell, is no accident from here on.
_TELLING_WIDTH = 4


@dataclass(frozen=True)
class Dialect:
    """How a text is cut into cells. No escape: a quote in a quoted cell is written twice.

    `padded`: blanks may stand around quoted cells.
    """

    delimiter: str
    quote: str = '"'
    escape: str = ""
    padded: bool = False

    @property
    def plain(self) -> bool:
        """Whether any csv reader can be told of it."""
        return len(self.delimiter.encode()) == 1 and not self.escape and not self.padded


@dataclass
class Cut:
    """Rows of cells; by row, from 0, what is said about it: `repaired` for certain, or `doubtful`."""

    rows: list[list[str]] = field(default_factory=list)
    repaired: list[int] = field(default_factory=list)
    doubtful: list[int] = field(default_factory=list)
    unclosed: int | None = None


@dataclass(frozen=True)
class _Patterns:
    quoted: re.Pattern[str]
    lenient: re.Pattern[str]
    bare: re.Pattern[str]
    glued: re.Pattern[str]
    wrapped: re.Pattern[str]


def records(text: str, dialect: Dialect, most: int | None = None) -> list[list[str]]:
    """The records of a text by the book, cut leniently (a stray quote stays a letter)."""
    if dialect.plain:
        lines = csv.reader(
            io.StringIO(text, newline=""), delimiter=dialect.delimiter, quotechar=dialect.quote
        )
        return list(islice(lines, most))
    return list(islice((row for row, _, _ in _by_the_book(text, dialect)), most))


def cut(text: str, dialect: Dialect) -> Cut:
    """All rows of a text, with remarks on those that are not by the book."""
    found = Cut()
    width = _width(text, dialect)
    at, line_number = 0, 1
    while at < len(text):
        line, after = _line(text, at)
        if dialect.quote not in line and not dialect.escape:
            row, end = line.split(dialect.delimiter), after
        else:
            row, end, clean = _record(text, at, dialect)
            if not clean or (end > after and _swallows(row, dialect, width)):
                row, end = _mended(text, at, (row, end, clean), dialect, width, found, line_number)
                if found.unclosed is not None:
                    return found
        found.rows.append(row)
        line_number += text.count("\n", at, end)
        at = end
    return found


def _width(text: str, dialect: Dialect) -> int:
    """The commonest width of the first records, the wider one when in doubt."""
    rows = records(text[: 1 << 18], dialect, most=500)
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return max(widths, key=lambda width: (widths[width], width), default=1)


def _mended(
    text: str,
    at: int,
    read: tuple[list[str], int, bool],
    dialect: Dialect,
    width: int,
    found: Cut,
    line_number: int,
) -> tuple[list[str], int]:
    """The best reading of a record that is not by the book; what was done is noted in `found`."""
    row, end, clean = read
    line, after = _line(text, at)
    if end > len(text):
        found.unclosed = line_number
        return row, end
    number = len(found.rows)
    if clean and width < _TELLING_WIDTH:
        found.doubtful.append(number)
        return row, end
    readings = _readings(line, dialect, width)
    further = islice(text[after:end].splitlines(), _MOST_LINES)
    if not all(_readings(other, dialect, width) for other in further):
        readings = []
    # By the book a clean record is one row: only whole rows in a cell are reason enough to leave it.
    whole = bool(readings) and all(readings[0]) and text.count("\n", at, end - 1) > 1
    if len(readings) == 1 and (whole or not clean):
        # Where quotes are written twice, one behind a backslash may be meant either way.
        (found.doubtful if "\\" + dialect.quote in line else found.repaired).append(number)
        return readings[0], after
    if readings or not clean:
        found.doubtful.append(number)
    return (readings[0], after) if readings and not clean else (row, end)


def _swallows(row: list[str], dialect: Dialect, width: int) -> bool:
    """Whether a cell holds line breaks, and as many delimiters as that many rows have."""
    fewest = 1 if width >= _TELLING_WIDTH else 2
    for cell in row:
        breaks = cell.count("\n")
        # A comma and a blank are prose.
        marks = cell.count(dialect.delimiter) - cell.count(dialect.delimiter + " ")
        if breaks >= fewest and width > 1 and marks >= (width - 1) * breaks:
            return True
    return False


def _readings(line: str, dialect: Dialect, width: int) -> list[list[str]]:
    """The readings of one line that have the width and take the fewest quotes for letters."""
    patterns = _patterns(dialect)
    best: dict[tuple[str, ...], None] = {}
    fewest = _MOST_STRAYS
    pending: list[tuple[int, int, tuple[str, ...]]] = [(0, 0, ())]
    for _ in range(_MOST_READINGS):
        if not pending:
            break
        at, strays, cells = pending.pop()
        for cell, after, more in _cells_at(line, at, dialect, patterns):
            row, cost = (*cells, cell), strays + more
            if cost > fewest or len(row) > width:
                continue
            if line.startswith(dialect.delimiter, after):
                pending.append((after + len(dialect.delimiter), cost, row))
            elif after < len(line):
                pending.append((after, cost, row))
            elif len(row) == width:
                best = {row: None} if cost < fewest else {**best, row: None}
                fewest = cost
    return [list(row) for row in best]


def _cells_at(line: str, at: int, dialect: Dialect, patterns: _Patterns) -> Iterator[tuple[str, int, int]]:
    """The ways to read the cell that starts here: (cell, where it ends, slips of the file).

    A slip is a quote that is a letter, or a delimiter that lacks beside a quoted cell.
    """
    quoted = patterns.quoted.match(line, at)
    whole = quoted or patterns.lenient.match(line, at)
    if whole:
        yield _unescaped(whole[1], dialect), whole.end(), int(not quoted)
    bare = patterns.bare.match(line, at)
    assert bare is not None  # it matches nothing, too
    glued = patterns.glued.match(line, at)
    starts = bare[0].lstrip().startswith(dialect.quote)
    if not whole or whole.end() != bare.end():
        yield bare[0], bare.end(), int(starts or glued is not None)
    if glued:
        yield glued[0], glued.end(), 1
    elif not quoted and (wrapped := patterns.wrapped.match(line, at)):
        yield _unescaped(wrapped[1], dialect), wrapped.end(), 1


def _by_the_book(text: str, dialect: Dialect) -> Iterator[tuple[list[str], int, bool]]:
    at = 0
    while at < len(text):
        row, at, clean = _record(text, at, dialect)
        yield row, at, clean


def _record(text: str, at: int, dialect: Dialect) -> tuple[list[str], int, bool]:
    """The record that starts here, where the next one starts, and whether it is by the book.

    A quote that never closes ends behind the text's end.
    """
    patterns = _patterns(dialect)
    cells, clean = [], True
    while True:
        found = patterns.quoted.match(text, at)
        if found:
            cells.append(_unescaped(found[1], dialect))
        else:
            found = patterns.bare.match(text, at)
            assert found is not None  # it matches nothing, too
            if found[0].lstrip(" " if dialect.padded else "").startswith(dialect.quote):
                clean = False
                if closing := patterns.lenient.match(text, at):
                    found = closing
                    cells.append(_unescaped(found[1], dialect))
                elif _line(text, at)[0].count(dialect.quote) % 2:
                    return [*cells, found[0]], len(text) + 1, False
                else:
                    cells.append(found[0])
            else:
                cells.append(found[0])
                clean = clean and not patterns.glued.match(text, at)
        at = found.end()
        if not text.startswith(dialect.delimiter, at):
            break
        at += len(dialect.delimiter)
    return cells, _line(text, at)[1], clean


def _line(text: str, at: int) -> tuple[str, int]:
    """The line that starts here, and where the next one does."""
    found = _LINE_END.search(text, at)
    return (text[at : found.start()], found.end()) if found else (text[at:], len(text))


def _unescaped(cell: str, dialect: Dialect) -> str:
    quote = dialect.quote
    if dialect.escape:
        return re.sub(rf"\\({quote}|\\)", r"\1", cell).replace(quote * 2, quote)
    return cell.replace(quote * 2, quote)


@lru_cache(maxsize=64)
def _patterns(dialect: Dialect) -> _Patterns:
    q, d = re.escape(dialect.quote), re.escape(dialect.delimiter)
    blanks = " *" if dialect.padded else ""
    edge = rf"{blanks}(?={d}|[\r\n]|\Z)"
    inside = rf"[^{q}]*(?:{q}{q}[^{q}]*)*"
    if dialect.escape:
        inside = rf"[^{q}\\]*(?:(?:\\.|{q}{q})[^{q}\\]*)*"
    one = rf"(?:[^{q}\r\n]|{q}{q})*?"
    # Up to the first delimiter: tried at each of them a long line takes minutes.
    first = rf"(?:(?!{d})[^{q}\r\n]|{q}{q})*"
    letters = rf"[^{d}\r\n]*" if len(dialect.delimiter) == 1 else rf"(?:(?!{d})[^\r\n])*"
    return _Patterns(
        re.compile(rf"{blanks}{q}({inside}){q}{edge}", re.DOTALL),
        re.compile(rf"{blanks}{q}([^{q}]*(?:{q}(?!{edge})[^{q}]*)*){q}{edge}", re.DOTALL),
        re.compile(letters),
        # A quoted cell behind another one, and a cell behind a quoted one, with no delimiter between.
        re.compile(rf"[^{d[-1]}\r\n{q}]+(?={q}{first}{d}{one}{q}{edge})"),
        re.compile(rf"{q}({first}{d}{one})(?<!{d}){q}(?=[^{q}])"),
    )
