"""Values that expressions can use: the input, the context object and the variables.

In JSONPath they are `$`, `$$` and `$name`; in JSONata `$states.input`, `$states.context` and `$name`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class VariableLookup(Protocol):
    """Gives the values of variables."""

    def get(self, name: str, /) -> Any:
        """Return a variable's value, or raise PathNotFoundError if none of that name has been assigned."""
        ...


class Scope:
    """What expressions start from.

    Args:
        data: the input (JSON value).
        context: makes the context object; called once, when an expression first reads it, since most read none.
        variables: the variables that can be read.
        outcome: what else `$states` holds in JSONata: `result` after the state's work, `errorOutput` in a catcher.
    """

    __slots__ = ("_made", "_make", "input", "outcome", "variables")

    def __init__(
        self,
        data: Any,
        context: Callable[[], dict[str, Any]],
        variables: VariableLookup,
        outcome: dict[str, Any] | None = None,
    ) -> None:
        self.input = data
        self._make = context
        self._made: dict[str, Any] | None = None
        self.variables = variables
        self.outcome = outcome or {}

    @property
    def context(self) -> dict[str, Any]:
        """The context object as plain JSON."""
        if self._made is None:
            self._made = self._make()
        return self._made
