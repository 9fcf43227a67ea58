"""The tidy activity frame and every stored table: column names, types, check().

One row of the tidy frame is one event, or a count of equal events, by one rep on one
day. `TIDY` is what ingest yields; `TABLES` is what the workspace stores. Column names
are spelled here and nowhere else.
"""

from __future__ import annotations

import re

import pandas as pd
import pyarrow as pa

KEY = "key"
REP = "rep"
TS = "ts"
KIND = "kind"
COUNT = "count"
AMOUNT = "amount"
CURRENCY = "currency"
UNITS = "units"
NEW_CUSTOMER = "new_customer"
OUTCOME = "outcome"
DIRECTION = "direction"
TOPIC = "topic"
ACCOUNT = "account"
CONTACT = "contact"
DEAL = "deal"
TEAM = "team"
SOURCE = "source"
IMPORT_ID = "import_id"
SHEET = "sheet"
ROW = "row"
DIGEST = "digest"
WITHDRAWN = "withdrawn"
AT = "at"
BY = "by"
DAY = "day"

TOUCHES = ("call", "email", "social", "text")
WORK = ("meeting", "demo", "proposal", "other")
RESULTS = ("opportunity", "won", "lost")
KINDS = TOUCHES + WORK + RESULTS
DIRECTIONS = ("out", "in")

LAYOUTS = (
    "activities",
    "deals",
    "counts",
    "people",
    "quotas",
    "absences",
    "points",
    "ramps",
    "tiers",
    "unknown",
)

_MOMENT = pa.timestamp("us", tz="UTC")
_TEXT = pa.string()

# What ingest yields for activities. `digest` is a hash of the row's meaning, so that a
# re-upload can tell "same" from "changed"; `withdrawn` marks a row that says "no longer
# done" (planned again, cancelled) and takes an earlier row of the same key out.
TIDY = pa.schema(
    [
        pa.field(KEY, _TEXT, nullable=False),
        pa.field(REP, _TEXT, nullable=False),
        pa.field(TS, pa.timestamp("us"), nullable=False),
        pa.field(KIND, _TEXT, nullable=False),
        pa.field(COUNT, pa.int64(), nullable=False),
        pa.field(AMOUNT, pa.float64()),
        pa.field(CURRENCY, _TEXT),
        pa.field(UNITS, pa.float64()),
        pa.field(NEW_CUSTOMER, pa.bool_()),
        pa.field(OUTCOME, _TEXT),
        pa.field(DIRECTION, _TEXT),
        pa.field(TOPIC, _TEXT),
        pa.field(ACCOUNT, _TEXT),
        pa.field(CONTACT, _TEXT),
        pa.field(DEAL, _TEXT),
        pa.field(TEAM, _TEXT),
        pa.field(SOURCE, _TEXT, nullable=False),
        pa.field(SHEET, _TEXT),
        pa.field(ROW, pa.int64()),
        pa.field(DIGEST, pa.int64(), nullable=False),
        pa.field(WITHDRAWN, pa.bool_(), nullable=False),
    ]
)

# Rows that were not taken. status: "skipped" (right not to count, e.g. planned) or
# "rejected" (wrong, to be corrected). `content` is the whole row as JSON {header: text}.
REJECTS = pa.schema(
    [
        pa.field(SHEET, _TEXT),
        pa.field(ROW, pa.int64()),
        pa.field("column", _TEXT),
        pa.field("value", _TEXT),
        pa.field("code", _TEXT, nullable=False),
        pa.field("status", _TEXT, nullable=False),
        pa.field("content", _TEXT),
    ]
)

PEOPLE = pa.schema(
    [
        pa.field(REP, _TEXT, nullable=False),
        pa.field(TEAM, _TEXT),
        pa.field("role", _TEXT),
        pa.field("manager", _TEXT),
        pa.field("email", _TEXT),
        pa.field("start", pa.date32()),  # first day of work
        pa.field("end", pa.date32()),  # last day of work, included
        pa.field("full_time", pa.float64()),  # share of full time, 1 = full
        pa.field("calendar", _TEXT),  # DK, FI, US-CA
        pa.field("aliases", _TEXT),  # other spellings, ";" between
        pa.field("weekdays", _TEXT),  # the days of a full week: mon-thu, fri 0.5
        pa.field("from", pa.date32()),  # the day this row holds from; empty = since ever
    ]
)

