"""What a heading or an outcome is about: the row's own work, or the customer's order, contract, decision."""

from __future__ import annotations

from functools import cache

from quota.columns import RESULTS, TOUCHES, WORK
from quota.ingest import vocabulary

# Fields that say of a row's work whether it was done.
STATES = ("status", "deleted", "cancelled", "no_show", "attended")
# Fields of days on which something was done.
DAYS = ("date", "due_date", "created_date")
CUSTOMERS = ("account", "contact", "deal")
# No spelling of a state has more words.
_LONGEST = 5
# These are said of the customer, and tell of the row's own meeting.
_COMING = ("no_show", "attended")


@cache
def of_another(header: str) -> bool:
    """Whether a heading speaks of the state of something else than the row's work: `Order status`,
    `Training completed`, `Leadstatus`. It may say what work it is, and nothing else beside the state."""
    words = vocabulary.fold(header).split()
    if not words or any(" ".join(words) in spellings for spellings in _fields().values()):
        return False
    found = [(name, at) for name in STATES for at in _places(name, words)]
    if not found:
        return any(_compound_of_another(word) for word in words)
    name, at = max(found, key=lambda one: (one[1].stop - one[1].start, one[0] in _COMING))
    rest = _without_kind(words[: at.start] + words[at.stop :])
    by = next((place for place, word in enumerate(rest) if word in _known("by")), len(rest))
    customers = _known("customers") if name in _COMING else frozenset()
    return any(not (_is_work(word) or word in customers) for word in rest[:by])


@cache
def of_another_day(header: str) -> bool:
    """Whether a heading of days says of another thing when it is: `Reminder date`, `Renewal date`."""
    words = vocabulary.fold(header).split()
    named = any(" ".join(words) in _fields()[name] for name in DAYS)
    return not named and any(word in _known("days") for word in words)


@cache
def of_decision(text: str) -> bool:
    """Whether an outcome speaks of the customer's order or decision: `Aflyst abonnement`."""
    return any(
        word.startswith(vocabulary.words("about")["decided"]) for word in vocabulary.fold(text).split()
    )


def _without_kind(words: list[str]) -> list[str]:
    """The words besides those for a kind of work: `site visit`, `e mail`."""
    for length in range(min(_LONGEST, len(words)), 1, -1):
        for start in range(len(words) - length + 1):
            if vocabulary.meanings("kinds").get(" ".join(words[start : start + length])) in _SINGLE:
                return words[:start] + words[start + length :]
    return words


def _is_work(word: str) -> bool:
    return (
        word in _known("work")
        or word.isdigit()
        or vocabulary.meaning("kinds", word) in _SINGLE
        or vocabulary.meaning("statuses", word) is not None
        or any(word in spellings for spellings in (_known("states"), *(_fields()[name] for name in STATES)))
    )


def _compound_of_another(word: str) -> bool:
    """Whether a word is a compound of a state and no work: `Ordrestatus`, not `Mødestatus`."""
    end = next((end for end in _known("ends") if word.endswith(end) and word != end), "")
    begins = word.removesuffix(end)
    return bool(end) and not any(_is_work(part) for part in (begins, begins.removesuffix("s")))


def _places(name: str, words: list[str]) -> list[slice]:
    """Where a heading holds a spelling of a field."""
    known = _fields()[name] | (_known("states") if name == "status" else frozenset())
    return [
        slice(start, stop)
        for start in range(len(words))
        for stop in range(start + 1, min(start + _LONGEST, len(words)) + 1)
        if " ".join(words[start:stop]) in known
    ]


_SINGLE = {*TOUCHES, *WORK} - {*RESULTS, "other"}


@cache
def _fields() -> dict[str, frozenset[str]]:
    return {name: frozenset(spellings) for name, spellings in vocabulary.words("fields").items()}


@cache
def _known(name: str) -> frozenset[str]:
    return frozenset(vocabulary.words("about")[name])
