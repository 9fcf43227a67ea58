"""Columns that nobody understands and that may bear on what is counted: told, never dropped in silence.

These are numbers that may be counts, answers to questions, and yes and no or states that are not the
same in every row. Numbers that count nothing by their nature say nothing: ids, phones, row numbers,
percentages, rates, hours.
"""

from __future__ import annotations

import re

import numpy as np

from quota.ingest import about, cells, things, vocabulary
from quota.ingest.fates import Fates
from quota.ingest.headings import SUM, taken_apart
from quota.ingest.likeness import filled, heading_score, looks_like_numbers, small_counts
from quota.ingest.mapping import Mapped
from quota.ingest.tables import AROUND, Column, Table

# Of many such columns so many are told.
_TOLD = 5
# Fields whose numbers are no counts, and of which a tracker has no use.
_NO_COUNTS = ("id", "person_id", "deal_id", "duration", "time", "full_time", "year", "points", "threshold")
_PHONE = re.compile(r"\+?[\d\s()/-]{7,}")


def note(table: Table, mapped: Mapped, fates: Fates) -> None:
    """Note each column that is left out and speaks of a kind, or holds numbers that may be counts."""
    told = {match.index for match in mapped.matches if match.field or match.reason_code != "no_field"}
    unknown = 0
    left = [one for one in table.columns if one.index not in told and one.index != AROUND]
    # Numbers are counts here, and none of them says yes or no; what speaks of a kind is told below.
    spoken = [vocabulary.meaning_within("kinds", one.header) is not None for one in left]
    words = [looks_like_numbers(filled(one.sample)) <= 0.5 for one in left]
    _note_states([one for one, *of in zip(left, words, spoken, strict=True) if of == [True, False]], fates)
    for column in (one for one in table.columns if one.index != AROUND):
        if (reason := mapped.counting.aside.get(column.index)) in ("part_of_other", "not_work", "forecast"):
            fates.note(reason, column.header)
        elif column.index in told:
            continue
        elif vocabulary.meaning_within("kinds", column.header) and not _reaches(column):
            fates.note("not_counted", column.header)
        elif unknown < _TOLD and _may_count(column):
            unknown += 1
            fates.note("numbers_left_out", column.header, column.sample[0])


def note_beside(table: Table, mapped: Mapped, fates: Fates) -> None:
    """Note each column left out beside events that may say how many they are, or that they are none."""
    told = {match.index for match in mapped.matches if match.field or match.reason_code != "no_field"}
    left = [one for one in table.columns if one.index not in told and one.index != AROUND and one.sample]
    counts = mapped.layout == "activities" and "count" not in mapped.columns
    none = things.no_quantities(table, {})
    bearing = [one for one in left if one.index in none or (counts and small_counts(one) and _may_count(one))]
    for column in bearing[:_TOLD] if mapped.layout == "activities" else ():
        fates.note("numbers_left_out", column.header, column.sample[0])
    for column in [one for one in left if things.is_accumulated_money(one.header)][:_TOLD]:
        fates.note("adds_up_others", column.header)
    _note_states(left, fates)


def note_in_sheet(table: Table, mapped: Mapped, fates: Fates) -> None:
    """Note each column of a sheet that people write that is left out and says more than a name or an id:
    of quotas and what they hang on anything, of people and leave how much or how long."""
    used = {match.index for match in mapped.matches if match.field}
    left = [one for one in table.columns if one.index not in used and filled(one.sample)]
    every = mapped.layout not in ("people", "absences")
    for column in [one for one in left if not _is_harmless(one) and (every or _says_how_much(one))][:_TOLD]:
        fates.note("not_understood", column.header, filled(column.sample)[0])


def _says_how_much(column: Column) -> bool:
    """Whether a column holds numbers other than ids and phones, or words for half a day."""
    sample = filled(column.sample)
    if any(heading_score(column.header, name)[0] > 0.5 for name in ("id", "person_id")) or _reaches(column):
        return False
    half = any(vocabulary.meaning_within("half_day", text) for text in sample)
    return half or looks_like_numbers(sample) > 0.5


