"""The child executions of a Map Run: the work of each, who they are, and how each is run."""

from __future__ import annotations

import hashlib
import random
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.runtime.execution import EXPRESS_SECONDS, Execution
from simulator.aws.asl.runtime.history import CountedHistory, RecordedHistory
from simulator.aws.asl.runtime.listener import ChildRecord, ChildStart
from simulator.aws.asl.runtime.ports import Identity
from simulator.aws.asl.runtime.resume import Resume

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.asl.runtime.clock import Clock
    from simulator.aws.asl.runtime.execution import Ended
    from simulator.aws.asl.runtime.listener import Listener
    from simulator.aws.asl.runtime.ports import MapRunRequest
    from simulator.aws.map_run.earlier import EarlierChild


@dataclass(slots=True, kw_only=True)  # not frozen: one is made per child, and frozen ones take four times as long
class ChildWork:
    """The work of a child execution.

    Args:
        index: 0-based position of its (first) item.
        line: 1-based line of the file on which that begins; None if items are not lines.
        items: how many items.
        lines: the line of each item of a batch; empty without ItemBatcher.
        value: the (first) item as read.
        input: the child's input.
        earlier: the child of an earlier attempt of the same Map Run that is to run again; None for a new one.
    """

    index: int
    line: int | None
    items: int
    value: Any
    input: Any
    earlier: EarlierChild | None = None
    lines: tuple[int | None, ...] = ()

    def again(self, earlier: EarlierChild | None) -> ChildWork:
        """Return the same work for a child of an earlier attempt."""
        return replace(self, earlier=earlier)


