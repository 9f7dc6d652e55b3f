"""The Parallel state: several branches at once, each a machine of its own. States Language, "Parallel State"."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.runtime.branches import run_branches, run_machine
from simulator.aws.asl.states.data_flow import data_flow
from simulator.aws.asl.states.retriable import RetriableState

if TYPE_CHECKING:
    from simulator.aws.asl.definition.build_context import BuildContext
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.runtime.frame import Frame
    from simulator.aws.asl.runtime.resume import Begun
    from simulator.aws.asl.runtime.state_machine import StateMachine


class ParallelState(RetriableState):
    """Its result is the array of its branches' outputs; it fails with the first branch that fails."""

    kind = "Parallel"
    failed_event = "ParallelStateFailed"

    def __init__(self, name: str, fields: Fields, context: BuildContext) -> None:
        super().__init__(name, fields, data_flow(fields, parameters="Parameters", result=True, selector=True))
        entries = fields.objects("Branches", required=True)
        if "Branches" in fields and not entries:
            fields.problem("Branches", "needs at least one branch")
        self._branches = [context.machine(entry, "a branch") for entry in entries]

    def work(self, frame: Frame, data: Any, effective: Any) -> list[Any]:  # noqa: ARG002 - the protocol's signature
        """Run every branch on the effective input; in a redrive those that had not succeeded."""
        earlier = frame.begin_branches("ParallelStateStarted")
        begun = earlier.begun if earlier else {}
        branches = [partial(_run, branch, effective, begun.get(index)) for index, branch in enumerate(self._branches)]
        outputs = run_branches(frame, branches, 0)
        frame.succeeded("ParallelStateSucceeded")
        return outputs


def _run(machine: StateMachine, data: Any, begun: Begun | None, frame: Frame) -> Any:
    return run_machine(machine, frame, data, begun)
