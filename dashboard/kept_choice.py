"""A choice that holds for all pages of a session, and that the address names, so that a link can be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.address import settle_address

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class KeptChoice:
    """A choice of how pages show things: it stays on pages to which a link without it leads.

    Args:
        parameter: the parameter of the address.
        known: says whether there is an option.
    """

    parameter: str
    known: Callable[[str], bool]

    @property
    def chosen(self) -> str | None:
        """The option that counts in this session; None if none was chosen."""
        chosen: str | None = st.session_state.get(f"{self.parameter} that was chosen")
        return chosen

    def settle(self) -> None:
        """Take over what the address names, before the page is drawn; what was picked just now goes before it."""
        asked = st.query_params.get(self.parameter)
        if self._picked_key not in st.session_state and asked is not None and self.known(asked):
            st.session_state[f"{self.parameter} that was chosen"] = asked

    def picker(self, label: str, options: Sequence[str], *, placeholder: str, shown: Callable[[str], str]) -> None:
        """Let a person choose.

        Args:
            label: in the page's language.
            options: the values, as the address has them.
            placeholder: says in the page's language what counts while nothing is chosen.
            shown: gives an option's words.
        """
        chosen = self.chosen
        widget = f"{self.parameter} {chosen}"  # another one as soon as the address names another option
        st.selectbox(
            label,
            options,
            index=options.index(chosen) if chosen in options else None,
            format_func=shown,
            placeholder=placeholder,
            key=widget,
            on_change=self._picked,
            args=(widget,),
        )

    def name(self) -> None:
        """Write what was chosen into the address, when the page has been drawn."""
        st.session_state.pop(self._picked_key, None)
        if st.query_params.get(self.parameter) != self.chosen:
            settle_address(**{self.parameter: self.chosen})

    @property
    def _picked_key(self) -> str:
        return f"{self.parameter} that was picked just now"

    def _picked(self, widget: str) -> None:
        picked = st.session_state[widget]
        if picked is None or self.known(picked):
            st.session_state[f"{self.parameter} that was chosen"] = picked
            st.session_state[self._picked_key] = True
