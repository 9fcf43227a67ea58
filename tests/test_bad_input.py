"""Bad input: one clear sentence in every language, and nothing stored by halves.

A file that cannot be read is refused whole (exit status 2, the workspace untouched); a bad
row is refused alone (exit status 1, the others stored).
"""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import bad_files as b
import pytest
from click.testing import CliRunner, Result

from quota import cli, i18n, intake
from quota.errors import UnreadableFile
from quota.ingest import guard
from quota.workspace import Workspace

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Bad:
    """A file's name, its bytes, the code of its refusal, and what the sentence must name besides it."""

    name: str
    data: Callable[[], bytes]
    code: str
    says: tuple[str, ...] = ()


def _ods(*rows: str) -> bytes:
    return b.spreadsheet(b.ods_row(*b.HEADINGS) + "".join(rows))


BAD = (
    Bad("empty.csv", lambda: b"", "empty_file"),
    Bad("blank.csv", lambda: b" \n\r\n\t\n", "empty_file"),
    Bad("empty.xlsx", lambda: b.workbook(b.sheet_xml("")), "empty_file"),
    Bad("picture.csv", lambda: b"\x89PNG\r\n\x1a\n" + bytes(64), "not_a_table", ("PNG",)),
    Bad("protected.xlsx", b.protected, "password_protected"),
    Bad("hidden.xlsx", lambda: b.workbook(state="hidden"), "no_visible_sheet"),
    Bad("very_hidden.xlsx", lambda: b.workbook(state="veryHidden"), "no_visible_sheet"),
    Bad("unclosed.csv", lambda: b.activities_csv() + b'"Cid,2026-11-11,Call\n', "unclosed_quote", ("4",)),
    Bad("headings.csv", lambda: b"Rep,Date,Type\n", "no_rows", ("1",)),
    Bad("headings.xlsx", lambda: b.workbook(b.sheet_xml(b.cells_xml({3: b.HEADINGS}))), "no_rows"),
    Bad("wide.csv", lambda: b",".join([b"x"] * 100_000), "too_many_columns", ("100000", "2000")),
    Bad("brackets.csv", lambda: b'Row "s,W45' + b"[" * 24_000 + b",3", "too_many_columns", ("2000",)),
    Bad("wide.ods", lambda: _ods(b.ods_row(*b.ROWS[0], columns=16_000)), "too_many_columns", ("2000",)),
    Bad("nul.csv", lambda: b.activities_csv(("Ann", "2026-11-09", "Ca\0ll")), "nul_byte", ("2",)),
    Bad("unknown.csv", lambda: b"Colour,Size\nred,3\nblue,4\n", "unknown_layout", ("Colour, Size",)),
    Bad("bomb.xlsx", lambda: b.bomb(megabytes=600, honest=True), "zip_bomb", ("600 MB",)),
    Bad("liar.xlsx", lambda: b.bomb(megabytes=600, honest=False), "broken_workbook"),
    Bad("cut.xlsx", lambda: b.workbook()[:-300], "broken_workbook"),
    Bad("laughs.xlsx", b.laughs, "broken_workbook"),
    # The compound file tells of a sector size that no reader believes.
    Bad("sectors.xls", lambda: b.protected()[:30] + b"\x02\x00" + bytes(482), "broken_workbook"),
    Bad("seek.zip", lambda: b.archive_of_nowhere(), "empty_archive"),
    Bad("corners.xlsx", b.corners, "reader_stopped", ("Ctrl+End",)),
    Bad("repeats.ods", lambda: _ods(b.ods_row(*b.ROWS[0], columns=2**31, rows=2**31)), "repeated_rows"),
    # The fast reader would never be done with it.
    Bad(
        "unclosed.ods",
        lambda: _ods("<table:tab<!DOCTYPE x>le-row>", b.ods_row(*b.ROWS[0])),
        "broken_workbook",
    ),
    Bad("cells.csv", lambda: b"ab," * (50 * MEGABYTE // 3), "too_long_row"),
)


@pytest.fixture(scope="module")
def location(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that holds one good import."""
    folder = tmp_path_factory.mktemp("bad")
    (folder / "good.csv").write_bytes(b.activities_csv())
    assert _quota(folder / "workspace", "import", str(folder / "good.csv")).exit_code == 0
    return folder / "workspace"


def _quota(location: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli.main, ["--workspace", str(location), *arguments])


def _holds(location: Path) -> tuple[object, ...]:
    """Everything that an import could have changed."""
    workspace = Workspace.open(location)
    uploads = sorted(path.name for path in (location / "uploads").iterdir())
    return workspace.version(), workspace.imports().to_csv(), workspace.activities().to_pylist(), uploads


def _sentence(code: str, lang: str, details: dict[str, object]) -> str:
    return i18n.error_message(UnreadableFile(code, **details), lang)


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_file_that_cannot_be_read_is_refused_whole(bad: Bad, location: Path, tmp_path: Path) -> None:
    path = tmp_path / bad.name
    path.write_bytes(bad.data())
    before, began = _holds(location), time.monotonic()
    told = _quota(location, "import", str(path), "--json")
    assert time.monotonic() - began < 30
    assert told.exit_code == 2, told.output
    assert json.loads(told.stdout) == []
    sentence = told.stderr.removesuffix("\n")
    assert "\n" not in sentence
    assert sentence.startswith(bad.name)
    assert sentence.endswith(".")
    for word in bad.says:
        assert word in sentence
    assert _holds(location) == before


@pytest.mark.parametrize(
    "bad", [bad for bad in BAD if bad.code != "reader_stopped"], ids=lambda bad: bad.name
)
def test_the_refusal_has_its_code_and_is_said_in_every_language(
    bad: Bad, location: Path, tmp_path: Path
) -> None:
    path = tmp_path / bad.name
    path.write_bytes(bad.data())
    with pytest.raises(UnreadableFile) as refusal:
        intake.store(None, intake.read(path), path, by="me", now=None)  # type: ignore[arg-type]
    assert refusal.value.code == bad.code
    said = {lang: i18n.error_message(refusal.value, lang) for lang in i18n.LANGUAGES}
    assert len(set(said.values())) == 3
    for sentence in said.values():
        assert bad.name in sentence
        assert sentence.endswith(".")
        assert "{" not in sentence
    assert _quota(location, "--lang", "fi", "import", str(path)).stderr == said["fi"] + "\n"


@dataclass(frozen=True)
class BadRow:
    """A table with one bad row among good ones, and how the refusal names it."""

    name: str
    data: bytes
    code: str
    row: int
    column: str
    value: str | None


_COUNTS = b"Rep,Date,Calls,Emails\nAnn,2026-11-09,3,4\nBob,2026-11-09,%s,2\nCid,2026-11-10,1,1\n"
_EVENTS = b"Rep,Date,Type\nAnn,2026-11-09,Call\n%s\nCid,2026-11-10,Call\n"
_SHEET = {1: b.HEADINGS, 2: b.ROWS[0], 3: ("Bob", "2026-02-30", "Call"), 4: ("Cid", "2026-11-10", "Call")}
BAD_ROWS = (
    BadRow("no_such_day.csv", _EVENTS % b"Bob,2026-02-30,Call", "bad_date", 3, "Date", "2026-02-30"),
    BadRow("words.csv", _EVENTS % b"Bob,next week,Call", "bad_date", 3, "Date", "next week"),
    BadRow("no_rep.csv", _EVENTS % b",2026-11-09,Call\nAnn,2026-11-09,Email", "no_rep", 3, "Rep", None),
    BadRow("text.csv", _COUNTS % b"many", "bad_count", 3, "Calls", "many"),
    BadRow("negative.csv", _COUNTS % b"-5", "bad_count", 3, "Calls", "-5"),
    BadRow("huge.csv", _COUNTS % b"99999999999999999999", "bad_count", 3, "Calls", "99999999999999999999"),
    BadRow("half.csv", _COUNTS % b"2.5", "bad_count", 3, "Calls", "2.5"),
    BadRow(
        "sheet.xlsx",
        b.workbook(b.sheet_xml(b.cells_xml(_SHEET))),
        "bad_date",
        3,
        "Date",
        "2026-02-30",
    ),
)


@pytest.mark.parametrize("bad", BAD_ROWS, ids=lambda bad: bad.name)
def test_a_bad_row_is_refused_alone_and_named(bad: BadRow, tmp_path: Path) -> None:
    path, location = tmp_path / bad.name, tmp_path / "workspace"
    path.write_bytes(bad.data)
    told = _quota(location, "inspect", str(path), "--json")
    assert told.exit_code == 1
    (table,) = json.loads(told.stdout)[0]["tables"]
    assert (table["rows"] - 1, table["skipped"], table["rejected"]) == (table["accepted"], 0, 1)
    (issue,) = table["issues"]
    assert (issue["code"], issue["row"], issue["column"], issue["value"]) == (
        bad.code,
        bad.row,
        bad.column,
        bad.value,
    )
    stored = _quota(location, "--lang", "da", "import", str(path), "--json")
    assert stored.exit_code == 1
    (receipt,) = json.loads(stored.stdout)
    assert receipt["rejected"] == 1
    place = [bad.name, *(["Export"] if bad.name.endswith("xlsx") else []), str(bad.row)]
    message = i18n.issue_message(bad.code, "da", column=bad.column, value=bad.value)
    assert stored.stderr == f"{', '.join(place)}: {message}\n"
    workspace = Workspace.open(location)
    assert set(workspace.activities().to_pandas()["rep"]) == {"Ann", "Cid"}
    kept = workspace.rejects(receipt["import_id"])
    assert kept[["row", "code", "status"]].values.tolist() == [[bad.row, bad.code, "rejected"]]


def test_a_file_of_bad_rows_only_is_refused_after_its_rows_are_named(tmp_path: Path) -> None:
    (path := tmp_path / "bad.csv").write_bytes(b.activities_csv(("Ann", "2026-02-30", "Call")))
    told = _quota(tmp_path / "workspace", "--lang", "fi", "import", str(path), "--json")
    assert (told.exit_code, json.loads(told.stdout)) == (2, [])
    row, file = told.stderr.splitlines()
    assert row == f"bad.csv, 2: {i18n.issue_message('bad_date', 'fi', column='Date', value='2026-02-30')}"
    assert file == _sentence("nothing_accepted", "fi", {"file": "bad.csv", "n": 1})
    assert Workspace.open(tmp_path / "workspace").imports().empty


def test_good_files_beside_bad_ones_are_stored(tmp_path: Path) -> None:
    (good := tmp_path / "good.csv").write_bytes(b.activities_csv())
    (bad := tmp_path / "empty.csv").write_bytes(b"")
    told = _quota(tmp_path / "workspace", "import", str(bad), str(good), "--json")
    assert told.exit_code == 1
    assert [receipt["file"] for receipt in json.loads(told.stdout)] == ["good.csv"]
    assert told.stderr == _sentence("empty_file", "en", {"file": "empty.csv"}) + "\n"


def test_one_very_long_cell_is_no_reason_to_refuse() -> None:
    rows = (*b.ROWS[0], f'"{"hello, " * 50_000}"'), (*b.ROWS[1], "short")
    assert intake.read(b.activities_csv(*rows, headings=(*b.HEADINGS, "Notes")), "mails.csv").accepted == 2


def test_far_repeats_that_hold_nothing_are_read(tmp_path: Path) -> None:
    """LibreOffice writes the empty rest of a sheet as one repeated row."""
    rest = (
        '<table:table-row table:number-rows-repeated="1048574">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    assert intake.read(_ods(b.ods_row(*b.ROWS[0]), rest), "rest.ods").accepted == 1


def test_a_small_workbook_of_the_same_making_is_read() -> None:
    """So that the refusals above are for what they say, and not for how the files are built."""
    assert intake.read(b.workbook(), "good.xlsx").accepted == 2
    assert intake.read(b.bomb(megabytes=2, honest=True), "blank.xlsx").accepted == 2
    assert intake.read(b.gzip_bomb(0), "good.csv.gz").accepted == 2
    assert intake.read(_ods(b.ods_row(*b.ROWS[0])), "good.ods").accepted == 1


@pytest.mark.skipif(os.name != "posix", reason="/proc")
@pytest.mark.parametrize(
    ("name", "data", "most"),
    [
        ("liar.xlsx", lambda: b.bomb(megabytes=900, honest=False), 800),
        ("line.csv", lambda: b"x" * 50 * MEGABYTE, 800),
        ("last_line.csv", lambda: b.activities_csv() + b"x" * 50 * MEGABYTE, 800),
        ("repeats.ods", lambda: _ods(b.ods_row(*b.ROWS[0], columns=2**31, rows=2**31)), 800),
        ("bomb.csv.gz", lambda: b.gzip_bomb(700), 1600),
    ],
)
def test_what_is_refused_costs_little(
    name: str, data: Callable[[], bytes], most: int, tmp_path: Path
) -> None:
    """`most`: what the reading child may take, in megabytes."""
    path = tmp_path / name
    path.write_bytes(data())
    guard._stop()
    guard.warm_up()
    before, began = _peak(), time.monotonic()
    with pytest.raises(UnreadableFile):
        intake.read(path)
    assert time.monotonic() - began < 30
    assert _peak() - before < 50 * MEGABYTE
    for child in guard._idle:
        assert _peak_of(child.pid) < most * MEGABYTE


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _peak_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) * 1024
