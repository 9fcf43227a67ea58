"""The clock that a workspace lives by: the setting `time_zone`, an IANA name.

Times in files that carry a zone are brought to it when they are read. A change holds for
files read from then on; what is stored stays. Where nobody has said it, a day begins and ends
as on this computer.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

import pyarrow as pa

from quota.errors import BadRequest
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


def moment(wall: datetime, zone: str | None) -> datetime:
    """`wall` in UTC, by the zone that it carries, else by `zone`. Raises `BadRequest` out of all time."""
    said = wall.replace(tzinfo=ZoneInfo(zone)) if zone and wall.tzinfo is None else wall
    return _turned(said, UTC)


def wall(moment: datetime, zone: str | None) -> datetime:
    """What the clock of `zone` shows at `moment`. Raises `BadRequest` out of all time."""
    return _turned(moment, ZoneInfo(zone) if zone else None)


def beginning(workspace: Workspace, day: date) -> datetime:
    """The first moment of a day on the workspace's clock, in UTC."""
    return moment(datetime.combine(day, time.min), zone_of(workspace))


def close(workspace: Workspace, day: date) -> datetime:
    """The last moment of a day on the workspace's clock, in UTC."""
    return moment(datetime.combine(day, time.max), zone_of(workspace))


def _turned(moment: datetime, zone: tzinfo | None) -> datetime:
    try:
        return moment.astimezone(zone)
    except (OverflowError, ValueError):
        raise BadRequest("bad_date", value=str(moment.date())) from None
