"""How much a column is like a field: what its heading says, borne out by what its cells look like.

All likenesses run from 0 to 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import pyarrow as pa
from rapidfuzz import fuzz, process

from quota.columns import TOUCHES, WORK
from quota.ingest import dates, labels, numbers, vocabulary, zones
from quota.ingest.headings import taken_apart
from quota.ingest.tables import Column

_CLOCK = re.compile(r"(?:kl\.?\s*|klo\s*)?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\.?)?", re.I)
_DAY = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")
_FUZZY = 88
# Nobody does so many of one kind in a row of a log.
_MANY = 1000
# So many numbers that only grow may number the rows.
_FEW = 3
_EXTENSION = re.compile(
    r"^(?:(?:ext(?:ension)?|lokal(?:nummer|nr)?|anknytning|alanumero|durchwahl)\.?\s*)?\d{2,6}\s*[-–:]\s+(?=\D)",
    re.I,
)
_NUMBER_BEHIND = re.compile(r"(?<=[^\W\d])\s*[(\[<]\d{2,6}[)\]>]$")
_ONLY_ID = 0.1
_DATES = {
    *("date", "due_date", "created_date", "close_date", "lost_date", "other_date", "expected_close_date"),
    *("start", "end", "from", "to"),
}
# Fields that values alone may tell, under a heading that nobody knows.
_TELLING = ("reason", "date", "kind", "status", "count")
_TIMES = {*_DATES, "time"}
_NUMBERS = {
    *("count", "amount", "won_amount", "units", "target", "share", "full_time"),
    *("points", "week", "threshold"),
}
# Dates that a known heading promises even where most cells are wrong: those are to be refused by row.
_WHEN = {"date", "due_date", "created_date", "close_date"}
_CUSTOMERS = {"account", "contact", "deal"}
# Fields that a heading can never give to a column whose values say otherwise.
_FLAGS = {"deleted", "cancelled", "no_show", "attended"}
# What became of a row, in words.
_STATES = ("status", "outcome", "meeting_outcome")
_BOUND = _DATES | _NUMBERS | _FLAGS | {"days", "days_unit", "period", "weekday", "year", "time", "email"}
# Fields whose headings are such common words that only the whole heading counts.
_EXACT = {
    *(
        "weekday",
        "to_person",
        "count",
        "year",
        "from",
        "to",
        "start",
        "end",
        "share",
        "days",
        "days_unit",
        "every",
        "who",
        "is_won",
        "won_amount",
        "role",
        *("alternative", "minimum", "cap", "ramp", "carry", "points", "week", "tier", "threshold", "reward"),
    ),
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
    "deleted": "yes_no",
    "cancelled": "yes_no",
    "no_show": "yes_no",
    "attended": "yes_no",
    "stage": "stages",
    "every": "every",
    "reason": "leave",
    "weekday": "weekdays",
    "carry": "yes_no",
}


def likeness(column: Column, name: str, settled: Mapping[str, str]) -> float:
    """0 … 1: what the heading says, borne out by the values; a known heading over doubtful values
    still counts for words (a type nobody knows is a question), never for dates and numbers."""
    if column.header in settled:
        return 9.0 if settled[column.header] == name else 0.0
    if name in ("kind", "direction") and _only_ways(column):
        return 0.9 if name == "direction" and heading_score(column.header, "kind")[0] else 0.0
    heading, spelling = heading_score(column.header, name)
    if not heading and name not in _TELLING:
        return 0.0
    if name == "other_date" and vocabulary.meaning("fields", column.header) == "date":
        return 0.0
    values = value_likeness(column, name)
    if name == "rep" and _DAY.match(column.sample[0] if column.sample else ""):
        return 0.0  # `From` may be a day
    if name == "duration" and values < 0.5 and dates.looks_like_dates(filled(column.sample)) > 0.5:
        return 0.0
    if name in _STATES and values < 0.5 and _says_numbers(column):
        return 0.0
    if not heading:
        return 0.5 * values if _speaks_for_itself(column, name) else 0.0
    if not column.sample:
        return 0.6 * heading
    known = spelling == vocabulary.fold(column.header)
    if values < 0.5 and known and name in _DATES and written_as_days(column):
        return 0.7 * heading + 0.1
    if values < 0.5 and known and name in _WHEN and not (_says_state(spelling) or _says_yes_or_no(column)):
        return 0.5 * heading + 0.2 * values
    if values < 0.5 and (not known or name in _BOUND):
        return 0.0
    return 0.7 * heading + 0.3 * values if name != "kind" else _telling(column, heading, values)


def _telling(column: Column, heading: float, values: float) -> float:
    """The likeness to types: little where all of them are tasks, more where they tell what the customer
    did (`Email opened`) than where they only name the channel."""
    said = filled(column.sample)
    if {vocabulary.meaning("kinds", text) for text in said} == {"other"}:
        return 0.45 + 0.05 * heading
    told = any(vocabulary.meaning("not_work", text) for text in said)
    return 0.7 * heading + (0.4 if told else 0.3 * values)


def written_as_days(column: Column) -> bool:
    """Whether every cell is written like a day, if only one that does not exist: 2026-02-30."""
    return all(_DAY.fullmatch(text.strip()) for text in filled(column.sample))


def _says_state(spelling: str) -> bool:
    """Whether a heading of dates is a heading of states as well: `Completed`, `Closed`, `Won`."""
    return any(vocabulary.meaning(group, spelling) for group in ("statuses", "stages"))


def _only_ways(column: Column) -> bool:
    """Whether a column of types says no more than which way: outgoing, incoming, and beside these
    missed or internal."""
    said = filled(column.sample)
    named = {text for text in said if _names_way(text)}
    rest = (
        vocabulary.meaning("directions", text) or vocabulary.fold(text) in vocabulary.words("inside")["words"]
        for text in said
        if text not in named
    )
    return heading_score(column.header, "kind")[0] > 0 and bool(named) and all(rest)


def _names_way(text: str) -> bool:
    """Whether a text says out or in, and beside it only by which telephone, or that nobody answered:
    `Outgoing mobile`."""
    beside = vocabulary.beside("heading_directions", text)
    plain = beside in vocabulary.words("places")["phones"] or vocabulary.meaning("outcomes", beside)
    named = vocabulary.meaning_within("heading_directions", text) is not None
    return named and bool(not beside or plain)


def _says_numbers(column: Column) -> bool:
    """Whether a column holds days or numbers, which are no state."""
    sample = filled(column.sample)
    return dates.looks_like_dates(sample) > 0.5 or looks_like_numbers(sample) > 0.5


def _says_yes_or_no(column: Column) -> bool:
    """Whether a column holds nothing but yes and no, which is never a day, whatever its heading."""
    return _known(filled(column.sample), "yes_no") == 1


def _speaks_for_itself(column: Column, name: str) -> bool:
    """Whether values alone tell a field under an unknown heading: dates, leave, several known types,
    or what was done and what was not; a bare `No.` may also head numbers that count."""
    if name == "reason":
        return value_likeness(column, name) > 0.5
    if name == "date":
        return value_likeness(column, name) >= 0.9 and looks_like_numbers(filled(column.sample)) < 0.5
    if name == "kind":
        said = filled(column.sample)
        if column.index == 0:  # over the names of rows the corner may be empty
            said = tuple(text for text in said if not _adds_nothing(text))
        return len(set(_types(said, plainly=column.index > 0)) & set(TOUCHES + WORK)) > 1
    if name == "status" and vocabulary.meaning_within("kinds", column.header) is None:
        # What is said of a `Follow-up` is not said of the row's own work.
        return says_done_or_not(filled(column.sample))
    if name == "count":
        known = vocabulary.fold(column.header) in vocabulary.words("may_count")["heading"]
        return known and column.index > 0 and small_counts(column) and not _grows(column, _FEW)
    return False


def _adds_nothing(text: str) -> bool:
    """Whether a row's name makes it a part or a sum of others."""
    return vocabulary.starts_part(text) or vocabulary.starts_total(text)


