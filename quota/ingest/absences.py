"""Leave: whose it is, whether it was granted, and for how much of each day.

Days of leave that are no whole number (`0.5`, `4,5`), or a word such as "half day", say the share
of the days from first to last. Whole numbers say nothing more than the days themselves: holidays
and days off may lie between.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quota.ingest import numbers, vocabulary
from quota.ingest.fates import Fates
from quota.ingest.tables import Column

_HALF = re.compile(r"(\d)\s?½")
_AMOUNT = re.compile(r"\s*([\d.,]+)\s*([^\W\d]*)\.?\s*")
# So many hours are a day, where leave is counted in hours; fewer than the first are not a whole one.
_SHORT_DAY, _DAY = 6.0, 8.0
# So many days, and one a week, may be holidays or days off between the first and the last.
_FREE = 1


def skip_not_granted(status: Column | None, fates: Fates) -> None:
    """Leave that was refused or is only asked for takes no target away."""
    if status is None:
        return
    for meaning, code in (("denied", "cancelled"), ("pending", "planned")):
        rows = status.where(
            lambda text, meaning=meaning: vocabulary.meaning_within("leave_status", text) == meaning  # type: ignore[misc]
        )
        fates.skip(rows, code, status)


def shares(held: dict[str, Column], first: pa.Array, last: pa.Array, fates: Fates) -> pa.Array | None:
    """The share of each day that a column of days or hours, or a word for half a day, says;
    `first` and `last` are the days of leave. None where nothing does."""
    days = _workdays(first, last)
    share = np.ones(len(days))
    if (column := held.get("days")) is not None:
        share = _counted(column, held.get("days_unit"), days, fates)
    for name in ("days", "reason"):
        if name in held:
            share = np.where(held[name].where(_says_half), 0.5, share)
    half = held.get("days")
    if half is not None and vocabulary.meaning("half_day", half.header) == "half":
        share = np.where(half.where(lambda text: vocabulary.meaning("yes_no", text) == "yes"), 0.5, 1.0)
    return pa.array(share) if (share != 1).any() else None


def _workdays(first: pa.Array, last: pa.Array) -> np.ndarray:
    """Mondays to Fridays from first to last, both included; at least one."""
    known = pc.and_(pc.is_valid(first), pc.is_valid(last))
    start, end = (
        np.asarray(pc.fill_null(days, np.datetime64("2000-01-03", "D").item())) for days in (first, last)
    )
    counted = np.busday_count(start.astype("datetime64[D]"), end.astype("datetime64[D]") + 1)
    return np.where(np.asarray(known), np.maximum(counted, 1), 1)


def _says_half(text: str) -> bool:
    return vocabulary.meaning_within("half_day", text) == "half"


def _counted(column: Column, unit: Column | None, days: np.ndarray, fates: Fates) -> np.ndarray:
    """Shares of the days by how many days or hours of leave there are."""
    parts = [_AMOUNT.fullmatch(_HALF.sub(r"\g<1>.5", text).replace("½", "0.5")) for text in column.texts]
    bare = pa.array([part[1].replace(",", ".") if part else "" for part in parts], pa.string())
    amount = np.append(numbers.read(bare, decimal_comma=False).value, np.nan)
    by_text = [bool(part and vocabulary.meaning("hours", part[2])) for part in parts]
    hours = np.array([*by_text, False], dtype=bool)[column.codes]
    if any(vocabulary.meaning("hours", word) for word in vocabulary.fold(column.header).split()):
        hours |= column.filled
    if unit is not None:
        hours |= unit.where(lambda text: vocabulary.meaning("hours", text) is not None)
    number = amount[column.codes]
    known = ~np.isnan(number) & (number > 0) & fates.open
    return np.where(
        hours & known,
        _of_hours(column, number, days, hours & known, fates),
        _of_days(column, number, days, ~hours & known, fates),
    )


def _of_days(
    column: Column, number: np.ndarray, days: np.ndarray, rows: np.ndarray, fates: Fates
) -> np.ndarray:
    whole = np.ceil(np.where(rows, number, 1.0))
    unlike = rows & ((whole < days - _FREE - days // 5) | (whole > days * 7 // 5 + 2))
    if unlike.any():
        fates.note("days_unlike", column.header, column.texts[column.codes[np.flatnonzero(unlike)[0]]])
    return np.where(rows, number / whole, 1.0)


def _of_hours(
    column: Column, number: np.ndarray, days: np.ndarray, rows: np.ndarray, fates: Fates
) -> np.ndarray:
    short = rows & (number < _SHORT_DAY * days)
    if short.any():
        fates.note("hours_of_leave", column.header, column.texts[column.codes[np.flatnonzero(short)[0]]])
    return np.where(short, number / (_DAY * days), 1.0)
