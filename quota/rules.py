"""Quota rules as people write them: read for the engine, and everything wrong with them said.

A rule says: `who` should reach `target` of `measure` of `kind` in `every` day, week, month, quarter,
year or fiscal year, from the day `from` to the day `to` (both included, both optional).

* kind: one, several with "+", or `points`: each kind's count times its weight in the points table
  (nothing else than a count has points).
* measure: count; accounts (customers reached, by contact where no customer is named; each once in the
  rule's own period, on the first day) and contacts (the other way round); amount, in one currency;
  units; new_customers (events with a new customer).
* topic, outcome, direction narrow what counts; without a direction, what came in does not.
* alternative: rows with the same word are one quota; each row's share of its own target adds up.
* minimum: what nothing else can stand in for; cap: the most that counts. A number is about the
  row as a whole, `call 50 + meeting 5` about single kinds, in events; not where customers or
  people are counted, whom several kinds may reach.
* A rule with a fault takes no part.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from quota import columns as c
from quota import crew, inforce
from quota.crew import EARLIEST, LATEST, as_days, folded
from quota.names import folded as spelled
from quota.worktime import Bools, Floats

EVERY = ("day", "week", "month", "quarter", "year", "fiscal_year")
POINTS = "points"
DIRECTIONS = ("out", "in", "any")

# What a rule counts, and what makes two rules rivals: of these the most specific one wins.
COUNTED = [c.KIND, "measure", c.CURRENCY, c.TOPIC, c.OUTCOME, c.DIRECTION]
WHAT = [*COUNTED, "every", "alternative"]

_KINDS = frozenset(c.KINDS)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def _none(schema: Iterable[str]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(schema))


@dataclass(frozen=True)
class Plan:
    """All that is asked of people: `rules` as `columns.QUOTAS`, and what they refer to.

    `points`, `ramps`, `tiers` as in `columns`; a fiscal year begins with month `fiscal_start`;
    `names`: other spellings of reps, folded → the name that is used.
    """

    rules: pd.DataFrame
    points: pd.DataFrame = field(default_factory=lambda: _none(c.POINTS.names))
    ramps: pd.DataFrame = field(default_factory=lambda: _none(c.RAMPS.names))
    tiers: pd.DataFrame = field(default_factory=lambda: _none(c.TIERS.names))
    fiscal_start: int = 1
    names: Mapping[str, str] = field(default_factory=dict, repr=False)

    def weights(self, day: np.datetime64) -> dict[str, float]:
        """Kind → points, as they stand on `day`."""
        held = inforce.on(self.points, "points", day)
        return dict(zip(held[c.KIND], held["points"].astype(float), strict=True))


def parsed(plan: Plan) -> pd.DataFrame:
    """The rules that can be used, each as the engine reads it, in an order that decides ties.

    Columns of `columns.QUOTAS` → quota, kind (in the order of `columns.KINDS`, joined by "+", or
    points), measure, currency ("" for none, and where no money is counted), topic, outcome,
    direction, alternative and ramp (folded, "" for none), every, target, `from` and `to` (days,
    never missing), carry, minimum and cap (as written), scope and name (of `who`), title (the
    name of the quota, folded), row (position in `rules`). Index: 0 … n−1.
    """
    rules = written(plan.rules)
    faulty: Bools = np.any([wrong for _, _, wrong in faults(plan)], axis=0)
    who = [meant(text, plan.names) for text in rules["who"]]
    read = pd.DataFrame(
        {
            "quota": _text(rules["quota"]),
            "kind": [one_order(kind) for kind in rules["kind"]],
            "measure": rules["measure"],
            "currency": currencies(rules["currency"]).where(rules["measure"] == "amount", ""),
            **{name: rules[name].map(plain) for name in (c.TOPIC, c.OUTCOME, c.DIRECTION)},
            **{name: rules[name].map(folded) for name in ("alternative", "ramp")},
            "alternative_title": _text(rules["alternative"]),
            "every": rules["every"],
            "target": pd.to_numeric(rules["target"], errors="coerce").astype(np.float64),
            "from": as_days(rules["from"], EARLIEST),
            "to": as_days(rules["to"], LATEST),
            "carry": rules["carry"].astype("boolean").fillna(False).astype(bool),
            "minimum": _text(rules["minimum"]),
            "cap": _text(rules["cap"]),
            "scope": [scope for scope, _ in who],
            "name": [name for _, name in who],
            "title": [folded(name) for name in rules["quota"]],
            "row": rules.index,
        }
    )
    texts = read.columns.difference(["target", "from", "to", "carry", "row"])
    sound: pd.DataFrame = read[~faulty].astype(dict.fromkeys(texts, "str"))
    return sound.sort_values(["from", "to", "target", "quota", "row"], ignore_index=True)


def meant(who: object, names: Mapping[str, str]) -> tuple[str, str]:
    """Whom a `who` means, as `crew.scope` says it; a rep by the name that is used."""
    scope, name = crew.scope(who)
    if scope != crew.REP or not isinstance(who, str):
        return scope, name
    return scope, folded(names.get(spelled(who), who))


def weighed(plan: Plan) -> pd.DataFrame:
    """The parsed rules, those on points cut at the days on which points change.

    So each has one set of points, which `worth` tells; days without any point are left out.
    """
    read = parsed(plan)
    begins = inforce.begins(plan.points)
    if len(begins) == 1 or not (read["kind"] == POINTS).any():
        return read
    ends = np.append(begins[1:] - 1, LATEST)
    worthy = [any(points > 0 for points in plan.weights(day).values()) for day in begins]
    spans = list(zip(begins[worthy], ends[worthy], strict=True))
    parts = [
        (at, max(first, begin), min(last, end))
        for at, (kind, first, last) in enumerate(
            zip(read["kind"], as_days(read["from"]), as_days(read["to"]), strict=True)
        )
        for begin, end in (spans if kind == POINTS else [(EARLIEST, LATEST)])
        if begin <= last and first <= end
    ]
    at, first, last = (list(column) for column in zip(*parts, strict=True)) if parts else ([], [], [])
    cut = read.iloc[at].reset_index(drop=True)
    return cut.assign(**{"from": as_days(first), "to": as_days(last)})


def worth(plan: Plan, kind: str, since: np.datetime64) -> dict[str, float]:
    """Kind → what one event is worth to a rule of `kind`, `weighed`, that holds from the day `since`."""
    return plan.weights(since) if kind == POINTS else dict.fromkeys(kind.split("+"), 1.0)


def is_fine(rule: pd.Series) -> bool:
    """Whether a parsed rule asks for what the daily cube does not hold: topics, customers, contacts."""
    return bool(rule["topic"]) or rule["measure"] in ("accounts", "contacts")


def fine_kinds(plan: Plan) -> list[str]:
    """The kinds whose rules ask for topics, customers or contacts."""
    read = parsed(plan)
    asked = [rule["kind"] for _, rule in read.iterrows() if is_fine(rule)]
    return sorted({kind for text in asked for kind in _named(plan, text)})


def _named(plan: Plan, kind: str) -> set[str]:
    """The kinds that a rule of `kind` counts; on points all that ever had any."""
    return set(plan.points[c.KIND]) if kind == POINTS else set(kind.split("+"))


def asked_topics(plan: Plan, written: Iterable[str]) -> list[str]:
    """Those of the topics as `written` that some rule asks for."""
    wanted = set(parsed(plan)[c.TOPIC]) - {""}
    return sorted(text for text in written if any(part in plain(text) for part in wanted))


def parts(plan: Plan, rules: pd.DataFrame) -> pd.DataFrame:
    """What each of the rules, `weighed`, adds up → rule (position), weights, minimum, cap.

    `weights`: ((kind, value of one), …). A rule whose bounds are about single kinds has a part
    per kind, any other has one. The kinds' bounds in the rule's own unit, for its whole period,
    NaN for none; those of the row as a whole are in `whole_bound`.
    """
    found = []
    for at, (kind, since, minimum, cap) in enumerate(
        zip(rules["kind"], as_days(rules["from"]), rules["minimum"], rules["cap"], strict=True)
    ):
        weights = worth(plan, kind, since)
        least, most = bounds(minimum) or {}, bounds(cap) or {}
        if least.keys() | most.keys() <= {""}:
            found.append((at, tuple(weights.items()), np.nan, np.nan))
            continue
        for one, value in weights.items():
            low, high = (bound.get(one, np.nan) * value for bound in (least, most))
            found.append((at, ((one, value),), low, high))
    return pd.DataFrame(found, columns=["rule", "weights", "minimum", "cap"])


def whole_bound(texts: Iterable[str]) -> Floats:
    """What each minimum or cap, as written, says of its row as a whole; NaN for nothing."""
    return np.array([(bounds(text) or {}).get("", np.nan) for text in texts], dtype=np.float64)


def bounds(text: str) -> dict[str, float] | None:
    """A minimum or a cap as written: {"": 50}, or per kind {"call": 50, "meeting": 5}; None: unreadable."""
    text = text.strip().casefold()
    if not text:
        return {}
    if _NUMBER.fullmatch(text):
        return {"": float(text.replace(",", "."))}
    found = {}
    for part in re.split(r"[+;]", text):
        said = c.BOUND.fullmatch(part.strip())
        if said is None or said[1].strip() not in _KINDS:
            return None
        found[said[1].strip()] = float(said[2].replace(",", "."))
    return found


def plain(text: object) -> str:
    """A text as topics and outcomes are compared: small letters, no accents, single spaces."""
    said = folded(text).translate(_LETTERS)
    return "".join(char for char in unicodedata.normalize("NFKD", said) if not unicodedata.combining(char))


_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "ł": "l", "đ": "d"})


def currencies(values: pd.Series) -> pd.Series:
    """Currency codes as they are compared: upper case, "" for unnamed."""
    text: pd.Series = values.astype(object).fillna("").astype(str).str.strip().str.upper()
    return text


def settled(rules: pd.DataFrame, cube: pd.DataFrame) -> list[str | None]:
    """The currency each parsed rule is judged in: its own, else the only one its kinds are paid in.

    "" where no money is counted or its currency is unnamed; None where the cube holds several.
    """
    silent = (rules["measure"] == "amount") & (rules["currency"] == "")
    paid = {kind: paid_in(cube, kind) for kind in rules.loc[silent, "kind"].unique()}
    only = {kind: (found or [""])[0] if len(found) < 2 else None for kind, found in paid.items()}
    return [
        only[kind] if open_ else currency
        for kind, currency, open_ in zip(rules["kind"], rules["currency"], silent, strict=True)
    ]


def paid_in(cube: pd.DataFrame, kind: str) -> list[str]:
    """The currencies in which the cube holds amounts of a parsed rule's `kind`; "" for unnamed ones."""
    paid = cube["kind"].isin(kind.split("+")) & cube["amount"].notna()
    return sorted(currencies(cube.loc[paid, "currency"]).unique())


