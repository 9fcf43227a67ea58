"""Every language says everything, fills the same blanks, and nothing lies unused.

A key counts as used when it stands as a literal anywhere in the product's Python, or
belongs to a family whose keys are put together at run time; those are declared here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from string import Formatter

import numpy as np
import pandas as pd
import pytest

from quota import columns, i18n, periods
from quota.errors import BadRequest
from quota.ingest import vocabulary

ROOT = Path(__file__).parents[1]
CATALOGUES = ROOT / "quota" / "i18n"
LANGUAGES = i18n.LANGUAGES

# Keys made at run time, `text(f"kind.{kind}")` and its like.
FAMILIES = (
    "language.",
    "kind.",
    "kinds.",
    "counted.kind.",
    "counted.stage.",
    "stage.",
    "status.",
    "measure.",
    "every.",
    "per.",
    "layout.",
    "channel.",
    "field.",
    "column.",
    "of_stage.",
    "error.",
    "issue.",
    "reason.",
    "question.",
    "left_out.",
    "why.",
    "why_not.",
    "digest.",
    "open.",
    "fate.",
    "people.",
    "way.",
    "impact.",
    "run.",
    "balance.",
)

_MAPPED_TABLES = (columns.TIDY, columns.PEOPLE, columns.QUOTAS, columns.ABSENCES)
# Columns that ingest writes itself: nobody maps a heading to them.
_OWN = {columns.SOURCE, columns.SHEET, columns.ROW, columns.DIGEST, columns.WITHDRAWN}

# What each family must hold at least, from the constants in the code.
REQUIRED = {
    "language.": LANGUAGES,
    "kind.": columns.KINDS,
    "kinds.": columns.KINDS,
    "counted.kind.": columns.KINDS,
    "every.": periods.UNITS,
    "per.": periods.UNITS,
    "layout.": columns.LAYOUTS,
    "channel.": columns.TOUCHES,
    "field.": (
        *sorted({name for table in _MAPPED_TABLES for name in table.names} - _OWN),
        *vocabulary.words("fields"),
    ),
}
# The same from modules that may hold the list: (family, module, constant).
REQUIRED_FROM = (
    ("stage.", "quota.funnel", "STAGES"),
    ("counted.stage.", "quota.funnel", "STAGES"),
    ("of_stage.", "quota.funnel", "STAGES"),
    ("status.", "quota.attainment", "STATUSES"),
    ("measure.", "quota.columns", "MEASURED"),
)
# Raised codes are looked up as error.<code>.
ERRORS = {"QuotaError", "UnreadableFile", "BadRequest", "StorageFault"}


def sources() -> list[Path]:
    return sorted([*ROOT.glob("quota/**/*.py"), *ROOT.glob("pages/*.py"), *ROOT.glob("app.py")])


def nodes() -> Iterator[tuple[str, ast.AST]]:
    for file in sources():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            yield f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", node


def called(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def first_argument(node: ast.Call) -> object:
    first = node.args[0] if node.args else None
    return first.value if isinstance(first, ast.Constant) else None


def blanks(entry: i18n.Entry) -> set[str]:
    forms = entry.values() if isinstance(entry, dict) else [entry]
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name is not None}


def where(key: str, lang: str) -> str:
    """The file of `lang` that should hold `key`: the one that holds it in another language."""
    for other in LANGUAGES:
        for file in sorted((CATALOGUES / other).glob("*.toml")):
            if key in i18n.read_catalogue(file):
                return f"quota/i18n/{lang}/{file.name}"
    return f"quota/i18n/{lang}/"


def test_every_language_has_every_key() -> None:
    everything = set().union(*(i18n.catalogue(lang) for lang in LANGUAGES))
    missing = [
        f"{where(key, lang)} lacks {key}"
        for lang in LANGUAGES
        for key in sorted(everything - i18n.catalogue(lang).keys())
    ]
    assert not missing, "\n".join(missing)


def test_every_language_fills_the_same_blanks() -> None:
    english = i18n.catalogue("en")
    differing = [
        f"{where(key, lang)}: {key} has {sorted(blanks(entry))}, English has {sorted(blanks(english[key]))}"
        for lang in LANGUAGES
        for key, entry in i18n.catalogue(lang).items()
        if key in english and blanks(entry) != blanks(english[key])
    ]
    assert not differing, "\n".join(differing)


def test_every_language_makes_plurals_of_the_same_keys() -> None:
    english = i18n.catalogue("en")
    differing = [
        f"{where(key, lang)}: {key}"
        for lang in LANGUAGES
        for key, entry in i18n.catalogue(lang).items()
        if key in english and isinstance(entry, dict) != isinstance(english[key], dict)
    ]
    assert not differing, "\n".join(differing)


def test_no_text_is_empty() -> None:
    empty = [
        f"{where(key, lang)}: {key}"
        for lang in LANGUAGES
        for key, entry in i18n.catalogue(lang).items()
        if not all(form.strip() for form in (entry.values() if isinstance(entry, dict) else [entry]))
    ]
    assert not empty, "\n".join(empty)


def test_every_key_that_the_code_names_exists() -> None:
    english = i18n.catalogue("en")
    missing = []
    for place, node in nodes():
        if isinstance(node, ast.Call) and isinstance(key := first_argument(node), str):
            if called(node) == "text" and "." in key and key not in english:
                missing.append(f"{place}: no text {key}")
            if called(node) in ERRORS and f"error.{key}" not in english:
                missing.append(f"{place}: no text error.{key}")
    assert not missing, "\n".join(missing)


def test_keys_made_at_run_time_belong_to_a_declared_family() -> None:
    undeclared = []
    for place, node in nodes():
        if isinstance(node, ast.Call) and called(node) == "text" and node.args:
            made = node.args[0]
            if isinstance(made, ast.JoinedStr):
                start = made.values[0]
                prefix = start.value if isinstance(start, ast.Constant) else ""
                if not str(prefix).startswith(FAMILIES):
                    undeclared.append(f"{place}: {prefix}…")
    assert not undeclared, "\n".join(undeclared)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_declared_family_is_made_somewhere(family: str) -> None:
    made = [node.values[0] for _, node in nodes() if isinstance(node, ast.JoinedStr)]
    assert any(isinstance(start, ast.Constant) and str(start.value) == family for start in made)


def test_no_key_lies_unused() -> None:
    literals = {
        node.value for _, node in nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    unused = [
        f"{where(key, 'en')}: {key}"
        for key in i18n.catalogue("en")
        if key not in literals and not key.startswith(FAMILIES)
    ]
    assert not unused, "\n".join(unused)


@pytest.mark.parametrize("family", REQUIRED)
def test_families_cover_the_constants(family: str) -> None:
    missing = [name for name in REQUIRED[family] if family + name not in i18n.catalogue("en")]
    assert not missing, f"{family} lacks {missing}"


@pytest.mark.parametrize(("family", "module", "constant"), REQUIRED_FROM)
def test_families_cover_the_constants_of_the_metrics(family: str, module: str, constant: str) -> None:
    names = getattr(import_module(module), constant)
    missing = [name for name in names if family + name not in i18n.catalogue("en")]
    assert not missing, f"{family} lacks {missing}"


def test_a_missing_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        i18n.text("no.such.key", "en")


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        i18n.text("period.week", "en", week=46)


@pytest.mark.parametrize(
    ("n", "lang", "expected"),
    [
        (1, "en", "1 call"),
        (0, "en", "0 calls"),
        (1234, "en", "1,234 calls"),
        (1, "fi", "1 soitto"),
        (2, "fi", "2 soittoa"),
        (np.int64(1234), "da", "1.234 opkald"),
    ],
)
def test_plurals(n: int, lang: str, expected: str) -> None:
    assert i18n.text("counted.kind.call", lang, n=n) == expected


@pytest.mark.parametrize(
    ("x", "lang", "digits", "expected"),
    [
        (1234567.5, "en", 0, "1,234,568"),
        (1234567.5, "da", 1, "1.234.567,5"),
        (1234567.5, "fi", 1, "1 234 567,5"),
        (0.5, "en", 0, "1"),
        (2.5, "en", 0, "3"),
        (-2.5, "en", 0, "-3"),
        (-0.4, "en", 0, "0"),
        (1.005, "en", 2, "1.01"),
        (None, "en", 0, "–"),
        (float("nan"), "en", 0, "–"),
        (float("inf"), "en", 0, "–"),
        (pd.NA, "en", 0, "–"),
    ],
)
def test_numbers(x: float | None, lang: str, digits: int, expected: str) -> None:
    assert i18n.number(x, lang, digits).replace("\xa0", " ") == expected


@pytest.mark.parametrize(
    ("x", "lang", "digits", "expected"),
    [
        (0.83, "en", 0, "83%"),
        (0.075, "en", 1, "7.5%"),
        (0.075, "da", 1, "7,5\xa0%"),
        (1.14, "fi", 0, "114\xa0%"),
        (None, "fi", 0, "–"),
    ],
)
def test_percents(x: float | None, lang: str, digits: int, expected: str) -> None:
    assert i18n.percent(x, lang, digits) == expected


@pytest.mark.parametrize(
    ("x", "currency", "lang", "expected"),
    [
        (1192515.66, "EUR", "en", "€1,192,515.66"),
        (1192515.66, "EUR", "fi", "1 192 515,66 €"),
        (1234.0, "DKK", "da", "1.234 kr."),
        (1234.0, "DKK", "en", "DKK 1,234"),
        (1234.0, None, "en", "1,234"),
        (-5.5, "USD", "en", "-$5.50"),
        (None, "USD", "en", "–"),
    ],
)
def test_money(x: float | None, currency: str | None, lang: str, expected: str) -> None:
    assert i18n.money(x, currency, lang).replace("\xa0", " ") == expected


@pytest.mark.parametrize(
    ("lang", "short", "long", "day"),
    [
        ("en", "20 Nov 2026", "Friday 20 November 2026", "Fri 20 Nov"),
        ("da", "20. nov. 2026", "fredag den 20. november 2026", "fre. 20. nov."),
        ("fi", "20.11.2026", "perjantai 20. marraskuuta 2026", "pe 20.11."),
    ],
)
def test_dates(lang: str, short: str, long: str, day: str) -> None:
    friday = date(2026, 11, 20)
    assert i18n.short_date(friday, lang) == short
    assert i18n.long_date(friday, lang) == long
    assert i18n.day_label(friday, lang) == day


@pytest.mark.parametrize(
    ("period", "en", "da", "fi"),
    [
        ("2026-W46", "Week 46 · 2026", "Uge 46 · 2026", "Viikko 46 · 2026"),
        ("2025-W01", "Week 1 · 2025", "Uge 1 · 2025", "Viikko 1 · 2025"),
        ("2026-11", "November 2026", "November 2026", "Marraskuu 2026"),
        ("2026-Q4", "Q4 2026", "4. kvartal 2026", "Q4/2026"),
        ("2026", "2026", "2026", "2026"),
        ("FY2026", "Fiscal year 2026", "Regnskabsår 2026", "Tilikausi 2026"),
        ("2026-11-09", "9 Nov 2026", "9. nov. 2026", "9.11.2026"),
        ("2026-11-09..2026-11-16", "9–15 Nov 2026", "9.–15. nov. 2026", "9.–15.11.2026"),
    ],
)
def test_period_labels(period: str, en: str, da: str, fi: str) -> None:
    span = periods.parse(period)
    assert [i18n.period_label(span, lang) for lang in LANGUAGES] == [en, da, fi]


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2026-W46", "W46"),
        ("2026-11", "Nov"),
        ("2026-Q4", "Q4 ’26"),
        ("2026", "2026"),
        ("2026-11-09", "Mon 9 Nov"),
    ],
)
def test_period_ticks(period: str, expected: str) -> None:
    assert i18n.period_tick(periods.parse(period), "en") == expected


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("da-DK", "da"),
        ("fi", "fi"),
        ("FI_fi", "fi"),
        ("en-US", "en"),
        ("nb-NO", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_best_language(locale: str | None, expected: str) -> None:
    assert i18n.best_language(locale) == expected


def test_kinds_joined() -> None:
    assert i18n.kinds_label("call+email", "en") == "Calls + E-mails"


def test_an_error_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    words = {"error.late": "Came {when} with {n} rows", "issue.late": "Row {row} came late"}
    monkeypatch.setattr(i18n, "catalogue", lambda lang: words)
    error = BadRequest("late", when=date(2026, 11, 20), n=1234)
    assert i18n.error_message(error, "en") == "Came 20 Nov 2026 with 1,234 rows"
    assert i18n.issue_message("late", "en", row=1234) == "Row 1234 came late"


@pytest.mark.parametrize("lang", ["da", "fi"])
def test_plotly_speaks_the_language(lang: str) -> None:
    config = i18n.plotly_locale(lang)
    words = config["locales"][lang]["format"]  # type: ignore[index]
    assert config["locale"] == lang
    assert [len(words[name]) for name in ("days", "shortDays", "months", "shortMonths")] == [7, 7, 12, 12]
    assert words["days"][0] == {"da": "søndag", "fi": "sunnuntai"}[lang]
    assert words["decimal"] == ","
    assert i18n.separators(lang) == words["decimal"] + words["thousands"]


def test_the_test_sees_blanks() -> None:
    assert blanks({"one": "{n} row of {file}", "other": "{n} rows"}) == {"n", "file"}
    assert blanks("plain") == set()
