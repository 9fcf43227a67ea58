"""Which delimiter, quote and escape a text table uses, from how well each would cut its rows.

Every candidate cuts the first records. It scores by the share of rows that agree on one
width above one, times the share of cells that then look like a value of their own: a
number, a date, an address, words. A table of one column has no delimiter.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass

from quota.ingest import cutting
from quota.ingest.cutting import Dialect

CANDIDATES = (",", ";", "\t", "|", "^", "~", ":", "\x1f", "\x01", "§", "¦", "¬", " ")
# These stand inside values too, so they need to cut better than the others to be believed.
_WEIGHTS = {"^": 0.9, "~": 0.9, ":": 0.8, " ": 0.6}
_CLOCK = re.compile(r"(?<!\d)\d{1,2}:\d\d(?::\d\d)?|://|: ")
_ODD_MARKS = "#!*&@$%=+<>{}\\`"
_SAMPLE = 128 * 1024
# The file has been weighed by now; one long e-mail in a cell is no reason to refuse it.
csv.field_size_limit(2**31 - 1)
_RECORDS = 400
_LONGER = re.compile(r"(?:[^\w\s\"'.()/\-]{2,3})|\t\t+|\\t|[,;|] | [|;~^:] ")
_OWN = re.compile(
    r"""\s*(?:
        | [-+(]?[^\w\s]?\s?\d[\d .,'’\u00a0\u202f]*\s?(?:%|[^\W\d_]{1,4}|[€$£])?\)?        # a number
        | \d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}[:.]\d{2}(?:[:.]\d{2})?.{0,8})?  # a date
        | \d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[ap]m)?                                # a time
        | \w+://\S+ | [\w.+-]+@[\w.-]+                                               # an address
        | [^,;|\t^~¦§¬"]*                                                            # words
    )\s*""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class Detected:
    """The dialect, and how much better it cuts than the next best: 1 = nothing else cuts at all."""

    dialect: Dialect
    margin: float


def detect(data: bytes) -> Dialect:
    """The dialect of UTF-8 text bytes, judged by its first records."""
    return judged(data).dialect


def judged(data: bytes) -> Detected:
    """The dialect of UTF-8 text bytes and how sure it is."""
    sample = _sample(data)
    first, _, rest = sample.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return Detected(_dressed(first.strip()[4], rest), 1.0)
    longer = _longer(sample)
    marks = [mark for mark in CANDIDATES if mark in sample and not _only_within(sample, mark, longer)]
    dialects = [_dressed(mark, sample) for mark in (*marks, *longer)]
    scores = {dialect: _score(sample, dialect) for dialect in dialects}
    ranked = sorted(scores, key=lambda dialect: scores[dialect], reverse=True)
    if not ranked or scores[ranked[0]] == 0:
        return Detected(_dressed(",", sample), 0.0 if _cut_somehow(sample) else 1.0)
    best = ranked[0]
    if best.delimiter.isspace() and "\t" not in best.delimiter and re.search("  ", sample):
        return Detected(best, 0.0)  # columns set out with blanks: nothing tells a gap from an empty cell
    others = [
        scores[d]
        for d in ranked[1:]
        if d.delimiter not in best.delimiter and best.delimiter not in d.delimiter
    ]
    return Detected(best, 1 - max(others, default=0.0) / scores[best])


def _sample(data: bytes) -> str:
    sample = data[:_SAMPLE].decode("utf-8", errors="ignore")
    if len(data) > _SAMPLE and "\n" in sample:
        sample = sample[: sample.rindex("\n") + 1]
    return sample.replace("\r\n", "\n").replace("\r", "\n")


def _longer(sample: str) -> list[str]:
    """Delimiters of more than one letter that the text may use: those that come often."""
    head = sample[:20_000]
    found = Counter(_LONGER.findall(head))
    lines = head.count("\n") + 1
    # Two commas are an empty cell.
    return [mark for mark, seen in found.most_common(6) if seen * 2 >= lines and set(mark) - set(",;")]


