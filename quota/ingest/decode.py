"""Bytes → what kind of file it is, and for text the text itself as UTF-8.

The content decides, never the file's name. Text is UTF-8 unless its bytes say otherwise;
what is no known encoding is refused, nothing is replaced by question marks.
"""

from __future__ import annotations

import charset_normalizer

from quota.errors import UnreadableFile

_ZIP = b"PK\x03\x04"
_GZIP = b"\x1f\x8b"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_NOT_TABLES = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"%PDF": "PDF",
    b"BM": "BMP",
    b"II*\x00": "TIFF",
    b"RIFF": "RIFF",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "RAR",
    b"{\\rtf": "RTF",
    b"SQLite format": "SQLite",
    b"PAR1": "Parquet",
}
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_SAMPLE = 200_000
# Letters of the languages that our users write; a wrong single-byte guess shows none of them.
_LETTERS = frozenset("åäöæøüéÅÄÖÆØÜÉßèáíóñç€£§°–—’“”…·")


def file_kind(data: bytes, file: str) -> str:
    """gzip, zip, workbook (an old binary one) or text; raises `UnreadableFile` for what holds no table."""
    if not data:
        raise UnreadableFile("empty_file", file=file)
    if data.startswith(_COMPOUND):
        if _ENCRYPTED in data:
            raise UnreadableFile("password_protected", file=file)
        return "workbook"
    if data.startswith(_ZIP):
        return "zip"
    if data.startswith(_GZIP):
        return "gzip"
    for magic, name in _NOT_TABLES.items():
        if data.startswith(magic) and (magic != b"BM" or b"\x00" in data[:64]):
            raise UnreadableFile("not_a_table", file=file, kind=name)
    return "text"


def as_utf8(data: bytes, file: str) -> tuple[bytes, str]:
    """Text bytes in any encoding → (the same in UTF-8 without a mark, the encoding's name)."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding, file)
    if b"\x00" in data[:_SAMPLE]:
        wide = _wide_encoding(data[:_SAMPLE])
        if wide:
            return _decoded(data, wide, file)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, _single_byte_encoding(data), file)
    return _without_nul(data, file), "utf-8"


def _decoded(data: bytes, encoding: str, file: str) -> tuple[bytes, str]:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableFile("unknown_encoding", file=file) from None
    return _without_nul(text.encode("utf-8"), file), encoding


def _without_nul(data: bytes, file: str) -> bytes:
    place = data.find(b"\x00")
    if place >= 0:
        raise UnreadableFile("nul_byte", file=file, row=data.count(b"\n", 0, place) + 1)
    return data


def _wide_encoding(sample: bytes) -> str | None:
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > 0.3 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.3 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _single_byte_encoding(data: bytes) -> str:
    """cp1252, latin-1 or mac-roman, by which makes the letters of our languages; else a detector's word."""
    place = next((at for at in range(len(data)) if data[at] > 127), 0)
    sample = data[max(0, place - 1000) : place + _SAMPLE]
    marks = bytes(byte for byte in sample if byte > 127)
    best, share = "", 0.0
    for encoding in ("cp1252", "mac-roman", "cp850"):
        try:
            letters = marks.decode(encoding)
        except UnicodeDecodeError:
            continue
        hits = sum(letter in _LETTERS for letter in letters) / len(letters)
        if hits > share:
            best, share = encoding, hits
    if share >= 0.8:
        return best
    found = charset_normalizer.from_bytes(sample).best()
    if found is not None and not found.encoding.startswith("utf"):
        return str(found.encoding)
    return best or "cp1252"
