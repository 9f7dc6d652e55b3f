"""The environment variables that Lambda itself sets.

Lambda developer guide, "Defined runtime environment variables". Nothing of the user's own environment gets in.
"""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

from simulator.lambda_runtime.function_config import VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.lambda_runtime.function_config import FunctionConfig


def runtime_variables(config: FunctionConfig, log_stream: str, region: str, task_root: Path) -> dict[str, str]:
    """Return the runtime's variables for one execution environment."""
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
