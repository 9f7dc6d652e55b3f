"""What the Lambda integrations call: something that runs functions. lambda_runtime has the real one."""

from __future__ import annotations

from typing import Protocol


class Invoked(Protocol):
    """The result of an invocation that Lambda answered with status 200."""

    @property
    def payload(self) -> bytes:
        """The function's answer, or its error's payload: JSON."""
        ...

    @property
    def function_error(self) -> str | None:
        """`Unhandled` where the function failed."""
        ...

    @property
    def request_id(self) -> str:
        """The invocation's id."""
        ...


class LambdaInvoker(Protocol):
    """Runs functions."""

    def invoke(self, function: str, payload: bytes, *, timeout: float | None = None) -> Invoked:
        """Invoke a function by its name or ARN and wait for its result.

        Args:
            function: its name, its ARN, or its ARN with a qualifier.
            payload: the event as JSON; empty for `{}`.
            timeout: seconds the caller waits, None for as long as it takes.

        Raises:
            LambdaError: the function was not run (simulator.lambda_runtime.errors).
            CallerTimeout: `timeout` has run out.
        """
        ...
