"""Clean tables of several languages and kinds, the truth that the corpus dirties, and what a case is."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

Rows = list[list[str]]
_HEIGHT = 24


@dataclass(frozen=True)
class Case:
    """One dirty file. `delimiter` and `quote` are what a detector should say."""

    name: str
    data: bytes
    truth: Rows | None
    delimiter: str = ","
    quote: str = '"'


def products(dice: random.Random) -> Rows:
    """Long texts with commas, quotes and inch marks; an address; a last column that is empty."""
    things = (
        "Boots, waterproof",
        "Jacket",
        'Table, round 48"',
        "Fly rod 8 wt.",
        "Men's vest",
        'Bike, 24" wheel',
    )
    words = (
        "light",
        "rugged",
        "warm",
        "dry",
        "quick",
        "soft",
        "made",
        "for",
        "comfort",
        "in",
        "all",
        "weather",
    )
    rows = [["DATE", "TIME", "Qty", "PRODUCT", "Price", "Type", "Description", "URL", "Comments"]]
    for at in range(_HEIGHT):
        text = " ".join(dice.choices(words, k=dice.randint(5, 14))).capitalize()
        if at % 3 == 0:
            text += ", " + " ".join(dice.choices(words, k=4))
        code = f"{dice.choice(('MG', 'RI', 'CC'))}-{dice.randint(1000, 9999)}"
        rows.append(
            [
                f"{at % 28 + 1:02d}/0{at % 9 + 1}/2018",
                f"{at % 24:02d}:{at % 4 * 15:02d}",
                str(dice.randint(0, 9)),
                code,
                f"${dice.randint(1, 99)}.{dice.randint(0, 99):02d}",
                things[at % len(things)],
                text + ".",
                f"https://shop.example/{code}.html",
                "",
            ]
        )
    return rows


def calls(dice: random.Random) -> Rows:
    """Danish calls: decimal commas, names with letters beyond ASCII, notes with semicolons."""
    names = ("Søren Ødegård", "Mette Kjær", "Åse Bæk", "Jørgen Lund")
    notes = (
        "Ringer igen",
        "Møde aftalt; tilbud sendt",
        "Ikke til stede",
        'Sagde "måske"',
        "Send materiale, pris",
    )
    rows = [["Sælger", "Dato", "Opkald", "Beløb", "Note"]]
    for at in range(_HEIGHT):
        amount = f"{dice.randint(1, 99)}.{dice.randint(100, 999)},{dice.randint(0, 99):02d}"
        rows.append(
            [names[at % 4], f"{at % 28 + 1:02d}-11-2026", str(dice.randint(1, 40)), amount, notes[at % 5]]
        )
    return rows


def visits(dice: random.Random) -> Rows:
    """Finnish visits: dates with dots, clocks with dots, amounts with blanks."""
    names = ("Mikko Mäkinen", "Päivi Hämäläinen", "Äijö Öhman")
    rows = [["Myyjä", "Päivä", "Kello", "Käynnit", "Summa €"]]
    for at in range(_HEIGHT):
        rows.append(
            [
                names[at % 3],
                f"{at % 28 + 1}.{at % 12 + 1}.2026",
                f"{at % 10 + 8}.{at % 6}0",
                str(dice.randint(1, 9)),
                f"{dice.randint(1, 9)} {dice.randint(100, 999)},50",
            ]
        )
    return rows


def towns(dice: random.Random) -> Rows:
    """German statistics: thousands with dots, shares with commas, empty cells."""
    names = ("München", "Köln", "Düsseldorf", "Großräschen", "Frankfurt (Oder)", "Halle, Saale")
    rows = [["Gemeinde", "Schlüssel", "Einwohner", "Fläche km²", "Anteil %", "Stand"]]
    for at in range(_HEIGHT):
        rows.append(
            [
                names[at % 6],
                f"0{dice.randint(1000000, 9999999)}",
                f"{dice.randint(1, 999)}.{dice.randint(0, 999):03d}",
                f"{dice.randint(1, 300)},{dice.randint(0, 99):02d}",
                "" if at % 5 == 0 else f"{dice.randint(0, 99)},{dice.randint(0, 9)}",
                "31.12.2025",
            ]
        )
    return rows


def sensors(dice: random.Random) -> Rows:
    """Measurements: nothing but numbers under short names."""
    rows = [["timestamp", "station", "temp", "humidity", "pm10"]]
    for at in range(_HEIGHT):
        rows.append(
            [
                f"2026-11-{at % 28 + 1:02d}T{at % 24:02d}:00:00Z",
                str(dice.randint(1, 9)),
                f"{dice.uniform(-20, 30):.2f}",
                f"{dice.uniform(20, 99):.1f}",
                str(dice.randint(0, 200)),
            ]
        )
    return rows


def spending(dice: random.Random) -> Rows:
    """French public spending: apostrophes in the words, amounts with a sign, a two-line text."""
    who = ("Mairie de l'Haÿ", "Préfecture de l'Aude", "Hôpital d'Évreux", "Région Île-de-France")
    what = ("Travaux", "Achat de matériel, divers", "Location\nlongue durée", "Étude d'impact")
    rows = [["Organisme", "Fournisseur", "Objet", "Montant", "Date"]]
    for at in range(_HEIGHT):
        rows.append(
            [
                who[at % 4],
                f"Société {chr(65 + at)}",
                what[at % 4],
                f"{dice.randint(1, 99)} {dice.randint(100, 999)},{dice.randint(0, 99):02d} €",
                f"2026-{at % 12 + 1:02d}-{at % 28 + 1:02d}",
            ]
        )
    return rows


def people(dice: random.Random) -> Rows:
    """Words only: nothing but the heading's place tells it from a row."""
    first, last = ("Anna", "Liam", "Søren", "Aino", "José"), ("Berg", "O'Neill", "Mäkinen", "Weiß", "Núñez")
    towns = (("Aarhus", "Denmark"), ("Turku", "Finland"), ("Bath", "United Kingdom"), ("Linz", "Austria"))
    rows = [["name", "family name", "city", "country", "remark"]]
    for at in range(_HEIGHT):
        city, country = towns[at % 4]
        remark = dice.choice(("moved in", "calls back", "has a dog", "prefers mail", "n/a"))
        rows.append([first[at % 5], last[at // 2 % 5], city, country, remark])
    return rows


BASES: dict[str, Callable[[random.Random], Rows]] = {
    "products": products,
    "calls": calls,
    "visits": visits,
    "towns": towns,
    "sensors": sensors,
    "spending": spending,
    "people": people,
}