def _types(texts: Iterable[str], *, plainly: bool) -> list[str]:
    """The types that all the texts are, none as soon as one is not: most columns hold no types."""
    kinds = []
    for text in texts:
        if (kind := _type_of(text, plainly=plainly)) is None:
            return []
        kinds.append(kind)
    return kinds


def _type_of(text: str, *, plainly: bool) -> str | None:
    """The type that a text is; unless `plainly`, also with what it says besides: `Meetings booked`."""
    parts = taken_apart(text)
    understood = parts.kind if not (plainly or parts.rest or parts.periods) else None
    return vocabulary.meaning("kinds", text) or understood


def says_done_or_not(sample: tuple[str, ...]) -> bool:
    """Whether texts say of some rows that the work was done and of others that it was not: states in
    words, and none of a deal."""
    if any(vocabulary.meaning(group, text) for group in ("yes_no", "stages") for text in sample):
        return False
    said = {
        vocabulary.meaning("statuses", text) or ("planned" if vocabulary.negated(text) else None)
        for text in sample
    }
    return "done" in said and bool(said & {"planned", "cancelled"}) and None not in said


def small_counts(column: Column) -> bool:
    """Whether a column holds numbers that may count: whole, small, more than one somewhere, and not the
    numbers of things, which only grow."""
    sample = filled(column.sample)
    if not sample or looks_like_numbers(sample) < 0.9:
        return False
    known = _known_numbers(column)
    if not len(known) or (known % 1 != 0).any() or known.min() < 0 or not 1 < known.max() < _MANY:
        return False
    return not _grows(column, 10)


