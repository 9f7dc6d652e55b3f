"""Each function has a default session of boto3's of its own, as on Lambda, where it is a process."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, local
from typing import Any

import boto3
import pytest
from simulator.aws.moto.environment import local_aws

from simulator.aws.lambda_runtime.default_sessions import DefaultSessions, install

HERE = local()


def variables() -> dict[str, str] | None:
    """Return the variables of this thread's environment."""
    return getattr(HERE, "variables", None)


def seen_by(sessions: DefaultSessions, given: dict[str, str] | None) -> Any:
    """Return the session that a thread with such variables gets."""
    HERE.variables = given
    try:
        return sessions()
    finally:
        HERE.variables = None


@pytest.fixture
def sessions() -> DefaultSessions:
    """Sessions; what boto3 itself does is told by a word."""
    return DefaultSessions(variables, lambda: "boto3's own")


def test_each_access_key_has_its_own_session_and_keeps_it(sessions: DefaultSessions) -> None:
    """All environments of one function share one."""
    one, other = ({"AWS_ACCESS_KEY_ID": name} for name in ("lambda.one", "lambda.other"))
    assert seen_by(sessions, one) is seen_by(sessions, dict(one))
    assert seen_by(sessions, one) is not seen_by(sessions, other)


@pytest.mark.parametrize("given", [None, {}, {"AWS_REGION": "x"}], ids=["no environment", "none", "no key"])
def test_what_belongs_to_no_function_gets_the_session_of_boto3(
    sessions: DefaultSessions, given: dict[str, str] | None
) -> None:
    """The simulator's own threads, and a function without credentials."""
    assert seen_by(sessions, given) == "boto3's own"


def test_the_models_of_services_are_read_once(sessions: DefaultSessions) -> None:
    """They take long, and are the same for all functions."""
    loaders = {
        id(seen_by(sessions, {"AWS_ACCESS_KEY_ID": name})._session.get_component("data_loader"))
        for name in ("lambda.one", "lambda.two", "lambda.three")
    }
    assert len(loaders) == 1


def test_threads_that_ask_at_once_get_one_session(sessions: DefaultSessions) -> None:
    """The first calls of five execution environments."""
    together = Barrier(5)

    def asked(_: int) -> Any:
        HERE.variables = {"AWS_ACCESS_KEY_ID": "lambda.one"}
        together.wait(10)
        return sessions()

    with ThreadPoolExecutor(5) as pool:
        assert len(set(map(id, pool.map(asked, range(5))))) == 1


@pytest.fixture
def untouched() -> Iterator[Any]:
    """What boto3 has, put back in the end."""
    before = boto3._get_default_session
    yield before
    boto3._get_default_session = before


def test_a_client_signs_with_the_key_of_its_own_function(monkeypatch: pytest.MonkeyPatch, untouched: Any) -> None:
    """`boto3.client`, as handlers call it."""
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    restore = install(variables)
    signed = []
    for name in ("lambda.one", "lambda.two", "lambda.one"):
        with local_aws("http://127.0.0.1:9"):
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", name)
            HERE.variables = {"AWS_ACCESS_KEY_ID": name}
            client = boto3.client("sqs")
        signed.append(client._request_signer._credentials.access_key)
    HERE.variables = None
    assert signed == ["lambda.one", "lambda.two", "lambda.one"]
    restore()
    assert boto3._get_default_session is untouched


def test_what_came_after_is_not_undone(untouched: Any) -> None:
    """Two clouds in one process: the first to close leaves what the second has put there."""
    first = install(variables)
    second = install(variables)
    first()
    assert boto3._get_default_session is not untouched
    second()
    assert isinstance(boto3._get_default_session, DefaultSessions)
