"""Rows of a tracker that say something of the reps beside them: the median, last year, the best.

Words that are nobody's name say so alone. `Best` and `Max` may be people: such a row says something of
the others where its numbers are the greatest (or the least) of theirs, or where it stands behind others
of its sort; else it is a rep's, and that is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from quota import columns as c
from quota.ingest import cells, vocabulary
from quota.ingest.cells import Context
from quota.ingest.fates import Fates
from quota.ingest.labels import period_label
from quota.ingest.tables import Column, Table

_LEAST = "min"
# Of many such rows so many are told.
_TOLD = 5
_NUMBERED = re.compile(r"[^\W\d]{2,}\.?\s*\d")
# What a row is about besides its rep: only rows of the same are compared.
_BESIDES = (c.KIND, "period", "date", "weekday", "year", c.TEAM)


def skip(
    table: Table, held: Mapping[str, Column], counted: list[Column], context: Context, fates: Fates
) -> None:
    """Skip the rows that say something of others."""
    rep = held.get(c.REP)
    if rep is None:
        return
    periods = rep.where(_names_period)
    if 2 * np.count_nonzero(periods) < np.count_nonzero(rep.filled):
        fates.skip(periods, "statistics_row", rep)
    fates.skip(rep.where(_is_statistic), "statistics_row", rep)
    named = np.flatnonzero(fates.open & rep.where(_may_be_both))
    if not len(named):
        return
    numbers = np.array([cells.floats(one, decimal_comma=context.decimal_comma) for one in counted]).T
    reps = fates.open & rep.filled & ~rep.where(_may_be_both)
    about = [held[name].codes for name in _BESIDES if name in held]
    closing = np.cumsum(reps[::-1])[::-1] == 0  # no rep stands further down
    sure = np.zeros(table.height, dtype=bool)
    for code in np.unique(rep.codes[named]):
        mine = named[rep.codes[named] == code]
        least = vocabulary.fold(rep.texts[code]) == _LEAST
        beside = [reps & np.all([codes == codes[at] for codes in about] or [reps], axis=0) for at in mine]
        extreme = all(
            _is_extreme(numbers[at], numbers[others], least=least)
            for at, others in zip(mine, beside, strict=True)
        )
        behind = closing[mine] & (mine > 0) & rep.filled[mine - 1] & (sure | ~fates.open)[mine - 1]
        sure[mine] = behind | (extreme and np.count_nonzero(np.nan_to_num(numbers[mine])) > 1)
        if closing[mine].all() and not sure[mine].any():
            fates.note("maybe_statistic", rep.header, rep.texts[code], int(mine[0]) + table.first_row)
    fates.skip(sure, "statistics_row", rep)


def note_teams(rep: Column | None, fates: Fates) -> None:
    """Say of rows named after a team, beside reps, that they count: `Team North` may add up its reps."""
    if rep is None:
        return
    teams = rep.where(_is_team)
    if 2 * np.count_nonzero(teams) < np.count_nonzero(rep.filled):
        for at in np.flatnonzero(teams & fates.open)[:_TOLD]:
            fates.note(
                "maybe_statistic", rep.header, rep.texts[rep.codes[at]], int(at) + fates.table.first_row
            )


def _is_team(text: str) -> bool:
    first, _, name = vocabulary.fold(text).partition(" ")
    return bool(name) and first in vocabulary.words("fields")["team"]


def _is_extreme(row: np.ndarray, others: np.ndarray, *, least: bool) -> bool:
    """Whether every number of a row is the least, or the greatest, of at least two others."""
    said = ~np.isnan(row)
    if len(others) < 2 or not said.any():
        return False
    found = np.nan_to_num(others[:, said])
    return bool(np.array_equal(row[said], found.min(axis=0) if least else found.max(axis=0)))


def _is_statistic(text: str) -> bool:
    return vocabulary.only_says(text, vocabulary.words("statistics")["rep"])


def _names_period(text: str) -> bool:
    """Whether a text is a period that is nobody's name: `Uge 44`, not `April` or `W1`."""
    return bool(_NUMBERED.match(text.strip())) and period_label(text) is not None


def _may_be_both(text: str) -> bool:
    return vocabulary.fold(text) in vocabulary.words("statistics")["named"]
