"""The log of a function, as CloudWatch would hold it: its own lines, and the platform's START, END and REPORT."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from simulator.aws.lambda_runtime.function_config import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.lambda_runtime.function_config import FunctionConfig

    LogSink = Callable[[dict[str, Any]], None]

TIMED_OUT = "Sandbox.Timedout"


class FunctionLog:
    """The log of one execution environment. Records go to a sink, one dict each.

    A record has `time` (ISO 8601, UTC), `function`, `environment` (the log stream), `kind` and `message`, and, if
    there are any, `requestId` and `executionName`. Kinds: `platform` (START, END, REPORT, timeouts, with the numbers
    beside the text), `log` (a line, parsed if it is a JSON object), `metrics` (a line in CloudWatch's embedded
    metric format, parsed).

    Args:
        config: the function.
        environment: the environment's log stream.
        sink: takes the records; called by several threads. None to keep no log.
    """

    def __init__(self, config: FunctionConfig, environment: str, sink: LogSink | None) -> None:
        self._config = config
        self._sink = sink
        self._base = {"function": config.name, "environment": environment}
        self._current: dict[str, Any] = self._base
        self._rest = ""
        self._closed = False
        self._lines: list[str] | None = None

    def write(self, text: str) -> None:
        """Take what the function writes to stdout or stderr; each whole line is a record."""
        if (self._sink is None and self._lines is None) or self._closed:
            return
        if "\n" not in text:
            self._rest += text
            return
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._line(line)

    def start(self, request_id: str, event: Any, lines: list[str] | None = None) -> None:
        """Note that an invocation begins; `lines` gets the text of each line of its log until its end."""
        self._lines = lines
        if self._sink is None and lines is None:
            return
        self._current = {**self._base, "requestId": request_id}
        if isinstance(event, dict) and isinstance(event.get("executionName"), str):
            self._current["executionName"] = event["executionName"]
        self._platform(f"START RequestId: {request_id} Version: {VERSION}")

    def error(self, error_type: str, message: str, stack_trace: list[str]) -> None:
        """Log an unhandled exception as the runtime does."""
        trace = "Traceback (most recent call last):\n" + "".join(stack_trace) if stack_trace else ""
        self._record("log", f"[ERROR] {error_type}: {message}\n{trace}".rstrip())

    def end(self, request_id: str, seconds: float, init_seconds: float | None, failure: str | None = None) -> None:
        """Note that an invocation has ended: its END and REPORT lines.

        Args:
            request_id: the invocation.
            seconds: how long the handler ran.
            init_seconds: how long the cold start took, for the first invocation.
            failure: the error type, if the environment died of it (`Sandbox.Timedout`, `Runtime.ExitError` ...).
        """
        if self._sink is None and self._lines is None:
            return
        if self._rest:
            self.write("\n")
        self._platform(f"END RequestId: {request_id}")
        duration = round(seconds * 1000, 2)
        init = round(init_seconds * 1000, 2) if init_seconds is not None else None
        billed = math.ceil(duration + (init or 0))
        report = (
            f"REPORT RequestId: {request_id}\tDuration: {duration:.2f} ms\tBilled Duration: {billed} ms\t"
            f"Memory Size: {self._config.memory_mb} MB"
        )
        numbers: dict[str, Any] = {"durationMs": duration, "billedDurationMs": billed}
        if init is not None:
            report += f"\tInit Duration: {init:.2f} ms"
            numbers["initDurationMs"] = init
        if failure == TIMED_OUT:
            report += "\tStatus: timeout"
        elif failure is not None:
            report += f"\tStatus: error\tError Type: {failure}"
        if failure is not None:
            numbers["errorType"] = failure
        self._platform(report, memorySizeMb=self._config.memory_mb, **numbers)
        self._current = self._base
        self._lines = None

    def timed_out(self, request_id: str, seconds: float) -> str:
        """Log that an invocation was ended by its timeout, close the log, and return the error's message."""
        message = f"Task timed out after {self._config.timeout_seconds:.2f} seconds"
        self._platform(f"{_now()} {request_id} {message}")
        self.end(request_id, seconds, None, TIMED_OUT)
        self._closed = True
        return f"RequestId: {request_id} Error: {message}"

    def _platform(self, message: str, **numbers: Any) -> None:
        self._record("platform", message, **numbers)

    def _line(self, line: str) -> None:
        if not line:
            return
        message: Any = line
        kind = "log"
        if line.startswith("{"):
            try:
                message = orjson.loads(line)
            except orjson.JSONDecodeError:
                message = line
            else:
                kind = "metrics" if "_aws" in message else "log"
        self._record(kind, message)

    def _record(self, kind: str, message: Any, **more: Any) -> None:
        if self._closed:
            return
        record = {"time": _now(), **self._current, "kind": kind, "message": message, **more}
        if self._lines is not None:
            self._lines.append(cloudwatch_text(record))
        if self._sink is not None:
            self._sink(record)


def cloudwatch_text(record: dict[str, Any]) -> str:
    """Return a record's message as CloudWatch has it: with its newline, a parsed line as compact JSON again."""
    message = record.get("message")
    text = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    return f"{text}\t\n" if text.startswith("REPORT RequestId: ") else f"{text}\n"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
