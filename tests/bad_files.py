"""Files that break readers, built byte by byte: what each holds is seen here, not in a binary."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

HEADINGS = ("Rep", "Date", "Type")
ROWS = (("Ann", "2026-11-09", "Call"), ("Bob", "2026-11-10", "Email"))


def activities_csv(*rows: tuple[str, ...], headings: tuple[str, ...] = HEADINGS) -> bytes:
    """A plain export: the rows given, or two good ones."""
    return "".join(",".join(row) + "\n" for row in (headings, *(rows or ROWS))).encode()


def cells_xml(rows: Mapping[int, tuple[str, ...]]) -> str:
    """`sheetData` of texts: row number → cells from column A on."""
    return "".join(
        f'<row r="{at}">'
        + "".join(
            f'<c r="{chr(65 + i)}{at}" t="inlineStr"><is><t>{text}</t></is></c>' for i, text in enumerate(row)
        )
        + "</row>"
        for at, row in rows.items()
    )


GOOD_CELLS = cells_xml({1: HEADINGS, 2: ROWS[0], 3: ROWS[1]})


def sheet_xml(cells: str, doctype: str = "") -> bytes:
    """A worksheet part."""
    return f'{_HEAD}{doctype}<worksheet xmlns="{_MAIN}"><sheetData>{cells}</sheetData></worksheet>'.encode()


def workbook(sheet: bytes = sheet_xml(GOOD_CELLS), state: str = "visible") -> bytes:
    """An xlsx with one sheet, "Export"."""
    return workbooks({"Export": sheet}, state)


def workbooks(sheets: Mapping[str, bytes], state: str = "visible") -> bytes:
    """An xlsx with these sheets, all in one state."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in _parts(list(sheets), state).items():
            book.writestr(name, part)
        for at, sheet in enumerate(sheets.values(), 1):
            book.writestr(f"xl/worksheets/sheet{at}.xml", sheet)
    return packed.getvalue()


def corners() -> bytes:
    """Text in the first and in the very last cell a sheet can have, and nowhere else."""
    first = '<row r="1"><c r="A1" t="inlineStr"><is><t>Rep</t></is></c></row>'
    last = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    return workbook(sheet_xml(first + last))


def laughs() -> bytes:
    """A billion laughs: ten entities, each ten times the one before."""
    entities = '<!ENTITY l0 "lol">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    cells = cells_xml({1: HEADINGS, 2: ("&l9;", "2026-11-09", "Call")})
    return workbook(sheet_xml(cells, f"<!DOCTYPE worksheet [{entities}]>"))


def bomb(*, megabytes: int, honest: bool) -> bytes:
    """Two good rows and so much blank space; not `honest`: the zip's directory says 1,000 bytes."""
    start, end = sheet_xml(GOOD_CELLS + "\0").split(b"\0")
    deflated, checksum = _inflatable(start, megabytes, end)
    return _with_part(deflated, checksum, (megabytes << 20) + len(start + end) if honest else 1000)


def gzip_bomb(megabytes: int) -> bytes:
    """An export that is nearly all blank space, gzipped."""
    start, end = activities_csv(), b"\n"
    deflated, checksum = _inflatable(start, megabytes, end)
    size = (megabytes << 20) + len(start + end)
    return b"\x1f\x8b\x08" + bytes(6) + b"\xff" + deflated + struct.pack("<II", checksum, size)


def _inflatable(start: bytes, megabytes: int, end: bytes) -> tuple[bytes, int]:
    """`start`, so many megabytes of blanks and `end`, deflated; and their checksum."""
    blank, packer = b" " * (1 << 20), zlib.compressobj(9, zlib.DEFLATED, -15)
    # A full flush ends on a byte and forgets what was before, so one megabyte can be repeated.
    head = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    megabyte = packer.compress(blank) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = zlib.crc32(start)
    for _ in range(megabytes):
        checksum = zlib.crc32(blank, checksum)
    return head + megabyte * megabytes + packer.compress(end) + packer.flush(), zlib.crc32(end, checksum)


