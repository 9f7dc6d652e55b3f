"""Asynchronous invocations (InvocationType Event): queued, and retried twice if the function fails.

Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation" and "Adding a dead-letter
queue".
"""

from __future__ import annotations

import base64
import heapq
import itertools
import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from simulator.aws.lambda_runtime.errors import LambdaError, TooManyRequestsException

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.lambda_runtime.lambda_service import LambdaService

    DeadLetter = Callable[[str, str, dict[str, str | int]], None]
    Answered = Callable[[str, bytes], None]

_log = logging.getLogger(__name__)

WAITS_SECONDS = (60.0, 120.0)
"""Before the second and the third attempt at an event whose function failed."""
MOST_AGE_SECONDS = 21_600.0
_LONGEST_THROTTLE_SECONDS = 300.0
_MAX_ERROR_MESSAGE = 1024
WORKERS = 10


class Store(Protocol):
    """Keeps what is put into it beyond the end of the process."""

    def put(self, key: str, value: dict[str, Any], /) -> object:
        """Keep a value."""
        ...

    def delete(self, key: str, /) -> object:
        """Forget a value."""
        ...

    def all(self) -> dict[str, dict[str, Any]]:
        """Return everything that is kept."""
        ...


@dataclass(slots=True)
class _Event:
    function: str
    payload: bytes
    request_id: str
    client_context: Any
    queued: float
    failures: int = 0
    throttles: int = 0


class AsynchronousInvocations:
    """The queue of one account's asynchronous invocations; ten of them run at once. To be closed.

    Events that wait when it is closed are gone, unless `keep_in` was called.

    Args:
        service: the functions.
        waits: seconds before the second, the third ... attempt at an event whose function failed.
        now: the time in seconds, which only grows.
        dead_letter: takes what a function that has a dead-letter queue failed at to the end: the queue's ARN, the
            event, attributes that say why.
        answered: told of a function that has succeeded, by the name or ARN it was invoked by, and of its answer.
    """

    def __init__(
        self,
        service: LambdaService,
        *,
        waits: tuple[float, ...] = WAITS_SECONDS,
        now: Callable[[], float] = time.monotonic,
        dead_letter: DeadLetter | None = None,
        answered: Answered | None = None,
    ) -> None:
        self._service = service
        self._waits = waits
        self._now = now
        self._dead_letter = dead_letter
        self._answered = answered
        self._due: list[tuple[float, int, _Event]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._workers = 0
        self._idle = 0
        self._closed = False
        self._store: Store | None = None

    def keep_in(self, store: Store) -> None:
        """Go on with the events that a store has, and keep there each event until its last attempt is over.

        An event whose attempt was cut off by the end of its process is tried again: Lambda delivers at least once.
        """
        self._store = store
        for request_id, kept in store.all().items():
            ago = time.time() - kept["queued"]
            event = _Event(
                kept["function"],
                base64.b64decode(kept["payload"]),
                request_id,
                kept["clientContext"],
                self._now() - ago,
                kept["failures"],
                kept["throttles"],
            )
            self._put(self._now() + kept["due"] - time.time(), event)

    def exists(self, function: str) -> bool:
        """Tell whether there is a function of that name or ARN."""
        try:
            self._service.find(function)
        except LambdaError:
            return False
        return True

    def submit(self, function: str, payload: bytes, request_id: str, client_context: Any = None) -> None:
        """Queue an event that has been checked; returns at once.

        Raises:
            OSError: it cannot be kept, and is not queued.
        """
        event = _Event(function, payload, request_id, client_context, self._now())
        self._keep(event.queued, event)
        self._put(event.queued, event)

    def drain(self, seconds: float) -> bool:
        """Wait until nothing runs, and nothing waits that is due; return whether it came to that within `seconds`."""
        with self._changed:
            return self._changed.wait_for(
                lambda: self._idle == self._workers and not (self._due and self._due[0][0] <= self._now()), seconds
            )

    def close(self) -> None:
        """Begin no further invocation; what runs goes on."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _keep(self, due: float, event: _Event) -> None:
        with self._changed:  # not once it is closed: the next process goes on with what the store has then
            if self._store is not None and not self._closed:
                since = time.time() - self._now()
                value = {
                    "function": event.function,
                    "payload": base64.b64encode(event.payload).decode(),
                    "clientContext": event.client_context,
                    "queued": event.queued + since,
                    "due": due + since,
                    "failures": event.failures,
                    "throttles": event.throttles,
                }
                self._store.put(event.request_id, value)

    def _over(self, event: _Event) -> None:
        with self._changed:
            if self._store is not None and not self._closed:
                self._store.delete(event.request_id)

    def _put(self, due: float, event: _Event) -> None:
        with self._changed:
            heapq.heappush(self._due, (due, next(self._numbers), event))
            if self._idle == 0 and self._workers < WORKERS and not self._closed:
                self._workers += 1
                threading.Thread(target=self._work, name="asynchronous-invocations", daemon=True).start()
            self._changed.notify()

    def _work(self) -> None:
        while (event := self._next()) is not None:
            try:
                self._attempt(event)
            except Exception:  # noqa: BLE001 - the worker must live on: other events wait
                _log.exception("the asynchronous invocation %s of %s was lost", event.request_id, event.function)

    def _next(self) -> _Event | None:
        with self._changed:
            self._idle += 1
            self._changed.notify_all()
            try:
                while not self._closed:
                    wait = self._due[0][0] - self._now() if self._due else None
                    if wait is not None and wait <= 0:
                        return heapq.heappop(self._due)[2]
                    self._changed.wait(wait)
                return None
            finally:
                self._idle -= 1

    def _attempt(self, event: _Event) -> None:
        try:
            result = self._service.invoke(
                event.function, event.payload, request_id=event.request_id, client_context=event.client_context
            )
        except TooManyRequestsException:
            event.throttles += 1
            self._again(event, min(2.0 ** (event.throttles - 1), _LONGEST_THROTTLE_SECONDS))
        except LambdaError as error:
            # The function has gone since the event was queued.
            _log.warning("the asynchronous invocation %s is dropped: %s", event.request_id, error)
            self._over(event)
        else:
            if result.function_error is not None and event.failures < len(self._waits):
                event.failures += 1
                self._again(event, self._waits[event.failures - 1])
            else:
                if result.function_error is not None:
                    self._lost(event, 200, result.payload)
                self._over(event)
                if result.function_error is None and self._answered is not None:
                    self._answered(event.function, result.payload)

    def _lost(self, event: _Event, code: int, answer: bytes) -> None:
        """Hand over an event that is not tried again; its queue has it before it is forgotten here."""
        queue = self._service.find(event.function).dead_letter_queue_arn
        if queue is None or self._dead_letter is None:
            return
        attributes: dict[str, str | int] = {
            "RequestID": event.request_id,
            "ErrorCode": code,
            "ErrorMessage": answer.decode(errors="replace")[:_MAX_ERROR_MESSAGE],
        }
        self._dead_letter(queue, event.payload.decode(), attributes)

    def _again(self, event: _Event, wait: float) -> None:
        due = self._now() + wait
        if due - event.queued > MOST_AGE_SECONDS:
            self._lost(event, 429, b"The event is older than six hours.")
            self._over(event)
            return
        try:
            self._keep(due, event)
        except OSError as error:
            _log.warning("the asynchronous invocation %s goes on in memory only: %s", event.request_id, error)
        self._put(due, event)
