"""A grid → its table as plain cells, for whoever wants the table and no meaning.

The rule: the heading is the first row that is more than a line of text and is written with as
many cells as the rows, and everything under it is a row, its text untouched. Lines of one cell
above the heading and below the last row, and shorter rows there, are no rows of a table of
three or more columns: they are left out and named. Empty rows and empty last columns are left
out. Where the rule could be wrong (a second heading, another table, a row whose cells do not
fit their columns) a doubtful remark says so.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quota.ingest.grids import Grid, Remark, as_text

_STEP = 10_000
_MOST_REMARKS = 1_000
# Columns are judged by this share of their cells, from so many rows on.
_NEARLY_ALL = 0.95
_ENOUGH = 4
# A row of more cells tells no more of the table's width.
_MANY = 4
_NUMERIC = r"^\W{0,3}\d[\d\W]*\w{0,2}\W?$"
_YEAR = re.compile(r"(?:19|20)\d\d")
# So many rows above a heading are looked at.
_LOOKED_BACK = 200
# A line drawn under a heading.
_RULE = re.compile(r":?[-=_]{3,}:?")
_OTHER_DELIMITERS = ",;|\t^~"
# What also stands between the cells of rows that nothing else cuts.
_WIDE_DELIMITERS = (*_OTHER_DELIMITERS, " - ", " / ")
# From so many rows on that are cut alike it is no chance.
_CUT_ALIKE = 3
# A cell of more words than this is a note.
_SENTENCE = 5
_NOTHING, _NUMBER, _TEXT = 0, 1, 2


@dataclass(frozen=True)
class PlainTable:
    """A table's heading and rows by their numbers (from 0) in the grid, and what is said of them."""

    grid: Grid
    heading: int
    rows: np.ndarray
    width: int
    remarks: tuple[Remark, ...]

    def cells(self) -> Iterator[list[str]]:
        """The heading and the rows as text, all of one width."""
        yield self.grid.texts(self.heading, self.heading + 1)[0][: self.width]
        for start in range(0, len(self.rows), _STEP):
            some = self.rows[start : start + _STEP]
            first = int(some[0])
            texts = self.grid.texts(first, int(some[-1]) + 1)
            for at in some:
                yield texts[int(at) - first][: self.width]


def as_csv(tables: Sequence[PlainTable]) -> bytes:
    """Tables as plain UTF-8 comma csv, one behind another with an empty line between them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    careful = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for at, table in enumerate(tables):
        if at:
            text.write("\n")
        for row in table.cells():
            # A bare carriage return would read back as the end of a row.
            (careful if any("\r" in cell for cell in row) else writer).writerow(row)
    return text.getvalue().encode()


def plain_table(grid: Grid) -> PlainTable | None:
    """The table of a grid; None if nothing stands in it."""
    cells = _Cells(grid)
    filled = np.flatnonzero(cells.filled)
    if not len(filled):
        return None
    heading, remarks = _heading(cells, filled)
    rows = filled[filled > heading]
    body = rows[: len(rows) - _footer_lines(cells, rows)]
    remarks += _left_out(cells, filled[filled < heading], "above_heading")
    remarks += _left_out(cells, rows[len(body) :], "below_table")
    remarks += _inside(cells, heading, body)
    remarks += _beside(cells, heading, body) + _uncut(cells, filled)
    used = max(heading, int(body[-1]) if len(body) else 0)
    kept = [remark for remark in grid.remarks if remark.row is None or heading < remark.row <= used + 1]
    width = int(cells.extent[np.append(body, heading)].max())
    return PlainTable(grid, heading, body, width, (*kept, *remarks))


class _Cells:
    """What kind of thing stands in each cell: columns of nothing, number or text."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.kinds = [_kinds(grid.column(at, 0, grid.height)) for at in range(grid.width)]
        # How many cells the file writes in each row, filled or not.
        self.widths = np.full(grid.height, grid.usual or grid.width, np.int32)
        self.widths[list(grid.widths)] = list(grid.widths.values())
        self.filled = np.zeros(grid.height, np.int32)
        self.extent = np.zeros(grid.height, np.int32)
        self.texts = np.zeros(grid.height, np.int32)
        for at, kinds in enumerate(self.kinds):
            something = kinds != _NOTHING
            self.filled += something
            self.texts += kinds == _TEXT
            self.extent[something] = at + 1

    @cached_property
    def full(self) -> int:
        """The commonest width of the rows that hold more than one cell, the wider one when in doubt.

        1 if the rows that have it, from the first one on, are too few to make a table of the text.
        """
        widths = self.widths[self.filled > 0]
        found, seen = np.unique(widths[widths > 1], return_counts=True)
        if not len(found):
            return 1
        full = int(found[::-1][np.argmax((seen * np.minimum(found, _MANY))[::-1])])
        so = widths == full
        since = so[int(np.argmax(so)) :]
        enough = since.sum() > 1 or so.mean() >= 0.5
        return full if enough and since.sum() * full >= len(since) else 1

    @cached_property
    def usual(self) -> int:
        """How many cells the rows of full width usually fill."""
        told = self.filled[(self.filled > 0) & (self.widths == self.full)]
        return int(np.median(told if len(told) else self.filled[self.filled > 0]))

    def line(self, row: int) -> str:
        """The first filled cell of a row."""
        return next(cell for cell in self.grid.texts(row, row + 1)[0] if cell.strip())


