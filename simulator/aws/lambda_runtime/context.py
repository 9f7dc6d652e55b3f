"""The context object that a handler is given.

Lambda developer guide, "Using the Lambda context object to retrieve Python function information".
"""

from __future__ import annotations

import time
from typing import Any

from simulator.aws.lambda_runtime.function_config import VERSION


class CognitoIdentity:
    """The Cognito identity of the caller: none, since Step Functions calls."""

    cognito_identity_id: str | None = None
    cognito_identity_pool_id: str | None = None


class LambdaContext:
    """What a handler is told about its invocation.

    Args:
        request_id: the invocation's id.
        function_name, function_arn, memory_mb: the function's.
        log_group, log_stream: where its logs would be in CloudWatch.
        deadline: `time.monotonic()` at which the invocation is ended.
    """

    function_version = VERSION
    client_context: Any = None
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
    ) -> None:
        self.aws_request_id = request_id
        self.function_name = function_name
        self.invoked_function_arn = function_arn
        self.memory_limit_in_mb = str(memory_mb)
        self.log_group_name = log_group
        self.log_stream_name = log_stream
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
