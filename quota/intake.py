"""Files into the workspace: read in a guarded child, look, then store what was understood."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from quota import clock, continuity, names, remains, restatements, review, vetting
from quota import columns as c
from quota.errors import BadRequest, UnreadableFile
from quota.ingest import (
    Choices,
    FileReading,
    Plain,
    Preset,
    TableReading,
    corrections,
    guard,
    presets,
    records,
    tidy,
)
from quota.ingest.guard import Stop
from quota.ingest.records import REMEMBERED
from quota.vetting import Terms
from quota.workspace import Receipt, Workspace


def read(
    source: str | Path | bytes,
    file: str | None = None,
    choices: Choices | None = None,
    *,
    stop: Stop | None = None,
) -> FileReading:
    """A file understood, nothing stored. `source` is a path, or the bytes with the `file`'s name.

    Raises `UnreadableFile` with the reason for a file that holds no table, or once `stop` was called.
    """
    with _on_disk(source) as path:
        reading: FileReading = guard.run(
            "read_file", path, file or path.name, choices or Choices(), stop=stop
        )
    return reading


def plain_table(source: str | Path, sheet: str | None = None) -> Plain:
    """What the reader saw before any meaning: headings and rows as plain UTF-8 comma csv.

    Several sheets follow one another behind an empty line.
    """
    with _on_disk(source) as path:
        found: Plain = guard.run("plain_csv", path, path.name, sheet)
    return found


def warm_up() -> None:
    """Start the process that reads files now, so that the first file does not wait for it."""
    guard.warm_up()


def remembered(workspace: Workspace, choices: Choices | None = None) -> Choices:
    """What a person chose, and below it what the workspace remembers: presets, who is known, its zone."""
    choices = choices or Choices()
    stored, people = presets.read(workspace.table("presets")), workspace.table("people")
    said = presets.said_of_reps(stored)
    known = names.canonical(people, said)
    in_data = pc.unique(workspace.scan().dataset.to_table(columns=[c.REP])[c.REP]).to_pylist()
    # Whoever stands in the roster is nobody else, whatever the name looks like.
    roster = Preset("people", reps={rep: rep for rep in people[c.REP]})
    return replace(
        choices,
        zone=choices.zone or clock.zone_of(workspace),
        presets=(*stored, roster),
        known={**{rep: known.get(names.folded(rep), rep) for rep in in_data}, **known},
    )


def remembered_presets(workspace: Workspace) -> pd.DataFrame:
    """Everything that can be forgotten, oldest first.

    fingerprint; about (a layout, kind or rep); written (headings, a type or a rep as written);
    meaning (heading = field, a kind, a name; "" for never counted or nobody else), decided
    (whether a person said so), import_id, by, at.
    """
    stored = workspace.table("presets")
    lines = [_in_words(preset) for preset in presets.read(stored)]
    said = pd.DataFrame(lines, columns=["about", "written", "meaning", "decided"])
    logged = stored[["fingerprint", c.IMPORT_ID, c.BY, c.AT]]
    return pd.concat([logged[["fingerprint"]], said, logged.drop(columns="fingerprint")], axis=1)


def forget_preset(workspace: Workspace, fingerprint: str, *, by: str, now: datetime) -> None:
    """Remember it no more; an entry of its own in the log, which can be undone. Raises `BadRequest`."""
    held = {preset.fingerprint: preset for preset in presets.read(workspace.table("presets"))}
    if fingerprint not in held:
        raise BadRequest("unknown_preset", value=fingerprint)
    gone = presets.rows([held[fingerprint]], withdrawn=True)
    workspace.enter(f"forget {fingerprint}", {"presets": gone}, by=by, now=now)


def _in_words(preset: Preset) -> tuple[str, str, str, bool]:
    for about, said in (("kind", preset.kinds), ("rep", preset.reps)):
        if said:
            return about, ", ".join(said), ", ".join(said.values()), True
    fields = {**preset.fields, **preset.decided}
    meaning = "; ".join(f"{heading} = {name}" for heading, name in fields.items())
    return preset.layout, ", ".join(preset.headings), meaning, bool(preset.decided)


def store(
    workspace: Workspace,
    reading: FileReading,
    data: bytes | Path,
    *,
    by: str,
    now: datetime,
    replace_period: bool = False,
    keep_good: bool = False,
    terms: Terms = Terms(),  # noqa: B008
) -> Receipt:
    """Store a reading and the bytes it came from, as one import.

    Raises `UnreadableFile` if no table was understood, or if a question that blocks is still
    open: a guess would be stored as a fact. Nor is a file stored of which every row is refused,
    or, unless `keep_good`, some of the quotas or what they hang on. Unless the reading was held
    against the workspace already (`vetted`), it is, on `terms`. How its tables were understood is
    remembered with it.
    """
    understood = [table for table in reading.tables if table.frames]
    if not understood:
        issue = reading.tables[0].issues.iloc[0]
        said = {"headings": issue["value"], "value": issue["value"], "column": issue["column"]}
        raise UnreadableFile(issue["code"], file=reading.file, **said)
    for table in understood:
        for question in table.questions:
            if question.blocks:
                raise UnreadableFile(
                    question.code, file=reading.file, column=question.column, value=question.value
                )
    if reading.applies is None:
        reading = vetting.vetted(workspace, reading, now.date(), terms)
    if not reading.accepted and reading.rejected:
        raise UnreadableFile("nothing_accepted", file=reading.file, n=reading.rejected)
    if not keep_good and (wrong := vetting.refused_rules(reading)):
        raise UnreadableFile("rules_refused", file=reading.file, n=wrong)
    reading = continuity.continued(workspace, reading)
    tables = _stored(reading, workspace)
    receipt = workspace.commit(
        file=reading.file,
        data=data,
        sha256=reading.sha256,
        by=by,
        now=now,
        tables=tables,
        rejects=pa.concat_tables([records.untaken(table.issues, c.REJECTS) for table in reading.tables]),
        record=_record(reading),
        replace_period=replace_period,
    )
    receipt = replace(receipt, applies={str(day): n for day, n in (reading.applies or {}).items()})
    if "activities" not in tables:
        return receipt
    sources = pc.unique(tables["activities"][c.SOURCE]).cast(pa.string()).to_pylist()
    return replace(
        remains.told(workspace, receipt),
        twins=review.new_twins(workspace, receipt.import_id, sources),
        restated=restatements.summary(workspace, receipt.import_id),
    )


def count_once(
    workspace: Workspace, pairs: pd.DataFrame, keep: str, *, named: str, by: str, now: datetime
) -> Receipt:
    """Have `pairs` (of `answers.twins`) count once: the source `keep` stands, its twins are taken out.

    It is an import of its own, `named` in the words of whoever decides, and can be undone.
    Raises `BadRequest` if `keep` is in none of the pairs.
    """
    sides = (("source_b", "key_b", "source_a"), ("source_a", "key_a", "source_b"))
    out = [pairs.loc[pairs[kept] == keep, [source, key]].to_numpy() for source, key, kept in sides]
    dropped = pd.DataFrame([*out[0], *out[1]], columns=[c.SOURCE, c.KEY]).drop_duplicates()
    sources = ds.field(c.SOURCE).isin(pa.array(dropped[c.SOURCE].unique(), pa.string()))
    rows = workspace.activities(columns=c.TIDY.names, where=sources)
    identity = pa.schema([c.TIDY.field(name) for name in (c.SOURCE, c.KEY)])
    gone = rows.join(pa.Table.from_pandas(dropped, identity), identity.names, join_type="left semi")
    if not gone.num_rows:
        raise BadRequest("no_twins", source=keep)
    return workspace.enter(named, {"activities": _withdrawn(gone)}, by=by, now=now, decides=True)


def keep_both(workspace: Workspace, pairs: pd.DataFrame, *, named: str, by: str, now: datetime) -> Receipt:
    """Have no twins between the sources of `pairs` (of `answers.twins`) in their kinds any more.

    An import like `count_once`; raises `BadRequest` without pairs.
    """
    groups = pairs[list(review.GROUPS)].drop_duplicates()
    if groups.empty:
        raise BadRequest("no_twins", source=None)
    settings = [review.different(*group) for group in groups.itertuples(index=False)]
    setting = pa.table({"name": settings, "value": [review.DIFFERENT] * len(settings)})
    return workspace.enter(named, {"settings": setting}, by=by, now=now, decides=True)


def _withdrawn(rows: pa.Table) -> pa.Table:
    """The same rows, withdrawn; they stand in no row of a file."""
    rows = rows.drop_columns([c.WITHDRAWN, c.SHEET, c.ROW])
    return rows.append_column(c.WITHDRAWN, pa.repeat(True, rows.num_rows))


def _stored(reading: FileReading, workspace: Workspace) -> dict[str, pa.Table]:
    """Stored table → the rows of all the file's tables."""
    found: dict[str, list[pa.Table]] = {}
    for table in reading.tables:
        for name, rows in table.frames.items():
            found.setdefault(name, []).append(_put_back(table, name, rows, workspace))
    # A few rows that were put right teach nothing about files like the one they come from.
    teaching = [table for table in reading.tables if table.frames and not table.manner.get("corrects")]
    learned = presets.rows(preset for table in teaching for preset in table.presets)
    # A column that one table lacks has no type there.
    stored = {name: pa.concat_tables(parts, promote_options="default") for name, parts in found.items()}
    return {**stored, "presets": learned}


