"""What was known then: asked at the close of a day or of any day after it, the answer is the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from command import Quota, says

from quota import clock
from quota.cli import session
from quota.i18n import LANGUAGES
from quota.workspace import Workspace

QUOTAS = "quota,target,every,kind\nCalls,{},week,call\n"
CALLS = "date,rep,type,count\n{},Ann Berg,Call,{}\n"
# What becomes known on which day at nine o'clock; the week asked for is that of 2 March.
STEPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "2026-03-04": (
        ("people.csv", "rep,team\nAnn Berg,North\nBo Dahl,North\n"),
        ("quotas.csv", QUOTAS.format(50)),
        ("calls.csv", CALLS.format("2026-03-02", 10) + "2026-03-03,Bo Dahl,Call,12\n"),
    ),
    "2026-03-05": (
        ("quotas.csv", QUOTAS.format(60), "--applies-from", "beginning"),
        ("late.csv", CALLS.format("2026-03-04", 30)),
        ("people.csv", "rep,team,aliases\nAnn Berg,South,A. Berg\n"),
    ),
    "2026-03-10": (),
}
UNDONE = ("2026-03-10", "late.csv")
WEEK = ("--from", "2026-03-02", "--to", "2026-03-09")
ASKED: dict[str, tuple[str, ...]] = {
    "progress": ("--period", "2026-W10"),
    "why": ("--period", "2026-W10", "--rep", "Ann Berg", "--explain"),
    "leaderboard": ("--period", "2026-W10"),
    "counts": (*WEEK, "--by", "rep,team"),
    "funnel": (*WEEK, "--by", "team"),
    "cohorts": (*WEEK, "--basis", "cohort"),
    "trace": (*WEEK, "--kind", "call"),
    "digest": ("--since", "2026-03-04"),
    "suggest": ("--weeks", "1"),
}
COMMANDS = {"why": "progress", "cohorts": "funnel"}

SetClock = Callable[[str], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """The command line's clock, at a moment in UTC."""

    def held(moment: str) -> None:
        now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        monkeypatch.setattr("quota.cli.now", lambda: now)
        monkeypatch.setattr(session, "now", lambda: now)
        monkeypatch.setattr(session, "today", now.date)

    return held


@pytest.fixture
def quota(tmp_path: Path) -> Quota:
    """A workspace on the clock of UTC, since 1 March."""
    workspace = Workspace.open(tmp_path / "workspace")
    clock.hold_zone(workspace, "UTC", by="me", now=datetime(2026, 3, 1, 9, tzinfo=UTC))
    return Quota(tmp_path / "workspace")


def become_known(quota: Quota, day: str, folder: Path) -> None:
    """Let that day's files be imported, or the late one be undone."""
    for name, text, *options in STEPS[day]:
        (path := folder / name).write_text(text, "utf-8")
        quota.json("import", path, *options)
    if day == UNDONE[0]:
        (late,) = (one["import_id"] for one in quota.json("imports") if one["file"] == UNDONE[1])
        quota.json("undo", late)


def ask(quota: Quota, *options: str) -> dict[str, str]:
    """What every command that reads says."""
    told = {
        name: quota.run(COMMANDS.get(name, name), *how, *options, "--json") for name, how in ASKED.items()
    }
    assert {name: one.stderr for name, one in told.items() if one.exit_code} == {}
    return {name: one.stdout for name, one in told.items()}


def exported(quota: Quota, folder: Path, *options: str) -> dict[str, bytes]:
    quota.json("export", folder, *options)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_yesterdays_question_gets_yesterdays_answer(
    quota: Quota, tmp_path: Path, set_clock: SetClock
) -> None:
    told, files = {}, {}
    for day in STEPS:
        set_clock(f"{day}T09:00")
        become_known(quota, day, tmp_path)
        set_clock(f"{day}T20:00")
        told[day] = ask(quota)
        files[day] = exported(quota, tmp_path / f"now-{day}")
    assert len({tuple(one.values()) for one in told.values()}) == len(STEPS)
    set_clock("2026-03-20T09:00")
    for day in STEPS:
        assert ask(quota, "--known-at", day) == told[day]
        assert exported(quota, tmp_path / f"then-{day}", "--known-at", day) == files[day]


