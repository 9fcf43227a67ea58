"""The command line's contract: keys, exit status, streams, fractions, ISO dates, null.

`0` done, `1` done but something was refused, `2` could not. JSON stands alone on standard
output; every message goes to standard error.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import bad_files
import pytest
from command import Quota, says

from quota import columns as c
from quota import i18n, sample
from quota.workspace import Workspace

ROOT = Path(__file__).parents[1]

RECEIPT = {"file", "import_id", "new", "changed", "same", "skipped", "rejected"}
PROGRESS = {
    *("rep", "team", "quota", "kind", "measure", "period", "target", "actual", "attainment"),
    *("expected", "pace", "projected", "remaining", "needed_per_day", "status"),
    *("projected_low", "projected_high", "streak", "longest_streak"),
    *("attainment_previous", "attainment_last_year"),
}
STAGE = {"stage", "count", "rate_from_previous", "rate_from_first", "low", "high"}
RANK = {"rank", "rep", "team", "value", "previous_rank", "move"}
SEPTEMBER = ("--from", "2026-09-01", "--to", "2026-10-01")


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


def _is_fraction(value: object) -> bool:
    return value is None or (isinstance(value, float | int) and 0 <= value <= 1)


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


def test_progress_knows_the_past(demo: Quota) -> None:
    asked = ("progress", "--period", "2026-W40", "--rep", "Raj Patel", "--quota", "Calls")
    (line,) = demo.json(*asked)
    assert (line["streak"], line["longest_streak"], line["attainment_last_year"]) == (5, 5, None)
    assert line["attainment_previous"] == pytest.approx(23 / 30)
    (told,) = demo.json(*asked, "--explain")
    past = told["why"]["past"]
    assert (past[-1]["period"], past[-1]["then"], past[-1]["met"]) == ("2026-W39", 23, True)
    assert {name: told[name] for name in line} == line
    early = demo.json("progress", "--period", "2026-W29", "--rep", "Raj Patel", "--explain")
    assert {one["projected_low"] for one in early} == {None}
    away = demo.json("progress", "--period", "2026-W40", "--rep", "Tuuli Mäkelä", "--explain")
    assert {one["streak"] for one in away} <= {None}


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
        assert said.casefold() == says(code, lang, **details).casefold()


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
    monkeypatch.setattr(Workspace, "imports", lambda self: 1 / 0)
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
    assert {f"{name}.csv" for name in c.WRITTEN} < written.keys()
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
    assert told.stderr == says("empty_file", "fi", file="tyhjä.csv") + "\n"


def test_what_is_missing_is_a_dash_in_a_table(demo: Quota) -> None:
    told = demo.plain("progress", "--period", "2026-W39")
    assert "–" in told
    assert "None" not in told
