"""Texts → moments. One date format per column, decided from all its values.

Which of two numbers is the day follows from any value that leaves no choice, from the
separator (a dot always means day first), from the weekday beside it, or from another
column of the same table; weaker hints decide only where they are told (`TOLD`); else it is
a question, never a guess. Two-digit years are 2000–2099. A moment keeps the wall clock as
written, with its UTC beside it where it says its zone; a date without a time stays at midnight.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quota.ingest import undisputed, vocabulary, zones
from quota.ingest.layouts import ORDERS

_HALF = r"[AaPp]\.?[Mm]\.?"
_NUMERIC = (
    r"^(?:(?P<w>\pL+)\.?,?\s+)?(?P<a>\d{4}|\d{1,2})(?P<s>[./-])\s?(?P<b>\d{1,2})(?P<t>[./-])\s?(?P<c>\d{4}|\d{1,2})"
    r"(?:(?:T|,?\s+)(?:kl\.?\s*|klo\s*|at\s+|um\s+)?"
    r"(?:(?P<h>\d{1,2})[:.](?P<i>\d{2})(?:[:.](?P<f>\d{2})(?:[.,]\d+)?)?\s*(?P<p>" + _HALF + r")?"
    r"|(?P<g>\d{1,2})\s*(?P<q>" + _HALF + r"))(?:\s*Uhr)?"
    r"\s*\(?(?P<z>" + zones.WRITTEN + r")?\)?(?:\s*\(.*\))?|Z|[+-]\d{2}:\d{2})?$"
)
# The same without weekday, zone and other trimmings: read three times as fast.
_BARE = (
    r"^(?P<a>\d{4}|\d{1,2})(?P<s>[./-])(?P<b>\d{1,2})(?P<t>[./-])(?P<c>\d{4}|\d{1,2})"
    r"(?:,?\s+(?P<h>\d{1,2})[:.](?P<i>\d{2})(?:[:.](?P<f>\d{2}))?\s*(?P<p>" + _HALF + r")?)?$"
)
# The forms that need no thinking, and that most systems write: without a zone, and in UTC.
_ISO = r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$"
_ISO_UTC = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z| ?UTC|\+00:?00)$"
_TAIL = r"(?:\.\d+)?(?:Z| ?UTC|\+00:?00)?$"
# A range begins with the moment at which something happened.
_UNTIL = r"\s*(?:→|->|➔).*$"
_SPACES = "[\u00a0\u2009\u202f]"
# What decides an order without proving it, so that it has to be said.
TOLD = ("am_pm", "language", "majority")
# What a date is not without: numbers with a mark between them, or a long one; or a month's name.
_NUMBERS = re.compile(r"\d\s?[./-]\s?\d|^\d{5}|\d{4}-?W")
_WORDS = re.compile(r"[^\W\d]{3,}")
_NEVER = np.datetime64("NaT", "us")


@dataclass(frozen=True)
class Moments:
    """Distinct texts read as moments.

    `ts` (datetime64[us], NaT where the text is no date): the wall clock as written; `utc`
    the same instant in UTC, NaT where the text says no zone; `order` dmy, mdy or "" (not
    needed); `evidence` says what decided it; `asked` where nothing does.
    """

    ts: np.ndarray
    utc: np.ndarray
    order: str
    evidence: str
    asked: bool

    @property
    def zoned(self) -> bool:
        """Whether any text says its time zone."""
        return not bool(np.isnat(self.utc).all())

    @property
    def share(self) -> float:
        """Share of the texts that are dates."""
        return float((~np.isnat(self.ts)).mean()) if len(self.ts) else 0.0


def read(
    values: pa.Array, *, order: str = "", hint: tuple[str, str] = ("", ""), today: date | None = None
) -> Moments:
    """Distinct texts → moments; `order` is an answer given, `hint` an order and what suggests it.

    `today` tells a year from a day in `26-11-03`.
    """
    if (plain := _iso(values)) is not None:
        return plain
    values = pc.replace_substring_regex(values, _SPACES, " ")
    values = pc.replace_substring_regex(values, _UNTIL, "")
    parts = _parts(values, today)
    found, evidence = _order(parts, hint)
    asked = not order and found == "?"
    used = order or ("dmy" if asked else found)
    ts = _moments(parts, used)
    ts[~parts.ok] = _NEVER
    zone = parts.zone
    rest = ~parts.ok
    if rest.any():
        ts[rest], others = undisputed.read(values.filter(pa.array(rest)))
        zone = pc.replace_with_mask(zone, pa.array(rest), others.cast(zone.type))
    return Moments(
        ts, zones.to_utc(ts, zone), used if evidence else "", "answer" if order else evidence, asked
    )


@lru_cache(maxsize=4096)
def looks_like_dates(texts: tuple[str, ...]) -> float:
    """Share of `texts` that read as dates, day and month in the order that suits them best."""
    return read(pa.array(texts, pa.string())).share if any(map(_may_be_date, texts)) else 0.0


def _may_be_date(text: str) -> bool:
    """Whether a text is worth reading as a date: of thousands of headings few are."""
    if not any(map(str.isdigit, text)):
        return False
    return bool(_NUMBERS.search(text)) or any(
        vocabulary.meaning("months", word) for word in _WORDS.findall(text)
    )


def any_date(texts: tuple[str, ...]) -> np.ndarray:
    """Which of the texts, each by itself, is a date."""
    ts = [read(pa.array(texts, pa.string()), order=order).ts for order in ORDERS]
    return np.asarray(~np.isnat(ts).all(axis=0))


@dataclass(frozen=True)
class _Parts:
    """The numbers of numeric dates and their clock; `ok` says which texts are such dates."""

    ok: np.ndarray
    a: np.ndarray
    b: np.ndarray
    c: np.ndarray
    hour: np.ndarray
    minute: np.ndarray
    second: np.ndarray
    halved: np.ndarray  # has AM or PM
    year_first: np.ndarray
    short_year: np.ndarray
    day_marked: np.ndarray  # written as only those do who put the day first: 3.6.2024, 3/6-24
    weekday: np.ndarray  # 1 is Monday, 0 none
    zone: pa.Array


def _iso(values: pa.Array) -> Moments | None:
    """A column of nothing but ISO dates and times, none with a zone or all in UTC; else None."""
    utc = _all_match(values, _ISO_UTC)
    if not utc and not _all_match(values, _ISO):
        return None
    try:
        ts = np.array(pc.replace_substring_regex(values, _TAIL, "").cast(pa.timestamp("us")))
    except pa.ArrowInvalid:
        return None
    return Moments(ts, ts.copy() if utc else np.full(len(ts), _NEVER), "", "", False)


def _all_match(values: pa.Array, pattern: str) -> bool:
    first = pc.match_substring_regex(values.slice(0, 1), pattern)
    return bool(pc.any(first).as_py()) and bool(pc.all(pc.match_substring_regex(values, pattern)).as_py())


def _parts(values: pa.Array, today: date | None) -> _Parts:
    cut = pc.extract_regex(values, _BARE if _all_match(values, _BARE) else _NUMERIC)
    a, b, c, h, i, f, g = (_number(cut, name) for name in "abchifg")
    late, early = _half(cut, "pP"), _half(cut, "aA")
    hour = np.where(late & (h + g < 12), h + g + 12, np.where(early & (h + g == 12), 0, h + g))
    length_a, length_c = (np.asarray(pc.binary_length(_text(cut, name))) for name in "ac")
    year_first = (length_a == 4) & (length_c < 3)
    short_year = (length_a < 3) & (length_c == 2)
    ok = np.asarray(pc.is_valid(cut)) & (year_first | short_year | ((length_a < 3) & (length_c == 4)))
    turned = _years_in_front(a, c, ok & short_year, today)
    dotted = pc.equal(_text(cut, "s"), ".")
    mixed = pc.and_(pc.equal(_text(cut, "s"), "/"), pc.equal(_text(cut, "t"), "-"))
    return _Parts(
        ok, a, b, c, hour, i, f, late | early, year_first | turned, short_year,
        np.asarray(pc.or_(dotted, mixed)), _weekdays(_text(cut, "w")), _text(cut, "z"),
    )  # fmt: skip


def _years_in_front(a: np.ndarray, c: np.ndarray, short: np.ndarray, today: date | None) -> np.ndarray:
    """The dates of a column like `26-11-03`, of whose numbers only the first ones are years."""
    if today is None or not short.any():
        return np.zeros(len(a), dtype=bool)
    near_a, near_c = (abs(part[short] - today.year % 100) <= 1 for part in (a, c))
    return np.asarray(short & (near_a.all() and not near_c.all()))


def _text(cut: pa.Array, name: str) -> pa.Array:
    """What a group of the pattern caught, "" where it caught nothing or is not in the pattern."""
    if cut.type.get_field_index(name) < 0:
        return pa.nulls(len(cut), pa.string()).fill_null("")
    return pc.fill_null(pc.struct_field(cut, name), "")


def _number(cut: pa.Array, name: str) -> np.ndarray:
    texts = _text(cut, name)
    return np.asarray(pc.if_else(pc.equal(texts, ""), "0", texts).cast(pa.int64()))


def _half(cut: pa.Array, letters: str) -> np.ndarray:
    """Where the clock is in one half of the day: "aA" or "pP"."""
    first, second = (pc.match_substring_regex(_text(cut, name), f"^[{letters}]") for name in "pq")
    return np.asarray(pc.or_(first, second))


def _weekdays(words: pa.Array) -> np.ndarray:
    encoded = words.dictionary_encode()
    numbers = [int(vocabulary.meaning("weekdays", word) or 0) for word in encoded.dictionary.to_pylist()]
    return np.asarray(np.array(numbers, dtype=np.int64)[np.asarray(encoded.indices)])


def _order(parts: _Parts, hint: tuple[str, str]) -> tuple[str, str]:
    """("dmy" | "mdy" | "" | "?", what decided it) for the year-last dates of a column."""
    last = parts.ok & ~parts.year_first
    if not last.any():
        return "", ""
    a, b = parts.a[last], parts.b[last]
    day_first, month_first = int(((a > 12) & (b <= 12)).sum()), int(((b > 12) & (a <= 12)).sum())
    if day_first != month_first:
        proof = "majority" if day_first and month_first else "values"
        return ("dmy", proof) if day_first > month_first else ("mdy", proof)
    if parts.day_marked[last].any():
        return "dmy", "dots"
    if by_weekday := _order_of_weekdays(parts):
        return by_weekday, "weekday"
    if hint[1] == "other_column":
        return hint
    if parts.halved[last].any() and hint[0] != "dmy":
        return "mdy", "am_pm"
    if hint[0]:
        return hint
    if (a == b).all():
        return "dmy", "no_difference"
    return "?", "nothing"


def _order_of_weekdays(parts: _Parts) -> str:
    """The one order in which the dates fall on the weekdays that stand beside them."""
    told = parts.weekday > 0
    if not told.any():
        return ""
    right = {}
    for order in ORDERS:
        days = _moments(parts, order)[told].astype("datetime64[D]").astype(np.int64)
        right[order] = int(((days + 3) % 7 + 1 == parts.weekday[told]).sum())
    return "" if right["dmy"] == right["mdy"] else max(right, key=lambda order: right[order])


def _moments(parts: _Parts, order: str) -> np.ndarray:
    first = parts.year_first
    year = np.where(first, parts.a, parts.c)
    year = np.where(parts.short_year, year + 2000, year)
    middle_is_month = first | (order != "mdy")
    month = np.where(middle_is_month, parts.b, parts.a)
    day = np.where(first, parts.c, np.where(middle_is_month, parts.a, parts.b))
    return _assemble(year, month, day, (parts.hour, parts.minute, parts.second))


def _assemble(
    year: np.ndarray, month: np.ndarray, day: np.ndarray, clock: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> np.ndarray:
    """Calendar numbers → datetime64[us]; NaT where there is no such day or hour."""
    hour, minute, second = clock
    sound = (month >= 1) & (month <= 12) & (day >= 1) & (year >= 1)
    sound &= (hour < 24) & (minute < 60) & (second < 60)
    months = (np.where(sound, year, 2000) - 1970) * 12 + np.where(sound, month, 1) - 1
    days = months.astype("datetime64[M]").astype("datetime64[D]") + (np.where(sound, day, 1) - 1)
    sound &= days.astype("datetime64[M]").astype(np.int64) == months
    moment: np.ndarray = days.astype("datetime64[us]") + (
        (hour * 60 + minute) * 60 + second
    ) * np.timedelta64(1_000_000, "us")
    moment[~sound] = _NEVER
    return moment
