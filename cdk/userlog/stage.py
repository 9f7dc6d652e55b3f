"""Differences between dev and prod, and the options of `-c name=value`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from aws_cdk import RemovalPolicy
from aws_cdk.aws_logs import RetentionDays

from userlog.definitions import definition, distributed_map

if TYPE_CHECKING:
    from constructs import Node

StageName = Literal["dev", "prod"]
REGION = "ap-northeast-1"
AVAILABILITY_ZONES = (f"{REGION}a", f"{REGION}c")
MAX_NAT_GATEWAYS = len(AVAILABILITY_ZONES)

_PRINCIPAL_ARN = re.compile(r"arn:aws:iam::\d{12}:(?:root|(?:user|role)/[\w+=,.@/-]+)", re.ASCII)
_OPERATOR_POLICY = re.compile(r"look|act")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class StageError(ValueError):
    """A value given with `-c` is not possible; the text says which values are."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One deployment of the system.

    Args:
        name: `prod` has the design document's names and keeps its data; `dev` has `-dev` after each name (both can
            share an account), and leaves nothing behind when it is destroyed.
        nat_gateways: 2 as the design document has it; 1; or 0, since nothing in the pipeline needs one.
        uploader_principal_arn: the external system's user or role: it may put into the input bucket, and nothing else.
        reserved_concurrency: for `user-log-processor`; a new account (limit 10) refuses any reservation.
        alarm_email: the address that alarms go to.
        operator_policy: whether the stack has a policy for operators: `look`, or `act` (redrive, stop and upload, too).
    """

    name: StageName = "prod"
    nat_gateways: int = MAX_NAT_GATEWAYS
    uploader_principal_arn: str | None = None
    reserved_concurrency: int | None = None
    alarm_email: str | None = None
    operator_policy: str | None = None

    @classmethod
    def from_context(cls, node: Node) -> Stage:
        """Read the options that are given with `-c`.

        Raises:
            StageError: one of them has a value that is not possible.
        """
        name = _text(node, "stage") or "prod"
        if name not in get_args(StageName):
            raise StageError(f"-c stage={name}: the stages are {' and '.join(get_args(StageName))}.")
        nat_gateways = _number(node, "natGateways", least=0, most=MAX_NAT_GATEWAYS)
        return cls(
            name=cast("StageName", name),
            nat_gateways=MAX_NAT_GATEWAYS if nat_gateways is None else nat_gateways,
            uploader_principal_arn=_matching(
                node, "uploaderPrincipalArn", _PRINCIPAL_ARN, "like arn:aws:iam::123456789012:role/uploader"
            ),
            reserved_concurrency=_number(
                node, "reservedConcurrency", least=distributed_map()["MaxConcurrency"], most=1000
            ),
            alarm_email=_matching(node, "alarmEmail", _EMAIL, "an email address"),
            operator_policy=_matching(node, "operatorPolicy", _OPERATOR_POLICY, "look or act"),
        )

    @property
    def keeps_data(self) -> bool:
        """Whether what holds data stays when the stack goes."""
        return self.name == "prod"

    @property
    def removal_policy(self) -> RemovalPolicy:
        """Whether a bucket, a table or a key is kept when it leaves the stack."""
        return RemovalPolicy.RETAIN if self.keeps_data else RemovalPolicy.DESTROY

    @property
    def log_retention(self) -> RetentionDays:
        """How long logs are kept: in prod as long as the audit trail."""
        return RetentionDays.SIX_MONTHS if self.keeps_data else RetentionDays.TWO_WEEKS

    @property
    def deletion_protection(self) -> bool:
        """Whether AWS refuses to delete the table and the cluster."""
        return self.keeps_data

    def suffixed(self, name: str) -> str:
        """Return a resource's name in this stage: the design document's own in prod, with `-dev` in dev."""
        return f"{name}{definition('resources.json')['stageSuffix'][self.name]}"

    def alarm_name(self, rule: str) -> str:
        """Return the name in this stage of the alarm that an AlarmRule describes."""
        return f"{self.name_of('Alarms')}-{rule}"

    def name_of(self, resource: str) -> str:
        """Return the name in this stage of a resource of resources.json, such as `InputBucket`.

        Raises:
            KeyError: resources.json has no such resource.
        """
        return self.suffixed(definition("resources.json")["names"][resource])


def _text(node: Node, key: str) -> str | None:
    value: Any = node.try_get_context(key)
    return None if value is None else str(value).strip() or None


def _number(node: Node, key: str, *, least: int, most: int) -> int | None:
    text = _text(node, key)
    if text is None:
        return None
    # jsii hands a number of cdk.json over as a float.
    digits = text.removesuffix(".0")
    if not re.fullmatch(r"[0-9]{1,6}", digits) or not least <= int(digits) <= most:
        raise StageError(f"-c {key}={text}: it must be a whole number from {least} to {most}.")
    return int(digits)


def _matching(node: Node, key: str, pattern: re.Pattern[str], what: str) -> str | None:
    text = _text(node, key)
    if text is not None and not pattern.fullmatch(text):
        raise StageError(f"-c {key}={text}: it must be {what}.")
    return text
