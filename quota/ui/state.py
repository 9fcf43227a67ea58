"""What the viewer asked for and what it is answered from, as the pages see it."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import cast
from zoneinfo import ZoneInfo

import streamlit as st

from quota.answers import Facts
from quota.i18n import text
from quota.periods import Period
from quota.workspace import Workspace


@dataclass(frozen=True)
class Here:
    """One viewer's run of one page. `facts` holds the chosen team or rep only, `everyone` all."""

    lang: str
    workspace: Workspace
    version: int
    everyone: Facts
    facts: Facts
    today: date
    period: Period
    as_of: date
    team: str | None
    rep: str | None

    def text(self, key: str, **values: object) -> str:
        """The words of `key` in the viewer's language."""
        return text(key, self.lang, **values)

    @property
    def scope(self) -> tuple[object, ...]:
        """What a computed answer depends on, besides its own arguments."""
        return self.workspace.location, self.version, self.today, self.team, self.rep

    @property
    def empty(self) -> bool:
        """Whether nothing that can be counted was imported yet."""
        return self.everyone.data_to is None


def here() -> Here:
    """What the entry script found out for this run."""
    return cast(Here, st.session_state["here"])


def now() -> datetime:
    """The moment, in UTC; the only clock besides the calendar day of `sidebar`."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """`moment` on the viewer's clock."""
    zone = st.context.timezone
    return moment.astimezone(ZoneInfo(zone) if zone else None)


def author() -> str:
    """Who changes something: the e-mail signed in with, else the name of the computer's user."""
    email = st.user.get("email") if st.user.get("is_logged_in") else None
    return str(email or getpass.getuser())
