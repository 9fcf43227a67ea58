"""Columns → fields: one score per pair, and the assignment that is best as a whole.

A score joins what the heading says (a known word, part of one, or nearly one) with what
the values look like (dates, numbers, names, known types). The layout whose required
fields are met best wins; a person's choice always does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rapidfuzz import fuzz, process
from scipy.optimize import linear_sum_assignment

from quota.ingest import dates, labels, numbers, vocabulary
from quota.ingest.layouts import COUNTS, LAYOUTS, Layout
from quota.ingest.records import Match
from quota.ingest.tables import Column, Table

THRESHOLD = 0.45
_FUZZY = 88
_DATES = {
    "date",
    "due_date",
    "created_date",
    "close_date",
    "expected_close_date",
    "start",
    "end",
    "from",
    "to",
}
_NUMBERS = {"count", "amount", "units", "target", "share", "full_time"}
_VOCABULARIES = {
    "kind": "kinds",
    "status": "statuses",
    "direction": "directions",
    "outcome": "outcomes",
    "meeting_outcome": "outcomes",
    "is_won": "yes_no",
    "new_customer": "yes_no",
    "draft": "yes_no",
    "stage": "stages",
    "every": "every",
}


@dataclass(frozen=True)
class Mapped:
    """A table's layout and which column holds which field.

    `kinds`: column index → kind, where a tracker's heading names what it counts.
    `periods`: column index → label, where headings are weeks, months or days.
    """

    layout: str
    columns: dict[str, Column]
    matches: tuple[Match, ...]
    kinds: dict[int, str]
    periods: dict[int, str]
    score: float


def map_table(table: Table, chosen: Mapping[str, str], layout: str | None = None) -> Mapped:
    """The best reading of a table's headings; `chosen` is heading → field, "" to ignore."""
    settled = {heading: _without_order(name) for heading, name in chosen.items()}
    options = [_fit(table, option, settled) for option in LAYOUTS]
    counts = _fit_counts(table, settled)
    if counts is not None:
        options.append(counts)
    if layout is not None:
        options = [option for option in options if option.layout == layout] or options
    best = max(options, key=lambda option: option.score)
    if best.score <= 0:
        return Mapped("unknown", {}, _matches(table, {}, {}, settled), {}, {}, 0.0)
    return best


def _without_order(name: str) -> str:
    """`date:dmy` → date; the order matters only to whoever reads the dates."""
    return name.removesuffix(":dmy").removesuffix(":mdy")


def _fit(
    table: Table, layout: Layout, settled: Mapping[str, str], skip: frozenset[int] = frozenset()
) -> Mapped:
    columns = [column for column in table.columns if column.index not in skip]
    scores = np.array([[_score(column, name, settled) for name in layout.fields] for column in columns])
    assigned: dict[str, Column] = {}
    certainty: dict[int, float] = {}
    if scores.size:
        for at, name in zip(*linear_sum_assignment(-scores), strict=True):
            if scores[at, name] >= THRESHOLD:
                assigned[layout.fields[name]] = columns[at]
                certainty[columns[at].index] = float(min(scores[at, name], 1.0))
    met = all(any(name in assigned for name in group) for group in layout.needs)
    told = sum(certainty[assigned[name].index] for name in layout.tells if name in assigned)
    total = sum(certainty.values())
    score = (total + 0.5 * told) / max(len(columns), 1) ** 0.5 if met else 0.0
    matches = _matches(table, assigned, certainty, settled)
    return Mapped(layout.name, assigned, matches, {}, {}, score)


def _fit_counts(table: Table, settled: Mapping[str, str]) -> Mapped | None:
    """A tracker: numbers under headings that name kinds or periods, or in one count column."""
    kinds = _kind_columns(table, settled)
    periods = _period_columns(table)
    if len(periods) >= 2:
        kinds = {}
    else:
        periods = {}
    fitted = _fit(table, COUNTS, settled, frozenset(kinds) | frozenset(periods))
    has_when = bool(periods) or any(name in fitted.columns for name in ("period", "date"))
    has_what = bool(kinds) or ("kind" in fitted.columns and (bool(periods) or "count" in fitted.columns))
    if fitted.score <= 0 or not has_what or not has_when:
        return None
    matches = tuple(_with_role(match, kinds, periods) for match in fitted.matches)
    bonus = (2.0 * (len(kinds) + len(periods)) + 0.5) / max(len(table.columns), 1) ** 0.5
    return Mapped("counts", fitted.columns, matches, kinds, periods, fitted.score + bonus)


def _kind_columns(table: Table, settled: Mapping[str, str]) -> dict[int, str]:
    found = {}
    for column in table.columns:
        chosen = settled.get(column.header)
        kind = chosen.removeprefix("count:") if chosen and chosen.startswith("count:") else None
        if chosen is None:
            kind = vocabulary.meaning("kinds", column.header)
        if kind and column.sample and _numbers(_filled(column.sample)) >= 0.5:
            if vocabulary.meaning("fields", column.header) == "id":
                continue
            found[column.index] = kind
    return found


