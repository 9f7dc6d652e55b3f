"""What other services ask for: rules and their targets, encrypted logs, alarms, flow logs, access logs."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from simulator.aws.iam.needs.need import Need, needs_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.aws.iam.template.deployment import Asker, Deployment

_KEY_USE = "kms:Encrypt kms:Decrypt kms:ReEncryptFrom kms:ReEncryptTo kms:GenerateDataKey kms:DescribeKey"
_ACTIONS = {"states": "states:StartExecution", "lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage"}


def delivery_needs(deployment: Deployment) -> Iterator[Need]:
    """Return what the services need that deliver events, logs and messages."""
    yield from _rules(deployment)
    yield from _log_groups(deployment)
    yield from _flow_logs(deployment)
    yield from _access_logs(deployment)
    yield from _notifications(deployment)


def _rules(deployment: Deployment) -> Iterator[Need]:
    """https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html and eb-use-identity-based."""
    resolver = deployment.resolver
    for logical_id, rule in resolver.of_type("AWS::Events::Rule").items():
        name, source = resolver.name(logical_id), _source(deployment, resolver.arn(logical_id))
        bus = deployment.service("events.amazonaws.com", **source)
        for target in rule.get("Targets", []):
            if "RoleArn" in target:
                yield from needs_of(bus, "sts:AssumeRole", target["RoleArn"], f"EventBridge runs {name} with it")
            action = _ACTIONS.get(target["Arn"].split(":")[2] if target["Arn"].startswith("arn:") else "")
            asker = deployment.role(target["RoleArn"]) if "RoleArn" in target else bus
            yield from needs_of(asker, action or "", target["Arn"], f"it is a target of the rule {name}")
            queue = target.get("DeadLetterConfig", {}).get("Arn")
            if queue:
                yield from needs_of(bus, "sqs:SendMessage", queue, f"it is the dead-letter queue of the rule {name}")


def _log_groups(deployment: Deployment) -> Iterator[Need]:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html."""
    resolver = deployment.resolver
    for logical_id, group in resolver.of_type("AWS::Logs::LogGroup").items():
        if "KmsKeyId" in group:
            logs = deployment.service(f"logs.{resolver.region}.amazonaws.com")
            context = {"kms:encryptioncontext:aws:logs:arn": resolver.arn(logical_id).removesuffix(":*")}
            why = f"the log group {resolver.name(logical_id)} is encrypted with it"
            yield from needs_of(logs, _KEY_USE, group["KmsKeyId"], why, context)


def _flow_logs(deployment: Deployment) -> Iterator[Need]:
    """https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html."""
    resolver = deployment.resolver
    for flow_log in resolver.of_type("AWS::EC2::FlowLog").values():
        role = flow_log.get("DeliverLogsPermissionArn")
        if role is None:
            continue
        service = deployment.service("vpc-flow-logs.amazonaws.com", **{"aws:sourceaccount": resolver.account})
        yield from needs_of(service, "sts:AssumeRole", role, "flow logs are delivered with it")
        group = f"arn:aws:logs:{resolver.region}:{resolver.account}:log-group:{flow_log.get('LogGroupName')}"
        actions = "logs:CreateLogStream logs:PutLogEvents logs:DescribeLogStreams"
        yield from needs_of(deployment.role(role), actions, f"{group}:log-stream:stream", "flow logs are written there")


def _access_logs(deployment: Deployment) -> Iterator[Need]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html."""
    for logical_id, bucket in deployment.resolver.of_type("AWS::S3::Bucket").items():
        logging = bucket.get("LoggingConfiguration")
        if logging:
            service = deployment.service(
                "logging.s3.amazonaws.com", **_source(deployment, deployment.resolver.arn(logical_id))
            )
            objects = f"arn:aws:s3:::{logging['DestinationBucketName']}/{logging.get('LogFilePrefix', '')}log"
            yield from needs_of(
                service, "s3:PutObject", objects, f"requests to {bucket['BucketName']} are logged there"
            )


def _notifications(deployment: Deployment) -> Iterator[Need]:
    """Messages of alarms and of RDS.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    resolver = deployment.resolver
    topics = {resolver.arn(one): topic for one, topic in resolver.of_type("AWS::SNS::Topic").items()}
    alarms = chain.from_iterable(
        resolver.of_type(kind).items() for kind in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    )
    for logical_id, alarm in alarms:
        asker = deployment.service("cloudwatch.amazonaws.com", **_source(deployment, f"<{logical_id}.Arn>"))
        for topic in (*alarm.get("AlarmActions", []), *alarm.get("OKActions", [])):
            yield from _published(asker, topic, topics, "alarms are told there")
    for logical_id, subscription in resolver.of_type("AWS::RDS::EventSubscription").items():
        asker = deployment.service("events.rds.amazonaws.com", **_source(deployment, f"<{logical_id}.Arn>"))
        yield from _published(asker, subscription["SnsTopicArn"], topics, "failovers are told there")


def _published(asker: Asker, topic: str, topics: Mapping[str, Mapping[str, Any]], why: str) -> Iterator[Need]:
    if topic not in topics:
        return
    yield from needs_of(asker, "sns:Publish", topic, why)
    key = topics[topic].get("KmsMasterKeyId")
    if key:
        yield from needs_of(asker, "kms:GenerateDataKey kms:Decrypt", key, f"{why}, and the topic is encrypted with it")


def _source(deployment: Deployment, arn: str) -> dict[str, str]:
    return {"aws:sourcearn": arn, "aws:sourceaccount": deployment.resolver.account}
