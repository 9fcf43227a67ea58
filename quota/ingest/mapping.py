"""Columns → fields: one score per pair, and the assignment that is best as a whole.

A score joins what the heading says (a known word, part of one, or nearly one) with what
the values look like (dates, numbers, names, known types). The layout whose required
fields are met best wins; a person's choice always does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from quota import columns as c
from quota.columns import TOUCHES, WORK
from quota.ingest import about, corner, dates, seasons, things, vocabulary
from quota.ingest.counting import NO_COUNTS, Counting, counting, counting_by_rep
from quota.ingest.labels import Label
from quota.ingest.layouts import COUNTS, LAYOUTS, Layout
from quota.ingest.likeness import (
    filled,
    has_test,
    heading_score,
    likeness,
    looks_like_numbers,
    value_likeness,
    written_as_days,
)
from quota.ingest.records import Match
from quota.ingest.tables import AROUND, Column, Table

THRESHOLD = 0.45
_HARDLY_REPEATING = 0.9
# From here on a heading names a field, and its cells bear it out.
_NAMED = 0.6


@dataclass(frozen=True)
class Mapped:
    """A table's layout and which column holds which field.

    `counting`: the columns of a tracker's counts, and what their headings say. `seasons`: the
    columns of a quota sheet's targets, and the periods that head them.
    """

    layout: str
    columns: dict[str, Column]
    matches: tuple[Match, ...]
    score: float
    counting: Counting = NO_COUNTS
    seasons: Mapping[int, Label] = field(default_factory=dict)


def map_table(table: Table, chosen: Mapping[str, str], layout: str | None = None) -> Mapped:
    """The best reading of a table's headings; `chosen` is heading → field, "" to ignore."""
    settled = {heading: _without_order(name) for heading, name in chosen.items()}
    if layout is None and not settled and _lacks_headings(table):
        return Mapped("unknown", {}, _matches(table, {}, {}, settled), 0.0)
    options = [_fit(table, option, settled) for option in LAYOUTS]
    seasonal = _fit_seasons(table, settled)
    counts = _fit_counts(table, settled) if seasonal is None else None
    options += [option for option in (seasonal, counts) if option is not None]
    if layout is None:
        options = _plausible(table, options)
    else:
        options = [option for option in options if option.layout == layout] or options
    best = max(options, key=lambda option: option.score)
    if best.score <= 0:
        return Mapped("unknown", {}, _matches(table, {}, {}, settled), 0.0)
    return best


def _lacks_headings(table: Table) -> bool:
    """Whether what stands for headings is the first row of data: a day over days."""
    dated = dates.any_date(tuple(column.header for column in table.columns))
    return any(
        dates.looks_like_dates(filled(column.sample)) > 0.5
        for column, is_date in zip(table.columns, dated, strict=True)
        if is_date
    )


def _plausible(table: Table, options: list[Mapped]) -> list[Mapped]:
    """The readings that the table as a whole does not contradict.

    A list that speaks of leave is about absences; a list of customers with their owners, without
    anything done, is about nothing that counts.
    """
    if any(option.layout == "absences" and option.score for option in options) and _speaks_of_leave(table):
        return [option for option in options if option.layout == "absences"]
    headings = {vocabulary.fold(column.header) for column in table.columns}
    parts = vocabulary.words("name_parts")
    if headings & set(parts["first_name"]) and headings & set(parts["last_name"]):
        # Beside the two parts of a name a title is what the person is.
        of_people = vocabulary.words("bare_names")["title"]
        options = [
            option
            for option in options
            if {"kind", "amount", "outcome"} & option.columns.keys()
            or vocabulary.fold(getattr(option.columns.get("subject"), "header", "title")) not in of_people
        ]
    if headings & set(vocabulary.words("requests")["any"]):
        # What a customer asks for is not what somebody did.
        options = [option for option in options if option.layout != "activities" or "kind" in option.columns]
    if any(option.layout == "activities" and _is_log(option) for option in options):
        # The state of an opportunity beside calls and meetings makes no list of deals.
        own = {"stage", "is_won", "close_date", "lost_date", "expected_close_date", "amount", "deal_id"}
        options = [option for option in options if option.layout != "deals" or own & option.columns.keys()]
    return options or [Mapped("unknown", {}, _matches(table, {}, {}, {}), 0.0)]


