"""Headings and values → layout and fields, in six languages and many systems' spellings."""

from __future__ import annotations

import pytest

from quota.ingest import sources
from quota.ingest.layouts import LAYOUTS
from quota.ingest.mapping import Mapped, heading_score, map_table
from quota.ingest.tables import find_tables


def _map(text: str, chosen: dict[str, str] | None = None, layout: str | None = None) -> Mapped:
    (grid,) = sources.read(text.encode(), "x.csv").grids
    (table,) = find_tables(grid)
    return map_table(table, chosen or {}, layout)


def _csv(headings: str, *rows: str) -> str:
    """Headings and rows written with `|` between the cells, as tab-separated text."""
    lines = [headings, *rows]
    return "".join("\t".join(cell.strip() for cell in line.split("|")) + "\n" for line in lines)


ACTIVITIES = [
    # Salesforce
    (
        "Assigned | Subject | Date | Status | Priority | Opportunity | Company / Account | Contact",
        "Anna Berg | Call | 2026-11-02 | Completed | Normal | Acme 40 | Acme | Jo Smith",
        {"rep": "Assigned", "subject": "Subject", "date": "Date", "status": "Status",
         "deal": "Opportunity", "account": "Company / Account", "contact": "Contact"},
    ),
    (
        "Assigned To | Activity Type | Due Date Only | Status | Related To | Created Date",
        "Anna Berg | Call | 2026-11-02 | Completed | Acme 40 | 2026-10-30",
        {"rep": "Assigned To", "kind": "Activity Type", "due_date": "Due Date Only", "status": "Status",
         "created_date": "Created Date"},
    ),
    # HubSpot
    (
        "Record ID | Activity type | Title | Activity date | Activity assigned to | Associated Deal IDs",
        "501 | Call | Intro | 2026-11-02 09:00 | Sam Lee | 301",
        {"id": "Record ID", "kind": "Activity type", "subject": "Title", "date": "Activity date",
         "rep": "Activity assigned to", "deal_id": "Associated Deal IDs"},
    ),
    # Pipedrive
    (
        "Activity - Subject | Activity - Type | Activity - Due date | Activity - Done | "
        "Activity - Assigned to user | Deal | Organization | Contact person",
        "First call | Call | 2026-11-02 | Done | Inès Moreau | Ovens | Boulangerie Sud | Luc",
        {"subject": "Activity - Subject", "kind": "Activity - Type", "due_date": "Activity - Due date",
         "status": "Activity - Done", "rep": "Activity - Assigned to user", "deal": "Deal",
         "account": "Organization", "contact": "Contact person"},
    ),
    # Salesloft
    (
        "Created at | User | Person | To | Duration | Disposition | Sentiment",
        "2026-11-02 09:00 | Sam Lee | Jo Smith | +4520000001 | 125 | Connected | Positive",
        {"created_date": "Created at", "rep": "User", "outcome": "Disposition"},
    ),
    # by hand, and in the other languages
    (
        "Sales Rep | Completed Date | Channel | Customer",
        "Anna Berg | 2026-11-02 | LinkedIn | Acme",
        {"rep": "Sales Rep", "date": "Completed Date", "kind": "Channel", "account": "Customer"},
    ),
    (
        "Sælger | Dato | Aktivitetstype | Kunde | Kontaktperson | Udført | Resultat",
        "Søren Krogh | 03-11-2026 | Telefonopkald | Havn A/S | Bo | Ja | Ikke svar",
        {"rep": "Sælger", "date": "Dato", "kind": "Aktivitetstype", "account": "Kunde",
         "contact": "Kontaktperson", "status": "Udført", "outcome": "Resultat"},
    ),
    (
        "Ansvarlig | Dato og tidspunkt | Aktivitet | Firma | Salgsmulighed | Status",
        "Søren Krogh | 03-11-2026 09:30 | Besøg | Havn A/S | Kajen | Afsluttet",
        {"rep": "Ansvarlig", "date": "Dato og tidspunkt", "kind": "Aktivitet", "account": "Firma",
         "deal": "Salgsmulighed", "status": "Status"},
    ),
    (
        "Tildelt til | Emne | Opfølgningsdato | Status | Virksomhed",
        "Søren Krogh | Opkald til Bo | 03-11-2026 | Udført | Havn A/S",
        {"rep": "Tildelt til", "subject": "Emne", "due_date": "Opfølgningsdato", "status": "Status",
         "account": "Virksomhed"},
    ),
    (
        "Myyjä | Pvm | Tyyppi | Asiakas | Yhteyshenkilö | Tila",
        "Aino Virtanen | 3.11.2026 | Soitto | Kone | Pekka | Valmis",
        {"rep": "Myyjä", "date": "Pvm", "kind": "Tyyppi", "account": "Asiakas", "contact": "Yhteyshenkilö",
         "status": "Tila"},
    ),
    (
        "Vastuuhenkilö | Päivämäärä | Toimenpide | Yritys | Puhelun tulos | Puhelun suunta",
        "Aino Virtanen | 3.11.2026 | Puhelu | Kone | Ei vastausta | Lähtevä",
        {"rep": "Vastuuhenkilö", "date": "Päivämäärä", "kind": "Toimenpide", "account": "Yritys",
         "outcome": "Puhelun tulos", "direction": "Puhelun suunta"},
    ),
    (
        "Säljare | Datum | Aktivitet | Kund | Status",
        "Åsa Öberg | 2026-11-03 | Samtal | Volvo | Klar",
        {"rep": "Säljare", "date": "Datum", "kind": "Aktivitet", "account": "Kund", "status": "Status"},
    ),
    (
        "Selger | Dato | Type | Bedrift | Utført",
        "Kari Nordmann | 03.11.2026 | Samtale | Fjord AS | Ja",
        {"rep": "Selger", "date": "Dato", "kind": "Type", "account": "Bedrift", "status": "Utført"},
    ),
    (
        "Vertriebler | Datum | Aktivität | Firma | Ansprechpartner | Ergebnis",
        "Jürgen Weiß | 03.11.2026 | Anruf | Müller GmbH | Eva | Nicht erreicht",
        {"rep": "Vertriebler", "date": "Datum", "kind": "Aktivität", "account": "Firma",
         "contact": "Ansprechpartner", "outcome": "Ergebnis"},
    ),
]  # fmt: skip

