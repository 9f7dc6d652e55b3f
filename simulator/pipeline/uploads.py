"""From an upload to the workflow: PutObject, the S3 event, the rule, the dispatcher."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.engine.environment import ACCOUNT, REGION
from simulator.aws.eventbridge.bus import EventBus
from simulator.aws.eventbridge.rule import parse_rule
from simulator.aws.eventbridge.s3_event import S3Events
from simulator.aws.iam.gate import Gate
from simulator.pipeline.event_targets import EventTargets
from simulator.pipeline.provisioning import read_definition

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from simulator.aws.asl.runtime.clock import Clock
    from simulator.aws.engine.clients import AwsClients
    from simulator.aws.stepfunctions.running_execution import RunningExecution
    from simulator.aws.stepfunctions.service import StepFunctions
    from simulator.pipeline.event_targets import EventFunctions
    from simulator.pipeline.provisioning import Resources

RULES: Final = ("upload_rule.json", "report_rule.json", "file_gate_rule.json")
"""The rules that are deployed."""
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
        functions: what rules that users make may have as targets.
        gate: what EventBridge asks for passes through it (default: one that refuses nothing).
    """

    def __init__(
        self,
        aws: AwsClients,
        resources: Resources,
        step_functions: StepFunctions,
        clock: Clock,
        functions: EventFunctions | None = None,
        *,
        gate: Gate | None = None,
    ) -> None:
        self._aws = aws
        self._resources = resources
        self._events = S3Events(region=REGION, account=ACCOUNT)
        self._dispatched: dict[str, list[RunningExecution]] = {}
        self._lock = threading.Lock()
        rules = [parse_rule(read_definition(file, resources.placeholders), f"cdk/definitions/{file}") for file in RULES]
        targets = EventTargets(aws, step_functions, functions, self._started, gate or Gate())
        self.bus = EventBus(
            rules,
            targets,
            clock=clock,
            dead_letter=targets.dead_letter,
            region=REGION,
            account=ACCOUNT,
        )

    def upload(self, source: bytes | Path, key: str, metadata: Mapping[str, str] | None = None) -> Upload:
        """Put an object and let its event take its way; returns once the rule's target has taken it."""
        body = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
        bucket = self._resources.input_bucket
        try:
            put = self._aws.s3.put_object(Bucket=bucket, Key=key, Body=body, Metadata=metadata or {})
            size = body.tell()
        finally:
            body.close()
        version = put["VersionId"]
        return self.deliver(self.event_of(key=key, version_id=version, size=size, etag=put["ETag"]))

    def event_of(self, *, key: str, version_id: str, size: int, etag: str) -> dict[str, Any]:
        """Return the event of an object that is stored in the input bucket."""
        bucket = self._resources.input_bucket
        return self._events.object_created(bucket=bucket, key=key, size=size, etag=etag, version_id=version_id)

    def deliver(self, event: dict[str, Any]) -> Upload:
        """Put an S3 event on the bus; delivering the same one again is what EventBridge may do."""
        report = self.bus.put(event)
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

    def _started(self, event: dict[str, Any], running: RunningExecution) -> None:
        if running.info.machine_arn == self._resources.dispatcher_arn:
            with self._lock:
                self._dispatched.setdefault(event["id"], []).append(running)
                while len(self._dispatched) > REMEMBERED_EVENTS:
                    del self._dispatched[next(iter(self._dispatched))]
