"""From when a change applies, so that a change of today rewrites no number of yesterday.

One rule: a row that holds today, and is changed in what it asks, stays as it was, and the changed
row is a new one that holds from a day on: the day written into it, else the one that is asked for.
A quota that the new row does not supersede (it counts something else now, or is gone) ends the day
before. A row that joins what others say already (another kind's points, another week of a ramp,
another tier) holds from such a day on too. Whoever made a mistake corrects the row from its
beginning instead; a row that holds no more can only be corrected, and it is said that this moves
figures of the past.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from quota import columns as c
from quota import dating, periods
from quota.checks import lines
from quota.ui import cache
from quota.ui.rows import Row, records
from quota.ui.sheets import ORIGIN, Sheet
from quota.ui.state import Here

FROM, BEGINNING = "from", "beginning"

_SINCE_EVER = pd.Timestamp(date.min)


@dataclass(frozen=True)
class Found:
    """What an edit changes that holds today: `rows` as they are now, `gone` as they were, `more` new ones.

    `written`: the days that the changed rows say themselves; `units`: the lengths of period of those
    that say none; `corrects`: whether anything else changes what was said before today.
    """

    rows: pd.DataFrame
    gone: pd.DataFrame
    more: pd.DataFrame
    written: pd.Series
    units: list[str]
    corrects: bool

    @property
    def number(self) -> int:
        return len(self.rows) + len(self.gone) + len(self.more)


def ask(
    before: pd.DataFrame,
    after: pd.DataFrame,
    sheet: Sheet,
    here: Here,
    wrong: Callable[[pd.DataFrame], bool],
) -> tuple[pd.DataFrame, bool]:
    """The rows to store, after asking from when, and whether that cannot be; both frames are tidied.

    `wrong`: whether rows as they would be stored cannot be.
    """
    key = (*here.scope[:2], sheet.name, here.today, cache.digest(after))
    found = cache.once(lambda: _found(before, after, sheet, here.today), "asked", *key)
    if found.corrects:
        st.caption(here.text("change.rewrites"))
    if not found.number:
        return after, False
    words = {FROM: here.text("change.from"), BEGINNING: here.text("change.beginning")}
    how = st.radio(
        here.text("change.when", n=found.number),
        list(words),
        format_func=words.__getitem__,
        key=f"when_{sheet.name}",
    )
    if how == BEGINNING:
        st.caption(here.text("change.rewrites"))
        return after, False
    days = _days(found.units, sheet, here)
    dated, clash = cache.once(
        lambda: _from(before, after, found, days, sheet, wrong), "dated", *key, sorted(days.items())
    )
    if clash:
        st.error(here.text("change.clash"))
    return dated, clash


def _found(before: pd.DataFrame, after: pd.DataFrame, sheet: Sheet, today: date) -> Found:
    rows = _in_force(before, after, sheet, today)
    gone = _given_up(before, after, sheet, today)
    more = _joining(before, after, sheet)
    asked = rows.index.union(more.index)
    written = rows["from"].where(lines(rows, ["from"]) != lines(_as_were(before, rows), ["from"]))
    undated = pd.concat([rows[written.isna()], gone, more])
    return Found(
        rows,
        gone,
        more,
        written,
        units=list(dict.fromkeys(_units(undated, sheet))),
        corrects=_corrects(before, after, asked, sheet, today),
    )


def _from(
    before: pd.DataFrame,
    after: pd.DataFrame,
    found: Found,
    days: Mapping[str, date],
    sheet: Sheet,
    wrong: Callable[[pd.DataFrame], bool],
) -> tuple[pd.DataFrame, bool]:
    """The rows to store where each change holds from its day on, and whether that cannot be."""
    rows, gone, more = found.rows, found.gone, found.more
    after = after.assign(**{"from": after["from"].fillna(_day_of(more, days, sheet))})
    first = found.written.fillna(_day_of(rows, days, sheet))
    ended = _ended(before, gone, sheet, _day_of(gone, days, sheet))
    dated = pd.concat([_dated(before, after, rows, sheet, first), ended], ignore_index=True)
    # From a day before its own beginning on, a row would change nothing, or stand twice.
    clash = bool((first <= _began(_as_were(before, rows))).any()) or wrong(dated)
    return dated, clash


def _in_force(before: pd.DataFrame, after: pd.DataFrame, sheet: Sheet, today: date) -> pd.DataFrame:
    """The edited rows that hold today and mean something else now, from the same day or a later one."""
    if not sheet.meaning:
        return after[:0]
    known = after[after[ORIGIN].notna()]
    then = _as_were(before, known)
    differs = lines(known, list(sheet.meaning)) != lines(then, list(sheet.meaning))
    moved = known["from"].notna() & ~(known["from"] < then["from"])
    kept = lines(known, ["from"]) == lines(then, ["from"])
    if sheet.name == "people":
        # What a person's later row leaves empty stays as it was: an emptied cell is a correction.
        emptied = (then[list(sheet.meaning)].notna() & known[list(sheet.meaning)].isna()).any(axis=1)
        differs &= ~emptied
    edited = differs & (kept | moved) & _begun(then, today)
    known, then = known[edited], then[edited]
    return known[~_over(before, then, known, sheet, today)]


def _given_up(before: pd.DataFrame, after: pd.DataFrame, sheet: Sheet, today: date) -> pd.DataFrame:
    """The stored rows that held before `today`, may end, and stand no more in the grid."""
    return _gone(before, after, today) if sheet.meaning and sheet.ends else before[:0]


def _gone(before: pd.DataFrame, after: pd.DataFrame, today: date) -> pd.DataFrame:
    return before[~before[ORIGIN].isin(after[ORIGIN]) & _begun(before, today)]


def _added(before: pd.DataFrame, after: pd.DataFrame, sheet: Sheet) -> pd.DataFrame:
    """The new rows that join a statement which is stored: its points, its ramp, its tiers."""
    if sheet.name not in dating.STATED:
        return after[:0]
    stated = list(c.ABOUT[sheet.name][: dating.STATED[sheet.name]])
    return after[after[ORIGIN].isna() & lines(after, stated).isin(lines(before, stated))]


def _joining(before: pd.DataFrame, after: pd.DataFrame, sheet: Sheet) -> pd.DataFrame:
    """Those of them that have no day yet from which they hold."""
    added = _added(before, after, sheet)
    return added[added["from"].isna()]


def _corrects(before: pd.DataFrame, after: pd.DataFrame, asked: pd.Index, sheet: Sheet, today: date) -> bool:
    """Whether rows that are not `asked` about change what was said before today."""
    if not sheet.meaning:
        return False
    if not sheet.ends and not _gone(before, after, today).empty:
        return True
    rest = after.drop(asked)
    if _begun(_added(before, rest, sheet), today).any():
        return True
    known = rest[rest[ORIGIN].notna()]
    then = _as_were(before, known)
    told = [*sheet.meaning, *sheet.identity, *(["to"] if sheet.ends else [])]
    edited = lines(known, told) != lines(then, told)
    return bool((edited & (_begun(then, today) | _begun(known, today))).any())


def _as_were(before: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The stored rows that `rows` of the grid were."""
    return before.set_index(ORIGIN).loc[rows[ORIGIN]].set_axis(rows.index)


