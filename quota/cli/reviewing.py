"""Commands that look back: imports and their rows, duplicates, restatements, the rows of a number."""

from __future__ import annotations

from collections.abc import Sequence

import click
import pandas as pd

from quota import answers, clock, i18n, intake, review
from quota import columns as c
from quota.cli.printing import print_frame, print_json, print_receipts, records
from quota.cli.session import Session, day, days, json_option, known_at_option, now, user
from quota.errors import BadRequest

EXAMPLES = 3


def register(main: click.Group) -> None:
    """Add the commands to the command line."""
    for command in (imports, duplicates, restated, trace):
        main.add_command(command)


@click.command()
@click.option("--rows", "import_id", help="The rows of this import, and what became of each.")
@json_option
@click.pass_obj
def imports(session: Session, import_id: str | None, as_json: bool) -> None:
    """List every import, oldest first; or the rows of one."""
    if import_id is not None:
        print_frame(answers.rows(session.workspace(), import_id), session.lang, as_json=as_json)
        return
    found = session.workspace().imports()
    print_frame(
        found if as_json else found.drop(columns=["mapping", "sha256"]), session.lang, as_json=as_json
    )


@click.command()
@click.option("--keep", help="Count once: rows of this source stand, and their twins are taken out.")
@click.option("--different", is_flag=True, help="They are no duplicates: do not show them again.")
@click.option("--source", "sources", multiple=True, help="Only those with a row in this source; repeatable.")
@click.option("--kind", type=click.Choice(c.KINDS), help="Only activities of this kind.")
@json_option
@click.pass_obj
def duplicates(
    session: Session,
    keep: str | None,
    different: bool,
    sources: Sequence[str],
    kind: str | None,
    as_json: bool,
) -> None:
    """List what two systems logged both and counts twice, or say about those what they are."""
    if keep is not None and different:
        raise BadRequest("keep_or_different")
    workspace = session.workspace()
    pairs = answers.twins(workspace, answers.load(workspace))
    for source in sources:
        pairs = pairs[(pairs["source_a"] == source) | (pairs["source_b"] == source)]
    if kind is not None:
        pairs = pairs[pairs[c.KIND] == kind]
    if keep is None and not different:
        _list(pairs, session.lang, as_json)
        return
    if keep is not None:
        named = i18n.text("twins.counted_once", session.lang, source=keep)
        done = intake.count_once(workspace, pairs, keep, named=named, by=user(), now=now())
    else:
        named = i18n.text("twins.different", session.lang)
        done = intake.keep_both(workspace, pairs, named=named, by=user(), now=now())
    print_receipts([done], session.lang, as_json=as_json)


def _list(pairs: pd.DataFrame, lang: str, as_json: bool) -> None:
    groups = review.twin_groups(pairs)
    if not as_json:
        print_frame(groups, lang, as_json=False)
        return
    print_json([{**line, "examples": _examples(pairs, line)} for line in records(groups)])


def _examples(pairs: pd.DataFrame, group: dict[str, object]) -> list[dict[str, object]]:
    mine = (pairs[list(review.GROUPS)] == pd.Series({name: group[name] for name in review.GROUPS})).all(
        axis=1
    )
    return records(pairs[mine].head(EXAMPLES))


@click.command()
@click.option("--since", metavar="D", help="Changed since this day began.")
@click.option("--import", "import_id", metavar="ID", help="Changed by this import.")
@click.option("--by", "unit", type=click.Choice(["week", "month"]), default="week")
@json_option
@click.pass_obj
def restated(session: Session, since: str | None, import_id: str | None, unit: str, as_json: bool) -> None:
    """Numbers of closed periods that changed afterwards, before and after."""
    if (since is None) == (import_id is None):
        raise BadRequest("since_or_import")
    workspace = session.workspace()
    moment = clock.beginning(workspace, day(since)) if since is not None else None
    found = answers.restatements(workspace, import_id, moment, unit)
    print_frame(found, session.lang, as_json=as_json)


@click.command()
@click.option("--rep", help="Default: everybody.")
@click.option("--kind", required=True, help="A kind of activity, or several with +.")
@click.option("--from", "start", required=True, help="First day.")
@click.option("--to", "end", required=True, help="The day after the last one.")
@click.option("--direction", type=click.Choice(["out", "in", "any"]), help="Default: out or unknown.")
@known_at_option
@json_option
@click.pass_obj
def trace(
    session: Session,
    rep: str | None,
    kind: str,
    start: str,
    end: str,
    direction: str | None,
    known_at: str | None,
    as_json: bool,
) -> None:
    """The rows behind a number: which file, sheet and row each comes from."""
    first, after = days(start, end)
    seen = session.seen(known_at)
    found = answers.trace(seen.workspace, seen.facts, rep, kind, first, after, direction)
    print_frame(found if as_json else found.dropna(axis=1, how="all"), session.lang, as_json=as_json)