def _note_states(left: list[Column], fates: Fates) -> None:
    for column in [one for one in left if _bears(one, fates)][:_TOLD]:
        fates.note("states_left_out", column.header, filled(column.sample)[0])


def _bears(column: Column, fates: Fates) -> bool:
    """Whether a column answers a question, or says yes and no, or done and not, of the rows that count;
    one that says the same of all of them bears on nothing, unless it says that nothing was done."""
    sample = filled(column.sample)
    if not sample or _is_harmless(column):
        return False
    says = any if about.of_another(column.header) else all
    if not (_is_asked(column) or _tells_ways(column) or says(map(_says, sample))):
        return False
    standing = np.bincount(column.codes[fates.open & column.filled], minlength=len(column.texts)) > 0
    said = {_says(column.texts[at]) for at in np.flatnonzero(standing)}
    return len(said) > 1 or bool(said & {"planned", "cancelled", None})


def _is_asked(column: Column) -> bool:
    return column.header.rstrip().endswith("?")


def _tells_ways(column: Column) -> bool:
    """Whether a column says in several words which way calls went, or which work stayed inside."""
    inside = vocabulary.words("inside")["words"]
    few = 1 < len(column.texts) <= _TOLD
    way = vocabulary.meaning("fields", column.header) == "direction"
    return few and (way or any(vocabulary.fold(text) in inside for text in column.texts))


def _says(text: str) -> str | None:
    """yes, no, done, planned, no-show … as a cell says it word for word, or by a negation."""
    plain = vocabulary.meaning("yes_no", text) if vocabulary.meaning("statuses", text) else None
    state = plain or vocabulary.meaning("statuses", text) or vocabulary.meaning("outcomes", text)
    return state or ("planned" if vocabulary.negated(text) else None)


def _is_harmless(column: Column) -> bool:
    """Whether a heading speaks of what bears on nothing, or of what the customer did."""
    words = vocabulary.fold(column.header).split()
    known = (*vocabulary.words("harmless")["any"], *vocabulary.words("mail_log")["any"])
    return any(word in known for word in words) or _numbers_rows(column)


def _reaches(column: Column) -> bool:
    """Whether a column says how somebody is reached: addresses, or numbers to call."""
    reached = sum("@" in text or bool(_PHONE.fullmatch(text)) for text in column.sample)
    return reached > 0.5 * len(column.sample)


def _may_count(column: Column) -> bool:
    """Whether a column's numbers may be counts of something."""
    sample = filled(column.sample)
    if not sample or looks_like_numbers(sample) <= 0.5 or _is_rate(column, sample):
        return False
    if vocabulary.starts_total(column.header) or taken_apart(column.header, ()).role == SUM:
        return False
    if vocabulary.fold(column.header) in vocabulary.words("mail_log")["any"]:
        return False
    if any(heading_score(column.header, name)[0] > 0.5 for name in _NO_COUNTS):
        return False
    return not (_numbers_rows(column) or _reaches(column))


def _is_rate(column: Column, sample: tuple[str, ...]) -> bool:
    """Percentages, rates, averages and hours: by the heading, or by cells that say so."""
    words = vocabulary.fold(column.header).split()
    named = vocabulary.words("rates")["any"]
    shares = sum(text.rstrip().endswith("%") for text in sample)
    return "%" in column.header or any(word in named for word in words) or 2 * shares > len(sample)


def _numbers_rows(column: Column) -> bool:
    """Whether a column only counts the rows: 1, 2, 3 …"""
    if column.is_text and not all(text.isdigit() for text in column.texts):
        return False
    number = cells.floats(column, decimal_comma=False)
    known = number[~np.isnan(number)]
    return len(known) > 1 and bool((np.diff(known) == 1).all()) and known[0] in (0, 1)
