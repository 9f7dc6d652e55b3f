"""The ARNs that requests name. Developer guide, "Amazon Resource Names"; the words of the refusals are recorded."""

from __future__ import annotations

import re

from simulator.aws.errors import ApiError, validation_error

_ARN = re.compile(r"arn:aws[a-z-]*:states:[a-z0-9-]*:\d*:(?P<kind>[A-Za-z]+):(?P<name>[^:]+)(?P<rest>(?::[^:]+)*)")
_PARTS = {"activity": 0, "stateMachine": 0, "execution": 1, "express": 2, "mapRun": 1}
"""How many parts follow the name."""


def checked(arn: str, *kinds: str) -> str:
    """Return the ARN if it is one of a resource of these kinds.

    Args:
        arn: what a request names.
        kinds: `activity`, `stateMachine`, `execution`, `express` (an execution), `mapRun`.

    Raises:
        ApiError: InvalidArn.
    """
    if not arn.startswith("arn:"):
        raise ApiError("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {arn}'")
    match = _ARN.fullmatch(arn)
    if match is None:
        raise ApiError("InvalidArn", f"Invalid Arn: '{arn}'")
    kind = match["kind"]
    if kind not in kinds:
        raise ApiError("InvalidArn", f"Invalid Arn: 'Resource type not valid in this context: {kind}'")
    if kind != "stateMachine" and match["rest"].count(":") != _PARTS[kind]:
        raise ApiError("InvalidArn", f"Invalid Arn: '{arn}'")
    return arn


def machine(arn: str) -> str:
    """Return the ARN of a whole state machine.

    Raises:
        ApiError: InvalidArn; ValidationException if a version, an alias or a Map state of one is named.
    """
    name = checked(arn, "stateMachine").split(":", 6)[6]
    if "/" in name:
        raise validation_error(f"The ARN '{arn}' names a Distributed Map state; this operation needs a state machine's")
    if ":" in name:
        raise validation_error(f"The ARN '{arn}' names a version or an alias, which are not simulated")
    return arn


def execution(arn: str) -> str:
    """Return the ARN of a STANDARD execution, or of any child of a Map Run.

    Raises:
        ApiError: InvalidArn.
    """
    return checked(arn, "execution", "express") if is_child(arn) else checked(arn, "execution")


def is_child(arn: str) -> bool:
    """Tell whether an execution's ARN is that of a child of a Map Run."""
    parts = arn.split(":")
    return len(parts) > 6 and "/" in parts[6]  # noqa: PLR2004 - the part with the machine's name


def child_machine(map_run_arn: str) -> str:
    """Return the ARN of the machine of a Map Run's children: `...:stateMachine:<machine>/<label>`."""
    parts = map_run_arn.split(":")
    return ":".join([*parts[:5], "stateMachine", parts[6]])
