"""Colours of ours against what they stand on (WCAG 2.2, "Relative luminance", "Contrast ratio")."""

from __future__ import annotations

import tomllib

import pytest

from dashboard.components.looks import KIND_LOOKS, STATE_LOOKS
from dashboard.components.run.dot import LINE
from simulator.pipeline.settings import PROJECT_ROOT

WHITE, DARK_PAGE = "#ffffff", "#171614"
TEXT, SHAPE = 4.5, 3.0
CAPTION = 0.6
"""A caption's share of the text's colour, in Streamlit 1.67."""
THEMES = tomllib.loads((PROJECT_ROOT / "dashboard" / ".streamlit" / "config.toml").read_text())["theme"]


def channels(colour: str) -> list[float]:
    """Return red, green and blue, 0 to 255."""
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def luminance(values: list[float]) -> float:
    """Return the relative luminance."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in (v / 255 for v in values)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: list[float], other: list[float]) -> float:
    """Return the contrast ratio, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_that_of_wcag() -> None:
    """Its own examples."""
    assert contrast(channels(WHITE), channels("#000000")) == pytest.approx(21)
    assert contrast(channels(WHITE), channels("#767676")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("colour", sorted({look.rgb for look in (*KIND_LOOKS.values(), *STATE_LOOKS.values())}))
def test_a_status_reads_as_text_on_white_under_white_text_and_as_a_shape_on_the_dark_page(colour: str) -> None:
    """One palette for tables, charts and graph."""
    assert contrast(channels(colour), channels(WHITE)) >= TEXT
    assert contrast(channels(colour), channels(DARK_PAGE)) >= SHAPE


def test_labels_of_the_graph_and_captions_read_on_their_page() -> None:
    """A caption is the text's colour, mixed with the page's."""
    assert contrast(channels(LINE[False]), channels(WHITE)) >= TEXT
    assert contrast(channels(LINE[True]), channels(DARK_PAGE)) >= TEXT
    text = channels(THEMES["light"]["textColor"])
    caption = [CAPTION * ink + (1 - CAPTION) * paper for ink, paper in zip(text, channels(WHITE), strict=True)]
    assert contrast(caption, channels(WHITE)) >= TEXT


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_button_reads(scheme: str) -> None:
    """White on the primary colour, which differs from the page."""
    primary = channels(THEMES[scheme]["primaryColor"])
    assert contrast(primary, channels(WHITE)) >= TEXT
    assert contrast(primary, channels(DARK_PAGE if scheme == "dark" else WHITE)) >= SHAPE
