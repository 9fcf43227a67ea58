"""Cells of an xlsx that the fast reader hands over as empty, though they are not: errors such as
#REF!, and formulas whose result was never stored. Found in the sheets' own XML.
"""

from __future__ import annotations

import io
import re
import zipfile
from xml.sax.saxutils import unescape

_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
_GIVEN = re.compile(rb'([\w:]+)="([^"]*)"')
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"([^>]*)>(.*?)</c>', re.S)
_FORMULA = re.compile(rb"<f\b[^>]*?(?:/>|>(.*?)</f>)", re.S)
_VALUE = re.compile(rb"<v>([^<]+)</v>")
_CANDIDATE = re.compile(rb'<c r="[A-Z]{1,3}\d{1,7}"[^>]*(?:t="e"[^>]*>|>\s*<f\b)')

Cells = dict[tuple[int, int], str]


def find(data: bytes) -> dict[str, Cells]:
    """Sheet's name → (row, column), counted from 0 → the error, or the formula behind a "="."""
    found: dict[str, Cells] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name, part in _parts(archive).items():
            xml = archive.read(part)
            if b't="e"' in xml or b"<f" in xml:
                found[name] = _cells(xml)
    return found


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet's name → its part in the archive."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return {}
    targets = {}
    for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        given = dict(_GIVEN.findall(tag))
        target = given.get(b"Target", b"").decode().lstrip("/")
        targets[given.get(b"Id")] = target if target.startswith("xl/") else f"xl/{target}"
    parts = {}
    for tag in _SHEET.findall(archive.read("xl/workbook.xml")):
        given = dict(_GIVEN.findall(tag))
        part = targets.get(next((value for key, value in given.items() if key.endswith(b":id")), None))
        if b"name" in given and part in names:
            parts[unescape(given[b"name"].decode(), {"&quot;": '"', "&apos;": "'"})] = part
    return parts


def _cells(xml: bytes) -> Cells:
    found: Cells = {}
    for candidate in _CANDIDATE.finditer(xml):
        cell = _CELL.match(xml, candidate.start())
        if cell is None:
            continue
        letters, row, given, inside = cell.groups()
        value = _VALUE.search(inside)
        place = int(row) - 1, _column(letters)
        if b't="e"' in given:
            found[place] = value[1].decode() if value else "#N/A"
        elif value is None and b"<is>" not in inside and (formula := _FORMULA.search(inside)):
            found[place] = "=" + unescape((formula[1] or b"").decode())
    return found


def _column(letters: bytes) -> int:
    at = 0
    for letter in letters:
        at = at * 26 + letter - 64
    return at - 1
