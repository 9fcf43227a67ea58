"""The six files, as their systems would write them, and what is in each.

No activity stands in two files: København and Helsinki count touches, meetings and
proposals in sheets of their own, Boston logs them one by one in two systems, and
opportunities of all three teams come from the deals export alone. København's `Ordrer`
are repeat orders taken by phone, which never pass through the pipeline.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from sample_data.boston import Entry
from sample_data.organisation import ABSENCES, FIRST, LAST, QUOTAS, REPS, Rep, days
from sample_data.work import Deal, Dice, company

Cell = str | int | float | date | datetime | None
Counts = Counter[tuple[date, str]]


@dataclass(frozen=True)
class Export:
    """One file, and the control totals that a reader must arrive at.

    `rows` are those under the heading, totals and footer included; `done` the work per kind;
    `aside` the rows that are not the rep's own work, with the reason.
    """

    file: str
    imitates: str
    content: bytes | Workbook
    rows: int
    done: Mapping[str, float]
    aside: Mapping[str, float]


def team(name: str) -> list[Rep]:
    """The reps of one team."""
    return [rep for rep in REPS if rep.team == name]


_DANISH = {"call": "Antal opkald", "email": "Mails", "social": "SoMe", "meeting": "Møder", "demo": "Demoer"}
_DANISH |= {"proposal": "Tilbud", "won": "Ordrer"}


def tracker(counts: dict[str, Counts]) -> Export:
    """København's own csv: a row per rep and day, Danish in every respect."""
    dice, body = Dice("repeat orders"), list[list[str]]()
    done: Counter[str] = Counter()
    for day in days(FIRST, LAST):
        for rep in team("København"):
            numbers = {kind: counts[rep.name][day, kind] for kind in _DANISH}
            if not any(numbers.values()):
                continue
            numbers["won"] = int(dice.random() < 0.07)
            value = numbers["won"] * round(dice.between(1_800, 24_000), 2)
            done.update(numbers | {"amount won, DKK": value})
            cells = [str(n) if n else "" for n in numbers.values()]
            body.append([rep.first_name, f"{day:%d-%m-%Y}", *cells, _danish(value)])
    sums = [str(done[kind]) for kind in _DANISH]
    total = ["I alt", "", *sums, _danish(done["amount won, DKK"])]
    header = ["Sælger", "Dato", *_DANISH.values(), "Ordreværdi kr."]
    text = _csv([["Aktiviteter København, 3. kvartal 2026"], [], header, *body, total], ";", "\r\n")
    imitates = "a Danish team's own sheet saved by Excel: `;`, cp1252, decimal commas, a row per rep and day"
    aside = {"total row (I alt)": 1}
    return Export("copenhagen_tracker.csv", imitates, text.encode("cp1252"), len(body) + 1, done, aside)


def _danish(value: float) -> str:
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,")) if value else ""


_FINNISH = {"call": "Soitot", "email": "Sähköpostit", "social": "LinkedIn", "meeting": "Tapaamiset"}
_FINNISH |= {"demo": "Demot", "proposal": "Tarjoukset"}


def weeks(counts: dict[str, Counts]) -> Export:
    """Helsinki's own workbook: a row per rep and kind, the weeks across."""
    book, sheet = _book("Aktiviteetit 2026", [22, 14] + [8] * 15)
    mondays = days(FIRST, LAST)[::7]
    labels = [f"vko {monday.isocalendar().week}" for monday in mondays]
    _write(sheet, [["Tiimi Helsinki: myyntiaktiviteetit, Q3 2026"], []])
    _write(sheet, [["Myyjä", "Toimenpide", *labels, "Yhteensä"]], bold=True)
    done, sums = Counter[str](), [0] * len(mondays)
    for rep in team("Helsinki"):
        for kind, word in _FINNISH.items():
            row = [sum(counts[rep.name][day, kind] for day in days(m, m + timedelta(6))) for m in mondays]
            sums = [a + b for a, b in zip(sums, row, strict=True)]
            done[kind] += sum(row)
            _write(sheet, [[rep.name, word, *(n or None for n in row), sum(row)]])
    _write(sheet, [["Yhteensä", None, *sums, sum(sums)]], bold=True)
    rows = len(team("Helsinki")) * len(_FINNISH) + 1
    imitates = "a Finnish team's own workbook: a row per rep and kind, `vko 27` … `vko 40` across"
    return Export("helsinki_weeks.xlsx", imitates, book, rows, done, {"total row (Yhteensä)": 1})


