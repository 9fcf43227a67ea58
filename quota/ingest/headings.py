"""A tracker's heading taken apart: which kind it counts, in which period, and whether it is the
actual number, a target, or one that adds up its neighbours.

`Outbound Jan` → call in January; `Calls Actual` → calls; `Calls Target` → a target;
`Calls YTD` → adds up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from quota.ingest import dates, vocabulary
from quota.ingest.labels import period_label

ACTUAL = "actual"
TARGET = "target"
BOOKED = "booked"


@dataclass(frozen=True)
class Heading:
    """What a heading names: `kind` or None, the text of its `period` or "", and its `role`."""

    kind: str | None
    period: str
    role: str


@lru_cache(maxsize=65_536)
def taken_apart(header: str) -> Heading:
    """The parts of a heading; a kind and a period may stand in either order."""
    kind = vocabulary.meaning("kinds", header)
    if kind is not None:
        return Heading(kind, "", ACTUAL)
    if _is_period(header):
        return Heading(None, header, ACTUAL)
    words, role = _without_role(header.split())
    rest = " ".join(words)
    kind = vocabulary.meaning("kinds", rest)
    if kind is not None or _is_period(rest):
        return Heading(kind, "" if kind else rest, role)
    for cut in range(1, len(words)):
        first, second = " ".join(words[:cut]), " ".join(words[cut:])
        for named, dated in ((first, second), (second, first)):
            kind = vocabulary.meaning("kinds", named)
            if kind is not None and _is_period(dated):
                return Heading(kind, dated, role)
    return Heading(None, "", role)


def _without_role(words: list[str]) -> tuple[list[str], str]:
    """The words without those that say actual, target or year-to-date; of several roles the sum wins."""
    role = ACTUAL
    kept = list(words)
    for length in (2, 1):
        for at in range(len(kept) - length, -1, -1):
            said = vocabulary.meaning("roles", " ".join(kept[at : at + length]))
            if said is not None:
                del kept[at : at + length]
                role = said if role in (ACTUAL, TARGET) and said != ACTUAL else role
    return kept, role


def _is_period(text: str) -> bool:
    return bool(text) and (period_label(text) is not None or dates.looks_like_dates((text,)) == 1)
