"""A tracker → events: one cell counts one rep's activities of one kind in one period.

Rep, kind, direction and period stand in the cell's row, in its heading, or around the table;
whatever the heading says goes before the row, the row before the names around. A cell that
went back to nothing withdraws what it said. Targets become quotas where somebody said so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from quota import columns as c
from quota.ingest import bands, cells, dates, leftovers, nested, summaries, targets, vocabulary
from quota.ingest.cells import Context
from quota.ingest.counting import Counting, beside_date, is_denied, label_unit, unit
from quota.ingest.fates import Fates
from quota.ingest.headings import (
    ACTUAL,
    BOOKED,
    FORECAST,
    NOT_WORK,
    PART,
    SUM,
    TARGET,
    Heading,
    taken_apart,
)
from quota.ingest.labels import UNITS
from quota.ingest.layouts import ORDERS
from quota.ingest.mapping import Mapped
from quota.ingest.records import KIND_OPTIONS, Question
from quota.ingest.spans import Spans, kind_around, period_around, spans
from quota.ingest.sums import MOST_ROWS, adding_up, closing_sums
from quota.ingest.tables import Column, Table
from quota.ingest.tallies import tallies
from quota.ingest.targets import Targets
from quota.ingest.tidy import Events, constant, stack
from quota.ingest.when import order_chosen

# What a row may say of its own beside its rep.
_OF_ROWS = (c.KIND, "period", "date", "weekday")
# What a title may say of the numbers under it, that makes them no work done.
_NOT_DONE = (BOOKED, FORECAST, NOT_WORK)
# The coarsest unit of periods of which a title may count one each.
_COARSEST = {"day": "weekday", "week": "week_of", "month": "month"}
_IDENTITY = (c.REP, c.TS, c.KIND, c.TEAM, c.ACCOUNT)


@dataclass(frozen=True)
class Tracked:
    """What a tracker says: events, and rows of other stored tables (quotas, where wanted)."""

    events: Events
    frames: Mapping[str, pa.Table] = field(default_factory=dict)


@dataclass(frozen=True)
class _Rows:
    """What the rows say along the axes that do not stand across; None where they say nothing.

    `names`: what each row counts, as written. `targets`: the rows that hold targets; `aim` the column
    that says so.
    """

    height: int
    reps: pa.Array | None
    kinds: pa.Array | None
    directions: pa.Array | None
    names: pa.Array | None
    targets: np.ndarray
    aim: Column | None = None

    def rep(self, heading: Heading) -> pa.Array:
        """Whose cells these are."""
        return constant(heading.rest or None, self.height) if self.reps is None else self.reps

    def kind(self, heading: Heading) -> pa.Array:
        """What is counted in them."""
        return constant(heading.kind, self.height) if heading.kind or self.kinds is None else self.kinds

    def name(self, heading: Heading) -> pa.Array:
        """What is counted in them, as written."""
        return (
            constant(heading.name or None, self.height) if heading.kind or self.names is None else self.names
        )

    def direction(self, heading: Heading) -> pa.Array | None:
        """Out or in."""
        return constant(heading.direction, self.height) if heading.direction else self.directions


@dataclass(frozen=True)
class _Cells:
    """One column of counts: what its heading says, when, and how many (NaN: nothing said)."""

    column: Column
    heading: Heading
    ts: np.ndarray
    number: np.ndarray


def read(table: Table, mapped: Mapped, context: Context, fates: Fates) -> tuple[Tracked, list[Question]]:
    """Events of a tracker; `fates` learns what became of every row."""
    held, found = mapped.columns, mapped.counting
    headings = dict(found.counts) or {held["count"].index: Heading()}
    cells.mark_furniture(table, held.get(c.REP), fates)
    summaries.skip(table, held, [one for one in table.columns if one.index in headings], context, fates)
    _skip_nameless_sums(table, headings, held, context, fates)
    rows, questions = _rows(table, held, headings, context, fates)
    leftovers.note(table, mapped, fates)
    if found.dated:
        parts, asked = _dated(table, headings, context, fates)
        return Tracked(_events(table, held, parts, rows, context, fates)), questions + asked
    rows, every = _aimed(table, rows, headings, held, found, context, fates)
    timed = {} if every else {**headings, **found.targets}
    when, asked = spans(table, timed, held, context, fates)
    by_index = {column.index: column for column in table.columns}
    parts = [
        _Cells(by_index[index], heading, when.starts(index), tallies(by_index[index], context, fates))
        for index, heading in headings.items()
    ]
    _note_ahead(parts, held, context, fates)
    aims = _targets(by_index, headings, found.targets, rows, when, every, context, fates)
    wanted = aims if context.choices.targets else []
    questions = [*questions, *asked, *(targets.question(aims) if context.choices.targets is None else [])]
    parts = [replace(part, number=np.where(rows.targets, np.nan, part.number)) for part in parts]
    kept = np.any([~np.isnan(part.number) for part in parts] + [aim.filled for aim in wanted], axis=0)
    fates.skip(rows.targets & ~kept, "target_row", rows.aim)
    # A row that says nothing any more takes back what it said before.
    emptied = fates.open & ~kept
    fates.skip(~kept, "nothing_counted")
    _skip_sums(parts, held.get(c.REP), fates)
    nested.skip(np.nan_to_num(np.array([part.number for part in parts]).T), held, fates)
    summaries.note_teams(held.get(c.REP), fates)
    parts = _without_sums(parts, rows, fates)
    events = _events(table, held, parts, rows, context, fates, emptied)
    return Tracked(events, targets.quotas(wanted)), questions


def _rows(
    table: Table, held: dict[str, Column], headings: Mapping[int, Heading], context: Context, fates: Fates
) -> tuple[_Rows, list[Question]]:
    """The axes along the rows: rep, kind and direction."""
    reps = cells.names(held[c.REP], fates) if c.REP in held else None
    directions = cells.known_words(held.get(c.DIRECTION), vocabulary.direction)
    aims, aim = _rows_of_targets(table, held, fates)
    if all(heading.kind for heading in headings.values()):
        return _Rows(table.height, reps, None, directions, None, aims, aim), []
    if c.KIND not in held:
        named, title = kind_around(table, context) or (None, "")
        fates.reject(np.full(table.height, named is None), "no_kind")
        said = taken_apart(title)
        if said.role in _NOT_DONE or _averages(title, headings.values(), held.get("period")):
            fates.reject(fates.open, "not_actuals", table.saying(title))
        if directions is None and said.direction:
            directions = constant(said.direction, table.height)
        kinds = constant(named or "other", table.height)
        names = constant(said.name or title, table.height)
        return _Rows(table.height, reps, kinds, directions, names, aims, aim), []
    found, asked = _rows_of_kinds(
        table, cells.filled_down(held[c.KIND], fates), reps, directions, context, fates
    )
    return replace(found, targets=found.targets | aims, aim=aim or found.aim), asked


def _aimed(
    table: Table,
    rows: _Rows,
    headings: Mapping[int, Heading],
    held: dict[str, Column],
    found: Counting,
    context: Context,
    fates: Fates,
) -> tuple[_Rows, Mapping[int, str]]:
    """The rows with those that a line above calls targets, or whose every heading asks for so many a week;
    and, where these hold in no period of their own, how long each column's are for."""
    aims = vocabulary.words("targets")["rep"]
    own = c.REP in held and any(vocabulary.only_says(text, aims) for text in held[c.REP].texts)
    titled = not (found.targets or rows.targets.any() or own)
    said = bands.roles(table, context, titled=titled)
    if other := said.get(bands.OTHER):
        fates.reject(other.filled, "not_actuals", other)
    title = said.get(TARGET)
    asked = all(one.every for one in headings.values())
    targets = rows.targets | (title.filled if title else asked)
    if title is None and asked:
        title = table.saying(next(one.header for one in table.columns if one.index in headings))
    rows = replace(rows, targets=targets, aim=title or rows.aim)
    if not (titled and targets[fates.open].all()) or held.keys() & {*_OF_ROWS[1:], "year"}:
        return rows, {}
    named = vocabulary.meaning_within("every", title.texts[0]) if title else None
    every = {index: one.every or named or "" for index, one in headings.items() if not one.periods}
    around = period_around(table, context) if title else None
    return rows, every if len(every) == len(headings) and all(every.values()) and around is None else {}


