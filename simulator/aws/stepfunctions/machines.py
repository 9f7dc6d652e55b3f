"""The state machines of the service: created, changed, deleted, and kept where they last.

API reference: CreateStateMachine, UpdateStateMachine, DeleteStateMachine.
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from simulator.aws.asl.definition.compiler import build
from simulator.aws.asl.definition.fields import InvalidDefinition
from simulator.aws.asl.expressions.timestamps import format_time, parse_time
from simulator.aws.asl.quotas import name_problem
from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from simulator.aws.asl.runtime.clock import Clock
    from simulator.aws.asl.runtime.ports import TaskService
    from simulator.aws.asl.runtime.state_machine import StateMachine

NO_LOGGING = {"level": "OFF", "includeExecutionData": False}
NO_TRACING = {"enabled": False}
OWN_KEY = {"type": "AWS_OWNED_KEY"}


class MachineStore(Protocol):
    """Where machines last: a JSON object under each ARN."""

    def put(self, key: str, value: dict[str, Any]) -> None:
        """Keep an object; it lasts when this returns."""
        ...

    def delete(self, key: str) -> None:
        """Forget an object."""
        ...

    def all(self) -> Mapping[str, dict[str, Any]]:
        """Return everything that is kept."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A state machine.

    Args:
        arn, name: its own.
        kind: STANDARD or EXPRESS.
        definition: its text.
        compiled: the same, to be run.
        role_arn: its role.
        created, updated: when it was created, and when it got this definition or role.
        revision_id: of UpdateStateMachine; None for the first revision.
        settings: `loggingConfiguration`, `tracingConfiguration` and `encryptionConfiguration`, as the API has them.
        tags: its tags.
        lasting: whether it is kept beyond this process.
        deleting: whether it is being deleted.
    """

    arn: str
    name: str
    kind: str
    definition: str
    compiled: StateMachine
    role_arn: str
    created: datetime
    updated: datetime
    revision_id: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    lasting: bool = False
    deleting: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return {
            "name": self.name,
            "type": self.kind,
            "definition": self.definition,
            "roleArn": self.role_arn,
            "created": format_time(self.created),
            "updated": format_time(self.updated),
            "revisionId": self.revision_id,
            "settings": dict(self.settings),
            "tags": dict(self.tags),
        }


def with_defaults(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a machine's settings with AWS's values for those that are not given."""
    return {
        "loggingConfiguration": NO_LOGGING | (settings.get("loggingConfiguration") or {}),
        "tracingConfiguration": NO_TRACING | (settings.get("tracingConfiguration") or {}),
        "encryptionConfiguration": settings.get("encryptionConfiguration") or OWN_KEY,
    }


