"""Whether the work of a row was done, and who did it, where no status says so: in a column of yes and
no (`Cancelled`), beside the type (`Meeting booked`, `Email replied`), or in a day of completion
that is empty.
"""

from __future__ import annotations

import numpy as np

from quota.ingest import dates, doubts, vocabulary
from quota.ingest.fates import Fates
from quota.ingest.tables import Column

_FLAGS = (
    ("deleted", "deleted", "yes"),
    ("cancelled", "cancelled", "yes"),
    ("no_show", "no_show", "yes"),
    ("attended", "no_show", "no"),
)
_LEFT_OUT = ("planned", "cancelled", "draft", "no_show", "not_activity")


def skip_flagged(held: dict[str, Column], fates: Fates) -> None:
    """Rows that a column of yes and no calls deleted, cancelled or not attended; the day on which that
    happened says yes."""
    for name, code, said in _FLAGS:
        if name in held:
            texts = held[name].texts
            days = {text for text, is_day in zip(texts, dates.any_date(tuple(texts)), strict=True) if is_day}

            def answer(text: str, days: set[str] = days) -> str | None:
                return "yes" if text in days else vocabulary.yes_or_no(text)

            fates.skip(held[name].where(lambda text, said=said: answer(text) == said), code, held[name])  # type: ignore[misc]
            doubts.words(held[name], answer, "unknown_status", fates)


def skip_unticked(status: Column | None, fates: Fates) -> None:
    """Rows without the tick that the others have: where a status is only ever yes, empty is no."""
    ticks = status is not None and {vocabulary.meaning("yes_no", text) for text in status.texts} == {"yes"}
    if status is not None and ticks:
        fates.skip(~status.filled, "planned", status)


def skip_uncompleted(held: dict[str, Column], fates: Fates) -> None:
    """Rows whose day of completion is empty, where others have one and no status knows better. Beside a
    day that was planned any other is one of completion."""
    date, due = held.get("date"), held.get("due_date")
    if date is None or "status" in held or not ({"due_date", "created_date"} & held.keys()):
        return
    completed = vocabulary.fold(date.header) in vocabulary.words("completion")["heading"]
    planned = due is not None and vocabulary.meaning_within("statuses", due.header) == "planned"
    words = vocabulary.words("plain_day")
    if due is not None and vocabulary.fold(due.header) in words["heading"]:
        completed = completed and vocabulary.fold(date.header) not in words["really"]
    if (completed or planned) and date.filled.any():
        fates.skip(~date.filled | date.where(vocabulary.is_empty), "planned", date)


def skip_by_type(kind: Column | None, done: np.ndarray | bool, fates: Fates) -> None:
    """Rows whose type says more than a kind: booked, cancelled, not attended, or the customer's doing.

    What is `done` by its status is not only planned.
    """
    if kind is None:
        return
    for code in _LEFT_OUT:
        rows = kind.where(lambda text, code=code: state_beside_kind(text) == code)  # type: ignore[misc]
        fates.skip(rows & ~np.asarray(done) if code == "planned" else rows, code, kind)


def state_beside_kind(text: str) -> str | None:
    """planned, cancelled, draft, no_show or not_activity, as the words beside a type's kind say it."""
    rest = vocabulary.beside("kinds", text)
    words = rest.split()
    if not words or rest in vocabulary.meanings("yes_no"):
        return None
    if vocabulary.meaning("beside_kind", rest) or vocabulary.meaning("beside_kind", words[-1]):
        return "not_activity"
    if vocabulary.meaning("outcomes", rest) == "no_show":
        return "no_show"
    if "cancelled" in (vocabulary.meaning("statuses", words[0]), vocabulary.meaning("statuses", words[-1])):
        return "cancelled"
    said = vocabulary.meaning("statuses", rest)
    return said if said in ("planned", "draft") else None
