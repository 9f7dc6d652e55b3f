"""The one place that starts everything, and stops it: AWS on this machine, the database, the pipeline, its record."""

from __future__ import annotations

from contextlib import ExitStack, closing
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from simulator.aws.asl.definition.fields import InvalidDefinition
from simulator.aws.asl.runtime.listener import FanOut
from simulator.aws.endpoint.checked_operations import checked_operations
from simulator.aws.engine.clients import aws_clients, read_models
from simulator.aws.engine.environment import ACCOUNT, REGION, aws_environment
from simulator.aws.errors import ServerError
from simulator.aws.iam.gate import Gate
from simulator.aws.lambda_runtime.asynchronous import AsynchronousInvocations
from simulator.aws.map_run.map_run import LocalMapRuns
from simulator.aws.map_run.object_store import S3ObjectStore
from simulator.aws.stepfunctions.api.api import StepFunctionsApi
from simulator.aws.stepfunctions.service import StepFunctions
from simulator.fault_injection.fault_injection import Faults
from simulator.fault_injection.parts import Parts, UploadedFile
from simulator.pipeline.errors import CloudError
from simulator.pipeline.event_targets import put_dead_letter
from simulator.pipeline.functions import open_functions
from simulator.pipeline.functions_endpoint import FunctionsEndpoint
from simulator.pipeline.lasting import LastingRecords, restore_run_objects
from simulator.pipeline.local_cloud.service_apis import service_apis
from simulator.pipeline.migrator import Migrator
from simulator.pipeline.permissions.run_calls import RunCalls
from simulator.pipeline.provisioning import (
    RESULTS_PREFIX,
    WORKFLOW,
    provision,
    read_definition,
    resource_name,
    stage_options,
)
from simulator.pipeline.run_events.reported_files import ReportedFiles
from simulator.pipeline.run_events.row_counts import RowsCounted
from simulator.pipeline.run_events.status_events import StatusEvents
from simulator.pipeline.servers import Servers
from simulator.pipeline.steering.helm import Helm
from simulator.pipeline.steering.port import SteeringPort
from simulator.pipeline.uploads import Upload, Uploads
from simulator.postgres.embedded import EmbeddedPostgres
from simulator.postgres.keeper import PostgresKeeper
from simulator.postgres.server import database_id
from simulator.runs.function_logs import FunctionLogs
from simulator.runs.recorder import RunRecorder
from simulator.runs.store import RunStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from simulator.aws.asl.runtime.clock import Clock
    from simulator.aws.asl.runtime.listener import Listener
    from simulator.aws.engine.server import EngineServer
    from simulator.aws.stepfunctions.running_execution import RunningExecution
    from simulator.fault_injection.spec import FaultPlan
    from simulator.pipeline.permissions.names import EnforcedTemplate
    from simulator.pipeline.settings import Settings

DISPATCH_SECONDS = 120.0
STOP_SECONDS = 20.0
REPORT_SECONDS = 20.0


