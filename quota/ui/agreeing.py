"""What whoever uploads sheets of quotas and people says about refused rows, and from when changes hold.

The refused rows stand here with their reasons, so that nobody keeps the good ones unseen.
"""

from __future__ import annotations

from datetime import date

import streamlit as st

from quota import i18n, vetting
from quota.ui import drafts, fates
from quota.ui.drafts import Draft
from quota.ui.rows import Row, records
from quota.ui.state import Here
from quota.ui.words import plain
from quota.vetting import Terms

# Of so many refused rows the reasons stand above the choice; all stand beside the rows.
MOST = 5


def ask(draft: Draft, here: Here) -> None:
    """The reasons of refused rules, whether to keep the good ones, and from when changes hold."""
    if draft.reading is None or not any(map(vetting.is_sheet, draft.tables)):
        return
    for line in _refused(draft)[:MOST]:
        st.markdown(f":red[{plain(_said(line, here))}]")
    if vetting.waits(draft.reading) or draft.terms.keep_unknown:
        _tick(draft, "keep_unknown", here)
    if vetting.refused_rules(draft.reading) and draft.reading.accepted:
        _tick(draft, "keep_good", here)
    if draft.reading.applies or draft.terms.since:
        _applies(draft, here)


def _refused(draft: Draft) -> list[Row]:
    return [
        line
        for table in draft.tables
        if table.layout in vetting.RULES
        for line in records(table.issues[table.issues["status"] == "rejected"])
    ]


def _said(line: Row, here: Here) -> str:
    place = [
        line["sheet"] if isinstance(line["sheet"], str) else None,
        f"{here.text('data.row')} {line['row']}",
    ]
    return f"{', '.join(filter(None, place))}: {fates.reason(line, here)}"


def _tick(draft: Draft, name: str, here: Here) -> None:
    words = {
        "keep_unknown": (draft.terms.keep_unknown, "check.keep_unknown", "check.unknown_help"),
        "keep_good": (draft.keep_good, "check.keep_good", "check.keep_good_help"),
    }
    held, label, help = words[name]
    st.checkbox(
        here.text(label),
        value=held,
        key=f"{draft.id}_{name}",
        help=here.text(help),
        on_change=_agree,
        args=(draft,),
    )


def _applies(draft: Draft, here: Here) -> None:
    """How many rows change what holds, and from when; another day may be said."""
    for day, n in (draft.reading.applies or {}).items() if draft.reading else ():
        said = here.text("check.applies", n=n, day=i18n.long_date(day, here.lang))
        st.caption(f":material/info: {plain(said)}")
    st.date_input(
        here.text("check.applies_from"),
        value=draft.terms.since,
        key=f"{draft.id}_since",
        help=here.text("check.applies_help"),
        width=260,
        on_change=_agree,
        args=(draft,),
    )


def _agree(draft: Draft) -> None:
    """Take up what stands in the boxes; what is not shown stays as it was."""
    said = st.session_state
    since = said.get(f"{draft.id}_since", draft.terms.since)
    drafts.agreed(
        draft.id,
        keep_good=bool(said.get(f"{draft.id}_keep_good", draft.keep_good)),
        terms=Terms(
            keep_unknown=bool(said.get(f"{draft.id}_keep_unknown", draft.terms.keep_unknown)),
            since=since if isinstance(since, date) else None,
        ),
    )
