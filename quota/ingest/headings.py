"""A tracker's heading taken apart: what it counts, in which direction, when, whose it is, and
whether it is the actual number, a target, a part of another, or one that adds up its neighbours.

`Outbound Jan` → call in January; `Anna Berg Calls Target` → a target of Anna Berg's calls;
`Uge 45 man` → Monday of week 45; `Calls YTD` → adds up.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from quota.ingest import dates, vocabulary
from quota.ingest.labels import day_label, period_label

ACTUAL = "actual"
TARGET = "target"
RUNNING = "running"
BOOKED = "booked"
PART = "part"
SUM = "sum"
NOT_WORK = "not_work"
FORECAST = "forecast"
AXES = ("kind", "period")


# A longer heading is prose; and a kind or a period has no more words than these.
_LONGEST = 120
_LONGEST_RUN = 8
_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
# Words of a date that are no month and no weekday, and how many numbers it has to the second.
_OF_DATES = ("st", "nd", "rd", "th", "of", "the", "den", "am", "pm", "kl", "klo", "t", "z")
_MOST_NUMBERS = 6


@dataclass(frozen=True)
class Heading:
    """What a heading names. `periods` are texts, `rest` the words that nothing explains: a rep,
    where reps stand across. `role` is actual, target, running (this week, beside the
    year to date), booked, part (of what was done), sum, forecast, or
    not_work (what the customer did, or what did not take place); `qualifier` says which of the kind,
    `every` in what time so many are asked for: `Calls per week`; `outcome` how those calls ended."""

    kind: str | None = None
    direction: str | None = None
    periods: tuple[str, ...] = ()
    rest: str = ""
    role: str = ACTUAL
    name: str = ""
    qualifier: str = ""
    every: str = ""
    outcome: str = ""

    @property
    def named(self) -> bool:
        """Whether all its words are understood, and it says what is counted or when."""
        return not self.rest and bool(self.kind or self.periods)


@lru_cache(maxsize=65_536)
def taken_apart(header: str, axes: tuple[str, ...] = AXES) -> Heading:
    """The parts of a heading, in any order; `axes` are those that it may speak of besides a rep."""
    if len(header) > _LONGEST:
        return Heading(rest=header)
    if "kind" in axes and (kind := vocabulary.meaning("past_verbs", header)):
        return Heading(kind, name=header)
    if "kind" in axes and (kind := vocabulary.meaning("kinds", header)):
        return Heading(kind, _direction_of(header), name=header)
    if "period" in axes and _is_period(header) and not _expected(header):
        return Heading(periods=(header,))
    if "kind" in axes and (kind := _asked_for(header)):
        return Heading(kind, role=_role_asked_for(header), name=header)
    every, words = _without_every(header) if "kind" in axes else ("", header.split())
    words = [word for word in map(_bare, words) if word and not _decorates(word, words)]
    if "kind" in axes:
        words = [part for word in words for part in vocabulary.target_apart(word)]
    words, role = _without_role(words, axes)
    qualifier, words = _without_qualifier(words) if "kind" in axes else ("", words)
    direction, undirected = _without_direction(words) if "kind" in axes else (None, words)
    parts = [undirected]
    kind, name = None, ""
    if "kind" in axes:
        name, parts = _cut_out(parts, lambda text: vocabulary.meaning("kinds", text) is not None)
        if not name and direction:
            direction = None
            name, parts = _cut_out([words], lambda text: vocabulary.meaning("kinds", text) is not None)
        kind = vocabulary.meaning("kinds", name) if name else None
    periods = []
    while "period" in axes:
        period, parts = _cut_out(parts, _is_period)
        if not period:
            break
        periods.append(period)
    rest = " ".join(word for part in parts for word in part)
    return Heading(kind, direction, tuple(periods), rest, role, name, qualifier, every)


def _expected(header: str) -> bool:
    """Whether a remark makes a period one that is only expected: `W47 (forecast)`."""
    return any(vocabulary.meaning("roles", _bare(word)) == FORECAST for word in header.split())


def _asked_for(header: str) -> str | None:
    """The kind that a whole question asks the number of: `How many calls did you make today?`"""
    words = vocabulary.fold(header)
    asks = next((opening for opening in vocabulary.words("how_many")["any"] if words.startswith(opening)), "")
    if not asks or not header.rstrip().endswith("?"):
        return None
    return vocabulary.meaning_within("kinds", words.removeprefix(asks))


def _role_asked_for(header: str) -> str:
    """What a question asks of a kind: how many were booked, answered or cancelled, else how many done."""
    said = [vocabulary.meaning("roles", word) for word in vocabulary.fold(header).split()]
    return next((role for role in said if role in (BOOKED, PART, NOT_WORK)), ACTUAL)


def _without_every(header: str) -> tuple[str, list[str]]:
    """The time that `per week`, `/uge`, `viikossa` or, beside a target, `Weekly` names, and the other words;
    `Ugemål` says both."""
    words, per = header.replace("/", " / ").split(), vocabulary.words("per")
    targets = [vocabulary.meaning("roles", word) == TARGET for word in words]
    alone = {*per["alone"], *(per["of_targets"] if any(targets) else ())}
    for at, word in enumerate(words):
        every = vocabulary.meaning("every", word)
        if every and (targets[at] or vocabulary.fold(word) in alone):
            return every, words if targets[at] else words[:at] + words[at + 1 :]
        behind = vocabulary.meaning("every", " ".join(words[at + 1 : at + 2]))
        if behind and (word == "/" or vocabulary.fold(word) in per["any"]):
            return behind, words[:at] + words[at + 2 :]
    return "", header.split()


def _without_qualifier(words: list[str]) -> tuple[str, list[str]]:
    """What says which of a kind, `nye kunder`, and the other words, where they name the kind."""
    known = vocabulary.words("qualifiers")["any"]
    for length in (2, 1):
        for at in range(len(words) - length + 1):
            found, rest = " ".join(words[at : at + length]), words[:at] + words[at + length :]
            named, _ = _cut_out([rest], lambda text: vocabulary.meaning("kinds", text) is not None)
            if named and vocabulary.fold(found) in known:
                return found, rest
    return "", words


def _bare(word: str) -> str:
    """A word without the brackets and dashes around it."""
    return word.strip("()[]{}:;,|–—-/")


def _decorates(word: str, words: list[str]) -> bool:
    """Whether a picture only stands beside words: `📞 Calls`."""
    return bool(vocabulary.sign(word)) and len(words) > 1


def _cut_out(parts: list[list[str]], holds: Callable[[str], bool]) -> tuple[str, list[list[str]]]:
    """The longest run of words that `holds`, and what stands before and behind it."""
    longest = max((len(part) for part in parts), default=0)
    for length in range(min(longest, _LONGEST_RUN), 0, -1):
        for place, part in enumerate(parts):
            for at in range(len(part) - length + 1):
                text = " ".join(part[at : at + length])
                if holds(text):
                    return text, [*parts[:place], part[:at], part[at + length :], *parts[place + 1 :]]
    return "", parts


def _without_direction(words: list[str]) -> tuple[str | None, list[str]]:
    for at, word in enumerate(words):
        if said := vocabulary.meaning("heading_directions", word):
            return said, words[:at] + words[at + 1 :]
    return None, words


def _direction_of(header: str) -> str | None:
    """Of a kind that is known with its direction: `Outbound calls`; `Outbound` alone is only a name."""
    direction, rest = _without_direction(header.split())
    return direction if rest and vocabulary.meaning("kinds", " ".join(rest)) else None


def _without_role(words: list[str], axes: tuple[str, ...]) -> tuple[list[str], str]:
    """The words without those that say actual, target or year-to-date; of several roles the sum wins.

    `Sat` is a day before it is what became of an appointment.
    """
    role = ACTUAL
    kept = list(words)
    for length in (3, 2, 1):
        for at in range(len(kept) - length, -1, -1):
            said = vocabulary.meaning("roles", " ".join(kept[at : at + length]))
            if said is not None and not ("period" in axes and length == 1 and _is_period(kept[at])):
                del kept[at : at + length]
                role = said if role in (ACTUAL, TARGET) and said != ACTUAL else role
    return kept, role


@lru_cache(maxsize=65_536)
def _is_period(text: str) -> bool:
    return bool(text) and (
        period_label(text) is not None
        or day_label(text) is not None
        or day_label(text, "mdy") is not None
        or (_may_be_date(text) and dates.looks_like_dates((text,)) == 1)
    )


def _may_be_date(text: str) -> bool:
    """Whether a text is worth reading as a date: that costs too much to try it on thousands of headings."""
    return len(_DIGITS.findall(text)) <= _MOST_NUMBERS and all(
        vocabulary.meaning("months", word) or vocabulary.meaning("weekdays", word) or word in _OF_DATES
        for word in _LETTERS.findall(text.casefold())
    )