def _kinds(cells: pa.Array) -> np.ndarray:
    if not pa.types.is_string(cells.type):
        if pa.types.is_dictionary(cells.type) or pa.types.is_nested(cells.type):
            cells = pa.array([None if cell is None else as_text(cell) for cell in cells.to_pylist()])
        else:
            return np.where(np.asarray(pc.is_valid(cells)), _NUMBER, _NOTHING).astype(np.int8)
    something = np.asarray(pc.fill_null(pc.invert(pc.utf8_is_space(cells)), False))
    something &= np.asarray(pc.fill_null(pc.greater(pc.utf8_length(cells), 0), False))
    number = np.asarray(pc.fill_null(pc.match_substring_regex(cells, _NUMERIC), False))
    return np.where(something, np.where(number, _NUMBER, _TEXT), _NOTHING).astype(np.int8)


def _heading(cells: _Cells, filled: np.ndarray) -> tuple[int, list[Remark]]:
    """The heading's row, and the doubts about it."""
    at = next((int(row) for row in filled[:200] if not _is_line(cells, row)), int(filled[0]))
    below = filled[filled > at]
    if _too_short(cells, at, below):
        at = _first_full_words(cells, below) or at
        below = filled[filled > at]
    if _heading_doubtful(cells, at, filled[filled < at], below):
        return at, [Remark("heading_doubtful", at + 1)]
    if len(below) and _is_second_heading(cells, at, below):
        return at, [Remark("two_headings", int(below[0]) + 1)]
    return at, []


def _too_short(cells: _Cells, at: int, below: np.ndarray) -> bool:
    """Whether the rows below a heading have more cells than it, not just more delimiters."""
    full = below[cells.widths[below] == cells.full]
    return bool(
        cells.widths[at] < cells.full and len(full) and np.median(cells.extent[full]) > cells.widths[at]
    )


def _first_full_words(cells: _Cells, rows: np.ndarray) -> int | None:
    """The first row of full width, if it holds nothing but words: a heading below shorter rows."""
    full = rows[cells.widths[rows] == cells.full][:1]
    words = len(full) and cells.texts[full[0]] == cells.filled[full[0]]
    return int(full[0]) if words and cells.filled[full[0]] * 2 > cells.usual else None


def _heading_doubtful(cells: _Cells, at: int, above: np.ndarray, below: np.ndarray) -> bool:
    """Whether another row may be the heading, or this one is too short for the rows below it."""
    rivals = above[cells.widths[above] >= cells.full]
    if (cells.filled[rivals] > 2).any() or any(cells.extent[row] > 1 for row in rivals if row == at - 1):
        return True
    rows = np.array([not _is_line(cells, int(row)) for row in above[-_LOOKED_BACK:]], bool)
    if (cells.filled[above] > 2).sum() > 1 or rows.sum() > 2:  # a table of its own
        return True
    if cells.full == 1 < cells.filled[at]:
        return True
    if at - 1 in above and _numbers(cells, at):
        return True
    used = cells.extent[np.append(below, at)].max()
    return _too_short(cells, at, below) or bool(cells.filled[at] * 2 < used)


def _numbers(cells: _Cells, row: int) -> bool:
    """Whether a row holds a number that is no year: a row, not a heading."""
    shown = [cell.strip() for cell in cells.grid.texts(row, row + 1)[0]]
    return any(
        kinds[row] == _NUMBER and not _YEAR.fullmatch(cell)
        for kinds, cell in zip(cells.kinds, shown, strict=True)
    )


def _is_line(cells: _Cells, row: int) -> bool:
    """Whether a row is a line of text, or a name with its value, rather than a row of the table."""
    filled, usual = cells.filled[row], cells.usual
    return bool((filled == 1 and usual > 1) or (filled == 2 and usual > 3))


