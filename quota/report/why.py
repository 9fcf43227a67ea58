"""A derivation in sentences: the same on a page and on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from quota import columns as c
from quota import crew, i18n
from quota.derivation import Derivation
from quota.report import past
from quota.rules import POINTS

SHARE = "share"


def sentences(why: Derivation, files: pd.DataFrame, lang: str) -> list[str]:
    """What a line was made of, one sentence per fact.

    `files`: file, rows, count: what the counted events stood in.
    """
    figures = why.figures
    told = [
        i18n.text(
            "why.line",
            lang,
            rep=figures["rep"],
            quota=figures["quota"],
            actual=quantity(figures["actual"], figures["measure"], lang),
            target=quantity(figures["target"], figures["measure"], lang),
            attained=i18n.percent(figures["attainment"], lang),
            expected=quantity(figures["expected"], figures["measure"], lang),
        )
    ]
    told += [_rule(rule, lang) for rule in why.rules.to_dict("records")]
    named = dict(zip(why.rules["rule"], why.rules["quota"], strict=True))
    told += [_piece(piece, named, lang) for piece in why.pieces.to_dict("records")]
    told += [_day(day, lang) for day in why.days.to_dict("records") if worth_telling(day["reasons"])]
    told += [_done(line, lang) for line in why.done.to_dict("records") if line["events"]]
    told += [_excluded(line, lang) for line in why.excluded.to_dict("records")]
    told += [
        i18n.text("why.file", lang, n=int(line["rows"]), file=line["file"])
        for line in files.to_dict("records")
    ]
    if figures["carried"]:
        carried = quantity(figures["carried"], figures["measure"], lang)
        told.append(i18n.text("why.carried", lang, carried=carried))
    told += past.likely(figures, why.past, lambda x: quantity(x, figures["measure"], lang), lang)
    return told + [f"{sentence}." for sentence in past.compared(figures, lang)]


def quantity(value: float, measure: str, lang: str) -> str:
    """A target or an actual as it is written: a share as a percentage, numbers with what they need."""
    if measure == SHARE:
        return i18n.percent(value, lang, 0 if round(value, 2) == round(value, 9) else 1)
    return i18n.number(value, lang, 0 if value == round(value) else 2)


def worth_telling(reasons: Sequence[tuple[str, Any]]) -> bool:
    """Whether a day with these `reasons` is not whole, other than at the weekend."""
    return bool(reasons) and reasons[0][0] != "weekend"


def reason(code: str, detail: Any, lang: str) -> str:
    """Why a day is not a whole one, in words."""
    if code == "away":
        named, share = detail
        what = named if isinstance(named, str) else i18n.text("why.leave", lang)
        return what if share == 1 else f"{what} ({i18n.percent(share, lang)})"
    if code in ("part_time", "weight"):
        return i18n.text(f"why.{code}", lang, share=i18n.percent(detail, lang))
    return str(detail) if code == "holiday" else i18n.text(f"why.{code}", lang)


def _rule(rule: Mapping[Any, Any], lang: str) -> str:
    kind = i18n.kinds_label(rule[c.KIND], lang)
    limits = [
        i18n.text(f"why.{name}", lang, day=i18n.short_date(rule[name], lang))
        for name in ("from", "to")
        if not pd.isna(rule[name])
    ]
    said = i18n.text(
        "why.rule" if rule["won"] else "why.lost",
        lang,
        quota=rule["quota"],
        who=_who(rule["who"], lang),
        target=i18n.number(rule["target"], lang, 0 if rule["target"] == round(rule["target"]) else 2),
        kind=i18n.text("kinds.points", lang) if rule[c.KIND] == POINTS else kind,
        every=i18n.text(f"per.{rule['every']}", lang),
        limits="".join(f", {limit}" for limit in limits),
    )
    if rule.get(c.AT) is None or pd.isna(rule.get(c.AT)):
        return said
    return f"{said} " + i18n.text(
        "why.set", lang, by=rule[c.BY], day=i18n.short_date(rule[c.AT].date(), lang)
    )


def _who(who: str, lang: str) -> str:
    """Whom a rule is for, in words: everyone, a team, a role, or a rep's name."""
    scope, _ = crew.scope(who)
    if scope == crew.EVERYONE:
        return i18n.text("people.everyone", lang).lower()
    if scope == crew.REP:
        return who
    return f"{i18n.text(f'field.{scope}', lang).lower()} {who.partition(':')[2].strip()}"


def _piece(piece: Mapping[Any, Any], named: Mapping[int, str], lang: str) -> str:
    words = {
        name: i18n.number(piece[name], lang, _places(piece[name]))
        for name in ("goal", "available", "possible", "target")
    }
    key = "why.ramped_piece" if piece["ramp"] else "why.piece"
    return i18n.text(key, lang, quota=named[piece["rule"]], period=piece["period"], **words)


def _day(day: Mapping[Any, Any], lang: str) -> str:
    why = ", ".join(reason(code, detail, lang) for code, detail in day["reasons"])
    worked = i18n.number(day["available"], lang, _places(day["available"]))
    return i18n.text(
        "why.day", lang, day=i18n.day_label(pd.Timestamp(day["day"]).date(), lang), worked=worked, why=why
    )


def _done(line: Mapping[Any, Any], lang: str) -> str:
    counted = i18n.quantity(line["events"], lang, line["kind"])
    if line["worth"] == 1 and line["value"] == line["events"]:
        return i18n.text("why.counted", lang, counted=counted)
    value = i18n.number(line["value"], lang, _places(line["value"]))
    return i18n.text("why.worth", lang, counted=counted, value=value)


def _excluded(line: Mapping[Any, Any], lang: str) -> str:
    counted = i18n.quantity(line["count"], lang, line["kind"])
    return i18n.text("why.excluded", lang, counted=counted, why=i18n.text(f"why_not.{line['reason']}", lang))


def _places(value: float) -> int:
    return 0 if value == round(value) else 2