def _rows_of_targets(table: Table, held: dict[str, Column], fates: Fates) -> tuple[np.ndarray, Column | None]:
    """The rows that a column of nothing but roles (target, actual, difference) calls targets, and it."""
    aims, aim = np.zeros(table.height, dtype=bool), None
    for column in table.columns:
        roles = {_role_of_row(text) for text in column.sample}
        known = None not in roles or ACTUAL in roles
        if TARGET in roles and known and column is not held.get(c.REP):
            fates.skip(column.where(lambda text: _role_of_row(text) == SUM), "adds_up_rows", column)
            fates.reject(column.where(lambda text: _role_of_row(text) is None), "unknown_kind", column)
            aims |= column.where(lambda text: _role_of_row(text) == TARGET)
            aim = column
    return aims, aim


def _role_of_row(text: str) -> str | None:
    """actual, target or sum, as the name of a row says it; a percentage only compares the others."""
    return SUM if _is_rate(text) else vocabulary.meaning("roles", text)


def _averages(title: str, headings: Iterable[Heading], column: Column | None) -> bool:
    """Whether a title makes the numbers under it rates, or averages over less than their periods: `Calls per
    day` over months."""
    every = _COARSEST.get(taken_apart(title).every)
    units = [unit(one) for one in headings if one.periods]
    units += [label_unit(text) for text in column.sample[:1]] if column else []
    longer = every is not None and bool(units) and min(map(UNITS.index, units)) > UNITS.index(every)
    return longer or _is_rate(title)


