"""An activity table → events: one row is one activity, done, planned or somebody else's.

Only work done is counted. Planned, cancelled and draft items, received mail, opens and
clicks are skipped with that reason; inbound calls are kept as inbound.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quota import columns as c
from quota.ingest import about, cells, doubts, states, things, vocabulary
from quota.ingest.cells import Context
from quota.ingest.fates import Fates
from quota.ingest.likeness import value_likeness
from quota.ingest.records import KIND_OPTIONS, Question
from quota.ingest.tables import Column, Table
from quota.ingest.tidy import Events
from quota.ingest.when import Dates

# Of more strange types the column is hardly one of types.
_MOST_ASKED = 40


def read(
    table: Table, held: dict[str, Column], context: Context, fates: Fates
) -> tuple[Events, list[Question]]:
    """Events of an activity table; `fates` learns what became of every row."""
    cells.mark_furniture(table, held["rep"], fates)
    when = Dates(held, context, fates)
    ts = when.first("date", "due_date", "created_date")
    kinds, questions = _kinds(table, held, context, fates)
    kinds = _without_inside(kinds, held.get("direction"))
    outcome = _outcomes(held, kinds)
    direction = _directions(held, kinds)
    doubts.words(
        held.get("direction"), lambda text: _direction(text) or _inside(text), "strange_direction", fates
    )
    _skip_not_done(held, kinds, fates)
    states.skip_flagged(held, fates)
    states.skip_unticked(held.get("status"), fates)
    states.skip_uncompleted(held, fates)
    _skip_received(kinds, direction, fates)
    _skip_sent_by_others(held, fates)
    _skip_not_held(kinds, held, fates)
    _skip_later(ts, held, context, fates)
    skipped = ~fates.open & (table.filled_cells > 0)
    reps = cells.names(held["rep"], fates)
    when.reject_unreadable(ts, "date", "due_date", "created_date")
    fates.reject(np.isnat(ts), "no_date", held.get("date") or held.get("due_date"))
    counts = cells.counts(held.get("count"), context, fates)
    ids = cells.identities(held.get("id"), held["rep"], fates, ts)
    money = cells.money(held, context, fates)
    doubts.same_moments(held, ts, _meetings(kinds), fates)
    withdrawn = _withdrawn(skipped & ~np.isnat(ts) & held["rep"].filled, held.get("id"), ids, fates)
    rows = np.flatnonzero(fates.open | withdrawn)
    counts[withdrawn] = 0
    columns = {
        c.REP: reps,
        c.TS: pa.array(ts, pa.timestamp("us")),
        c.KIND: kinds,
        c.COUNT: pa.array(counts),
        **({c.OUTCOME: outcome} if outcome is not None else {}),
        **({c.DIRECTION: _in_or_out(direction)} if direction is not None else {}),
        **money,
        **cells.extras(held, context),
        **when.written("date", "due_date", "created_date"),
    }
    events = Events(columns, np.arange(table.first_row, table.first_row + table.height), ids, withdrawn)
    return events.take(rows), [*when.questions, *questions]


def _withdrawn(skipped: np.ndarray, column: Column | None, ids: pa.Array | None, fates: Fates) -> np.ndarray:
    """The skipped rows that take back what an earlier export said under their id: one row per id,
    and none where the id is done in another row."""
    if ids is None or column is None:
        return np.zeros_like(skipped)
    counted = np.zeros(len(column.values) + 1, dtype=bool)
    counted[column.codes[fates.open]] = True
    rows = np.flatnonzero(skipped & column.filled & ~counted[column.codes])
    last = np.full(len(column.values), -1)
    last[column.codes[rows]] = rows
    kept = np.zeros_like(skipped)
    kept[last[last >= 0]] = True
    return kept


def _skip_not_done(held: dict[str, Column], kinds: pa.Array, fates: Fates) -> None:
    """Planned, cancelled and draft items, by their status, by the outcome, or by a draft column."""
    status, draft = held.get("status"), held.get("draft")
    outcomes = [held[name] for name in ("outcome", "meeting_outcome") if name in held]
    offers = _are(kinds, "proposal")
    for code in ("planned", "cancelled", "draft"):
        if status is not None:
            fates.skip(_says(status, _status, code) & ~_answered(status, offers), code, status)
        for outcome in outcomes:
            # What a call led to is no state of the call; only a meeting is still to be held.
            meant = _meetings(kinds) if code == "planned" else ~_answered(outcome, offers)
            fates.skip(_says(outcome, _state_in_outcome, code) & meant, code, outcome)
        if "status_reason" in held and code != "planned":
            fates.skip(_says(held["status_reason"], vocabulary.status, code), code, held["status_reason"])
    if "subject" in held:
        fates.skip(held["subject"].where(_cancelled_entry), "cancelled", held["subject"])
    if draft is not None:
        fates.skip(draft.where(lambda text: vocabulary.meaning("yes_no", text) == "yes"), "draft", draft)
    done = _says(status, _status, "done") if status is not None else False
    states.skip_by_type(held.get("kind"), done, fates)
    if status is not None:
        unanswered = np.bincount(status.codes[status.filled & ~_answered(status, offers)], minlength=1)
        for text in (status.texts[at] for at in np.flatnonzero(unanswered)):
            if not (_status(text) or vocabulary.outcome(text) or vocabulary.is_empty(text)):
                fates.note("unknown_status", status.header, text)


def _says(column: Column, read: Callable[[str], str | None], meaning: str) -> np.ndarray:
    return column.where(lambda text: read(text) == meaning)


def _outcomes(held: dict[str, Column], kinds: pa.Array) -> pa.Array | None:
    """The outcome, whichever of the call's and the meeting's columns holds one, else the status where it
    is an outcome by its words.

    A meeting that is completed was held; nobody is connected by it, nor by a mail or a task.
    """
    names = ("outcome", "meeting_outcome")
    call, meeting = (cells.known_words(held.get(name), vocabulary.outcome) for name in names)
    plain = [array.dictionary_decode() for array in (call, meeting) if array is not None]
    if not plain and "status" in held:
        of_state = cells.recoded(held["status"], _outcome_of_status).dictionary_decode()
        plain = [of_state] if of_state.null_count < len(of_state) else []
    if meeting is not None:
        plain[-1] = pc.if_else(pc.equal(plain[-1], "connected"), "held", plain[-1])
    if not plain:
        return None
    said = pc.coalesce(*plain)
    connected = pc.fill_null(pc.equal(said, "connected"), False)
    held_ = pc.and_(connected, pa.array(_meetings(kinds)))
    written = pa.array(_are(kinds, "email", "social", "text", "other", "proposal"))
    said = pc.if_else(held_, "held", said)
    return pc.if_else(pc.and_(connected, written), pa.scalar(None, pa.string()), said).dictionary_encode()


def _status(text: str) -> str | None:
    return vocabulary.status(text)


def _outcome_of_status(text: str) -> str | None:
    """An outcome that is no state of the work as well: "not reached"."""
    return None if vocabulary.meaning("statuses", text) else vocabulary.meaning("outcomes", text)


def _answer(text: str) -> str | None:
    return vocabulary.meaning("answers", text) or vocabulary.meaning("answers", text.split(maxsplit=1)[0])


def _answered(column: Column, offers: np.ndarray) -> np.ndarray:
    """The offers that the customer answered: they are made whatever the answer."""
    return np.asarray(_says(column, _answer, "any") & offers)


def _state_in_outcome(text: str) -> str | None:
    """HubSpot keeps SCHEDULED and CANCELED where others keep the outcome; only the whole cell counts,
    or how it begins: `Cancelled by customer`. What was declined may be an offer."""
    if vocabulary.outcome(text) or about.of_decision(text):
        return None
    first = text.split(maxsplit=1)[0]
    cancelled = vocabulary.meaning("statuses", first) == "cancelled" and not _answer(first)
    return "cancelled" if cancelled else vocabulary.meaning("statuses", text)


def _cancelled_entry(text: str) -> bool:
    """Calendars write `Canceled: …` before the subject."""
    head, mark, _ = text.partition(":")
    return bool(mark) and vocabulary.meaning("statuses", head) == "cancelled"


def _meetings(kinds: pa.Array) -> np.ndarray:
    return _are(kinds, "meeting", "demo")


def _are(kinds: pa.Array, *wanted: str) -> np.ndarray:
    return np.asarray(pc.is_in(kinds.dictionary_decode(), pa.array(wanted)))


def _directions(held: dict[str, Column], kinds: pa.Array) -> pa.Array | None:
    """The direction, by its own column, else by the type: `Email - Inbound`, `Telefon - ind`; what a
    status calls received came in."""
    found = []
    if "direction" in held:
        found.append(cells.known_words(held["direction"], _direction))
    elif "kind" in held:
        found.append(cells.recoded(held["kind"], _direction_in_type))
    for name in ("status", "status_reason"):
        if name not in held:
            continue
        received = np.asarray(_says(held[name], _status, "received")) & ~_meetings(kinds)
        inward = pa.array(np.where(received, "in", ""), mask=~received)
        found.append(inward.dictionary_encode())
    plain = [array.dictionary_decode() for array in found if array is not None]
    if not plain:
        return None
    # Who called first says nothing of a deal: an order received is won.
    came_of_it = pa.array(_are(kinds, *c.RESULTS))
    said = pc.if_else(came_of_it, pa.scalar(None, pa.string()), pc.coalesce(*plain)).dictionary_encode()
    return said if said.null_count < len(said) else None


def _direction(text: str) -> str | None:
    return vocabulary.meaning_within("directions", text)


def _inside(text: str) -> bool:
    """Whether a direction says that nothing left the house: `Internal`."""
    return any(word in vocabulary.words("inside")["words"] for word in vocabulary.fold(text).split())


def _without_inside(kinds: pa.Array, direction: Column | None) -> pa.Array:
    """The kinds, `other` where the direction says that a colleague was called."""
    if direction is None or not (inside := direction.where(_inside)).any():
        return kinds
    return pc.if_else(pa.array(inside), "other", kinds.dictionary_decode()).dictionary_encode()


def _direction_in_type(text: str) -> str | None:
    if said := vocabulary.meaning("directions", vocabulary.beside("kinds", text)):
        return said
    words = [word for word in vocabulary.fold(text).split() if len(word) > 4]
    return next((said for word in words if (said := vocabulary.meaning("directions", word))), None)


def _skip_received(kinds: pa.Array, direction: pa.Array | None, fates: Fates) -> None:
    """A mail or message that came in is the customer's work; an inbound call is still a call."""
    if direction is None:
        return
    written = _are(kinds, "email", "text", "social")
    inward = np.asarray(pc.fill_null(pc.equal(direction.dictionary_decode(), "in"), False))
    fates.skip(written & inward, "received")


