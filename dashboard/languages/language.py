"""The language of the pages: the one that the address names (`?lang=ja`), else the browser's, else English."""

from __future__ import annotations

import streamlit as st

from dashboard.kept_choice import KeptChoice
from dashboard.languages.catalogue import catalogue

LANGUAGE = "lang"
"""The parameter of the address."""
LANGUAGES = {"en": "English", "ja": "日本語"}


_SETTLED = "language of this session"
_CHOICE = KeptChoice(LANGUAGE, LANGUAGES.__contains__)


def settle_language() -> None:
    """Choose the language once for the whole page: its parts that are drawn again later see no address."""
    _CHOICE.settle()
    st.session_state[_SETTLED] = _asked_language()


def language() -> str:
    """Return the language of the page that is being drawn: `en` or `ja`."""
    return str(st.session_state.get(_SETTLED) or _asked_language())


def _asked_language() -> str:
    return _CHOICE.chosen or _browser() or "en"


def tr(text: str, /, **values: object) -> str:
    """Return a text of the code in the page's language, with its values filled in.

    Args:
        text: English, as it is in the catalogue (`dashboard/languages/ja.po`): `"{rows:,} of {total:,} rows"`. A
            text that other code has composed (`outcome.in_words`) is compared with the catalogue's templates.
        values: for the places in it, as `str.format` takes them. What is shown as Markdown is made `plain` before.
    """
    found = catalogue(language())
    if values:
        return (found.of(text) or text).format(**values)
    return found.of_composed(text) or text


def counted(number: int, one: str, many: str, **values: object) -> str:
    """Return `one` or `many` with `{n}` filled in, in the page's language: `counted(2, "{n} row", "{n} rows")`."""
    return tr(one if number == 1 else many, n=f"{number:,}", **values)


def language_picker() -> None:
    """Let a person choose the language of all pages; the browser's counts until then."""
    here = LANGUAGES[_browser() or "en"]
    placeholder = tr("{language}, as in this browser", language=here)
    _CHOICE.picker("Language / 言語", list(LANGUAGES), placeholder=placeholder, shown=LANGUAGES.__getitem__)


def name_language() -> None:
    """Tell the browser the page's language: it chooses Japanese letters and a screen reader's voice by it.

    The address names a language that was chosen, so that the page can be sent to somebody.
    """
    _CHOICE.name()
    st.html(
        f"<script>document.documentElement.lang = {language()!r}</script>",
        unsafe_allow_javascript=True,
    )


def _browser() -> str | None:
    named = (st.context.locale or "").replace("_", "-").split("-")[0].lower()
    return named if named in LANGUAGES else None
