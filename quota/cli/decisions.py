"""What a person can settle about a file on the command line, as `Choices`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import wraps
from typing import Any, cast

import click

from quota import clock
from quota import columns as c
from quota.cli.session import Command
from quota.errors import BadRequest
from quota.ingest import Choices, layouts
from quota.ingest.records import KIND_OPTIONS


def decisions(command: Command) -> Command:
    """The options that say what a file does not; handed on to the command as `choices`."""

    @wraps(command)
    def decided(
        *args: Any,
        maps: Sequence[str],
        kinds: Sequence[str],
        same: Sequence[str],
        rep: str | None,
        year: int | None,
        zone: str | None,
        targets: bool | None,
        **rest: Any,
    ) -> object:
        choices = Choices(
            fields=_fields(maps),
            kinds=_kinds(kinds),
            reps=_reps(same),
            rep=rep,
            year=year,
            zone=clock.known(zone) if zone else None,
            targets=targets,
            today=date.today(),
        )
        return command(*args, choices=choices, **rest)

    for option in (
        click.option(
            "--targets/--no-targets",
            default=None,
            help="Take a tracker's targets for quotas, or leave them out.",
        ),
        click.option("--zone", help="Time zone you work by (Europe/Copenhagen); import remembers it."),
        click.option("--year", type=int, help="The year that week labels leave out."),
        click.option("--rep", help="Whose rows they are, where no column says so."),
        click.option(
            "--same", multiple=True, metavar="SPELLING=NAME", help="Say who is who; no name: nobody else."
        ),
        click.option(
            "--kind",
            "kinds",
            multiple=True,
            metavar="TYPE=KIND",
            help="Say what a type is; no kind: never count.",
        ),
        click.option("--map", "maps", multiple=True, metavar="HEADING=FIELD", help="Say what a column is."),
    ):
        decided = option(decided)
    return cast(Command, decided)


def _fields(maps: Sequence[str]) -> dict[str, str]:
    fields = _pairs(maps, "bad_map")
    for name in filter(None, fields.values()):
        if not _is_field(name):
            raise BadRequest("unknown_field", value=name, choices=", ".join(sorted(layouts.FIELDS)))
    return fields


def _is_field(name: str) -> bool:
    field, _, detail = name.partition(":")
    if field == "count" and detail:
        return detail in c.KINDS
    return field in layouts.FIELDS and (not detail or detail in layouts.ORDERS)


def _kinds(entries: Sequence[str]) -> dict[str, str]:
    choices = ", ".join(filter(None, KIND_OPTIONS))
    kinds = _pairs(entries, "bad_kind", choices=choices)
    for text, kind in kinds.items():
        if kind not in KIND_OPTIONS:
            raise BadRequest("bad_kind", value=f"{text}={kind}", choices=choices)
    return kinds


def _reps(entries: Sequence[str]) -> dict[str, str]:
    return _pairs(entries, "bad_same")


def _pairs(entries: Sequence[str], refusal: str, **details: object) -> dict[str, str]:
    """`LEFT=RIGHT` → {left: right}; nothing on the right is an answer too."""
    found = {}
    for entry in entries:
        left, mark, right = entry.rpartition("=")
        if not mark or not left:
            raise BadRequest(refusal, value=entry, **details)
        found[left] = right
    return found
