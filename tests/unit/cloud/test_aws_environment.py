"""The user's own AWS account is never touched."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import botocore.session
import pytest
from botocore.exceptions import BotoCoreError

from simulator.aws.engine.clients import aws_clients
from simulator.aws.engine.environment import aws_environment, local_aws, without_aws
from tests.hostile_environment import NONSENSE, aws_variables, session_variables

if TYPE_CHECKING:
    from collections.abc import Callable

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


def test_every_variable_that_the_sdk_or_moto_reads_is_taken_away() -> None:
    """They are asked and their texts are searched, so that a newer version with one more is noticed."""
    assert len(session_variables()) > 30
    assert {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_ACCESS_KEY_ID", "MOTO_ACCOUNT_ID"} <= aws_variables()
    assert without_aws(dict.fromkeys(session_variables() | aws_variables(), NONSENSE)) == {}


def test_a_session_is_the_same_whatever_its_variables_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each variable of botocore's has an absurd value; with the local cloud's, no value of a session is that."""
    for name in session_variables():
        monkeypatch.setenv(name, NONSENSE)
    with local_aws(ENDPOINT):
        session = botocore.session.Session()
        found = {name: session.get_config_variable(name) for name in session.session_var_map}
    assert NONSENSE not in map(str, found.values()), found
    assert (found["region"], found["profile"]) == ("ap-northeast-1", None)


def _garbage(folder: Path) -> Path:
    (folder / "file").write_text("this is [no file of AWS\n", encoding="utf-8")
    return folder / "file"


def _not_utf_8(folder: Path) -> Path:
    (folder / "file").write_bytes(b"[default]\nregion = \xff\xfe\n")
    return folder / "file"


def _unreadable(folder: Path) -> Path:
    (folder / "file").touch(mode=0)
    return folder / "file"


def _folder(folder: Path) -> Path:
    return folder


@pytest.mark.parametrize("variable", ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])
@pytest.mark.parametrize("made", [_garbage, _not_utf_8, _unreadable, _folder])
def test_a_file_of_aws_that_the_sdk_cannot_use_is_not_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, made: Callable[[Path], Path], variable: str
) -> None:
    """The SDK alone ends with an error if it can open the file."""
    with local_aws(ENDPOINT):
        monkeypatch.setenv(variable, str(made(tmp_path)))
        if made in {_garbage, _not_utf_8}:
            with pytest.raises(BotoCoreError):
                _ = botocore.session.Session().full_config
        assert aws_clients(ENDPOINT).s3.meta.endpoint_url == ENDPOINT
        assert {**without_aws(os.environ), **aws_environment(ENDPOINT)}[variable] == os.devnull
