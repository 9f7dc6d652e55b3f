"""The APIs of Lambda, EventBridge, CloudWatch Logs and CloudFormation over a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.aws.engine.environment import ACCOUNT, REGION
from simulator.aws.eventbridge.api import EventsApi
from simulator.aws.lambda_runtime.api import LambdaApi
from simulator.aws.logs.api import LogsApi
from simulator.aws.logs.log_files import LogFiles
from simulator.pipeline.local_cloud.stack_outputs import StackOutputs

if TYPE_CHECKING:
    from simulator.aws.endpoint.service_api import Operation
    from simulator.aws.lambda_runtime.function_config import FunctionConfig
    from simulator.pipeline.session import Session


def service_operations(session: Session) -> dict[str, dict[str, Operation]]:
    """Return the operations of each service, by botocore's name for it."""
    functions = session.functions
    logs = LogsApi(
        LogFiles(session.logs.files),
        lambda: [function.log_group for function in functions.functions],
        region=REGION,
        account=ACCOUNT,
    )
    return {
        "lambda": LambdaApi(functions, session.asynchronous, _role).operations,
        "events": EventsApi(session.bus).operations,
        "logs": logs.operations,
        "cloudformation": StackOutputs(session.resources).operations,
    }


def _role(function: FunctionConfig) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{function.name}"
