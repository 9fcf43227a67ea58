"""A file's bytes → everything that can be said about it: the whole way, and nothing stored."""

from __future__ import annotations

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from quota import columns as c
from quota.errors import UnreadableFile
from quota.ingest import (
    activities,
    bands,
    corrections,
    deals,
    doubts,
    leftovers,
    memory,
    overlaps,
    plain,
    repeats,
    seasons,
    sheets,
    sources,
    tidy,
    trackers,
    vocabulary,
    who,
)
from quota.ingest.apart import told_apart
from quota.ingest.cells import Context
from quota.ingest.delimited import TextGrid
from quota.ingest.fates import Fates
from quota.ingest.grids import Grid, Remark
from quota.ingest.headings import taken_apart
from quota.ingest.likeness import value_likeness
from quota.ingest.limits import MAX_ROWS
from quota.ingest.mapping import Mapped, map_table
from quota.ingest.outlines import of_blocks, unfolded
from quota.ingest.records import (
    NOTE,
    REJECTED,
    SKIPPED,
    Choices,
    FileReading,
    Plain,
    Question,
    TableReading,
    issues_of,
)
from quota.ingest.tables import AROUND, Column, Table, find_tables

_LONG = 20_000  # rows from which on columns are worth a thread each
_NORDIC = set("æøåäö")
_MOST_NOTES = 100
_TWO_NUMBERS = re.compile(r"\d+\s*(?:[^\d\s.,:-]|of|af|/)\s*\d+\W?")
_EVENTFUL = ("activities", "deals", "counts")


def read_file(source: bytes | Path, file: str, choices: Choices = Choices()) -> FileReading:  # noqa: B008
    """Every visible table of a file, understood. Raises `UnreadableFile` where there is none.

    Of a path the bytes are let go as soon as the cells are cut out of them, which bytes that the
    caller holds cannot be.
    """
    with ThreadPoolExecutor(1) as beside:
        sha256 = beside.submit(_sha256, source)
        readings = _readings(source, file, choices)
    return FileReading(file, sha256.result(), tuple(told_apart(readings)))


def _sha256(source: bytes | Path) -> str:
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    with source.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _readings(source: bytes | Path, file: str, choices: Choices) -> list[TableReading]:
    found, passed_over = _tables(source, file)
    told = corrections.told(source)
    passed_over = [over for over in passed_over if over[1] != corrections.NAME]
    titles = _titles([table for _, table in found] if not told else [])
    arounds = [_Around.of(table, grid, file, told.get(grid.sheet or "")) for grid, table in found]
    remarks = [_remarked(grid) for grid, _ in found]
    members = [grid.member for grid, _ in found]
    tables = [table for _, table in reversed(found)]
    del found
    readings: list[TableReading] = []
    for around, title, remarked in zip_longest(arounds, titles, remarks):
        # The cells are let go before the tidy frame is made.
        table = tables.pop()
        reading, events = _read(table, around, _as_before(table, choices, readings), title)
        del table
        readings.append(_noted(reading if events is None else _tidied(reading, events), remarked))
    readings[0] = _noted(readings[0], [(code, None, name) for code, name in passed_over])
    readings = repeats.told_once(overlaps.counted_once(readings, members))
    return who.people_told(readings, choices)


def _as_before(table: Table, choices: Choices, readings: list[TableReading]) -> Choices:
    """The choices with what the first table of the file under the same headings was understood as."""
    headings = tuple(column.header for column in table.columns)
    first = next((one for one in readings if tuple(match.header for match in one.columns) == headings), None)
    return replace(choices, presets=(*choices.presets, *first.presets)) if first else choices


def _remarked(grid: Grid) -> list[tuple[str, int | None, str]]:
    return [(one.code, one.row, one.value) for one in grid.remarks[:_MOST_NOTES]]


def plain_csv(source: bytes | Path, file: str, sheet: str | None = None) -> Plain:
    """The tables of a file before any meaning. Raises `UnreadableFile` where there is none."""
    held = sources.read(source if isinstance(source, bytes) else source.read_bytes(), file)
    wanted = [grid for grid in held.grids if sheet is None or sheet == grid.sheet]
    if not wanted:
        raise UnreadableFile("no_such_sheet", file=file, sheet=sheet)
    tables = [table for grid in wanted if (table := plain.plain_table(grid))]
    if not tables:
        raise UnreadableFile("empty_file", file=file)
    remarks = [(table.grid.sheet, remark) for table in tables for remark in table.remarks]
    remarks += [(None, Remark(code, value=name, doubtful=False)) for code, name in held.passed_over]
    return Plain(plain.as_csv(tables), tuple(remarks))


