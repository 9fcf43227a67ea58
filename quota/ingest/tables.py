"""A grid → the table in it: its heading row and the columns under it.

The heading row is the one that looks least like what stands under it: full, distinct,
words over numbers and dates, known headings. What stands above is a preamble.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quota.ingest import vocabulary
from quota.ingest.grids import Grid, as_text
from quota.ingest.labels import period_label

# The index of a column that is not in the table but was found around it.
AROUND = -1
_SEARCHED = 60
_BELOW = 25
_SAMPLE = 400
_LONG = 20_000  # rows from which on texts that repeat are worth a dictionary
_JSON = json.JSONEncoder(ensure_ascii=False)
_BLOCK = 65_536
_BLANKS_SEARCHED = 200
_NUMBER = re.compile(r"[^\w(]*[-(]?\d[\d\s.,:/+()%-]*\D{0,4}")


@dataclass(frozen=True)
class Column:
    """One column under its heading: the cells as read, and as distinct trimmed texts."""

    header: str
    index: int
    cells: pa.Array

    @property
    def is_text(self) -> bool:
        """Whether all its cells are texts, kept as such or as a dictionary."""
        return bool(pa.types.is_string(self.cells.type) or pa.types.is_dictionary(self.cells.type))

    @cached_property
    def _encoded(self) -> tuple[pa.Array, np.ndarray]:
        encoded = (self.cells if self.is_text else _as_strings(self.cells)).dictionary_encode()
        codes = positions(encoded)
        trimmed = pc.utf8_trim_whitespace(encoded.dictionary)
        if trimmed.equals(encoded.dictionary):
            return encoded.dictionary, codes
        again = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed).dictionary_encode()
        return again.dictionary, np.append(positions(again), np.int32(-1))[codes]

    @property
    def values(self) -> pa.Array:
        """The distinct texts, trimmed; empty cells are not among them."""
        return self._encoded[0]

    @property
    def codes(self) -> np.ndarray:
        """Row by row the position of its text in `values`, -1 where the cell is empty."""
        return self._encoded[1]

    @cached_property
    def filled(self) -> np.ndarray:
        """Row by row, whether anything stands in the cell."""
        return self.codes >= 0

    @cached_property
    def texts(self) -> list[str]:
        """`values` as a list."""
        return list(self.values.to_pylist())

    def take(self, rows: np.ndarray) -> pa.Array:
        """The texts of some rows, null where the cell is empty."""
        codes = self.codes[rows]
        return self.values.take(pa.array(codes, mask=codes < 0))

    def where(self, holds: Callable[[str], bool]) -> np.ndarray:
        """Row by row, whether the cell's text has a property; empty cells have none."""
        answers = np.fromiter((holds(text) for text in self.texts), bool, len(self.texts))
        return np.asarray(np.append(answers, False)[self.codes])

    def compacted(self) -> Column:
        """The same column; texts that repeat become a dictionary, which is far smaller."""
        head = self.cells.slice(0, _LONG)
        repeats = pa.types.is_string(head.type) and 2 * len(head.unique()) < len(head)
        return replace(self, cells=self.cells.dictionary_encode()) if repeats else self

    @cached_property
    def sample(self) -> tuple[str, ...]:
        """Distinct filled cells from all over the column, as text; enough to judge it by."""
        step = max(1, len(self.cells) // _SAMPLE)
        head = self.cells.slice(0, _SAMPLE // 4)
        spread = self.cells.take(pa.array(np.arange(0, len(self.cells), step)))
        cells = dict.fromkeys(head.to_pylist() + spread.to_pylist())
        return tuple(text for cell in cells if cell is not None and (text := as_text(cell).strip()))


def positions(encoded: pa.DictionaryArray) -> np.ndarray:
    """Row by row the place of its text in the dictionary, -1 where there is none."""
    places = encoded.indices.fill_null(-1) if encoded.null_count else encoded.indices
    return np.asarray(places.to_numpy(zero_copy_only=False))


def _as_strings(cells: pa.Array) -> pa.Array:
    encoded = cells.dictionary_encode()
    texts = pa.array([as_text(value) for value in encoded.dictionary.to_pylist()], pa.string())
    return pa.DictionaryArray.from_arrays(encoded.indices, texts).cast(pa.string())


def _says_something(cells: pa.Array) -> np.ndarray:
    if pa.types.is_dictionary(cells.type):
        said = np.append(_says_something(cells.dictionary), False)
        return np.asarray(said[positions(cells)])
    filled = pc.is_valid(cells)
    if pa.types.is_string(cells.type):
        filled = pc.and_(filled, pc.invert(pc.fill_null(pc.utf8_is_space(cells), False)))
    return np.asarray(filled)


@dataclass(frozen=True)
class Table:
    """The columns under a heading row. `first_row` is the 1-based row of the first body row."""

    sheet: str | None
    header_row: int
    columns: tuple[Column, ...]
    height: int
    preamble: tuple[str, ...]

    @property
    def first_row(self) -> int:
        """The row number, as a spreadsheet shows it, of the first row under the heading."""
        return self.header_row + 1

    @cached_property
    def filled_cells(self) -> np.ndarray:
        """Row by row, how many cells hold something."""
        counts = np.zeros(self.height, dtype=np.int32)
        for column in self.columns:
            counts += _says_something(column.cells)
        return counts

    def saying(self, text: str) -> Column:
        """A column that blames one text for every row."""
        return Column("", AROUND, pa.array([text] * self.height, pa.string()))

    def alone(self, rows: np.ndarray) -> list[str | None]:
        """Row by row the first text of those of `rows`, which hold one cell; None in the others."""
        said: list[str | None] = [None] * self.height
        places = np.flatnonzero(rows)
        for column in self.columns if len(places) else ():
            for at in places[column.filled[places]]:
                said[at] = said[at] or column.texts[column.codes[at]]
        return said

    def compacted(self) -> Table:
        """The same table with compacted columns, worked on side by side, if it is long."""
        if self.height < _LONG:
            return self
        with ThreadPoolExecutor(2) as pool:
            return replace(self, columns=tuple(pool.map(Column.compacted, self.columns)))

    def adding(self, header: str, said: str | pa.Array) -> Table:
        """The same table with one more column: its cells, or a text that holds for every filled row."""
        cells = said
        if isinstance(said, str):
            cells = pa.array([said if filled else None for filled in self.filled_cells], pa.string())
        return replace(self, columns=(*self.columns, Column(header, AROUND, cells)))

    def contents_as_json(self, rows: np.ndarray) -> pa.ChunkedArray:
        """Body rows as JSON {heading: cell}, one text each, numbers as numbers; written column by
        column and block by block, because rows left out may be as many as rows taken."""
        blocks = [self._as_json(block).cast(pa.large_string()) for block in blockwise(rows)]
        return pa.chunked_array(blocks, pa.large_string())

    def _as_json(self, rows: np.ndarray) -> pa.Array:
        # What differs from row to row, or is a day that only the sheet's name says, is lost if it does not
        # go along; the one rep is told apart.
        own = [
            one for one in self.columns if one.index != AROUND or len(one.values) > 1 or one.header != "Rep"
        ]
        parts: list[pa.Array | pa.Scalar] = []
        for at, column in enumerate(own):
            cells = _encoded_anew(column.cells.take(pa.array(rows, pa.int64())))
            written = pa.array([_as_json(cell) for cell in cells.dictionary.to_pylist()], pa.string())
            opening = "{" if at == 0 else ", "
            parts += [pa.scalar(f"{opening}{_JSON.encode(column.header)}: ")]
            parts += [pc.fill_null(written.take(cells.indices), '""')]
        return pc.binary_join_element_wise(*parts, pa.scalar("}"), "")

    def contents(self, rows: np.ndarray) -> list[dict[str, str]]:
        """Body rows, counted from 0, as heading → text."""
        at = pa.array(rows, pa.int64())
        own = [column for column in self.columns if column.index != AROUND]
        cut = [column.cells.take(at).to_pylist() for column in own]
        headers = [column.header for column in own]
        lines = zip(*cut, strict=True)
        return [
            dict(zip(headers, ["" if cell is None else as_text(cell) for cell in line], strict=True))
            for line in lines
        ]


def blockwise(rows: np.ndarray) -> Iterator[np.ndarray]:
    """An array in pieces that are worked on one after another."""
    return (rows[at : at + _BLOCK] for at in range(0, len(rows), _BLOCK))


def _encoded_anew(cells: pa.Array) -> pa.DictionaryArray:
    """Cells as a dictionary of what stands in them, whatever else stands in the column."""
    plain = cells.dictionary_decode() if pa.types.is_dictionary(cells.type) else cells
    return plain.dictionary_encode()


def _as_json(cell: Any) -> str:
    number = isinstance(cell, int | float) and not isinstance(cell, bool) and math.isfinite(cell)
    text = "" if cell is None else as_text(cell)
    return text if number else _JSON.encode(text)


def find_tables(grid: Grid) -> list[Table]:
    """The tables of a grid: usually one, or several one under another or side by side.

    A further table begins behind an empty row with a heading row of known words, under a title of its
    own, or behind an empty column with a column of reps of its own.
    """
    found = []
    top = 0
    while top < grid.height:
        table = _table(grid, top, grid.height)
        if table is None:
            break
        at = further = _next_heading(grid, table)
        while further is not None:
            # Of a shorter piece another row may be the heading, and a table between the two.
            at, table = further, _table(grid, top, further) or table
            further = _next_heading(grid, table)
            further = further if further is not None and further < at else None
        found += [replace(part, columns=tuple(_names_joined(part.columns))) for part in _side_by_side(table)]
        if at is None:
            break
        top = at
    return found


def _table(grid: Grid, top: int, bottom: int) -> Table | None:
    """The table between two rows of a grid (counted from 0, `bottom` excluded)."""
    head = grid.texts(top, min(bottom, top + _SEARCHED + _BELOW))
    place = _header_position(head)
    if place is None:
        return None
    place += _goes_on_below(head, place)
    headers = _headers(head, place)
    at = top + place
    columns = []
    for index in range(grid.width):
        cells = grid.column(index, at + 1, bottom)
        if headers[index] or cells.null_count < len(cells):
            columns.append(Column(headers[index] or f"#{index + 1}", index, cells))
    preamble = tuple(cell for row in head[:place] for cell in row if cell.strip())
    return Table(grid.sheet, at + 1, tuple(columns), bottom - at - 1, preamble)


def _names_joined(columns: Sequence[Column]) -> list[Column]:
    """`Owner First Name` and `Owner Last Name` as one column `Owner`; of a contact they stay two."""
    first, last = (_ending(columns, field) for field in ("first_name", "last_name"))
    reps = vocabulary.words("fields")["rep"]
    telling = set(reps) - set(vocabulary.words("vague")["alone"])
    has_rep = any(telling & set(vocabulary.fold(column.header).split()) for column in columns)
    for prefix in first.keys() & last.keys():
        if (prefix and prefix not in reps) or (not prefix and has_rep):
            continue
        one, other = first[prefix], last[prefix]
        cells = pc.binary_join_element_wise(one.cells.cast(pa.string()), other.cells.cast(pa.string()), " ")
        joined = Column(prefix.title() or "Name", one.index, cells)
        return [joined if column is one else column for column in columns if column is not other]
    return list(columns)


def _ending(columns: Sequence[Column], field: str) -> dict[str, Column]:
    """Columns whose headings end in a known name of `field`, by what stands before it."""
    found = {}
    for column in columns:
        folded = vocabulary.fold(column.header)
        for spelling in vocabulary.words("name_parts")[field]:
            if folded == spelling or folded.endswith(" " + spelling):
                found[folded.removesuffix(spelling).strip()] = column
    return found


def _headers(head: Sequence[Sequence[str]], at: int) -> list[str]:
    """The headings; where they repeat, the row above them says of what (`Calls` over `Target | Actual`),
    and is the heading itself where nothing stands under it."""
    headers = [re.sub(r"\s+", " ", cell).strip() for cell in head[at]]
    filled = [header for header in headers if header]
    above = [cell.strip() for cell in head[at - 1]] if at else []
    repeated = len(set(filled)) < len(filled) and sum(map(bool, above)) > 1
    if not (repeated or (at and _goes_on_below(head, at - 1))):
        return headers
    group, joined = "", []
    for over, header in zip(above, headers, strict=True):
        group = over or group
        apart = header and header != group  # a cell merged over both rows stands in each of them
        joined.append(f"{group} {header}".strip() if apart else header or over)
    return joined


def _goes_on_below(head: Sequence[Sequence[str]], at: int) -> bool:
    """Whether the next row names the parts of some headings: words in columns without a heading and in the
    one before these, over nothing but numbers; nothing under other headings."""
    if at + 2 >= len(head):
        return False
    over, parts, *lines = ([cell.strip() for cell in line] for line in head[at : at + 2 + _BELOW])
    named = {index for index, cell in enumerate(parts) if cell}
    bare = {index for index in named if not over[index]}
    begun = {index for index, cell in enumerate(over) if cell}
    cells = [line[index] for line in lines for index in named if line[index]]
    return (
        bool(bare)
        and min(begun, default=0) < min(named)
        and all(index - 1 in named for index in bare)
        and all(index in bare or index + 1 in bare for index in named)
        and not any(_NUMBER.fullmatch(parts[index]) for index in named)
        and bool(cells)
        and all(_NUMBER.fullmatch(cell) for cell in cells)
    )


def _next_heading(grid: Grid, table: Table) -> int | None:
    """The row (from 0) of a grid where another table begins: behind an empty row of this one, or
    with a title over the same headings."""
    titled = _titled_again(grid, table)
    other = _other_heading(grid, table)
    return min((row for row in (titled, other) if row is not None), default=None)


def _titled_again(grid: Grid, table: Table) -> int | None:
    """The row of a title right above a row of this table's own headings."""
    own = ["" if column.header.startswith("#") else column.header for column in table.columns]
    for place in np.flatnonzero(table.filled_cells[:-1] == 1)[:_BLANKS_SEARCHED]:
        start = table.header_row + int(place)
        title, row = grid.texts(start, start + 2)
        if any(map(vocabulary.starts_footer, title)) or any(map(vocabulary.starts_total, title)):
            continue
        if [re.sub(r"\s+", " ", row[column.index]).strip() for column in table.columns] == own:
            return start
    return None


def _other_heading(grid: Grid, table: Table) -> int | None:
    """The row of other headings behind an empty row."""
    blank = np.flatnonzero(table.filled_cells == 0)
    filled = table.filled_cells > 0
    for place in blank[:_BLANKS_SEARCHED]:
        if place + 1 >= table.height or not filled[place + 1]:
            continue
        start = table.header_row + int(place) + 1
        lines = grid.texts(start, min(grid.height, start + 4))
        for row in lines[:2]:
            if _is_heading_row(row):
                same = [cell.strip() for cell in row if cell.strip()] == [
                    column.header for column in table.columns if not column.header.startswith("#")
                ]
                return None if same else start
    return None


def _side_by_side(table: Table) -> list[Table]:
    """A table cut at its empty columns, if every part has a column of reps."""
    parts: list[list[Column]] = [[]]
    for column in table.columns:
        if parts[-1] and column.index > parts[-1][-1].index + 1:
            parts.append([])
        parts[-1].append(column)
    reps = vocabulary.words("fields")["rep"]
    if len(parts) > 1 and all(any(vocabulary.fold(c.header) in reps for c in part) for part in parts):
        return [replace(table, columns=tuple(part)) for part in parts]
    return [table]


def _header_position(head: Sequence[Sequence[str]]) -> int | None:
    filled = [at for at, row in enumerate(head[:_SEARCHED]) if any(cell.strip() for cell in row)]
    if not filled:
        return None
    scores = {at: _header_score(head, at) - 0.01 * order for order, at in enumerate(filled)}
    best = max(scores, key=lambda at: scores[at])
    own = [cell.strip() for cell in head[best]]
    # The same headings further up have rows of their own.
    best = next(at for at in filled if [cell.strip() for cell in head[at]] == own)
    return next((at for at in filled if at < best and _heads_block(head[at:best])), best)


def _heads_block(lines: Sequence[Sequence[str]]) -> bool:
    """Whether the first line is a heading with rows of its own, which an empty line ends: a table
    above a table is no preamble."""
    full = [sum(1 for cell in line if cell.strip()) for line in lines]
    end = full.index(0) if 0 in full else 0
    own = [
        n for n, line in zip(full[:end], lines, strict=False) if not any(map(vocabulary.starts_total, line))
    ]
    return (
        len(own) > 2
        and min(own) > 2
        and _is_heading_row(lines[0])
        and not any(_is_heading_row(line) for line in lines[1:end])
    )


def _is_heading_row(row: Sequence[str]) -> bool:
    """Whether most words of a row are known headings, and none of its cells a number."""
    words = [cell for cell in row if cell.strip()]
    known = sum(_is_heading(cell.strip()) for cell in words)
    return known > 1 and known * 2 > len(words) and not any(_NUMBER.fullmatch(cell) for cell in words)


def _header_score(head: Sequence[Sequence[str]], at: int) -> float:
    row = [cell.strip() for cell in head[at]]
    below = [line for line in head[at + 1 : at + 1 + _BELOW] if any(cell.strip() for cell in line)]
    used = {index for line in below for index, cell in enumerate(line) if cell.strip()}
    filled = [index for index, cell in enumerate(row) if cell]
    last_of_several = not below and any(cell.strip() for line in head[:at] for cell in line)
    if not filled or last_of_several:
        return 0.0
    width = max(len(used | set(filled)), 1)
    words = [index for index in filled if not _NUMBER.fullmatch(row[index])]
    known = [index for index in filled if _is_heading(row[index])]
    contrast = [
        index
        for index in words
        if (cells := [line[index] for line in below if line[index].strip()])
        and sum(bool(_NUMBER.fullmatch(cell.strip())) for cell in cells) > 0.6 * len(cells)
    ]
    distinct = len({row[index].casefold() for index in filled}) / len(filled)
    return (
        len(filled) / width
        + len(set(words) | set(known)) / width
        + 0.5 * distinct * len(filled) / width
        + 1.5 * len(known) / width
        + len(contrast) / width
    )


def _is_heading(text: str) -> bool:
    return (
        vocabulary.meaning("fields", text) is not None
        or vocabulary.meaning("kinds", text) is not None
        or period_label(text) is not None
    )
