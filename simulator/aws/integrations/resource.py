"""A Task's Resource: which integration it names, or why it names none that can be run.

Developer guide, "Integrating optimized services with Step Functions" and "Supported AWS SDK service integrations".
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from simulator.aws.integrations.sdk_services import PREFIX, sdk_actions

if TYPE_CHECKING:
    from collections.abc import Collection

# Recorded on AWS: `arn:aws:lambda:your-region:your-account-id:function:name` is taken when a state is checked.
FUNCTION = re.compile(r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:(?:\d{12}|[a-z-]+):function:[A-Za-z0-9_-]+(:[A-Za-z0-9_$-]+)?")
_SERVICE = re.compile(r"arn:aws[a-z-]*:states:[^:]*:[^:]*:(?P<name>(?:aws-sdk:)?[^:.]+:[^:.]+)(?P<pattern>\..*)?")
ACTIVITY = re.compile(r"arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:activity:[^:]+")
_ALSO = {"aws-sdk:events": "eventbridge", "aws-sdk:stepfunctions": "sfn", "aws-sdk:states": "sfn"}
"""What other tools call a service -> what SDK integrations call it."""
_PATTERNS = (".sync", ".sync:2", ".waitForTaskToken")
_OPTIMISED = (
    "apigateway",
    "athena",
    "batch",
    "bedrock",
    "codebuild",
    "databrew",
    "dynamodb",
    "ecs",
    "eks",
    "elasticmapreduce",
    "emr-containers",
    "emr-serverless",
    "events",
    "glue",
    "http",
    "lambda",
    "mediaconvert",
    "sagemaker",
    "sns",
    "sqs",
    "states",
)


def integration_and_pattern(resource: str) -> tuple[str, str | None] | None:
    """Return a Resource's integration and its pattern, None if it names none (`sqs:sendMessage`, `.sync`)."""
    match = _SERVICE.fullmatch(resource)
    return None if match is None else (match["name"], match["pattern"])


def integration_name(resource: str) -> str | None:
    """Return a Resource's name for its integration (`dynamodb:putItem`), None if it is called in another way."""
    match = _SERVICE.fullmatch(resource)
    return match["name"] if match and not match["pattern"] else None


def problem(resource: str, known: Collection[str]) -> str:
    """Say why a Resource that names no known integration cannot be run.

    Args:
        resource: the Resource.
        known: the names of the integrations there are.
    """
    match = _SERVICE.fullmatch(resource)
    if match is None or match["name"].startswith("activity:"):
        return (
            f"{resource} is not a resource of a Task: not the ARN of a function or an activity, and not "
            "arn:aws:states:::service:action"
        )
    if pattern := match["pattern"]:
        if pattern in _PATTERNS:
            missing = match["name"] not in known
            return f"{resource}{_not_found(match['name'], known)}" if missing else f"{resource}: {_pattern_of(match)}"
        return f"{resource}: there is no pattern {pattern}, only {', '.join(_PATTERNS)}"
    return f"{resource}{_not_found(match['name'], known)}"


def _not_found(name: str, known: Collection[str]) -> str:
    service, _, action = name.rpartition(":")
    if service.startswith(PREFIX):
        # Step Functions writes the SDK for Java's names: without hyphens, sfn for stepfunctions.
        actions = sdk_actions(service.removeprefix(PREFIX))
    else:
        actions = [one.rpartition(":")[2] for one in known if one.startswith(f"{service}:")]
    if action in actions:
        return " is not simulated"
    if close := get_close_matches(action, actions, n=1, cutoff=0.7) or _same_letters(action, actions):
        return f" is unknown (did you mean arn:aws:states:::{service}:{close[0]}?)"
    if service in _OPTIMISED:
        return " is not simulated"
    if actions:
        return f" is unknown: {service} has no action {action}"
    return f": there is no service {service}{_close_service(name, service, known)}"


def _pattern_of(match: re.Match[str]) -> str:
    return f"the pattern {match['pattern']} of {match['name']} is not simulated"


def _close_service(name: str, service: str, known: Collection[str]) -> str:
    if service in _ALSO:
        close = [f"{PREFIX}{_ALSO[service]}"]
    elif not (close := [f"arn:aws:states:::{one}" for one in get_close_matches(name, known, n=1, cutoff=0.9)]):
        services = {*_OPTIMISED, *(one.rpartition(":")[0] for one in known)}
        close = get_close_matches(service, sorted(services), n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def _same_letters(name: str, names: Collection[str]) -> list[str]:
    return [one for one in names if one.lower() == name.lower()]
