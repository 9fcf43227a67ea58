"""Rows of a tracker that count a part of what another row counts: `New calls` under `Calls`.

Only where every number is no more than that of the whole beside it. What says which of a kind (new,
existing) is a part; of other names, `Cold calls`, that is only said.
"""

from __future__ import annotations

import numpy as np

from quota import columns as c
from quota.ingest.counting import holds
from quota.ingest.fates import Fates
from quota.ingest.headings import ACTUAL, taken_apart
from quota.ingest.tables import Column

# What two rows must have in common to be compared.
_BESIDES = (c.REP, "date", "period", "weekday", "year", c.TEAM)


def skip(values: np.ndarray, held: dict[str, Column], fates: Fates) -> None:
    """Skip, or speak of, the rows of a matrix of counts (rows × columns) that are parts of others."""
    kinds = held.get(c.KIND)
    if kinds is None:
        return
    about = np.array([kinds.codes, *(held[name].codes for name in _BESIDES if name in held)])
    headings = [taken_apart(text) for text in kinds.texts]
    counted = [at for at, one in enumerate(headings) if one.kind and one.role == ACTUAL and not one.rest]
    for part in counted:
        for whole in counted:
            alike = headings[part].kind == headings[whole].kind
            if alike and holds(whole, headings[whole], part, headings[part]):
                rows = np.flatnonzero(fates.open & (kinds.codes == part))
                if _never_more(rows, whole, values, about, fates):
                    _tell(part, whole, bool(headings[part].qualifier), kinds, fates)


def _never_more(rows: np.ndarray, whole: int, values: np.ndarray, about: np.ndarray, fates: Fates) -> bool:
    """Whether each row has one of the whole beside it, and no number above that one's."""
    for row in rows:
        same = (about[1:] == about[1:, [row]]).all(axis=0) & (about[0] == whole) & fates.open
        if np.count_nonzero(same) != 1 or (values[row] > values[same][0]).any():
            return False
    return bool(np.count_nonzero(values[rows]) > 1)


def _tell(part: int, whole: int, sure: bool, kinds: Column, fates: Fates) -> None:
    if sure:
        fates.skip(kinds.codes == part, "part_row", kinds)
    else:
        fates.note("counted_together", kinds.texts[part], kinds.texts[whole])
