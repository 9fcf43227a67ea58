"""What stands in a tracker's cell: `12`, `3+1`, `ca. 5`, `12 stk`, `✓`, `||||/ ||`.

A tick counts one, but only in a column of nothing else: among numbers an `x` may as well
mean that somebody was away.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from quota.ingest import cells, numbers, vocabulary
from quota.ingest.cells import Context
from quota.ingest.fates import Fates
from quota.ingest.tables import Column

# Beside ticks these say that something was not done.
_NOT_DONE = {"no", "n", "nej", "ei", "e", "nei", "nein", "false", "falsk", "epätosi", "falsch", "0"}
_DONE = {"y", "true", "j", "k", "sand", "tosi", "sant", "wahr", "done", "1"}
_TICKS = {"x", "✓", "✔", "✅", "☑", "√", "v", "ok", "yes", "ja", "kyllä"}
_YES = {"yes", "ja", "kyllä"}
_SUM = re.compile(r"\d+(?:\s*\+\s*\d+)+")
_ABOUT = re.compile(
    r"(?:[~≈]|(?:ca|circa|cirka|noin|n|about|approx|omkring|etwa|rund|ungefär)\.?\s*)(?=\d)", re.I
)
_STROKES = re.compile(r"[|I][|I/\\ ]*")
_DIGITS = re.compile(r"\d")
_LONG = re.compile(r"\d{7,}")
_UNIT = re.compile(r"(?<=\d)\s*(?:stk|st|pcs|kpl|times|gange|x)\.?$", re.I)


def tallies(column: Column, context: Context, fates: Fates) -> np.ndarray:
    """Whole numbers, NaN where the cell says nothing; anything else rejects the row."""
    texts = pa.array([_plainly(text) for text in column.texts], pa.string())
    if column.is_text:
        read = numbers.read(texts, decimal_comma=context.decimal_comma).value
        number = np.append(np.where(_ticks(column.texts), 1.0, read), np.nan)[column.codes]
    else:
        number = cells.floats(column, decimal_comma=context.decimal_comma)
    ticks = np.append(_ticks(column.texts), False)[column.codes]
    denied = answered(column.texts) if column.is_text else False
    said = column.filled & (
        ticks | ~column.where(lambda text: _says_nothing(text) or (denied and _denies(text)))
    )
    whole = cells.is_count(number)
    fates.reject_cells(said & ~whole, "bad_count", column)
    for about in [text for text in column.texts if _ABOUT.match(text)][:1]:
        fates.note("about_count", column.header, about)
    return np.where(said & whole, number, np.nan)


def looks_counted(sample: Sequence[str]) -> float:
    """Share of the cells that may be counts."""
    if _ticks(sample).any() or answered(sample):
        return 1.0
    said = [text for text in sample if not _says_nothing(text)]
    # A cell of so many digits is a phone or another number of its own.
    short = [_plainly(text).rstrip("% ") for text in said if not _LONG.fullmatch(text)]
    return numbers.looks_like_numbers(short) * len(short) / max(len(said), 1)


def _says_nothing(text: str) -> bool:
    """Whether a cell counts nothing: empty in any way, or somebody on leave: `n/a`, `ferie`, `off sick`."""
    away = not _DIGITS.search(text) and vocabulary.meaning_within("leave", text) is not None
    return away or (vocabulary.is_empty(text) and not _STROKES.fullmatch(text))


def _plainly(text: str) -> str:
    """A count as a number alone: `3+1` → 4, `ca. 5` → 5, `12 stk` → 12, `|||` → 3; anything else as it is."""
    if _STROKES.fullmatch(text):
        return str(len(text.replace(" ", "")))
    text = _UNIT.sub("", _ABOUT.sub("", text.strip()))
    return str(sum(map(int, re.findall(r"\d+", text)))) if _SUM.fullmatch(text) else text


def _ticks(texts: Sequence[str]) -> np.ndarray:
    """Which cells only say that something was done: all that say anything, or none."""
    known = _TICKS | _DONE if answered(texts) else _TICKS
    ticks = np.array([text.strip().casefold() in known for text in texts], dtype=bool)
    empty = np.array([vocabulary.is_empty(text) or _denies(text) for text in texts], dtype=bool)
    return ticks if (ticks | empty).all() else np.zeros(len(texts), dtype=bool)


def answered(texts: Sequence[str]) -> bool:
    """Whether the cells of a column say in words whether something was done: yes, no, TRUE."""
    said = {text.strip().casefold() for text in texts if not vocabulary.is_empty(text)}
    return (
        bool(said - {"0", "1"})
        and said <= _TICKS | _DONE | _NOT_DONE
        and bool(said & (_DONE | _NOT_DONE | _YES))
    )


def _denies(text: str) -> bool:
    return text.strip().casefold() in _NOT_DONE