_SALESFORCE = {"call": "Call", "email": "Email", "social": "LinkedIn", "meeting": "Meeting", "demo": "Demo"}
_SALESFORCE |= {"proposal": "Proposal"}
_OPEN = ("Not Started", "Not Started", "In Progress", "Waiting on someone else", "Deferred")
_SUBJECTS = {
    "call": ("Call", "Follow-up call", "Intro call", "Call about renewal"),
    "email": ("Email: introduction", "Email: price list", "Email: following up", "Email: case study"),
    "social": ("LinkedIn message", "LinkedIn connection request"),
    "meeting": ("Meeting at their office", "Teams meeting", "Discovery meeting"),
    "demo": ("Product demo", "Demo for the whole team"),
    "proposal": ("Proposal sent", "Revised proposal sent"),
}


def salesforce(logged: Sequence[Entry]) -> Export:
    """Salesforce's report of activities, "details only", with its title above and its footer below."""
    dice, logged = Dice("salesforce"), [entry for entry in logged if entry.state != "no_show"]
    header = ["Assigned", "Subject", "Type", "Date", "Status", "Priority", "Company / Account", "Contact"]
    header += ["Direction", "Call Result", "Activity ID"]
    body = [_salesforce_row(entry, number, dice) for number, entry in enumerate(logged)]
    preamble = ["Boston: activities this quarter", "As of 2026-10-01 08:15:44 EST; Generated by Linda Marsh"]
    preamble += ["Filtered By", "Show: My team's activities", "Date: 6/29/2026 to 10/16/2026"]
    footer = [f"Grand Totals ({len(body)} records)", "Confidential Information - Do Not Distribute"]
    footer += ["Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."]
    rows = [*([line] for line in preamble), [], header, *body, [], [], *([line] for line in footer)]
    imitates = "a Salesforce activities report: filters above, everything quoted, m/d/yyyy, footer below"
    done, aside = _totals(logged)
    aside["footer"] = len(footer)
    text = _csv(rows, ",", "\n", quote_all=True)
    return Export("salesforce_activities.csv", imitates, text.encode(), len(body) + len(footer), done, aside)


def _salesforce_row(entry: Entry, number: int, dice: Dice) -> list[str]:
    status = dice.pick(_OPEN) if entry.state == "planned" else "Completed"
    status = "Canceled" if entry.state == "cancelled" else status
    return [
        *(entry.rep, dice.pick(_SUBJECTS[entry.kind]), _SALESFORCE[entry.kind]),
        *(f"{entry.at.month}/{entry.at.day}/{entry.at.year}", status),
        *("High" if dice.random() < 0.1 else "Normal", entry.company, entry.contact),
        *(
            {"out": "Outbound", "in": "Inbound"}[entry.direction],
            entry.result,
            f"00TQ4{number * 7919 + 10**9:010d}AAW",
        ),
    ]


_HUBSPOT = {"call": "Call", "email": "Email", "social": "LinkedIn message", "meeting": "Meeting"}
_HUBSPOT |= {"demo": "Demo", "proposal": "Quote"}
_MEETING = {"done": "COMPLETED", "planned": "SCHEDULED", "cancelled": "CANCELED", "no_show": "NO_SHOW"}


def hubspot(logged: Sequence[Entry]) -> Export:
    """HubSpot's export of engagements: a row each, real date cells, notes among them."""
    dice = Dice("hubspot")
    book, sheet = _book("hubspot-crm-exports-activities", [14, 17, 34, 17, 22, 16, 14, 16, 24, 20])
    header = ["Record ID", "Activity type", "Title", "Activity date", "Activity assigned to"]
    header += [
        "Call outcome",
        "Call direction",
        "Meeting outcome",
        "Associated Company",
        "Associated Contact",
    ]
    _write(sheet, [header], bold=True)
    logged = [e for e in logged if e.state != "planned" or e.kind in ("meeting", "demo")]
    _write(sheet, [_hubspot_row(entry, number, dice) for number, entry in enumerate(logged)])
    for (cell,) in sheet.iter_rows(min_row=2, min_col=4, max_col=4):
        cell.number_format = "yyyy-mm-dd hh:mm"
    imitates = "a HubSpot export of engagements: a row each, real date cells, received mails among them"
    return Export("hubspot_activities.xlsx", imitates, book, len(logged), *_totals(logged))


def _hubspot_row(entry: Entry, number: int, dice: Dice) -> list[Cell]:
    received = entry.kind == "email" and entry.direction == "in"
    is_call, is_meeting = entry.kind == "call", entry.kind in ("meeting", "demo")
    return [
        *(58_100_000_000 + number * 7919, "Incoming email" if received else _HUBSPOT[entry.kind]),
        *(f"{dice.pick(_SUBJECTS[entry.kind])}, {entry.company}", entry.at, entry.rep, entry.result or None),
        {"out": "OUTBOUND", "in": "INBOUND"}[entry.direction] if is_call else None,
        _MEETING[entry.state] if is_meeting else None,
        *(entry.company, entry.contact),
    ]


