"""What earlier files settled, for the table at hand: below what a person says now, above every guess.

A table is known again by its headings, in any order; else the likest one of the same layout
stands in, and what is new or missing since is told. Answers about years and about whose
file it is are not remembered: next time they may differ under the same headings.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from quota.ingest import presets, vocabulary
from quota.ingest.fates import Fates
from quota.ingest.headings import taken_apart
from quota.ingest.layouts import ORDERS
from quota.ingest.likeness import has_test, value_likeness
from quota.ingest.mapping import Mapped, map_table
from quota.ingest.records import REMEMBERED, Choices, Match, Preset
from quota.ingest.tables import AROUND, Column, Table

# How much of the headings two tables have in common at least, if one is read like the other.
SIMILAR = 0.7
_PERIOD = "<period>"
_ONCE = ("counts_kind", "dates_kind", "names_period", "names_rep")  # said by the heading itself, every time


@dataclass(frozen=True)
class Recalled:
    """How a table is read with what is remembered: its mapping, what was decided about its
    cells, and the preset that helped, if one did."""

    mapped: Mapped
    choices: Choices
    preset: Preset | None = None

    @property
    def orders(self) -> dict[str, str]:
        """Folded heading → the order of day and month that earlier files had."""
        orders = self.preset.orders if self.preset else {}
        return {vocabulary.fold(heading): order for heading, order in orders.items()}


def fingerprint(headings: Iterable[str]) -> str:
    """What makes two tables the same kind of file: their headings, in any order."""
    return hashlib.sha256("\n".join(sorted(_keys(headings))).encode()).hexdigest()[:16]


def recall(table: Table, choices: Choices) -> Recalled:
    """A table mapped with the help of the preset for its headings, if there is one."""
    kinds = {text: kind for preset in choices.presets for text, kind in preset.kinds.items()}
    informed = replace(choices, kinds={**kinds, **choices.kinds})
    plain = map_table(table, choices.fields, choices.layout)
    preset = _preset_for(table, plain.layout, choices)
    if preset is None:
        return Recalled(plain, informed)
    fields = _fields(table, preset, choices)
    mapped = map_table(table, {**fields, **choices.fields}, choices.layout or preset.layout)
    if mapped.layout != preset.layout:
        return Recalled(plain, informed)
    matches = tuple(_remembered(match, fields, choices) for match in mapped.matches)
    informed = replace(informed, targets=preset.targets if choices.targets is None else choices.targets)
    return Recalled(replace(mapped, matches=matches), informed, preset)


def note(table: Table, recalled: Recalled, choices: Choices, fates: Fates) -> None:
    """Say what differs from last time, and which types count as they did before."""
    preset = recalled.preset
    if preset is not None:
        held, now = _keys(preset.headings), _keys(_headings(table))
        for heading in _headings(table):
            if not _keys([heading]) <= held:
                fates.note("new_column", heading)
        for heading in preset.headings:
            if not _keys([heading]) <= now:
                field = preset.fields.get(heading)
                fates.note("missing_field" if field else "missing_column", heading, field)
    if recalled.choices.targets and not choices.targets:
        fates.note("targets_as_before")
    column = recalled.mapped.columns.get("kind")
    if column is not None and recalled.choices.kinds.keys() - choices.kinds.keys():
        for text in _settled_before(column, recalled.choices.kinds, choices.kinds):
            fates.note("kind_remembered", column.header, text)


def learned(table: Table, recalled: Recalled, choices: Choices, fates: Fates) -> list[Preset]:
    """What to remember of a table: how it was understood, and what a person said about its types."""
    old, headings = recalled.preset, _headings(table)
    carried = old.decided if old else {}
    decided = {heading: name for heading, name in carried.items() if heading in headings}
    decided |= {heading: _plain(name) for heading, name in choices.fields.items() if heading in headings}
    mapped = recalled.mapped
    preset = Preset(
        fingerprint(headings),
        mapped.layout,
        headings,
        fields=_found(mapped.matches),
        decided=decided,
        orders=_orders(old, choices, fates, headings),
        targets=recalled.choices.targets if mapped.counting.targets else None,
    )
    column = mapped.columns.get("kind")
    present = {vocabulary.fold(text) for text in column.texts} if column and choices.kinds else set()
    kinds = [
        Preset(f"kind:{vocabulary.fold(text)}", kinds={text: kind})
        for text, kind in choices.kinds.items()
        if vocabulary.fold(text) in present
    ]
    return [preset, *kinds]


def people_by_id(mapped: Mapped, names: Iterable[str], fates: Fates) -> list[Preset]:
    """The ids that a list of users gives its people: each stands for the name beside it."""
    column = mapped.columns.get("person_id", mapped.columns.get("id"))
    if column is None:
        return []
    ids = column.take(np.flatnonzero(fates.open)).to_pylist()
    return [presets.rep(written, name) for written, name in zip(ids, names, strict=True) if written]


def _keys(headings: Iterable[str]) -> frozenset[str]:
    """Headings as they are compared; weeks and months pass, so each of them is only a period."""
    return frozenset(
        _PERIOD if taken_apart(heading).periods else vocabulary.fold(heading) for heading in headings
    )


def _headings(table: Table) -> tuple[str, ...]:
    """The table's own headings; a column without one is known by nothing."""
    own = (column.header for column in table.columns if column.index != AROUND)
    return tuple(dict.fromkeys(header for header in own if not header.startswith("#")))


