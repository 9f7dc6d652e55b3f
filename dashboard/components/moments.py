"""Times and durations as the person in front of the browser reads them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from simulator.runs.folder.times import parsed_moment
from simulator.runs.words import duration


def browser_zone() -> tzinfo:
    """Return the browser's time zone; this machine's where the browser names none."""
    name = st.context.timezone
    try:
        return ZoneInfo(name) if name else datetime.now().astimezone().tzinfo or UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def local(moment: datetime | str | None) -> str:
    """Return `2026-09-23 22:58:45` on the browser's clock; a dash if there is none. One without a zone is UTC."""
    known = parsed_moment(moment) if isinstance(moment, str) else moment
    if known is not None and known.tzinfo is None:
        known = known.replace(tzinfo=UTC)
    return known.astimezone(browser_zone()).strftime("%Y-%m-%d %H:%M:%S") if known else "–"


def took(seconds: float | None) -> str:
    """Return `8.2 s`, `3 min 05 s` or `2 h 10 min`; a dash if it is not known."""
    return "–" if seconds is None else duration(round(seconds * 1000))