def _skip_sent_by_others(held: dict[str, Column], fates: Fates) -> None:
    """In an archive of messages the owner is in every row, as sender or as receiver; the rest is received."""
    sender, receiver = held["rep"], held.get("to_person")
    if receiver is None or vocabulary.fold(sender.header) not in vocabulary.words("senders")["heading"]:
        return
    owners = [
        name for name in sender.texts if (_holds(sender, name) | _holds(receiver, name))[fates.open].all()
    ]
    if len(owners) == 1:
        fates.skip(sender.where(lambda text: text != owners[0]), "received", sender)
    else:
        fates.note("senders_unclear", sender.header)


def _holds(column: Column, name: str) -> np.ndarray:
    return column.where(lambda text: name in text)


def _skip_not_held(kinds: pa.Array, held: dict[str, Column], fates: Fates) -> None:
    """A meeting to which nobody came was not held."""
    meetings = _meetings(kinds)
    for name in ("outcome", "meeting_outcome", "status"):
        if name in held:
            missed = held[name].where(_nobody_came)
            fates.skip(missed & meetings, "no_show", held[name])
            for code in ("cancelled", "planned") if name != "status" else ():
                not_held = _says(held[name], _not_held, code)
                fates.skip(not_held & meetings, code, held[name])


def _nobody_came(text: str) -> bool:
    """Whether nobody came to a meeting, or nobody opened: `No show`, `Missed`, `No answer`."""
    alone = vocabulary.meaning("outcomes", text) == "no_answer" and not vocabulary.meaning("yes_no", text)
    return alone or vocabulary.outcome(text) == "no_show"


