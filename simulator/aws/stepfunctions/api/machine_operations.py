"""Operations on state machines and their definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.definition.fields import InvalidDefinition
from simulator.aws.errors import ApiError, validation_error
from simulator.aws.stepfunctions.api import arns
from simulator.aws.stepfunctions.api.pages import page, position_of
from simulator.aws.stepfunctions.api.tags import tags_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.aws.stepfunctions.api.lookup import Lookup
    from simulator.aws.stepfunctions.machines import Machine

SETTINGS = ("loggingConfiguration", "tracingConfiguration", "encryptionConfiguration")
MOST_DIAGNOSTICS = 100


class MachineOperations:
    """Create, update, delete, describe and list state machines; validate definitions.

    Args:
        lookup: has the service, and finds executions.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._machines = lookup.service.machines

    def create(self, request: dict[str, Any]) -> dict[str, Any]:
        """CreateStateMachine: idempotent by name, definition, type and settings. Logs and traces are not written."""
        _refuse_versions(request)
        tags = tags_of(request.get("tags"))
        machine = self._machines.create(
            name=request["name"],
            definition=request["definition"],
            kind=request.get("type") or "STANDARD",
            role_arn=request["roleArn"],
            settings={name: request.get(name) for name in SETTINGS},
            tags=tags,
            lasting=True,
        )
        return {"stateMachineArn": machine.arn, "creationDate": machine.created}

    def update(self, request: dict[str, Any]) -> dict[str, Any]:
        """UpdateStateMachine: executions that run keep the definition and the role they were started with."""
        _refuse_versions(request)
        arn = arns.machine(request["stateMachineArn"])
        settings = {name: request[name] for name in SETTINGS if request.get(name) is not None}
        definition, role = request.get("definition"), request.get("roleArn")
        if definition is None and role is None and not settings:
            raise ApiError(
                "MissingRequiredParameter",
                "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be "
                "specified",
            )
        machine = self._machines.update(arn, definition=definition, role_arn=role, settings=settings)
        return {"updateDate": machine.updated, "revisionId": machine.revision_id}

    def delete(self, request: dict[str, Any]) -> dict[str, Any]:
        """DeleteStateMachine; there need be none of that ARN."""
        self._lookup.service.delete_state_machine(arns.machine(request["stateMachineArn"]))
        return {}

    def describe(self, request: dict[str, Any]) -> dict[str, Any]:
        """DescribeStateMachine."""
        machine = self._machines.get(arns.machine(request["stateMachineArn"]))
        answer = {
            "stateMachineArn": machine.arn,
            "name": machine.name,
            "status": "DELETING" if machine.deleting else "ACTIVE",
            "definition": _definition(machine.definition, request),
            "roleArn": machine.role_arn,
            "type": machine.kind,
            "creationDate": machine.created,
            **machine.settings,
        }
        return answer if machine.revision_id is None else {**answer, "revisionId": machine.revision_id}

    def describe_for_execution(self, request: dict[str, Any]) -> dict[str, Any]:
        """DescribeStateMachineForExecution: the machine as it was when the execution was started."""
        arn = arns.checked(request["executionArn"], "execution")
        shown = self._lookup.execution(arn)
        top = shown
        while top.parent_arn is not None:  # a child of a Map Run, perhaps of one within another
            top = self._lookup.execution(top.parent_arn)
        info = top.info
        if info is None:
            raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        answer: dict[str, Any] = {
            "stateMachineArn": shown.machine_arn,
            "name": info.machine_name,
            "definition": _definition(info.definition, request),
            "roleArn": info.role_arn or self._lookup.service.role_of(info.machine_name),
            "updateDate": info.machine_updated or info.started,
            **self._settings(info.machine_arn),
        }
        if info.revision_id is not None:
            answer["revisionId"] = info.revision_id
        if shown.map_run_arn is not None:
            answer |= {"mapRunArn": shown.map_run_arn, "label": shown.machine_arn.rpartition("/")[2]}
        return answer

    def _settings(self, machine_arn: str) -> Mapping[str, Any]:
        found = next((machine for machine in self._machines.all() if machine.arn == machine_arn), None)
        return {} if found is None else found.settings

    def list(self, request: dict[str, Any]) -> dict[str, Any]:
        """ListStateMachines, in the order of their creation."""

        def key(machine: Machine) -> tuple[str, str]:
            return machine.created.isoformat(timespec="microseconds"), machine.arn

        machines, following = page(request, position_of(request, ""), self._machines.all(), key, descending=False)
        listed = [
            {
                "stateMachineArn": machine.arn,
                "name": machine.name,
                "type": machine.kind,
                "creationDate": machine.created,
            }
            for machine in machines
        ]
        return {"stateMachines": listed, **following}

    def validate(self, request: dict[str, Any]) -> dict[str, Any]:
        """ValidateStateMachineDefinition: every problem is an ERROR; the simulator warns of nothing."""
        most = request.get("maxResults") or MOST_DIAGNOSTICS
        try:
            self._machines.check(request["definition"], request.get("type") or "STANDARD")
        except InvalidDefinition as error:
            diagnostics = [
                {
                    "severity": "ERROR",
                    "code": problem.code,
                    "message": problem.aws_message,
                    "location": problem.pointer,
                }
                for problem in error.problems
            ]
            return {"result": "FAIL", "diagnostics": diagnostics[:most], "truncated": len(diagnostics) > most}
        return {"result": "OK", "diagnostics": [], "truncated": False}


def _definition(text: str, request: dict[str, Any]) -> str:
    return "{}" if request.get("includedData") == "METADATA_ONLY" else text


def _refuse_versions(request: dict[str, Any]) -> None:
    if request.get("publish"):
        raise validation_error("publish: versions of state machines are not simulated. Leave it out")
    if request.get("versionDescription"):
        raise validation_error("Version description can only be set when publish is true")