def _preset_for(table: Table, layout: str, choices: Choices) -> Preset | None:
    """The preset with these headings, else the likest of the same layout; the later of equals."""
    rivals = [one for one in choices.presets if one.layout and choices.layout in (None, one.layout)]
    if not rivals:
        return None
    keys = _keys(_headings(table))
    best, most = None, SIMILAR
    for preset in rivals:
        theirs = _keys(preset.headings)
        if theirs == keys:
            return preset
        likeness = len(keys & theirs) / max(len(keys), len(theirs), 1)
        if preset.layout == layout and likeness >= most:
            best, most = preset, likeness
    return best


def _fields(table: Table, preset: Preset, choices: Choices) -> dict[str, str]:
    """Heading → field as remembered, unless something else is said now; what was only found
    must still look like it."""
    decided, found = _by_key(preset.decided), _by_key(preset.fields)
    often = Counter(vocabulary.fold(column.header) for column in table.columns)
    taken = {_plain(name) for name in choices.fields.values()}
    fields = {}
    for column in table.columns:
        key = vocabulary.fold(column.header)
        name = decided.get(key)
        if name is None and often[key] == 1 and _fits(column, found.get(key, "")):
            name = found[key]
        if name is not None and column.header not in choices.fields and (not name or name not in taken):
            fields[column.header] = name
    return fields


def _by_key(fields: Mapping[str, str]) -> dict[str, str]:
    return {vocabulary.fold(heading): name for heading, name in fields.items()}


def _fits(column: Column, name: str) -> bool:
    return bool(name) and (not has_test(name) or value_likeness(column, name) >= 0.5)


def _remembered(match: Match, fields: Mapping[str, str], choices: Choices) -> Match:
    told = match.header in fields and match.header not in choices.fields
    return replace(match, reason_code=REMEMBERED) if told and match.reason_code.startswith("you_") else match


def _found(matches: Iterable[Match]) -> dict[str, str]:
    """Heading → field, where the heading stands once and needs to be looked up at all."""
    own = [match for match in matches if match.index != AROUND]
    often = Counter(match.header for match in own)
    return {
        match.header: match.field
        for match in own
        if match.field and often[match.header] == 1 and match.reason_code not in _ONCE
    }


def _orders(old: Preset | None, choices: Choices, fates: Fates, headings: tuple[str, ...]) -> dict[str, str]:
    """Heading → order of day and month; "" where files under these headings contradicted one another."""
    before = old.orders if old else {}
    orders = {heading: order for heading, order in before.items() if heading in headings}
    for heading, order in fates.orders.items():
        orders[heading] = order if before.get(heading, order) == order else ""
    said = {heading: name.partition(":")[2] for heading, name in choices.fields.items()}
    return orders | {
        heading: order for heading, order in said.items() if order in ORDERS and heading in headings
    }


def _settled_before(column: Column, kinds: Mapping[str, str], said: Mapping[str, str]) -> list[str]:
    """The column's texts whose kind was said for an earlier file."""
    before = {vocabulary.fold(text) for text in kinds} - {vocabulary.fold(text) for text in said}
    return [text for text in column.texts if vocabulary.fold(text) in before]


def _plain(name: str) -> str:
    """`date:dmy` → date; the order is kept apart."""
    return name if name.startswith("count:") else name.partition(":")[0]
