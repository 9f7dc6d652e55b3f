"""SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat: what answers a Task that waits with its token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.errors import ApiError
from simulator.aws.json_reader import BadJson, read_json

if TYPE_CHECKING:
    from simulator.aws.integrations.waiting.callbacks import Callbacks


class TaskTokens:
    """The operations on tokens.

    Args:
        callbacks: the Tasks that wait.
    """

    def __init__(self, callbacks: Callbacks) -> None:
        self._callbacks = callbacks

    def succeed(self, request: dict[str, Any]) -> dict[str, Any]:
        """SendTaskSuccess."""
        token = request["taskToken"]
        self._callbacks.check(token)
        try:
            output = read_json(request["output"])
        except BadJson as error:
            raise ApiError("InvalidOutput", f"Invalid Output: '{error}'") from error
        self._callbacks.succeed(token, output)
        return {}

    def fail(self, request: dict[str, Any]) -> dict[str, Any]:
        """SendTaskFailure."""
        self._callbacks.fail(request["taskToken"], request.get("error"), request.get("cause"))
        return {}

    def beat(self, request: dict[str, Any]) -> dict[str, Any]:
        """SendTaskHeartbeat."""
        self._callbacks.beat(request["taskToken"])
        return {}
