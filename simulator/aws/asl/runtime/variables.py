"""Workflow variables (`Assign`): set by a state, seen by the states after it and, read only, inside branches.

Developer guide, "Passing data between states with variables".
"""

from __future__ import annotations

from typing import Any

from simulator.aws.asl.expressions.jsonpath import PathNotFoundError


class Variables:
    """One scope of variables; `outer` is the scope it may read from (inline Map, Parallel; never a child execution)."""

    __slots__ = ("_outer", "_values")

    def __init__(self, outer: Variables | None = None) -> None:
        self._outer = outer
        self._values: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        """Return a variable's value.

        Raises:
            PathNotFoundError: no variable of that name has been assigned.
        """
        if name in self._values:
            return self._values[name]
        if self._outer is None:
            raise PathNotFoundError(f"The variable '${name}' has not been assigned")
        return self._outer.get(name)

    def assign(self, values: dict[str, Any]) -> None:
        """Set variables of this scope, all at once."""
        self._values.update(values)

    def values(self) -> dict[str, Any]:
        """Return the variables of this scope, without those of outer ones."""
        return dict(self._values)
