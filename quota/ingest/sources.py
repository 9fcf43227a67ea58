"""A file's bytes → its grids, through whatever it is wrapped in: gzip, zip, markup, a workbook, text.

The content decides, never the name. A zip of exports is the set of its files.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from quota.errors import UnreadableFile
from quota.ingest import decode, delimited, markup, preflight, workbooks
from quota.ingest.grids import Grid, Remark
from quota.ingest.limits import MAX_BYTES, MEGABYTE, believable
from quota.ingest.workbooks import SheetGrid

_MOST_REPAIRED = 1_000
_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db")


@dataclass(frozen=True)
class Found:
    """The visible grids of a file, and what was passed over: (code, name) pairs."""

    grids: list[Grid]
    passed_over: list[tuple[str, str]]


def read(data: bytes, file: str, *, wrapped: bool = False) -> Found:
    """The grids of a file. Raises `UnreadableFile` with the reason when there is none."""
    match decode.file_kind(data, file):
        case "gzip":
            return read(_gunzipped(data, file), file, wrapped=True)
        case "zip" if preflight.is_workbook(data, file):
            return Found(*workbooks.read(data, file))
        case "zip":
            return _archive(data, file, wrapped=wrapped)
        case "workbook":
            return Found(*workbooks.read(data, file))
    decoded = decode.as_utf8(data, file)
    if markup.is_markup(decoded.text):
        return Found(_markup(decoded.text, file), [])
    grid = delimited.read(decoded.text, file)
    return Found([replace(grid, remarks=(*_of_encoding(decoded), *grid.remarks))], [])


def _of_encoding(decoded: decode.Decoded) -> list[Remark]:
    """What is to be said of a text's encoding."""
    remarks = [Remark("encoding_repaired", line) for line in decoded.repaired[:_MOST_REPAIRED]]
    return remarks if decoded.sure else [Remark("encoding_guessed", None, decoded.encoding), *remarks]


def _gunzipped(data: bytes, file: str) -> bytes:
    """Every member of a gzip file, one after another, as far as its size makes believable."""
    least = believable(len(data))
    most = min(MAX_BYTES, least)
    whole = b""
    while data:
        inflate = zlib.decompressobj(wbits=31)
        try:
            whole += inflate.decompress(data, most - len(whole) + 1)
        except zlib.error:
            raise UnreadableFile("broken_archive", file=file) from None
        if len(whole) > least:
            raise UnreadableFile("zip_bomb", file=file, size=least // MEGABYTE)
        if len(whole) > most:
            raise preflight.too_large(file)
        if not inflate.eof:
            raise UnreadableFile("broken_archive", file=file)
        data = inflate.unused_data.lstrip(b"\0")
    return whole


def _archive(data: bytes, file: str, *, wrapped: bool) -> Found:
    """The grids of every file in a zip; a file in it that holds none is passed over by name."""
    if wrapped:
        raise UnreadableFile("nested_archive", file=file)
    grids: list[Grid] = []
    passed_over: list[tuple[str, str]] = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in archive.infolist():
            if part.is_dir() or any(junk in part.filename for junk in _JUNK):
                continue
            name = PurePosixPath(part.filename).name
            try:
                found = read(_member(archive, part, file), name, wrapped=True)
            except UnreadableFile:
                passed_over.append(("file_passed_over", name))
                continue
            grids += [replace(_named(grid, name), member=part.filename) for grid in found.grids]
            passed_over += found.passed_over
    if not grids:
        raise UnreadableFile("empty_archive", file=file)
    return Found(grids, passed_over)


def _member(archive: zipfile.ZipFile, part: zipfile.ZipInfo, file: str) -> bytes:
    """One file of an archive, never more of it than the directory promised."""
    try:
        with archive.open(part) as stream:
            data = stream.read(part.file_size + 1)
    except preflight.DAMAGED:
        raise UnreadableFile("broken_archive", file=file) from None
    if len(data) > part.file_size:
        raise UnreadableFile("zip_bomb", file=file, size=len(data) // MEGABYTE)
    return data


def _named(grid: Grid, name: str) -> Grid:
    return replace(grid, sheet=f"{name} · {grid.sheet}" if grid.sheet else name)


def _markup(text: bytes, file: str) -> list[Grid]:
    try:
        found = markup.sheets(text)
    except ValueError:
        raise UnreadableFile("broken_workbook", file=file) from None
    if not found:
        raise UnreadableFile("empty_file", file=file)
    return [SheetGrid.from_rows(name, rows) for name, rows in found]
