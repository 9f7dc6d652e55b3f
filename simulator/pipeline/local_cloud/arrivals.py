"""Objects that any client has stored: each becomes an event on the bus, so many at a time."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.engine.environment import ACCOUNT, REGION
from simulator.aws.eventbridge.s3_event import S3Events
from simulator.pipeline.errors import CloudError

if TYPE_CHECKING:
    from simulator.aws.endpoint.object_created import ObjectCreated
    from simulator.pipeline.local_cloud.event_journal import EventJournal
    from simulator.pipeline.session import Session

MOST_RUNS: Final = 20
"""So many uploads run side by side; further ones wait, as five rows of each at a time need a database session each."""
_log = logging.getLogger(__name__)


class Arrivals:
    """Takes objects that have been stored, and lets their events take their way.

    Args:
        session: the pipeline.
        journal: keeps the events until their runs have begun; those that an earlier process left are delivered first.
        bucket: the input bucket, which sends its events to EventBridge.
    """

    def __init__(self, session: Session, journal: EventJournal, bucket: str) -> None:
        self._session = session
        self._journal = journal
        self._bucket = bucket
        self._events = S3Events(region=REGION, account=ACCOUNT)
        self._closed = threading.Event()
        self._pool = ThreadPoolExecutor(MOST_RUNS, thread_name_prefix="arrival")
        self.delivered_again = 0
        begun = self._begun() if journal.left else set()
        for event in journal.left:
            if _version(event) in begun:
                journal.delivered(str(event["id"]))
            else:
                self.delivered_again += 1
                self._pool.submit(self._deliver, event)

    def take(self, stored: ObjectCreated) -> None:
        """Take an object before its client hears that it is stored; returns without waiting for its run."""
        if stored.bucket != self._bucket and not self._tells(stored.bucket):
            return
        event = self._events.object_created(
            bucket=stored.bucket,
            key=stored.key,
            size=stored.size,
            etag=stored.etag,
            version_id=stored.version_id,
            reason=stored.reason,
            request_id=stored.request_id,
            source_ip=stored.source_ip,
        )
        self._journal.came(event)
        self._pool.submit(self._deliver, event)

    def _tells(self, bucket: str) -> bool:
        """Say whether somebody has let a bucket of their own send its events to EventBridge."""
        found = self._session.aws.s3.get_bucket_notification_configuration(Bucket=bucket)
        return "EventBridgeConfiguration" in found

    def close(self) -> None:
        """Deliver nothing more: what waits stays in the journal."""
        self._closed.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _deliver(self, event: dict[str, Any]) -> None:
        if self._closed.is_set():
            return
        try:
            self._run(event)
        except Exception:  # noqa: BLE001 - told in the log; the journal keeps the event
            _log.exception("the event of %s could not be delivered", event["detail"]["object"]["key"])

    def _run(self, event: dict[str, Any]) -> None:
        """Deliver an event, and wait for the end of its run, so that only so many run side by side."""
        upload = self._session.deliver(event)
        running = None
        try:
            running = self._session.wait_for_workflow(upload) if upload.started else None
        except CloudError as error:  # an event that came twice, or the dispatcher's queue of failures has it
            _log.info("%s", error)
        if not self._closed.is_set():  # else the dispatcher has been stopped, and its event is delivered again
            self._journal.delivered(str(event["id"]))
        if running is not None:
            running.wait()

    def _begun(self) -> set[tuple[str, str, str | None]]:
        sources = [record.source for record in self._session.store.records()]
        return {(source.bucket, source.key, source.version_id) for source in sources}


def _version(event: dict[str, Any]) -> tuple[str, str, str | None]:
    stored = event["detail"]["object"]
    return event["detail"]["bucket"]["name"], stored["key"], stored.get("version-id")
