"""Choices and fields that the address names; each change is a step of the browser's history, which Back undoes.

Streamlit's `bind="query-params"` does neither: it writes options as they are shown, in one language, and overwrites
the address, so that Back leaves the page.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard.languages.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

YES = "true"
"""How the address says that a box is ticked."""
_NUMBER = re.compile("[1-9][0-9]{0,11}")
_NO_DAYS: list[date | datetime | str | None] = []


def one_of(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    shown: Callable[[str], str] = str,
    radio: bool = False,
    clears: Sequence[str] = (),
    **looks: Any,
) -> str:
    """Show a choice of one option, and return it; the first one if the address names none.

    Args:
        label: English.
        options: the values, as the address has them.
        key: the parameter of the address.
        shown: gives an option's words in English.
        radio: whether all options are seen at once.
        clears: parameters that a change takes out of the address: the page of a list that it filters.
        looks: Streamlit's further arguments.
    """
    asked = st.query_params.get(key)
    _follow(key, asked if asked in options else options[0])
    show: Any = st.radio if radio else st.selectbox
    chosen: str = show(
        tr(label),
        options,
        format_func=lambda one: tr(shown(one)),
        key=key,
        on_change=partial(_chosen, key, options[0], clears, known=options),
        **looks,
    )
    return chosen


def some_of(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    shown: Callable[[str], str] = str,
    clears: Sequence[str] = (),
    **looks: Any,
) -> list[str]:
    """Show a choice of any number of options, and return them; the arguments are those of `one_of`."""
    _follow(key, [one for one in options if one in st.query_params.get_all(key)])
    chosen: list[str] = st.multiselect(
        tr(label),
        options,
        format_func=lambda one: tr(shown(one)),
        key=key,
        on_change=partial(_chosen, key, None, clears, known=options),
        **looks,
    )
    return chosen


def text_of(
    label: str,
    *,
    key: str,
    placeholder: str,
    clears: Sequence[str] = (),
    opens: dict[str, str] | None = None,
    **looks: Any,
) -> str:
    """Show a field for a text, and return the text without spaces around it.

    Args:
        label: English.
        key: the parameter of the address.
        placeholder: English, shown while the field is empty.
        clears: as in `one_of`.
        opens: parameters that the address gets with a text.
        looks: Streamlit's further arguments.
    """
    _follow(key, st.query_params.get(key, ""))
    text: str = st.text_input(
        tr(label), key=key, placeholder=tr(placeholder), on_change=partial(_chosen, key, "", clears, opens), **looks
    )
    return text.strip()


def number_of(label: str, most: int, *, key: str, default: int | None = None, **looks: Any) -> int | None:
    """Show a field for a whole number from 1 to `most`, and return it; `default` if the address names none.

    Args:
        label: English.
        most: the largest number.
        key: the parameter of the address.
        default: what the field shows if the address names no number.
        looks: Streamlit's further arguments.
    """
    asked = _asked_number(key)
    _follow(key, asked if asked is not None and asked <= most else default)
    chosen: int | None = st.number_input(
        tr(label), 1, most, None, key=key, step=1, on_change=partial(_chosen, key, default, ()), **looks
    )
    return chosen


def ticked(label: str, *, key: str) -> bool:
    """Show a box to tick, and say whether it is ticked; the arguments are those of `one_of`."""
    _follow(key, st.query_params.get(key) == YES)
    return st.checkbox(tr(label), key=key, on_change=partial(_chosen, key, default=False, clears=()))


def days_of(label: str, *, key: str, clears: Sequence[str] = (), **looks: Any) -> tuple[date, ...]:
    """Show a field for a first day and a last one, and return as many of them as are chosen.

    The arguments are those of `one_of`.
    """
    _follow(key, tuple(sorted(filter(None, map(_day, st.query_params.get_all(key)[:2])))))
    asked = st.date_input(tr(label), value=_NO_DAYS, key=key, on_change=partial(_chosen, key, (), clears), **looks)
    return asked if isinstance(asked, tuple) else ()


def page_of(pages: int, *, key: str) -> int:
    """Show the pages of a list to choose from, and return the number of the chosen one, from 1 on.

    Args:
        pages: how many there are.
        key: the parameter of the address; a page that there is not is the last one.
    """
    _follow(key, min(_asked_number(key) or 1, pages))
    return st.pagination(pages, key=key, on_change=partial(_chosen, key, 1, ()))


def _asked_number(key: str) -> int | None:
    """Return the whole number from 1 on that the address names; None if it names none."""
    asked = st.query_params.get(key, "")
    return int(asked) if _NUMBER.fullmatch(asked) else None


def _follow(key: str, value: object) -> None:
    """Give a widget the value that the address names; not if it has it: what is being typed would be lost."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def _chosen(
    key: str,
    default: object,
    clears: Sequence[str],
    opens: dict[str, str] | None = None,
    known: Sequence[str] | None = None,
) -> None:
    """Write a widget's value into the address, in one step.

    Args:
        key: the parameter, and the widget's name.
        default: what the address does not name.
        clears: as in `one_of`.
        opens: as in `text_of`.
        known: the options; the browser may answer with the words of an option in the language of before.
    """
    value = st.session_state.get(key)
    if known is not None and not set(value if isinstance(value, list) else [value]) <= set(known):
        return
    asked = {name: st.query_params.get_all(name) for name in st.query_params if name not in (key, *clears)}
    if value is not None and value not in (default, [], ()):
        asked[key] = [_written(one) for one in value] if isinstance(value, list | tuple) else [_written(value)]
        asked |= {name: [one] for name, one in (opens or {}).items()}
    st.query_params.from_dict(asked)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return YES
    return value.isoformat() if isinstance(value, date) else str(value).strip()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
