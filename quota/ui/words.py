"""Text that is safe to show: names come from uploaded files, and Streamlit reads Markdown everywhere."""

from __future__ import annotations

import re
from datetime import datetime

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$<>&])")
# Emoji, icons and bare addresses are found after the escapes are gone: they are broken up instead.
# The places: in an address before the colon, after the @ and the www, in a shortcode after the colon.
_BREAKS = re.compile(r"(?<=\w)(?=:\S)|(?<=:)(?=[\w/+-]+:)|(?<=@)|(?<=\bwww)(?=\.)", re.IGNORECASE)


def plain(text: object) -> str:
    """`text` as Markdown shows it letter by letter: names come from uploaded files."""
    broken = _BREAKS.sub("\N{WORD JOINER}", str(text))
    return _MARKDOWN.sub(r"\\\1", broken)


def clock(moment: datetime, lang: str) -> str:
    """The time of day: 08:12 in English, 08.12 in Danish and Finnish."""
    return f"{moment:%H:%M}" if lang == "en" else f"{moment:%H.%M}"
