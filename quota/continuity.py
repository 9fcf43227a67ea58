"""The same report with other headings or other spellings: next week's export is not quite this week's.

One rule: a table continues an earlier one of its layout if nearly all headings of the one
stand in the other, and their ids bear the same heading if both have any; or if nearly all cells
of a tracker, or rows with ids, that both hold say the same (headings in another language). It
then keeps the earlier one's source. A row is known again by its id, or by what the columns that both fill
say, one to one, each rep by the name that is used: nothing counts twice because a column came
or went, or because somebody is spelled in another way. A row that has got an id is known by
that from then on, and the key that it had is withdrawn.
Ids under which everything is of another day and most is otherwise too are numbers that begin anew
in every file; such a file is refused, because its rows would take the place of others.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from quota import columns as c
from quota import roster
from quota.errors import UnreadableFile
from quota.ingest import FileReading, Preset, TableReading, presets, tidy
from quota.names import folded
from quota.workspace import Workspace

# The share of the shorter list of headings that the other one has to hold, and of the cells (or
# rows with ids) that both hold which have to say the same; so many cells at least.
ALIKE = 0.75
SHARED = 3

_TIMED = "timed"
# What people number rows by: 1, 2, 3.
_NUMBERED = r"^\d{1,5}$"
_IDS = ("deal_id", "id")
# What a row says that is known again by it; a tracker's cell may say another number.
_SAYS = {
    "activities": tidy.MEANING,
    "counts": (c.REP, c.TS, c.KIND, c.DIRECTION, c.TEAM, c.ACCOUNT),
}
_LOOKED_AT = [*tidy.MEANING, c.KEY, c.SOURCE, c.ROW, c.DIGEST, c.WITHDRAWN, c.IMPORT_ID]


@dataclass(frozen=True)
class Known:
    """A table of an earlier import: the source its rows belong to, and its headings."""

    import_id: str
    source: str
    layout: str
    headings: frozenset[str]
    id_heading: str | None


def continued(workspace: Workspace, reading: FileReading) -> FileReading:
    """The reading, its activities under the source, and the keys, that earlier exports gave them."""
    # Corrected rows know whose they are.
    eventful = [table for table in reading.tables if _rows(table) is not None and not _corrects(table)]
    known = list(_known(workspace.imports()))
    if not eventful or not known:
        return reading
    taken = {source_of(table) for table in eventful}
    names = _names(workspace, reading)
    # Key → how many of the file's tables have it, which one table need not count.
    told = Counter(key for one in eventful if len(eventful) > 1 for key in set(_keys(one)))
    tables = []
    for table in reading.tables:
        if (rows := _rows(table)) is not None and not _corrects(table):
            source = _source(table, known, taken) or _same_rows(workspace, table, known, taken)
            taken.add(source)
            rows = _under(rows, source)
            if table.layout == "activities":
                _refuse_numbers_begun_anew(workspace, rows, table, reading.file)
            if table.layout in _SAYS:
                before = _Before(workspace.held(source, _LOOKED_AT), source, known)
                own = {key for key in _keys(table) if told[key] == 1} if told else set()
                elsewhere = told.keys() - own
                rows, spelled = _known_again(rows, table, before, names, elsewhere)
                table = replace(table, presets=(*table.presets, *spelled))
            elif table.layout == "deals" and _id_heading(_headings(table)) is None:
                rows = _closed_anew(rows, workspace.held(source, [*_LOOKED_AT, c.SHEET]))
            table = replace(table, frames={**table.frames, "activities": rows})
        tables.append(table)
    return replace(reading, tables=tuple(tables))


def _names(workspace: Workspace, reading: FileReading) -> dict[str, str]:
    """Every way a person is written, folded → the name that is used once the reading is stored."""
    people = [table.frames["people"].to_pandas() for table in reading.tables if "people" in table.frames]
    said = [preset for table in reading.tables for preset in table.presets]
    return roster.known(workspace, people=pd.concat([workspace.table("people"), *people]), also=said)


def _corrects(table: TableReading) -> bool:
    return bool(table.manner.get("corrects"))


def source_of(table: TableReading) -> str | None:
    """The source of a table's activities; None without any."""
    rows = _rows(table)
    return None if rows is None else str(rows[c.SOURCE][0].as_py())


def _rows(table: TableReading) -> pa.Table | None:
    rows = table.frames.get("activities")
    return rows if rows is not None and rows.num_rows else None


