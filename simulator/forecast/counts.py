"""What a run really did, counted in its folder, in the units that AWS bills."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from itertools import islice
from statistics import fmean
from typing import TYPE_CHECKING, Any

from simulator.runs.folder.history_reader import HistoryEvent
from simulator.runs.folder.result_files import attempts
from simulator.runs.folder.times import milliseconds_between

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord

VALIDATOR, PROCESSOR = "csv-validator", "user-log-processor"
REPORTER, FILE_GATE = "user-log-reporter", "user-log-file-gate"
"""Parts of the functions' names."""
REPORT_FILES = 2
LOG_OVERHEAD = 26
"""Bytes that CloudWatch Logs adds to each event."""
HISTORY_ENVELOPE = 420
"""Bytes of an event of a history in the logs, without its data: id, type, time, the execution's ARN."""
WRITE_UNIT = 1024
EXPRESS_STEP_MS = 100
_SAMPLED = 200


@dataclass(slots=True)
class FunctionCounts:
    """The invocations of one function: their number, what Lambda bills, cold starts, and each one's seconds."""

    requests: int = 0
    gb_seconds: float = 0.0
    init_seconds: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Counts:
    """The counts of a run.

    Args:
        rows: the rows that the Map Run has ended.
        children: executions of rows, redriven ones too.
        parent_transitions: states that the workflow entered, its retries, and its start.
        child_transitions: the same of all children, which are billed if they are STANDARD.
        express_ms: the children's durations, each rounded up to 100 ms.
        lived_ms: the same, not rounded.
        validator, processor, reporter, file_gate: the functions' invocations.
        table_writes, index_writes: write units of the audit items, by their size.
        audit_items, audit_bytes: the items, and their bytes in table and index.
        s3_puts: the upload, the result files (three requests each: they are multipart uploads) with their manifest, and
            the reporter's two files.
        report_reads: objects that the reporter read: manifest, result files and upload.
        file_bytes: bytes of the uploaded file.
        function_log_bytes: what the functions logged.
        input_bytes, output_bytes: a child's, as JSON texts in a log, on average.
        failure_bytes: a failed child's cause, likewise.
        failed: executions of rows that failed.
        tries: calls of Tasks in all children.
    """

    rows: int = 0
    children: int = 0
    parent_transitions: int = 0
    child_transitions: int = 0
    express_ms: int = 0
    lived_ms: float = 0
    validator: FunctionCounts = field(default_factory=FunctionCounts)
    processor: FunctionCounts = field(default_factory=FunctionCounts)
    reporter: FunctionCounts = field(default_factory=FunctionCounts)
    file_gate: FunctionCounts = field(default_factory=FunctionCounts)
    table_writes: int = 0
    index_writes: int = 0
    audit_items: int = 0
    audit_bytes: int = 0
    s3_puts: int = 0
    report_reads: int = 0
    file_bytes: int = 0
    function_log_bytes: int = 0
    input_bytes: float = 0.0
    output_bytes: float = 0.0
    failure_bytes: float = 0.0
    failed: int = 0
    tries: int = 0

    @property
    def history_log_bytes(self) -> float:
        """What the children's histories take in the logs (level ALL, with data); estimated from their texts.

        A child that succeeds at once has seven events; input and output are in three of them each. Each further try has
        three events more, and a failure has its cause in three.
        """
        one_event = HISTORY_ENVELOPE + LOG_OVERHEAD
        succeeded = self.children - self.failed
        further = max(self.tries - self.children, 0)
        return (
            self.children * (7 * one_event + 3 * self.input_bytes)
            + succeeded * 3 * self.output_bytes
            + further * (3 * one_event + self.input_bytes)
            + self.failed * 3 * self.failure_bytes
        )

    def with_latency(self, seconds: float) -> Counts:
        """Return the counts of the same run if each call of the processor had taken at least so many seconds."""
        function = self.processor
        longer = [max(one, seconds) for one in function.seconds]
        more = sum(longer) - sum(function.seconds)
        if not more:
            return self
        billed = sum(function.seconds) + sum(function.init_seconds)
        memory = function.gb_seconds / billed if billed else 0.0
        lived = self.lived_ms + more * 1000
        return replace(
            self,
            express_ms=self.children * billed_ms(lived / self.children),
            lived_ms=lived,
            processor=replace(function, seconds=longer, gb_seconds=function.gb_seconds + memory * more),
        )


def billed_ms(duration_ms: float) -> int:
    """Return what an EXPRESS execution is billed for: its duration, rounded up to 100 ms.

    >>> billed_ms(101)
    200
    """
    return max(math.ceil(duration_ms / EXPRESS_STEP_MS), 1) * EXPRESS_STEP_MS


