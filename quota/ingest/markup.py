"""Workbooks that are really markup: an HTML table or Excel 2003 XML under the name .xls.

Only what a table needs is read: rows, cells, and cells that span several. Entities that a
document defines itself are not expanded.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.parsers import expat

_SS = "urn:schemas-microsoft-com:office:spreadsheet"
_MOST_SPANNED = 2_000

Rows = list[list[str]]


def is_markup(text: bytes) -> bool:
    """Whether UTF-8 text is an HTML page with a table, or an Excel 2003 XML workbook."""
    start = text[:4096].lstrip().lower()
    return start.startswith(b"<") and (b"<table" in text[:200_000].lower() or _SS.encode() in text[:4096])


def sheets(text: bytes) -> list[tuple[str | None, Rows]]:
    """The tables of a markup file: (sheet's name, rows of text). Raises `ValueError` if it is broken."""
    if _SS.encode() in text[:4096]:
        return _workbook(text)
    page = _Page()
    page.feed(text.decode("utf-8"))
    page.close()
    return [(None, rows) for rows in page.tables if len(rows) > 1]


class _Page(HTMLParser):
    """Collects every table of a page; a table inside a cell ends the outer one's cell.

    A table's foot may be written above its body, and is shown below it.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Rows] = []
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._hanging: dict[int, tuple[int, str]] = {}  # column → rows still covered, text
        self._foot: int | None = None  # the row that the foot begins with
        self._feet: Rows = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._end_table()
            self.tables.append([])
        elif tag in ("thead", "tbody", "tfoot") and self.tables:
            self._end_foot()
            self._foot = len(self.tables[-1]) if tag == "tfoot" else None
        elif tag == "tr" and self.tables:
            self._close_cell()
            self.tables[-1].append([])
            self._hang()
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._close_cell()
            given = dict(attrs)
            self._span = (_whole(given.get("colspan")), _whole(given.get("rowspan")))
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._close_cell()
        if tag == "table":
            self._end_table()

    def close(self) -> None:
        super().close()
        self._end_table()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _end_table(self) -> None:
        self._end_foot()
        self._hanging.clear()
        if self.tables:
            self.tables[-1] += self._feet
            self._feet = []

    def _end_foot(self) -> None:
        self._close_cell()
        if self._foot is not None:
            self._feet += self.tables[-1][self._foot :]
            del self.tables[-1][self._foot :]
            self._foot = None

    def _close_cell(self) -> None:
        if self._cell is None:
            return
        text = " ".join("".join(self._cell).split())
        self._cell = None
        row = self.tables[-1][-1]
        across, down = self._span
        for at in range(across):
            if down > 1:
                self._hanging[len(row)] = (down - 1, text if at == 0 else "")
            row.append(text if at == 0 else "")
        self._hang()

    def _hang(self) -> None:
        """Fill the columns that a cell above still covers."""
        row = self.tables[-1][-1]
        while len(row) in self._hanging:
            left, text = self._hanging.pop(len(row))
            if left > 1:
                self._hanging[len(row)] = (left - 1, text)
            row.append(text)


def _whole(text: str | None) -> int:
    return min(int(text), _MOST_SPANNED) if text and re.fullmatch(r"\d+", text) and int(text) else 1


def _workbook(text: bytes) -> list[tuple[str | None, Rows]]:
    """Excel 2003 XML: worksheets of rows of cells, where an index may skip empty ones."""
    found: list[tuple[str | None, Rows]] = []
    data: list[str] | None = None

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal data
        at = _index(given)
        if name == f"{_SS}|Worksheet":
            found.append((given.get(f"{_SS}|Name"), []))
        elif name == f"{_SS}|Row" and found:
            rows = found[-1][1]
            rows.extend([] for _ in range(max(1, at - len(rows))))
        elif name == f"{_SS}|Cell" and found and found[-1][1]:
            row = found[-1][1][-1]
            row.extend("" for _ in range(max(1, at - len(row))))
        elif name == f"{_SS}|Data":
            data = []

    def end(name: str) -> None:
        nonlocal data
        if name == f"{_SS}|Data" and data is not None:
            if found and found[-1][1] and found[-1][1][-1]:
                found[-1][1][-1][-1] = _value("".join(data))
            data = None

    def characters(part: str) -> None:
        if data is not None:
            data.append(part)

    parser = expat.ParserCreate(namespace_separator="|")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = characters
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(text, True)
    except expat.ExpatError as fault:
        raise ValueError(str(fault)) from None
    return [(name, rows) for name, rows in found if rows]


def _index(given: dict[str, str]) -> int:
    index = given.get(f"{_SS}|Index", "0")
    return min(int(index), 1_048_576) if index.isdigit() else 0


def _value(text: str) -> str:
    """A DateTime cell's midnight is a date."""
    return text.removesuffix("T00:00:00.000")


def _refuse_entity(*_: object) -> None:
    raise ValueError("the document defines entities")
