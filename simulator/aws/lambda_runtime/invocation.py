"""One invocation on its way through an execution environment, and its result."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class InvokeResult:
    """What Invoke answers with status 200.

    Args:
        payload: the response, or the error's payload (JSON in bytes).
        function_error: `Unhandled` if the function failed (the header `X-Amz-Function-Error`), else None.
        request_id: the invocation's id.
        executed_version: `$LATEST`.
        log_tail: the end of the invocation's log (LogType Tail), or None if it was not asked for.
    """

    payload: bytes
    function_error: str | None
    request_id: str
    executed_version: str = "$LATEST"
    log_tail: str | None = None


class Invocation:
    """An invocation: handed to an environment by its caller, and settled once, by the first to do so.

    Args:
        request_id: its id.
        event: the decoded event.
        client_context: what the caller sent as ClientContext, decoded.
        tail: whether the result has the end of the log.
    """

    __slots__ = (
        "_done",
        "_unsettled",
        "client_context",
        "event",
        "handler_started",
        "log_lines",
        "request_id",
        "result",
        "submitted",
    )

    def __init__(self, request_id: str, event: Any, *, client_context: Any = None, tail: bool = False) -> None:
        self.request_id = request_id
        self.event = event
        self.client_context = client_context
        self.log_lines: list[str] | None = [] if tail else None
        self.submitted = time.monotonic()
        self.handler_started: float | None = None
        self.result: InvokeResult | None = None
        self._unsettled = threading.Lock()
        self._done = threading.Lock()
        self._done.acquire()

    def settle(self) -> bool:
        """Claim the right to say how it ended; True for one caller only."""
        return self._unsettled.acquire(blocking=False)

    def finish(self, payload: bytes, function_error: str | None) -> None:
        """Hand the result to the caller."""
        tail = None if self.log_lines is None else "".join(self.log_lines)
        self.result = InvokeResult(
            payload=payload, function_error=function_error, request_id=self.request_id, log_tail=tail
        )
        self._done.release()

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended; False if `seconds` went by first."""
        if self._done.acquire(timeout=max(0.0, min(seconds, threading.TIMEOUT_MAX))):
            self._done.release()  # others may wait too
            return True
        return False
