"""Events → the daily cube, and the day each entity first reached a kind; written once, in Narwhals.

The same lines run on pandas, Arrow, DuckDB and Spark frames: what kind comes in goes out.
Events are the visible rows of the tidy frame; nothing is filtered by kind here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, cast

import narwhals as nw

from quota import columns as c

Native = TypeVar("Native")

ENTITY = "entity"
FIRST = "first"

# What each function reads, for whoever fetches the events.
CUBE_READS = (c.REP, c.TEAM, c.TS, c.KIND, c.DIRECTION, c.OUTCOME, c.CURRENCY, c.NEW_CUSTOMER, *c.MEASURES)
FINE_READS = (*CUBE_READS, c.TOPIC, c.ACCOUNT, c.CONTACT)
FIRST_READS = (c.REP, c.TEAM, c.TS, c.KIND, c.DIRECTION, c.DEAL, c.ACCOUNT, c.CONTACT)


def daily_cube(events: Native) -> Native:
    """CUBE_READS → CUBE_KEYS + MEASURES: one row per combination that occurs, in no special order.

    `day` is midnight of `ts`; `count` is a sum; `amount` and `units` are sums of what is
    there, and null where there is none. Null keys are groups of their own.
    """
    result: Native = _cube(_frame(events), c.CUBE_KEYS)
    return result


def fine_cube(events: Native, kinds: Sequence[str], topics: Sequence[str]) -> Native:
    """FINE_READS → FINE_KEYS + MEASURES: the cube of some `kinds`, customer by customer.

    Topics other than `topics` are null, so that they make no groups of their own.
    """
    frame = _frame(events).filter(nw.col(c.KIND).is_in(list(kinds)))
    named = nw.when(nw.col(c.TOPIC).is_in(list(topics))).then(nw.col(c.TOPIC)).alias(c.TOPIC)
    result: Native = _cube(frame.with_columns(named), c.FINE_KEYS)
    return result


def topics(events: Native, kinds: Sequence[str]) -> Native:
    """FINE_READS → topic: each topic that events of some `kinds` have, once."""
    frame = _frame(events).filter(nw.col(c.KIND).is_in(list(kinds)), ~nw.col(c.TOPIC).is_null())
    result: Native = frame.group_by(c.TOPIC).agg(nw.col(c.COUNT).sum()).to_native()
    return result


def _cube(frame: nw.LazyFrame[Any], keys: Sequence[str]) -> Any:
    frame = frame.with_columns(nw.col(c.TS).dt.truncate("1d").alias(c.DAY))
    sums = [nw.col(name).sum() for name in c.MEASURES]
    present = [nw.col(name).count().alias(_present(name)) for name in (c.AMOUNT, c.UNITS)]
    cube = frame.group_by(*keys).agg(*sums, *present)
    # A sum over nothing is 0 in some engines and null in others: null everywhere here.
    known = [
        nw.when(nw.col(_present(name)) > 0).then(nw.col(name)).alias(name) for name in (c.AMOUNT, c.UNITS)
    ]
    return cube.with_columns(*known).select(*keys, *c.MEASURES).to_native()


def first_reached(events: Native) -> Native:
    """FIRST_READS → rep, team, entity, kind, first: when a rep's work first reached a kind.

    An entity is the deal, else the account, else the contact; events without any are left
    out, and so is what came in (direction "in").
    """
    frame = _frame(events)
    entity = nw.coalesce(nw.col(c.DEAL), nw.col(c.ACCOUNT), nw.col(c.CONTACT)).alias(ENTITY)
    ours = nw.col(c.DIRECTION).is_null() | (nw.col(c.DIRECTION) == "out")
    kept = frame.filter(ours).with_columns(entity).filter(~nw.col(ENTITY).is_null())
    keys = (c.REP, c.TEAM, ENTITY, c.KIND)
    result: Native = kept.group_by(*keys).agg(nw.col(c.TS).min().alias(FIRST)).to_native()
    return result


def _present(name: str) -> str:
    return f"{name}_present"


def _frame(events: object) -> nw.LazyFrame[Any]:
    # Eager frames too: what is used here works on both.
    return cast("nw.LazyFrame[Any]", nw.from_native(cast(Any, events)))
