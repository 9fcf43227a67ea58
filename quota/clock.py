"""The clock that a workspace lives by: the setting `time_zone`, an IANA name.

Times in files that carry a zone are brought to it when they are read. A change holds for
files read from then on; what is stored stays.
"""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from quota.ingest import zones
from quota.workspace import Workspace

SETTING = "time_zone"
known = zones.known


def zone_of(workspace: Workspace) -> str | None:
    """The zone of the workspace's wall clock, None while nobody has said it."""
    settings = workspace.table("settings")
    held = settings.loc[settings["name"] == SETTING, "value"]
    return str(held.iloc[-1]) if len(held) else None


def hold_zone(workspace: Workspace, zone: str, *, by: str, now: datetime) -> None:
    """Read every file from now on by the clock of `zone`: an entry in the log, which can be undone.

    Nothing happens if it is held already. Raises `BadRequest` for a zone that does not exist.
    """
    if known(zone) == zone_of(workspace):
        return
    setting = pa.table({"name": [SETTING], "value": [zone]})
    workspace.enter(f"{SETTING} {zone}", {"settings": setting}, by=by, now=now)
