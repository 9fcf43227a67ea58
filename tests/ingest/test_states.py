"""What is said of a type beside its kind, and who may have done the work."""

from __future__ import annotations

import pytest

from quota.ingest import vocabulary
from quota.ingest.headings import taken_apart
from quota.ingest.reader import read_file
from quota.ingest.states import state_beside_kind


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Meeting", None),
        ("Meeting - booked", "planned"),
        ("Demo (cancelled by client)", "cancelled"),
        ("Møde - udeblev", "no_show"),
        ("emailsReplied", "not_activity"),
        ("linkedinInviteAccepted", "not_activity"),
        ("Call booked meeting", None),
        ("Tapaaminen peruttu", "cancelled"),
        ("Kundbesök inställt", "cancelled"),
        ("Call - No", None),
    ],
)
def test_the_words_beside_a_kind_tell_what_became_of_it(text: str, state: str | None) -> None:
    assert state_beside_kind(text) == state


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Kundbesök", "meeting"), ("Säljsamtal", "call"), ("Asiakaspuhelu", "call"), ("Teammøde", None)],
)
def test_the_end_of_a_compound_names_the_kind(text: str, kind: str | None) -> None:
    assert vocabulary.meaning_within("kinds", text) == kind


@pytest.mark.parametrize(
    ("heading", "kind", "qualifier"),
    [
        ("How many demos did you give this week?", "demo", ""),
        ("Hvor mange opkald har du foretaget?", "call", ""),
        ("Meetings existing customers", "meeting", "existing customers"),
        ("New customers", "won", ""),
        ("LinkedIn kutsut lähetetyt", "social", ""),
    ],
)
def test_headings_with_a_qualifier_name_their_kind(heading: str, kind: str, qualifier: str) -> None:
    apart = taken_apart(heading)
    assert (apart.kind, apart.qualifier, apart.rest) == (kind, qualifier, "")


def test_columns_of_people_are_proposed_where_nobody_is_the_rep() -> None:
    text = (
        "Subject,Start Date,Organizer\nMeeting Orion,2026-11-02,Ingrid Holt\nCall Vega,2026-11-03,Bo Salo\n"
    )
    (table,) = read_file(text.encode(), "calendar.csv").tables
    assert [(question.code, question.options) for question in table.questions] == [
        ("rep_of_file", ("Organizer",))
    ]
