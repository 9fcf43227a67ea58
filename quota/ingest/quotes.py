"""Whether every quote of a text stands where a csv reader expects one.

Runs of quotes are looked at with what stands before and behind them, a block at a time: a
quote opens behind a delimiter or a line break, closes before one, and is written twice
inside. A text that passes is read the same by every reader.
"""

from __future__ import annotations

import numpy as np

_BLOCK = 1 << 22
_ENDS = (10, 13)


def by_the_book(text: bytes, delimiter: bytes, quote: bytes) -> bool:
    """Whether quotes open and close cells in turn, and no odd one stands inside or around."""
    opened = False
    for start in range(0, len(text), _BLOCK):
        stop = _run_ends(text, min(start + _BLOCK, len(text)), quote)
        start = _run_ends(text, start, quote)
        turns = _turns(text, start, stop, delimiter, quote)
        if turns is None or (turns[::2] != (-1 if opened else 1)).any():
            return False
        if (turns[1::2] != (1 if opened else -1)).any():
            return False
        opened ^= len(turns) % 2 == 1
    return not opened


def lines(text: bytes, quote: bytes) -> int:
    """How many lines end outside quotes, the last one too."""
    count, opened = int(not text.endswith(b"\n")), 0
    for start in range(0, len(text), _BLOCK):
        block = np.frombuffer(text, np.uint8, min(_BLOCK, len(text) - start), start)
        quoted = np.cumsum(block == quote[0], dtype=np.int32) + opened
        count += int(np.count_nonzero(quoted[block == _ENDS[0]] % 2 == 0))
        opened = int(quoted[-1]) % 2
    return count


def _run_ends(text: bytes, at: int, quote: bytes) -> int:
    """The next place that does not stand inside a run of quotes."""
    while 0 < at < len(text) and text[at : at + 1] == quote == text[at - 1 : at]:
        at += 1
    return at


def _turns(text: bytes, start: int, stop: int, delimiter: bytes, quote: bytes) -> np.ndarray | None:
    """The runs of a block that open (1) or close (-1) a cell; None if one does neither as it may."""
    block = np.frombuffer(text, np.uint8, stop - start, start)
    at = np.flatnonzero(block == quote[0]) + start
    if not len(at):
        return np.empty(0, np.int8)
    first = np.flatnonzero(np.diff(at, prepend=-2) != 1)
    length = np.diff(np.append(first, len(at)))
    head = at[first]
    before, behind = _neighbours(text, head - 1), _neighbours(text, head + length)
    edges = (delimiter[0], *_ENDS)
    opens, closes, odd = np.isin(before, edges), np.isin(behind, edges), length % 2 == 1
    if (opens & ~closes & ~odd).any() or (opens & closes & odd).any() or (~opens & ~closes & odd).any():
        return None
    turn = np.where(opens & ~closes, 1, np.where(~opens & closes & odd, -1, 0))
    return np.asarray(turn[turn != 0], np.int8)


def _neighbours(text: bytes, at: np.ndarray) -> np.ndarray:
    """The bytes at these places; outside the text there is a line break."""
    whole = np.frombuffer(text, np.uint8)
    inside = (at >= 0) & (at < len(text))
    return np.where(inside, whole[np.where(inside, at, 0)], _ENDS[0])
