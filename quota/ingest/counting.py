"""Which columns of a table are counts, and what each heading says of its cells.

A tracker's cell counts along four axes: rep, period, kind and direction. Each stands in a
column of its own, across the headings, or around the table. What stands across is told here:
a heading is taken apart, and one whose every word is understood names kinds and periods.
Where no column holds reps, words left over in all headings are the reps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from quota.columns import RESULTS
from quota.ingest import corner, dates, labels, numbers, vocabulary
from quota.ingest.headings import (
    ACTUAL,
    AXES,
    BOOKED,
    FORECAST,
    NOT_WORK,
    PART,
    RUNNING,
    SUM,
    TARGET,
    Heading,
    taken_apart,
)
from quota.ingest.likeness import filled, heading_score, looks_like_numbers
from quota.ingest.tables import Column, Table
from quota.ingest.tallies import answered, looks_counted
from quota.ingest.things import serials

# Kinds whose headings may as well stand over their worth: `Sales`, `Tilbud`.
_WORTH = (*RESULTS, "proposal")
# Nobody closes so many in one period.
_MOST_DEALS = 1000
# Fields of columns that say when.
_TIMES = ("date", "period", "weekday", "year")
_NAME = re.compile(r"[^\W\d][^\d|;:=<>%#]*")
# Fields of other tables whose words are people's initials here: `AB`, `TO`; and Per is a name.
_PREPOSITIONS = ("from", "to", "to_person", "threshold", "alternative", "every")
_INITIALS = 3
# Axes that all headings may share besides the reps, the most telling first.
_SHARED = (AXES, ("kind",), ("period",), ())
# Words of these groups are nobody's name.
_NO_NAMES = ("kinds", "roles")
# What stands beside reps and is none: `Best`, `Last year`, `Holidays`.
_NOBODY = (("statistics", "rep"), ("leave", "any"))
# What counts only where nothing says what was done in full, and why not where something does.
_STAND_INS = ((RUNNING, "part_of_other"), (BOOKED, "only_booked"), (PART, "part_of_other"))
_ASIDE = {NOT_WORK: "not_work", FORECAST: "forecast"}
# `09:00`, `9.00-10.00`, `kl. 9`, `9 AM`.
_CLOCK = r"(?:[01]?\d|2[0-4])(?:[:.][0-5]\d(?:[:.]00)?\s*(?:[ap]\.?m\.?)?|\s*[ap]\.?m\.?)"
_HOUR = re.compile(rf"(?:(?:kl\.?|klo)\s*)?{_CLOCK}(?:\s*[-–]\s*{_CLOCK})?|(?:kl\.?|klo)\s*\d\d?", re.I)
_BESIDE_DATE = re.compile(r"^[^\w(]+|[^\w).]+$")


@dataclass(frozen=True)
class Counting:
    """Column index → what its heading says: `counts` of work done and `targets` for it; `aside`
    says of the others why not. Where `dated`, the cells are not counts but the days of one each."""

    counts: Mapping[int, Heading] = field(default_factory=dict)
    targets: Mapping[int, Heading] = field(default_factory=dict)
    aside: Mapping[int, str] = field(default_factory=dict)
    dated: bool = False

    @property
    def across(self) -> set[str]:
        """The axes that stand across the headings: rep, kind, period."""
        held = self.counts.values()
        axes = {"rep": any(one.rest for one in held), "period": any(one.periods for one in held)}
        axes["kind"] = any(one.kind for one in held)
        return {axis for axis, there in axes.items() if there}

    @property
    def columns(self) -> frozenset[int]:
        """All columns that are spoken for."""
        return frozenset((*self.counts, *self.targets, *self.aside))


NO_COUNTS = Counting()


def counting(table: Table, settled: Mapping[str, str]) -> Counting:
    """The columns of counts under headings that name kinds or periods, and no reps."""
    headers = {column.index: column.header for column in _numeric(table, settled) if not _is_id(column)}
    headings = {**_apart(headers), **corner.numbered(table, headers)}
    chosen = _chosen(table, settled)
    by_index = {column.index: column for column in table.columns}
    understood = {
        index: one
        for index, one in headings.items()
        if (one.named or _only_target(one)) and not (one.kind in _WORTH and _is_money(by_index[index]))
    }
    results = _results(headers)
    understood = _without_queues(_without_results(understood, results), headers)
    if not _asks(table, understood.values()):
        understood = {index: one for index, one in understood.items() if not one.every or one.role == TARGET}
    understood = _told_often(_running(table, _all_told(understood, headers)), table)
    if not any(one.kind == "call" for one in understood.values()):
        understood |= _calls_by_result(results, headings, headers)
    hours = {index: Heading(name=header) for index, header in headers.items() if _HOUR.fullmatch(header)}
    if len(hours) > 2 and not any(one.role == ACTUAL for one in understood.values()):
        understood |= hours  # the day's count is theirs together
    found = _by_role({**understood, **chosen}, {one.index for one in table.columns if one.sample})
    found = _aimed(found, {index for index in found.targets if _is_money(by_index[index])})
    if any(one.kind == "call" for one in found.counts.values()):
        parts = results.keys() - found.counts.keys()
        found = replace(found, aside={**dict.fromkeys(parts, "part_of_other"), **found.aside})
    return found if found.counts else replace(_dated(table, settled), targets=found.targets)


def _without_queues(headings: dict[int, Heading], headers: Mapping[int, str]) -> dict[int, Heading]:
    """Beside calls handled and abandoned those offered were none of the rep's, nor proposals."""
    said, words = {vocabulary.fold(header): at for at, header in headers.items()}, vocabulary.words("queues")
    offered = {said.get(word) for word in words["offered"]} if said.keys() & set(words["beside"]) else set()
    return {index: one for index, one in headings.items() if index not in offered}