def counted(folder: RunFolder, record: RunRecord) -> Counts:
    """Count what a run did.

    Args:
        folder: the run's.
        record: how it stands.
    """
    counts = Counts(file_bytes=record.source.size or 0, rows=record.rows.succeeded + record.rows.failed)
    _parent(folder, counts)
    _children(folder, counts)
    _functions(folder, counts)
    _audit(folder, counts)
    _results(folder, counts)
    return counts


def _parent(folder: RunFolder, counts: Counts) -> None:
    """One transition for the start, one for each state that is entered, and one for each retry."""
    scheduled = entered_tasks = 0
    for raw in folder.events():
        event = HistoryEvent(raw)
        counts.parent_transitions += event.state_entered is not None or event.type == "ExecutionStarted"
        entered_tasks += event.type == "TaskStateEntered"
        scheduled += event.type in {"LambdaFunctionScheduled", "TaskScheduled"}
    counts.parent_transitions += max(scheduled - entered_tasks, 0)


def _children(folder: RunFolder, counts: Counts) -> None:
    failures: list[int] = []
    for item in folder.items():
        duration = milliseconds_between(item.get("start"), item.get("stop")) or 0
        tries = len(item.get("tries") or ()) or int(item.get("attempts") or 1)
        failed = item.get("status") != "SUCCEEDED"
        counts.children += 1
        counts.tries += tries
        counts.failed += failed
        counts.child_transitions += 1 + tries + failed  # a failed child also enters its Fail state
        counts.express_ms += billed_ms(duration)
        counts.lived_ms += duration
        if failed and len(failures) < _SAMPLED:
            failures.append(_log_bytes(item.get("cause") or ""))
    counts.failure_bytes = fmean(failures) if failures else 0.0


def _functions(folder: RunFolder, counts: Counts) -> None:
    functions = {
        VALIDATOR: counts.validator,
        PROCESSOR: counts.processor,
        REPORTER: counts.reporter,
        FILE_GATE: counts.file_gate,
    }
    for line in folder.logs():
        message = line.get("message")
        text = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False, separators=(",", ":"))
        counts.function_log_bytes += len(text.encode(errors="replace")) + LOG_OVERHEAD
        if "billedDurationMs" not in line:
            continue
        name = str(line.get("function"))
        function = next((one for part, one in functions.items() if part in name), None)
        if function is None:
            continue
        function.requests += 1
        function.gb_seconds += line["billedDurationMs"] / 1000 * line.get("memorySizeMb", 128) / 1024
        function.seconds.append(float(line.get("durationMs") or 0) / 1000)
        if (init := line.get("initDurationMs")) is not None:
            function.init_seconds.append(float(init) / 1000)


def _audit(folder: RunFolder, counts: Counts) -> None:
    for item in folder.audit_items():
        size = item_bytes(item)
        units = math.ceil(size / WRITE_UNIT)
        indexed = "userId" in item
        counts.audit_items += 1
        counts.table_writes += units
        counts.index_writes += units if indexed else 0
        counts.audit_bytes += size * (2 if indexed else 1)


def item_bytes(item: dict[str, Any]) -> int:
    """Return the size of an item as DynamoDB counts it: names and texts in UTF-8, two digits of a number per byte.

    Developer guide, "DynamoDB item sizes and formats".

    >>> item_bytes({"userId": "U1", "ttl": 1811493995})
    17
    """
    size = 0
    for name, value in item.items():
        size += len(name.encode())
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            size += math.ceil(len(str(value).lstrip("-").replace(".", "")) / 2) + 1
        else:
            size += len(str(value).encode(errors="replace"))
    return size


def _results(folder: RunFolder, counts: Counts) -> None:
    reports = counts.reporter.requests
    counts.s3_puts = 1 + REPORT_FILES * reports
    counts.report_reads = reports  # of the upload
    inputs, outputs = [], []
    for attempt in attempts(folder, {}):
        files, manifests = len(attempt.files()), int(attempt.manifest() is not None)
        counts.s3_puts += 3 * files + manifests
        counts.report_reads += min(reports, 1) * (files + manifests)
        for entry in islice(attempt.entries(), _SAMPLED):
            inputs.append(_log_bytes(entry.record.get("Input") or ""))
            if "Output" in entry.record:
                outputs.append(_log_bytes(entry.record["Output"] or ""))
    counts.input_bytes = fmean(inputs) if inputs else 0.0
    counts.output_bytes = fmean(outputs) if outputs else 0.0


def _log_bytes(text: Any) -> int:
    """Return the bytes of a text as a JSON string in a log."""
    return len(json.dumps(text, ensure_ascii=False).encode(errors="replace"))
