"""Sheets to fill in: headings and two example rows in a language, understood when uploaded as they are."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from quota import columns as c
from quota.i18n import kinds_label, text

Cell = str | float | date | None


def workbook(names: Iterable[str], lang: str) -> bytes:
    """An xlsx file with a sheet for each of the tables `names` (keys of `columns.WRITTEN`)."""
    book = Workbook()
    book.remove(book.active)
    for name in names:
        sheet = book.create_sheet(text(f"layout.{name}", lang))
        sheet.append([heading(name, column, lang) for column in c.WRITTEN[name].names])
        for example in examples(name, lang):
            sheet.append([example.get(column) for column in c.WRITTEN[name].names])
        for place, cell in enumerate(sheet[1], start=1):
            cell.font = Font(bold=True)
            sheet.column_dimensions[get_column_letter(place)].width = max(12, len(str(cell.value)) + 2)
        sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def heading(name: str, column: str, lang: str) -> str:
    """What a column of a table is called; a ramp's share is one of the target, not of a day."""
    if (name, column) == ("ramps", "share"):
        return text("people.ramp_share", lang)
    return text(f"field.{column}", lang)


def examples(name: str, lang: str) -> Sequence[dict[str, Cell]]:
    """Two rows of a table: column → value; a column left out is empty."""
    return {
        "quotas": _quotas,
        "people": _people,
        "absences": _absences,
        "points": _points,
        "ramps": _ramps,
        "tiers": _tiers,
    }[name](lang)


def _quotas(lang: str) -> list[dict[str, Cell]]:
    calls, won = kinds_label("call", lang), kinds_label("won", lang)
    return [
        {
            "quota": calls,
            "who": text("people.everyone", lang),
            "kind": calls,
            "measure": text("measure.count", lang),
            "target": 250,
            "every": text("every.week", lang),
            "from": date(2026, 1, 5),
            "ramp": text("template.ramp", lang),
        },
        {
            "quota": text("template.sales", lang),
            "who": f"{text('field.team', lang).lower()}: {text('template.team', lang)}",
            "kind": won,
            "measure": text("measure.amount", lang),
            "target": 100_000,
            "every": text("every.month", lang),
            "from": date(2026, 1, 1),
            "to": date(2026, 12, 31),
            "currency": "EUR",
        },
    ]


def _people(lang: str) -> list[dict[str, Cell]]:
    team, role = text("template.team", lang), text("template.role", lang)
    anna: dict[str, Cell] = {"rep": "Anna Berg", "team": team, "role": role, "manager": "Maria Lind"}
    return [
        {**anna, "email": "anna@example.com", "start": date(2024, 8, 1), "full_time": 1, "calendar": "DK"},
        {
            **anna,
            "rep": "Bo Holm",
            "email": "bo@example.com",
            "start": date(2026, 2, 2),
            "full_time": 0.8,
            "calendar": "DK",
            "aliases": "B. Holm",
            "weekdays": text("template.weekdays", lang),
        },
    ]


def _absences(lang: str) -> list[dict[str, Cell]]:
    leave: dict[str, Cell] = {
        "rep": "Anna Berg",
        "from": date(2026, 7, 6),
        "to": date(2026, 7, 24),
        "share": 1,
    }
    closed: dict[str, Cell] = {"from": date(2026, 12, 24), "to": date(2026, 12, 31), "share": 1}
    return [
        {**leave, "reason": text("template.leave", lang)},
        {**closed, "rep": text("people.everyone", lang), "reason": text("template.closed", lang)},
    ]


def _points(lang: str) -> list[dict[str, Cell]]:
    return [
        {"kind": kinds_label("call", lang), "points": 1},
        {"kind": kinds_label("meeting", lang), "points": 10},
    ]


def _ramps(lang: str) -> list[dict[str, Cell]]:
    ramp = text("template.ramp", lang)
    return [{"ramp": ramp, "week": 1, "share": 0.25}, {"ramp": ramp, "week": 2, "share": 0.5}]


def _tiers(lang: str) -> list[dict[str, Cell]]:
    silver, gold = text("template.silver", lang), text("template.gold", lang)
    return [
        {"tier": silver, "threshold": 1.1, "reward": text("template.reward", lang)},
        {"tier": gold, "threshold": 1.25, "reward": text("template.reward", lang)},
    ]
