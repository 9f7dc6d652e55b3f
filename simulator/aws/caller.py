"""Whether the caller of an operation still waits for its answer."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_GONE: ContextVar[Callable[[], bool] | None] = ContextVar("caller_has_gone", default=None)


@contextmanager
def called_by(has_gone: Callable[[], bool]) -> Iterator[None]:
    """Let operations that are called in this context ask whether their caller has gone."""
    token = _GONE.set(has_gone)
    try:
        yield
    finally:
        _GONE.reset(token)


def caller_has_gone() -> bool:
    """Tell whether the caller has closed its connection; one in this process never has."""
    has_gone = _GONE.get()
    return has_gone is not None and has_gone()