def _put_back(table: TableReading, name: str, rows: pa.Table, workspace: Workspace) -> pa.Table:
    """Corrected activities keyed beside those that their import took; any other rows as they are."""
    import_id = table.manner.get("corrects")
    if name != "activities" or import_id not in set(workspace.imports()[c.IMPORT_ID]):
        return rows
    taken = workspace.rows(str(import_id))
    same = taken[taken[c.SOURCE] == table.manner["source"]]
    return tidy.beside(rows, set(same[c.KEY]), ids=table.manner["ids"])


def refused(
    workspace: Workspace, import_id: str, why: Callable[[pd.DataFrame], Sequence[str]], heading: str
) -> dict[str, list[list[Any]]]:
    """Sheet → the rows that an import refused, as `corrections.sheets`; `why` puts rejects into words.

    Corrected and read again they are taken as if they had stood in the file. Raises `BadRequest`.
    """
    rejects = workspace.rejects(import_id)
    rejects = rejects[rejects["status"] == records.REJECTED].sort_values(c.ROW, kind="stable")
    imports = workspace.imports().set_index(c.IMPORT_ID)
    understood = json.loads(str(imports.at[import_id, "mapping"] or "[]"))
    return corrections.sheets(import_id, understood, rejects, why(rejects), heading)


def _record(reading: FileReading) -> dict[str, object]:
    mapping = [
        {
            "sheet": table.sheet,
            "layout": table.layout,
            "source": continuity.source_of(table),
            "header_row": table.header_row,
            "columns": [[match.header, match.field, match.score] for match in table.columns],
            "remembered": [match.header for match in table.columns if match.reason_code == REMEMBERED],
            "notes": _notes(table.issues),
            "manner": {name: value for name, value in table.manner.items() if name != "corrects"},
        }
        for table in reading.tables
    ]
    return {
        "rows": reading.rows,
        "accepted": reading.accepted,
        "skipped": reading.skipped,
        "rejected": reading.rejected,
        "mapping": json.dumps(mapping, ensure_ascii=False),
    }


def _notes(issues: pd.DataFrame) -> list[dict[str, object]]:
    notes = issues.loc[issues["status"] == records.NOTE, ["code", "row", "column", "value"]]
    found: list[dict[str, object]] = json.loads(notes.to_json(orient="records", force_ascii=False))
    return found


@contextmanager
def _on_disk(source: str | Path | bytes) -> Iterator[Path]:
    """The path of a source; bytes get a temporary one, because the child reads from a path."""
    if isinstance(source, bytes):
        with tempfile.TemporaryDirectory(prefix="quota-") as folder:
            path = Path(folder) / "upload"
            path.write_bytes(source)
            yield path
        return
    path = Path(source)
    if not path.is_file():
        raise UnreadableFile("no_such_file", file=str(source))
    yield path