DEALS = [
    (
        "Opportunity Owner | Opportunity Name | Account Name | Stage | Amount | Created Date | Close Date",
        "Anna Berg | Acme 40 | Acme | Closed Won | 21000 | 2026-09-01 | 2026-10-15",
        {"rep": "Opportunity Owner", "deal": "Opportunity Name", "account": "Account Name", "stage": "Stage",
         "amount": "Amount", "created_date": "Created Date", "close_date": "Close Date"},
    ),
    (
        "opportunity_id | sales_agent | account | deal_stage | engage_date | close_date | close_value",
        "1C1I7A6R | Moses Frase | Cancity | Won | 2026-10-20 | 2026-11-01 | 1054",
        {"deal_id": "opportunity_id", "rep": "sales_agent", "account": "account", "stage": "deal_stage",
         "created_date": "engage_date", "close_date": "close_date", "amount": "close_value"},
    ),
    (
        "Salgsmulighed | Sælger | Kunde | Fase | Ordreværdi | Oprettet | Lukkedato",
        "Kajen | Søren Krogh | Havn A/S | Vundet | 1200 | 01-09-2026 | 15-10-2026",
        {"deal": "Salgsmulighed", "rep": "Sælger", "account": "Kunde", "stage": "Fase",
         "amount": "Ordreværdi", "created_date": "Oprettet", "close_date": "Lukkedato"},
    ),
    (
        "Myyntimahdollisuus | Omistaja | Asiakas | Vaihe | Arvo | Luotu | Kauppapäivä",
        "Satama | Aino Virtanen | Kone | Voitettu | 1200 | 1.9.2026 | 15.10.2026",
        {"deal": "Myyntimahdollisuus", "rep": "Omistaja", "account": "Asiakas", "stage": "Vaihe",
         "amount": "Arvo", "created_date": "Luotu", "close_date": "Kauppapäivä"},
    ),
    (
        "Affär | Säljare | Företag | Fas | Värde | Skapad | Stängningsdatum",
        "Bron | Åsa Öberg | Volvo | Vunnen | 1200 | 2026-09-01 | 2026-10-15",
        {"deal": "Affär", "rep": "Säljare", "account": "Företag", "stage": "Fas", "amount": "Värde",
         "created_date": "Skapad", "close_date": "Stängningsdatum"},
    ),
    (
        "Geschäft | Besitzer | Firma | Phase | Betrag | Erstellt am | Abschlussdatum",
        "Brücke | Jürgen Weiß | Müller GmbH | Gewonnen | 1200 | 01.09.2026 | 15.10.2026",
        {"deal": "Geschäft", "rep": "Besitzer", "account": "Firma", "stage": "Phase", "amount": "Betrag",
         "created_date": "Erstellt am", "close_date": "Abschlussdatum"},
    ),
]  # fmt: skip

