"""Checks definitions without starting anything."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.definition.fields import InvalidDefinition, Problem
from simulator.aws.asl.runtime.clock import RealClock
from simulator.aws.asl.runtime.listener import SilentListener
from simulator.aws.engine.clients import aws_clients
from simulator.aws.engine.environment import ACCOUNT, REGION
from simulator.aws.eventbridge.api import EventsApi
from simulator.aws.eventbridge.bus import EventBus
from simulator.aws.lambda_runtime.api import LambdaApi
from simulator.aws.lambda_runtime.asynchronous import AsynchronousInvocations
from simulator.aws.lambda_runtime.lambda_service import LambdaService
from simulator.aws.map_run.map_run import LocalMapRuns
from simulator.aws.map_run.object_store import S3ObjectStore
from simulator.aws.stepfunctions.api.api import StepFunctionsApi
from simulator.aws.stepfunctions.archive import EmptyArchive
from simulator.aws.stepfunctions.service import StepFunctions
from simulator.pipeline.provisioning import DEFINITIONS, Resources, substitute

if TYPE_CHECKING:
    from pathlib import Path

NOWHERE = "http://127.0.0.1:9"
"""Nothing is called while a definition is checked; clients are made for the services' models."""


def own_definitions() -> list[tuple[Path, str]]:
    """Return the pipeline's definitions with their types."""
    return [(DEFINITIONS / "workflow.asl.json", "STANDARD"), (DEFINITIONS / "dispatcher.asl.json", "EXPRESS")]


def check_definition(text: str, machine_type: str, values: dict[str, str], source: str) -> list[Problem]:
    """Return every problem of a definition.

    Args:
        text: the definition, with placeholders of cdk/definitions or of `values`.
        machine_type: STANDARD or EXPRESS.
        values: what further `${...}` stand for.
        source: its name in the message about an unknown placeholder.

    Raises:
        CloudError: for a placeholder that nothing is known of.
    """
    resources = Resources(
        rule_dead_letter_queue_url=f"{NOWHERE}/rule",
        dispatcher_failures_queue_url=f"{NOWHERE}/dispatcher",
        report_failures_queue_url=f"{NOWHERE}/reports",
        file_gate_failures_queue_url=f"{NOWHERE}/gate",
    )
    filled = substitute(text, {**resources.placeholders, **values}, source=source)
    aws, listener = aws_clients(NOWHERE), SilentListener()
    maps = LocalMapRuns(S3ObjectStore(aws.s3), listener, lambda _name: None)
    machines = StepFunctions(
        region=REGION,
        account=ACCOUNT,
        clock=RealClock(),
        listener=listener,
        functions=NoFunctions(),
        aws=aws,
        maps=maps,
    )
    _offer_operations(machines, maps)
    try:
        machines.create_state_machine(name="checked", definition=filled, kind=machine_type)
    except InvalidDefinition as error:
        return error.problems
    return []


def _offer_operations(machines: StepFunctions, maps: LocalMapRuns) -> None:
    """Say which operations the services of this process have; they work on nothing."""
    bus = EventBus([], {}, clock=RealClock(), dead_letter=lambda *_: None, region=REGION, account=ACCOUNT)
    with (
        LambdaService((), task_root=DEFINITIONS, variables=lambda *_: {}) as functions,
        closing(AsynchronousInvocations(functions)) as queue,
    ):
        machines.offer("events", EventsApi(bus).operations)
        machines.offer("lambda", LambdaApi(functions, queue, lambda one: one.name).operations)
    machines.offer("stepfunctions", StepFunctionsApi(machines, EmptyArchive(), maps).operations)


class NoFunctions:
    """Nothing is invoked: a definition is checked, or every Task is mocked."""

    def invoke(self, function: str, payload: bytes, *, timeout: float | None = None) -> Any:
        """Refuse."""
        raise NotImplementedError(f"{function} is not invoked here")
