"""The rule that is deployed, with names put in."""

from __future__ import annotations

from pathlib import Path

from simulator.aws.eventbridge.rule import Rule, parse_rule

FILE = Path(__file__).parents[3] / "cdk" / "definitions" / "upload_rule.json"
BUCKET = "user-log-input-123456789012"
DISPATCHER = "arn:aws:states:ap-northeast-1:123456789012:stateMachine:csv-user-log-dispatcher"
QUEUE = "arn:aws:sqs:ap-northeast-1:123456789012:csv-user-log-rule-dead-letters"
NAMES = {
    "UploadRuleName": "s3-csv-upload-rule",
    "InputBucketName": BUCKET,
    "DispatcherArn": DISPATCHER,
    "RuleRoleArn": "arn:aws:iam::123456789012:role/csv-user-log-rule",
    "RuleDeadLetterQueueArn": QUEUE,
}


def upload_rule_text() -> str:
    """Return the file's text with its names put in."""
    text = FILE.read_text(encoding="utf-8")
    for name, value in NAMES.items():
        text = text.replace(f"${{{name}}}", value)
    return text


def upload_rule() -> Rule:
    """Return the rule."""
    return parse_rule(upload_rule_text(), "upload_rule.json")