def _keys(table: TableReading) -> list[str]:
    return [] if (rows := _rows(table)) is None else rows[c.KEY].to_pylist()


def _headings(table: TableReading) -> list[tuple[str, str | None]]:
    return [(match.header, match.field) for match in table.columns]


def _id_heading(columns: list[tuple[str, str | None]]) -> str | None:
    fields = {field: folded(header) for header, field in columns if field in _IDS}
    return fields.get("deal_id") or fields.get("id")


def _known(imports: pd.DataFrame) -> Iterator[Known]:
    """The tables of all imports, undone ones too, latest first."""
    logged = imports[[c.IMPORT_ID, "mapping"]].dropna()[::-1]
    for import_id, mapping in zip(logged[c.IMPORT_ID], logged["mapping"], strict=True):
        for table in json.loads(mapping):
            if table.get("source"):
                columns = [(header, field) for header, field, _ in table["columns"]]
                headings = frozenset(folded(header) for header, _ in columns)
                yield Known(import_id, table["source"], table["layout"], headings, _id_heading(columns))


def _source(table: TableReading, known: list[Known], taken: set[str | None]) -> str | None:
    """The source that a table's headings continue; its own where that is known; None if none is alike."""
    own = str(source_of(table))
    # A source that somebody named stays as it is.
    if not own.startswith(f"{table.layout}: ") or own in {one.source for one in known}:
        return own
    columns = _headings(table)
    headings, id_heading = frozenset(folded(header) for header, _ in columns), _id_heading(columns)
    alike = {
        one.source: len(headings & one.headings) / max(min(len(headings), len(one.headings)), 1)
        for one in reversed(known)
        if one.layout == table.layout
        and (one.id_heading == id_heading or None in (one.id_heading, id_heading))
        and one.source not in taken
    }
    best = max(alike, key=lambda source: alike[source], default=own)
    return best if alike.get(best, 0) >= ALIKE else None


def _same_rows(workspace: Workspace, table: TableReading, known: list[Known], taken: set[str | None]) -> str:
    """The source that has a table's cells, or rows with the same ids, already; else the table's own."""
    own, rows = str(source_of(table)), _rows(table)
    assert rows is not None
    if table.layout == "activities" and _id_heading(_headings(table)) is None:
        return own
    mine = rows.select([c.KEY, c.DIGEST]).to_pandas()
    others = {
        one.source: None
        for one in known
        if one.layout == table.layout
        and (one.id_heading is not None or table.layout == "counts")
        and one.source not in taken
    }
    for source in others:
        held = workspace.held(source, [c.KEY, c.DIGEST, c.WITHDRAWN, c.ROW]).to_pandas()
        both = mine.merge(held[held[c.ROW].notna() & ~held[c.WITHDRAWN]], on=c.KEY)
        same = both.loc[both[f"{c.DIGEST}_x"] == both[f"{c.DIGEST}_y"], c.KEY].nunique()
        if (shared := both[c.KEY].nunique()) >= SHARED and same >= ALIKE * shared:
            return source
    return own


def _refuse_numbers_begun_anew(workspace: Workspace, rows: pa.Table, table: TableReading, file: str) -> None:
    """Raise `UnreadableFile` if small numbers for ids stand for other rows than in the files before."""
    heading = next((match.header for match in table.columns if match.field == "id"), None)
    if heading is None or not pc.all(pc.match_substring_regex(rows[c.KEY], _NUMBERED)).as_py():
        return
    source = ds.field(c.SOURCE) == rows[c.SOURCE][0].as_py()
    columns = [c.KEY, c.TS, c.REP, c.KIND, c.ACCOUNT]
    before = workspace.activities(columns=columns, where=source).to_pandas()
    mine = rows.filter(pc.invert(rows[c.WITHDRAWN])).select(columns).to_pandas()
    both = mine.merge(before, on=c.KEY, suffixes=("", "_before"))
    moved = both[c.TS].dt.normalize() != both[f"{c.TS}_before"].dt.normalize()
    now, then = (
        both[[f"{name}{end}" for name in columns[2:]]].astype(object).fillna("").to_numpy()
        for end in ("", "_before")
    )
    if len(both) >= SHARED and moved.all() and (now == then).all(axis=1).mean() < ALIKE:
        raise UnreadableFile(
            "ids_begin_anew", file=file, column=heading, value=both[c.KEY].iloc[0], n=len(both)
        )