def _not_held(text: str) -> str | None:
    if vocabulary.negated(text) and vocabulary.meaning_within("outcomes", text) == "held":
        return "planned"
    return None if vocabulary.outcome(text) or about.of_decision(text) else vocabulary.not_held(text)


def _skip_later(ts: np.ndarray, held: dict[str, Column], context: Context, fates: Fates) -> None:
    """What lies ahead and was not marked as done is a plan: a confirmed meeting is not held yet."""
    if context.choices.today is None:
        return
    tomorrow = np.datetime64(context.choices.today) + np.timedelta64(1, "D")
    done = _says(held["status"], _status, "done") if "status" in held else False
    fates.skip(
        (ts >= tomorrow) & ~np.asarray(done), "planned_later", held.get("date") or held.get("due_date")
    )


def _in_or_out(direction: pa.Array) -> pa.Array:
    """Only in and out are directions; any other word says nothing."""
    known = pc.is_in(direction.dictionary, pa.array(list(c.DIRECTIONS)))
    texts = pc.if_else(known, direction.dictionary, pa.scalar(None, pa.string()))
    return pa.DictionaryArray.from_arrays(direction.indices, texts).dictionary_decode().dictionary_encode()


def _kinds(
    table: Table, held: dict[str, Column], context: Context, fates: Fates
) -> tuple[pa.Array, list[Question]]:
    """Each row's kind: by its type, else by its subject, else by what the headings or the file speak of."""
    column, subject = held.get("kind"), held.get("subject")
    spoken_of, loudly = _heading_kind(table, held)
    found = pa.nulls(table.height, pa.string())
    silent = np.ones(table.height, dtype=bool)
    if column is not None:
        found, silent = _by_type(column, context, fates)
    elif "direction" in held:
        found = cells.recoded(held["direction"], _kind_beside_way).dictionary_decode()
        silent = np.asarray(found.is_null())
    if subject is not None and not loudly:
        by_subject = cells.recoded(subject, _kind).dictionary_decode()
        found = pc.if_else(pa.array(silent), pc.coalesce(by_subject, found), found)
    named = spoken_of or (vocabulary.meaning_within("kinds", context.about) if column is None else None)
    strange = np.asarray(found.is_null()) & fates.open
    if column is None and not spoken_of and strange.any():
        told = (None, context.about) if named else (subject.header if subject else None, None)
        fates.note("kind_from_name" if named else "kind_untold", *told)
    questions = []
    if column is not None:
        # Beside types that are known a strange one may be anything; alone they say no more than the table.
        strange &= column.filled | (named is None)
        asked = strange & ((named is None) | (_any_known(column, context) & ~column.where(_says_how)))
        questions = _asked(column, asked, fates)
        if questions and not (fates.open & ~strange).any():
            fates.note("no_kind_known", column.header)
        found = pc.if_else(pa.array(asked), pc.coalesce(found, pa.scalar("other")), found)
    return pc.fill_null(found, named or "other").dictionary_encode(), questions


