"""The first heading of a tracker, where it speaks of the whole table: `Møder 2026` over the reps,
`Uge 12 2026` over the types, `2026` over reps with weeks across, `Uge` over numbers that run across.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from quota.ingest import labels, vocabulary
from quota.ingest.headings import Heading, taken_apart
from quota.ingest.likeness import filled, looks_like_numbers
from quota.ingest.tables import Table

_BARE = re.compile(r"(?:[1-9]|[1-4]\d|5[0-3])\.?")
# So many numbers that run on are no accident.
_RUN = 3
_DAYS = 31


def said(table: Table) -> str:
    """What the corner says of all cells: a kind, a period or both; "" if it is only a heading."""
    corner = table.columns[0]
    rest = labels.YEAR.sub("", corner.header).strip()
    sample = filled(corner.sample)
    if not corner.header or looks_like_numbers(sample) > 0.5 or any("@" in text for text in sample):
        return ""
    return corner.header if not rest or taken_apart(rest).named else ""


def is_no_field(table: Table) -> bool:
    """Whether the first heading names none of the fields: empty, or about the whole table."""
    header = table.columns[0].header
    return header.startswith("#") or bool(said(table)) or _unit(header) is not None


def numbered(table: Table, headers: Mapping[int, str]) -> dict[int, Heading]:
    """Headings that are only numbers and run on, as periods of the unit that the corner or a line
    above names, else as the days of a month; {} where that is not so."""
    numbers = {index: int(text.rstrip(".")) for index, text in headers.items() if _BARE.fullmatch(text)}
    order = list(numbers.values())
    first = table.columns[0]
    # Over weeks or days of its own it speaks of those.
    own = looks_like_numbers(filled(first.sample)) > 0.5 or any(map(labels.period_label, first.sample))
    above = ["" if own else first.header, *reversed(table.preamble[-3:])]
    unit = next((unit for text in above if (unit := _unit(text))), None)
    if len(order) < _RUN or (order != sorted(set(order)) and unit != "week"):
        return {}
    if unit is None and (max(order) > _DAYS or order[-1] - order[0] > 2 * len(order)):
        return {}
    return {index: Heading(periods=(labels.spelled(unit, number),)) for index, number in numbers.items()}


def _unit(text: str) -> str | None:
    """The unit that one of a heading's words names: `Sælger / uge` → week."""
    units = {vocabulary.meaning("period_units", word) for word in vocabulary.fold(text).split()} - {None}
    return units.pop() if len(units) == 1 else None