def _is_second_heading(cells: _Cells, at: int, below: np.ndarray) -> bool:
    """Whether the row under the heading has words where all below it have numbers, or repeats it."""
    row = int(below[0])
    if _same(cells.grid, at, row) or _divides(cells, at, row, below[1:]):
        return True
    rows = below[3:] if len(below) >= 3 + _ENOUGH else below[1:]
    told = [kinds[row] for kinds in cells.kinds if _mostly(kinds[rows], _NUMBER)]
    words = sum(kind == _TEXT for kind in told)
    return bool(words * 2 > len(told) or (words and _NUMBER not in told))


def _divides(cells: _Cells, at: int, row: int, others: np.ndarray) -> bool:
    """Whether a row only draws a line, or tells headings of one name apart and names nobody itself."""
    heading, shown = ([cell.strip() for cell in cells.grid.texts(one, one + 1)[0]] for one in (at, row))
    told = [name for name, cell in zip(heading, shown, strict=True) if cell]
    if all(_RULE.fullmatch(cell) for cell in shown if cell):
        return True
    named = cells.kinds[0] != _NOTHING
    return len(set(told)) < len(told) and not named[row] and len(others) > 1 and bool(named[others].all())


def _same(grid: Grid, row: int, other: int) -> bool:
    """Whether two rows say the same in all the cells that the second fills."""
    first, second = grid.texts(row, row + 1)[0], grid.texts(other, other + 1)[0]
    told = [(a.strip(), b.strip()) for a, b in zip(first, second, strict=True) if b.strip()]
    return len(told) > 1 and all(a == b for a, b in told)


def _mostly(kinds: np.ndarray, kind: int) -> bool:
    """Whether nearly all filled cells of a column are of a kind."""
    told = kinds[kinds != _NOTHING]
    return len(told) >= _ENOUGH and bool((told == kind).mean() >= _NEARLY_ALL)


def _footer_lines(cells: _Cells, rows: np.ndarray) -> int:
    """How many of the last rows are lines of text below the table, or short ones behind an empty row."""
    if cells.usual < 3:
        return 0
    lines = (cells.filled[rows] == 1) & (cells.extent[rows] == 1)
    short = _trailing(lines | (cells.widths[rows] < cells.full))
    if 0 < short < len(rows) and rows[-short] - rows[-short - 1] > 1:
        return short
    return _trailing(lines)


def _trailing(so: np.ndarray) -> int:
    """How many of the last values are true."""
    return len(so) - int(np.flatnonzero(~so)[-1]) - 1 if (~so).any() else len(so)


def _left_out(cells: _Cells, rows: np.ndarray, code: str) -> list[Remark]:
    return [
        Remark(
            code,
            int(row) + 1,
            cells.line(int(row))[:80],
            doubtful=_could_be_data(cells, rows, int(row), code),
        )
        for row in rows[:_MOST_REMARKS]
    ]


def _could_be_data(cells: _Cells, rows: np.ndarray, row: int, code: str) -> bool:
    """Whether a line may be a row: cut by another delimiter, or short of its last cells only.

    That is a last row with no empty row before it, written with all its delimiters; or one of
    several cells without a sentence.
    """
    beside = code == "below_table" and bool(cells.filled[rows[0] - 1] > 0)
    if beside and _like_first(cells, row, rows):
        return True
    if cells.widths[row] == 1:
        return _cut_otherwise(cells.line(row), cells.full, beside=beside)
    if cells.filled[row] == 1:
        return beside
    longest = max(cells.grid.texts(row, row + 1)[0], key=len)
    return code == "below_table" and (cells.filled[row] * 3 > cells.usual or longest.count(" ") < _SENTENCE)


def _like_first(cells: _Cells, row: int, footer: np.ndarray) -> bool:
    """Whether a line is a number, as nearly all cells of the first column are."""
    above = cells.kinds[0][: footer[0]]
    return bool(cells.kinds[0][row] == _NUMBER and (above == _NUMBER).sum() * 2 > (above != _NOTHING).sum())


def _cut_otherwise(line: str, width: int, *, beside: bool) -> bool:
    """Whether another delimiter may cut a line into the table's cells; blanks, if it stands beside them."""
    if width > 2 and any(abs(line.count(mark) + 1 - width) <= 1 for mark in _OTHER_DELIMITERS):
        return True
    return beside and width > 3 and len(line.split()) == width


def _inside(cells: _Cells, heading: int, body: np.ndarray) -> list[Remark]:
    """The doubts about rows of the table: other headings among them, cells that do not fit."""
    remarks = [Remark("another_table", int(row) + 1) for row in _other_tables(cells, heading, body)]
    full = cells.widths[body] == cells.full
    # A row that lacks only delimiters behind the last used column has every cell in its place.
    used = int(cells.extent[np.append(body[full], heading)].max())
    odd = body[~full & ((cells.widths[body] < used) | (cells.widths[body] > cells.full))]
    for row in odd.tolist()[:_MOST_REMARKS]:
        if cells.extent[row] > used:
            remarks.append(Remark("row_too_long", row + 1, cells.line(row)[:80]))
        elif _does_not_fit(cells, row, body[full], body):
            remarks.append(Remark("row_does_not_fit", row + 1, cells.line(row)[:80]))
    return remarks