def _without_results(headings: dict[int, Heading], results: Mapping[int, str]) -> dict[int, Heading]:
    """Beside `No answer` and `Busy` those of `Voicemail` are no more than a part of the calls."""
    return {index: one for index, one in headings.items() if len(results) < 3 or index not in results}


def _results(headers: Mapping[int, str]) -> dict[int, str]:
    """Column index → how calls ended: the outcome, or "" for what was said."""
    said = set(vocabulary.words("results")["said"])
    found = {
        index: "" if vocabulary.fold(header) in said else vocabulary.meaning("outcomes", header)
        for index, header in headers.items()
    }
    return {index: outcome for index, outcome in found.items() if outcome is not None}


def _calls_by_result(
    results: Mapping[int, str], headings: Mapping[int, Heading], headers: Mapping[int, str]
) -> dict[int, Heading]:
    """Results of calls side by side, which together are the calls; {} where they may be those of something
    else, or other numbers beside them are not understood."""
    ends, words = {vocabulary.fold(headers[index]) for index in results}, vocabulary.words("results")
    ours = len(ends & set(words["of_calls"])) > 1 and not ends & set(words["others"])
    strange = [
        index
        for index, one in headings.items()
        if index not in results
        and (one.role == BOOKED or (one.rest and vocabulary.meaning("fields", headers[index]) is None))
    ]
    if strange or not ours:
        return {}
    return {index: Heading("call", name=headers[index], outcome=one) for index, one in results.items()}


def _aimed(found: Counting, money: set[int]) -> Counting:
    """Where targets only say `Target`, each is for the count before it, or all for the only kind that is
    counted; not those of `money` that stand elsewhere."""
    bare = {index: one for index, one in found.targets.items() if not one.kind}
    kinds = {one.kind: one for one in found.counts.values()}
    if {index - 1 for index in bare} == found.counts.keys():
        meant = {
            index: replace(of, role=one.role, every=one.every, periods=one.periods or of.periods)
            for index, one in bare.items()
            for of in [found.counts[index - 1]]
        }
    elif len(kinds) == 1:
        [of] = kinds.values()
        near = {index: one for index, one in bare.items() if index not in money or index - 1 in found.counts}
        meant = {index: replace(one, kind=of.kind, name=of.name) for index, one in near.items()}
    else:
        return found
    return replace(found, targets={**found.targets, **meant})


