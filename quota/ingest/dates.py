"""Texts → moments. One date format per column, decided from all its values.

Which of two numbers is the day follows from any value that leaves no choice, from the
separator (a dot always means day first), or from another column of the same table; else
it is a question, never a guess. Two-digit years are 2000–2099. A moment keeps the wall
clock as written; a date without a time stays at midnight.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quota.ingest import vocabulary
from quota.ingest.layouts import ORDERS

_NUMERIC = (
    r"^(?:[^\W\d]+\.?,?\s+)?(?P<a>\d{1,4})(?P<s>[./-])(?P<b>\d{1,2})(?P<s2>[./-])(?P<c>\d{1,4})"
    r"(?:(?:T|,?\s+)(?:kl\.?\s*|klo\s*|at\s+)?(?P<h>\d{1,2})[:.](?P<i>\d{2})"
    r"(?:[:.](?P<f>\d{2})(?:[.,]\d+)?)?\s*(?P<p>[AaPp]\.?[Mm]\.?)?)?"
    r"\s*(?P<z>Z|UTC|GMT|[+-]\d{2}:?\d{2})?$"
)
_COMPACT = r"^(?P<y>20\d{2}|19\d{2})(?P<m>\d{2})(?P<d>\d{2})$"
_SERIAL = r"^[2-6]\d{4}(?:\.\d+)?$"
_EPOCH = r"^1\d{9}(?:\d{3})?$"
_CLOCK = r"(?:,?\s+(?:at\s+|kl\.?\s*|klo\s*)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*([ap]\.?m\.?)?)?"
_DAY_MONTH = re.compile(
    r"(?:[^\W\d]+\.?,?\s+)?(\d{1,2})(?:st|nd|rd|th)?[.\s-]*([^\W\d]+)\.?[,\s-]+(\d{2,4})" + _CLOCK, re.I
)
_MONTH_DAY = re.compile(
    r"(?:[^\W\d]+\.?,?\s+)?([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})" + _CLOCK, re.I
)
# A longer text is no date, and a pattern with so many choices would try them all on it.
_LONGEST = 60
_EXCEL_EPOCH = np.datetime64("1899-12-30", "us")


@dataclass(frozen=True)
class Moments:
    """Distinct texts read as moments.

    `ts` (datetime64[us], NaT where the text is no date); `order` dmy, mdy or "" (not
    needed); `evidence` says what decided it; `asked` where nothing does; `zoned` where
    texts carry a time zone.
    """

    ts: np.ndarray
    order: str
    evidence: str
    asked: bool
    zoned: bool

    @property
    def share(self) -> float:
        """Share of the texts that are dates."""
        return float((~np.isnat(self.ts)).mean()) if len(self.ts) else 0.0


def read(values: pa.Array, *, order: str = "", hint: tuple[str, str] = ("", "")) -> Moments:
    """Distinct texts → moments; `order` is an answer given, `hint` an order and what suggests it."""
    ts = np.full(len(values), np.datetime64("NaT"), dtype="datetime64[us]")
    parts = _parts(values)
    found, evidence = _order(parts, hint)
    asked = not order and found == "?"
    used = order or ("dmy" if asked else found)
    numeric = parts["ok"]
    ts[numeric] = _moments(parts, used)[numeric]
    rest = ~numeric
    if rest.any():
        ts[rest] = _others(values.filter(pa.array(rest)))
    zoned = bool(pc.any(pc.greater(pc.binary_length(parts["zone"]), 0)).as_py())
    return Moments(ts, used if evidence else "", "answer" if order else evidence, asked, zoned)


def looks_like_dates(texts: Sequence[str]) -> float:
    """Share of `texts` that read as dates, whatever the order of day and month."""
    if not texts:
        return 0.0
    values = pa.array(list(texts), pa.string())
    return max(read(values, order=order).share for order in ORDERS)


def _parts(values: pa.Array) -> dict[str, np.ndarray]:
    """The numbers of the numeric dates: a b c and the clock, plus which texts are such dates."""
    cut = pc.extract_regex(values, _NUMERIC)
    ok = np.asarray(pc.is_valid(cut))
    fields = {name: _field(cut, name) for name in ("a", "b", "c", "h", "i", "f")}
    afternoon = _starts(cut, "p", "pP")
    morning = _starts(cut, "p", "aA")
    year_first = np.asarray(pc.fill_null(pc.equal(pc.binary_length(_text(cut, "a")), 4), False))
    short_year = ~year_first & np.asarray(pc.less(pc.binary_length(_text(cut, "c")), 3))
    dotted = np.asarray(pc.fill_null(pc.equal(_text(cut, "s"), "."), False))
    return {
        **fields,
        "ok": ok,
        "pm": afternoon,
        "am": morning,
        "year_first": year_first,
        "short_year": short_year,
        "dotted": dotted,
        "zone": _text(cut, "z"),
    }


def _text(cut: pa.Array, name: str) -> pa.Array:
    return pc.fill_null(pc.struct_field(cut, name), "")


def _field(cut: pa.Array, name: str) -> np.ndarray:
    texts = _text(cut, name)
    numbers = pc.if_else(pc.equal(texts, ""), "0", texts).cast(pa.int64())
    return np.asarray(numbers)


def _starts(cut: pa.Array, name: str, letters: str) -> np.ndarray:
    return np.asarray(pc.match_substring_regex(_text(cut, name), f"^[{letters}]"))


def _order(parts: dict[str, np.ndarray], hint: tuple[str, str]) -> tuple[str, str]:
    """("dmy" | "mdy" | "" | "?", what decided it) for the year-last dates of a column."""
    last = parts["ok"] & ~parts["year_first"]
    if not last.any():
        return "", ""
    a, b = parts["a"][last], parts["b"][last]
    day_first, month_first = int((a > 12).sum()), int((b > 12).sum())
    if day_first != month_first:
        return ("dmy", "values") if day_first > month_first else ("mdy", "values")
    if parts["dotted"][last].any():
        return "dmy", "dots"
    if (parts["am"] | parts["pm"])[last].any():
        return "mdy", "am_pm"
    if hint[0]:
        return hint
    if (a == b).all():
        return "dmy", "no_difference"
    return "?", "nothing"


def _moments(parts: dict[str, np.ndarray], order: str) -> np.ndarray:
    first = parts["year_first"]
    year = np.where(first, parts["a"], parts["c"])
    year = np.where(parts["short_year"], year + 2000, year)
    middle_is_month = first | (order != "mdy")
    month = np.where(middle_is_month, parts["b"], parts["a"])
    day = np.where(first, parts["c"], np.where(middle_is_month, parts["a"], parts["b"]))
    hour = np.where(parts["pm"] & (parts["h"] < 12), parts["h"] + 12, parts["h"])
    hour = np.where(parts["am"] & (parts["h"] == 12), 0, hour)
    return _assemble(year, month, day, hour, parts["i"], parts["f"])


def _assemble(
    year: np.ndarray,
    month: np.ndarray,
    day: np.ndarray,
    hour: np.ndarray,
    minute: np.ndarray,
    second: np.ndarray,
) -> np.ndarray:
    """Calendar numbers → datetime64[us]; NaT where there is no such day or hour."""
    sound = (month >= 1) & (month <= 12) & (day >= 1) & (year >= 1900) & (year <= 2100)
    sound &= (hour < 24) & (minute < 60) & (second < 60)
    months = (np.where(sound, year, 2000) - 1970) * 12 + np.where(sound, month, 1) - 1
    days = months.astype("datetime64[M]").astype("datetime64[D]") + (np.where(sound, day, 1) - 1)
    sound &= days.astype("datetime64[M]").astype(np.int64) == months
    moment: np.ndarray = days.astype("datetime64[us]") + (
        (hour * 60 + minute) * 60 + second
    ) * np.timedelta64(1_000_000, "us")
    moment[~sound] = np.datetime64("NaT")
    return moment


def _others(values: pa.Array) -> np.ndarray:
    """Compact dates, Excel serials, epoch numbers and dates with a month's name."""
    ts = np.full(len(values), np.datetime64("NaT"), dtype="datetime64[us]")
    compact = pc.extract_regex(values, _COMPACT)
    ok = np.asarray(pc.is_valid(compact))
    zero = np.zeros(len(values), dtype=np.int64)
    whole = _assemble(_field(compact, "y"), _field(compact, "m"), _field(compact, "d"), zero, zero, zero)
    ts[ok] = whole[ok]
    ts = _numbers(values, ts)
    for at in np.flatnonzero(np.isnat(ts) & ~ok):
        ts[at] = _named(values[at].as_py())
    return ts