def _cut_somehow(sample: str) -> bool:
    """Whether every line of a text without a known delimiter is cut alike by blanks or an odd mark."""
    lines = [line.strip() for line in sample.splitlines()[:_RECORDS] if line.strip()]
    if len(lines) < 3:
        return False
    if sum("  " in line for line in lines) > 0.9 * len(lines):
        return True
    marks = {*_ODD_MARKS, *(letter for letter in lines[0] if not letter.isascii())}
    counts = {mark: {line.count(mark) for line in lines} for mark in marks}
    return any(len(seen) == 1 and 0 not in seen for seen in counts.values())


def _only_within(sample: str, mark: str, longer: list[str]) -> bool:
    """Whether a letter stands in the text only as part of a longer delimiter."""
    return any(
        mark in other and sample.count(other) * other.count(mark) == sample.count(mark)
        for other in longer
        if other.strip() != mark or mark != " "
    )


def _dressed(delimiter: str, sample: str) -> Dialect:
    """The dialect of a delimiter: the quote and the escape that stand beside it."""
    single, double = (_wrapped(sample, delimiter, quote) for quote in "'\"")
    quote = "'" if single > 2 * double and single > 1 else '"'
    edge = rf"(?:{re.escape(delimiter)}|\n|$)"
    escapes = len(re.findall(rf"(?<=[^\\])\\{quote}(?!{edge})", sample))
    doubles = len(re.findall(rf"(?<!{quote}){quote}{quote}(?!{quote})(?!{edge})", sample))
    start = rf"(?:^|{re.escape(delimiter)}) +{quote}[^{quote}]"
    padded = delimiter != " " and re.search(start, sample, re.MULTILINE) is not None
    return Dialect(delimiter, quote, "\\" if escapes > doubles else "", padded)


def _wrapped(sample: str, delimiter: str, quote: str) -> int:
    """How many cells of the sample stand in a pair of such quotes."""
    d = re.escape(delimiter)
    return len(re.findall(rf"(?:^|{d}) *{quote}[^{quote}\n]*{quote} *(?={d}|$)", sample, re.MULTILINE))


def _score(sample: str, dialect: Dialect) -> float:
    """Share of the filled rows that have the commonest width × share of cells that are values."""
    blank = f" \t{dialect.delimiter}"
    rows = [row for row in _records(sample, dialect) if any(cell.strip(blank) for cell in row)]
    widths = Counter(len(row) for row in rows)
    wide = {width: seen for width, seen in widths.items() if width > 1}
    if not wide:
        return 0.0
    width, seen = max(wide.items(), key=lambda item: (item[1] * min(item[0], 4), item[0]))
    even = seen / len(rows)
    # Names of rows have no heading in a text cut by blanks.
    if dialect.delimiter == " " and (width < 3 or seen / (len(rows) - (len(rows[0]) == width - 1)) < 0.9):
        return 0.0
    if dialect.delimiter == ":" and _CLOCK.sub("", sample).count(":") * 2 < sample.count(":"):
        return 0.0
    regular = [row for row in rows if len(row) == width][:100]
    if not any(cell.strip() for row in regular for cell in row[1:]):
        return 0.0
    cells = [cell for row in regular for cell in row[:50]]
    own = sum(_OWN.fullmatch(cell[:200]) is not None for cell in cells) / len(cells)
    # A longer delimiter explains more of the text than its own first letter.
    longer = 1.05 if len(dialect.delimiter) > 1 else 1.0
    weight = _WEIGHTS.get(dialect.delimiter, 1.0) * longer
    return weight * even**3 * (0.1 + 0.9 * own) * (1 - 1 / (width + 1))


def _records(sample: str, dialect: Dialect) -> list[list[str]]:
    return cutting.records(sample, dialect, most=_RECORDS)
