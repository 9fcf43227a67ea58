"""What became of each row: accepted, skipped or rejected, and why. The first reason holds."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from quota.ingest.records import ISSUE_COLUMNS, NOTE, REJECTED, SKIPPED, issues_of
from quota.ingest.tables import Column, Table, blockwise

_PREVIEWED = 200


@dataclass
class Fates:
    """The ledger of one table, kept while its rows are read.

    A row is counted once, whatever else is wrong with it. A blank row is no row.

    `apart`: the rows were taken out of their file, so that none stands below those it belongs to.
    `orders`: heading → the order of day and month that its dates show.
    """

    table: Table
    apart: bool = False
    orders: dict[str, str] = field(init=False, default_factory=dict)
    _reason: np.ndarray = field(init=False)
    _reasons: list[tuple[str, str, Column | None]] = field(init=False, default_factory=list)
    _notes: list[dict[str, object]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._reason = np.full(self.table.height, -1, dtype=np.int16)
        self._blank = self.table.filled_cells == 0

    @property
    def open(self) -> np.ndarray:
        """Row by row, whether it still stands (filled, and nothing said against it)."""
        return np.asarray((self._reason < 0) & ~self._blank)

    @property
    def rows(self) -> int:
        """How many rows hold anything."""
        return int((~self._blank).sum())

    def count(self, status: str) -> int:
        """How many rows were skipped, or rejected."""
        kinds = [at for at, (_, found, _) in enumerate(self._reasons) if found == status]
        return int(np.isin(self._reason, kinds).sum())

    def skip(self, rows: np.ndarray, code: str, column: Column | None = None) -> None:
        """Leave out rows that are rightly not counted."""
        self._mark(rows, code, SKIPPED, column)

    def reject(self, rows: np.ndarray, code: str, column: Column | None = None) -> None:
        """Refuse rows that need correcting; `column` holds the value to blame."""
        self._mark(rows, code, REJECTED, column)

    def reject_cells(self, rows: np.ndarray, code: str, column: Column) -> None:
        """Refuse rows for what stands in one cell; a formula never worked out has a reason of its own."""
        formula = column.where(lambda text: text.startswith("="))
        self._mark(rows & formula, "formula_without_value", REJECTED, column)
        self._mark(rows, code, REJECTED, column)

    def note(
        self, code: str, column: str | None = None, value: str | None = None, row: int | None = None
    ) -> None:
        """Say something about the table, or a row that was taken all the same."""
        self._notes.append(
            {
                "sheet": self.table.sheet,
                "row": row,
                "column": column,
                "value": value,
                "code": code,
                "status": NOTE,
            }
        )

    def _mark(self, rows: np.ndarray, code: str, status: str, column: Column | None) -> None:
        hit = rows & self.open
        if hit.any():
            self._reason[hit] = len(self._reasons)
            self._reasons.append((code, status, column))

    def issues(self) -> pd.DataFrame:
        """One line per row left out or refused, in the file's order, then the notes."""
        at = np.flatnonzero(self._reason >= 0)
        columns = [column for _, _, column in self._reasons]
        # In Arrow from the first to the last: refused rows may be as many as the file has.
        texts = {
            "sheet": self._of_reason(at, [self.table.sheet for _ in columns]),
            "column": self._of_reason(at, [column.header if column else None for column in columns]),
            "value": self._values(at),
            "code": self._of_reason(at, [code for code, _, _ in self._reasons]),
            "status": self._of_reason(at, [status for _, status, _ in self._reasons]),
            "content": self.table.contents_as_json(at),
        }
        found = {name: pd.array(text, dtype="str") for name, text in texts.items()}
        found["row"] = pd.array(at + self.table.first_row, dtype="Int64", copy=False)
        lines = pd.DataFrame({name: found[name] for name in ISSUE_COLUMNS}, copy=False)
        return pd.concat([lines, issues_of(self._notes)], ignore_index=True)

    def _of_reason(self, rows: np.ndarray, texts: list[str | None]) -> pa.ChunkedArray:
        """The texts of the rows' reasons. A block like the one before is the same array."""
        of = pa.array(texts, pa.large_string())
        seen: dict[bytes, pa.Array] = {}
        blocks = []
        for reasons in blockwise(self._reason[rows]):
            which = reasons.tobytes()
            if which not in seen:
                seen = {which: of.take(pa.array(reasons))}
            blocks.append(seen[which])
        return pa.chunked_array(blocks, pa.large_string())

    def _values(self, rows: np.ndarray) -> pa.ChunkedArray:
        """The cells to blame."""
        blocks = []
        for block in blockwise(rows):
            reasons = self._reason[block]
            values = pa.nulls(len(block), pa.string())
            for number in np.unique(reasons):
                column = self._reasons[number][2]
                if column is not None:
                    mine = reasons == number
                    values = pc.replace_with_mask(values, mine, column.take(block[mine]))
            blocks.append(values.cast(pa.large_string()))
        return pa.chunked_array(blocks, pa.large_string())

    def taken(self) -> pd.DataFrame:
        """row and content, as in `issues`, of each row that still stands."""
        at = np.flatnonzero(self.open)
        content = pd.array(self.table.contents_as_json(at), dtype="str")
        return pd.DataFrame({"row": at + self.table.first_row, "content": content})

    def preview(self) -> pd.DataFrame:
        """The first filled rows as text, behind " row", " status" and " code".

        No heading begins with a space, so these hide none of the file's own columns.
        """
        shown = np.flatnonzero(~self._blank)[:_PREVIEWED]
        lines = []
        for at, line in zip(shown, self.table.contents(shown), strict=True):
            reason = self._reason[at]
            code, status, _ = self._reasons[reason] if reason >= 0 else ("", "accepted", None)
            lines.append({" row": int(at) + self.table.first_row, " status": status, " code": code} | line)
        return pd.DataFrame(lines)