def _is_rate(text: str) -> bool:
    """Whether a row's name makes its numbers rates or averages: `Hit rate %`, `Ø opkald`."""
    rates = vocabulary.words("averages")["any"]
    return "%" in text or any(word in rates for word in vocabulary.fold(text).split())


def _rows_of_kinds(
    table: Table,
    column: Column,
    reps: pa.Array | None,
    directions: pa.Array | None,
    context: Context,
    fates: Fates,
) -> tuple[_Rows, list[Question]]:
    """Row by row what is counted; a type that nobody knows is asked about, its rows wait refused."""
    chosen = {vocabulary.fold(text): kind for text, kind in context.choices.kinds.items()}

    def kind_of(text: str) -> str | None:
        parts = taken_apart(text, ("kind",))
        known = parts.kind if not parts.rest else vocabulary.meaning_within("kinds", text)
        return chosen.get(vocabulary.fold(text)) or (None if vocabulary.lists_kinds(text) else known)

    def role_is(role: str) -> np.ndarray:
        return column.where(lambda text: (parts := taken_apart(text)).role == role and parts.named)

    for code in ("received", "not_activity"):
        fates.skip(column.where(lambda text: vocabulary.meaning("not_work", text) == code), code, column)  # noqa: B023
    fates.skip(column.where(vocabulary.starts_total) | role_is("sum"), "total_row", column)
    fates.skip(
        column.where(lambda text: _is_rate(text) and not chosen.get(vocabulary.fold(text))),
        "rate_row",
        column,
    )
    whole = {kind_of(text) for text in column.texts if not taken_apart(text).every}
    often = column.where(lambda text: bool(taken_apart(text).every) and kind_of(text) in whole)
    fates.skip(often, "rate_row", column)
    fates.skip(column.where(vocabulary.starts_part), "part_row", column)
    fates.skip(role_is(FORECAST), "not_actuals", column)
    fates.skip(column.where(lambda text: chosen.get(vocabulary.fold(text)) == ""), "never_counted", column)
    strange = column.filled & ~column.where(lambda text: kind_of(text) is not None) & fates.open
    often = np.bincount(column.codes[strange], minlength=1)
    fates.reject(strange | ~column.filled, "unknown_kind", column)
    held_too = {kind_of(text) for text in column.texts if taken_apart(text).role == ACTUAL}
    for role, code in ((BOOKED, "only_booked"), (PART, "part_of_row")):
        stands_in = column.where(lambda text: taken_apart(text).role == role and kind_of(text) in held_too)  # noqa: B023
        fates.skip(stands_in, code, column)
    fates.skip(role_is(NOT_WORK), "not_activity", column)
    if directions is None:
        directions = cells.recoded(column, lambda text: taken_apart(text).direction)
    names = cells.recoded(column, lambda text: taken_apart(text).name or text)
    found = _Rows(
        table.height, reps, cells.recoded(column, kind_of), directions, names, role_is(TARGET), column
    )
    return found, [
        Question("kind_of_value", column.header, column.texts[code], KIND_OPTIONS, int(often[code]))
        for code in np.flatnonzero(often)
    ]


