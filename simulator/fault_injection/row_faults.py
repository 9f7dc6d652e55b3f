"""Faults of single rows: the call of the row's function fails, or its execution environment comes to an end.

Developer guide, "Handling errors in Step Functions workflows"; Lambda API reference, Invoke, "Errors".
"""

from __future__ import annotations

import sys
import time
import uuid
from typing import TYPE_CHECKING, Any, NoReturn

import orjson

from lambdas.shared.batch import batch_items
from simulator.aws.lambda_runtime.errors import CallerTimeout, LambdaError, OutOfMemory
from simulator.aws.lambda_runtime.invocation import InvokeResult
from simulator.aws.lambda_runtime.payloads import encode_json, error_payload, service_error_payload
from simulator.fault_injection.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulator.aws.integrations.lambda_tasks import Invoked, LambdaInvoker
    from simulator.aws.lambda_runtime.handler_loading import Handler
    from simulator.fault_injection.row_calls import RowCalls, RowPick
    from simulator.fault_injection.spec import FaultSpec

THROTTLED = "TooManyRequestsException"
_OF_THE_SERVICE = ("Sandbox.", "Runtime.")
NAP_SECONDS = 0.05
_PROCESS_ROW = "process_row"
"""What the processor's module calls for each row of a batch."""


class LambdaRefusal(LambdaError):
    """Lambda refuses an invocation by an error that was asked for."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message, str(uuid.uuid4()))
        self.name = name
        self.status = 429 if name == THROTTLED else 500


class RowError(Fault):
    """`error=NAME`: the call of a row's function fails, before the function is run or after it.

    Args:
        spec: what was asked for.
        rows: for which calls.
    """

    def __init__(self, spec: FaultSpec, rows: RowPick) -> None:
        super().__init__(spec)
        self.rows = rows
        self.name: str = spec.values["error"]
        self.after: bool = spec.values["when"] == "after"

    @property
    def raised(self) -> bool:
        """Whether the function raises it, and not Lambda or Step Functions."""
        return self.name != "States.Timeout" and not self.name.startswith(("Lambda.", *_OF_THE_SERVICE))

    def exception(self) -> Exception:
        """Return the error as the function raises it."""
        self.happens()
        made: type[Exception] = type(self.name, (Exception,), {})
        return made(f"Made by --fault {self.spec.text}")

    def answer(self) -> Invoked:
        """Return what the caller gets in place of the function's answer.

        Raises:
            LambdaError: for an error of Lambda's own, `Lambda.<name>`.
            CallerTimeout: for States.Timeout.
        """
        self.happens()
        message = f"Made by --fault {self.spec.text}"
        if self.name == "States.Timeout":
            raise CallerTimeout(message)
        service, _, name = self.name.rpartition(".")
        if service == "Lambda" and name != "Unknown":
            raise LambdaRefusal(name, message)
        request_id = str(uuid.uuid4())
        if service == "Lambda":
            payload = encode_json({"errorMessage": message})  # no type: what Step Functions calls Lambda.Unknown
        elif self.name.startswith(_OF_THE_SERVICE):
            payload = service_error_payload(self.name, f"RequestId: {request_id} Error: {message}")
        else:
            payload = error_payload(self.name, message, request_id)
        return InvokeResult(payload=payload, function_error="Unhandled", request_id=request_id)


class FaultyFunctions:
    """Runs functions, some calls of which fail (a LambdaInvoker).

    Args:
        functions: what really runs them.
        calls: counts the calls of rows.
        errors: which fail; of several for the same call, the first.
    """

    def __init__(self, functions: LambdaInvoker, calls: RowCalls, errors: Sequence[RowError]) -> None:
        self._functions = functions
        self._calls = calls
        self._errors = errors

    def invoke(self, function: str, payload: bytes, *, timeout: float | None = None) -> Invoked:
        """Invoke a function, or fail (see LambdaInvoker).

        An error of Lambda itself is that of the whole call, whichever row of a batch it was asked for. One that the
        function raises is its row's alone: `failing` makes it, where the row is processed.
        """
        calls = self._calls.begin(payload)
        in_batch = b'"Items"' in payload and batch_items(orjson.loads(payload)) is not None
        errors = [one for call in calls for one in self._errors if call in one.rows and not (in_batch and one.raised)]
        error = errors[0] if errors else None
        if error is not None and not error.after:
            return error.answer()
        answer = self._functions.invoke(function, payload, timeout=timeout)
        return answer if error is None else error.answer()


class FunctionEnd(Fault):
    """`function=timeout|memory|exit`: the environment of a row's function comes to an end, in its own thread.

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


class SlowFunction(Fault):
    """`latency=SECONDS`: the function of a row takes at least so long.

    Args:
        spec: what was asked for.
        rows: in which calls.
    """

    def __init__(self, spec: FaultSpec, rows: RowPick) -> None:
        super().__init__(spec)
        self.rows = rows
        self.seconds: float = spec.values["latency"]

    def wait(self, began: float) -> None:
        """Wait until the call that began at a time of the monotonic clock has taken so long."""
        self.happens()
        while (left := began + self.seconds - time.monotonic()) > 0:
            time.sleep(min(left, NAP_SECONDS))  # in naps: a timeout of the function raises in this thread


def slowed(handler: Handler, calls: RowCalls, latencies: Sequence[SlowFunction]) -> Handler:
    """Return a handler that takes longer in some calls, whether it succeeds or fails.

    Args:
        handler: the function's.
        calls: the calls of rows.
        latencies: the latencies; of several for the same call, the first.
    """

    def handle(event: Any, context: Any) -> Any:
        call = calls.current(event)
        slow = None if call is None else next((one for one in latencies if call in one.rows), None)
        if slow is None:
            return handler(event, context)
        began = time.monotonic()
        try:
            return handler(event, context)
        finally:
            slow.wait(began)

    return handle


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


def failing(handler: Handler, calls: RowCalls, errors: Sequence[RowError]) -> Handler:
    """Return what processes a row of a batch, some of which fail by an error that the function raises.

    Args:
        handler: what processes a row.
        calls: the calls of rows.
        errors: which fail; of several for the same call, the first.
    """

    def handle(event: Any, context: Any) -> Any:
        call = calls.current(event)
        error = None if call is None else next((one for one in errors if one.raised and call in one.rows), None)
        if error is not None and not error.after:
            raise error.exception()
        answer = handler(event, context)
        if error is not None:
            raise error.exception()
        return answer

    return handle


def row_by_row(
    handler: Handler, faulty: Callable[[Handler], Handler], failing_too: Callable[[Handler], Handler]
) -> Handler:
    """Return a handler with faults: around a single row's call, and around each row of a batch.

    Args:
        handler: the function's.
        faulty: puts faults around what handles a row's event.
        failing_too: the same, errors included: those of a single row's call are made outside the function.
    """
    alone = faulty(handler)
    module = getattr(handler, "__globals__", {})
    process = module.get(_PROCESS_ROW)
    if process is None:
        return alone
    batched = False

    def process_row(event: Any, context: Any) -> Any:
        return (in_batch if batched else process)(event, context)

    in_batch = failing_too(process)
    module[_PROCESS_ROW] = process_row

    def handle(event: Any, context: Any) -> Any:
        nonlocal batched
        batched = batch_items(event) is not None
        return handler(event, context) if batched else alone(event, context)

    return handle


ROW_FAULTS: dict[str, Callable[[FaultSpec, RowPick], Fault]] = {
    "error": RowError,
    "function": FunctionEnd,
    "latency": SlowFunction,
}
"""What makes a fault of single rows, by its kind."""
