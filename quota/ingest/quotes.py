"""Whether every quote of a text stands where a csv reader expects one.

Runs of quotes are looked at with what stands before and behind them, a block at a time: a
quote opens behind a delimiter or a line break, closes before one, and is written twice
inside. A text that passes is read the same by every reader.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

_BLOCK = 1 << 22
_ENDS = (10, 13)


def by_the_book(text: bytes, delimiter: bytes, quote: bytes) -> bool:
    """Whether quotes open and close cells in turn, and no odd one stands inside or around."""
    starts = [_run_ends(text, at, quote) for at in (*range(0, len(text), _BLOCK), len(text))]
    opened = False
    with ThreadPoolExecutor(2) as pool:
        for opening in pool.map(partial(_turns, text, delimiter, quote), starts, starts[1:]):
            if opening is None or (opening[::2] == opened).any() or (opening[1::2] != opened).any():
                pool.shutdown(wait=False, cancel_futures=True)
                return False
            opened ^= len(opening) % 2 == 1
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


def _turns(text: bytes, delimiter: bytes, quote: bytes, start: int, stop: int) -> np.ndarray | None:
    """Of the runs of a block that open or close a cell, whether they open; None if one does neither as
    it may. Outside the text there is a line break."""
    around = (text[start - 1 : start] or b"\n", text[start:stop], text[stop : stop + 1] or b"\n")
    block = np.frombuffer(b"".join(around), np.uint8)
    quotes = block == quote[0]
    edge = (block == delimiter[0]) | (block == _ENDS[0]) | (block == _ENDS[1])
    here, before, behind = quotes[1:-1], quotes[:-2], quotes[2:]
    if not (here & behind).any():  # every run is a single quote
        opens, closes = edge[:-2][here], edge[2:][here]
        return None if (opens == closes).any() else opens
    first, last = np.flatnonzero(here & ~before), np.flatnonzero(here & ~behind)
    opens, closes, odd = edge[first], edge[last + 2], (last - first) % 2 == 0
    if (opens & ~closes & ~odd).any() or (opens & closes & odd).any() or (~opens & ~closes & odd).any():
        return None
    return np.asarray(opens[(opens & ~closes) | (~opens & closes & odd)])
