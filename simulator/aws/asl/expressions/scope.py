"""Values that expressions can use: the input (`$`), the context object (`$$`) and the variables (`$name`)."""

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
    """The three roots that paths start from.

    Args:
        data: what `$` names (JSON value).
        context: makes the context object; called only when an expression reads it, since most read none.
        variables: the variables that can be read.
    """

    __slots__ = ("_context", "input", "variables")

    def __init__(self, data: Any, context: Callable[[], dict[str, Any]], variables: VariableLookup) -> None:
        self.input = data
        self._context = context
        self.variables = variables

    @property
    def context(self) -> dict[str, Any]:
        """The context object as plain JSON."""
        return self._context()
