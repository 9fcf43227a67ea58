"""What the weeks suggest as quotas, and how it gets into the grid: as rows that are not saved yet."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from quota import answers, i18n, periods, rules
from quota.crew import folded
from quota.ui import cache, editing, grids
from quota.ui.people_sheets import QUOTAS
from quota.ui.rows import Row, records
from quota.ui.state import Here


def draw(here: Here) -> None:
    """A weekly target for each role and type of activity, with how often it would have been met."""
    with st.expander(here.text("suggest.title"), icon=":material/lightbulb:"):
        found = cache.once(lambda: answers.suggested(here.everyone, here.today), "suggested", *here.scope[:3])
        if found.empty:
            st.markdown(here.text("suggest.nothing"))
            return
        st.caption(here.text("suggest.help"))
        shown = pd.DataFrame(
            {
                "role": [row["role"] or here.text("people.everyone") for row in records(found)],
                "kind": [i18n.kinds_label(kind, here.lang) for kind in found["kind"]],
                "target": found["target"],
                "words": [_words(row, here) for row in records(found)],
            }
        )
        labels = {name: here.text(f"field.{name}") for name in ("role", "kind", "target")}
        labels["words"] = here.text("suggest.why")
        formats: grids.Formats = {"target": lambda x: grids.amount(x, here.lang)}
        grids.table(shown, labels, "suggested", formats, rows=10)
        kinds = list(dict.fromkeys(found["kind"]))
        chosen = st.pills(
            here.text("field.kind"),
            kinds,
            selection_mode="multi",
            default=kinds,
            format_func=lambda kind: i18n.kinds_label(kind, here.lang),
            key="suggest_kinds",
        )
        rows = cache.once(lambda: drafts(found, here), "drafted", *here.scope[:3], here.lang)
        rows = rows[rows["kind"].isin(chosen)]
        st.button(
            here.text("suggest.put", n=len(rows)),
            key="suggest_put",
            disabled=rows.empty,
            on_click=editing.put,
            args=(QUOTAS, rows, here),
        )


def drafts(found: pd.DataFrame, here: Here) -> pd.DataFrame:
    """Rows of the quotas from next week on, named like the quota that counts the same and so ends then."""
    stored = rules.parsed(here.everyone.plan)
    alike = (stored["measure"] == "count") & (stored["every"] == "week")
    alike &= (stored[["topic", "outcome", "direction", "alternative"]] == "").all(axis=1)
    named = dict(zip(stored.loc[alike, "kind"], stored.loc[alike, "quota"], strict=True))
    taken = set(stored["title"])
    monday = periods.following(periods.containing(here.today, "week")).start
    return pd.DataFrame(
        {
            "quota": [named.get(kind, _free(kind, taken, here)) for kind in found["kind"]],
            "who": [f"role: {role}" if role else "everyone" for role in found["role"]],
            "kind": found["kind"],
            "measure": "count",
            "target": found["target"],
            "every": rules.EVERY[1],
            "from": monday,
        }
    )


def _free(kind: str, taken: set[str], here: Here) -> str:
    """A name for a quota of this kind that no quota which counts otherwise bears."""
    name = i18n.kinds_label(kind, here.lang)
    return name if folded(name) not in taken else here.text("check.suggested", name=name)


def _words(row: Row, here: Here) -> str:
    return here.text(
        "suggest.words",
        share=i18n.percent(row["percentile"], here.lang),
        target=grids.amount(row["target"], here.lang),
        met=i18n.number(row["met_weeks"], here.lang),
        n=row["rep_weeks"],
    )
