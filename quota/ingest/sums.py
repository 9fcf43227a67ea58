"""Rows that only add up the rows beside them, where no word says total.

A table that falls apart, from its first row to its last, into sums and the rows they are the sums
of, in every column, does so on purpose: a team over its reps, or under them.
"""

from __future__ import annotations

import numpy as np

# So many sums that come out are no accident; in a longer table totals are called totals.
_TELLING = 3
MOST_ROWS = 2000


def adding_up(values: np.ndarray) -> np.ndarray:
    """Which rows of a matrix of counts (rows × columns) are sums: a mask, all False where it does not
    fall apart into sums and their parts."""
    rows = len(values)
    if 2 < rows <= MOST_ROWS:
        found = _sums(values) or _sums_under_all(values)
        if np.count_nonzero(values[found]) >= _TELLING:
            return np.isin(np.arange(rows), found)
    return np.zeros(rows, dtype=bool)


def _sums(values: np.ndarray) -> list[int]:
    """The rows that each add up those behind them, or each those before them."""
    last = len(values) - 1
    return _sums_above(values) or [last - at for at in _sums_above(values[::-1])]


def _sums_under_all(values: np.ndarray) -> list[int]:
    """The same of a table whose last, or first, row adds up the sums of all others."""
    for whole, rest in ((len(values) - 1, slice(None, -1)), (0, slice(1, None))):
        found = _sums(values[rest])
        if found and np.array_equal(values[rest][found].sum(axis=0), values[whole]):
            return [whole, *(at + (whole == 0) for at in found)]
    return []


def closing_sums(values: np.ndarray, closing: np.ndarray, *, sure: bool) -> bool:
    """Whether each of the `closing` rows of a matrix of counts adds up the rows since the one before;
    unless that is `sure` to mean something, enough of them to be no accident."""
    ends = np.flatnonzero(closing)
    starts = np.append(0, ends[:-1] + 1)
    parts = [values[start:end] for start, end in zip(starts, ends, strict=True)]
    adds_up = all(
        part.any() and np.array_equal(part.sum(axis=0), values[end])
        for part, end in zip(parts, ends, strict=True)
    )
    several = any(len(part) > 1 for part in parts)
    return adds_up and (sure or (several and bool(np.count_nonzero(values[ends]) >= _TELLING)))


def _sums_above(values: np.ndarray) -> list[int]:
    """The rows that each add up those behind them, up to the next such row; [] if any row is left over."""
    found = []
    at = 0
    while at < len(values):
        end = _end_of_parts(values, at)
        if end is None:
            return []
        found.append(at)
        at = end
    return found


def _end_of_parts(values: np.ndarray, at: int) -> int | None:
    """Where the parts of a sum end: two of them at least, and rows of nothing behind them."""
    left, end = values[at].copy(), at + 1
    while end < len(values) and (left.any() or not values[end].any()):
        left = left - values[end]
        end += 1
    return (
        end
        if not left.any() and values[at].any() and np.count_nonzero(values[at + 1 : end].any(axis=1)) > 1
        else None
    )
