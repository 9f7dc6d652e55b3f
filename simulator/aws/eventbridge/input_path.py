"""The small path language of InputPath and InputPathsMap.

EventBridge user guide, "Input transformation"; the refusals were recorded on AWS.
"""

from __future__ import annotations

import re
from typing import Any

from simulator.aws.eventbridge.errors import ValidationException

MISSING: Any = object()
"""The value of a path that the event does not have."""

_Step = tuple[str | None, str | None]
_PATH = re.compile(r"\$(?:\.[A-Za-z0-9_/-]+|\[\d+\]|\[\*\])*")
_STEP = re.compile(r"\.([A-Za-z0-9_/-]+)|\[(\d+|\*)\]")


class InputPath:
    """A path: `$`, then `.name` (letters, digits, `-`, `_`, `/`), `[0]` or `[*]`.

    Raises:
        ValidationException: the path has anything else (AWS also refuses `$['x']`, `$..x`, `.*` and slices).
    """

    __slots__ = ("_steps", "text")

    def __init__(self, text: str, target: str) -> None:
        if not _PATH.fullmatch(text):
            raise ValidationException(
                f"InputPath for target {target} is invalid. {text!r} is not a path: write "
                "$ followed by .name, [0] or [*] (names of letters, digits, -, _ and /)"
            )
        self.text = text
        self._steps: list[_Step] = [(match[1], match[2]) for match in _STEP.finditer(text)]

    def find(self, event: Any) -> Any:
        """Return the value the path leads to in an event (JSON value), or MISSING."""
        return _find(event, self._steps)


def _find(node: Any, steps: list[_Step]) -> Any:
    if not steps:
        return node
    (name, index), rest = steps[0], steps[1:]
    if name is not None:
        return _find(node[name], rest) if isinstance(node, dict) and name in node else MISSING
    if not isinstance(node, list):
        return MISSING
    if index == "*":
        return [value for entry in node if (value := _find(entry, rest)) is not MISSING]
    position = int(index or 0)
    return _find(node[position], rest) if position < len(node) else MISSING
