"""The corpus: clean tables dirtied one way at a time, and files that are nasty by themselves.

Made by code, the same in every run. A case is a file's bytes and its truth: the heading and the
rows as plain cells. `truth` None: the file has none, and only to refuse or to doubt it is right.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from bench.dialects.bases import BASES, Case, Rows
from bench.dialects.nasty import NASTY

DELIMITERS = (",", ";", "\t", "|", "^", "~", ":", " ", "||", "::", "|~|", ", ", " | ", "\t\t", "§", "\x1f")
_NAMES = {"\t": "tab", " ": "space", "\t\t": "tabs", "\x1f": "unit"}


@dataclass(frozen=True)
class Style:
    """How rows are written."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    newline: str = "\r\n"
    every: bool = False
    padding: str = ""


def cases() -> list[Case]:
    """All cases, in the same order every time."""
    found = list(NASTY)
    for name, base in BASES.items():
        rows = base(random.Random(name))
        for case in _dirtied(rows):
            found.append(Case(f"{name}/{case.name}", case.data, case.truth, case.delimiter, case.quote))
    return found


def written(rows: Rows, style: Style = Style()) -> str:
    """Rows as text in a style."""
    return "".join(line(row, style) + style.newline for row in rows)


def line(row: list[str], style: Style) -> str:
    """One row as text, without its line end."""
    return style.delimiter.join(style.padding + _cell(cell, style) for cell in row)


def _cell(cell: str, style: Style) -> str:
    q = style.quote
    telling = (style.delimiter, q, "\n", "\r", style.delimiter[0])
    if not style.every and not any(mark in cell for mark in telling) and cell == cell.strip():
        return cell
    escaped = cell.replace("\\", "\\\\") if style.escape == "\\" else cell
    return q + escaped.replace(q, (style.escape or q) + q) + q


def _dirtied(rows: Rows) -> Iterator[Case]:
    yield from _dialects(rows)
    yield from _encodings(rows)
    yield from _around(rows)
    yield from _rows(rows)
    yield from _stray_quotes(rows)
    yield from _columns(rows)


def _dialects(rows: Rows) -> Iterator[Case]:
    for mark in DELIMITERS:
        name = _NAMES.get(mark, mark)
        # A blank cannot be told from one in a bare cell, so there all cells are quoted.
        style = Style(mark, every=mark == " ")
        yield Case(f"delimiter {name}", written(rows, style).encode(), rows, mark)
        yield Case(
            f"delimiter {name}, all quoted", written(rows, Style(mark, every=True)).encode(), rows, mark
        )
    for mark in (",", ";", "|"):
        style = Style(mark, quote="'", every=True)
        yield Case(f"apostrophes as quotes, {mark}", written(rows, style).encode(), rows, mark, "'")
    backslash = Style(escape="\\", every=True)
    yield Case("backslash before quotes", written(rows, backslash).encode(), rows)
    yield Case("blanks before quotes", written(rows, Style(every=True, padding=" ")).encode(), rows)
    for newline, name in (("\n", "lf"), ("\r", "cr")):
        flat = [[cell.replace("\n", " ") for cell in row] for row in rows]
        yield Case(f"line ends {name}", written(flat, Style(newline=newline)).encode(), flat)
    mixed = "".join(line(row, Style()) + ("\n" if at % 3 == 0 else "\r\n") for at, row in enumerate(rows))
    yield Case("line ends mixed", mixed.encode(), rows)
    yield Case("no last line end", written(rows).removesuffix("\r\n").encode(), rows)
    yield Case("sep line", ("sep=;\r\n" + written(rows, Style(";"))).encode(), rows, ";")


