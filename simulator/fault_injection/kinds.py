"""The kinds of faults: name, options, and an example."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_ERROR = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*")
_MOST = 1_000_000_000
_LONGEST_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Option:
    """One `name=value` of a fault.

    Args:
        read: makes the value of its text; raises ValueError with a sentence's end (`must be ...`).
        default: its value if it is left out.
    """

    read: Callable[[str], Any]
    default: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of fault.

    Args:
        name: the option that names it (`database=...`); `error` for errors of rows.
        form: how it is written.
        example: a SPEC that works.
        what: the effect, in a sentence.
        options: its options, by name.
        needs: options of which exactly one must be there; a tuple for each such choice.
    """

    name: str
    form: str
    example: str
    what: str
    options: dict[str, Option] = field(default_factory=dict)
    needs: tuple[tuple[str, ...], ...] = ()


def _whole(least: int, most: int = _MOST) -> Callable[[str], int]:
    def read(text: str) -> int:
        digits = text.isascii() and text.isdigit() and len(text) <= len(str(most))
        if not digits or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return read


def _fraction(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= 1:
        raise ValueError("must be a share of the rows: more than 0, at most 1")
    return value


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= _LONGEST_SECONDS:
        raise ValueError(f"must be seconds: more than 0, at most {_LONGEST_SECONDS:.0f}")
    return value


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be {' or '.join(words)}")
        return text

    return read


def _attempts(text: str) -> int:
    if text == "all":
        return _MOST
    try:
        return _whole(1)(text)
    except ValueError:
        raise ValueError("must be a number from 1, or all") from None


def _error_name(text: str) -> str:
    if not _ERROR.fullmatch(text):
        raise ValueError("must be an error's name, such as DatabaseError or Lambda.TooManyRequestsException")
    if text.startswith("States.") and text != "States.Timeout":
        raise ValueError(
            "must not be an error that Step Functions itself makes (of States.*, only States.Timeout can be injected)"
        )
    return text


_ROWS = {
    "row": Option(_whole(2)),
    "index": Option(_whole(0)),
    "share": Option(_fraction),
    "attempt": Option(_whole(1)),
    "attempts": Option(_attempts),
    "when": Option(_one_of("before", "after"), "before"),
}
_WHICH_ROWS = ("row", "index", "share")
_ROWS_FORM = "row=LINE|index=N|share=0.1[,attempt=N|,attempts=N|all][,when=before|after]"

KINDS = (
    Kind(
        name="error",
        form=f"error=NAME,{_ROWS_FORM}",
        example="row=3,attempt=1,error=Lambda.TooManyRequestsException",
        what="The call of a row's function fails with that error: before the function is run, or after (its answer is "
        "lost). LINE is the row's line in the file, as in `show --row`.",
        options={"error": Option(_error_name), **_ROWS},
        needs=(("error",), _WHICH_ROWS),
    ),
    Kind(
        name="function",
        form=f"function=timeout|memory|exit,{_ROWS_FORM}",
        example="function=exit,row=7",
        what="The function runs into its timeout (10 s), runs out of memory, or exits, and its execution environment "
        "ends with it: before the row is processed, or after.",
        options={"function": Option(_one_of("timeout", "memory", "exit")), **_ROWS},
        needs=(("function",), _WHICH_ROWS),
    ),
    Kind(
        name="latency",
        form="latency=SECONDS,row=LINE|index=N|share=0.1[,attempt=N|,attempts=N|all]",
        example="latency=0.2,share=1",
        what="The function of a row takes at least so many seconds, as if the database or the network were slow. "
        "`forecast --latency` foretells what that does to the run.",
        options={"latency": Option(_seconds), **{name: one for name, one in _ROWS.items() if name != "when"}},
        needs=(("latency",), _WHICH_ROWS),
    ),
    Kind(
        name="database",
        form="database=refuse|restart|paused[,after=ROWS][,for=SECONDS]",
        example="database=refuse,after=100,for=2",
        what="The embedded PostgreSQL is stopped when that many rows have been called, and started again after so many "
        "seconds (refuse: 2 s) or at once (restart). With paused it is an Aurora of 0 ACU that wakes up: for 15 s "
        "clients get no answer, and give up by their own timeouts.",
        options={
            "database": Option(_one_of("refuse", "restart", "paused")),
            "after": Option(_whole(0), 0),
            "for": Option(_seconds),
        },
        needs=(("database",),),
    ),
    Kind(
        name="dynamodb",
        form="dynamodb=throttle[,after=WRITES][,count=N]",
        example="dynamodb=throttle,after=50,count=20",
        what="After that many writes to ProcessingLogs, DynamoDB refuses the next N with "
        "ProvisionedThroughputExceededException.",
        options={
            "dynamodb": Option(_one_of("throttle")),
            "after": Option(_whole(0), 0),
            "count": Option(_whole(1), 20),
        },
        needs=(("dynamodb",),),
    ),
    Kind(
        name="s3",
        form="s3=fail-results[,count=N]",
        example="s3=fail-results",
        what="S3 answers SlowDown to the ResultWriter's writes: to the first N requests, or to all.",
        options={"s3": Option(_one_of("fail-results")), "count": Option(_whole(1), _MOST)},
        needs=(("s3",),),
    ),
    Kind(
        name="event",
        form="event=twice[,after=ROWS]",
        example="event=twice",
        what="EventBridge delivers the upload's event a second time: at once, or when that many rows have been called.",
        options={"event": Option(_one_of("twice")), "after": Option(_whole(0), 0)},
        needs=(("event",),),
    ),
    Kind(
        name="object",
        form="object=replace[,after=ROWS]",
        example="object=replace,after=100",
        what="The file in S3 is overwritten while its rows run: in the new version every digit of the rows is a 9 "
        "(without an event: on AWS that would be a second run).",
        options={"object": Option(_one_of("replace")), "after": Option(_whole(0), 0)},
        needs=(("object",),),
    ),
)
"""All kinds, in the order in which they are listed."""
