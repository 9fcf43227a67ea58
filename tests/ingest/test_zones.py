"""Time zones, against zoneinfo: instants come to one wall clock; dates and naive times never move."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quota.errors import BadRequest
from quota.ingest import dates, zones
from quota.ingest.reader import read_file
from quota.ingest.records import Choices, TableReading

ZONES = (
    "Europe/Copenhagen",
    "Europe/Helsinki",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "UTC",
)
INSTANTS = st.datetimes(datetime(2015, 1, 1), datetime(2035, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)


def _read(text: str, zone: str | None = None, **given_: str) -> TableReading:
    choices = Choices(today=date(2026, 11, 21), zone=zone, **given_)  # type: ignore[arg-type]
    return read_file(text.encode(), "calls.csv", choices).tables[0]


def _moments(text: str, zone: str | None = None) -> list[str]:
    """The moments of a file's events, dates where they are at midnight."""
    ts = _read(text, zone).frames["activities"]["ts"].to_pylist()
    return [moment.isoformat().removesuffix("T00:00:00") for moment in ts]


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=60)
@given(instants=st.lists(INSTANTS, min_size=1, max_size=5), hours=st.integers(-11, 14), half=st.booleans())
def test_an_instant_shows_the_time_that_zoneinfo_says(
    zone: str, instants: list[datetime], hours: int, half: bool
) -> None:
    offset = timezone(timedelta(hours=hours, minutes=30 if half else 0))
    texts = [instant.astimezone(offset).isoformat() for instant in instants]
    found = zones.wall_clock(dates.read(pa.array(texts)).utc, zone)
    expected = [instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for instant in instants]
    assert found.astype("datetime64[us]").tolist() == expected


@settings(max_examples=60)
@given(
    instant=INSTANTS,
    form=st.sampled_from(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S UTC", "%d.%m.%Y %H:%M:%S GMT"]),
)
def test_utc_is_read_however_it_is_written(instant: datetime, form: str) -> None:
    assert dates.read(pa.array([instant.strftime(form)])).utc.tolist() == [instant.replace(tzinfo=None)]


@settings(max_examples=60)
@given(
    instant=st.datetimes(datetime(2002, 1, 1), datetime(2032, 12, 31)),
    unit=st.sampled_from([1, 1000, 1_000_000]),
)
def test_an_epoch_counts_in_utc(instant: datetime, unit: int) -> None:
    moment = instant.replace(microsecond=0)
    number = int(moment.replace(tzinfo=UTC).timestamp()) * unit
    assert dates.read(pa.array([str(number)])).utc.tolist() == [moment]


@settings(max_examples=60)
@given(moments=st.lists(st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1)), min_size=1, max_size=5))
def test_a_time_without_a_zone_is_never_shifted(moments: list[datetime]) -> None:
    texts = [moment.replace(microsecond=0).isoformat(sep=" ") for moment in moments]
    found = dates.read(pa.array(texts))
    assert not found.zoned
    assert found.ts.tolist() == [datetime.fromisoformat(text) for text in texts]


@pytest.mark.parametrize(
    ("written", "local"),
    [
        ("2026-03-29T00:59:59Z", "2026-03-29T01:59:59"),
        ("2026-03-29T01:00:00Z", "2026-03-29T03:00:00"),
        ("2026-10-25T00:30:00Z", "2026-10-25T02:30:00"),
        ("2026-10-25T01:30:00Z", "2026-10-25T02:30:00"),
        ("2026-10-25T02:30:00Z", "2026-10-25T03:30:00"),
        ("2026-11-01T23:40:00Z", "2026-11-02T00:40:00"),
        ("2026-11-03T09:30:00.000+0000", "2026-11-03T10:30:00"),
        ("2026-11-03 09:30:00 UTC", "2026-11-03T10:30:00"),
        ("2026-11-03T03:30:00-05:00", "2026-11-03T09:30:00"),
        ("11/3/2026 3:30 AM EST", "2026-11-03T09:30:00"),
        ("Tue, 03 Nov 2026 10:30:00 +0200", "2026-11-03T09:30:00"),
        ("03.11.2026 10:30 (GMT+2)", "2026-11-03T09:30:00"),
        ("1793696400", "2026-11-03T10:00:00"),
        ("1793696400000", "2026-11-03T10:00:00"),
        ("2026-11-03 09:30", "2026-11-03T09:30:00"),
        ("2026-11-03", "2026-11-03"),
        ("2026-11-03Z", "2026-11-03"),
    ],
)
def test_a_cell_on_the_wall_clock_of_copenhagen(written: str, local: str) -> None:
    assert _moments(f'Rep,Date,Type\nAnna,"{written}",Call\n', "Europe/Copenhagen") == [local]


