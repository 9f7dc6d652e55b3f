"""Retry: how many times, and after which wait, a failed state is tried again.

States Language, "Retrying after error"; developer guide, "Handling errors", for MaxDelaySeconds and JitterStrategy.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

from simulator.aws.asl.errors import ALL, RUNTIME, TASK_FAILED, TIMEOUT, StateError
from simulator.aws.asl.quotas import MAX_RETRY_ATTEMPTS, MAX_RETRY_DELAY_SECONDS, MAX_SECONDS

if TYPE_CHECKING:
    from simulator.aws.asl.definition.fields import Fields


def matches(names: list[str], error: str) -> bool:
    """Tell whether an error name is one of `ErrorEquals`; States.Runtime never is."""
    if error == RUNTIME:
        return False
    return error in names or ALL in names or (TASK_FAILED in names and error != TIMEOUT)


def error_names(fields: Fields, *, last: bool) -> list[str]:
    """Read `ErrorEquals` and note its problems: States.ALL stands alone and last."""
    names = fields.strings("ErrorEquals", required=True) or []
    if "ErrorEquals" in fields and not names:
        fields.problem("ErrorEquals", "needs at least one error name")
    if ALL in names and (len(names) > 1 or not last):
        fields.problem("ErrorEquals", "must have States.ALL alone and in the last entry")
    return names


class Retrier(NamedTuple):
    """One entry of Retry."""

    names: list[str]
    interval: float
    max_attempts: int
    backoff: float
    max_delay: float | None
    jitter: bool

    @classmethod
    def of(cls, fields: Fields, *, last: bool) -> Retrier:
        """Read a retrier, noting its problems."""
        names = error_names(fields, last=last)
        interval = fields.integer("IntervalSeconds", least=1, most=MAX_SECONDS)
        attempts = fields.integer("MaxAttempts", least=0, most=MAX_RETRY_ATTEMPTS)
        backoff = fields.number("BackoffRate", least=1.0, most=float("inf"))
        max_delay = fields.integer("MaxDelaySeconds", least=1, most=MAX_RETRY_DELAY_SECONDS)
        if max_delay is not None and max_delay <= (interval or 1):
            fields.problem("MaxDelaySeconds", f"must be more than IntervalSeconds ({interval or 1})")
        jitter = fields.choice("JitterStrategy", ("FULL", "NONE"))
        fields.refuse_rest("Retry")
        return cls(
            names,
            1 if interval is None else interval,
            3 if attempts is None else attempts,
            2.0 if backoff is None else backoff,
            max_delay,
            jitter == "FULL",
        )

    def delay(self, attempt: int) -> float:
        """Return the seconds to wait before retry number `attempt` (1 for the first)."""
        try:
            seconds = self.interval * self.backoff ** (attempt - 1)
        except OverflowError:
            seconds = float(MAX_RETRY_DELAY_SECONDS)
        seconds = min(seconds, float(self.max_delay or MAX_RETRY_DELAY_SECONDS))
        return random.uniform(0, seconds) if self.jitter else seconds  # noqa: S311 - jitter is not a secret


class Retry:
    """A state's retriers."""

    __slots__ = ("retriers",)

    def __init__(self, fields: Fields) -> None:
        entries = fields.objects("Retry")
        self.retriers = [Retrier.of(entry, last=entry is entries[-1]) for entry in entries]

    def begin(self) -> RetryCounters:
        """Return fresh counters for one visit of the state."""
        return RetryCounters(self.retriers)


class RetryCounters:
    """How often each retrier has been used during one visit of a state."""

    __slots__ = ("_retriers", "_used")

    def __init__(self, retriers: list[Retrier]) -> None:
        self._retriers = retriers
        self._used: dict[int, int] = {}

    def next_delay(self, error: StateError) -> float | None:
        """Return the seconds to wait before the state is tried again; None if it is not."""
        index = first_match(self._retriers, error)
        if index is None:
            return None
        retrier, used = self._retriers[index], self._used.get(index, 0)
        if used >= retrier.max_attempts:
            return None
        self._used[index] = used + 1
        return retrier.delay(used + 1)


def first_match(retriers: list[Retrier], error: StateError) -> int | None:
    """Return the index of the first retrier for the error, or None."""
    return next((index for index, retrier in enumerate(retriers) if matches(retrier.names, error.error)), None)
