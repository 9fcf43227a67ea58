"""What whoever imports sheets of quotas and people says about rows that are refused, and from when."""

from __future__ import annotations

from functools import wraps
from typing import Any, cast

import click

from quota.cli.session import Command, day
from quota.vetting import Terms

BEGINNING = "beginning"


def terms(command: Command) -> Command:
    """The options `--keep-good`, `--keep-unknown` and `--applies-from`; handed on as keep_good and terms."""

    @wraps(command)
    def agreed(*args: Any, keep_unknown: bool, applies_from: str | None, **rest: Any) -> object:
        corrects = applies_from == BEGINNING
        since = day(applies_from) if applies_from and not corrects else None
        return command(*args, terms=Terms(keep_unknown, since, corrects), **rest)

    for option in (
        click.option(
            "--keep-good", is_flag=True, help="Keep the good rows of a sheet that is partly refused."
        ),
        click.option(
            "--keep-unknown",
            is_flag=True,
            help="Keep quotas whose people, ramps or points are still to come.",
        ),
        click.option(
            "--applies-from",
            metavar=f"DAY|{BEGINNING}",
            help="From when rows without a day change what holds; else the start of the current period.",
        ),
    ):
        agreed = option(agreed)
    return cast(Command, agreed)
