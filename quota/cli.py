"""`python -m quota`: the same product without a browser.

Exit status: 0 done, 1 done but something was refused, 2 could not. JSON goes to standard
output alone, messages to standard error. Rates are fractions, dates ISO, absent is null.
"""

from __future__ import annotations

import getpass
import json
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
import pandas as pd

from quota import answers, i18n, intake, leaderboard, periods, report, sample
from quota import columns as c
from quota import workspace as storage
from quota.errors import BadRequest, QuotaError
from quota.ingest import Choices, FileReading, Match, TableReading, layouts

REFUSED = 1
COULD_NOT = 2

_Command = TypeVar("_Command", bound=Callable[..., object])


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


class _Group(click.Group):
    """Turns every refusal into one sentence on standard error and status 2."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except QuotaError as refusal:
            click.echo(i18n.error_message(refusal, ctx.params.get("lang") or "en"), err=True)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
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


def _json(command: _Command) -> _Command:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def _files(command: _Command) -> _Command:
    return click.argument("files", nargs=-1, required=True)(command)


@main.command()
@_files
@click.option("--map", "maps", multiple=True, metavar="HEADING=FIELD", help="Say what a column is.")
@click.option("--rep", help="Whose rows they are, where no column says so.")
@_json
@click.pass_obj
def inspect(
    session: Session, files: Sequence[str], maps: Sequence[str], rep: str | None, as_json: bool
) -> None:
    """Say how each file is understood; store nothing."""
    choices = _choices(maps, None, rep)
    read, refused = _each(session, files, lambda file: intake.read(file, choices=choices))
    _known_headings(choices, read)
    if as_json:
        _print_json([_described(reading, session.lang) for reading in read])
    else:
        for reading in read:
            _show_reading(reading, session.lang)
    _finish(refused, len(read), any(reading.rejected for reading in read))


@main.command("import")
@_files
@click.option("--map", "maps", multiple=True, metavar="HEADING=FIELD", help="Say what a column is.")
@click.option("--rep", help="Whose rows they are, where no column says so.")
@click.option("--source", help="Name of the system that the ids belong to.")
@click.option("--replace-period", is_flag=True, help="Withdraw what the new export no longer holds.")
@_json
@click.pass_obj
def import_(
    session: Session,
    files: Sequence[str],
    maps: Sequence[str],
    rep: str | None,
    source: str | None,
    replace_period: bool,
    as_json: bool,
) -> None:
    """Store each file's rows; what is known already is not counted twice."""
    choices = _choices(maps, source, rep)
    intake.warm_up()
    if choices.fields:
        _known_headings(choices, _readable(files))
    workspace = session.workspace()

    def one(file: str) -> tuple[storage.Receipt, FileReading]:
        reading = intake.read(file, choices=choices)
        _say_refused_rows(reading, session.lang)
        receipt = intake.store(
            workspace, reading, Path(file), by=_user(), now=_now(), replace_period=replace_period
        )
        return receipt, reading

    done, refused = _each(session, files, one)
    _print(session, pd.DataFrame([asdict(receipt) for receipt, _ in done]), as_json)
    _finish(refused, len(done), any(reading.rejected for _, reading in done))


