"""The user's own AWS account is never touched."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import boto3

from simulator.aws.moto.clients import aws_clients
from simulator.aws.moto.environment import aws_environment, local_aws, without_aws

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ENDPOINT = "http://127.0.0.1:1"


def _be_a_user_of_aws(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    config = folder / "config"
    config.write_text("[profile work]\nregion = us-east-1\nendpoint_url = https://real.example\n")
    credentials = folder / "credentials"
    credentials.write_text("[work]\naws_access_key_id = REAL\naws_secret_access_key = REAL\n")
    for name, value in {
        "AWS_PROFILE": "work",
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "AWS_ACCESS_KEY_ID": "REAL",
        "AWS_SECRET_ACCESS_KEY": "REAL",
        "AWS_SESSION_TOKEN": "REAL",
        "AWS_ENDPOINT_URL_S3": "https://real.example",
        "AWS_REGION": "us-east-1",
        "HTTP_PROXY": "http://proxy.example:3128",
    }.items():
        monkeypatch.setenv(name, value)


def test_our_own_clients_use_neither_profile_nor_credentials_nor_proxy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whatever the shell says, requests go to loopback with credentials of no account."""
    _be_a_user_of_aws(monkeypatch, tmp_path)
    clients = aws_clients(ENDPOINT)
    for client in (clients.s3, clients.dynamodb, clients.sqs):
        assert client.meta.endpoint_url == ENDPOINT
        assert client.meta.region_name == "ap-northeast-1"
        credentials = client._request_signer._credentials
        assert (credentials.access_key, credentials.token) == ("local", None)
        assert client._endpoint.http_session._proxy_config.proxy_url_for(ENDPOINT) is None


def test_a_profile_that_does_not_exist_is_no_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 alone would raise ProfileNotFound."""
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    assert aws_clients(ENDPOINT).s3.meta.endpoint_url == ENDPOINT


def test_within_local_aws_any_client_is_local_and_afterwards_all_is_as_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """For code that makes its clients from the environment."""
    _be_a_user_of_aws(monkeypatch, tmp_path)
    before = dict(os.environ)
    with local_aws(ENDPOINT):
        client = boto3.Session().client("s3")
        assert client.meta.endpoint_url == ENDPOINT
        assert client._request_signer._credentials.access_key == "local"
        assert "AWS_PROFILE" not in os.environ
        assert "AWS_ENDPOINT_URL_S3" not in os.environ
    assert dict(os.environ) == before


def test_nothing_of_the_users_aws_gets_into_a_functions_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither by name nor by value."""
    _be_a_user_of_aws(monkeypatch, tmp_path)
    environment = {**without_aws(os.environ), **aws_environment(ENDPOINT)}
    assert "REAL" not in environment.values()
    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL_S3"} & environment.keys()
