"""A file over a limit is refused in one sentence before it costs anything: in under two seconds."""

from __future__ import annotations

import gzip
import io
import os
import time
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import bad_files
import pytest

from quota import i18n, intake
from quota.errors import UnreadableFile
from quota.ingest import delimited, limits
from quota.ingest.reader import read_file

MEGABYTE = limits.MEGABYTE
# The refusals take 0.01 to 0.7 s; on a desk that is busy with other things nobody measures.
PATIENCE = 2.0 if os.environ.get("CI") == "true" else 60.0
_HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def _sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


def _rows(path: Path, rows: int, line: bytes = b"Ann Berg,2026-11-09,Call\n") -> None:
    with path.open("wb") as file:
        file.write(b"Rep,Date,Type\n")
        for _ in range(rows // 1000):
            file.write(line * 1000)
        file.write(line * (rows % 1000))


def _gzipped(blocks: Iterable[bytes]) -> bytes:
    packer, packed = zlib.compressobj(1, zlib.DEFLATED, 31), []
    packed += [packer.compress(block) for block in blocks]
    return b"".join([*packed, packer.flush()])


def _ten_gigabytes(path: Path) -> None:
    """One gzip member after another, each of a gigabyte of nothing."""
    gigabyte = _gzipped([bytes(MEGABYTE)] * 1024)
    path.write_bytes(gigabyte * 10)


def _long_text(path: Path) -> None:
    """210 MB of csv that says something, gzipped to a believable size."""
    block = (os.urandom(5_000).hex() * 100 + "\n").encode()
    path.write_bytes(_gzipped([bad_files.activities_csv(), *[block] * 210]))


def _cells(path: Path, cells: int) -> None:
    """A sheet of so many cells with different numbers, so that its size is believable."""
    row = "".join(f'<c r="A1"><v>{int.from_bytes(os.urandom(4), "big")}</v></c>' for _ in range(1000))
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book,
        zipfile.ZipFile(io.BytesIO(bad_files.workbook())) as good,
    ):
        for part in good.infolist():
            if "sheet1" not in part.filename:
                book.writestr(part, good.read(part))
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(_HEAD)
            for _ in range(cells // 1000):
                sheet.write(f"<row>{row}</row>".encode())
            sheet.write(b"</sheetData></worksheet>")


def _zipped(path: Path, name: str, content: bytes, times: int = 1) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for at in range(times):
            archive.writestr(f"{at}{name}", content)


def _nested(path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", bad_files.activities_csv())
    _zipped(path, "inner.zip", inner.getvalue())


def _bytes(data: Callable[[], bytes]) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(data()) and None


OVER = (
    ("201_MB.csv", lambda path: _sparse(path, 201 * MEGABYTE), "file_too_large", "201"),
    ("sparse.csv", lambda path: _sparse(path, 5 << 30), "file_too_large", "5120"),
    ("rows.csv", lambda path: _rows(path, limits.MAX_ROWS + 1), "too_many_rows", "5,000,001"),
    (
        "quoted.csv",
        lambda path: _rows(path, limits.MAX_ROWS + 1, b'"Ann","1/2","x"\n'),
        "too_many_rows",
        "5,000,001",
    ),
    ("cells.xlsx", lambda path: _cells(path, 20_000_000), "too_many_cells", "20"),
    ("ten_gigabytes.csv.gz", _ten_gigabytes, "unpacks_too_large", "200 MB"),
    ("long.csv.gz", _long_text, "unpacks_too_large", "200 MB"),
    ("small.csv.gz", _bytes(lambda: bad_files.gzip_bomb(60)), "zip_bomb", "MB"),
    ("bomb.xlsx", _bytes(lambda: bad_files.bomb(megabytes=600, honest=True)), "zip_bomb", "600 MB"),
    ("bomb.zip", lambda path: _zipped(path, ".csv", bytes(150 * MEGABYTE)), "zip_bomb", "150 MB"),
    ("nested.zip", _nested, "empty_archive", ""),
    ("parts.zip", lambda path: _zipped(path, ".csv", b"a,b\n1,2\n", 1_001), "zip_bomb", "MB"),
    ("columns.csv", _bytes(lambda: b",".join([b"x"] * 100_000)), "too_many_columns", "100000"),
)


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """The child has started, as it has in a running server."""
    assert intake.read(bad_files.activities_csv(), "first.csv").accepted == 2


@pytest.mark.parametrize(("name", "write", "code", "says"), OVER, ids=[over[0] for over in OVER])
def test_what_is_over_a_limit_is_refused_at_once(
    name: str, write: Callable[[Path], None], code: str, says: str, tmp_path: Path
) -> None:
    write(tmp_path / name)
    began = time.monotonic()
    with pytest.raises(UnreadableFile) as refusal:
        intake.read(tmp_path / name)
    assert time.monotonic() - began < PATIENCE
    assert refusal.value.code == code
    assert says in i18n.error_message(refusal.value, "en")


@pytest.mark.parametrize("line", [b"x" * 50 * MEGABYTE, b"ab," * (50 * MEGABYTE // 3)])
def test_one_line_of_fifty_megabytes_is_refused(line: bytes, tmp_path: Path) -> None:
    (tmp_path / "line.csv").write_bytes(line)
    began = time.monotonic()
    with pytest.raises(UnreadableFile):
        intake.read(tmp_path / "line.csv")
    assert time.monotonic() - began < PATIENCE


def test_rows_of_quoted_cells_are_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_ROWS", 2)
    text = b'Rep,Note\nAnn,"one\ntwo\nthree"\nBob,"four\nfive"\n'
    assert delimited.read(text, "two.csv").height == 3
    with pytest.raises(UnreadableFile, match="too_many_rows"):
        delimited.read(text + b"Cid,six\n", "three.csv")


def test_what_is_within_the_limits_is_read(tmp_path: Path) -> None:
    """So that the refusals above are for their size, and not for how the files are built."""
    _rows(tmp_path / "rows.csv", 10_000)
    assert intake.read(tmp_path / "rows.csv").accepted == 10_000
    (tmp_path / "rows.csv.gz").write_bytes(gzip.compress((tmp_path / "rows.csv").read_bytes()))
    assert intake.read(tmp_path / "rows.csv.gz").accepted == 10_000


def test_the_browser_is_told_the_same_limit() -> None:
    settings = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())
    assert settings["server"]["maxUploadSize"] == limits.MAX_BYTES // MEGABYTE


def test_a_cell_as_long_as_a_letter_costs_no_time() -> None:
    """Patterns for numbers and dates have many choices; blanks would make them try every one."""
    blanks = " " * 3_000
    spent = time.process_time()
    prose = "week 9 of 2026 and the calls " * 100
    text = f"Rep,Date,Type,Amount,{prose}\nAnn,2026-11-09,Call,1{blanks}x,a\n"
    text += f"Bob,9{blanks}Nov{blanks}2026x,Call,2,b\n"
    (table,) = read_file(text.encode(), "long.csv").tables
    assert time.process_time() - spent < 2
    assert (table.accepted, table.rejected) == (1, 1)


def test_a_row_left_out_keeps_its_rep_where_names_are_filled_down() -> None:
    text = (
        "Activity ID,Rep,Date,Type,Status\nA1,Ann,2026-11-09,Call,Completed\nA2,,2026-11-10,Call,Completed\n"
        "A3,,2026-11-11,Call,Completed\nA4,Bob,2026-11-10,Call,Not Started\n"
    )
    (table,) = read_file(text.encode(), "blocks.csv").tables
    events = table.frames["activities"].select(["rep", "withdrawn"]).to_pylist()
    assert [event["rep"] for event in events] == ["Ann", "Ann", "Ann", "Bob"]
    assert events[-1]["withdrawn"]
