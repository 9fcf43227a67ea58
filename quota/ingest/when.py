"""The date columns of a table, read together so that one settles the order of day and month for all."""

from __future__ import annotations

import re

import numpy as np

from quota.ingest import dates, flipped, vocabulary
from quota.ingest.cells import EARLIER_FILES, Context
from quota.ingest.fates import Fates
from quota.ingest.layouts import ORDERS
from quota.ingest.records import Choices, Question
from quota.ingest.tables import Column

_CLOCK = re.compile(r"(?:kl\.?\s*|klo\s*)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*(?:([ap])\.?m\.?)?", re.I)
_NEVER = np.datetime64("NaT")
# What suggests an order without showing it in a date.
_SUGGESTED = ("language", EARLIER_FILES, "no_difference")
# What shows it well enough to be held to next time.
_SHOWN = ("values", "weekday", "other_column", "answer")
FIELDS = ("date", "due_date", "created_date", "close_date", "lost_date")


class Dates:
    """The date columns of one table; `questions` are the orders that only a person knows."""

    def __init__(self, held: dict[str, Column], context: Context, fates: Fates) -> None:
        self._held = {name: held[name] for name in FIELDS if name in held}
        self._fates = fates
        self._choices = context.choices
        read = {name: self._one(name, context.order(column.header)) for name, column in self._held.items()}
        known = [moments for moments in read.values() if moments.order and not moments.asked]
        shown = {moments.order for moments in known if moments.evidence not in _SUGGESTED}
        settled = shown or {moments.order for moments in known}
        if len(settled) == 1:
            hint = (settled.pop(), "other_column")
            for name, moments in read.items():
                if moments.asked or (shown and moments.evidence in _SUGGESTED):
                    read[name] = self._one(name, hint)
        self._read = read
        for name, moments in read.items():
            note_order(held[name], moments, fates)
        self._clock = _clock(held.get("time"))
        for name, moments in read.items():
            if moments.zoned:
                fates.note("time_zone_as_written", held[name].header)

    @property
    def questions(self) -> list[Question]:
        """One question per column whose order nothing settles."""
        asked = [self._held[name] for name, moments in self._read.items() if moments.asked]
        return [
            Question("date_order", column.header, flipped.doubtful(column.texts), ORDERS) for column in asked
        ]

    def at(self, name: str) -> np.ndarray:
        """One column's moments, row by row; all NaT if the table has no such column."""
        if name not in self._held:
            return np.full(self._fates.table.height, _NEVER, dtype="datetime64[us]")
        return np.asarray(np.append(self._read[name].ts, _NEVER)[self._held[name].codes])

    def first(self, *names: str) -> np.ndarray:
        """Row by row the first of several columns that holds anything, with the time column's clock.

        A cell that holds no readable date is not stood in for by another column.
        """
        ts = self.at(names[0])
        blocked = self.unreadable(names[0])
        for name in names[1:]:
            ts = np.where(np.isnat(ts) & ~blocked, self.at(name), ts)
            blocked |= np.isnat(ts) & self.unreadable(name)
        if self._clock is not None:
            ts = np.where(ts == ts.astype("datetime64[D]"), ts + self._clock, ts)
        return ts

    def unreadable(self, name: str) -> np.ndarray:
        """Row by row, whether the cell holds something that is no date."""
        if name not in self._held:
            return np.zeros(self._fates.table.height, dtype=bool)
        column = self._held[name]
        return np.asarray(column.filled & np.isnat(self.at(name)) & ~column.where(vocabulary.is_empty))

    def reject_unreadable(self, ts: np.ndarray, *names: str) -> None:
        """Reject the rows without a moment whose cell in one of the columns is no date."""
        for name in names:
            if name in self._held:
                self._fates.reject_cells(np.isnat(ts) & self.unreadable(name), "bad_date", self._held[name])

    def _one(self, name: str, hint: tuple[str, str]) -> dates.Moments:
        column = self._held[name]
        order = order_chosen(column, self._choices)
        half = flipped.read(column.values, order)
        return half or dates.read(column.values, order=order, hint=hint)


def note_order(column: Column, moments: dates.Moments, fates: Fates) -> None:
    """Keep the order that a column shows; say so where only earlier files tell it."""
    if moments.evidence in _SHOWN:
        fates.orders[column.header] = moments.order
    if moments.evidence == EARLIER_FILES:
        fates.note(f"{moments.order}_as_before", column.header, column.texts[0])


def order_chosen(column: Column, choices: Choices) -> str:
    """`dmy` or `mdy`, if the person settled it for this column."""
    order = choices.fields.get(column.header, "").partition(":")[2]
    return order if order in ORDERS else ""


def _clock(column: Column | None) -> np.ndarray | None:
    if column is None:
        return None
    seconds = [_seconds(text) for text in column.texts]
    return np.asarray(np.array([*seconds, 0], dtype="int64")[column.codes] * np.timedelta64(1_000_000, "us"))


def _seconds(text: str) -> int:
    """`9.30`, `kl. 9:30`, `1:00 PM` → seconds after midnight; 0 for anything else."""
    found = _CLOCK.fullmatch(text)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        return 0
    hour = int(found[1])
    if found[4]:
        hour = hour % 12 + 12 * (found[4] in "pP")
    return (hour * 60 + int(found[2])) * 60 + int(found[3] or 0)
