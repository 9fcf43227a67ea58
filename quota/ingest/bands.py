"""Lines that stand alone and speak of the rows under them: `Uge 10 2026` over one block, `Weekly target`
over another. What a title above the table or the sheet's name says holds from its first row on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from quota.ingest import dates, vocabulary
from quota.ingest.cells import Context
from quota.ingest.headings import ACTUAL, TARGET, taken_apart
from quota.ingest.labels import YEAR, period_label
from quota.ingest.tables import AROUND, Column, Table

# Numbers that are no work done by their title, and no targets either: a forecast, last year's.
OTHER = "other"
_TITLES_SEARCHED = 20
_SAMPLE = 100
# More words are prose.
_LONGEST = 6
_DIGIT = re.compile(r"\d")


def dated(table: Table) -> Table:
    """The table with a column of the periods that stand on rows of their own between its rows; rows
    above the first of them have the period of the line above the table."""
    rows = np.flatnonzero(table.filled_cells > 1)[:_SAMPLE]
    own = [tuple(column.take(rows).drop_null().to_pylist()) for column in table.columns]
    if any(dates.looks_like_dates(cells) > 0.5 for cells in own):
        return table
    heads = _under(table, names_period)
    if heads is None or not _has_rows(table, heads):
        return table
    above = next((text for text in reversed(table.preamble) if names_period(text)), None)
    said = [
        (head or above) if filled > 1 else None
        for filled, head in zip(table.filled_cells, heads, strict=True)
    ]
    return table.adding("Period", pa.array(said, pa.string()))


def of_kinds(table: Table) -> Table:
    """The table with a column of the types that stand on rows of their own, the first of them above all
    its rows; where no heading speaks of types."""
    if any(
        taken_apart(column.header).kind or vocabulary.meaning("fields", column.header) == "kind"
        for column in table.columns
    ):
        return table
    heads = _under(table, _names_kind)
    filled = np.flatnonzero(table.filled_cells > 0)
    if heads is None or not _has_rows(table, heads) or heads[filled[0]] is None:
        return table
    said = [head if cells > 1 else None for cells, head in zip(table.filled_cells, heads, strict=True)]
    return table.adding("Type", pa.array(said, pa.string()))


def _names_kind(text: str) -> bool:
    heading = taken_apart(text)
    return bool(heading.kind and heading.named and not heading.periods and heading.role == ACTUAL)


def of_days(tables: Sequence[Table]) -> list[Table]:
    """The tables, those without a day or week of their own with that of their sheet's name; which of its
    numbers is the day, all sheets say together."""
    names = list(dict.fromkeys(table.sheet or "" for table in tables))
    named = [name for name in names if dates.looks_like_dates((name,)) == 1]
    moments = dates.read(pa.array(named, pa.string()))
    sure = moments.evidence == "values" and not moments.asked
    said = {
        name: str(ts.astype("datetime64[D]")) if sure and not np.isnat(ts) else name
        for name, ts in zip(named, moments.ts, strict=True)
    }
    return [
        table.adding("Date", said[table.sheet]) if table.sheet in said and not _timed(table) else table
        for table in tables
    ]


def _timed(table: Table) -> bool:
    """Whether any column says when."""
    return any(
        vocabulary.meaning("fields", column.header) in ("date", "period", "weekday")
        or period_label(column.header) is not None
        or dates.looks_like_dates(column.sample or ("",)) > 0.5
        for column in table.columns
    )


def roles(table: Table, context: Context, *, titled: bool) -> dict[str, Column]:
    """TARGET and OTHER → a column that holds, for each row that is no work done, the line that says so.

    Where not `titled`, only lines between the rows are asked.
    """
    title = _title(table, context) if titled else None
    title = title or next(
        (text for text in table.preamble[:_TITLES_SEARCHED] if _is_measured(text, table)), None
    )
    lines = _under(table, lambda text: role(text) is not None)
    heads = [None] * table.height if lines is None else lines
    over = [head or title for head in heads]
    found = {}
    for wanted in (TARGET, OTHER):
        said = [text if text and (role(text) or OTHER) == wanted else None for text in over]
        if any(said):
            found[wanted] = Column(title or "", AROUND, pa.array(said, pa.string()))
    return found


def _is_measured(title: str, table: Table) -> bool:
    """Whether a title says that the numbers are points, hours or percentages: `Points week 45`; no such
    column stands in the table."""
    first, words = vocabulary.fold(title).partition(" ")[0], vocabulary.words("measured")["start"]
    columns = {word for column in table.columns for word in vocabulary.fold(column.header).split()}
    return first in words and not columns & {*words}


def role(title: str) -> str | None:
    """What a title makes of the numbers under it: work done, targets, or others that are none; None if
    it says nothing of it. A title with numbers of its own, `Target: 40 calls`, is a remark."""
    words = f" {vocabulary.fold(title)} "
    if len(words.split()) > _LONGEST or _DIGIT.search(taken_apart(YEAR.sub("", title), ("period",)).rest):
        return None
    for meaning, said in ((ACTUAL, "actual"), (OTHER, "other"), (TARGET, "target")):
        if any(f" {phrase} " in words for phrase in vocabulary.words("titles")[said]):
            return meaning
    ends = vocabulary.words("titles")["target_ends"]
    return TARGET if any(word.endswith(ends) for word in words.split()) else None


def _title(table: Table, context: Context) -> str | None:
    """The nearest name around the table that says what its numbers are; that of a sheet or file may be
    named after what else is in it, unless it says that they are targets."""
    above = list(table.preamble[:_TITLES_SEARCHED])
    behind = [*above, ""][1:]
    # A target with its numbers beside it is a remark.
    titles = [text for text, after in zip(above, behind, strict=bool(above)) if not _DIGIT.match(after)]
    corner = table.columns[0].header
    title = next((text for text in (corner, *reversed(titles)) if role(text)), None)
    return title or next(
        (text for text in context.around if role(text) in (ACTUAL, TARGET) or _names_other(text)), None
    )


def _names_other(name: str) -> bool:
    """Whether a sheet or file is named after nothing but a forecast or an earlier period, and when."""
    rest = taken_apart(YEAR.sub("", name), ("period",)).rest
    return role(name) == OTHER and (not rest or vocabulary.fold(rest) in vocabulary.words("titles")["other"])


def _under(table: Table, holds: Callable[[str], bool]) -> list[str | None] | None:
    """Row by row the last text that stood alone on a row above and `holds`; None where there is none."""
    heads = [text if text and holds(text) else None for text in table.alone(table.filled_cells == 1)]
    if not any(heads):
        return None
    last: str | None = None
    found = []
    for head in heads:
        last = head or last
        found.append(last)
    return found


def _has_rows(table: Table, heads: list[str | None]) -> bool:
    """Whether anything else stands under the lines."""
    return any(head and filled > 1 for head, filled in zip(heads, table.filled_cells, strict=True))


def names_period(text: str | None) -> bool:
    """Whether a line or name is a period or a day, and nothing else."""
    return text is not None and (period_label(text) is not None or dates.looks_like_dates((text,)) == 1)
