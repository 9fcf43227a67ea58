"""Files to measure with: an activities export of any length, as a CRM would write it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from openpyxl import Workbook

DATE_FORMAT = "%m/%d/%Y"
_GIVEN = ("Anna", "Bo", "Carl", "Dana", "Eva", "Finn", "Gita", "Hugo")
_FAMILY = ("Berg", "Cho", "Dahl", "Eken", "Falk")
_REPS = [f"{given} {family}" for given in _GIVEN for family in _FAMILY]
_COMPANIES = [f"Customer {number}" for number in range(5_000)]
_TYPES = {
    "Call": "Follow-up call",
    "Email": "Email: price list",
    "LinkedIn message": "Connection request",
    "Meeting": "Discovery meeting",
    "Demo": "Product demo",
}
_SHARES = (0.40, 0.42, 0.10, 0.06, 0.02)
_DAYS = 365
_LAST = date(2025, 12, 31)
_QUOTAS = """quota,who,kind,measure,target,every
Calls,everyone,call,count,200,week
E-mails and social,everyone,email+social,count,260,week
Meetings,everyone,meeting+demo,count,150,month
"""


def activities(rows: int, last: date = _LAST) -> pa.Table:
    """`rows` activities of 40 reps in the year up to `last`, one in twenty planned, ids all different."""
    chance = np.random.default_rng(rows)
    kind = chance.choice(len(_TYPES), rows, p=_SHARES)
    day = np.datetime64(last) - np.sort(chance.integers(0, _DAYS, rows))[::-1]
    return pa.table(
        {
            "Activity ID": [f"00T{number:012d}" for number in range(rows)],
            "Assigned": _take(_REPS, chance.integers(0, len(_REPS), rows)),
            "Date": pa.array(day).cast(pa.date32()),
            "Type": _take(list(_TYPES), kind),
            "Subject": _take(list(_TYPES.values()), kind),
            "Status": _take(["Completed", "Not Started"], (chance.random(rows) < 0.05).astype(int)),
            "Direction": pa.repeat("Outbound", rows),
            "Company / Account": _take(
                [f"Customer {n}" for n in range(5_000)], chance.integers(0, 5_000, rows)
            ),
        }
    )


def _take(words: list[str], which: np.ndarray) -> pa.Array:
    return pa.array(words).take(pa.array(which))


def write_csv(path: Path, rows: int, last: date = _LAST) -> Path:
    """The export as csv, dates m/d/yyyy as a US org writes them."""
    table = activities(rows, last)
    at = table.schema.get_field_index("Date")
    written = pc.strftime(table["Date"], DATE_FORMAT)
    pa_csv.write_csv(table.set_column(at, "Date", written), path)
    return path


def write_xlsx(path: Path, rows: int) -> Path:
    """The same as a workbook of one sheet, with real date cells."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Activities")
    table = activities(rows)
    sheet.append(table.column_names)
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        sheet.append(row)
    book.save(path)
    return path


def write_quotas(path: Path) -> Path:
    """Three quotas for everybody, of which about half are met."""
    path.write_text(_QUOTAS, encoding="utf-8")
    return path
