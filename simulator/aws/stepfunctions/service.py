"""State machines and their executions: what the Step Functions service keeps.

API reference: CreateStateMachine, StartExecution, DescribeExecution, StopExecution; TestState is in teststate/.
"""

from __future__ import annotations

import json
import threading
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.definition.compiler import build
from simulator.aws.asl.quotas import name_problem
from simulator.aws.asl.runtime.execution import EXPRESS_SECONDS, Execution
from simulator.aws.asl.runtime.history import CountedHistory, RecordedHistory
from simulator.aws.asl.runtime.listener import ExecutionInfo
from simulator.aws.asl.runtime.ports import Identity, Services
from simulator.aws.errors import ApiError
from simulator.aws.iam.gate import Gate
from simulator.aws.integrations.permitted import PermittedFunctions, PermittedMachines, permitted_operations
from simulator.aws.integrations.registry import Integrations
from simulator.aws.stepfunctions.activities import Activities
from simulator.aws.stepfunctions.archive import EmptyArchive
from simulator.aws.stepfunctions.input_text import parse_input
from simulator.aws.stepfunctions.machines import Machines
from simulator.aws.stepfunctions.running_execution import RunningExecution
from simulator.aws.stepfunctions.teststate.run import run_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from simulator.aws.asl.runtime.clock import Clock
    from simulator.aws.asl.runtime.listener import Listener
    from simulator.aws.asl.runtime.ports import MapRuns
    from simulator.aws.asl.runtime.resume import Resume
    from simulator.aws.integrations.lambda_tasks import LambdaInvoker
    from simulator.aws.integrations.registry import Clients
    from simulator.aws.integrations.waiting.activities import ActivityTasks
    from simulator.aws.integrations.waiting.callbacks import Callbacks
    from simulator.aws.stepfunctions.archive import Archive
    from simulator.aws.stepfunctions.machines import Machine, MachineStore


RECENT = 100
"""So many executions that have ended are kept in memory; older ones are in the archive."""


