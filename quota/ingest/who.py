"""Who the reps of a file are: spellings joined where that is certain, else asked about.

The rows keep the name as written; whom it stands for is remembered beside them, so that it
holds for earlier rows too and goes away with the import that said so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pyarrow.compute as pc

from quota import columns as c
from quota.ingest import presets, spellings
from quota.ingest.records import NOTE, Choices, Question, TableReading
from quota.names import folded

_SAME_REP = "same_rep"


def people_told(readings: list[TableReading], choices: Choices) -> list[TableReading]:
    """The readings with what is to be asked, said and remembered about their reps."""
    written = [_reps(reading) for reading in readings]
    learned = [preset for reading in readings for preset in reading.presets]
    said = {**presets.said_of_reps((*choices.presets, *learned)), **choices.reps}
    known = {**choices.known, **{spelling: name for spelling, name in said.items() if name}}
    told = [_ids_told(reading, reps, known) for reading, reps in zip(readings, written, strict=True)]
    own = {spelling for spelling, name in said.items() if folded(spelling) == folded(name)}
    own |= {
        rep
        for reading, reps in zip(readings, written, strict=True)
        for rep in reps
        if reading.layout == "people"
    }
    denied = {spelling for spelling, name in said.items() if not name}
    everybody = dict.fromkeys(rep for reps in written for rep in reps)
    for proposal in spellings.proposals(everybody, known, own, denied):
        at = next((at for at, reps in enumerate(written) if proposal.spelling in reps), 0)
        told[at] = _proposed(told[at], proposal)
    answers = tuple(presets.rep(spelling, name) for spelling, name in choices.reps.items())
    told[0] = replace(told[0], presets=(*told[0].presets, *answers))
    return told


def _reps(reading: TableReading) -> dict[str, None]:
    """The distinct reps of a table, as they will be stored."""
    frames = [frame for frame in reading.frames.values() if c.REP in frame.column_names]
    return dict.fromkeys(rep for frame in frames for rep in pc.unique(frame[c.REP]).to_pylist())


def _ids_told(reading: TableReading, reps: Mapping[str, None], known: Mapping[str, str]) -> TableReading:
    """A note where the reps are ids that nobody is known by."""
    resolved = {folded(spelling) for spelling in known}
    ids = [rep for rep in reps if spellings.is_id(rep)]
    unknown = [rep for rep in ids if folded(rep) not in resolved]
    if not unknown or len(ids) < len(reps) or reading.layout == "people":
        return reading
    return _noted(reading, "reps_are_ids", unknown[0])


def _proposed(reading: TableReading, proposal: spellings.Proposal) -> TableReading:
    """The reading with one more question; what is certain is remembered at once, and said."""
    if proposal.certain:
        person = proposal.candidates[0]
        joined = presets.rep(proposal.spelling, person)
        reading = _noted(reading, "reps_joined", f"{proposal.spelling} = {person}")
        return replace(reading, presets=(*reading.presets, joined))
    options = (*proposal.candidates, "")
    question = Question(_SAME_REP, _heading(reading), proposal.spelling, options)
    return replace(reading, questions=(*reading.questions, question))


def _heading(reading: TableReading) -> str:
    return next((match.header for match in reading.columns if match.field == c.REP), "")


def _noted(reading: TableReading, code: str, value: str) -> TableReading:
    return reading.telling([[reading.sheet, None, _heading(reading), value, code, NOTE, None]])