def _under(rows: pa.Table, source: str) -> pa.Table:
    if rows[c.SOURCE][0].as_py() == source:
        return rows
    at = rows.schema.get_field_index(c.SOURCE)
    return rows.set_column(at, c.SOURCE, tidy.constant(source, rows.num_rows))


class _Before:
    """What earlier imports hold of a source: `held`, and which of them know their rows by ids.

    `keys`: those by which rows are known, and not by an id since.
    """

    def __init__(self, held: pa.Table, source: str, known: list[Known]) -> None:
        self.held = held
        self.with_ids = {one.import_id for one in known if one.source == source and one.id_heading}
        in_no_row = pc.and_(held[c.WITHDRAWN], held[c.ROW].is_null())
        moved = held[c.KEY].filter(in_no_row).combine_chunks()
        self.keys = held[c.KEY].filter(pc.invert(pc.is_in(held[c.KEY], moved))).combine_chunks()

    def ids(self) -> set[str]:
        """The ids that rows have; whoever has another id is another row."""
        return {key for import_id in self.with_ids for key in self.of(import_id)[c.KEY].to_pylist()}

    def of(self, import_id: str) -> pa.Table:
        """The rows of one import's file."""
        mine = pc.equal(self.held[c.IMPORT_ID], import_id)
        return self.held.filter(pc.and_(mine, self.held[c.ROW].is_valid()))


def _known_again(
    rows: pa.Table, table: TableReading, before: _Before, names: Mapping[str, str], elsewhere: set[str]
) -> tuple[pa.Table, list[Preset]]:
    """Rows with the keys that stored rows have, where the columns that both files fill say the same;
    not with those that rows `elsewhere` in the file have.

    Where either has ids, the id is the key and the other key is withdrawn, as a row that stands
    nowhere in the file. With the spellings by which somebody was known again: they are this file's too.
    """
    has_ids = _id_heading(_headings(table)) is not None
    own, says = _filled(rows), _SAYS[table.layout]
    keys = rows[c.KEY].to_pandas().astype(object)
    # Every row with an id takes its other key back by itself, whoever else did so already.
    fresh = np.full(len(keys), True) if has_ids else ~_among(rows, before.keys)
    used: set[str] = elsewhere | ({*keys, *before.ids()} if has_ids else set(keys[~fresh]))
    gone: list[pa.Table] = []
    matches: list[pd.DataFrame] = []
    for import_id in pc.unique(before.held[c.IMPORT_ID]).to_pylist() if fresh.any() else ():
        had_ids = import_id in before.with_ids
        if has_ids and had_ids:
            continue
        stored = before.of(import_id)
        filled = _filled(stored)
        if (
            filled == own
            and has_ids == had_ids
            and not _respelled(rows, stored, names)
            and not _said(rows.filter(fresh), stored)
        ):
            continue
        if not stored.num_rows:
            continue
        both, timed = [name for name in says if name in filled & own], _TIMED in filled & own
        free = ~_among(stored, pa.array(used, pa.string()))
        # A row whose key that file holds stands there already.
        sought = fresh & ~_among(rows, stored[c.KEY].combine_chunks())
        new = _numbered(rows, sought, both, timed, names)
        old = _numbered(stored, free, both, timed, names)
        matched = new.merge(old, on=[*both, "ordinal"], suffixes=("", "_stored"))
        if has_ids:
            gone.append(stored.take(pa.array(matched["place_stored"])))
        else:
            keys.iloc[matched["place"]] = matched[f"{c.KEY}_stored"].to_numpy()
        if had_ids:
            other = rows.take(pa.array(matched["place"]))
            gone.append(other.filter(_among(other, before.held[c.KEY].combine_chunks())))
        used |= set(matched[f"{c.KEY}_stored"])
        fresh[matched["place"]] = False
        matches.append(matched)
    at = rows.schema.get_field_index(c.KEY)
    rows = rows.set_column(at, c.KEY, pa.array(keys, pa.string()))
    taken_back = [_withdrawn(part, rows.schema) for part in gone if part.num_rows]
    return pa.concat_tables([rows, *taken_back], promote_options="default"), _spelled(matches)


