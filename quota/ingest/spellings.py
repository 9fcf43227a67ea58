"""Which spellings of reps are the same person: what is certain, and what is worth asking.

Certain is only what the writing itself says: case, spaces, a turned `Last, First`, an address
beside the name. Anything else is proposed, never done. Two people who share a first name, a
last name, or nearly a common one (Hansen, Hanson) are not proposed.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz.distance import OSA

from quota.names import folded

CERTAIN = "written"
# More names than this in one column are no people.
MOST_NAMES = 3_000
_MOST_CANDIDATES = 5
_LONG_WORD = 6
# A word that more names than this have says of nobody who it is: `Rep 1`, `Rep 2`, `Rep 3`.
_MOST_SHARING = 50
_ADDRESS = re.compile(r"\s*[(<\[]?\s*([^\s()<>\[\],;]+)@[^\s()<>\[\],;]+[)>\]]?\s*$")
_ID = re.compile(
    r"\d{2,}|005[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.I
)
# Letters that stay when the marks are taken off, in one letter and spelt out.
_PLAIN = str.maketrans({"æ": "a", "ø": "o", "ß": "s"})
_SPELT = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_APOSTROPHES = re.compile("['’`´]")


@dataclass(frozen=True)
class Proposal:
    """A spelling, and whom it may stand for, likest first; `certain` where nobody need be asked."""

    spelling: str
    candidates: tuple[str, ...]
    reason: str

    @property
    def certain(self) -> bool:
        """Whether the writing alone says that they are one."""
        return self.reason == CERTAIN


@dataclass(frozen=True)
class _Written:
    """A name taken apart: its words in small letters, first name first where a comma says so."""

    words: tuple[str, ...]
    address: bool  # only an e-mail address

    @property
    def whole(self) -> int:
        """How many words are written out."""
        return 0 if self.address else sum(len(word) > 1 for word in self.words)


def alike(one: str, other: str) -> str | None:
    """Why two spellings may be one person: written, accents, turned, address, initials,
    middle_name, typo; None if they should be taken for two."""
    a, b = _taken_apart(one), _taken_apart(other)
    if folded(one) == folded(other) or (a.words == b.words and not a.address and not b.address):
        return CERTAIN
    if a.address or b.address:
        return "address" if _same_address(a, b) else None
    if min(len(a.words), len(b.words)) < 2:
        return "accents" if _all_equal(a.words, b.words) else None
    if _all_equal(a.words, b.words):
        return "accents"
    if _all_equal(a.words, (*b.words[1:], b.words[0])) or _all_equal(b.words, (*a.words[1:], a.words[0])):
        return "turned"
    return _shortened(a.words, b.words) or ("typo" if _typo(a.words, b.words) else None)


def is_id(text: str) -> bool:
    """Whether a rep is written as a number or another system's id, not as a name."""
    return bool(_ID.fullmatch(text.strip()))


def proposals(
    written: Iterable[str],
    known: Mapping[str, str],
    own: Collection[str] = (),
    denied: Collection[str] = (),
) -> list[Proposal]:
    """The spellings in a file that may be somebody else's, or whom others may be a spelling of.

    `known`: everybody as written → the name that is used; who resolves there is settled. `own`:
    names that stand for themselves, whoever else may be written so. `denied`: those of whom
    somebody said that they are nobody else.
    """
    names = list(dict.fromkeys(name for name in written if not is_id(name)))
    if len(names) > MOST_NAMES:
        return []
    resolved = {folded(spelling): name for spelling, name in known.items()}
    settled, apart = {folded(name) for name in own}, {folded(name) for name in denied}
    fresh = [name for name in names if folded(resolved.get(folded(name), name)) == folded(name)]
    everybody = {folded(name): name for name in (*fresh, *dict.fromkeys(known.values())) if not is_id(name)}
    found: dict[str, dict[str, str]] = {}
    for one, other, reason in _pairs(fresh, everybody):
        spelling, person = _in_order(one, other, settled)
        asked_before = reason != CERTAIN and not apart.isdisjoint({folded(one), folded(other)})
        if folded(spelling) not in settled and not asked_before:
            found.setdefault(spelling, {})[person] = reason
    for name in fresh:
        called = _only_one_called(name, everybody)
        if called and folded(name) not in settled | apart:
            found.setdefault(name, {}).setdefault(called, "first_name")
    for name in fresh:
        used = resolved.get(folded(name), name)
        if used != name and folded(name) not in settled:
            found[name] = {used: CERTAIN}
    joined = {spelling for spelling, people in found.items() if CERTAIN in people.values()}
    return [_proposal(spelling, people, joined) for spelling, people in sorted(found.items())]


def _proposal(spelling: str, people: Mapping[str, str], joined: Collection[str]) -> Proposal:
    """What is certain of a spelling, else whom it may stand for; nobody stands for a joined one."""
    if spelling in joined:
        person = min(name for name, reason in people.items() if reason == CERTAIN)
        return Proposal(spelling, (person,), CERTAIN)
    names = sorted(people.keys() - joined) or sorted(people)
    return Proposal(spelling, tuple(names[:_MOST_CANDIDATES]), people[names[0]])


def _in_order(one: str, other: str, settled: Collection[str]) -> tuple[str, str]:
    """(the spelling, the person it may stand for): somebody settled, else the fuller name, is the person."""

    def rank(name: str) -> tuple[object, ...]:
        whole = _taken_apart(name).whole
        return folded(name) in settled, whole, "," not in name, not name.isascii(), len(name), name

    return (one, other) if rank(one) < rank(other) else (other, one)


