"""Common to all states: entering, leaving, Next and End, Assign, and the words of an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from simulator.aws.asl.definition.fields import JSONPATH
from simulator.aws.asl.errors import EvaluationError, QueryEvaluationError
from simulator.aws.asl.expressions.templates import PayloadTemplate
from simulator.aws.asl.quotas import MAX_NAME_LENGTH, check_size

if TYPE_CHECKING:
    from datetime import datetime

    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.errors import StateError
    from simulator.aws.asl.expressions.scope import Scope
    from simulator.aws.asl.runtime.frame import Frame

Outcome = tuple[Any, str | None, "dict[str, Any] | None"]
"""The end of a state: its output, the next state (None at an end), and the variables it assigns."""


class State:
    """A state of any type; subclasses say what it does in `execute`.

    Args:
        name: the state's name.
        fields: its fields; the constructor reads those it knows and notes problems.
    """

    kind: ClassVar[str]
    retries: ClassVar[bool] = False
    resumes_from_entry: ClassVar[bool] = True
    """Whether the first event after a redrive names the state's old entry as its cause (recorded), as of a Task."""

    def __init__(self, name: str, fields: Fields) -> None:
        self.name = name
        fields.take("Type")
        if len(name) > MAX_NAME_LENGTH:
            fields.problem("", f"has a name of {len(name)} characters; AWS allows {MAX_NAME_LENGTH}")
        self.entered = f"{self.kind}StateEntered"
        self.exited = f"{self.kind}StateExited"

    def run(self, frame: Frame, data: Any) -> tuple[Any, str | None]:
        """Run the state on its input and return its output and the next state's name (None at an end).

        Raises:
            StateError: it fails.
            Aborted, ExecutionTimedOut: the execution is ended from outside.
        """
        frame.enter(self.name, self.entered, data, retries=self.retries)
        return self._finish(frame, data)

    def resume(self, frame: Frame, data: Any, entered_at: datetime, entered_id: int) -> tuple[Any, str | None]:
        """Run the state again in which a redriven execution had failed; it has been entered already."""
        frame.resume(self.name, entered_at, entered_id, retries=self.retries)
        if self.resumes_from_entry:
            frame.previous = entered_id
        return self._finish(frame, data)

    def _finish(self, frame: Frame, data: Any) -> tuple[Any, str | None]:
        try:
            output, following, assigned = self.execute(frame, data)
            check_size(output, self.name)
        except EvaluationError as error:
            raise failed_evaluation(frame, error) from error
        frame.exit(self.exited, output, assigned)
        return output, following

    def execute(self, frame: Frame, data: Any) -> Outcome:
        """Do what the state's type does."""
        raise NotImplementedError


def failed_evaluation(frame: Frame, error: EvaluationError) -> StateError:
    """Return the error with the current state in its words; a JSONata expression's gets its event."""
    told = error.within(frame.state, frame.entered_id)
    if isinstance(error, QueryEvaluationError):
        frame.event("EvaluationFailed", error=told.error, cause=told.cause, location=error.location, state=frame.state)
    return told


class Transition:
    """Where a state goes afterwards: `Next`, or `End`."""

    __slots__ = ("next",)

    def __init__(self, fields: Fields) -> None:
        end = fields.boolean("End")
        self.next = fields.string("Next")
        if end and self.next is not None:
            fields.problem("", "has both Next and End; only one of them is allowed")
        if not end and "Next" not in fields:
            fields.problem("", 'needs "Next" or "End": true')

    def targets(self) -> list[str]:
        """Return the names of the states it can lead to."""
        return [] if self.next is None else [self.next]


class Assign:
    """The variables a state sets when it ends. Developer guide, "Assign"."""

    __slots__ = ("_template", "is_empty")

    def __init__(self, fields: Fields, sees: str = "result") -> None:
        self._template = PayloadTemplate.of(fields, "Assign", sees=(sees,))
        self.is_empty = self._template is None
        if self._template is not None:
            for key in self._template.raw if isinstance(self._template.raw, dict) else ():
                name = key.removesuffix(".$") if fields.language == JSONPATH else key
                if not name.isidentifier() or name == "states" or len(name) > MAX_NAME_LENGTH:
                    fields.problem(
                        f"Assign.{key}", "is not a name for a variable (letters, digits and _; `states` is reserved)"
                    )

    def values(self, frame: Frame, scope: Scope) -> dict[str, Any] | None:
        """Return the variables to set, made of what `scope` shows; None if there are none."""
        if self._template is None:
            return None
        values: dict[str, Any] = self._template.evaluate(scope)
        check_size(values, frame.state)
        return values
