"""What things look like: one accent, grey for the rest, and colours that mean a status.

One figure is drawn for light and for dark, so every colour here stands out at 3:1 or more
against both backgrounds of `.streamlit/config.toml` (WCAG 2.2, 1.4.11), and text has no colour
but `INK`. Status hues are Okabe–Ito, darkened where the original is too pale on white; a
status always carries its sign and its word as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from quota.i18n import text

ACCENT = "#8E62A8"
GREY = "#7F8790"
PALE = "rgba(127, 135, 144, 0.55)"  # grey that may step back, because its figure stands beside it
# Streamlit puts its theme's strongest text colour in the place of this one, dark on light or
# light on dark; whatever else shows the figure sees black.
INK = "#000037"


@dataclass(frozen=True)
class Status:
    """How a status shows: a sign for those who cannot tell the colours, and a colour."""

    sign: str
    colour: str


STATUSES = {
    "met": Status("✓", "#009E73"),
    "ahead": Status("▲", "#2F93CE"),
    "on_pace": Status("●", "#0072B2"),
    "behind": Status("▽", "#BD8100"),
    "at_risk": Status("!", "#D55E00"),
    "no_quota": Status("–", GREY),
}


def status_label(status: str, lang: str) -> str:
    """Sign and word: "▽ behind"."""
    return f"{STATUSES[status].sign} {text(f'status.{status}', lang)}"


def tint(share: float) -> str:
    """The accent over whatever lies below, from clear (0) to as strong as text on it allows (1)."""
    red, green, blue = (int(ACCENT[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {0.5 * share:.3f})"
