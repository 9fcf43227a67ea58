"""Ways to break a file, chosen by a given chance: the same chance breaks it the same way."""

from __future__ import annotations

import gzip
import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MAX_MUTATIONS = 4
# What hurts most in a table: ends of cells and rows, quotes, formulas, strange numbers and dates.
_BITS = (
    b",", b";", b"\t", b"|", b'"', b"'", b'""', b"\n", b"\r\n", b"\r", b"\n\n\n", b"\0", b"\xff", b"\xfe",
    b"\xef\xbb\xbf", b"\xc3", b"\xe2\x80", b"=", b"=1+1", b"-", b"%", b"1e309", b"nan", b"inf", b"-0",
    b"99999999999999999999", b"0000-00-00", b"2026-02-30", b"31/12/9999 24:00", b"1/1/0001", b"45000.5",
    "٣".encode(), "２０２６".encode(), "\u2028".encode(), "\u200b".encode(), "²".encode(), b"W54", b"uge 99",
    b"Total", b"Rep", b"Date", b"#REF!", b"(", b"kr. ", b"00:00", b"2026-11-09T10:00:00+99:00", b" " * 300,
    b"," * 300, b"\n" * 300, b"<table>", b"&lt;", b"sep=\n", b"{", b"[" * 500,
)  # fmt: skip
_XML = (
    b"<", b">", b"</row>", b"<row>", b'<row r="0">', b'<row r="1048577">', b'<c r="ZZZZ9" t="s"><v>1</v></c>',
    b't="s"', b't="e"', b't="d"', b"<v>99999999</v>", b"<v>-1</v>", b"<v>nan</v>", b'r="A0"', b'r="XFD2"',
    b"&#0;", b"&bad;", b"<!DOCTYPE x>", b"<f>", b"</f>", b'ref="A1:XFD1048576"',
    b'number-columns-repeated="9999"', b'number-rows-repeated="99999"', b"<is><t>", b"]]>", b'count="-1"',
    b'state="hidden"',
)  # fmt: skip


@dataclass(frozen=True)
class Seed:
    """A sound file to start from."""

    name: str
    data: bytes


def mutated(seeds: Sequence[Seed], chance: random.Random) -> tuple[str, bytes]:
    """A name and the bytes of a seed with one to four things wrong with it."""
    seed = chance.choice(seeds)
    other = chance.choice(seeds).data
    if seed.data.startswith(b"PK") and chance.random() < 0.7:
        return seed.name, _archive(seed.data, chance)
    if seed.data.startswith(b"\x1f\x8b") and chance.random() < 0.7:
        return seed.name, gzip.compress(_broken(gzip.decompress(seed.data), other, chance), 1)
    return seed.name, _broken(seed.data, other, chance)


def _broken(data: bytes, other: bytes, chance: random.Random, bits: Sequence[bytes] = _BITS) -> bytes:
    for _ in range(chance.randint(1, MAX_MUTATIONS)):
        data = chance.choice(_WAYS)(data, other, chance, bits)
    return data


def _flip(data: bytes, other: bytes, chance: random.Random, bits: Sequence[bytes]) -> bytes:
    found = bytearray(data)
    for _ in range(chance.randint(1, 8) if found else 0):
        found[chance.randrange(len(found))] = chance.randrange(256)
    return bytes(found)


def _truncate(data: bytes, other: bytes, chance: random.Random, bits: Sequence[bytes]) -> bytes:
    return data[: chance.randint(0, len(data))]


def _cut(data: bytes, other: bytes, chance: random.Random, bits: Sequence[bytes]) -> bytes:
    start = chance.randint(0, len(data))
    return data[:start] + data[start + chance.randint(1, 200) :]


def _repeat(data: bytes, other: bytes, chance: random.Random, bits: Sequence[bytes]) -> bytes:
    start = chance.randint(0, len(data))
    piece = data[start : start + chance.randint(1, 400)]
    return data[:start] + piece * chance.randint(2, 20) + data[start:]


def _splice(data: bytes, other: bytes, chance: random.Random, bits: Sequence[bytes]) -> bytes:
    start = chance.randint(0, len(other))
    at = chance.randint(0, len(data))
    return data[:at] + other[start : start + chance.randint(1, 2_000)] + data[at:]


def _insert(data: bytes, other: bytes, chance: random.Random, bits: Sequence[bytes]) -> bytes:
    for _ in range(chance.randint(1, 10)):
        at = chance.randint(0, len(data))
        data = data[:at] + chance.choice(bits) + data[at:]
    return data


def _replace(data: bytes, other: bytes, chance: random.Random, bits: Sequence[bytes]) -> bytes:
    """One mark for another throughout, as a careless tool does."""
    here = [bit for bit in bits if len(bit) < 3 and bit in data]
    return data.replace(chance.choice(here), chance.choice(bits)[:40], 5_000) if here else data


def _swap_cells(data: bytes, other: bytes, chance: random.Random, bits: Sequence[bytes]) -> bytes:
    """A cell's text put where another stood."""
    cells = [found.span() for found in re.finditer(rb"[^,;\t\n\r<>]+", data[:50_000])]
    if not cells:
        return data
    (start, stop), (first, last) = chance.choice(cells), chance.choice(cells)
    return data[:start] + data[first:last] + data[stop:]


def _shuffle_lines(data: bytes, other: bytes, chance: random.Random, bits: Sequence[bytes]) -> bytes:
    lines = data.split(b"\n")
    chance.shuffle(lines)
    return b"\n".join(lines)


_Way = Callable[[bytes, bytes, random.Random, Sequence[bytes]], bytes]
_WAYS: tuple[_Way, ...] = (
    _flip, _truncate, _cut, _repeat, _splice, _insert, _insert, _replace, _swap_cells, _swap_cells,
    _shuffle_lines,
)  # fmt: skip


def _archive(data: bytes, chance: random.Random) -> bytes:
    """A zip whose members are broken one by one, packed again so that the archive itself is sound."""
    packed = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(data)) as old,
            zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            names = old.namelist()
            chosen = set(chance.sample(names, min(len(names), chance.randint(1, 2))))
            for name in names:
                part = old.read(name)
                new.writestr(name, _broken(part, part, chance, _XML) if name in chosen else part)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error):
        return _broken(data, data, chance)
    return packed.getvalue()