def _dated(
    table: Table, headings: Mapping[int, Heading], context: Context, fates: Fates
) -> tuple[list[_Cells], list[Question]]:
    """Columns whose cells say on which day one was done, read together: they share one order."""
    columns = [column for column in table.columns if column.index in headings]
    order = next((order for column in columns if (order := order_chosen(column, context.choices))), "")
    texts = [beside_date(text) for column in columns for text in column.texts]
    moments = dates.read(pa.array(texts, pa.string()), order=order, hint=context.order(columns[0].header))
    parts, at = [], 0
    for column in columns:
        own = moments.ts[at : at + len(column.texts)]
        at += len(column.texts)
        ts = np.append(own, np.datetime64("NaT"))[column.codes]
        said = column.filled & ~column.where(lambda text: vocabulary.is_empty(text) or is_denied(text))
        fates.reject_cells(said & np.isnat(ts), "bad_date", column)
        parts.append(_Cells(column, headings[column.index], ts, np.where(np.isnat(ts), np.nan, 1.0)))
    fates.skip(np.all([np.isnan(part.number) for part in parts], axis=0), "nothing_counted")
    asked = [Question("date_order", columns[0].header, texts[0], ORDERS)] if moments.asked else []
    return parts, asked


def _note_ahead(parts: Iterable[_Cells], held: dict[str, Column], context: Context, fates: Fates) -> None:
    """Say of numbers of periods that have not begun that they count; they may be planned."""
    if context.choices.today is None:
        return
    today = np.datetime64(context.choices.today, "us")
    when = held.get("date") or held.get("period")
    ahead = {
        (when or part.column).header: None
        for part in parts
        if ((part.ts > today) & (part.number > 0) & fates.open).any()
    }
    for header in ahead:
        fates.note("lies_ahead", header)


def _targets(
    by_index: Mapping[int, Column],
    headings: Mapping[int, Heading],
    aimed: Mapping[int, Heading],
    rows: _Rows,
    when: Spans,
    every: Mapping[int, str],
    context: Context,
    fates: Fates,
) -> list[Targets]:
    """The targets of a tracker: columns of their own, or the rows of the counts that hold targets."""
    found = []
    for index, heading in {**headings, **aimed}.items():
        here = fates.open & (rows.targets | (index in aimed))
        column, lasts = by_index[index], every.get(index, heading.every)
        kind_known = heading.kind is not None or rows.kinds is not None
        if here.any() and not (kind_known and (lasts or any(when.labels(index)))):
            fates.note("target_of_what", column.header)
        elif here.any():
            number = cells.floats(column, decimal_comma=context.decimal_comma)
            said = here & column.filled & ~column.where(vocabulary.is_empty)
            for at in np.flatnonzero(said & np.isnan(number))[:100]:
                text = column.texts[column.codes[at]]
                fates.note("bad_target", column.header, text, int(at) + fates.table.first_row)
            number = np.where(said, number, np.nan)
            held = (column.header, number, rows.rep(heading), rows.kind(heading), rows.name(heading))
            found.append(Targets(*held, when.labels(index), when.codes, lasts))
    return found


def _skip_nameless_sums(
    table: Table, headings: Mapping[int, Heading], held: dict[str, Column], context: Context, fates: Fates
) -> None:
    """Rows without a name are no rows of the name above them if each adds up the named ones before it."""
    rep, at = held.get(c.REP), np.flatnonzero(fates.open)
    if rep is None or rep.filled[at].all() or len(at) > MOST_ROWS:
        return
    counted = [column for column in table.columns if column.index in headings]
    numbers = [cells.floats(column, decimal_comma=context.decimal_comma)[at] for column in counted]
    nameless = ~rep.filled[at]
    # A row of a block has a kind or a day of its own; a sum needs none.
    own = any(held[name].filled[at][nameless].any() for name in _OF_ROWS if name in held)
    if closing_sums(np.nan_to_num(np.array(numbers).T), nameless, sure=not own):
        fates.skip(fates.open & ~rep.filled, "adds_up_rows", counted[0])


def _skip_sums(parts: list[_Cells], rep: Column | None, fates: Fates) -> None:
    """A row that adds up the rows beside it is a team over its reps; it counts nothing twice."""
    at = np.flatnonzero(fates.open)
    sums = np.zeros(fates.table.height, dtype=bool)
    sums[at] = adding_up(np.nan_to_num(np.array([part.number[at] for part in parts]).T))
    fates.skip(sums, "adds_up_rows", rep)


