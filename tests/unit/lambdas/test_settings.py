"""The functions' environment."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import ValidationError

from lambdas.shared.database import CONNECT_SECONDS, STATEMENT_MS, Database
from lambdas.shared.settings import (
    AuditSettings,
    DatabaseSettings,
    FileGateSettings,
    MigratorSettings,
    ReporterSettings,
    ValidatorSettings,
)
from simulator.aws.engine.environment import local_aws
from simulator.pipeline.provisioning import function_values, read_definition
from simulator.pipeline.settings import PROJECT_ROOT

DEFINED = json.loads(read_definition("functions.json", function_values()))
FUNCTIONS = {function["name"]: function for function in DEFINED}
READ_BY = {
    "user-log-csv-validator": (ValidatorSettings,),
    "user-log-processor": (AuditSettings, DatabaseSettings),
    "user-log-schema-migrator": (DatabaseSettings, MigratorSettings),
    "user-log-user-reader": (DatabaseSettings,),
    "user-log-reporter": (ReporterSettings,),
    "user-log-file-gate": (FileGateSettings,),
}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what a developer's shell may have set, and boto3's default session, which other tests would get."""
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    for models in READ_BY.values():
        for model in models:
            for name in model.model_fields:
                monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("function", READ_BY)
def test_a_function_reads_each_variable_that_its_definition_names(function: str) -> None:
    """A misspelt name would leave a default in force, in silence."""
    known = {name.upper() for model in READ_BY[function] for name in model.model_fields}
    assert set(FUNCTIONS[function]["environment"]) <= known
    assert set(FUNCTIONS) == set(READ_BY)


def test_a_database_needs_a_url_or_a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty variable is none."""
    monkeypatch.setenv("DATABASE_URL", "")
    with pytest.raises(ValidationError, match="DATABASE_URL or DATABASE_HOST must be set"):
        DatabaseSettings()


@pytest.mark.parametrize("missing", ["DATABASE_NAME", "DATABASE_USER"])
def test_a_host_needs_a_database_and_a_user(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """No name is guessed: it would be another stage's."""
    for name in {"DATABASE_HOST", "DATABASE_NAME", "DATABASE_USER"} - {missing}:
        monkeypatch.setenv(name, "x")
    with pytest.raises(ValidationError, match="DATABASE_HOST needs DATABASE_NAME and DATABASE_USER"):
        DatabaseSettings()


def test_the_audit_table_must_be_named() -> None:
    """As above."""
    with pytest.raises(ValidationError, match="processing_logs_table"):
        AuditSettings()


def test_a_password_in_the_url_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings end up in error messages."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone:hidden@localhost/db")
    assert "hidden" not in repr(DatabaseSettings())


@pytest.mark.parametrize(("text", "expected"), [("", 100_000), ("5", 5)])
def test_max_rows_has_a_default(monkeypatch: pytest.MonkeyPatch, text: str, expected: int) -> None:
    """100,000."""
    monkeypatch.setenv("MAX_ROWS", text)
    assert ValidatorSettings().max_rows == expected


def test_migrations_are_found_in_the_checkout() -> None:
    """If no bundle has them."""
    assert MigratorSettings().folder == PROJECT_ROOT / "cdk/definitions/migrations"


def connect_parameters(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what psycopg is asked to connect with."""
    asked: dict[str, Any] = {}

    def connect(**parameters: Any) -> Any:
        asked.update(parameters)
        raise StopIteration

    monkeypatch.setattr("psycopg.connect", connect)
    with local_aws("http://127.0.0.1:1"), pytest.raises(RuntimeError), Database(DatabaseSettings()).connection():
        pass
    return asked


def test_on_aws_the_login_is_a_signed_token_over_verified_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    """IAM authentication (Aurora user guide): the token names host, port and user, and lasts 15 minutes."""
    for name, value in {
        "DATABASE_HOST": "db.example",
        "DATABASE_PORT": "6543",
        "DATABASE_NAME": "n",
        "DATABASE_USER": "u",
        "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_REGION": "ap-northeast-1",
    }.items():
        monkeypatch.setenv(name, value)
    asked = connect_parameters(monkeypatch)
    assert (asked["host"], asked["port"], asked["dbname"], asked["user"]) == ("db.example", 6543, "n", "u")
    assert asked["sslmode"] == "verify-full"
    assert asked["sslrootcert"].endswith("rds-ca.pem")
    token = urlsplit(f"https://{asked['password']}")
    assert (token.hostname, token.port) == ("db.example", 6543)
    assert "Action=connect" in token.query
    assert "DBUser=u" in token.query
    assert "X-Amz-Signature=" in token.query


def test_reads_go_to_a_reader_if_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same login; a database that is reached by its URL is the only one."""
    monkeypatch.setenv("DATABASE_URL", "postgresql:///db")
    assert DatabaseSettings().for_reads() == DatabaseSettings()
    monkeypatch.delenv("DATABASE_URL")
    for name, value in {"HOST": "writer", "READER_HOST": "reader", "NAME": "n", "USER": "u"}.items():
        monkeypatch.setenv(f"DATABASE_{name}", value)
    assert DatabaseSettings().for_reads().database_host == "reader"
    assert DatabaseSettings().for_reads().database_user == "u"
    assert DatabaseSettings().database_host == "writer"


def test_the_options_of_a_url_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's search path is not ours to drop."""
    monkeypatch.setenv("DATABASE_URL", "postgresql:///db?options=-csearch_path%3Dmine")
    options = connect_parameters(monkeypatch)["options"]
    assert options.startswith("-csearch_path=mine -c statement_timeout=")


def test_a_server_that_hangs_is_given_up_before_the_function_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever of the two it is: an error that is told and retried is better than a function that is killed."""
    monkeypatch.setenv("DATABASE_URL", "postgresql:///db")
    monkeypatch.setenv("PROCESSING_LOGS_TABLE", "ProcessingLogs")
    with local_aws("http://127.0.0.1:1"):
        from lambdas.user_log_processor.handler import DYNAMODB_CONFIG  # noqa: PLC0415 - it reads the environment

    limit = FUNCTIONS["user-log-processor"]["timeoutSeconds"]
    assert limit > CONNECT_SECONDS + STATEMENT_MS / 1000
    config: Any = DYNAMODB_CONFIG
    attempts = config.retries["total_max_attempts"]
    longest_pause = 2 ** (attempts - 1) - 1
    assert attempts * (config.connect_timeout + config.read_timeout) + longest_pause < limit
