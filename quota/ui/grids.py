"""Tables of figures: numbers as the language writes them, a bar for attainment, a click that opens.

Streamlit formats numbers for the browser's language; a `Styler` writes them in the viewer's
and keeps the number underneath, so that a click on a heading still sorts by size.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import pandas as pd
import streamlit as st

from quota import i18n
from quota.attainment import SHARE
from quota.charts import theme
from quota.charts.leaderboard import move_label, value_label
from quota.ui import menu
from quota.ui.rows import Row, records
from quota.ui.state import Here

# How the numbers of a column are written.
Formats = dict[str, str | Callable[[Any], str] | None]

ROW = 36
_BAR = ("status", "actual", "expected", "target")
_FULL = 1.25  # the bar's whole width stands for 125 %
# How wide a column of names may become, in pixels and letters: a long one must not push the figures away.
_NAMES = {"rep": (170, 24), "quota": (150, 21), "team": (120, 17)}


def bar(row: Row) -> str | None:
    """What a row of `attainment.progress` attained, with a mark where it should be by now, as a picture."""
    if row["status"] == "no_quota":
        return None
    filled, due = (120 * min(row[name] / row["target"], _FULL) / _FULL for name in ("actual", "expected"))
    return _picture(row["status"], round(filled, 1), round(due, 1))


@lru_cache(4096)
def _picture(status: str, filled: float, due: float) -> str:
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="20" viewBox="0 0 120 20">'
        f'<rect y="6" width="{120 / _FULL:.1f}" height="8" fill="{theme.GREY}" fill-opacity=".22"/>'
        f'<rect y="6" width="{filled:.1f}" height="8" fill="{theme.STATUSES[status].colour}"/>'
        f'<rect x="{due - 1:.1f}" y="2" width="2" height="16" fill="{theme.GREY}"/></svg>'
    )
    return f"data:image/svg+xml;utf8,{quote(picture)}"


def amount(x: float, lang: str, measure: str = "count") -> str:
    """A target or what was done: whole, or with one decimal where a small number needs it; shares in %."""
    if measure == SHARE:
        return i18n.percent(x, lang)
    return i18n.number(x, lang, 0 if x != x or x == round(x) or abs(x) >= 10 else 1)


def table(
    shown: pd.DataFrame,
    labels: Mapping[str, str],
    key: str,
    formats: Formats,
    reps: Sequence[str] = (),
    pictures: Collection[str] = (),
    rows: int = 15,
    cells: Sequence[tuple[Any, Callable[[Any], str]]] = (),
) -> None:
    """Draw `shown` with its columns named by `labels`; a click on row n opens `reps[n]`.

    `cells`: parts of the table (as pandas slices them) that are written otherwise than their columns.
    """
    config = {
        name: st.column_config.Column(label, width=_width(name, shown)) for name, label in labels.items()
    }
    config |= {name: st.column_config.ImageColumn(labels[name], width=150) for name in pictures}
    clicks: dict[str, Any] = {}
    if len(reps):
        clicks = {"on_select": lambda: _open(key, reps), "selection_mode": "single-cell"}
    # Where words are ready a Styler only costs time.
    written: Any = shown.style.format(formats) if formats else shown
    for part, write in cells:
        written = written.format(write, subset=part)
    st.dataframe(
        written,
        column_config=config,
        column_order=list(labels),
        hide_index=True,
        row_height=ROW,
        height=ROW * (min(len(shown), rows) + 1) + 2,
        placeholder=i18n.ABSENT,
        key=key,
        alt=", ".join(labels.values()),
        **clicks,
    )


def _width(name: str, shown: pd.DataFrame) -> int | None:
    """The width of a column of names that would be too wide; None for as wide as it needs."""
    if name not in _NAMES:
        return None
    width, letters = _NAMES[name]
    return width if shown[name].astype("str").str.len().max() > letters else None


def _open(key: str, reps: Sequence[str]) -> None:
    cells = st.session_state[key]["selection"]["cells"]
    if cells:
        open_rep(reps[cells[0][0]])


def open_rep(rep: str) -> None:
    """Show one rep's progress; only in a callback."""
    st.session_state["rep"] = rep
    menu.go_to("progress")


