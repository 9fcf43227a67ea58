"""Twins: one thing done that two systems logged, so that it counts twice.

One rule: twins stand in two sources, bear the same rep and kind, and a row has at most one
in another source, the nearest first. With a time of day they are at most `NEAR` apart; where
one has only a date, both name the same party on that day. A party is a contact, or a company
where the two sources share no contact; one that both know has to be the same. Only single
events have twins: a tracker's cell of 14 calls is none. Whether twins count once is for a
person to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from quota import columns as c

# What `pairs` reads.
READS = (c.SOURCE, c.REP, c.KIND, c.TS, c.COUNT, c.CONTACT, c.ACCOUNT)
NEAR = pd.Timedelta(minutes=5)

Places = npt.NDArray[np.int64]
Pairs = tuple[Places, Places]


def pairs(events: pd.DataFrame) -> pd.DataFrame:
    """READS → left, right: positions of twins in `events`, each pair once, by left.

    The source on the left comes first in the alphabet.
    """
    source = pd.Categorical(events[c.SOURCE].astype("str"))
    single = (events[c.COUNT] == 1).to_numpy()
    places = [np.flatnonzero(single & (source.codes == code)) for code in range(len(source.categories))]
    rows = _comparable(events) if len(places) > 1 else pd.DataFrame()
    found = [_between(rows, *two) for two in combinations(places, 2)]
    left, right = _joined(found)
    return pd.DataFrame({"left": left, "right": right}).sort_values("left", ignore_index=True)


def _comparable(events: pd.DataFrame) -> pd.DataFrame:
    """who (rep and kind as a number), when, day, timed, and contact and account, folded."""
    when = pd.Series(events[c.TS].to_numpy().astype("datetime64[us]"))
    who = events.groupby([c.REP, c.KIND], observed=True, sort=False).ngroup().to_numpy()
    rows = pd.DataFrame({"who": who, "when": when, "day": when.dt.normalize()})
    return rows.assign(
        timed=rows["when"] != rows["day"],
        **{name: _folded(events[name]) for name in (c.CONTACT, c.ACCOUNT)},
    )


def _folded(texts: pd.Series) -> npt.NDArray[np.int64]:
    """A number per text that stands for it whatever its case and spaces; -1 for none."""
    codes, distinct = pd.factorize(texts.astype("object"))
    folded, _ = pd.factorize(np.array([" ".join(str(text).split()).casefold() for text in distinct] + [""]))
    return np.asarray(np.where(codes < 0, -1, folded[codes]), dtype=np.int64)


def _between(rows: pd.DataFrame, left: Places, right: Places) -> Pairs:
    """The twins of two sources, of one party first, then where nothing tells them apart."""
    who = rows["who"].to_numpy()
    left, right = left[np.isin(who[left], who[right])], right[np.isin(who[right], who[left])]
    party, timed = _party(rows, left, right), rows["timed"].to_numpy()
    rows, known = rows.assign(party=party), party >= 0
    one_party, anybody = ["who", "party"], ["who"]
    passes = (
        (timed & known, timed & known, one_party, "when"),
        (timed & ~known, timed, anybody, "when"),
        (timed, timed & ~known, anybody, "when"),
        (~timed & known, known, one_party, "day"),
        (known, ~timed & known, one_party, "day"),
    )
    found: list[Pairs] = []
    for of_left, of_right, same, on in passes:
        taken = _nearest(rows, left[of_left[left]], right[of_right[right]], same, on)
        left, right = np.setdiff1d(left, taken[0]), np.setdiff1d(right, taken[1])
        found.append(taken)
    return _joined(found)


def _party(rows: pd.DataFrame, left: Places, right: Places) -> Places:
    """Whom each row is about, if both sources know them; -1 otherwise."""
    for name in (c.CONTACT, c.ACCOUNT):
        named = rows[name].to_numpy()
        shared = np.intersect1d(named[left], named[right])
        if (shared >= 0).any():
            return np.asarray(np.where(np.isin(named, shared), named, -1), dtype=np.int64)
    return np.full(len(rows), -1, dtype=np.int64)


def _nearest(rows: pd.DataFrame, left: Places, right: Places, same: list[str], on: str) -> Pairs:
    """One to one, nearest first, rows of equal `same` whose `on` lie within `NEAR`."""
    if not len(left) or not len(right):
        return left[:0], right[:0]
    both = rows.iloc[np.concatenate([left, right])]
    by = both.groupby(same, sort=False).ngroup().to_numpy().astype(np.int64)
    when = both[on].to_numpy()
    one = _Moments(left, by[: len(left)], when[: len(left)])
    other = _Moments(right, by[len(left) :], when[len(left) :])
    found = [(one.take(at, n), other.take(to, n)) for at, to, n in _matches(one.moments, other.moments)]
    return _joined(found)


class _Moments:
    """The rows of one side in heaps of equal group and moment, from which they are taken in order."""

    def __init__(self, places: Places, by: Places, when: npt.NDArray[np.datetime64]) -> None:
        order = np.lexsort((places, by, when))
        rows = pd.DataFrame({"by": by[order], "when": when[order]})
        heaps = rows.groupby(["when", "by"], sort=False).size()
        self.moments = heaps.rename("n").reset_index().assign(at=np.arange(len(heaps)))
        self._places = places[order]
        self._next = np.concatenate([[0], heaps.to_numpy().cumsum()[:-1]])

    def take(self, heaps: Places, n: Places) -> Places:
        """The next `n` rows of each of these heaps."""
        start = self._next[heaps]
        self._next[heaps] += n
        within = np.arange(n.sum()) - np.repeat(n.cumsum() - n, n)
        taken: Places = self._places[np.repeat(start, n) + within]
        return taken


def _matches(left: pd.DataFrame, right: pd.DataFrame) -> Iterator[tuple[Places, Places, Places]]:
    """Heaps that are nearest to one another, and how many rows of each go together, until none is left.

    Whichever two are nearest of all are each other's nearest, so no round finds nothing too soon.
    """
    while True:
        to = _facing(left, right)
        back = _facing(right, left)
        at = np.flatnonzero(to >= 0)
        at = at[back[to[at]] == at]
        if not len(at):
            return
        n = np.minimum(left["n"].to_numpy()[at], right["n"].to_numpy()[to[at]])
        yield left["at"].to_numpy()[at], right["at"].to_numpy()[to[at]], n
        left = _rest(left, at, n, to >= 0)
        right = _rest(right, to[at], n, back >= 0)


def _facing(one: pd.DataFrame, other: pd.DataFrame) -> Places:
    """For each heap the position of the nearest one on the other side; -1 for none."""
    there = other[["when", "by"]].assign(place=np.arange(len(other)))
    found = pd.merge_asof(one[["when", "by"]], there, on="when", by="by", direction="nearest", tolerance=NEAR)
    places: Places = found["place"].fillna(-1).to_numpy(dtype=np.int64)
    return places


def _rest(heaps: pd.DataFrame, at: Places, n: Places, hopeful: npt.NDArray[np.bool_]) -> pd.DataFrame:
    left = heaps["n"].to_numpy().copy()
    left[at] -= n
    return heaps.assign(n=left)[(left > 0) & hopeful]


def _joined(found: list[Pairs]) -> Pairs:
    none = np.empty(0, dtype=np.int64)
    return (
        np.concatenate([none, *(one for one, _ in found)]),
        np.concatenate([none, *(other for _, other in found)]),
    )