def _known_numbers(column: Column) -> np.ndarray:
    read = numbers.read(pa.array(filled(column.sample), pa.string()), decimal_comma=False).value
    return np.asarray(read[~np.isnan(read)])


def _grows(column: Column, enough: int) -> bool:
    """Whether at least so many numbers only grow."""
    known = _known_numbers(column)
    return len(known) >= enough and bool((np.diff(known) > 0).all())


@lru_cache(maxsize=65_536)
def heading_score(header: str, name: str) -> tuple[float, str]:
    """How well a heading names a field (0–1), and the known spelling it was likened to.

    Of the columns that say whose work it is, one of names comes before one of their ids; an
    amount keeps its word whatever currency stands beside it, a time whatever clock.
    """
    if (bare := zones.without_zone(header)) != header and name in _TIMES:
        # Of two columns of the same times, the one on the local clock.
        score, spelling = heading_score(bare, name)
        return score * (0.97 if zones.heading_zone(header) else 0.99), spelling
    if name == "amount" and vocabulary.fold(header) not in vocabulary.words("fields")["amount"]:
        header = numbers.without_currency(header)
    score, spelling = _heading_score(header, name)
    return score - _ONLY_ID * (
        name == "rep"
        and (spelling in vocabulary.words("fields")["person_id"] or vocabulary.fold(header).endswith(" id"))
    ), spelling


@dataclass(frozen=True)
class _Spellings:
    """A field's known headings: place by spelling, by spelling without spaces, and those that tell
    the field even among other words, with their words."""

    places: Mapping[str, int]
    joined: Mapping[str, int]
    telling: Mapping[str, list[str]]


@cache
def _spellings(name: str) -> _Spellings:
    known = vocabulary.words("fields").get(name, ())
    vague = vocabulary.words("vague")["alone"]
    places = {spelling: at for at, spelling in reversed(list(enumerate(known)))}
    joined = {spelling.replace(" ", ""): at for at, spelling in reversed(list(enumerate(known)))}
    return _Spellings(places, joined, {text: text.split() for text in known if text not in vague})