def test_a_quota_changed_and_an_import_undone_later(
    quota: Quota, tmp_path: Path, set_clock: SetClock
) -> None:
    for day in STEPS:
        set_clock(f"{day}T09:00")
        become_known(quota, day, tmp_path)
    week = ("progress", "--period", "2026-W10", "--rep", "Ann Berg", "--as-of", "2026-03-08")

    def known(*moment: str) -> tuple[float, float]:
        (line,) = quota.json(*week, *moment)
        return line["target"], line["actual"]

    assert known("--known-at", "2026-03-04") == (50, 10)
    assert known("--known-at", "2026-03-05T08:59") == (50, 10)
    assert known("--known-at", "2026-03-05T09:00+01:00") == (50, 10)
    assert known("--known-at", "2026-03-05T09:00") == (60, 10)  # the first import of that minute
    assert known("--known-at", "2026-03-05") == (60, 40)
    assert known("--known-at", "2026-03-10") == known() == (60, 10)
    last = quota.json("imports")[-1]
    assert quota.json(*week, "--known-at", last["at"])[0]["team"] == "South"


def test_a_day_ends_when_it_does_on_the_workspaces_clock(tmp_path: Path, set_clock: SetClock) -> None:
    quota = Quota(tmp_path / "workspace")
    (calls := tmp_path / "calls.csv").write_text(CALLS.format("2026-03-02", 10), "utf-8")
    (more := tmp_path / "more.csv").write_text(CALLS.format("2026-03-03", 5), "utf-8")
    set_clock("2026-03-02T21:59")
    quota.json("import", calls, "--zone", "Europe/Helsinki")
    set_clock("2026-03-02T22:01")  # one minute after midnight in Helsinki
    quota.json("import", more)
    assert quota.json("counts", *WEEK, "--known-at", "2026-03-02")[0]["count"] == 10
    assert quota.json("counts", *WEEK, "--known-at", "2026-03-03")[0]["count"] == 15


@pytest.mark.parametrize(
    ("moment", "code", "details"),
    [
        ("yesterday", "bad_moment", {}),
        ("2026-02-30", "bad_moment", {}),
        ("2.3.2026", "bad_moment", {}),
        ("2026-03-02T25:00", "bad_moment", {}),
        ("", "bad_moment", {}),
        ("2026-03-03", "moment_ahead", {"today": date(2026, 3, 2)}),
        ("9999-12-31", "moment_ahead", {"today": date(2026, 3, 2)}),
        ("2026-02-28", "nothing_known_yet", {"first": "2026-03-01 09:00"}),
        ("2026-03-01T08:59", "nothing_known_yet", {"first": "2026-03-01 09:00"}),
        ("9999-12-31T23:00", "moment_ahead", {"today": date(2026, 3, 2)}),
        ("0001-01-01T00:00+14:00", "bad_date", {"value": "0001-01-01"}),
    ],
)
def test_a_moment_that_cannot_be(
    quota: Quota, set_clock: SetClock, moment: str, code: str, details: dict[str, object]
) -> None:
    set_clock("2026-03-02T12:00")
    for lang in LANGUAGES:
        told = quota.refused("counts", *WEEK, "--known-at", moment, lang=lang)
        assert told == says(code, lang, **{"value": moment, **details})


def test_today_is_known_up_to_now_and_an_empty_workspace_knows_nothing(
    quota: Quota, tmp_path: Path, set_clock: SetClock
) -> None:
    set_clock("2026-03-01T09:30")
    assert quota.json("counts", *WEEK, "--known-at", "2026-03-01")[0]["count"] == 0
    empty = Quota(tmp_path / "empty")
    assert empty.json("counts", *WEEK, "--known-at", "2026-02-28")[0]["count"] == 0
