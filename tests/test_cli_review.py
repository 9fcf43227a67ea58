"""The commands that look back: duplicates, restated, trace, imports --rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.command import Quota, says

CRM = "Activity ID,Owner,Date,Type\n1,Ann Berg,2026-11-09 10:00,Call\n2,Ann Berg,2026-11-18 11:00,Call\n"
PHONE = "Call ID,Agent,Start time,Activity type\np1,Ann Berg,2026-11-09 10:02,Call\n"
WEEK = ("--from", "2026-11-09", "--to", "2026-11-16")


@pytest.fixture
def quota(tmp_path: Path) -> Quota:
    quota = Quota(tmp_path / "workspace")
    for name, text in (("crm.csv", CRM), ("phone.csv", PHONE)):
        (tmp_path / name).write_text(text)
    return quota


def test_duplicates_are_told_listed_counted_once_and_brought_back(quota: Quota, tmp_path: Path) -> None:
    quota.json("import", tmp_path / "crm.csv")
    (receipt,) = quota.json("import", tmp_path / "phone.csv")
    assert (receipt["new"], receipt["twins"], receipt["restated"]) == (1, 1, {"2026-W46": {"call": 1}})
    (group,) = quota.json("duplicates")
    assert (group["kind"], group["count"], group["file_a"], group["file_b"]) == (
        "call",
        1,
        "crm.csv",
        "phone.csv",
    )
    assert [group["examples"][0][name] for name in ("row_a", "row_b", "apart")] == [2, 2, 120.0]
    assert quota.json("duplicates", "--kind", "email") == []
    (once,) = quota.json("duplicates", "--keep", group["source_a"])
    assert (once["changed"], quota.json("duplicates")) == (1, [])
    assert quota.json("counts", *WEEK)[0]["count"] == 1
    assert [row["fate"] for row in quota.json("imports", "--rows", receipt["import_id"])] == ["twin"]
    quota.json("undo", once["import_id"])
    assert quota.json("counts", *WEEK)[0]["count"] == 2
    quota.json("duplicates", "--different")
    assert quota.json("duplicates") == []
    assert quota.json("counts", *WEEK)[0]["count"] == 2


def test_restated_and_trace(quota: Quota, tmp_path: Path) -> None:
    quota.json("import", tmp_path / "crm.csv")
    (late,) = quota.json("import", tmp_path / "phone.csv")
    line = {"rep": "Ann Berg", "period": "2026-W46", "kind": "call", "before": 1, "after": 2}
    assert quota.json("restated", "--import", late["import_id"]) == [line]
    assert quota.json("restated", "--since", "2026-01-01") == []
    found = quota.json("trace", "--rep", "Ann Berg", "--kind", "call", *WEEK)
    assert [(row["file"], row["row"], row["ts"]) for row in found] == [
        ("crm.csv", 2, "2026-11-09T10:00:00"),
        ("phone.csv", 2, "2026-11-09T10:02:00"),
    ]
    for lang in ("en", "da", "fi"):
        for command in (
            ("trace", "--kind", "call", *WEEK),
            ("duplicates",),
            ("restated", "--import", late["import_id"]),
        ):
            assert "Ann Berg" in quota.plain(*command, lang=lang) or command == ("duplicates",)


def test_what_makes_no_sense_is_refused_in_a_sentence(quota: Quota) -> None:
    turned = ("--from", "2026-11-16", "--to", "2026-11-09")
    sentence = says("empty_period", start=date(2026, 11, 16), end=date(2026, 11, 9))
    assert quota.refused("counts", *turned) == sentence
    assert quota.refused("funnel", *turned) == sentence
    assert quota.refused("trace", "--kind", "call", *turned) == sentence
    assert quota.refused("restated") == says("since_or_import")
    assert quota.refused("imports", "--rows", "none") == says("unknown_import", import_id="none")
    assert quota.refused("duplicates", "--keep", "crm") == says("no_twins", source="crm")
    assert quota.refused("duplicates", "--keep", "crm", "--different") == says("keep_or_different")
