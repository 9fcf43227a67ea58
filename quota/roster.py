"""Who is known in a workspace: every way a person is written → the name that is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import pandas as pd

from quota import columns as c
from quota import names
from quota.ingest import Preset, presets
from quota.workspace import Workspace


def known(
    workspace: Workspace,
    as_of: datetime | None = None,
    people: pd.DataFrame | None = None,
    also: Iterable[Preset] = (),
) -> dict[str, str]:
    """Spelling, folded → name: from the people (as stored, if not given), and what was said of spellings.

    `also`: presets to come.
    """
    said = presets.said_of_reps([*presets.read(workspace.table("presets", as_of)), *also])
    return names.canonical(workspace.table("people", as_of) if people is None else people, said)


def resolved(frame: pd.DataFrame, known: Mapping[str, str]) -> pd.DataFrame:
    """The same rows, each `rep` by the name that is used."""
    used = {name: known.get(names.folded(name), name) for name in frame[c.REP].unique()}
    return frame.assign(rep=frame[c.REP].map(used).astype("str"))