def _numbers(values: pa.Array, ts: np.ndarray) -> np.ndarray:
    serial = np.asarray(pc.match_substring_regex(values, _SERIAL)) & np.isnat(ts)
    if serial.any():
        days = np.asarray(values.filter(pa.array(serial)).cast(pa.float64()))
        ts[serial] = _EXCEL_EPOCH + np.round(days * 86_400).astype(np.int64) * np.timedelta64(1_000_000, "us")
    epoch = np.asarray(pc.match_substring_regex(values, _EPOCH)) & np.isnat(ts)
    if epoch.any():
        number = np.asarray(values.filter(pa.array(epoch)).cast(pa.int64()))
        seconds = np.where(number > 10**11, number // 1000, number)
        ts[epoch] = seconds.astype("datetime64[s]").astype("datetime64[us]")
    return ts


@lru_cache(maxsize=65_536)
def _named(text: str) -> np.datetime64:
    """`06 Aug 2021`, `6. elokuuta 2021 klo 9.30`, `Aug 6, 2021 9:30 PM`; NaT for anything else."""
    if len(text) > _LONGEST:
        return np.datetime64("NaT", "us")
    for pattern, order in ((_DAY_MONTH, (1, 2)), (_MONTH_DAY, (2, 1))):
        found = pattern.fullmatch(text)
        if found and (month := vocabulary.meaning("months", found[order[1]])):
            day, year = found[order[0]], found[3]
            break
    else:
        return np.datetime64("NaT", "us")
    hour, late = int(found[4] or 0), (found[7] or "").casefold()
    hour = hour % 12 + 12 * late.startswith("p") if late else hour
    numbers = [
        int(year) + 2000 * (len(year) == 2),
        int(month),
        int(day),
        hour,
        int(found[5] or 0),
        int(found[6] or 0),
    ]
    moment: np.datetime64 = _assemble(*(np.array([number]) for number in numbers))[0]
    return moment
