"""The file gate's table, from the definition that the simulator uses too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb

from userlog.definitions import definition
from userlog.storage.audit_table import BILLING, keys_of

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from userlog.stage import Stage


def file_gate_table(scope: Construct, construct_id: str, *, stage: Stage, key: kms.IKey) -> dynamodb.Table:
    """Return the table of file_gate.json.

    It holds nothing that outlives a run: a file that waits asks again within minutes, also if the table is another. So
    it goes with the stack, and has no backups.
    """
    table_definition = definition("file_gate.json")
    partition_key, sort_key = keys_of(table_definition)
    return dynamodb.Table(
        scope,
        construct_id,
        table_name=stage.name_of("FileGateTable"),
        partition_key=partition_key,
        sort_key=sort_key,
        billing_mode=BILLING[table_definition["BillingMode"]],
        encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
        encryption_key=key,
        removal_policy=RemovalPolicy.DESTROY,
    )
