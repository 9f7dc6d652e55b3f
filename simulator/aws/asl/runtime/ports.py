"""The two ports of the interpreter: what Tasks call (`TaskService`), and what runs Distributed Maps (`MapRuns`).

Both are handed in with `Services`: the interpreter itself calls no service and reads no file. `ExecutionView` and
`Machine` are an execution and a machine as the ports see them, so that nothing here imports the interpreter.
Step Functions developer guide, "Integrating services" and "Using Map state in Distributed mode".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from threading import Event

    from simulator.aws.asl.runtime.clock import Clock
    from simulator.aws.asl.runtime.history import History
    from simulator.aws.asl.runtime.listener import TaskAttempt
    from simulator.aws.asl.runtime.resume import Resume
    from simulator.aws.asl.runtime.stop import Stop


@dataclass(slots=True, kw_only=True)  # not frozen: one is made per child, and frozen ones take four times as long
class TaskRequest:
    """One call of a Task's resource.

    Args:
        resource: the Task's `Resource` ARN.
        parameters: the effective input after InputPath and Parameters (JSON value).
        timeout: seconds until the caller gives up (TimeoutSeconds, or what is left of the execution's own); None for
            no limit. A call that runs into it raises `StateError("States.Timeout")`.
        state: the Task state's name.
        execution_arn: the execution that calls.
        machine_arn: its state machine.
        attempt: 1 for the first call, counted up with each retry.
        token: the task token of a call that waits to be called back (`.waitForTaskToken`).
        heartbeat: seconds that may go by without a heartbeat, for such a call; None for any number.
        cancelled: set when nobody waits for the result of a call that waits (`.sync`, `.waitForTaskToken`, an
            activity) any more.
        submitted: such a call tells it the service's first answer, before it waits; an activity its worker's name.
        seconds: an activity's TimeoutSeconds, counted from then on; its `timeout` is that of the execution alone.
    """

    resource: str
    parameters: Any
    timeout: float | None
    state: str
    execution_arn: str
    attempt: int
    machine_arn: str = ""
    token: str | None = None
    heartbeat: float | None = None
    cancelled: Event | None = None
    submitted: Callable[[Any], None] | None = None
    seconds: int | None = None


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
        input_type: CSV, JSON, JSONL or PARQUET, of the object, or of those that a listing or a manifest names; None
            for a listing whose entries are the items.
        flatten: whether the items are what the objects of a listing hold (LOAD_AND_FLATTEN).
        manifest: ATHENA_DATA if the object names those that hold the items; S3_INVENTORY if they list objects, which
            are the items; None if the object holds the items itself.
        delimiter: the delimiter character of a CSV.
        header_location: FIRST_ROW or GIVEN, for a CSV.
        headers: the GIVEN headers, else None.
        items_pointer: a JSON Pointer into a JSON file, else None.
        max_items: how many items at most; None for all.
    """

    resource: str
    parameters: dict[str, Any]
    input_type: str | None = None
    flatten: bool = False
    manifest: str | None = None
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


class Machine(Protocol):
    """A compiled machine (state_machine.py), as an execution runs it."""

    start_at: str

    def run(self, frame: Any, data: Any, resume: Resume | None = None) -> Any:
        """Run it to an end on a line of control and return the last state's output.

        Args:
            frame: a Frame, which is above the ports and is not named here.
            data: its input.
            resume: the state in which a redrive goes on; None to begin.

        Raises:
            StateError: a state fails for good.
        """
        ...


@dataclass(slots=True, kw_only=True)  # not frozen: one is made per child, and frozen ones take four times as long
class Identity:
    """The names of an execution, as the context object shows them.

    Args:
        arn, name: the execution's.
        machine_arn, machine_name: the state machine's.
        role_arn: the machine's role.
        redrive_count, redriven: how many times it was redriven, and the last time (None if never).
    """

    arn: str
    name: str
    machine_arn: str
    machine_name: str
    role_arn: str
    redrive_count: int = 0
    redriven: datetime | None = None


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

    parent: ExecutionView
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
    processor: Machine
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The ports of an execution: `tasks` to call, `maps` to run Map Runs, the `clock`."""

    tasks: TaskService
    maps: MapRuns
    clock: Clock


class ExecutionView(Protocol):
    """An execution (execution.py), as its lines of control, its states and its Map Runs see it."""

    identity: Identity
    services: Services
    tasks: TaskService
    maps: MapRuns
    clock: Clock
    history: History
    started: datetime
    root_stop: Stop
    ends_at_transition: bool
    attempts: list[TaskAttempt]

    @property
    def arn(self) -> str:
        """The execution's ARN."""
        ...

    @property
    def region(self) -> str:
        """The region in the execution's ARN."""
        ...

    def context_object(self) -> dict[str, Any]:
        """Return the context object's `Execution` and `StateMachine` parts."""
        ...

    def time_left(self, clock: Clock, seconds: float | None = None) -> float:
        """Return the smaller of `seconds` and the time until the execution times out."""
        ...

    def check_running(self, clock: Clock) -> None:
        """Raise Aborted or ExecutionTimedOut if the execution has been stopped or, by `clock`, its time is up."""
        ...

    def check_transition(self, clock: Clock) -> None:
        """Do the same before a state is entered, where an execution whose machine is being deleted ends."""
        ...

    def stop(self, error: str | None = None, cause: str | None = None) -> None:
        """Stop the execution: no further state is entered."""
        ...