class Machines:
    """All state machines.

    Args:
        prefix: how ARNs begin: `arn:aws:states:<region>:<account>`.
        clock: gives dates.
        tasks: what the machines' Tasks may call.
        store: keeps the lasting ones; None to keep none.
    """

    def __init__(self, prefix: str, clock: Clock, tasks: TaskService, store: MachineStore | None) -> None:
        self._prefix = prefix
        self._clock = clock
        self._tasks = tasks
        self._store = store
        self._by_arn: dict[str, Machine] = {}
        self._lock = threading.Lock()

    def arn(self, name: str) -> str:
        """Return the ARN that a machine of that name has or would have."""
        return f"{self._prefix}:stateMachine:{name}"

    def all(self) -> list[Machine]:
        """Return all machines, in the order of their creation."""
        return list(self._by_arn.values())

    def get(self, arn: str) -> Machine:
        """Return a machine.

        Raises:
            ApiError: StateMachineDoesNotExist.
        """
        machine = self._by_arn.get(arn)
        if machine is None:
            raise ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
        return machine

    def active(self, arn: str) -> Machine:
        """Return a machine that is not being deleted.

        Raises:
            ApiError: StateMachineDoesNotExist, StateMachineDeleting.
        """
        machine = self.get(arn)
        if machine.deleting:
            raise _deleting(arn)
        return machine

    def create(
        self,
        *,
        name: str,
        definition: str,
        kind: str,
        role_arn: str,
        settings: Mapping[str, Any] | None = None,
        tags: Mapping[str, str] | None = None,
        lasting: bool = False,
    ) -> Machine:
        """Create a machine, or return the one that is the same but for its role and tags.

        Raises:
            InvalidDefinition: with every problem of the definition.
            ApiError: InvalidName, StateMachineAlreadyExists, StateMachineDeleting.
        """
        if problem := name_problem(name):
            raise ApiError("InvalidName", f"Invalid Name: '{name}' {problem}")
        compiled = self._compiled(name, definition, kind)
        arn, now = self.arn(name), self._clock.now()
        with self._lock:
            earlier = self._by_arn.get(arn)
            wanted = with_defaults(settings or {})
            if earlier is None:
                return self._keep(
                    Machine(
                        arn=arn,
                        name=name,
                        kind=kind,
                        definition=definition,
                        compiled=compiled,
                        role_arn=role_arn,
                        created=now,
                        updated=now,
                        settings=wanted,
                        tags=dict(tags or {}),
                        lasting=lasting,
                    )
                )
        if earlier.deleting:
            raise _deleting(arn)
        if (earlier.definition, earlier.kind, earlier.settings) != (definition, kind, wanted):
            raise ApiError("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'")
        return earlier

    def update(
        self,
        arn: str,
        *,
        definition: str | None = None,
        role_arn: str | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Machine:
        """Change a machine: executions that run keep what they were started with.

        Raises:
            InvalidDefinition: with every problem of the definition; the machine stays as it was.
            ApiError: StateMachineDoesNotExist, StateMachineDeleting.
        """
        machine = self.active(arn)
        compiled = None if definition is None else self._compiled(machine.name, definition, machine.kind)
        with self._lock:
            machine = self.active(arn)
            return self._keep(
                replace(
                    machine,
                    definition=machine.definition if definition is None else definition,
                    compiled=compiled or machine.compiled,
                    role_arn=role_arn or machine.role_arn,
                    settings={**machine.settings, **(settings or {})},
                    updated=self._clock.now(),
                    revision_id=str(uuid.uuid4()),
                )
            )

    def tag(self, arn: str, tags: Mapping[str, str], removed: frozenset[str] = frozenset()) -> Machine:
        """Add tags to a machine, and take some away.

        Raises:
            ApiError: StateMachineDoesNotExist.
        """
        with self._lock:
            machine = self.get(arn)
            kept = {key: value for key, value in {**machine.tags, **tags}.items() if key not in removed}
            return self._keep(replace(machine, tags=kept))

    def begin_deletion(self, arn: str) -> bool:
        """Let a machine start no further execution; tell whether there is such a machine."""
        with self._lock:
            machine = self._by_arn.get(arn)
            if machine is None:
                return False
            if self._store is not None and machine.lasting:
                self._store.delete(arn)
            self._by_arn[arn] = replace(machine, deleting=True, lasting=False)
            return True

    def is_deleting(self, arn: str) -> bool:
        """Tell whether a machine is being deleted."""
        machine = self._by_arn.get(arn)
        return machine is not None and machine.deleting

    def forget(self, arn: str) -> None:
        """End the deletion of a machine."""
        with self._lock:
            self._by_arn.pop(arn, None)

    def check(self, definition: str, kind: str) -> None:
        """Compile a definition without keeping it.

        Raises:
            InvalidDefinition: with every problem of the definition.
        """
        self._compiled("validated", definition, kind)

    def restore(self) -> list[str]:
        """Take up the machines that the store keeps; return a sentence for each that cannot be run any more.

        A machine of that name that is there already stays.
        """
        problems: list[str] = []
        kept = self._store.all() if self._store is not None else {}
        for arn, record in kept.items():
            if arn in self._by_arn:
                continue
            try:
                self._by_arn[arn] = self._restored(arn, record)
            except (InvalidDefinition, KeyError, TypeError, ValueError) as error:
                problems.append(f"The state machine {arn} is kept, but cannot be run any more: {error}")
        return problems

    def _restored(self, arn: str, record: Mapping[str, Any]) -> Machine:
        now = self._clock.now()
        return Machine(
            arn=arn,
            name=record["name"],
            kind=record["type"],
            definition=record["definition"],
            compiled=self._compiled(record["name"], record["definition"], record["type"]),
            role_arn=record["roleArn"],
            created=parse_time(record.get("created")) or now,
            updated=parse_time(record.get("updated")) or now,
            revision_id=record.get("revisionId"),
            settings=with_defaults(record.get("settings") or {}),
            tags=record.get("tags") or {},
            lasting=True,
        )

    def _compiled(self, name: str, definition: str, kind: str) -> StateMachine:
        return build(definition, tasks=self._tasks, name=name, machine_type=kind)

    def _keep(self, machine: Machine) -> Machine:
        if self._store is not None and machine.lasting:
            self._store.put(machine.arn, machine.as_json())
        self._by_arn[machine.arn] = machine
        return machine


def _deleting(arn: str) -> ApiError:
    return ApiError("StateMachineDeleting", f"State Machine Is Being Deleted: '{arn}'")
