"""The calls that the Tasks of a definition make, as far as the definition itself says what they name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.iam.needs.need import Need, needs_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.aws.iam.template.deployment import Asker, Deployment

_FUNCTION = re.compile(r"arn:aws[a-z-]*:lambda:")
_INTEGRATION = re.compile(r"arn:aws[a-z-]*:states:::(aws-sdk:)?(?P<service>[a-z0-9]+):(?P<action>[A-Za-z0-9]+)(\..+)?")
_FORMAT = re.compile(r"States\.Format\(\s*'(?P<text>[^']*)'")
_SERVICES: Final = {"sfn": "states", "eventbridge": "events"}
_NAMES: Final = {"lambda:invoke": "InvokeFunction"}


def task_needs(deployment: Deployment, role: Asker, name: str, state: Mapping[str, Any]) -> Iterator[Need]:
    """Return the call of a Task; none if only the execution's input says what it names."""
    if state.get("Type") != "Task":
        return
    why = f"the Task {name} calls it"
    resource = state.get("Resource", "")
    if _FUNCTION.match(resource):
        yield from needs_of(role, "lambda:InvokeFunction", resource, why)
        return
    found = _INTEGRATION.fullmatch(resource)
    if found is None:
        return
    service = _SERVICES.get(found["service"], found["service"])
    action = found["action"]
    parameters = state.get("Parameters", state.get("Arguments", {}))
    api = _NAMES.get(f"{service}:{action}", action[:1].upper() + action[1:])
    for named in _named(deployment, service, parameters if isinstance(parameters, dict) else {}):
        yield from needs_of(role, f"{service}:{api}", named, why)


def _named(deployment: Deployment, service: str, parameters: Mapping[str, Any]) -> list[str]:
    """Return the ARNs that a Task's parameters name."""
    here = f"{deployment.resolver.region}:{deployment.resolver.account}"
    name: str | None
    match service:
        case "s3":
            return objects_of(parameters)
        case "dynamodb":
            name = _plain(parameters, "TableName")
            return [name if name.startswith("arn:") else f"arn:aws:dynamodb:{here}:table/{name}"] if name else []
        case "sqs":
            name = _plain(parameters, "QueueUrl")
            return [f"arn:aws:sqs:{here}:{name.rpartition('/')[2]}"] if name else []
        case "lambda":
            name = _plain(parameters, "FunctionName")
            return [name if name.startswith("arn:") else f"arn:aws:lambda:{here}:function:{name}"] if name else []
        case "sns" | "states":
            name = _plain(parameters, "TopicArn") or _plain(parameters, "StateMachineArn")
            return [name] if name else []
    return []


def objects_of(parameters: Mapping[str, Any]) -> list[str]:
    """Return the ARN of an object that S3 parameters name, or of one below their prefix; none if they do not say."""
    bucket = _plain(parameters, "Bucket")
    if bucket is None:
        return []
    key = _plain(parameters, "Key")
    if key is None and (formatted := _FORMAT.match(str(parameters.get("Key.$", "")))):
        key = formatted["text"].replace("{}", "object")
    prefix = _plain(parameters, "Prefix")
    if key is None and prefix is not None:
        key = f"{prefix.rstrip('/')}/object"
    return [f"arn:aws:s3:::{bucket}/{key}"] if key else []


def _plain(parameters: Mapping[str, Any], name: str) -> str | None:
    value = parameters.get(name)
    return value if isinstance(value, str) and value and not value.startswith(("{%", "$")) else None
