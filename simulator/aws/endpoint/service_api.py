"""A service that this process answers for itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Operation = Callable[[dict[str, Any]], dict[str, Any]]
"""(the request's members) -> the answer's members, each under its name in the API and as boto3 has it.

Blobs are bytes, timestamps are aware datetimes. A member of the answer that is None is left out; one that the API does
not have is an error of ours. Each call has a thread of its own and may take as long as it needs. Raises ApiError: its
HTTP status is the one of that error's shape in the API's model, else the error's own.
"""


@dataclass(frozen=True, slots=True)
class ServiceApi:
    """The operations of one service that are simulated.

    Args:
        service: botocore's name of the service, such as `stepfunctions`.
        operations: by their names in the API, such as `ListExecutions`.
    """

    service: str
    operations: Mapping[str, Operation]
