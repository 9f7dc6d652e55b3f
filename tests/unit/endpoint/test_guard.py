"""Programs on this machine get in, web pages do not."""

from __future__ import annotations

import pytest

from simulator.aws.endpoint.guard import Guard, host_name
from simulator.aws.errors import ApiError

GUARD = Guard({"sync-"})


@pytest.mark.parametrize(
    "host",
    [
        "localhost:4566",
        "LOCALHOST",
        "127.0.0.1:4566",
        "127.8.9.1",
        "[::1]:4566",
        "bucket.localhost:4566",
        "my.bucket.s3.localhost",
        "sync-localhost:4566",
        "sync-127.0.0.1:4566",
    ],
)
def test_a_name_of_this_machine_gets_in(host: str) -> None:
    """Loopback addresses, localhost, and what AWS's clients put before them."""
    GUARD.check({"Host": host})


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.com",
        "localhost.evil.com:4566",
        "127.0.0.1.nip.io",
        "evillocalhost",
        "10.0.0.1",
        "0.0.0.0",  # noqa: S104 - a Host header
        "user@localhost",
        "localhost/evil.com",
        "[::1",
        "[localhost]",
        "async-localhost",
    ],
)
def test_another_name_is_refused(host: str) -> None:
    """A page that has given its own name our address asks for that name."""
    with pytest.raises(ApiError, match="answers only to localhost") as refused:
        GUARD.check({"Host": host})
    assert refused.value.status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.com"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8501"},
        {"Origin": "https://localhost:4566"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_web_page_is_refused(headers: dict[str, str]) -> None:
    """A page of another port of this machine is another site, too."""
    with pytest.raises(ApiError, match="not for web pages"):
        GUARD.check({"Host": "localhost:4566", **headers})


@pytest.mark.parametrize("headers", [{"Origin": "http://localhost:4566"}, {"Sec-Fetch-Site": "none"}])
def test_the_endpoints_own_page_gets_in(headers: dict[str, str]) -> None:
    """So does an address that a person typed into a browser."""
    GUARD.check({"Host": "localhost:4566", **headers})


def test_the_name_has_no_port_and_no_capitals() -> None:
    """An IPv6 address loses its brackets."""
    assert host_name("My-Bucket.LocalHost:4566") == "my-bucket.localhost"
    assert host_name("[::1]:4566") == "::1"
    assert not host_name("localhost:port:port")
