"""Labels of periods, in the six languages' spellings."""

from __future__ import annotations

from datetime import date

import pytest

from quota.ingest.labels import Label, bare_number, day_order, joined, period_label, with_years


@pytest.mark.parametrize(
    "text",
    [
        "2026-W45", "2026W45", "2026-w45", "W45 2026", "W45-2026", "Week 45, 2026", "week 45 2026",
        "wk 45/2026", "wk. 45 2026", "KW 45/2026", "KW45 2026", "uge 45 2026", "Uge 45, 2026", "u45 2026",
        "viikko 45/2026", "vko 45/2026", "vk 45 2026", "v. 45 2026", "v.45/2026", "vecka 45 2026",
        "uke 45 2026", "S2026-45", "2026 uge 45", "2026 vko 45",
    ],
)  # fmt: skip
def test_a_week_with_its_year(text: str) -> None:
    assert period_label(text) == Label("week", 45, 2026)


@pytest.mark.parametrize(
    "text",
    ["W5", "w05", "Week 5", "wk 5", "KW 5", "uge 5", "u5", "viikko 5", "vko 5", "v. 5", "vecka 5", "uke 5"],
)
def test_a_week_without_a_year(text: str) -> None:
    assert period_label(text) == Label("week", 5, None)


@pytest.mark.parametrize(
    ("text", "month", "year"),
    [
        ("Mar", 3, None),
        ("March 2026", 3, 2026),
        ("maj 2026", 5, 2026),
        ("okt. 2026", 10, 2026),
        ("toukokuu 2026", 5, 2026),
        ("kesä", 6, None),
        ("mars 2026", 3, 2026),
        ("Dezember 2026", 12, 2026),
        ("desember", 12, None),
        ("2026-05", 5, 2026),
        ("5/2026", 5, 2026),
        ("2026 maj", 5, 2026),
        ("Nov-26", 11, 2026),
    ],
)
def test_a_month(text: str, month: int, year: int | None) -> None:
    assert period_label(text) == Label("month", month, year)


@pytest.mark.parametrize(
    ("text", "quarter", "year"),
    [("Q3", 3, None), ("Q4 2026", 4, 2026), ("2026-Q1", 1, 2026), ("kv 2/2026", 2, 2026)],
)
def test_a_quarter(text: str, quarter: int, year: int | None) -> None:
    assert period_label(text) == Label("quarter", quarter, year)


@pytest.mark.parametrize(
    "text",
    [
        "", "23", "W0", "W54", "Week", "Calls", "Total", "2026-13", "Q5", "version 3", "Top 10", "2026",
        "Anna 12", "x" * 40, "Monday", "to 5", "A1",
    ],
)  # fmt: skip
def test_what_names_no_period(text: str) -> None:
    assert period_label(text) is None


@pytest.mark.parametrize(
    ("text", "week"),
    [("1", 1), ("53", 53), (" 7 ", 7), ("0", None), ("54", None), ("4.5", None), ("W4", None)],
)
def test_a_bare_number_is_a_week_only_where_the_heading_says_so(text: str, week: int | None) -> None:
    found = bare_number(text, "week")
    assert (found.number if found else None) == week


@pytest.mark.parametrize(
    ("label", "year", "start"),
    [
        (Label("week", 1, 2026), None, date(2025, 12, 29)),
        (Label("week", 53, 2020), None, date(2020, 12, 28)),
        (Label("week", 53, 2025), None, None),
        (Label("week", 45, None), 2026, date(2026, 11, 2)),
        (Label("week", 45, None), None, None),
        (Label("week", 45, 2026), 2020, date(2026, 11, 2)),
        (Label("month", 12, 2026), None, date(2026, 12, 1)),
        (Label("quarter", 4, None), 2026, date(2026, 10, 1)),
    ],
)
def test_a_label_starts_on_the_first_day_of_its_period(
    label: Label, year: int | None, start: date | None
) -> None:
    assert label.start(year) == start


@pytest.mark.parametrize(
    ("parts", "start"),
    [
        ((Label("weekday", 2, None), Label("week", 45, None), Label("year", 1, 2026)), date(2026, 11, 3)),
        ((Label("week", 45, None), Label("month", 11, 2026)), date(2026, 11, 2)),
        ((Label("weekday", 5, None), Label("week_of", 11, 2026, 2)), date(2026, 11, 6)),
        ((Label("weekday", 5, None), Label("month", 11, 2026)), None),
        ((None, Label("day", 11, 2026, 16)), date(2026, 11, 16)),
    ],
)
def test_what_several_cells_say_of_a_period_is_joined(
    parts: tuple[Label | None, ...], start: date | None
) -> None:
    found = joined(parts)
    assert found is not None
    assert found.start() == start


@pytest.mark.parametrize(
    ("weeks", "year", "years"),
    [
        ((50, 51, 52, 1), 2025, [2025, 2025, 2025, 2026]),
        ((51, 52, 1, 50), 2025, [2025, 2025, 2026, 2025]),  # the second rep begins a week earlier
        ((51, 52, 1), 2026, [2025, 2025, 2026]),  # else they would lie behind today
        ((45, 46), 2026, [2026, 2026]),
        ((2, 30, 5), 2026, [2026, 2026, 2026]),  # no week after the other
    ],
)
def test_weeks_may_run_over_new_year(weeks: tuple[int, ...], year: int, years: list[int]) -> None:
    found = with_years([Label("week", week, None) for week in weeks], year, date(2026, 11, 21))
    assert [label and label.year for label in found] == years


@pytest.mark.parametrize(
    ("texts", "day_first", "order"),
    [
        (["16/11", "17/11"], False, "dmy"),
        (["2/11", "3/11", "4/11"], False, "dmy"),
        (["11/2", "11/3", "11/4"], True, "mdy"),
    ],
)
def test_days_without_a_year_are_read_so_that_they_are_neighbours(
    texts: list[str], day_first: bool, order: str
) -> None:
    assert day_order(texts, day_first=day_first) == order
