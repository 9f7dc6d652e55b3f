"""How TestState tells of failures that executions name otherwise.

Recorded on AWS by TestState alone: a ResultPath below a scalar input is States.ReferencePathConflict, and an intrinsic
function with a wrong argument States.Runtime. No execution was recorded with either, so that executions keep the names
of the States Language (States.ResultPathMatchFailure, States.IntrinsicFailure).
"""

from __future__ import annotations

from simulator.aws.asl.errors import RESULT_PATH_MATCH_FAILURE, RUNTIME, EvaluationError, IntrinsicFailure

REFERENCE_PATH_CONFLICT = "States.ReferencePathConflict"


def as_told_by_test_state(error: EvaluationError) -> EvaluationError:
    """Return the error under the name, and in the words, that TestState gives it."""
    if isinstance(error, IntrinsicFailure):
        return EvaluationError(
            RUNTIME,
            f"There was an error while evaluating the intrinsic function: {error.call}. "
            f"Invalid arguments in {error.function}",
        )
    if error.error == RESULT_PATH_MATCH_FAILURE:
        return EvaluationError(REFERENCE_PATH_CONFLICT, error.cause)
    return error
