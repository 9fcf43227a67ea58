"""Grids: the sheets of a file as rectangles of cells, before any meaning.

Row numbers are those a spreadsheet shows: record n of the file is row n, blank ones
included. A cell is text, a number, a date, or nothing.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa


@dataclass(frozen=True)
class Remark:
    """What is to be said of how a file was cut into cells: a code, the row (from 1), a value.

    `doubtful`: the cells may be others than those the file means.
    """

    code: str
    row: int | None = None
    value: str = ""
    doubtful: bool = True


@dataclass(frozen=True)
class Grid(ABC):
    """A sheet's cells by position; rows and columns count from 0.

    `widths`: rows (from 0) that have another number of cells than the others, and how many;
    those have `usual`, 0 where the file has no such number. `member`: the file of an archive that
    it stands in.
    """

    columns: Sequence[Sequence[Any] | pa.Array]
    sheet: str | None = None
    remarks: tuple[Remark, ...] = ()
    widths: Mapping[int, int] = field(default_factory=dict)
    usual: int = 0
    member: str | None = None

    @property
    def height(self) -> int:
        """How many rows down to the last filled one."""
        return len(self.columns[0]) if self.columns else 0

    @property
    def width(self) -> int:
        """How many columns."""
        return len(self.columns)

    @abstractmethod
    def texts(self, start: int, stop: int) -> list[list[str]]:
        """Rows `start` to `stop` as text, empty cells as ""."""

    @abstractmethod
    def column(self, at: int, start: int, stop: int) -> pa.Array:
        """One column's cells: strings, or numbers, dates, booleans where all are such; null = empty."""


def as_text(cell: Any) -> str:
    """A workbook's cell as people read it: 3.0 → 3, midnight dates without the time."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    if isinstance(cell, dt.timedelta):
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return str(cell)
