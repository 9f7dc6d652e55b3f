"""The use of a key that a call brings with it, in the name of its caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.aws.iam.call import MULTIPART
from simulator.aws.iam.needs.need import Need, needs_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.aws.iam.template.deployment import Asker, Deployment
    from simulator.aws.iam.template.resolver import Resolver

_READS: Final = ("s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectAttributes")
_ITEMS: Final = ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem")
_ENCRYPTED_MACHINE: Final = ("DescribeExecution", "GetExecutionHistory", "DescribeStateMachineForExecution")


def key_needs(
    deployment: Deployment, asker: Asker, action: str, resource: str, context: Mapping[str, str]
) -> Iterator[Need]:
    """Return the use of a key that follows from a call, by the template's names.

    Args:
        deployment: has the resource.
        asker: who makes the call.
        action: what is asked for.
        resource: on what.
        context: the call's condition keys.
    """
    service, _, operation = action.partition(":")
    if service == "s3":
        yield from _object(deployment, asker, action, resource, context)
    elif service == "dynamodb" and operation in _ITEMS:
        yield from _table(deployment, asker, resource)
    elif service in {"sns", "sqs"} and operation in {"Publish", "SendMessage", "ReceiveMessage"}:
        yield from _message(deployment, asker, service, resource)
    elif service == "states" and operation in _ENCRYPTED_MACHINE:
        yield from _execution(deployment, asker, resource)


def _object(
    deployment: Deployment, asker: Asker, action: str, resource: str, context: Mapping[str, str]
) -> Iterator[Need]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html; mpuAndPermissions.html."""
    bucket_arn = resource.partition("/")[0]
    for logical_id, bucket in deployment.resolver.of_type("AWS::S3::Bucket").items():
        rules = bucket.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
        if deployment.resolver.arn(logical_id) != bucket_arn or not rules:
            continue
        key = rules[0]["ServerSideEncryptionByDefault"].get("KMSMasterKeyID")
        if key is None or rules[0]["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256":
            continue
        given = {
            **_via(deployment.resolver, "s3"),
            "kms:encryptioncontext:aws:s3:arn": bucket_arn if rules[0].get("BucketKeyEnabled") else resource,
        }
        why = f"the objects of {bucket_arn.rpartition(':')[2]} are encrypted with it"
        if action in _READS:
            yield from needs_of(asker, "kms:Decrypt", key, why, given)
        elif action == "s3:PutObject":
            actions = "kms:GenerateDataKey kms:Decrypt" if MULTIPART in context else "kms:GenerateDataKey"
            yield from needs_of(asker, actions, key, why, given)


def _table(deployment: Deployment, asker: Asker, resource: str) -> Iterator[Need]:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html."""
    for logical_id, table in deployment.resolver.of_type("AWS::DynamoDB::Table").items():
        key = table.get("SSESpecification", {}).get("KMSMasterKeyId")
        arn = deployment.resolver.arn(logical_id)
        if key and (resource == arn or resource.startswith(f"{arn}/")):
            why = f"the table {deployment.resolver.name(logical_id)} is encrypted with it"
            yield from needs_of(asker, "kms:Decrypt kms:DescribeKey", key, why, _via(deployment.resolver, "dynamodb"))


def _message(deployment: Deployment, asker: Asker, service: str, resource: str) -> Iterator[Need]:
    """https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html and sqs-key-management.html."""
    kind = {"sns": "AWS::SNS::Topic", "sqs": "AWS::SQS::Queue"}[service]
    for logical_id, found in deployment.resolver.of_type(kind).items():
        key = found.get("KmsMasterKeyId")
        if key and deployment.resolver.arn(logical_id) == resource:
            why = f"the messages of {deployment.resolver.name(logical_id)} are encrypted with it"
            via = _via(deployment.resolver, service)
            yield from needs_of(asker, "kms:GenerateDataKey kms:Decrypt", key, why, via)


def _execution(deployment: Deployment, asker: Asker, resource: str) -> Iterator[Need]:
    """https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html."""
    for logical_id, machine in deployment.resolver.of_type("AWS::StepFunctions::StateMachine").items():
        key = machine.get("EncryptionConfiguration", {}).get("KmsKeyId")
        name = deployment.resolver.name(logical_id)
        if key and f":{name}:" in resource:
            why = f"the executions of {name} are encrypted with it"
            context = {"kms:encryptioncontext:aws:states:statemachinearn": deployment.resolver.arn(logical_id)}
            yield from needs_of(asker, "kms:Decrypt", key, why, context)


def _via(resolver: Resolver, service: str) -> dict[str, str]:
    return {"kms:viaservice": f"{service}.{resolver.region}.amazonaws.com"}
