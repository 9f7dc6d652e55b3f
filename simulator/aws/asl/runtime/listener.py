"""The events of an execution for the outside world, while it runs. All that anyone shows comes from here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionInfo:
    """An execution of a state machine as DescribeExecution shows it.

    Args:
        arn: the execution's ARN.
        name: its name, unique for its machine.
        machine_arn: the state machine's ARN.
        machine_name: the state machine's name.
        definition: the state machine's text, as it is run.
        input: the execution's input (JSON value).
        input_text: the text of it that the caller gave, spaces kept.
        status: RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED.
        started, stopped: times in UTC; `stopped` is None while it runs.
        output: the output (JSON value), when SUCCEEDED.
        error, cause: the failure, if there is one.
        redrive_count, redriven: how many times it has been redriven, and the last time (None if never).
        role_arn: the role that the machine had when it started.
        revision_id: the machine's revision (UpdateStateMachine); None for the first.
        machine_updated: when the machine got that revision; None if that is not known.
    """

    arn: str
    name: str
    machine_arn: str
    machine_name: str
    definition: str
    input: Any
    status: str
    started: datetime
    stopped: datetime | None = None
    output: Any = None
    error: str | None = None
    cause: str | None = None
    redrive_count: int = 0
    input_text: str = ""
    redriven: datetime | None = None
    role_arn: str = ""
    revision_id: str | None = None
    machine_updated: datetime | None = None


@dataclass(slots=True, kw_only=True)  # not frozen: one is made per child, and frozen ones take four times as long
class TaskAttempt:
    """One call of a Task: the state's name, when it began and ended (UTC), and the error name if it failed."""

    state: str
    started: datetime
    stopped: datetime
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildStart:
    """A STANDARD child execution that is about to run, or to go on; its history events follow under its ARN.

    Args:
        map_run_arn: the Map Run it belongs to.
        parent_arn: the execution the Map Run belongs to.
        name, arn: the child execution's own.
        index: 0-based position of its (first) item in the dataset.
        started: its start date, in UTC; a redrive does not change it.
        items: how many items it processes.
        input: its input (JSON value).
        redrive_count, redriven: how often it has been redriven, and the last time (None if never).
    """

    map_run_arn: str
    parent_arn: str
    name: str
    arn: str
    index: int
    started: datetime
    items: int = 1
    input: Any = None
    redrive_count: int = 0
    redriven: datetime | None = None


@dataclass(slots=True, kw_only=True)  # not frozen: one is made per child, and frozen ones take four times as long
class ChildRecord:
    """One child execution of a Map Run, told once, when it has ended.

    Args:
        map_run_arn: the Map Run it belongs to.
        parent_arn: the execution the Map Run belongs to.
        name, arn: the child execution's own.
        index: 0-based position of its (first) item in the dataset.
        line: 1-based line of the file on which the (first) item begins; None if the items are not lines.
        items: how many items it processed (1 without ItemBatcher).
        lines: the lines on which all its items begin; empty if there is no ItemBatcher.
        value: the (first) item as the reader gave it, before ItemSelector.
        input, output: the child's input, and its output when SUCCEEDED (JSON values).
        status: SUCCEEDED, FAILED, TIMED_OUT or ABORTED.
        started, stopped: times in UTC.
        worker: which of the Map Run's workers ran it, 0-based.
        attempts: Task calls, in order, retries included.
        error, cause: the failure, if there is one.
        redrive_count, redriven: how often this child has been redriven, and the last time (None if never).
        data_kept: whether `input` and `output` are the child's; an archive may not have kept them.
    """

    map_run_arn: str
    parent_arn: str
    name: str
    arn: str
    index: int
    line: int | None
    items: int
    value: Any
    input: Any
    status: str
    started: datetime
    stopped: datetime
    worker: int
    attempts: tuple[TaskAttempt, ...] = ()
    output: Any = None
    error: str | None = None
    cause: str | None = None
    redrive_count: int = 0
    redriven: datetime | None = None
    data_kept: bool = True
    lines: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRunInfo:
    """A Map Run as DescribeMapRun shows it, told when it starts, when it ends, and about ten times a second between.

    `item_counts` and `execution_counts` have the keys `pending, running, succeeded, failed, timedOut, aborted, total,
    resultsWritten, failuresNotRedrivable, pendingRedrive`; `total` is 0 until the whole dataset has been read.
    `redriven` is the time of the last redrive; None if there was none. `paused`: no child is begun for the time being,
    which DescribeMapRun does not know.
    """

    arn: str
    parent_arn: str
    status: str
    started: datetime
    stopped: datetime | None
    max_concurrency: int
    tolerated_failure_percentage: float
    tolerated_failure_count: int
    redrive_count: int = 0
    item_counts: dict[str, int] = field(default_factory=dict)
    execution_counts: dict[str, int] = field(default_factory=dict)
    redriven: datetime | None = None
    paused: bool = False


class Listener(Protocol):
    """Told what happens, in order for one execution; calls come from several threads. Must not raise."""

    def execution_started(self, execution: ExecutionInfo) -> None:
        """Tell that a (parent) execution has started, or has been redriven."""
        ...

    def execution_ended(self, execution: ExecutionInfo) -> None:
        """Tell that a (parent) execution has ended."""
        ...

    def history_event(self, execution_arn: str, event: dict[str, Any]) -> None:
        """Tell one history event of a (parent) execution or a STANDARD child, in the shape of GetExecutionHistory."""
        ...

    def map_run_changed(self, map_run: MapRunInfo) -> None:
        """Tell the counts and the status of a Map Run."""
        ...

    def child_started(self, child: ChildStart) -> None:
        """Tell that a STANDARD child execution starts, or goes on after a redrive."""
        ...

    def child_ended(self, child: ChildRecord) -> None:
        """Tell that a child execution has ended."""
        ...


class SilentListener:
    """A listener that does nothing; a base for listeners that need some of the calls only."""

    def execution_started(self, execution: ExecutionInfo) -> None:
        """Ignore it."""

    def execution_ended(self, execution: ExecutionInfo) -> None:
        """Ignore it."""

    def history_event(self, execution_arn: str, event: dict[str, Any]) -> None:
        """Ignore it."""

    def map_run_changed(self, map_run: MapRunInfo) -> None:
        """Ignore it."""

    def child_started(self, child: ChildStart) -> None:
        """Ignore it."""

    def child_ended(self, child: ChildRecord) -> None:
        """Ignore it."""


class FanOut:
    """Tells each of its listeners, in their order."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners

    def execution_started(self, execution: ExecutionInfo) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.execution_started(execution)

    def execution_ended(self, execution: ExecutionInfo) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.execution_ended(execution)

    def history_event(self, execution_arn: str, event: dict[str, Any]) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.history_event(execution_arn, event)

    def map_run_changed(self, map_run: MapRunInfo) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.map_run_changed(map_run)

    def child_started(self, child: ChildStart) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.child_started(child)

    def child_ended(self, child: ChildRecord) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.child_ended(child)
