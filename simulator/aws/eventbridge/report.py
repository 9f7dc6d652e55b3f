"""The report on an event: its deliveries, and the rules that it does not match."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event and one target.

    Args:
        rule, target_id, target_arn: the rule's name, the target's Id and ARN.
        delivered: whether the target took the event.
        retries: the number of attempts after the first.
        error_code: EventBridge's ERROR_CODE, or None if there was no error.
        error_message: why the target did not take the event, or None if it did.
        dead_letter_queue: the ARN of the queue that has the input now, or None if it was taken or dropped.
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
    """A rule that the event does not match, with a sentence for each reason."""

    rule: str
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        """Return the reasons as one sentence."""
        return f"rule {self.rule}: {'; '.join(self.reasons)}"


@dataclass(frozen=True, slots=True)
class PutReport:
    """The report on one event: its deliveries, and the rules that it does not match."""

    event_id: str
    deliveries: tuple[Delivery, ...]
    unmatched: tuple[Unmatched, ...]
