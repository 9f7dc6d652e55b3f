"""Tasks whose work a worker fetches: activities.

Developer guide, "Activities"; API reference, GetActivityTask; States Language, "Timeouts and Heartbeats": an activity's
TimeoutSeconds and HeartbeatSeconds begin when a worker takes the Task.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict, deque
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from simulator.aws.asl.errors import TASK_FAILED, TIMEOUT, NotScheduled, StateError
from simulator.aws.asl.json_text import to_json
from simulator.aws.asl.runtime.task_token import new_token
from simulator.aws.caller import caller_has_gone
from simulator.aws.errors import ApiError
from simulator.aws.integrations.waiting.callbacks import LOOK_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.aws.asl.runtime.ports import TaskRequest
    from simulator.aws.integrations.waiting.callbacks import Callbacks

POLL_SECONDS = 60.0
MOST_POLLERS = 1000


class KnownActivities(Protocol):
    """The activities that have been created."""

    def has(self, arn: str) -> bool:
        """Tell whether there is one of that ARN."""
        ...


class ActivityTasks:
    """The Tasks that wait for a worker, the oldest first. Its methods may be called from any thread.

    Args:
        known: the activities that there are.
        callbacks: the Tasks that wait to be called back; a Task joins them when a worker takes it.
        poll_seconds: so long a worker waits for a Task.
    """

    def __init__(self, known: KnownActivities, callbacks: Callbacks, poll_seconds: float = POLL_SECONDS) -> None:
        self._known = known
        self._callbacks = callbacks
        self._poll_seconds = poll_seconds
        self._changed = threading.Condition()
        self._waiting: defaultdict[str, deque[_Waiting]] = defaultdict(deque)
        self._pollers: Counter[str] = Counter()

    def problems(self, parameters: Any) -> Iterable[str]:
        """Find nothing: a worker's input may be anything, and AWS looks for the activity when the Task runs."""
        del parameters
        return ()

    def call(self, request: TaskRequest) -> Any:
        """Wait for a worker, and then for what it sends; return the output of its SendTaskSuccess.

        Raises:
            StateError: NotScheduled, if there is no such activity; what SendTaskFailure brings; States.Timeout;
                States.HeartbeatTimeout.
        """
        arn = request.resource
        if not self._known.has(arn):
            raise NotScheduled("ActivityDoesNotExist", f"Activity Does Not Exist: '{arn}'")
        end = None if request.timeout is None else monotonic() + request.timeout
        task = _Waiting(to_json(request.parameters))
        with self._changed:
            self._waiting[arn].append(task)
            self._changed.notify_all()
        try:
            worker = self._worker(task, request, end)
            self._callbacks.open(task.token, arn)
            if request.submitted is not None:
                request.submitted(worker)
            if request.seconds is not None:
                own_end = monotonic() + request.seconds
                end = own_end if end is None else min(end, own_end)
            with self._changed:
                task.begun = True
                self._changed.notify_all()
            return self._callbacks.wait(replace(request, token=task.token), end)
        finally:
            self._callbacks.close(task.token)
            with self._changed:
                task.over = True
                if task in self._waiting[arn]:
                    self._waiting[arn].remove(task)
                self._changed.notify_all()

    def _worker(self, task: _Waiting, request: TaskRequest, end: float | None) -> str | None:
        """Wait until a worker takes the Task; return its name."""
        with self._changed:
            while not task.taken:
                if request.cancelled is not None and request.cancelled.is_set():
                    raise StateError(TASK_FAILED, "The execution was stopped.")
                if end is not None and monotonic() >= end:
                    raise StateError(TIMEOUT)
                self._changed.wait(LOOK_SECONDS)
            return task.worker

    def take(self, arn: str, worker: str | None) -> tuple[str, str] | None:
        """Return (token, input) of the oldest Task of an activity that no worker has; wait up to 60 s for one.

        Returns:
            None if there is none by then, or the caller has gone.

        Raises:
            ApiError: ActivityDoesNotExist; ActivityWorkerLimitExceeded.
        """
        if not self._known.has(arn):
            raise ApiError("ActivityDoesNotExist", f"Activity Does Not Exist: '{arn}'")
        end = monotonic() + self._poll_seconds
        with self._changed:
            if self._pollers[arn] >= MOST_POLLERS:
                raise ApiError(
                    "ActivityWorkerLimitExceeded",
                    "The maximum number of workers concurrently polling for activity tasks has been reached.",
                )
            self._pollers[arn] += 1
            try:
                return self._take(arn, worker, end)
            finally:
                self._pollers[arn] -= 1

    def _take(self, arn: str, worker: str | None, end: float) -> tuple[str, str] | None:
        waiting = self._waiting[arn]
        while not caller_has_gone():
            if waiting:
                task = waiting.popleft()
                task.worker, task.taken = worker, True
                self._changed.notify_all()
                # Its execution writes ActivityStarted first; one that is stopped just now has no work any more.
                self._changed.wait_for(lambda task=task: task.begun or task.over)  # type: ignore[misc]
                if task.begun:
                    return task.token, task.input
                continue
            left = end - monotonic()
            if left <= 0:
                break
            self._changed.wait(min(left, LOOK_SECONDS))
        return None


class _Waiting:
    """A Task that waits for a worker: taken by one, begun in its history, or over before that."""

    def __init__(self, text: str) -> None:
        self.token = new_token()
        self.input = text
        self.worker: str | None = None
        self.taken = self.begun = self.over = False
