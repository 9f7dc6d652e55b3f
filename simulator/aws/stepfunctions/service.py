"""State machines and their executions: what the Step Functions service keeps.

API reference: CreateStateMachine, StartExecution, DescribeExecution, StopExecution; TestState is in teststate/.
"""

from __future__ import annotations

import json
import threading
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.definition.compiler import build
from simulator.aws.asl.quotas import name_problem
from simulator.aws.asl.runtime.execution import EXPRESS_SECONDS, Execution
from simulator.aws.asl.runtime.history import CountedHistory, RecordedHistory
from simulator.aws.asl.runtime.listener import ExecutionInfo
from simulator.aws.asl.runtime.ports import Identity, Services
from simulator.aws.errors import ApiError
from simulator.aws.integrations.registry import Integrations
from simulator.aws.stepfunctions.input_text import parse_input
from simulator.aws.stepfunctions.running_execution import RunningExecution
from simulator.aws.stepfunctions.teststate.run import run_state

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.clock import Clock
    from simulator.aws.asl.runtime.listener import Listener
    from simulator.aws.asl.runtime.ports import MapRuns
    from simulator.aws.asl.runtime.resume import Resume
    from simulator.aws.asl.runtime.state_machine import StateMachine
    from simulator.aws.integrations.lambda_tasks import LambdaInvoker
    from simulator.aws.integrations.registry import Clients


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredMachine:
    """A state machine that has been created."""

    arn: str
    name: str
    kind: str
    definition: str
    compiled: StateMachine


