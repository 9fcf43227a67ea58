"""Writes the golden files whose content a text editor does not show: encodings, workbooks, archives.

Run `python tests/golden/make.py` after a change here; the bytes are the same on every machine.
"""

from __future__ import annotations

import datetime as dt
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from workbooks import archive, compound, edited, ods, xls, xlsx

FOLDER = Path(__file__).parent


def _day(day: int, month: int = 11, hour: int = 0, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute)


# --- encodings --------------------------------------------------------------------------

SALESFORCE_SUBJECTS = """\
"Assigned","Subject","Date","Status","Company / Account","Contact"
"René Møller","Call","3/11/2026","Completed","Café Noir","Jo Smith"
"René Møller","Email: Tilbud 40 brugere","4/11/2026","Completed","Café Noir","Jo Smith"
"René Møller","Left VM","5/11/2026","Completed","Acme",""
"Zoë Brontë","LinkedIn: connected with Jo","17/11/2026","Completed","Acme","Jo Smith"
"Zoë Brontë","Visit at Café Noir","17/11/2026","Completed","Café Noir",""
"Zoë Brontë","Demo of the call centre module","18/11/2026","Completed","Beta",""
"Zoë Brontë","Prepare slides","18/11/2026","Completed","Beta",""
"Zoë Brontë","Call back","25/11/2026","In Progress","Beta",""

"Grand Totals (8 records)"

"Confidential Information - Do Not Distribute"
"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."
"""

DANISH_TRACKER = """\
Sælger;Dato;Opkald;Mails;Møder;Salg;Omsætning kr.
Søren Ødegård;03-11-2026;12;20;2;1;1.234,50
Bjørk Ågesen;16-11-2026;8;15;1;0;
Søren Ødegård;17-11-2026;14;;3;2;99,90
I alt;;34;35;6;3;1.334,40
"""

UTF16_TAB = """\
Dato\tSælger\tAktivitet\tKunde\tStatus
03-11-2026\tSøren Ødegård\tTelefonopkald\tÆrø Færge\tUdført
04-11-2026\tSøren Ødegård\tMøde\tÆrø Færge\tAflyst
16-11-2026\tMette Dahl\tTilbud\tBlåvand\tUdført
17-11-2026\tMette Dahl\tMail\tBlåvand\tPlanlagt
"""

BOM = """\
Sælger;Dato;Type;Kunde
Søren Ødegård;03-11-2026;Opkald;Ærø Færge
Mette Dahl;16-11-2026;Mail;Blåvand
"""

# --- workbooks --------------------------------------------------------------------------

PIPEDRIVE_DEALS = [
    ["Deal - Title", "Deal - Value", "Deal - Currency of value", "Deal - Owner", "Deal - Stage",
     "Deal - Status", "Deal - Deal created", "Deal - Won time", "Deal - Lost time",
     "Deal - Expected close date", "Deal - Organization"],
    ["Ovens", 21000, "EUR", "Inès Moreau", "Negotiation", "Won", _day(1, 9, 10), _day(15, 10, 16, 20), None,
     _day(31, 10), "Boulangerie Sud"],
    ["Mixers", 8000, "EUR", "Inès Moreau", "Proposal made", "Lost", _day(3, 9, 9), None, _day(1, 10, 11),
     _day(15, 10), "Boulangerie Sud"],
    ["Trays", 500.5, "EUR", "Karl Lund", "Qualified", "Open", _day(1, 11, 8), None, None, _day(15, 12),
     "Konditori Nord"],
]  # fmt: skip

TRACKER_DAYS = [
    ["Sales activity, November 2026"],
    [],
    ["Date", "Rep", "Calls", "E-mails", "LinkedIn", "Meetings", "Total"],
    [_day(16), "Anna Berg", 10, 12, 3, 1, 26],
    [_day(16), "Liam O'Neill", 8, None, None, 2, 10],
    [_day(17), "Anna Berg", 11, 9, None, None, 20],
    ["Total", None, 29, 21, 3, 3, 56],
]

FINNISH_WEEKS = [
    ["Myyjä", "Viikko", "Soitot", "Sähköpostit", "Tapaamiset", "Tarjoukset", "Kaupat"],
    ["Aino Virtanen", "vko 45", 22, 31, 3, 2, 1],
    ["Mikko Mäkinen", "vko 45", 18, 25, 2, None, None],
    ["Aino Virtanen", "vko 46", 25, 28, 4, 1, 0],
    ["Yhteensä", None, 65, 84, 9, 3, 1],
]

