"""Small workbooks as bytes, the same on every machine: xlsx, ods and the old binary xls.

A sheet is a list of rows of Python values; None is an empty cell.
"""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

Rows = Sequence[Sequence[Any]]
_DAY = dt.datetime(2026, 11, 20)
_NO_THEME = b'<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="none"/>'
_EPOCH = dt.datetime(1899, 12, 30)


def xlsx(sheets: Mapping[str, Rows], change: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    """An Excel workbook; `change` may merge, hide or format afterwards."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        _fill(book.create_sheet(name), rows)
    if change:
        change(book)
    book.properties.created = book.properties.modified = _DAY
    stream = io.BytesIO()
    book.save(stream)
    parts = zipfile.ZipFile(stream)
    kept = {name: parts.read(name) for name in parts.namelist()}
    core = kept["docProps/core.xml"]
    at = core.index(b"<dcterms:modified")
    kept["xl/theme/theme1.xml"] = _NO_THEME
    kept["docProps/core.xml"] = core[:at] + core[core.index(b"</dcterms:modified>", at) + 19 :]
    return archive(kept)


def _fill(sheet: Worksheet, rows: Rows) -> None:
    for at, row in enumerate(rows, start=1):
        for index, value in enumerate(row, start=1):
            if value is not None:
                sheet.cell(at, index, value)


def edited(book: bytes, part: str, old: str, new: str) -> bytes:
    """A workbook with a text inside one of its parts replaced: what openpyxl cannot write."""
    parts = zipfile.ZipFile(io.BytesIO(book))
    kept = {name: parts.read(name) for name in parts.namelist()}
    assert old.encode() in kept[part]
    kept[part] = kept[part].replace(old.encode(), new.encode())
    return archive(kept)


def archive(parts: Mapping[str, bytes]) -> bytes:
    """A zip without compression and with one fixed time, so that its bytes never change."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as target:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, (2026, 11, 20, 0, 0, 0))
            info.create_system = 3
            target.writestr(info, data)
    return stream.getvalue()


# --- OpenDocument -----------------------------------------------------------------------

_ODS_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    "<office:body><office:spreadsheet>"
)


def ods(sheets: Mapping[str, Rows]) -> bytes:
    """A LibreOffice workbook with texts, numbers, booleans and dates."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">{"".join(map(_ods_row, rows))}</table:table>'
        for name, rows in sheets.items()
    )
    content = f"{_ODS_HEAD}{tables}</office:spreadsheet></office:body></office:document-content>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    parts = {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}
    return archive({name: text.encode() for name, text in parts.items()})


def _ods_row(row: Sequence[Any]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, bool):
        typed = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, int | float):
        typed = f'office:value-type="float" office:value="{value}"'
    elif isinstance(value, dt.date):
        typed = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    else:
        typed = 'office:value-type="string"'
    return f"<table:table-cell {typed}><text:p>{escape(str(value))}</text:p></table:table-cell>"


# --- the binary workbook of Excel 97 ------------------------------------------------------


def xls(name: str, rows: Rows) -> bytes:
    """An Excel 97 workbook (BIFF8 in a compound file) with one sheet of texts, numbers and dates."""
    styles = b"".join(_record(0xE0, struct.pack("<HH16x", 0, number_format)) for number_format in (0, 14))
    sheet = _bof(0x10) + b"".join(
        _xls_cell(at, index, value)
        for at, row in enumerate(rows)
        for index, value in enumerate(row)
        if value is not None
    )
    sheet += _record(0x0A, b"")
    label = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    start = len(_bof(5)) + len(styles) + 4 + 6 + len(label) + 4
    globals_ = _bof(5) + styles + _record(0x85, struct.pack("<IBB", start, 0, 0) + label) + _record(0x0A, b"")
    return compound("Workbook", globals_ + sheet)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _bof(kind: int) -> bytes:
    return _record(0x809, struct.pack("<HHHHII", 0x600, kind, 0x0DBB, 0x07CC, 0, 6))


def _xls_cell(at: int, index: int, value: Any) -> bytes:
    if isinstance(value, dt.date):
        moment = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
        return _record(0x203, struct.pack("<HHHd", at, index, 1, (moment - _EPOCH) / dt.timedelta(days=1)))
    if isinstance(value, int | float):
        return _record(0x203, struct.pack("<HHHd", at, index, 0, value))
    text = str(value).encode("utf-16-le")
    return _record(0x204, struct.pack("<HHHHB", at, index, 0, len(text) // 2, 1) + text)


def compound(name: str, stream: bytes) -> bytes:
    """An OLE compound file that holds one stream."""
    stream += b"\0" * (max(4096, -(-len(stream) // 512) * 512) - len(stream))
    sectors = len(stream) // 512
    free, end, fat_mark = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    fat = [fat_mark, end, *range(3, sectors + 2), end]
    fat += [free] * (128 - len(fat))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHHHIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, 1, 0, 4096, end, 0, end)
    head += struct.pack("<I", 0) + struct.pack("<109I", 0, *[free] * 108)
    entries = [_entry("Root Entry", 5, end, 0, child=1), _entry(name, 2, 2, len(stream))]
    entries += [_entry("", 0, 0, 0)] * 2
    return head + struct.pack("<128I", *fat) + b"".join(entries) + stream


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    label = name.encode("utf-16-le")
    label_size = len(label) + 2 if name else 0
    links = struct.pack("<HBBIII", label_size, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return label.ljust(64, b"\0") + links + b"\0" * 36 + struct.pack("<IQ", start, size)
