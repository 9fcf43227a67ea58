"""Sheets that people write (people, quotas, absences) → rows of the stored tables.

A row is taken whole or refused whole, with the cell to blame.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quota import columns as c
from quota.ingest import absences, cells, dates, labels, vocabulary
from quota.ingest.cells import Context
from quota.ingest.fates import Fates
from quota.ingest.layouts import ORDERS
from quota.ingest.records import Question
from quota.ingest.tables import Column, Table
from quota.ingest.when import note_order, order_chosen

_SHARES = ("full_time", "share")
# What stands between several kinds in one cell.
_LISTED = re.compile(r"\s*[+,;&/]\s*|\s+(?:and|og|ja|sekä|och|und)\s+", re.I)
# What is worked out where a sheet leaves it out.
_COMPLETED = {"quotas": ("quota", "who", c.KIND, "measure")}


def read(
    layout: str, table: Table, held: dict[str, Column], context: Context, fates: Fates
) -> tuple[pa.Table, list[Question]]:
    """Rows of `layout`'s stored table, plus `withdrawn` (never here)."""
    # "Everyone" in a list of absences is no total: the office is closed.
    cells.mark_furniture(table, held.get(c.REP) if layout != "absences" else None, fates)
    arrays, questions = _arrays(layout, held, context, fates)
    for name in c.REQUIRED[layout]:
        if name in held and name not in _COMPLETED.get(layout, ()):
            fates.reject(~held[name].filled, "no_value", held[name])
    if layout == "absences":
        _complete_absences(arrays, held, fates)
    if layout == "quotas":
        _complete_quotas(arrays, held, table.height, context)
        _reject_no_rule(arrays, held, fates)
    if {"from", "to"} <= arrays.keys():
        ends_before = np.asarray(pc.fill_null(pc.less(arrays["to"], arrays["from"]), False))
        fates.reject(ends_before, "ends_before_start", held["to"])
    return _stored(c.WRITTEN[layout], arrays, np.flatnonzero(fates.open)), questions


def _arrays(
    layout: str, held: dict[str, Column], context: Context, fates: Fates
) -> tuple[dict[str, pa.Array], list[Question]]:
    """The columns of a stored table that the sheet has, each in the type of its field."""
    schema = [field for field in c.WRITTEN[layout] if field.name in held]
    shown = _order_shown([held[field.name] for field in schema if _is_date(field)])
    questions: list[Question] = []
    arrays: dict[str, pa.Array] = {}
    for field in schema:
        column = held[field.name]
        if _is_date(field):
            hint = shown or context.order(column.header)
            ends = field.name in ("to", "end")
            arrays[field.name] = _dates(column, hint, context, fates, questions, ends=ends)
        elif pa.types.is_floating(field.type):
            arrays[field.name] = _shares(field.name, column, context, fates)
        elif pa.types.is_integer(field.type):
            arrays[field.name] = _whole(column, context, fates)
        elif pa.types.is_boolean(field.type):
            arrays[field.name] = _yes(column, fates)
        elif (layout, field.name) == ("people", c.REP):
            fates.reject(~column.filled, "no_value", column)
            arrays[field.name] = cells.names(column, fates)
        else:
            arrays[field.name] = _words(field.name, column, fates)
    return arrays, questions


def _stored(schema: pa.Schema, arrays: dict[str, pa.Array], rows: np.ndarray) -> pa.Table:
    """The rows that stand, in the columns of a stored table."""
    at = pa.array(rows)
    taken = [arrays[f.name].take(at) if f.name in arrays else pa.nulls(len(at), f.type) for f in schema]
    result = pa.Table.from_arrays(
        [_plain(a, f.type) for a, f in zip(taken, schema, strict=True)], schema=schema
    )
    return result.append_column(c.WITHDRAWN, pa.array(np.zeros(len(at), dtype=bool)))


def _complete_absences(arrays: dict[str, pa.Array], held: dict[str, Column], fates: Fates) -> None:
    """Who is away, what was granted, and for how much of the day."""
    arrays[c.REP] = _whoever(held[c.REP], fates)
    absences.skip_not_granted(held.get("status"), fates)
    if "share" not in held and (share := absences.shares(held, arrays["from"], arrays["to"], fates)):
        arrays["share"] = share


def _reject_no_rule(arrays: dict[str, pa.Array], held: dict[str, Column], fates: Fates) -> None:
    """Refuse quotas of no known kind, and those below nothing."""
    unknown = np.asarray(pc.is_null(arrays[c.KIND]))
    fates.reject(unknown, "unknown_kind", held.get(c.KIND) or held.get("quota"))
    if "target" in held:  # else its targets stand across: see `seasons`
        negative = np.asarray(pc.fill_null(pc.less(arrays["target"], 0), False))
        fates.reject(negative, "rule_negative_target", held["target"])


def _plain(array: pa.Array, wanted: pa.DataType) -> pa.Array:
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    return array if array.type == wanted else array.cast(wanted)


def _is_date(field: pa.Field) -> bool:
    return bool(pa.types.is_date(field.type))


