"""What the branches of a Parallel and the iterations of an inline Map had done when their execution ended.

Developer guide, "Redriving executions": a redriven Parallel or inline Map runs only what had not succeeded, each branch
from the state in which it stopped. Branches have no events of their own, so the history is read along its
`previousEventId`s: the event that a state's entry follows from is of the same branch, or is the start of all of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.expressions.timestamps import parse_time
from simulator.aws.asl.runtime.resume import Begun, Branches, Resume

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    Event = Mapping[str, Any]

_STARTS = ("ParallelStateStarted", "MapStateStarted")
_FAILURES = ("Failed", "TimedOut")


def with_branches(resume: Resume, events: Iterable[Event], definition: Mapping[str, Any]) -> Resume:
    """Return where a redrive goes on, with what the branches of the open state had done, and their own variables.

    Args:
        resume: the same without branches; it is returned as it is if the history has no state to go on in.
        events: the whole history, oldest first.
        definition: the machine's definition, as an object.

    Raises:
        KeyError, ValueError: an event is not whole.
    """
    reader = _Reader(definition)
    for event in events:
        reader.read(event)
    begun = reader.root.begun()
    found = begun.resume if begun is not None else None
    return resume if found is None else replace(found, ended=resume.ended)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a state is written: in which branch of which state (None and 0 for the machine itself)."""

    state: Mapping[str, Any]
    container: str | None
    branch: int


_NOWHERE = _Place({}, None, 0)
"""Of a state that the definition does not have."""


@dataclass(slots=True, eq=False)
class _Line:
    """One line of control: the execution's own, a branch or an iteration."""

    places: Mapping[str, _Place]
    container: str | None = None
    index: int = 0
    outer: _Line | None = None
    entered: Event | None = None
    """The entry of the state that is open, or was left last."""
    left: Event | None = None
    caught: bool = False
    """Whether the state that was left last had failed."""
    variables: dict[str, Any] = field(default_factory=dict)
    started: int = 0
    """The event with which the open state's branches were started last; 0 if they were not."""
    inner: dict[int, _Line] = field(default_factory=dict)
    ended: bool = False

    @property
    def state(self) -> str | None:
        """The name of the state that was entered last."""
        return None if self.entered is None else _details(self.entered)["name"]

    @property
    def open(self) -> str | None:
        """The name of the state that it is in."""
        return self.state if self.left is None else None

    def enter(self, event: Event) -> None:
        self.entered, self.left, self.started, self.inner = event, None, 0, {}

    def leave(self, event: Event, cause: Event | None) -> None:
        self.left, self.started, self.inner = event, 0, {}
        self.caught = cause is not None and str(cause["type"]).endswith(_FAILURES)
        assigned = _details(event).get("assignedVariables") or {}
        self.variables |= {name: json.loads(text) for name, text in assigned.items()}

    def start(self, event: Event) -> None:
        """Note the start of the open state's branches: that of a retry drops what they had done before."""
        if int(event["id"]) != self.started:
            self.started, self.inner = int(event["id"]), {}

    def resume(self) -> Resume | None:
        """Return where it goes on in its open state; None without one."""
        if self.entered is None or self.left is not None:
            return None
        return self._again(self.entered)

    def begun(self) -> Begun | None:
        """Return what a branch or iteration had done; None if it had entered no state."""
        if self.entered is None:
            return None
        if self.left is None:
            return Begun(last_id=int(self.entered["id"]), resume=self._again(self.entered))
        details = _details(self.left)
        state, output = self.places.get(details["name"], _NOWHERE).state, json.loads(details["output"])
        last_id = int(self.left["id"])
        if not self.ended and (self.caught or state.get("Type") == "Choice"):
            # The history does not say where it went on from there: the state is run again.
            return Begun(last_id=int(self.entered["id"]), resume=self._again(self.entered))
        if self.ended or "Next" not in state:
            return Begun(last_id=last_id, output=output, ended=self.ended)
        following = replace(self._again(self.entered), state=state["Next"], input=output, entered_id=0)
        return Begun(last_id=last_id, resume=following)

    def _again(self, entered: Event) -> Resume:
        details = _details(entered)
        return Resume(
            state=details["name"],
            input=json.loads(details["input"]),
            entered_at=parse_time(entered.get("timestamp")) or datetime.now(UTC),
            entered_id=int(entered["id"]),
            variables=self.variables,
            branches=self._branches(),
        )

    def _branches(self) -> Branches | None:
        if not self.started:
            return None
        begun = {index: line.begun() for index, line in self.inner.items()}
        return Branches(self.started, {index: one for index, one in begun.items() if one is not None})


class _Reader:
    """Reads a history, event by event, into lines of control."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self._places = dict(_places(definition))
        self.root = _Line(self._places)
        self._events: dict[int, Event] = {}
        self._lines: dict[int, _Line] = {}

    def read(self, event: Event) -> None:
        """Take the next event."""
        kind, details = str(event["type"]), _details(event)
        cause = self._events.get(event["previousEventId"])
        line = self._lines.get(event["previousEventId"], self.root)
        if kind.endswith("StateEntered"):
            line = self._line_of(details["name"], line, cause)
            line.enter(event)
        elif kind.endswith("StateExited"):
            # A Choice that was run again is left twice.
            line = self._outwards(line, lambda one: one.state == details["name"])
            line.leave(event, cause)
        elif kind == "MapIterationStarted":
            line = self._iteration(details, line, cause)
        elif kind == "MapIterationSucceeded":
            line = self._outwards(line, lambda one: (one.container, one.index) == (details["name"], details["index"]))
            line.ended = True
        self._events[event["id"]] = event
        self._lines[event["id"]] = line

    def _line_of(self, name: str, line: _Line, cause: Event | None) -> _Line:
        place = self._places.get(name, _NOWHERE)
        if cause is None or cause["type"] != "ParallelStateStarted":
            return self._outwards(line, lambda one: one.container == place.container)
        parent = self._outwards(line, lambda one: one.open == place.container)
        parent.start(cause)
        return parent.inner.setdefault(
            place.branch, _Line(self._places, container=place.container, index=place.branch, outer=parent)
        )

    def _iteration(self, details: Mapping[str, Any], line: _Line, cause: Event | None) -> _Line:
        parent = self._outwards(line, lambda one: one.open == details["name"])
        if cause is not None and cause["type"] in _STARTS:
            parent.start(cause)
        iteration = _Line(self._places, container=details["name"], index=details["index"], outer=parent)
        parent.inner[iteration.index] = iteration
        return iteration

    def _outwards(self, line: _Line, wanted: Callable[[_Line], bool]) -> _Line:
        """Return the first line from `line` outwards that is wanted; the outermost one if none is."""
        while not wanted(line) and line.outer is not None:
            line = line.outer
        return line


def _places(machine: Mapping[str, Any], container: str | None = None, branch: int = 0) -> Iterator[tuple[str, _Place]]:
    """Yield each state of a machine and of what it runs inside the same execution; names are unique there."""
    for name, state in machine["States"].items():
        yield name, _Place(state, container, branch)
        for index, inner in enumerate(state.get("Branches", ())):
            yield from _places(inner, name, index)
        processor = state.get("ItemProcessor") or state.get("Iterator")
        if processor is not None and processor.get("ProcessorConfig", {}).get("Mode") != "DISTRIBUTED":
            yield from _places(processor, name)


def _details(event: Event) -> Mapping[str, Any]:
    found = next((value for key, value in event.items() if key.endswith("EventDetails")), None)
    return found if isinstance(found, dict) else {}
