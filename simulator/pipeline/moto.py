"""How moto is run for this pipeline: audit items are kept in run folders, and faults of AWS are made by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.aws.moto.options import KeptTable, MotoOptions
from simulator.fault_injection.refused_by_aws import KINDS, refusal
from simulator.pipeline.provisioning import RESULTS_PREFIX, resource_name
from simulator.runs.folder.run_folder import AUDIT_FILE

if TYPE_CHECKING:
    from simulator.fault_injection.spec import FaultPlan
    from simulator.pipeline.settings import Home


def moto_options(home: Home, plan: FaultPlan | None = None) -> MotoOptions:
    """Return how moto is started.

    Args:
        home: the runs folder in it takes the audit items of its runs, and is what runs are restored from.
        plan: what is to be broken; None for nothing.
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
        ),
        refusals=tuple(
            refusal(spec, table=table, results_prefix=RESULTS_PREFIX)
            for spec in (plan.specs if plan else ())
            if spec.kind in KINDS
        ),
    )
