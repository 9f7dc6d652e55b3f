"""Which rows, and which attempts of them, a fault is for."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.fault_injection.row_calls import RowCall
    from simulator.fault_injection.spec import FaultSpec


class RowPick:
    """Picks calls: the same ones for the same SPEC, seed and file.

    Args:
        spec: with `row`, `index` or `share`, and `attempt` or `attempts` (the first, where neither is there).
        lines: the index of the row that begins on a line of the file.
        seed: chooses the rows of a share; with the SPEC's text, so that two shares are not the same rows.
    """

    def __init__(self, spec: FaultSpec, lines: Mapping[int, int], seed: int) -> None:
        values = spec.values
        self._share: float | None = values["share"]
        self._index: int | None = lines.get(values["row"]) if values["row"] is not None else values["index"]
        self._exact: int | None = values["attempt"]
        self._most: int = values["attempts"] or 1
        self._salt = f"{seed}|{spec.text}|"

    def __contains__(self, call: RowCall) -> bool:
        attempt = call.attempt == self._exact if self._exact is not None else call.attempt <= self._most
        return attempt and self._has(call.index)

    def _has(self, index: int) -> bool:
        if self._share is None:
            return index == self._index
        return random.Random(f"{self._salt}{index}").random() < self._share  # noqa: S311 - no secret
