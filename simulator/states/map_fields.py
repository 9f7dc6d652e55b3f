"""What the two modes of Map share: the items, the selector, the concurrency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.states.errors import RUNTIME, EvaluationError
from simulator.states.limits import to_json
from simulator.states.path_fields import path_field, read_path
from simulator.states.paths import compile_path
from simulator.states.payload_template import PayloadTemplate

if TYPE_CHECKING:
    from simulator.states.faults import Fields
    from simulator.states.frame import Frame
    from simulator.states.paths import Path

MOST = 2**31 - 1


class MapFields:
    """`ItemsPath`, `ItemSelector` (or `Parameters`, its older name), `MaxConcurrency` and `MaxConcurrencyPath`."""

    def __init__(self, fields: Fields) -> None:
        fields.exclude("ItemSelector", "Parameters")
        fields.exclude("MaxConcurrency", "MaxConcurrencyPath")
        self.items_path = path_field(fields, "ItemsPath") or compile_path("$")
        name = "Parameters" if "Parameters" in fields else "ItemSelector"
        self.selector = PayloadTemplate.of(fields, name, kinds=(object,))
        self._max_concurrency = fields.integer("MaxConcurrency", least=0, most=MOST)
        self._max_concurrency_path = path_field(fields, "MaxConcurrencyPath")

    def max_concurrency(self, frame: Frame, effective: Any) -> int:
        """Return how many items at a time; 0 for no limit."""
        if self._max_concurrency_path is None:
            return self._max_concurrency or 0
        number = whole_number(self._max_concurrency_path, "MaxConcurrencyPath", frame, effective)
        if number < 0:
            raise EvaluationError(RUNTIME, "MaxConcurrency cannot be negative.")
        return number

    def items(self, frame: Frame, effective: Any) -> Any:
        """Return what ItemsPath names."""
        return read_path(self.items_path, frame, effective)


def whole_number(path: Path, name: str, frame: Frame, data: Any) -> int:
    """Return the integer a `...Path` field names, or fail in AWS's words."""
    value = read_path(path, frame, data)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _not_valid(path, name, value, "integer")
    return value


def real_number(path: Path, name: str, frame: Frame, data: Any) -> float:
    """Return the number a `...Path` field names, or fail in AWS's words."""
    value = read_path(path, frame, data)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _not_valid(path, name, value, "float")
    return value


def _not_valid(path: Path, name: str, value: Any, kind: str) -> EvaluationError:
    shown = value if isinstance(value, str) else to_json(value)
    return EvaluationError(
        RUNTIME, f'The {name} field refers to value "{shown}" which is not a valid {kind}: {path.text}'
    )
