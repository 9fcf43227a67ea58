"""Who a name stands for, resolved when asked and never when stored.

A person is written by name, e-mail, alias, or whatever somebody said is the same person. A
name that stands in the roster is always its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from quota import columns as c

# A Salesforce user's id in 15 characters, where upper and lower case differ.
_USER_ID = re.compile(r"005[0-9A-Za-z]{12}")
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def folded(name: str) -> str:
    """A name as it is compared: single spaces, small letters; a short user id in its long form.

    The three letters that the long form adds say which of the others are capitals.
    """
    text = " ".join(name.split())
    if _USER_ID.fullmatch(text):
        parts = (text[at : at + 5] for at in (0, 5, 10))
        text += "".join(_CHECK[sum(sign.isupper() << at for at, sign in enumerate(part))] for part in parts)
    return text.casefold()


def canonical(people: pd.DataFrame, said: Mapping[str, str]) -> dict[str, str]:
    """Every way a person is written, folded → the name that is used.

    `people`: rep, email, aliases (";" between). `said`: a rep as written → the name it stands
    for, "" for nobody else.
    """
    written: dict[str, str] = {}
    for rep, email, aliases in zip(people[c.REP], people["email"], people["aliases"], strict=True):
        others = aliases.split(";") if isinstance(aliases, str) else []
        for spelling in [rep, *others, *([email] if isinstance(email, str) else [])]:
            written.setdefault(folded(spelling), rep)
    written |= {folded(spelling): name for spelling, name in said.items() if name}
    # A person's own name is theirs, whoever else claims it as an alias.
    written |= {folded(rep): rep for rep in people[c.REP]}
    return {spelling: _last(name, written) for spelling, name in written.items()}


def _last(name: str, written: Mapping[str, str]) -> str:
    """Where a chain of names ends: A. Berg is Anna Berg is Anna Berg Holm."""
    passed = {name}
    while (further := written.get(folded(name), name)) not in passed:
        passed.add(further)
        name = further
    return name
