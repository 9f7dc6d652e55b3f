"""cdk-nag's findings that stand, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Acknowledgment, Validations

if TYPE_CHECKING:
    from constructs import Construct

REASONS: dict[str, str] = {}


def acknowledge_exceptions(scope: Construct) -> None:
    """Acknowledge below `scope` what REASONS names; anything else stays an error."""
    Validations.of(scope).acknowledge(
        *(Acknowledgment(id=f"AwsSolutions::{rule}", reason=reason) for rule, reason in REASONS.items())
    )
