"""The language of the pages: the one that the address names (`?lang=ja`), else the browser's, else English."""

from __future__ import annotations

import streamlit as st

from dashboard.address import settle_address
from dashboard.languages.catalogue import catalogue

LANGUAGE = "lang"
"""The parameter of the address."""
LANGUAGES = {"en": "English", "ja": "日本語"}


_SETTLED = "language of this session"
_CHOSEN = "language that was chosen"
_PICKED = "language that was picked just now"


def settle_language() -> None:
    """Choose the language once for the whole page: its parts that are drawn again later see no address.

    What the address has named once, or the picker, also counts on the pages to which a link without it leads.
    """
    asked = st.query_params.get(LANGUAGE)
    if _PICKED not in st.session_state and asked in LANGUAGES:
        st.session_state[_CHOSEN] = asked
    st.session_state[_SETTLED] = _asked_language()


def language() -> str:
    """Return the language of the page that is being drawn: `en` or `ja`."""
    return str(st.session_state.get(_SETTLED) or _asked_language())


def _asked_language() -> str:
    for asked in (st.session_state.get(_CHOSEN), _browser()):
        if asked in LANGUAGES:
            return str(asked)
    return "en"


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
    chosen = st.session_state.get(_CHOSEN)
    widget = f"language {chosen}"  # another one as soon as the address names another language
    st.selectbox(
        "Language / 言語",
        list(LANGUAGES),
        index=list(LANGUAGES).index(chosen) if chosen else None,
        format_func=LANGUAGES.__getitem__,
        placeholder=tr("{language}, as in this browser", language=LANGUAGES[_browser() or "en"]),
        key=widget,
        on_change=_picked,
        args=(widget,),
    )


def _picked(widget: str) -> None:
    st.session_state[_CHOSEN] = st.session_state[widget]
    st.session_state[_PICKED] = True


def name_language() -> None:
    """Tell the browser the page's language: it chooses Japanese letters and a screen reader's voice by it.

    The address names a language that was chosen, so that the page can be sent to somebody.
    """
    chosen = st.session_state.get(_CHOSEN)
    st.session_state.pop(_PICKED, None)
    if st.query_params.get(LANGUAGE) != chosen:
        settle_address(**{LANGUAGE: chosen})
    st.html(
        f"<script>document.documentElement.lang = {language()!r}</script>",
        unsafe_allow_javascript=True,
    )


def _browser() -> str | None:
    named = (st.context.locale or "").replace("_", "-").split("-")[0].lower()
    return named if named in LANGUAGES else None
