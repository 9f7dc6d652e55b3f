"""How many items of a Map Run may fail. Developer guide, "Setting failure thresholds"."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Threshold:
    """The two tolerances; each None if it is unset.

    The run fails when either is exceeded, strictly. An unset one is not a zero beside one that is set (recorded); with
    both unset no item may fail.
    """

    count: int | None = None
    percentage: float | None = None

    def exceeded(self, failed: int, total: int) -> bool:
        """Tell whether `failed` (failed and timed-out items) of `total` are more than tolerated."""
        if self.count is None and self.percentage is None:
            return failed > 0
        if self.count is not None and failed > self.count:
            return True
        return self.percentage is not None and failed * 100 > Fraction(str(self.percentage)) * total
