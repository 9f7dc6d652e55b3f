"""Times and durations as the person in front of the browser reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import streamlit as st

from dashboard.kept_choice import KeptChoice
from dashboard.languages.language import tr
from simulator.runs.folder.times import parsed_moment
from simulator.runs.words import duration

ZONE = "tz"
"""The parameter of the address that names another time zone than the browser's."""
_MINUTE = 60


def _is_zone(name: str) -> bool:
    return _named(name) is not None


_CHOICE = KeptChoice(ZONE, _is_zone)


def settle_zone() -> None:
    """Choose the time zone once for the whole page."""
    _CHOICE.settle()


def zone_picker() -> None:
    """Let a person choose the time zone of all pages; the browser's counts until then."""
    placeholder = tr("{zone}, as in this browser", zone=_name(_browser_zone()))
    _CHOICE.picker(tr("Time zone"), sorted(available_timezones()), placeholder=placeholder, shown=str)


def name_zone() -> None:
    """Write the time zone that was chosen into the address."""
    _CHOICE.name()


def zone() -> tzinfo:
    """Return the time zone that was chosen; else the browser's, or this machine's if the browser names none."""
    return _named(_CHOICE.chosen) or _browser_zone()


def zone_words() -> str:
    """Return the time zone's name and its offset now: `Asia/Tokyo (UTC+09:00)`."""
    found = zone()
    name, offset = _name(found), datetime.now(found).strftime("%z")
    return name if name == "UTC" else f"{name} (UTC{offset[:3]}:{offset[3:5]})"


def local(moment: datetime | str | None, here: tzinfo | None = None) -> str:
    """Return `2026-09-23 22:58:45` in the page's time zone; a dash if there is none. One without a zone is UTC.

    Args:
        moment: the moment.
        here: the page's time zone, if it is known: to ask for it a thousand times costs 40 ms.
    """
    known = when(moment, here)
    return known.strftime("%Y-%m-%d %H:%M:%S") if known else "–"


def when(moment: datetime | str | None, here: tzinfo | None = None) -> datetime | None:
    """Return a moment in the page's time zone, for a column of a table; None if there is none. See `local`."""
    known = parsed_moment(moment) if isinstance(moment, str) else moment
    if known is not None and known.tzinfo is None:
        known = known.replace(tzinfo=UTC)
    return known.astimezone(here or zone()) if known else None


def took(seconds: float | None) -> str:
    """Return `8.2 s`, `3 min 05 s` or `2 h 10 min`; a dash if it is not known."""
    return "–" if seconds is None else tr(duration(round(seconds * 1000)))


def span(seconds: float | None) -> timedelta | None:
    """Return a duration for a column of a table, which sorts by it; finer if it is shorter."""
    if seconds is None:
        return None
    return timedelta(seconds=round(seconds, 3 if seconds < 1 else 1 if seconds < _MINUTE else 0))


def _named(name: str | None) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _browser_zone() -> tzinfo:
    return _named(st.context.timezone) or datetime.now().astimezone().tzinfo or UTC


def _name(found: tzinfo) -> str:
    return str(found) if isinstance(found, ZoneInfo) else datetime.now(found).strftime("%Z")