def _whoever(rep: Column, fates: Fates) -> pa.Array:
    """Who is away: names in their usual order, a team, or everyone."""
    names = cells.names(rep, fates)
    whom = pa.array([_who(name) for name in names.dictionary.to_pylist()], pa.string())
    return pa.DictionaryArray.from_arrays(names.indices, whom)


def _order_shown(columns: list[Column]) -> tuple[str, str] | None:
    """The order that one date column of a table proves holds for the others."""
    read = [dates.read(column.values) for column in columns]
    orders = {moments.order for moments in read if moments.evidence == "values"}
    return (orders.pop(), "other_column") if len(orders) == 1 else None


def _dates(
    column: Column,
    hint: tuple[str, str],
    context: Context,
    fates: Fates,
    questions: list[Question],
    *,
    ends: bool,
) -> pa.Array:
    """Days; a week, a month or a quarter with its year is its first day, or its last where it `ends`."""
    order = order_chosen(column, context.choices)
    read = dates.read(column.values, order=order, hint=hint)
    note_order(column, read, fates)
    if read.asked:
        questions.append(Question("date_order", column.header, column.texts[0], ORDERS))
    named = [labels.edge(text, last=ends) for text in column.texts]
    days = np.where(np.isnat(read.ts), np.array(named, dtype="datetime64[D]"), read.ts)
    ts = np.append(days, np.datetime64("NaT"))[column.codes]
    fates.reject_cells(np.isnat(ts) & column.filled & ~column.where(vocabulary.is_empty), "bad_date", column)
    return pa.array(ts.astype("datetime64[D]"), pa.date32())


def _shares(name: str, column: Column, context: Context, fates: Fates) -> pa.Array:
    """Numbers; `80 %` is 0.8, and so is 80 in a column of percentages. More than a whole post or
    day is no share (37 may be hours) and is refused."""
    number = cells.floats(column, decimal_comma=context.decimal_comma)
    percent = column.where(lambda text: text.rstrip().endswith("%"))
    if name in ("target", "points"):
        fates.reject_cells(percent, "bad_number", column)
    if name in _SHARES:
        percent |= _in_percent(column, number[~percent & ~np.isnan(number)])
        fates.reject_cells(~percent & (number > c.MOST_FULL_TIME), "not_a_share", column)
    number = np.where(percent, number / 100, number)
    fates.reject_cells(
        np.isnan(number) & column.filled & ~column.where(vocabulary.is_empty), "bad_number", column
    )
    return pa.array(number, pa.float64(), mask=np.isnan(number))


def _in_percent(column: Column, number: np.ndarray) -> bool:
    """Whether bare numbers are percentages: their heading says so, or the whole is 100."""
    most = number.max(initial=0)
    heading = column.header.casefold()
    return bool(
        most > c.MOST_FULL_TIME
        and ("%" in heading or "percent" in heading or "procent" in heading or most == 100)
    )


def _whole(column: Column, context: Context, fates: Fates) -> pa.Array:
    """Whole numbers from 1."""
    number = cells.floats(column, decimal_comma=context.decimal_comma)
    fates.reject_cells(column.filled & ~((number >= 1) & (number % 1 == 0)), "bad_number", column)
    return pa.array(np.nan_to_num(number).astype(np.int64), pa.int64())


def _yes(column: Column, fates: Fates) -> pa.Array:
    said = {text: vocabulary.meaning("yes_no", text) for text in column.texts}
    unclear = column.where(lambda text: said[text] is None and not vocabulary.is_empty(text))
    fates.reject(column.filled & unclear, "no_yes_or_no", column)
    return pa.array(column.where(lambda text: said[text] == "yes"), pa.bool_())


def _words(name: str, column: Column, fates: Fates) -> pa.Array:
    """Texts; words that the sheet's own vocabulary knows are written in its terms."""
    change = _TRANSLATIONS.get(name, _single_spaced)
    if name in ("every", "measure", c.KIND, c.DIRECTION):
        fates.reject(
            column.filled & column.where(lambda text: change(text) is None),
            f"unknown_{name}",
            column,
        )
    return cells.recoded(column, change)


def _single_spaced(text: str) -> str:
    return " ".join(text.split())


_LENGTHS = ("day", "week", "month", "quarter", "year", "fiscal_year")


def _every(text: str) -> str | None:
    """The length of a rule's own period; None for one that no target can be worked out for, and where
    more is said than that it is each of them: twice a week, every other week, half year."""
    words = [word for word in vocabulary.fold(text).split() if not vocabulary.meaning("each", word)]
    every = vocabulary.meaning("every", " ".join(words))
    return every if every in _LENGTHS else None


def _measure(text: str) -> str | None:
    return vocabulary.meaning_within("measures", text)


def _kind(text: str) -> str | None:
    """`calls + e-mails`, `calls and e-mails` → call+email; points; None if one of them is unknown."""
    if vocabulary.meaning("points", text):
        return "points"
    if kind := vocabulary.meaning("kinds", text):
        return kind
    kinds = [_done(part) for part in _LISTED.split(text)]
    return "+".join(dict.fromkeys(kind for kind in kinds if kind)) if all(kinds) else None


