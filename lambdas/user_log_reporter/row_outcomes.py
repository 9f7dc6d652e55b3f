"""How the rows of a run ended, for a hundred thousand of them: a number per row in memory, the causes in a file."""

from __future__ import annotations

import json
from array import array
from typing import BinaryIO, Final

from lambdas.user_log_reporter.failed_rows import MAX_CAUSE, NEVER_DONE, Failure

_UNSEEN: Final = 0
_DONE: Final = -1
_NEVER_DONE: Final = -2


class RowOutcomes:
    """Keeps how each row ended; what is told later of a row counts.

    Args:
        spill: an empty file that can be read and written; it takes the causes.
        others_are_done: what a row of which nothing is told is: done, or never done.
    """

    def __init__(self, spill: BinaryIO, *, others_are_done: bool) -> None:
        self._spill = spill
        self._size = 0
        self._codes = array("q")
        self._others = None if others_are_done else NEVER_DONE

    def failed(self, index: int, error: str, cause: str) -> None:
        """Tell that a row failed."""
        self._put(index, self._size + 1)
        self._spill.seek(self._size)
        self._size += self._spill.write(json.dumps([error, cause[:MAX_CAUSE]]).encode() + b"\n")

    def never_done(self, index: int) -> None:
        """Tell that a row did not end."""
        self._put(index, _NEVER_DONE)

    def done(self, index: int) -> None:
        """Tell that a row succeeded."""
        self._put(index, _DONE)

    def failure(self, index: int, line: int) -> Failure | None:  # noqa: ARG002 - a row is known by its index here
        """Return why a row failed, NEVER_DONE if it did not end; None if it succeeded."""
        code = self._codes[index] if index < len(self._codes) else _UNSEEN
        if code == _DONE:
            return None
        if code == _NEVER_DONE:
            return NEVER_DONE
        if code == _UNSEEN:
            return self._others
        self._spill.seek(code - 1)
        error, cause = json.loads(self._spill.readline())
        return Failure(error, cause)

    def failures(self) -> int:
        """Return how many rows have been told to have failed."""
        return sum(code > 0 for code in self._codes)

    def _put(self, index: int, code: int) -> None:
        if index >= len(self._codes):
            self._codes.extend([_UNSEEN] * (index + 1 - len(self._codes)))
        self._codes[index] = code
