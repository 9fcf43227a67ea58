"""Sheets that say what is asked of people: quotas with all they may hold, points, ramps, tiers."""

from __future__ import annotations

import pyarrow as pa
import pytest

from quota.ingest import Choices
from quota.ingest.reader import read_file


def rows(text: str, table: str) -> list[dict[str, object]]:
    """The rows of a stored table that a csv yields, without what is empty."""
    reading = read_file(text.encode(), "plan.csv", Choices())
    found: pa.Table = reading.tables[0].frames[table]
    return [
        {name: value for name, value in row.items() if value is not None and name != "withdrawn"}
        for row in found.to_pylist()
    ]


@pytest.mark.parametrize(
    "text",
    [
        "quota,who,kind,measure,target,every,topic,outcome,direction,alternative,minimum,cap,ramp,carry\n"
        "Talks,all,calls + mails,people,50,fiscal year,pensions,yes,outgoing,Or,call 5,e-mail 9,New,yes\n",
        "kvote;hvem;type;måles i;mål;hver;emne;udfald;retning;alternativ;mindst;loft;indkøring;overfør\n"
        "Talks;alle;opkald + mails;personer;50;regnskabsår;pensions;ja;udgående;Or;opkald 5;mail 9;New;ja\n",
    ],
)
def test_a_quota_says_all_of_it_in_words_of_its_language(text: str) -> None:
    (row,) = rows(text, "quotas")
    assert {name: row[name] for name in row if name not in ("topic",)} == {
        "quota": "Talks",
        "who": "everyone",
        "kind": "call+email",
        "measure": "contacts",
        "target": 50.0,
        "every": "fiscal_year",
        "outcome": "connected",
        "direction": "out",
        "alternative": "Or",
        "minimum": "call 5",
        "cap": "email 9",
        "ramp": "New",
        "carry": True,
    }


@pytest.mark.parametrize(
    ("line", "kind"),
    [("Points,points,count", "points"), ("Sold,,units", "won"), ("Hunting,,new customers", "won")],
)
def test_what_a_quota_counts_follows_from_its_measure(line: str, kind: str) -> None:
    (row,) = rows(f"quota,kind,measure,target,every\n{line},5,week\n", "quotas")
    assert row["kind"] == kind


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Golf,golf,count,5,week,,", "unknown_kind"),
        ("Calls,call,golf,5,week,,", "unknown_measure"),
        ("Calls,call,count,5,fortnight,,", "unknown_every"),
        ("Calls,call,count,5,week,sideways,", "unknown_direction"),
        ("Calls,call,count,5,week,,perhaps", "no_yes_or_no"),
        ("Calls,call,count,many,week,,", "bad_number"),
    ],
)
def test_a_row_that_cannot_be_a_quota_is_refused_for_one_cell(line: str, code: str) -> None:
    text = f"quota,kind,measure,target,every,direction,carry\n{line}\nMails,email,count,9,week,in,no\n"
    reading = read_file(text.encode(), "plan.csv", Choices())
    (table,) = reading.tables
    assert (table.layout, table.accepted, table.rejected) == ("quotas", 1, 1)
    assert table.issues["code"].tolist() == [code]


def test_points_ramps_and_tiers() -> None:
    assert rows("activity,points\nCall,1\nMøde,10\n", "points") == [
        {"kind": "call", "points": 1.0},
        {"kind": "meeting", "points": 10.0},
    ]
    assert rows("Indkøring;Uge;Andel\nPrøvetid;1;25 %\nPrøvetid;2;50 %\n", "ramps") == [
        {"ramp": "Prøvetid", "week": 1, "share": 0.25},
        {"ramp": "Prøvetid", "week": 2, "share": 0.5},
    ]
    assert rows("tier,from,reward\nGold,120 %,500 EUR\nSilver,1,\n", "tiers") == [
        {"tier": "Gold", "threshold": 1.2, "reward": "500 EUR"},
        {"tier": "Silver", "threshold": 1.0},
    ]


def test_a_person_may_have_a_row_per_change() -> None:
    text = "rep,team,full time,working days,from\nMia,North,1,,\nMia,,0.6,mon-wed,2026-06-01\n"
    found = rows(text, "people")
    assert [row.get("full_time") for row in found] == [1.0, 0.6]
    assert found[1]["weekdays"] == "mon-wed"
    assert str(found[1]["from"]) == "2026-06-01"


def test_the_office_may_be_closed_for_everyone() -> None:
    text = "rep,from,to,reason\nalle,2026-12-24,2026-12-31,Lukket\nHold: Nord,2026-06-04,2026-06-04,Kursus\n"
    assert [row["rep"] for row in rows(text, "absences")] == ["everyone", "team: Nord"]