def _all_told(headings: dict[int, Heading], headers: Mapping[int, str]) -> dict[int, Heading]:
    """`Calls in total` is how many there were where no other column counts that kind."""
    totals = vocabulary.words("total")["start"]
    counted = {one.kind for one in headings.values() if one.role in (ACTUAL, RUNNING)}

    def is_whole(index: int, one: Heading) -> bool:
        said = f" {vocabulary.fold(headers[index])} "
        sole = one.role == SUM and one.kind is not None and one.kind not in counted and not one.periods
        return sole and any(f" {word} " in said for word in totals)

    return {
        index: replace(one, role=ACTUAL) if is_whole(index, one) else one for index, one in headings.items()
    }


def _running(table: Table, headings: dict[int, Heading]) -> dict[int, Heading]:
    """Beside days `Calls this week` may add up those before: it is a sum."""
    dated = any(vocabulary.meaning("fields", column.header) == "date" for column in table.columns)
    return {
        index: replace(one, role=SUM) if dated and one.role == RUNNING else one
        for index, one in headings.items()
    }


def _told_often(headings: dict[int, Heading], table: Table) -> dict[int, Heading]:
    """Without a single column of yes and no, one about results, or any in a list of what was created:
    those are facts about a customer."""
    said = {one.index for one in table.columns if one.index in headings and answered(filled(one.sample))}
    listed = any(vocabulary.meaning("fields", column.header) == "created_date" for column in table.columns)
    facts = {index for index in said if listed or len(said) < 2 or headings[index].kind in RESULTS}
    return {index: one for index, one in headings.items() if index not in facts}


def _asks(table: Table, headings: Iterable[Heading]) -> bool:
    """Whether a table only says how often in what time: `Calls per week` beside days is an average."""
    timed = any(vocabulary.meaning("fields", column.header) in _TIMES for column in table.columns)
    return not timed and all(one.every for one in headings)


def _is_money(column: Column) -> bool:
    """Whether numbers are too great, or too fine, for a number of deals or offers."""
    number = numbers.read(pa.array(filled(column.sample), pa.string()), decimal_comma=False).value
    known = number[~np.isnan(number)]
    return bool(len(known)) and bool((known % 1 != 0).any() or np.median(known) >= _MOST_DEALS)


def _apart(headers: Mapping[int, str]) -> dict[int, Heading]:
    """Headings taken apart together. One weekday alone is no axis: `Appointments sat` beside
    `Appointments set` says what was held."""
    headings = {index: taken_apart(header) for index, header in headers.items()}
    days = {index: one for index, one in headings.items() if _weekdays(one)}
    if len({day for one in days.values() for day in _weekdays(one)}) != 1:
        return headings
    alone = {index: taken_apart(headers[index], ("kind",)) for index, one in days.items() if one.kind}
    return {**headings, **alone}


def _weekdays(heading: Heading) -> set[str]:
    return {text for text in heading.periods if label_unit(text) == "weekday"}


def counting_by_rep(table: Table, settled: Mapping[str, str]) -> Counting:
    """The columns of counts under headings that name reps, with or without kinds or periods."""
    columns = [
        column
        for column in _numeric(table, settled)
        if _may_be_rep(column) and not answered(filled(column.sample))
    ]
    if any((whole := taken_apart(column.header)).named and whole.role == ACTUAL for column in columns):
        return NO_COUNTS
    for axes in _SHARED:
        headings = {column.index: taken_apart(column.header, axes) for column in columns}
        named = {index: one for index, one in headings.items() if one.rest}
        sums = {index for index, one in headings.items() if not one.rest and one.role != ACTUAL}
        if len(named) + len(sums) < len(headings) or not _all_say(named.values(), axes):
            continue
        if _are_names(named.values()) and (axes or len(named) > 1):
            chosen = {
                index: replace(one, rest=headings[index].rest if index in headings else "")
                for index, one in _chosen(table, settled).items()
            }
            return _of_reps(_by_role(headings | chosen, set(headings)))
    return NO_COUNTS


def _of_reps(found: Counting) -> Counting:
    """Without what was booked or is a part of something, and not said of a rep."""
    nobodys = {index: "adds_up_others" for index, one in found.counts.items() if not one.rest}
    counts = {index: one for index, one in found.counts.items() if index not in nobodys}
    return replace(found, counts=counts, aside={**found.aside, **nobodys})


