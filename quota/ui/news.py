"""What changed since the period before, in words: at most a handful of lines."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import pandas as pd
import streamlit as st

from quota import answers, i18n
from quota.counting import work_done
from quota.periods import parse, previous
from quota.ui import cache, figures, findings
from quota.ui.findings import News
from quota.ui.state import Here
from quota.ui.widgets import sign
from quota.ui.words import plain

# How many lines of each sort are told.
MOST = 2


def draw(reps: pd.DataFrame, before: pd.DataFrame, here: Here) -> None:
    """The lines, each with the sign of the status that it is like; "nothing much" without any."""
    lines = cache.once(
        lambda: [*_people(reps, before, here), *_shifts(here), *_restated(here), *_imports(here)],
        *("news", *here.scope, here.period.key, here.as_of),
    )
    for line in lines:
        st.markdown(f"{sign(line.status)} {_words(line, here)}")
    if not lines:
        st.markdown(here.text("news.nothing"))


def _people(reps: pd.DataFrame, before: pd.DataFrame, here: Here) -> list[News]:
    stretch = figures.trend(here)
    runs = findings.streaks(figures.history(here, stretch), stretch)
    longest = sorted(runs.items(), key=lambda run: (-run[1], run[0]))
    met = [
        News("met", "news.met_in_a_row" if run > 1 else "news.met", {"rep": rep, "n": run})
        for rep, run in longest[:MOST]
    ]
    turned = findings.turned(reps, before)
    fell = [line for line in turned if line.code == "news.fell"]
    rose = [line for line in turned if line.code == "news.rose"]
    return [*fell[:MOST], *met, *rose[:MOST]]


def _shifts(here: Here) -> list[News]:
    period, cube = here.period, here.facts.cube
    until = max(min(period.end, here.as_of + timedelta(days=1)), period.start)
    touches = findings.comparable(cube, period, here.as_of)
    now = work_done(touches, period.start, until)
    then = work_done(touches, *findings.same_stretch(period, here.as_of))
    several = len(set(here.facts.teams.values())) > 1
    by_team = findings.shifts(now, then, "team") if several else []
    return [*by_team[:1], *findings.shifts(now, then, "kind")[:MOST]]


def _restated(here: Here) -> list[News]:
    """Closed weeks of which the number changed since the period before ended, the latest first."""
    since = pd.Timestamp(previous(here.period).end, tz="UTC")
    entered = here.everyone.imports["at"]
    if not (entered < since).any() or not (entered >= since).any():
        return []
    found = answers.restatements(here.workspace, since=since.to_pydatetime())
    found = found[found["rep"].isin(here.facts.reps)]
    weeks = found.assign(by=found["after"] - found["before"]).groupby(["period", "kind"])["by"].sum()
    weeks = weeks[weeks != 0]
    latest = sorted(weeks.index.unique("period"), reverse=True)[:MOST]
    return [
        News("no_quota", "news.restated", {"week": week, "changes": weeks[week].to_dict()}) for week in latest
    ]


def _imports(here: Here) -> list[News]:
    since = pd.Timestamp(previous(here.period).end, tz="UTC")
    imports = here.everyone.imports
    recent = imports[imports["active"] & (imports["at"] >= since)]
    if recent.empty:
        return []
    changed = int(recent["changed"].sum())
    if changed:
        return [News("no_quota", "news.imports_changed", {"n": len(recent), "changed": changed})]
    return [News("no_quota", "news.imports", {"n": len(recent)})]


def _words(line: News, here: Here) -> str:
    details = {name: _shown(name, value, here) for name, value in line.details.items()}
    return here.text(line.code, **details)


def _shown(name: str, value: object, here: Here) -> object:
    match name:
        case "kind":
            return i18n.kinds_label(str(value), here.lang)
        case "share":
            return plain(i18n.percent(float(str(value)), here.lang))
        case "week":
            return i18n.period_label(parse(str(value)), here.lang)
        case "changes":
            changes = cast("dict[str, int]", value)
            return ", ".join(f"{i18n.kinds_label(kind, here.lang)} {by:+d}" for kind, by in changes.items())
        case "rep" | "team":
            return f"**{plain(value)}**"
        case "now" | "then" | "changed":
            return i18n.number(float(str(value)), here.lang)
    return value
