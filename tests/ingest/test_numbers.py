"""Numbers: marks, signs, scales and currencies, decided by column."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quota.ingest import numbers


def _read(*texts: str, decimal_comma: bool = False) -> list[float | None]:
    value = numbers.read(pa.array(texts, pa.string()), decimal_comma=decimal_comma).value
    return [None if math.isnan(number) else float(number) for number in value]


@pytest.mark.parametrize(
    ("text", "number", "currency"),
    [
        ("12", 12, ""),
        ("-4", -4, ""),
        ("0.5", 0.5, ""),
        ("$21,000", 21000, "USD"),
        ("$1,234.50", 1234.5, "USD"),
        ("US$ 99.90", 99.9, "USD"),
        ("€1.234,50", 1234.5, "EUR"),
        ("1.234,50 €", 1234.5, "EUR"),
        ("EUR 12.50", 12.5, "EUR"),
        ("£2,000,000", 2000000, "GBP"),
        ("kr. 1.234,-", 1234, "kr"),
        ("1.234,50 kr.", 1234.5, "kr"),
        ("1.234,50 kr", 1234.5, "kr"),
        ("DKK 1.234,50", 1234.5, "DKK"),
        ("12 500,50", 12500.5, ""),
        ("12\u00a0500,50 €", 12500.5, "EUR"),
        ("1\u202f234\u202f567,8", 1234567.8, ""),
        ("1'234.50", 1234.5, ""),
        ("58.8k", 58800, ""),
        ("1.2M", 1200000, ""),
        ("€2,5 mio.", 2500000, "EUR"),
        ("(120)", -120, ""),
        ("($2,000)", -2000, "USD"),
        ("-$15.25", -15.25, "USD"),
        ("1,234,567", 1234567, ""),
        ("1.234.567", 1234567, ""),
        ("100 stk.", 100, ""),
        ("1.234,- kr.", 1234, "kr"),
        ("21.000,- DKK", 21000, "DKK"),
        ("12 500:-", 12500, ""),
        ("1'234.-", 1234, ""),
        ("1.234,50-", -1234.5, ""),
        ("CHF 1'234.50", 1234.5, "CHF"),
        ("A$ 500", 500, "AUD"),
        ("12,50 zł", 12.5, "PLN"),
        ("120 tkr", 120000, "kr"),
        ("12 t€", 12000, "EUR"),
        ("2,5 MSEK", 2500000, "SEK"),
        ("1,2 mio.", 1200000, ""),
        ("1,5 milj. €", 1500000, "EUR"),
        ("2 mln €", 2000000, "EUR"),
        ("3 Mrd.", 3000000000, ""),
        ("1.5E+04", 15000, ""),
    ],
)
def test_an_amount_is_read_however_it_is_written(text: str, number: float, currency: str) -> None:
    found = numbers.read(pa.array([text]))
    assert (found.value[0], found.currency, found.asked) == (number, [currency], False)


@pytest.mark.parametrize(
    "text",
    [
        "TBD",
        "n/a",
        "3+1",
        "Multiple (see detail)",
        "1.2.3",
        "12 apples",
        "1,23,4",
        "2026-11-03",
        "ca. 500",
        "+4520000001",
        "500-600",
        "> 1000",
        "120)",
        "(120",
        "5 EUR/month",
        "=A1*2",
        "#REF!",
        "--",
    ],
)
def test_what_is_no_number_stays_none(text: str) -> None:
    assert _read(text) == [None]


@pytest.mark.parametrize(
    ("texts", "comma", "expected"),
    [
        (("1.234,50", "1.234"), False, [1234.5, 1234]),
        (("1,234.50", "1,234"), True, [1234.5, 1234]),
        (("1,5", "2,25"), False, [1.5, 2.25]),
        (("1.500", "99"), True, [1500, 99]),
        (("100.000", "50"), True, [100000, 50]),
        (("1,500", "99"), False, [1500, 99]),
        (("0.125", "0.250"), True, [0.125, 0.25]),
        (("12.345", "1.5"), True, [12.345, 1.5]),
        (("1.234", "2.500"), False, [1234, 2500]),
        (("1.234", "99"), False, [1234, 99]),
        (("1,234", "2,500"), True, [1234, 2500]),
        (("1.234,-", "2.500"), False, [1234, 2500]),
    ],
)
def test_the_column_settles_the_decimal_mark(
    texts: tuple[str, ...], comma: bool, expected: list[float]
) -> None:
    assert _read(*texts, decimal_comma=comma) == expected


def test_a_mark_that_nothing_settles_is_asked() -> None:
    assert numbers.read(pa.array(["1.234", "2.500"])).asked
    assert not numbers.read(pa.array(["1.234", "2.5"])).asked
    assert not numbers.read(pa.array(["1.234", "2.500"]), decimal_comma=True).asked
    assert numbers.read(pa.array(["1,234", "2,500"]), decimal_comma=True).asked
    assert not numbers.read(pa.array(["1,234", "2,500"])).asked
    assert numbers.read(pa.array(["1,234", "2.500"])).asked


@pytest.mark.parametrize(
    ("heading", "currency"),
    [
        ("Amount (USD)", "USD"),
        ("Beløb i DKK", "DKK"),
        ("Omsætning kr.", "kr"),
        ("Summa €", "EUR"),
        ("Won Revenue", ""),
        ("Umsatz in tCHF", ""),
        ("Betrag (CHF)", "CHF"),
        ("Eurovision votes", ""),
    ],
)
def test_a_heading_names_its_currency(heading: str, currency: str) -> None:
    assert numbers.currency_in(heading) == currency


@pytest.mark.parametrize(
    ("thousands", "decimal"),
    [("", "."), ("", ","), (",", "."), (".", ","), (" ", ","), ("\u00a0", ","), ("'", ".")],
)
@settings(max_examples=50)
@given(cents=st.lists(st.integers(-(10**11), 10**11), min_size=1, max_size=6, unique=True))
def test_two_decimals_are_read_back_to_the_cent(thousands: str, decimal: str, cents: list[int]) -> None:
    texts = [_written(number, thousands, decimal) for number in cents]
    assert _read(*texts) == [number / 100 for number in cents]


def _written(cents: int, thousands: str, decimal: str) -> str:
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}".replace(",", thousands) + f"{decimal}{part:02d}"
