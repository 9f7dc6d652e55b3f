"""From an upload to the workflow: PutObject, the S3 event, the rule, the dispatcher."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.eventbridge.bus import EventBus
from simulator.aws.eventbridge.errors import TargetError
from simulator.aws.eventbridge.rule import parse_rule
from simulator.aws.eventbridge.s3_event import S3Events
from simulator.aws.integrations.integration import ApiError
from simulator.aws.moto.environment import ACCOUNT, REGION
from simulator.pipeline.provisioning import read_definition

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.aws.asl.runtime.clock import Clock
    from simulator.aws.moto.clients import AwsClients
    from simulator.aws.stepfunctions.running_execution import RunningExecution
    from simulator.aws.stepfunctions.service import StepFunctions
    from simulator.pipeline.provisioning import Resources

REMEMBERED_EVENTS: Final = 256
"""Of so many events, the latest, the dispatcher's executions can be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An object that was put into the input bucket, and what EventBridge did with its event.

    `started` says whether a rule took it; `why_not` is a sentence if none did.
    """

    bucket: str
    key: str
    version_id: str
    event: dict[str, Any]
    started: bool
    why_not: str | None


class Uploads:
    """Uploads files the way the outside system does; from there only events move them on.

    Args:
        aws: clients of the local cloud.
        resources: names and ARNs.
        step_functions: where the dispatcher runs.
        clock: for EventBridge's retries.
    """

    def __init__(self, aws: AwsClients, resources: Resources, step_functions: StepFunctions, clock: Clock) -> None:
        self._aws = aws
        self._resources = resources
        self._step_functions = step_functions
        self._events = S3Events(region=REGION, account=ACCOUNT)
        self._dispatched: dict[str, list[RunningExecution]] = {}
        self._lock = threading.Lock()
        rule = parse_rule(
            read_definition("upload_rule.json", resources.placeholders), "cdk/definitions/upload_rule.json"
        )
        self._bus = EventBus(
            [rule],
            {resources.dispatcher_arn: self._start_dispatcher},
            clock=clock,
            dead_letter=self._dead_letter,
            region=REGION,
            account=ACCOUNT,
        )

    def upload(self, source: bytes | Path, key: str) -> Upload:
        """Put an object and let its event take its way; returns once the rule's target has taken it."""
        body = source if isinstance(source, bytes) else source.open("rb")
        bucket = self._resources.input_bucket
        try:
            put = self._aws.s3.put_object(Bucket=bucket, Key=key, Body=body)
        finally:
            if not isinstance(body, bytes):
                body.close()
        version = put["VersionId"]
        size = self._aws.s3.head_object(Bucket=bucket, Key=key, VersionId=version)["ContentLength"]
        event = self._events.object_created(bucket=bucket, key=key, size=size, etag=put["ETag"], version_id=version)
        return self.deliver(event)

    def deliver(self, event: dict[str, Any]) -> Upload:
        """Put an S3 event on the bus; delivering the same one again is what EventBridge may do."""
        report = self._bus.put(event)
        stored = event["detail"]["object"]
        started = any(delivery.delivered for delivery in report.deliveries)
        reasons = [str(unmatched) for unmatched in report.unmatched]
        reasons += [str(delivery.error_message) for delivery in report.deliveries if not delivery.delivered]
        return Upload(
            bucket=event["detail"]["bucket"]["name"],
            key=stored["key"],
            version_id=stored["version-id"],
            event=event,
            started=started,
            why_not=None if started else "; ".join(reasons),
        )

    def dispatchers(self, upload: Upload) -> list[RunningExecution]:
        """Return the dispatcher's executions for an upload, oldest first: one for each delivery of its event."""
        with self._lock:
            return list(self._dispatched.get(upload.event["id"], ()))

    def _start_dispatcher(self, input_text: str, event: dict[str, Any]) -> None:
        """Start the dispatcher as EventBridge does: the execution's name begins with the event's id."""
        try:
            running = self._step_functions.start_execution(
                self._resources.dispatcher_arn, name=f"{event['id']}_{uuid.uuid4()}", input_text=input_text
            )
        except ApiError as error:
            raise TargetError("SDK_CLIENT_ERROR", f"{error.name}: {error}", retryable=False) from error
        with self._lock:
            self._dispatched.setdefault(event["id"], []).append(running)
            while len(self._dispatched) > REMEMBERED_EVENTS:
                del self._dispatched[next(iter(self._dispatched))]

    def _dead_letter(self, queue_arn: str, body: str, attributes: dict[str, str]) -> None:
        if queue_arn != self._resources.rule_dead_letter_queue_arn:
            raise LookupError(f"There is no queue {queue_arn}")
        self._aws.sqs.send_message(
            QueueUrl=self._resources.rule_dead_letter_queue_url,
            MessageBody=body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
        )
