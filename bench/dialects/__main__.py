"""`python -m bench.dialects [FOLDER]`: measure dialect detection, and `quota table`, on the corpus.

Prints two markdown tables. With a folder, every file that is read wrongly is written there
beside what was read.
"""

from __future__ import annotations

import csv
import io
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.dialects.bases import Case
from bench.dialects.corpus import cases
from quota.errors import QuotaError
from quota.ingest import decode, dialect
from quota.ingest.reader import plain_csv

_SAMPLE = 64 * 1024
Detector = Callable[[str], tuple[str, str]]


def ours(text: str) -> tuple[str, str]:
    """Our own scoring."""
    found = dialect.detect(text.encode())
    return found.delimiter, found.quote


def sniffer(text: str) -> tuple[str, str]:
    """Python's csv.Sniffer."""
    try:
        found = csv.Sniffer().sniff(text)
    except csv.Error:
        return "", ""
    return found.delimiter, found.quotechar or '"'


def clevercsv(text: str) -> tuple[str, str]:
    """CleverCSV, if it is installed."""
    import clevercsv as library

    found = library.Detector().detect(text)
    return (found.delimiter or "", found.quotechar or '"') if found else ("", "")


def duckdb(text: str) -> tuple[str, str]:
    """DuckDB's sniffer, if it is installed."""
    import duckdb as library

    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        try:
            rows = library.sql(f"SELECT Delimiter, Quote FROM sniff_csv('{file.name}')").fetchall()
        except library.Error:
            return "", ""
    return (rows[0][0], '"' if rows[0][1] == "(empty)" else rows[0][1]) if rows else ("", "")


DETECTORS: dict[str, Detector] = {
    "quota": ours,
    "csv.Sniffer": sniffer,
    "CleverCSV": clevercsv,
    "DuckDB": duckdb,
}


def detection(corpus: Sequence[Case]) -> str:
    """Per detector the share of files whose delimiter, quote and both it names, as markdown."""
    texts = [(case, text) for case in corpus if case.delimiter and (text := _text(case))]
    lines = ["| detector | delimiter | quote | both |", "|---|---:|---:|---:|"]
    for name, detect in DETECTORS.items():
        try:
            found = [(case, *detect(text[:_SAMPLE])) for case, text in texts]
        except ImportError:
            lines.append(f"| {name} | not installed | | |")
            continue
        marks = [delimiter == case.delimiter for case, delimiter, _ in found]
        # In a file without quotes there is no right one to name.
        quoted = [quote == case.quote for case, _, quote in found if case.quote.encode() in case.data]
        both = [
            mark and (quote == case.quote or case.quote.encode() not in case.data)
            for mark, (case, _, quote) in zip(marks, found, strict=True)
        ]
        lines.append(f"| {name} | {_share(marks)} | {_share(quoted)} | {_share(both)} |")
    return "\n".join([f"{len(texts)} files\n", *lines])


def tables(corpus: Sequence[Case], folder: Path | None) -> str:
    """What becomes of each file as a table: exact, doubted, refused or silently different."""
    seen: Counter[str] = Counter()
    for case in corpus:
        found, rows = outcome(case)
        seen[found] += 1
        if folder and found != "exact":
            name = f"{found} {case.name}".replace("/", " ").replace("|", "!")
            (folder / f"{name}.csv").write_bytes(case.data)
            (folder / f"{name}.read.txt").write_text("\n".join(map(repr, rows)), encoding="utf-8")
    total = len(corpus)
    lines = ["| outcome | files | share |", "|---|---:|---:|"]
    lines += [f"| {name} | {seen[name]} | {seen[name] / total:.1%} |" for name in _OUTCOMES]
    return "\n".join([f"{total} files\n", *lines])


_OUTCOMES = ("exact", "doubted", "refused", "silently different")


def outcome(case: Case) -> tuple[str, list[object]]:
    """One of the outcomes, and what was read or said."""
    try:
        found = plain_csv(case.data, "case.csv")
    except QuotaError as refusal:
        return "refused", [refusal]
    rows = [row for row in csv.reader(io.StringIO(found.csv.decode(), newline="")) if any(row)]
    told: list[object] = [*found.remarks, *rows]
    if found.doubtful:
        return "doubted", told
    return ("exact" if case.truth is not None and _same(rows, case.truth) else "silently different"), told


def _same(rows: list[list[str]], truth: list[list[str]]) -> bool:
    """Whether all cells are the same, but for empty ones at the ends of rows."""
    trimmed = [_trimmed(row) for row in truth if any(row)]
    return [_trimmed(row) for row in rows] == trimmed


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row = row[:-1]
    return row


def _text(case: Case) -> str:
    try:
        return decode.as_utf8(case.data, "case.csv").text.decode() if case.data else ""
    except QuotaError:
        return ""


def _share(answers: Sequence[bool]) -> str:
    return f"{sum(answers) / len(answers):.1%}"


if __name__ == "__main__":
    corpus = cases()
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if target:
        target.mkdir(parents=True, exist_ok=True)
    print(detection(corpus), tables(corpus, target), sep="\n\n")
