"""Every visible word, number and date, in English, Danish and Finnish.

One rule: the language is an argument, never a setting of the process, because one server
speaks to many people at once. The words live in `<language>/*.toml`; all files of a
language are merged, nested tables become dotted keys, and a table of exactly `one` and
`other` is a plural picked by `n`. A key that is not there raises `KeyError`.
"""

from __future__ import annotations

import math
import tomllib
from datetime import date
from functools import cache, lru_cache
from numbers import Real
from pathlib import Path
from typing import Protocol, TypeGuard, cast

from babel import Locale
from babel.dates import format_date, format_interval
from babel.numbers import format_currency, format_decimal, get_currency_symbol

from quota.errors import QuotaError

LANGUAGES = ("en", "da", "fi")
ABSENT = "–"

_HERE = Path(__file__).parent
_PLURAL = {"one", "other"}
# English dates are written day first, with the month as a word: nobody can misread them.
_DATE_LOCALES = {"en": "en_GB", "da": "da", "fi": "fi"}
_PATTERNS = {
    "short": {"en": "d MMM y", "da": "d. MMM y", "fi": "d.M.y"},
    "long": {"en": "EEEE d MMMM y", "da": "EEEE 'den' d. MMMM y", "fi": "cccc d. MMMM y"},
    "day": {"en": "EEE d MMM", "da": "EEE d. MMM", "fi": "EEE d.M."},
}

_INTERVALS = {"en": "yMMMd", "da": "yMMMd", "fi": "yMd"}

Entry = str | dict[str, str]


class Span(Protocol):
    """What a label needs to know of a period: see `quota.periods.Period`."""

    @property
    def start(self) -> date: ...
    @property
    def last(self) -> date: ...
    @property
    def unit(self) -> str: ...


@cache
def catalogue(lang: str) -> dict[str, Entry]:
    """Every key of a language → its text, or its plural forms {one, other}."""
    entries: dict[str, Entry] = {}
    for file in sorted((_HERE / lang).glob("*.toml")):
        for key, entry in read_catalogue(file).items():
            if key in entries:
                raise ValueError(f"{file}: {key} is already in another file of {lang}")
            entries[key] = entry
    return entries


def read_catalogue(file: Path) -> dict[str, Entry]:
    """One catalogue file, its nested tables flattened to dotted keys."""
    return _flat(tomllib.loads(file.read_text("utf-8")), "")


def text(key: str, lang: str, **values: object) -> str:
    """The text of `key` with `{name}` filled in; dates and the count `n` as the language writes them."""
    entry = catalogue(lang)[key]
    if isinstance(entry, dict):
        entry = entry[_locale(lang).plural_form(cast(int, values["n"]))]
    return entry.format(**{name: _shown(name, value, lang) for name, value in values.items()})


def error_message(error: QuotaError, lang: str) -> str:
    """What went wrong and how to cure it."""
    return text(f"error.{error.code}", lang, **error.details)


def issue_message(code: str, lang: str, near: object = None, **details: object) -> str:
    """Why a row, or a whole table, was not taken as it stands; `near`: the known name that was meant."""
    if isinstance(near, str):
        return f"{issue_message(code, lang, **details)} {text('check.near', lang, near=near)}"
    if code == "missing_field":
        details["value"] = text(f"field.{details['value']}", lang)
    said = {name: ABSENT if value is None else value for name, value in details.items()}
    return text(f"issue.{code}", lang, **said)


def kinds_label(kind: str, lang: str) -> str:
    """The plural name of a kind, or of several joined with `+`: "Calls + E-mails"."""
    return " + ".join(text(f"kinds.{part.strip()}", lang) for part in kind.split("+"))


def number(x: float | None, lang: str, digits: int = 0) -> str:
    """A number with the language's separators, rounded to `digits`; absent → "–"."""
    if not _known(x):
        return ABSENT
    return _written(_rounded(x, digits), lang, digits)


def percent(x: float | None, lang: str, digits: int = 0) -> str:
    """A fraction as per cent: 0.83 → "83%", "83 %"; absent → "–"."""
    if not _known(x):
        return ABSENT
    return number(x * 100, lang, digits) + ("%" if lang == "en" else "\N{NO-BREAK SPACE}%")


def money(x: float | None, currency: str | None, lang: str) -> str:
    """An amount in its currency, with decimals only where it has some; absent → "–"."""
    if not _known(x):
        return ABSENT
    digits = 0 if round(x, 2) == round(x) else 2
    if not currency or currency != currency:
        return number(x, lang, digits)
    pattern = _locale(lang).currency_formats["standard"].pattern
    if get_currency_symbol(currency, locale=_locale(lang))[-1:].isalpha():
        pattern = pattern.replace("¤#", "¤\N{NO-BREAK SPACE}#")
    if digits == 0:
        pattern = pattern.replace(".00", "")
    return format_currency(
        _rounded(x, digits), currency, format=pattern, locale=_locale(lang), currency_digits=False
    )


def quantity(
    x: float | None, lang: str, kind: str = "several", measure: str = "count", currency: str | None = None
) -> str:
    """An amount of work in words: "57 calls", "DKK 12,000"; several kinds joined by `+` are "activities".

    Counts are whole, money shows cents below 1,000 only, a share of the quota is in per cent; absent → "–".
    """
    if not _known(x):
        return ABSENT
    if measure == "share":
        return percent(x, lang)
    if measure == "amount":
        return money(_rounded(x, 0) if abs(x) >= 1000 else x, currency, lang)
    return text(f"counted.kind.{'several' if '+' in kind else kind}", lang, n=int(_rounded(x, 0)))


