"""Calls the processor function, as its code is today, with the recorded events of rows."""

from __future__ import annotations

import json
import os
import pdb  # noqa: T100 - it is what the option asks for
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Self

import psycopg

from lambdas.shared.connection import connect
from lambdas.user_log_reporter.reasons import person_text
from simulator.aws.engine.environment import aws_environment, local_aws
from simulator.aws.lambda_runtime.handler_loading import load_handler
from simulator.aws.lambda_runtime.invocation import LambdaContext
from simulator.pipeline.errors import CloudError
from simulator.pipeline.functions import open_functions
from simulator.pipeline.provisioning import RESULTS_PREFIX, read_definition, resource_name
from simulator.pipeline.replaying.before_the_row import put_back
from simulator.pipeline.replaying.caught_calls import CaughtCalls
from simulator.pipeline.replaying.recorded_rows import RowOutcome
from simulator.pipeline.replaying.rolled_back import nothing_committed, one_call
from simulator.pipeline.settings import PROJECT_ROOT
from simulator.postgres.server import session_conninfo
from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.aws.lambda_runtime.handler_loading import Handler
    from simulator.aws.lambda_runtime.lambda_service import LambdaService
    from simulator.pipeline.replaying.ide_debugger import IdeDebugger

PROCESSOR = "UserLogProcessorFunction"
_DEBUGGED = "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0"
"""A person at the debugger takes longer than a function may."""
_DAY = 86_400.0


class _Debugger(pdb.Pdb):
    """Remembers that the person has left it: `runcall` then returns as if the function had."""

    left = False

    def set_quit(self) -> None:
        """Leave it."""
        self.left = True
        super().set_quit()


class Replay:
    """Calls the function; nothing that it does stays. To be used in a `with`.

    Args:
        database_url: the database, for psycopg.

    Raises:
        CloudError: the database cannot be reached, or has no tables.
    """

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._prepared: tuple[dict[str, Any], RowOutcome | None] = ({}, None)
        self._name = resource_name(PROCESSOR)
        with ExitStack() as stack:
            _check_tables(database_url)
            self._caught = stack.enter_context(CaughtCalls(_tables()))
            self._variables = {
                **aws_environment(self._caught.url),
                "AWS_ENDPOINT_URL_SFN": self._caught.url,
                "OUTPUT_BUCKET": "replay",
                "PROCESSING_LOGS_TABLE": resource_name("ProcessingLogsTable"),
                "RESULTS_PREFIX": RESULTS_PREFIX,
            }
            stack.enter_context(nothing_committed(_DEBUGGED))
            self._functions: LambdaService = stack.enter_context(
                open_functions(
                    database_url=database_url,
                    environment=self._variables,
                    log_sink=lambda _record: None,
                    wrap=self._rolled_back,
                )
            )
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def caught(self) -> list[tuple[str, dict[str, Any]]]:
        """What would have been written to DynamoDB and S3: operations with their requests."""
        return self._caught.calls

    @property
    def functions(self) -> LambdaService:
        """Today's functions; nothing that a call of them does stays."""
        return self._functions

    @property
    def endpoint(self) -> str:
        """The stand-in for AWS, which takes what is written and keeps it nowhere."""
        return self._caught.url

    def serve(self, bucket: str, key: str, file: Path) -> None:
        """Let the functions read an object of S3: the file that the run was given."""
        self._caught.serve(bucket, key, file)

    def prepare(self, recorded_event: dict[str, Any], recorded: RowOutcome | None) -> None:
        """Say what the next calls find: the user of a recorded row, put back (see `call`); {} for no user."""
        self._prepared = recorded_event, recorded

    def call(self, event: dict[str, Any], recorded_event: dict[str, Any], recorded: RowOutcome | None) -> RowOutcome:
        """Call the function with a row.

        Args:
            event: what it is given.
            recorded_event: the recorded event, whose user is put back to how the recorded call had found them.
            recorded: how that ended.
        """
        self.prepare(recorded_event, recorded)
        result = self._functions.invoke(self._name, json.dumps(event).encode())
        value = json.loads(result.payload)
        if result.function_error is None:
            return RowOutcome(output=value)
        return RowOutcome(error=str(value.get("errorType")), cause=person_text(value.get("errorMessage")))

    def debug(
        self,
        event: dict[str, Any],
        recorded_event: dict[str, Any],
        recorded: RowOutcome | None,
        ide: IdeDebugger | None = None,
    ) -> RowOutcome:
        """Do the same in this thread under pdb, which stops at the first line of the handler, or under an IDE.

        Raises:
            KeyboardInterrupt: the person has left the debugger.
        """
        config = self._functions.find(self._name)
        self.prepare(recorded_event, recorded)
        variables = {**self._variables, "DATABASE_URL": session_conninfo(self._url, "replay")}
        context: Any = LambdaContext(
            request_id="replay",
            function_name=config.name,
            function_arn=self._functions.arn(config),
            memory_mb=config.memory_mb,
            log_group="replay",
            log_stream="replay",
            deadline=_DAY,
        )
        debugger = _Debugger()
        with local_aws(self._caught.url), _environment(variables):
            handler = load_handler(config.handler, PROJECT_ROOT)
            try:
                with one_call(self._put_back):
                    output = (ide or debugger).runcall(handler, event, context)
            except Exception as error:  # noqa: BLE001 - any error of the function's is its result
                return RowOutcome(error=type(error).__name__, cause=person_text(str(error)))
        if debugger.left:
            raise KeyboardInterrupt
        return RowOutcome(output=output)

    def _rolled_back(self, handler: Handler) -> Handler:
        def call(event: Any, context: Any) -> Any:
            with one_call(self._put_back):
                return handler(event, context)

        return call

    def _put_back(self, connection: psycopg.Connection[Any]) -> None:
        put_back(connection, *self._prepared)


def _tables() -> dict[str, dict[str, Any]]:
    name = resource_name("ProcessingLogsTable")
    return {name: json.loads(read_definition("processing_logs.json", {"ProcessingLogsTableName": name}))}


def _check_tables(database_url: str) -> None:
    try:
        with connect(database_url) as connection:
            found = connection.execute("SELECT to_regclass('user_statistics')").fetchone()
    except psycopg.Error as error:
        raise CloudError(f"The database cannot be reached: {' '.join(str(error).split())}") from error
    if found is None or found[0] is None:
        raise CloudError(
            "The database has no tables yet, and a replay makes none. Make them with a first run: "
            f"{command('run', 'sample.csv')}"
        )


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