def _tables(source: bytes | Path, file: str) -> tuple[list[tuple[Grid, Table]], list[tuple[str, str]]]:
    """The filled tables of a file, and what was passed over."""
    held = sources.read(source if isinstance(source, bytes) else source.read_bytes(), file)
    tables = [(grid, table) for grid in held.grids for table in find_tables(grid)]
    found = [(grid, corrections.without_reasons(table).compacted()) for grid, table in tables]
    if not found:
        raise UnreadableFile("empty_file", file=file)
    filled = [(grid, table) for grid, table in found if table.height and table.filled_cells.any()]
    days = bands.of_days([table for _, table in filled])
    filled = [(grid, table) for (grid, _), table in zip(filled, days, strict=True)]
    if not filled:
        raise UnreadableFile("no_rows", file=file, row=found[0][1].header_row)
    if (rows := sum(table.height for _, table in filled)) > MAX_ROWS:
        raise UnreadableFile("too_many_rows", file=file, n=rows, most=MAX_ROWS // 10**6)
    return filled, held.passed_over


def _read(
    table: Table, around: _Around, choices: Choices, title: str | None
) -> tuple[TableReading, tidy.Events | None]:
    """A table understood, and its events, which are still to be put into its frames."""
    choices = corrections.informed(choices, around.manner) if around.manner else choices
    table = bands.of_kinds(bands.dated(replace(table, preamble=around.preamble)))
    width = len(table.columns)
    table, recalled, rep = _with_rep(table, choices, title)
    mapped, fates = recalled.mapped, Fates(table, apart=around.corrects is not None)
    if mapped.layout == "unknown":
        return _unknown(table, around.file, choices), None
    if len(heads := table.columns[width:]) == 1 and rep is None:
        fates.note("rep_of_blocks", None, heads[0].texts[0])
    events, frames, questions = _meant(table, mapped, around.context(recalled), fates)
    taken = None
    if events is None:
        frames, taken = _traced(frames, fates)
    source = choices.source or _source(mapped)
    doubts.columns(mapped, fates)
    memory.note(table, recalled, choices, fates)
    presets = memory.learned(table, recalled, choices, fates)
    if mapped.layout == "people":
        presets += memory.people_by_id(mapped, frames["people"][c.REP].to_pylist(), fates)
    reading = _reading(table, mapped, fates, fates.issues(), questions, frames)
    suggested = {**around.told, "source": source, "ids": events is not None and events.ids is not None}
    manner = corrections.manner(presets[0], recalled.choices, rep, suggested)
    manner["corrects"] = around.corrects
    return replace(reading, presets=tuple(presets), manner=manner, taken=taken), events


def _tidied(reading: TableReading, events: tidy.Events) -> TableReading:
    frame = tidy.assemble(events, reading.manner["source"], reading.sheet)
    return replace(reading, frames={**reading.frames, "activities": frame})


def _with_rep(table: Table, choices: Choices, title: str | None) -> tuple[Table, memory.Recalled, str | None]:
    """The table mapped, with a column of reps from around it or from its blocks where it has none;
    and the one rep, if it is one."""
    recalled = memory.recall(table, choices)
    if recalled.mapped.layout not in ("unknown", "people"):
        return table, recalled, None
    rep = choices.rep or _rep_around(table) or title
    told = table.adding("Rep", rep) if rep else unfolded(table) or of_blocks(table)
    if told and (again := memory.recall(told, choices)).mapped.layout in _EVENTFUL:
        return told, again, rep
    return table, recalled, rep


def _meant(
    table: Table, mapped: Mapped, context: Context, fates: Fates
) -> tuple[tidy.Events | None, dict[str, pa.Table], list[Question]]:
    """What the rows mean: events, and rows of other stored tables; `fates` learns what became of each."""
    _encode_beside(list(mapped.columns.values()))
    match mapped.layout:
        case "activities" | "counts" if mapped.counting.columns or mapped.layout == "counts":
            found, questions = trackers.read(table, mapped, context, fates)
            return found.events, dict(found.frames), questions
        case "activities" | "deals" as layout:
            reads = activities.read if layout == "activities" else deals.read
            events, questions = reads(table, mapped.columns, context, fates)
            leftovers.note_beside(table, mapped, fates)
            return events, {}, questions
        case "quotas" if mapped.seasons:
            frame, questions = seasons.read(table, mapped.columns, mapped.seasons, context, fates)
            return None, {"quotas": frame}, questions
        case layout:
            frame, questions = sheets.read(layout, table, mapped.columns, context, fates)
            leftovers.note_in_sheet(table, mapped, fates)
            return None, {layout: frame}, questions


def _traced(frames: dict[str, pa.Table], fates: Fates) -> tuple[dict[str, pa.Table], pd.DataFrame]:
    """The one frame of a sheet that people write, and row and content of each of its rows; a row of
    the sheet may have become several, which then say in `row` which one it was."""
    ((layout, frame),) = frames.items()
    taken = fates.taken()
    if c.ROW in frame.column_names:
        taken = taken.iloc[frame[c.ROW].to_numpy()].reset_index(drop=True)
        frame = frame.drop_columns([c.ROW])
    return {layout: frame}, taken


def _encode_beside(columns: list[Column]) -> None:
    """Cut the columns that will be read into distinct texts, side by side if that is worth a thread."""
    if not columns or len(columns[0].cells) < _LONG:
        return
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda column: column.codes, columns))


