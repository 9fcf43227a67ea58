"""What is done to long files alone, block by block and with repeated texts kept once, changes nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from quota.ingest import tidy
from quota.ingest.reader import read_file
from quota.ingest.records import NOTE, Choices, TableReading
from quota.ingest.tables import Column

HEADINGS = "Rep,Date,Type,Status,Note\n"
ROWS = (
    "Anna,2026-01-05,Call,Completed,\n"
    " Anna ,2026-01-05, Call,Completed,x\n"
    "Liam,soon,Call,Completed,\n"
    ",2026-01-06,Mail,Completed, \n"
    'Liam,2026-01-07,Meeting,Completed,"a, b"\n'
    "Liam,2026-01-08,Call,Planned,\n"
)
OFTEN = 12_000  # more rows than any block holds


def _read(often: int) -> TableReading:
    (table,) = read_file((HEADINGS + ROWS * often).encode(), "calls.csv", Choices()).tables
    return table


def _untaken(table: TableReading) -> pd.DataFrame:
    return table.issues[table.issues["status"] != NOTE].drop(columns="row")


def test_a_long_file_is_read_like_a_short_one() -> None:
    short, long = _read(1), _read(OFTEN)
    assert (long.rows, long.accepted, long.skipped, long.rejected) == (
        OFTEN * short.rows,
        OFTEN * short.accepted,
        OFTEN * short.skipped,
        OFTEN * short.rejected,
    )
    again = pd.concat([_untaken(short)] * OFTEN, ignore_index=True)
    pd.testing.assert_frame_equal(_untaken(long), again)
    keys = long.frames["activities"]["key"].to_pylist()
    assert keys[:3] == short.frames["activities"]["key"].to_pylist()
    assert len(set(keys)) == len(keys)


def test_equal_hashes_get_their_ordinal_wherever_they_stand() -> None:
    hashed = np.random.default_rng(1).integers(0, 2**64, 50_000, dtype=np.uint64)
    hashed = np.concatenate([hashed] * 6)
    ordinal = np.repeat(np.arange(6, dtype=np.uint64), 50_000)
    mixed = (hashed + ordinal * tidy._MIX).view(np.int64)
    assert tidy._keys(hashed).to_pylist() == [str(number) for number in mixed]


def test_a_column_of_texts_that_repeat_says_the_same() -> None:
    plain = Column("Rep", 0, pa.array(["Anna", " Anna", None, "Liam ", "", " "] * 10))
    kept = plain.compacted()
    assert pa.types.is_dictionary(kept.cells.type)
    assert kept.values.equals(plain.values)
    assert kept.codes.tolist() == plain.codes.tolist()
    assert kept.sample == plain.sample
