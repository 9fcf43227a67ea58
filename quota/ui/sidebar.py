"""The sidebar: period, team, rep, language and how fresh the data is. Nothing else lives there."""

from __future__ import annotations

from datetime import date, datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from quota import i18n
from quota.answers import Facts
from quota.errors import BadRequest
from quota.i18n import text
from quota.periods import Period, as_of_default, containing, following, parse, previous
from quota.ui import address, cache
from quota.ui.state import Here, local
from quota.ui.words import clock, plain

UNITS = ("week", "month", "quarter")


def spoken() -> str:
    """The language chosen, else the browser's."""
    code = st.session_state.get("lang")
    return code if code in i18n.LANGUAGES else i18n.best_language(st.context.locale)


def language(foot: DeltaGenerator) -> str:
    """Draw the choice of language; first the browser's."""
    address.read("lang")
    lang = spoken()
    st.session_state["language"] = lang
    foot.selectbox(
        text("sidebar.language", lang),
        i18n.LANGUAGES,
        key="language",
        format_func=lambda code: text(f"language.{code}", lang),
        on_change=lambda: address.write("lang", st.session_state["language"]),
        filter_mode=None,
    )
    return lang


def draw(head: DeltaGenerator, foot: DeltaGenerator, lang: str) -> Here:
    """Draw the filters and say what was chosen; raises `StorageFault` if there is no workspace."""
    workspace = cache.workspace(cache.location())
    version = workspace.version()
    everyone = cache.facts(workspace.location, version)
    today = everyone.today(date.today())
    period, team, rep = current(everyone, today, "week"), None, None
    if everyone.data_to is not None:
        with head:
            period = _period(everyone, today, lang)
            team = _team(everyone, lang)
            rep = _rep(everyone, team, lang)
    foot.caption(_freshness(everyone, lang))
    return Here(
        lang=lang,
        workspace=workspace,
        version=version,
        everyone=everyone,
        facts=cache.narrowed(workspace.location, version, team, rep),
        today=today,
        period=period,
        as_of=as_of_default(period, today, everyone.data_to),
        team=team,
        rep=rep,
    )


def current(everyone: Facts, today: date, unit: str) -> Period:
    """The period of `unit` that runs now; the last one with data, if the data ends before it."""
    return containing(min(today, everyone.data_to or today), unit)


def _period(everyone: Facts, today: date, lang: str) -> Period:
    chosen = current(everyone, today, "week")
    code = address.read("period")
    try:
        chosen = parse(code) if code else chosen
    except BadRequest as error:
        st.warning(plain(i18n.error_message(error, lang)))
    units = {
        "week": text("sidebar.week", lang),
        "month": text("sidebar.month", lang),
        "quarter": text("sidebar.quarter", lang),
    }
    st.session_state["unit"] = chosen.unit if chosen.unit in UNITS else None
    st.segmented_control(
        text("sidebar.period", lang),
        UNITS,
        key="unit",
        format_func=units.__getitem__,
        width="stretch",
        on_change=_change_unit,
        args=(chosen, everyone, today),
    )
    _stepper(chosen, current(everyone, today, chosen.unit if chosen.unit in UNITS else "week"), lang)
    return chosen


def _stepper(chosen: Period, latest: Period, lang: str) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", wrap=False
    ):
        _jump(":material/chevron_left:", "earlier", previous(chosen), text("sidebar.earlier", lang))
        st.markdown(f"**{i18n.period_label(chosen, lang)}**", text_alignment="center")
        _jump(":material/chevron_right:", "later", following(chosen), text("sidebar.later", lang))
    if chosen != latest:
        _jump(i18n.period_label(latest, lang), "latest", latest, text("sidebar.latest", lang))


def _jump(label: str, key: str, target: Period, help: str) -> None:
    st.button(label, key=key, help=help, on_click=address.write, args=("period", target.key))


def _change_unit(chosen: Period, everyone: Facts, today: date) -> None:
    unit = st.session_state["unit"]
    latest = current(everyone, today, unit or "week")
    # A change of unit stays where the viewer is: at the latest data, or at the start of what was shown.
    day = min(today, everyone.data_to or today)
    target = latest if day in chosen else containing(chosen.start, unit or "week")
    address.write("period", target.key)


def _team(everyone: Facts, lang: str) -> str | None:
    teams = sorted({team for team in everyone.teams.values() if team})
    if not teams:
        return None
    return st.selectbox(
        text("sidebar.team", lang),
        teams,
        index=None,
        key="team",
        placeholder=text("sidebar.all_teams", lang),
        bind="query-params",
    )


def _rep(everyone: Facts, team: str | None, lang: str) -> str | None:
    asked = st.query_params.get("rep")
    if asked and asked not in everyone.teams:
        st.warning(text("sidebar.unknown_rep", lang, rep=plain(asked)))
    if not everyone.teams:
        return None
    return st.selectbox(
        text("sidebar.rep", lang),
        [rep for rep, own in everyone.teams.items() if team in (None, own)],
        index=None,
        key="rep",
        placeholder=text("sidebar.all_reps", lang),
        bind="query-params",
    )


def _freshness(everyone: Facts, lang: str) -> str:
    if everyone.data_to is None:
        return text("sidebar.no_data", lang)
    last = everyone.imports[everyone.imports["active"]].iloc[-1]
    at = local(last["at"].to_pydatetime())
    return text(
        "sidebar.fresh",
        lang,
        day=i18n.day_label(everyone.data_to, lang),
        when=_when(at, lang),
        who=plain(last["by"]),
    )


def _when(at: datetime, lang: str) -> str:
    if at.date() == local(datetime.now(at.tzinfo)).date():
        return text("sidebar.today_at", lang, clock=clock(at, lang))
    return text("sidebar.day_at", lang, day=i18n.day_label(at.date(), lang), clock=clock(at, lang))