def _is_log(activities: Mapped) -> bool:
    """Whether every type in a table is one of work that is done: calls, meetings."""
    if activities.score <= 0 or "kind" not in activities.columns:
        return False
    kinds = {vocabulary.meaning("kinds", text) for text in filled(activities.columns["kind"].sample)}
    return bool(kinds) and kinds <= {*TOUCHES, *WORK}


def _speaks_of_leave(table: Table) -> bool:
    leave, reasons = set(vocabulary.words("leave")["any"]), vocabulary.words("fields")["reason"]
    if any(vocabulary.fold(column.header) in reasons for column in table.columns):
        return True
    said = [[vocabulary.fold(text) in leave for text in column.sample] for column in table.columns]
    return any(2 * sum(column) > len(column) for column in said)


def _without_order(name: str) -> str:
    """`date:dmy` → date; the order matters only to whoever reads the dates."""
    return name if name.startswith("count:") else name.partition(":")[0]


def _fit(
    table: Table, layout: Layout, settled: Mapping[str, str], skip: frozenset[int] = frozenset()
) -> Mapped:
    columns = [column for column in table.columns if column.index not in skip]
    items = _items(columns) if layout.name in _OF_ITEMS else {}
    numbered = things.serials(table) if layout.name == "activities" else {}
    told = {**items, **_own_ids(columns, numbered), **settled}
    scores = _yielding(
        np.array([[likeness(column, name, told) for name in layout.fields] for column in columns]),
        columns,
        layout,
    )
    if scores.size and layout.name == "activities":
        scores = np.where(_of_others(columns, layout, told), 0.0, scores)
    scores = _without_things(scores, columns, layout, table, settled)
    assigned: dict[str, Column] = {}
    certainty: dict[int, float] = {}
    if scores.size:
        for at, name in zip(*linear_sum_assignment(-scores), strict=True):
            if scores[at, name] >= THRESHOLD:
                assigned[layout.fields[name]] = columns[at]
                certainty[columns[at].index] = float(min(scores[at, name], 1.0))
    if layout.name == "activities" and "rep" in assigned and _is_other_party(table, assigned["rep"]):
        return _fit(table, layout, settled, skip | {assigned["rep"].index})
    if layout.name == "activities":
        _set_days(columns, assigned, certainty, settled)
    # What an item is called does not say that anything was done.
    saying = assigned.keys() - ({"subject"} if "subject" in items.values() else set())
    if "status" in saying and "date" in saying and vocabulary.kind_of_table(assigned["date"].header):
        saying |= {"kind"}  # a `Meeting date` says what was done
    if numbered:
        saying |= {"kind"}  # so does a `Meeting #`
    met = all(any(name in saying for name in group) for group in layout.needs)
    telling = sum(certainty[assigned[name].index] for name in layout.tells if name in assigned)
    total = sum(certainty.values())
    if met and layout.name in _OWN:
        met = _OWN[layout.name](table, assigned)
    score = (total + 0.5 * telling) / max(len(columns), 1) ** 0.5 if met else 0.0
    matches = _matches(table, assigned, certainty, settled)
    return Mapped(layout.name, assigned, matches, score)


def _yielding(scores: np.ndarray, columns: list[Column], layout: Layout) -> np.ndarray:
    """Scores without those that only cells speak for where a heading names the field, without a form's
    own columns where a question or a known heading asks for it, and without who entered a row where
    another column says who did it."""
    if not scores.size:
        return scores
    asked = np.array([_asks(one) for one in columns])[:, None]
    automatic = vocabulary.words("automatic")["heading"]
    own = np.array([vocabulary.fold(one.header) in automatic for one in columns])[:, None]
    scores = np.where(own & (asked & ~own & (scores >= THRESHOLD)).any(axis=0), 0.0, scores)
    if c.REP in layout.fields:
        scores[:, layout.fields.index(c.REP)] *= ~_only_entered(
            scores[:, layout.fields.index(c.REP)], columns
        )
    silent = np.array([[not heading_score(one.header, name)[0] for name in layout.fields] for one in columns])
    return np.where(silent & (scores.max(axis=0) > _NAMED) & (scores < _NAMED), 0.0, scores)


