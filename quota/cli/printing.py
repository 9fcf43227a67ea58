"""How the command line says what it found: JSON on standard output, sentences for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click
import pandas as pd

from quota import columns as c
from quota import i18n
from quota import workspace as storage
from quota.ingest import FileReading, Match, Plain, Question, Remark, TableReading

# Questions whose options are proposals: people, or columns of people.
_PROPOSING = ("same_rep", "rep_of_file")


def described(reading: FileReading, lang: str) -> dict[str, Any]:
    """A reading in the shape that `inspect --json` promises."""
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
        "issues": [_described_issue(issue, lang) for issue in records(table.issues.drop(columns="content"))],
        "questions": [_asked(question, lang) for question in table.questions],
    }


def _asked(question: Question, lang: str) -> str:
    words = i18n.text(f"question.{question.code}", lang, column=question.column, value=question.value)
    names = [option for option in question.options if option] if question.code in _PROPOSING else []
    return f"{words} ({', '.join(names)}?)" if names else words


def _described_column(match: Match, lang: str) -> dict[str, object]:
    reason = i18n.text(f"reason.{match.reason_code}", lang, **match.reason_details)
    return {"header": match.header, "field": match.field, "score": match.score, "reason": reason}


def _described_issue(issue: Mapping[str, Any], lang: str) -> dict[str, object]:
    told = {name: issue[name] for name in ("code", "row", "column", "value", "status")}
    return {**told, "message": _message(issue, lang)}


def show_reading(reading: FileReading, lang: str) -> None:
    """A reading in words: each table's columns with reasons, and what became of its rows."""
    for table in described(reading, lang)["tables"]:
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


def say_refused_rows(reading: FileReading, lang: str, most: int = 20) -> None:
    """The first refused rows of every table, one sentence each on standard error."""
    if all(table.layout == "unknown" for table in reading.tables):
        return  # the refusal of the whole file says it
    for table in reading.tables:
        refused = table.issues[table.issues["status"] == "rejected"]
        _say(refused.head(most), reading.file, lang)


def say_notes(reading: FileReading, lang: str) -> None:
    """What is to be said of sheets that people write and were taken, one line each on standard error."""
    for table in reading.tables:
        if table.layout in c.WRITTEN:
            _say(table.issues[table.issues["status"] == "note"], reading.file, lang)


def _say(issues: pd.DataFrame, file: str, lang: str) -> None:
    """Where each issue is and what it says, on standard error."""
    for issue in records(issues):
        place = ", ".join(str(part) for part in (file, issue["sheet"], issue["row"]) if part is not None)
        click.echo(f"{place}: {_message(issue, lang)}", err=True)


def _message(issue: Mapping[str, Any], lang: str) -> str:
    told = {name: issue.get(name) for name in ("column", "value", "near")}
    return i18n.issue_message(issue["code"], lang, **told)


def say_open_questions(reading: FileReading, lang: str) -> None:
    """The questions that nobody answered and that stopped nothing, one line each on standard error."""
    for table in reading.tables:
        for question in table.questions:
            if not question.blocks:
                click.echo(f"{reading.file}: {_asked(question, lang)}", err=True)


def say_remarks(found: Plain, file: str, lang: str, most: int = 20) -> None:
    """What is to be said of a table's cells, one line for each sheet and code, on standard error."""
    groups: dict[tuple[str | None, str], list[Remark]] = {}
    for sheet, remark in sorted(found.remarks, key=lambda said: not said[1].doubtful):
        groups.setdefault((sheet, remark.code), []).append(remark)
    for (sheet, code), remarks in groups.items():
        rows = [str(remark.row) for remark in remarks if remark.row is not None]
        shown = ", ".join(rows[:most]) + (", …" if len(rows) > most else "")
        place = ", ".join(part for part in (file, sheet, shown) if part)
        message = i18n.issue_message(code, lang, column="", value=remarks[0].value)
        click.echo(f"{place}: {message}", err=True)


def print_frame(frame: pd.DataFrame, lang: str, *, as_json: bool) -> None:
    """A frame as JSON records, or as a table headed in the reader's language."""
    if as_json:
        print_json(records(frame))
        return
    if frame.empty:
        return
    # `na_rep` knows nothing of a None among objects.
    gaps = {str(name): text.fillna(i18n.ABSENT) for name, text in frame.items() if text.dtype == object}
    told = frame.assign(**gaps)
    shown = told.rename(columns=lambda name: i18n.text(f"column.{name}", lang))
    click.echo(
        shown.to_string(
            index=False, na_rep=i18n.ABSENT, float_format=lambda x: f"{x:.4g}" if x < 1e4 else f"{x:.2f}"
        )
    )


def print_receipts(receipts: Sequence[storage.Receipt], lang: str, *, as_json: bool) -> None:
    """What imports did; for people the restated weeks stand in words."""
    frame = pd.DataFrame([asdict(receipt) for receipt in receipts])
    if not as_json and len(frame):
        frame["restated"] = [_restated(receipt, lang) for receipt in receipts]
        frame["replaced"] = frame["replaced"].replace("", i18n.ABSENT)
        frame["beside"] = [_beside(receipt, lang) for receipt in receipts]
        frame["applies"] = [_applies(receipt) for receipt in receipts]
    print_frame(frame, lang, as_json=as_json)


def _restated(receipt: storage.Receipt, lang: str) -> str:
    told = [
        f"{week}: " + ", ".join(f"{i18n.kinds_label(kind, lang)} {by:+d}" for kind, by in kinds.items())
        for week, kinds in receipt.restated.items()
    ]
    return "; ".join(told) or i18n.ABSENT


def _beside(receipt: storage.Receipt, lang: str) -> str:
    told = [f"{i18n.kinds_label(kind, lang)} {n}" for kind, n in receipt.beside.items()]
    return ", ".join(told) or i18n.ABSENT


def _applies(receipt: storage.Receipt) -> str:
    told = [f"{day}: {n}" for day, n in receipt.applies.items()]
    return "; ".join(told) or i18n.ABSENT


def print_import(workspace: storage.Workspace, import_id: str, as_json: bool) -> None:
    """What became of an import, for whoever reads JSON; others see that nothing was refused."""
    if as_json:
        log = workspace.imports()
        print_json(records(log[log[c.IMPORT_ID] == import_id]))


def print_json(value: object) -> None:
    """JSON, alone on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str, allow_nan=False))


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries ready for JSON: missing is None, moments are ISO texts."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(name): _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if hasattr(value, "item"):
        return value.item()
    return value