@main.command()
@_files
@click.option("--sheet", help="Only this sheet of a workbook.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
@click.pass_obj
def table(session: Session, files: Sequence[str], sheet: str | None, out: Path | None) -> None:
    """Write the table found in each file as plain UTF-8 csv: what the reader saw, before any meaning."""

    def one(file: str) -> None:
        text = intake.table_as_csv(file, sheet)
        if out is None:
            sys.stdout.buffer.write(text)
        else:
            out.mkdir(parents=True, exist_ok=True)
            (out / f"{Path(file).name}.csv").write_bytes(text)

    done, refused = _each(session, files, one)
    _finish(refused, len(done), False)


@main.command()
@_json
@click.pass_obj
def imports(session: Session, as_json: bool) -> None:
    """List every import, oldest first."""
    found = session.workspace().imports()
    _print(session, found if as_json else found.drop(columns=["mapping", "sha256"]), as_json)


@main.command()
@click.argument("import_id")
@_json
@click.pass_obj
def undo(session: Session, import_id: str, as_json: bool) -> None:
    """Take an import out; its rows are kept and can be brought back."""
    workspace = session.workspace()
    workspace.undo(import_id, by=_user(), now=_now())
    _print_import(workspace, import_id, as_json)


@main.command()
@click.argument("import_id")
@_json
@click.pass_obj
def redo(session: Session, import_id: str, as_json: bool) -> None:
    """Bring an undone import back."""
    workspace = session.workspace()
    workspace.redo(import_id, by=_user(), now=_now())
    _print_import(workspace, import_id, as_json)


@main.command()
@click.option("--from", "start", required=True, help="First day.")
@click.option("--to", "end", required=True, help="The day after the last one.")
@click.option("--by", default="", help=f"Any of {','.join(answers.COUNT_KEYS)}, with commas.")
@click.option("--direction", type=click.Choice(["out", "in", "any"]), help="Default: out or unknown.")
@_json
@click.pass_obj
def counts(session: Session, start: str, end: str, by: str, direction: str | None, as_json: bool) -> None:
    """Count work done between two days."""
    keys = [key.strip() for key in by.split(",") if key.strip()]
    found = answers.counts(session.facts(), _day(start), _day(end), keys, direction)
    found["amounts"] = found["amounts"].map(json.loads, na_action="ignore")
    if found["amounts"].isna().all():
        found = found.drop(columns="amounts")
    _print(session, found, as_json)


@main.command()
@click.option("--period", required=True, help="2026-W46, 2026-11, 2026-Q4, 2026, FY2026 or D..D.")
@click.option("--as-of", "as_of", help="Judge at the close of this day.")
@_json
@click.pass_obj
def progress(session: Session, period: str, as_of: str | None, as_json: bool) -> None:
    """Actual against target for every rep and quota."""
    facts, when = session.facts(), periods.parse(period)
    _print(session, answers.progress(facts, when, _judged(facts, when, as_of)), as_json)


@main.command()
@click.option("--from", "start", required=True, help="First day.")
@click.option("--to", "end", required=True, help="The day after the last one.")
@click.option("--by", type=click.Choice(["rep", "team", "kind", "month"]))
@click.option("--basis", type=click.Choice(answers.BASES), default="volume")
@_json
@click.pass_obj
def funnel(session: Session, start: str, end: str, by: str | None, basis: str, as_json: bool) -> None:
    """How touches become opportunities and won deals."""
    workspace = session.workspace()
    facts = answers.load(workspace)
    if basis == "cohort":
        facts = answers.with_first(workspace, facts)
    found = answers.funnel(facts, _day(start), _day(end), by, basis)
    if not as_json:
        _print(session, found, as_json)
        return
    _print_json(
        [
            {"group": None if pd.isna(group) else group, "stages": _records(stages.drop(columns="group"))}
            for group, stages in found.groupby("group", sort=False, dropna=False)
        ]
    )


@main.command("leaderboard")
@click.option("--period", required=True, help="2026-W46, 2026-11, 2026-Q4, 2026, FY2026 or D..D.")
@click.option("--metric", default="attainment", help=", ".join(leaderboard.METRICS))
@click.option("--top", type=click.IntRange(1))
@_json
@click.pass_obj
def leaderboard_(session: Session, period: str, metric: str, top: int | None, as_json: bool) -> None:
    """Who leads, and how that moved since the period before."""
    facts, when = session.facts(), periods.parse(period)
    _print(session, answers.ranking(facts, when, _judged(facts, when, None), metric, top), as_json)


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@_json
@click.pass_obj
def export(session: Session, folder: Path, as_json: bool) -> None:
    """Write everything visible as csv files."""
    workspace = session.workspace()
    folder.mkdir(parents=True, exist_ok=True)
    frames = {name: workspace.table(name) for name in ("people", "absences", "quotas", "settings")}
    frames["activities"] = workspace.activities().to_pandas()
    frames["imports"] = workspace.imports()
    for name, frame in frames.items():
        (folder / f"{name}.csv").write_bytes(report.as_csv(frame))
    if as_json:
        _print_json([{"file": f"{name}.csv", "rows": len(frame)} for name, frame in frames.items()])


@main.command()
@_json
@click.pass_obj
def demo(session: Session, as_json: bool) -> None:
    """Load the sample workspace."""
    receipts = sample.load(session.workspace(), by=_user(), now=_now())
    _print(session, pd.DataFrame([asdict(receipt) for receipt in receipts]), as_json)


# --- what the commands share ------------------------------------------------------------


def _choices(maps: Sequence[str], source: str | None, rep: str | None) -> Choices:
    fields = {}
    for entry in maps:
        heading, mark, name = entry.rpartition("=")
        if not mark or not heading:
            raise BadRequest("bad_map", value=entry)
        if name and not _is_field(name):
            raise BadRequest("unknown_field", value=name, choices=", ".join(sorted(layouts.FIELDS)))
        fields[heading] = name
    return Choices(fields=fields, source=source, rep=rep, today=date.today())


def _is_field(name: str) -> bool:
    field, _, detail = name.partition(":")
    if field == "count" and detail:
        return detail in c.KINDS
    return field in layouts.FIELDS and (not detail or detail in layouts.ORDERS)


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


def _judged(facts: answers.Facts, period: periods.Period, as_of: str | None) -> date:
    if as_of is not None:
        return _day(as_of)
    return periods.as_of_default(period, facts.today(date.today()), facts.data_to)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest("bad_date", value=text) from None


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "cli"


def _now() -> datetime:
    return datetime.now(UTC)


# --- how answers are printed ------------------------------------------------------------


def _described(reading: FileReading, lang: str) -> dict[str, object]:
    tables = [_described_table(table, lang) for table in reading.tables]
    return {"file": reading.file, "sha256": reading.sha256, "tables": tables}


def _described_table(table: TableReading, lang: str) -> dict[str, object]:
    return {
        "sheet": table.sheet,
        "layout": table.layout,
        "header_row": table.header_row,
        "rows": table.rows,
        "accepted": table.accepted,
        "skipped": table.skipped,
        "rejected": table.rejected,
        "columns": [_described_column(match, lang) for match in table.columns],
        "issues": [_described_issue(issue, lang) for issue in _records(table.issues.drop(columns="content"))],
        "questions": [
            i18n.text(f"question.{question.code}", lang, column=question.column, value=question.value)
            for question in table.questions
        ],
    }


def _described_column(match: Match, lang: str) -> dict[str, object]:
    reason = i18n.text(f"reason.{match.reason_code}", lang, **match.reason_details)
    return {"header": match.header, "field": match.field, "score": match.score, "reason": reason}


def _described_issue(issue: Mapping[str, Any], lang: str) -> dict[str, object]:
    message = i18n.issue_message(issue["code"], lang, column=issue["column"], value=issue["value"])
    told = {name: issue[name] for name in ("code", "row", "column", "value", "status")}
    return {**told, "message": message}


def _show_reading(reading: FileReading, lang: str) -> None:
    for table in _described(reading, lang)["tables"]:  # type: ignore[attr-defined]
        place = f"{reading.file} · {table['sheet']}" if table["sheet"] else reading.file
        totals = " · ".join(f"{name} {table[name]}" for name in ("rows", "accepted", "skipped", "rejected"))
        click.echo(f"{place}: {i18n.text('layout.' + table['layout'], lang)} · {totals}")
        for column in table["columns"]:
            click.echo(f"  {column['header']} → {column['field'] or '–'}  {column['reason']}")
        for code, lines in _grouped(table["issues"]):
            click.echo(f"  {len(lines)} × {code}: {lines[0]['message']}")
        for question in table["questions"]:
            click.echo(f"  ? {question}")


def _grouped(issues: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for issue in issues:
        groups.setdefault(issue["code"], []).append(issue)
    return list(groups.items())


def _say_refused_rows(reading: FileReading, lang: str, most: int = 20) -> None:
    if all(table.layout == "unknown" for table in reading.tables):
        return  # the refusal of the whole file says it
    for table in reading.tables:
        refused = table.issues[table.issues["status"] == "rejected"]
        for issue in _records(refused.head(most)):
            place = ", ".join(
                str(part) for part in (reading.file, issue["sheet"], issue["row"]) if part is not None
            )
            message = i18n.issue_message(issue["code"], lang, column=issue["column"], value=issue["value"])
            click.echo(f"{place}: {message}", err=True)


def _print(session: Session, frame: pd.DataFrame, as_json: bool) -> None:
    if as_json:
        _print_json(_records(frame))
        return
    if frame.empty:
        return
    shown = frame.rename(columns=lambda name: i18n.text(f"column.{name}", session.lang))
    click.echo(
        shown.to_string(index=False, na_rep="–", float_format=lambda x: f"{x:.4g}" if x < 1e4 else f"{x:.2f}")
    )


def _print_import(workspace: storage.Workspace, import_id: str, as_json: bool) -> None:
    """What became of an import, for whoever reads JSON; others see that nothing was refused."""
    if as_json:
        log = workspace.imports()
        _print_json(_records(log[log[c.IMPORT_ID] == import_id]))


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str, allow_nan=False))


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries ready for JSON: missing is None, moments are ISO texts."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(name): _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if hasattr(value, "item"):
        return value.item()
    return value
