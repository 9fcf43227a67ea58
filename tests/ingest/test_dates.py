"""Dates: how each is written, which of two numbers is the day, and what is no date at all."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quota.ingest import dates


def _read(*texts: str, **given_: object) -> list[str | None]:
    """Texts as ISO moments to the second, None where a text is no date."""
    ts = dates.read(pa.array(texts, pa.string()), **given_).ts
    return [None if np.isnat(at) else str(at.astype("datetime64[s]")) for at in ts]


def _one(text: str) -> str | None:
    found = _read(text)[0]
    return found.removesuffix("T00:00:00") if found else None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-03", "2026-11-03"),
        ("2026/11/03", "2026-11-03"),
        ("2026.11.3", "2026-11-03"),
        ("20261103", "2026-11-03"),
        ("2026-11-03 09:30", "2026-11-03T09:30:00"),
        ("2026-11-03T09:30:15", "2026-11-03T09:30:15"),
        ("2026-11-03T09:30:15.123456Z", "2026-11-03T09:30:15"),
        ("2026-11-03T09:30:15.000+0000", "2026-11-03T09:30:15"),
        ("2026-11-03T09:30:15+02:00", "2026-11-03T09:30:15"),
        ("2026-11-03 09:30:00 UTC", "2026-11-03T09:30:00"),
        ("11/30/2026", "2026-11-30"),
        ("30/11/2026", "2026-11-30"),
        ("30-11-2026", "2026-11-30"),
        ("30.11.2026", "2026-11-30"),
        ("3.6.2024", "2024-06-03"),
        ("30/11-26", "2026-11-30"),
        ("3.6.2024 9.30", "2024-06-03T09:30:00"),
        ("3.6.2024 klo 9.30", "2024-06-03T09:30:00"),
        ("30-11-2026 kl. 14.05", "2026-11-30T14:05:00"),
        ("11/30/2026 1:05 PM", "2026-11-30T13:05:00"),
        ("11/30/2026, 12:00 AM", "2026-11-30"),
        ("11/30/2026 12:00 pm", "2026-11-30T12:00:00"),
        ("Mon 11/30/2026", "2026-11-30"),
        ("man. 30.11.2026", "2026-11-30"),
        ("06 Aug 2021", "2021-08-06"),
        ("6 August 2021", "2021-08-06"),
        ("Aug 6, 2021", "2021-08-06"),
        ("August 6th, 2021", "2021-08-06"),
        ("Aug 6, 2021 9:30 PM", "2021-08-06T21:30:00"),
        ("Friday, August 6, 2021", "2021-08-06"),
        ("06-Aug-21", "2021-08-06"),
        ("6. maj 2024", "2024-05-06"),
        ("3. oktober 2026", "2026-10-03"),
        ("6. elokuuta 2021 klo 9.30", "2021-08-06T09:30:00"),
        ("6. touko 2024", "2024-05-06"),
        ("6 mars 2024", "2024-03-06"),
        ("6. desember 2024", "2024-12-06"),
        ("6. März 2024", "2024-03-06"),
        ("lør. 3.6.2024", "2024-06-03"),
        ("Mon 06/03/2024", "2024-06-03"),
        ("man 03/06/2024", "2024-06-03"),
        ("3/6-24", "2024-06-03"),
        ("3. 6. 2024 kl. 14.05", "2024-06-03T14:05:00"),
        ("30.11.2026 14:05 Uhr", "2026-11-30T14:05:00"),
        ("11/30/2026, 1:05:00\u202fPM", "2026-11-30T13:05:00"),
        ("11/30/2026 1 PM", "2026-11-30T13:00:00"),
        ("tiistai 3. marraskuuta 2026 klo 9.30", "2026-11-03T09:30:00"),
        ("den 3. november 2026", "2026-11-03"),
        ("3 juni 2024 14:05", "2024-06-03T14:05:00"),
        ("3. Juni 2024, 14:05 Uhr", "2024-06-03T14:05:00"),
        ("2021-Aug-06", "2021-08-06"),
        ("Nov 3, 2026 at 9:30 AM", "2026-11-03T09:30:00"),
        ("2026-W45-2", "2026-11-03"),
        ("2026W452", "2026-11-03"),
        ("20261103T093000Z", "2026-11-03T09:30:00"),
        ("202611030930", "2026-11-03T09:30:00"),
        ("20261103093015", "2026-11-03T09:30:15"),
        ("Tue, 03 Nov 2026 09:30:00 +0100", "2026-11-03T09:30:00"),
        ("Tue Nov 03 2026 09:30:00 GMT+0100 (Central European Time)", "2026-11-03T09:30:00"),
        ("2026-11-03 09:30+02", "2026-11-03T09:30:00"),
        ("46329.395833", "2026-11-03T09:30:00"),
        ("1793696400.5", "2026-11-03T09:00:00"),
        ("1793696400123456", "2026-11-03T09:00:00"),
        ("46329", "2026-11-03"),
        ("46329.5", "2026-11-03T12:00:00"),
        ("1793696400", "2026-11-03T09:00:00"),
        ("1793696400000", "2026-11-03T09:00:00"),
    ],
)
def test_a_date_is_read_however_it_is_written(text: str, moment: str) -> None:
    assert _one(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2/29/2025", "31.4.2026", "13/13/2026", "2026-02-30", "2026-13-01", "0/0/2026", "20261332",
        "2026-11-03 25:00", "2026-11-03 09:61", "next week", "TBD", "12", "1.5", "1234", "9.30",
        "Octember 3, 2026", "32. maj 2026", "12345678", "+4570000001", "42,50",
        "1.2.3", "3.6", "1/2",
        "i dag", "yesterday", "2026-11", "Nov 2026", "0000-00-00", "10:30", "2026-W54-1",
        "2026-11-03 24:00", "13/32/2026", "11/30/2026 13 XM", "2026-11-2026",
    ],
)  # fmt: skip
def test_what_is_no_date_stays_none(text: str) -> None:
    assert _one(text) is None


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (("3/11/2026", "16/11/2026"), "dmy"),
        (("11/3/2026", "11/16/2026"), "mdy"),
        (("3.6.2024", "4.6.2024"), "dmy"),
        (("6/3/2024 1:00 PM", "6/4/2024 9:00 AM"), "mdy"),
        (("2026-03-04", "2026-05-06"), ""),
        (("4/4/2026", "5/5/2026"), "dmy"),
        (("Mon 6/3/2024", "Tue 6/4/2024"), "mdy"),
        (("ma 3/6/2024", "ti 4/6/2024"), "dmy"),
        (("3/6-24", "4/6-24"), "dmy"),
        (("13/13/2026", "11/16/2026"), "mdy"),
    ],
)
def test_the_column_settles_the_order(texts: tuple[str, ...], order: str) -> None:
    found = dates.read(pa.array(texts))
    assert (found.order, found.asked) == (order, False)


@pytest.mark.parametrize("texts", [("3/11/2026", "4/11/2026"), ("03-11-2026",), ("1/2/26", "3/4/26")])
def test_an_order_that_nothing_settles_is_asked(texts: tuple[str, ...]) -> None:
    assert dates.read(pa.array(texts)).asked


def test_an_answer_settles_the_order() -> None:
    assert _read("3/11/2026", order="mdy") == ["2026-03-11T00:00:00"]
    assert _read("3/11/2026", order="dmy") == ["2026-11-03T00:00:00"]
    assert not dates.read(pa.array(["3/11/2026"]), order="mdy").asked


def test_two_digit_years_in_front_are_seen_by_the_year_it_is() -> None:
    texts = ("26-11-03", "26-11-04", "26-10-30")
    assert _read(*texts, today=date(2026, 11, 21)) == [
        "2026-11-03T00:00:00", "2026-11-04T00:00:00", "2026-10-30T00:00:00",
    ]  # fmt: skip
    assert dates.read(pa.array(["3-11-26", "4-11-26"]), today=date(2026, 11, 21)).asked


@pytest.mark.parametrize(
    ("texts", "hint", "evidence"),
    [
        (("3/11/2026 1:00 PM",), ("", ""), "am_pm"),
        (("3/11/2026",), ("dmy", "language"), "language"),
        (("31/12/2026", "30/12/2026", "12/31/2026"), ("", ""), "majority"),
    ],
)
def test_what_decides_without_proof_is_told(
    texts: tuple[str, ...], hint: tuple[str, str], evidence: str
) -> None:
    assert dates.read(pa.array(texts), hint=hint).evidence == evidence
    assert evidence in dates.TOLD


def test_a_hint_settles_only_what_the_values_leave_open() -> None:
    hint = ("dmy", "language")
    assert _read("3/11/2026", hint=hint) == ["2026-11-03T00:00:00"]
    assert _read("3/11/2026", "11/16/2026", hint=hint) == ["2026-03-11T00:00:00", "2026-11-16T00:00:00"]


def test_one_column_has_one_order() -> None:
    assert _read("3/11/2026", "4/12/2026", "31/12/2026", "12/31/2026") == [
        "2026-11-03T00:00:00",
        "2026-12-04T00:00:00",
        "2026-12-31T00:00:00",
        None,
    ]


def test_a_zone_is_told() -> None:
    assert dates.read(pa.array(["2026-11-03T09:30:15Z"])).zoned
    assert not dates.read(pa.array(["2026-11-03T09:30:15"])).zoned


@pytest.mark.parametrize(
    ("pattern", "order"),
    [
        ("%Y-%m-%d", ""),
        ("%d.%m.%Y", "dmy"),
        ("%d-%m-%Y", "dmy"),
        ("%d/%m/%Y", "dmy"),
        ("%m/%d/%Y", "mdy"),
        ("%Y-%m-%dT%H:%M:%S", ""),
        ("%m/%d/%Y %I:%M %p", "mdy"),
    ],
)
@settings(max_examples=50)
@given(days=st.lists(st.datetimes(datetime(2000, 1, 1), datetime(2049, 12, 31)), min_size=1, max_size=8))
def test_what_is_written_is_read_back(pattern: str, order: str, days: list[datetime]) -> None:
    moments = [day.replace(microsecond=0, second=0) for day in days]
    texts = list(dict.fromkeys(moment.strftime(pattern) for moment in moments))
    expected = [datetime.strptime(text, pattern).isoformat() for text in texts]
    assert _read(*texts, order=order) == expected


def test_every_day_of_a_leap_year_by_both_orders() -> None:
    days = [datetime(2024, 1, 1) + timedelta(days=at) for at in range(366)]
    for pattern in ("%d/%m/%Y", "%m/%d/%Y"):
        texts = [day.strftime(pattern) for day in days]
        assert _read(*texts) == [day.isoformat() for day in days]


@pytest.mark.parametrize(
    ("texts", "share"), [(("2026-11-03", "x"), 0.5), (("3/11/2026",), 1.0), ((), 0.0), (("12", "40"), 0.0)]
)
def test_a_share_of_texts_looks_like_dates(texts: tuple[str, ...], share: float) -> None:
    assert dates.looks_like_dates(texts) == share
