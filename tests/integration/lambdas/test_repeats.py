"""A row is processed exactly once in effect, whatever fails between and in whatever order files come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from types import ModuleType
from typing import Any

import psycopg
import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.shared.errors import DatabaseError
from tests.integration.lambdas.rows import CONTEXT, items, row, totals
from tests.integration.stored_totals import store_totals
from tests.rows import AUDIT_TYPES
from tests.rows import totals as expected

PLACES = ["after the lock", "between the audit items", "before the commit", "after the commit"]
LOST = "server closed the connection unexpectedly"
SLOW_FIXTURES = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
runs = count()


@contextmanager
def fault(processor: ModuleType, where: str) -> Iterator[None]:
    """Let the connection to a server break at one point of each row that is processed meanwhile."""
    database, audit, lock = processor.database, processor.audit, processor.lock_totals
    write, client = audit.write, audit._client
    batch_write, put = client.batch_write_item, client.put_item
    puts = count()

    def lock_and_lose(*arguments: Any) -> Any:
        lock(*arguments)
        raise psycopg.OperationalError(LOST)

    def write_and_lose(*arguments: Any) -> None:
        write(*arguments)
        raise psycopg.OperationalError(LOST)

    def write_half(RequestItems: dict[str, list[Any]]) -> Any:  # noqa: N803 - boto3's name
        batch_write(RequestItems={table: requests[:1] for table, requests in RequestItems.items()})
        raise EndpointConnectionError(endpoint_url="http://gone")

    def put_first(**request: Any) -> Any:
        if next(puts):
            raise EndpointConnectionError(endpoint_url="http://gone")
        return put(**request)

    @contextmanager
    def commit_and_lose() -> Iterator[Any]:
        with database.connection() as connection:
            with connection.transaction():
                yield connection
            raise psycopg.OperationalError(LOST)

    broken: dict[str, list[tuple[Any, str, Any]]] = {
        "after the lock": [(processor, "lock_totals", lock_and_lose)],
        "between the audit items": [(client, "batch_write_item", write_half), (client, "put_item", put_first)],
        "before the commit": [(audit, "write", write_and_lose)],
        "after the commit": [(database, "transaction", commit_and_lose)],
    }
    with pytest.MonkeyPatch.context() as patch:
        for target, name, replacement in broken[where]:
            patch.setattr(target, name, replacement)
        yield


def store(database: Any, stored: tuple[int, ...] | None) -> None:
    """Let the user have these totals, from long ago, or none."""
    with database.connect() as connection:
        connection.execute("DELETE FROM user_statistics")
        if stored is not None:
            store_totals(connection, "U1", stored, "2020-01-01")


@SLOW_FIXTURES
@given(
    places=st.lists(st.sampled_from(PLACES), max_size=4),
    stored=st.none() | st.tuples(*[st.sampled_from([0, 3, 12])] * len(AUDIT_TYPES)),
)
def test_any_attempts_of_a_row_leave_one_effect_and_the_first_old_values(
    processor: ModuleType, aws: Any, database: Any, places: list[str], stored: tuple[int, ...] | None
) -> None:
    """Attempts that break anywhere, then two that go through: totals set, an item of each, the old values of before."""
    store(database, stored)
    name = f"repeat-{next(runs)}"
    event = row(executionName=name)
    for where in places:
        with fault(processor, where), pytest.raises(DatabaseError):
            processor.lambda_handler(event, CONTEXT)
    for _ in range(2):
        assert processor.lambda_handler(event, CONTEXT)["status"] == "success"
    assert totals(database) == expected(12, 3)
    found = items(aws, name)
    assert {
        key.rpartition("#")[2]: (item["oldValue"], item["newValue"], item["status"]) for key, item in found.items()
    } == {
        kind: (str(old), str(new), "success")
        for kind, old, new in zip(AUDIT_TYPES, stored or expected(0, 0), expected(12, 3), strict=True)
    }


@SLOW_FIXTURES
@given(hours=st.lists(st.integers(0, 23), min_size=1, max_size=5))
def test_the_newest_upload_wins_in_whatever_order_files_are_processed(
    processor: ModuleType, aws: Any, database: Any, hours: list[int]
) -> None:
    """Older ones are superseded, and leave their items all the same; a file that comes again changes nothing."""
    store(database, None)
    run = next(runs)
    newest = -1
    for hour in hours:
        event = row(
            executionName=f"order-{run}-{hour}", uploadedAt=f"2025-08-02T{hour:02}:00:00Z", loginCount=str(hour)
        )
        answer = processor.lambda_handler(event, CONTEXT)
        assert answer["status"] == ("superseded" if hour < newest else "success")
        newest = max(newest, hour)
    assert totals(database) == expected(max(hours), 3)
    for hour in set(hours):
        assert len(items(aws, f"order-{run}-{hour}")) == len(AUDIT_TYPES)
