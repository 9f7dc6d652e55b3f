"""Tasks that wait to be called back with their token.

Developer guide, "Wait for a Callback with Task Token"; API reference, SendTaskSuccess, SendTaskFailure,
SendTaskHeartbeat.
"""

from __future__ import annotations

import threading
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from simulator.aws.asl.errors import HEARTBEAT_TIMEOUT, TASK_FAILED, TIMEOUT, StateError
from simulator.aws.asl.runtime.task_token import is_token
from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.aws.asl.runtime.ports import TaskRequest

PATTERN = ".waitForTaskToken"
LOOK_SECONDS = 0.05
"""So often a Task that waits looks whether its execution was stopped."""


class Callbacks:
    """The Tasks of this process that wait, by their tokens. Its methods may be called from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[str, _Waiting] = {}

    def open(self, token: str, owner: str) -> None:
        """Let a token be answered from now on.

        Args:
            token: the token.
            owner: the ARN of the state machine, or of the activity, that a right to answer it is given on.
        """
        with self._changed:
            self._waiting[token] = _Waiting(owner)

    def owner(self, token: object) -> str | None:
        """Return the owner of a token; None for one that no Task waits with, and that is refused."""
        with self._changed:
            waiting = self._waiting.get(token) if isinstance(token, str) else None
            return None if waiting is None else waiting.owner

    def close(self, token: str) -> None:
        """Let a token not be answered any more."""
        with self._changed:
            self._waiting.pop(token, None)

    def succeed(self, token: str, output: Any) -> None:
        """End a Task with its result.

        Raises:
            ApiError: InvalidToken; TaskTimedOut: the Task does not wait any more.
        """
        self._answer(token, (output, None))

    def fail(self, token: str, error: str | None, cause: str | None) -> None:
        """End a Task with an error; raises as `succeed` does."""
        self._answer(token, (None, StateError(error or TASK_FAILED, cause)))

    def check(self, token: str) -> None:
        """Refuse a token that no Task waits for; raises as `succeed` does."""
        with self._changed:
            self._find(token)

    def beat(self, token: str) -> None:
        """Let a Task's HeartbeatSeconds begin anew; raises as `succeed` does."""
        with self._changed:
            self._find(token).beaten = monotonic()

    def wait(self, request: TaskRequest, deadline: float | None) -> Any:
        """Wait until a token is answered; return the result.

        Args:
            request: the Task's; its token is open.
            deadline: when its time is up, as time.monotonic() counts.

        Raises:
            StateError: the error that was sent; States.Timeout; States.HeartbeatTimeout.
        """
        with self._changed:
            waiting = self._waiting[request.token or ""]
            while waiting.answer is None:
                if request.cancelled is not None and request.cancelled.is_set():
                    raise StateError(TASK_FAILED, "The execution was stopped.")
                now = monotonic()
                if deadline is not None and now >= deadline:
                    raise StateError(TIMEOUT)
                if request.heartbeat is not None and now >= waiting.beaten + request.heartbeat:
                    raise StateError(HEARTBEAT_TIMEOUT)
                self._changed.wait(LOOK_SECONDS)
            result, error = waiting.answer
        if error is not None:
            raise error
        return result

    def _answer(self, token: str, answer: tuple[Any, StateError | None]) -> None:
        with self._changed:
            self._find(token).answer = answer
            self._changed.notify_all()

    def _find(self, token: str) -> _Waiting:
        if not is_token(token):
            raise ApiError("InvalidToken", "Invalid Token: 'Invalid token'")
        waiting = self._waiting.get(token)
        if waiting is None or waiting.answer is not None:
            raise ApiError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
        return waiting


class _Waiting:
    """A Task that waits: what it was answered, and when it last gave a sign of life."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.answer: tuple[Any, StateError | None] | None = None
        self.beaten = monotonic()


class _Integration(Protocol):
    """The integration that hands the token on."""

    def problems(self, parameters: Any) -> Iterable[str]:
        """Say what is wrong with `Parameters` as written."""
        ...

    def call(self, request: TaskRequest) -> Any:
        """Call the action."""
        ...


class CalledBack:
    """An integration whose Task waits for its token after the call.

    Args:
        integration: the call, whose parameters hand the token on.
        callbacks: the Tasks that wait.
    """

    def __init__(self, integration: _Integration, callbacks: Callbacks) -> None:
        self._integration = integration
        self._callbacks = callbacks

    def problems(self, parameters: Any) -> Iterable[str]:
        """Say what is wrong with `Parameters` as written."""
        return self._integration.problems(parameters)

    def call(self, request: TaskRequest) -> Any:
        """Make the call, wait, and return what SendTaskSuccess brings.

        Raises:
            StateError: the call's; what SendTaskFailure brings; States.Timeout; States.HeartbeatTimeout.
        """
        token = request.token or ""
        deadline = None if request.timeout is None else monotonic() + request.timeout
        self._callbacks.open(token, request.machine_arn)
        try:
            result = self._integration.call(request)
            if request.submitted is not None:
                request.submitted(result)
            return self._callbacks.wait(request, deadline)
        finally:
            self._callbacks.close(token)
