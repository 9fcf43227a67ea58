"""Which delimiter and quote a text table uses, from how evenly each would cut its rows.

Every candidate cuts the first records; the one whose rows agree best on a width above
one wins. A table of one column has no delimiter.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass

CANDIDATES = (",", ";", "\t", "|", "^", "~", ":")
_SAMPLE = 128 * 1024
# The file has been weighed by now; one long e-mail in a cell is no reason to refuse it.
csv.field_size_limit(2**31 - 1)
_RECORDS = 400


@dataclass(frozen=True)
class Dialect:
    """How a text is cut into cells."""

    delimiter: str
    quote: str = '"'


def detect(data: bytes) -> Dialect:
    """The dialect of UTF-8 text bytes, judged by its first records."""
    sample = data[:_SAMPLE].decode("utf-8", errors="ignore")
    if len(data) > _SAMPLE and "\n" in sample:
        sample = sample[: sample.rindex("\n") + 1]
    first, _, _ = sample.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return Dialect(first.strip()[4])
    quote = "'" if sample.count("'") > 4 and '"' not in sample and _quotes_cells(sample) else '"'
    scores = {mark: _score(sample, mark, quote) for mark in CANDIDATES if mark in sample}
    best = max(scores, key=lambda mark: scores[mark], default=",")
    return Dialect(best if scores.get(best, 0) > 0 else ",", quote)


def records(text: str, dialect: Dialect) -> list[list[str]]:
    """All records of a text, cut leniently (a stray quote stays a letter)."""
    return list(
        csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter, quotechar=dialect.quote)
    )


def _quotes_cells(sample: str) -> bool:
    return any(f"'{mark}'" in sample for mark in CANDIDATES)


def _score(sample: str, mark: str, quote: str) -> float:
    """Share of the filled rows that have the commonest width, a little more for wider tables."""
    widths: Counter[int] = Counter()
    try:
        for at, record in enumerate(records(sample, Dialect(mark, quote))):
            if at >= _RECORDS:
                break
            if any(cell.strip() for cell in record):
                widths[len(record)] += 1
    except csv.Error:
        return 0.0
    wide = {width: seen for width, seen in widths.items() if width > 1}
    if not wide:
        return 0.0
    width, seen = max(wide.items(), key=lambda item: (item[1] * min(item[0], 4), item[0]))
    weight = 0.6 if mark in "^~:" else 1.0
    return weight * seen / sum(widths.values()) * (1 - 1 / (width + 1))