def _reading(
    table: Table,
    mapped: Mapped,
    fates: Fates,
    issues: pd.DataFrame,
    questions: list[Question],
    frames: dict[str, pa.Table],
) -> TableReading:
    skipped, rejected = fates.count(SKIPPED), fates.count(REJECTED)
    return TableReading(
        table.sheet,
        mapped.layout,
        table.header_row,
        fates.rows,
        fates.rows - skipped - rejected,
        skipped,
        rejected,
        mapped.matches,
        issues,
        tuple(questions),
        fates.preview(),
        frames,
    )


def _unknown(table: Table, file: str, choices: Choices) -> TableReading:
    """A table that nobody understands gets one issue for all its rows; if only the rep lacks, a question."""
    mapped = map_table(table.adding("Rep", "Ann Berg"), choices.fields, choices.layout)
    lacks_rep = mapped.layout in _EVENTFUL
    own = tuple(match for match in mapped.matches if match.index != AROUND)
    mapped = replace(mapped, matches=own, layout=mapped.layout if lacks_rep else "unknown")
    fates, code = Fates(table), "no_rep_column" if lacks_rep else "unknown_layout"
    fates.reject(np.ones(table.height, dtype=bool), code)
    row, column, value = table.header_row, None, ", ".join(one.header for one in table.columns[:12])
    if not lacks_rep and (doubled := next(filter(_holds_two, table.columns), None)):
        code, row, column, value = "two_numbers", table.first_row, doubled.header, doubled.sample[0]
    issues = issues_of([[table.sheet, row, column, value, code, REJECTED, None]])
    questions = [Question("rep_of_file", "", table.sheet or file, _people(table))] if lacks_rep else []
    return _reading(table, mapped, fates, issues, questions, {})


def _holds_two(column: Column) -> bool:
    """Whether every cell under a type of activity is two numbers: `35/50`, `40 (12)`."""
    counted = taken_apart(column.header).kind is not None
    return counted and bool(column.sample) and all(map(_TWO_NUMBERS.fullmatch, column.sample))


def _people(table: Table) -> tuple[str, ...]:
    """The headings of columns of people who may have done the work: `Organizer`, `Caller`."""
    known = vocabulary.words("may_be_rep")["any"]
    return tuple(
        column.header
        for column in table.columns
        if vocabulary.fold(column.header) in known and value_likeness(column, c.REP) > 0.5
    )


