"""What imports did: a sentence each, the rows that were not taken, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd
import streamlit as st

from quota import i18n, intake, periods, report
from quota.ingest import corrections
from quota.ui import drafts, fates
from quota.ui.drafts import Imported
from quota.ui.rows import records
from quota.ui.state import Here, author, now
from quota.ui.words import plain
from quota.workspace import Receipt

# Of how many restated weeks a receipt tells.
MOST = 3


def draw(here: Here) -> None:
    """What was imported in this session, until it is put away."""
    done = drafts.receipts()
    if not done:
        return
    imports = here.everyone.imports
    active = dict(zip(imports["import_id"], imports["active"], strict=True))
    with st.container(border=True, gap="medium", key="receipts"):
        for imported in done:
            _receipt(imported, here, active=bool(active.get(imported.receipt.import_id)))
        st.button(here.text("data.put_away"), key="put_away", type="tertiary", on_click=done.clear)


def _receipt(imported: Imported, here: Here, *, active: bool) -> None:
    done = imported.receipt
    with st.container(key=f"receipt_{done.import_id}", gap="xxsmall"):
        what, ways = st.columns([6, 2], vertical_alignment="top")
        words = plain(sentence(done, imported.left_out, here))
        if active:
            what.markdown(f":green[✓]\u00a0**{plain(done.file)}**  \n{words}")
        else:
            what.markdown(f":gray[{plain(done.file)}: {words} ({here.text('data.undone')})]")
        with ways.container(horizontal=True, horizontal_alignment="right"):
            switch(done.import_id, here, "receipt", active=active)
        for line in _aside(done, here) if active else ():
            st.caption(f":material/info: {plain(line)}")
        if done.skipped + done.rejected:
            label, key = here.text("data.see_them"), f"see_{done.import_id}"
            details = st.expander(label, key=key, on_change="rerun", type="compact")
            if details.open:
                with details:
                    untaken(done.import_id, done.file, "receipt", here)


def _aside(done: Receipt, here: Here) -> list[str]:
    """What an import did besides: closed weeks that it changed, rows that another system logged too."""
    lines = [
        restated(week, kind, n, here)
        for week, kinds in list(done.restated.items())[:MOST]
        for kind, n in kinds.items()
        if n
    ]
    if done.replaced:
        first, last = map(date.fromisoformat, done.replaced.split("/"))
        lines.append(here.text("data.replaced_days", first=first, last=last))
    lines += [
        here.text("check.applies", n=n, day=i18n.long_date(date.fromisoformat(day), here.lang))
        for day, n in done.applies.items()
    ]
    lines += [here.text("data.lacked", n=done.lacked)] if done.lacked else []
    lines += [
        here.text("data.beside", n=n, kinds=i18n.kinds_label(kind, here.lang))
        for kind, n in done.beside.items()
    ]
    return lines + ([here.text("data.twins_found", n=done.twins)] if done.twins else [])


def sentence(done: Receipt, reasons: Mapping[str, int], here: Here) -> str:
    """ "412 new, 9 changed, 1,204 already known, 37 planned, 2 refused"."""
    counts = {"data.new": done.new, "data.changed": done.changed, "data.same": done.same}
    words = [here.text(key, n=n) for key, n in counts.items() if n or key == "data.new"]
    words += fates.left_out(reasons, here)
    words += [here.text("data.refused", n=done.rejected)] if done.rejected else []
    return ", ".join(words)


def restated(period: str, kind: str, n: int, here: Here) -> str:
    """How a closed period's number of a kind differs from what it was."""
    counted = here.text(f"counted.kind.{kind}", n=abs(n))
    said = {"period": i18n.period_label(periods.parse(period), here.lang), "counted": counted}
    return here.text("data.restated_more" if n > 0 else "data.restated_less", **said)


def switch(import_id: str, here: Here, key: str, *, active: bool) -> None:
    """The button that takes an import back, or brings it back."""
    action = "undo" if active else "redo"
    st.button(
        here.text("data.undo" if active else "data.redo"),
        key=f"{key}_{action}_{import_id}",
        on_click=lambda: getattr(here.workspace, action)(import_id, by=author(), now=now()),
    )


def untaken(import_id: str, file: str, key: str, here: Here) -> None:
    """The rows that an import left out or refused, with the reason; to look through and to save."""
    rows = here.workspace.rejects(import_id)
    fate = fates.choose(rows, f"{key}_fate_{import_id}", here)
    chosen = rows if fate is None else rows[rows["status"] == fate]
    shown = chosen.head(fates.SHOWN)
    said = dict(enumerate(records(shown)))
    fates.draw(fates.contents(shown), said, f"{key}_{import_id}", here)
    if len(chosen) > len(shown):
        st.caption(here.text("data.first_rows", n=len(shown)))
    downloads(import_id, file, key, here)


def downloads(import_id: str, file: str, key: str, here: Here) -> None:
    """The rows that were refused as a sheet to correct, and all that were not taken as a list."""
    rows = here.workspace.rejects(import_id)
    with st.container(horizontal=True):
        if (rows["status"] == "rejected").any():
            st.download_button(
                here.text("data.download_refused"),
                data=lambda: refused(import_id, here),
                file_name=f"{file}.refused.xlsx",
                mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                icon=":material/edit_document:",
                help=here.text("data.download_refused_help"),
                key=f"{key}_refused_{import_id}",
            )
        st.download_button(
            here.text("data.download_untaken"),
            data=lambda: report.as_csv(listed(rows, here)),
            file_name=f"{file}.not-taken.csv",
            mime="text/csv",
            icon=":material/download:",
            key=f"{key}_list_{import_id}",
        )


def refused(import_id: str, here: Here) -> bytes:
    """The rows that an import refused as a workbook, to be corrected and uploaded again."""
    sheets = intake.refused(
        here.workspace,
        import_id,
        lambda rows: [fates.reason(line, here) for line in records(rows)],
        here.text("data.why_refused"),
    )
    return report.as_xlsx(sheets, hidden=[corrections.NAME])


def listed(rows: pd.DataFrame, here: Here) -> pd.DataFrame:
    """What an import did not take: where, why, and the whole row as it was."""
    said = {"skipped": here.text("data.fate_skipped"), "rejected": here.text("data.fate_rejected")}
    rows = rows.reset_index(drop=True)
    found = pd.DataFrame(
        {
            here.text("data.sheet"): rows["sheet"],
            here.text("data.row"): rows["row"],
            here.text("data.column"): rows["column"],
            here.text("data.value"): rows["value"],
            here.text("data.fate"): rows["status"].map(said),
            here.text("data.why"): [fates.reason(line, here) for line in records(rows)],
        }
    )
    return pd.concat([found, fates.contents(rows).drop(columns=" row")], axis=1)
