"""Dates that a spreadsheet half converted: opened where the other order rules, it turned round every
date that it could read so, and left those as text whose day is more than 12.

Seen by both kinds standing in one column: real dates of the first twelve days only, and texts of
the later days only. Whether the real ones were turned only a person knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quota.ingest import dates

_REAL = r"^\d{4}-\d{2}-\d{2}(?:[T ]|$)"
_TEXT = r"^(?P<a>\d{1,2})[./-](?P<b>\d{1,2})[./-]\d{4}(?:\D|$)"
_ENOUGH = 2


def read(values: pa.Array, order: str) -> dates.Moments | None:
    """Moments of a half converted column, None of any other; `order` is how its real dates, read
    aloud, were meant: `2026-04-05` is 4 May where the day comes first."""
    real = half_converted(values)
    if not real.any():
        return None
    told = dates.read(values)
    ts = np.where(real, turned(told.ts), told.ts) if order == "dmy" else told.ts
    return replace(told, ts=ts, asked=not order)


def doubtful(texts: Sequence[str]) -> str:
    """The text to ask about: of a half converted column a real date, else the first."""
    real = half_converted(pa.array(texts, pa.string()))
    return texts[int(real.argmax())]


def half_converted(values: pa.Array) -> np.ndarray:
    """Which of the distinct texts of a column are real dates that may be turned round."""
    none = np.zeros(len(values), dtype=bool)
    real = np.asarray(pc.match_substring_regex(values, _REAL))
    if not _ENOUGH <= real.sum() <= len(values) - _ENOUGH:
        return none
    text = pc.extract_regex(values.filter(pa.array(~real)), _TEXT)
    if text.null_count:
        return none
    most = np.maximum(*(np.asarray(pc.struct_field(text, name).cast(pa.int64())) for name in "ab"))
    days = np.asarray(pc.utf8_slice_codeunits(values.filter(pa.array(real)), 8, 10).cast(pa.int64()))
    return real if (most > 12).all() and (days <= 12).all() else none


def turned(ts: np.ndarray) -> np.ndarray:
    """Moments with day and month changed about."""
    days, months = ts.astype("datetime64[D]"), ts.astype("datetime64[M]")
    day, month = (days - months).astype(np.int64), months.astype(np.int64) % 12
    swapped = (ts.astype("datetime64[Y]").astype("datetime64[M]") + day).astype("datetime64[D]") + month
    return np.asarray(swapped.astype("datetime64[us]") + (ts - days))
