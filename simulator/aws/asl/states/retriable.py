"""What Task, Parallel and Map share: they do work that may fail, be tried again, and be caught."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from simulator.aws.asl.errors import EvaluationError, QueryEvaluationError, StateError
from simulator.aws.asl.quotas import check_size
from simulator.aws.asl.states.catch import Catch
from simulator.aws.asl.states.retry import Retry
from simulator.aws.asl.states.state import Assign, Outcome, State, Transition, failed_evaluation

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.runtime.frame import Frame
    from simulator.aws.asl.states.data_flow import DataFlow

    Work = Callable[[Frame, Any, Any], Any]


class WorkTransition(Transition):
    """Where such a state goes: Next or End, or one of its catchers."""

    __slots__ = ("_catch",)

    def __init__(self, fields: Fields, catch: Catch) -> None:
        super().__init__(fields)
        self._catch = catch

    def targets(self) -> list[str]:
        """Return the names of the states it can lead to."""
        return super().targets() + self._catch.targets()


class RetriableState(State):
    """A state with Retry and Catch; subclasses say in `work` what is tried, and what happens on failure in `failed`."""

    retries = True
    failed_event: ClassVar[str | None] = None
    """The event of a state whose work has failed for good (a retried failure has none)."""

    def __init__(self, name: str, fields: Fields, flow: DataFlow) -> None:
        super().__init__(name, fields)
        self.flow = flow
        self.retry = Retry(fields)
        self.catch = Catch(fields)
        self._assign = Assign(fields)
        self.transition = WorkTransition(fields, self.catch)

    def execute(self, frame: Frame, data: Any) -> Outcome:
        """Work, retry or catch or fail."""
        counters = self.retry.begin()
        while True:
            try:
                return self.attempt(frame, data, self.work)
            except StateError as failure:
                error = failed_evaluation(frame, failure) if isinstance(failure, EvaluationError) else failure
                if (delay := counters.next_delay(error)) is not None:
                    self._wait_to_retry(frame, delay)
                    continue
                # Recorded on AWS: a JSONata expression that fails has the event too, another field's failure has not.
                has_event = failure is error or isinstance(failure, QueryEvaluationError)
                if self.failed_event is not None and has_event:
                    frame.event(self.failed_event)
                if (catcher := self.catch.match(error)) is not None:
                    return catcher.outcome(frame, data, error)
                raise error from failure

    def attempt(self, frame: Frame, data: Any, work: Work) -> Outcome:
        """Work once, with the data flow around it; `work` is the state's own, or what stands in for it."""
        effective = self.flow.effective_input(frame, data)
        if effective is not data:
            check_size(effective, self.name)
        result = work(frame, data, effective)
        selected = self.flow.selected(frame, result)
        output = self.flow.output(frame, data, selected)
        if self._assign.is_empty:
            return output, self.transition.next, None
        return output, self.transition.next, self._assign.values(frame, self.flow.assign_scope(frame, data, selected))

    @staticmethod
    def _wait_to_retry(frame: Frame, delay: float) -> None:
        frame.sleep(delay)
        frame.resumed = False
        frame.retry_count = (frame.retry_count or 0) + 1

    def work(self, frame: Frame, data: Any, effective: Any) -> Any:
        """Do the state's work on its effective input and return the result; `data` is the raw input."""
        raise NotImplementedError
