"""The targets in a tracker → quota rules, where somebody said that they are.

A rule holds for one rep and kind from the first day of its period to the last, both
included; equal targets of periods that follow one another are one rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

import numpy as np
import pyarrow as pa

from quota import columns as c
from quota.ingest.labels import UNITS, Label, around
from quota.ingest.records import Question

_EVERY = {"weekday": "day", "week_of": "week"}
_SCHEMA = pa.schema([*c.QUOTAS, pa.field(c.WITHDRAWN, pa.bool_(), nullable=False)])


@dataclass(frozen=True)
class Targets:
    """One column of targets, row by row; NaN in `number` where the cell holds none. `names` are
    the kinds as written. A cell's period is `periods[codes]`; without one a
    target holds `every` so long."""

    header: str
    number: np.ndarray
    reps: pa.Array
    kinds: pa.Array
    names: pa.Array
    periods: list[Label | None]
    codes: np.ndarray
    every: str = ""

    @property
    def filled(self) -> np.ndarray:
        """Row by row, whether a target stands there."""
        return np.asarray(~np.isnan(self.number))

    def rules(self) -> list[_Rule]:
        """One rule per filled cell whose rep, kind and period are known."""
        rows = pa.array(np.flatnonzero(self.filled))
        said = zip(
            self.names.take(rows).to_pylist(),
            self.reps.take(rows).to_pylist(),
            self.kinds.take(rows).to_pylist(),
            self.number[self.filled],
            (self.periods[code] for code in self.codes[self.filled]),
            strict=True,
        )
        found = []
        for name, rep, kind, number, period in said:
            if not (rep and kind):
                continue
            if period and (first := period.start()):
                if self.every in UNITS and UNITS.index(self.every) > UNITS.index(period.unit):
                    period = around(first, self.every)
                every = self.every or _EVERY.get(period.unit, period.unit)
                found.append(_Rule(name, rep, kind, every, period.start(), period.last, float(number)))
            elif period is None and self.every:
                found.append(_Rule(name, rep, kind, self.every, None, None, float(number)))
        return found


@dataclass(frozen=True)
class _Rule:
    quota: str
    who: str
    kind: str
    every: str
    first: date | None
    last: date | None
    target: float

    @property
    def order(self) -> tuple[object, ...]:
        """Rules of one quota in the order of their days."""
        days = self.first or date.min, self.last or date.max
        return self.quota, self.who, self.kind, self.every, *days, self.target


def question(targets: list[Targets]) -> list[Question]:
    """Whether the targets are quotas, if there are any."""
    headers = [one.header for one in targets if one.filled.any()]
    return [Question("targets_are_quotas", headers[0], "", ("yes", "no"))] if headers else []


def quotas(targets: list[Targets]) -> Mapping[str, pa.Table]:
    """Rows of the stored quotas, in the columns of `columns.QUOTAS` and `withdrawn`; {} without any."""
    rules = sorted({rule for one in targets for rule in one.rules()}, key=lambda rule: rule.order)
    rows = []
    for _, group in groupby(rules, key=lambda rule: (rule.quota, rule.who, rule.kind, rule.every)):
        rows += _merged(list(group))
    arrays = {
        "quota": [rule.quota for rule in rows],
        "who": [rule.who for rule in rows],
        c.KIND: [rule.kind for rule in rows],
        "measure": ["count"] * len(rows),
        "target": [rule.target for rule in rows],
        "every": [rule.every for rule in rows],
        "from": [rule.first for rule in rows],
        "to": [rule.last for rule in rows],
        c.WITHDRAWN: [False] * len(rows),
    }
    # What a tracker does not say of a quota (its currency, its limits) stays empty.
    unsaid = {name: [None] * len(rows) for name in _SCHEMA.names if name not in arrays}
    return {"quotas": pa.table(arrays | unsaid, schema=_SCHEMA)} if rows else {}


def _merged(rules: list[_Rule]) -> list[_Rule]:
    """Rules of one quota in their order; equal targets that follow one another as one rule."""
    merged: list[_Rule] = []
    for rule in rules:
        before = merged[-1] if merged else None
        follows = before and before.last and before.last + timedelta(days=1) == rule.first
        if before and follows and before.target == rule.target:
            rule = _Rule(rule.quota, rule.who, rule.kind, rule.every, before.first, rule.last, rule.target)
            merged.pop()
        merged.append(rule)
    return merged
