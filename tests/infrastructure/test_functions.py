"""The functions as AWS gets them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdas.shared.settings import AuditSettings, DatabaseSettings, ValidatorSettings
from simulator.pipeline.provisioning import function_names, read_definition
from tests.infrastructure.template.resolver import Resolver
from tests.infrastructure.template.synthesis import CDK

DESIGNED = ("user-log-csv-validator", "user-log-processor", "user-log-schema-migrator", "user-log-user-reader")
FILES: list[dict[str, Any]] = json.loads(read_definition("functions.json", function_names()))
SETTINGS = {
    "user-log-csv-validator": (ValidatorSettings,),
    "user-log-processor": (DatabaseSettings, AuditSettings),
    "user-log-schema-migrator": (DatabaseSettings,),
    "user-log-user-reader": (DatabaseSettings,),
}


def functions(stack: Resolver) -> dict[str, dict[str, Any]]:
    """Return our functions by their names; CDK's own have none."""
    return stack.by_name("AWS::Lambda::Function")


def test_the_functions_have_the_designed_names(stack: Resolver) -> None:
    """The simulator's, too."""
    assert sorted(functions(stack)) == sorted(DESIGNED) == sorted(each["name"] for each in FILES)


@pytest.mark.parametrize("file", FILES, ids=DESIGNED)
def test_a_function_is_configured_as_the_simulator_runs_it(stack: Resolver, file: dict[str, Any]) -> None:
    """Handler, timeout, memory, description, and exactly the variables that the file names."""
    function = functions(stack)[file["name"]]
    assert function["Handler"] == file["handler"]
    assert function["Timeout"] == file["timeoutSeconds"]
    assert function["MemorySize"] == file["memoryMb"]
    assert function["Description"] == file["description"]
    assert sorted(function["Environment"]["Variables"]) == sorted(file["environment"])


@pytest.mark.parametrize("name", DESIGNED)
def test_a_function_runs_python_3_11_is_traced_and_logs_into_its_own_group(stack: Resolver, name: str) -> None:
    """On x86_64: the wheel of psycopg for ARM needs a newer glibc than Lambda's Python 3.11 has."""
    function = functions(stack)[name]
    assert (function["Runtime"], function["Architectures"]) == ("python3.11", ["x86_64"])
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert function["LoggingConfig"]["LogGroup"] == f"/aws/lambda/{name}"


@pytest.mark.parametrize(
    ("name", "role"),
    list(
        zip(
            DESIGNED,
            ("FunctionsValidatorRole", "FunctionsProcessorRole", "FunctionsMigratorRole", "FunctionsReaderRole"),
            strict=True,
        )
    ),
)
def test_a_function_uses_the_role_that_is_checked(stack: Resolver, name: str, role: str) -> None:
    """Its own, and no other's."""
    assert functions(stack)[name]["Role"] == f"arn:aws:iam::123456789012:role/{role}"


def test_all_functions_are_one_package(stack: Resolver) -> None:
    """So what was tested together is deployed together."""
    codes = [json.dumps(function["Code"], sort_keys=True) for function in functions(stack).values()]
    assert len(set(codes)) == 1


@pytest.mark.parametrize("name", DESIGNED)
def test_the_functions_understand_their_environment(
    stack: Resolver, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Every variable is one that the settings read, and they are complete: no function fails at its cold start."""
    variables = functions(stack)[name]["Environment"]["Variables"]
    for variable in ("DATABASE_URL", "DATABASE_HOST"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    read: dict[str, Any] = {}
    for settings in SETTINGS[name]:
        read |= settings().model_dump()
    assert {key.upper(): str(read[key.lower()]) for key in variables} == variables


@pytest.mark.parametrize(
    ("name", "user", "host"),
    [
        ("user-log-processor", "user_log_processor", "user-log.cluster-id"),
        ("user-log-schema-migrator", "user_log_migrator", "user-log.cluster-id"),
        ("user-log-user-reader", "user_log_reader", "user-log.cluster-ro-id"),
    ],
)
def test_a_function_logs_in_as_its_own_user_at_its_own_instance(
    stack: Resolver, name: str, user: str, host: str
) -> None:
    """The user is one that the login roles make; those that write go to the writer, since a reader refuses it."""
    variables = functions(stack)[name]["Environment"]["Variables"]
    assert variables["DATABASE_USER"] == user
    assert f"'{user}'" in (CDK / "definitions" / "aws_roles.sql").read_text(encoding="utf-8")
    assert variables["DATABASE_HOST"] == f"{host}.ap-northeast-1.rds.amazonaws.com"
    (cluster,) = stack.of_type("AWS::RDS::DBCluster").values()
    assert variables["DATABASE_NAME"] == cluster["DatabaseName"]


def test_no_secret_is_in_an_environment(stack: Resolver) -> None:
    """Logins are tokens."""
    variables = {key for each in functions(stack).values() for key in each["Environment"]["Variables"]}
    assert not {key for key in variables if "PASSWORD" in key or "SECRET" in key or key == "DATABASE_URL"}


def test_concurrency_is_reserved_only_where_it_is_asked_for(stack: Resolver, optional_stack: Resolver) -> None:
    """A new account refuses any reservation: off by default, and then for the processor alone."""
    key = "ReservedConcurrentExecutions"
    assert not any(key in function for function in functions(stack).values())
    asked = {name: function[key] for name, function in functions(optional_stack).items() if key in function}
    assert asked == {"user-log-processor": 10}