def _without_sums(parts: list[_Cells], rows: _Rows, fates: Fates) -> list[_Cells]:
    """Of several columns of one kind and moment, one that adds up the others counts nothing twice."""
    groups: dict[tuple[object, ...], list[_Cells]] = {}
    for part in parts:
        said = (part.heading.kind, part.heading.direction is None)
        groups.setdefault((*said, part.ts.tobytes()), []).append(part)
    sums = set()
    for members in (group for group in groups.values() if len(group) > 2):
        values = np.nan_to_num(np.array([part.number for part in members])[:, fates.open])
        for part, value in zip(members, values, strict=True):
            if value.any() and np.array_equal(value * 2, values.sum(axis=0)):
                fates.note("adds_up_others", part.column.header)
                sums.add(part.column.index)
    for members in groups.values():
        alike = [part for part in members if part.column.index not in sums and not part.heading.rest]
        _note_together(alike, fates)
    return [part for part in parts if part.column.index not in sums]


def _note_together(members: list[_Cells], fates: Fates) -> None:
    """Two columns of one kind of which one is never more than the other may be a whole and its part."""
    if (
        len(members) != 2
        or not members[0].heading.kind
        or members[0].heading.direction != members[1].heading.direction
    ):
        return
    one, two = (np.nan_to_num(part.number[fates.open]) for part in members)
    both = np.count_nonzero((one > 0) & (two > 0))
    for part, whole, never_more in ((*members, (one <= two).all()), (*members[::-1], (two <= one).all())):
        if both > 1 and never_more:
            fates.note("counted_together", part.column.header, whole.column.header)
            return


def _events(
    table: Table,
    held: dict[str, Column],
    parts: list[_Cells],
    rows: _Rows,
    context: Context,
    fates: Fates,
    emptied: np.ndarray | None = None,
) -> Events:
    """The events of all columns of counts; an amount belongs to the sales won, which a tracker that
    does not count those gets a column of, or to the row whose type it stands beside. Where reps stand
    across, it is nobody's."""
    shared = cells.extras({name: held[name] for name in (c.TEAM, c.ACCOUNT) if name in held}, context)
    money = cells.money(held, context, fates)
    kinds = [part.heading.kind for part in parts]
    if money and rows.reps is None:
        money = {}
        if all(kinds):
            fates.note("nobodys_amount", held["amount"].header)
    if money and all(kinds) and "won" not in kinds:
        nothing = np.where(held["amount"].filled, 0.0, np.nan)
        parts = [*parts, _Cells(held["amount"], Heading("won"), parts[0].ts, nothing)]
    found = []
    for part in parts:
        own = part.heading.kind == "won" or (part.heading.kind is None and len(parts) == 1)
        amounts = money if own else {}
        events = _of_column(table, {**shared, **amounts}, part, rows)
        told = fates.open if emptied is None else fates.open | emptied
        # A cell that says nothing at no known time has nothing to take back either.
        found.append(events.take(np.flatnonzero(told & ~np.isnat(part.ts))))
    return stack(found)


def _of_column(table: Table, shared: dict[str, pa.Array], part: _Cells, rows: _Rows) -> Events:
    nothing = np.isnan(part.number) | (part.number == 0)
    if c.AMOUNT in shared:
        nothing &= np.asarray(shared[c.AMOUNT].fill_null(0.0)) == 0
    columns = {
        **shared,
        c.REP: rows.rep(part.heading),
        c.TS: pa.array(part.ts, pa.timestamp("us")),
        c.KIND: rows.kind(part.heading),
        c.COUNT: pa.array(np.nan_to_num(part.number).astype(np.int64)),
    }
    direction = rows.direction(part.heading)
    identity: tuple[str, ...] = _IDENTITY
    if direction is not None and direction.null_count < len(direction):
        columns[c.DIRECTION] = direction
        identity = (*identity, c.DIRECTION)
    if part.heading.outcome:
        columns[c.OUTCOME] = constant(part.heading.outcome, table.height)
        identity = (*identity, c.OUTCOME)
    return Events(columns, np.arange(table.height) + table.first_row, None, nothing, identity)
