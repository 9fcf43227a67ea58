"""Files on the command line: inspect, import, undo, redo, table."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import bad_files
import pytest
from command import Quota, says

from quota import columns, i18n, sample
from quota.ingest import layouts

RECEIPT = {"file", "import_id", "new", "changed", "same", "skipped", "rejected"}
TABLE = {"sheet", "layout", "header_row", "rows", "accepted", "skipped", "rejected", "columns", "issues"}
ISSUE = {"code", "row", "column", "value", "message"}
LAYOUTS = {*columns.LAYOUTS}


@pytest.fixture
def quota(tmp_path: Path) -> Quota:
    return Quota(tmp_path / "workspace")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    (path := tmp_path / "good.csv").write_bytes(bad_files.activities_csv())
    return path


# --- inspect -----------------------------------------------------------------------------


def test_inspect_says_how_every_table_is_understood(quota: Quota) -> None:
    files = [sample.FOLDER / name for name in sample.FILES]
    described = quota.json("inspect", *files)
    assert [told["file"] for told in described] == list(sample.FILES)
    for told in described:
        assert re.fullmatch("[0-9a-f]{64}", told["sha256"])
        for table in told["tables"]:
            assert table.keys() >= TABLE
            assert table["layout"] in LAYOUTS
            assert table["rows"] == table["accepted"] + table["skipped"] + table["rejected"]
            for column in table["columns"]:
                assert column.keys() >= {"header", "field", "score", "reason"}
                assert 0 <= column["score"] <= 1
                assert column["reason"]
            for issue in table["issues"]:
                assert issue.keys() >= ISSUE
                assert issue["message"]
    assert [table["layout"] for told in described for table in told["tables"]] == [
        *("people", "quotas", "absences", "activities", "activities", "counts", "counts", "deals")
    ]
    assert not quota.location.exists()


def test_inspect_names_the_sheet_the_row_and_the_reason(quota: Quota) -> None:
    (told,) = quota.json("inspect", sample.FOLDER / "helsinki_weeks.xlsx")
    (table,) = told["tables"]
    assert (table["sheet"], table["header_row"]) == ("Aktiviteetit 2026", 3)
    (issue,) = table["issues"]
    assert (issue["code"], issue["value"]) == ("total_row", "Yhteensä")
    (told,) = quota.json("inspect", sample.FOLDER / "deals.csv")
    assert told["tables"][0]["sheet"] is None


def test_inspect_for_people_says_the_same(quota: Quota) -> None:
    text = quota.plain("inspect", sample.FOLDER / "copenhagen_tracker.csv", lang="da")
    assert "copenhagen_tracker.csv" in text
    assert i18n.text("layout.counts", "da") in text
    assert "Sælger → rep" in text
    assert i18n.issue_message("total_row", "da", value="I alt") in text


def test_inspect_finishes_with_1_when_rows_or_files_are_refused(
    quota: Quota, tmp_path: Path, good: Path
) -> None:
    (bad := tmp_path / "bad.csv").write_bytes(
        bad_files.activities_csv(*bad_files.ROWS, ("Cid", "2026-02-30", "Call"))
    )
    assert quota.run("inspect", bad, "--json").exit_code == 1
    told = quota.run("inspect", good, tmp_path / "none.csv", "--json")
    assert told.exit_code == 1
    assert [read["file"] for read in json.loads(told.stdout)] == ["good.csv"]
    assert told.stderr == says("no_such_file", file=str(tmp_path / "none.csv")) + "\n"
    assert quota.run("inspect", tmp_path / "none.csv", "--json").exit_code == 2


# --- import, imports, undo, redo ---------------------------------------------------------


def test_import_says_what_is_new_changed_and_the_same(quota: Quota, tmp_path: Path) -> None:
    def write(*rows: str) -> Path:
        (path := tmp_path / "calls.csv").write_text(
            "Activity ID,Rep,Date,Type\n" + "".join(f"{row}\n" for row in rows)
        )
        return path

    def counted(path: Path) -> tuple[int, ...]:
        (receipt,) = quota.json("import", path)
        assert receipt.keys() >= RECEIPT
        assert receipt["file"] == "calls.csv"
        return tuple(receipt[name] for name in ("new", "changed", "same", "skipped", "rejected"))

    first, second = "a1,Ann,2026-11-09,Call", "a2,Ann,2026-11-10,Call"
    assert counted(write(first, second)) == (2, 0, 0, 0, 0)
    assert counted(write(first, second)) == (0, 0, 2, 0, 0)
    assert counted(write(first, "a2,Ann,2026-11-10,Email", "a3,Bob,2026-11-11,Call")) == (1, 1, 1, 0, 0)
    assert _kinds(quota) == {"call": 2, "email": 1}


def _kinds(quota: Quota) -> dict[str, int]:
    lines = quota.json("counts", "--from", "2026-01-01", "--to", "2027-01-01", "--by", "kind")
    return {line["kind"]: line["count"] for line in lines}


def test_undo_and_redo_by_id(quota: Quota, good: Path) -> None:
    (receipt,) = quota.json("import", good)
    import_id = receipt["import_id"]
    assert quota.plain("undo", import_id) == ""
    assert _kinds(quota) == {}
    assert [line["active"] for line in quota.json("imports")] == [False]
    assert quota.refused("undo", import_id) == says("already_undone", import_id=import_id)
    assert quota.plain("redo", import_id) == ""
    assert _kinds(quota) == {"call": 1, "email": 1}
    assert quota.refused("redo", import_id, lang="da") == says("not_undone", "da", import_id=import_id)
    assert quota.refused("undo", "nobody", lang="fi") == says("unknown_import", "fi", import_id="nobody")
    (line,) = quota.json("undo", import_id)
    assert (line["import_id"], line["active"]) == (import_id, False)
    (line,) = quota.json("redo", import_id)
    assert (line["import_id"], line["active"]) == (import_id, True)


def test_no_imports_are_an_empty_list(quota: Quota) -> None:
    assert quota.json("imports") == []
    assert quota.plain("imports") == ""


def test_the_zone_of_the_clock_is_remembered(quota: Quota, tmp_path: Path) -> None:
    (path := tmp_path / "calls.csv").write_text("Rep,Date,Type\nAnn,2026-11-01T23:40:00Z,Call\n")
    (told,) = quota.json("inspect", path)
    assert told["tables"][0]["questions"] == [
        i18n.text("question.zone_of_times", "en", column="Date", value="2026-11-01T23:40:00Z")
    ]
    assert not quota.location.exists()
    assert quota.refused("import", path, "--zone", "CPH") == says("unknown_zone", value="CPH")
    quota.json("import", path, "--zone", "Europe/Copenhagen")
    assert _days(quota) == ["2026-11-02"]
    (told,) = quota.json("inspect", path)
    assert (told["tables"][0]["questions"], told["tables"][0]["issues"]) == ([], [])
    quota.json("import", path, "--zone", "America/New_York")
    assert _days(quota) == ["2026-11-01"]


def _days(quota: Quota) -> list[str]:
    lines = quota.json("counts", "--from", "2026-01-01", "--to", "2027-01-01", "--by", "day")
    return [line["day"][:10] for line in lines]


def test_map_says_what_a_column_is(quota: Quota, tmp_path: Path) -> None:
    (path := tmp_path / "odd.csv").write_text(
        "Helper,Rep,Date,Type\nAnn,Acme,2026-11-09,Call\nBob,Bolt,2026-11-10,Call\n"
    )
    (told,) = quota.json("inspect", path, "--map", "Helper=rep", "--map", "Rep=account")
    columns = {column["header"]: column for column in told["tables"][0]["columns"]}
    assert (columns["Helper"]["field"], columns["Rep"]["field"]) == ("rep", "account")
    assert columns["Helper"]["reason"] == i18n.text("reason.you_said", "en")
    quota.json("import", path, "--map", "Helper=rep", "--map", "Rep=")
    lines = quota.json("counts", "--from", "2026-11-01", "--to", "2026-12-01", "--by", "rep")
    assert [line["rep"] for line in lines] == ["Ann", "Bob"]


def test_targets_of_a_tracker_become_quotas_where_somebody_says_so(quota: Quota, tmp_path: Path) -> None:
    (path := tmp_path / "tracker.csv").write_text("Rep,Week,Calls Target,Calls\nAnn,2026-W45,50,40\n")
    quota.json("import", path)
    (line,) = quota.json("progress", "--period", "2026-W45")
    assert (line["rep"], line["status"]) == ("Ann", "no_quota")
    quota.json("import", path, "--targets")
    (line,) = quota.json("progress", "--period", "2026-W45")
    assert (line["quota"], line["actual"], line["target"]) == ("Calls", 40, 50)


def test_map_settles_the_order_of_day_and_month(quota: Quota, tmp_path: Path) -> None:
    (path := tmp_path / "dates.csv").write_text("Rep,Date,Type\nAnn,01/02/2026,Call\nBob,03/04/2026,Call\n")
    (told,) = quota.json("inspect", path)
    assert told["tables"][0]["questions"]
    sentence = quota.refused("import", path)
    assert all(word in sentence for word in ("dates.csv", "Date", "date:dmy", "date:mdy"))
    assert quota.json("imports") == []

    def days(order: str) -> list[str]:
        (receipt,) = quota.json("import", path, "--map", f"Date=date:{order}")
        lines = quota.json("counts", "--from", "2026-01-01", "--to", "2027-01-01", "--by", "day")
        quota.plain("undo", receipt["import_id"])
        return [line["day"] for line in lines]

    assert days("dmy") == ["2026-02-01", "2026-04-03"]
    assert days("mdy") == ["2026-01-02", "2026-03-04"]


@pytest.mark.parametrize("command", ["inspect", "import"])
@pytest.mark.parametrize(
    ("entry", "code", "details"),
    [
        ("Nothing=rep", "unknown_heading", {"value": "Nothing"}),
        ("Rep=salary", "unknown_field", {"value": "salary", "choices": ", ".join(sorted(layouts.FIELDS))}),
        ("Rep", "bad_map", {"value": "Rep"}),
        ("=rep", "bad_map", {"value": "=rep"}),
        (
            "Date=date:ymd",
            "unknown_field",
            {"value": "date:ymd", "choices": ", ".join(sorted(layouts.FIELDS))},
        ),
    ],
)
def test_a_map_that_makes_no_sense_is_refused(
    command: str, entry: str, code: str, details: dict[str, str], quota: Quota, good: Path
) -> None:
    for lang in i18n.LANGUAGES:
        assert quota.refused(command, good, "--map", entry, lang=lang) == says(code, lang, **details)
    assert quota.json("imports") == []


def test_a_mapped_heading_may_be_in_one_of_several_files(quota: Quota, good: Path, tmp_path: Path) -> None:
    (other := tmp_path / "other.csv").write_text("Helper,Date,Type\nCid,2026-11-09,Call\n")
    assert len(quota.json("import", good, other, "--map", "Helper=rep")) == 2


def test_source_tells_equal_ids_of_two_systems_apart(quota: Quota, tmp_path: Path) -> None:
    (path := tmp_path / "calls.csv").write_text("Activity ID,Rep,Date,Type\na1,Ann,2026-11-09,Call\n")
    assert quota.json("import", path, "--source", "north")[0]["new"] == 1
    assert quota.json("import", path, "--source", "south")[0]["new"] == 1
    assert quota.json("import", path, "--source", "north")[0]["same"] == 1
    assert _kinds(quota) == {"call": 2}


def test_replace_period_withdraws_what_the_new_export_no_longer_holds(quota: Quota, tmp_path: Path) -> None:
    head = "Activity ID,Rep,Date,Type\n"
    days = {"a0": "2026-10-01", "a1": "2026-11-09", "a2": "2026-11-10", "a3": "2026-11-11"}
    rows = {key: f"{key},Ann,{day},Call\n" for key, day in days.items()}
    (path := tmp_path / "calls.csv").write_text(head + "".join(rows.values()))
    quota.json("import", path)
    path.write_text(head + rows["a1"] + rows["a3"])
    quota.json("import", path)
    assert _kinds(quota) == {"call": 4}
    (receipt,) = quota.json("import", path, "--replace-period")
    assert (receipt["new"], receipt["same"]) == (0, 2)
    assert receipt["replaced"] == "2026-11-09/2026-11-11"
    lines = quota.json("counts", "--from", "2026-01-01", "--to", "2027-01-01", "--by", "day")
    assert [line["day"] for line in lines] == ["2026-10-01", "2026-11-09", "2026-11-11"]
    quota.plain("undo", receipt["import_id"])
    assert _kinds(quota) == {"call": 4}


def test_import_for_people_shows_words_in_their_language(quota: Quota, good: Path) -> None:
    text = quota.plain("import", good, lang="da")
    assert "good.csv" in text
    assert i18n.text("column.new", "da") in text


def _issue(code: str, value: str) -> str:
    return i18n.issue_message(code, "en", column="", value=value)


# --- table -------------------------------------------------------------------------------


def test_table_prints_one_file_as_the_reader_saw_it(quota: Quota, tmp_path: Path) -> None:
    (path := tmp_path / "danish.csv").write_bytes(
        'Rapport for uge 46\n\nSælger;Beløb;Note\nSøren;1.234,50;"a;b"\nMette;0,00;"x, ""y"""\n'.encode(
            "cp1252"
        )
    )
    told = quota.run("table", path)
    assert told.exit_code == 0
    assert told.stdout_bytes.decode() == 'Sælger,Beløb,Note\nSøren,"1.234,50",a;b\nMette,"0,00","x, ""y"""\n'
    assert told.stderr == f"danish.csv, 1: {_issue('above_heading', 'Rapport for uge 46')}\n"
    assert not quota.location.exists()


