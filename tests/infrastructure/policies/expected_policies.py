"""Every right in the stack, written out a second time: what is not in here must not be in the template.

Written from the design document, from what the definitions and the functions call, and from AWS's pages; `*` stands
only where AWS knows nothing narrower, with the reason beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

from tests.infrastructure.policies.grants import MANAGED, Grant, condition

ACCOUNT = "123456789012"
HERE = f"ap-northeast-1:{ACCOUNT}"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
INPUT = f"arn:aws:s3:::user-log-input-{ACCOUNT}-ap-northeast-1"
OUTPUT = f"arn:aws:s3:::user-log-output-{ACCOUNT}-ap-northeast-1"
ACCESS_LOGS = f"arn:aws:s3:::user-log-access-logs-{ACCOUNT}-ap-northeast-1"
TABLE = f"arn:aws:dynamodb:{HERE}:table/ProcessingLogs"
DATA_KEY = f"arn:aws:kms:{HERE}:key/StorageDataKey"
FUNCTION = f"arn:aws:lambda:{HERE}:function:"
VALIDATOR, PROCESSOR, MIGRATOR = "user-log-csv-validator", "user-log-processor", "user-log-schema-migrator"
READER = "user-log-user-reader"
REPORTER, FILE_GATE = "user-log-reporter", "user-log-file-gate"
STATES = f"arn:aws:states:{HERE}"
WORKFLOW = f"{STATES}:stateMachine:csv-user-log-processor"
DISPATCHER = f"{STATES}:stateMachine:csv-user-log-dispatcher"
RULE = f"arn:aws:events:{HERE}:rule/s3-csv-upload-rule"
DEAD_LETTERS = f"arn:aws:sqs:{HERE}:s3-csv-upload-rule-dlq"
FAILURES = f"arn:aws:sqs:{HERE}:user-log-dispatcher-failures"
UNREPORTED = f"arn:aws:sqs:{HERE}:user-log-report-failures"
NOT_LET_IN = f"arn:aws:sqs:{HERE}:user-log-file-gate-failures"
GATE_RULE = f"arn:aws:events:{HERE}:rule/user-log-file-gate-rule"
GATE_TABLE = f"arn:aws:dynamodb:{HERE}:table/FileGate"
REPORT_RULE = f"arn:aws:events:{HERE}:rule/user-log-report-rule"
TOPIC = f"arn:aws:sns:{HERE}:user-log-alarms"
FILE_TOPIC = f"arn:aws:sns:{HERE}:user-log-files"
CLUSTER = f"arn:aws:rds:{HERE}:cluster:user-log"
SECRET = "<secret of user-log>"
OURS = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
NO_TLS = {"Bool": {"aws:SecureTransport": "false"}}
OLD_TLS = {"NumericLessThan": {"s3:TlsVersion": 1.2}}
# Network interfaces: Lambda takes a role only if it may make them anywhere; the function's own code is refused it.
INTERFACES = (
    "ec2:AssignPrivateIpAddresses ec2:CreateNetworkInterface ec2:DeleteNetworkInterface ec2:DescribeNetworkInterfaces "
    "ec2:DescribeSubnets ec2:UnassignPrivateIpAddresses"
)
# CloudWatch Logs' delivery API knows no resources: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
DELIVERY = (
    "logs:CreateLogDelivery logs:DeleteLogDelivery logs:DescribeLogGroups logs:DescribeResourcePolicies "
    "logs:GetLogDelivery logs:ListLogDeliveries logs:PutResourcePolicy logs:UpdateLogDelivery"
)
# An alias needs a right on its key too: https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html
KEY_ADMINISTRATION = (
    "kms:CancelKeyDeletion kms:CreateAlias kms:DeleteAlias kms:Describe* kms:Disable* kms:Enable* kms:Get* kms:List* "
    "kms:Put* kms:RevokeGrant kms:RotateKeyOnDemand kms:ScheduleKeyDeletion kms:TagResource kms:UntagResource "
    "kms:Update*"
)
KEY_USE = (
    "kms:Decrypt kms:Encrypt kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext kms:ReEncryptFrom kms:ReEncryptTo"
)
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
# Of the calls at deploy: one for all of them.
DEPLOY_CALLS = "DeployCallsRole"
EMPTIES_DEFAULT_GROUP = "CustomVpcRestrictDefaultSGCustomResourceProviderRole"
CALLS_MIGRATOR = "AWSCDKTriggerCustomResourceProviderCustomResourceProviderRole"


def allow(
    actions: str, *resources: str, when: Mapping[str, Any] | None = None, to: str = "", effect: str = "Allow"
) -> set[Grant]:
    """Return the grants of one statement; `actions` are separated by blanks."""
    text = condition(dict(when) if when else None)
    return {Grant(effect, to, action, resource, text) for action, resource in product(actions.split(), resources)}


def deny(actions: str, *resources: str, when: Mapping[str, Any], to: str = "") -> set[Grant]:
    """Return the grants of one statement that refuses."""
    return allow(actions, *resources, when=when, to=to, effect="Deny")


def taken_by(service: str, when: Mapping[str, Any] | None = None) -> set[Grant]:
    """Return the trust of a role that one AWS service may take."""
    return allow("sts:AssumeRole", "", when=when, to=f"{service}.amazonaws.com")


def through(service: str) -> dict[str, Any]:
    """Return the condition that a key is used by way of one AWS service."""
    return {"StringEquals": {"kms:ViaService": f"{service}.ap-northeast-1.amazonaws.com"}}


def of_bucket(bucket: str) -> dict[str, Any]:
    """Return the condition that a key is used for what lies in one bucket."""
    return {**through("s3"), "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/*"]}}


def function(name: str, *, in_network: bool = True) -> set[Grant]:
    """Return what every function needs: interfaces, its own log group, traces (X-Ray knows no resources)."""
    inside = {"ArnEquals": {"lambda:SourceFunctionArn": f"{FUNCTION}{name}"}}
    return (
        (allow(INTERFACES, "*") | deny(INTERFACES, "*", when=inside) if in_network else set())
        | allow("logs:CreateLogStream logs:PutLogEvents", f"arn:aws:logs:{HERE}:log-group:/aws/lambda/{name}:*")
        | allow("xray:PutTelemetryRecords xray:PutTraceSegments", "*")
    )


HANDED_TO_LOGS = {"StringEquals": {"kms:EncryptionContext:SourceArn": f"arn:aws:logs:{HERE}:*"}}


def kept_by(*machines: str) -> dict[str, Any]:
    """Return the condition that a key is used for what machines keep of their executions, a map's children too."""
    arns = [f"{machine}{children}" for machine in machines for children in ("", "/*")]
    return {"StringLike": {"kms:EncryptionContext:aws:states:stateMachineArn": arns}}


