"""Several rows of one deal: its lines, whose amounts add up, or its history, of which the last counts.

Lines are rows of one deal that agree in rep, days and stage, in a table that names products or
lines. Where no column does, differing amounts may as well be earlier states: it is said, and the
last row counts.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from quota.ingest import vocabulary
from quota.ingest.fates import Fates
from quota.ingest.tables import Column, Table


def whole_amounts(
    amount: pa.Array, heading: str, ids: Column, states: list[np.ndarray], rows: np.ndarray, fates: Fates
) -> pa.Array:
    """The amounts row by row, where the last row of a deal holds the sum of its lines.

    `states` is what lines of one deal have in common, as whole numbers; `rows` those that were open
    before all but the last of each deal were set aside.
    """
    at = np.flatnonzero(rows & ids.filled)
    codes, number = ids.codes[at], np.asarray(amount.fill_null(np.nan))[at]
    often = np.bincount(codes, minlength=len(ids.values))
    if not (often > 1).any():
        return amount
    known = np.where(np.isnan(number), 0.0, number)
    differing = (often > 1) & _varies(codes, known, len(often))
    for state in states:
        differing &= ~_varies(codes, state[at], len(often))
    if not differing.any():
        return amount
    first = ids.texts[int(np.flatnonzero(differing)[0])]
    if not _has_lines(fates.table, heading):
        fates.note("amounts_differ", heading, first)
        return amount
    fates.note("lines_added", heading, first)
    last = np.zeros(len(often), dtype=np.int64)
    last[codes] = at
    whole = np.array(amount.fill_null(np.nan))
    whole[last[differing]] = np.bincount(codes, weights=known, minlength=len(often))[differing]
    return pa.array(whole, pa.float64(), mask=np.isnan(whole))


def _varies(codes: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    """By code, whether its values differ."""
    least = np.full(size, values.max())
    most = np.full(size, values.min())
    np.minimum.at(least, codes, values)
    np.maximum.at(most, codes, values)
    return np.asarray(least < most)


def _has_lines(table: Table, heading: str) -> bool:
    lines = set(vocabulary.words("deal_lines")["any"])
    headings = (heading, *(column.header for column in table.columns))
    return any(lines & set(vocabulary.fold(text).split()) for text in headings)
