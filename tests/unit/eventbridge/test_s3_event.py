"""The event of an upload."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

from simulator.aws.eventbridge.s3_event import S3Events

EVENTS = S3Events(region="ap-northeast-1", account="123456789012")


def created(**changes: Any) -> dict[str, Any]:
    """Return the event of an upload of 5 bytes."""
    return EVENTS.object_created(**{"bucket": "inbox", "key": "a.csv", "size": 5, "etag": '"b1946ac9"', **changes})


def test_an_event_has_exactly_the_fields_that_s3_sends() -> None:
    """Field by field, with those that differ each time taken out."""
    at = datetime(2025, 8, 2, 18, 30, 0, 999_999, tzinfo=timezone(timedelta(hours=9)))
    event = created(version_id="IYV3", at=at, request_id="N4N7GDK58NMKJ12R", source_ip="1.2.3.4")
    identifier, sequencer = event.pop("id"), event["detail"]["object"].pop("sequencer")
    assert [len(part) for part in identifier.split("-")] == [8, 4, 4, 4, 12]
    assert len(sequencer) == 16
    assert int(sequencer, 16) > 0
    assert event == {
        "version": "0",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "123456789012",
        "time": "2025-08-02T09:30:00Z",
        "region": "ap-northeast-1",
        "resources": ["arn:aws:s3:::inbox"],
        "detail": {
            "version": "0",
            "bucket": {"name": "inbox"},
            "object": {"key": "a.csv", "size": 5, "etag": "b1946ac9", "version-id": "IYV3"},
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": "123456789012",
            "source-ip-address": "1.2.3.4",
            "reason": "PutObject",
        },
    }


def test_an_unversioned_bucket_gives_no_version_id() -> None:
    """The field is left out, it is not null."""
    assert "version-id" not in created()["detail"]["object"]


def test_a_key_stays_as_it_is() -> None:
    """Spaces, plus signs, percent signs and Japanese are not URL-encoded in this event."""
    key = '日報/red flower+50%20"x".csv'
    assert created(key=key)["detail"]["object"]["key"] == key


def test_sequencers_grow_and_ids_differ_even_between_threads() -> None:
    """Sequencers of one length compare as text, as AWS says they may be compared."""
    with ThreadPoolExecutor(4) as pool:
        events = list(pool.map(lambda _: created(), range(400)))
    sequencers = [event["detail"]["object"]["sequencer"] for event in events]
    assert len(set(sequencers)) == len({event["id"] for event in events}) == 400
    one_thread = [created()["detail"]["object"]["sequencer"] for _ in range(100)]
    assert all(earlier < later for earlier, later in pairwise([max(sequencers), *one_thread]))


def test_a_later_process_goes_on_where_the_earlier_one_ended() -> None:
    """A new S3Events, as a later process has it, gives greater sequencers."""
    before = created()["detail"]["object"]["sequencer"]
    later = S3Events(region="ap-northeast-1", account="1").object_created(bucket="b", key="k", size=0, etag="")
    assert later["detail"]["object"]["sequencer"] > before
