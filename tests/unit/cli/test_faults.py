"""`faults`, and `run --fault`: what the terminal says before anything is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.faults.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Outcome


def test_the_list_names_each_fault_with_an_example(simulator: Callable[..., Outcome]) -> None:
    """`simulator faults`, for people and as a document."""
    outcome = simulator("faults", "--json")
    assert outcome.code == 0
    assert [fault["name"] for fault in outcome.document["faults"]] == [kind.name for kind in KINDS]
    for kind in KINDS:
        assert f"--fault {kind.example}" in outcome.err
