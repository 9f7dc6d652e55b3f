"""The event bus: compares each event with the rules, and delivers it to the targets of those it matches.

`EventBus.put` returns a report of the deliveries. EventBridge user guide, "Event retry policy and using dead-letter
queues".
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from simulator.aws.eventbridge.errors import TargetError
from simulator.aws.eventbridge.input_transformer import RuleFacts
from simulator.aws.eventbridge.rule_book import RuleBook

if TYPE_CHECKING:
    from datetime import datetime

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


_log = logging.getLogger(__name__)

TargetCall = Callable[[str, dict[str, Any]], object]
"""(input as JSON text, the event) -> anything; raises TargetError if the target does not take it."""
DeadLetter = Callable[[str, str, dict[str, str]], object]
"""(queue ARN, message body, message attributes)."""

LONGEST_WAIT_SECONDS = 60.0


class Targets(Protocol):
    """Finds what a target's ARN names; a dict is one."""

    def get(self, arn: str, /) -> TargetCall | None:
        """Return the function to call for an event, or None if there is no such target (NO_RESOURCE)."""
        ...


class EventBus:
    """The default bus of one account and region.

    Args:
        rules: the rules that are deployed; `rules` is where others are put, and taken away.
        targets: finds the function to call for an event by the target's ARN.
        clock: gives the time, and waits between attempts.
        dead_letter: puts a message into a queue.
        region, account: for the rules' ARNs.
        most_retries: a bound beside that of each RetryPolicy: on one machine nobody waits 24 hours.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        targets: Targets,
        *,
        clock: Clock,
        dead_letter: DeadLetter,
        region: str,
        account: str,
        most_retries: int = 4,
    ) -> None:
        self.region = region
        self.account = account
        self.rules = RuleBook(rules, arn_prefix=f"arn:aws:events:{region}:{account}:rule")
        self._targets = targets
        self._clock = clock
        self._dead_letter = dead_letter
        self._most_retries = most_retries
        self._never = threading.Event()

    def now(self) -> datetime:
        """Return the bus's time."""
        return self._clock.now()

    def put(self, event: dict[str, Any], *, wait: bool = True) -> PutReport:
        """Deliver an event to every target of every rule that it matches, and report each delivery.

        Returns when each target has taken the event or has used up its attempts. The same event put twice is delivered
        twice.

        Args:
            event: the event.
            wait: False to return after the first attempt at each target; a thread makes the others, and the report
                says of such a delivery that it has failed so far.
        """
        deliveries: list[Delivery] = []
        unmatched: list[Unmatched] = []
        came_in = f"{self._clock.now().replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
        for rule in self.rules.all():
            reasons = ["it is DISABLED"] if rule.state == "DISABLED" else rule.pattern.mismatches(event)
            if reasons:
                unmatched.append(Unmatched(rule.name, tuple(reasons)))
                continue
            facts = RuleFacts(rule_arn=self.rules.arn(rule.name), rule_name=rule.name, ingestion_time=came_in)
            deliveries += [self._deliver(event, target, facts, wait=wait) for target in rule.targets]
        return PutReport(str(event.get("id", "")), tuple(deliveries), tuple(unmatched))

    def _deliver(self, event: dict[str, Any], target: Target, facts: RuleFacts, *, wait: bool) -> Delivery:
        try:
            text = target.input_for(event, facts)
        except TargetError as error:
            return self._ended(error.input_text or "", target, facts, _Attempts(error, 0))
        if not text:
            return self._ended(text, target, facts, _Attempts(None, 0))
        error_now = self._attempt(text, event, target)
        if wait or error_now is None or not error_now.retryable:
            return self._ended(text, target, facts, self._attempts(text, event, target, error_now))
        threading.Thread(
            target=lambda: self._ended(text, target, facts, self._attempts(text, event, target, error_now)),
            name=f"deliver-{event.get('id')}",
            daemon=True,
        ).start()
        return self._delivery(text, target, facts, _Attempts(error_now, 0), None)

    def _ended(self, text: str, target: Target, facts: RuleFacts, ended: _Attempts) -> Delivery:
        """The attempts are over: what was not taken goes into the dead-letter queue."""
        queue = target.dead_letter_config.arn if ended.error and target.dead_letter_config else None
        if queue is not None:
            try:
                self._dead_letter(queue, text, ended.attributes(facts, target))
            except TargetError as error:
                _log.error("the dead-letter queue %s does not take an event: %s", queue, error)
                queue = None
        return self._delivery(text, target, facts, ended, queue)

    @staticmethod
    def _delivery(text: str, target: Target, facts: RuleFacts, ended: _Attempts, queue: str | None) -> Delivery:
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

    def _attempts(self, text: str, event: dict[str, Any], target: Target, error: TargetError | None) -> _Attempts:
        """Go on after the first attempt, which ended with `error`."""
        policy = target.retry_policy
        began = self._clock.now()
        retries = 0
        while True:
            if error is None or not error.retryable:
                return _Attempts(error, retries)
            if retries >= min(policy.maximum_retry_attempts, self._most_retries):
                return _Attempts(error, retries, "MaximumRetryAttempts")
            wait = min(2.0**retries, LONGEST_WAIT_SECONDS) * random.uniform(0.5, 1)  # noqa: S311 - jitter
            if (self._clock.now() - began).total_seconds() + wait > policy.maximum_event_age_in_seconds:
                return _Attempts(error, retries, "MaximumEventAgeInSeconds")
            self._clock.sleep(wait, self._never)
            retries += 1
            error = self._attempt(text, event, target)

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
