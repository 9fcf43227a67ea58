"""The roll-up equals a naive loop, whatever kind of frame it runs on."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quota import columns as c
from quota.rollup import CUBE_READS, FIRST_READS, daily_cube, first_reached

SCHEMA = pa.schema([c.TIDY.field(name) for name in dict.fromkeys(CUBE_READS + FIRST_READS)])


def maybe(values: list[object]) -> st.SearchStrategy[object]:
    return st.sampled_from([None, *values])


EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            c.REP: st.sampled_from(["Raj", "Åse"]),
            c.TEAM: maybe(["North"]),
            c.TS: st.datetimes(datetime(2026, 11, 9), datetime(2026, 11, 11)),
            c.KIND: st.sampled_from(["call", "won"]),
            c.DIRECTION: maybe(["out", "in"]),
            c.OUTCOME: maybe(["held"]),
            c.CURRENCY: maybe(["DKK", "EUR"]),
            c.NEW_CUSTOMER: maybe([True, False]),
            c.COUNT: st.integers(0, 5),
            c.AMOUNT: maybe([0.0, 0.25, -1.5, 100.0]),
            c.UNITS: maybe([2.0]),
            c.DEAL: maybe(["D1"]),
            c.ACCOUNT: maybe(["A1", "A2"]),
            c.CONTACT: maybe(["P1"]),
        }
    ),
    max_size=25,
)


def as_pandas(table: pa.Table) -> pd.DataFrame:
    return table.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get)


def as_encoded(table: pa.Table) -> pd.DataFrame:
    frame = as_pandas(table)
    texts = [c.REP, c.TEAM, c.KIND, c.DIRECTION, c.OUTCOME, c.CURRENCY]
    return frame.astype(dict.fromkeys(texts, "category"))


def records(frame: object) -> list[tuple[object, ...]]:
    """The rows of any kind of frame, with None for what is absent."""
    table = frame if isinstance(frame, pa.Table) else pa.Table.from_pandas(frame, preserve_index=False)
    return sorted((tuple(row.values()) for row in table.to_pylist()), key=repr)


def naive_cube(events: list[dict[str, object]]) -> list[tuple[object, ...]]:
    groups = defaultdict(list)
    for event in events:
        day = datetime(2026, 11, event[c.TS].day)
        groups[tuple({**event, c.DAY: day}[key] for key in c.CUBE_KEYS)].append(event)
    rows = []
    for keys, members in groups.items():
        known = [[m[name] for m in members if m[name] is not None] for name in c.MEASURES]
        rows.append((*keys, *(sum(values) if values else None for values in known)))
    return sorted(rows, key=repr)


def naive_first(events: list[dict[str, object]]) -> list[tuple[object, ...]]:
    first: dict[tuple[object, ...], datetime] = {}
    for event in events:
        entity = event[c.DEAL] or event[c.ACCOUNT] or event[c.CONTACT]
        if entity and event[c.DIRECTION] != "in":
            key = event[c.REP], event[c.TEAM], entity, event[c.KIND]
            first[key] = min(first.get(key, event[c.TS]), event[c.TS])
    return sorted(((*key, ts) for key, ts in first.items()), key=repr)


@pytest.mark.parametrize("kind", [as_pandas, as_encoded, lambda table: table])
@settings(max_examples=60)
@given(events=EVENTS)
def test_the_cube_equals_a_naive_loop(kind, events) -> None:
    table = pa.Table.from_pylist(events, SCHEMA)
    assert records(daily_cube(kind(table.select(CUBE_READS)))) == naive_cube(events)


@pytest.mark.parametrize("kind", [as_pandas, lambda table: table])
@settings(max_examples=60)
@given(events=EVENTS)
def test_what_was_first_reached_equals_a_naive_loop(kind, events) -> None:
    table = pa.Table.from_pylist(events, SCHEMA)
    assert records(first_reached(kind(table.select(FIRST_READS)))) == naive_first(events)


def test_the_cube_of_three_events() -> None:
    common = {c.REP: "Raj", c.KIND: "won", c.DIRECTION: None}
    events = [
        common | {c.TS: datetime(2026, 11, 9, 8), c.COUNT: 1, c.AMOUNT: 10.0, c.CURRENCY: "EUR"},
        common | {c.TS: datetime(2026, 11, 9, 23, 59, 59), c.COUNT: 2, c.AMOUNT: 2.5, c.CURRENCY: "EUR"},
        common | {c.TS: datetime(2026, 11, 10), c.COUNT: 1, c.CURRENCY: "DKK"},
    ]
    cube = daily_cube(as_pandas(pa.Table.from_pylist(events, SCHEMA))).sort_values(c.DAY)
    assert list(cube.columns) == [*c.CUBE_KEYS, *c.MEASURES]
    assert list(cube[c.DAY]) == [pd.Timestamp(2026, 11, 9), pd.Timestamp(2026, 11, 10)]
    assert list(cube[c.COUNT]) == [3, 1]
    assert cube[c.AMOUNT].iloc[0] == 12.5
    assert pd.isna(cube[c.AMOUNT].iloc[1])


def test_the_events_are_left_as_they_were() -> None:
    events = as_pandas(pa.Table.from_pylist([], SCHEMA))
    before = list(events.columns)
    daily_cube(events)
    assert list(events.columns) == before
