"""The simulator's own AWS clients. They talk to the local cloud and to nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.loaders import Loader

from simulator.aws.engine.environment import REGION, local_aws
from simulator.aws.iam.call import current_caller

if TYPE_CHECKING:
    from botocore.awsrequest import AWSRequest
    from botocore.client import BaseClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

_CONFIG = Config(
    max_pool_connections=50,
    connect_timeout=10,
    read_timeout=300,
    retries={"mode": "standard", "total_max_attempts": 3},
    proxies={},
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
_SERVICES = ("s3", "dynamodb", "sqs", "sns")


@dataclass(frozen=True, slots=True)
class AwsClients:
    """Clients of the local cloud; they may be used by several threads.

    `endpoint` is moto's address, `http://127.0.0.1:<port>`.
    """

    endpoint: str
    s3: S3Client
    dynamodb: DynamoDBClient
    sqs: SQSClient
    sns: BaseClient

    def close(self) -> None:
        """Close the connections."""
        for client in (self.s3, self.dynamodb, self.sqs, self.sns):
            client.close()


@cache
def _models() -> Loader:
    """Return what reads the services' models: one for all clients, because it keeps what it has read."""
    return Loader()


def read_models() -> None:
    """Read what `aws_clients` needs of botocore's files, for the time in which moto starts."""
    models = _models()
    models.load_data_with_path("endpoints")
    for service in _SERVICES:
        for kind in ("service-2", "endpoint-rule-set-1"):
            models.load_service_model(service, kind)


def aws_clients(endpoint: str) -> AwsClients:
    """Make clients of the local cloud, whatever the user's environment and AWS files say.

    Args:
        endpoint: moto's address, `http://127.0.0.1:<port>`.
    """
    # A client reads its environment when it is made: an AWS_RETRY_MODE that does not exist would end it there.
    with local_aws(endpoint):
        core = botocore.session.Session()
        core.register_component("data_loader", _models())
        core.set_credentials("local", "local")
        core.register("before-sign", _sign_as_caller)
        session = boto3.Session(botocore_session=core, region_name=REGION)
        return AwsClients(
            endpoint,
            s3=session.client("s3", endpoint_url=endpoint, config=_CONFIG),
            dynamodb=session.client("dynamodb", endpoint_url=endpoint, config=_CONFIG),
            sqs=session.client("sqs", endpoint_url=endpoint, config=_CONFIG),
            sns=session.client("sns", endpoint_url=endpoint, config=_CONFIG),
        )


def _sign_as_caller(**event: Any) -> None:
    """Sign a request with the access key of the caller that acts on this thread, so that moto's process knows it."""
    caller = current_caller()
    if caller:
        request: AWSRequest = event["request"]
        request.context.setdefault("signing", {})["request_credentials"] = Credentials(caller, "local")
