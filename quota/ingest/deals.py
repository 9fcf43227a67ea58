"""A deal table → events: an opportunity on the day it was created, won or lost on the day it closed.

A deal without any date cannot be placed in time and is skipped with that reason.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quota import columns as c
from quota.ingest import cells, states, vocabulary
from quota.ingest.cells import Context
from quota.ingest.deal_lines import whole_amounts
from quota.ingest.fates import Fates
from quota.ingest.records import Question
from quota.ingest.tables import Column, Table
from quota.ingest.tidy import MEANING, Events, stack
from quota.ingest.when import Dates


def read(
    table: Table, held: dict[str, Column], context: Context, fates: Fates
) -> tuple[Events, list[Question]]:
    """Events of a deal table; `fates` learns what became of every row."""
    cells.mark_furniture(table, held["rep"], fates)
    held = _closing(held, context)
    if "won_amount" in held and "amount" not in held:
        held = {**held, "amount": held["won_amount"]}
    when = Dates(held, context, fates)
    created, closed = _created_and_closed(held, when)
    won, lost = _won_and_lost(held, context, fates)
    states.skip_flagged(held, fates)
    reps = cells.names(held["rep"], fates)
    when.reject_unreadable(created, "created_date", "date")
    when.reject_unreadable(closed, "close_date", "lost_date")
    fates.skip(np.isnat(created) & (np.isnat(closed) | ~(won | lost)), "no_date", held.get("created_date"))
    before, own_id = fates.open, held.get("deal_id", held.get("id"))
    ids = cells.identities(own_id, held["rep"], fates)
    shared = {c.REP: reps, **cells.money(held, context, fates), **cells.extras(held, context)}
    if ids is not None and own_id is not None and c.AMOUNT in shared:
        state = [held[name].codes for name in ("rep", "stage", "status") if name in held]
        state += [days.astype("int64") for days in (created, closed)]
        shared[c.AMOUNT] = whole_amounts(
            shared[c.AMOUNT], held["amount"].header, own_id, state, before, fates
        )
    if ids is not None:
        shared[c.DEAL] = ids
    elif c.DEAL not in shared and "subject" in held:
        shared[c.DEAL] = cells.recoded(held["subject"], str)
    taken = fates.open
    _note_undated(taken, (won | lost) & np.isnat(closed), held, fates)
    closing = (won | lost) & ~np.isnat(closed)
    kind = pa.array(np.where(won, "won", "lost")).dictionary_encode()
    opened = _events(
        table,
        shared | when.written("created_date", "date"),
        created,
        "opportunity",
        ids,
        taken & ~np.isnat(created),
    )
    # A deal that is open (again) takes back whatever close was recorded under its id.
    closes = shared | when.written("close_date", "lost_date") | _won_money(shared, held, won, context, fates)
    ended = _events(table, closes, np.where(closing, closed, created), kind, ids, taken, ~closing)
    keep = taken & (closing | (~np.isnat(created) & (ids is not None)))
    return stack([opened, ended.take(np.flatnonzero(keep[taken]))]), when.questions


def _won_money(
    shared: dict[str, pa.Array], held: dict[str, Column], won: np.ndarray, context: Context, fates: Fates
) -> dict[str, pa.Array]:
    """What deals were won for in the end, where a column says so beside the estimate."""
    actual = held.get("won_amount")
    if actual is None or actual is held["amount"]:
        return {}
    money = cells.money({**held, "amount": actual}, context, fates)
    taken = pc.and_(pa.array(won), pc.is_valid(money[c.AMOUNT]))
    found = {}
    for name in (c.AMOUNT, c.CURRENCY):
        estimate, own = (_plain(one[name]) for one in (shared, money))
        found[name] = pc.if_else(taken, own, estimate)
    return {**found, c.CURRENCY: found[c.CURRENCY].dictionary_encode()}


def _plain(array: pa.Array) -> pa.Array:
    return array.dictionary_decode() if isinstance(array, pa.DictionaryArray) else array


def _events(
    table: Table,
    shared: dict[str, pa.Array],
    ts: np.ndarray,
    kind: pa.Array | str,
    ids: pa.Array | None,
    where: np.ndarray,
    withdrawn: np.ndarray | None = None,
) -> Events:
    gone = np.zeros(table.height, dtype=bool) if withdrawn is None else withdrawn
    suffix = "/opened" if isinstance(kind, str) else "/closed"
    kinds = pa.array([kind] * table.height).dictionary_encode() if isinstance(kind, str) else kind
    columns = {
        **shared,
        c.TS: pa.array(ts, pa.timestamp("us")),
        c.KIND: kinds,
        c.COUNT: pa.array(np.where(gone, 0, 1)),
    }
    keys = pc.binary_join_element_wise(ids, pa.scalar(suffix), "") if ids is not None else None
    named = tuple(name for name in (c.DEAL, c.ACCOUNT) if name in shared)
    identity = (c.REP, c.TS, c.KIND, *named) if named else MEANING
    every = Events(columns, np.arange(table.height) + table.first_row, keys, gone, identity)
    return every.take(np.flatnonzero(where))


def _created_and_closed(held: dict[str, Column], when: Dates) -> tuple[np.ndarray, np.ndarray]:
    created = when.first("created_date", "date")
    return created, when.first("close_date", "lost_date")


def _won_and_lost(held: dict[str, Column], context: Context, fates: Fates) -> tuple[np.ndarray, np.ndarray]:
    """Row by row won and lost: by the stage or status, and by an is-won column where there is one."""
    won = np.zeros(fates.table.height, dtype=bool)
    lost = won.copy()
    for name in ("stage", "status"):
        if name in held:
            won |= held[name].where(lambda text: vocabulary.stage(text) == "won")
            lost |= held[name].where(lambda text: vocabulary.stage(text) == "lost")
    if "is_won" in held:
        won |= held["is_won"].where(lambda text: vocabulary.meaning("yes_no", text) == "yes")
    for name in ("stage", "status"):
        if name in held:
            unclear = held[name].where(lambda text: vocabulary.stage(text) == "closed") & ~won & ~lost
            if unclear.any():
                at = int(np.flatnonzero(unclear)[0])
                fates.note("closed_how", held[name].header, held[name].texts[held[name].codes[at]])
    if not {"stage", "status", "is_won"} & held.keys():
        won, lost = _by_days(held, context, fates)
    return won, lost & ~won


def _by_days(held: dict[str, Column], context: Context, fates: Fates) -> tuple[np.ndarray, np.ndarray]:
    """Won and lost where only the days say so, the day of an order, a day won, a day lost; or the name of
    a list of deals won."""
    won, lost = (
        held[name].filled & ~held[name].where(vocabulary.is_empty)
        if name in held
        else np.zeros(fates.table.height, dtype=bool)
        for name in ("close_date", "lost_date")
    )
    words = vocabulary.fold(held["close_date"].header).split() if "close_date" in held else []
    orders = vocabulary.words("orders")["any"]
    if any(word in orders or vocabulary.meaning("stages", word) == "won" for word in words):
        return won, lost
    if _named_won(context.about):
        fates.note("kind_from_name", None, context.about)
        return won, lost
    if won.any():
        fates.note("closed_how", held["close_date"].header, held["close_date"].texts[0])
    return won & False, lost


def _closing(held: dict[str, Column], context: Context) -> dict[str, Column]:
    """The columns, with the only day of a list of deals won as the day on which they closed."""
    knowing = {"created_date", "close_date", "lost_date", "stage", "status", "is_won"}
    if "date" not in held or knowing & held.keys() or not _named_won(context.about):
        return held
    return {**{name: column for name, column in held.items() if name != "date"}, "close_date": held["date"]}


def _named_won(about: str) -> bool:
    """Whether a name speaks of deals won, and of none lost: `Won deals Q1`."""
    said = {vocabulary.meaning("stages", word) for word in vocabulary.fold(about).split()}
    return "won" in said and "lost" not in said


def _note_undated(taken: np.ndarray, undated: np.ndarray, held: dict[str, Column], fates: Fates) -> None:
    for at in np.flatnonzero(taken & undated)[:1000]:
        fates.note(
            "closed_without_date",
            getattr(held.get("close_date"), "header", None),
            None,
            int(at) + fates.table.first_row,
        )