ABSENCES = pa.schema(
    [
        pa.field(REP, _TEXT, nullable=False),
        pa.field("from", pa.date32(), nullable=False),
        pa.field("to", pa.date32(), nullable=False),  # included
        pa.field("share", pa.float64()),  # share of each day, 1 = whole days
        pa.field("reason", _TEXT),
    ]
)

QUOTAS = pa.schema(
    [
        pa.field("quota", _TEXT, nullable=False),  # its name
        pa.field("who", _TEXT, nullable=False),  # everyone | team: X | role: X | a rep
        pa.field(KIND, _TEXT, nullable=False),
        pa.field("measure", _TEXT, nullable=False),  # see MEASURED
        pa.field("target", pa.float64(), nullable=False),
        pa.field("every", _TEXT, nullable=False),  # day week month quarter year fiscal_year
        pa.field("from", pa.date32()),
        pa.field("to", pa.date32()),  # included
        pa.field(CURRENCY, _TEXT),
        pa.field(TOPIC, _TEXT),  # only what has this in its topic
        pa.field(OUTCOME, _TEXT),  # only what ended so
        pa.field(DIRECTION, _TEXT),  # out | in | any; empty = out or unknown
        pa.field("alternative", _TEXT),  # rows with the same word stand in for one another
        pa.field("minimum", _TEXT),  # what nothing else can stand in for: 50, or call 50 + meeting 5
        pa.field("cap", _TEXT),  # the most that counts: 100, or email 100
        pa.field("ramp", _TEXT),
        pa.field("carry", pa.bool_()),  # a shortfall is added to the next period's target
    ]
)

# What a quota may measure: events, customers reached, people reached, money, pieces, new customers.
MEASURED = ("count", "accounts", "contacts", AMOUNT, UNITS, "new_customers")

# Of points, ramps and tiers a row holds from its day until the next one about the same: see `inforce`.
POINTS = pa.schema(
    [
        pa.field(KIND, _TEXT, nullable=False),
        pa.field("points", pa.float64(), nullable=False),
        pa.field("from", pa.date32()),
    ]
)

RAMPS = pa.schema(
    [
        pa.field("ramp", _TEXT, nullable=False),
        pa.field("week", pa.int64(), nullable=False),  # 1 = the first seven days
        pa.field("share", pa.float64(), nullable=False),
        pa.field("from", pa.date32()),
    ]
)

TIERS = pa.schema(
    [
        pa.field("tier", _TEXT, nullable=False),
        pa.field("threshold", pa.float64(), nullable=False),  # the attainment it begins with, 1 = 100 %
        pa.field("reward", _TEXT),
        pa.field("from", pa.date32()),
    ]
)

_IMPORTS = pa.schema(
    [
        pa.field("action", _TEXT, nullable=False),  # import | decide | undo | redo
        pa.field("file", _TEXT),
        pa.field("sha256", _TEXT),
        pa.field("rows", pa.int64()),
        pa.field("accepted", pa.int64()),
        pa.field("new", pa.int64()),
        pa.field("changed", pa.int64()),
        pa.field("same", pa.int64()),
        pa.field("met", _TEXT),  # the earlier imports, undone ones too, that hold one of its activity keys
        pa.field(
            "replaces", _TEXT
        ),  # JSON: the sources of which these rows are all from first_day to last_day
        pa.field("skipped", pa.int64()),
        pa.field("rejected", pa.int64()),
        pa.field("first_day", pa.date32()),
        pa.field("last_day", pa.date32()),
        pa.field("mapping", _TEXT),  # JSON: how each table was understood
    ]
)