def machine(arn: str) -> set[Grant]:
    """Return what every state machine needs: log delivery, traces, and the key of its history."""
    traces = "xray:GetSamplingRules xray:GetSamplingTargets xray:PutTelemetryRecords xray:PutTraceSegments"
    return (
        allow(DELIVERY, "*")
        | allow(traces, "*")
        | allow("kms:Decrypt kms:GenerateDataKey", DATA_KEY, when=kept_by(arn))
        | allow("kms:GenerateDataKey", DATA_KEY, when=HANDED_TO_LOGS)
    )


def login(user: str) -> set[Grant]:
    """Return the right to log in to the database as one user."""
    return allow("rds-db:connect", f"arn:aws:rds-db:{HERE}:dbuser:<resource id of user-log>/{user}")


def tls_only(bucket: str) -> set[Grant]:
    """Return a bucket's refusal of plain HTTP and of old TLS."""
    return deny("s3:*", bucket, f"{bucket}/*", when=NO_TLS, to="*") | deny(
        "s3:*", bucket, f"{bucket}/*", when=OLD_TLS, to="*"
    )


def only_our_key(bucket: str) -> set[Grant]:
    """Return a bucket's refusal of objects under another key; a request that says nothing gets the bucket's own."""
    header = "s3:x-amz-server-side-encryption"
    return (
        deny(
            "s3:PutObject",
            f"{bucket}/*",
            when={"Null": {header: "false"}, "StringNotEquals": {header: "aws:kms"}},
            to="*",
        )
        | deny(
            "s3:PutObject",
            f"{bucket}/*",
            when={
                "Null": {f"{header}-aws-kms-key-id": "false"},
                "StringNotEquals": {f"{header}-aws-kms-key-id": DATA_KEY},
            },
            to="*",
        )
        | deny("s3:PutObject", f"{bucket}/*", when={"Null": {f"{header}-customer-algorithm": "false"}}, to="*")
    )


