"""Services whose requests say in a header, or in the body, what they ask for: DynamoDB, SQS, SNS, Step Functions.

Service authorization reference, the pages of these services.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from simulator.aws.iam.call import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BATCHES: Final = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
    "PublishBatch": "Publish",
}
_TRANSACTIONS: Final = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
_STATES: Final = ("executionArn", "mapRunArn", "stateMachineArn", "activityArn", "resourceArn", "stateMachineAliasArn")


def dynamodb_calls(caller: str, operation: str, body: bytes, here: str) -> Iterator[Call]:
    """Return what a request to DynamoDB asks for: one call for each table, and for each kind of action.

    Args:
        caller: who asks.
        operation: the API's.
        body: the request's.
        here: region and account, with a colon between them.
    """
    value = _parsed(body)
    if "RequestItems" in value:
        for table in value["RequestItems"]:
            yield Call(caller=caller, action=f"dynamodb:{operation}", resource=_table(str(table), here))
        return
    if "TransactItems" in value:
        found = {
            (_TRANSACTIONS[kind], str(one.get("TableName")))
            for item in value["TransactItems"]
            for kind, one in item.items()
            if kind in _TRANSACTIONS
        }
        for action, table in sorted(found):
            yield Call(caller=caller, action=f"dynamodb:{action}", resource=_table(table, here))
        return
    table = value.get("TableName")
    resource = "*" if table is None else _table(str(table), here)
    if "IndexName" in value:
        resource = f"{resource}/index/{value['IndexName']}"
    yield Call(caller=caller, action=f"dynamodb:{operation}", resource=resource)


def _table(name: str, here: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:dynamodb:{here}:table/{name}"


def sqs_call(caller: str, operation: str, value: Mapping[str, Any], here: str) -> Call:
    """Return what a request to SQS asks for (see dynamodb_calls); `value` has its parameters."""
    name = str(value.get("QueueUrl") or value.get("QueueName") or "").rpartition("/")[2]
    resource = f"arn:aws:sqs:{here}:{name}" if name else "*"
    return Call(caller=caller, action=f"sqs:{_BATCHES.get(operation, operation)}", resource=resource)


def sns_call(caller: str, operation: str, value: Mapping[str, Any], here: str) -> Call:
    """Return what a request to SNS asks for (see dynamodb_calls); `value` has its parameters."""
    resource = value.get("TopicArn") or value.get("TargetArn") or value.get("ResourceArn")
    if resource is None and "Name" in value:
        resource = f"arn:aws:sns:{here}:{value['Name']}"
    return Call(caller=caller, action=f"sns:{_BATCHES.get(operation, operation)}", resource=str(resource or "*"))


def states_call(caller: str, operation: str, value: Mapping[str, Any]) -> Call:
    """Return what a request to Step Functions asks for (see dynamodb_calls); `value` has its parameters."""
    resource = next((str(value[one]) for one in _STATES if one in value), "*")
    action = "StartExecution" if operation == "StartExecution" else operation
    return Call(caller=caller, action=f"states:{action}", resource=resource)


def parameters_of(body: bytes, *, json_protocol: bool) -> dict[str, Any]:
    """Return the parameters of a request's body, by the JSON or by the query protocol."""
    if json_protocol:
        return _parsed(body)
    return {key: values[-1] for key, values in parse_qs(body.decode(errors="replace")).items()}


def _parsed(body: bytes) -> dict[str, Any]:
    """Return a JSON object; an empty one for a body that is none: the service refuses that by itself."""
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
