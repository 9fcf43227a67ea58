"""Quotes by the book, held against a grammar: every text of a few letters, in blocks of every size."""

from __future__ import annotations

import itertools
import re

import pytest

from quota.ingest import quotes

# A cell in quotes, or one that begins with a letter; within both, quotes are written twice.
_CELL = r'(?:"(?:[^"]|"")*"|(?:[^",\n](?:"")*)*)'
_TEXT = re.compile(rf"{_CELL}(?:[,\n]{_CELL})*")
# A quote between two ends of cells may open or close one: such a text is left to the careful reader.
_UNCLEAR = re.compile(r'(?<![^,\n])"(?:"")*(?![^,\n])')
_LETTERS = 'a,"\n'


@pytest.mark.parametrize("block", [1, 2, 3, 1 << 22])
def test_a_text_passes_if_it_follows_the_grammar_beyond_doubt(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotes, "_BLOCK", block)
    for length in range(1, 7 if block > 3 else 5):
        for letters in itertools.product(_LETTERS, repeat=length):
            text = "".join(letters)
            found = quotes.by_the_book(text.encode(), b",", b'"')
            follows = _TEXT.fullmatch(text) is not None and _UNCLEAR.search(text) is None
            assert found == follows, text
