"""Suggested quotas: a percentile of rep-weeks, each brought to a full week."""

from __future__ import annotations

from metric_frames import D, absences, cube, people

from quota.suggestions import suggested
from quota.worktime import Staff


def calls(rep: str, day: str, count: int) -> dict[str, object]:
    return {"rep": rep, "day": day, "kind": "call", "count": count}


CREW = people({"rep": "Ann", "role": "SDR"}, {"rep": "Bo", "role": "SDR"}, {"rep": "Cy", "role": "AE"})
# Weeks 44 and 45: Ann 10 and 20, Bo 30 and 40; Cy never calls.
WORK = cube(
    calls("Ann", "2026-10-27", 10),
    calls("Ann", "2026-11-03", 20),
    calls("Bo", "2026-10-30", 30),
    calls("Bo", "2026-11-08", 40),
    {"rep": "Cy", "day": "2026-11-03", "kind": "meeting", "count": 2},
    calls("Bo", "2026-11-10", 999),  # the week still runs
)


def test_the_eightieth_percentile_of_the_weeks() -> None:
    """Of 10, 20, 30, 40 it is 34: Bo's second week reached it, and so did half of Bo's weeks."""
    found = suggested(WORK, Staff(CREW), D("2026-11-11"), weeks=2)
    assert found.to_dict("records") == [
        {"role": "AE", "kind": "meeting", "target": 2, "percentile": 0.8, "reps": 1, "rep_weeks": 2,
         "met_weeks": 1, "met_reps": 1},
        {"role": "SDR", "kind": "call", "target": 34, "percentile": 0.8, "reps": 2, "rep_weeks": 4,
         "met_weeks": 1, "met_reps": 1},
    ]  # fmt: skip


def test_a_short_week_counts_as_a_full_one_and_a_week_away_not_at_all() -> None:
    """Ann was away on four of five days of week 45 (20 calls make 100), and all of week 44."""
    away = absences(
        {"rep": "Ann", "from": D("2026-10-26"), "to": D("2026-10-30")},
        {"rep": "Ann", "from": D("2026-11-03"), "to": D("2026-11-06")},
    )
    crew = people({"rep": "Ann"})
    found = suggested(WORK[WORK["rep"] == "Ann"], Staff(crew, away), D("2026-11-11"), 1.0, weeks=2)
    assert found[["role", "target", "rep_weeks"]].to_dict("records") == [
        {"role": None, "target": 100, "rep_weeks": 1}
    ]


def test_nothing_done_suggests_nothing() -> None:
    assert suggested(WORK.iloc[:0], Staff(CREW), D("2026-11-11")).empty
