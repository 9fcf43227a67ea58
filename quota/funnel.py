"""How touches become sales: stages, conversion rates and how sure they are.

Only work done by the rep counts (direction out or missing), `start` ≤ day < `end`.

* Volume: what was recorded in the period, stage by stage, whoever it was for. 400 touches and 30
  opportunities are 7.5 %, even if some of the opportunities began with an earlier touch.
* Cohort: the entities (deals, contacts, accounts) whose first recorded stage lies in the period,
  and the stages they ever reached.
* The previous stage is the nearest earlier one in which something was recorded, and the first
  stage the earliest such one: whoever logs no meetings still has touch → opportunity.
* Intervals are 95 %: Wilson's score interval for a rate, Newcombe's for the difference of two.
  They are missing where the base is 0 or the rate is above 1 (then it is no proportion).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from quota import columns
from quota.counting import work_done
from quota.errors import BadRequest
from quota.worktime import Floats, Ints

STAGE_KINDS: dict[str, tuple[str, ...]] = {
    "touch": columns.TOUCHES,
    "meeting": ("meeting", "demo"),
    "opportunity": ("opportunity",),
    "proposal": ("proposal",),
    "won": ("won",),
}
STAGES = tuple(STAGE_KINDS)
STAGE_OF = {kind: stage for stage, kinds in STAGE_KINDS.items() for kind in kinds}
GROUPS = ("rep", "team", "kind", "month")

# Below this many cases a rate says little, whatever its interval.
FEW = 30

FUNNEL = [
    *("group", "stage", "count", "previous_stage", "base", "rate_from_previous", "rate_from_first"),
    *("low", "high", "low_first", "high_first"),
]
COMPARISON = [
    *("group", "stage", "count", "count_previous", "rate", "rate_previous"),
    *("difference", "low", "high", "chance", "few"),
]

_FIGURES = [name for name in FUNNEL if name not in ("group", "stage")]
_Z = 1.959963984540054  # the normal distribution's 97.5 % point


def volume(cube: pd.DataFrame, by: str | None, start: date, end: date) -> pd.DataFrame:
    """What was recorded in each stage between `start` and `end`, and the rates from stage to stage.

    The daily cube → `FUNNEL`: five rows per group, in the order of `STAGES`; `count` and `base`
    (the count of the previous stage) Int64; rates and bounds are fractions, NaN where there is
    none. `by` is rep, team, month ("2026-11"), kind or None (one group, named None). By kind the
    groups are the channels touched by; results do not carry the channel they came from, so the
    later stages are missing there, not 0. Raises `BadRequest` for another `by`.
    """
    work = work_done(cube, start, end)
    work = work[work["kind"].isin(STAGE_KINDS["touch"] if by == "kind" else list(STAGE_OF))]
    funnel = _funnel(_group(work, by, work["day"]), work["kind"], work["count"], by)
    if by == "kind":
        funnel.loc[funnel["stage"] != "touch", _FIGURES] = pd.NA
    return funnel


def cohort(
    first_reached: pd.DataFrame, by: str | None, start: date, end: date, as_of: date | None = None
) -> pd.DataFrame:
    """The entities that began between `start` and `end`, and the stages they reached up to `as_of`.

    rep, team, entity, kind, first (the moment an entity first had this kind) → `FUNNEL`, where
    `count` is entities. By rep or team an entity is judged on that rep's or team's work alone and
    so may be in several groups; by kind its group is the channel of its first touch (None if it
    was never touched); by month the month it began in. `as_of` missing: all that is known.
    """
    rows = first_reached[first_reached["kind"].isin(list(STAGE_OF)) & first_reached["entity"].notna()]
    if as_of is not None:
        rows = rows[rows["first"] < pd.Timestamp(as_of) + pd.Timedelta(days=1)]
    rows = rows.assign(stage=rows["kind"].astype(object).map(STAGE_OF)).sort_values(["first", "kind"])
    rows["owner"] = _group(rows, by, rows["first"]) if by in ("rep", "team") else None
    began = rows.groupby(["owner", "entity"], dropna=False, observed=True)["first"].transform("min")
    rows = rows[(began >= pd.Timestamp(start)) & (began < pd.Timestamp(end))]
    group = _channel(rows) if by == "kind" else _group(rows, by, began)
    reached = rows.drop_duplicates(["owner", "entity", "stage"])
    ones = pd.Series(1, index=reached.index)
    return _funnel(group.loc[reached.index], reached["kind"], ones, by)


def compare(current: pd.DataFrame, previous: pd.DataFrame) -> pd.DataFrame:
    """Two funnels side by side: has the rate from the previous stage changed?

    Two `FUNNEL` frames → `COMPARISON`, one row per group and stage of either. difference = rate −
    rate_previous, with Newcombe's 95 % bounds low and high; `chance`: the bounds enclose 0, so it
    may be nothing but chance (missing where there is no difference); `few`: a base below `FEW`.
    Where the two rates do not start from the same stage there is no difference.
    """
    both = current.merge(previous, on=["group", "stage"], how="outer", suffixes=("", "_b"), sort=False)
    both = both.sort_values("stage", key=lambda stage: stage.map(STAGES.index), kind="stable")
    both = both.sort_values("group", kind="stable", ignore_index=True)
    rate, rate_b = both["rate_from_previous"].to_numpy(), both["rate_from_previous_b"].to_numpy()
    difference, low, high = newcombe(
        *(both[name].to_numpy(np.float64, na_value=np.nan) for name in ("count", "base", "count_b", "base_b"))
    )
    same = (both["previous_stage"] == both["previous_stage_b"]).to_numpy(np.bool_)
    unknown = ~same | np.isnan(low)
    few = (both[["base", "base_b"]].astype(np.float64) < FEW).any(axis=1)
    return pd.DataFrame(
        {
            "group": both["group"],
            "stage": both["stage"],
            "count": both["count"],
            "count_previous": both["count_b"],
            "rate": rate,
            "rate_previous": rate_b,
            "difference": np.where(same, difference, np.nan),
            "low": np.where(same, low, np.nan),
            "high": np.where(same, high, np.nan),
            "chance": pd.Series((low <= 0) & (high >= 0), dtype="boolean").mask(unknown),
            "few": few,
        }
    )


def wilson(successes: Floats | Ints, trials: Floats | Ints) -> tuple[Floats, Floats]:
    """Wilson's 95 % score interval without continuity correction, both bounds within 0 and 1.

    NaN where trials is 0 or less than successes. Source: E. B. Wilson (1927), "Probable inference,
    the law of succession, and statistical inference", JASA 22, 209–212.
    """
    k, n = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    k, n = np.broadcast_arrays(k, n)
    proper = (n > 0) & (k >= 0) & (k <= n)
    k, n = np.where(proper, k, np.nan), np.where(proper, n, np.nan)
    centre = k + _Z**2 / 2
    reach = _Z * np.sqrt(k * (n - k) / n + _Z**2 / 4)
    low, high = (centre - reach) / (n + _Z**2), (centre + reach) / (n + _Z**2)
    return np.where(k == 0, 0.0, low), np.where(k == n, 1.0, high)


def newcombe(k_a: Floats, n_a: Floats, k_b: Floats, n_b: Floats) -> tuple[Floats, Floats, Floats]:
    """The difference k_a/n_a − k_b/n_b with its 95 % bounds; NaN where a rate is no proportion.

    Source: R. G. Newcombe (1998), "Interval estimation for the difference between independent
    proportions", Statistics in Medicine 17, 873–890, method 10 (two Wilson intervals).
    """
    (low_a, high_a), (low_b, high_b) = wilson(k_a, n_a), wilson(k_b, n_b)
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = k_a / n_a, k_b / n_b
    difference = np.where(np.isnan(low_a) | np.isnan(low_b), np.nan, a - b)
    low = difference - np.hypot(a - low_a, high_b - b)
    high = difference + np.hypot(high_a - a, b - low_b)
    return difference, low, high


def _group(rows: pd.DataFrame, by: str | None, moment: pd.Series) -> pd.Series:
    if by is not None and by not in GROUPS:
        raise BadRequest("unknown_group", value=by, choices=", ".join(GROUPS))
    if by is None:
        return pd.Series(None, index=rows.index, dtype=object)
    if by == "month":
        days = moment.loc[rows.index].dt.normalize()
        return pd.Series(days.map({day: f"{day:%Y-%m}" for day in days.unique()}))
    return pd.Series(rows[by])


def _channel(rows: pd.DataFrame) -> pd.Series:
    """The kind of the first touch of each row's entity; rows by `first`."""
    touches = rows[rows["stage"] == "touch"].drop_duplicates("entity").set_index("entity")["kind"]
    channel: pd.Series = rows["entity"].astype(object).map(touches.astype(object))
    return channel


