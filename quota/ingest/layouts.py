"""The kinds of table that are understood, and the fields each may have."""

from __future__ import annotations

from dataclasses import dataclass

# Which of two numbers of a date comes first.
ORDERS = ("dmy", "mdy")


@dataclass(frozen=True)
class Layout:
    """A kind of table: the fields it may have, and of which some must be there.

    `needs`: groups of fields; of each group at least one is required. `weight` breaks
    near ties towards the more telling layout.
    """

    name: str
    fields: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...]
    tells: tuple[str, ...]


_EVENT = (
    "duration",
    "other_date",
    "team",
    "account",
    "contact",
    "deal",
    "amount",
    "currency",
    "units",
    "new_customer",
)
LAYOUTS = (
    Layout(
        "activities",
        ("id", "deal_id", "rep", "date", "due_date", "created_date", "time", "kind", "subject", "status",
         "status_reason", "outcome", "meeting_outcome", "deleted", "cancelled", "no_show", "attended",
         "to_person", "direction", "draft", "topic", "count", "stage", *_EVENT),
        (("rep",), ("date", "due_date", "created_date"), ("kind", "subject", "outcome", "direction", "id")),
        ("kind", "subject", "outcome", "direction", "status", "due_date"),
    ),
    Layout(
        "deals",
        ("id", "deal_id", "rep", "created_date", "close_date", "lost_date", "expected_close_date", "date",
         "stage", "status", "is_won", "won_amount", "deleted", "subject", "topic", *_EVENT),
        (("rep",), ("created_date", "close_date", "date"), ("stage", "status", "is_won", "amount")),
        ("stage", "is_won", "close_date", "expected_close_date", "amount", "created_date"),
    ),
    Layout(
        "quotas",
        ("quota", "who", "rep", "team", "role", "kind", "measure", "target", "every", "from", "to",
         "currency", "topic", "outcome", "direction", "alternative", "minimum", "cap", "ramp", "carry"),
        (("target",), ("kind", "quota"), ("every",)),
        ("target", "who", "every", "measure", "quota"),
    ),
    Layout(
        "absences",
        ("rep", "from", "to", "share", "reason", "status", "days", "days_unit"),
        (("rep",), ("from",), ("to",)),
        ("from", "to", "reason", "share"),
    ),
    Layout(
        "people",
        ("rep", "team", "role", "manager", "email", "start", "end", "full_time", "calendar", "aliases",
         "person_id", "id", "weekdays", "from"),
        (("rep",), ("team", "role", "manager", "email", "full_time", "calendar", "aliases", "person_id",
                    "start")),
        ("manager", "role", "email", "aliases", "calendar", "full_time", "start", "end", "team", "weekdays"),
    ),
    Layout("points", ("kind", "points", "from"), (("kind",), ("points",)), ("kind", "points")),
    Layout(
        "ramps",
        ("ramp", "week", "share", "from"),
        (("ramp",), ("week",), ("share",)),
        ("ramp", "week", "share"),
    ),
    Layout("tiers", ("tier", "threshold", "reward", "from"), (("tier",), ("threshold",)), ("tier", "reward")),
)  # fmt: skip
COUNTS = Layout(
    "counts",
    (
        "rep",
        "date",
        "period",
        "weekday",
        "year",
        "team",
        "kind",
        "direction",
        "count",
        "amount",
        "currency",
        "account",
        "topic",
    ),
    (("rep",),),
    ("period", "count"),
)


# Every field that a column can be mapped to.
FIELDS = tuple(dict.fromkeys(name for layout in (*LAYOUTS, COUNTS) for name in layout.fields))