def test_table_withholds_what_is_doubtful(quota: Quota, tmp_path: Path) -> None:
    (path := tmp_path / "ragged.csv").write_bytes(b"a,b\n1,2\n3,4\n5,6\n7,8\n9,10,11\n")
    told = quota.run("table", path)
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr == f"ragged.csv, 6: {_issue('row_too_long', '9')}\n"
    told = quota.run("table", path, "--out", tmp_path / "out")
    assert told.exit_code == 1
    assert not (tmp_path / "out").exists()
    told = quota.run("table", path, "--anyway")
    assert (told.exit_code, told.stdout) == (0, "a,b,\n1,2,\n3,4,\n5,6,\n7,8,\n9,10,11\n")


def test_several_tables_need_a_folder(quota: Quota, good: Path) -> None:
    assert quota.refused("table", good, good) == says("needs_folder", n=2)


def test_table_of_one_sheet(quota: Quota) -> None:
    workbook = sample.FOLDER / "people_and_quotas.xlsx"
    rows = list(csv.reader(io.StringIO(quota.plain("table", workbook, "--sheet", "quotas"))))
    assert rows[0][:4] == ["quota", "who", "kind", "measure"]
    assert len(rows) == 12
    said = quota.refused("table", workbook, "--sheet", "nothing")
    assert said == says("no_such_sheet", file="people_and_quotas.xlsx", sheet="nothing")


def test_table_writes_several_files_to_a_folder(quota: Quota, good: Path, tmp_path: Path) -> None:
    (bad := tmp_path / "empty.csv").write_bytes(b"")
    told = quota.run("table", good, bad, sample.FOLDER / "deals.csv", "--out", tmp_path / "out" / "new")
    assert told.exit_code == 1
    assert told.stdout == ""
    assert told.stderr == says("empty_file", file="empty.csv") + "\n"
    out = tmp_path / "out" / "new"
    assert sorted(path.name for path in out.iterdir()) == ["deals.csv.csv", "good.csv.csv"]
    assert (out / "good.csv.csv").read_bytes() == bad_files.activities_csv()
    assert (out / "deals.csv.csv").read_text(encoding="utf-8").count("\n") == 333