class Session:
    """The pipeline, running. To be closed, or used as a context manager.

    Args:
        settings: the folders, and which database.
        tell: given a sentence about each step of the start, for people.
        listener: told of every execution, Map Run and child.
        clock: what executions see of time.
        plan: what is to be broken.
        restored: whether everything is kept in the home, and what lies there is restored (`up`).
        servers: the servers, if they have been started for it already; it closes them.
        enforced: the template whose policies decide what functions and state machines may do; None if they may do all.

    Raises:
        CloudError: it cannot start; the message says what to do.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        tell: Callable[[str], None],
        listener: Listener,
        clock: Clock,
        plan: FaultPlan,
        restored: bool = False,
        servers: Servers | None = None,
        enforced: EnforcedTemplate | None = None,
    ) -> None:
        self.gate = Gate(enforced.deployment if enforced else None)
        options = stage_options(settings.simulator_stage, rows_per_child=settings.simulator_rows_per_child)
        with ExitStack() as stack:
            servers = stack.enter_context(servers or Servers(settings, plan, lasting=restored, enforced=enforced))
            home = settings.home
            self.engine = servers.engine
            tell(f"starting {settings.engine} (S3, DynamoDB, SQS) and PostgreSQL")
            self.postgres = servers.postgres()
            self.aws = stack.enter_context(closing(aws_clients(_url(self.engine))))
            self.resources = provision(self.aws, stage=options)
            self.database_id = database_id(self.postgres.url)
            self.store = RunStore(home.runs)
            self.recorder = stack.enter_context(
                closing(
                    RunRecorder(
                        self.store,
                        resource_name("Workflow"),
                        self._read_object,
                        database=self.postgres.display_url,
                        database_id=self.database_id,
                        injected=[spec.text for spec in plan.specs],
                    )
                )
            )
            kept_logs = home.path / "cloud" / "lambda-logs.jsonl" if restored else None
            self.logs = stack.enter_context(closing(FunctionLogs(self.recorder, self.store, kept_logs)))
            server = self.postgres if isinstance(self.postgres, EmbeddedPostgres) else None
            self.keeper = stack.enter_context(PostgresKeeper(server, tell)) if server else None
            self.faults = Faults(plan, Parts(endpoint=self.aws.endpoint, s3=self.aws.s3, database=server, clock=clock))
            functions_endpoint = stack.enter_context(FunctionsEndpoint(self.gate))
            self.functions = stack.enter_context(
                open_functions(
                    database_url=self.postgres.url,
                    environment={
                        **aws_environment(self.aws.endpoint),
                        "AWS_ENDPOINT_URL_SFN": functions_endpoint.url,
                        "OUTPUT_BUCKET": self.resources.output_bucket,
                        "PROCESSING_LOGS_TABLE": self.resources.table,
                        "RESULTS_PREFIX": RESULTS_PREFIX,
                        "MAX_ROWS": str(options.most_rows),
                        "ROWS_PER_CHILD": str(options.rows_per_child),
                        "FILE_GATE_TABLE": self.resources.file_gate_table,
                        "MAX_FILES": str(options.max_files),
                    },
                    log_sink=self.logs.write,
                    wrap=self.faults.handler,
                )
            )
            self.functions.initialise(self.resources.file_gate_arn)  # while the migrator waits for the database
            self.asynchronous = stack.enter_context(
                closing(
                    AsynchronousInvocations(
                        self.functions,
                        dead_letter=partial(put_dead_letter, self.aws),
                        answered=ReportedFiles(self.aws.s3, self.store, self.resources, tell).answered,
                    )
                )
            )
            stack.callback(self.faults.close)  # before the functions: they end their sessions in the database
            self.migrator = Migrator(self.functions, self.aws, self.resources)
            self.migrator.migrate()
            if restored:
                restore_run_objects(self.aws.endpoint, self.store, self.resources)
            lasting = stack.enter_context(
                LastingRecords(home, self.store, self.resources.workflow_arn, restored=restored)
            )
            if lasting.invocations is not None:
                self.asynchronous.keep_in(lasting.invocations)
                stack.callback(self.asynchronous.close)  # before its store
            self.archive = lasting.archive
            status_events = StatusEvents()
            calls = RunCalls(
                resource_name("Workflow"),
                self.gate,
                self.aws.endpoint,
                self._calls_file,
                lambda: self.asynchronous.drain(REPORT_SECONDS),
            )
            stack.callback(calls.close)
            everyone = FanOut(
                RowsCounted(self.recorder), *lasting.listeners, status_events, calls, RowsCounted(listener)
            )
            self.map_runs = LocalMapRuns(S3ObjectStore(self.aws.s3), everyone, self._results_folder)
            self.step_functions = StepFunctions(
                region=REGION,
                account=ACCOUNT,
                clock=clock,
                listener=everyone,
                functions=self.faults.functions(self.functions),
                aws=self.aws,
                maps=self.map_runs,
                archive=lasting.archive,
                store=lasting.machines,
                activity_store=lasting.activities,
                gate=self.gate,
            )
            functions_endpoint.serve(
                StepFunctionsApi(self.step_functions, self.archive, self.map_runs).operations,
                self.step_functions.callbacks.owner,
            )
            stack.callback(self.asynchronous.drain, REPORT_SECONDS)  # the reports of runs that have ended
            stack.callback(self.stop_runs)
            self._create_machines()
            for sentence in self.step_functions.restore_machines():
                tell(sentence)
            self._uploads = Uploads(
                self.aws, self.resources, self.step_functions, clock, self.asynchronous, gate=self.gate
            )
            status_events.bus = self.bus = self._uploads.bus
            if lasting.rules is not None:
                for sentence in self.bus.rules.keep_in(lasting.rules):
                    tell(sentence)
            for api in service_apis(self):
                self.step_functions.offer(api.service, checked_operations(api))
            stack.enter_context(
                SteeringPort(home.steering, Helm(self.resources.workflow_arn, self.step_functions, self.map_runs).obey)
            )
            self._stack = stack.pop_all()

    def upload(self, source: bytes | Path, key: str, metadata: Mapping[str, str] | None = None) -> Upload:
        """Put a file into the input bucket; from there only events move it on."""
        upload = self._uploads.upload(source, key, metadata)
        self.faults.uploaded(UploadedFile(event=upload.event, deliver=self._uploads.deliver))
        return upload

    def deliver(self, event: dict[str, Any]) -> Upload:
        """Put the event of an object that somebody else has stored on the bus."""
        return self._uploads.deliver(event)

    def event_of(self, *, key: str, version_id: str, size: int, etag: str) -> dict[str, Any]:
        """Return the event of an object that is stored in the input bucket."""
        return self._uploads.event_of(key=key, version_id=version_id, size=size, etag=etag)

    def wait_for_workflow(self, upload: Upload) -> RunningExecution:
        """Wait until the dispatcher has started the workflow for an upload, and return that execution.

        Raises:
            CloudError: the dispatcher failed.
        """
        dispatchers = self._uploads.dispatchers(upload)
        for dispatcher in dispatchers:  # of an event that was delivered twice, one starts the workflow
            if not dispatcher.wait(DISPATCH_SECONDS):
                raise CloudError(f"The dispatcher did not start the workflow within {DISPATCH_SECONDS:.0f} s.")
            output = dispatcher.info.output
            if isinstance(output, dict) and "ExecutionArn" in output:
                return self.step_functions.execution(output["ExecutionArn"])
        info = dispatchers[-1].info
        raise CloudError(
            f"The dispatcher {info.status.lower()} and started no workflow: {info.error}: {info.cause}. "
            "Its definition is cdk/definitions/dispatcher.asl.json."
        )

    def stop_runs(self) -> None:
        """Stop every execution; rows that have begun are finished."""
        self.step_functions.stop_all(STOP_SECONDS)

    def close(self) -> None:
        """Stop what runs, and close everything. A second call does nothing."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read_object(self, bucket: str, key: str, version_id: str | None) -> Iterator[bytes]:
        return S3ObjectStore(self.aws.s3).open({"Bucket": bucket, "Key": key, "VersionId": version_id})

    def _results_folder(self, execution_name: str) -> Path | None:
        folder = self.recorder.folder(execution_name)
        return folder.results if folder else None

    def _calls_file(self, execution_name: str) -> Path | None:
        folder = self.recorder.folder(execution_name)
        return folder.calls_file if folder else None

    def _create_machines(self) -> None:
        """Create both machines from the text that is deployed."""
        for arn, file, kind in (
            (self.resources.workflow_arn, WORKFLOW, "STANDARD"),
            (self.resources.dispatcher_arn, "dispatcher.asl.json", "EXPRESS"),
        ):
            definition = read_definition(file, self.resources.placeholders)
            try:
                self.step_functions.create_state_machine(name=arn.rpartition(":")[2], definition=definition, kind=kind)
            except InvalidDefinition as error:
                lines = "\n".join(f"  {problem}" for problem in error.problems)
                raise CloudError(f"cdk/definitions/{file} cannot be run:\n{lines}") from error


def _url(engine: EngineServer) -> str:
    read_models()  # while it starts
    try:
        return engine.url
    except ServerError as error:
        raise CloudError(str(error)) from error
