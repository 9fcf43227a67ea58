"""The words of the trade, as people write them in headings and cells.

`fold` brings a text to one form (lower case, one space, no punctuation); every list in
``vocabulary.toml`` is written in that form, so a lookup is a dictionary access.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from quota.columns import RESULTS, TOUCHES, WORK

_CAMEL = re.compile(r"(?<=[a-zåäöæø])(?=[A-ZÅÄÖÆØ])")
# What somebody did, besides what is filed under other.
_DONE = {*TOUCHES, *WORK} - {"other"}
# From so many words on a text is no type, and what it speaks of besides may be the customer's.
_PROSE = 4
# What stands between kinds that a cell lists.
_LISTED = re.compile(r"[,;+&/|\n]|\s(?:and|og|ja|och|und)\s", re.I)
_NOT_WORD = re.compile(r"[^\w#]+|_+")
_ENTITY = re.compile(
    r"^(activity|deal|lead|person|organization|contact|opportunity|task|event)\s+[-–]\s+", re.I
)


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """`Activity - Due_Date*` → `due date`: what remains when only the words count.

    A name without spaces is cut at its capitals (`ActivityDate`), unless it is a word of
    its own (`LinkedIn`, `SoMe`).
    """
    text = _ENTITY.sub("", unicodedata.normalize("NFKC", text).strip())
    plain = " ".join(_NOT_WORD.sub(" ", text.casefold()).split()) or sign(text)
    if " " in plain or text.isupper() or plain in _every_spelling():
        return plain
    return " ".join(_NOT_WORD.sub(" ", _CAMEL.sub(" ", text).casefold()).split())


def sign(text: str) -> str:
    """The word for a picture, `📞` → call; "" for any other text."""
    return _signs().get(text.strip().replace("\ufe0f", ""), "")


@cache
def _signs() -> dict[str, str]:
    return {picture: kind for kind, pictures in words("signs").items() for picture in pictures}


@cache
def _every_spelling() -> frozenset[str]:
    return frozenset(word for group in _catalogue().values() for words_ in group.values() for word in words_)


@cache
def _catalogue() -> dict[str, dict[str, list[str]]]:
    text = (files(__package__) / "vocabulary.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def words(group: str) -> dict[str, tuple[str, ...]]:
    """Every meaning of a group with its spellings: `words("kinds")["call"]`."""
    return {meaning: tuple(spellings) for meaning, spellings in _catalogue()[group].items()}


@cache
def meanings(group: str) -> dict[str, str]:
    """Spelling → meaning; of a spelling listed twice, the first meaning holds."""
    found: dict[str, str] = {}
    for meaning, spellings in words(group).items():
        for spelling in spellings:
            found.setdefault(spelling, meaning)
    return found


def meaning(group: str, text: str) -> str | None:
    """What `text` means in `group`, if it stands there word for word."""
    return meanings(group).get(fold(text))


@lru_cache(maxsize=65_536)
def meaning_within(group: str, text: str) -> str | None:
    """What `text` means in `group`: itself, else the longest listed spelling inside it.

    "Kundemøde med Acme" → meeting; a kind also by the end of a compound, "Kundbesök". Of two
    equally long spellings the first one counts, because a subject says what was done before it
    says with whom. What a "Sales call" came to is not said: results yield to what was done.
    """
    folded = fold(text)
    table = meanings(group)
    if folded in table:
        return table[folded]
    tokens = folded.split()
    if group == "kinds" and len(tokens) < _PROSE and _inside(tokens):
        return "other"
    if found := _place(group, tokens):
        return table[" ".join(tokens[found])]
    compound = _compound().search(folded) if group == "kinds" else None
    return meanings("compounds")[compound[1]] if compound else None


@lru_cache(maxsize=65_536)
def beside(group: str, text: str) -> str:
    """The words of a text besides the one that `group` knows: `Møde (aflyst)` → aflyst; "" if it
    knows all of them or none."""
    folded = fold(text)
    tokens = folded.split()
    if folded in meanings(group):
        return ""
    if found := _place(group, tokens):
        return " ".join(tokens[: found.start] + tokens[found.stop :])
    compound = _compound().search(folded) if group == "kinds" else None
    return " ".join(folded.replace(compound[0], " ", 1).split()) if compound else ""


def _inside(tokens: list[str]) -> bool:
    """Whether a type names a kind that stays inside the house, or is only practised: `Sales training`."""
    return any(word in words("inside")["words"] for word in tokens) and _place("kinds", tokens) is not None


def _place(group: str, tokens: list[str]) -> slice | None:
    """Where the longest spelling stands that `group` knows, the first of several; of kinds one that
    says what was done before one that says what came of it."""
    places = _places(group, tokens)
    meant = [meanings(group)[" ".join(tokens[at])] for at in places]
    if group == "kinds" and meant and meant[0] in RESULTS:
        return next((at for at, kind in zip(places, meant, strict=True) if kind in _DONE), places[0])
    return places[0] if places else None


def _places(group: str, tokens: list[str]) -> list[slice]:
    """Everywhere that a spelling stands which `group` knows, the longest first."""
    table = meanings(group)
    return [
        slice(start, start + length)
        for length in range(min(4, len(tokens)), 0, -1)
        for start in range(len(tokens) - length + 1)
        # "no" inside "no answer" says nothing; only whole cells say yes or no.
        if (part := " ".join(tokens[start : start + length])) in table and part not in meanings("yes_no")
    ]


@cache
def _compound() -> re.Pattern[str]:
    """A compound by whose end a kind is known, Kundbesök; not one that stays inside the house."""
    ends = sorted((end for spellings in words("compounds").values() for end in spellings), key=len)
    inside = "|".join(words("inside")["any"])
    return re.compile(rf"\b(?!{inside})\w{{2,}}?({'|'.join(reversed(ends))})\b")


def lists_kinds(text: str) -> bool:
    """Whether a type lists several kinds: `Call, Email`."""
    if meaning("kinds", text):
        return False
    named = {meaning("kinds", part) or said_done(part) for part in _LISTED.split(text)}
    return len(named & _DONE) > 1


def said_done(text: str) -> str | None:
    """The touch that a bare verb names: `Ringede`; who `Visited` may have looked at a profile."""
    verb = meaning("past_verbs", text)
    return verb if verb in TOUCHES else None


def kind_of_table(header: str) -> str | None:
    """The kind that a heading speaks of in a table without types: `Call duration`, `Anrufbeginn` → call."""
    words_ = fold(header).split()
    named = next((found for word in words_ if (found := meaning("heading_kinds", word))), None)
    return named or next((found for word in words_ if (found := opening(word))), None)


def target_apart(word: str) -> list[str]:
    """The words of a compound that sets a target: `Opkaldsmål` → Opkald, mål; any other word alone."""
    end = next(filter(fold(word).endswith, words("targets")["end"]), None)
    stem = word[: -len(end)] if end else ""
    named = next((text for text in (stem, stem.removesuffix("s")) if fold(text) in meanings("kinds")), None)
    return [named, word[len(stem) :]] if named else [word]


def opening(word: str) -> str | None:
    """The kind by which a compound begins: `Soittoseuranta`, `Anrufbeginn` → call."""
    found = _opening().match(fold(word))
    return meanings("compounds")[found[1]] if found else None


@cache
def _opening() -> re.Pattern[str]:
    """A compound by whose beginning a kind is known."""
    ends = sorted((end for spellings in words("compounds").values() for end in spellings), key=len)
    return re.compile(rf"({'|'.join(reversed([end for end in ends if end != 'termin']))})\w{{3,}}")


def negated(text: str) -> bool:
    """Whether a text says that something has not happened: "not completed", "ikke udført"."""
    folded = f" {fold(text)} "
    return any(f" {word} " in folded for word in words("negations")["any"])


def status(text: str) -> str | None:
    """What a status says: done, planned, cancelled or draft; whatever is negated is planned, unless it is
    what came of it: a call is made though "not reached"."""
    found = meaning("statuses", text) or ("done" if meaning("outcomes", text) else None)
    return found or ("planned" if negated(text) else meaning_within("statuses", text))


def not_held(text: str) -> str | None:
    """cancelled or planned, as the first or the last word of what came of a meeting says that it was not
    held: "Customer cancelled", "Postponed to April"."""
    tokens = fold(text).split()
    ends = tokens[:1] + tokens[-1:] if len(tokens) <= _PROSE else tokens[:1]
    if any(meaning("put_off", word) for word in ends):
        return "planned"
    said = [meaning("statuses", word) for word in ends if not meaning("answers", word)]
    return "cancelled" if "cancelled" in said else None


def yes_or_no(text: str) -> str | None:
    """yes or no, also where more is said behind it: "No - rescheduled"."""
    return meaning("yes_no", text) or meaning("yes_no", fold(text).partition(" ")[0])


def outcome(text: str) -> str | None:
    """What an outcome says; "not connected" is no answer, "not interested" says nothing of it."""
    found = meaning("outcomes", text) or meaning_within("outcomes", text)
    denied = meaning("outcomes", text) is None and negated(text) and found in ("connected", "held", "replied")
    return "no_answer" if denied else found


def direction(text: str) -> str | None:
    """out or in, as far as a text says it."""
    return meaning_within("directions", text)


def stage(text: str) -> str | None:
    """What a deal's stage says: won, lost, closed (one of the two), or None while it is open."""
    found = meaning("stages", text)
    return found or (None if negated(text) else meaning_within("stages", text))


