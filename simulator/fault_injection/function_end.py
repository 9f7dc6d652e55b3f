"""`function=timeout|memory|exit`: the execution environment of a row's function comes to an end, in its own thread."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, NoReturn

from simulator.aws.lambda_runtime.errors import OutOfMemory
from simulator.fault_injection.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.aws.lambda_runtime.handler_loading import Handler
    from simulator.fault_injection.row_calls import RowCalls
    from simulator.fault_injection.row_pick import RowPick
    from simulator.fault_injection.spec import FaultSpec

NAP_SECONDS = 0.05


class FunctionEnd(Fault):
    """An end of the environments in which some rows are processed.

    Args:
        spec: what was asked for.
        rows: in which calls.
    """

    def __init__(self, spec: FaultSpec, rows: RowPick) -> None:
        super().__init__(spec)
        self.rows = rows
        self.after: bool = spec.values["when"] == "after"

    def end(self) -> NoReturn:
        """Come to the end; called in the environment's thread, in place of the handler or after it."""
        self.happens()
        if self.spec.values["function"] == "memory":
            raise OutOfMemory
        if self.spec.values["function"] == "exit":
            sys.exit(1)
        while True:  # until the runtime gives the environment up, which raises in this thread
            time.sleep(NAP_SECONDS)


def mortal(handler: Handler, calls: RowCalls, ends: Sequence[FunctionEnd]) -> Handler:
    """Return a handler that comes to an end in some calls.

    Args:
        handler: the function's.
        calls: the calls of rows.
        ends: the ends; of several for the same call, the first.
    """

    def handle(event: Any, context: Any) -> Any:
        call = calls.current(event)
        end = None if call is None else next((one for one in ends if call in one.rows), None)
        if end is not None and not end.after:
            end.end()
        answer = handler(event, context)
        if end is not None:
            end.end()
        return answer

    return handle
