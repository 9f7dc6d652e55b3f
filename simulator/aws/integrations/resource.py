"""A Task's Resource: which integration it names, or why it names none that can be run.

Developer guide, "Integrating optimized services with Step Functions" and "Supported AWS SDK service integrations".
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from botocore.loaders import Loader

if TYPE_CHECKING:
    from collections.abc import Collection

# Recorded on AWS: `arn:aws:lambda:your-region:your-account-id:function:name` is taken when a state is checked.
FUNCTION = re.compile(r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:(?:\d{12}|[a-z-]+):function:[A-Za-z0-9_-]+(:[A-Za-z0-9_$-]+)?")
_SERVICE = re.compile(r"arn:aws[a-z-]*:states:[^:]*:[^:]*:(?P<name>(?:aws-sdk:)?[^:.]+:[^:.]+)(?P<pattern>\..*)?")
_ACTIVITY = re.compile(r"arn:aws[a-z-]*:states:[^:]+:\d{12}:activity:.+")
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
    if _ACTIVITY.fullmatch(resource):
        return f"{resource}: an activity is not simulated"
    match = _SERVICE.fullmatch(resource)
    if match is None:
        return f"{resource} is not a resource of a Task: neither a function's ARN nor arn:aws:states:::service:action"
    if pattern := match["pattern"]:
        if pattern in _PATTERNS:
            return f"{resource}: the pattern {pattern} is not simulated"
        return f"{resource}: there is no pattern {pattern}, only {', '.join(_PATTERNS)}"
    return f"{resource}{_not_found(match['name'], known)}"


def _not_found(name: str, known: Collection[str]) -> str:
    service = name.rpartition(":")[0]
    siblings = [one for one in known if one.startswith(f"{service}:")]
    if close := get_close_matches(name, siblings or known, n=1, cutoff=0.9):
        return f" is unknown (did you mean arn:aws:states:::{close[0]}?)"
    if _exists(service):
        return " is not simulated"
    close = get_close_matches(service, [*_OPTIMISED, *(one.rpartition(":")[0] for one in known)], n=1)
    return f": there is no service {service}{f' (did you mean {close[0]}?)' if close else ''}"


def _exists(service: str) -> bool:
    if service.startswith("aws-sdk:"):
        # Step Functions writes the SDK for Java's names: without hyphens, and sfn for stepfunctions.
        return service.removeprefix("aws-sdk:") in _sdk_services()
    return service in _OPTIMISED


@cache
def _sdk_services() -> frozenset[str]:
    names = Loader().list_available_services("service-2")
    return frozenset({"sfn", *(name.replace("-", "") for name in names)})
