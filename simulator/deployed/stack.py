"""A deployed stack: its clients and its outputs.

CloudFormation API reference, "DescribeStacks".
"""

from __future__ import annotations

import ipaddress
from contextlib import nullcontext
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from simulator.aws.engine.environment import local_aws
from simulator.deployed.errors import StackError, told_aws_errors
from simulator.deployed.region import DEFAULT_REGION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

_LONGEST_CALL_SECONDS = 320


class Stack:
    """The outputs of a stack, and AWS clients for what they name; clients may be shared by threads.

    Args:
        name: the stack's name, such as `UserLogPipeline-dev`.
        region: its region.
        profile: a profile of the AWS configuration; None for the shell's own credentials.
        endpoint_url: where AWS is, such as the address of `up`; None for AWS itself. At a loopback address no
            credentials of the shell are used.

    Raises:
        StackError: there is no such stack, or it cannot be read.
    """

    def __init__(
        self,
        name: str,
        *,
        region: str = DEFAULT_REGION,
        profile: str | None = None,
        endpoint_url: str | None = None,
    ) -> None:
        self.name = name
        self._endpoint_url = endpoint_url
        self._region = region
        if endpoint_url is not None and urlsplit(endpoint_url).hostname is None:
            raise StackError(f"--endpoint-url {endpoint_url!r} is not an address like http://127.0.0.1:4566.")
        doing = f"reading the stack {name} in {region}"
        # The shell's profile and variables are for AWS itself.
        self._local = endpoint_url if endpoint_url is not None and _is_loopback(endpoint_url) else None
        with told_aws_errors(doing), self._environment():
            named = None if self._local else profile
            self._session = boto3.Session(profile_name=named, region_name=region)
        self.client = cache(self._client)
        self._outputs = self._read_outputs(doing)

    def output(self, key: str) -> str:
        """Return the value of an output.

        Raises:
            StackError: the stack has no such output.
        """
        try:
            return self._outputs[key]
        except KeyError:
            raise StackError(
                f"The stack {self.name} has no output {key}: it is another stack, or was deployed by an older version. "
                f"Its outputs: {', '.join(sorted(self._outputs)) or 'none'}."
            ) from None

    def _client(self, service: str) -> Any:
        config = Config(
            connect_timeout=10,
            read_timeout=_LONGEST_CALL_SECONDS,
            inject_host_prefix=self._endpoint_url is None,
            retries={"mode": "standard", "total_max_attempts": 3},
        )
        if self._local:
            config = config.merge(Config(proxies={}, s3={"addressing_style": "path"}))
        with self._environment():
            return self._session.client(service, endpoint_url=self._endpoint_url, config=config)  # type: ignore[call-overload]

    def _environment(self) -> AbstractContextManager[None]:
        return local_aws(self._local) if self._local else nullcontext()

    def _read_outputs(self, doing: str) -> Mapping[str, str]:
        with told_aws_errors(doing):
            stacks = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        return {one["OutputKey"]: one["OutputValue"] for one in stacks[0].get("Outputs", [])}


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
