"""Guesses below a stated confidence, said aloud: a column taken for something that neither its heading
nor its cells prove, rows whose kind only the file's name tells, words of a known column that say nothing,
one rep's rows of one moment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from quota.ingest import vocabulary
from quota.ingest.fates import Fates
from quota.ingest.mapping import Mapped
from quota.ingest.tables import AROUND, Column

# From here on a column is taken for what it seems without a word; cells without a telling heading score
# less. A heading that is a known word is proof enough: what its cells say against it is refused by row.
SURE = 0.6
# Whose a row is, and when it was.
_MOMENT = ("rep", "date", "time")
# What is known of a row besides when and whose it is.
_ALIKE = ("kind", "subject", "account", "contact", "to_person", "direction", "outcome", "duration", "topic")
# Spreads keys that are joined from several numbers.
_MIXED = np.uint64(0x9E3779B97F4A7C15)
# Of many strange words in one column so many are told.
_TOLD = 5


def columns(mapped: Mapped, fates: Fates) -> None:
    """Note the columns that are less than surely what they were taken for; an empty one says nothing."""
    for match in mapped.matches:
        sure = match.score >= SURE or match.reason_code == "heading_known"
        if match.field and match.samples and not sure and match.index != AROUND:
            fates.note("unsure_column", match.header, match.samples[0])
    rep, other = (mapped.columns.get(name) for name in ("rep", "contact"))
    if rep and rep.sample and other and _may_name_items(rep, other):
        fates.note("unsure_column", rep.header, rep.sample[0])


def _may_name_items(rep: Column, other: Column) -> bool:
    """Whether a column of reps is a bare `Name` beside a `Person`: it may be the item's."""
    words = vocabulary.words("bare_names")
    return vocabulary.fold(rep.header) in words["name"] and vocabulary.fold(other.header) in words["people"]


def words(column: Column | None, knows: Callable[[str], object], code: str, fates: Fates) -> None:
    """Note the first words in the rows that stand which nobody knows; empty ones say nothing anyway."""
    if column is None:
        return
    present = np.flatnonzero(np.bincount(column.codes[fates.open & column.filled], minlength=1))
    texts = (column.texts[at] for at in present)
    strange = [text for text in texts if not vocabulary.is_empty(text) and not knows(text)]
    for text in strange[:_TOLD]:
        fates.note(code, column.header, text)


def same_moments(held: Mapping[str, Column], ts: np.ndarray, meetings: np.ndarray, fates: Fates) -> None:
    """Note the first moment at which a rep held two meetings, or did two alike in all that is known of
    them: there may be a row for each participant. Moments are those of the cells, whatever the clock."""
    if "date" not in held:
        return
    timed = np.flatnonzero(fates.open & ~np.isnat(ts) & (ts != ts.astype("datetime64[D]")))
    key = meetings[timed].astype(np.uint64)
    for name in (name for name in (*_MOMENT, *_ALIKE) if name in held):
        said = held[name].codes[timed] + 1
        said = said if name in _MOMENT else np.where(meetings[timed], 0, said)
        key = key * _MIXED + said.astype(np.uint64)
    found, often = np.unique(key, return_counts=True)
    if (often > 1).any():
        first, column = timed[np.isin(key, found[often > 1])][0], held["date"]
        moment = str(ts[first].astype("datetime64[m]")).replace("T", " ")  # it may be another column's
        text = column.texts[column.codes[first]] if column.filled[first] else moment
        fates.note("same_moment", column.header, text)
