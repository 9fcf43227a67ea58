"""Bytes → what kind of file it is, and for text the text itself as UTF-8.

The content decides, never the file's name. Text is UTF-8 unless its bytes say otherwise; a
few lines in another encoding among UTF-8 are read in theirs and named. What is no known
encoding is refused, nothing is replaced by question marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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
_NOT_CP1252 = {b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"}
# Letters of the languages that our users write; a wrong single-byte guess shows none of them.
_LETTERS = frozenset("åäöæøüéÅÄÖÆØÜÉßáíóñàâçèêëîïôùûœ€£§°–—’“”…·")
# The euro, or Š Ž before a letter and š ž between letters, where cp1252 has signs that stand alone.
_LATIN_9 = re.compile(
    rb"\xa4|(?<![A-Za-z\xc0-\xff])[\xa6\xb4][A-Za-z\xc0-\xff]|[A-Za-z\xc0-\xff][\xa8\xb8][A-Za-z\xc0-\xff]"
)
_ONLY_CP1252 = re.compile(rb"[\x80-\x9f]")


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


@dataclass(frozen=True)
class Decoded:
    """A text in UTF-8 without a mark, and the encoding it came in.

    `repaired`: the lines, from 1, that are not in that encoding and were read as cp1252.
    `sure`: the bytes leave no doubt which encoding it is.
    """

    text: bytes
    encoding: str
    repaired: tuple[int, ...] = ()
    sure: bool = True


def as_utf8(data: bytes, file: str) -> Decoded:
    """Text bytes in any encoding → the same in UTF-8."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            data = data[len(mark) :]
            if encoding != "utf-8":
                return _decoded(data, encoding, file)
            break
    if b"\x00" in data[:_SAMPLE]:
        wide = _wide_encoding(data[:_SAMPLE])
        if wide:
            return _decoded(data, wide, file)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if _partly_utf8(data):
            return _line_by_line(data, file)
        encoding, sure = _single_byte_encoding(data)
        return _decoded(data, encoding, file, sure=sure)
    return Decoded(_without_nul(data, file), "utf-8")


def _decoded(data: bytes, encoding: str, file: str, *, sure: bool = True) -> Decoded:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableFile("unknown_encoding", file=file) from None
    return Decoded(_without_nul(text.encode("utf-8"), file), encoding, sure=sure)


def _partly_utf8(data: bytes) -> bool:
    """Whether text that is not all UTF-8 holds letters that are, more than come by accident."""
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd") - data.count("\ufffd".encode())
    letters = len(text) - len(data.translate(None, bytes(range(128, 256)))) - broken
    return letters * 3 >= broken


def _line_by_line(data: bytes, file: str) -> Decoded:
    """UTF-8 with lines in cp1252 among it."""
    lines, repaired = data.split(b"\n"), []
    for at, line in enumerate(lines):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            repaired.append(at + 1)
            lines[at] = _mended(line).encode("utf-8")
    return Decoded(_without_nul(b"\n".join(lines), file), "utf-8", tuple(repaired))


def _mended(line: bytes) -> str:
    """A line with letters in UTF-8 kept, and each byte that is none read as cp1252, or latin-1."""
    text = ""
    while line:
        try:
            return text + line.decode("utf-8")
        except UnicodeDecodeError as fault:
            odd = line[fault.start : fault.start + 1]
            text += line[: fault.start].decode("utf-8")
            text += odd.decode("cp1252") if odd not in _NOT_CP1252 else odd.decode("latin-1")
            line = line[fault.start + 1 :]
    return text


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


def _single_byte_encoding(data: bytes) -> tuple[str, bool]:
    """cp1252, latin-1 or mac-roman, by which makes the letters of our languages; else a detector's word.

    With it, whether that is sure: enough letters, and no other encoding does nearly as well.
    """
    place = next((at for at in range(len(data)) if data[at] > 127), 0)
    sample = data[max(0, place - 1000) : place + _SAMPLE]
    marks = bytes(byte for byte in sample if byte > 127)
    shares = {encoding: _share(marks, encoding) for encoding in ("cp1252", "mac-roman", "cp850")}
    best = max(shares, key=lambda encoding: shares[encoding])
    second = sorted(shares.values())[-2]
    if best == "cp1252" and _LATIN_9.search(sample) and not _ONLY_CP1252.search(sample):
        return "iso8859-15", False
    if shares[best] >= 0.8:
        return best, shares[best] > second and (
            best == "cp1252" or (len(marks) >= 6 and shares[best] - second >= 0.3)
        )
    found = charset_normalizer.from_bytes(sample).best()
    if found is not None and not found.encoding.startswith("utf"):
        return str(found.encoding), False
    return (best if shares[best] else "cp1252"), False


def _share(marks: bytes, encoding: str) -> float:
    """The share of bytes beyond ASCII that are letters of our languages; 0 if any is no letter at all."""
    try:
        letters = marks.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    return sum(letter in _LETTERS for letter in letters) / len(letters)
