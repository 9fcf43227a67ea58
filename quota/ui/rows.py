"""A frame's rows as plain dictionaries, for what is drawn row by row."""

from __future__ import annotations

from typing import Any

import pandas as pd

Row = dict[str, Any]


def records(frame: pd.DataFrame) -> list[Row]:
    """Column → value, a dictionary per row."""
    rows: list[Row] = frame.to_dict("records")  # type: ignore[assignment]
    return rows
