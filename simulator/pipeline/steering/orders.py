"""What can be ordered of a run that goes on, as one process says it to another."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

Kind = Literal["stop", "pause", "resume", "update"]
MOST_PERCENT = 100.0


class BadOrder(ValueError):
    """No such order, or a value that it cannot have; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order.

    Args:
        kind: stop (StopExecution), pause and resume (of the simulator only), update (UpdateMapRun).
        run: the run's name.
        error, cause: what StopExecution records; None for nothing.
        max_concurrency: how many children run at once from now on; 0 for as many as there may be.
        tolerated_count, tolerated_percentage: how many rows may fail; None keeps what holds.

    Raises:
        BadOrder: a value is out of its range, or an update changes nothing.
    """

    kind: Kind
    run: str
    error: str | None = None
    cause: str | None = None
    max_concurrency: int | None = None
    tolerated_count: int | None = None
    tolerated_percentage: float | None = None

    def __post_init__(self) -> None:
        """Check the values: they may come from another process."""
        if self.kind not in get_args(Kind):
            raise BadOrder(f"{self.kind!r} cannot be ordered of a run.")
        for name, value in (("concurrency", self.max_concurrency), ("tolerated number of rows", self.tolerated_count)):
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
                raise BadOrder(f"The {name} must be a whole number, 0 or more, not {value!r}.")
        share = self.tolerated_percentage
        if share is not None and not (math.isfinite(share) and 0 <= share <= MOST_PERCENT):
            raise BadOrder(f"The tolerated percentage must be 0 to 100, not {share!r}.")
        if self.kind == "update" and self.settings == (None, None, None):
            raise BadOrder("Nothing is changed: give a concurrency, a tolerated number or a tolerated percentage.")

    @property
    def settings(self) -> tuple[int | None, int | None, float | None]:
        """What an update changes."""
        return self.max_concurrency, self.tolerated_count, self.tolerated_percentage

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Order:
        """Read it.

        Raises:
            BadOrder: it is none.
        """
        try:
            return cls(**value)
        except TypeError as error:
            raise BadOrder(f"That is not an order: {error}.") from error