def _asks(column: Column) -> bool:
    """Whether a heading is a question, or asks in a word for the day of the work."""
    return column.header.rstrip().endswith("?") or vocabulary.meaning("fields", column.header) == "date"


def _only_entered(scores: np.ndarray, columns: list[Column]) -> np.ndarray:
    """The columns of who entered a row, where another one says, or may say, who did it; whose the
    customer is says nothing of that."""
    entered = np.array([_says_entered(one.header) for one in columns])
    may_be = vocabulary.words("may_be_rep")["any"]
    others = [
        not is_entered
        and value_likeness(one, c.REP) > 0.5
        and (vocabulary.fold(one.header) in may_be or (score >= THRESHOLD and not _owns_customer(one.header)))
        for one, score, is_entered in zip(columns, scores, entered, strict=True)
    ]
    return entered & any(others)


def _says_entered(header: str) -> bool:
    folded = f" {vocabulary.fold(header)} "
    return any(f" {words} " in folded for words in vocabulary.words("entered")["by"])


def _owns_customer(header: str) -> bool:
    """Whether a heading names a customer's or a deal's owner, or is a bare `Name`."""
    *thing, last = vocabulary.fold(header).split() or [""]
    owned = last in vocabulary.words("owners")["any"] and any(
        vocabulary.meaning("fields", " ".join(thing)) == name for name in about.CUSTOMERS
    )
    return owned or vocabulary.fold(header) in vocabulary.words("bare_names")["name"]


def _set_days(
    columns: list[Column],
    assigned: dict[str, Column],
    certainty: dict[int, float],
    settled: Mapping[str, str],
) -> None:
    """Beside a plain `Date` that on which the work was done or really began is the day, where it is
    filled; the plain one stands in for it."""
    words = vocabulary.words("plain_day")
    used = {column.index for name, column in assigned.items() if name != "date"}
    days = {
        vocabulary.fold(column.header): column
        for column in columns
        if column.index not in used and column.header not in settled and value_likeness(column, "date") > 0.5
    }
    plain = next((days[word] for word in words["heading"] if word in days), None)
    known = words["really"] if "status" in assigned else (*words["really"], *words["done"])
    day = next((days[word] for word in known if word in days), None)
    if plain is None or day is None or "due_date" in assigned or "date" not in assigned:
        return
    assigned["date"], assigned["due_date"] = day, plain
    sure = certainty[next(one.index for one in (day, plain) if one.index in certainty)]
    certainty.update({day.index: sure, plain.index: sure})


def _of_others(columns: list[Column], layout: Layout, settled: Mapping[str, str]) -> np.ndarray:
    """Which columns are not which field of the row's own work, by their headings: `Order status` is no
    state of it, `Reminder date` no day of it, and `Who` beside a `Logged by` not who did it."""
    who = vocabulary.words("asked_who")["heading"]
    logged = any(
        vocabulary.fold(one.header) in vocabulary.words("asked_who")["beside"]
        and value_likeness(one, "rep") > 0.5
        for one in columns
    )

    def is_other(column: Column, name: str) -> bool:
        if column.header in settled:
            return False
        if name in about.DAYS:
            return about.of_another_day(column.header)
        if name == "rep":
            return logged and vocabulary.fold(column.header) in who
        return name in (*about.STATES, *about.CUSTOMERS) and about.of_another(column.header)

    return np.array([[is_other(column, name) for name in layout.fields] for column in columns])


def _own_ids(columns: list[Column], numbered: Mapping[int, str]) -> dict[str, str]:
    """The one column of serial numbers that go on from file to file, as heading → id; {} beside other ids."""
    if any(heading_score(column.header, "id")[0] > _NAMED for column in columns):
        return {}
    found = [column for column in columns if column.index in numbered and "1" not in column.sample]
    return {found[0].header: "id"} if len(found) == 1 else {}


