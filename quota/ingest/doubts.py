"""Guesses below a stated confidence, said aloud: a column taken for something that neither its heading
nor its cells prove, rows whose kind only the file's name tells, words of a known column that say nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from quota.ingest import vocabulary
from quota.ingest.fates import Fates
from quota.ingest.mapping import Mapped
from quota.ingest.tables import AROUND, Column

# From here on a column is taken for what it seems without a word; cells without a telling heading score
# less. A heading that is a known word is proof enough: what its cells say against it is refused by row.
SURE = 0.6
# Of many strange words in one column so many are told.
_TOLD = 5


def columns(mapped: Mapped, fates: Fates) -> None:
    """Note the columns that are less than surely what they were taken for; an empty one says nothing."""
    for match in mapped.matches:
        sure = match.score >= SURE or match.reason_code == "heading_known"
        if match.field and match.samples and not sure and match.index != AROUND:
            fates.note("unsure_column", match.header, match.samples[0])


def words(column: Column | None, knows: Callable[[str], object], code: str, fates: Fates) -> None:
    """Note the first words in the rows that stand which nobody knows; empty ones say nothing anyway."""
    if column is None:
        return
    present = np.flatnonzero(np.bincount(column.codes[fates.open & column.filled], minlength=1))
    texts = (column.texts[at] for at in present)
    strange = [text for text in texts if not vocabulary.is_empty(text) and not knows(text)]
    for text in strange[:_TOLD]:
        fates.note(code, column.header, text)
