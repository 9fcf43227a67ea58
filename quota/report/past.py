"""A line of `trends.progress` against the rep's own past, in sentences for page and command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from quota import i18n, periods, trends


def likely(figures: Mapping[Any, Any], past: pd.DataFrame, written: Any, lang: str) -> list[str]:
    """Where the projection will probably end, and why; nothing where that cannot be said, or at the end.

    `past`: the line's `trends.PAST`; `written` puts a figure into words.
    """
    low, high = figures["projected_low"], figures["projected_high"]
    if low != low or low == high:
        return []
    errors = past["error"].dropna().to_numpy(np.float64)
    under, over = (float(end[0]) for end in trends.percentiles(errors[None, :], trends.TAILS))
    words = {name: written(figures[name]) for name in ("projected", "projected_low", "projected_high")}
    return [
        i18n.text(
            "trend.between",
            lang,
            projected=words["projected"],
            low=words["projected_low"],
            high=words["projected_high"],
            n=len(errors),
            under=_signed(under, lang),
            over=_signed(over, lang),
        )
    ]


def compared(figures: Mapping[Any, Any], lang: str) -> list[str]:
    """The streak, and the change since the period before and since a year before."""
    if pd.isna(figures["attainment"]):
        return []
    period = periods.parse(str(figures["period"]))
    before, year = periods.previous(period), periods.year_before(period)
    told = [_streak(figures, period.unit, lang)]
    told.append(_change(figures["attainment"], figures["attainment_previous"], before, lang))
    if year and year != before:
        told.append(_change(figures["attainment"], figures["attainment_last_year"], year, lang))
    return told


def _streak(figures: Mapping[Any, Any], unit: str, lang: str) -> str:
    n, longest = int(figures["streak"]), int(figures["longest_streak"])
    if not longest:
        return i18n.text("trend.never", lang)
    run, record = (i18n.text(f"run.{unit}", lang, n=length) for length in (n, longest))
    if not n:
        return i18n.text("trend.no_streak", lang, longest=record)
    return i18n.text("trend.streak", lang, n=n, run=run, longest=record)


def _change(now: float, then: float, before: periods.Period, lang: str) -> str:
    label = i18n.period_label(before, lang)
    if then != then:
        return i18n.text("trend.unknown", lang, before=label)
    # Points between the figures as they are shown, so that the reader's sum comes out.
    points = round(100 * now) - round(100 * then)
    words = {"before": label, "then": i18n.percent(then, lang)}
    if not points:
        return i18n.text("trend.same", lang, **words)
    return i18n.text("trend.risen" if points > 0 else "trend.fallen", lang, n=abs(points), **words)


def _signed(share: float, lang: str) -> str:
    sign = "+" if share > 0 else "\N{MINUS SIGN}" if share < 0 else ""
    return sign + i18n.percent(abs(share), lang)
