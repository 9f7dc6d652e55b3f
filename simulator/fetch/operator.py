"""AWS clients with the operator's own credentials: whatever the shell, the profile or the role says is obeyed."""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from simulator.fetch.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Iterator

_URL = re.compile(r"https?://[^\s/?#]+/?")
_OF_AWS = re.compile(r"https://[\w.-]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws)/?")
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"})
_EXPIRED = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidAccessKeyId",
        "RequestExpired",
    }
)
_THROTTLED = frozenset(
    {"ThrottlingException", "Throttling", "TooManyRequestsException", "SlowDown", "RequestLimitExceeded"}
)
_CONFIG = Config(
    connect_timeout=10,
    read_timeout=60,
    # Slows itself down when AWS throttles (boto3 guide, "Retries"): an operator's reading must not slow the pipeline.
    retries={"mode": "adaptive", "total_max_attempts": 6},
    inject_host_prefix=False,
    user_agent_extra="user-log-fetch",
)


class Operator:
    """The clients of one region and profile, made when they are first used. Safe for several threads.

    Args:
        region: the region; the shell's or the profile's if absent.
        profile: the profile; the shell's if absent.
        endpoint_url: where all services are asked; the shell's or AWS's own if absent.

    Attributes:
        profile, region: as given, or found.

    Raises:
        FetchError: there is no such profile or no region, or the endpoint is not a URL.
    """

    def __init__(
        self, region: str | None = None, *, profile: str | None = None, endpoint_url: str | None = None
    ) -> None:
        if endpoint_url is not None and not _URL.fullmatch(endpoint_url):
            raise FetchError(f"The endpoint {endpoint_url!r} is not a URL such as http://127.0.0.1:4566")
        self.profile = profile
        self._endpoint_url = endpoint_url
        with told():
            self._session = boto3.Session(region_name=region, profile_name=profile)
        found = self._session.region_name
        if not found:
            raise FetchError(_NO_REGION, "credentials")
        self.region: str = found

    def _client(self, service: str) -> Any:
        try:
            with told():
                return self._session.client(  # type: ignore[call-overload] # a name, not a literal
                    service, config=_CONFIG, endpoint_url=self._endpoint_url
                )
        except ValueError as error:  # boto3 has no class of its own for a URL that cannot be one
            raise FetchError(
                f"{_sentence(error)}: {self._endpoint_url or 'AWS_ENDPOINT_URL'}", "credentials"
            ) from error

    @property
    def endpoint_url(self) -> str:
        """Where Step Functions is asked if that is not AWS."""
        url: str = self.stepfunctions.meta.endpoint_url
        return "" if _OF_AWS.fullmatch(url) else url

    @cached_property
    def stepfunctions(self) -> Any:
        """Step Functions."""
        return self._client("stepfunctions")

    @cached_property
    def s3(self) -> Any:
        """S3."""
        return self._client("s3")

    @cached_property
    def dynamodb(self) -> Any:
        """DynamoDB."""
        return self._client("dynamodb")

    @cached_property
    def logs(self) -> Any:
        """CloudWatch Logs."""
        return self._client("logs")

    @cached_property
    def functions(self) -> Any:
        """Lambda."""
        return self._client("lambda")

    @cached_property
    def cloudformation(self) -> Any:
        """CloudFormation."""
        return self._client("cloudformation")


_NO_REGION = "No AWS region is set. Give one, for example: --region ap-northeast-1"
_LOG_IN = "Log in again, for example with `aws sso login`, or name another profile: --profile NAME"
_ALLOWED = "The policy for operators (docs/aws-runs.md, Rights) allows this call."
_LOGGED_OUT = (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError, SSOError, TokenRetrievalError)
_SERVER_ERROR = 500


@contextmanager
def told() -> Iterator[None]:
    """Make a FetchError of what boto3 raises, with what to do about it.

    Raises:
        FetchError: boto3 raised.
    """
    try:
        yield
    except _LOGGED_OUT as error:
        raise FetchError(
            f"AWS credentials are missing or have expired ({_sentence(error)}). {_LOG_IN}", "credentials"
        ) from error
    except NoRegionError as error:
        raise FetchError(_NO_REGION, "credentials") from error
    except ProfileNotFound as error:
        raise FetchError(
            f"{_sentence(error)}. `aws configure list-profiles` shows those there are.", "credentials"
        ) from error
    except ClientError as error:
        raise _of_client_error(error) from error
    except (HTTPClientError, ConnectionError) as error:
        raise FetchError(
            f"AWS cannot be reached ({_sentence(error)}). What has been fetched is kept: the same command goes on.",
            "network",
        ) from error
    except BotoCoreError as error:
        raise FetchError(f"AWS cannot be asked: {_sentence(error)}", "credentials") from error


def _sentence(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")


def _of_client_error(error: ClientError) -> FetchError:
    code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
    said = f"{error.operation_name}: {code}: {message}".rstrip(".")
    if code in _DENIED:
        return FetchError(f"{said}. {_ALLOWED}")
    if code in _EXPIRED:
        return FetchError(f"{said}. {_LOG_IN}", "credentials")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    busy = code in _THROTTLED or (status >= _SERVER_ERROR and code != "NotImplemented")
    return FetchError(said, "network" if busy else "")