def progress(rows: pd.DataFrame, here: Here, key: str, *, pick: bool = True, past: bool = False) -> None:
    """Rep × quota of `attainment.progress`: what is due, what is done; with `pick` a click opens the rep.

    `past`: with the change since the period before and the streak, of `trends.progress`.
    """
    rows = rows.reset_index(drop=True)
    shown = rows[["rep", "team", "quota", "target", "actual", "attainment", "tier", "carried"]].assign(
        quota=list(map(quota_name, records(rows[["quota", "currency"]]))),
        bar=pd.Series(map(bar, records(rows[list(_BAR)])), index=rows.index, dtype=object),
        status=[theme.status_label(status, here.lang) for status in rows["status"]],
        needed=rows["needed_per_day"].where(rows["remaining"] > 0),
    )
    words = here.text
    labels = {
        "rep": words("field.rep"),
        "quota": words("field.quota"),
        "target": words("field.target"),
        "actual": words("grid.actual"),
        "bar": words("grid.bar"),
        "attainment": words("grid.attainment"),
        "status": words("grid.status"),
        "needed": words("grid.needed"),
        "tier": words("field.tier"),
        "carried": words("column.carried"),
    }
    if rows["tier"].isna().all():
        del labels["tier"]
    if not (rows["carried"] > 0).any():
        del labels["carried"]
    if past:
        shown["change"] = (100 * rows["attainment"]).round() - (100 * rows["attainment_previous"]).round()
        shown["streak"] = rows["streak"].where(rows["attainment"].notna())
        # Beside what was attained.
        behind = {name: labels.pop(name) for name in list(labels)[list(labels).index("status") :]}
        labels |= {"change": words("grid.change"), "streak": words("column.streak")}
        labels |= behind
    formats: Formats = {
        "change": lambda x: "●0" if x == 0 else move_label(None if pd.isna(x) else int(x)),
        "streak": lambda x: i18n.number(x, here.lang),
        "target": lambda x: amount(x, here.lang),
        "actual": lambda x: amount(x, here.lang),
        "attainment": lambda x: i18n.percent(x, here.lang),
        "needed": lambda x: amount(x, here.lang),
        "carried": lambda x: amount(x, here.lang),
    }
    shares = (rows.index[rows["measure"] == SHARE], ["target", "actual", "needed", "carried"])
    if not pick:
        del labels["rep"]
    table(
        shown,
        labels,
        key,
        formats,
        reps=rows["rep"].tolist() if pick else (),
        pictures=["bar"],
        cells=[(shares, lambda x: i18n.percent(x, here.lang))],
    )


def quota_name(row: Row) -> str:
    """The quota's name, with the currency where it counts money."""
    name = row["quota"] if isinstance(row["quota"], str) else i18n.ABSENT
    return f"{name} ({row['currency']})" if isinstance(row["currency"], str) and row["currency"] else name


def leaderboard(ranks: pd.DataFrame, here: Here, key: str, metric: str) -> None:
    """Rank, movement, rep, team and value of `leaderboard.ranks`; a click opens the rep."""
    shown = ranks[["rank", "rep", "team", "value"]].assign(
        move=[move_label(None if pd.isna(move) else int(move)) for move in ranks["move"]]
    )
    words = here.text
    labels = {
        "rank": words("grid.rank"),
        "move": words("grid.move"),
        "rep": words("field.rep"),
        "value": words("grid.value"),
        "team": words("field.team"),
    }
    formats: Formats = {
        "rank": lambda x: i18n.number(x, here.lang),
        "value": lambda x: value_label(x, metric, here.lang),
    }
    table(shown, labels, key, formats, reps=ranks["rep"].tolist(), rows=25)


def funnel(stages: pd.DataFrame, here: Here, key: str, *, groups: bool = False) -> None:
    """Count and rates of `funnel.FUNNEL`, each rate with its 95 % interval."""
    words = here.text
    shown = pd.DataFrame(
        {
            "group": stages["group"].where(stages["group"].notna(), i18n.ABSENT),
            "stage": [words(f"stage.{stage}") for stage in stages["stage"]],
            "count": stages["count"].astype("Float64").astype(float),
            "rate": stages["rate_from_previous"],
            "between": list(map(_between(here), stages["low"], stages["high"])),
            "rate_first": stages["rate_from_first"],
            "between_first": list(map(_between(here), stages["low_first"], stages["high_first"])),
        }
    )
    labels = {
        "group": words("funnel.group"),
        "stage": words("funnel.stage"),
        "count": words("measure.count"),
        "rate": words("funnel.rate"),
        "between": words("funnel.interval"),
        "rate_first": words("funnel.rate_first"),
        "between_first": words("funnel.interval"),
    }
    if not groups:
        del labels["group"]
    formats: Formats = {
        "count": lambda x: i18n.number(x, here.lang),
        "rate": lambda x: i18n.percent(x, here.lang, 1),
        "rate_first": lambda x: i18n.percent(x, here.lang, 1),
    }
    table(shown, labels, key, formats)


def _between(here: Here) -> Callable[[float, float], str]:
    def words(low: float, high: float) -> str:
        return f"{i18n.percent(low, here.lang, 1)} – {i18n.percent(high, here.lang, 1)}" if low == low else ""

    return words
