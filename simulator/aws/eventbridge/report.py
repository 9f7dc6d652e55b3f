"""What became of an event, for whoever put it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event and one target.

    Args:
        rule, target_id, target_arn: which.
        delivered: whether the target took it.
        retries: how often it was tried again.
        error_code, error_message: why it was not taken, else None.
        dead_letter_queue: the ARN of the queue it went to instead, None where it was dropped (or taken).
    """

    rule: str
    target_id: str
    target_arn: str
    delivered: bool
    retries: int = 0
    error_code: str | None = None
    error_message: str | None = None
    dead_letter_queue: str | None = None


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A rule that did not want the event, with a sentence for each reason."""

    rule: str
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        """Return the reasons as one sentence."""
        return f"rule {self.rule}: {'; '.join(self.reasons)}"


@dataclass(frozen=True, slots=True)
class PutReport:
    """What became of one event: its deliveries, and the rules that did not want it."""

    event_id: str
    deliveries: tuple[Delivery, ...]
    unmatched: tuple[Unmatched, ...]
