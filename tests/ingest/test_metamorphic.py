"""The same work written down in another way is read as the same events.

A table of activities is drawn once and written as csv in many dresses: delimiter, encoding,
quoting, line ends, date format, order of columns, lines above it. None may change an event.
"""

from __future__ import annotations

import csv
import io
import random
import runpy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quota import columns as c
from quota.ingest.reader import read_file
from quota.ingest.records import Choices, TableReading

WORKBOOKS = runpy.run_path(str(Path(__file__).parents[1] / "golden" / "workbooks.py"))
CHOICES = Choices(today=date(2026, 11, 21))
KINDS = {"Call": "call", "Email": "email", "LinkedIn": "social", "Meeting": "meeting", "Demo": "demo"}
NAMES = ("Anna Berg", "Søren Ødegård", "Päivi Mäkinen", "Liam O'Neill", "Jürgen Weiß", "Bo")
PREAMBLES = (
    (),
    (["Activities of the team"], []),
    (["Report"], ["As of 2026-11-20"], [], []),
    ([], ["Filter: all"], []),
)
# Formats whose order of day and month cannot be doubted once a day past the 12th is among them.
DATES = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y", "%d-%m-%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%Y%m%d")
# A row with an unmistakable day, so that one format per file is certain.
TELLING = ("Anna Berg", datetime(2026, 10, 31), "Call", "Acme")

Row = tuple[str, datetime, str, str]


@dataclass(frozen=True)
class Dress:
    """One way to write the table down."""

    delimiter: str = ","
    encoding: str = "utf-8"
    quoting: int = csv.QUOTE_MINIMAL
    newline: str = "\n"
    dates: str = "%Y-%m-%d"
    order: tuple[int, ...] = (0, 1, 2, 3)
    preamble: Sequence[Sequence[str]] = ()


def _written(rows: Sequence[Row], dress: Dress) -> bytes:
    lines = [["Rep", "Date", "Type", "Account"]]
    lines += [[rep, day.strftime(dress.dates), kind, account] for rep, day, kind, account in rows]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=dress.delimiter, quoting=dress.quoting, lineterminator=dress.newline)
    writer.writerows(dress.preamble)
    writer.writerows([[line[at] for at in dress.order] for line in lines])
    return text.getvalue().encode(dress.encoding)


def _events(rows: Sequence[Row], dress: Dress) -> list[dict[str, object]]:
    """What the reader makes of the table, without the place in the file."""
    (table,) = read_file(_written(rows, dress), "activities.csv", CHOICES).tables
    assert (table.layout, table.rows, table.accepted) == ("activities", len(rows), len(rows)), table.issues
    return _said(table)


def _said(table: TableReading) -> list[dict[str, object]]:
    names = [c.KEY, c.REP, c.TS, c.KIND, c.COUNT, c.ACCOUNT, c.SOURCE, c.DIGEST]
    return list(table.frames["activities"].select(names).to_pylist())


def _column(text: str, name: str) -> list[object]:
    (table,) = read_file(text.encode(), "activities.csv", CHOICES).tables
    return list(table.frames["activities"][name].to_pylist())


@st.composite
def _tables(draw: st.DrawFn) -> list[Row]:
    days = st.dates(date(2026, 1, 1), date(2026, 11, 20)).map(lambda day: datetime.combine(day, time()))
    account = st.text(st.sampled_from("abcæø ,;\"'|\n-&"), max_size=8).map(lambda text: f"Acme {text}z")
    row = st.tuples(st.sampled_from(NAMES), days, st.sampled_from(list(KINDS)), account)
    return [*draw(st.lists(row, min_size=1, max_size=6)), TELLING]


DRESSES = st.builds(
    Dress,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    newline=st.sampled_from(["\n", "\r\n"]),
    dates=st.sampled_from(DATES),
    order=st.permutations(range(4)).map(tuple),
    preamble=st.sampled_from(PREAMBLES),
)


@settings(max_examples=60, deadline=None)
@given(rows=_tables(), dress=DRESSES)
def test_the_dress_changes_no_event(rows: list[Row], dress: Dress) -> None:
    assert _events(rows, dress) == _events(rows, Dress())


@settings(max_examples=40, deadline=None)
@given(rows=_tables(), dress=DRESSES)
def test_the_plain_table_is_read_as_it_was_drawn(rows: list[Row], dress: Dress) -> None:
    found = [(event[c.REP], event[c.TS], event[c.KIND], event[c.COUNT]) for event in _events(rows, dress)]
    assert found == [(rep, day, KINDS[kind], 1) for rep, day, kind, _ in rows]


