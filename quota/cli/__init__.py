"""`python -m quota`: the same product without a browser.

Exit status: 0 done, 1 done but something was refused, 2 could not. JSON goes to standard
output alone, messages to standard error. Rates are fractions, dates ISO, absent is null.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click
import pandas as pd

from quota import answers, clock, i18n, intake, leaderboard, periods, report, sample
from quota import columns as c
from quota import workspace as storage
from quota.cli import judging, reviewing, sheets
from quota.cli.decisions import decisions
from quota.cli.judging import judged_on
from quota.cli.printing import (
    described,
    print_frame,
    print_import,
    print_json,
    print_receipts,
    records,
    say_notes,
    say_open_questions,
    say_refused_rows,
    say_remarks,
    show_reading,
)
from quota.cli.session import Command, Session, days, json_option, known_at_option, moment, now, user
from quota.errors import BadRequest, QuotaError
from quota.ingest import Choices, FileReading
from quota.vetting import Terms, vetted, waits

REFUSED = 1
COULD_NOT = 2


class _Group(click.Group):
    """Turns every refusal into one sentence on standard error and status 2."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except QuotaError as refusal:
            click.echo(i18n.error_message(refusal, ctx.params.get("lang") or "en"), err=True)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # click says what is wrong, and nothing to a reader who has left
        except Exception:  # 1, Python's own, would say that it is done
            traceback.print_exc()
        sys.exit(COULD_NOT)


@click.group(cls=_Group)
@click.option("--workspace", "location", envvar="QUOTA_WORKSPACE", default="workspace", help="Folder or URL.")
@click.option("--lang", type=click.Choice(i18n.LANGUAGES), default="en", help="Language of messages.")
@click.version_option(package_name=None, version=__import__("quota").__version__)
@click.pass_context
def main(ctx: click.Context, location: str, lang: str) -> None:
    """Activity quotas, pace and funnel conversion from any activity export."""
    ctx.obj = Session(location, lang)


def _files(command: Command) -> Command:
    return click.argument("files", nargs=-1, required=True)(command)


@main.command()
@_files
@decisions
@json_option
@click.pass_obj
def inspect(session: Session, files: Sequence[str], choices: Choices, as_json: bool) -> None:
    """Say how each file is understood; store nothing."""
    workspace = storage.Workspace.find(session.location)
    known = intake.remembered(workspace, choices) if workspace else choices

    def one(file: str) -> FileReading:
        reading = intake.read(file, choices=known)
        return vetted(workspace, reading, date.today()) if workspace else reading

    read, refused = _each(session, files, one)
    _known_headings(choices, read)
    if as_json:
        print_json([described(reading, session.lang) for reading in read])
    else:
        for reading in read:
            show_reading(reading, session.lang)
    _finish(refused, len(read), any(reading.rejected for reading in read))


@main.command("import")
@_files
@decisions
@click.option("--source", help="Name of the system that the ids belong to.")
@click.option("--replace-period", is_flag=True, help="Withdraw what the new export no longer holds.")
@sheets.terms
@json_option
@click.pass_obj
def import_(
    session: Session,
    files: Sequence[str],
    choices: Choices,
    source: str | None,
    replace_period: bool,
    keep_good: bool,
    terms: Terms,
    as_json: bool,
) -> None:
    """Store each file's rows; what is known already is not counted twice.

    Of a file whose quotas, points, ramps or tiers are partly refused nothing is stored, unless
    the good rows are to be kept.
    """
    choices = replace(choices, source=source)
    intake.warm_up()
    if choices.fields:
        _known_headings(choices, _readable(files))
    workspace = session.workspace()
    if choices.zone:
        clock.hold_zone(workspace, choices.zone, by=user(), now=now())

    late: list[str] = []

    def one(file: str) -> tuple[storage.Receipt, FileReading] | None:
        reading = intake.read(file, choices=intake.remembered(workspace, choices))
        reading = vetted(workspace, reading, date.today(), terms)
        if waits(reading) and len(files) > 1 and file not in late:
            late.append(file)  # a file behind it may bring what it needs
            return None
        say_refused_rows(reading, session.lang)
        say_notes(reading, session.lang)
        say_open_questions(reading, session.lang)
        receipt = intake.store(
            workspace,
            reading,
            Path(file),
            by=user(),
            now=now(),
            replace_period=replace_period,
            keep_good=keep_good,
        )
        return receipt, reading

    found, refused = _each(session, files, one)
    further, refused_late = _each(session, tuple(late), one)
    done = [each for each in (*found, *further) if each]
    print_receipts([receipt for receipt, _ in done], session.lang, as_json=as_json)
    _finish(refused + refused_late, len(done), any(reading.rejected for _, reading in done))


