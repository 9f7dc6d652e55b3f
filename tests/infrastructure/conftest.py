"""The stack as it is by default, and with options: each synthesized once a session."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.infrastructure.template.resolver import Resolver
from tests.infrastructure.template.synthesis import Assembly, assembled, make_app

UPLOADER = "arn:aws:iam::999999999999:role/external-system"
# Every option with another value than in prod.json, but account and the restored cluster's two, which have their tests.
OPTIONAL: dict[str, Any] = {
    "deletionProtection": True,
    "natGateways": 0,
    "reader": False,
    "minAcu": 1,
    "maxAcu": 8,
    "python": "3.13",
    "mapConcurrency": 8,
    "rowsPerChild": 10,
    "maxFiles": 3,
    "reservedConcurrency": 24,
    "uploaderPrincipalArn": UPLOADER,
    "alarmEmail": "ops@example.com",
    "fileEmail": "sender@example.com",
    "operatorPolicy": "act",
    "uploadExpectedBy": "09:30",
}


def synthesized(stage: str = "prod", **options: object) -> Iterator[Assembly]:
    """Give the assembly, and remove its folder in the end."""
    assembly = assembled(make_app(stage, **options))
    yield assembly
    shutil.rmtree(assembly.folder)


@pytest.fixture(scope="session")
def assembly() -> Iterator[Assembly]:
    """What `cdk synth -c stage=prod` writes."""
    yield from synthesized()


@pytest.fixture(scope="session")
def dev_assembly() -> Iterator[Assembly]:
    """What it writes for the stage dev."""
    yield from synthesized(stage="dev")


@pytest.fixture(scope="session")
def optional_assembly() -> Iterator[Assembly]:
    """What it writes for prod with every option changed."""
    yield from synthesized(**OPTIONAL)


@pytest.fixture(scope="session")
def stack(assembly: Assembly) -> Resolver:
    """The stage prod, to be asked for resources."""
    return Resolver(assembly.template)


@pytest.fixture(scope="session")
def dev_stack(dev_assembly: Assembly) -> Resolver:
    """The stage dev."""
    return Resolver(dev_assembly.template)


@pytest.fixture(scope="session")
def optional_stack(optional_assembly: Assembly) -> Resolver:
    """The stage prod with its options."""
    return Resolver(optional_assembly.template)