def is_empty(text: str) -> bool:
    """Whether a cell says "nothing": a dash, n/a, null, (blank); an error such as #N/A says something."""
    said = meanings("empty").get(fold(text))
    return (said == "cell" and not text.startswith("#")) or (said == "bracketed" and text.startswith("("))


def starts_total(text: str) -> bool:
    """Whether a first cell announces a total, subtotal or count row: `Total`, `Summa summarum`."""
    sums = {*words("total")["whole"], *words("total")["start"]}
    folded = fold(text)
    return _starts(text, words("total")["start"]) or (bool(folded) and set(folded.split()) <= sums)


def ends_total(text: str) -> bool:
    """Whether a rep's cell is a sum of several: "North total", "Hold Nord i alt", "All reps", "Team"."""
    folded = fold(text)
    sums = (*words("total")["start"], *words("total")["whole"])
    return (
        folded in (*words("who")["everyone"], *words("who")["team"])
        or any(folded.endswith(" " + word) for word in sums)
        or only_says(text, sums)
    )


def only_says(text: str, known: tuple[str, ...]) -> bool:
    """Whether a rep's cell says one of `known` and beside it only how much, how often or of whom, so that
    it names nobody: `Target 50`, `Krav pr. sælger`, `Team goal`."""
    tokens = fold(text).split()
    return any(
        " ".join(tokens[start:end]) in known and all(map(_names_nobody, tokens[:start] + tokens[end:]))
        for start in range(len(tokens))
        for end in range(start + 1, len(tokens) + 1)
    )


def _names_nobody(word: str) -> bool:
    return (
        word.isdigit()
        or word in words("per")["any"]
        or word in words("who")["team"]
        or word in meanings("every")
        or word in words("fields")["rep"]
    )


def starts_footer(text: str) -> bool:
    """Whether a first cell belongs to a report's footer: copyright, confidential, generated by."""
    return _starts(text, words("footer")["start"])


def starts_example(text: str) -> bool:
    """Whether a rep's cell belongs to a row that only shows how to fill in the others: `e.g. Jane Doe`."""
    return _starts(text, words("examples")["start"])


def starts_part(text: str) -> bool:
    """Whether a row's type is a part of another's: `heraf nye kunder`."""
    return _starts(text, words("of_which")["start"])


def _starts(text: str, openings: tuple[str, ...]) -> bool:
    folded = fold(text)
    return any(folded == opening or folded.startswith(opening + " ") for opening in openings)
