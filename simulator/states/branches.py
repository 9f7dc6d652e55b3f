"""Running several lines of control of one state: the branches of a Parallel, the iterations of an inline Map."""

from __future__ import annotations

from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any

from simulator.states.errors import BranchStopped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulator.states.frame import Frame

MOST_AT_ONCE = 40
"""AWS runs about 40 iterations of an inline Map at a time."""


def run_branches(frame: Frame, branches: Sequence[Callable[[Frame], Any]], limit: int) -> list[Any]:
    """Run each branch on a frame of its own and return their results in order.

    Args:
        frame: the frame of the state that has the branches; its last event becomes that of the branch that ended last.
        branches: each takes its frame and returns the branch's output.
        limit: how many at a time, 0 for no limit of the definition's.

    Raises:
        StateError: of the first branch that fails; the others are stopped at their next state.
    """
    stop = frame.stop.group()
    frames = [frame.branch(stop) for _ in branches]
    try:
        if limit == 1 or len(branches) <= 1:
            results = []
            for branch, own in zip(branches, frames, strict=True):
                own.previous = frame.previous
                results.append(branch(own))
                frame.previous = own.previous
            return results
        workers = min(len(branches), limit or MOST_AT_ONCE, MOST_AT_ONCE)
        with ThreadPoolExecutor(workers, thread_name_prefix=f"branch-{frame.state}") as pool:
            futures = [pool.submit(branch, own) for branch, own in zip(branches, frames, strict=True)]
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            failure = _first_failure(done)
            if failure is not None:
                stop.set()
        if failure is not None:
            raise failure
        return [future.result() for future in futures]
    finally:
        frame.stop.release(stop)
        frame.previous = max([frame.previous, *(own.previous for own in frames)])


def _first_failure(done: set[Future[Any]]) -> BaseException | None:
    failures = [error for future in done if (error := future.exception()) is not None]
    return next((error for error in failures if not isinstance(error, BranchStopped)), None)