class StepFunctions:
    """The service: creates machines, starts and stops their executions, each on a thread of its own.

    Args:
        region, account: where the ARNs say it is.
        clock: what executions see of time.
        listener: told of every execution and, for STANDARD ones, every event.
        functions: what Tasks invoke.
        aws: clients of the other services that Tasks may call.
        maps: opens Map Runs.
    """

    def __init__(
        self,
        *,
        region: str,
        account: str,
        clock: Clock,
        listener: Listener,
        functions: LambdaInvoker,
        aws: Clients,
        maps: MapRuns,
    ) -> None:
        self._prefix = f"arn:aws:states:{region}:{account}"
        self._role = f"arn:aws:iam::{account}:role"
        self._clock = clock
        self._listener = listener
        self._services = Services(
            tasks=Integrations(functions=functions, aws=aws, machines=self), maps=maps, clock=clock
        )
        self._machines: dict[str, RegisteredMachine] = {}
        self._executions: dict[str, RunningExecution] = {}
        self._lock = threading.Lock()

    def machine_arn(self, name: str) -> str:
        """Return the ARN that a machine of that name has or would have."""
        return f"{self._prefix}:stateMachine:{name}"

    def create_state_machine(self, *, name: str, definition: str, kind: str) -> str:
        """Create a machine of type STANDARD or EXPRESS and return its ARN.

        Raises:
            InvalidDefinition: with every problem of the definition.
            ApiError: InvalidName, StateMachineAlreadyExists.
        """
        if problem := name_problem(name):
            raise ApiError("InvalidName", f"The name {name!r} {problem}")
        compiled = build(definition, tasks=self._services.tasks, name=name, machine_type=kind)
        arn = self.machine_arn(name)
        earlier = self._machines.get(arn)
        if earlier is not None and (earlier.definition, earlier.kind) != (definition, kind):
            raise ApiError("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'")
        self._machines[arn] = RegisteredMachine(arn=arn, name=name, kind=kind, definition=definition, compiled=compiled)
        return arn

    def start_execution(self, machine_arn: str, *, name: str | None = None, input_text: str = "{}") -> RunningExecution:
        """Start an execution, or return the running one of the same name and input (STANDARD).

        Raises:
            ApiError: StateMachineDoesNotExist, InvalidName, InvalidExecutionInput, ExecutionAlreadyExists.
        """
        machine = self._machines.get(machine_arn)
        if machine is None and "/" in machine_arn:
            raise ApiError("ValidationException", f"'{machine_arn}' is the machine of a Map Run's children")
        if machine is None:
            raise ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{machine_arn}'")
        if name is not None and (problem := name_problem(name)):
            raise ApiError("InvalidName", f"Invalid Name: '{name}' {problem}")
        data = parse_input(input_text)
        name = name or str(uuid.uuid4())
        with self._lock:
            running = None if machine.kind == "EXPRESS" else self._executions.get(self._arn(machine, name))
            if running is not None:
                return self._same(running, data)
            return self._launch(machine, name, data, input_text)

    @staticmethod
    def _same(running: RunningExecution, data: Any) -> RunningExecution:
        """StartExecution is idempotent while the execution runs with the same input."""
        same_input = json.dumps(running.info.input, sort_keys=True) == json.dumps(data, sort_keys=True)
        if running.info.status == "RUNNING" and same_input:
            return running
        raise ApiError("ExecutionAlreadyExists", f"Execution Already Exists: '{running.info.arn}'")

    def _arn(self, machine: RegisteredMachine, name: str) -> str:
        if machine.kind == "EXPRESS":
            return f"{self._prefix}:express:{machine.name}:{name}:{uuid.uuid4()}"
        return f"{self._prefix}:execution:{machine.name}:{name}"

    def redrive_execution(self, info: ExecutionInfo, resume: Resume, *, last_event: int) -> RunningExecution:
        """Go on with an execution that has ended, maybe in an earlier process (RedriveExecution, STANDARD only).

        Args:
            info: the execution; its machine's definition is the one it was started with.
            resume: where it goes on.
            last_event: the id of the last event of its history, which is carried on.

        Raises:
            InvalidDefinition: if the definition cannot be run any more.
            ApiError: ExecutionNotRedrivable if it runs; ValidationException for a child of a Map Run, which only
                a redrive of its parent redrives (recorded).
        """
        if "/" in info.arn:
            raise ApiError("ValidationException", "Labeled Execution ARNs are not supported for this API.")
        compiled = build(info.definition, tasks=self._services.tasks, name=info.machine_name)
        identity = Identity(
            arn=info.arn,
            name=info.name,
            machine_arn=info.machine_arn,
            machine_name=info.machine_name,
            role_arn=f"{self._role}/{info.machine_name}",
            redrive_count=info.redrive_count,
            redriven=self._clock.now(),
        )
        execution = Execution(
            machine=compiled,
            identity=identity,
            data=info.input,
            services=self._services,
            history=RecordedHistory(
                self._clock, lambda event: self._listener.history_event(info.arn, event), last_event
            ),
            seconds=compiled.timeout,
            started=info.started,
        )
        with self._lock:
            running = self._executions.get(info.arn)
            if running is not None and running.info.status == "RUNNING":
                raise ApiError("ExecutionNotRedrivable", "Execution is RUNNING and cannot be redriven")
            running = RunningExecution(execution, info, self._listener, resume)
            self._executions[info.arn] = running
            running.start()
        return running

    def _launch(self, machine: RegisteredMachine, name: str, data: Any, input_text: str) -> RunningExecution:
        arn = self._arn(machine, name)
        identity = Identity(
            arn=arn,
            name=name,
            machine_arn=machine.arn,
            machine_name=machine.name,
            role_arn=f"{self._role}/{machine.name}",
        )
        limit = machine.compiled.timeout
        express = machine.kind == "EXPRESS"
        execution = Execution(
            machine=machine.compiled,
            identity=identity,
            data=data,
            input_text=input_text,
            services=self._services,
            history=CountedHistory()
            if express
            else RecordedHistory(self._clock, lambda event: self._listener.history_event(arn, event)),
            seconds=min(limit or EXPRESS_SECONDS, EXPRESS_SECONDS) if express else limit,
        )
        info = ExecutionInfo(
            arn=arn,
            name=name,
            machine_arn=machine.arn,
            machine_name=machine.name,
            definition=machine.definition,
            input=data,
            input_text=input_text,
            status="RUNNING",
            started=execution.started,
        )
        running = RunningExecution(execution, info, self._listener)
        self._executions[arn] = running
        running.start()
        return running

    def execution(self, arn: str) -> RunningExecution:
        """Return an execution by its ARN.

        Raises:
            ApiError: ExecutionDoesNotExist.
        """
        running = self._executions.get(arn)
        if running is None:
            raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return running

    def test_state(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run one state once, and say what its data flow did (TestState).

        Args:
            request: the API's arguments under their own names; `definition` is needed.

        Returns:
            The API's answer: `status`, and as they apply `output`, `error`, `cause`, `nextState`, `inspectionData`.

        Raises:
            InvalidDefinition: with every problem of the definition.
            ApiError: ValidationException, InvalidExecutionInput.
        """
        return run_state(request, services=self._services, prefix=self._prefix, role=self._role)

    def executions(self, machine_arn: str) -> list[RunningExecution]:
        """Return a machine's executions, oldest first."""
        return [running for running in list(self._executions.values()) if running.info.machine_arn == machine_arn]

    def stop_all(self, seconds: float) -> None:
        """Stop every execution that still runs, and wait up to `seconds` for each to end."""
        running = [one for one in list(self._executions.values()) if one.info.status == "RUNNING"]
        for one in running:
            one.stop()
        for one in running:
            one.wait(seconds)
