"""All faults of a run, and the seams of the local cloud where they are let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.fault_injection.aws_refusals import KINDS as AWS_KINDS
from simulator.fault_injection.database_outage import DatabaseOutage
from simulator.fault_injection.fault import TimedFault
from simulator.fault_injection.function_end import FunctionEnd, mortal
from simulator.fault_injection.object_replaced import ObjectReplaced
from simulator.fault_injection.refused_by_aws import RefusedByAws
from simulator.fault_injection.row_calls import RowCalls
from simulator.fault_injection.row_error import FaultyFunctions, RowError
from simulator.fault_injection.row_pick import RowPick
from simulator.fault_injection.second_event import SecondEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.aws.integrations.lambda_tasks import LambdaInvoker
    from simulator.aws.lambda_runtime.handler_loading import Handler
    from simulator.fault_injection.fault import Fault
    from simulator.fault_injection.parts import Parts
    from simulator.fault_injection.spec import FaultSpec

_OTHERS: dict[str, type[Fault]] = {
    "database": DatabaseOutage,
    "event": SecondEvent,
    "object": ObjectReplaced,
    **dict.fromkeys(AWS_KINDS, RefusedByAws),
}


class Faults:
    """The faults of one open cloud; made for one file.

    Args:
        specs: what was asked for.
        lines: the index of the row that begins on a line of the file (for `row=`).
        seed: chooses the rows of `share=`.
    """

    def __init__(self, specs: Sequence[FaultSpec], *, lines: Mapping[int, int], seed: int = 0) -> None:
        self.all: list[Fault] = [_made(spec, lines, seed) for spec in specs]
        self._errors = [fault for fault in self.all if isinstance(fault, RowError)]
        self._ends = [fault for fault in self.all if isinstance(fault, FunctionEnd)]
        self._calls = RowCalls([(one.after, self._striking(one)) for one in self.all if isinstance(one, TimedFault)])
        self._parts: Parts | None = None

    def _striking(self, fault: TimedFault) -> Any:
        return lambda: fault.strike(self._parts) if self._parts is not None else None

    @property
    def of_aws(self) -> list[str]:
        """The SPECs that moto's process is to be started with."""
        return [fault.spec.text for fault in self.all if isinstance(fault, RefusedByAws)]

    def functions(self, functions: LambdaInvoker) -> LambdaInvoker:
        """Return what Tasks are to call in place of the functions."""
        return FaultyFunctions(functions, self._calls, self._errors)

    def handler(self, handler: Handler) -> Handler:
        """Return what execution environments are to run in place of a function's handler."""
        return mortal(handler, self._calls, self._ends) if self._ends else handler

    def connect(self, parts: Parts) -> None:
        """Say what there is to be broken."""
        self._parts = parts

    def uploaded(self, event: dict[str, Any]) -> None:
        """Say that a file has been uploaded, and its event delivered."""
        if self._parts is not None:
            self._parts.event = event
            for fault in self.all:
                fault.uploaded(self._parts)

    def close(self) -> None:
        """Put right what still is broken; the cloud is about to stop. Harmless where it was done before."""
        parts, self._parts = self._parts, None
        if parts is not None:
            for fault in self.all:
                fault.close(parts)


def _made(spec: FaultSpec, lines: Mapping[int, int], seed: int) -> Fault:
    if spec.kind == "error":
        return RowError(spec, RowPick(spec, lines, seed))
    if spec.kind == "function":
        return FunctionEnd(spec, RowPick(spec, lines, seed))
    return _OTHERS[spec.kind](spec)
