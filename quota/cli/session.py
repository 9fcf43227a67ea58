"""What the commands share: where the workspace is, who asks, when, and how days are written."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

import click

from quota import answers
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

    def facts(self) -> answers.Facts:
        """Everything visible in the workspace now."""
        return answers.load(self.workspace())


def json_option(command: Command) -> Command:
    """The option `--json`, handed on as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


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
