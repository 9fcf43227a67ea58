"""A template that is uploaded as it is must be understood, in every language."""

from __future__ import annotations

from datetime import date

import pytest

from quota import columns as c
from quota.i18n import LANGUAGES
from quota.ingest.reader import read_file
from quota.ingest.records import Choices, TableReading
from quota.report.templates import workbook


@pytest.fixture
def understood(tmp_path):  # type: ignore[no-untyped-def]
    """Reads the template of some tables in a language."""

    def read(names: list[str], lang: str) -> tuple[TableReading, ...]:
        path = tmp_path / "template.xlsx"
        path.write_bytes(workbook(names, lang))
        return read_file(path, path.name, Choices()).tables

    return read


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", c.WRITTEN)
def test_a_template_is_understood(name: str, lang: str, understood) -> None:  # type: ignore[no-untyped-def]
    (table,) = understood([name], lang)
    assert (table.layout, table.accepted, table.skipped, table.rejected) == (name, 2, 0, 0)
    assert table.issues.empty, table.issues.to_dict("records")
    assert not table.questions
    assert [match.field for match in table.columns] == c.WRITTEN[name].names


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_templates_in_one_workbook(lang: str, understood) -> None:  # type: ignore[no-untyped-def]
    tables = understood(list(c.WRITTEN), lang)
    assert [table.layout for table in tables] == list(c.WRITTEN)
    assert all(table.issues.empty for table in tables)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_words_of_the_examples_mean_the_same(lang: str, understood) -> None:  # type: ignore[no-untyped-def]
    quotas, people, absences = (
        table.frames[table.layout].to_pylist() for table in understood(list(c.WRITTEN)[:3], lang)
    )
    first, second = quotas
    assert [first[name] for name in ("who", "kind", "measure", "target", "every")] == [
        "everyone",
        "call",
        "count",
        250,
        "week",
    ]
    assert (second["who"].split(":")[0], second["kind"], second["measure"], second["every"]) == (
        "team",
        "won",
        "amount",
        "month",
    )
    assert (people[1]["full_time"], people[1]["start"]) == (0.8, date(2026, 2, 2))
    assert [row["rep"] for row in absences] == ["Anna Berg", "everyone"]