ACTIVITIES = [
    ["Rep", "Date", "Type", "Account"],
    ["Anna Berg", _day(3), "Call", "Acme"],
    ["Anna Berg", _day(4, hour=9, minute=30), "Email", "Acme"],
    ["Liam O'Neill", _day(16), "Meeting", "Ærø Færge"],
]

OLD_ACTIVITIES = [["Rep", "Date", "Type", "Account"], ["Anna Berg", _day(5, 1), "Call", "Old"]]

FINNISH_PEOPLE = [
    ["Nimi", "Tiimi", "Rooli", "Esihenkilö", "Sähköposti", "Aloituspäivä", "Työaika"],
    ["Aino Virtanen", "Helsinki", "Myyjä", "Ville Salo", "aino@yritys.example", _day(1, 3), 1],
    ["Mikko Mäkinen", "Turku", "Myyjä", "Ville Salo", "mikko@yritys.example", _day(15, 8), "80 %"],
]

FINNISH_QUOTAS = [
    ["Kiintiö", "Koskee", "Tyyppi", "Mittari", "Tavoite", "Joka", "Alkaen"],
    ["Soitot", "kaikki", "soitot", "määrä", 50, "viikko", _day(1, 1)],
    ["Kaupat", "tiimi: Helsinki", "kaupat", "summa", 100000, "kvartaali", _day(1, 10)],
]

FINNISH_ABSENCES = [
    ["Myyjä", "Alkupäivä", "Loppupäivä", "Syy"],
    ["Aino Virtanen", _day(2), _day(6), "loma"],
]

CELL_TYPES = [
    ["Owner", "Activity Date", "Activity Type", "Done", "Account", "Amount"],
    ["Anna Berg", _day(2), "Call", True, 4711, 1200],
    ["Anna Berg", _day(3), "Email", False, 4711, None],
    ["Anna Berg", 46330, "Meeting", True, 4712, 99.5],
    ["Liam O'Neill", "2026-11-05", "Call", True, "A-17", None],
]


# --- harder workbooks -------------------------------------------------------------------

TWO_ROW_TARGETS = [
    [None, None, "Calls", None, "Meetings", None],
    ["Rep", "Week", "Target", "Actual", "Target", "Actual"],
    ["Anna Berg", "2026-W45", 50, 42, 5, 6],
    ["Liam O'Neill", "2026-W45", 50, 55, 5, 3],
]

MONTHS_OVER_WEEKS = [
    [None, "October", None, "November", None],
    ["Rep", "W43", "W44", "W45", "W46"],
    ["Anna Berg", 11, 12, 13, 14],
    ["Liam O'Neill", 21, None, 23, 24],
]

MERGED_LOG = [
    ["Date", "Rep", "Customer", "Activity", "Count"],
    [_day(2), "Ingrid Holt", "Orion", "Call", 1],
    [None, None, "Vega", "Call", 2],
    [None, "Pekka Salo", "Rigel", "Meeting", 1],
    [_day(3), "Ingrid Holt", "Mira", "Email", 4],
    [None, None, "Orion", "Call", None],
]

MERGED_HEADINGS = [
    ["Rep", "Week", "Calls", None, "Meetings", None],
    [None, None, "Target", "Actual", "Target", "Actual"],
    ["Ingrid Holt", 45, 50, 40, 5, 4],
    ["Pekka Salo", 45, 50, 41, 5, 3],
]

REP_ABOVE = [
    ["Sales rep:", "Anna Berg"],
    ["Year:", 2026],
    [],
    ["Week", "Calls", "Emails", "Meetings"],
    ["W45", 25, 40, 3],
    ["W46", 28, 35, 4],
]

SALESFORCE_FORMATTED = [
    [None, "Activities by rep"],
    [None, "As of 2026-11-20 09:15:02 Central European Time/CET • Generated by Kim Lee"],
    [],
    [None, "Filtered By"],
    [None, "   Show: All activities"],
    [None, "   Date equals THIS MONTH"],
    *[[]] * 8,
    [None, "Assigned  ↑", "Subject", "Date", "Status", "Company / Account"],
    [None, "Anna Berg", "Call", _day(3), "Completed", "Acme"],
    [None, None, "Email: pricing", _day(4), "Completed", "Acme"],
    [None, None, "Call", _day(27), "Open", "Acme"],
    [None, "Subtotal", None, None, None, None],
    [None, "Count", 3, None, None, None],
    [None, "Liam O'Neill", "Meeting", _day(16), "Completed", "Beta"],
    [None, "Subtotal", None, None, None, None],
    [None, "Count", 1, None, None, None],
    [None, "Total", None, None, None, None],
    [None, "Count", 4, None, None, None],
    [],
    [None, "Copyright © 2000-2026 salesforce.com, inc. All rights reserved."],
    [None, "Confidential Information - Do Not Distribute"],
]

