"""A table that people write, as a grid holds it and as the workspace stores it.

Nothing is overwritten: what is stored of a changed grid are the rows that differ, and a
withdrawn row for each identity that is gone. `ORIGIN` tells which stored row a row of the grid
was before it was edited; a new one has none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from quota import columns as c
from quota.checks import lines

ORIGIN = "origin"


@dataclass(frozen=True)
class Sheet:
    """One of the tables that people write.

    `lists`: texts that hold several values, joined with "+"; `usual`: the columns shown unless more
    are wanted (all, if empty); `meaning`: the columns whose change moves numbers, in a table whose
    rows hold from a day on.
    """

    name: str
    schema: pa.Schema
    lists: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()
    meaning: tuple[str, ...] = ()

    @property
    def identity(self) -> list[str]:
        """The columns that identify a row."""
        return list(c.IDENTITY[self.name])

    @property
    def ends(self) -> bool:
        """Whether its rows may end, and not only be followed by others."""
        return "to" in self.schema.names


def editable(stored: pd.DataFrame, sheet: Sheet) -> pd.DataFrame:
    """The rows of a stored table with types that the grid can edit, also when there are none."""
    rows: pd.DataFrame = stored[sheet.schema.names].reset_index(drop=True)
    for field in sheet.schema:
        rows[field.name] = _typed(rows[field.name], field)
    for name in sheet.lists:
        rows[name] = rows[name].str.split(r"\s*\+\s*", regex=True).astype(object)
    return rows.assign(**{ORIGIN: rows.index.astype("float64")})


def tidied(rows: pd.DataFrame, sheet: Sheet) -> pd.DataFrame:
    """The rows of the grid without blank ones, texts without spaces around them and never empty."""
    kept: pd.DataFrame = rows[[*sheet.schema.names, ORIGIN]].copy()
    for name in sheet.lists:
        kept[name] = [None if _blank(several) else "+".join(several) for several in kept[name]]
    # A new row of the grid has neither tick nor cross yet, and is blank all the same.
    said = [field.name for field in sheet.schema if not pa.types.is_boolean(field.type)]
    for field in sheet.schema:
        kept[field.name] = _typed(kept[field.name], field)
        if pa.types.is_string(field.type):
            stripped = kept[field.name].str.strip()
            kept[field.name] = stripped.where(stripped != "")
    filled: pd.DataFrame = kept.dropna(how="all", subset=said).reset_index(drop=True)
    return filled


def changes(before: pd.DataFrame, after: pd.DataFrame, sheet: Sheet) -> pa.Table:
    """The rows of `after` that `before` does not hold, and withdrawn ones for what is gone."""
    # What is missing is found by the checks: here it may be null.
    schema = pa.schema([*((field.name, field.type) for field in sheet.schema), (c.WITHDRAWN, pa.bool_())])
    if after.equals(before):
        return schema.empty_table()
    identity, names = sheet.identity, sheet.schema.names
    new = after[~lines(after, names).isin(lines(before, names))]
    gone = before[~lines(before, identity).isin(lines(after, identity))]
    rows = pd.concat([new.assign(withdrawn=False), gone.assign(withdrawn=True)])
    return pa.Table.from_pandas(rows, schema=schema, preserve_index=False, safe=False)


def _typed(values: pd.Series, field: pa.Field) -> pd.Series:
    """A column in the type that the grid edits; what comes back from it may have lost its own."""
    if pa.types.is_date(field.type):
        return pd.to_datetime(values).astype("datetime64[us]")
    if pa.types.is_boolean(field.type):
        return values.astype("boolean").fillna(False).astype(bool)
    return values.astype("str" if pa.types.is_string(field.type) else "float64")


def _blank(several: object) -> bool:
    return not isinstance(several, list | tuple | np.ndarray) or not len(several)