_PRESETS = pa.schema([pa.field("fingerprint", _TEXT, nullable=False), pa.field("mapping", _TEXT)])
_SETTINGS = pa.schema([pa.field("name", _TEXT, nullable=False), pa.field("value", _TEXT)])
_NOTES = pa.schema([pa.field(KEY, _TEXT, nullable=False), pa.field(REP, _TEXT), pa.field("text", _TEXT)])

_WITHDRAWABLE = [pa.field(WITHDRAWN, pa.bool_(), nullable=False)]
_LOGGED = [
    pa.field(IMPORT_ID, _TEXT, nullable=False),
    pa.field(AT, _MOMENT, nullable=False),
    pa.field(BY, _TEXT),
]


def _stored(schema: pa.Schema, *, withdrawable: bool = False) -> pa.Schema:
    extra = (_WITHDRAWABLE if withdrawable else []) + _LOGGED
    return pa.schema([*schema, *extra])


# The tables that people write, in a grid or a sheet, in the order in which they are offered.
WRITTEN: dict[str, pa.Schema] = {
    "quotas": QUOTAS,
    "people": PEOPLE,
    "absences": ABSENCES,
    "points": POINTS,
    "ramps": RAMPS,
    "tiers": TIERS,
}

# What a row of each of them cannot do without.
REQUIRED = {
    name: tuple(field.name for field in schema if not field.nullable) for name, schema in WRITTEN.items()
}
# Somebody may work a little more than full time.
MOST_FULL_TIME = 1.5
# A limit of single kinds in a quota's minimum or cap: `call 50`.
BOUND = re.compile(r"([^\d+;]+?)\s*[:=]?\s*(\d+(?:[.,]\d+)?)")

# Every stored table, as the workspace writes it: append-only, `at` in UTC.
TABLES: dict[str, pa.Schema] = {
    "activities": _stored(TIDY),
    "imports": _stored(_IMPORTS),
    "rejects": _stored(REJECTS),
    "people": _stored(PEOPLE, withdrawable=True),
    "absences": _stored(ABSENCES, withdrawable=True),
    "quotas": _stored(QUOTAS, withdrawable=True),
    "points": _stored(POINTS, withdrawable=True),
    "ramps": _stored(RAMPS, withdrawable=True),
    "tiers": _stored(TIERS, withdrawable=True),
    "presets": _stored(_PRESETS, withdrawable=True),
    "settings": _stored(_SETTINGS, withdrawable=True),
    "notes": _stored(_NOTES, withdrawable=True),
}

# What identifies a row: of rows with equal identity the latest one is what you see.
IDENTITY: dict[str, tuple[str, ...]] = {
    "activities": (SOURCE, KEY),
    "people": (REP, "from"),
    "absences": (REP, "from"),
    "quotas": (
        *("quota", "who", KIND, "measure", "every", "from", CURRENCY),
        *(TOPIC, OUTCOME, DIRECTION, "alternative"),
    ),
    "points": (KIND, "from"),
    "ramps": ("ramp", "week", "from"),
    "tiers": ("tier", "from"),
    "presets": ("fingerprint",),
    "settings": ("name",),
    "notes": (KEY,),
}

# What a row is about: its identity without the day from which it holds.
ABOUT = {name: tuple(column for column in IDENTITY[name] if column != "from") for name in WRITTEN}

# The daily cube: one row per combination of these that occurs, with sums of MEASURES.
CUBE_KEYS = (REP, TEAM, DAY, KIND, DIRECTION, OUTCOME, CURRENCY, NEW_CUSTOMER)
FINE_KEYS = (*CUBE_KEYS, TOPIC, ACCOUNT, CONTACT)
MEASURES = (COUNT, AMOUNT, UNITS)


def check(frame: pd.DataFrame, columns: tuple[str, ...] | list[str]) -> None:
    """Raise `KeyError` naming what is missing, if `frame` lacks any of `columns`."""
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise KeyError(f"missing columns {missing}; present: {list(frame.columns)}")
