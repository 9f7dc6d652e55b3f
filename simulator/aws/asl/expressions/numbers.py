"""Numbers behind a `...Path` field: `MaxConcurrencyPath`, `SecondsPath`, `TimeoutSecondsPath` and the others.

Recorded on AWS: a JSON string that reads as a number counts as one ("2"; "2.5" for a percentage). AWS reads what the
path names as text and parses that as a 64-bit integer, so 2.0, 1.5 and 9223372036854775808 are not valid integers.
"""

from __future__ import annotations

import math
import re
from typing import Any

_INTEGER = re.compile(r"[+-]?[0-9]+")
_REAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_LONG = 2**63


def long_of(value: Any) -> int | None:
    """Return the 64-bit integer that a JSON number or string reads as; None for anything else.

    Example:
        >>> [long_of(value) for value in (2, "2", "-1", "+7", 2.0, "2.0", "x", "", True, None, 2**63)]
        [2, 2, -1, 7, None, None, None, None, None, None, None]
    """
    if isinstance(value, str):
        if _INTEGER.fullmatch(value) is None or len(value) > 30:  # noqa: PLR2004 - more than any 64-bit integer has
            return None
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not -_LONG <= value < _LONG:
        return None
    return value


def real_of(value: Any) -> float | None:
    """Return the number that a JSON number or string reads as; None for anything else.

    Example:
        >>> [real_of(value) for value in (2, 2.5, "2.5", "1e1", "x", "NaN", False)]
        [2, 2.5, 2.5, 10.0, None, None, None]
    """
    if isinstance(value, str):
        value = float(value) if _REAL.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isinf(value):
        return None
    return value
