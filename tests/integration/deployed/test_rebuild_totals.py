"""The totals are lost, and come back from the audit trail: what `verify` says of the runs is then the same."""

from __future__ import annotations

import dataclasses

import pytest

from lambdas.shared.connection import connect
from simulator.verify.audit_totals import AuditTrailTotals, rebuild
from simulator.verify.database_check import stored_totals
from simulator.verify.reconcile import reconcile
from tests.integration.deployed.conftest import Cloud
from tests.rows import upload

USERS = [f"U{number:05}" for number in range(1, 41)]


@pytest.fixture(scope="module")
def runs(cloud: Cloud) -> list[str]:
    """Two uploads in different seconds: the second about half of the users; in each a row fails."""
    session = cloud.session
    texts = [
        upload("NOBODY,1,1", *(f"{user},{index},7" for index, user in enumerate(USERS))),
        upload(f"{USERS[0]},-1,1", *(f"{user},{index},9" for index, user in enumerate(USERS[1:21], 100))),
    ]
    names = []
    for position, text in enumerate(texts):
        put = session.aws.s3.put_object(
            Bucket=session.resources.input_bucket, Key=f"{position}.csv", Body=text.encode()
        )
        event = session.event_of(key=f"{position}.csv", version_id=put["VersionId"], size=len(text), etag=put["ETag"])
        running = session.wait_for_workflow(session.deliver({**event, "time": f"2026-11-28T10:00:0{position}Z"}))
        assert running.wait(60)
        names.append(running.name)
    return names


def _trail(cloud: Cloud, names: list[str]) -> AuditTrailTotals:
    trail = AuditTrailTotals()
    for name in names:
        trail.take(cloud.session.store.find(name))
    return trail


def _clean(cloud: Cloud, name: str) -> bool:
    folder = cloud.session.store.find(name)
    with stored_totals(cloud.session.postgres.url) as read:
        return reconcile(folder, folder.record(), read).clean


def test_lost_totals_come_back(cloud: Cloud, runs: list[str]) -> None:
    """Of each user the latest upload counts, in whatever order the runs are read; rows that failed set nothing."""
    url = cloud.session.postgres.url
    with stored_totals(url) as read:
        before = dict(read(USERS))
    with connect(url) as connection:
        connection.execute("TRUNCATE user_statistics")
    assert not _clean(cloud, runs[1])
    trail = _trail(cloud, runs[::-1])
    assert (len(trail.users), trail.items) == (40, 2 * 60 + 2)
    rehearsed = rebuild(url, trail.users, dry_run=True)
    assert (rehearsed.changed, rehearsed.same) == (40, 0)
    assert not _clean(cloud, runs[1])
    assert rebuild(url, trail.users) == rehearsed
    with stored_totals(url) as read:
        assert dict(read(USERS)) == before
    assert all(_clean(cloud, name) for name in runs)
    repeated = rebuild(url, trail.users)
    assert (repeated.changed, repeated.same, repeated.newer) == (0, 40, 0)


def test_totals_that_are_wrong_are_set_right_and_newer_ones_stay(cloud: Cloud, runs: list[str]) -> None:
    """As an upload would do; a user who is not in the master is named."""
    url = cloud.session.postgres.url
    trail = _trail(cloud, runs)
    users = {**trail.users, "GONE": dataclasses.replace(trail.users[USERS[0]], user_id="GONE")}
    with connect(url) as connection:
        connection.execute("UPDATE user_statistics SET login_count = 5 WHERE user_id = %s", (USERS[0],))
        connection.execute("UPDATE user_statistics SET last_updated = '2030-01-01' WHERE user_id = %s", (USERS[1],))
    result = rebuild(url, users)
    assert (result.changed, result.same, result.newer, result.missing) == (1, 38, 1, ["GONE"])
    assert all(_clean(cloud, name) for name in runs)