class StepFunctions:
    """The service: creates machines, starts and stops their executions, each on a thread of its own.

    Args:
        region, account: where the ARNs say it is.
        clock: what executions see of time.
        listener: told of every execution and, for STANDARD ones, every event.
        functions: what Tasks invoke.
        aws: clients of the other services that Tasks may call.
        maps: opens Map Runs.
        archive: knows the executions that have ended (default: none).
        store: keeps the machines that users make (default: none are kept).
        activity_store: keeps the activities (default: none are kept).
        gate: every call of a Task passes through it (default: one that refuses nothing).

    Attributes:
        machines, activities: those that there are.
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
        archive: Archive | None = None,
        store: MachineStore | None = None,
        activity_store: MachineStore | None = None,
        gate: Gate | None = None,
    ) -> None:
        self._here = f"{region}:{account}"
        self._gate = gate or Gate()
        self._prefix = f"arn:aws:states:{region}:{account}"
        self._role = f"arn:aws:iam::{account}:role"
        self._clock = clock
        self._listener = listener
        self._archive = archive or EmptyArchive()
        self.activities = Activities(self._prefix, clock, activity_store)
        integrations = Integrations(
            functions=PermittedFunctions(functions, self._gate, self._here),
            aws=aws,
            machines=PermittedMachines(self, self._gate),
            activities=self.activities,
        )
        self._services = Services(tasks=integrations, maps=maps, clock=clock)
        self._integrations = integrations
        self.machines = Machines(self._prefix, clock, self._services.tasks, store)
        self._running: dict[str, RunningExecution] = {}
        self._recent: dict[str, RunningExecution] = {}
        self._lock = threading.Lock()

    def machine_arn(self, name: str) -> str:
        """Return the ARN that a machine of that name has or would have."""
        return self.machines.arn(name)

    def offer(self, service: str, operations: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]]) -> None:
        """Let Tasks call the operations of a service of this process (see Integrations)."""
        self._integrations.offer(
            service, permitted_operations(service, operations, self._gate, self._here, self.callbacks.owner)
        )

    @property
    def callbacks(self) -> Callbacks:
        """The Tasks that wait to be called back."""
        return self._integrations.callbacks

    @property
    def activity_tasks(self) -> ActivityTasks:
        """The Tasks that wait for a worker."""
        return self._integrations.activity_tasks

    def now(self) -> datetime:
        """Return the time by the service's clock."""
        return self._clock.now()

    def role_of(self, machine_name: str) -> str:
        """Return the role of a machine that was created without one."""
        return f"{self._role}/{machine_name}"

    def create_state_machine(self, *, name: str, definition: str, kind: str) -> str:
        """Create a machine of type STANDARD or EXPRESS that lasts as long as this process; return its ARN.

        Raises:
            InvalidDefinition: with every problem of the definition.
            ApiError: InvalidName, StateMachineAlreadyExists.
        """
        return self.machines.create(name=name, definition=definition, kind=kind, role_arn=self.role_of(name)).arn

    def update_state_machine(self, arn: str, *, definition: str) -> None:
        """Give a machine another definition; executions that run keep theirs.

        Raises:
            InvalidDefinition: with every problem of the definition; the machine keeps the one it has.
            ApiError: StateMachineDoesNotExist, StateMachineDeleting.
        """
        self.machines.update(arn, definition=definition)

    def restore_machines(self) -> list[str]:
        """Take up the machines that the store keeps; return a sentence for each that cannot be run any more."""
        return self.machines.restore()

    def delete_state_machine(self, arn: str) -> None:
        """Delete a machine: its executions end at their next transition, and with the last of them it is gone."""
        if self.machines.begin_deletion(arn):
            for running in self.executions(arn):
                running.end_at_transition()
            self._end_deletion(arn)

    def _end_deletion(self, arn: str) -> None:
        with self._lock:
            if not any(running.info.machine_arn == arn for running in self._running.values()):
                self.machines.forget(arn)

    def start_execution(self, machine_arn: str, *, name: str | None = None, input_text: str = "{}") -> RunningExecution:
        """Start an execution, or return the running one of the same name and input (STANDARD).

        Raises:
            ApiError: StateMachineDoesNotExist, InvalidName, InvalidExecutionInput, ExecutionAlreadyExists.
        """
        if "/" in machine_arn:
            raise ApiError("ValidationException", f"'{machine_arn}' is the machine of a Map Run's children")
        self.machines.active(machine_arn)
        if name is not None and (problem := name_problem(name)):
            raise ApiError("InvalidName", f"Invalid Name: '{name}' {problem}")
        data = parse_input(input_text)
        with self._lock:
            machine = self.machines.active(machine_arn)
            if name is not None and machine.kind == "STANDARD":
                earlier = self._earlier(self._arn(machine, name))
                if earlier is not None:
                    return self._same(earlier, data)
            return self._launch(machine, name or str(uuid.uuid4()), data, input_text)

    def _earlier(self, arn: str) -> RunningExecution | ExecutionInfo | None:
        return self._running.get(arn) or self._recent.get(arn) or self._archive.execution(arn)

    @staticmethod
    def _same(earlier: RunningExecution | ExecutionInfo, data: Any) -> RunningExecution:
        """StartExecution is idempotent while the execution runs with the same input."""
        if isinstance(earlier, RunningExecution):
            same_input = json.dumps(earlier.info.input, sort_keys=True) == json.dumps(data, sort_keys=True)
            if earlier.info.status == "RUNNING" and same_input:
                return earlier
        raise ApiError("ExecutionAlreadyExists", f"Execution Already Exists: '{earlier.arn}'")

    def _arn(self, machine: Machine, name: str) -> str:
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
        now = self._clock.now()
        info = replace(info, redriven=now, role_arn=info.role_arn or self.role_of(info.machine_name))
        identity = Identity(
            arn=info.arn,
            name=info.name,
            machine_arn=info.machine_arn,
            machine_name=info.machine_name,
            role_arn=info.role_arn,
            redrive_count=info.redrive_count,
            redriven=now,
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
            if info.arn in self._running:
                raise ApiError("ExecutionNotRedrivable", "Execution is RUNNING and cannot be redriven")
            self._recent.pop(info.arn, None)
            return self._start(RunningExecution(execution, info, self._listener, resume, ended=self._ended))

    def _start(self, running: RunningExecution) -> RunningExecution:
        self._running[running.arn] = running
        running.start()
        return running

    def _ended(self, running: RunningExecution, info: ExecutionInfo) -> None:
        """Drop an execution that has ended: the archive has it. Only now it is seen as ended, and can be redriven."""
        with self._lock:
            running.info = info
            del self._running[running.arn]
            self._recent[running.arn] = running
            while len(self._recent) > RECENT:
                del self._recent[next(iter(self._recent))]
            machine = running.info.machine_arn
        if self.machines.is_deleting(machine):
            self._end_deletion(machine)

    def _launch(self, machine: Machine, name: str, data: Any, input_text: str) -> RunningExecution:
        arn = self._arn(machine, name)
        identity = Identity(
            arn=arn,
            name=name,
            machine_arn=machine.arn,
            machine_name=machine.name,
            role_arn=machine.role_arn,
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
            role_arn=machine.role_arn,
            revision_id=machine.revision_id,
            machine_updated=machine.updated,
        )
        return self._start(RunningExecution(execution, info, self._listener, ended=self._ended))

    def execution(self, arn: str) -> RunningExecution:
        """Return an execution that runs, or has ended only now, by its ARN.

        Raises:
            ApiError: ExecutionDoesNotExist.
        """
        running = self._running.get(arn) or self._recent.get(arn)
        if running is None:
            raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return running

    def running_execution(self, arn: str) -> RunningExecution | None:
        """Return an execution that runs; None if there is none of that ARN."""
        return self._running.get(arn)

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
        """Return a machine's executions that run or have ended only now, oldest first."""
        with self._lock:
            known = [*self._recent.values(), *self._running.values()]
        found = [running for running in known if running.info.machine_arn == machine_arn]
        return sorted(found, key=lambda running: running.info.started)

    def stop_all(self, seconds: float) -> None:
        """Stop every execution that still runs, and wait up to `seconds` for each to end."""
        with self._lock:
            running = list(self._running.values())
        for one in running:
            one.stop()
        for one in running:
            one.wait(seconds)
