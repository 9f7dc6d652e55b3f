"""The event bus: holds each event against the rules and delivers it to their targets, at least once.

EventBridge user guide, "Event retry policy and using dead-letter queues".
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.aws.eventbridge.errors import TargetError
from simulator.aws.eventbridge.input_transformer import RuleFacts
from simulator.aws.eventbridge.report import Delivery, PutReport, Unmatched

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.clock import Clock
    from simulator.aws.eventbridge.rule import Rule, Target

TargetCall = Callable[[str, dict[str, Any]], object]
"""(input as JSON text, the event) -> anything; raises TargetError where the target does not take it."""
DeadLetter = Callable[[str, str, dict[str, str]], object]
"""(queue ARN, message body, message attributes)."""

LONGEST_WAIT_SECONDS = 60.0


class EventBus:
    """The default bus of one account and region.

    Args:
        rules: the rules, tried in order.
        targets: ARN -> what to call for an event; an ARN that is not there is a target that does not exist.
        clock: waits between attempts go by on it.
        dead_letter: puts a message into a queue.
        region, account: where the rules' ARNs say they are.
        most_retries: a bound on top of each RetryPolicy: on one machine nobody waits 24 hours.
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
        """Deliver an event to every target of every rule it matches, and return what became of it.

        Returns when each target has taken it or has been given up. Putting the same event again delivers it again.
        """
        deliveries: list[Delivery] = []
        unmatched: list[Unmatched] = []
        came_in = self._clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
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
        failed = self._attempts(event, target, facts)
        queue = target.dead_letter_config.arn if failed.error and target.dead_letter_config else None
        if queue is not None:
            self._dead_letter(queue, json.dumps(event, ensure_ascii=False), failed.attributes(facts, target))
        return Delivery(
            rule=facts.rule_name,
            target_id=target.id,
            target_arn=target.arn,
            delivered=failed.error is None,
            retries=failed.retries,
            error_code=failed.error.code if failed.error else None,
            error_message=failed.error.message if failed.error else None,
            dead_letter_queue=queue,
        )

    def _attempts(self, event: dict[str, Any], target: Target, facts: RuleFacts) -> _Attempts:
        policy = target.retry_policy
        began = self._clock.now()
        retries = 0
        while True:
            error = self._attempt(event, target, facts)
            if error is None or not error.retryable:
                return _Attempts(error, retries)
            if retries >= min(policy.maximum_retry_attempts, self._most_retries):
                return _Attempts(error, retries, "MaximumRetryAttempts")
            wait = min(2.0**retries, LONGEST_WAIT_SECONDS) * random.uniform(0.5, 1)  # noqa: S311 - jitter
            if (self._clock.now() - began).total_seconds() + wait > policy.maximum_event_age_in_seconds:
                return _Attempts(error, retries, "MaximumEventAgeInSeconds")
            self._clock.sleep(wait, self._never)
            retries += 1

    def _attempt(self, event: dict[str, Any], target: Target, facts: RuleFacts) -> TargetError | None:
        call = self._targets.get(target.arn)
        if call is None:
            return TargetError("NO_RESOURCE", f"There is no {target.arn}", retryable=False)
        try:
            call(target.input_for(event, facts), event)
        except TargetError as error:
            return error
        return None


@dataclass(frozen=True, slots=True)
class _Attempts:
    """How the attempts at one target ended: the last error, or None; which limit of the policy ended them."""

    error: TargetError | None
    retries: int
    exhausted: str | None = None

    def attributes(self, facts: RuleFacts, target: Target) -> dict[str, str]:
        """Return the attributes of the dead-letter message."""
        found = {
            "RULE_ARN": facts.rule_arn,
            "TARGET_ARN": target.arn,
            "ERROR_CODE": self.error.code if self.error else "",
            "ERROR_MESSAGE": self.error.message if self.error else "",
            "EXHAUSTED_RETRY_CONDITION": self.exhausted or "",
            "RETRY_ATTEMPTS": str(self.retries),
        }
        return {name: value for name, value in found.items() if value}
