"""The functions of cdk/definitions/functions.json, in the local cloud's execution environments."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from simulator.aws.iam.call import LAMBDA, caller_of
from simulator.aws.lambda_runtime.function_config import FunctionConfig, InvalidFunctions, parse_functions
from simulator.aws.lambda_runtime.lambda_service import LambdaService
from simulator.pipeline.errors import CloudError
from simulator.pipeline.provisioning import DEFINITIONS, function_values, read_definition
from simulator.pipeline.settings import PROJECT_ROOT
from simulator.postgres.server import end_sessions, session_conninfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.aws.lambda_runtime.handler_loading import Handler

_KEY = "AWS_ACCESS_KEY_ID"


@contextmanager
def open_functions(
    *,
    database_url: str,
    environment: dict[str, str],
    log_sink: Callable[[dict[str, Any]], None],
    wrap: Callable[[Handler], Handler] | None = None,
) -> Iterator[LambdaService]:
    """Open the functions; each execution environment has a database session of its own, known by its name.

    Args:
        database_url: the database, for psycopg.
        environment: variables that every function has.
        log_sink: given each record that a function logs.
        wrap: makes what is run of each function's handler; None to run the handler itself.

    Raises:
        CloudError: where functions.json cannot be used.
    """
    path = DEFINITIONS / "functions.json"
    try:
        functions = parse_functions(read_definition(path.name, function_values()))
    except InvalidFunctions as error:
        raise CloudError(f"{path} cannot be used: {error}") from error

    def variables(function: FunctionConfig, environment_name: str) -> dict[str, str]:
        # The name lets the session of an environment that was given up be ended from outside, with its locks.
        found = {**environment, "DATABASE_URL": session_conninfo(database_url, environment_name)}
        if _KEY in environment:  # by the access key the endpoints know which function asks
            found[_KEY] = caller_of(LAMBDA, function.name)
        return found

    with LambdaService(
        functions,
        task_root=PROJECT_ROOT,
        variables=variables,
        log_sink=log_sink,
        ended=lambda names: end_sessions(database_url, names),
        wrap=wrap,
    ) as service:
        yield service
