"""`dynamodb:putItem`, `getItem`, `updateItem`, `deleteItem`, optimised and as SDK integrations.

Developer guide, "Perform DynamoDB CRUD operations with Step Functions".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from simulator.aws.errors import validation_error
from simulator.aws.integrations.aws_action import AwsAction
from simulator.aws.integrations.dynamodb_rules import (
    TableKeys,
    check_attributes,
    check_expressions,
    check_item,
    check_key,
    read_table_keys,
)

if TYPE_CHECKING:
    from botocore.client import BaseClient

    from simulator.aws.asl.runtime.ports import TaskRequest
    from simulator.aws.integrations.shapes.dialect import Dialect

ACTIONS = ("putItem", "getItem", "updateItem", "deleteItem")
_TABLE_NAME = re.compile(r"[a-zA-Z0-9_.-]+|arn:.+")


class DynamoDbCall(AwsAction):
    """Any action of DynamoDB."""

    def complete(self, result: dict[str, Any], arguments: dict[str, Any]) -> None:
        """Take out the consumed capacity if nobody asked for it; moto answers it in any case."""
        if arguments.get("ReturnConsumedCapacity", "NONE") == "NONE":
            result.pop("ConsumedCapacity", None)


class DynamoDbAction(DynamoDbCall):
    """One action, with the rules for keys, values and expressions that AWS enforces and moto does not."""

    def __init__(self, client: BaseClient, action: str, dialect: Dialect) -> None:
        super().__init__(client, action, dialect)
        self._keys: dict[str, TableKeys] = {}

    def prepare(self, arguments: dict[str, Any], request: TaskRequest) -> None:
        """Refuse items, keys and expressions as DynamoDB does, and write numbers as it stores them.

        Raises:
            ApiError: ValidationException.
        """
        del request
        table = arguments["TableName"]
        if not _TABLE_NAME.fullmatch(table):
            raise validation_error(
                f"1 validation error detected: Value '{table}' at 'tableName' failed to satisfy constraint: "
                "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
            )
        check_expressions(arguments)
        for name in ("Item", "Key", "ExpressionAttributeValues"):
            check_attributes(arguments.get(name, {}).values())
        updates = arguments.get("AttributeUpdates", {}).values()
        check_attributes(update["Value"] for update in updates if "Value" in update)
        keys = self._keys.get(table) or read_table_keys(self.client, table)
        if keys is None:
            return  # the call itself will say that there is no such table
        self._keys[table] = keys
        if "Item" in arguments:
            check_item(arguments["Item"], keys)
        if "Key" in arguments:
            check_key(arguments["Key"], keys)
