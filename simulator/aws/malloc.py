"""Keeps a process with many threads small: glibc's allocator would hold what each of them has ever freed."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

_M_ARENA_MAX: Final = -8  # malloc.h
_ARENAS: Final = 2


def share_arenas() -> None:
    """Let all threads of this process share two arenas of malloc; do nothing if the C library is not glibc.

    glibc gives each thread an arena of its own, up to eight a core, and a freed block goes back to its arena only (see
    docs/decisions.md for the figures). Threads that hold the GIL do not wait for each other here. mallopt(3),
    M_ARENA_MAX.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)