def _beside(cells: _Cells, heading: int, body: np.ndarray) -> list[Remark]:
    """The doubt that behind a column of nothing another table stands, of another height."""
    rows = np.append(heading, body)
    used = np.array([(kinds[rows] != _NOTHING).any() for kinds in cells.kinds])
    for gap in np.flatnonzero(~used[: cells.extent[rows].max()]):
        blocks = [
            np.array([kinds[rows] != _NOTHING for kinds in part])
            for part in (cells.kinds[:gap], cells.kinds[gap + 1 :])
        ]
        wide = all(len(block) > 1 and block[:, 0].sum() > 1 for block in blocks)
        if wide and len({bool(block[:, -1].any()) for block in blocks}) > 1:
            return [Remark("another_table", heading + 1)]
    return []


def _uncut(cells: _Cells, rows: np.ndarray) -> list[Remark]:
    """The doubt that one column holds the cells of several: all its rows have a delimiter equally often."""
    if cells.extent.max() > 1 or len(rows) < _CUT_ALIKE:
        return []
    lines = [cells.line(int(row)) for row in rows[:_LOOKED_BACK]]
    for mark in _WIDE_DELIMITERS:
        cut = {len(_cut(line, mark)) for line in lines}
        if len(cut) == 1 and cut != {1}:
            return [Remark("rows_uncut", None, mark.replace("\t", "⇥"))]
    return []


def _cut(line: str, mark: str) -> list[str]:
    return line.split(mark) if len(mark) > 1 else next(csv.reader(line.splitlines(), delimiter=mark), [])


def _does_not_fit(cells: _Cells, row: int, regular: np.ndarray, body: np.ndarray) -> bool:
    """Whether a row has nothing, a number or text where the table's rows practically never have it.

    Cells that it does not write are compared with all rows: many may leave their last ones out.
    """
    if len(regular) < _ENOUGH:
        return True
    for at, kinds in enumerate(cells.kinds):
        others = kinds[regular] if at < cells.widths[row] else kinds[body[body != row]]
        if (others == kinds[row]).mean() < 1 - _NEARLY_ALL:
            return True
    return False


def _other_tables(cells: _Cells, heading: int, body: np.ndarray) -> list[int]:
    """Rows that begin another table: the heading again, or words in the columns of numbers."""
    if len(body) < 2:
        return []
    numbers = [kinds for kinds in cells.kinds if _mostly(kinds[body], _NUMBER)]
    suspects = np.zeros(len(body), bool)
    if numbers:
        words = np.sum([kinds[body] == _TEXT for kinds in numbers], axis=0)
        suspects |= (words >= 2) & (words * 2 >= len(numbers))
    apart = np.diff(body, prepend=body[0]) > 1
    if max(cells.usual, cells.filled[heading]) > 2:
        suspects |= apart & (cells.filled[body] == 1) & (cells.extent[body] == 1)
    suspects[_last_block(cells, body, apart)] = True
    first = cells.grid.texts(heading, heading + 1)[0][0].strip()
    if first and len(body) <= 200_000:
        named = np.array([text == first for text in _first_column(cells.grid)])[body]
        suspects |= named & np.array(
            [
                _same(cells.grid, heading, int(row)) if is_so else False
                for row, is_so in zip(body, named, strict=True)
            ]
        )
    return [int(row) for row in body[suspects][:_MOST_REMARKS]]


def _last_block(cells: _Cells, body: np.ndarray, apart: np.ndarray) -> list[int]:
    """Where the last rows stand apart, several, without a number, and all lack what the others have."""
    start = int(np.flatnonzero(apart)[-1]) if apart.any() else 0
    if start < _ENOUGH or len(body) - start < 2:
        return []
    rows, others = body[start:], body[:start]
    if any((kinds[rows] == _NUMBER).any() for kinds in cells.kinds):
        return []
    lacks = any(
        not kinds[rows].any() and (kinds[others] != _NOTHING).mean() > _NEARLY_ALL - 0.05
        for kinds in cells.kinds
    )
    return [start] if lacks else []


def _first_column(grid: Grid) -> list[str]:
    cells = grid.column(0, 0, grid.height).to_pylist()
    return ["" if cell is None else as_text(cell).strip() for cell in cells]
