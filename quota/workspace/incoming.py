"""Rows on their way in: given the stored types, compared with what is visible, stamped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quota import columns as c
from quota.workspace.history import History
from quota.workspace.latest import Mask, compare, mask

COUNTS = ("new", "changed", "same")

_LOGGED = (c.IMPORT_ID, c.AT, c.BY)
_DAY = pa.scalar(86_400_000_000, pa.duration("us"))


@dataclass(frozen=True)
class Incoming:
    """The rows to store of one table; how many identities are new, changed and the same.

    `met`: the imports that hold one of these identities already, undone ones too. `moved`: how many
    visible ones are withdrawn that stand in no row of the file, because another one stands for them.
    """

    rows: pa.Table
    new: int
    changed: int
    same: int
    met: frozenset[str]
    moved: int = 0


def typed(rows: pa.Table, name: str) -> pa.Table:
    """`rows` with the columns and types of table `name`, but for those that `stamped` adds.

    Dictionaries of texts stay as they are, which makes writing faster. What is missing is
    null, or False for `withdrawn`; raises `ValueError` for a null where there must be none.
    """
    fields = [field for field in c.TABLES[name] if field.name not in _LOGGED]
    return pa.table({field.name: _column(rows, field, name) for field in fields})


def plain(rows: pa.Table) -> pa.Table:
    """`rows` with dictionaries written out."""
    fields = [
        pa.field(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in rows.schema
    ]
    return rows.cast(pa.schema(fields))


def against(rows: pa.Table, stored: pa.Table, history: History, name: str) -> Incoming:
    """How `rows` (see `typed`) change what is visible of `stored`.

    A withdrawn row is kept if any import holds its key, an undone one too, so that the
    numbers after undo and redo depend only on which imports are active.
    """
    withdrawn = mask(rows[c.WITHDRAWN])
    if not stored.num_rows:
        kept = rows.filter(pa.array(~withdrawn)) if withdrawn.any() else rows
        return Incoming(kept, kept.num_rows, 0, 0, frozenset())
    identity, meaning = c.IDENTITY[name], _meaning(name)
    found = compare(stored, plain(rows.select([*identity, *meaning])), history, identity, meaning)
    # What a person took out stays out, whatever the export says of it now.
    same = (found.same | found.decided) & ~withdrawn
    met = pc.unique(stored[c.IMPORT_ID].filter(pa.array(found.holding))).to_pylist()
    return Incoming(
        rows=rows.filter(pa.array(~withdrawn | found.known)) if withdrawn.any() else rows,
        new=int((~found.visible & ~same & ~withdrawn).sum()),
        changed=int((found.visible & ~same).sum()),
        same=int(same.sum()),
        met=frozenset(met),
        moved=int((found.visible & _in_no_row(rows, withdrawn)).sum()),
    )


def _in_no_row(rows: pa.Table, withdrawn: Mask) -> Mask:
    return withdrawn & np.asarray(rows[c.ROW].is_null()) if c.ROW in rows.column_names else withdrawn & False


def stamped(rows: pa.Table, name: str, stamp: Mapping[str, object]) -> pa.Table:
    """`rows` with import_id, at and by, in the order of the table's schema."""
    schema = c.TABLES[name]
    constant = {field: pa.scalar(stamp[field], schema.field(field).type) for field in _LOGGED}
    added = {field: _repeated(value, rows.num_rows) for field, value in constant.items()}
    return pa.table({field: added[field] if field in added else rows[field] for field in schema.names})


def span(rows: pa.Table) -> tuple[pa.Scalar, pa.Scalar] | None:
    """Midnight of the first day of `rows` that counts, and midnight after the last; None without rows."""
    counted = rows[c.TS].filter(pc.invert(rows[c.WITHDRAWN]))
    ends = pc.min_max(counted)
    if not ends["min"].is_valid:
        return None
    first, last = (pc.floor_temporal(ends[end], unit="day") for end in ("min", "max"))
    return first, pc.add(last, _DAY)


def days(rows: pa.Table | None) -> dict[str, date]:
    """first_day and last_day of `rows`, or nothing."""
    found = None if rows is None else span(rows)
    if found is None:
        return {}
    last = pc.subtract(found[1], _DAY)
    return {"first_day": found[0].as_py().date(), "last_day": last.as_py().date()}


def _meaning(name: str) -> list[str]:
    """The columns, besides the identity, that tell "same" from "changed"."""
    if name == "activities":
        return [c.DIGEST]
    apart = (*c.IDENTITY[name], *_LOGGED, c.WITHDRAWN)
    return [field.name for field in c.TABLES[name] if field.name not in apart]


def _column(rows: pa.Table, field: pa.Field, name: str) -> pa.ChunkedArray:
    if field.name not in rows.column_names:
        value = False if field.name == c.WITHDRAWN else None
        column = pa.chunked_array([pa.repeat(pa.scalar(value, field.type), rows.num_rows)])
    else:
        column = rows[field.name]
    if not (pa.types.is_dictionary(column.type) and column.type.value_type == field.type):
        column = column.cast(field.type)
    if not field.nullable and column.null_count:
        raise ValueError(f"{name}.{field.name} must not be null")
    return column


def _repeated(value: pa.Scalar, n: int) -> pa.Array:
    if not pa.types.is_string(value.type):
        return pa.repeat(value, n)
    return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int8()), n), pa.array([value.as_py()]))