SHEETS = [
    ("people", "Name | Team | Role | Manager | Start | FTE",
     "Anna Berg | North | AE | Kim Lee | 2024-03-01 | 0.8",
     {"rep": "Name", "team": "Team", "role": "Role", "manager": "Manager", "start": "Start",
      "full_time": "FTE"}),
    ("people", "Medarbejder | Afdeling | Stilling | Leder", "Søren Krogh | Jylland | Konsulent | Bo Friis",
     {"rep": "Medarbejder", "team": "Afdeling", "role": "Stilling", "manager": "Leder"}),
    ("people", "Nimi | Tiimi | Esihenkilö | Työaika", "Aino Virtanen | Helsinki | Ville Salo | 80 %",
     {"rep": "Nimi", "team": "Tiimi", "manager": "Esihenkilö", "full_time": "Työaika"}),
    ("quotas", "Who | Kind | Target | Every | From", "everyone | calls | 50 | week | 2026-01-01",
     {"who": "Who", "kind": "Kind", "target": "Target", "every": "Every", "from": "From"}),
    ("quotas", "Hvem | Type | Mål | Hver | Fra", "alle | opkald | 50 | uge | 01-01-2026",
     {"who": "Hvem", "kind": "Type", "target": "Mål", "every": "Hver", "from": "Fra"}),
    ("quotas", "Koskee | Tyyppi | Tavoite | Joka | Alkaen", "kaikki | soitot | 50 | viikko | 1.1.2026",
     {"who": "Koskee", "kind": "Tyyppi", "target": "Tavoite", "every": "Joka", "from": "Alkaen"}),
    ("absences", "Rep | From | To | Reason", "Anna Berg | 2026-11-02 | 2026-11-06 | Holiday",
     {"rep": "Rep", "from": "From", "to": "To", "reason": "Reason"}),
    ("absences", "Medarbejder | Fra | Til | Årsag", "Søren Krogh | 02-11-2026 | 06-11-2026 | Ferie",
     {"rep": "Medarbejder", "from": "Fra", "to": "Til", "reason": "Årsag"}),
    ("absences", "Nimi | Alkupäivä | Loppupäivä | Syy", "Aino Virtanen | 2.11.2026 | 6.11.2026 | loma",
     {"rep": "Nimi", "from": "Alkupäivä", "to": "Loppupäivä", "reason": "Syy"}),
]  # fmt: skip

COUNTS = [
    ("Rep | Week | Calls | Emails | Social | Meetings | Opportunities",
     "Anna Berg | 2026-W45 | 1 | 2 | 3 | 4 | 5",
     ["call", "email", "social", "meeting", "opportunity"]),
    ("Navn | Uge | Antal opkald | Mails | Kundemøder | Tilbud | Ordrer",
     "Søren Krogh | 45 | 1 | 2 | 3 | 4 | 5",
     ["call", "email", "meeting", "proposal", "won"]),
    ("Myyjä | Vko | Soitot | Sähköpostit | Tapaamiset | Tarjoukset | Kaupat",
     "Aino Virtanen | 45 | 1 | 2 | 3 | 4 | 5",
     ["call", "email", "meeting", "proposal", "won"]),
    ("Säljare | Vecka | Samtal | E-post | Möten | Offerter",
     "Åsa Öberg | 45 | 1 | 2 | 3 | 4",
     ["call", "email", "meeting", "proposal"]),
    ("Selger | Uke | Samtaler | E-post | Møter | Tilbud",
     "Kari Nordmann | 45 | 1 | 2 | 3 | 4",
     ["call", "email", "meeting", "proposal"]),
    ("Mitarbeiter | KW | Anrufe | E-Mails | Termine | Angebote",
     "Jürgen Weiß | 45 | 1 | 2 | 3 | 4",
     ["call", "email", "meeting", "proposal"]),
    ("Agent | Date | Dials | Emails Sent | LinkedIn Messages | Demos",
     "Anna Berg | 2026-11-02 | 1 | 2 | 3 | 4",
     ["call", "email", "social", "demo"]),
]  # fmt: skip


@pytest.mark.parametrize(("headings", "row", "fields"), ACTIVITIES, ids=lambda value: str(value)[:30])
def test_activities(headings: str, row: str, fields: dict[str, str]) -> None:
    _assert_mapped(_map(_csv(headings, row)), "activities", fields)


@pytest.mark.parametrize(("headings", "row", "fields"), DEALS, ids=lambda value: str(value)[:30])
def test_deals(headings: str, row: str, fields: dict[str, str]) -> None:
    _assert_mapped(_map(_csv(headings, row)), "deals", fields)


@pytest.mark.parametrize(("layout", "headings", "row", "fields"), SHEETS, ids=lambda value: str(value)[:30])
def test_sheets_that_people_write(layout: str, headings: str, row: str, fields: dict[str, str]) -> None:
    _assert_mapped(_map(_csv(headings, row)), layout, fields)


