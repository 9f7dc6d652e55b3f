"""AWS clients with the operator's own credentials: whatever the shell, the profile or the role says is obeyed."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"})
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"})
_CONFIG = Config(
    connect_timeout=10,
    read_timeout=60,
    # Slows itself down when AWS throttles (boto3 guide, "Retries"): an operator's reading must not slow the pipeline.
    retries={"mode": "adaptive", "total_max_attempts": 8},
    inject_host_prefix=False,
    user_agent_extra="user-log-fetch",
)


class FetchError(Exception):
    """AWS cannot be read, or has not what was asked for; the message says what to do."""


class Operator:
    """The clients of one region and profile, made when they are first used. Safe for several threads.

    Args:
        region: the region; the shell's or the profile's if absent.

    Raises:
        FetchError: there is no such profile, or no region.
    """

    def __init__(self, region: str | None = None) -> None:
        with told():
            self._session = boto3.Session(region_name=region)
        found = self._session.region_name
        if not found:
            raise FetchError(_NO_REGION)
        self.region: str = found

    def _client(self, service: str) -> Any:
        with told():
            return self._session.client(service, config=_CONFIG)  # type: ignore[call-overload] # a name, not a literal

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


_NO_REGION = "No AWS region is set. Set AWS_REGION, for example: export AWS_REGION=ap-northeast-1"


@contextmanager
def told() -> Iterator[None]:
    """Make a FetchError of what boto3 raises, with what to do about it.

    Raises:
        FetchError: boto3 raised.
    """
    try:
        yield
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise FetchError(
            f"AWS credentials are missing ({error}). Set AWS_PROFILE, or log in with: aws sso login"
        ) from error
    except NoRegionError as error:
        raise FetchError(_NO_REGION) from error
    except ProfileNotFound as error:
        raise FetchError(f"{error}. Set AWS_PROFILE to one that `aws configure list-profiles` shows.") from error
    except ClientError as error:
        raise FetchError(_of_client_error(error)) from error
    except BotoCoreError as error:
        raise FetchError(f"AWS cannot be reached: {error}") from error


def _of_client_error(error: ClientError) -> str:
    code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
    said = f"{error.operation_name}: {code}: {message}"
    if code in _DENIED:
        return f"{said}. The operator's policy (docs/deploy.md, section 9) allows this call."
    if code in _EXPIRED:
        return f"{said}. Log in again, for example with: aws sso login"
    return said
