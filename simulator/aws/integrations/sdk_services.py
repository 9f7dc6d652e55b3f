"""The services of SDK integrations: Step Functions names them as the AWS SDK for Java does, botocore in another way.

Developer guide, "Supported AWS SDK service integrations".
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from botocore.loaders import Loader

from simulator.aws.integrations.shapes.api_model import api_model

if TYPE_CHECKING:
    from botocore.model import ServiceModel

PREFIX = "aws-sdk:"
_RENAMED = {
    "applicationdiscovery": "discovery",
    "cloudwatchlogs": "logs",
    "cognitoidentity": "cognito-identity",
    "cognitoidentityprovider": "cognito-idp",
    "costandusagereport": "cur",
    "costexplorer": "ce",
    "databasemigration": "dms",
    "directory": "ds",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "elasticsearch": "es",
    "eventbridge": "events",
    "iotdataplane": "iot-data",
    "serverlessapplicationrepository": "serverlessrepo",
    "sfn": "stepfunctions",
}
"""The Java SDK's name -> botocore's, if that is another word and not only without hyphens."""


def sdk_model(service: str) -> ServiceModel | None:
    """Return the model of a service by the name that SDK integrations have for it (`sfn`); None if there is none."""
    return api_model(_RENAMED.get(service, service)) if service in sdk_services() else None


def sdk_actions(service: str) -> list[str]:
    """Return the actions of a service as Resources name them: `putItem`; none of a service that does not exist."""
    model = sdk_model(service)
    return [] if model is None else [camel(name) for name in model.operation_names]


def camel(operation: str) -> str:
    """Return an operation's name as a Resource spells it."""
    return operation[0].lower() + operation[1:]


@cache
def sdk_services() -> frozenset[str]:
    """Return the names of all services."""
    names = set(Loader().list_available_services("service-2")) - set(_RENAMED.values())
    return frozenset({name.replace("-", "") for name in names} | _RENAMED.keys())
