"""The command line's contract: keys, exit status, streams, fractions, ISO dates, null.

`0` done, `1` done but something was refused, `2` could not. JSON stands alone on standard
output; every message goes to standard error.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import bad_files
import pytest
from click.testing import CliRunner, Result

from quota import cli, i18n, sample
from quota.errors import BadRequest
from quota.ingest import layouts
from quota.workspace import Workspace

ROOT = Path(__file__).parents[1]

RECEIPT = {"file", "import_id", "new", "changed", "same", "skipped", "rejected"}
TABLE = {"sheet", "layout", "header_row", "rows", "accepted", "skipped", "rejected", "columns", "issues"}
ISSUE = {"code", "row", "column", "value", "message"}
LAYOUTS = {"activities", "deals", "counts", "people", "quotas", "absences", "unknown"}
PROGRESS = {
    *("rep", "team", "quota", "kind", "measure", "period", "target", "actual", "attainment"),
    *("expected", "pace", "projected", "remaining", "needed_per_day", "status"),
}
STAGE = {"stage", "count", "rate_from_previous", "rate_from_first", "low", "high"}
RANK = {"rank", "rep", "team", "value", "previous_rank", "move"}
SEPTEMBER = ("--from", "2026-09-01", "--to", "2026-10-01")


class Quota:
    """`python -m quota --workspace W`, in this process."""

    def __init__(self, location: Path) -> None:
        self.location = location

    def run(self, *arguments: str | Path, lang: str = "en") -> Result:
        given = ["--workspace", str(self.location), "--lang", lang, *map(str, arguments)]
        return CliRunner().invoke(cli.main, given)

    def json(self, *arguments: str | Path, status: int = 0) -> Any:
        """The JSON answer, which stands alone on standard output and is strict."""
        told = self.run(*arguments, "--json")
        assert told.exit_code == status, told.output
        assert not status or told.stderr
        return json.loads(told.stdout, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))

    def plain(self, *arguments: str | Path, lang: str = "en") -> str:
        told = self.run(*arguments, lang=lang)
        assert told.exit_code == 0, told.output
        assert told.stderr == ""
        return told.stdout

    def refused(self, *arguments: str | Path, lang: str = "en") -> str:
        """What standard error says when it could not; nothing is on standard output."""
        told = self.run(*arguments, lang=lang)
        assert told.exit_code == 2, told.output
        assert told.stdout == ""
        assert "Traceback" not in told.stderr
        return told.stderr.removesuffix("\n")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Quota:
    """The sample workspace; not to be changed."""
    quota = Quota(tmp_path_factory.mktemp("cli") / "workspace")
    receipts = quota.json("demo")
    assert [receipt["file"] for receipt in receipts[:6]] == list(sample.FILES)
    assert all(receipt.keys() >= RECEIPT for receipt in receipts)
    return quota


@pytest.fixture
def quota(tmp_path: Path) -> Quota:
    return Quota(tmp_path / "workspace")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    (path := tmp_path / "good.csv").write_bytes(bad_files.activities_csv())
    return path


def _says(code: str, lang: str = "en", **details: object) -> str:
    return i18n.error_message(BadRequest(code, **details), lang)


def _is_fraction(value: object) -> bool:
    return value is None or (isinstance(value, float | int) and 0 <= value <= 1)


# --- inspect -----------------------------------------------------------------------------


def test_inspect_says_how_every_table_is_understood(demo: Quota) -> None:
    before = Workspace.open(demo.location).version()
    files = [sample.FOLDER / name for name in sample.FILES]
    described = demo.json("inspect", *files)
    assert [told["file"] for told in described] == list(sample.FILES)
    for told in described:
        assert re.fullmatch("[0-9a-f]{64}", told["sha256"])
        for table in told["tables"]:
            assert table.keys() >= TABLE
            assert table["layout"] in LAYOUTS
            assert table["rows"] == table["accepted"] + table["skipped"] + table["rejected"]
            for column in table["columns"]:
                assert column.keys() >= {"header", "field", "score", "reason"}
                assert _is_fraction(column["score"])
                assert column["reason"]
            for issue in table["issues"]:
                assert issue.keys() >= ISSUE
                assert issue["message"]
    assert [table["layout"] for told in described for table in told["tables"]] == [
        *("people", "quotas", "absences", "activities", "activities", "counts", "counts", "deals")
    ]
    assert Workspace.open(demo.location).version() == before


def test_inspect_names_the_sheet_the_row_and_the_reason(demo: Quota) -> None:
    (told,) = demo.json("inspect", sample.FOLDER / "helsinki_weeks.xlsx")
    (table,) = told["tables"]
    assert (table["sheet"], table["header_row"]) == ("Aktiviteetit 2026", 3)
    (issue,) = table["issues"]
    assert (issue["code"], issue["value"]) == ("total_row", "Yhteensä")
    (told,) = demo.json("inspect", sample.FOLDER / "deals.csv")
    assert told["tables"][0]["sheet"] is None


def test_inspect_for_people_says_the_same(demo: Quota) -> None:
    text = demo.plain("inspect", sample.FOLDER / "copenhagen_tracker.csv", lang="da")
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
    assert told.stderr == _says("no_such_file", file=str(tmp_path / "none.csv")) + "\n"
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
    assert quota.refused("undo", import_id) == _says("already_undone", import_id=import_id)
    assert quota.plain("redo", import_id) == ""
    assert _kinds(quota) == {"call": 1, "email": 1}
    assert quota.refused("redo", import_id, lang="da") == _says("not_undone", "da", import_id=import_id)
    assert quota.refused("undo", "nobody", lang="fi") == _says("unknown_import", "fi", import_id="nobody")
    (line,) = quota.json("undo", import_id)
    assert (line["import_id"], line["active"]) == (import_id, False)
    (line,) = quota.json("redo", import_id)
    assert (line["import_id"], line["active"]) == (import_id, True)


def test_imports_lists_them_oldest_first(demo: Quota) -> None:
    log = demo.json("imports")
    assert [line["file"] for line in log[:6]] == list(sample.FILES)
    moments = [datetime.fromisoformat(line["at"]) for line in log]
    assert moments == sorted(set(moments))
    assert all(moment.tzinfo is not None for moment in moments)
    deals = log[5]
    assert date.fromisoformat(deals["first_day"]) < date.fromisoformat(deals["last_day"])
    assert log[0]["first_day"] is None
    text = demo.plain("imports", lang="fi")
    assert "deals.csv" in text
    assert i18n.text("column.import_id", "fi") in text


def test_no_imports_are_an_empty_list(quota: Quota) -> None:
    assert quota.json("imports") == []
    assert quota.plain("imports") == ""


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
        assert quota.refused(command, good, "--map", entry, lang=lang) == _says(code, lang, **details)
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
    lines = quota.json("counts", "--from", "2026-01-01", "--to", "2027-01-01", "--by", "day")
    assert [line["day"] for line in lines] == ["2026-10-01", "2026-11-09", "2026-11-11"]
    quota.plain("undo", receipt["import_id"])
    assert _kinds(quota) == {"call": 4}


def test_import_for_people_shows_words_in_their_language(quota: Quota, good: Path) -> None:
    text = quota.plain("import", good, lang="da")
    assert "good.csv" in text
    assert i18n.text("column.new", "da") in text


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
    assert told.stderr == ""
    assert not quota.location.exists()


def test_table_of_one_sheet(quota: Quota) -> None:
    workbook = sample.FOLDER / "people_and_quotas.xlsx"
    rows = list(csv.reader(io.StringIO(quota.plain("table", workbook, "--sheet", "quotas"))))
    assert rows[0][:4] == ["quota", "who", "kind", "measure"]
    assert len(rows) == 12
    said = quota.refused("table", workbook, "--sheet", "nothing")
    assert said == _says("no_such_sheet", file="people_and_quotas.xlsx", sheet="nothing")


def test_table_writes_several_files_to_a_folder(quota: Quota, good: Path, tmp_path: Path) -> None:
    (bad := tmp_path / "empty.csv").write_bytes(b"")
    told = quota.run("table", good, bad, sample.FOLDER / "deals.csv", "--out", tmp_path / "out" / "new")
    assert told.exit_code == 1
    assert told.stdout == ""
    assert told.stderr == _says("empty_file", file="empty.csv") + "\n"
    out = tmp_path / "out" / "new"
    assert sorted(path.name for path in out.iterdir()) == ["deals.csv.csv", "good.csv.csv"]
    assert (out / "good.csv.csv").read_bytes() == bad_files.activities_csv()
    assert (out / "deals.csv.csv").read_text(encoding="utf-8").count("\n") == 333


# --- counts, progress, funnel, leaderboard -----------------------------------------------


def test_counts_by_every_key(demo: Quota) -> None:
    (everything,) = demo.json("counts", *SEPTEMBER)
    for by in ("rep", "team", "kind", "day", "week", "month", "rep,kind", "team, month"):
        keys = [key.strip() for key in by.split(",") if key]
        lines = demo.json("counts", *SEPTEMBER, "--by", by)
        assert all(line.keys() >= {*keys, "count", "amount"} for line in lines)
        assert sum(line["count"] for line in lines) == everything["count"] > 3000
        assert len({tuple(line[key] for key in keys) for line in lines}) == len(lines)
    days = demo.json("counts", *SEPTEMBER, "--by", "day,week,month")
    assert (days[0]["day"], days[0]["week"], days[0]["month"]) == ("2026-09-01", "2026-W36", "2026-09")


def test_counts_end_before_to_and_take_a_direction(demo: Quota) -> None:
    def counted(start: str, end: str, *more: str) -> int:
        (line,) = demo.json("counts", "--from", start, "--to", end, *more)
        assert line.keys() >= {"count", "amount"}
        return int(line["count"])

    first, second = counted("2026-09-01", "2026-09-02"), counted("2026-09-02", "2026-09-03")
    assert first > 0
    assert counted("2026-09-01", "2026-09-03") == first + second
    ways = {way: counted("2026-06-29", "2026-10-01", "--direction", way) for way in ("out", "in", "any")}
    usual = counted("2026-06-29", "2026-10-01")
    assert ways["in"] == 36
    assert ways["out"] < usual == ways["any"] - ways["in"]


def test_currencies_are_not_added_and_one_is_a_plain_amount(demo: Quota) -> None:
    lines = demo.json("counts", *SEPTEMBER, "--by", "team,kind")
    won = {line["team"]: line["amount"] for line in lines if line["kind"] == "won"}
    assert won == {"København": 533256.11, "Helsinki": 34000.0, "Boston": 114250.0}
    (line,) = [line for line in demo.json("counts", *SEPTEMBER, "--by", "kind") if line["kind"] == "won"]
    assert line["amount"] is None
    assert line["amounts"] == {"DKK": 533256.11, "EUR": 34000.0, "USD": 114250.0}


def test_progress_has_fractions_and_nulls(demo: Quota) -> None:
    lines = demo.json("progress", "--period", "2026-W39", "--as-of", "2026-09-23")
    assert all(line.keys() >= PROGRESS for line in lines)
    assert {line["period"] for line in lines} == {"2026-W39"}
    assert {line["rep"] for line in lines} == set(_reps(demo))
    for line in lines:
        assert line["status"] in ("met", "ahead", "on_pace", "behind", "at_risk", "no_quota")
        if line["status"] == "no_quota":
            continue
        assert line["attainment"] == pytest.approx(line["actual"] / line["target"])
        assert line["remaining"] == pytest.approx(max(line["target"] - line["actual"], 0))
        assert (line["status"] == "met") == (line["actual"] >= line["target"])
    (calls,) = [line for line in lines if (line["rep"], line["quota"]) == ("Raj Patel", "Calls")]
    assert (calls["kind"], calls["measure"], calls["target"]) == ("call", "count", 30)
    assert calls["expected"] == pytest.approx(18)  # Wednesday's close is three days of five
    assert calls["projected"] == pytest.approx(calls["actual"] * 5 / 3)


def _reps(demo: Quota) -> list[str]:
    return sorted(Workspace.open(demo.location).table("people")["rep"])


def test_a_rep_without_a_quota_is_there_with_nulls(quota: Quota, good: Path) -> None:
    quota.json("import", good)
    lines = quota.json("progress", "--period", "2026-W46")
    assert [(line["rep"], line["status"]) for line in lines] == [("Ann", "no_quota"), ("Bob", "no_quota")]
    assert all(line[name] is None for line in lines for name in ("team", "quota", "target", "attainment"))
    assert [line["rank"] for line in quota.json("leaderboard", "--period", "2026-W46")] == [None, None]


def test_the_sample_is_judged_on_its_own_last_day(demo: Quota) -> None:
    now = demo.json("progress", "--period", "2026-W40")
    assert now == demo.json("progress", "--period", "2026-W40", "--as-of", "2026-09-30")
    assert now != demo.json("progress", "--period", "2026-W40", "--as-of", "2026-10-04")


@pytest.mark.parametrize("basis", ["volume", "cohort"])
@pytest.mark.parametrize("by", ["rep", "team", "kind", "month", None])
def test_funnel_has_stages_rates_and_intervals(by: str | None, basis: str, demo: Quota) -> None:
    groups = demo.json("funnel", *SEPTEMBER, "--basis", basis, *(["--by", by] if by else []))
    assert groups
    assert all(group.keys() >= {"group", "stages"} for group in groups)
    assert [group["group"] for group in groups if by is None] == [None] * (by is None)
    for group in groups:
        assert [stage["stage"] for stage in group["stages"]] == [
            *("touch", "meeting", "opportunity", "proposal", "won")
        ]
        for stage in group["stages"]:
            assert stage.keys() >= STAGE
            assert _is_fraction(stage["low"])
            assert _is_fraction(stage["high"])
            if stage["low"] is not None:
                assert stage["low"] <= stage["rate_from_previous"] <= stage["high"]
        assert group["stages"][0]["rate_from_previous"] is None


def test_a_group_without_a_name_is_null(quota: Quota, good: Path) -> None:
    quota.json("import", good)
    (group,) = quota.json("funnel", "--from", "2026-11-01", "--to", "2026-12-01", "--by", "team")
    assert (group["group"], group["stages"][0]["count"]) == (None, 2)
    (line,) = quota.json("counts", "--from", "2026-11-01", "--to", "2026-12-01", "--by", "team")
    assert (line["team"], line["count"]) == (None, 2)


@pytest.mark.parametrize("metric", ["attainment", "points", "count:call", "amount:won:DKK"])
def test_leaderboard_ranks_and_moves(metric: str, demo: Quota) -> None:
    lines = demo.json("leaderboard", "--period", "2026-09", "--metric", metric)
    assert all(line.keys() >= RANK for line in lines)
    assert {line["rep"] for line in lines} == set(_reps(demo))
    ranked = [line for line in lines if line["rank"] is not None]
    assert ranked == sorted(ranked, key=lambda line: (line["rank"], line["rep"]))
    for line in ranked:
        # 1, 2, 2, 4: everybody who has more, and one.
        assert line["rank"] == 1 + sum(other["value"] - line["value"] > 1e-9 for other in ranked)
        if line["previous_rank"] is not None:
            assert line["move"] == line["previous_rank"] - line["rank"]
    assert demo.json("leaderboard", "--period", "2026-09", "--metric", metric, "--top", "3") == lines[:3]


def test_one_amount_per_currency_on_the_leaderboard(demo: Quota) -> None:
    said = demo.refused("leaderboard", "--period", "2026-09", "--metric", "amount:won")
    assert all(word in said for word in ("DKK", "EUR", "USD"))


@pytest.mark.parametrize("command", ["counts", "progress", "funnel", "leaderboard"])
def test_answers_for_people_have_headings_in_their_language(command: str, demo: Quota) -> None:
    when = SEPTEMBER if command in ("counts", "funnel") else ("--period", "2026-09")
    by = ("--by", "rep") if command in ("counts", "funnel") else ()
    text = demo.plain(command, *when, *by, lang="fi")
    assert "Raj Patel" in text
    assert i18n.text("column.group" if command == "funnel" else "column.rep", "fi") in text.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "code", "details"),
    [
        (("progress", "--period", "2026-W60"), "bad_period", {"value": "2026-W60"}),
        (("progress", "--period", "soon"), "bad_period", {"value": "SOON"}),
        (("progress", "--period", "2026-13"), "bad_period", {"value": "2026-13"}),
        (("leaderboard", "--period", "2026-Q5"), "bad_period", {"value": "2026-Q5"}),
        (("progress", "--period", "2026-W46", "--as-of", "9.11."), "bad_date", {"value": "9.11."}),
        (("counts", "--from", "2026-02-30", "--to", "2026-03-01"), "bad_date", {"value": "2026-02-30"}),
        (("funnel", "--from", "2026-02-01", "--to", "March"), "bad_date", {"value": "March"}),
        (
            ("progress", "--period", "2026-11-09..2026-11-09"),
            "empty_period",
            {"start": date(2026, 11, 9), "end": date(2026, 11, 9)},
        ),
        (
            ("counts", "--from", "2026-01-01", "--to", "2026-02-01", "--by", "colour"),
            "unknown_key",
            {"value": "colour", "choices": "rep, team, kind, day, week, month"},
        ),
    ],
)
def test_what_makes_no_sense_is_said_in_every_language(
    arguments: tuple[str, ...], code: str, details: dict[str, object], quota: Quota
) -> None:
    for lang in i18n.LANGUAGES:
        said = quota.refused(*arguments, lang=lang)
        assert said.casefold() == _says(code, lang, **details).casefold()


def test_an_unknown_metric_or_kind_is_refused(demo: Quota) -> None:
    for metric in ("charm", "count:lunch", "amount"):
        assert metric in demo.refused("leaderboard", "--period", "2026-09", "--metric", metric)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nothing",),
        ("import",),
        ("counts", "--from", "2026-01-01"),
        ("funnel", *SEPTEMBER, "--basis", "money"),
        ("counts", *SEPTEMBER, "--direction", "up"),
        ("leaderboard", "--period", "2026-09", "--top", "0"),
    ],
)
def test_a_misspelt_command_is_status_2(arguments: tuple[str, ...], quota: Quota) -> None:
    told = quota.run(*arguments)
    assert told.exit_code == 2
    assert told.stdout == ""
    assert told.stderr


def test_an_unknown_language_is_status_2(quota: Quota) -> None:
    assert quota.run("imports", lang="sv").exit_code == 2


def test_a_workspace_that_cannot_be_is_said_in_one_sentence(tmp_path: Path) -> None:
    (file := tmp_path / "file").write_text("no folder")
    for lang in i18n.LANGUAGES:
        said = Quota(file / "workspace").refused("imports", lang=lang)
        assert str(file) in said
        assert "\n" not in said


def test_a_crash_is_not_status_1(quota: Quota, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.storage.Workspace, "imports", lambda self: 1 / 0)
    told = quota.run("imports", "--json")
    assert told.exit_code == 2
    assert told.stdout == ""
    assert "ZeroDivisionError" in told.stderr


# --- export, and the real thing ----------------------------------------------------------


def test_export_writes_everything_visible_as_csv(demo: Quota, tmp_path: Path) -> None:
    written = {line["file"]: line["rows"] for line in demo.json("export", tmp_path / "out")}
    assert sorted(written) == sorted(path.name for path in (tmp_path / "out").iterdir())
    for name, rows in written.items():
        with (tmp_path / "out" / name).open(encoding="utf-8-sig", newline="") as lines:
            assert len(list(csv.reader(lines))) == rows + 1, name
    assert written["people.csv"] == 12
    assert written["activities.csv"] == 2114 + 1849 + 922 + 199 + 514
    assert demo.plain("export", tmp_path / "again") == ""


def _process(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "quota", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_a_real_process_imports_from_any_folder_into_the_workspace_named(tmp_path: Path, good: Path) -> None:
    told = _process("import", good.name, "--json", cwd=tmp_path, QUOTA_WORKSPACE="kept")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)[0]["new"] == 2
    assert told.stderr == ""
    assert [line["file"] for line in Quota(tmp_path / "kept").json("imports")] == ["good.csv"]


def test_a_real_process_refuses_with_status_2_and_one_sentence(tmp_path: Path) -> None:
    (bad := tmp_path / "tyhjä.csv").write_bytes(b"")
    told = _process("--lang", "fi", "import", bad, "--json", cwd=tmp_path)
    assert told.returncode == 2
    assert json.loads(told.stdout) == []
    assert told.stderr == _says("empty_file", "fi", file="tyhjä.csv") + "\n"