def _rep_around(table: Table) -> str | None:
    """The rep that a line above the table names."""
    spellings = vocabulary.words("fields")["rep"]
    for at, cell in enumerate(table.preamble):
        head, mark, tail = cell.partition(":")
        if vocabulary.fold(head) in spellings:
            beside = table.preamble[at + 1] if at + 1 < len(table.preamble) else ""
            if name := (tail if mark and tail.strip() else beside).strip():
                return name
    return None


def _titles(tables: list[Table]) -> list[str | None]:
    """Whose each of several tables with the same headings may be: the line above it names somebody
    else every time, or every rep has a sheet."""
    headings = [tuple(column.header for column in table.columns) for table in tables]
    found: list[str | None] = [None] * len(tables)
    for alike in (one for one in set(headings) if headings.count(one) > 1):
        places = [at for at, own in enumerate(headings) if own == alike]
        for at, title in zip(places, _titles_alike([tables[at] for at in places]), strict=True):
            found[at] = title
    return found


def _titles_alike(tables: list[Table]) -> list[str | None]:
    """The same for tables with the same headings."""
    above = [table.preamble[-1].strip() if table.preamble else "" for table in tables]
    named = above if len(set(above)) == len(above) else [table.sheet or "" for table in tables]
    return [text if text and not bands.names_period(text) else None for text in named]


@dataclass(frozen=True)
class _Around:
    """What stands around a table and suggests how to read it: in its own file, or, for corrected
    rows, in the file that they were refused from."""

    file: str
    about: str
    beside: tuple[str, ...]
    preamble: tuple[str, ...]
    decimal_comma: bool
    day_first: bool
    kroner: str
    manner: corrections.Manner | None = None

    @classmethod
    def of(cls, table: Table, grid: Grid, file: str, manner: corrections.Manner | None) -> _Around:
        if manner:
            plain = ("about", "decimal_comma", "day_first", "kroner")
            told: dict[str, Any] = {name: manner[name] for name in plain}
            told |= {name: tuple(manner[name]) for name in ("beside", "preamble")}
            return cls(file=file, manner=manner, **told)
        headings = " ".join(column.header for column in table.columns).casefold()
        nordic = bool(_NORDIC & set(headings)) or _nordic_words(headings)
        semicolons = isinstance(grid, TextGrid) and grid.delimiter == ";"
        about = " ".join(part for part in (Path(file).stem, grid.sheet, *table.preamble[:20]) if part)
        beside = tuple(part for part in (grid.sheet, Path(file).stem) if part)
        comma = semicolons or nordic
        return cls(file, about, beside, table.preamble, comma, nordic, _kroner(headings))

    @property
    def corrects(self) -> str | None:
        """The import that refused these rows, if one did."""
        return self.manner["corrects"] if self.manner else None

    @property
    def told(self) -> dict[str, object]:
        """All of it, as plain values."""
        return {
            "about": self.about,
            "beside": list(self.beside),
            "preamble": list(self.preamble[:20]),
            "decimal_comma": self.decimal_comma,
            "day_first": self.day_first,
            "kroner": self.kroner,
        }

    def context(self, recalled: memory.Recalled) -> Context:
        """The same for whoever reads the columns."""
        return Context(
            recalled.choices,
            self.about,
            self.beside,
            self.decimal_comma,
            self.day_first,
            self.kroner,
            recalled.orders,
        )


def _nordic_words(headings: str) -> bool:
    return bool(
        {"dato", "uge", "antal", "opkald", "pvm", "vko", "soitot", "navn", "datum"} & set(headings.split())
    )


def _kroner(headings: str) -> str:
    if set("äö") & set(headings):
        return "SEK"
    return "NOK" if {"selger", "beløp", "antall", "kundenavn no"} & set(headings.split()) else "DKK"


def _source(mapped: Mapped) -> str:
    """The system that the keys belong to, as the headings tell it: the same next week."""
    named = [
        vocabulary.fold(mapped.columns[name].header)
        for name in ("deal_id", "id", "rep", "kind", "subject")
        if name in mapped.columns
    ]
    return f"{mapped.layout}: " + ", ".join(named)


def _noted(reading: TableReading, said: list[tuple[str, int | None, str]]) -> TableReading:
    """A reading with notes (code, row, value), such as which sheets or files were passed over."""
    lines = [[reading.sheet, row, None, value, code, NOTE, None] for code, row, value in said]
    return reading.telling(lines) if lines else reading