def written(rules: pd.DataFrame) -> pd.DataFrame:
    """Rules with all columns of `columns.QUOTAS`, by position."""
    return rules.reindex(columns=c.QUOTAS.names).reset_index(drop=True)


def _text(values: pd.Series) -> list[str]:
    return ["" if pd.isna(value) else str(value).strip() for value in values]


def one_order(kind: object) -> str:
    """The known kinds in a rule's `kind`, each once, in one order: "email + call" → "call+email"."""
    named = {part.strip().casefold() for part in str(kind).split("+")}
    return POINTS if named == {POINTS} else "+".join(known for known in c.KINDS if known in named)


def faults(plan: Plan) -> list[tuple[str, str, Bools]]:
    """What makes a rule unusable: column, code and in which rows; the others take part."""
    rules = written(plan.rules)
    target: Floats = pd.to_numeric(rules["target"], errors="coerce").to_numpy(np.float64)
    named = [{part.strip().casefold() for part in str(kind).split("+")} for kind in rules["kind"]]
    ramps = set(plan.ramps["ramp"].map(folded)) | {""}
    grouped = rules["alternative"].map(folded) != ""
    worthless = not (plan.points["points"] > 0).any()

    def each(column: str, wrong: object) -> Bools:
        return np.array([bool(wrong(value)) for value in rules[column]], dtype=np.bool_)  # type: ignore[operator]

    return [
        ("who", "rule_no_who", each("who", lambda who: folded(who) == "")),
        (
            "kind",
            "rule_unknown_kind",
            np.array([not one - {POINTS} <= _KINDS for one in named], bool),
        ),
        ("kind", "rule_points_alone", np.array([POINTS in one and len(one) > 1 for one in named], bool)),
        ("kind", "rule_no_weights", np.array([one == {POINTS} and worthless for one in named], bool)),
        ("measure", "rule_unknown_measure", ~rules["measure"].isin(c.MEASURED).to_numpy()),
        (
            "measure",
            "rule_points_are_counts",
            np.array([one == {POINTS} for one in named], bool) & (rules["measure"] != c.COUNT).to_numpy(),
        ),
        ("target", "rule_no_target", ~np.isfinite(target)),
        ("target", "rule_negative_target", target < 0),
        ("target", "rule_nothing_to_share", np.asarray(grouped & (target == 0))),
        ("every", "rule_unknown_every", ~rules["every"].isin(EVERY).to_numpy()),
        (
            "direction",
            "rule_unknown_direction",
            each("direction", lambda way: folded(way) not in ("", *DIRECTIONS)),
        ),
        ("minimum", "rule_bad_bound", _bad_bound(rules, "minimum", plan)),
        ("cap", "rule_bad_bound", _bad_bound(rules, "cap", plan)),
        ("ramp", "rule_unknown_ramp", each("ramp", lambda ramp: folded(ramp) not in ramps)),
        ("alternative", "rule_mixed_group", _mixed(rules)),
        ("to", "rule_from_after_to", as_days(rules["from"]) > as_days(rules["to"])),
    ]


def _bad_bound(rules: pd.DataFrame, column: str, plan: Plan) -> Bools:
    """Bounds that cannot be read, or are about kinds that the row does not count one by one."""
    wrong = []
    for text, kind, measure in rules[[column, c.KIND, "measure"]].to_numpy():
        named = bounds(text) if isinstance(text, str) else {}
        single = _named(plan, one_order(kind))
        allowed = {""} if measure in ("accounts", "contacts") else single | {""}
        wrong.append(named is None or not named.keys() <= allowed)
    return np.array(wrong, dtype=np.bool_)


def _mixed(rules: pd.DataFrame) -> Bools:
    """Alternatives of one word whose periods differ in length cannot stand in for one another."""
    word = rules["alternative"].map(folded)
    lengths = rules.groupby(word)["every"].transform("nunique")
    return np.asarray((word != "") & (lengths > 1))