def _without_things(
    scores: np.ndarray, columns: list[Column], layout: Layout, table: Table, settled: Mapping[str, str]
) -> np.ndarray:
    """Scores without quantities that are the numbers of things, amounts that add up other rows, and teams
    and customers under a heading of counts: `Client calls`."""
    if not scores.size:
        return scores
    none = things.no_quantities(table, settled) if "count" in layout.fields else frozenset()
    sums = {one.index for one in columns if things.is_accumulated(one.header) and one.header not in settled}
    counts = {one.index for one in columns if one.header not in settled and _counts_kind(one)}
    denied = np.array(
        [
            [(name == "count" and one.index in none) or (name == "amount" and one.index in sums)
             or (name in (c.TEAM, c.ACCOUNT) and one.index in counts)
             for name in layout.fields]
            for one in columns
        ]
    )  # fmt: skip
    return np.where(denied, 0.0, scores)


def _counts_kind(column: Column) -> bool:
    """Whether numbers stand under a heading that names a kind among other words."""
    named = vocabulary.meaning_within("kinds", column.header) is not None
    return named and looks_like_numbers(filled(column.sample)) > 0.5


def _is_other_party(table: Table, rep: Column) -> bool:
    """A bare `Name` beside a `Phone Number` is who was called."""
    headings = {vocabulary.fold(column.header) for column in table.columns}
    return vocabulary.fold(rep.header) in vocabulary.words("vague")["alone"] and "phone number" in headings


def _items(columns: list[Column]) -> dict[str, str]:
    """A bare `Name` whose texts hardly repeat is the item's, where people who do stand beside it:
    heading → field of both, {} where that is not so."""
    words = vocabulary.words("bare_names")
    bare = [column for column in columns if vocabulary.fold(column.header) in words["name"]]
    people = [
        column
        for column in columns
        if (vocabulary.fold(column.header) in words["people"] or heading_score(column.header, "rep")[0] > 0.6)
        and column not in bare
        and column.index != AROUND
        and value_likeness(column, "rep") > 0.5
        and value_likeness(column, "email") < 0.5
        and _repeating(column)
    ]
    if (
        len(bare) != 1
        or len(people) != 1
        or len(bare[0].values) < _HARDLY_REPEATING * int(bare[0].filled.sum())
    ):
        return {}
    return {bare[0].header: "subject", people[0].header: "rep"}


def _repeating(column: Column) -> bool:
    return len(column.values) < int(column.filled.sum())


def _is_leave(table: Table, assigned: Mapping[str, Column]) -> bool:
    """Days away say why or for how much of a day, or nothing else stands in the table."""
    own = assigned.keys() - {"days", "days_unit"}
    return bool({"reason", "share"} & own) or len(table.columns) == len(own)


def _is_pipeline(table: Table, assigned: Mapping[str, Column]) -> bool:
    """Deals have a stage, a closing day or a name of their own; a person, a day and an amount may be
    any expense."""
    own = {"stage", "is_won", "close_date", "lost_date", "expected_close_date", "deal", "deal_id"}
    if own & assigned.keys():
        return True
    if any(_names_work(column.header) for name, column in assigned.items() if name in about.DAYS):
        return False  # an order taken on a visit
    if "status" in assigned and any(
        vocabulary.stage(text) in ("won", "lost") for text in assigned["status"].sample
    ):
        return True
    words = set(vocabulary.words("deal_words")["any"])
    return any(words & set(vocabulary.fold(column.header).split()) for column in table.columns)


def _names_work(header: str) -> bool:
    """Whether a heading of days names a touch or a meeting: `Visit date`."""
    return vocabulary.meaning_within("kinds", header) in {*TOUCHES, "meeting", "demo"} - {"other"}


def _is_roster(table: Table, assigned: Mapping[str, Column]) -> bool:
    """One row per person (or per change, where a column dates it), and nothing about customers: a list
    of contacts has owners too."""
    rep = assigned["rep"]
    if assigned.keys() <= {"rep", "start", "end"}:
        # Alone these are who began on what day; with anything else a start may be any event's.
        return len(table.columns) == 2 and not _repeating(rep) and written_as_days(assigned["start"])
    about_customers = any(
        vocabulary.fold(column.header) in vocabulary.words("fields")["account"] for column in table.columns
    )
    used = {column.index for column in assigned.values()}
    counted = [
        column
        for column in table.columns
        if column.index not in used and column.sample and looks_like_numbers(filled(column.sample)) > 0.5
    ]
    if len(counted) > 1:
        return False  # a report of numbers per person
    each_once = "from" in assigned or len(rep.values) >= 0.7 * int(rep.filled.sum())
    return not about_customers and each_once


