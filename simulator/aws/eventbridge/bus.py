"""The event bus: compares each event with the rules, and delivers it to the targets of those it matches.

`EventBus.put` returns a report of the deliveries. EventBridge user guide, "Event retry policy and using dead-letter
queues".
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.aws.eventbridge.errors import TargetError
from simulator.aws.eventbridge.input_transformer import RuleFacts

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.clock import Clock
    from simulator.aws.eventbridge.rule import Rule, Target


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


TargetCall = Callable[[str, dict[str, Any]], object]
"""(input as JSON text, the event) -> anything; raises TargetError if the target does not take it."""
DeadLetter = Callable[[str, str, dict[str, str]], object]
"""(queue ARN, message body, message attributes)."""

LONGEST_WAIT_SECONDS = 60.0


class EventBus:
    """The default bus of one account and region.

    Args:
        rules: the rules, tried in order.
        targets: ARN -> the function to call for an event. A target whose ARN is missing does not exist (NO_RESOURCE).
        clock: gives the time, and waits between attempts.
        dead_letter: puts a message into a queue.
        region, account: for the rules' ARNs.
        most_retries: a bound beside that of each RetryPolicy: on one machine nobody waits 24 hours.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        targets: Mapping[str, TargetCall],
        *,
        clock: Clock,
        dead_letter: DeadLetter,
        region: str,
        account: str,
        most_retries: int = 4,
    ) -> None:
        self._rules = rules
        self._targets = targets
        self._clock = clock
        self._dead_letter = dead_letter
        self._rule_arns = f"arn:aws:events:{region}:{account}:rule"
        self._most_retries = most_retries
        self._never = threading.Event()

    def put(self, event: dict[str, Any]) -> PutReport:
        """Deliver an event to every target of every rule that it matches, and report each delivery.

        Returns when each target has taken the event or has used up its attempts. The same event put twice is delivered
        twice.
        """
        deliveries: list[Delivery] = []
        unmatched: list[Unmatched] = []
        came_in = f"{self._clock.now().replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
        for rule in self._rules:
            reasons = ["it is DISABLED"] if rule.state == "DISABLED" else rule.pattern.mismatches(event)
            if reasons:
                unmatched.append(Unmatched(rule.name, tuple(reasons)))
                continue
            arn = f"{self._rule_arns}/{rule.name}"
            facts = RuleFacts(rule_arn=arn, rule_name=rule.name, ingestion_time=came_in)
            deliveries += [self._deliver(event, target, facts) for target in rule.targets]
        return PutReport(str(event.get("id", "")), tuple(deliveries), tuple(unmatched))

    def _deliver(self, event: dict[str, Any], target: Target, facts: RuleFacts) -> Delivery:
        try:
            text = target.input_for(event, facts)
        except TargetError as error:
            text = error.input_text or ""
            ended = _Attempts(error, 0)
        else:
            ended = self._attempts(text, event, target) if text else _Attempts(None, 0)
        queue = target.dead_letter_config.arn if ended.error and target.dead_letter_config else None
        if queue is not None:
            self._dead_letter(queue, text, ended.attributes(facts, target))
        message = ended.error.message if ended.error else None if text else "the input is empty: nothing is delivered"
        return Delivery(
            rule=facts.rule_name,
            target_id=target.id,
            target_arn=target.arn,
            delivered=ended.error is None and bool(text),
            retries=ended.retries,
            error_code=ended.error.code if ended.error else None,
            error_message=message,
            dead_letter_queue=queue,
        )

    def _attempts(self, text: str, event: dict[str, Any], target: Target) -> _Attempts:
        policy = target.retry_policy
        began = self._clock.now()
        retries = 0
        while True:
            error = self._attempt(text, event, target)
            if error is None or not error.retryable:
                return _Attempts(error, retries)
            if retries >= min(policy.maximum_retry_attempts, self._most_retries):
                return _Attempts(error, retries, "MaximumRetryAttempts")
            wait = min(2.0**retries, LONGEST_WAIT_SECONDS) * random.uniform(0.5, 1)  # noqa: S311 - jitter
            if (self._clock.now() - began).total_seconds() + wait > policy.maximum_event_age_in_seconds:
                return _Attempts(error, retries, "MaximumEventAgeInSeconds")
            self._clock.sleep(wait, self._never)
            retries += 1

    def _attempt(self, text: str, event: dict[str, Any], target: Target) -> TargetError | None:
        call = self._targets.get(target.arn)
        if call is None:
            return TargetError("NO_RESOURCE", f"The target {target.arn} does not exist", retryable=False)
        try:
            call(text, event)
        except TargetError as error:
            return error
        return None


@dataclass(frozen=True, slots=True)
class _Attempts:
    """The end of the attempts at one target: the last error, or None, and the limit of the policy that ended them."""

    error: TargetError | None
    retries: int
    exhausted: str | None = None

    def attributes(self, facts: RuleFacts, target: Target) -> dict[str, str]:
        """Return the attributes of the dead-letter message: four, and two more if retries were used up."""
        found = {
            "RULE_ARN": facts.rule_arn,
            "TARGET_ARN": target.arn,
            "ERROR_CODE": self.error.code if self.error else "",
            "ERROR_MESSAGE": self.error.message if self.error else "",
        }
        if self.exhausted is not None:
            found |= {"EXHAUSTED_RETRY_CONDITION": self.exhausted, "RETRY_ATTEMPTS": str(self.retries)}
        return {name: value for name, value in found.items() if value}