def _encodings(rows: Rows) -> Iterator[Case]:
    text = written(rows, Style(";"))
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
        yield Case(encoding, text.encode(encoding), rows, ";")
    for encoding in ("cp1252", "latin-1", "mac-roman", "cp850"):
        try:
            data = text.encode(encoding)
        except UnicodeEncodeError:
            continue
        if data != text.encode("ascii", "ignore"):
            yield Case(encoding, data, rows, ";")
    broken = text.encode().splitlines(keepends=True)
    broken[7] = broken[7].replace(b";", b"\xe9;", 1)
    mended = [list(row) for row in rows]
    mended[7][0] += "é"
    yield Case(
        "one byte in another encoding",
        b"".join(broken),
        mended if "\n" not in "".join(rows[7]) else None,
        ";",
    )
    yield Case("NUL inside", text.encode()[:200] + b"\0" + text.encode()[200:], None, ";")


def _around(rows: Rows) -> Iterator[Case]:
    text = written(rows)
    width = len(rows[0])
    title = "Report of the office, second edition"
    plain, full = f'"{title}"\r\n', line([title] + [""] * (width - 1), Style()) + "\r\n"
    empty, commas = "\r\n", "," * (width - 1) + "\r\n"
    yield Case("preamble", (plain + empty + text).encode(), rows)
    yield Case("preamble with delimiters", (full + commas + text).encode(), rows)
    yield Case("preamble of three lines", (plain + "Made by: K\r\nDraft\r\n" + empty + text).encode(), rows)
    yield Case("preamble without empty row", (full + text).encode(), rows)
    yield Case(
        "preamble of names and values", ("From,2026-01-01\r\nTo,2026-02-01\r\n\r\n" + text).encode(), rows
    )
    yield Case("footer", (text + empty + "Source: the office\r\n").encode(), rows)
    yield Case(
        "footer with delimiters",
        (text + commas + line(["Source"] + [""] * (width - 1), Style()) + "\r\n").encode(),
        rows,
    )
    yield Case("footer without empty row", (text + "24 rows in all\r\n").encode(), rows)
    yield Case("no heading", written(rows[1:]).encode(), rows[1:])
    yield Case("heading only", written(rows[:1]).encode(), rows[:1])
    yield Case("one row", written(rows[:2]).encode(), rows[:2])
    yield Case(
        "heading twice",
        written([rows[0], *rows]).encode(),
        [[f"{cell} {cell}" for cell in rows[0]], *rows[1:]],
    )
    groups = ["", "Group A", "", "Group B", *[""] * (width - 4)]
    joined = [f"{over} {cell}".strip() for over, cell in zip(groups, rows[0], strict=True)]
    yield Case("groups over the heading", written([groups, *rows]).encode(), [joined, *rows[1:]])
    yield Case("empty rows at the end", (text + commas * 3).encode(), rows)
    yield Case(
        "empty rows inside", written(rows[:6]).encode() + commas.encode() + written(rows[6:]).encode(), rows
    )
    yield Case(
        "blank lines inside", written(rows[:6]).encode() + b"\r\n\r\n" + written(rows[6:]).encode(), rows
    )
    other = [["code", "meaning"], ["1", "open"], ["2", "closed"]]
    yield Case("another table below", (text + empty + written(other)).encode(), None)
    yield Case("the table twice", (text + text).encode(), None)
    narrower = [row[:-1] for row in rows]
    yield Case("a narrower table below", (text + written(narrower)).encode(), None)


def _rows(rows: Rows) -> Iterator[Case]:
    lines = [line(row, Style()) for row in rows]
    width = len(rows[0])
    for at in (1, 5, len(rows) - 1):
        for column in (0, 2, width - 2):
            yield Case(
                f"row {at} lacks delimiter {column}", _with(lines, at, _joined(rows[at], column)), rows
            )
            yield Case(
                f"row {at} has another delimiter {column}", _with(lines, at, _split(rows[at], column)), rows
            )
        yield Case(f"row {at} has other delimiters", _with(lines, at, line(rows[at], Style("|"))), rows)
        yield Case(
            f"row {at} is short",
            _with(lines, at, line(rows[at][:2], Style())),
            [*rows[:at], rows[at][:2], *rows[at + 1 :]],
        )
        yield Case(f"row {at} is long", _with(lines, at, line([*rows[at], "x", "y"], Style())), None)
        yield Case(f"row {at} is empty", _with(lines, at, ""), [*rows[:at], *rows[at + 1 :]])
    trailing = [line([*row, ""], Style()) for row in rows]
    yield Case("a delimiter at every end", "\r\n".join(trailing).encode(), rows)
    yield Case("a delimiter at the rows' ends", "\r\n".join([lines[0], *trailing[1:]]).encode(), rows)
    bare = [rows[0], *([*row[:-1], ""] if at % 2 else row for at, row in enumerate(rows[1:]))]
    cut = [line(row[:-1] if row[-1] == "" else row, Style()) for row in bare]
    yield Case("empty last cells not written", "\r\n".join(cut).encode(), bare)


