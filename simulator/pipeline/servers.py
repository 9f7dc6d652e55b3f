"""The two servers of the local cloud: PostgreSQL and moto, as the settings and the faults of a run want them."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, Self

from lambdas.shared import audit_key
from simulator.aws.moto.options import KeptTable, MotoOptions
from simulator.aws.moto.server import MotoServer
from simulator.fault_injection.refused_by_aws import KINDS, refusal
from simulator.pipeline.provisioning import RESULTS_PREFIX, resource_name
from simulator.postgres.embedded import EmbeddedPostgres
from simulator.runs.folder.run_folder import AUDIT_FILE

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
        CloudError: the home folder cannot be used.
    """

    def __init__(
        self, settings: Settings, plan: FaultPlan, *, lasting: bool, enforced: EnforcedTemplate | None = None
    ) -> None:
        self._settings = settings
        self._postgres: PostgresServer | None = None
        self._failure: BaseException | None = None
        self.moto = MotoServer(moto_options(settings.home.create(), plan, lasting=lasting, enforced=enforced))
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
            self.moto.close()

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


def moto_options(
    home: HomeFolder, plan: FaultPlan | None = None, *, lasting: bool = False, enforced: EnforcedTemplate | None = None
) -> MotoOptions:
    """Return how moto is started: audit items are kept in run folders, and it makes the faults of AWS.

    Args:
        home: the runs folder in it takes the audit items of its runs, and is what runs are restored from.
        plan: what is to be broken; None for nothing.
        lasting: whether everything is kept in the home, and what lies there is restored.
        enforced: the template whose policies decide what is allowed; None if all is.
    """
    table = resource_name("ProcessingLogsTable")
    return MotoOptions(
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