def _pairs(fresh: Iterable[str], everybody: Mapping[str, str]) -> Iterable[tuple[str, str, str]]:
    """Every pair of names that is alike, each once; only names with a word in common are compared."""
    sharing: dict[str, list[str]] = {}
    for key, name in everybody.items():
        for block in _blocks(name):
            sharing.setdefault(block, []).append(key)
    compared = set()
    for name in fresh:
        for block in _blocks(name):
            for key in sharing[block] if len(sharing[block]) <= _MOST_SHARING else ():
                pair = frozenset((folded(name), key))
                if len(pair) == 2 and pair not in compared:
                    compared.add(pair)
                    if reason := alike(name, everybody[key]):
                        yield name, everybody[key], reason


@lru_cache(maxsize=16_384)
def _blocks(name: str) -> frozenset[str]:
    """What two spellings of one person have in common: one of the words, or an address made of them."""
    words = _taken_apart(name).words
    plain = [form for word in words if len(word) > 1 for form in _forms(word)]
    return frozenset((*plain, *_addresses(words)))


def _only_one_called(name: str, everybody: Mapping[str, str]) -> str | None:
    """The only person of this first name, where nothing more was written."""
    words = _taken_apart(name).words
    if len(words) != 1 or len(words[0]) < 3:
        return None
    others = [other for other in everybody.values() if folded(other) != folded(name)]
    called = [
        other
        for other in others
        if len(whole := _taken_apart(other).words) > 1 and _equal(whole[0], words[0])
    ]
    return called[0] if len(called) == 1 else None


@lru_cache(maxsize=16_384)
def _taken_apart(name: str) -> _Written:
    text = _APOSTROPHES.sub("", " ".join(name.split()).casefold())
    found = _ADDRESS.search(text)
    rest = text[: found.start()].strip() if found else text
    if found and not rest:
        return _Written(tuple(re.findall(r"[^\W\d_]+", found[1])), True)
    last, comma, first = rest.partition(",")
    turned = f"{first} {last}" if comma else rest
    return _Written(tuple(re.findall(r"[^\W_]+", turned)), False)


@lru_cache(maxsize=16_384)
def _forms(word: str) -> frozenset[str]:
    """A word without its accents: `søren` is soren and soeren."""
    return frozenset(_without_marks(word.translate(letters)) for letters in (_PLAIN, _SPELT))


def _without_marks(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word)
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _equal(one: str, other: str) -> bool:
    return not _forms(one).isdisjoint(_forms(other))


def _all_equal(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return len(one) == len(other) and all(map(_equal, one, other))


def _addresses(words: tuple[str, ...]) -> set[str]:
    """`anna berg` → annaberg, aberg, annab, berganna, berga: what stands before the @."""
    if len(words) < 2:
        return set()
    return {
        made
        for first in _forms(words[0])
        for last in _forms(words[-1])
        for made in (first + last, first[0] + last, first + last[0], last + first, last + first[0])
    }


def _same_address(a: _Written, b: _Written) -> bool:
    mail, name = (a, b) if a.address else (b, a)
    if len(mail.words) == 1 and not name.address:
        return bool(_forms(mail.words[0]) & _addresses(name.words))
    if min(len(mail.words), len(name.words)) < 2:
        return False
    whole = _all_equal(mail.words, name.words) or _all_equal(mail.words[::-1], name.words)
    return whole or _shortened(mail.words, name.words) is not None


def _shortened(one: tuple[str, ...], other: tuple[str, ...]) -> str | None:
    """initials or middle_name, where one says less of the same name than the other."""
    first, last = _part(one[0], other[0]), _part(one[-1], other[-1])
    short, long = sorted((one, other), key=len)
    if first == "equal" and len(short) < len(long) and all(any(_equal(w, v) for v in long) for w in short):
        return "middle_name"
    if not first or not last or (first, last) == ("initial", "initial"):
        return None
    between, others = short[1:-1], long[1:-1]
    if between and (len(between) != len(others) or not all(map(_part, between, others))):
        return None
    if (first, last) == ("equal", "equal") and not between:
        return "middle_name"
    return "initials"


def _part(one: str, other: str) -> str:
    """equal, initial (one is the other's first letter), or nothing."""
    if _equal(one, other):
        return "equal"
    short, long = sorted((one, other), key=len)
    return "initial" if len(short) == 1 and any(form[0] in _forms(short) for form in _forms(long)) else ""


def _typo(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """One slip inside one long word, which is not how another name is written."""
    if len(one) != len(other):
        return False
    differing = [(a, b) for a, b in zip(one, other, strict=True) if not _equal(a, b)]
    if len(differing) != 1:
        return False
    a, b = differing[0]
    if min(len(a), len(b)) < _LONG_WORD or a[0] != b[0]:
        return False
    both_common = all(not _forms(word).isdisjoint(_common()) for word in (a, b))
    return OSA.distance(a, b) == 1 and a[-2:] == b[-2:] and not both_common


@cache
def _common() -> frozenset[str]:
    """Names that many people have: two of them are two names, however near."""
    text = files("quota.ingest").joinpath("common_names.toml").read_text("utf-8")
    return frozenset(word for group in tomllib.loads(text).values() for word in group.split())
