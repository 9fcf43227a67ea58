"""The pages there are, in the groups of the navigation."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from quota.i18n import text


@dataclass(frozen=True)
class Entry:
    """One page: its script's name, its icon and the keys of its words."""

    name: str
    icon: str
    group: str
    title: str
    help: str

    @property
    def script(self) -> str:
        """Where the script lies, as seen from the entry script."""
        return f"../../pages/{self.name}.py"


MENU = (
    Entry("overview", ":material/monitoring:", "menu.look", "menu.overview", "menu.overview_help"),
    Entry("progress", ":material/checklist:", "menu.look", "menu.progress", "menu.progress_help"),
    Entry("funnel", ":material/filter_alt:", "menu.look", "menu.funnel", "menu.funnel_help"),
    Entry("leaderboard", ":material/leaderboard:", "menu.look", "menu.leaderboard", "menu.leaderboard_help"),
    Entry("data", ":material/upload_file:", "menu.set_up", "menu.data", "menu.data_help"),
    Entry("people", ":material/group:", "menu.set_up", "menu.people", "menu.people_help"),
)


def pages(lang: str) -> dict[str, list[st.Page]]:
    """Group heading → pages, titled in `lang`; the first page is the one at `/`."""
    groups: dict[str, list[st.Page]] = {}
    for entry in MENU:
        page = st.Page(
            entry.script,
            title=text(entry.title, lang),
            icon=entry.icon,
            url_path="home" if entry is MENU[0] else entry.name,
            default=entry is MENU[0],
            help=text(entry.help, lang),
        )
        groups.setdefault(text(entry.group, lang), []).append(page)
    # The first page is at `/`; whoever writes its name out finds it too.
    home = st.Page(
        MENU[0].script, title=text(MENU[0].title, lang), url_path=MENU[0].name, visibility="hidden"
    )
    groups[next(iter(groups))].append(home)
    return groups


def go_to(name: str) -> None:
    """Open another page once the sidebar stands; for callbacks, which run before there are pages."""
    st.session_state["go_to"] = name


def follow() -> None:
    """Open the page that a callback asked for."""
    if name := st.session_state.pop("go_to", None):
        show(name)


def show(name: str) -> None:
    """Open another page now; the sidebar's choices go along."""
    # Without query_params Streamlit refuses, because widgets hold parameters of the address.
    st.switch_page(script(name), query_params={})


def script(name: str) -> str:
    """The script of the page `name`, as Streamlit wants it."""
    return next(entry.script for entry in MENU if entry.name == name)
