"""Errors a state can end with: the names the States Language reserves, and the exception that carries one.

States Language, "Errors"; Step Functions developer guide, "Handling errors in Step Functions workflows".
"""

from __future__ import annotations

ALL = "States.ALL"
BRANCH_FAILED = "States.BranchFailed"
DATA_LIMIT_EXCEEDED = "States.DataLimitExceeded"
EXCEED_TOLERATED_FAILURE_THRESHOLD = "States.ExceedToleratedFailureThreshold"
HEARTBEAT_TIMEOUT = "States.HeartbeatTimeout"
INTRINSIC_FAILURE = "States.IntrinsicFailure"
ITEM_READER_FAILED = "States.ItemReaderFailed"
PARAMETER_PATH_FAILURE = "States.ParameterPathFailure"
QUERY_EVALUATION_ERROR = "States.QueryEvaluationError"
RESULT_PATH_MATCH_FAILURE = "States.ResultPathMatchFailure"
RESULT_WRITER_FAILED = "States.ResultWriterFailed"
RUNTIME = "States.Runtime"
TASK_FAILED = "States.TaskFailed"
TIMEOUT = "States.Timeout"

MAX_ERROR_LENGTH = 256
MAX_CAUSE_LENGTH = 32_768


class StateError(Exception):
    """A failure with a States Language error name; it becomes `Error` and `Cause`, and comes from them.

    `error` is the name a Retry or Catch matches (at most 256 characters are kept), `cause` the text for people
    (at most 32,768). `cause=None` means that the service gave none: the history event then has no cause.
    """

    def __init__(self, error: str, cause: str | None = None) -> None:
        self.error = error[:MAX_ERROR_LENGTH]
        self.cause = cause[:MAX_CAUSE_LENGTH] if cause is not None else None
        super().__init__(f"{self.error}: {self.cause or ''}")

    def as_output(self) -> dict[str, str]:
        """Return the error output that a Catch hands on: `{"Error": ..., "Cause": ...}`."""
        return {"Error": self.error, "Cause": self.cause or ""}


class NotScheduled(StateError):
    """A Task that its activity cannot take; it has a history event of its own."""


class Aborted(Exception):
    """The execution was stopped from outside (StopExecution, Ctrl-C): no Retry or Catch sees this."""


class EvaluationError(StateError):
    """A failure while a state's fields are evaluated; the state puts its name and event id before it."""

    def within(self, state: str, event_id: int) -> StateError:
        """Return the error as AWS words it, with the state it happened in."""
        where = f"An error occurred while executing the state '{state}' (entered at the event id #{event_id})."
        return StateError(self.error, f"{where} {self.cause}")


class QueryEvaluationError(EvaluationError):
    """A JSONata expression that fails, or gives what its field cannot take; it has a history event of its own.

    `location` is the field, as AWS writes it (`Output/total`); None if it is not one field's (recorded: a Map whose
    input is not an array).
    """

    def __init__(self, cause: str, location: str | None = None) -> None:
        super().__init__(QUERY_EVALUATION_ERROR, cause)
        self.location = location


class BareEvaluationError(EvaluationError):
    """One whose cause AWS gives as it is, without the state it happened in (recorded: a Map without an array)."""

    def within(self, state: str, event_id: int) -> StateError:
        """Return the error with its cause unchanged."""
        del state, event_id
        return StateError(self.error, self.cause)


class IntrinsicFailure(EvaluationError):
    """An intrinsic function that refuses its arguments: `call` is its text as written, `function` its name."""

    def __init__(self, call: str, function: str, reason: str) -> None:
        super().__init__(INTRINSIC_FAILURE, f"The function '{call}' failed: {function}: {reason}")
        self.call = call
        self.function = function


class BranchStopped(Exception):
    """This branch was stopped because another branch of the same state failed."""


class ExecutionTimedOut(Exception):
    """The execution ran into its TimeoutSeconds (EXPRESS: five minutes); no Retry or Catch sees it."""