def _begun(rows: pd.DataFrame, today: date) -> pd.Series:
    return rows["from"].isna() | (rows["from"] <= pd.Timestamp(today))


def _over(
    before: pd.DataFrame, then: pd.DataFrame, known: pd.DataFrame, sheet: Sheet, today: date
) -> pd.Series:
    """Which stored rows hold no more: ended, or a later row says what was changed in them."""
    ended = (then["to"] < pd.Timestamp(today)) if sheet.ends else pd.Series(False, then.index)
    begun = before[_begun(before, today)]
    over = []
    for row, now in zip(records(then), records(known), strict=True):
        later = begun[_later(begun, row, sheet)]
        if sheet.name == "people":
            later = later[[name for name in sheet.meaning if now[name] != row[name]]].dropna(how="all")
        over.append(not later.empty)
    return ended | pd.Series(over, index=then.index, dtype=bool)


def _later(rows: pd.DataFrame, row: Row, sheet: Sheet) -> pd.Series:
    """Which rows about the same supersede `row`: from a later day, and without an end."""
    same = list(c.ABOUT[sheet.name])
    alike = lines(rows, same) == lines(pd.DataFrame([row]), same)[0]
    since: date = _SINCE_EVER if pd.isna(row["from"]) else row["from"]
    later: pd.Series = alike & (rows["from"] > since)
    return later & rows["to"].isna() if sheet.ends else later


