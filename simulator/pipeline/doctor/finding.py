"""What a look at one thing has found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

State = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was looked at, and how it is.

    Args:
        name: the thing.
        found: how it is, as a sentence or a value.
        state: `problem` if a run cannot work so, `warning` if it may go wrong.
        cure: what to do; None if there is nothing to do.
    """

    name: str
    found: str
    state: State = "ok"
    cure: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return asdict(self)
