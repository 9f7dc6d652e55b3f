"""The environment of everything that talks to the local cloud; the user's own AWS account is never touched."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REGION: Final = "ap-northeast-1"
LEADS_ELSEWHERE = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
"""Variables that would lead an AWS client away from the endpoint."""
ACCOUNT: Final = "123456789012"
_PREFIXES = ("AWS_", "BOTO", "MOTO_", "_X_AMZN_", "TEST_SERVER_MODE", "TEST_PROXY_MODE")
# What botocore and moto read beside those.
_NAMES = (
    *("SSLKEYLOGFILE", "REQUESTS_CA_BUNDLE"),
    *("INITIAL_NO_AUTH_ACTION_COUNT", "DEFAULT_CONTAINER_REGISTRY", "MAX_SHARED_ACCOUNTS", "VALIDATE_LAMBDA_S3"),
    *("S3_IGNORE_SUBDOMAIN_BUCKETNAME", "S3_UPLOAD_PART_MIN_SIZE", "SF_EXECUTION_HISTORY_TYPE"),
    "TESTS_SKIP_REQUIRES_DOCKER",
)


def aws_environment(endpoint: str) -> dict[str, str]:
    """Return environment variables that send every AWS SDK call to the local cloud.

    Args:
        endpoint: moto's address, `http://127.0.0.1:<port>`.

    Returns:
        Variables to lay over an environment from `without_aws`: endpoint, region, credentials that no AWS account
        accepts, no configuration files, no instance metadata, and no proxy for loopback.
    """
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "local",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }


def without_aws(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without anything that an AWS SDK or moto would read (profiles, credentials, endpoints)."""
    return {name: value for name, value in environment.items() if not name.startswith(_PREFIXES) and name not in _NAMES}


@contextmanager
def local_aws(endpoint: str) -> Iterator[None]:
    """Let this process's AWS SDK calls go to the local cloud while the context lasts, and put all back afterwards."""
    before = dict(os.environ)
    after = {**without_aws(before), **aws_environment(endpoint)}
    _replace_environment(after)
    try:
        yield
    finally:
        _replace_environment(before)


def _replace_environment(wanted: dict[str, str]) -> None:
    for name in os.environ.keys() - wanted.keys():
        del os.environ[name]
    os.environ.update(wanted)
