"""Text that is safe to show: names come from uploaded files, and Streamlit reads Markdown everywhere."""

from __future__ import annotations

import re
from datetime import datetime

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$<>&])")
_SHORTCODE = re.compile(r":(?=[\w/+-]+:)")


def plain(text: object) -> str:
    """`text` as Markdown shows it letter by letter: names come from uploaded files."""
    return _SHORTCODE.sub(":\N{WORD JOINER}", _MARKDOWN.sub(r"\\\1", str(text)))


def clock(moment: datetime, lang: str) -> str:
    """The time of day: 08:12 in English, 08.12 in Danish and Finnish."""
    return f"{moment:%H:%M}" if lang == "en" else f"{moment:%H.%M}"
