"""A function's configuration, as functions.json has it, and the environment variables that Lambda makes of it.

Lambda API reference, "FunctionConfiguration"; developer guide, "Defined runtime environment variables".
"""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Annotated

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from simulator.aws.json_reader import BadJson, read_json, refuse_repeated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

VERSION = "$LATEST"


class FunctionConfig(BaseModel):
    """One function (Lambda API reference, FunctionConfiguration).

    Args:
        name: the function's name.
        description: a sentence about it.
        handler: `package.module.function`, or with slashes as Lambda allows.
        timeout_seconds: how long one invocation may take, 1 to 900.
        memory_mb: its memory, 128 to 10,240; shown, not enforced.
        reserved_concurrency: execution environments at most; None for no limit of its own.
        dead_letter_queue_arn: where an asynchronous event goes whose last attempt has failed; None if it is dropped.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="ignore")

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    description: Annotated[str, Field(max_length=256)] = ""
    handler: Annotated[str, Field(max_length=128)]
    timeout_seconds: Annotated[float, Field(gt=0, le=900, validation_alias=AliasChoices("timeoutSeconds"))]
    memory_mb: Annotated[int, Field(ge=128, le=10_240, validation_alias=AliasChoices("memoryMb"))] = 128
    reserved_concurrency: Annotated[int | None, Field(ge=0, validation_alias=AliasChoices("reservedConcurrency"))] = (
        None
    )
    dead_letter_queue_arn: Annotated[str | None, Field(validation_alias=AliasChoices("deadLetterQueueArn"))] = None

    @property
    def log_group(self) -> str:
        """Return its log group's name."""
        return f"/aws/lambda/{self.name}"


def runtime_variables(config: FunctionConfig, log_stream: str, region: str, task_root: Path) -> dict[str, str]:
    """Return the variables that Lambda itself sets in one execution environment; none comes from the user's own.

    Args:
        config: the function.
        log_stream: the name of the environment's log stream.
        region: the AWS region.
        task_root: the folder of the function's code.
    """
    return {
        "_HANDLER": config.handler,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
        "AWS_LAMBDA_FUNCTION_NAME": config.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.memory_mb),
        "AWS_LAMBDA_FUNCTION_VERSION": VERSION,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": config.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "LAMBDA_TASK_ROOT": str(task_root),
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": os.defpath,
        "TMPDIR": tempfile.gettempdir(),
    }


class InvalidFunctions(Exception):
    """functions.json cannot be used; the message lists every problem."""


def parse_functions(text: str) -> Sequence[FunctionConfig]:
    """Read functions.json.

    Example:
        >>> [function] = parse_functions('[{"name": "load", "handler": "load.main", "timeoutSeconds": 3}]')
        >>> function.name, function.timeout_seconds, function.memory_mb
        ('load', 3.0, 128)

    Args:
        text: a JSON list of functions (keys `name, handler, timeoutSeconds, memoryMb, ...`), or an object whose
            `functions` is that list.

    Raises:
        InvalidFunctions: it is anything else; the message says what is wrong and where.
    """
    try:
        data = read_json(text, repeated=refuse_repeated)
    except BadJson as error:
        raise InvalidFunctions(f"not JSON: {error}") from error
    if isinstance(data, dict):
        data = data.get("functions")
    try:
        return TypeAdapter(list[FunctionConfig]).validate_python(data)
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, one['loc'])) or 'the file'}: {one['msg']}" for one in error.errors())
        raise InvalidFunctions("; ".join(problems)) from error
