"""Running several lines of control of one state: the branches of a Parallel, the iterations of an inline Map."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulator.aws.asl.runtime.frame import Frame
    from simulator.aws.asl.runtime.resume import Begun
    from simulator.aws.asl.runtime.state_machine import StateMachine

    Branch = Callable[[Frame], Any]

MOST_AT_ONCE = 40
"""AWS runs about 40 iterations of an inline Map at a time."""


def run_machine(machine: StateMachine, frame: Frame, data: Any, begun: Begun | None) -> Any:
    """Run the machine of a branch or iteration and return its output; after a redrive only what is left of it.

    Args:
        machine: the machine.
        frame: the branch's own frame.
        data: its input.
        begun: what it had done before a redrive; None if it begins now.
    """
    if begun is None:
        return machine.run(frame, data)
    frame.previous = begun.last_id
    if begun.resume is None:
        return begun.output
    frame.variables.assign(dict(begun.resume.variables))
    return machine.run(frame, data, begun.resume)


def run_branches(frame: Frame, branches: Sequence[Branch], limit: int) -> list[Any]:
    """Run each branch on a frame of its own and return their results in order.

    Args:
        frame: the frame of the state that has the branches; its last event becomes that of the branch that ended last.
        branches: each takes its frame and returns the branch's output.
        limit: how many at a time, 0 for no limit of the definition's.

    Raises:
        StateError: of the first branch that fails, at once: no further one is begun, and what the others still do
            (a Task that runs goes on, as on AWS) is not waited for and leaves no event.
        Aborted, ExecutionTimedOut: the execution has been ended from outside.
    """
    if limit == 1 or len(branches) <= 1:
        return [_run_in_turn(frame, branch) for branch in branches]
    return _Group(frame, branches, min(len(branches), limit or MOST_AT_ONCE, MOST_AT_ONCE)).run()


def _run_in_turn(frame: Frame, branch: Branch) -> Any:
    own = frame.branch(frame.stop)
    try:
        return branch(own)
    finally:
        frame.previous = own.previous
        frame.clock.join([own.clock])


class _Group:
    """Branches that run at the same time, on threads that each take the next one."""

    def __init__(self, frame: Frame, branches: Sequence[Branch], workers: int) -> None:
        self._frame = frame
        self._stop = frame.stop.group()
        self._frames = [frame.branch(self._stop) for _ in branches]
        self._waiting = iter(enumerate(branches))
        self._workers = workers
        self._results: list[Any] = [None] * len(branches)
        self._change = threading.Condition()
        self._left = len(branches)
        self._failed: tuple[int, BaseException] | None = None

    def run(self) -> list[Any]:
        """Begin the threads and wait for all branches, or for the first that fails."""
        frame = self._frame
        for number in range(self._workers):
            threading.Thread(target=self._work, name=f"branch-{frame.state}-{number}", daemon=True).start()
        with self._change:
            while self._left and self._failed is None:
                self._change.wait()
            failed = self._failed
            ended = [self._frames[failed[0]]] if failed else self._frames
            frame.previous = max(own.previous for own in ended)
        frame.stop.release(self._stop)
        frame.clock.join([own.clock for own in ended])
        if failed is not None:
            frame.check_running()
            raise failed[1]
        return self._results

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            index, branch = taken
            try:
                result = branch(self._frames[index])
            except BaseException as error:  # noqa: BLE001 - handed to the thread that waits in run()
                self._fail(index, error)
                return
            with self._change:
                self._results[index] = result
                self._left -= 1
                self._change.notify()

    def _take(self) -> tuple[int, Branch] | None:
        with self._change:
            return None if self._failed is not None or self._stop.is_set() else next(self._waiting, None)

    def _fail(self, index: int, error: BaseException) -> None:
        with self._change:
            if self._failed is None:
                self._failed = index, error
                self._stop.set()
            self._change.notify()