DAYS_ACROSS = [
    ["Rep", "Activity", _day(16), _day(17), _day(18), "Total"],
    ["Anna Berg", "Calls", 10, 11, None, 21],
    ["Anna Berg", "Meetings", 1, None, 2, 3],
    ["Liam O'Neill", "Calls", 8, 9, 7, 24],
]

ERROR_CELLS = [
    ["Rep", "Week", "Calls", "Emails"],
    ["Anna Berg", "2026-W45", 12, 30],
    ["Liam O'Neill", "2026-W45", "#REF!", 10],
    ["Kim Lee", "2026-W45", 9, "#N/A"],
]

FORMULAS = [
    ["Rep", "Week", "Calls", "Emails"],
    ["Anna Berg", "2026-W45", 12, 30],
    ["Liam O'Neill", "2026-W45", "=10+5", 10],
]

TIME_CELLS = [
    ["Rep", "Date", "Time", "Type", "Duration"],
    ["Anna Berg", _day(2), dt.time(9, 30), "Call", dt.timedelta(minutes=4)],
    ["Anna Berg", _day(2), dt.time(13, 5), "Meeting", dt.timedelta(hours=1)],
    ["Liam O'Neill", _day(3), None, "Email", None],
]

HTML = """\
<html><head><meta charset="utf-8"></head><body><table>
<tr><th>Assigned</th><th>Subject</th><th>Date</th><th>Status</th><th>Company / Account</th></tr>
<tr><td>Anna Berg</td><td>Call</td><td>11/3/2026</td><td>Completed</td><td>Acme &amp; Sons</td></tr>
<tr><td>Liam O&#39;Neill</td><td>Meeting</td><td>11/16/2026</td><td>Completed</td><td>Beta</td></tr>
<tr><td>Liam O&#39;Neill</td><td>Call</td><td>11/17/2026</td><td>Not Started</td><td></td></tr>
</table></body></html>
"""

ZIPPED = """\
Rep,Date,Type,Account
Anna Berg,2026-11-03,Call,Acme
Liam O'Neill,2026-11-16,Meeting,Beta
"""


def _by_rep(calls: int, emails: int) -> list[list[object]]:
    return [["Date", "Calls", "Emails"], [_day(16), calls, emails], [_day(17), calls + 1, None]]


def _by_week(calls: int) -> list[list[object]]:
    return [["Sælger", "Opkald", "Mails"], ["Søren Krogh", calls, 30], ["Mette Dahl", calls + 5, None]]


def _merged(book: openpyxl.Workbook) -> None:
    sheet = book.active
    sheet.merge_cells("C1:D1")
    sheet.merge_cells("E1:F1")


def _months_merged(book: openpyxl.Workbook) -> None:
    sheet = book.active
    sheet.merge_cells("B1:C1")
    sheet.merge_cells("D1:E1")


def _rep_merged(book: openpyxl.Workbook) -> None:
    book.active.merge_cells("B16:B18")


def _days_and_reps_merged(book: openpyxl.Workbook) -> None:
    for cells in ("A2:A4", "A5:A6", "B2:B3", "B5:B6", "E5:E6"):
        book.active.merge_cells(cells)


def _headings_merged(book: openpyxl.Workbook) -> None:
    for cells in ("A1:A2", "B1:B2", "C1:D1", "E1:F1"):
        book.active.merge_cells(cells)


def _epoch_1904(book: openpyxl.Workbook) -> None:
    book.epoch = CALENDAR_MAC_1904


OVERLAPPING = {
    "calls W45.csv": (
        "Owner,Date,Type,Customer",
        "Anna Berg,2026-11-03,Call,Acme",
        "Anna Berg,2026-11-03,Call,Acme",
        "Liam O'Neill,2026-11-06,Call,Beta",
    ),
    "calls W46.csv": (
        "Owner,Date,Type,Customer",
        "Anna Berg,2026-11-03,Call,Acme",
        "Liam O'Neill,2026-11-06,Call,Beta",
        "Liam O'Neill,2026-11-10,Call,Beta",
    ),
    "tracker W45.csv": (
        "Rep,Week,Meetings,Demos",
        "Anna Berg,2026-W45,4,1",
    ),
    "tracker W46.csv": (
        "Rep,Week,Meetings,Demos",
        "Anna Berg,2026-W45,5,1",
        "Anna Berg,2026-W46,2,0",
    ),
}