_OWN = {"people": _is_roster, "absences": _is_leave, "deals": _is_pipeline}
# Layouts whose rows are things with a title.
_OF_ITEMS = ("activities", "deals")


def _fit_counts(table: Table, settled: Mapping[str, str]) -> Mapped | None:
    """A tracker: a rep and another axis in the table, and numbers where they meet.

    What else a count needs to know (its kind, its period) may stand around the table.
    """
    found = counting(table, settled)
    totals = {column.index for column in table.columns if vocabulary.meaning("roles", column.header) == "sum"}
    money = {column.index for column in table.columns if things.is_accumulated_money(column.header)}
    fitted = _fit(table, COUNTS, settled, found.columns | totals)
    if not found.counts and (value := _value(table)):
        fitted = _fit(table, COUNTS, {value.header: "count", **settled}, frozenset(totals))
    if "rep" not in fitted.columns and found.counts and (mail := _mail(table)) is not None:
        fitted = _fit(table, COUNTS, {mail.header: "rep", **settled}, found.columns | totals)
    if "rep" not in fitted.columns and (by_rep := counting_by_rep(table, settled)).counts:
        found, fitted = by_rep, _fit(table, _REPS_ACROSS, settled, by_rep.columns)
    if found.counts:
        fitted = _with_corner(table, fitted)
        fitted.columns.pop("count", None)
    elif "count" not in fitted.columns:
        return None
    found = replace(found, aside={**dict.fromkeys(money, "adds_up_others"), **found.aside})
    if _numbers_something(table, fitted, found):
        return None
    axes = {"rep", "kind", "period", "date", "weekday"} & fitted.columns.keys() | found.across
    alone = len(found.counts) == 1 and "kind" in found.across
    if fitted.score <= 0 or "rep" not in axes or axes == {"rep"} or (axes == {"rep", "kind"} and alone):
        return None
    layout = "activities" if found.dated else "counts"
    matches = tuple(_with_role(match, found) for match in fitted.matches)
    bonus = (2.0 * len(found.counts) + 0.5) / max(len(table.columns), 1) ** 0.5
    return replace(fitted, layout=layout, matches=matches, counting=found, score=fitted.score + bonus)


def _numbers_something(table: Table, fitted: Mapped, found: Counting) -> bool:
    """Whether the one column of counts stands in a log whose rows say themselves what was done: a call
    beside `Phone`, a meeting beside `Offer`. These are whom, or which one, the row is about."""
    if len(found.counts) != 1 or not {"date", "kind"} <= fitted.columns.keys():
        return False
    ((index, heading),) = found.counts.items()
    if heading.kind is None or value_likeness(fitted.columns["date"], "date") < _NAMED:
        return False
    header = next(column.header for column in table.columns if column.index == index)
    if vocabulary.fold(header) in vocabulary.words("reached")["heading"]:
        return True
    kinds = {vocabulary.meaning("kinds", text) for text in filled(fitted.columns["kind"].sample)}
    return None not in kinds and kinds != {heading.kind}


def _fit_seasons(table: Table, settled: Mapping[str, str]) -> Mapped | None:
    """A quota sheet with a target under each of several periods."""
    named = seasons.across(table, settled)
    fitted = _fit(table, _SEASONAL, settled, frozenset(named)) if named else None
    if fitted is None or fitted.score <= 0 or not seasons.is_quota_sheet(table, fitted.columns):
        return None
    matches = tuple(
        replace(match, field="target", score=1.0, reason_code="names_period", reason_details={})
        if match.index in named
        else match
        for match in fitted.matches
    )
    bonus = 2.0 * len(named) / len(table.columns) ** 0.5
    return replace(fitted, matches=matches, seasons=named, score=fitted.score + bonus)


