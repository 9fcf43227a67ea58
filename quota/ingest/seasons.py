"""A quota sheet with periods across: a row per quota, and its target under each month, quarter or week.

Each filled cell becomes a row of the stored quotas that holds from the first day of its period to
the last, both included: one row per cell, so that the sheet uploaded again corrects cell by cell. An
empty cell asks for nothing in its period. Unless a column says otherwise, the target is for one such period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from quota import columns as c
from quota.ingest import cells, labels, sheets, vocabulary, years
from quota.ingest.cells import Context
from quota.ingest.fates import Fates
from quota.ingest.labels import Label, period_label
from quota.ingest.likeness import filled, looks_like_numbers
from quota.ingest.records import Question
from quota.ingest.tables import Column, Table

UNITS = ("week", "month", "quarter")


def across(table: Table, settled: Mapping[str, str]) -> dict[int, Label]:
    """The columns that are headed by a period, all of one length; {} unless there are several."""
    found = {
        column.index: label
        for column in table.columns
        if column.header not in settled and (label := period_label(column.header))
    }
    units = {label.unit for label in found.values()}
    return found if len(found) > 1 and len(units) == 1 and units <= set(UNITS) else {}


def is_quota_sheet(table: Table, held: Mapping[str, Column]) -> bool:
    """Whether the columns beside the periods speak of quotas: a tracker has reps and types as well, and
    beside a target of its own the numbers under the periods are what was done."""
    named, whom = held.get("quota"), held.get("who")
    if any(_is_target(column) for column in table.columns):
        return False
    if named and vocabulary.fold(named.header) in vocabulary.words("fields")["quota"]:
        return True
    return whom is not None and any(vocabulary.meaning("who", text.partition(":")[0]) for text in whom.sample)


def _is_target(column: Column) -> bool:
    known = vocabulary.words("fields")
    headed = vocabulary.fold(column.header) in {*known["quota"], *known["target"]}
    return headed and looks_like_numbers(filled(column.sample)) > 0.5


def read(
    table: Table, held: dict[str, Column], named: Mapping[int, Label], context: Context, fates: Fates
) -> tuple[pa.Table, list[Question]]:
    """Rows of the stored quotas, plus `withdrawn` (never here) and `row`: which of the rows that stand
    in the sheet each was; see `sheets.read`."""
    by_index = {column.index: column for column in table.columns}
    dated, asked = _dated([by_index[index] for index in named], list(named.values()), table, context)
    targets = np.array([_targets(by_index[index], context, fates) for index in named])
    fates.reject(np.isnan(targets).all(axis=0), "no_value", by_index[next(iter(named))])
    if asked:
        fates.reject(fates.open, "no_year")
    said = {name: column for name, column in held.items() if column.filled.any()}
    rules, questions = sheets.read("quotas", table, said, context, fates)
    return _spread(rules, dated, targets[:, fates.open]), [*questions, *asked]


def _dated(
    columns: Sequence[Column], said: Sequence[Label], table: Table, context: Context
) -> tuple[list[Label | None], list[Question]]:
    """The labels with their years; a question where nothing says which."""
    dated = labels.with_years(said, years.around(table, context), None)
    lacking = [
        column.header for column, label in zip(columns, dated, strict=True) if not label or not label.year
    ]
    if not lacking:
        return dated, []
    today = context.choices.today
    coming = range(today.year + 1, today.year - 2, -1) if today else ()
    return dated, [Question("year_of_label", "", lacking[0], tuple(map(str, coming)))]


def _targets(column: Column, context: Context, fates: Fates) -> np.ndarray:
    """The column's targets row by row, NaN where the cell is empty; others take their row out."""
    number = cells.floats(column, decimal_comma=context.decimal_comma)
    said = column.filled & ~column.where(vocabulary.is_empty)
    percent = column.where(lambda text: text.rstrip().endswith("%"))
    fates.reject_cells(said & (np.isnan(number) | percent), "bad_number", column)
    fates.reject_cells(said & (number < 0), "rule_negative_target", column)
    return np.where(said, number, np.nan)


def _spread(rules: pa.Table, dated: Sequence[Label | None], targets: np.ndarray) -> pa.Table:
    """`rules` without targets → one row per row and period that has a target (periods × rows)."""
    days = [
        (first, label.last, label.unit, at)
        for at, label in enumerate(dated)
        if label and (first := label.start())
    ]
    cut = [
        (row, unit, first, last, float(targets[at, row]))
        for row in range(targets.shape[1])
        for first, last, unit, at in sorted(days)
        if not np.isnan(targets[at, row])
    ]
    row, unit, begin, end, target = ([one[at] for one in cut] for at in range(5))
    spread = rules.take(pa.array(row, pa.int64()))
    told = {"target": target, "from": begin, "to": end}
    if not rules.num_rows or rules["every"].null_count == rules.num_rows:
        told["every"] = unit
    for name, values in told.items():
        at = spread.schema.get_field_index(name)
        spread = spread.set_column(
            at, spread.schema.field(at), pa.array(values, spread.schema.field(at).type)
        )
    return spread.append_column(c.ROW, pa.array(row, pa.int64()))
