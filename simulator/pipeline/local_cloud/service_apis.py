"""The services that this process answers for itself, over the session's parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.aws.endpoint.service_api import ServiceApi
from simulator.aws.stepfunctions.api.api import StepFunctionsApi
from simulator.aws.stepfunctions.api.redrive import ArchiveRedrive
from simulator.pipeline.local_cloud.service_operations import service_operations
from simulator.pipeline.redriving.redrive import RequestedRedrives

if TYPE_CHECKING:
    from simulator.pipeline.session import Session


def service_apis(session: Session) -> list[ServiceApi]:
    """Return Step Functions, Lambda, EventBridge and CloudWatch Logs of a session."""
    service, archive, maps = session.step_functions, session.archive, session.map_runs
    redrive = RequestedRedrives(session, ArchiveRedrive(service, archive, maps))
    machines = StepFunctionsApi(service, archive, maps, redrive=redrive)
    others = [ServiceApi(name, operations) for name, operations in service_operations(session).items()]
    return [ServiceApi("stepfunctions", machines.operations), *others]
