"""A mocked Map: it finds its items, runs none of them, and takes the mock's result.

`afterItemBatcher` is not shown: making batches is the Map Run's business.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import EXCEED_TOLERATED_FAILURE_THRESHOLD, ITEM_READER_FAILED, StateError
from simulator.aws.asl.expressions.scope import Scope
from simulator.aws.asl.states.maps.distributed_map import DistributedMapState
from simulator.aws.errors import validation_error
from simulator.aws.json_reader import BadJson, read_json
from simulator.aws.stepfunctions.teststate.mocks import check_failed_iterations

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.frame import Frame
    from simulator.aws.asl.states.maps.map_state import InlineMapState
    from simulator.aws.stepfunctions.teststate.inspection import Inspection
    from simulator.aws.stepfunctions.teststate.request import StateConfiguration


class MapWork:
    """The first half of a Map's work, with each step told to an inspection.

    Args:
        state: the Map.
        configuration: the request's.
        inspection: told of the steps.
    """

    def __init__(
        self, state: InlineMapState | DistributedMapState, configuration: StateConfiguration, inspection: Inspection
    ) -> None:
        self._state = state
        self._configuration = configuration
        self._inspection = inspection

    def prepare(self, frame: Frame, effective: Any) -> None:
        """Find and select the items, read the limits, and fail if more iterations have failed than are tolerated.

        Raises:
            StateError: as the Map would, States.ExceedToleratedFailureThreshold among them.
        """
        state, scope = self._state, frame.scope(effective)
        items = self._items(scope)
        if items is not None and state.map_fields.selector is not None:
            self._inspection.step("afterItemSelector", self._selected(frame, effective, items))
        self._inspection.data["maxConcurrency"] = state.map_fields.max_concurrency(scope)
        count, percentage = state.tolerance.resolve(scope) if isinstance(state, DistributedMapState) else (None, None)
        if count is not None:
            self._inspection.data["toleratedFailureCount"] = count
        if percentage is not None:
            self._inspection.data["toleratedFailurePercentage"] = percentage
        self._check_tolerance(None if items is None else len(items), count, percentage)

    def _items(self, scope: Scope) -> Any:
        state = self._state
        if isinstance(state, DistributedMapState) and state.reader is not None:
            pointer = state.reader.resolve(scope).items_pointer
            return self._read(pointer)
        items = state.map_fields.items(scope, (list, dict) if isinstance(state, DistributedMapState) else (list,))
        self._inspection.step("afterItemsPath", items)
        return items

    def _read(self, pointer: str | None) -> Any:
        """Return the items of `mapItemReaderData`, a JSON text; None if there is none."""
        text = self._configuration.reader_data
        if text is None:
            return None
        try:
            items = read_json(text)
        except BadJson as error:
            raise validation_error(f"mapItemReaderData must be valid JSON: {error}") from error
        if pointer:
            items = _pointed_at(items, pointer)
            self._inspection.step("afterItemsPointer", items)
        if not isinstance(items, (list, dict)):
            raise StateError(ITEM_READER_FAILED, "Attempting to map over non-iterable node.")
        return items

    def _selected(self, frame: Frame, effective: Any, items: Any) -> list[Any]:
        selector = self._state.map_fields.selector
        assert selector is not None  # noqa: S101 - prepare has looked
        pairs = list(items.items()) if isinstance(items, dict) else [(None, value) for value in items]
        context = frame.context_object()
        selected = []
        for index, (key, value) in enumerate(pairs):
            item = {"Index": index, "Value": value} | ({} if key is None else {"Key": key})
            inner = Scope(effective, lambda item=item: {**context, "Map": {"Item": item}}, frame.variables)  # type: ignore[misc]
            selected.append(selector.evaluate(inner))
        return selected

    def _check_tolerance(self, total: int | None, count: int | None, percentage: float | None) -> None:
        """Recorded on AWS: without a tolerance of its own a mocked Map succeeds, however many iterations failed."""
        failed = self._configuration.failed_iterations
        if failed is None:
            return
        if total is not None:
            check_failed_iterations(self._configuration, total)
        above_count = count is not None and failed > count
        above_percentage = (
            percentage is not None and total is not None and failed * 100 > Fraction(str(percentage)) * total
        )
        if above_count or above_percentage:
            raise StateError(
                EXCEED_TOLERATED_FAILURE_THRESHOLD, "The specified tolerated failure threshold was exceeded"
            )


def _pointed_at(document: Any, pointer: str) -> Any:
    """Return what a JSON Pointer (RFC 6901) names."""
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict) and key in document:
            document = document[key]
        elif isinstance(document, list) and key.isdecimal() and int(key) < len(document):
            document = document[int(key)]
        else:
            raise StateError(ITEM_READER_FAILED, f"The ItemsPointer {pointer} finds nothing.")
    return document
