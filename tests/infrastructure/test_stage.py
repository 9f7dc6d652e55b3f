"""What `-c name=value` may say, and what it means."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.infrastructure.template.synthesis import load_cdk

load_cdk()

from userlog.stage import Stage, StageError  # noqa: E402 - made importable above


def read(**options: object) -> Any:
    """Return the stage that these options give."""
    node: Any = SimpleNamespace(try_get_context=options.get)
    return Stage.from_context(node)


def test_without_options_it_is_the_design_documents_system() -> None:
    """Its names, its two NAT gateways; nobody uploads, nothing is reserved."""
    stage = read()
    assert (stage.name, stage.nat_gateways, stage.suffixed("ProcessingLogs")) == ("prod", 2, "ProcessingLogs")
    assert (stage.uploader_principal_arn, stage.reserved_concurrency, stage.alarm_email) == (None, None, None)
    assert stage.deletion_protection


def test_dev_has_names_of_its_own_and_leaves_nothing_behind() -> None:
    """So that both can share an account."""
    stage = read(stage="dev")
    assert stage.suffixed("ProcessingLogs") == "ProcessingLogs-dev"
    assert not stage.deletion_protection
    assert stage.removal_policy.name == "DESTROY"


@pytest.mark.parametrize("value", ["0", 0, 0.0, " 0 "])
def test_a_number_may_come_from_the_terminal_or_from_a_file(value: object) -> None:
    """`-c` gives text; cdk.json a number, which jsii makes a float."""
    assert read(natGateways=value).nat_gateways == 0


def test_an_option_given_empty_is_one_not_given() -> None:
    """`-c uploaderPrincipalArn=$NOT_SET` in a shell."""
    assert read(uploaderPrincipalArn="", natGateways="") == read()


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("stage", "staging", "the stages are dev and prod"),
        ("natGateways", "3", "from 0 to 2"),
        ("natGateways", "-1", "from 0 to 2"),
        ("natGateways", "1.5", "from 0 to 2"),
        ("natGateways", "٢", "from 0 to 2"),
        ("reservedConcurrency", "4", "from 5 to 1000"),
        ("uploaderPrincipalArn", "*", "arn:aws:iam::123456789012:role/uploader"),
        ("uploaderPrincipalArn", "arn:aws:iam::123456789012:role/*", "arn:aws:iam::123456789012:role/uploader"),
        ("uploaderPrincipalArn", "arn:aws:s3:::bucket", "arn:aws:iam::123456789012:role/uploader"),
        ("alarmEmail", "nobody", "an email address"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_what_can(option: str, value: str, says: str) -> None:
    """The option, its value, and what it may be."""
    with pytest.raises(StageError) as refusal:
        read(**{option: value})
    assert str(refusal.value).startswith(f"-c {option}={value}: ")
    assert says in str(refusal.value)
