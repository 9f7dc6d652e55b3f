"""Wildcard texts, compared with a slow matcher that is plainly right."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.aws.eventbridge.wildcard import WildcardText

PIECES = st.lists(st.text(alphabet="ab.", min_size=1, max_size=3), max_size=5)
VALUES = st.text(alphabet="ab.", max_size=12)


def slowly(text: str, value: str) -> bool:
    """Tell the same by trying every length for every star."""
    if not text:
        return not value
    if text[0] == "*":
        return any(slowly(text[1:], value[length:]) for length in range(len(value) + 1))
    return value[:1] == text[0] and slowly(text[1:], value[1:])


@given(PIECES, st.booleans(), st.booleans(), VALUES)
def test_a_wildcard_fits_what_a_slow_matcher_fits(pieces: list[str], first: bool, last: bool, value: str) -> None:
    """With and without a star at either end."""
    text = "*" * first + "*".join(pieces) + "*" * (last and bool(pieces))
    assert WildcardText(text).fits(value) == slowly(text, value)


@given(st.text(alphabet="ab*", max_size=8).filter(lambda text: "**" not in text), VALUES)
def test_any_placing_of_stars_is_matched_alike(text: str, value: str) -> None:
    """Texts that are mostly stars."""
    assert WildcardText(text).fits(value) == slowly(text, value)


@pytest.mark.parametrize(
    ("text", "value", "fits"),
    [
        ("", "", True),
        ("", "a", False),
        ("*", "", True),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("ab*ba", "aba", False),
        ("*ab*ab", "ab", False),
        ("*a*", "\n\na\n", True),
        (r"\\*", "\\x", True),
    ],
)
def test_pieces_do_not_share_characters(text: str, value: str, fits: bool) -> None:
    """A character of the value belongs to one piece."""
    assert WildcardText(text).fits(value) == fits


@pytest.mark.parametrize("text", ["*a*a*a*a", "*a*a*a*a*a", "*ab*ab*ab*ab*ab"])
def test_a_long_value_takes_no_longer_than_its_length(text: str) -> None:
    """A matcher that tries each place for each star needs hours here."""
    began = time.monotonic()
    assert not WildcardText(text).fits("ab" * 100_000 + "x")
    assert not WildcardText(text).fits("a" * 200_000 + "x")
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "text", ["*a" * 9, "*abc" * 9, "in/*/*/*-*-*-*-*.csv", "*" + "0" * 18, "*a*b*c*d*e*f*g*h*i*j*"]
)
def test_texts_that_are_simple_enough_are_accepted(text: str) -> None:
    """Repetitions count; different pieces count once only, beside their stars."""
    assert WildcardText(text).fits(text)


@pytest.mark.parametrize("text", ["*a" * 10, "x" + "*a" * 12 + "*b", "*ab" * 10, "*" + "0" * 30, "a*" * 20])
def test_texts_with_many_repetitions_are_too_complex(text: str) -> None:
    """With AWS's sentence."""
    with pytest.raises(
        ValueError, match="Rule is too complex - try using fewer wildcard characters or fewer repeating"
    ):
        WildcardText(text)
