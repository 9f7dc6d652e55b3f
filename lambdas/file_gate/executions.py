"""The workflow's executions, as the gate asks Step Functions for them, and answers those that wait."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

_NO_LONGER_WAITS = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})
_GONE = "ExecutionDoesNotExist"
RUNNING = "RUNNING"


class Executions:
    """Each method raises ClientError if Step Functions does not answer.

    Args:
        step_functions: the client.
    """

    def __init__(self, step_functions: Any) -> None:
        self._step_functions = step_functions

    def let_go_on(self, token: str) -> bool:
        """End a Task that waits (SendTaskSuccess); return whether it still waited with that token."""
        try:
            self._step_functions.send_task_success(taskToken=token, output="{}")
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NO_LONGER_WAITS:
                raise
            return False
        return True

    def is_running(self, execution_arn: str) -> bool:
        """Tell whether an execution has not ended."""
        return self._described(execution_arn)[0] == RUNNING

    def redrives(self, execution_arn: str) -> int:
        """Return how often an execution has been redriven."""
        return self._described(execution_arn)[1]

    def has_begun_rows(self, execution_arn: str) -> bool:
        """Tell whether an execution has come as far as its Map Run: a redrive then goes on behind the gate."""
        return bool(self._step_functions.list_map_runs(executionArn=execution_arn, maxResults=1)["mapRuns"])

    def _described(self, execution_arn: str) -> tuple[str, int]:
        try:
            found = self._step_functions.describe_execution(executionArn=execution_arn)
        except ClientError as error:
            if error.response["Error"]["Code"] != _GONE:
                raise
            return "", 0
        return found["status"], found.get("redriveCount", 0)