@settings(max_examples=40, deadline=None)
@given(rows=_tables(), preamble=st.sampled_from(PREAMBLES), blanks=st.lists(st.integers(1, 5), max_size=3))
def test_rows_keep_the_numbers_of_their_records(
    rows: list[Row], preamble: Sequence[Sequence[str]], blanks: list[int]
) -> None:
    lines = [
        ["Rep", "Date", "Type", "Account"],
        *([rep, f"{day:%F}", kind, where] for rep, day, kind, where in rows),
    ]
    for at in blanks:
        lines.insert(min(at, len(lines)), [])
    records = [*preamble, *lines]
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(records)
    expected = [at for at, record in enumerate(records, start=1) if record and record in lines[1:]]
    assert _column(text.getvalue(), c.ROW) == expected


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
@settings(max_examples=15, deadline=None)
@given(rows=_tables())
def test_a_workbook_says_what_its_csv_says(kind: str, rows: list[Row]) -> None:
    cells = [["Rep", "Date", "Type", "Account"], *map(list, rows)]
    book = WORKBOOKS["xls"]("Sheet1", cells) if kind == "xls" else WORKBOOKS[kind]({"Sheet1": cells})
    (table,) = read_file(book, "activities", CHOICES).tables
    assert _said(table) == _events(rows, Dress())


@settings(max_examples=40, deadline=None)
@given(rows=_tables(), shuffled=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_key(rows: list[Row], shuffled: random.Random) -> None:
    again = list(rows)
    shuffled.shuffle(again)
    keys = sorted(str(event[c.KEY]) for event in _events(rows, Dress()))
    assert sorted(str(event[c.KEY]) for event in _events(again, Dress())) == keys
    assert len(set(keys)) == len(rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "mac-roman", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_encoding_with_each_delimiter(encoding: str, delimiter: str) -> None:
    rows = [(name, datetime(2026, 11, day), kind, "Ærø & Åland") for day, (name, kind) in
            enumerate(zip(NAMES, [*KINDS, "Call"], strict=True), start=10)]  # fmt: skip
    plain = _events(rows, Dress())
    assert [event[c.REP] for event in plain] == list(NAMES)
    assert _events(rows, replace(Dress(), encoding=encoding, delimiter=delimiter)) == plain


# --- the same counts as a tally, a wide tracker and a crosstab ---------------------------------

WORDS = {
    "en": ("Rep", "Week", "Kind", "Count", ("Calls", "Emails", "Meetings"), "2026-W{}"),
    "da": ("Sælger", "Uge", "Aktivitet", "Antal", ("Opkald", "Mails", "Møder"), "Uge {} 2026"),
    "fi": ("Myyjä", "Viikko", "Tyyppi", "Määrä", ("Soitot", "Sähköpostit", "Tapaamiset"), "vko {}/2026"),
}
TRACKED = ("call", "email", "meeting")
WEEKS = (44, 45, 46)

Counts = dict[tuple[str, int, str], int]


def _counted(text: list[list[object]]) -> Counts:
    """(rep, week, kind) → count, as the reader takes it."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=";", lineterminator="\n").writerows(text)
    (table,) = read_file(stream.getvalue().encode(), "tracker.csv", CHOICES).tables
    assert table.layout == "counts"
    events = table.frames["activities"].to_pylist()
    return {
        (event[c.REP], event[c.TS].isocalendar().week, event[c.KIND]): event[c.COUNT]
        for event in events
        if not event[c.WITHDRAWN]
    }


@pytest.mark.parametrize("language", WORDS)
@settings(max_examples=20, deadline=None)
@given(numbers=st.lists(st.integers(0, 400), min_size=18, max_size=18))
def test_a_tally_a_wide_tracker_and_a_crosstab_count_the_same(language: str, numbers: list[int]) -> None:
    rep, week, kind, count, kinds, label = WORDS[language]
    reps = NAMES[1:3]
    keys = [(name, at, what) for name in reps for at in WEEKS for what in TRACKED]
    counts = dict(zip(keys, numbers, strict=True))
    named = dict(zip(TRACKED, kinds, strict=True))
    tally = [[rep, week, kind, count]]
    tally += [[name, label.format(at), named[what], counts[name, at, what]] for name, at, what in keys]
    wide = [[rep, week, *kinds]]
    wide += [
        [name, label.format(at), *(counts[name, at, what] for what in TRACKED)]
        for name in reps
        for at in WEEKS
    ]
    across = [[rep, kind, *map(label.format, WEEKS)]]
    across += [
        [name, named[what], *(counts[name, at, what] for at in WEEKS)] for name in reps for what in TRACKED
    ]
    expected = {key: number for key, number in counts.items() if number}
    assert [_counted(table) for table in (tally, wide, across)] == [expected] * 3
