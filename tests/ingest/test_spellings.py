"""Which spellings are proposed as one person, held to pairs that people judged by eye.

Asking about two people who are two costs trust, so precision is held higher than recall.
"""

from __future__ import annotations

import pytest

from quota.ingest.spellings import CERTAIN, Proposal, alike, is_id, proposals
from quota.names import folded

PRECISION = 0.97
RECALL = 0.95

SAME = """
Anna Berg | ANNA BERG
Anna Berg | anna  berg
Anna Berg | Berg, Anna
Anna Berg | Berg,Anna
Anna Berg | Anna Berg (anna@firma.dk)
Anna Berg | Anna Berg <ab@firma.dk>
Anna Berg | anna.berg@firma.dk
Anna Berg | Anna.Berg@firma.dk
Anna Berg | anna_berg@firma.dk
Anna Berg | annaberg@firma.dk
Anna Berg | aberg@firma.dk
Anna Berg | annab@firma.dk
Anna Berg | a.berg@firma.dk
Anna Berg | berg.anna@firma.dk
Anna Berg | A. Berg
Anna Berg | A Berg
Anna Berg | Anna B.
Anna Berg | Anna B
Anna Berg | Berg Anna
Anna Marie Berg | Anna Berg
Anna Marie Berg | Anna M. Berg
Anna Marie Berg | Anna M Berg
Anna Marie Berg | A. M. Berg
Anna Marie Berg | A.M. Berg
Anna-Lena Berg | Anna Lena Berg
Anna-Lena Berg | Anna Berg
Anna Berg | Anna Berg Holm
Søren Kjær | Soren Kjar
Søren Kjær | Soeren Kjaer
Søren Kjær | Sören Kjær
Søren Kjær | S. Kjær
Søren Kjær | soeren.kjaer@firma.dk
Søren Kjær | soren.kjar@firma.dk
Søren Kjær | skjaer@firma.dk
Åse Nørgaard | Aase Nørgaard
Åse Nørgaard | Ase Norgaard
Åse Nørgård | Aase Noergaard
Jørgen Møller | Jorgen Moller
Jørgen Møller | Joergen Moeller
Jørgen Møller | Jörgen Möller
Jørgen Møller | Møller, Jørgen
Jørgen Møller | MØLLER JØRGEN
Bjørn Østergaard | Bjorn Ostergaard
Bjørn Østergaard | B. Østergaard
Bjørn Østergaard | bjorn.ostergaard@firma.dk
Pia Sørensen | Pia Soerensen
Lærke Vestergaard | Laerke Vestergaard
Lærke Vestergaard | Lærke Vestergaad
Lærke Vestergaard | Lærke Vestegaard
Mette Holm Jensen | Mette Jensen
Mette Holm Jensen | Mette H. Jensen
Mette Holm Jensen | M. H. Jensen
Mette Holm Jensen | Jensen, Mette Holm
Mette Holm Jensen | mette.jensen@firma.dk
Peter Christoffersen | Peter Christofersen
Peter Christoffersen | P. Christoffersen
Rasmus Frederiksen | Rasmus Fredereksen
Kasper Bredahl Thorsen | Kasper Thorsen
Kasper Bredahl Thorsen | Kasper B Thorsen
Jean-Pierre Dubois | Jean Pierre Dubois
René Lauridsen | Rene Lauridsen
Jürgen Groß | Jurgen Gross
Jürgen Groß | Juergen Gross
Matti Virtanen | Virtanen Matti
Matti Virtanen | Virtanen, Matti
Matti Virtanen | M. Virtanen
Matti Virtanen | Matti V.
Matti Virtanen | matti.virtanen@yritys.fi
Matti Virtanen | mvirtanen@yritys.fi
Matti Virtanen | virtanenm@yritys.fi
Matti Virtanen | Matti Virtamen
Jyrki Hämäläinen | Jyrki Hamalainen
Jyrki Hämäläinen | Jyrki Haemaelaeinen
Jyrki Hämäläinen | J. Hämäläinen
Jyrki Hämäläinen | jyrki.hamalainen@yritys.fi
Jyrki Hämäläinen | Jyrki Hämälänen
Päivi Mäkelä | Paivi Makela
Päivi Mäkelä | P. Mäkelä
Päivi Mäkelä | MÄKELÄ PÄIVI
Anna-Maija Lehtonen | Anna Maija Lehtonen
Anna-Maija Lehtonen | Anna-Maija L.
Juha Pekka Koivuniemi | Juha Koivuniemi
Juha Koivuniemi | Juha Koivunimi
Juha Koivuniemi | Juha Koivuneimi
Sirpa Öhman | Sirpa Ohman
Grace Nguyen | Nguyen, Grace
Grace Nguyen | G. Nguyen
Grace Nguyen | gnguyen@corp.com
Grace Nguyen | grace.nguyen@corp.com
Grace Nguyen | Grace Ngyuen
Michael O'Brien | Michael OBrien
Michael O'Brien | Michael O’Brien
Michael O'Brien | M. O'Brien
Katherine Blackwell | Katherine Blackwel
Katherine Blackwell | Katherine Blackwall
Katherine Blackwell | Katherine J. Blackwell
Katherine Blackwell | Blackwell, Katherine
Katherine Blackwell | kblackwell@corp.com
Jonathan Featherstone | Jonathan Fetherstone
Jonathan Featherstone | J. Featherstone
Jonathan Featherstone | JONATHAN FEATHERSTONE
Jose Garcia | José García
Jose Garcia Lopez | Jose Garcia
Priya Ramachandran | Priya Ramachandrn
Priya Ramachandran | Priya R.
"""
DIFFERENT = """
Anna Berg | Anna Bergh
Anna Berg | Anne Berg
Anna Berg | Anja Berg
Anna Berg | Anna Borg
Anna Berg | Hanna Berg
Anna Berg | Anna Holm
Anna Berg | Bo Berg
Anna Berg | B. Berg
Anna Berg | Anna H.
Anna Berg | A. Holm
Anna Berg | bo.berg@firma.dk
Anna Berg | anna.holm@firma.dk
Anna Berg | bberg@firma.dk
Anna Berg | info@firma.dk
Anna Berg | Berg, Bo
Anna Marie Berg | Anna Sofie Berg
Anna Marie Berg | Anna S. Berg
Anna M. Berg | Anna S. Berg
A. Berg | B. Berg
A. Berg | A. Holm
Anna B. | Anna H.
Anna | Anne
Jens Hansen | Jens Jensen
Jens Hansen | Jens Hanson
Jens Hansen | Hans Jensen
Jens Hansen | Hans Hansen
Jens Hansen | J. Jensen
Jens Jensen | Jens Jepsen
Jens Peter Hansen | Jens Ole Hansen
Mette Pedersen | Mette Petersen
Mette Pedersen | Mette Peterson
Mette Nielsen | Mette Nilsen
Mette Nielsen | Mette Nissen
Lars Larsen | Lars Larsson
Lars Larsen | Lars Lassen
Lars Larsen | Lone Larsen
Ole Olsen | Ole Olesen
Kirsten Holm | Kristen Holm
Kristina Lund | Kristine Lund
Christina Dahl | Christine Dahl
Christian Dahl | Kristian Dahl
Christian Dahl | Christina Dahl
Johanne Friis | Johannes Friis
Johanne Friis | Johanna Friis
Mikkel Krogh | Mikael Krogh
Michael Krogh | Mikkel Krogh
Andreas Bach | Andrea Bach
Frederik Juul | Frederikke Juul
Henrik Ravn | Henrike Ravn
Martin Skov | Martina Skov
Thomas Møller | Thomas Miller
Peter Madsen | Peter Matsen
Peter Mortensen | Peter Martensen
Niels Christensen | Niels Christiansen
Niels Christensen | Niels Kristensen
Hanne Thomsen | Hanne Thomasen
Hanne Mathiesen | Hanne Mathiasen
Simon Simonsen | Simon Simonson
Camilla Lund | Camille Lund
Camilla Lund | Kamilla Lund
Charlotte Vig | Charlotta Vig
Philip Dam | Filip Dam
Rebecca Toft | Rebekka Toft
Sofie Lind | Sofia Lind
Julie Lind | Julia Lind
Emma Bak | Emma Bank
Ida Kok | Ida Koch
Per Lund | Per Lundt
Bo Dahl | Bo Dahle
Matti Virtanen | Mati Virtanen
Matti Virtanen | Matti Vartiainen
Matti Virtanen | Maija Virtanen
Matti Virtanen | Markku Virtanen
Matti Virtanen | matti.nieminen@yritys.fi
Matti Virtanen | J. Virtanen
Jari Mäkinen | Jari Mäkelä
Jari Mäkinen | Jari Häkkinen
Jari Mäkinen | Juri Mäkinen
Jari Heikkinen | Jari Heikkilä
Jari Heikkinen | Jari Heinonen
Jari Lahtinen | Jari Lehtinen
Jari Lahtonen | Jari Lehtonen
Jari Salonen | Jari Salminen
Sari Koskinen | Sari Koskela
Sari Koskinen | Sami Koskinen
Marjatta Laine | Marketta Laine
Annika Saari | Annikki Saari
Johanna Aalto | Johannes Aalto
Pekka Ahonen | Pekka Aaltonen
Pekka Karppinen | Pekka Karppanen
John Smith | John Smyth
John Smith | Jon Smith
John Smith | Jane Smith
John Smith | J. Smythe
John Smith | jsmythe@corp.com
John Harris | John Harrison
John Clark | John Clarke
John Thompson | John Thomson
John Stevens | John Stephens
John Williams | John Williamson
John Phillips | John Philips
John Roberts | John Robertson
John Stewart | John Stuart
John Elliott | John Elliot
John Fischer | John Fisher
Daniel Reed | Danielle Reed
Stephen Cole | Stephanie Cole
Stephen Cole | Steven Cole
Gabriel Cruz | Gabriela Cruz
Victor Stone | Victoria Stone
Patrick Hale | Patricia Hale
Martin Thomas | Thomas Martin Cole
William Ford | Williams Ford
Alexander Price | Alexandra Price
Grace Nguyen | Grace Tran
Grace Nguyen | Gary Nguyen
Mary Ann Lee | Mary Sue Lee
"""


