"""The two ports of the interpreter: what Tasks call (`TaskService`), and what runs Distributed Maps (`MapRuns`).

Both are handed in with `Services` (execution.py): the interpreter itself calls no service and reads no file.
Step Functions developer guide, "Integrating services" and "Using Map state in Distributed mode".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.aws.asl.runtime.execution import Execution
    from simulator.aws.asl.runtime.state_machine import StateMachine


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRequest:
    """One call of a Task's resource.

    Args:
        resource: the Task's `Resource` ARN.
        parameters: the effective input after InputPath and Parameters (JSON value).
        timeout: seconds until the caller gives up (TimeoutSeconds, or what is left of the execution's own); None for
            no limit. A call that runs into it raises `StateError("States.Timeout")`.
        state: the Task state's name.
        execution_arn: the execution that calls.
        attempt: 1 for the first call, counted up with each retry.
    """

    resource: str
    parameters: Any
    timeout: float | None
    state: str
    execution_arn: str
    attempt: int


class TaskService(Protocol):
    """The services behind Task states."""

    def problems(self, resource: str, parameters: Any) -> Iterable[str]:
        """Say what is wrong with a Task when its state machine is created.

        Args:
            resource: the Task's `Resource`.
            parameters: its `Parameters` as written (None if absent): a template whose keys may end in `.$`.

        Returns:
            A sentence for each problem; empty if the Task can be run. The sentence about a resource that AWS has
            and the simulator does not have ends in "is not simulated".
        """
        ...

    def call(self, request: TaskRequest) -> Any:
        """Call the resource and return its result (a JSON value).

        Raises:
            StateError: with the error name and cause that AWS gives the Task.
        """
        ...


ItemSelector = Callable[[int, Any, str | None, str], Any]
"""(index, value, key or None, source) -> the selected item.

`index` is 0-based; `key` is that of an object's item; `source` is STATE_DATA or the object's S3 URI.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReaderSpec:
    """An ItemReader with its paths resolved.

    Args:
        resource: `arn:aws:states:::s3:getObject` or `arn:aws:states:::s3:listObjectsV2`.
        parameters: `Bucket`, `Key` or `Prefix`, `VersionId`, `ExpectedBucketOwner`.
        input_type: CSV, JSON or JSONL; None for a listing.
        delimiter: the delimiter character of a CSV.
        header_location: FIRST_ROW or GIVEN, for a CSV.
        headers: the GIVEN headers, else None.
        items_pointer: a JSON Pointer into a JSON file, else None.
        max_items: how many items at most; None for all.
    """

    resource: str
    parameters: dict[str, Any]
    input_type: str | None = None
    delimiter: str = ","
    header_location: str | None = None
    headers: tuple[str, ...] | None = None
    items_pointer: str | None = None
    max_items: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemBatcherSpec:
    """An ItemBatcher with its paths resolved; `batch_input` is None if it is not configured."""

    max_items: int | None = None
    max_bytes: int | None = None
    batch_input: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultWriterSpec:
    """A ResultWriter with its paths resolved; `bucket` is None if it only formats the state's output.

    Args:
        bucket, prefix: where the results go.
        transformation: NONE, COMPACT or FLATTEN.
        output_type: JSON or JSONL.
    """

    bucket: str | None = None
    prefix: str = ""
    transformation: str = "NONE"
    output_type: str = "JSON"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRunRequest:
    """A Distributed Map ready to run: every path resolved, nothing read yet.

    Args:
        parent: the execution whose state this is.
        state: the Map state's name.
        label: the Map's `Label`, given or generated.
        items: the items of the state's own input (list or object); None with an ItemReader.
        reader: where the items come from instead.
        select: the ItemSelector as a function; None if the bare item is the child's input.
        batcher: the ItemBatcher, if any.
        writer: the ResultWriter, if any.
        max_concurrency: child executions at a time, 0 for no limit.
        tolerated_count, tolerated_percentage: the thresholds; None if unset.
        processor: the compiled ItemProcessor.
        execution_type: EXPRESS or STANDARD.
    """

    parent: Execution
    state: str
    label: str
    items: Any
    reader: ItemReaderSpec | None
    select: ItemSelector | None
    batcher: ItemBatcherSpec | None
    writer: ResultWriterSpec | None
    max_concurrency: int
    tolerated_count: int | None
    tolerated_percentage: float | None
    processor: StateMachine
    execution_type: str


class MapRun(Protocol):
    """One run of a Distributed Map; `redrive_count` is 0 unless this continues an earlier one."""

    arn: str
    redrive_count: int

    def run(self) -> Any:
        """Process all items and return the state's result.

        Raises:
            StateError: States.ItemReaderFailed, States.ExceedToleratedFailureThreshold, States.ResultWriterFailed,
                States.DataLimitExceeded.
            Aborted: the parent execution was stopped.
        """
        ...


class MapRuns(Protocol):
    """Opens Map Runs."""

    def open(self, request: MapRunRequest) -> MapRun:
        """Make a Map Run for a Map state that has just been entered (or the redriven one of an earlier entry)."""
        ...
