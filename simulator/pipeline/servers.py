"""The two servers of the local cloud: PostgreSQL and the AWS engine, as settings and faults want them."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, Self

from lambdas.shared import audit_key
from simulator.aws.engine.options import MOTO, EngineOptions, KeptTable
from simulator.aws.engine.server import EngineServer
from simulator.aws.errors import ServerError
from simulator.fault_injection.refused_by_aws import KINDS, refusal
from simulator.pipeline.errors import CloudError
from simulator.pipeline.provisioning import RESULTS_PREFIX, resource_name
from simulator.postgres.embedded import EmbeddedPostgres
from simulator.runs.folder.run_folder import AUDIT_FILE
from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from simulator.fault_injection.spec import FaultPlan
    from simulator.pipeline.permissions.names import EnforcedTemplate
    from simulator.pipeline.settings import HomeFolder, Settings
    from simulator.postgres.server import PostgresServer


class Servers:
    """Both servers. They start while this process imports what it needs of them. To be closed.

    Args:
        settings: the folders, and which database.
        plan: what is to be broken.
        lasting: whether everything is kept in the home, and what lies there is restored.
        enforced: the template whose policies decide what is allowed; None if all is.

    Raises:
        CloudError: the home folder cannot be used, or there is no such engine.
    """

    def __init__(
        self, settings: Settings, plan: FaultPlan, *, lasting: bool, enforced: EnforcedTemplate | None = None
    ) -> None:
        self._settings = settings
        self._postgres: PostgresServer | None = None
        self._failure: BaseException | None = None
        if lasting and settings.engine != MOTO:
            raise CloudError(
                f"`up` keeps everything in the home and restores it, which only the engine moto can do; the engine is "
                f"{settings.engine}. Start it with: {command('up', '--engine', MOTO)}"
            )
        options = engine_options(
            settings.home.create(), plan, engine=settings.engine, lasting=lasting, enforced=enforced
        )
        try:
            self.engine = EngineServer(options)
        except ServerError as error:
            raise CloudError(str(error)) from error
        self._starting = Thread(target=self._start_postgres, name="start of PostgreSQL", daemon=True)
        self._starting.start()

    def _start_postgres(self) -> None:
        try:
            self._postgres = open_postgres(self._settings)
        except BaseException as failure:  # noqa: BLE001 - handed to the thread that asks for the server
            self._failure = failure

    def postgres(self) -> PostgresServer:
        """Wait until PostgreSQL takes connections, and return it.

        Raises:
            PostgresError: there is none to be had; the message says what to do.
        """
        self._starting.join()
        if self._failure is not None:
            raise self._failure
        if self._postgres is None:
            raise AssertionError("a server that has not failed to start has started")
        return self._postgres

    def close(self) -> None:
        """Stop both, also while they start."""
        try:
            self._starting.join()
            if self._postgres is not None:
                self._postgres.close()
        finally:
            self.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_postgres(settings: Settings) -> PostgresServer:
    """Start the embedded PostgreSQL, or connect to the one that SIMULATOR_DATABASE_URL names.

    Raises:
        CloudError: the home folder cannot be used.
        PostgresError: there is none to be had; the message says what to do.
    """
    if settings.database_url is not None:
        # Only here: it imports psycopg, and the embedded server starts while others do.
        from simulator.postgres.external import ExternalPostgres  # noqa: PLC0415 - as the line above says

        return ExternalPostgres(settings.database_url)
    return EmbeddedPostgres(settings.home.create().postgres)


def engine_options(
    home: HomeFolder,
    plan: FaultPlan | None = None,
    *,
    engine: str = MOTO,
    lasting: bool = False,
    enforced: EnforcedTemplate | None = None,
) -> EngineOptions:
    """Return how the engine is started: audit items are kept in run folders, and it makes the faults of AWS.

    Args:
        home: the runs folder in it takes the audit items of its runs, and is what runs are restored from.
        plan: what is to be broken; None for nothing.
        engine: its name.
        lasting: whether everything is kept in the home, and what lies there is restored.
        enforced: the template whose policies decide what is allowed; None if all is.
    """
    table = resource_name("ProcessingLogsTable")
    return EngineOptions(
        engine=engine,
        restore_from=home.runs,
        kept=KeptTable(
            name=table,
            folder_attribute="executionName",
            folders=home.runs,
            file_name=AUDIT_FILE,
            orphans=home.orphan_audit,
            range_key="timestamp",
            folder_mark=audit_key.MARK,
        ),
        lasting=home.cloud if lasting else None,
        enforced=enforced.file if enforced else None,
        names=enforced.names if enforced else {},
        refusals=tuple(
            refusal(spec, table=table, results_prefix=RESULTS_PREFIX)
            for spec in (plan.specs if plan else ())
            if spec.kind in KINDS
        ),
    )
