"""The year of dates and period labels that name none: chosen, or said around the table."""

from __future__ import annotations

from quota.ingest import labels
from quota.ingest.cells import Context
from quota.ingest.records import Choices, Question
from quota.ingest.tables import Table


def around(table: Table, context: Context) -> int | None:
    """The year that was chosen, or the one that the lines above, the sheet's or the file's name speak of."""
    if context.choices.year is not None:
        return context.choices.year
    for text in (" ".join(table.preamble), *context.around):
        years = {int(year) for year in labels.YEAR.findall(text)}
        if len(years) == 1:
            return years.pop()
    return None


def question(label: str, choices: Choices) -> Question:
    """Which year `label` is in: this one or one of the two before."""
    years = range(choices.today.year, choices.today.year - 3, -1) if choices.today else ()
    return Question("year_of_label", "", label, tuple(map(str, years)))
