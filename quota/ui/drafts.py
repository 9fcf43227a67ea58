"""Files that were dropped but not imported yet: read in the background, corrected, then stored.

A draft lives in the viewer's session, whatever page they look at. What was decided about
it is kept as plain `Choices`; every decision reads the bytes again.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from quota import clock, intake, vetting
from quota.errors import QuotaError
from quota.ingest import Choices, FileReading, Question, TableReading
from quota.ingest.guard import Stop
from quota.ui.reading import AT_ONCE, Job
from quota.ui.state import Here, author, now
from quota.vetting import Terms
from quota.workspace import Receipt, Workspace

# A small file is read before anybody sees that it was in the background.
PATIENCE = 0.4


@dataclass(frozen=True)
class Draft:
    """A file as dropped, what was decided about it, and how it reads; or why it cannot be read.

    While `job` runs, `reading` is the one before, if there was one.
    """

    id: str
    file: str
    data: bytes
    choices: Choices
    start: Choices
    job: Job[FileReading] | None = None
    reading: FileReading | None = None
    fault: QuotaError | None = None
    keep_good: bool = False
    terms: Terms = field(default_factory=Terms)

    @property
    def tables(self) -> tuple[TableReading, ...]:
        """The tables it holds, none if it cannot be read."""
        return self.reading.tables if self.reading else ()

    @property
    def questions(self) -> list[Question]:
        """Everything that only a person knows, table by table."""
        return [question for table in self.tables for question in table.questions]

    @property
    def decided(self) -> bool:
        """Whether the viewer decided anything about it."""
        return self.choices != self.start

    @property
    def blocked(self) -> bool:
        """Whether it waits for an answer."""
        return any(question.blocks for question in self.questions)

    @property
    def withheld(self) -> bool:
        """Whether its quotas, or what they hang on, are partly refused and nobody keeps the good rows."""
        return self.reading is not None and not self.keep_good and vetting.refused_rules(self.reading) > 0

    @property
    def ready(self) -> bool:
        """Whether it can be imported: some row says something, if only that a thing is off again,
        and nothing is left to guess."""
        return (
            self.reading is not None
            and self.job is None
            and not self.blocked
            and not self.withheld
            and bool(self.reading.accepted or not self.reading.rejected)
            and any(rows.num_rows for table in self.tables for rows in table.frames.values())
        )


@dataclass(frozen=True)
class Imported:
    """What an import did, and why it left rows out: reason code → rows, the most first."""

    receipt: Receipt
    left_out: Mapping[str, int]


class Importing:
    """Drafts on their way into the workspace, one after another in the order they were dropped."""

    def __init__(self, drafts: Sequence[Draft], workspace: Workspace, replacing: Collection[str]) -> None:
        self.drafts = tuple(drafts)
        self.done: dict[str, Imported | QuotaError] = {}
        self._store = {"by": author(), "workspace": workspace}
        self._replacing = replacing
        self.job = Job(self._run, drafts[0].file, threading.Semaphore(1))

    @property
    def ids(self) -> set[str]:
        """The drafts that it was given."""
        return {draft.id for draft in self.drafts}

    @property
    def current(self) -> Draft:
        """The draft that is being stored."""
        return self.drafts[min(len(self.done), len(self.drafts) - 1)]

    def _run(self, stop: Stop) -> None:
        for draft in self.drafts:
            reading = cast(FileReading, draft.reading)
            try:
                if draft.choices.zone:
                    clock.hold_zone(zone=draft.choices.zone, now=now(), **self._store)  # type: ignore[arg-type]
                receipt = intake.store(
                    reading=reading,
                    data=draft.data,
                    now=now(),
                    replace_period=draft.id in self._replacing,
                    keep_good=draft.keep_good,
                    terms=draft.terms,
                    **self._store,  # type: ignore[arg-type]
                )
            except QuotaError as fault:
                self.done[draft.id] = fault
            else:
                self.done[draft.id] = Imported(receipt, _left_out(reading))


def _left_out(reading: FileReading) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for table in reading.tables:
        skipped = table.issues.loc[table.issues["status"] == "skipped", "code"]
        counts.update(skipped.tolist())
    return dict(counts.most_common())


def add(files: Sequence[UploadedFile], start: Choices) -> None:
    """Take files in and begin to read them."""
    for file in files:
        fresh = Draft(file.file_id, file.name, file.getvalue(), start, start)
        _drafts()[fresh.id] = _read(fresh)


def everything() -> list[Draft]:
    """Every draft, as they were dropped."""
    return list(_drafts().values())


def busy() -> list[Draft]:
    """The drafts that are being read."""
    return [draft for draft in everything() if draft.job]


def one(id: str) -> Draft:
    """The draft of that id."""
    return _drafts()[id]


def importing() -> Importing | None:
    """What is on its way into the workspace."""
    return cast(Importing | None, st.session_state.get("importing"))


def settle(patience: float = PATIENCE) -> bool:
    """Take up what the threads have done, after giving them so many seconds; whether an import ended."""
    until = time.monotonic() + patience
    for draft in busy():
        job = cast(Job[FileReading], draft.job)
        job.wait(until - time.monotonic())
        if job.done:
            _drafts()[draft.id] = replace(draft, job=None, reading=job.result, fault=job.fault)
    running = importing()
    if running is None:
        return False
    running.job.wait(until - time.monotonic())
    if not running.job.done:
        return False
    _finish(running)
    return True


def _finish(running: Importing) -> None:
    for draft in running.drafts:
        outcome = running.done.get(draft.id, running.job.fault)
        if isinstance(outcome, Imported):
            receipts().insert(0, outcome)
            _drafts().pop(draft.id, None)
        elif draft.id in _drafts():
            _drafts()[draft.id] = replace(draft, reading=None, fault=outcome)
    del st.session_state["importing"]


def decide(id: str, **changes: Any) -> None:
    """Read a draft again with something more decided; only in a callback.

    `changes` are fields of `Choices`; mappings are added to what was decided before.
    """
    draft = _drafts()[id]
    merged: dict[str, Any] = {
        name: {**getattr(draft.choices, name), **value} if isinstance(value, Mapping) else value
        for name, value in changes.items()
    }
    _again(draft, replace(draft.choices, **merged))


def start_over(id: str) -> None:
    """Read a draft as if nothing had been decided about it; only in a callback."""
    draft = _drafts()[id]
    _again(draft, draft.start)


def cancel(id: str) -> None:
    """Stop reading a draft; only in a callback."""
    if job := _drafts()[id].job:
        job.cancel()


def remove(id: str) -> None:
    """Forget a draft; only in a callback."""
    cancel(id)
    del _drafts()[id]
    st.session_state.get("vetted", {}).pop(id, None)


def agreed(id: str, *, keep_good: bool, terms: Terms) -> None:
    """Take up on what terms a draft is imported; it need not be read again."""
    _drafts()[id] = replace(_drafts()[id], keep_good=keep_good, terms=terms)


def vetted(draft: Draft, here: Here) -> Draft:
    """The draft as the workspace would take it: held against it once per version and terms."""
    if draft.reading is None or not any(map(vetting.is_sheet, draft.reading.tables)):
        return draft
    key = (here.version, draft.terms, id(draft.reading))
    kept = cast(dict[str, tuple[object, FileReading]], st.session_state.setdefault("vetted", {}))
    if draft.id not in kept or kept[draft.id][0] != key:
        kept[draft.id] = (key, vetting.vetted(here.workspace, draft.reading, here.today, draft.terms))
    return replace(draft, reading=kept[draft.id][1])


def store(drafts: Sequence[Draft], here: Here, replacing: Collection[str]) -> None:
    """Begin to import drafts that are ready; those of `replacing` replace the days they cover."""
    if drafts and importing() is None:
        # As they were read: an import before them may have changed what they are held against.
        asked = [one(draft.id) for draft in drafts]
        st.session_state["importing"] = Importing(asked, here.workspace, replacing)


def receipts() -> list[Imported]:
    """What was imported in this session, latest first."""
    return cast(list[Imported], st.session_state.setdefault("receipts", []))


def _again(draft: Draft, choices: Choices) -> None:
    if draft.job:
        draft.job.cancel()
    _drafts()[draft.id] = _read(replace(draft, choices=choices))


def _read(draft: Draft) -> Draft:
    turns = cast(
        threading.Semaphore, st.session_state.setdefault("turns", threading.BoundedSemaphore(AT_ONCE))
    )
    data, file, choices = draft.data, draft.file, draft.choices
    return replace(
        draft, job=Job(lambda stop: intake.read(data, file, choices, stop=stop), file, turns), fault=None
    )


def _drafts() -> dict[str, Draft]:
    return cast(dict[str, Draft], st.session_state.setdefault("drafts", {}))