def _gzip(text: str) -> bytes:
    packed = zlib.compressobj(0, wbits=-15)
    body = packed.compress(text.encode()) + packed.flush()
    tail = struct.pack("<II", zlib.crc32(text.encode()), len(text.encode()))
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + body + tail


def _hidden_sheets(book: openpyxl.Workbook) -> None:
    book["Old"].sheet_state = "hidden"
    book["Older"].sheet_state = "veryHidden"


def _weekdays(*counts: int | None) -> list[list[object]]:
    return [["Myyjä", "Laji", "ma", "ti", "ke", "to", "pe"], ["Aino Virtanen", "Soitot", *counts]]


DAY_SHEETS: dict[str, list[list[object]]] = {
    "02-03-2026": [["Navn", "Opkald", "Møder"], ["Anne", 10, 1], ["Carl", 11, 0]],
    "13-03-2026": [["Navn", "Opkald", "Møder"], ["Anne", 12, 2]],
}
UNCLEAR_DAY_SHEETS: dict[str, list[list[object]]] = {
    "02-03-2026": [["Rep", "Calls", "Meetings"], ["Ann", 10, 1]],
    "05-03-2026": [["Rep", "Calls", "Meetings"], ["Ann", 12, 2]],
}
REPS_AND_HELP: dict[str, list[list[object]]] = {
    "Sari": [["Päivä", "Soitot"], [_day(2, 3), 12], [_day(3, 3), 9]],
    "Jukka": [["Päivä", "Soitot"], [_day(2, 3), 20], [_day(3, 3), 15]],
    "Ohje": [["Täytä joka päivä"], ["Kysy Marilta"]],
}
WEEK_OVER_DAYS: dict[str, list[list[object]]] = {
    "Summary": [
        ["Week commencing 2 November 2026"],
        ["Rep", "Calls", "Meetings"],
        ["Anna", 27, 3],
        ["Tom", 35, 2],
    ],
    "Anna": [["Date", "Calls", "Meetings"], [_day(2), 12, 1], [_day(3), 15, 2]],
    "Tom": [["Date", "Calls", "Meetings"], [_day(2), 20, 2], [_day(3), 15, 0]],
}
MONTH_OVER_WEEKS: dict[str, list[list[object]]] = {
    "Week 41": [["Rep", "Calls", "Meetings"], ["Anna", 40, 3], ["Tom", 38, 2]],
    "Week 42": [["Rep", "Calls", "Meetings"], ["Anna", 52, 4], ["Tom", 49, 5]],
    "October": [["Rep", "Calls", "Meetings"], ["Anna", 180, 17], ["Tom", 177, 16]],
}
COPIED: list[list[object]] = [
    ["Rep", "Date", "Type"],
    ["Ann", _day(2, 3), "Call"],
    ["Ann", _day(3, 3), "Email"],
]

