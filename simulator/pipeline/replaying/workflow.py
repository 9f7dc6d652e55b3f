"""The workflow as written: its states by name, those of the Map's rows included."""

from __future__ import annotations

import json
from typing import Any

from simulator.aws.stepfunctions.teststate.nested_states import states_of
from simulator.pipeline.checking import NOWHERE
from simulator.pipeline.provisioning import Resources, read_definition


class Workflow:
    """The states of a workflow as written.

    Args:
        definition: its text.
    """

    def __init__(self, definition: str) -> None:
        self.definition = definition
        self.machine: dict[str, Any] = json.loads(definition)
        self._states = {name: state for name, (state, *_) in states_of(self.machine)}

    @property
    def names(self) -> list[str]:
        """The states' names, those of the Map's rows included."""
        return list(self._states)

    def state(self, name: str) -> dict[str, Any] | None:
        """Return a state as written; None if there is none of that name."""
        return self._states.get(name)

    def of_rows(self, name: str) -> bool:
        """Say whether a state is one of the Map's ItemProcessor."""
        processor = self.processor
        return processor is not None and name in {found for found, _ in states_of(processor)}

    @property
    def processor(self) -> dict[str, Any] | None:
        """The ItemProcessor of the first Map; None if there is no Map."""
        for state in self._states.values():
            for field in ("ItemProcessor", "Iterator"):
                if state.get("Type") == "Map" and isinstance(state.get(field), dict):
                    found: dict[str, Any] = state[field]
                    return found
        return None


def workflow_today() -> Workflow:
    """Return the workflow as cdk/definitions has it.

    Raises:
        CloudError: it cannot be read.
    """
    resources = Resources(
        rule_dead_letter_queue_url=NOWHERE,
        dispatcher_failures_queue_url=NOWHERE,
        report_failures_queue_url=NOWHERE,
        file_gate_failures_queue_url=NOWHERE,
    )
    return Workflow(read_definition("workflow.asl.json", resources.placeholders))
