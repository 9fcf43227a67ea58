"""The corpus of dirty files: hardly any is read silently different from its truth."""

from __future__ import annotations

from collections import Counter

from bench.dialects.__main__ import outcome
from bench.dialects.corpus import cases


def test_dirty_files_are_read_exactly_or_said_to_be_doubtful() -> None:
    corpus = cases()
    seen = Counter(outcome(case)[0] for case in corpus)
    assert len(corpus) > 1_000
    assert seen["silently different"] <= 0.005 * len(corpus)
    assert seen["exact"] >= 0.7 * len(corpus)


def test_the_corpus_is_the_same_every_time() -> None:
    assert cases() == cases()