def _heading_score(header: str, name: str) -> tuple[float, str]:
    folded, known = vocabulary.fold(header), _spellings(name)
    if not folded:
        return 0.0, ""
    # OWNERID is OwnerId is owner id.
    at = known.places.get(folded, known.joined.get(folded.replace(" ", "")))
    if at is not None:
        return 1.0 - 0.001 * at, folded
    if name in _EXACT:
        return 0.0, ""
    tokens = folded.split()
    if name in _CUSTOMERS and tokens[-1] in vocabulary.words("owners")["any"]:
        return 0.0, ""  # the account's owner is no account
    within = [spelling for spelling, words in known.telling.items() if _contains(tokens, words)]
    if within:
        longest = max(within, key=len)
        return 0.55 + 0.35 * len(longest.split()) / len(tokens), longest
    if len(folded) >= 4:
        near = process.extractOne(folded, list(known.telling), scorer=fuzz.ratio, score_cutoff=_FUZZY)
        if near:
            return 0.8 * near[1] / 100, near[0]
    return 0.0, ""


def _contains(tokens: list[str], part: list[str]) -> bool:
    return part[0] in tokens and any(
        tokens[at : at + len(part)] == part for at in range(len(tokens) - len(part) + 1)
    )


def value_likeness(column: Column, name: str) -> float:
    """Share of the sample that looks like the field's values; 0.6 where any text would do."""
    sample = filled(column.sample)
    if not sample:
        return 0.5
    if name in ("from", "to"):
        return max(dates.looks_like_dates(sample), _share(sample, _names_edge))
    if name in _DATES:
        return dates.looks_like_dates(sample)
    if name in _NUMBERS:
        return looks_like_numbers(sample)
    if name in _FLAGS and dates.looks_like_dates(sample) > 0.5:
        return 1.0  # the days on which it was cancelled
    if name == "kind":
        sample = tuple(text for text in sample if not vocabulary.starts_part(text)) or sample
    if name in _VOCABULARIES:
        return _known(sample, _VOCABULARIES[name])
    if name in _TESTS:
        return _share(sample, _TESTS[name])
    return 0.6 if dates.looks_like_dates(sample) < 0.5 else 0.2


def has_test(name: str) -> bool:
    """Whether a field's values look like anything in particular; any text may be a company's name."""
    return name in _DATES or name in _NUMBERS or name in _VOCABULARIES or name in _TESTS


@lru_cache(maxsize=8192)
def looks_like_numbers(sample: tuple[str, ...]) -> float:
    return numbers.looks_like_numbers([text.rstrip("% ") for text in sample])


@lru_cache(maxsize=8192)
def _known(sample: tuple[str, ...], group: str) -> float:
    return _share(sample, lambda text: vocabulary.meaning_within(group, text) is not None)


def _share(sample: tuple[str, ...], holds: Callable[[str], bool]) -> float:
    return sum(holds(text) for text in sample) / len(sample)


def could_be_name(text: str) -> bool:
    """A person: some letters, few digits behind an extension, and neither a date nor a type of activity."""
    text = without_extension(text)
    return sum(sign.isalpha() for sign in text) >= 2 and sum(sign.isdigit() for sign in text) <= 2


def without_extension(text: str) -> str:
    """A name without the number of its telephone: `101 - Dana Whit`, `Dana Whit (101)`."""
    return _NUMBER_BEHIND.sub("", _EXTENSION.sub("", text))


def _names_period(text: str) -> bool:
    return bool(labels.period_label(text) or labels.bare_number(text, "week"))


def _names_edge(text: str) -> bool:
    """Whether a text names a week, month or quarter; one without its year is refused by its row."""
    return labels.period_label(text) is not None and any(sign.isdigit() for sign in text)


_TESTS: dict[str, Callable[[str], bool]] = {
    "period": _names_period,
    "year": lambda text: bool(labels.YEAR.fullmatch(text)),
    "rep": could_be_name,
    "email": lambda text: "@" in text,
    "days": lambda text: (
        text[:1].isdigit() or any(vocabulary.meaning(g, text) for g in ("half_day", "yes_no"))
    ),
    "days_unit": lambda text: any(vocabulary.meaning(group, text) for group in ("hours", "half_day")),
    "time": lambda text: bool(_CLOCK.fullmatch(text)),
}


@lru_cache(maxsize=8192)
def filled(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The texts that say anything of their own; a total under a column says nothing of it."""
    said = tuple(text for text in texts if not vocabulary.is_empty(text))
    return tuple(text for text in said if not vocabulary.starts_total(text)) or said
