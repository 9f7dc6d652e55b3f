"""Gives up waiting for a call when the Task's time is up."""

from __future__ import annotations

import contextvars
import threading
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, TypeVar

from simulator.aws.asl.errors import TIMEOUT, StateError

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


def within(seconds: float | None, call: Callable[[], Result]) -> Result:
    """Return what `call` returns, or raise what it raises.

    A call cannot be broken off: one that takes longer than `seconds` goes on in a thread of its own, and nobody waits
    for what it returns. AWS gives up in the same way: the service may still do what was asked.

    Raises:
        StateError: States.Timeout, without a cause, after `seconds` (None: never).
    """
    if seconds is None:
        return call()
    answer: Future[Result] = Future()
    context = contextvars.copy_context()  # who calls

    def work() -> None:
        try:
            answer.set_result(context.run(call))
        except BaseException as error:  # noqa: BLE001 - it is raised again, in the thread that asked
            answer.set_exception(error)

    threading.Thread(target=work, name="task-call", daemon=True).start()
    wait([answer], timeout=max(seconds, 0.0))
    if not answer.done():
        raise StateError(TIMEOUT)
    return answer.result()
