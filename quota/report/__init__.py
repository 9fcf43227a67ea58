"""Frames → files for other programs. Text that a spreadsheet would run as a formula is quoted."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

# What a workbook cannot hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST = 32_767
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def as_csv(frame: pd.DataFrame) -> bytes:
    """`frame` as UTF-8 csv for a spreadsheet; numbers stay numbers, headings are quoted too."""
    safe = frame.rename(columns=_defused)
    for at, kind in enumerate(safe.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            safe.isetitem(at, list(safe.iloc[:, at].map(_defused)))
    # With this line end a cell that holds either half of it is quoted: a bare "\r" would start a row.
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _defused(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def as_xlsx(sheets: Mapping[str, Sequence[Sequence[object]]], hidden: Collection[str] = ()) -> bytes:
    """Sheet → rows of cells as a workbook. A text is never a formula, and stays as it is when edited;
    those of `hidden` are not shown."""
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cell(sheet: Any, value: object) -> object:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, _CONTROL.sub("", value)[:_LONGEST])
    cell.data_type = "s"
    # Otherwise a spreadsheet reads what is typed here as a date of its own country.
    cell.number_format = "@"
    return cell
