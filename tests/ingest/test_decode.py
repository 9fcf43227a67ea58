"""Bytes → text: the content decides the encoding, and nothing is replaced by question marks."""

from __future__ import annotations

import pytest

from quota.errors import UnreadableFile
from quota.ingest.decode import as_utf8, file_kind

DANISH = "Sælger;Dato;Møder\nSøren Ødegård;03-11-2026;2\nÅse Bæk;16-11-2026;3\n"
FINNISH = "Myyjä;Päivä;Käynnit\nMikko Mäkinen;3.11.2026;2\nPäivi Hämäläinen;16.11.2026;3\n"
GERMAN = "Verkäufer;Datum;Größe\nJürgen Weiß;03.11.2026;2 €\n"


@pytest.mark.parametrize("text", [DANISH, FINNISH, GERMAN], ids=["da", "fi", "de"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_a_text_is_the_same_in_every_encoding(text: str, encoding: str) -> None:
    data = as_utf8(text.encode(encoding), "x.csv").text
    assert data.decode() == text


@pytest.mark.parametrize("text", [DANISH, FINNISH], ids=["da", "fi"])
@pytest.mark.parametrize("encoding", ["mac-roman", "cp850", "latin-1", "utf-32"])
def test_older_encodings_too(text: str, encoding: str) -> None:
    data = as_utf8(text.encode(encoding), "x.csv").text
    assert data.decode() == text


def test_the_byte_order_mark_is_no_part_of_the_first_heading() -> None:
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        assert as_utf8("Rep,Date\n".encode(encoding), "x.csv").text == b"Rep,Date\n"


def test_a_letter_far_down_decides_too() -> None:
    text = "Rep;Date\n" + "Anna;2026-11-02\n" * 20_000 + "Søren;2026-11-02\n"
    assert as_utf8(text.encode("cp1252"), "x.csv").text.decode() == text


def test_a_nul_byte_is_refused_with_its_row() -> None:
    with pytest.raises(UnreadableFile) as refusal:
        as_utf8(b"Rep,Date\nAnna,2026-11-02\nLi\x00am,2026-11-03\n", "x.csv")
    assert (refusal.value.code, refusal.value.details["row"]) == ("nul_byte", 3)


@pytest.mark.parametrize(
    ("start", "kind"),
    [(b"\x89PNG\r\n\x1a\n", "PNG"), (b"\xff\xd8\xff\xe0", "JPEG"), (b"%PDF-1.7", "PDF"), (b"GIF89a", "GIF")],
)
def test_other_kinds_of_file_are_named(start: bytes, kind: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        file_kind(start + bytes(100), "x.csv")
    assert (refusal.value.code, refusal.value.details["kind"]) == ("not_a_table", kind)


@pytest.mark.parametrize("data", [b"BMW,Date,Type\n", b"Rep,Date\n", "Søren\n".encode("cp1252")])
def test_a_text_that_begins_like_one_of_them_is_text(data: bytes) -> None:
    assert file_kind(data, "x.csv") == "text"


def test_nothing_is_refused_as_empty() -> None:
    with pytest.raises(UnreadableFile) as refusal:
        file_kind(b"", "x.csv")
    assert refusal.value.code == "empty_file"
