"""Dates that can be read in one way only: ISO weeks, serials, epochs, months by name.

Every function: distinct texts → (ts, zone): the wall clock as written and the zone as
written, "" where none is; NaT where a text is something else. An epoch counts in UTC.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quota.ingest import vocabulary, zones

_COMPACT = re.compile(
    r"((?:19|20)\d{2})(\d{2})(\d{2})(?:[T ]?(\d{2}):?(\d{2}):?(\d{2})?(?:\.\d+)?(Z|[+-]\d{4})?)?"
)
_ISO_WEEK = re.compile(r"(20\d{2})-?W(\d{2})-?([1-7])")
_SERIAL = r"^[2-6]\d{4}(?:\.\d+)?$"
_EPOCH = r"^1\d{9}(?:\d{3}|\d{6})?(?:\.\d+)?$"
_CLOCK = (
    r"(?:,?\s+(?:at\s+|kl\.?\s*|klo\s*|um\s+)?(?:(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?"
    r"\s*([ap]\.?m\.?)?|(\d{1,2})\s*([ap]\.?m\.?))(?:\s*Uhr)?\s*\(?("
    + zones.WRITTEN
    + r")?\)?(?:\s*\(.*\))?)?"
)
_BEFORE = r"(?:[^\W\d]+\.?,?\s+){0,2}"
_DAY_MONTH = _BEFORE + r"(\d{1,2})(?:st|nd|rd|th)?[.\s-]*([^\W\d]+)\.?[,\s.-]+(\d{4}|\d{2})"
_MONTH_DAY = _BEFORE + r"([^\W\d]+)\.?[\s-]+(\d{1,2})(?:st|nd|rd|th)?[,\s-]+(\d{4})"
_YEAR_MONTH_DAY = r"(\d{4})[\s.-]+([^\W\d]+)\.?[\s.-]+(\d{1,2})\.?"
# Each way to write a month's name, and which groups hold day, month and year.
_NAMED = tuple(
    (re.compile(written + _CLOCK, re.I), groups)
    for written, groups in ((_DAY_MONTH, (1, 2, 3)), (_MONTH_DAY, (2, 1, 3)), (_YEAR_MONTH_DAY, (3, 2, 1)))
)
_EXCEL_EPOCH = np.datetime64("1899-12-30", "us")
# A longer text is no date, and patterns with many choices would try them all on it.
_LONGEST = 80
_NEVER = np.datetime64("NaT", "us")


def read(values: pa.Array) -> tuple[np.ndarray, pa.Array]:
    """Distinct texts → moments and zones, both as written."""
    ts = np.full(len(values), _NEVER, dtype="datetime64[us]")
    zone = np.full(len(values), "", dtype=object)
    serial = np.asarray(pc.match_substring_regex(values, _SERIAL))
    epoch = np.asarray(pc.match_substring_regex(values, _EPOCH))
    ts[serial] = _from_serials(values.filter(pa.array(serial)))
    ts[epoch] = _from_epochs(values.filter(pa.array(epoch)))
    zone[epoch] = "UTC"
    for at in np.flatnonzero(~serial & ~epoch):
        ts[at], zone[at] = _one(values[at].as_py())
    return ts, pa.array(zone, pa.string())


def _from_serials(values: pa.Array) -> np.ndarray:
    days = np.asarray(values.cast(pa.float64()))
    return _EXCEL_EPOCH + np.round(days * 86_400).astype(np.int64) * np.timedelta64(1_000_000, "us")


def _from_epochs(values: pa.Array) -> np.ndarray:
    """Seconds, milliseconds or microseconds since 1970, told apart by their length; to the second."""
    whole = pc.utf8_slice_codeunits(values, 0, 10).cast(pa.int64())
    return np.asarray(whole).astype("datetime64[s]").astype("datetime64[us]")


# A longer text is no date, and a pattern with so many choices would try them all on it.
_LONGEST = 80


@lru_cache(maxsize=65_536)
def _one(text: str) -> tuple[np.datetime64, str]:
    if len(text) > _LONGEST:
        return _NEVER, ""
    return _compact(text) or _iso_week(text) or _named(text) or (_NEVER, "")


def _compact(text: str) -> tuple[np.datetime64, str] | None:
    """`20261103`, `20261103T093000Z`, `20261103093000`."""
    found = _COMPACT.fullmatch(text)
    if not found:
        return None
    numbers = [int(part or 0) for part in found.groups()[:6]]
    return _moment(*numbers), found[7] or ""


def _iso_week(text: str) -> tuple[np.datetime64, str] | None:
    """`2026-W45-2`: the second day of a week."""
    found = _ISO_WEEK.fullmatch(text)
    if not found:
        return None
    try:
        return np.datetime64(date.fromisocalendar(*map(int, found.groups())), "us"), ""
    except ValueError:
        return None


def _named(text: str) -> tuple[np.datetime64, str] | None:
    """`06 Aug 2021`, `6. elokuuta 2021 klo 9.30`, `Aug 6, 2021 9:30 PM UTC`, `2021-Aug-06`."""
    for pattern, groups in _NAMED:
        found = pattern.fullmatch(text)
        if found and (month := vocabulary.meaning("months", found[groups[1]])):
            day, year = found[groups[0]], found[groups[2]]
            break
    else:
        return None
    hour, minute, second, late, hour_alone, late_alone, zone = found.groups()[3:]
    clock = _hour(int(hour or hour_alone or 0), late or late_alone or ""), int(minute or 0), int(second or 0)
    return _moment(int(year) + 2000 * (len(year) == 2), int(month), int(day), *clock), zone or ""


def _hour(hour: int, late: str) -> int:
    if not late:
        return hour
    return hour % 12 + 12 * late.casefold().startswith("p") if 1 <= hour <= 12 else 99


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int) -> np.datetime64:
    """A moment, NaT where there is no such day or hour."""
    try:
        return np.datetime64(datetime(year, month, day, hour, minute, second), "us")
    except ValueError:
        return _NEVER
