"""The own past in words: what a page and `--explain` say of intervals, streaks and changes."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from quota.report import past

NAN = float("nan")


def figures(**more: Any) -> dict[str, Any]:
    usual = {"period": "2026-W46", "attainment": 0.664, "streak": 3, "longest_streak": 5}
    return {**usual, "attainment_previous": 0.6, "attainment_last_year": NAN, **more}


def test_in_english() -> None:
    assert past.compared(figures(), "en") == [
        "Met 3 weeks in a row; longest streak: 5 weeks",
        "Week 45 · 2026: 60% at the same point, now ▲ 6 points more",
        "Week 46 · 2025: – nothing to compare with",
    ]


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("da", "Uge 45 · 2026: 60 % på samme tidspunkt, nu ▽ 1 point mindre"),
        ("fi", "Viikko 45 · 2026: samassa vaiheessa 60 %, nyt ▽ 1 prosenttiyksikkö vähemmän"),
    ],
)
def test_in_other_languages(lang: str, expected: str) -> None:
    assert past.compared(figures(attainment=0.59), lang)[1].replace("\xa0", " ") == expected


def test_equal_as_it_is_shown() -> None:
    (_, same, _) = past.compared(figures(attainment=0.604), "en")
    assert same == "Week 45 · 2026: 60% at the same point, now ● the same"


@pytest.mark.parametrize(
    ("streak", "longest", "expected"),
    [
        (0, 0, "Not met so far"),
        (0, 1, "No streak now; the longest was 1 week"),
        (1, 1, "Met for 1 week; longest streak: 1 week"),
    ],
)
def test_streaks(streak: int, longest: int, expected: str) -> None:
    assert past.compared(figures(streak=streak, longest_streak=longest), "en")[0] == expected


def test_a_year_and_a_custom_period_have_one_comparison() -> None:
    assert len(past.compared(figures(period="2026"), "en")) == 2
    assert len(past.compared(figures(period="2026-W53"), "en")) == 2
    assert past.compared(figures(attainment=NAN, streak=pd.NA), "en") == []


def test_how_sure_the_projection_is() -> None:
    errors = pd.DataFrame({"error": [NAN, 0, 0.2, -0.1, -0.3, 0.2, 0.1]})
    ends = {"projected": 110.0, "projected_low": 80.0, "projected_high": 130.0}
    assert past.likely(ends, errors, lambda x: f"{x:.0f}", "en") == [
        "At this pace it will be 110; judging by the 6 periods before, 80 to 130: made at the same point,"
        " their projections were off by −30% to +20% of the target."
    ]
    assert past.likely({**ends, "projected_low": NAN}, errors, str, "en") == []
    assert past.likely({**ends, "projected_high": 80.0}, errors, str, "en") == []