def _says_how(text: str) -> bool:
    """Whether a type only says which way, or what came of it: `Inbound - missed`, `No answer`."""
    return bool(_direction(text) or vocabulary.meaning("outcomes", text))


def _any_known(column: Column, context: Context) -> bool:
    """Whether any of a column's types is known."""
    return any(_kind(text) or text in context.choices.kinds for text in column.texts)


def _asked(column: Column, rows: np.ndarray, fates: Fates) -> list[Question]:
    """One question and one note for each strange type in `rows`, the commonest first and not without end."""
    often = np.bincount(column.codes[rows & column.filled], minlength=1)
    found = {
        column.texts[code]: int(often[code]) for code in np.argsort(-often, kind="stable") if often[code]
    }
    strange = [(text, count) for text, count in found.items() if not vocabulary.is_empty(text)]
    for text, _ in strange[:_MOST_ASKED]:
        fates.note("unknown_kind", column.header, text)
    if len(strange) > _MOST_ASKED:
        fates.note("more_unknown_kinds", column.header, str(len(strange) - _MOST_ASKED))
    return [
        Question("kind_of_value", column.header, text, KIND_OPTIONS, count)
        for text, count in strange[:_MOST_ASKED]
    ]


def _heading_kind(table: Table, held: dict[str, Column]) -> tuple[str | None, bool]:
    """The kind that a table without types is a table of (a call list, meetings), and whether its
    headings say so too loudly for a subject to know better."""
    if "subject" in held and (named := vocabulary.kind_of_table(held["subject"].header)):
        return named, True
    if "kind" not in held and (numbered := set(things.serials(table).values())) and len(numbered) == 1:
        return numbered.pop(), False
    of_mails = set(vocabulary.words("mail_log")["any"])
    if (
        _between_addresses(held)
        or sum(vocabulary.fold(column.header) in of_mails for column in table.columns) > 1
    ):
        return "email", True
    spoken_of = Counter(kind for column in table.columns if (kind := vocabulary.kind_of_table(column.header)))
    (first, hits), (_, others), *_ = [*spoken_of.most_common(2), (None, 0), (None, 0)]
    way = held.get("direction")
    if hits > max(1, others):
        return first, hits > 3 or way is not None
    for name in ("id",) if "kind" in held else ("id", "date", "outcome"):
        at_doors = name == "outcome" and _speaks_of_doors(table, held)
        if name in held and not at_doors and (named := vocabulary.kind_of_table(held[name].header)):
            return named, False
    if way is None:
        return None, False
    named = next(
        (kind for text in (way.header, *way.texts) if (kind := vocabulary.kind_of_table(text))), None
    )
    is_log = "duration" in held or vocabulary.meaning("fields", way.header) == "kind"
    return named or ("call" if is_log else None), "duration" in held