def _with_part(deflated: bytes, checksum: int, told: int) -> bytes:
    """A workbook with an already packed sheet, of which local header and directory say `told` bytes."""
    book = workbook(b"")
    at = book.index(b"PK\x05\x06")
    entries, _, start = struct.unpack("<HII", book[at + 10 : at + 20])
    directory = book[start:at]
    last = directory.rindex(b"PK\x01\x02")
    place = struct.unpack("<I", directory[last + 42 : last + 46])[0]
    name = b"xl/worksheets/sheet1.xml"
    fields = struct.pack("<HHHHHIII", 20, 0, 8, 0, 33, checksum, len(deflated), told)
    local = b"PK\x03\x04" + fields + struct.pack("<HH", len(name), 0) + name
    entry = (
        b"PK\x01\x02"
        + struct.pack("<H", 20)
        + fields
        + struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, place)
        + name
    )
    directory = directory[:last] + entry
    body = book[:place] + local + deflated
    tail = struct.pack("<HHHHIIH", 0, 0, entries, entries, len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + tail


def archive_of_nowhere() -> bytes:
    """A zip whose directory puts its one file before the beginning of the archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("activities.csv", activities_csv())
    book = packed.getvalue()
    at = book.index(b"PK\x05\x06")
    # The directory is said to begin later than it does, so every place in it moves to the front.
    return (
        book[: at + 16]
        + struct.pack("<I", struct.unpack("<I", book[at + 16 : at + 20])[0] + 100)
        + book[at + 20 :]
    )


def protected() -> bytes:
    """What Excel saves with a password: a compound file that holds an encrypted package."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", header, 40, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    names = ("Root Entry", "EncryptionInfo", "EncryptedPackage", "")
    return bytes(header) + table + b"".join(_entry(name, at) for at, name in enumerate(names))


def spreadsheet(body: str) -> bytes:
    """An ods with one sheet, "Export", of the table rows given."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'{_HEAD}<office:document-content {spaces} office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="Export">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'{_HEAD}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(zipfile.ZipInfo("mimetype"), kind)
        book.writestr("content.xml", content)
        book.writestr("META-INF/manifest.xml", manifest)
    return packed.getvalue()


def ods_row(*texts: str, columns: int = 1, rows: int = 1) -> str:
    """A table row; its last cell stands in so many `columns`, the whole row in so many `rows`."""
    cells = [
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        for text in texts
    ]
    if columns > 1:
        cells[-1] = cells[-1].replace(
            "<table:table-cell", f'<table:table-cell table:number-columns-repeated="{columns}"'
        )
    return f'<table:table-row table:number-rows-repeated="{rows}">{"".join(cells)}</table:table-row>'


def _entry(name: str, at: int) -> bytes:
    """One entry of a compound file's directory: 0 is the root, 1 its first stream, 2 beside it."""
    raw = name.encode("utf-16-le")
    entry = bytearray(128)
    entry[: len(raw)] = raw
    child, right = (1 if at == 0 else 0xFFFFFFFF), (2 if at == 1 else 0xFFFFFFFF)
    kind = 0 if not name else 5 if at == 0 else 2
    struct.pack_into("<HBBIII", entry, 64, len(raw) + 2 if name else 0, kind, 1, 0xFFFFFFFF, right, child)
    struct.pack_into("<II", entry, 116, 0xFFFFFFFE, 0)
    return bytes(entry)


def _parts(sheets: Sequence[str], state: str) -> dict[str, str]:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    numbered = list(enumerate(sheets, 1))
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{kind}.worksheet+xml"/>'
        for at, _ in numbered
    )
    names = "".join(
        f'<sheet name="{name}" sheetId="{at}" state="{state}" r:id="rId{at}"/>' for at, name in numbered
    )
    targets = "".join(
        f'<Relationship Id="rId{at}" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at, _ in numbered
    )
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{types}</Types>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}">'
        f"<sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{targets}</Relationships>",
    }