@pytest.mark.parametrize(("headings", "row", "kinds"), COUNTS, ids=lambda value: str(value)[:30])
def test_trackers(headings: str, row: str, kinds: list[str]) -> None:
    found = _map(_csv(headings, row))
    assert (found.layout, [one.kind for one in found.counting.counts.values()]) == ("counts", kinds)


@pytest.mark.parametrize(
    ("headings", "row", "labels"),
    [
        ("Rep | Kind | W44 | W45 | Total", "Anna Berg | Calls | 1 | 2 | 3", ["W44", "W45"]),
        ("Sælger | Type | Uge 44 | Uge 45 | I alt", "Søren Krogh | Opkald | 1 | 2 | 3", ["Uge 44", "Uge 45"]),
        ("Myyjä | Tyyppi | vko 44 | vko 45", "Aino Virtanen | Soitot | 1 | 2", ["vko 44", "vko 45"]),
        ("Rep | Kind | Jan | Feb | Mar", "Anna Berg | Calls | 1 | 2 | 3", ["Jan", "Feb", "Mar"]),
        ("Rep | Kind | 2026-11-02 | 2026-11-03", "Anna Berg | Calls | 1 | 2", ["2026-11-02", "2026-11-03"]),
    ],
)
def test_periods_across(headings: str, row: str, labels: list[str]) -> None:
    found = _map(_csv(headings, row))
    assert (found.layout, [text for one in found.counting.counts.values() for text in one.periods]) == (
        "counts",
        labels,
    )


def test_the_order_of_columns_changes_nothing() -> None:
    headings, row, fields = ACTIVITIES[0]
    cells = list(zip(headings.split("|"), row.split("|"), strict=True))
    for turn in range(len(cells)):
        turned = cells[turn:] + cells[:turn]
        text = _csv("|".join(head for head, _ in turned), "|".join(cell for _, cell in turned))
        _assert_mapped(_map(text), "activities", fields)


def test_a_choice_outweighs_the_guess() -> None:
    text = _csv(
        "Who | When | Type | Extra", "Anna | 2026-11-02 | Call | Liam", "Anna | 2026-11-03 | Call | Liam"
    )
    found = _map(text, {"Extra": "rep", "Who": ""})
    assert {name: column.header for name, column in found.columns.items()}["rep"] == "Extra"
    assert "Who" not in {column.header for column in found.columns.values()}
    assert {match.header: match.reason_code for match in found.matches}["Extra"] == "you_said"
    assert {match.header: match.reason_code for match in found.matches}["Who"] == "you_ignored"


def test_the_reason_and_the_samples_of_a_column_can_be_shown() -> None:
    found = _map(
        _csv("Rep | Date | Type | Zyx", "Anna | 2026-11-02 | Call | q", "Liam | 2026-11-03 | Email | w")
    )
    shown = {match.header: (match.field, match.reason_code, match.samples) for match in found.matches}
    assert shown["Rep"] == ("rep", "heading_known", ("Anna", "Liam"))
    assert shown["Zyx"] == (None, "no_field", ("q", "w"))


@pytest.mark.parametrize("text", [_csv("Foo | Bar | Baz", "1 | 2 | 3"), "Note\nAnna called\nLiam met\n"])
def test_headings_that_say_nothing_are_unknown(text: str) -> None:
    found = _map(text)
    assert (found.layout, found.columns) == ("unknown", {})


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Assigned To  ↑", "rep"),
        ("Subject*", "subject"),
        ("[Deal Owner]", "rep"),
        ("ACTIVITYDATE", "date"),
        ("Activity_Date", "date"),
        ("ActivityDate", "date"),
        ("Activity - Due date", "due_date"),
        ("Sælger:", "rep"),
        ("MYYJÄ", "rep"),
        ("Deal Stage (pipeline)", "stage"),
    ],
)
def test_decorated_headings_are_known(heading: str, field: str) -> None:
    assert heading_score(heading, field)[0] >= 0.7


@pytest.mark.parametrize(
    ("heading", "field"),
    [("Priority", "rep"), ("Phone number", "count"), ("Total", "rep"), ("Owner ID", "date"), ("To", "date")],
)
def test_unlike_headings_are_not(heading: str, field: str) -> None:
    assert heading_score(heading, field)[0] == 0


def test_every_layout_needs_only_fields_that_it_has() -> None:
    for layout in LAYOUTS:
        assert {name for group in layout.needs for name in group} <= set(layout.fields)
        assert set(layout.tells) <= set(layout.fields)


def _assert_mapped(found: Mapped, layout: str, fields: dict[str, str]) -> None:
    mapped = {name: column.header for name, column in found.columns.items()}
    assert (found.layout, {name: mapped.get(name) for name in fields}) == (layout, fields)
