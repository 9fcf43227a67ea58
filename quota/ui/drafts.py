"""Files that were dropped but not imported yet: read at once, corrected by the viewer, then stored.

A draft lives in the viewer's session. What was decided about it is kept as plain `Choices`;
every decision reads the bytes again, in the guarded child.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from quota import intake
from quota.errors import QuotaError
from quota.ingest import Choices, FileReading, TableReading
from quota.ui.state import Here, author, now
from quota.workspace import Receipt


@dataclass(frozen=True)
class Draft:
    """A file as dropped, what was decided about it, and how it reads; or why it cannot be read."""

    id: str
    file: str
    data: bytes
    choices: Choices
    reading: FileReading | None = None
    fault: QuotaError | None = None

    @property
    def tables(self) -> tuple[TableReading, ...]:
        """The tables it holds, none if it cannot be read."""
        return self.reading.tables if self.reading else ()

    @property
    def decided(self) -> bool:
        """Whether the viewer decided anything about it."""
        return self.choices != Choices(today=self.choices.today)

    @property
    def ready(self) -> bool:
        """Whether it can be imported: some row says something, if only that a thing is off again,
        and no date is open to guessing."""
        asked = {question.code for table in self.tables for question in table.questions}
        return "date_order" not in asked and any(
            rows.num_rows for table in self.tables for rows in table.frames.values()
        )


def read(draft: Draft) -> Draft:
    """The draft with its bytes read as its choices say."""
    try:
        return replace(draft, reading=intake.read(draft.data, draft.file, draft.choices), fault=None)
    except QuotaError as fault:
        return replace(draft, reading=None, fault=fault)


def dropped(files: Sequence[UploadedFile], today: date) -> list[Draft]:
    """The drafts of the files in the uploader, new ones read; imported ones are done with."""
    known, done = _drafts(), _done()
    kept = {}
    for file in files:
        if file.file_id not in done:
            fresh = Draft(file.file_id, file.name, file.getvalue(), Choices(today=today))
            kept[file.file_id] = known.get(file.file_id) or read(fresh)
    st.session_state["drafts"] = kept
    return list(kept.values())


def decide(
    draft: Draft,
    *,
    fields: Mapping[str, str] | None = None,
    kinds: Mapping[str, str] | None = None,
    reps: Mapping[str, str] | None = None,
    layout: str | None = None,
    rep: str | None = None,
    year: int | None = None,
) -> None:
    """Read a draft again with something more decided; only in a callback."""
    choices = replace(
        draft.choices,
        fields={**draft.choices.fields, **(fields or {})},
        kinds={**draft.choices.kinds, **(kinds or {})},
        reps={**draft.choices.reps, **(reps or {})},
        layout=layout or draft.choices.layout,
        rep=rep or draft.choices.rep,
        year=year or draft.choices.year,
    )
    _drafts()[draft.id] = read(replace(draft, choices=choices))


def start_over(draft: Draft) -> None:
    """Forget everything that was decided about a draft; only in a callback."""
    _drafts()[draft.id] = read(replace(draft, choices=Choices(today=draft.choices.today)))


def store(draft: Draft, here: Here, *, replace_period: bool) -> None:
    """Import a draft that is ready; its receipt is in `receipts` from now on."""
    reading = cast(FileReading, draft.reading)
    _done()[draft.id] = intake.store(
        here.workspace, reading, draft.data, by=author(), now=now(), replace_period=replace_period
    )


def receipts() -> list[Receipt]:
    """What was imported in this session, latest first."""
    return list(_done().values())[::-1]


def _drafts() -> dict[str, Draft]:
    return cast(dict[str, Draft], st.session_state.setdefault("drafts", {}))


def _done() -> dict[str, Receipt]:
    return cast(dict[str, Receipt], st.session_state.setdefault("receipts", {}))