def _closed_anew(rows: pa.Table, held: pa.Table) -> pa.Table:
    """Deals without ids, and what earlier exports said of their end that these do not say any more,
    withdrawn: a deal that was opened as before is the same, however it ended and when."""
    opened = rows.filter(pc.equal(rows[c.KIND].cast(pa.string()), "opportunity"))
    deals = opened.select([c.KEY, c.ROW]).to_pandas().rename(columns={c.ROW: "of"})
    before = held.to_pandas().reset_index(names="place")
    before = before[before[c.ROW].notna() & ~before[c.WITHDRAWN]]
    known = before.merge(deals, on=c.KEY)[[c.IMPORT_ID, c.SHEET, c.ROW, "of"]]
    same = before.merge(known, on=[c.IMPORT_ID, c.SHEET, c.ROW])
    gone = same[~same[c.KEY].isin(rows[c.KEY].to_pandas())].drop_duplicates(c.KEY)
    if gone.empty:
        return rows
    taken_back = _withdrawn(held.take(pa.array(gone["place"])), rows.schema)
    taken_back = taken_back.append_column(c.ROW, pa.array(gone["of"], pa.int64()))
    return pa.concat_tables([rows, taken_back], promote_options="default")


def _among(rows: pa.Table, keys: pa.Array) -> np.ndarray:
    found: np.ndarray = pc.is_in(rows[c.KEY], value_set=keys).to_numpy()
    return found


def _withdrawn(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """The same rows, withdrawn, as they stand beside the rows of a file."""
    encoded = [field.name for field in schema if pa.types.is_dictionary(field.type)]
    columns = {name: rows[name] for name in (*tidy.MEANING, c.KEY, c.SOURCE, c.DIGEST)}
    columns |= {
        name: columns[name].dictionary_encode()
        for name in columns
        if name in encoded and not pa.types.is_dictionary(columns[name].type)
    }
    return pa.table({**columns, c.WITHDRAWN: pa.repeat(True, rows.num_rows)})


def _said(rows: pa.Table, stored: pa.Table) -> bool:
    """Whether a row says what a stored one says; only the clock it is written by makes its key another."""
    return bool(pc.any(pc.is_in(rows[c.DIGEST], stored[c.DIGEST].combine_chunks())).as_py())


def _respelled(rows: pa.Table, stored: pa.Table, names: Mapping[str, str]) -> bool:
    """Whether somebody is written in several ways."""
    written = {str(rep) for table in (rows, stored) for rep in pc.unique(table[c.REP]).to_pylist()}
    return len({_name(rep, names) for rep in written}) < len(written)


def _name(rep: str, names: Mapping[str, str]) -> str:
    return names.get(folded(rep), rep)


def _spelled(matches: list[pd.DataFrame]) -> list[Preset]:
    """Whom the spellings stand for by which rows were known again, to be remembered with them."""
    pairs = [
        (written, rep)
        for matched in matches
        for side in ("written", "written_stored")
        for written, rep in matched.loc[matched["written"] != matched["written_stored"], [side, c.REP]]
        .drop_duplicates()
        .itertuples(index=False)
        if written != rep
    ]
    return [presets.rep(written, rep) for written, rep in dict.fromkeys(pairs)]


def _filled(rows: pa.Table) -> set[str]:
    """The columns of meaning that a file fills; `_TIMED` where it has times of day."""
    found = {name for name in tidy.MEANING if rows[name].null_count < rows.num_rows}
    timed = pc.any(pc.not_equal(pc.floor_temporal(rows[c.TS], unit="day"), rows[c.TS])).as_py()
    return found | {_TIMED} if timed else found


def _numbered(
    rows: pa.Table, which: np.ndarray, columns: list[str], timed: bool, names: Mapping[str, str]
) -> pd.DataFrame:
    """columns, key and place of some rows, and the ordinal of each among those that say the same.

    `rep` by the name that is used, `written` as it stands in the row.
    """
    frame: pd.DataFrame = rows.select([*columns, c.KEY]).to_pandas()
    frame = frame.astype({name: object for name in columns if name != c.TS})
    frame = frame.assign(place=range(len(frame)), written=frame[c.REP])[which]
    used = {rep: _name(rep, names) for rep in frame[c.REP].unique()}
    frame = frame.assign(rep=frame[c.REP].map(used).astype(object))
    if not timed:
        frame = frame.assign(**{c.TS: frame[c.TS].dt.normalize()})
    return frame.assign(ordinal=frame.groupby(columns, dropna=False, sort=False).cumcount())