FILES: dict[str, Callable[[], bytes]] = {
    "salesforce_subjects.csv": lambda: SALESFORCE_SUBJECTS.encode("latin-1"),
    "danish_tracker.csv": lambda: DANISH_TRACKER.replace("\n", "\r\n").encode("cp1252"),
    "utf16_tab.txt": lambda: b"\xff\xfe" + UTF16_TAB.replace("\n", "\r\n").encode("utf-16-le"),
    "bom_semicolon.csv": lambda: b"\xef\xbb\xbf" + BOM.replace("\n", "\r\n").encode(),
    "nul_byte.csv": lambda: b"Rep,Date,Type\nAnna Berg,2026-11-02,Call\nAnna\x00 Berg,2026-11-03,Call\n",
    "picture.csv": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "password.xlsx": lambda: compound("EncryptedPackage", b"\x10" * 600),
    "not_a_workbook.xlsx": lambda: b"PK\x03\x04" + b"cut off",
    "sheet_per_day.xlsx": lambda: xlsx(DAY_SHEETS),
    "sheet_per_day_unclear.xlsx": lambda: xlsx(UNCLEAR_DAY_SHEETS),
    "sheet_per_rep_and_help.xlsx": lambda: xlsx(REPS_AND_HELP),
    "week_over_days_of_reps.xlsx": lambda: xlsx(WEEK_OVER_DAYS),
    "month_over_weeks_2026.xlsx": lambda: xlsx(MONTH_OVER_WEEKS),
    "copied_sheet.xlsx": lambda: xlsx({"Data": COPIED, "Data (old copy)": COPIED}),
    "pipedrive_deals.xlsx": lambda: xlsx({"Deals": PIPEDRIVE_DEALS}),
    "tracker_days.xlsx": lambda: xlsx({"Sheet1": TRACKER_DAYS}),
    "finnish_weeks.xlsx": lambda: xlsx({"2026": FINNISH_WEEKS}),
    "hidden_sheet.xlsx": lambda: xlsx(
        {"Old": OLD_ACTIVITIES, "Activities": ACTIVITIES, "Older": OLD_ACTIVITIES}, _hidden_sheets
    ),
    "nothing_visible.xlsx": lambda: edited(
        xlsx({"Activities": ACTIVITIES}), "xl/workbook.xml", 'state="visible"', 'state="hidden"'
    ),
    "several_sheets.xlsx": lambda: xlsx(
        {
            "Henkilöt": FINNISH_PEOPLE,
            "Kiintiöt": FINNISH_QUOTAS,
            "Poissaolot": FINNISH_ABSENCES,
            "Tyhjä": [],
            "Viikot 2026": FINNISH_WEEKS,
        }
    ),
    "cell_types.xlsx": lambda: xlsx({"Sheet1": CELL_TYPES}),
    "activities.ods": lambda: ods({"Activities": ACTIVITIES}),
    "activities.xls": lambda: xls("Activities", ACTIVITIES),
    "two_row_targets.xlsx": lambda: xlsx({"Week": TWO_ROW_TARGETS}, _merged),
    "months_over_weeks.xlsx": lambda: xlsx({"Calls 2026": MONTHS_OVER_WEEKS}, _months_merged),
    "sheet_per_rep.xlsx": lambda: xlsx({"Anna Berg": _by_rep(10, 12), "Liam O'Neill": _by_rep(8, 9)}),
    "ugeark_2026.xlsx": lambda: xlsx({"Uge 45": _by_week(20), "Uge 46": _by_week(25)}),
    "sheet_per_kind_2026.xlsx": lambda: xlsx(
        {
            "Calls": [["Rep", "W45", "W46"], ["Anna Berg", 40, 41], ["Liam O'Neill", 38, None]],
            "Meetings": [["Rep", "W45", "W46"], ["Anna Berg", 3, 4], ["Liam O'Neill", 2, 1]],
        }
    ),
    "sheet_per_rep_kinds_down_2026.xlsx": lambda: xlsx(
        {
            "Anna Berg": [["KPI", "W45", "W46", "Total"], ["Calls", 40, 41, 81], ["Meetings", 3, 4, 7]],
            "Liam O'Neill": [["KPI", "W45", "W46", "Total"], ["Calls", 38, 36, 74], ["Meetings", 2, None, 2]],
        }
    ),
    "sheet_per_week_weekdays_2026.xlsx": lambda: xlsx(
        {"vko 45": _weekdays(10, 12, None, 8, 9), "vko 46": _weekdays(7, 7, 7, None, 7)}
    ),
    "rep_above.xlsx": lambda: xlsx({"Sheet1": REP_ABOVE}),
    "merged_log.xlsx": lambda: xlsx({"Log": MERGED_LOG}, _days_and_reps_merged),
    "merged_headings_2026.xlsx": lambda: xlsx({"Team": MERGED_HEADINGS}, _headings_merged),
    "salesforce_formatted.xlsx": lambda: xlsx({"Activities by rep": SALESFORCE_FORMATTED}, _rep_merged),
    "days_across.xlsx": lambda: xlsx({"Sheet1": DAYS_ACROSS}),
    "error_cells.xlsx": lambda: xlsx({"Sheet1": ERROR_CELLS}),
    "formulas_without_values.xlsx": lambda: xlsx({"Sheet1": FORMULAS}),
    "epoch_1904.xlsx": lambda: xlsx({"Activities": ACTIVITIES}, _epoch_1904),
    "time_cells.xlsx": lambda: xlsx({"Log": TIME_CELLS}),
    "html_table.xls": lambda: HTML.encode(),
    "activities.csv.gz": lambda: _gzip(ZIPPED),
    "activities.zip": lambda: archive({"activities.csv": ZIPPED.encode()}),
    "overlapping_exports.zip": lambda: archive(
        {name: "\n".join(rows).encode() for name, rows in OVERLAPPING.items()}
    ),
}


if __name__ == "__main__":
    for name, made in FILES.items():
        (FOLDER / name).write_bytes(made())