def _between_addresses(held: dict[str, Column]) -> bool:
    """Whether a table without types says from which to which mail address."""
    ends = [held.get("rep"), held.get("to_person")]
    return "kind" not in held and all(one is not None and value_likeness(one, "email") > 0.5 for one in ends)


def _speaks_of_doors(table: Table, held: dict[str, Column]) -> bool:
    """Whether a table says at which address it was and nothing of telephones: dispositions of visits."""
    words = {word for column in table.columns for word in vocabulary.fold(column.header).split()}
    phones, places = (set(vocabulary.words("places")[name]) for name in ("phones", "any"))
    return not {"duration", "direction"} & held.keys() and bool(words & places) and not words & phones


def _by_type(column: Column, context: Context, fates: Fates) -> tuple[pa.Array, np.ndarray]:
    """The kinds by type, and the rows whose type leaves it to the subject."""
    chosen = {vocabulary.fold(text): kind for text, kind in context.choices.kinds.items()}
    for code in ("received", "not_activity"):
        fates.skip(_says(column, lambda text: vocabulary.meaning("not_work", text), code), code, column)
    fates.skip(column.where(lambda text: chosen.get(vocabulary.fold(text)) == ""), "never_counted", column)
    several = column.where(vocabulary.lists_kinds)
    kinds = cells.recoded(
        column,
        lambda text: (
            chosen.get(vocabulary.fold(text)) or (None if vocabulary.lists_kinds(text) else _kind(text))
        ),
    )
    contained = column.where(
        lambda text: (
            vocabulary.fold(text) not in chosen and vocabulary.meaning("containers", text) is not None
        )
    )
    return kinds.dictionary_decode(), (np.asarray(kinds.is_null()) & ~several) | contained


def _kind_beside_way(text: str) -> str | None:
    """The kind of an `outgoing sms`; a bare way is of no kind."""
    way, rest = vocabulary.meaning("directions", text), vocabulary.beside("directions", text)
    return None if way or not rest else _kind(rest)


def _kind(text: str) -> str | None:
    """What a type or subject speaks of: `Email: Pricing follow-up` says it before the colon."""
    named = vocabulary.meaning("kinds", text.partition(":")[0])
    if named in c.TOUCHES + c.WORK:
        return named
    return vocabulary.said_done(text) or vocabulary.meaning_within("kinds", text)
