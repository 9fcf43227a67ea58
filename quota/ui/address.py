"""Choices that live in the page's address, so that a link shows a colleague the same view.

The address holds plain codes (`period=2026-W46`, `basis=cohort`), never labels: labels
change with the language, a link must not. Streamlit writes a widget's label into the
address, therefore the code sits in a text field of its own that nobody sees, and the
widget that people do see copies its value there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_PLACE = "address"


def hide(place: DeltaGenerator) -> None:
    """Keep the fields that carry the address out of sight, in `place`; once per run, before the first."""
    place.html(f"<style>.st-key-{_PLACE}{{display:none}}</style>")
    st.session_state["_address"] = place.container(key=_PLACE)


def read(name: str) -> str:
    """The parameter `name` of the address, "" when absent. Call it once per run."""
    place: DeltaGenerator = st.session_state["_address"]
    place.text_input(name, key=name, bind="query-params")
    return str(st.session_state[name] or "")


def write(name: str, code: str) -> None:
    """Change a parameter; only in a callback, or before it is read in this run."""
    st.session_state[name] = code


def choose(name: str, label: str, words: Mapping[str, str], *, dropdown: bool = False) -> str:
    """One of the codes in `words` (code → what people see), the first unless the address names another."""
    options = list(words)
    code = read(name)
    if code not in words:
        code = options[0]
    shown = f"{name}_shown"
    st.session_state[shown] = code
    keep: dict[str, Any] = {"key": shown, "on_change": _keep, "args": (name, options[0])}
    if dropdown:
        st.selectbox(label, options, format_func=words.__getitem__, width=280, **keep)
    else:
        st.segmented_control(label, options, format_func=words.__getitem__, required=True, **keep)
    return code


def _keep(name: str, default: str) -> None:
    code = st.session_state[f"{name}_shown"]
    # The first option is what a bare address means: keep the address short.
    write(name, "" if code == default else code)
