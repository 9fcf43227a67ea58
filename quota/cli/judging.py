"""Commands about quotas: progress with its why, what changed since, what the weeks suggest."""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import date
from typing import Any

import click
import pandas as pd

from quota import answers, clock, i18n, notices, periods
from quota.cli.printing import print_frame, print_json, records
from quota.cli.session import Seen, Session, day, json_option, known_at_option
from quota.derivation import Derivation
from quota.errors import BadRequest
from quota.names import folded
from quota.report import why


def register(main: click.Group) -> None:
    """Add the commands to the command line."""
    for command in (progress, digest, suggest):
        main.add_command(command)


def judged_on(seen: Seen, period: periods.Period, as_of: str | None) -> date:
    """The day whose close a period is judged at."""
    if as_of is not None:
        return day(as_of)
    return periods.as_of_default(period, seen.today, seen.facts.data_to)


@click.command()
@click.option(
    "--period", required=True, help="2026-W46, 2026-11, 2026-Q4, 2026, FY2026 or D..D (last day out)."
)
@click.option("--as-of", "as_of", help="Judge at the close of this day.")
@click.option("--explain", is_flag=True, help="Say what each figure was made of.")
@click.option("--rep", help="Only this rep.")
@click.option("--quota", help="Only this quota.")
@known_at_option
@json_option
@click.pass_obj
def progress(
    session: Session,
    period: str,
    as_of: str | None,
    explain: bool,
    rep: str | None,
    quota: str | None,
    known_at: str | None,
    as_json: bool,
) -> None:
    """Actual against target for every rep and quota."""
    seen = session.seen(known_at)
    facts = seen.facts
    when = periods.parse(period, fiscal_start=facts.plan.fiscal_start)
    known = facts.names.get(folded(rep), rep) if rep else None
    if known and known not in facts.reps:
        raise BadRequest("unknown_rep", value=known)
    judged = judged_on(seen, when, as_of)
    if not explain:
        found = answers.trend(facts, when, judged)
        found = found[found["rep"] == known] if known else found
        found = found[found["quota"].str.casefold() == quota.casefold()] if quota else found
        print_frame(found, session.lang, as_json=as_json)
        return
    told = [
        (one, answers.sources(seen.workspace, facts, one, when, judged))
        for name in ([known] if known else facts.reps)
        for one in answers.derivations(facts, when, judged, name, quota)
    ]
    if as_json:
        print_json([_laid_out(one, files) for one, files in told])
        return
    for one, files in told:
        click.echo("\n  ".join(why.sentences(one, files, session.lang)))


def _laid_out(one: Derivation, files: pd.DataFrame) -> dict[str, Any]:
    parts = {
        name: records(getattr(one, name)) for name in ("rules", "pieces", "days", "done", "excluded", "past")
    }
    for told in parts["days"]:
        told["reasons"] = [
            {"reason": code, "detail": list(detail) if isinstance(detail, tuple) else detail}
            for code, detail in told["reasons"]
        ]
    return {**_plain(one.figures), "why": {**parts, "files": records(files)}}


def _plain(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if pd.isna(value) else value for name, value in figures.items()}


@click.command()
@click.option("--since", required=True, help="A day; what changed after its close.")
@click.option("--html", "as_html", is_flag=True, help="Print a page to send.")
@known_at_option
@json_option
@click.pass_obj
def digest(session: Session, since: str, as_html: bool, known_at: str | None, as_json: bool) -> None:
    """Say who fell below or crossed a line since a day, for a scheduler to send."""
    first, seen = day(since), session.seen(known_at)
    close = clock.close(seen.workspace, first)
    then = answers.load(seen.workspace, min(close, seen.facts.known_at or close))
    found = notices.digest(then, seen.facts, first, seen.today)
    if as_json:
        print_json(records(found))
        return
    lines = [_notice(row, session.lang) for row in found.to_dict("records")]
    title = i18n.text("digest.title", session.lang, n=len(lines), day=i18n.short_date(first, session.lang))
    click.echo(_page(title, lines, session.lang) if as_html else "\n".join([title, *lines]))


def _notice(row: Mapping[Any, Any], lang: str) -> str:
    return i18n.text(
        f"digest.{row['change']}",
        lang,
        rep=row["rep"],
        quota=row["quota"],
        period=row["period"],
        status=i18n.text(f"status.{row['after']}", lang),
        attained=i18n.percent(row["attainment"], lang),
    )


def _page(title: str, lines: list[str], lang: str) -> str:
    items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    head = f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>{html.escape(title)}</title>'
    body = f'<body style="font-family:sans-serif"><h1>{html.escape(title)}</h1><ul>{items}</ul></body>'
    return f"{head}{body}</html>"


@click.command()
@click.option("--percentile", type=click.FloatRange(0, 1), default=0.8, show_default=True)
@click.option("--weeks", type=click.IntRange(1), default=12, show_default=True)
@known_at_option
@json_option
@click.pass_obj
def suggest(session: Session, percentile: float, weeks: int, known_at: str | None, as_json: bool) -> None:
    """Suggest weekly quotas per role from what people did, and say who would have met them."""
    seen = session.seen(known_at)
    found = answers.suggested(seen.facts, seen.facts.data_to or seen.today, percentile, weeks)
    print_frame(found, session.lang, as_json=as_json)
