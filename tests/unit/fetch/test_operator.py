"""What AWS or its absence says, in words that tell what to do."""

from __future__ import annotations

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ResponseStreamingError,
    UnauthorizedSSOTokenError,
)

from simulator.fetch.errors import FetchError
from simulator.fetch.operator import Operator, told


def client_error(code: str, status: int = 400) -> ClientError:
    """An answer of AWS."""
    return ClientError(
        {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item] # what matters of it
        "GetThing",
    )


@pytest.mark.parametrize(
    ("raised", "said", "kind"),
    [
        (NoCredentialsError(), "aws sso login", "credentials"),
        (UnauthorizedSSOTokenError(), "aws sso login", "credentials"),
        (client_error("ExpiredTokenException"), "aws sso login", "credentials"),
        (client_error("ExpiredToken"), "GetThing: ExpiredToken: m", "credentials"),
        (client_error("AccessDeniedException"), "The policy for operators", ""),
        (client_error("ThrottlingException"), "ThrottlingException", "network"),
        (client_error("InternalError", 500), "InternalError", "network"),
        (client_error("NoSuchBucket", 404), "NoSuchBucket", ""),
        (EndpointConnectionError(endpoint_url="http://x"), "the same command goes on", "network"),
        (ConnectTimeoutError(endpoint_url="http://x"), "the same command goes on", "network"),
        (ResponseStreamingError(error="cut"), "the same command goes on", "network"),
    ],
)
def test_each_trouble_has_its_advice(raised: Exception, said: str, kind: str) -> None:
    """And says whether the next try may succeed."""
    with pytest.raises(FetchError) as caught, told():
        raise raised
    assert said in str(caught.value)
    assert caught.value.kind == kind
    assert "\n" not in str(caught.value)


def test_other_errors_are_not_hidden() -> None:
    """A mistake of ours is not AWS's."""
    with pytest.raises(KeyError), told():
        raise KeyError("x")


@pytest.mark.parametrize("endpoint", ["nowhere", "ftp://x", "http://", "http://a b", "http://x/path", ""])
def test_an_endpoint_that_is_no_url_is_refused(endpoint: str) -> None:
    """Before anything is asked."""
    with pytest.raises(FetchError, match="is not a URL such as"):
        Operator("ap-northeast-1", endpoint_url=endpoint)