def _totals(logged: Iterable[Entry]) -> tuple[Counter[str], Counter[str]]:
    done, aside = Counter[str](), Counter[str]()
    for entry in logged:
        if entry.state != "done":
            aside[entry.state.replace("_", "-")] += 1
        elif entry.direction == "in":
            aside[f"inbound {entry.kind}"] += 1
        else:
            done[entry.kind] += 1
    return done, aside


_PRODUCTS = ("yearly licence", "pilot", "rollout", "renewal", "40 seats", "support plan")


def deal_export(pipeline: Sequence[Deal]) -> Export:
    """Pipedrive's export of deals, all three teams."""
    dice, body, done = Dice("deal names"), [], Counter[str]()
    header = ["ID", "Title", "Owner", "Organization", "Stage", "Status", "Value", "Currency of value"]
    header += ["Deal created", "Deal closed on", "Expected close date"]
    for number, deal in enumerate(pipeline):
        customer = company(deal.owner.team, dice)
        title = f"{customer} - {dice.pick(_PRODUCTS)}"
        closed = _clock(deal.closed, dice) if deal.closed else ""
        body.append(
            [
                *(str(4100 + number), title, deal.owner.name, customer, deal.stage, deal.status),
                *(
                    f"{deal.amount:.2f}",
                    deal.currency,
                    _clock(deal.created, dice),
                    closed,
                    f"{deal.expected}",
                ),
            ]
        )
        done["opportunity"] += 1
        if deal.closed:
            done[deal.status.lower()] += 1
            done[f"amount {deal.status.lower()}, {deal.currency}"] += deal.amount
    text = _csv([[f"Deal - {name}" for name in header], *body], ",", "\n")
    imitates = "a Pipedrive export of deals, three teams and currencies: `Deal - ` before every heading"
    return Export("deals.csv", imitates, text.encode(), len(body), done, Counter())


def roster() -> Export:
    """The leader's own workbook: people, quotas and absences, a sheet each."""
    book, people = _book("people", [16, 13, 11, 14, 32, 12, 12, 10, 10, 10])
    header = ["rep", "team", "role", "manager", "e-mail", "start", "end", "full time", "calendar", "aliases"]
    _write(people, [header], bold=True)
    for rep in REPS:
        known_as = rep.first_name if rep.team == "København" else None
        row: list[Cell] = [
            rep.name,
            rep.team,
            rep.role,
            rep.manager,
            rep.email,
            rep.start,
            None,
            rep.full_time,
        ]
        _write(people, [[*row, rep.calendar, known_as]])
    quotas = _sheet(book, "quotas", [20, 18, 14, 10, 10, 10, 12, 12, 10])
    header = ["quota", "who", "kind", "measure", "target", "every", "from", "to", "currency"]
    _write(quotas, [header], bold=True)
    for rule in QUOTAS:
        terms: list[Cell] = [
            rule.quota,
            rule.who,
            rule.kind,
            rule.measure,
            rule.target,
            rule.every,
            rule.first,
        ]
        _write(quotas, [[*terms, rule.last, rule.currency]])
    absences = _sheet(book, "absences", [16, 12, 12, 8, 18])
    _write(absences, [["rep", "from", "to", "share", "reason"]], bold=True)
    _write(absences, [[a.rep, a.first, a.last, a.share, a.reason] for a in ABSENCES])
    imitates = "the leader's own workbook: sheets `people`, `quotas` and `absences`"
    done = Counter({"people": len(REPS), "quotas": len(QUOTAS), "absences": len(ABSENCES)})
    return Export("people_and_quotas.xlsx", imitates, book, sum(done.values()), done, Counter())


def _clock(day: date, dice: Dice) -> str:
    seconds = int(dice.between(8 * 3600, 17 * 3600))
    return f"{datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)}"


def _csv(rows: Iterable[Sequence[str]], delimiter: str, end: str, quote_all: bool = False) -> str:
    out = io.StringIO(newline="")
    csv.writer(
        out,
        delimiter=delimiter,
        lineterminator=end,
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
    ).writerows(rows)
    return out.getvalue()


def _book(title: str, widths: Sequence[int]) -> tuple[Workbook, Worksheet]:
    book = Workbook()
    book.remove(book.worksheets[0])
    return book, _sheet(book, title, widths)


def _sheet(book: Workbook, title: str, widths: Sequence[int]) -> Worksheet:
    sheet = book.create_sheet(title)
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    return sheet


def _write(sheet: Worksheet, rows: Iterable[Sequence[Cell]], *, bold: bool = False) -> None:
    for row in rows:
        sheet.append(row)
        if bold:
            for cell in sheet[sheet.max_row]:
                cell.font = Font(bold=True)
