"""All faults of a run, and the places of a session where they act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.fault_injection.fault import TimedFault
from simulator.fault_injection.refused_by_aws import KINDS as AWS_KINDS
from simulator.fault_injection.refused_by_aws import RefusedByAws
from simulator.fault_injection.row_calls import RowCalls, RowPick
from simulator.fault_injection.row_faults import (
    ROW_FAULTS,
    FaultyFunctions,
    FunctionEnd,
    RowError,
    SlowFunction,
    failing,
    mortal,
    row_by_row,
    slowed,
)
from simulator.fault_injection.timed_faults import DatabaseOutage, ObjectReplaced, SecondEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.integrations.lambda_tasks import LambdaInvoker
    from simulator.aws.lambda_runtime.handler_loading import Handler
    from simulator.fault_injection.fault import Fault
    from simulator.fault_injection.parts import Parts, UploadedFile
    from simulator.fault_injection.spec import FaultPlan, FaultSpec


class Faults:
    """The faults of one session. Without any, nothing is changed.

    Args:
        plan: the faults to inject.
        parts: the parts of the session that faults break.
    """

    def __init__(self, plan: FaultPlan, parts: Parts) -> None:
        self.all: list[Fault] = [_made(spec, plan, parts) for spec in plan.specs]
        self._errors = [fault for fault in self.all if isinstance(fault, RowError)]
        self._ends = [fault for fault in self.all if isinstance(fault, FunctionEnd)]
        self._latencies = [fault for fault in self.all if isinstance(fault, SlowFunction)]
        self._calls = RowCalls([(one.after, self._striking(one)) for one in self.all if isinstance(one, TimedFault)])
        self._closed = False

    def _striking(self, fault: TimedFault) -> Callable[[], None]:
        return lambda: None if self._closed else fault.strike()

    def functions(self, functions: LambdaInvoker) -> LambdaInvoker:
        """Return the invoker that Tasks call instead of the functions."""
        return FaultyFunctions(functions, self._calls, self._errors) if self.all else functions

    def handler(self, handler: Handler) -> Handler:
        """Return the handler that execution environments run instead of a function's own."""
        if not (self._errors or self._latencies or self._ends):
            return handler
        return row_by_row(handler, self._faulty, lambda row: failing(self._faulty(row), self._calls, self._errors))

    def _faulty(self, handler: Handler) -> Handler:
        slow = slowed(handler, self._calls, self._latencies) if self._latencies else handler
        return mortal(slow, self._calls, self._ends) if self._ends else slow

    def uploaded(self, upload: UploadedFile) -> None:
        """Say that a file has been uploaded, and its event delivered."""
        for fault in self.all:
            fault.uploaded(upload)

    def close(self) -> None:
        """Repair what is still broken; the session is about to end. A second call does nothing."""
        if not self._closed:
            self._closed = True
            for fault in self.all:
                fault.close()


def _made(spec: FaultSpec, plan: FaultPlan, parts: Parts) -> Fault:
    if spec.kind in ROW_FAULTS:
        return ROW_FAULTS[spec.kind](spec, RowPick(spec, plan.lines, plan.seed))
    if spec.kind == "database":
        return DatabaseOutage(spec, parts.database, parts.clock)
    if spec.kind == "object":
        return ObjectReplaced(spec, parts.s3)
    if spec.kind in AWS_KINDS:
        return RefusedByAws(spec, parts.endpoint)
    return SecondEvent(spec)
