"""The manual's worked example, as sheets through the command line: the figures are those in the manual."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command import Quota

MANUAL = (Path(__file__).parents[1] / "docs" / "quotas.md").read_text("utf-8")
SHEETS = re.findall(r"`(\w+\.csv)`\n\n```csv\n(.*?)```", MANUAL, re.DOTALL)
LINE = ("--period", "2026-W15", "--rep", "Nanna Holm")


def table(first: str) -> list[list[str]]:
    """The cells of the manual's table whose first heading is `first`, headings first."""
    rows = MANUAL[MANUAL.rindex(f"\n| {first} |") :].strip().split("\n\n")[0].splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return [cells[0], *cells[2:]]


def number(text: str) -> object:
    """A figure as the manual writes it; – is none."""
    return None if text == "–" else pytest.approx(float(text)) if text[0].isdigit() else text


@pytest.fixture(params=[1, -1], ids=["in order", "the other way round"])
def quota(request: pytest.FixtureRequest, tmp_path: Path) -> Quota:
    """A workspace with the manual's sheets, imported in one order or the other."""
    quota = Quota(tmp_path / "workspace")
    for name, text in SHEETS[:: request.param]:
        (tmp_path / name).write_text(text, "utf-8")
        quota.json("import", tmp_path / name)
    return quota


def test_the_example_in_the_manual(quota: Quota) -> None:
    headings, *rows = table("figure")
    assert len(SHEETS) == 5
    assert len(rows) == 9
    for at, day in enumerate(headings[1:3], start=1):
        (line,) = quota.json("progress", *LINE, "--as-of", day)
        assert {row[0]: line[row[0]] for row in rows} == {row[0]: number(row[at]) for row in rows}
    (before,) = quota.json("progress", "--period", "2026-W14")
    assert f"asked for 3 ÷ 5 × 0.25 = {before['target']} of a quota" in MANUAL


def test_its_days_and_what_was_counted(quota: Quota) -> None:
    (line,) = quota.json("progress", *LINE, "--as-of", "2026-04-08", "--explain")
    why = line["why"]
    days = [
        [day["day"][:10], day["possible"], day["days"], day["available"] * day["ramp"]] for day in why["days"]
    ]
    assert days == [[day, *map(number, rest)] for day, *rest in table("day")[1:]]
    _, calls, people, _ = table("until the close of")[-1]
    assert {one["kind"]: str(one["events"]) for one in why["done"]} == {"call": calls, "social": people}
    assert sorted((one["kind"], one["reason"], one["count"]) for one in why["excluded"]) == [
        ("call", "direction", 3),
        ("social", "reached_before", 1),
        ("social", "topic", 1),
    ]