_QUOTAS = next(layout for layout in LAYOUTS if layout.name == "quotas")
_SEASONAL = replace(
    _QUOTAS,
    fields=tuple(name for name in _QUOTAS.fields if name not in ("target", "from", "to")),
    needs=(("quota", "who"), ("quota", "kind")),
)


def _mail(table: Table) -> Column | None:
    """The one column of addresses: whose numbers they are, as forms collect them."""
    mails = [column for column in table.columns if vocabulary.meaning("fields", column.header) == "email"]
    return mails[0] if len(mails) == 1 and value_likeness(mails[0], "email") > 0.5 else None


def _value(table: Table) -> Column | None:
    """The column of numbers called only `Value`, beside one that says of which metric."""
    words = vocabulary.words("values")
    named = {vocabulary.fold(column.header): column for column in table.columns}
    value = next((named[word] for word in words["number"] if word in named), None)
    return value if value and named.keys() & set(words["metric"]) else None


_REPS_ACROSS = replace(COUNTS, needs=())


def _with_corner(table: Table, fitted: Mapped) -> Mapped:
    """Names in the first column of a tracker are the reps', and periods those of its rows, even where its
    corner is no heading."""
    first = table.columns[0]
    said = next((name for name in ("kind", "period") if value_likeness(first, name) > 0.5), "rep")
    known = {"rep": ("rep",), "period": ("period", "date", "weekday")}.get(said, (said,))
    if not corner.is_no_field(table) or value_likeness(first, said) < 0.9 or fitted.columns.keys() & {*known}:
        return fitted
    if first in fitted.columns.values() or said == "kind":
        return fitted
    named = replace(
        fitted.matches[0], field=said, score=0.5, reason_code="values", reason_details={"share": 100}
    )
    columns = {**fitted.columns, said: first}
    return replace(
        fitted, columns=columns, matches=(named, *fitted.matches[1:]), score=max(fitted.score, 0.5)
    )


def _with_role(match: Match, found: Counting) -> Match:
    """What a column of counts was taken for, and why another one was left aside."""

    def taken(field: str | None, reason: str, **details: object) -> Match:
        score = 0.0 if field is None else 1.0
        return Match(match.header, match.index, field, score, reason, details, match.samples)

    if match.index in found.aside:
        return taken(None, found.aside[match.index])
    if match.index in found.targets:
        return taken(None, "a_target")
    if found.counts and match.field == "count":
        return taken(None, "adds_up_others")
    heading = found.counts.get(match.index)
    if heading is None:
        return match
    if found.dated:
        return taken("date", "dates_kind", kind=heading.kind)
    if heading.kind:
        return taken(f"count:{heading.kind}", "counts_kind", kind=heading.kind)
    return taken("rep", "names_rep") if heading.rest else taken("period", "names_period")


def _matches(
    table: Table, assigned: Mapping[str, Column], certainty: Mapping[int, float], settled: Mapping[str, str]
) -> tuple[Match, ...]:
    by_index = {column.index: name for name, column in assigned.items()}
    matches = []
    for column in table.columns:
        name = by_index.get(column.index)
        code, details = _reason(column, name, settled)
        samples = column.sample[:5]
        matches.append(
            Match(
                column.header,
                column.index,
                name,
                round(certainty.get(column.index, 0.0), 2),
                code,
                details,
                samples,
            )
        )
    return tuple(matches)


def _reason(column: Column, name: str | None, settled: Mapping[str, str]) -> tuple[str, dict[str, object]]:
    if column.header in settled:
        return ("you_said", {}) if settled[column.header] else ("you_ignored", {})
    if name is None:
        return "no_field", {}
    heading, spelling = heading_score(column.header, name)
    share = round(100 * value_likeness(column, name))
    known = spelling == vocabulary.fold(column.header)
    if heading > 0 and not has_test(name):
        return ("heading_alone", {}) if known else ("heading_alike", {"word": spelling})
    if known:
        return "heading_known", {"share": share}
    if heading > 0:
        return "heading_like", {"word": spelling, "share": share}
    return "values", {"share": share}
