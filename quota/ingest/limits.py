"""How much one file may hold, and what reading it may cost. Said and checked before it hurts.

The bounds on bytes, rows and cells are refusals with a sentence of their own, told from the file's
size, its line ends, an archive's directory or the first megabyte of a sheet. Memory and time are
for what gets past them: they stop the reading child.
"""

from __future__ import annotations

MEGABYTE = 1 << 20

MAX_BYTES = 200 * MEGABYTE  # of a file, and of the text that unpacks from an archive
MAX_ROWS = 5_000_000  # under the headings, in all tables of a file
MAX_COLUMNS = 2_000
MAX_CELLS = 10_000_000  # of a workbook's sheets together, empty ones between filled ones too

# What an archive may unpack to: workbooks of real offices stay below 115 MB and 100 times their size.
MAX_UNPACKED = 600 * MEGABYTE
MAX_RATIO = 200
MAX_PARTS = 1_000
SMALLEST_WEIGHED = 50_000  # bytes; a smaller archive may unpack to as much as one of this size

# The child's address space, of which about 1.5 GiB are reserved by libraries and never used.
MEMORY = 3 << 30
MEMORY_PER_BYTE = 6
SECONDS = 60.0
SECONDS_PER_MEGABYTE = 1.0


def believable(packed: int) -> int:
    """How many bytes may come out of so many packed ones."""
    return MAX_RATIO * max(packed, SMALLEST_WEIGHED)
