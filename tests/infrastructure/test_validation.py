"""What others say of the template: CDK's strict validator, cdk-nag's AwsSolutions pack, cfn-lint."""

from __future__ import annotations

import json
import shutil

import pytest
from cfnlint.api import lint  # type: ignore[import-untyped]
from cfnlint.config import ManualArgs  # type: ignore[import-untyped]

from tests.infrastructure.template.synthesis import Assembly, assembled, load_cdk, make_app

VALIDATORS = {"AwsSolutions", "CloudFormation Validate"}
# W3010: the design document names the zones. W3005: CDK names dependencies that a reference implies.
ACCEPTED = ["W3005", "W3010"]


@pytest.fixture(params=["assembly", "dev_assembly", "optional_assembly"])
def each_assembly(request: pytest.FixtureRequest) -> Assembly:
    """Every variant in turn."""
    found: Assembly = request.getfixturevalue(request.param)
    return found


def test_no_validator_finds_anything(each_assembly: Assembly) -> None:
    """Neither errors nor warnings beside those that are acknowledged."""
    assert each_assembly.refusal == ""
    findings = [
        (report["pluginName"], violation["ruleName"], violation["description"])
        for report in each_assembly.report
        for violation in report.get("violations", [])
    ]
    assert findings == []
    assert {report["pluginName"] for report in each_assembly.report} >= VALIDATORS


def test_every_accepted_finding_has_a_reason(each_assembly: Assembly) -> None:
    """In words, each at its place."""
    accepted = [violation for report in each_assembly.report for violation in report.get("suppressedViolations", [])]
    assert accepted
    for violation in accepted:
        assert len(violation["reason"].split()) >= 4, violation["ruleName"]


def test_nothing_is_accepted_for_the_whole_stack(each_assembly: Assembly) -> None:
    """A reason belongs to a construct: one for all would hide the next fault."""
    for report in each_assembly.report:
        for violation in report.get("suppressedViolations", []):
            assert "/" in violation["acknowledgedAt"], violation["ruleName"]


@pytest.mark.slow
def test_the_validators_are_on() -> None:
    """A property that does not exist, and a queue without TLS: each is refused."""
    app = make_app("dev")
    load_cdk()
    from aws_cdk import aws_sqs as sqs  # noqa: PLC0415 - starts Node, which load_cdk chooses

    stack = app.node.find_child("UserLogPipeline-dev")
    stack.storage.input_bucket.node.default_child.add_property_override("Bogus", value=True)
    sqs.Queue(stack, "Bare")
    faulty = assembled(app)
    found = {
        (report["pluginName"], violation["ruleName"])
        for report in faulty.report
        for violation in report.get("violations", [])
    }
    shutil.rmtree(faulty.folder)
    assert faulty.refusal
    assert ("AwsSolutions", "AwsSolutions-SQS4") in found
    assert any(plugin == "CloudFormation Validate" for plugin, _ in found)


@pytest.mark.parametrize("variant", ["assembly", pytest.param("dev_assembly", marks=pytest.mark.slow)])
def test_cfn_lint_finds_nothing(request: pytest.FixtureRequest, variant: str) -> None:
    """Offline, for the region of the design document."""
    findings = lint(
        request.getfixturevalue(variant).template_file.read_text(encoding="utf-8"),
        config=ManualArgs(regions=["ap-northeast-1"], ignore_checks=ACCEPTED),
    )
    assert [f"{finding.rule.id} {finding.message}" for finding in findings] == []


def test_cfn_lint_is_on() -> None:
    """It finds a bucket without a legal name."""
    template = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": ["a"]}}}}
    assert lint(json.dumps(template), config=ManualArgs(regions=["ap-northeast-1"], ignore_checks=ACCEPTED))
