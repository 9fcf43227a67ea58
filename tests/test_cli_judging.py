"""The command line about quotas: sheets in, progress with its why, what changed, what the weeks suggest."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import Quota

SHEETS = {
    "quotas.csv": "quota,who,kind,measure,target,every,topic,alternative,ramp\n"
    "Calls,role: Adviser,call,count,250,week,,Reach,Probation\n"
    "Topic,role: Adviser,social,people,50,week,retirement planning,Reach,Probation\n"
    "Effort,everyone,points,count,100,week,,,\n",
    "points.csv": "kind,points\ncall,1\nsocial,2\n",
    "tiers.csv": "tier,from,reward\nBronze,100 %,Lunch\nGold,1.5,Dinner\n",
    "ramps.csv": "ramp,week,share\nProbation,1,25 %\nProbation,2,50 %\nProbation,3,75 %\n",
    "people.csv": "rep,team,role,start,calendar\nNanna,Aarhus,Adviser,2026-03-30,DK\nBo,Aarhus,Manager,,DK\n",
    "away.csv": "rep,from,to,reason\nNanna,2026-04-09,2026-04-10,Holiday\n",
    "work.csv": "Date,Rep,Type,Direction,Contact,Notes,Count\n"
    "2026-04-07,Nanna,Call,Outbound,,,30\n"
    "2026-04-07,Nanna,Call,Inbound,,,7\n"
    "2026-04-07,Nanna,LinkedIn,,P1,Rétirement  planning,1\n"
    "2026-04-08,Nanna,LinkedIn,,P1,more on retirement planning,1\n"
    "2026-04-08,Nanna,LinkedIn,,P2,retirement planning,1\n"
    "2026-04-08,Nanna,LinkedIn,,P3,mortgages,1\n",
}
WEEK = ("--period", "2026-W15")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Quota:
    """A team of two; not to be changed."""
    folder: Path = tmp_path_factory.mktemp("office")
    for name, text in SHEETS.items():
        (folder / name).write_text(text)
    quota = Quota(folder / "workspace")
    receipts = quota.json("import", *(str(folder / name) for name in SHEETS))
    assert [receipt["rejected"] for receipt in receipts] == [0] * len(SHEETS)
    return quota


def test_the_adviser_in_probation(office: Quota) -> None:
    """Half a target in week 2, Easter Monday and two days off: 0.2 of a whole quota; 30/250 + 2/50 done."""
    lines = office.json("progress", *WEEK, "--as-of", "2026-04-08", "--rep", "nanna")
    found = {line["quota"]: line for line in lines}
    assert set(found) == {"Reach", "Effort"}
    reach, effort = found["Reach"], found["Effort"]
    assert (reach["measure"], reach["target"], reach["actual"]) == ("share", 0.2, 0.16)
    assert (reach["attainment"], reach["status"], reach["tier"]) == (0.8, "behind", None)
    assert (effort["target"], effort["actual"]) == (40, 38)  # 30 calls and 4 social contacts of 2 points


def test_the_why_agrees_with_the_line(office: Quota) -> None:
    (told,) = office.json(
        "progress", *WEEK, "--as-of", "2026-04-08", "--rep", "Nanna", "--quota", "reach", "--explain"
    )
    why = told["why"]
    assert told["target"] == 0.2
    assert sorted(piece["target"] for piece in why["pieces"]) == [10, 50]
    assert {piece["available"] for piece in why["pieces"]} == {1}  # two days at half
    assert [day["reasons"][0]["reason"] for day in why["days"] if day["reasons"]] == [
        *("holiday", "away", "away", "weekend", "weekend"),
    ]
    assert {line["kind"]: line["value"] for line in why["done"]} == {"call": 30, "social": 2}
    assert {(line["kind"], line["reason"], line["count"]) for line in why["excluded"]} == {
        ("call", "direction", 7),
        ("social", "topic", 1),
    }
    assert [(line["file"], line["rows"]) for line in why["files"]] == [("work.csv", 6)]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["16% of 20% (80%)", "Easter Monday", "Left out: 7 calls: the other direction."]),
        ("da", ["16\xa0% af 20\xa0% (80\xa0%)", "Udeladt: 7 opkald: den anden retning."]),
        ("fi", ["16\xa0% / 20\xa0% (80\xa0%)", "Jätetty pois: 7 soittoa: toinen suunta."]),
    ],
)
def test_the_why_in_words(office: Quota, lang: str, words: list[str]) -> None:
    asked = ("progress", *WEEK, "--as-of", "2026-04-08", "--rep", "Nanna", "--quota", "Reach", "--explain")
    said = office.plain(*asked, lang=lang)
    assert [word for word in words if word not in said] == []


def test_the_digest_says_who_crossed_a_line(office: Quota) -> None:
    found = office.json("digest", "--since", "2026-04-07")
    assert {(line["rep"], line["quota"], line["period"], line["change"]) for line in found} == {
        ("Bo", "Effort", "2026-W15", "missed"),
        ("Nanna", "Effort", "2026-W15", "missed"),
        ("Nanna", "Reach", "2026-W15", "missed"),
    }
    page = office.plain("digest", "--since", "2026-04-07", "--html")
    assert page.startswith("<!doctype html>")
    assert "<li>Bo missed Effort, 2026-W15: it ended at 0%.</li>" in page


def test_what_the_data_does_not_reach_is_no_news(office: Quota) -> None:
    assert office.json("digest", "--since", "2020-01-05") == []


def test_a_name_is_no_markup_in_the_digest(tmp_path: Path) -> None:
    quota = Quota(tmp_path / "workspace")
    (tmp_path / "q.csv").write_text("quota,kind,target,every\nCalls,call,10,week\n")
    (tmp_path / "p.csv").write_text("rep,team\n<b>Bo</b>,North\n")
    quota.json("import", str(tmp_path / "q.csv"), str(tmp_path / "p.csv"))
    (tmp_path / "w.csv").write_text("Date,Rep,Type\n2026-04-07,<b>Bo</b>,Call\n")
    quota.json("import", str(tmp_path / "w.csv"))
    page = quota.plain("digest", "--since", "2026-04-07", "--html")
    assert "&lt;b&gt;Bo&lt;/b&gt;" in page
    assert "<b>" not in page


def test_suggested_quotas_come_from_the_weeks(office: Quota) -> None:
    found = office.json("suggest", "--weeks", "1")
    assert found == []  # the only week of work has not ended by its last day of work


def test_nobody_of_that_name(office: Quota) -> None:
    assert "Zoe" in office.refused("progress", *WEEK, "--rep", "Zoe")