def _numeric(table: Table, settled: Mapping[str, str]) -> list[Column]:
    """The columns that may hold counts: those of numbers, and empty ones."""
    numbered = serials(table)
    return [
        column
        for column in table.columns
        if column.header not in settled
        and column.index not in numbered
        and (not (sample := filled(column.sample)) or looks_counted(sample) >= 0.5)
        and not _is_remark(column)
    ]


def _is_remark(column: Column) -> bool:
    """Whether a column is one of notes in which somebody only put a mark: no count of notes."""
    if vocabulary.meaning("fields", column.header) != "topic":
        return False
    return bool(sample := filled(column.sample)) and looks_like_numbers(sample) < 0.5


def _chosen(table: Table, settled: Mapping[str, str]) -> dict[int, Heading]:
    """What a person said: these columns count that kind."""
    said = {column.index: settled.get(column.header, "").partition(":") for column in table.columns}
    headers = {column.index: column.header for column in table.columns}
    return {
        index: replace(taken_apart(headers[index], ("period",)), kind=kind, rest="", role=ACTUAL)
        for index, (word, _, kind) in said.items()
        if word == "count" and kind
    }


def _is_id(column: Column) -> bool:
    return vocabulary.meaning("fields", column.header) == "id"


def _only_target(heading: Heading) -> bool:
    return heading.role == TARGET and not heading.rest


def _may_be_rep(column: Column) -> bool:
    if any(vocabulary.only_says(column.header, vocabulary.words(group)[name]) for group, name in _NOBODY):
        return False
    known = vocabulary.meaning("fields", column.header)
    if known in _PREPOSITIONS and len(column.header) <= _INITIALS:
        known = None
    lasts = heading_score(column.header, "duration")[0] > 0.5
    return known is None and not lasts and not column.header.startswith("#") and bool(filled(column.sample))


def _all_say(headings: Iterable[Heading], axes: tuple[str, ...]) -> bool:
    said = [{"kind": bool(one.kind), "period": bool(one.periods)} for one in headings]
    return all(one[axis] for one in said for axis in axes)


def _are_names(headings: Iterable[Heading]) -> bool:
    """Whether all words left over may be reps': letters, in capitals where there are several."""
    names = {heading.rest for heading in headings}
    return bool(names) and all(
        _NAME.fullmatch(name)
        and len(words := name.split()) <= 4
        and (words[0][:1].isupper() or len(words) == 1)
        and (words[-1][:1].isupper() or len(words) == 1)
        and not vocabulary.ends_total(name)
        and not vocabulary.starts_total(name)
        and not any(vocabulary.meaning(group, name) for group in _NO_NAMES)
        for name in names
    )


def _by_role(headings: Mapping[int, Heading], filled_columns: set[int]) -> Counting:
    """Headings told apart: counts, targets, and those that add up others or only say what was booked."""
    by_role: dict[str, dict[int, Heading]] = {}
    for index, one in headings.items():
        if index in filled_columns or one.periods:
            by_role.setdefault(one.role, {})[index] = one
    counts, targets = by_role.pop(ACTUAL, {}), by_role.pop(TARGET, {})
    stand_ins = [(reason, by_role.pop(role, {})) for role, reason in _STAND_INS]
    aside = {index: _ASIDE.get(role, "adds_up_others") for role, ones in by_role.items() for index in ones}
    for reason, ones in stand_ins:
        held = {_besides_role(one) for one in counts.values()}
        aside |= {index: reason for index, one in ones.items() if _besides_role(one) in held}
        counts = {**counts, **{index: one for index, one in ones.items() if index not in aside}}
    counts, sums = _without_sums(counts)
    counts, nested = _without_nested(counts)
    aside |= nested
    targets, coarse = _without_sums(targets)
    aside |= dict.fromkeys(sums, "adds_up_others") | dict.fromkeys(coarse, "a_target")
    return Counting(dict(sorted(counts.items())), targets, aside)


