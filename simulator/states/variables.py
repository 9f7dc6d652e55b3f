"""Workflow variables (`Assign`): set by a state, seen by the states after it and, read only, inside branches.

Developer guide, "Passing data between states with variables".
"""

from __future__ import annotations

from typing import Any

from simulator.states.paths import PathNotFoundError


class Variables:
    """One scope of variables; `outer` is the scope it may read from (inline Map and Parallel; never a child execution)."""

    __slots__ = ("_outer", "_values")

    def __init__(self, outer: Variables | None = None) -> None:
        self._outer = outer
        self._values: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        """Return a variable's value.

        Raises:
            PathNotFoundError: where no variable of that name has been assigned.
        """
        scope: Variables | None = self
        while scope is not None:
            if name in scope._values:
                return scope._values[name]
            scope = scope._outer
        raise PathNotFoundError(f"The variable '${name}' has not been assigned")

    def assign(self, values: dict[str, Any]) -> None:
        """Set variables of this scope, all at once."""
        self._values.update(values)