class Children:
    """Makes and runs the children of one Map Run.

    Args:
        request: the Map Run's.
        map_run_arn: its ARN.
        listener: told of STANDARD children: their start, and their events.
    """

    def __init__(self, request: MapRunRequest, map_run_arn: str, listener: Listener) -> None:
        parent = request.parent.identity
        self._request = request
        self._map_run_arn = map_run_arn
        self._listener = listener
        self._express = request.execution_type == "EXPRESS"
        self._names = random.Random()  # noqa: S311 - names, not secrets; os.urandom takes a system call for each
        self._arn_of = child_arns(map_run_arn, express=self._express)
        arn_prefix = ":".join(parent.arn.split(":")[:5])
        self.machine_arn = f"{arn_prefix}:stateMachine:{parent.machine_name}/{request.label}"
        # A worker runs one child after another: they share a clock, and workers run side by side.
        self._clocks: dict[int, Clock] = {}
        self._running: dict[str, tuple[ChildWork, Execution]] = {}
        self._stopping = False

    def run(self, work: ChildWork, worker: int) -> ChildRecord:
        """Run one child to its end: a new one, or one of an earlier attempt.

        Recorded on AWS: a STANDARD child goes on in the state that failed, an EXPRESS one runs again from StartAt.
        """
        execution = self._execution(work, self._clock_of(worker))
        if not self._express:
            self._listener.child_started(self._start(work, execution))
        self._running[execution.arn] = (work, execution)
        if self._stopping:  # it was taken before the stop, and is here only now
            self._stop(execution)
        return self._record(work, worker, execution, execution.run(self._resume(work)))

    def told(self, child: ChildRecord) -> None:
        """Forget a child whose end has been told: until then it is shown as running."""
        del self._running[child.arn]

    def has(self, arn: str) -> bool:
        """Tell whether a child of that ARN runs now."""
        return arn in self._running

    def running(self) -> list[ChildStart]:
        """Return the children that run now."""
        return [self._start(work, execution) for work, execution in list(self._running.values())]

    def stop(self) -> None:
        """Stop the children that run, and those that are just about to."""
        self._stopping = True
        for _, execution in list(self._running.values()):
            self._stop(execution)

    def _stop(self, execution: Execution) -> None:
        """Abort a child: no Error, and the Cause recorded on AWS."""
        execution.stop(
            None, f"The map run execution [{self._map_run_arn}] which was managing this resource was aborted"
        )
        execution.history.close()

    def _resume(self, work: ChildWork) -> Resume | None:
        history = work.earlier.history if work.earlier is not None else None
        if history is None:
            return None
        return history.resume or Resume(
            state=self._request.processor.start_at,
            input=history.input,
            entered_at=history.started,
            entered_id=0,
            ended=history.ended,
        )

    def _clock_of(self, worker: int) -> Clock:
        return self._clocks.get(worker) or self._clocks.setdefault(worker, self._request.parent.clock.fork())

    def join_clocks(self) -> None:
        """Let the parent's clock go on from the latest of the workers'."""
        self._request.parent.clock.join(self._clocks.values())

    def _execution(self, work: ChildWork, clock: Clock) -> Execution:
        parent = self._request.parent
        earlier = work.earlier
        history = earlier.history if earlier is not None else None
        name = earlier.name if earlier is not None else _uuid(f"{self._names.getrandbits(128):032x}", 4)
        arn = self._arn_of(name)
        return Execution(
            machine=self._request.processor,
            identity=Identity(
                arn=arn,
                name=name,
                machine_arn=self.machine_arn,
                machine_name=parent.identity.machine_name,
                role_arn=parent.identity.role_arn,
                # Its own redrives, not the Map Run's; an EXPRESS child has no RedriveTime (recorded).
                redrive_count=earlier.redrive_count + 1 if earlier is not None else 0,
                redriven=clock.now() if earlier is not None and not self._express else None,
            ),
            data=history.input if history is not None else work.input,
            services=parent.services,
            history=CountedHistory()
            if self._express
            else RecordedHistory(clock, self._teller(arn), history.last_event if history is not None else 0),
            started=history.started if history is not None else None,
            seconds=EXPRESS_SECONDS if self._express else None,
            clock=clock,
        )

    def _teller(self, arn: str) -> Callable[[dict[str, Any]], None]:
        return lambda event: self._listener.history_event(arn, event)

    def _start(self, work: ChildWork, execution: Execution) -> ChildStart:
        return ChildStart(
            map_run_arn=self._map_run_arn,
            parent_arn=self._request.parent.arn,
            name=execution.identity.name,
            arn=execution.arn,
            index=work.index,
            started=execution.started,
            items=work.items,
            input=execution.input,
            redrive_count=execution.identity.redrive_count,
            redriven=execution.identity.redriven,
        )

    def _record(self, work: ChildWork, worker: int, execution: Execution, ended: Ended) -> ChildRecord:
        return ChildRecord(
            map_run_arn=self._map_run_arn,
            parent_arn=self._request.parent.arn,
            name=execution.identity.name,
            arn=execution.arn,
            index=work.index,
            line=work.line,
            items=work.items,
            value=work.value,
            input=execution.input,
            status=ended.status,
            started=execution.started,
            stopped=execution.clock.now(),
            worker=worker,
            attempts=tuple(execution.attempts),
            output=ended.output,
            error=ended.error,
            cause=ended.cause,
            redrive_count=execution.identity.redrive_count,
            redriven=execution.identity.redriven,
            lines=work.lines,
        )


def child_arns(map_run_arn: str, *, express: bool) -> Callable[[str], str]:
    """Return what gives the ARN of a Map Run's child by its name: a redrive that runs it again gives it the same one.

    Args:
        map_run_arn: `...:mapRun:<machine>/<label>:<id>`.
        express: whether its children are EXPRESS executions. The last part of their ARNs follows from the others.
    """
    *first, _, machine, _ = map_run_arn.split(":")
    if not express:
        prefix = ":".join([*first, "execution", machine, ""])
        return lambda name: prefix + name
    prefix = ":".join([*first, "express", machine, ""])
    hashed = uuid.NAMESPACE_URL.bytes + f"{map_run_arn}/".encode()

    def arn_of(name: str) -> str:
        digest = hashlib.sha1(hashed + name.encode(), usedforsecurity=False).hexdigest()
        return f"{prefix}{name}:{_uuid(digest, 5)}"

    return arn_of


def _uuid(digits: str, version: int) -> str:
    """Return the text of a UUID of 32 or more hexadecimal digits; `uuid.UUID` takes six times as long."""
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-{version}{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"
