"""Time zones: moments that say how far from UTC they are → the wall clock of one zone.

An instant has exactly one wall clock time in a zone, in the hour that is skipped in spring
and the one that comes twice in autumn too. A moment that names no zone is never shifted.
"""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from quota.errors import BadRequest

# What people of one workspace mostly live by, offered first; any IANA zone will do.
COMMON = (
    "Europe/Copenhagen", "Europe/Helsinki", "Europe/Stockholm", "Europe/Oslo", "Europe/Berlin",
    "Europe/London", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "UTC",
)  # fmt: skip
# Short names that mean one offset wherever sales files come from, in hours.
_SHORT = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
# A zone behind a time of day: Z, UTC, GMT+2, +02:00, -0500, CET; "" is none.
WRITTEN = r"Z|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?|(?:UTC|GMT)(?:[+-]\d)?|WES?T|CES?T|EES?T|[ECMP][SD]T"
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?")
_IN_HEADING = re.compile(
    r"(?<![^\W_])((?:UTC|GMT)\s*(?:[+-]\s*\d{1,2}(?::?\d{2})?)?|CES?T|EES?T)(?![^\W_])", re.I
)
_LOCAL = re.compile(r"(?<![^\W_])(?:local(?: time)?|tz offset incl\.?)(?=\s*[)\]]|$)", re.I)
_MINUTE = np.timedelta64(60_000_000, "us")


@cache
def known(name: str) -> str:
    """An IANA zone by its name. Raises `BadRequest` for any other."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadRequest("unknown_zone", value=name) from None
    return name


def heading_zone(heading: str) -> str:
    """The zone that a heading promises, as written: `Start (gmt+2)` → GMT+2, else ""."""
    found = _IN_HEADING.search(heading)
    return re.sub(r"\s", "", found[1]).upper() if found else ""


def without_zone(heading: str) -> str:
    """A heading without what it says of the clock: `Time (UTC)` and `Time (local)` are `Time`."""
    return re.sub(r"[(\[]\s*[)\]]", "", _LOCAL.sub("", _IN_HEADING.sub("", heading))).strip()


def to_utc(ts: np.ndarray, zones: pa.Array) -> np.ndarray:
    """Moments as written and their zones as written → UTC, NaT where there is no zone."""
    encoded = zones.dictionary_encode()
    minutes = [_minutes(zone) for zone in encoded.dictionary.to_pylist()]
    east = np.array([0 if found is None else found for found in minutes], dtype=np.int64)
    told = np.array([found is not None for found in minutes], dtype=bool)
    codes = np.asarray(encoded.indices)
    utc = ts - east[codes] * _MINUTE
    return np.where(told[codes], utc, np.datetime64("NaT", "us"))


def wall_clock(utc: np.ndarray, zone: str) -> np.ndarray:
    """Moments in UTC → what a clock on the wall of `zone` showed then; NaT stays NaT."""
    if np.isnat(utc).all():
        return utc
    moments = pd.DatetimeIndex(utc).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return np.asarray(moments.to_numpy().astype("datetime64[us]"))


def any_zone(zones: pa.Array) -> bool:
    """Whether any of the texts is a zone."""
    return bool(pc.any(pc.not_equal(zones, "")).as_py())


def _minutes(zone: str) -> int | None:
    zone = zone.upper()
    if zone in _SHORT:
        return _SHORT[zone] * 60
    found = _OFFSET.fullmatch(zone)
    if not found:
        return None
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    return -minutes if found[1] == "-" else minutes