@main.command()
@_files
@click.option("--sheet", help="Only this sheet of a workbook.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
@click.option("--anyway", is_flag=True, help="Write a table even where its cells are in doubt.")
@click.pass_obj
def table(session: Session, files: Sequence[str], sheet: str | None, out: Path | None, anyway: bool) -> None:
    """Write the table found in each file as plain UTF-8 csv: what the reader saw, before any meaning.

    One file goes to standard output, several to a folder. A table whose cells are in doubt is
    not written; what is doubtful is said on standard error, and the status is 1.
    """
    if len(files) > 1 and out is None:
        raise BadRequest("needs_folder", n=len(files))

    def one(file: str) -> bool:
        found = intake.plain_table(file, sheet)
        say_remarks(found, Path(file).name, session.lang)
        if found.doubtful and not anyway:
            return False
        if out is None:
            sys.stdout.buffer.write(found.csv)
        else:
            out.mkdir(parents=True, exist_ok=True)
            (out / f"{Path(file).name}.csv").write_bytes(found.csv)
        return True

    done, refused = _each(session, files, one)
    _finish(refused, len(done), not all(done))


@main.command()
@click.option("--forget", "fingerprints", multiple=True, metavar="FINGERPRINT", help="Remember it no more.")
@json_option
@click.pass_obj
def presets(session: Session, fingerprints: Sequence[str], as_json: bool) -> None:
    """List what is remembered of earlier files, or forget some of it."""
    workspace = session.workspace()
    for fingerprint in fingerprints:
        intake.forget_preset(workspace, fingerprint, by=user(), now=now())
    print_frame(intake.remembered_presets(workspace), session.lang, as_json=as_json)


@main.command()
@click.argument("import_id")
@json_option
@click.pass_obj
def undo(session: Session, import_id: str, as_json: bool) -> None:
    """Take an import out; its rows are kept and can be brought back."""
    workspace = session.workspace()
    workspace.undo(import_id, by=user(), now=now())
    print_import(workspace, import_id, as_json)


@main.command()
@click.argument("import_id")
@json_option
@click.pass_obj
def redo(session: Session, import_id: str, as_json: bool) -> None:
    """Bring an undone import back."""
    workspace = session.workspace()
    workspace.redo(import_id, by=user(), now=now())
    print_import(workspace, import_id, as_json)


@main.command()
@click.option("--from", "start", required=True, help="First day.")
@click.option("--to", "end", required=True, help="The day after the last one.")
@click.option("--by", default="", help=f"Any of {','.join(answers.COUNT_KEYS)}, with commas.")
@click.option("--direction", type=click.Choice(["out", "in", "any"]), help="Default: out or unknown.")
@known_at_option
@json_option
@click.pass_obj
def counts(
    session: Session,
    start: str,
    end: str,
    by: str,
    direction: str | None,
    known_at: str | None,
    as_json: bool,
) -> None:
    """Count work done between two days."""
    first, after = days(start, end)
    keys = [key.strip() for key in by.split(",") if key.strip()]
    found = answers.counts(session.seen(known_at).facts, first, after, keys, direction)
    found["amounts"] = found["amounts"].map(json.loads, na_action="ignore")
    if found["amounts"].isna().all():
        found = found.drop(columns="amounts")
    print_frame(found, session.lang, as_json=as_json)


@main.command()
@click.option("--from", "start", required=True, help="First day.")
@click.option("--to", "end", required=True, help="The day after the last one.")
@click.option("--by", type=click.Choice(["rep", "team", "kind", "month"]))
@click.option("--basis", type=click.Choice(answers.BASES), default="volume")
@known_at_option
@json_option
@click.pass_obj
def funnel(
    session: Session,
    start: str,
    end: str,
    by: str | None,
    basis: str,
    known_at: str | None,
    as_json: bool,
) -> None:
    """How touches become opportunities and won deals."""
    first, after = days(start, end)
    seen = session.seen(known_at)
    facts = answers.with_first(seen.workspace, seen.facts) if basis == "cohort" else seen.facts
    found = answers.funnel(facts, first, after, by, basis)
    if not as_json:
        print_frame(found, session.lang, as_json=as_json)
        return
    print_json(
        [
            {"group": None if pd.isna(group) else group, "stages": records(stages.drop(columns="group"))}
            for group, stages in found.groupby("group", sort=False, dropna=False)
        ]
    )


@main.command("leaderboard")
@click.option(
    "--period", required=True, help="2026-W46, 2026-11, 2026-Q4, 2026, FY2026 or D..D (last day out)."
)
@click.option("--metric", default="attainment", help=", ".join(leaderboard.METRICS))
@click.option("--top", type=click.IntRange(1))
@known_at_option
@json_option
@click.pass_obj
def leaderboard_(
    session: Session, period: str, metric: str, top: int | None, known_at: str | None, as_json: bool
) -> None:
    """Who leads, and how that moved since the period before."""
    seen, when = session.seen(known_at), periods.parse(period)
    found = answers.ranking(seen.facts, when, judged_on(seen, when, None), metric, top)
    print_frame(found, session.lang, as_json=as_json)


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@known_at_option
@json_option
@click.pass_obj
def export(session: Session, folder: Path, known_at: str | None, as_json: bool) -> None:
    """Write everything visible as csv files."""
    workspace = session.workspace()
    at = moment(workspace, known_at)
    folder.mkdir(parents=True, exist_ok=True)
    frames = {name: workspace.table(name, at) for name in (*c.WRITTEN, "settings")}
    frames["activities"] = workspace.activities(at).to_pandas()
    frames["imports"] = workspace.imports(at)
    for name, frame in frames.items():
        (folder / f"{name}.csv").write_bytes(report.as_csv(frame))
    if as_json:
        print_json([{"file": f"{name}.csv", "rows": len(frame)} for name, frame in frames.items()])


@main.command()
@json_option
@click.pass_obj
def demo(session: Session, as_json: bool) -> None:
    """Load the sample workspace."""
    receipts = sample.load(session.workspace(), by=user(), now=now())
    print_receipts(list(receipts), session.lang, as_json=as_json)


# --- what the commands share ------------------------------------------------------------


def _readable(files: Sequence[str]) -> Iterator[FileReading]:
    for file in files:
        with suppress(QuotaError):  # whoever stores the file will say so
            yield intake.read(file)


def _known_headings(choices: Choices, read: Iterable[FileReading]) -> None:
    present = {match.header for reading in read for table in reading.tables for match in table.columns}
    for heading in choices.fields:
        if present and heading not in present:
            raise BadRequest("unknown_heading", value=heading)


def _each(session: Session, files: Sequence[str], action: Callable[[str], Any]) -> tuple[list[Any], int]:
    """The action's results for the files that can be read; the others are named on standard error."""
    done, refused = [], 0
    for file in files:
        try:
            done.append(action(file))
        except QuotaError as refusal:
            refused += 1
            click.echo(i18n.error_message(refusal, session.lang), err=True)
    return done, refused


def _finish(refused: int, done: int, rows_refused: bool) -> None:
    if refused and not done:
        sys.exit(COULD_NOT)
    if refused or rows_refused:
        sys.exit(REFUSED)


reviewing.register(main)
judging.register(main)
