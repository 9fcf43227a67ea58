"""Colours: WCAG contrast in both themes, on both grounds that the app paints."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from streamlit.elements.lib.streamlit_plotly_theme import GRAY_90

from quota.attainment import STATUSES
from quota.charts import theme
from quota.i18n import LANGUAGES

LOOK = tomllib.loads((Path(__file__).parents[1] / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
GROUNDS = [
    pytest.param(LOOK[mode][ground], id=f"{mode}-{ground}")
    for mode in ("light", "dark")
    for ground in ("backgroundColor", "secondaryBackgroundColor")
]
Rgb = tuple[float, ...]


def rgb(colour: str) -> Rgb:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))


def luminance(colour: Rgb) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG 2.2 contrast ratio, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def laid_over(clear: str, ground: str) -> Rgb:
    """The colour that `rgba(…)` shows over `ground`."""
    *channels, alpha = (float(part) for part in clear.removeprefix("rgba(").removesuffix(")").split(","))
    return tuple(
        alpha * top / 255 + (1 - alpha) * below for top, below in zip(channels, rgb(ground), strict=True)
    )


def test_contrast_of_known_pairs() -> None:
    assert contrast(rgb("#000000"), rgb("#FFFFFF")) == pytest.approx(21)
    assert contrast(rgb("#777777"), rgb("#FFFFFF")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("status", theme.STATUSES)
def test_a_status_stands_out(status: str, ground: str) -> None:
    assert contrast(rgb(theme.STATUSES[status].colour), rgb(ground)) >= 3


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("colour", [theme.ACCENT, theme.GREY])
def test_accent_and_grey_stand_out(colour: str, ground: str) -> None:
    assert contrast(rgb(colour), rgb(ground)) >= 3


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_in_the_strongest_cell_can_be_read(mode: str) -> None:
    cell = laid_over(theme.tint(1), LOOK[mode]["backgroundColor"])
    assert contrast(cell, rgb(LOOK[mode]["textColor"])) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
def test_text_of_the_theme_can_be_read(mode: str, ground: str) -> None:
    look = LOOK[mode]
    assert contrast(rgb(look["textColor"]), rgb(look[ground])) >= 7
    coloured = [look[name] for name in look if name.endswith("TextColor")] + [look["linkColor"]]
    assert len(coloured) >= 6
    assert min(contrast(rgb(colour), rgb(look[ground])) for colour in coloured) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_white_on_a_primary_button_can_be_read(mode: str) -> None:
    assert contrast(rgb(LOOK[mode]["primaryColor"]), rgb("#FFFFFF")) >= 4.5


def test_every_status_has_its_own_sign_and_colour() -> None:
    assert tuple(theme.STATUSES) == STATUSES
    assert len({look.sign for look in theme.STATUSES.values()}) == len(STATUSES)
    assert len({look.colour for look in theme.STATUSES.values()}) == len(STATUSES)


def test_ink_is_the_colour_that_streamlit_replaces() -> None:
    assert theme.INK == GRAY_90


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_status_is_said_in_words(lang: str) -> None:
    labels = {"en": "▽ behind", "da": "▽ bagud", "fi": "▽ jäljessä"}
    assert theme.status_label("behind", lang) == labels[lang]