def pairs(text: str) -> list[tuple[str, str]]:
    return [tuple(part.strip() for part in line.split(" | ")) for line in text.strip().splitlines()]  # type: ignore[misc]


def test_what_is_proposed_is_nearly_always_one_person() -> None:
    same, different = pairs(SAME), pairs(DIFFERENT)
    assert len(same) + len(different) >= 200
    missed = [pair for pair in same if not alike(*pair)]
    careless = [(*pair, alike(*pair)) for pair in different if alike(*pair)]
    hits = len(same) - len(missed)
    assert hits / (hits + len(careless)) >= PRECISION, careless
    assert hits / len(same) >= RECALL, missed


@pytest.mark.parametrize("pair", pairs(SAME.rstrip() + DIFFERENT), ids=" | ".join)
def test_it_does_not_matter_which_comes_first(pair: tuple[str, str]) -> None:
    assert alike(*pair) == alike(*pair[::-1])


def test_no_different_people_are_ever_joined_unasked() -> None:
    assert [pair for pair in pairs(DIFFERENT) if alike(*pair) == CERTAIN] == []


TEAM = """
Anna Berg, Anna Holm, Anne Berg, Bo Berg, Bo Holm, Camilla Lund, Camilla Friis, Christian Dahl, Christina
Dahl, Frederik Juul, Frederikke Juul, Hans Hansen, Hans Jensen, Jens Hansen, Jens Jensen, Jesper Lund,
Johanna Friis, Johanne Friis, Julie Lind, Kirsten Holm, Kristen Lund, Lars Larsen, Lars Lassen, Lars
Nielsen, Lone Larsen, Mads Madsen, Maria Dahl, Marie Dahl, Mette Pedersen, Mette Petersen, Michael Krogh,
Mikkel Krogh, Niels Nielsen, Ole Olesen, Ole Olsen, Per Lund, Peter Lund, Søren Kjær, Søren Krag, Thomas
Møller, Thomas Müller Holm, Tina Toft, Aino Virtanen, Aino Vartiainen, Jari Heikkilä, Jari Heikkinen, Jari
Häkkinen, Jari Lahtinen, Jari Lehtinen, Jari Mäkelä, Jari Mäkinen, Juha Koskela, Juha Koskinen, Matti
Virtanen, Maija Virtanen, Sari Salminen, Sari Salonen, Daniel Reed, Danielle Reed, Grace Nguyen, Grace
Tran, John Clark, John Clarke, John Harris, John Harrison, John Roberts, John Robertson, John Smith, John
Smyth, John Stephens, John Stevens, Mary Ann Lee, Mary Sue Lee, Stephen Cole, Steven Cole, Victor Stone,
Victoria Stone, William Ford
"""