def _funnel(group: pd.Series, kind: pd.Series, amount: pd.Series, by: str | None) -> pd.DataFrame:
    """Rows of group, kind and amount → `FUNNEL`."""
    code, found = pd.factorize(group, use_na_sentinel=False)
    names = [None if pd.isna(name) else name for name in found]
    if by is None:
        names = [None]
    counts = np.zeros((len(names), len(STAGES)), dtype=np.int64)
    nth, kinds = pd.factorize(kind)
    stage = np.array([STAGES.index(STAGE_OF[kind]) for kind in kinds], dtype=np.int64)
    np.add.at(counts, (code, stage[nth]), amount.to_numpy(np.int64))
    order = sorted(range(len(names)), key=lambda place: _order(names[place]))
    return _rated(counts[order]).assign(
        group=np.repeat(np.array(names, dtype=object)[order], len(STAGES)), stage=[*STAGES] * len(names)
    )[FUNNEL]


def _rated(counts: Ints) -> pd.DataFrame:
    """groups × stages → one row each: previous stage, base, rates and their intervals."""
    place = np.arange(len(STAGES))
    recorded = np.where(counts > 0, place, -1)
    latest = np.maximum.accumulate(recorded, axis=1)
    previous = np.pad(latest, ((0, 0), (1, 0)), constant_values=-1)[:, :-1]
    first = np.where(previous >= 0, np.argmax(counts > 0, axis=1)[:, None], -1)
    base, base_first = _bases(counts, previous), _bases(counts, first)
    low, high = wilson(counts, base)
    low_first, high_first = wilson(counts, base_first)
    names = np.array([*STAGES, None], dtype=object)
    figures = {
        "count": pd.Series(counts.ravel(), dtype="Int64"),
        "previous_stage": names[previous.ravel()],
        "base": pd.Series(base.ravel()).astype("Int64"),
        "rate_from_previous": (counts / base).ravel(),
        "rate_from_first": (counts / base_first).ravel(),
        "low": low.ravel(),
        "high": high.ravel(),
        "low_first": low_first.ravel(),
        "high_first": high_first.ravel(),
    }
    return pd.DataFrame(figures)


def _bases(counts: Ints, stage: Ints) -> Floats:
    """The count of the given stage of each group, NaN for stage −1."""
    return np.where(stage >= 0, np.take_along_axis(counts, stage.clip(0), axis=1), np.nan)


def _order(name: object) -> tuple[bool, int, str]:
    """Channels in the order of the kinds, other groups by name, None last."""
    place = columns.KINDS.index(str(name)) if name in columns.KINDS else 0
    return name is None, place, str(name)
