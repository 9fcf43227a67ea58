"""A column that holds two axes, as pivot tables fold them: a rep, and under it kinds or periods.

    Anna Berg   43
      Call      40
      Meeting    3

It is unfolded into a column of reps and one of kinds or periods; a rep's own row adds up the
rows under it.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from quota.ingest import dates, vocabulary
from quota.ingest.labels import bare_number, period_label
from quota.ingest.likeness import could_be_name
from quota.ingest.tables import Column, Table

_TOTAL = "Total"


def unfolded(table: Table) -> Table | None:
    """The table with the reps and what stands under them in columns of their own; None where its
    first column is no outline."""
    column = table.columns[0]
    for header, inner in (("Type", _is_kind), ("Period", _is_period)):
        under = column.where(inner)
        heads = column.filled & ~under & ~column.where(vocabulary.starts_total)
        rows = np.flatnonzero(column.filled & (heads | under))
        if len(rows) and heads[rows[0]] and _takes_turns(heads[rows]):
            return _unfolded(table, column, header, heads, under)
    return None


def of_blocks(table: Table) -> Table | None:
    """A table of days or periods with the rep of every block, who stands alone on a row above it; None
    where its first column holds no such rows."""
    column = table.columns[0]
    days = ~np.isnat(np.append(dates.read(column.values, order="dmy").ts, np.datetime64("NaT")))[column.codes]
    unit = vocabulary.meaning("period_units", column.header)
    days |= column.where(lambda text: bool(_is_period(text) or (unit and bare_number(text, unit))))
    heads = column.filled & ~days & (table.filled_cells == 1) & column.where(could_be_name)
    heads &= ~column.where(vocabulary.starts_total) & ~column.where(vocabulary.starts_footer)
    rows = np.flatnonzero(heads | days)
    if not len(rows) or not heads[rows[0]] or not _takes_turns(heads[rows]):
        return None
    last = np.maximum.accumulate(np.where(heads, np.arange(len(heads)), -1))
    own = column.take(np.arange(table.height))
    return table.adding("Rep", own.take(pa.array(last, mask=(last < 0) | ~days)))


def _is_kind(text: str) -> bool:
    return vocabulary.meaning("kinds", text) is not None


def _is_period(text: str) -> bool:
    return period_label(text) is not None


def _takes_turns(heads: np.ndarray) -> bool:
    """Whether every head has something under it, and there are several of them."""
    alone = heads & np.append(heads[1:], True)
    return bool(heads.sum() > 1 and not alone.any())


def _unfolded(table: Table, column: Column, header: str, heads: np.ndarray, under: np.ndarray) -> Table:
    last = np.maximum.accumulate(np.where(heads, np.arange(len(heads)), -1))
    own = column.take(np.arange(table.height))
    reps = own.take(pa.array(last, mask=(last < 0) | ~(heads | under)))
    inner = pa.array(np.where(heads, _TOTAL, np.array(own.to_pylist(), dtype=object)), pa.string())
    return table.adding("Rep", reps).adding(header, inner)
