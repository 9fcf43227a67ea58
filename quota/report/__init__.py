"""Frames → files for other programs. Text that a spreadsheet would run as a formula is quoted."""

from __future__ import annotations

import pandas as pd

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
