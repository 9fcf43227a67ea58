"""Who is who, since when, and whom a `who` means.

One rule: a person's row holds from its day `from` (since ever, where it names none) until the
person's next row begins; what a later row leaves empty stays as it was. So a team, a role or a
share of full time changes on a day, and no number from before that day moves. A last day of work
before the row's own first one is that of an earlier time here: whoever comes again has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from quota import columns as c

Days = npt.NDArray[np.datetime64]

EARLIEST, LATEST = np.datetime64("0001-01-01"), np.datetime64("9999-12-31")

EVERYONE, TEAM, ROLE, REP = "everyone", "team", "role", "rep"
_WORDS = {
    EVERYONE: {"everyone", "everybody", "all", "alle", "kaikki"},
    TEAM: {"team", "hold", "tiimi"},
    ROLE: {"role", "rolle", "rooli"},
}


def versions(people: pd.DataFrame) -> pd.DataFrame:
    """The rows of `columns.PEOPLE`, blanks filled from the person's row before, in order of time.

    Adds `since` and `until` (days, `until` excluded): together a person's rows cover all time.
    """
    rows = people.reindex(columns=c.PEOPLE.names)
    rows = rows.assign(since=as_days(rows["from"], EARLIEST)).sort_values([c.REP, "since"], kind="stable")
    rows = rows.drop_duplicates([c.REP, "since"], keep="last").reset_index(drop=True)
    if rows[c.REP].is_unique:
        return rows.assign(since=EARLIEST, until=LATEST)
    filled = rows.groupby(c.REP)[c.PEOPLE.names[1:]].ffill()
    rows = again(rows.assign(**{name: filled[name] for name in filled}))
    first = ~rows[c.REP].duplicated()
    rows["since"] = rows["since"].where(~first, pd.Timestamp(EARLIEST))
    following = rows.groupby(c.REP)["since"].shift(-1).to_numpy().astype("datetime64[D]")
    return rows.assign(until=np.where(np.isnat(following), LATEST, following))


def again(people: pd.DataFrame) -> pd.DataFrame:
    """The same rows, without a last day of work that lies before the first one."""
    over = as_days(people["end"]) < as_days(people["start"])
    return people.assign(end=people["end"].where(~over)) if over.any() else people


def on(people: pd.DataFrame, day: date | None = None) -> pd.DataFrame:
    """One row per person: the one that holds on `day`, the latest one without a day."""
    rows = versions(people)
    if day is not None:
        rows = rows[as_days(rows["since"]) <= np.datetime64(day)]
    held: pd.DataFrame = rows.drop_duplicates(c.REP, keep="last")[c.PEOPLE.names].reset_index(drop=True)
    return held


def scope(text: object) -> tuple[str, str]:
    """Whom a `who` means, as scope and folded name: "team: North" → ("team", "north")."""
    said = folded(text)
    if said in _WORDS[EVERYONE]:
        return EVERYONE, ""
    word, colon, name = (part.strip() for part in said.partition(":"))
    for kind in (TEAM, ROLE):
        if colon and word in _WORDS[kind]:
            return kind, name
    return REP, said


def folded(text: object) -> str:
    """A name as it is compared: small letters, single spaces; "" for what is no text."""
    return " ".join(text.casefold().split()) if isinstance(text, str) else ""


def as_days(values: Iterable[object], missing: np.datetime64 | None = None) -> Days:
    """Dates, timestamps or nothing, as whole days; nothing becomes `missing`, else NaT."""
    if isinstance(values, pd.Series) and values.dtype.kind == "M":
        days = values.to_numpy().astype("datetime64[D]")
    else:
        days = pd.to_datetime(pd.Series(list(values), dtype=object)).to_numpy().astype("datetime64[D]")
    return days if missing is None else np.where(np.isnat(days), missing, days)
