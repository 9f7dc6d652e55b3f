"""The two servers of the local cloud: PostgreSQL and moto, as the settings and the faults of a run want them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.shared import audit_key
from simulator.aws.moto.options import KeptTable, MotoOptions
from simulator.fault_injection.refused_by_aws import KINDS, refusal
from simulator.pipeline.provisioning import RESULTS_PREFIX, resource_name
from simulator.postgres.embedded import EmbeddedPostgres
from simulator.postgres.external import ExternalPostgres
from simulator.runs.folder.run_folder import AUDIT_FILE

if TYPE_CHECKING:
    from simulator.fault_injection.spec import FaultPlan
    from simulator.pipeline.settings import HomeFolder, Settings
    from simulator.postgres.server import PostgresServer


def open_postgres(settings: Settings) -> PostgresServer:
    """Start the embedded PostgreSQL, or connect to the one that SIMULATOR_DATABASE_URL names.

    Raises:
        CloudError: the home folder cannot be used.
        PostgresError: there is none to be had; the message says what to do.
    """
    if settings.database_url is not None:
        return ExternalPostgres(settings.database_url)
    return EmbeddedPostgres(settings.home.create().postgres)


def moto_options(home: HomeFolder, plan: FaultPlan | None = None, *, lasting: bool = False) -> MotoOptions:
    """Return how moto is started: audit items are kept in run folders, and it makes the faults of AWS.

    Args:
        home: the runs folder in it takes the audit items of its runs, and is what runs are restored from.
        plan: what is to be broken; None for nothing.
        lasting: whether everything is kept in the home, and what lies there is restored.
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
        refusals=tuple(
            refusal(spec, table=table, results_prefix=RESULTS_PREFIX)
            for spec in (plan.specs if plan else ())
            if spec.kind in KINDS
        ),
    )
