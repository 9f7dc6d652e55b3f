"""The fields `ToleratedFailureCount` and `ToleratedFailurePercentage`. Developer guide, "Failure thresholds"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.states.errors import RUNTIME, EvaluationError
from simulator.states.map_fields import MOST, real_number, whole_number
from simulator.states.path_fields import path_field

if TYPE_CHECKING:
    from simulator.states.faults import Fields
    from simulator.states.frame import Frame

ALL_PERCENT = 100


class ToleranceField:
    """How many items may fail, as a count and as a percentage; each None where it is unset."""

    def __init__(self, fields: Fields) -> None:
        fields.exclude("ToleratedFailureCount", "ToleratedFailureCountPath")
        fields.exclude("ToleratedFailurePercentage", "ToleratedFailurePercentagePath")
        self._count = fields.integer("ToleratedFailureCount", least=0, most=MOST)
        self._count_path = path_field(fields, "ToleratedFailureCountPath")
        self._percentage = fields.number("ToleratedFailurePercentage", least=0, most=ALL_PERCENT)
        self._percentage_path = path_field(fields, "ToleratedFailurePercentagePath")

    def resolve(self, frame: Frame, effective: Any) -> tuple[int | None, float | None]:
        """Return (count, percentage) with paths read.

        Raises:
            EvaluationError: States.Runtime where a value is no number or out of bounds.
        """
        count, percentage = self._count, self._percentage
        if self._count_path is not None:
            count = whole_number(self._count_path, "ToleratedFailureCountPath", frame, effective)
            if count < 0:
                raise EvaluationError(RUNTIME, "ToleratedFailureCount cannot be negative.")
        if self._percentage_path is not None:
            percentage = real_number(self._percentage_path, "ToleratedFailurePercentagePath", frame, effective)
            if not 0 <= percentage <= ALL_PERCENT:
                raise EvaluationError(RUNTIME, "ToleratedFailurePercentage must be between 0 and 100.")
        return count, percentage
