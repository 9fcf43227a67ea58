"""What the commands share: the workspace and what was known when, who asks, how days are written."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TypeVar

import click

from quota import answers, clock
from quota import columns as c
from quota import workspace as storage
from quota.errors import BadRequest

Command = TypeVar("Command", bound=Callable[..., object])


@dataclass(frozen=True)
class Session:
    """What every command is told: where the workspace is, and the language."""

    location: str
    lang: str

    def workspace(self) -> storage.Workspace:
        """The workspace, made if it is not there yet."""
        return storage.Workspace.open(self.location)

    def seen(self, known_at: str | None) -> Seen:
        """Everything visible in the workspace, now or as it was known at a moment; raises `BadRequest`."""
        workspace = self.workspace()
        at = moment(workspace, known_at)
        facts = answers.load(workspace, at)
        then = clock.wall(at, clock.zone_of(workspace)).date() if at else today()
        return Seen(workspace, facts, facts.today(then))


@dataclass(frozen=True)
class Seen:
    """What a command reads: the workspace, what was known of it, and the day that was then."""

    workspace: storage.Workspace
    facts: answers.Facts
    today: date


def json_option(command: Command) -> Command:
    """The option `--json`, handed on as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def known_at_option(command: Command) -> Command:
    """The option `--known-at` of the commands that read, handed on as `known_at`."""
    return click.option(
        "--known-at",
        metavar="MOMENT",
        help="As it was known at the close of this day (2026-03-02) or then (2026-03-02T14:30).",
    )(command)


def moment(workspace: storage.Workspace, known_at: str | None) -> datetime | None:
    """The moment as written, by the workspace's clock; None for now.

    Raises `BadRequest` where it cannot be read, has not come, or nothing was known yet.
    """
    if known_at is None:
        return None
    zone = clock.zone_of(workspace)
    at = clock.moment(_wall(known_at), zone)
    last = clock.wall(now(), zone).date()
    if clock.wall(at, zone).date() > last:
        raise BadRequest("moment_ahead", value=known_at, today=last)
    entered = workspace.imports()
    if len(entered) and workspace.imports(at).empty:
        first = clock.wall(entered[c.AT].iloc[0].to_pydatetime(), zone)
        raise BadRequest("nothing_known_yet", value=known_at, first=f"{first:%Y-%m-%d %H:%M}")
    return at


def _wall(text: str) -> datetime:
    with suppress(ValueError):
        return datetime.combine(date.fromisoformat(text), time.max)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest("bad_moment", value=text) from None


def day(text: str) -> date:
    """A day as written; raises `BadRequest`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest("bad_date", value=text) from None


def days(start: str, end: str) -> tuple[date, date]:
    """The first day, and the day after the last one; raises `BadRequest` where nothing lies between."""
    first, after = day(start), day(end)
    if after <= first:
        raise BadRequest("empty_period", start=first, end=after)
    return first, after


def user() -> str:
    """Who asks, for the log."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "cli"


def now() -> datetime:
    """The moment, for the log."""
    return datetime.now(UTC)


def today() -> date:
    """The day on this computer, on which a workspace lives unless a setting holds it."""
    return date.today()
