"""Texts → numbers: `1.234,50`, `$21,000`, `kr. 1.234,-`, `58.8k`, `(120)`, `1.234,50-`.

The decimal mark is decided per column from all its values: a value with both marks, or
with a mark that cannot separate thousands, settles it. Where every value could be read
both ways (`1.234`), three digits behind the mark are thousands, since no money has three
decimals; where that is not how the language of the file writes thousands it is said.
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
_BLANKS = r"[\s'’\u00a0\u202f]"
_SCALE = {
    1e3: ("k", "t", "tsd", "tus"),
    1e6: ("m", "mio", "mill", "mn", "mln", "milj", "million", "millions", "millioner", "miljoonaa"),
    1e9: ("bn", "mia", "mrd", "md", "billion"),
}
_SCALES = {word: scale for scale, words in _SCALE.items() for word in words}
# How headings say it of all their amounts; a single letter there needs a currency.
_OF_HEADINGS = {
    1e3: "000 000s thousand thousands tusind tusinde tuhat tuhatta tusen tsd",
    1e6: "million millions mio mill millioner miljoonaa miljoner mkr meur mdkk msek mnok",
}
_HEADING_SCALES = {word: scale for scale, words in _OF_HEADINGS.items() for word in words.split()}
# sign, word, sign, digits, "and nothing behind the mark", scale, word, sign
_SHAPE = re.compile(
    r"([(-]?)\s*([^\d(),.\s+-]*\.?)\s*([(-]?)\s*"  # no plus: that is a telephone
    r"(\d(?:[\d.,\s'’]*\d)?(?:e[+-]?\d+)?)\s?([,.:]-{1,2}|[.,])?\s*"
    rf"(?:({'|'.join(sorted(_SCALES, key=len, reverse=True))})\.?(?![^\W\d_]))?"
    r"\s*([^\d\s()-]*\.?)\s*([)-]?)",
    re.I,
)
_SIGNS = {
    "$": "USD", "us$": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD", "nz$": "NZD",
    "€": "EUR", "euro": "EUR", "euroa": "EUR", "euros": "EUR", "£": "GBP", "¥": "JPY", "zł": "PLN",
    "fr": "CHF", "sfr": "CHF", "₹": "INR",
}  # fmt: skip
_CODES = (
    "usd eur gbp dkk sek nok isk chf pln czk huf ron bgn jpy cny inr aud cad nzd sgd hkd krw brl mxn zar aed"
)
_CURRENCIES = {**{code: code.upper() for code in _CODES.split()}, **_SIGNS}
_KRONER = {"kr", "kr.", "kroner", "kronor", "kruunua"}
# What may be counted behind a number that is no money.
_PIECES = {"%", "pcs", "stk", "stk.", "kpl", "st", "st.", "stück"}
# A longer text is no number, and a pattern with so many choices would try them all on it.
_LONGEST = 60


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
    shapes = [_SHAPE.fullmatch(text) if len(text) <= _LONGEST else None for text in values.to_pylist()]
    mark, asked = _decimal_mark([_body(shape) for shape in shapes if shape], decimal_comma)
    value = np.array([_value(shape, mark) if shape else np.nan for shape in shapes], dtype=float)
    return Numbers(value, [_money(shape)[0] if shape else "" for shape in shapes], asked)


def looks_like_numbers(texts: Sequence[str]) -> float:
    """Share of `texts` that read as numbers."""
    return read(pa.array(list(texts), pa.string())).share if texts else 0.0


def currency_in(text: str) -> str:
    """The currency that a heading names: `Amount (USD)` → USD, `Ordreværdi kr.` → kr, else ""."""
    words = re.findall(r"[^\W\d]+|[$€£¥₹]", text.casefold())
    return next((found for word in words if (found := _currency(word))), "")


def scale_in(text: str) -> float:
    """What a heading multiplies its amounts by: `Omsætning (t.kr.)`, `Premium (000)`, `Umsatz TEUR`."""
    words = re.findall(r"[^\W\d]+|[$€£¥₹]|\d+", text.casefold())
    for word, after in zip(words, [*words[1:], ""], strict=True):
        short = word in ("k", "t") and _currency(after)
        if short or (word[:1] in ("k", "t") and _currency(word[1:])):
            return 1e3
        if word in _HEADING_SCALES:
            return _HEADING_SCALES[word]
    return 1.0


def _body(shape: re.Match[str]) -> str:
    """The digits and their marks; `1.234,-` is 1.234,00."""
    body, tail = re.sub(_BLANKS, "", shape[4]), shape[5] or ""
    return body + tail[0] + "00" if tail.endswith("-") and tail[0] != ":" else body


def without_currency(header: str) -> str:
    """A heading without the currency it names: `Value EUR` → Value; `kr.` alone stays."""
    bare = " ".join(word for word in header.split() if not currency_in(word))
    return bare or header


def _decimal_mark(bodies: list[str], comma_suggested: bool) -> tuple[str, bool]:
    """The mark before decimals, and whether that is to be said."""
    comma = dot = 0
    unclear = set()
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
            unclear.add(marks[0])
    if comma != dot:
        return ("," if comma > dot else "."), False
    if len(unclear) != 1:
        return ("," if comma_suggested else "."), bool(unclear) or comma > 0
    mark = "," if unclear == {"."} else "."
    return mark, comma > 0 or (mark == ",") != comma_suggested


def _value(shape: re.Match[str], mark: str) -> float:
    """The number; NaN if the marks stand where none may, or beside a word that says nothing of money."""
    thousands = "." if mark == "," else ","
    if re.search(rf"{_BLANKS}+(?!\d{{3}}(?!\d)|{_BLANKS})", shape[4]):
        return np.nan  # `12 34` is no number
    body = _body(shape)
    if not re.fullmatch(rf"\d+(?:\{thousands}\d{{3}})*(?:\{mark}\d+)?(?:e[+-]?\d+)?", body, re.I):
        return np.nan
    currency, scale = _money(shape)
    words = (shape[2] + shape[7]).casefold()
    signs = shape[1] + shape[3] + shape[8]
    if (words and not currency and words not in _PIECES) or signs.count("(") != signs.count(")"):
        return np.nan
    number = float(body.replace(thousands, "").replace(mark, ".")) * scale
    return -number if "-" in signs or "(" in signs else number


def _money(shape: re.Match[str]) -> tuple[str, float]:
    """The currency that the words beside a number name, and what multiplies it: 12 mio. kr, tkr, k€."""
    scale = _SCALES.get((shape[6] or "").casefold(), 1.0)
    for word in (shape[2].casefold(), shape[7].casefold()):
        if currency := _currency(word):
            return currency, scale
        for short in ("k", "t", "m"):
            if word.startswith(short) and (currency := _currency(word[1:])):
                return currency, scale * _SCALES[short]
    return "", scale


def _currency(word: str) -> str:
    if word in _KRONER:
        return "kr"
    return _CURRENCIES.get(word.rstrip("."), "")
