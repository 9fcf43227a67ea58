"""Which rows are the latest of their identity, and how new rows compare with stored ones.

Vectorised over Arrow and numpy: identities become small integers once, and "the later one
wins" is an assignment in order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from quota import columns as c
from quota import crew
from quota.workspace.history import History

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Comparison:
    """How new rows relate to stored ones.

    For each new row: did any import hold its identity, is one visible, does it say the
    same, did a person decide that it does not count? For each stored row: has a new one its
    identity?
    """

    known: Mask
    visible: Mask
    same: Mask
    decided: Mask
    holding: Mask


def codes(rows: pa.Table, names: Sequence[str]) -> Codes:
    """One integer per row, 0 … n-1, equal exactly where the columns `names` are equal (nulls too)."""
    combined = np.zeros(rows.num_rows, dtype=np.int64)
    for name in names:
        own, values = pd.factorize(rows[name].to_pandas(), use_na_sentinel=False)
        if len(values) > 1:
            combined = own if not combined.any() else pd.factorize(combined * len(values) + own)[0]
    return combined


def ranks(rows: pa.Table, order: Sequence[str]) -> Codes:
    """The place of each row's import in `order`; -1 for imports that are not in it."""
    places = pc.index_in(rows[c.IMPORT_ID], value_set=pa.array(order, pa.string()))
    return np.asarray(pc.fill_null(places, -1).to_numpy(), dtype=np.int64)


def latest(identity: Codes, rank: Codes) -> Codes:
    """For each identity 0 … n-1 the position of its row of highest rank; -1 where all ranks are -1."""
    last = np.full(int(identity.max(initial=-1)) + 1, -1, dtype=np.int64)
    order = np.argsort(rank, kind="stable")
    order = order[rank[order] >= 0]
    last[identity[order]] = order
    return last


def visible(rows: pa.Table, history: History, identity: Sequence[str]) -> Mask:
    """Which rows are seen: the latest of their identity, unless it is withdrawn or replaced."""
    return shown(rows, codes(rows, identity), history)


def shown(rows: pa.Table, identity: Codes, history: History) -> Mask:
    """The same, where `identity` tells which rows are versions of one another."""
    rank = ranks(rows, history.active)
    seen = np.zeros(rows.num_rows, dtype=np.bool_)
    last = latest(identity, rank)
    seen[last[last >= 0]] = True
    return seen & ~mask(rows[c.WITHDRAWN]) & ~(replaced_by(rows, rank, history) >= 0)


def replaced_by(rows: pa.Table, rank: Codes, history: History) -> Codes:
    """The rank of the first import that leaves nothing of a row, were it the latest; -1 for none.

    Only activities can be replaced: they have source and ts.
    """
    found = np.full(rows.num_rows, -1, dtype=np.int64)
    if not {c.SOURCE, c.TS} <= set(rows.column_names):
        return found
    for one in reversed(history.replaced):
        place = history.active.index(one.import_id)
        sources = pa.array(one.sources, pa.string())
        spanned = pc.and_(pc.greater_equal(rows[c.TS], one.start), pc.less(rows[c.TS], one.end))
        hit = pc.and_(spanned, pc.is_in(rows[c.SOURCE], value_set=sources))
        found[mask(hit) & (rank >= 0) & (rank < place)] = place
    return found


def completed(people: pd.DataFrame, rank: Codes, edits: Collection[str]) -> pd.DataFrame:
    """People whose empty cells hold what the row before said of the same person.

    `rank` as in `ranks`. A row written by hand (its import is in `edits`) or withdrawn says
    everything there is to say: nothing older shows through.
    """
    apart = (c.REP, c.WITHDRAWN, c.IMPORT_ID, c.AT, c.BY)
    fields = [name for name in people.columns if name not in apart]
    order = np.argsort(rank, kind="stable")
    rows = people.iloc[order[rank[order] >= 0]]
    anew = rows[c.WITHDRAWN] | rows[c.IMPORT_ID].isin(list(edits))
    spell = anew.groupby(rows[c.REP]).cumsum()
    filled = rows.groupby([rows[c.REP], spell])[fields].ffill()
    # Whoever comes again does not take the end of the time before along.
    told = crew.again(people.assign(**{name: filled[name].reindex(people.index) for name in fields}))
    return told.assign(end=told["end"].where(told["end"].notna(), people["end"]))


def compare(
    old: pa.Table, new: pa.Table, history: History, identity: Sequence[str], meaning: Sequence[str]
) -> Comparison:
    """How the rows of `new` relate to the stored rows `old`.

    Both have the columns of `identity` and `meaning`; `old` also import_id and withdrawn,
    and ts where it can be replaced.
    """
    both = _above(old, new, [*identity, *meaning])
    who, what = codes(both, identity), codes(both, meaning)
    before, now = who[: old.num_rows], who[old.num_rows :]
    at = np.flatnonzero(shown(old, before, history))
    last = np.full(int(who.max(initial=-1)) + 1, -1, dtype=np.int64)
    last[before[at]] = at
    match = last[now]
    seen = match >= 0
    same = seen.copy()
    same[same] = what[match[same]] == what[old.num_rows :][same]
    decisions = [one for one in history.active if one in history.decisions]
    decided = np.isin(now, before[ranks(old, decisions) >= 0])
    return Comparison(np.isin(now, before), seen, same, decided, np.isin(before, now))


def absent(old: pa.Table, new: pa.Table, identity: Sequence[str]) -> Mask:
    """Which rows of `old` have an identity that no row of `new` has."""
    who = codes(_above(old, new, identity), identity)
    return ~np.isin(who[: old.num_rows], who[old.num_rows :])


def mask(column: pa.ChunkedArray) -> Mask:
    """A boolean column as numpy."""
    return np.asarray(column.to_numpy(), dtype=np.bool_)


def _above(old: pa.Table, new: pa.Table, names: Sequence[str]) -> pa.Table:
    return pa.concat_tables([old.select(names), new.select(names)], promote_options="default")
