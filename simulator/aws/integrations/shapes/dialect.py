"""How Step Functions names a service and its errors.

Optimised integrations (`dynamodb:putItem`) word errors as the AWS SDK for Java 1 does, SDK integrations
(`aws-sdk:dynamodb:putItem`) as its version 2. Recorded on AWS:

- optimised: `<message> (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: <code>; Request ID: <id>;
  Proxy: null)`
- SDK: `<message> (Service: DynamoDb, Status Code: 400, Request ID: <id>) (SDK Attempt Count: 1)`. The attempt count has
  been there since November 2025, on every SDK error; S3 also has `, Extended Request ID: <id>` after the request's id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from simulator.aws.asl.errors import StateError
from simulator.aws.errors import ApiError
from simulator.aws.integrations.shapes.java_names import capital, pascal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One service as Tasks see it.

    Args:
        prefix: what error names begin with: `DynamoDB`.
        service: the service's name in causes: `AmazonDynamoDBv2`.
        base: the error's name if the service's model does not name its code: `AmazonDynamoDBException`.
        optimised: whether this is an optimised integration, whose results have the SDK's metadata.
    """

    prefix: str
    service: str
    base: str
    optimised: bool

    def spell(self, member: str) -> str:
        """Return the name that a member of the API has in parameters and results."""
        return capital(member) if self.optimised else pascal(member)

    def state_error(self, error: Exception, modelled: Mapping[str, str]) -> StateError:
        """Return what a Task fails with for an error of a client, or of a service of the simulator.

        Args:
            error: ApiError, or botocore's ClientError or BotoCoreError.
            modelled: the error codes that the service's model names, each with the SDK's exception for it.
        """
        if isinstance(error, BotoCoreError):
            return StateError(f"{self.prefix}.SdkClientException", f"Unable to execute HTTP request: {error}")
        found = error if isinstance(error, ApiError) else _api_error(error)
        return StateError(f"{self.prefix}.{modelled.get(found.name, self.base)}", self._cause(found))

    def _cause(self, error: ApiError) -> str:
        if self.optimised:
            return (
                f"{error.message} (Service: {self.service}; Status Code: {error.status}; Error Code: {error.name}; "
                f"Request ID: {error.request_id}; Proxy: null)"
            )
        extended = f", Extended Request ID: {error.request_id}" if self.service == "S3" else ""
        return (
            f"{error.message} (Service: {self.service}, Status Code: {error.status}, "
            f"Request ID: {error.request_id}{extended}) (SDK Attempt Count: 1)"
        )


def _api_error(error: Exception) -> ApiError:
    if not isinstance(error, ClientError):
        raise TypeError(f"{type(error).__name__} is not an error of an AWS client") from error
    details, metadata = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
    return ApiError(
        # SQS still answers with the codes of its old protocol, and has the new name beside them.
        str(details.get("QueryErrorCode") or details.get("Code", "Unknown")),
        str(details.get("Message", error)),
        status=metadata.get("HTTPStatusCode", 500),
        request_id=metadata.get("RequestId"),
    )


def sdk_dialect(prefix: str) -> Dialect:
    """Return the dialect of a service's SDK integration by what its error names begin with."""
    return Dialect(prefix=prefix, service=prefix, base=f"{prefix}Exception", optimised=False)


DYNAMODB = Dialect(prefix="DynamoDB", service="AmazonDynamoDBv2", base="AmazonDynamoDBException", optimised=True)
DYNAMODB_SDK = sdk_dialect("DynamoDb")
LAMBDA = Dialect(prefix="Lambda", service="AWSLambda", base="AWSLambdaException", optimised=True)
LAMBDA_SDK = sdk_dialect("Lambda")
S3_SDK = sdk_dialect("S3")
SFN = Dialect(prefix="StepFunctions", service="AWSStepFunctions", base="AWSStepFunctionsException", optimised=True)
SFN_SDK = sdk_dialect("Sfn")
EVENTS = Dialect(prefix="EventBridge", service="AmazonEventBridge", base="AmazonEventBridgeException", optimised=True)
EVENTBRIDGE_SDK = sdk_dialect("EventBridge")
SNS = Dialect(prefix="SNS", service="AmazonSNS", base="AmazonSNSException", optimised=True)
SNS_SDK = sdk_dialect("Sns")
SQS = Dialect(prefix="SQS", service="AmazonSQS", base="AmazonSQSException", optimised=True)
SQS_SDK = sdk_dialect("Sqs")
