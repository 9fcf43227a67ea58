"""A workbook of refused rows, to be corrected and read again as if the rows still stood in their file.

It has the file's own headings and cells and one more column with the reasons, which the
reader passes over. A hidden sheet tells what the rest of the file had told: how dates and
numbers are written, whose rows they are, which system the keys belong to.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import python_calamine as calamine

from quota.ingest import presets, vocabulary
from quota.ingest.records import Choices, Preset
from quota.ingest.tables import Table

# The hidden sheet's name. Its one column holds JSON, in pieces that fit into cells.
NAME = "quota - how to read this"
_PIECE = 30_000
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")

Manner = Mapping[str, Any]
Rows = list[list[Any]]


def without_reasons(table: Table) -> Table:
    """The table without the column that says why its rows were refused."""
    spellings = vocabulary.words("refused")["why"]
    own = tuple(column for column in table.columns if vocabulary.fold(column.header) not in spellings)
    return table if len(own) == len(table.columns) else replace(table, columns=own)


def told(source: bytes | Path) -> dict[str, Manner]:
    """Sheet → the manner in which its rows were read before; nothing for any other file."""
    stream: Any = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        with zipfile.ZipFile(stream) as book:
            if NAME.encode() not in book.read("xl/workbook.xml"):
                return {}
        cells = calamine.CalamineWorkbook.from_object(stream).get_sheet_by_name(NAME).to_python()
        found: dict[str, Manner] = json.loads("".join(str(row[0]) for row in cells))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, calamine.CalamineError):
        return {}
    return found


def informed(choices: Choices, manner: Manner) -> Choices:
    """What was decided about the file, above what its rows told when they were read before."""
    preset = presets.from_json(manner["preset"])
    fields = {**preset.fields, **preset.decided}
    if not manner["ids"]:  # in a few rows ids may look unique that were not in all of them
        fields = {heading: "" if name == "id" else name for heading, name in fields.items()}
    settled = replace(preset, decided=fields)
    return replace(
        choices,
        presets=(settled, *choices.presets),
        kinds={**manner["kinds"], **choices.kinds},
        reps={**manner["reps"], **choices.reps},
        source=choices.source or manner["source"],
        rep=choices.rep or manner["rep"],
        year=choices.year or manner["year"],
        zone=choices.zone or manner["zone"],
        targets=manner["targets"] if choices.targets is None else choices.targets,
    )


def manner(preset: Preset, choices: Choices, rep: str | None, around: Mapping[str, Any]) -> dict[str, Any]:
    """How a table was read, as it is stored with its import; `around` is what its context told."""
    return {
        "preset": presets.as_json(preset),
        "kinds": dict(choices.kinds),
        "reps": dict(choices.reps),
        "rep": rep,
        "year": choices.year,
        "zone": choices.zone,
        "targets": choices.targets,
        **around,
    }


def sheets(
    import_id: str,
    understood: Sequence[Mapping[str, Any]],
    refused: pd.DataFrame,
    why: Sequence[str],
    heading: str,
) -> dict[str, Rows]:
    """Sheet → its rows of cells, the headings first, and the hidden one.

    `understood` is what the import recorded of its tables, `refused` its rejects, `why` the
    reason of each in words, `heading` what stands over them.
    """
    found: dict[str, Rows] = {}
    manners: dict[str, Manner] = {}
    names: dict[int, str] = {}
    for line, reason in zip(refused.to_dict("records"), why, strict=True):
        at = _table_of(line, understood)
        if at is None:
            continue
        cells = json.loads(line["content"], object_pairs_hook=list)
        if at not in names:
            names[at] = _name(understood[at]["sheet"], found)
            found[names[at]] = [[*(header for header, _ in cells), heading]]
            settled = {"source": understood[at]["source"], "corrects": import_id}
            manners[names[at]] = {**understood[at]["manner"], **settled}
        found[names[at]].append([*(cell for _, cell in cells), reason])
    text = json.dumps(manners, ensure_ascii=False)
    pieces = [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
    return {**found, NAME: [[piece] for piece in pieces]}


def _table_of(line: Mapping[Any, Any], understood: Sequence[Mapping[str, Any]]) -> int | None:
    """Which table a refused row stands in: the nearest heading above it, on its sheet."""
    if not line["content"]:
        return None
    sheet = line["sheet"] if isinstance(line["sheet"], str) else None
    above = [
        (table["header_row"], at)
        for at, table in enumerate(understood)
        if table["sheet"] == sheet and table["header_row"] < line["row"] and table.get("manner")
    ]
    return max(above)[1] if above else None


def _name(sheet: str | None, taken: Mapping[str, object]) -> str:
    """A name that a spreadsheet accepts and that is not taken."""
    plain = _NOT_IN_NAMES.sub(" ", sheet or "").strip()[:25] or "Refused"
    names = [plain, *(f"{plain} {n}" for n in range(2, len(taken) + 3))]
    used = {name.casefold() for name in taken} | {NAME}
    return next(name for name in names if name.casefold() not in used)