def _joined(row: list[str], column: int) -> str:
    return line(row[: column + 1], Style()) + line(row[column + 1 :], Style())


def _split(row: list[str], column: int) -> str:
    return line([*row[: column + 1], "", *row[column + 1 :]], Style())


def _with(lines: list[str], at: int, text: str) -> bytes:
    return "\r\n".join([*lines[:at], text, *lines[at + 1 :], ""]).encode()


def _stray_quotes(rows: Rows) -> Iterator[Case]:
    for every in (False, True):
        style = Style(every=every)
        lines = [line(row, style) for row in rows]
        for at in (1, 4, len(rows) - 2):
            for column in range(len(rows[0])):
                cells = [_cell(cell, style) for cell in rows[at]]
                bare = cells[column] == rows[at][column]
                # Put in front of the value, as by a slip of the finger: in the quotes, if there are any.
                cells[column] = '"' + rows[at][column] if bare else '""' + cells[column][1:]
                truth = [list(row) for row in rows]
                truth[at][column] = '"' + truth[at][column]
                name = f"stray quote {at} {column}{', all quoted' if every else ''}"
                if "\n" not in "".join(rows[at]):
                    yield Case(name, _with(lines, at, ",".join(cells)), truth)
    flat = [row for row in rows if "\n" not in "".join(row)]
    lines = [line(row, Style()) for row in flat]
    pair = [list(row) for row in flat]
    for at, text in ((3, '"{}'), (6, '{}"')):
        pair[at][0] = text.format(pair[at][0])
        lines[at] = ",".join([pair[at][0], *(_cell(cell, Style()) for cell in pair[at][1:])])
    yield Case("two stray quotes three rows apart", "\r\n".join([*lines, ""]).encode(), pair)
    yield Case(
        "quote that never closes",
        _with(
            lines[:3]
            + [",".join(c for c in lines[3].split('"')) for _ in (0,)]
            + [x.replace('"', "") for x in lines[4:]],
            3,
            '"' + lines[3].replace('"', ""),
        ),
        None,
    )


def _columns(rows: Rows) -> Iterator[Case]:
    empty_first = [["", *row] for row in rows]
    yield Case("empty first column", written(empty_first).encode(), empty_first)
    empty_inside = [[*row[:2], "", *row[2:]] for row in rows]
    yield Case("empty column inside", written(empty_inside).encode(), empty_inside)
    unnamed = [["", *rows[0][1:]], *rows[1:]]
    yield Case("first heading empty", written(unnamed).encode(), unnamed)
    same = [[rows[0][0]] * 2 + rows[0][2:], *rows[1:]]
    yield Case("a heading twice", written(same).encode(), same)
    wide = [
        [f"c{at}" for at in range(1500)],
        *([str(at * row % 97) for at in range(1500)] for row in range(6)),
    ]
    yield Case("1500 columns", written(wide).encode(), wide)
    blanks = [rows[0], *([f"  {row[0]}", *row[1:]] for row in rows[1:])]
    text = "".join(
        ",".join(c if c == f"  {c.strip()}" and "," not in c else _cell(c, Style()) for c in row) + "\n"
        for row in blanks
    )
    yield Case("leading blanks", text.encode(), blanks)
    one = [[row[0]] for row in rows if "," not in row[0]]
    yield Case("one column", written(one, Style("\x00")).encode(), one, "")
    marks = [rows[0], *([f"line one\nline {at}, two", *row[1:]] for at, row in enumerate(rows[1:]))]
    yield Case("line breaks in cells", written(marks).encode(), marks)
