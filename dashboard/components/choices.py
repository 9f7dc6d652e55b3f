"""Choices that the address names by their values: Streamlit's `bind` writes the words shown, in one language."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard.languages.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def one_of(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    shown: Callable[[str], str] = str,
    radio: bool = False,
    **looks: Any,
) -> str:
    """Show a choice of one option, and return it; the first one if the address names none.

    Args:
        label: English.
        options: the values, as the address has them.
        key: the parameter of the address.
        shown: gives an option's words in English.
        radio: whether all options are seen at once.
        looks: Streamlit's further arguments.
    """
    asked = st.query_params.get(key)
    st.session_state[key] = asked if asked in options else options[0]
    show: Any = st.radio if radio else st.selectbox
    chosen: str = show(
        tr(label),
        options,
        format_func=lambda one: tr(shown(one)),
        key=key,
        on_change=partial(_chosen, key, options[0]),
        **looks,
    )
    return chosen


def some_of(
    label: str, options: Sequence[str], *, key: str, shown: Callable[[str], str] = str, **looks: Any
) -> list[str]:
    """Show a choice of any number of options, and return them; the arguments are those of `one_of`."""
    st.session_state[key] = [one for one in options if one in st.query_params.get_all(key)]
    chosen: list[str] = st.multiselect(
        tr(label),
        options,
        format_func=lambda one: tr(shown(one)),
        key=key,
        on_change=partial(_chosen, key, None),
        **looks,
    )
    return chosen


def choose(key: str, value: str) -> None:
    """Choose an option from a callback of another element."""
    st.query_params[key] = value


def _chosen(key: str, default: str | None) -> None:
    value = st.session_state.get(key)
    if value is None or value in (default, []):
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = value