def test_a_heading_speaks_for_its_cells() -> None:
    file = "Rep,Started (UTC),Type\nAnna,2026-11-02 23:30,Call\nAnna,2026-11-02,Call\n"
    assert _moments(file, "Europe/Helsinki") == ["2026-11-03T01:30:00", "2026-11-02"]
    west = file.replace("(UTC)", "(GMT-5)")
    assert _moments(west, "Europe/Helsinki") == ["2026-11-03T06:30:00", "2026-11-02"]


def test_a_time_in_its_own_column_is_brought_along() -> None:
    file = "Rep,Date,Time (UTC),Type\nAnna,2026-11-02,23:30,Call\nAnna,2026-11-02,,Call\n"
    assert _moments(file, "Europe/Copenhagen") == ["2026-11-03T00:30:00", "2026-11-02"]


def test_midnights_in_utc_are_dates() -> None:
    days = ("2026-11-03T00:00:00.000+0000", "2026-11-04T00:00:00.000+0000")
    file = "Rep,ActivityDate,Type\n" + "".join(f"Anna,{day},Call\n" for day in days)
    for zone in (None, "America/New_York", "Europe/Helsinki"):
        reading = _read(file, zone)
        assert reading.questions == ()
        assert _moments(file, zone) == ["2026-11-03", "2026-11-04"]


def test_a_midnight_among_other_times_is_a_time() -> None:
    file = "Rep,Date,Type\nAnna,2026-11-03T00:00:00Z,Call\nAnna,2026-11-04T09:00:00Z,Call\n"
    assert _moments(file, "America/New_York") == ["2026-11-02T19:00:00", "2026-11-04T04:00:00"]


def test_without_a_zone_times_stand_as_written_and_it_is_asked() -> None:
    reading = _read("Rep,Date,Type\nAnna,2026-11-03T09:30:00Z,Call\n")
    assert [(question.code, question.blocks) for question in reading.questions] == [("zone_of_times", False)]
    assert list(reading.issues["code"]) == ["time_zone_as_written"]
    assert _moments("Rep,Date,Type\nAnna,2026-11-03T09:30:00Z,Call\n") == ["2026-11-03T09:30:00"]


def test_with_a_zone_nothing_is_asked() -> None:
    reading = _read("Rep,Date,Type\nAnna,2026-11-03T09:30:00Z,Call\n", "Europe/Copenhagen")
    assert (reading.questions, list(reading.issues["code"])) == ((), [])


@pytest.mark.parametrize("first", ["Local", "UTC"])
def test_the_local_column_is_preferred(first: str) -> None:
    headings = ["Start time (local)", "Start time (UTC)"]
    cells = ["2026-11-03 10:30", "2026-11-03 09:30"]
    if first == "UTC":
        headings, cells = headings[::-1], cells[::-1]
    file = f"Rep,{','.join(headings)},Type\nAnna,{','.join(cells)},Call\n"
    assert _moments(file, "Europe/Copenhagen") == ["2026-11-03T10:30:00"]
    assert _moments(file) == ["2026-11-03T10:30:00"]


@pytest.mark.parametrize("name", ["Europe/Copenhage", "CPH", "", "../etc/passwd", "Europe"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        zones.known(name)
    assert refusal.value.code == "unknown_zone"


def test_every_zone_offered_is_known() -> None:
    assert [zones.known(name) for name in zones.COMMON] == list(zones.COMMON)


@pytest.mark.parametrize(
    ("heading", "zone"),
    [
        ("datetime (utc)", "UTC"), ("Start time (GMT +2)", "GMT+2"), ("Time CET", "CET"),
        ("datetime (tz offset incl.)", ""),
        ("Utca", ""), ("Date", ""), ("UTC+01:00", "UTC+01:00"),
    ],
)  # fmt: skip
def test_a_heading_names_its_zone(heading: str, zone: str) -> None:
    assert zones.heading_zone(heading) == zone


def test_no_zone_leaves_nothing_to_shift() -> None:
    assert np.isnat(dates.read(pa.array(["2026-11-03", "2026-11-03 09:30", "3.6.2024 9.30"])).utc).all()
