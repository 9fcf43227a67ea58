"""What an archive would unpack to, told before it is: from its directory, and from how many cells
stand in the first megabyte of a sheet. A directory that lies is caught while unpacking.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from xml.parsers import expat

from quota.errors import UnreadableFile
from quota.ingest.limits import MAX_BYTES, MAX_CELLS, MAX_PARTS, MAX_UNPACKED, MEGABYTE, believable

# All that the standard library raises over a damaged archive, a member with a password among it.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, struct.error)
_WORKBOOKS = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml|content\.xml")
_CELL = re.compile(rb"<(?:c|\w+:c|table:table-cell)[\s/>]")
_REPEATED = re.compile(rb'<table:table-row\b[^>]*number-rows-repeated="(\d{4,})"[^>/]*>')
# The shortest cell, <c/>: sheets of fewer bytes than that for each cell need no look.
_LEAST = 4 * MAX_CELLS


def is_workbook(data: bytes, file: str) -> bool:
    """Whether a zip is a workbook. Raises `UnreadableFile` for one that would unpack to more than is read."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except DAMAGED:
        raise UnreadableFile("broken_workbook", file=file) from None
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > min(MAX_UNPACKED, believable(len(data))):
        raise UnreadableFile("zip_bomb", file=file, size=unpacked // MEGABYTE)
    if not _WORKBOOKS & {part.filename for part in parts}:
        if unpacked > MAX_BYTES:
            raise too_large(file)
        return False
    _weigh_sheets(archive, [part for part in parts if _SHEET.fullmatch(part.filename)], file)
    _look_into_ods(archive, file)
    return True


def too_large(file: str) -> UnreadableFile:
    """The refusal of an honest archive of too much text."""
    return UnreadableFile("unpacks_too_large", file=file, most=MAX_BYTES // MEGABYTE)


def refuse_cells(count: int, file: str) -> None:
    """Refuse a workbook of so many cells, if they are too many."""
    if count > MAX_CELLS:
        raise UnreadableFile(
            "too_many_cells", file=file, count=round(count / 1e6), most=round(MAX_CELLS / 1e6)
        )


def _look_into_ods(archive: zipfile.ZipFile, file: str) -> None:
    """Refuse an ods whose XML is broken, which the fast reader never finishes, or in which one filled
    row stands for thousands: nobody wrote those."""
    if "content.xml" not in archive.namelist():
        return
    try:
        xml = archive.read("content.xml")
        expat.ParserCreate().Parse(xml, True)
    except (*DAMAGED, NotImplementedError, expat.ExpatError):
        raise UnreadableFile("broken_workbook", file=file) from None
    for row in _REPEATED.finditer(xml):
        if b"<text:p" in xml[row.end() : xml.find(b"</table:table-row>", row.end())]:
            raise UnreadableFile("repeated_rows", file=file, n=int(row[1]))


def _weigh_sheets(archive: zipfile.ZipFile, sheets: list[zipfile.ZipInfo], file: str) -> None:
    if sum(part.file_size for part in sheets) > _LEAST:
        refuse_cells(sum(_cells(archive, part) for part in sheets), file)


def _cells(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """About how many cells a sheet has, if it goes on as it begins."""
    try:
        with archive.open(part) as stream:
            sample = stream.read(MEGABYTE)
    except DAMAGED:
        return 0  # whoever reads it will say what is wrong
    return len(_CELL.findall(sample)) * part.file_size // max(len(sample), 1)
