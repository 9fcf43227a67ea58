"""Where the roll-up runs: pandas (default), duckdb (larger than memory), spark (a cluster).

All three read the same files and give the same pandas frame. duckdb and pyspark are
optional extras, imported only when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import import_module
from types import ModuleType
from typing import Any

import narwhals as nw
import pandas as pd
import pyarrow as pa

from quota import columns as c
from quota import rollup
from quota.errors import BadRequest
from quota.rollup import CUBE_READS, ENTITY, FINE_READS, FIRST, FIRST_READS, daily_cube, first_reached
from quota.workspace import Scan, Workspace

ENGINES = ("pandas", "duckdb", "spark")

_DECIDED = "decided"
# Group keys with few values: as dictionaries they are read and grouped faster.
_FEW = (c.REP, c.TEAM, c.KIND, c.DIRECTION, c.OUTCOME, c.CURRENCY)


def cube(workspace: Workspace, as_of: datetime | None = None, engine: str = "pandas") -> pd.DataFrame:
    """The daily cube of what is visible: CUBE_KEYS + MEASURES, sorted by nothing in particular.

    Texts are str, day is datetime64[us], new_customer boolean, count int64, amount and units
    float64. Raises `BadRequest` for an engine that is unknown or not installed.
    """
    return _cube_frame(_run(workspace, as_of, engine, daily_cube, CUBE_READS))


def fine(
    workspace: Workspace,
    kinds: Sequence[str],
    asked: Callable[[list[str]], Sequence[str]],
    as_of: datetime | None = None,
    engine: str = "pandas",
) -> pd.DataFrame:
    """The daily cube of some `kinds` with topic, account and contact: see `rollup.fine_cube`.

    `asked`: of all topics as written those to keep.
    """

    def held(events: Any) -> Any:
        return rollup.topics(events, kinds)

    written = _run(workspace, as_of, engine, held, FINE_READS)[c.TOPIC]
    topics = asked(written.astype("str").tolist())

    def roll_up(events: Any) -> Any:
        return rollup.fine_cube(events, kinds, topics)

    frame = _cube_frame(_run(workspace, as_of, engine, roll_up, FINE_READS))
    return _texts(frame, (c.TOPIC, c.ACCOUNT, c.CONTACT))


def first(workspace: Workspace, as_of: datetime | None = None, engine: str = "pandas") -> pd.DataFrame:
    """When each rep's work first reached a kind, per entity: see `rollup.first_reached`."""
    frame = _run(workspace, as_of, engine, first_reached, FIRST_READS)
    return _texts(frame, (c.REP, c.TEAM, ENTITY, c.KIND)).astype({FIRST: "datetime64[us]"})


def _run(
    workspace: Workspace,
    as_of: datetime | None,
    engine: str,
    roll_up: Callable[[Any], Any],
    reads: tuple[str, ...],
) -> pd.DataFrame:
    match engine:
        case "pandas":
            events = workspace.activities(as_of, reads, encoded=[name for name in _FEW if name in reads])
            result: pd.DataFrame = roll_up(_frame(events))
            return result
        case "duckdb":
            return _frame(_on_duckdb(workspace.scan(as_of), roll_up))
        case "spark":
            return _frame(_on_spark(workspace.scan(as_of), roll_up))
    raise BadRequest("unknown_engine", value=engine, choices=", ".join(ENGINES))


def _on_duckdb(scan: Scan, roll_up: Callable[[Any], Any]) -> pa.Table:
    connection = _installed("duckdb").connect()
    # The engine reads only the columns that are asked for, file by file.
    return roll_up(_visible(connection.from_arrow(scan.dataset), scan)).to_arrow_table()


def _on_spark(scan: Scan, roll_up: Callable[[Any], Any]) -> pa.Table:
    if not scan.files:
        return roll_up(scan.dataset.to_table())
    session = _installed("pyspark.sql").SparkSession.builder.appName("quota").getOrCreate().newSession()
    # Truncating a wall-clock time gives a moment in the session's zone: UTC has every midnight.
    session.conf.set("spark.sql.session.timeZone", "UTC")
    files = [path if "://" in path else f"file://{path}" for path in scan.files]
    return _wall_clock(roll_up(_visible(session.read.parquet(*files), scan)).toArrow())


def _wall_clock(table: pa.Table) -> pa.Table:
    fields = [
        pa.field(f.name, pa.timestamp("us") if pa.types.is_timestamp(f.type) else f.type)
        for f in table.schema
    ]
    return table.cast(pa.schema(fields))


def _visible(events: Any, scan: Scan) -> Any:
    """Of all rows of the active imports those that are seen: the latest per key, unless withdrawn."""
    frame = nw.from_native(events)
    identity = c.IDENTITY["activities"]
    if scan.decided:
        frame = frame.with_columns(nw.col(c.AT).is_in(scan.decided).cast(nw.Int8).alias(_DECIDED))
        frame = frame.filter(nw.col(_DECIDED) == nw.col(_DECIDED).max().over(*identity))
    if scan.may_collide:
        # No two imports have the same `at`.
        frame = frame.filter(nw.col(c.AT) == nw.col(c.AT).max().over(*identity))
    for one in scan.replaced:
        within = (nw.col(c.TS) >= one.start) & (nw.col(c.TS) < one.end) & nw.col(c.SOURCE).is_in(one.sources)
        frame = frame.filter(~(within & (nw.col(c.AT) < one.at)))
    return frame.filter(~nw.col(c.WITHDRAWN)).to_native()


def _installed(module: str) -> ModuleType:
    try:
        return import_module(module)
    except ModuleNotFoundError:
        raise BadRequest("engine_missing", engine=module.partition(".")[0]) from None


def _frame(table: pa.Table) -> pd.DataFrame:
    # Booleans with nulls would become slow objects.
    booleans = {pa.bool_(): pd.BooleanDtype()}
    frame: pd.DataFrame = table.unify_dictionaries().to_pandas(types_mapper=booleans.get)
    return frame


def _cube_frame(frame: pd.DataFrame) -> pd.DataFrame:
    types = {c.DAY: "datetime64[us]", c.NEW_CUSTOMER: "boolean", c.COUNT: "int64"}
    floats = {c.AMOUNT: "float64", c.UNITS: "float64"}
    return _texts(frame, _FEW).astype({**types, **floats})


def _texts(frame: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    return frame.assign(**{name: _text(frame[name]) for name in names}).reset_index(drop=True)


def _text(column: pd.Series) -> pd.Series:
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype("str")
    # The same as astype, ten times faster.
    values = column.cat.categories.astype("str").array
    return pd.Series(values.take(column.cat.codes.to_numpy(), allow_fill=True), index=column.index)
