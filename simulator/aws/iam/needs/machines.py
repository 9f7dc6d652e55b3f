"""What Step Functions asks for in the name of a state machine's role."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from simulator.aws.iam.call import MULTIPART
from simulator.aws.iam.needs.need import Need, needs_of
from simulator.aws.iam.needs.tasks import objects_of, task_needs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.aws.iam.template.deployment import Asker, Deployment

_DELIVERY = (
    "logs:CreateLogDelivery logs:GetLogDelivery logs:UpdateLogDelivery logs:DeleteLogDelivery "
    "logs:ListLogDeliveries logs:PutResourcePolicy logs:DescribeResourcePolicies logs:DescribeLogGroups"
)
_TRACES = "xray:PutTraceSegments xray:PutTelemetryRecords xray:GetSamplingRules xray:GetSamplingTargets"
_WRITER = "s3:PutObject s3:GetObject s3:ListMultipartUploadParts s3:AbortMultipartUpload"


def machine_needs(deployment: Deployment) -> Iterator[Need]:
    """Return what every state machine of the template needs."""
    resolver = deployment.resolver
    for logical_id, machine in resolver.of_type("AWS::StepFunctions::StateMachine").items():
        arn, name = resolver.arn(logical_id), resolver.name(logical_id)
        role = deployment.role(machine["RoleArn"])
        if role is None:
            continue
        # https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
        source = {"aws:sourcearn": arn, "aws:sourceaccount": resolver.account}
        states = deployment.service("states.amazonaws.com", **source)
        yield from needs_of(states, "sts:AssumeRole", machine["RoleArn"], f"Step Functions runs {name} with it")
        logs = machine.get("LoggingConfiguration", {}).get("Level", "OFF") != "OFF"
        if logs:
            # https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
            yield from needs_of(role, _DELIVERY, "*", f"{name} logs")
        if machine.get("TracingConfiguration", {}).get("Enabled"):
            # https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
            yield from needs_of(role, _TRACES, "*", f"{name} is traced")
        yield from _key(deployment, role, arn, machine, logs=logs)
        definition = definition_of(machine)
        for state_name, state in states_of(definition):
            yield from _map_run(deployment, role, name, state_name, state)
            yield from task_needs(deployment, role, state_name, state)


def _key(deployment: Deployment, role: Asker, arn: str, machine: Mapping[str, Any], *, logs: bool) -> Iterator[Need]:
    """Keep the executions under a customer's key.

    https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
    """
    key = machine.get("EncryptionConfiguration", {}).get("KmsKeyId")
    if key is None:
        return
    name, resolver = arn.rpartition(":")[2], deployment.resolver
    context = {"kms:encryptioncontext:aws:states:statemachinearn": arn}
    yield from needs_of(role, "kms:GenerateDataKey kms:Decrypt", key, f"{name} encrypts its executions", context)
    if logs:
        handed = {"kms:encryptioncontext:sourcearn": f"arn:aws:logs:{resolver.region}:{resolver.account}:*"}
        yield from needs_of(role, "kms:GenerateDataKey", key, f"{name} encrypts what it logs", handed)
        delivery = deployment.service("delivery.logs.amazonaws.com")
        yield from needs_of(delivery, "kms:Decrypt", key, f"the logs of {name} are delivered", handed)


def _map_run(
    deployment: Deployment, role: Asker, machine: str, state_name: str, state: Mapping[str, Any]
) -> Iterator[Need]:
    """Run, watch, stop and redrive the children of a Distributed Map, and write its results.

    https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
    """
    processor = state.get("ItemProcessor", {})
    if state.get("Type") != "Map" or processor.get("ProcessorConfig", {}).get("Mode") != "DISTRIBUTED":
        return
    resolver = deployment.resolver
    states = f"arn:aws:states:{resolver.region}:{resolver.account}"
    why = f"the Map state {state_name} runs children"
    yield from needs_of(role, "states:StartExecution", f"{states}:stateMachine:{machine}", why)
    yield from needs_of(
        role, "states:DescribeExecution states:StopExecution", f"{states}:execution:{machine}:children", why
    )
    label = state.get("Label", state_name)
    redriven = f"the Map state {state_name} is redriven"
    yield from needs_of(role, "states:RedriveExecution", f"{states}:execution:{machine}/{label}:children", redriven)
    for objects in objects_of(state.get("ResultWriter", {}).get("Parameters", {})):
        yield from needs_of(
            role, _WRITER, objects, f"the ResultWriter of {state_name} writes there", {MULTIPART: "true"}
        )


def definition_of(machine: Mapping[str, Any]) -> dict[str, Any]:
    """Return a state machine's definition with its substitutions filled in; empty if the template does not hold it."""
    text = machine.get("DefinitionString")
    if not isinstance(text, str):
        found: dict[str, Any] = machine.get("Definition", {})
        return found
    for name, value in machine.get("DefinitionSubstitutions", {}).items():
        text = text.replace(f"${{{name}}}", json.dumps(str(value))[1:-1])
    try:
        parsed: dict[str, Any] = json.loads(text)
    except ValueError:
        return {}
    return parsed


def states_of(definition: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return every state of a definition by its name, those inside of Map and Parallel states too."""
    for name, state in definition.get("States", {}).items():
        yield name, state
        for inner in (state.get("ItemProcessor", {}), state.get("Iterator", {}), *state.get("Branches", [])):
            yield from states_of(inner)
