"""Workbooks → grids: the visible sheets of xlsx, xlsm, xlsb, xls and ods files."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import pyarrow as pa
import python_calamine as calamine

from quota.errors import UnreadableFile
from quota.ingest import blemishes, preflight
from quota.ingest.grids import Grid, as_text
from quota.ingest.limits import MAX_COLUMNS


@dataclass(frozen=True)
class SheetGrid(Grid):
    """A worksheet: columns of Python values as the workbook stores them."""

    columns: list[tuple[Any, ...]]

    @classmethod
    def from_rows(cls, sheet: str | None, rows: Sequence[Sequence[Any]]) -> SheetGrid:
        """A grid of rows of any length; what they lack is empty."""
        return cls(list(zip_longest(*rows, fillvalue="")) if len(rows) else [], sheet)

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
    if dt.date in set(map(type, cells)):  # a date among moments would cut their clocks off
        cells = [dt.datetime.combine(cell, dt.time()) if type(cell) is dt.date else cell for cell in cells]
    array = pa.array(cells)
    if pa.types.is_time(array.type) or pa.types.is_duration(array.type):
        return pa.array([None if cell is None else as_text(cell) for cell in cells], pa.string())
    if pa.types.is_null(array.type):
        return array.cast(pa.string())
    return array


def read(data: bytes, file: str) -> tuple[list[Grid], list[tuple[str, str]]]:
    """The visible sheets, and the hidden ones as ("hidden_sheet", name)."""
    with _damaged(file):
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet]
    visible = [sheet.name for sheet in sheets if sheet.visible == calamine.SheetVisibleEnum.Visible]
    if not visible:
        raise UnreadableFile("no_visible_sheet", file=file)
    hidden = [("hidden_sheet", sheet.name) for sheet in sheets if sheet.name not in visible]
    with _damaged(file):
        sheets_read = _all_rows(book, visible, file)
        # Only now: the reader has refused by itself what is not as large as it says.
        blemished = blemishes.find(data) if data.startswith(b"PK") else {}
    for name, rows in zip(visible, sheets_read, strict=True):
        _blemish(rows, blemished.get(name, {}))
    grids: list[Grid] = [
        SheetGrid(list(zip(*rows, strict=True)), name)
        for name, rows in zip(visible, sheets_read, strict=True)
    ]
    return grids, hidden


def _all_rows(book: calamine.CalamineWorkbook, names: list[str], file: str) -> list[list[list[Any]]]:
    """The rows of each sheet, unless together they hold too many cells."""
    found, cells = [], 0
    for name in names:
        sheet = book.get_sheet_by_name(name)
        if sheet.width > MAX_COLUMNS:
            raise UnreadableFile("too_many_columns", file=file, count=sheet.width, most=MAX_COLUMNS)
        cells += sheet.width * sheet.height
        preflight.refuse_cells(cells, file)
        rows = sheet.to_python(skip_empty_area=False)
        _fill_merged(rows, sheet.merged_cell_ranges or [])
        found.append(rows)
    return found


def _fill_merged(rows: list[list[Any]], merged: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Let a name or day that stands in one cell merged over several rows stand in each of them; a number
    there would count more than once, an id would make one of them."""
    for (first, left), (last, right) in merged:
        if left == right and first < len(rows) and left < len(rows[first]) and _names(rows[first][left]):
            for at in range(first + 1, min(last + 1, len(rows))):
                if rows[at][left] != "":
                    break  # what overlaps another merged cell is not gone through again
                rows[at][left] = rows[first][left]


def _names(cell: Any) -> bool:
    """Whether a cell holds a day, or a text that is no mark and holds no number."""
    is_text = isinstance(cell, str) and len(cell.strip()) > 1
    return isinstance(cell, dt.date) or (is_text and not any(sign.isdigit() for sign in cell))


@contextmanager
def _damaged(file: str) -> Iterator[None]:
    """Turn whatever reading a damaged workbook raises into one refusal."""
    try:
        yield
    except calamine.PasswordError:
        raise UnreadableFile("password_protected", file=file) from None
    except (calamine.CalamineError, *preflight.DAMAGED):
        raise UnreadableFile("broken_workbook", file=file) from None
    except BaseException as fault:
        if type(fault).__name__ != "PanicException":  # of Rust; it has no other name, and is no Exception
            raise
        raise UnreadableFile("broken_workbook", file=file) from None


def _blemish(rows: list[list[Any]], cells: blemishes.Cells) -> None:
    """Put back what the reader left empty."""
    for (row, column), text in cells.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = text
