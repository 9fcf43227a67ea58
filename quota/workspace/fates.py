"""What became of the rows of one import, looking at what all imports hold now."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from quota import columns as c
from quota.workspace.history import History
from quota.workspace.latest import Codes, Mask, codes, latest, mask, ranks, replaced_by

# counted: it is what the pages show; same: it is, and an earlier import said so already;
# replaced: a later import says something else; withdrawn: a later one takes it back;
# twin: a person decided that another system's row stands for it; takes_back: the row itself
# withdraws an earlier one; undone: its whole import is.
FATES = ("counted", "same", "replaced", "withdrawn", "twin", "takes_back", "undone")


def fates(stored: pa.Table, import_id: str, history: History) -> pd.DataFrame:
    """fate and other (the import that replaced, withdrew or had said it) of an import's rows.

    `stored` holds what any import has of the same sources, with the import's own rows; the
    answer has one row for each of those, in their order.
    """
    identity = codes(stored, c.IDENTITY["activities"])
    rank = ranks(stored, history.active)
    mine = np.flatnonzero(ranks(stored, [import_id]) == 0)
    if import_id not in history.active:
        return _frame(np.full(len(mine), "undone", dtype=object), np.full(len(mine), -1), history)
    last = latest(identity, rank)[identity[mine]]
    withdrawn, gone = mask(stored[c.WITHDRAWN]), replaced_by(stored, rank, history)
    digest = stored[c.DIGEST].to_numpy()
    fate = np.where(digest[last] == digest[mine], "counted", "replaced").astype(object)
    other = np.where(fate == "replaced", rank[last], -1)
    prior = _prior(identity, rank, mine, history.active.index(import_id))
    known = (fate == "counted") & _alike(stored, prior, mine, gone, history.active.index(import_id))
    fate[known], other[known] = "same", rank[prior[known]]
    left = gone[last] >= 0
    fate[left], other[left] = "withdrawn", gone[last[left]]
    taken = withdrawn[last]
    fate[taken], other[taken] = "withdrawn", rank[last[taken]]
    ruled = np.array([one in history.decisions for one in history.active])
    twin = taken & ruled[rank[last]]
    fate[twin] = "twin"
    fate[withdrawn[mine]], other[withdrawn[mine]] = "takes_back", -1
    return _frame(fate, other, history)


def _prior(identity: Codes, rank: Codes, mine: Codes, place: int) -> Codes:
    """For each of the import's rows the latest version before it; -1 for none."""
    return latest(identity, np.where(rank < place, rank, -1))[identity[mine]]


def _alike(stored: pa.Table, prior: Codes, mine: Codes, gone: Codes, place: int) -> Mask:
    """Whether the version before said the same, and counted until the import came."""
    digest, withdrawn = stored[c.DIGEST].to_numpy(), mask(stored[c.WITHDRAWN])
    counted = ~withdrawn & ~((gone >= 0) & (gone < place))
    found = (prior >= 0) & (digest[prior] == digest[mine]) & counted[prior]
    return np.asarray(found, dtype=np.bool_)


def _frame(fate: np.ndarray, other: Codes, history: History) -> pd.DataFrame:
    names = np.array([*history.active, None], dtype=object)
    return pd.DataFrame({"fate": fate, "other": names[other]})