def _without_nested(headings: dict[int, Heading]) -> tuple[dict[int, Heading], dict[int, str]]:
    """Of headings that come to the same kind those whose names are disjoint; and why not the others.

    `Cold calls` and `Follow-up calls` stand side by side; `Calls` holds them both. A kind in both
    directions needs no column for the two together.
    """
    aside: dict[int, str] = {}
    for index, one in headings.items():
        others = {at: two for at, two in headings.items() if _besides_role(two) == _besides_role(one)}
        both_ways = {"in", "out"} <= {two.direction for two in others.values()}
        if both_ways and one.direction is None:
            aside[index] = "adds_up_others"
        elif not both_ways and any(holds(at, two, index, one) for at, two in others.items()):
            aside[index] = "part_of_other"
    return {index: one for index, one in headings.items() if index not in aside}, aside


def holds(at: int, whole: Heading, index: int, part: Heading) -> bool:
    """Whether every word of `whole`'s name stands in `part`'s; of equal names the first holds the other."""
    if at == index or whole.direction not in (None, part.direction) or not whole.kind:
        return False
    if whole.outcome or part.outcome:
        return False  # a call ends once
    wide, narrow = (vocabulary.fold(f"{one.name} {one.qualifier}").split() for one in (whole, part))
    if not all(any(_alike(word, other) for other in narrow) for word in wide):
        return False
    back = all(any(_alike(other, word) for other in wide) for word in narrow)
    return not (back and whole.direction == part.direction) or at < index


def _alike(word: str, other: str) -> bool:
    """Whether one of two words stands in the other: `call` in `calls`, `møder` in `kundemøder`."""
    short, long = sorted((word, other), key=len)
    return short == long or (len(short) > 3 and (long.startswith(short) or long.endswith(short)))


def _besides_role(heading: Heading) -> tuple[object, ...]:
    return heading.kind, heading.periods, heading.rest


def _without_sums(headings: dict[int, Heading]) -> tuple[dict[int, Heading], list[int]]:
    """Of weeks, months and quarters side by side only the finest: the others, and a kind without
    any period, add them up. One period alone beside kinds is no axis."""
    units = {index: unit(one) for index, one in headings.items() if one.periods}
    if len(units) < 2 and not any(headings[index].kind or _surely(headings[index]) for index in units):
        return {index: one for index, one in headings.items() if index not in units}, []
    finest = min(units.values(), key=labels.UNITS.index, default=None)
    kept = {index: one for index, one in headings.items() if finest is None or units.get(index) == finest}
    return kept, [index for index in headings if index not in kept]


def _surely(heading: Heading) -> bool:
    """Whether a heading is a period even when it stands alone: a week or quarter, or with its year."""
    found = [labels.period_label(text) for text in heading.periods]
    return any(one and (one.year or one.unit in ("week", "week_of", "quarter")) for one in found)


def unit(heading: Heading) -> str:
    """The unit of the finest period that a heading names."""
    return min((label_unit(text) for text in heading.periods), key=labels.UNITS.index)


def label_unit(text: str) -> str:
    """The unit of a period as text; a date is a day."""
    named = labels.period_label(text) or labels.day_label(text)
    return named.unit if named else "day"


def _dated(table: Table, settled: Mapping[str, str]) -> Counting:
    """Columns under kinds whose cells are days: when each was done."""
    headings = {
        column.index: heading
        for column in table.columns
        if settled.get(column.header) in (None, "date")
        and (heading := taken_apart(column.header)).kind
        and all(vocabulary.meaning("ordinals", word) for word in heading.rest.split())
        and not heading.periods
        and heading.role == ACTUAL
        and dates.looks_like_dates(tuple(map(beside_date, _said(column)))) > 0.5
    }
    return Counting(headings, dated=True) if len(headings) > 1 else NO_COUNTS


def _said(column: Column) -> tuple[str, ...]:
    """The cells that do not only say that nothing was done."""
    return tuple(text for text in filled(column.sample) if not is_denied(text))


def is_denied(text: str) -> bool:
    """Whether a cell says no."""
    return vocabulary.meaning("yes_no", text) == "no"


def beside_date(text: str) -> str:
    """A cell's date without the picture before it."""
    return _BESIDE_DATE.sub("", text)
