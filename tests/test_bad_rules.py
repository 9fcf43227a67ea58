"""Bad rules of an uploaded sheet: refused beside their cell with the cure, the good ones kept if asked."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from command import Quota

PEOPLE = "rep,team,role\nAnn Berg,North,SDR\nBo Lind,South,AE\n"
HEADINGS = ("quota", "who", "kind", "measure", "target", "every", "from", "to", "alternative")
GOOD = "Calls,everyone,call,count,50,week,,,"


@pytest.fixture
def quota(tmp_path: Path) -> Quota:
    """A workspace that knows two people."""
    quota = Quota(tmp_path / "workspace")
    quota.json("import", sheet(tmp_path, PEOPLE, "people"))
    return quota


def sheet(folder: Path, text: str, name: str = "quotas") -> Path:
    (path := folder / f"{name}.csv").write_text(text, "utf-8")
    return path


def rules(folder: Path, *lines: str) -> Path:
    return sheet(folder, "\n".join([",".join(HEADINGS), *lines]) + "\n")


def held(quota: Quota) -> list[tuple[str, float]]:
    """The quotas that Ann has in week 47, with her targets."""
    found = quota.json("progress", "--period", "2026-W47", "--rep", "Ann Berg")
    return [(line["quota"], line["target"]) for line in found if line["quota"]]


def test_what_is_to_be_said_of_a_sheet_that_is_taken_is_said(quota: Quota, tmp_path: Path) -> None:
    path = sheet(tmp_path, "rep,team,role,calendar\nAnn Berg,North,SDR,Atlantis\n", "crew")
    told = quota.run("import", path)
    assert told.exit_code == 0
    assert "crew.csv, 2: “ATLANTIS” is no known holiday calendar" in told.stderr


@pytest.mark.parametrize(
    ("line", "column", "value", "cure"),
    [
        ("Mails,Ann Bergh,email,count,9,week,,,", "who", "Ann Bergh", "Did you mean “Ann Berg”?"),
        ("Mails,Berg Ann,email,count,9,week,,,", "who", "Berg Ann", "Did you mean “Ann Berg”?"),
        ("Mails,team: Nort,email,count,9,week,,,", "who", "team: Nort", "Did you mean “team: North”?"),
        ("Mails,role: Clown,email,count,9,week,,,", "who", "role: Clown", "Check the spelling"),
        ("Mails,everyone,juggling,count,9,week,,,", "kind", "juggling", "Say what it is"),
        ("Mails,everyone,email,count,-9,week,,,", "target", "-9", "cannot be below zero"),
        ("Mails,everyone,email,count,9,week,2026-02-30,,", "from", "2026-02-30", "is not a date"),
        ("Mails,everyone,email,count,9,week,2026-03-01,2026-02-01,", "to", "2026-02-01", "before it starts"),
        ("Calls,everyone,call,count,60,week,,,", "from", "", "Let the other one end the day before"),
        (
            "Score,everyone,points,count,60,week,,,",
            "kind",
            "points",
            "Give the types of activity their points",
        ),
        ("Score,everyone,points + call,count,60,week,,,", "kind", "points + call", "Say what it is"),
        ("Mails,everyone,email,count,9,week,,,Calls", "alternative", "Calls", "Write one new word"),
        ("Mails,everyone,email,count,9,week,,,mails", "alternative", "mails", "Write one new word"),
    ],
)
def test_a_bad_row_is_refused_beside_its_cell_and_nothing_is_stored_unasked(
    quota: Quota, tmp_path: Path, line: str, column: str, value: str, cure: str
) -> None:
    path = rules(tmp_path, GOOD, line)
    told = quota.refused("import", path)
    assert told.startswith("quotas.csv, 3: ")
    assert cure in told
    assert "Nothing of quotas.csv was stored: 1 row cannot be used" in told
    assert held(quota) == []
    told_of = quota.run("inspect", path, "--json")
    assert told_of.exit_code == 1
    ((table,),) = (read["tables"] for read in json.loads(told_of.stdout))
    (issue,) = [issue for issue in table["issues"] if issue["status"] == "rejected"]
    assert (issue["row"], issue["column"], issue["value"] or "") == (3, column, value)
    assert (table["accepted"], table["rejected"]) == (1, 1)
    (receipt,) = quota.json("import", "--keep-good", path, status=1)
    assert (receipt["new"], receipt["rejected"]) == (1, 1)
    assert held(quota) == [("Calls", 50)]


@pytest.mark.parametrize(
    "lines",
    [
        # Calls names Mails and Mails names Calls.
        ("Calls,everyone,call,count,50,week,,,Mails", "Mails,everyone,email,count,9,week,,,Calls"),
        # A ring of three.
        (
            "Calls,everyone,call,count,50,week,,,Mails",
            "Mails,everyone,email,count,9,week,,,Meetings",
            "Meetings,everyone,meeting,count,5,week,,,Calls",
        ),
    ],
)
def test_alternatives_in_a_circle_are_refused_row_by_row(
    quota: Quota, tmp_path: Path, lines: tuple[str, ...]
) -> None:
    told = quota.refused("import", rules(tmp_path, *lines))
    assert told.count("would stand in for one another in a circle") == len(lines)
    assert "all of its" in told


def test_alternatives_that_share_a_word_of_their_own_are_no_circle(quota: Quota, tmp_path: Path) -> None:
    shared = ("Calls,everyone,call,count,50,week,,,Reach", "Mails,everyone,email,count,9,week,,,Reach")
    quota.json("import", rules(tmp_path, *shared))
    assert held(quota) == [("Reach", 1)]


def test_a_row_that_contradicts_a_stored_one_is_refused(quota: Quota, tmp_path: Path) -> None:
    quota.json("import", rules(tmp_path, "Calls,everyone,call,count,50,week,2026-07-01,2026-12-31,"))
    overlapping = "Calls,everyone,call,count,60,week,2026-10-01,,"
    assert "already set for some of these days" in quota.refused("import", rules(tmp_path, overlapping))
    ended = "Calls,everyone,call,count,50,week,2026-07-01,2026-09-30,"
    quota.json("import", rules(tmp_path, ended, overlapping))
    assert held(quota) == [("Calls", 60)]


def test_who_is_to_come_can_be_kept(quota: Quota, tmp_path: Path) -> None:
    path = rules(
        tmp_path, GOOD, "Mails,Cy Dahl,email,count,9,week,,,", "Score,everyone,points,count,60,week,,,"
    )
    quota.refused("import", path)
    (receipt,) = quota.json("import", "--keep-unknown", path)
    assert (receipt["new"], receipt["rejected"]) == (3, 0)
    quota.json("import", sheet(tmp_path, "rep,team\nCy Dahl,North\n", "more"))
    found = quota.json("progress", "--period", "2026-W47", "--rep", "Cy Dahl")
    assert [(line["quota"], line["target"]) for line in found] == [("Calls", 50), ("Mails", 9)]


def test_where_nobody_is_known_yet_quotas_for_people_are_taken(tmp_path: Path) -> None:
    quota = Quota(tmp_path / "workspace")
    path = rules(tmp_path, "Mails,Ann Berg,email,count,9,week,,,")
    (read,) = quota.json("inspect", path)
    assert [table["rejected"] for table in read["tables"]] == [0]
    quota.json("import", path)
    quota.json("import", sheet(tmp_path, PEOPLE, "people"))
    assert held(quota) == [("Mails", 9)]


def test_the_order_of_the_files_of_one_import_does_not_matter(quota: Quota, tmp_path: Path) -> None:
    people = sheet(tmp_path, "rep,team\nCy Dahl,West\n", "more")
    points = sheet(tmp_path, "activity,points\nCall,1\nMeeting,10\n", "points")
    asked = rules(tmp_path, "Score,team: West,points,count,60,week,,,")
    receipts = quota.json("import", asked, points, people)
    assert {receipt["file"]: receipt["rejected"] for receipt in receipts} == {
        "points.csv": 0,
        "more.csv": 0,
        "quotas.csv": 0,
    }


def test_people_and_points_of_the_same_workbook_are_known(quota: Quota, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    tables = {
        "Quotas": [
            HEADINGS,
            ("Score", "Cy Dahl", "points", "count", 60, "week"),
            ("Calls", "Dy", "call", "count", 5, "week"),
        ],
        "People": [("rep", "team"), ("Cy Dahl", "West")],
        "Points": [("activity", "points"), ("Call", 1), ("Points", 5), ("Call + email", 2)],
    }
    for name, rows in tables.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.remove(book.worksheets[0])
    book.save(path := tmp_path / "plan.xlsx")
    told = quota.refused("import", path)
    assert "plan.xlsx, Quotas, 3: Nobody is called “Dy”" in told
    assert "plan.xlsx, Points, 3: Points cannot be worth points." in told
    assert "plan.xlsx, Points, 4: “call+email” names several types of activity." in told
    (receipt,) = quota.json("import", "--keep-good", path, status=1)
    assert (receipt["new"], receipt["rejected"]) == (3, 3)


def test_weights_without_kinds_and_tiers_below_zero_are_refused(quota: Quota, tmp_path: Path) -> None:
    points = sheet(tmp_path, "activity,points\nCall,1\n,10\nMeeting,-2\n", "points")
    told = quota.refused("import", points)
    assert "points.csv, 3: " in told
    assert "points.csv, 4: “-2" in told
    tiers = sheet(tmp_path, "tier,threshold,reward\nGold,120%,a dinner\nSilver,-1,\n", "tiers")
    assert "tiers.csv, 3: “-1" in quota.refused("import", tiers)


def test_activities_are_taken_although_some_rows_are_refused(quota: Quota, tmp_path: Path) -> None:
    path = sheet(tmp_path, "Rep,Date,Type\nAnn Berg,2026-11-16,Call\nAnn Berg,2026-02-30,Call\n", "calls")
    (receipt,) = quota.json("import", path, status=1)
    assert (receipt["new"], receipt["rejected"]) == (1, 1)


def test_a_row_with_months_across_is_refused_whole(quota: Quota, tmp_path: Path) -> None:
    lines = "quota,who,kind,2026-11,2026-12\nCalls,everyone,call,100,200\nMails,Ann Bergh,email,10,20\n"
    path = sheet(tmp_path, lines)
    told = quota.refused("import", path)
    assert "quotas.csv, 3: Nobody is called “Ann Bergh”" in told
    assert "1 row cannot be used" in told
    (receipt,) = quota.json("import", "--keep-good", path, status=1)
    assert (receipt["new"], receipt["rejected"]) == (2, 1)


def test_people_are_known_from_the_activities_of_the_same_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in {
        "Activities": [("Rep", "Date", "Type"), ("Cy Dahl", "2026-11-16", "Call")],
        "Quotas": [("Quota", "Who", "Kind", "Target", "Every"), ("Calls", "Cy Dahl", "call", 2, "week")],
    }.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(tmp_path / "team.xlsx")
    quota = Quota(tmp_path / "workspace")
    quota.json("import", tmp_path / "team.xlsx")
    (line,) = quota.json("progress", "--period", "2026-W47")
    assert (line["rep"], line["actual"], line["target"]) == ("Cy Dahl", 1, 2)


def test_whoever_is_known_under_another_spelling_is_known_to_quotas_and_leave(tmp_path: Path) -> None:
    quota = Quota(tmp_path / "workspace")
    people = sheet(
        tmp_path, "rep,team,email,aliases,calendar\nMette Holm,North,mette@example.com,M. Holm,\n", "people"
    )
    leave = sheet(tmp_path, "rep,from,to\nmette@example.com,2026-03-02,2026-03-03\n", "leave")
    quotas = "quota,who,target,every,kind\n{},{},week,call\n"
    quota.json("import", people, leave)
    quota.json("import", sheet(tmp_path, quotas.format("Calls,everyone", 100)))
    assert (
        "Did you mean “Mette Holm”"
        in quota.run("import", sheet(tmp_path, quotas.format("Calls,Holm Mette", 50))).stderr
    )
    quota.json("import", sheet(tmp_path, quotas.format("Calls,m. holm", 50)))
    (line,) = quota.json("progress", "--period", "2026-W10")
    assert (line["rep"], line["target"]) == ("Mette Holm", 30), "her own row wins, two days are off"
    changed = sheet(tmp_path, quotas.format("Calls,METTE@example.com", 60))
    ((receipt),) = quota.json("import", "--applies-from", "2026-03-09", changed)
    assert receipt["applies"] == {"2026-03-09": 1}, "the same quota, however she is spelled"
    targets = [quota.json("progress", "--period", week)[0]["target"] for week in ("2026-W10", "2026-W11")]
    assert targets == [30, 60]