def _began(rows: pd.DataFrame) -> pd.Series:
    return rows["from"].fillna(_SINCE_EVER)


def _day_of(rows: pd.DataFrame, days: Mapping[str, date], sheet: Sheet) -> pd.Series:
    """The day that was set for the length of each row's period."""
    return pd.to_datetime(_units(rows, sheet).map(days)).astype("datetime64[us]")


def _days(units: Sequence[str], sheet: Sheet, here: Here) -> dict[str, date]:
    """The first day of each length of period (a week, if rows have none), as the viewer sets it."""
    with st.container(horizontal=True):
        return {unit: _day(unit, sheet, here) for unit in units}


def _day(unit: str, sheet: Sheet, here: Here) -> date:
    fiscal = here.everyone.plan.fiscal_start
    start = periods.following(periods.containing(here.today, unit, fiscal_start=fiscal)).start
    label = here.text("change.day_of", every=here.text(f"per.{unit}"))
    chosen = st.date_input(
        label if "every" in sheet.schema.names else here.text("change.day"),
        start,
        key=f"from_{sheet.name}_{unit}",
        width=260,
    )
    return chosen if isinstance(chosen, date) else start


def _units(rows: pd.DataFrame, sheet: Sheet) -> pd.Series:
    return rows["every"] if "every" in rows else pd.Series("week", index=rows.index)


def _dated(
    before: pd.DataFrame, after: pd.DataFrame, rows: pd.DataFrame, sheet: Sheet, first: pd.Series
) -> pd.DataFrame:
    """`after` with each of `rows` as it was, and behind them what holds from its first day on."""
    then = _as_were(before, rows)
    new = rows.assign(origin=float("nan"))
    new["from"] = first
    if sheet.name == "people":
        # The new row says what changes, and nothing else.
        old = rows.assign(**{name: then[name] for name in (*sheet.meaning, "from")})
        for name in sheet.schema.names[1:]:
            if name != "from":
                new[name] = new[name].where(lines(rows, [name]) != lines(old, [name]))
    else:
        same = list(c.ABOUT[sheet.name])
        old = then.assign(origin=rows[ORIGIN])
        if sheet.ends:
            superseded = (lines(rows, same) == lines(then, same)) & then["to"].isna()
            old.loc[~superseded, "to"] = new.loc[~superseded, "from"] - timedelta(days=1)
    stay = after.drop(rows.index)
    return pd.concat([stay, old, _like(new, after)]).sort_index(kind="stable")[list(after.columns)]


def _like(rows: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    return rows.astype(other.dtypes[rows.columns].to_dict())


def _ended(before: pd.DataFrame, gone: pd.DataFrame, sheet: Sheet, first: pd.Series) -> pd.DataFrame:
    """Quotas that are given up, until the day before; one that was superseded or had ended stays so."""
    if gone.empty:
        return gone
    later = [before.loc[_later(before, row, sheet), "from"] for row in records(gone)]
    ends = [min([day, *days]) for day, days in zip(first, later, strict=True)]
    last = pd.Series(ends, index=gone.index, dtype="datetime64[us]") - timedelta(days=1)
    return gone.assign(to=gone["to"].where(gone["to"] < last, last))
