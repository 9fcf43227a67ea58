"""Columns → fields: one score per pair, and the assignment that is best as a whole.

A score joins what the heading says (a known word, part of one, or nearly one) with what
the values look like (dates, numbers, names, known types). The layout whose required
fields are met best wins; a person's choice always does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rapidfuzz import fuzz, process
from scipy.optimize import linear_sum_assignment

from quota.columns import TOUCHES, WORK
from quota.ingest import dates, labels, numbers, vocabulary
from quota.ingest.headings import ACTUAL, TARGET, taken_apart
from quota.ingest.layouts import COUNTS, LAYOUTS, Layout
from quota.ingest.records import Match
from quota.ingest.tables import Column, Table

THRESHOLD = 0.45
_CLOCK = re.compile(r"(?:kl\.?\s*|klo\s*)?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\.?)?", re.I)
_FUZZY = 88
_DATES = {
    "date",
    "due_date",
    "created_date",
    "close_date",
    "lost_date",
    "other_date",
    "expected_close_date",
    "start",
    "end",
    "from",
    "to",
}
_NUMBERS = {"count", "amount", "units", "target", "share", "full_time"}
# Dates that a known heading promises even where most cells are wrong: those are to be refused by row.
_WHEN = {"date", "due_date", "created_date", "close_date"}
# Fields that a heading can never give to a column whose values say otherwise.
_BOUND = _DATES | _NUMBERS | {"period", "year", "time", "email"}
# Fields whose headings are such common words that only the whole heading counts.
_EXACT = {
    "to_person",
    "count",
    "year",
    "from",
    "to",
    "start",
    "end",
    "share",
    "every",
    "who",
    "is_won",
    "for",
    "role",
}
# Words that name a field when they stand alone, and nothing inside a longer heading.
_VAGUE = {
    *(
        "id",
        "name",
        "navn",
        "nimi",
        "namn",
        "user",
        "member",
        "executive",
        "what",
        "when",
        "no",
        "number",
        "total",
    ),
    *("unit", "body", "value", "day", "dag", "start", "end", "person", "lead", "state", "tid", "aika", "in"),
}
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
    """`date:dmy` → date, `period:2026` → period; what stands behind matters only to whoever reads them."""
    return name if name.startswith("count:") else name.partition(":")[0]


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
    if layout.name == "people" and met:
        met = _is_roster(table, assigned["rep"])
    score = (total + 0.5 * told) / max(len(columns), 1) ** 0.5 if met else 0.0
    matches = _matches(table, assigned, certainty, settled)
    return Mapped(layout.name, assigned, matches, {}, {}, score)


def _is_roster(table: Table, rep: Column) -> bool:
    """One row per person, and nothing about customers: a list of contacts has owners too."""
    about_customers = any(
        vocabulary.fold(column.header) in vocabulary.words("fields")["account"] for column in table.columns
    )
    return not about_customers and len(rep.values) >= 0.7 * int(rep.filled.sum())


def _fit_counts(table: Table, settled: Mapping[str, str]) -> Mapped | None:
    """A tracker: numbers under headings that name kinds or periods, or in one count column.

    Without any period it is a tracker all the same; whoever reads it looks for one around it.
    """
    kinds, periods, aside = _counting_columns(table, settled)
    fitted = _fit(table, COUNTS, settled, frozenset(kinds) | frozenset(periods) | frozenset(aside))
    if periods or kinds:
        fitted.columns.pop("count", None)
    has_when = bool(periods) or any(name in fitted.columns for name in ("period", "date"))
    has_what = bool(kinds or periods) or ("kind" in fitted.columns and "count" in fitted.columns)
    if fitted.score <= 0 or not has_what or not (has_when or len(kinds) > 1):
        return None
    matches = tuple(_with_role(match, kinds, periods, aside) for match in fitted.matches)
    bonus = (2.0 * len(kinds.keys() | periods.keys()) + 0.5) / max(len(table.columns), 1) ** 0.5
    return Mapped("counts", fitted.columns, matches, kinds, periods, fitted.score + bonus)


def _counting_columns(
    table: Table, settled: Mapping[str, str]
) -> tuple[dict[int, str], dict[int, str], dict[int, str]]:
    """Columns of counts: index → kind, index → period, and those left aside: index → why."""
    kinds, periods, aside = dict[int, str](), dict[int, str](), dict[int, str]()
    for column in table.columns:
        chosen = settled.get(column.header)
        if chosen is not None:
            if chosen.startswith("count:"):
                kinds[column.index] = chosen.removeprefix("count:")
            continue
        heading = taken_apart(column.header)
        sample = _filled(column.sample)
        named = heading.kind or heading.period
        if (
            not named
            or vocabulary.meaning("fields", column.header) == "id"
            or (sample and _numbers(sample) < 0.5)
        ):
            continue
        if heading.role != ACTUAL:
            aside[column.index] = "a_target" if heading.role == TARGET else "adds_up_others"
            continue
        if heading.kind and column.sample:
            kinds[column.index] = heading.kind
        if heading.period:
            periods[column.index] = heading.period
    periods, coarse = _finest(periods)
    aside |= dict.fromkeys(coarse, "adds_up_others")
    if len(periods) < 2 and not kinds.keys() & periods.keys():
        periods = {}
    elif periods:
        # Under weeks or months, a column that names only a kind is a total of its own.
        aside |= dict.fromkeys(kinds.keys() - periods.keys(), "adds_up_others")
        kinds = {index: kind for index, kind in kinds.items() if index in periods}
    return {index: kind for index, kind in kinds.items() if index not in aside}, periods, aside


def _finest(periods: dict[int, str]) -> tuple[dict[int, str], list[int]]:
    """Of weeks, months and quarters side by side only the finest: the others add them up."""
    units = {index: _unit(label) for index, label in periods.items()}
    finest = min(units.values(), key=_FINENESS.index, default="")
    kept = {index: label for index, label in periods.items() if units[index] == finest}
    return kept, [index for index in periods if index not in kept]


_FINENESS = ("day", "week", "month", "quarter")


def _unit(label: str) -> str:
    named = labels.period_label(label)
    return named.unit if named else "day"


@lru_cache(maxsize=1024)
def _filled(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in texts if not vocabulary.is_empty(text))


def _with_role(
    match: Match, kinds: Mapping[int, str], periods: Mapping[int, str], aside: Mapping[int, str]
) -> Match:
    if match.index in aside:
        return Match(match.header, match.index, None, 0.0, aside[match.index], {}, match.samples)
    if (kinds or periods) and match.field == "count":
        return Match(match.header, match.index, None, 0.0, "adds_up_others", {}, match.samples)
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
    """0 … 1: what the heading says, borne out by the values; a known heading over doubtful values
    still counts for words (a type nobody knows is a question), never for dates and numbers."""
    if column.header in settled:
        return 9.0 if settled[column.header] == name else 0.0
    heading, spelling = heading_score(column.header, name)
    values = _value_score(column, name)
    if not heading:
        return 0.5 * values if _speaks_for_itself(column, name) else 0.0
    if not column.sample:
        return 0.6 * heading
    known = spelling == vocabulary.fold(column.header)
    if values < 0.5 and known and name in _WHEN:
        return 0.5 * heading + 0.2 * values
    if values < 0.5 and (not known or name in _BOUND):
        return 0.0
    return 0.7 * heading + 0.3 * values


def _speaks_for_itself(column: Column, name: str) -> bool:
    """Whether values alone tell a field under an unknown heading: dates, or several known types."""
    if name == "date":
        return _value_score(column, name) >= 0.9 and _numbers(_filled(column.sample)) < 0.5
    if name == "kind":
        kinds = {vocabulary.meaning("kinds", text) for text in _filled(column.sample)}
        return len(kinds & set(TOUCHES + WORK)) > 1 and None not in kinds
    return False


@lru_cache(maxsize=65_536)
def heading_score(header: str, name: str) -> tuple[float, str]:
    """How well a heading names a field (0–1), and the known spelling it was likened to."""
    folded = vocabulary.fold(header)
    spellings = vocabulary.words("fields").get(name, ())
    if not folded:
        return 0.0, ""
    if folded in spellings:
        return 1.0 - 0.002 * spellings.index(folded), folded
    joined = [spelling.replace(" ", "") for spelling in spellings]
    if folded.replace(" ", "") in joined:  # OWNERID is OwnerId is owner id
        at = joined.index(folded.replace(" ", ""))
        return 1.0 - 0.002 * at, folded
    if name in _EXACT:
        return 0.0, ""
    tokens = folded.split()
    telling = [spelling for spelling in spellings if spelling not in _VAGUE]
    within = [spelling for spelling in telling if _contains(tokens, spelling.split())]
    if within:
        longest = max(within, key=len)
        return 0.55 + 0.35 * len(longest.split()) / len(tokens), longest
    if len(folded) >= 4:
        near = process.extractOne(folded, telling, scorer=fuzz.ratio, score_cutoff=_FUZZY)
        if near:
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
    "time": lambda text: bool(_CLOCK.fullmatch(text)),
}
