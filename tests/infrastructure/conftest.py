"""The stack as it is by default, and with options: each synthesized once a session."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.infrastructure.template.resolver import Resolver
from tests.infrastructure.template.synthesis import Assembly, assembled, make_app

UPLOADER = "arn:aws:iam::999999999999:role/external-system"


def synthesized(**options: object) -> Iterator[Assembly]:
    """Give the assembly, and remove its folder in the end."""
    assembly = assembled(make_app(**options))
    yield assembly
    shutil.rmtree(assembly.folder)


@pytest.fixture(scope="session")
def assembly() -> Iterator[Assembly]:
    """What `cdk synth` writes without any option: the stage prod."""
    yield from synthesized()


@pytest.fixture(scope="session")
def dev_assembly() -> Iterator[Assembly]:
    """What it writes for the stage dev."""
    yield from synthesized(stage="dev")


@pytest.fixture(scope="session")
def optional_assembly() -> Iterator[Assembly]:
    """What it writes with every option but the stage."""
    yield from synthesized(
        natGateways=0,
        uploaderPrincipalArn=UPLOADER,
        reservedConcurrency=10,
        alarmEmail="ops@example.com",
        operatorPolicy="act",
    )


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
