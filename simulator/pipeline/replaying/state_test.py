"""TestState on one state of a workflow, with the functions and the AWS that are given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.definition.fields import InvalidDefinition
from simulator.aws.asl.runtime.clock import RealClock
from simulator.aws.asl.runtime.listener import SilentListener
from simulator.aws.engine.clients import aws_clients
from simulator.aws.engine.environment import ACCOUNT, REGION
from simulator.aws.errors import ApiError
from simulator.aws.map_run.map_run import LocalMapRuns
from simulator.aws.map_run.object_store import S3ObjectStore
from simulator.aws.stepfunctions.service import StepFunctions
from simulator.pipeline.errors import CloudError

if TYPE_CHECKING:
    from simulator.aws.integrations.lambda_tasks import LambdaInvoker
    from simulator.pipeline.replaying.recorded_rows import RecordedRow
    from simulator.pipeline.replaying.recorded_states import RecordedState
    from simulator.pipeline.replaying.replay import Replay
    from simulator.pipeline.replaying.workflow import Workflow


def replay_state(replay: Replay, workflow: Workflow, state: RecordedState, row: RecordedRow | None) -> dict[str, Any]:
    """Run a state once, and return TestState's answer with `inspectionData`; nothing that it does stays.

    Args:
        replay: whose functions are called.
        workflow: whose state is run.
        state: what was recorded of it.
        row: the row, if it is a state of a row.

    Raises:
        CloudError: the definition is not sound, or TestState cannot run such a state; says why.
    """
    if row is None:
        replay.prepare({}, None)
    else:
        replay.prepare(row.event, row.outcome)
    request = {
        "definition": workflow.definition,
        "stateName": state.name,
        "input": json.dumps(state.input, ensure_ascii=False),
        "context": json.dumps(state.context, ensure_ascii=False),
        "variables": json.dumps(state.variables, ensure_ascii=False),
        "stateConfiguration": {"retrierRetryCount": state.retries},
        "inspectionLevel": "DEBUG",
    }
    return state_test(request, functions=replay.functions, endpoint=replay.endpoint)


def state_test(request: dict[str, Any], *, functions: LambdaInvoker, endpoint: str) -> dict[str, Any]:
    """Return TestState's answer.

    Args:
        request: the API's arguments.
        functions: what Tasks invoke.
        endpoint: the AWS that they call.

    Raises:
        CloudError: the definition is not sound, or TestState refuses such a state; says why.
    """
    aws = aws_clients(endpoint)
    listener = SilentListener()
    try:
        machines = StepFunctions(
            region=REGION,
            account=ACCOUNT,
            clock=RealClock(),
            listener=listener,
            functions=functions,
            aws=aws,
            maps=LocalMapRuns(S3ObjectStore(aws.s3), listener, lambda _name: None),
        )
        return machines.test_state(request)
    except InvalidDefinition as error:
        raise CloudError(f"The workflow's definition is not sound: {'; '.join(map(str, error.problems))}") from error
    except ApiError as error:
        raise CloudError(f"TestState does not run {request['stateName']}: {error}") from error
    finally:
        aws.close()


def told(answer: dict[str, Any]) -> dict[str, Any]:
    """Return how a state ended by TestState's answer, as RecordedState has it: the output is a JSON value."""
    ended = {name: answer[name] for name in ("status", "error", "cause", "nextState") if answer.get(name)}
    return ended if "output" not in answer else {**ended, "output": json.loads(answer["output"])}