def test_nobody_in_a_team_of_many_alike_is_asked_about() -> None:
    team = [name.strip() for name in TEAM.replace("\n", " ").split(",")]
    assert proposals(team, {}) == []
    assert proposals(team, {name: name for name in team}) == []


@pytest.mark.parametrize(
    ("written", "known", "expected"),
    [
        (["A. Berg", "Anna Berg"], [], [("A. Berg", ("Anna Berg",))]),
        (["Anna Berg"], ["A. Berg"], [("A. Berg", ("Anna Berg",))]),
        (["A. Berg"], ["Anna Berg", "Asta Berg"], [("A. Berg", ("Anna Berg", "Asta Berg"))]),
        (["Anna"], ["Anna Berg", "Bo Holm"], [("Anna", ("Anna Berg",))]),
        (["Anna"], ["Anna Berg", "Anna Holm"], []),
        (["Soren Kjar"], ["Søren Kjær"], [("Soren Kjar", ("Søren Kjær",))]),
        (["Bo Holm"], ["Anna Berg"], []),
        (["4711", "4712"], ["4711"], []),
    ],
)
def test_the_fuller_name_is_the_person(
    written: list[str], known: list[str], expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    found = proposals(written, {name: name for name in known})
    assert [(one.spelling, one.candidates) for one in found] == expected


def test_who_is_settled_is_not_asked_about() -> None:
    assert proposals(["A. Berg"], {"A. Berg": "Anna Berg"}) == []
    assert proposals(["A. Berg", "Anna Berg"], {}, denied=["A. Berg"]) == []
    assert proposals(["A. Berg"], {"Anna Berg": "Anna Berg"}, own=["A. Berg", "Anna Berg"]) == []


def test_somebody_of_the_roster_is_the_person_however_short_the_name() -> None:
    (found,) = proposals(["Anna Marie Berg"], {"Anna Berg": "Anna Berg"}, own=["Anna Berg"])
    assert (found.spelling, found.candidates) == ("Anna Marie Berg", ("Anna Berg",))


def test_a_turned_name_is_joined_and_not_asked_about() -> None:
    asked, joined = proposals(["Berg, Anna", "Anna Berg", "A. Berg"], {})
    assert joined == Proposal("Berg, Anna", ("Anna Berg",), CERTAIN)
    assert asked == Proposal("A. Berg", ("Anna Berg",), "initials")
    (found,) = proposals(["Berg, Anna"], {"Anna Berg": "Anna Berg"})
    assert found.certain
    assert found.candidates == ("Anna Berg",)


def test_a_column_of_thousands_of_names_is_no_column_of_reps() -> None:
    assert proposals([f"A. Berg{'x' * (at % 7)}{at}" for at in range(3_001)], {}) == []


@pytest.mark.parametrize(
    "text", ["4711", "0051h000004AaBc", "0051h000004AaBcAAK", "0" * 8 + "-0000" * 3 + "-" + "0" * 12]
)
def test_numbers_and_keys_are_ids(text: str) -> None:
    assert is_id(text)


@pytest.mark.parametrize("text", ["Anna Berg", "Rep 7", "anna@firma.dk", "AB", "Q1"])
def test_names_are_no_ids(text: str) -> None:
    assert not is_id(text)


def test_the_short_and_the_long_form_of_a_user_id_are_one() -> None:
    assert folded("0051h000004AaBc") == folded("0051h000004AaBcAAK") == "0051h000004aabcaak"
    assert folded("0051h000004Aabc") != folded("0051h000004AaBc")