def short_date(d: date, lang: str) -> str:
    """20 Nov 2026 · 20. nov. 2026 · 20.11.2026"""
    return _date(d, "short", lang)


def long_date(d: date, lang: str) -> str:
    """Friday 20 November 2026 · fredag den 20. november 2026 · perjantai 20. marraskuuta 2026"""
    return _date(d, "long", lang)


def day_label(d: date, lang: str) -> str:
    """A day whose year is plain from its surroundings: Fri 20 Nov · fre. 20. nov. · pe 20.11."""
    return _date(d, "day", lang)


def period_label(period: Span, lang: str) -> str:
    """Week 46 · 2026, November 2026, Q4 2026, … ; a custom period by its first and last day."""
    year, week, _ = period.start.isocalendar()
    quarter = (period.start.month + 2) // 3
    match period.unit:
        case "day":
            return _date(period.start, "short", lang)
        case "week":
            return text("period.week", lang, week=week, year=year)
        case "month":
            return _capital(format_date(period.start, "LLLL y", locale=_DATE_LOCALES[lang]))
        case "quarter":
            return text("period.quarter", lang, quarter=quarter, year=period.start.year)
        case "year":
            return str(period.start.year)
        case "fiscal_year":
            return text("period.fiscal_year", lang, year=period.last.year)
    return str(format_interval(period.start, period.last, _INTERVALS[lang], locale=_DATE_LOCALES[lang]))


def period_tick(period: Span, lang: str) -> str:
    """A period as short as an axis needs it: W46, Nov, Q4 ’26."""
    match period.unit:
        case "week":
            return text("period.week_tick", lang, week=period.start.isocalendar()[1])
        case "month":
            return str(format_date(period.start, "LLL", locale=_DATE_LOCALES[lang]))
        case "quarter":
            quarter, year = (period.start.month + 2) // 3, f"{period.start:%y}"
            return text("period.quarter_tick", lang, quarter=quarter, year=year)
        case "day" | "custom":
            return _date(period.start, "day", lang)
    return period_label(period, lang)


def plotly_locale(lang: str) -> dict[str, object]:
    """The `locale` part of a Plotly config. Plotly bundles no Danish or Finnish of its own."""
    if lang == "en":
        return {"locale": "en"}
    return {"locale": lang, "locales": {lang: _plotly_words(lang)}}


def separators(lang: str) -> str:
    """Decimal and thousands sign together, as Plotly's `layout.separators` takes them."""
    symbols = _locale(lang).number_symbols["latn"]
    return str(symbols["decimal"]) + str(symbols["group"])


def best_language(locale: str | None) -> str:
    """The language for a browser's locale (da-DK → da); English for any we do not speak."""
    first = (locale or "").replace("_", "-").split("-")[0].lower()
    return first if first in LANGUAGES else LANGUAGES[0]


def _flat(table: dict[str, object], prefix: str) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and value.keys() != _PLURAL:
            entries |= _flat(value, f"{key}.")
        elif isinstance(value, str | dict):
            entries[key] = value
        else:
            raise ValueError(f"{key} is neither a text nor a table: {value!r}")
    return entries


def _shown(name: str, value: object, lang: str) -> object:
    if isinstance(value, date):
        return short_date(value, lang)
    return number(float(value), lang) if name == "n" and isinstance(value, Real) else value


@cache
def _locale(lang: str) -> Locale:
    return Locale.parse(lang)


def _date(d: date, width: str, lang: str) -> str:
    return str(format_date(d, _PATTERNS[width][lang], locale=_DATE_LOCALES[lang]))


def _known(x: float | None) -> TypeGuard[float]:
    try:
        return math.isfinite(x)  # type: ignore[arg-type]
    except TypeError:  # None, and what pandas puts in its place
        return False


def _rounded(x: float, digits: int) -> float:
    # Half away from zero, as people round; and never "-0".
    scale = 10**digits
    return float(math.copysign(math.floor(abs(x) * scale + 0.5 + 1e-9), x) / scale + 0.0)


@lru_cache(65_536)
def _written(rounded: float, lang: str, digits: int) -> str:
    return format_decimal(rounded, format=_pattern(digits), locale=_locale(lang))


def _pattern(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _plotly_words(lang: str) -> dict[str, object]:
    locale = _locale(lang)
    sunday_first = (6, 0, 1, 2, 3, 4, 5)
    days, months = locale.days["stand-alone"], locale.months["stand-alone"]
    return {
        "dictionary": {
            "Download plot as a PNG": text("plotly.png", lang),
            "Reset axes": text("plotly.reset", lang),
            "Autoscale": text("plotly.autoscale", lang),
        },
        "format": {
            "days": [days["wide"][day] for day in sunday_first],
            "shortDays": [days["abbreviated"][day] for day in sunday_first],
            "months": [months["wide"][month] for month in range(1, 13)],
            "shortMonths": [months["abbreviated"][month] for month in range(1, 13)],
            "date": text("plotly.date", lang),
            "decimal": separators(lang)[0],
            "thousands": separators(lang)[1],
            "month": "%b %Y",
            "dayMonth": text("plotly.day_month", lang),
            "dayMonthYear": text("plotly.day_month_year", lang),
        },
    }
