"""One invocation of a function: its way through an environment, its context object, its result.

Lambda developer guide, "Using the Lambda context object to retrieve Python function information".
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from simulator.aws.lambda_runtime.function_config import VERSION


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


class CognitoIdentity:
    """The Cognito identity of the caller: none, since Step Functions calls."""

    cognito_identity_id: str | None = None
    cognito_identity_pool_id: str | None = None


class ClientContext:
    """The caller's ClientContext: `custom` and `env` as they are, `client` with the mobile SDK's fields."""

    def __init__(self, value: dict[str, Any]) -> None:
        self.custom = value.get("custom")
        self.env = value.get("env")
        client = value.get("client")
        self.client = MobileClient(client) if isinstance(client, dict) else None


class MobileClient:
    """The application that called, as the AWS Mobile SDK describes it."""

    def __init__(self, value: dict[str, Any]) -> None:
        self.installation_id = value.get("installation_id")
        self.app_title = value.get("app_title")
        self.app_version_name = value.get("app_version_name")
        self.app_version_code = value.get("app_version_code")
        self.app_package_name = value.get("app_package_name")


class LambdaContext:
    """The context object that a handler is given.

    Args:
        request_id: the invocation's id.
        function_name, function_arn, memory_mb: the function's.
        log_group, log_stream: where its logs would be in CloudWatch.
        deadline: `time.monotonic()` at which the invocation is ended.
        client_context: the caller's ClientContext, decoded; None if there is none.
    """

    function_version = VERSION
    tenant_id: str | None = None

    def __init__(
        self,
        *,
        request_id: str,
        function_name: str,
        function_arn: str,
        memory_mb: int,
        log_group: str,
        log_stream: str,
        deadline: float,
        client_context: dict[str, Any] | None = None,
    ) -> None:
        self.aws_request_id = request_id
        self.function_name = function_name
        self.invoked_function_arn = function_arn
        self.memory_limit_in_mb = str(memory_mb)
        self.log_group_name = log_group
        self.log_stream_name = log_stream
        self.client_context = None if client_context is None else ClientContext(client_context)
        self.identity = CognitoIdentity()
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds left until the invocation is ended, 0 at the least."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))

    def log(self, message: object) -> None:
        """Write to the function's log."""
        print(message)  # noqa: T201 - stdout is the log

    def __repr__(self) -> str:
        return f"LambdaContext({self.__dict__!r})"
