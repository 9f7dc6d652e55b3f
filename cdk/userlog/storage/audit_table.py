"""The audit table, from the definition that the simulator uses too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import aws_dynamodb as dynamodb

from userlog.definitions import definition

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from userlog.stage import Stage

BILLING = {"PAY_PER_REQUEST": dynamodb.BillingMode.PAY_PER_REQUEST, "PROVISIONED": dynamodb.BillingMode.PROVISIONED}


def audit_table(scope: Construct, construct_id: str, *, stage: Stage, key: kms.IKey) -> dynamodb.Table:
    """Return the table of processing_logs.json: keys, indexes, billing, time to live."""
    table_definition: dict[str, Any] = definition("processing_logs.json")
    partition_key, sort_key = keys_of(table_definition)
    table = dynamodb.Table(
        scope,
        construct_id,
        table_name=stage.name_of("ProcessingLogsTable"),
        partition_key=partition_key,
        sort_key=sort_key,
        billing_mode=BILLING[table_definition["BillingMode"]],
        time_to_live_attribute=table_definition["TimeToLiveSpecification"]["AttributeName"],
        encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
        encryption_key=key,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        deletion_protection=stage.options.deletion_protection,
        removal_policy=stage.removal_policy,
    )
    for index in table_definition["GlobalSecondaryIndexes"]:
        partition_key, sort_key = keys_of(table_definition, index)
        table.add_global_secondary_index(
            index_name=index["IndexName"],
            partition_key=partition_key,
            sort_key=sort_key,
            projection_type=dynamodb.ProjectionType[index["Projection"]["ProjectionType"]],
        )
    return table


def keys_of(
    table: dict[str, Any], index: dict[str, Any] | None = None
) -> tuple[dynamodb.Attribute, dynamodb.Attribute]:
    """Return partition key and sort key of a table's definition, or of one of its indexes."""
    types = {entry["AttributeName"]: entry["AttributeType"] for entry in table["AttributeDefinitions"]}
    names = {entry["KeyType"]: entry["AttributeName"] for entry in (index or table)["KeySchema"]}
    kinds = {"S": dynamodb.AttributeType.STRING, "N": dynamodb.AttributeType.NUMBER, "B": dynamodb.AttributeType.BINARY}
    partition, sort = (dynamodb.Attribute(name=names[key], type=kinds[types[names[key]]]) for key in ("HASH", "RANGE"))
    return partition, sort