def _done(text: str) -> str | None:
    """The kind that a text names; None for one that is not done: booked meetings, cancelled calls."""
    state = vocabulary.meaning_within("statuses", vocabulary.beside("kinds", text))
    return None if state in ("planned", "cancelled") else vocabulary.meaning_within("kinds", text)


def _came_in(text: str) -> str | None:
    """The direction that a kind's own words name: `inbound calls` → in."""
    return "in" if vocabulary.direction(vocabulary.beside("kinds", text)) == "in" else None


def _direction(text: str) -> str | None:
    """out, in, or any where both count."""
    ways = {vocabulary.direction(part) for part in re.split(r"[+/&,]", text)}
    if ways == {"out", "in"} or vocabulary.meaning("both", text):
        return "any"
    return next(iter(ways)) if len(ways) == 1 else None


def _outcome(text: str) -> str:
    return vocabulary.outcome(text) or _single_spaced(text)


def _bound(text: str) -> str:
    """`opkald 50 + møder 5` → call 50 + meeting 5; a number stays as it is."""
    parts = [c.BOUND.fullmatch(part.strip()) for part in re.split(r"[+;]", text)]
    named = [f"{_kind(part[1]) or part[1].strip()} {part[2]}" for part in parts if part]
    return " + ".join(named) if len(named) == len(parts) else _single_spaced(text)


def _who(text: str) -> str:
    """`Tiimi: Helsinki` → team: Helsinki; `alle` → everyone; anything else is a rep's name."""
    if vocabulary.meaning("who", text) == "everyone":
        return "everyone"
    head, mark, name = text.partition(":")
    scope = vocabulary.meaning("who", head) if mark else None
    return f"{scope}: {' '.join(name.split())}" if scope in ("team", "role") else " ".join(text.split())


_TRANSLATIONS: dict[str, Callable[[str], str | None]] = {
    "every": _every,
    "measure": _measure,
    c.KIND: _kind,
    "who": _who,
    c.CURRENCY: str.upper,
    "calendar": str.upper,
    c.DIRECTION: _direction,
    c.OUTCOME: _outcome,
    "minimum": _bound,
    "cap": _bound,
}


def _for_whom(arrays: dict[str, pa.Array], held: dict[str, Column], height: int) -> pa.Array:
    """Who a quota is for: what `who` says, else the rep, the role or the team in a column of its own."""
    said = [_plain(arrays["who"], pa.string())] if "who" in arrays else []
    for name, opening in (("rep", ""), ("role", "role: "), ("team", "team: ")):
        if name in held:
            column = cells.recoded(held[name], lambda text, opening=opening: opening + _single_spaced(text))  # type: ignore[misc]
            said.append(_plain(column, pa.string()))
    return pc.coalesce(*said) if said else pa.nulls(height, pa.string())


def _money(arrays: dict[str, pa.Array], target: Column, height: int, context: Context) -> dict[str, pa.Array]:
    """Measure and currency, where the targets name one: `$10,000` is an amount, unless something else
    is said to be measured."""
    paid = _plain(cells.currencies(target, context), pa.string())
    said = _texts(arrays, "measure", height)
    measure = pc.coalesce(said, pc.if_else(pc.is_valid(paid), c.AMOUNT, None))
    paid = pc.if_else(pc.equal(measure, c.AMOUNT), paid, None)
    return {"measure": measure, c.CURRENCY: pc.coalesce(_texts(arrays, c.CURRENCY, height), paid)}


def _texts(arrays: dict[str, pa.Array], name: str, height: int) -> pa.Array:
    """A column of texts, empty where the sheet has none."""
    return _plain(arrays[name], pa.string()) if name in arrays else pa.nulls(height, pa.string())


def _complete_quotas(
    arrays: dict[str, pa.Array], held: dict[str, Column], height: int, context: Context
) -> None:
    """What a short sheet leaves out: everyone, counted (money, if the target is), named after its kind."""
    if c.KIND not in arrays and "quota" in held:
        arrays[c.KIND] = cells.recoded(held["quota"], _kind)
    if "target" in held:
        arrays |= _money(arrays, held["target"], height, context)
    if (spoken := held.get(c.KIND) or held.get("quota")) is not None:
        came_in = _plain(cells.recoded(spoken, _came_in), pa.string())
        arrays[c.DIRECTION] = pc.coalesce(_texts(arrays, c.DIRECTION, height), came_in)
    arrays["who"] = _for_whom(arrays, held, height)
    for name, default in {"who": "everyone", "measure": "count"}.items():
        arrays[name] = _texts(arrays, name, height).fill_null(default)
    # Money, pieces and new customers come from deals that were won.
    sold = pc.is_in(arrays["measure"], pa.array([c.AMOUNT, c.UNITS, "new_customers"]))
    won = pc.if_else(sold, "won", pa.scalar(None, pa.string()))
    arrays[c.KIND] = pc.coalesce(_texts(arrays, c.KIND, height), won)
    arrays["quota"] = pc.coalesce(_texts(arrays, "quota", height), arrays[c.KIND])