def only_for(role: str) -> dict[str, Any]:
    """Return the condition by which an endpoint's policy names a role: it takes no principal but `*`."""
    return {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/{role}"}}


def access_log(bucket: str, prefix: str) -> set[Grant]:
    """Return S3's right to write one bucket's access log."""
    when = {"ArnLike": {"aws:SourceArn": bucket}, **OURS}
    return allow("s3:PutObject", f"{ACCESS_LOGS}/{prefix}/*", when=when, to="logging.s3.amazonaws.com")


MACHINES = {**OURS, "ArnLike": {"aws:SourceArn": f"{STATES}:stateMachine:*"}}
LOG_GROUPS = [
    f"arn:aws:logs:{HERE}:log-group:{group}"
    for group in ("/aws/lambda/*", "/aws/rds/cluster/*", "/aws/vendedlogs/states/*")
]

EXPECTED: dict[str, set[Grant]] = {
    # The functions.
    "FunctionsValidatorRole": function(VALIDATOR)
    # A named version is read with GetObjectVersion: GetObject would not do.
    | allow("s3:GetObjectVersion", f"{INPUT}/*")
    | allow("kms:Decrypt", DATA_KEY, when=of_bucket(INPUT)),
    "FunctionsProcessorRole": function(PROCESSOR)
    | login("user_log_processor")
    | allow("dynamodb:BatchWriteItem dynamodb:PutItem", TABLE)
    | allow("kms:Decrypt kms:DescribeKey", DATA_KEY, when=through("dynamodb")),
    "FunctionsMigratorRole": function(MIGRATOR)
    | login("user_log_migrator")
    | allow("s3:GetObject", f"{OUTPUT}/users/*")
    | allow("kms:Decrypt", DATA_KEY, when=of_bucket(OUTPUT)),
    "FunctionsReaderRole": function(READER) | login("user_log_reader"),
    # In no network: no interfaces. ListBucket makes a missing object NoSuchKey instead of AccessDenied.
    "FunctionsReporterRole": function(REPORTER, in_network=False)
    | allow("s3:GetObjectVersion", f"{INPUT}/*")
    | allow("kms:Decrypt", DATA_KEY, when=of_bucket(INPUT))
    | allow("s3:GetObject", f"{OUTPUT}/results/*")
    | allow("s3:ListBucket", OUTPUT)
    | allow("s3:AbortMultipartUpload s3:PutObject", f"{OUTPUT}/reports/*")
    | allow("kms:Decrypt kms:GenerateDataKey", DATA_KEY, when=of_bucket(OUTPUT))
    | allow("dynamodb:Query", TABLE)
    | allow("kms:Decrypt kms:DescribeKey", DATA_KEY, when=through("dynamodb"))
    | allow("states:DescribeExecution states:ListMapRuns", f"{STATES}:execution:csv-user-log-processor:*")
    | allow("states:DescribeMapRun", f"{STATES}:mapRun:csv-user-log-processor/*:*")
    | allow("kms:Decrypt", DATA_KEY, when=kept_by(WORKFLOW))
    | allow("sns:Publish", FILE_TOPIC)
    | allow("kms:Decrypt kms:GenerateDataKey", DATA_KEY, when=through("sns"))
    | allow("sqs:SendMessage", UNREPORTED),
    # In no network either: Step Functions has no endpoint there.
    "FunctionsFileGateRole": function(FILE_GATE, in_network=False)
    | allow("dynamodb:DeleteItem dynamodb:Query dynamodb:UpdateItem", GATE_TABLE)
    | allow("kms:Decrypt kms:DescribeKey", DATA_KEY, when=through("dynamodb"))
    | allow("states:DescribeExecution states:ListMapRuns", f"{STATES}:execution:csv-user-log-processor:*")
    | allow("states:SendTaskSuccess", WORKFLOW)
    | allow("kms:Decrypt kms:GenerateDataKey", DATA_KEY, when=kept_by(WORKFLOW))
    | allow("sqs:SendMessage", NOT_LET_IN),
    # The machines.
    "WorkflowWorkflowRole": machine(WORKFLOW)
    | allow("lambda:InvokeFunction", *(f"{FUNCTION}{name}:live" for name in (VALIDATOR, PROCESSOR, FILE_GATE)))
    | allow("states:StartExecution", WORKFLOW)
    | allow("states:DescribeExecution states:StopExecution", f"{STATES}:execution:csv-user-log-processor:*")
    | allow("states:RedriveExecution", f"{STATES}:execution:csv-user-log-processor/*:*")
    | allow("s3:GetObjectVersion", f"{INPUT}/*")
    | allow(
        "s3:AbortMultipartUpload s3:GetObject s3:ListMultipartUploadParts s3:PutObject",
        f"{OUTPUT}/results/*",
    )
    | allow("s3:PutObject", f"{OUTPUT}/rejected/*")
    | allow("dynamodb:PutItem", TABLE)
    | allow("kms:Decrypt", DATA_KEY, when=of_bucket(INPUT))
    | allow("kms:Decrypt kms:GenerateDataKey", DATA_KEY, when=of_bucket(OUTPUT))
    | allow("kms:Decrypt kms:DescribeKey", DATA_KEY, when=through("dynamodb")),
    "WorkflowDispatcherRole": machine(DISPATCHER)
    | allow("states:StartExecution", WORKFLOW)
    | allow("sqs:SendMessage", FAILURES),
    "WorkflowRuleRole": allow("states:StartExecution", DISPATCHER),
    # What runs at deploy, or without our doing.
    "NetworkFlowLogsRole": allow(
        "logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents",
        f"arn:aws:logs:{HERE}:log-group:/aws/vpc/user-log:*",
    ),
    DEPLOY_CALLS: allow("ec2:DescribeManagedPrefixLists", "*")  # ec2:Describe* knows no resources
    | allow("rds-data:ExecuteStatement", CLUSTER)
    | allow("secretsmanager:GetSecretValue", SECRET)
    | allow(
        "kms:Decrypt",
        DATA_KEY,
        when={
            "StringEquals": {
                "kms:ViaService": "secretsmanager.ap-northeast-1.amazonaws.com",
                "kms:EncryptionContext:SecretARN": SECRET,
            }
        },
    )
    | allow("logs:CreateLogStream logs:PutLogEvents", f"arn:aws:logs:{HERE}:log-group:DeployCallsLogs:*"),
    EMPTIES_DEFAULT_GROUP: allow(
        "ec2:AuthorizeSecurityGroupEgress ec2:AuthorizeSecurityGroupIngress ec2:RevokeSecurityGroupEgress "
        "ec2:RevokeSecurityGroupIngress",
        f"arn:aws:ec2:{HERE}:security-group/<NetworkVpc.DefaultSecurityGroup>",
    )
    | {Grant("Allow", "", MANAGED, BASIC, "")},
    CALLS_MIGRATOR: allow("lambda:InvokeFunction", f"{FUNCTION}{MIGRATOR}:*")
    | {Grant("Allow", "", MANAGED, BASIC, "")},
    # Who may take the roles.
    "trust of FunctionsValidatorRole": taken_by("lambda"),
    "trust of FunctionsProcessorRole": taken_by("lambda"),
    "trust of FunctionsMigratorRole": taken_by("lambda"),
    "trust of FunctionsReaderRole": taken_by("lambda"),
    "trust of FunctionsReporterRole": taken_by("lambda"),
    "trust of FunctionsFileGateRole": taken_by("lambda"),
    "trust of WorkflowWorkflowRole": taken_by("states", MACHINES),
    "trust of WorkflowDispatcherRole": taken_by("states", MACHINES),
    "trust of WorkflowRuleRole": taken_by("events", OURS),
    "trust of NetworkFlowLogsRole": taken_by("vpc-flow-logs", OURS),
    f"trust of {DEPLOY_CALLS}": taken_by("lambda"),
    f"trust of {EMPTIES_DEFAULT_GROUP}": taken_by("lambda"),
    f"trust of {CALLS_MIGRATOR}": taken_by("lambda"),
    # The keys; in a key's policy, "*" is the key.
    "StorageDataKey": allow(KEY_ADMINISTRATION, "*", to=ROOT)
    | allow(
        KEY_USE,
        "*",
        to=ROOT,
        when={
            "StringEquals": {
                "kms:ViaService": [
                    f"{service}.ap-northeast-1.amazonaws.com"
                    for service in ("dynamodb", "rds", "s3", "secretsmanager", "sns")
                ]
            }
        },
    )
    | allow("kms:Decrypt kms:GenerateDataKey", "*", to=ROOT, when=kept_by(WORKFLOW, DISPATCHER))
    | allow("kms:Decrypt kms:GenerateDataKey", "*", to=ROOT, when=HANDED_TO_LOGS)
    | allow("kms:Decrypt kms:GenerateDataKey", "*", to="delivery.logs.amazonaws.com", when=HANDED_TO_LOGS)
    | allow("kms:CreateGrant", "*", to=ROOT, when={"Bool": {"kms:GrantIsForAWSResource": True}})
    | allow(
        f"{KEY_USE} kms:DescribeKey",
        "*",
        to="logs.ap-northeast-1.amazonaws.com",
        when={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": LOG_GROUPS}},
    ),
    "MonitoringAlarmsKey": allow("kms:*", "*", to=ROOT)
    | allow("kms:Decrypt kms:GenerateDataKey*", "*", to="cloudwatch.amazonaws.com", when=OURS)
    | allow("kms:Decrypt kms:GenerateDataKey*", "*", to="events.rds.amazonaws.com", when=OURS),
    # What lets through what.
    "NetworkVpcS3Endpoint": allow("s3:GetObjectVersion", f"{INPUT}/*", to="*", when=only_for("FunctionsValidatorRole"))
    | allow("s3:GetObject", f"{OUTPUT}/users/*", to="*", when=only_for("FunctionsMigratorRole")),
    "NetworkVpcDynamoDbEndpoint": allow(
        "dynamodb:BatchWriteItem dynamodb:PutItem", TABLE, to="*", when=only_for("FunctionsProcessorRole")
    ),
    "StorageInputPolicy": tls_only(INPUT) | only_our_key(INPUT),
    "StorageOutputPolicy": tls_only(OUTPUT) | only_our_key(OUTPUT),
    "StorageAccessLogsPolicy": tls_only(ACCESS_LOGS) | access_log(INPUT, "input") | access_log(OUTPUT, "output"),
    "WorkflowRuleDeadLetterQueuePolicy": deny("sqs:*", DEAD_LETTERS, when=NO_TLS, to="*")
    | allow("sqs:SendMessage", DEAD_LETTERS, when={"ArnEquals": {"aws:SourceArn": RULE}}, to="events.amazonaws.com"),
    "WorkflowDispatcherFailuresQueuePolicy": deny("sqs:*", FAILURES, when=NO_TLS, to="*"),
    "FunctionsReportFailuresQueuePolicy": deny("sqs:*", UNREPORTED, when=NO_TLS, to="*")
    | allow(
        "sqs:SendMessage", UNREPORTED, when={"ArnEquals": {"aws:SourceArn": REPORT_RULE}}, to="events.amazonaws.com"
    ),
    "FunctionsFileGateFailuresQueuePolicy": deny("sqs:*", NOT_LET_IN, when=NO_TLS, to="*")
    | allow("sqs:SendMessage", NOT_LET_IN, when={"ArnEquals": {"aws:SourceArn": GATE_RULE}}, to="events.amazonaws.com"),
    "MonitoringAlarmsPolicy": deny("sns:Publish", TOPIC, when=NO_TLS, to="*")
    | allow("sns:Publish", TOPIC, when=OURS, to="cloudwatch.amazonaws.com")
    | allow("sns:Publish", TOPIC, when=OURS, to="events.rds.amazonaws.com"),
    "FileTopicPolicy": deny("sns:Publish", FILE_TOPIC, when=NO_TLS, to="*"),
}


def uploader(principal: str) -> dict[str, set[Grant]]:
    """Return what the option uploaderPrincipalArn adds: to put, also in parts, and to read reports; and the key.

    Decrypt for uploads: S3 reads the parts when it puts them together.
    """
    return {
        "StorageInputPolicy": allow(
            "s3:AbortMultipartUpload s3:ListMultipartUploadParts s3:PutObject", f"{INPUT}/*", to=principal
        ),
        "StorageDataKey": allow("kms:Decrypt kms:GenerateDataKey", "*", to=principal, when=of_bucket(INPUT))
        | allow("kms:Decrypt", "*", to=principal, when=of_bucket(OUTPUT)),
        "StorageOutputPolicy": allow("s3:GetObject", f"{OUTPUT}/rejected/*", f"{OUTPUT}/reports/*", to=principal)
        | allow("s3:ListBucket", OUTPUT, to=principal, when={"StringLike": {"s3:prefix": ["rejected/*", "reports/*"]}}),
    }


UPLOAD_WATCH: dict[str, set[Grant]] = {
    "MonitoringUploadWatchRole": allow(
        "cloudwatch:PutMetricData",
        "*",
        when={"StringEquals": {"cloudwatch:namespace": "UserLog/csv-user-log-processor"}},
    ),
    "trust of MonitoringUploadWatchRole": taken_by("scheduler", OURS),
}
"""What the option uploadExpectedBy adds."""
