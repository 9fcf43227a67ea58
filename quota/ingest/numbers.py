"""Texts → numbers: `1.234,50`, `$21,000`, `kr. 1.234,-`, `58.8k`, `(120)`.

The decimal mark is decided per column from all its values: a value with both marks, or
with a mark that cannot separate thousands, settles it. Where every value could be read
both ways (`1.234`), the mark of the language of the file decides and it is said so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_PLAIN = r"^-?\d+(?:\.\d+)?$"
_THOUSANDS_DOT = r"^-?[1-9]\d{0,2}\.\d{3}$"
_SHAPE = re.compile(
    r"([(-]?)\s*([^\d(),.\s-]*\.?)\s*([(-]?)\s*(\d[\d.,\s'’]*)(,-)?\s*(?:(k|m|mio\.?|t)(?![^\W\d_]))?\s*([^\d\s()]*\.?)\s*\)?",
    re.I,
)
# A longer text is no number, and a pattern with so many choices would try them all on it.
_LONGEST = 60
_SCALE = {"k": 1e3, "t": 1e3, "m": 1e6, "mio": 1e6}
_CURRENCIES = {
    "$": "USD",
    "us$": "USD",
    "usd": "USD",
    "€": "EUR",
    "eur": "EUR",
    "euro": "EUR",
    "£": "GBP",
    "gbp": "GBP",
    "dkk": "DKK",
    "sek": "SEK",
    "nok": "NOK",
}
_KRONER = {"kr", "kr."}


@dataclass(frozen=True)
class Numbers:
    """Distinct texts read as numbers: `value` (NaN where it is none), `currency` per text
    (ISO code, "kr" where only kroner is said, "" where nothing is), `asked` where the
    decimal mark is anybody's guess."""

    value: np.ndarray
    currency: list[str]
    asked: bool

    @property
    def share(self) -> float:
        """Share of the texts that are numbers."""
        return float((~np.isnan(self.value)).mean()) if len(self.value) else 0.0


def read(values: pa.Array, *, decimal_comma: bool = False) -> Numbers:
    """Distinct texts → numbers; `decimal_comma` is what the file's language suggests."""
    plain = np.asarray(pc.match_substring_regex(values, _PLAIN))
    if plain.all() and not pc.any(pc.match_substring_regex(values, _THOUSANDS_DOT)).as_py():
        return Numbers(np.asarray(values.cast(pa.float64())), [""] * len(values), False)
    texts = values.to_pylist()
    shapes = [_SHAPE.fullmatch(text) if len(text) <= _LONGEST else None for text in texts]
    bodies = [re.sub(r"[\s'’\u00a0\u202f]", "", shape[4]) for shape in shapes if shape]
    mark, asked = _decimal_mark(bodies, decimal_comma)
    value = np.array([_value(shape, mark) if shape else np.nan for shape in shapes], dtype=float)
    return Numbers(value, [_currency(shape) if shape else "" for shape in shapes], asked)


def looks_like_numbers(texts: Sequence[str]) -> float:
    """Share of `texts` that read as numbers."""
    return read(pa.array(list(texts), pa.string())).share if texts else 0.0


def currency_in(text: str) -> str:
    """The currency that a heading names: `Amount (USD)` → USD, `Ordreværdi kr.` → kr, else ""."""
    for word in re.findall(r"[^\W\d]+|[$€£]", text.casefold()):
        if word in _CURRENCIES:
            return _CURRENCIES[word]
        if word in _KRONER:
            return "kr"
    return ""


def without_currency(header: str) -> str:
    """A heading without the currency it names: `Value EUR` → Value; `kr.` alone stays."""
    bare = " ".join(word for word in header.split() if not currency_in(word))
    return bare or header


def _decimal_mark(bodies: list[str], comma_suggested: bool) -> tuple[str, bool]:
    comma = dot = unclear = 0
    for body in bodies:
        marks = [sign for sign in body if sign in ",."]
        if not marks:
            continue
        if len(set(marks)) == 2:
            comma, dot = comma + (marks[-1] == ","), dot + (marks[-1] == ".")
        elif len(marks) > 1:
            comma, dot = comma + (marks[0] == "."), dot + (marks[0] == ",")
        elif len(body) - body.index(marks[0]) != 4 or body.index(marks[0]) > 3 or body.startswith("0"):
            comma, dot = comma + (marks[0] == ","), dot + (marks[0] == ".")
        else:
            unclear += 1
    if comma != dot:
        return ("," if comma > dot else "."), False
    return (
        "," if comma_suggested else "."
    ), unclear > 0 and not comma_suggested and comma == dot == 0 and _dots(bodies)


def _dots(bodies: list[str]) -> bool:
    return any("." in body for body in bodies)


def _value(shape: re.Match[str], mark: str) -> float:
    body = re.sub(r"[\s'’\u00a0\u202f]", "", shape[4]).rstrip(".,")
    thousands = "." if mark == "," else ","
    if not re.fullmatch(rf"\d+(?:\{thousands}\d{{3}})*(?:\{mark}\d+)?", body):
        return np.nan
    number = float(body.replace(thousands, "").replace(mark, "."))
    scale = _SCALE.get((shape[6] or "").casefold().rstrip("."), 1.0)
    words = (shape[2] + shape[7]).casefold()
    if words and not _currency(shape) and words not in {"%", "pcs", "stk", "stk.", "kpl"}:
        return np.nan
    return -number * scale if "-" in (shape[1], shape[3]) or "(" in (shape[1], shape[3]) else number * scale


def _currency(shape: re.Match[str]) -> str:
    for word in (shape[2].casefold(), shape[7].casefold()):
        if word in _KRONER:
            return "kr"
        if word.rstrip(".") in _CURRENCIES:
            return _CURRENCIES[word.rstrip(".")]
    return ""
