"""What is computed once and shown many times, keyed by the workspace's version.

One rule: nothing read from the workspace outlives the version that it was read at, and a
rerun reads no event rows. What is kept is shared by everybody: hand it on, never change it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from quota import answers
from quota.answers import Facts
from quota.workspace import Workspace

T = TypeVar("T")


def location() -> str:
    """Where the workspace is: `QUOTA_WORKSPACE`, `[quota] workspace` of the secrets, else ./workspace."""
    try:
        kept = st.secrets.get("quota", {}).get("workspace")
    except StreamlitSecretNotFoundError:
        kept = None
    return os.environ.get("QUOTA_WORKSPACE") or kept or str(Path("workspace").resolve())


@st.cache_resource(max_entries=4, show_spinner=False)
def workspace(location: str) -> Workspace:
    """The open workspace; a failure is not kept, so that the next run tries again."""
    return Workspace.open(location)


@st.cache_resource(max_entries=2, show_spinner=False)
def facts(location: str, version: int) -> Facts:
    """Everything the pages compute from, as of `version`."""
    return answers.load(workspace(location))


def narrowed(
    location: str, version: int, team: str | None, rep: str | None, *, cohorts: bool = False
) -> Facts:
    """The facts of one team or one rep, or of everybody; with `cohorts` they can be asked for those."""
    everyone = _with_cohorts(location, version) if cohorts else facts(location, version)
    if team is None and rep is None:
        return everyone
    return _narrowed(json.dumps([location, version, team, rep, cohorts]), everyone, team, rep)


def once(make: Callable[[], T], *key: object) -> T:
    """What `make` returns, made once per `key`."""
    # One text for the whole key: two free texts side by side may share Streamlit's cache key.
    made: T = _once(json.dumps([str(part) for part in key]), make)
    return made


def digest(rows: pd.DataFrame) -> str:
    """A short text for what the rows hold, as part of a key."""
    return hashlib.sha256(repr(rows.to_dict("split")).encode()).hexdigest()


@st.cache_resource(max_entries=1, show_spinner=False)
def _with_cohorts(location: str, version: int) -> Facts:
    return answers.with_first(workspace(location), facts(location, version))


@st.cache_resource(max_entries=32, show_spinner=False)
def _narrowed(key: str, _everyone: Facts, _team: str | None, _rep: str | None) -> Facts:
    teams = {
        rep: team for rep, team in _everyone.teams.items() if _team in (None, team) and _rep in (None, rep)
    }
    return replace(
        _everyone,
        cube=_of(_everyone.cube, teams),
        people=_of(_everyone.people, teams),
        first=None if _everyone.first is None else _of(_everyone.first, teams),
        teams=teams,
    )


def _of(frame: pd.DataFrame, reps: Collection[str]) -> pd.DataFrame:
    return frame[frame["rep"].isin(list(reps))]


@st.cache_resource(max_entries=500, show_spinner=False)
def _once(key: str, _make: Callable[[], Any]) -> Any:
    return _make()
