"""Columns of events → the tidy frame, with the keys and digests that make re-uploads exact.

A key is the export's own id; without one, a hash of what the row means and its ordinal
among equal rows. Hashes are 64 bit and the same on every machine.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from quota import columns as c

_MIX = np.uint64(0x9E3779B97F4A7C15)
_FOLD = np.uint64(0xC2B2AE3D27D4EB4F)
_NOTHING = np.uint64(0x517CC1B727220A95)
_BLOCK = 1 << 18  # rows that are worked on at once
_REPEATED = pa.dictionary(pa.int32(), pa.string())
# The moment by the clock of UTC, where the file says its zone. A row is known by the instant: the
# same call read under another zone, or written by another clock, is the same row.
WRITTEN = " written"
# What a row means, in a fixed order: the order is part of every stored hash.
MEANING = (
    c.REP, c.TS, c.KIND, c.COUNT, c.AMOUNT, c.CURRENCY, c.UNITS, c.NEW_CUSTOMER, c.OUTCOME,
    c.DIRECTION, c.TOPIC, c.ACCOUNT, c.CONTACT, c.DEAL, c.TEAM,
)  # fmt: skip


@dataclass(frozen=True)
class Events:
    """Events before they are written out: equally long arrow arrays by tidy column.

    `rows` are 1-based row numbers in the file; `ids` the export's own ids, or None;
    `identity` names the columns that identify an event where there is no id; of those the
    moment is taken from `WRITTEN`, if that is among the columns.
    """

    columns: Mapping[str, pa.Array]
    rows: np.ndarray
    ids: pa.Array | None
    withdrawn: np.ndarray
    identity: tuple[str, ...] = field(default=MEANING)

    def take(self, rows: np.ndarray) -> Events:
        """The events at these positions."""
        if len(rows) == len(self.rows):
            return self
        at = pa.array(rows)
        columns = {name: array.take(at) for name, array in self.columns.items()}
        ids = self.ids.take(at) if self.ids is not None else None
        return Events(columns, self.rows[rows], ids, self.withdrawn[rows], self.identity)


def assemble(events: Events, source: str, sheet: str | None) -> pa.Table:
    """Events → a table with the columns of `columns.TIDY`, texts but for the keys as dictionaries."""
    size = len(events.rows)
    digest = _hash(events.columns, MEANING, size)
    keys = events.ids
    if keys is None or keys.null_count:
        written = {c.TS: events.columns[WRITTEN]} if WRITTEN in events.columns else {}
        hashed = _keys(_hash({**events.columns, **written}, events.identity, size))
        keys = hashed if keys is None else pc.coalesce(keys, pc.binary_join_element_wise("#", hashed, ""))
    filled = {
        **events.columns,
        c.KEY: keys,
        c.SOURCE: constant(source, size),
        c.SHEET: constant(sheet, size),
        c.ROW: pa.array(events.rows, pa.int64()),
        c.DIGEST: pa.array(digest.view(np.int64)),
        c.WITHDRAWN: pa.array(events.withdrawn),
    }
    arrays = [_stored(filled.get(field.name), field, size) for field in c.TIDY]
    return pa.Table.from_arrays(arrays, names=c.TIDY.names)


def stack(parts: list[Events]) -> Events:
    """Several sets of events of the same table as one; columns that one lacks are null."""
    names = dict.fromkeys(name for part in parts for name in part.columns)
    types = {name: part.columns[name].type for part in parts for name in part.columns}
    columns = {}
    for name in names:
        pieces = [
            part.columns[name] if name in part.columns else pa.nulls(len(part.rows), types[name])
            for part in parts
        ]
        columns[name] = pa.chunked_array([_plain(piece) for piece in pieces]).combine_chunks()
    ids = [part.ids for part in parts if part.ids is not None]
    return Events(
        columns,
        np.concatenate([part.rows for part in parts]),
        pa.concat_arrays([_plain(piece) for piece in ids]) if len(ids) == len(parts) else None,
        np.concatenate([part.withdrawn for part in parts]),
        parts[0].identity,
    )


def _plain(array: pa.Array) -> pa.Array:
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _stored(array: pa.Array | None, field: pa.Field, size: int) -> pa.Array:
    """An array in the type of its tidy column; texts that repeat stay dictionaries, which are small."""
    wanted = _REPEATED if field.type == pa.string() and field.name != c.KEY else field.type
    if array is None:
        return pa.nulls(size)  # of no type: it takes no memory, and costs nothing on its way to the server
    if array.type == wanted:
        return array
    if wanted == _REPEATED:
        return _plain(array).cast(pa.string()).dictionary_encode()
    return _plain(array).cast(wanted)


def constant(value: str | None, size: int) -> pa.Array:
    """One text for every row, as a dictionary."""
    codes = pa.array(np.zeros(size, dtype=np.int32), mask=np.full(size, value is None))
    return pa.DictionaryArray.from_arrays(codes, pa.array([value or ""]))


def _hash(columns: Mapping[str, pa.Array], names: tuple[str, ...], size: int) -> np.ndarray:
    total = np.zeros(size, dtype=np.uint64)
    words = {
        name: np.append(_text_hash(array.dictionary), _NOTHING)
        for name, array in columns.items()
        if name in names and pa.types.is_dictionary(array.type)
    }
    for at in range(0, size, _BLOCK):
        part = total[at : at + _BLOCK]
        for name in names:
            part ^= part >> np.uint64(29)
            part *= _MIX
            # A column left out must hash like a column of empty cells: both say nothing.
            part += (
                _column_hash(columns[name].slice(at, _BLOCK), words.get(name))
                if name in columns
                else _NOTHING
            )
        part ^= part >> np.uint64(32)
        part *= _FOLD
    return total


def _column_hash(array: pa.Array, words: np.ndarray | None) -> np.ndarray:
    """The hash of each cell; `words` are those of the texts of a dictionary, the last one of none."""
    if words is not None:
        return np.asarray(words[array.indices.fill_null(-1).to_numpy(zero_copy_only=False)])
    if pa.types.is_string(array.type):
        return _text_hash(array)
    if pa.types.is_floating(array.type):
        bits = (np.nan_to_num(np.asarray(array.cast(pa.float64()).fill_null(0.0))) + 0.0).view(np.uint64)
    else:
        bits = np.asarray(pc.fill_null(array.cast(pa.int64()), 0)).view(np.uint64)
    mixed = (bits ^ (bits >> np.uint64(31))) * _FOLD
    return np.where(np.asarray(array.is_null()), _NOTHING, mixed)


def _text_hash(texts: pa.Array) -> np.ndarray:
    hashed = np.zeros(len(texts), dtype=np.uint64)
    for at in range(0, len(texts), _BLOCK):
        plain = texts.slice(at, _BLOCK).to_numpy(zero_copy_only=False)
        hashed[at : at + _BLOCK] = pd.util.hash_array(np.asarray(plain, dtype=object), categorize=False)
    return np.where(np.asarray(texts.is_null()), _NOTHING, hashed)


def _keys(hashed: np.ndarray) -> pa.ChunkedArray:
    """Hashes → keys; of equal ones the second, third … get their ordinal mixed in."""
    mixed = hashed.copy()
    share = (hashed >> np.uint64(60)).astype(np.uint8)
    for one in range(16):  # equal ones fall into the same share
        rows = np.flatnonzero(share == one)
        same = hashed[rows]
        mixed[rows] += (
            pd.Series(same).groupby(same, sort=False).cumcount().to_numpy().astype(np.uint64) * _MIX
        )
    numbers = pa.array(mixed.view(np.int64))
    blocks = range(0, len(numbers), _BLOCK)
    return pa.chunked_array([numbers.slice(at, _BLOCK).cast(pa.string()) for at in blocks], pa.string())


def beside(events: pa.Table, taken: Collection[str], *, ids: bool) -> pa.Table:
    """Events with keys as if their rows stood in the file that holds the keys `taken`.

    Of equal rows each has a key of its own, so what is equal to a row of that file moves on to
    the next one. `ids`: the rows have ids of their own, which stay.
    """
    prefix = "#" if ids else ""
    used: set[str] = set(taken)
    keys = []
    for key in events[c.KEY].to_pylist():
        if key.startswith(prefix):
            hashed, mark, again = key.removeprefix(prefix).partition("/")
            number = int(hashed)
            while key in used:
                number = (number + int(_MIX)) % 2**64
                key = f"{prefix}{number - 2**64 if number >= 2**63 else number}{mark}{again}"
            used.add(key)
        keys.append(key)
    return events.set_column(events.schema.get_field_index(c.KEY), c.KEY, pa.array(keys, pa.string()))
