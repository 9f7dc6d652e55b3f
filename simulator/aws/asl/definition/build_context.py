"""The context in which the states of one machine are built, and the checks across them.

A state that holds a machine (Parallel, Map) has it built through here, so that no state imports the compiler.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.runtime.ports import TaskService
    from simulator.aws.asl.runtime.state_machine import StateMachine

    BuildMachine = Callable[[Fields, str, "BuildContext"], StateMachine]


class BuildContext:
    """The context of one machine, the machines inside it included.

    Args:
        tasks: the services that Tasks may call; asked what is wrong with a Task.
        machine_name: the machine's name; generated labels depend on it.
        machine_type: STANDARD or EXPRESS.
        build_machine: builds the machine in some fields; see `machine`.
        language: the query language of states that name none.
    """

    def __init__(
        self,
        tasks: TaskService,
        machine_name: str,
        machine_type: str,
        build_machine: BuildMachine,
        language: str = "JSONPath",
    ) -> None:
        self.tasks = tasks
        self.language = language
        self.machine_name = machine_name
        self.labels: set[str] = set()
        self._build_machine = build_machine
        self._state_names: set[str] = set()
        # What encloses the states being built: the machine itself, then distributed Maps.
        self._enclosing = [machine_type]
        # The names that enclosing machines assign: a branch may read them, and not assign them.
        self._assigned: list[set[str]] = []

    def machine(self, fields: Fields, noun: str) -> StateMachine:
        """Build the inner machine in `fields`, noting problems there; `noun` names what it is in them."""
        return self._build_machine(fields, noun, self)

    @property
    def is_express(self) -> bool:
        """Whether the states being built run in an EXPRESS execution."""
        return self._enclosing[-1] == "EXPRESS"

    def claim_name(self, name: str) -> bool:
        """Take a state's name; False if another state has it already."""
        is_free = name not in self._state_names
        self._state_names.add(name)
        return is_free

    def assigned_outside(self, names: set[str]) -> list[str]:
        """Return those of `names` that a machine around this one assigns, sorted."""
        return sorted(names & set().union(*self._assigned))

    @contextmanager
    def assigning(self, names: set[str]) -> Iterator[None]:
        """Build the states of a machine that assigns the variables `names`."""
        self._assigned.append(names)
        yield
        self._assigned.pop()

    def check_distributed(self, fields: Fields) -> None:
        """Note a problem if a Distributed Map is in an EXPRESS machine, or inside one whose children are EXPRESS."""
        if self.is_express:
            what = "state machine" if len(self._enclosing) == 1 else "child execution"
            fields.problem("", f"is a Distributed Map, which an EXPRESS {what} cannot have")

    @contextmanager
    def inside_distributed(self, execution_type: str) -> Iterator[None]:
        """Build what is inside a Distributed Map with children of `execution_type`."""
        self._enclosing.append(execution_type)
        outer, self._assigned = self._assigned, []  # a child execution sees none of its parent's variables
        yield
        self._assigned = outer
        self._enclosing.pop()
