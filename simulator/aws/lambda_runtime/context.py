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


class ClientContext:
    """What the caller sent as ClientContext: `custom` and `env` as they are, `client` with the mobile SDK's fields."""

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
    """What a handler is told about its invocation.

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