def _period_columns(table: Table) -> dict[int, str]:
    found = {}
    for column in table.columns:
        if labels.period_label(column.header) or dates.looks_like_dates((column.header,)):
            found[column.index] = column.header
    return found


@lru_cache(maxsize=1024)
def _filled(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in texts if not vocabulary.is_empty(text))


def _with_role(match: Match, kinds: Mapping[int, str], periods: Mapping[int, str]) -> Match:
    if match.index in kinds:
        kind = kinds[match.index]
        return Match(
            match.header, match.index, f"count:{kind}", 1.0, "counts_kind", {"kind": kind}, match.samples
        )
    if match.index in periods:
        return Match(match.header, match.index, "period", 1.0, "names_period", {}, match.samples)
    return match


def _matches(
    table: Table, assigned: Mapping[str, Column], certainty: Mapping[int, float], settled: Mapping[str, str]
) -> tuple[Match, ...]:
    by_index = {column.index: name for name, column in assigned.items()}
    matches = []
    for column in table.columns:
        name = by_index.get(column.index)
        code, details = _reason(column, name, settled)
        samples = column.sample[:5]
        matches.append(
            Match(
                column.header,
                column.index,
                name,
                round(certainty.get(column.index, 0.0), 2),
                code,
                details,
                samples,
            )
        )
    return tuple(matches)


def _reason(column: Column, name: str | None, settled: Mapping[str, str]) -> tuple[str, dict[str, object]]:
    if column.header in settled:
        return ("you_said", {}) if settled[column.header] else ("you_ignored", {})
    if name is None:
        return "no_field", {}
    heading, spelling = heading_score(column.header, name)
    share = round(100 * _value_score(column, name))
    if spelling == vocabulary.fold(column.header):
        return "heading_known", {"share": share}
    if heading > 0:
        return "heading_like", {"word": spelling, "share": share}
    return "values", {"share": share}


def _score(column: Column, name: str, settled: Mapping[str, str]) -> float:
    if column.header in settled:
        return 9.0 if settled[column.header] == name else 0.0
    heading, _ = heading_score(column.header, name)
    values = _value_score(column, name)
    if heading and values >= 0.5:
        return 0.7 * heading + 0.3 * values
    if heading and not column.sample:
        return 0.6 * heading
    if heading and name not in _DATES | _NUMBERS:
        return 0.7 * heading + 0.1 * values
    if not heading and values >= 0.9 and name in {"rep", "date", "kind"}:
        return 0.5 * values
    return 0.0


@lru_cache(maxsize=65_536)
def heading_score(header: str, name: str) -> tuple[float, str]:
    """How well a heading names a field (0–1), and the known spelling it was likened to."""
    folded = vocabulary.fold(header)
    spellings = vocabulary.words("fields").get(name, ())
    if not folded:
        return 0.0, ""
    if folded in spellings:
        return 1.0 - 0.002 * spellings.index(folded), folded
    tokens = folded.split()
    within = [s for s in spellings if _contains(tokens, s.split())]
    if within:
        longest = max(within, key=len)
        return 0.55 + 0.35 * len(longest.split()) / len(tokens), longest
    if len(folded) >= 4 and (
        near := process.extractOne(folded, spellings, scorer=fuzz.ratio, score_cutoff=_FUZZY)
    ):
        return 0.8 * near[1] / 100, near[0]
    return 0.0, ""


def _contains(tokens: list[str], part: list[str]) -> bool:
    return any(tokens[at : at + len(part)] == part for at in range(len(tokens) - len(part) + 1))


def _value_score(column: Column, name: str) -> float:
    """Share of the sample that looks like the field's values; 0.6 where any text would do."""
    sample = _filled(column.sample)
    if not sample:
        return 0.5
    if name in _DATES:
        return _dates(sample)
    if name in _NUMBERS:
        return _numbers(sample)
    if name in _VOCABULARIES:
        return _known(sample, _VOCABULARIES[name])
    if name in _TESTS:
        return _share(sample, _TESTS[name])
    return 0.6 if _dates(sample) < 0.5 else 0.2


_dates = lru_cache(maxsize=1024)(dates.looks_like_dates)


@lru_cache(maxsize=1024)
def _numbers(sample: tuple[str, ...]) -> float:
    return numbers.looks_like_numbers([text.rstrip("% ") for text in sample])


@lru_cache(maxsize=1024)
def _known(sample: tuple[str, ...], group: str) -> float:
    return _share(sample, lambda text: vocabulary.meaning_within(group, text) is not None)


def _share(sample: tuple[str, ...], holds: Callable[[str], bool]) -> float:
    return sum(holds(text) for text in sample) / len(sample)


def _could_be_name(text: str) -> bool:
    """A person: some letters, few digits, and neither a date nor a type of activity."""
    return sum(sign.isalpha() for sign in text) >= 2 and sum(sign.isdigit() for sign in text) <= 2


def _names_period(text: str) -> bool:
    return bool(labels.period_label(text) or labels.bare_week(text))


_TESTS: dict[str, Callable[[str], bool]] = {
    "period": _names_period,
    "year": lambda text: bool(labels.YEAR.fullmatch(text)),
    "rep": _could_be_name,
    "email": lambda text: "@" in text,
}
