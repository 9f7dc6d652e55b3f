"""Every property of every resource against the files of `resources/`: what no other test speaks of is noticed here."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infrastructure.resource_files import VARIANTS, read, resources
from tests.infrastructure.template.resolver import Resolver

EXPECTED = {variant: read(variant) for variant in VARIANTS}
STACKS = {"prod": "stack", "dev": "dev_stack", "optional": "optional_stack"}
HOW = "If this is meant: python -m tests.infrastructure.resource_files, and read the diff."


@pytest.fixture(scope="module")
def made(request: pytest.FixtureRequest) -> dict[str, dict[str, Any]]:
    """Return the resources of each variant."""
    return {variant: resources(request.getfixturevalue(fixture)) for variant, fixture in STACKS.items()}


@pytest.mark.parametrize("variant", VARIANTS)
def test_there_is_every_resource_and_no_other(made: dict[str, dict[str, Any]], variant: str) -> None:
    """In each variant."""
    assert set(made[variant]) == set(EXPECTED[variant]), HOW


@pytest.mark.parametrize("name", sorted({name for each in EXPECTED.values() for name in each}))
def test_a_resource_is_the_one_written_out(made: dict[str, dict[str, Any]], name: str) -> None:
    """Type, properties, dependencies, and what becomes of it when the stack goes; in each variant that has it."""
    found = {variant: made[variant][name] for variant in VARIANTS if name in made[variant]}
    assert found == {variant: EXPECTED[variant][name] for variant in VARIANTS if name in EXPECTED[variant]}, HOW


def test_ids_without_hashes_are_still_different(stack: Resolver) -> None:
    """Or one resource would hide another."""
    assert len(resources(stack)) == len(stack.resources)
