"""How an open page stays true: it looks every few seconds, and draws itself again when something has changed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from dashboard.components.moments import zone, zone_words
from dashboard.deployed.deployment import deployment
from dashboard.languages.language import tr
from dashboard.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Callable

IDLE_SECONDS = 10.0
LOOK_SECONDS = 4.0
"""While something runs."""
LIVE_SECONDS = 2.0
"""For the counts of a run that goes on."""
PART_SECONDS = 5.0
"""For its charts and tables."""
LIST_SECONDS = 10.0
"""For the list of runs."""
SHARE = 0.03
"""The most of a core that one costly part of an open page may take."""


def keep_fresh(look: Callable[[], object], *, live: bool = False) -> None:
    """Say when the page was brought up to date, and draw all of it again as soon as `look` gives something else.

    Args:
        look: cheap, and without side effects.
        live: whether something runs, so that the look is repeated quickly.
    """
    every = LOOK_SECONDS if live else IDLE_SECONDS
    st.fragment(run_every=every)(_look)(look, look(), every)


def _look(look: Callable[[], object], seen: object, every: float) -> None:
    if look() != seen:
        st.rerun()
    _about_aws()
    st.caption(tr(f"Updated {datetime.now(zone()):%H:%M:%S}, every {every:g} s. Times are in {zone_words()}."))


def _about_aws() -> None:
    """Say how fresh the folders are: they follow AWS while a page looks."""
    deployed = deployment()
    if deployed is None:
        return
    if deployed.trouble:
        st.warning(tr(f"AWS could not be read: {plain(deployed.trouble, 800)}"), icon=":material/cloud_off:")
    when = f"read {deployed.read.astimezone(zone()):%H:%M:%S}" if deployed.read else "being read for the first time"
    st.caption(tr(f"Stack {plain(deployed.target.title, 200)} in {plain(deployed.operator.region)}, {when}."))


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Kept:
    value: Any
    due: float


@dataclass(frozen=True, slots=True)
class _Steady(_Kept):
    essence: object


def paced(key: str, compute: Callable[[], T], *, live: bool) -> T:
    """Return what `compute` gives; for a run that goes on, so seldom that it takes at most SHARE of a core.

    Args:
        key: names the result in this browser's session.
        compute: costs time that grows with the run.
        live: whether the run goes on. If not, it is always computed.
    """
    name = f"paced {key}"
    kept = st.session_state.get(name)
    if live and isinstance(kept, _Kept) and time.monotonic() < kept.due:
        value: T = kept.value
        return value
    before = time.process_time()
    value = compute()
    if live:
        st.session_state[name] = _Kept(value, time.monotonic() + (time.process_time() - before) / SHARE)
    else:
        st.session_state.pop(name, None)
    return value


def steady(key: str, value: T, essence: object, *, seconds: float) -> T:
    """Return a value that was returned before, while its essence is the same, for so many seconds; else `value`.

    What is drawn from the same value again costs the browser nothing.

    Args:
        key: names the value in this browser's session.
        value: the newest.
        essence: what of it must be shown at once if it changes.
        seconds: how old the rest may be.
    """
    name = f"steady {key}"
    kept = st.session_state.get(name)
    if isinstance(kept, _Steady) and kept.essence == essence and time.monotonic() < kept.due:
        same: T = kept.value
        return same
    st.session_state[name] = _Steady(value, time.monotonic() + seconds, essence)
    return value
