"""The local cloud: the one place that starts it all, and stops it all."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.definition.fields import InvalidDefinition
from simulator.aws.integrations.registry import Integrations
from simulator.aws.map_run.map_run import LocalMapRuns
from simulator.aws.map_run.s3_object_store import S3ObjectStore
from simulator.aws.moto.clients import aws_clients
from simulator.aws.moto.environment import ACCOUNT, REGION, aws_environment
from simulator.aws.moto.server import MotoServer
from simulator.aws.stepfunctions.service import StepFunctions
from simulator.fault_injection.parts import Parts
from simulator.pipeline.database import Database
from simulator.pipeline.errors import CloudError
from simulator.pipeline.functions import open_functions
from simulator.pipeline.provisioning import provision, read_definition
from simulator.pipeline.uploads import EventPath, Upload
from simulator.postgres.embedded import EmbeddedPostgres
from simulator.postgres.server import database_id, open_postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from simulator.aws.asl.runtime.clock import Clock
    from simulator.aws.asl.runtime.listener import Listener
    from simulator.aws.lambda_runtime.lambda_service import LambdaService
    from simulator.aws.moto.clients import AwsClients
    from simulator.aws.stepfunctions.running_execution import RunningExecution
    from simulator.fault_injection.fault_injection import Faults
    from simulator.pipeline.provisioning import Resources
    from simulator.pipeline.settings import Settings
    from simulator.postgres.server import PostgresServer

DISPATCH_SECONDS = 120.0
STOP_SECONDS = 20.0


class LocalCloud:
    """A cloud that runs. Made by `open_cloud`.

    Args:
        aws: clients of it.
        resources: names and ARNs.
        postgres: the database server.
        functions: the Lambda functions.
        database: what can be asked of the database through the migrator Lambda.
        step_functions: machines and executions.
        map_runs: opens Map Runs; told which one a redrive continues.
        events: the way from an upload to the workflow.
        faults: what is to break; None for nothing.
    """

    def __init__(
        self,
        *,
        aws: AwsClients,
        resources: Resources,
        postgres: PostgresServer,
        functions: LambdaService,
        database: Database,
        step_functions: StepFunctions,
        map_runs: LocalMapRuns,
        events: EventPath,
        faults: Faults | None = None,
    ) -> None:
        self.aws = aws
        self.resources = resources
        self.postgres = postgres
        self.functions = functions
        self.database = database
        self.step_functions = step_functions
        self.map_runs = map_runs
        self.events = events
        self._faults = faults

    def upload(self, source: bytes | Path, key: str) -> Upload:
        """Put a file into the input bucket; from there only events move it on."""
        upload = self.events.upload(source, key)
        if self._faults is not None:
            self._faults.uploaded(upload.event)
        return upload

    def wait_for_workflow(self, upload: Upload) -> RunningExecution:
        """Wait until the dispatcher has started the workflow for an upload, and return that execution.

        Raises:
            CloudError: where the dispatcher failed.
        """
        dispatcher = self.events.dispatcher_execution(upload)
        if not dispatcher.wait(DISPATCH_SECONDS):
            raise CloudError(f"The dispatcher did not start the workflow within {DISPATCH_SECONDS:.0f} s.")
        for running in self.step_functions.executions(self.resources.workflow_arn):
            if running.info.input.get("detail", {}).get("object", {}).get("versionId") == upload.version_id:
                return running
        info = dispatcher.info
        raise CloudError(
            f"The dispatcher {info.status.lower()} and started no workflow: {info.error}: {info.cause}. "
            "Its definition is cdk/definitions/dispatcher.asl.json."
        )

    @cached_property
    def database_id(self) -> str | None:
        """Which database this is: the same for the same data, wherever it is reached; None where it does not say."""
        return database_id(self.postgres.url)

    def read_object(self, bucket: str, key: str, version_id: str | None) -> Iterator[bytes]:
        """Return an object's bytes in chunks."""
        return S3ObjectStore(self.aws.s3).open({"Bucket": bucket, "Key": key, "VersionId": version_id})


@contextmanager
def open_cloud(
    settings: Settings,
    *,
    listener: Listener,
    clock: Clock,
    results_folder: Callable[[str], Path | None],
    log_sink: Callable[[dict[str, Any]], None],
    tell: Callable[[str], None],
    faults: Faults | None = None,
) -> Iterator[LocalCloud]:
    """Start moto, PostgreSQL and the functions, and provision them from cdk/definitions; stop them at the end.

    Args:
        settings: where things lie.
        listener: told of every execution, Map Run and child.
        clock: what executions see of time.
        results_folder: where an execution's result files are kept, by its name.
        log_sink: given each record that a function logs.
        tell: given a sentence about each step, for people.
        faults: what is to break; None for nothing.

    Raises:
        CloudError: where it cannot start; the message says what to do.
    """
    home = settings.home.create()
    with ExitStack() as stack:
        tell("starting moto (S3, DynamoDB, SQS) and PostgreSQL")
        moto = stack.enter_context(MotoServer(home.runs, faults.of_aws if faults else ()))
        postgres = open_postgres(settings)
        stack.callback(postgres.close)
        aws = aws_clients(moto.url)
        stack.callback(aws.close)
        resources = provision(aws)
        functions = stack.enter_context(
            open_functions(
                database_url=postgres.url,
                environment={**aws_environment(moto.url), "PROCESSING_LOGS_TABLE": resources.table},
                log_sink=log_sink,
            )
        )
        if faults is not None:
            functions.wrap_handlers(faults.handler)
            stack.callback(faults.close)
        database = Database(functions, aws, resources)
        database.migrate()
        step_functions = StepFunctions(region=REGION, account=ACCOUNT, clock=clock, listener=listener)
        stack.callback(step_functions.stop_all, STOP_SECONDS)
        map_runs = LocalMapRuns(S3ObjectStore(aws.s3), listener, results_folder)
        called = functions if faults is None else faults.functions(functions)
        step_functions.connect(Integrations(functions=called, aws=aws, machines=step_functions), map_runs)
        _create_machines(step_functions, resources)
        events = EventPath(aws, resources, step_functions, clock)
        if faults is not None:
            server = postgres if isinstance(postgres, EmbeddedPostgres) else None
            faults.connect(Parts(endpoint=moto.url, s3=aws.s3, database=server, deliver=events.deliver, clock=clock))
        yield LocalCloud(
            aws=aws,
            resources=resources,
            postgres=postgres,
            functions=functions,
            database=database,
            step_functions=step_functions,
            map_runs=map_runs,
            events=events,
            faults=faults,
        )


def _create_machines(step_functions: StepFunctions, resources: Resources) -> None:
    """Create both machines from the text that is deployed."""
    for arn, file, kind in (
        (resources.workflow_arn, "workflow.asl.json", "STANDARD"),
        (resources.dispatcher_arn, "dispatcher.asl.json", "EXPRESS"),
    ):
        name = arn.rpartition(":")[2]
        try:
            step_functions.create_state_machine(
                name=name, definition=read_definition(file, resources.placeholders), kind=kind
            )
        except InvalidDefinition as error:
            lines = "\n".join(f"  {problem}" for problem in error.problems)
            raise CloudError(f"cdk/definitions/{file} cannot be run:\n{lines}") from error
