"""The functions as AWS gets them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdas.shared.settings import (
    AuditSettings,
    DatabaseSettings,
    FileGateSettings,
    ReporterSettings,
    ValidatorSettings,
)
from simulator.pipeline.provisioning import function_values, read_definition
from tests.infrastructure.template.resolver import Resolver, readable
from tests.infrastructure.template.synthesis import CDK

DESIGNED = (
    "user-log-csv-validator",
    "user-log-processor",
    "user-log-schema-migrator",
    "user-log-reporter",
    "user-log-file-gate",
    "user-log-user-reader",
)
FILES: list[dict[str, Any]] = json.loads(read_definition("functions.json", function_values()))
SETTINGS = {
    "user-log-csv-validator": (ValidatorSettings,),
    "user-log-processor": (DatabaseSettings, AuditSettings),
    "user-log-schema-migrator": (DatabaseSettings,),
    "user-log-user-reader": (DatabaseSettings,),
    "user-log-reporter": (ReporterSettings,),
    "user-log-file-gate": (FileGateSettings,),
}


def functions(stack: Resolver) -> dict[str, dict[str, Any]]:
    """Return our functions by their names; CDK's own have none."""
    return stack.by_name("AWS::Lambda::Function")


def test_the_functions_have_the_designed_names(stack: Resolver) -> None:
    """The simulator's, too."""
    assert sorted(functions(stack)) == sorted(DESIGNED) == sorted(each["name"] for each in FILES)


# Written out: (timeout in seconds, memory in MB).
LIMITS = {
    "user-log-csv-validator": (300, 512),
    "user-log-processor": (10, 512),
    "user-log-schema-migrator": (300, 512),
    "user-log-reporter": (300, 512),
    "user-log-file-gate": (30, 512),
    "user-log-user-reader": (15, 512),
}


def test_the_limits_are_those_written_out(stack: Resolver, optional_stack: Resolver) -> None:
    """Timeouts, memory, the most rows of a file, the most files, and a reservation only if it is asked for."""
    found = {name: (each["Timeout"], each["MemorySize"]) for name, each in functions(stack).items()}
    assert found == LIMITS
    assert functions(stack)["user-log-csv-validator"]["Environment"]["Variables"]["MAX_ROWS"] == "100000"
    assert functions(optional_stack)["user-log-file-gate"]["Environment"]["Variables"]["MAX_FILES"] == "3"
    reserved = {
        name: each["ReservedConcurrentExecutions"]
        for name, each in functions(optional_stack).items()
        if "ReservedConcurrentExecutions" in each
    }
    assert reserved == {"user-log-processor": 24}
    assert not any("ReservedConcurrentExecutions" in each for each in functions(stack).values())


def test_what_a_function_is_told_of_its_surroundings(stack: Resolver) -> None:
    """Value by value."""
    writer = "user-log.cluster-id.ap-northeast-1.rds.amazonaws.com"
    database = {"DATABASE_HOST": writer, "DATABASE_PORT": "5432", "DATABASE_NAME": "userlog"}
    assert {name: each["Environment"]["Variables"] for name, each in functions(stack).items()} == {
        "user-log-csv-validator": {"MAX_ROWS": "100000", "ROWS_PER_CHILD": "1"},
        "user-log-processor": {
            **database,
            "DATABASE_USER": "user_log_processor",
            "PROCESSING_LOGS_TABLE": "ProcessingLogs",
        },
        "user-log-schema-migrator": {
            **database,
            "DATABASE_READER_HOST": "user-log.cluster-ro-id.ap-northeast-1.rds.amazonaws.com",
            "DATABASE_USER": "user_log_migrator",
        },
        "user-log-reporter": {
            "OUTPUT_BUCKET": "user-log-output-123456789012-ap-northeast-1",
            "RESULTS_PREFIX": "results/",
            "PROCESSING_LOGS_TABLE": "ProcessingLogs",
            "SENDERS_TOPIC_ARN": "arn:aws:sns:ap-northeast-1:123456789012:user-log-files",
        },
        "user-log-file-gate": {"FILE_GATE_TABLE": "FileGate", "MAX_FILES": "1"},
        "user-log-user-reader": {
            **database,
            "DATABASE_HOST": "user-log.cluster-ro-id.ap-northeast-1.rds.amazonaws.com",
            "DATABASE_USER": "user_log_reader",
        },
    }


def test_workflow_and_rule_call_a_version_that_stays(stack: Resolver, dev_stack: Resolver) -> None:
    """By the alias `live`, which goes back to an older version in one step: versions outlive their deployment."""
    for each in (stack, dev_stack):
        aliases = {name: alias for name, alias in each.resources.items() if alias["Type"] == "AWS::Lambda::Alias"}
        assert {(readable(name), alias["Properties"]["Name"]) for name, alias in aliases.items()} == {
            ("FunctionsValidatorAlias", "live"),
            ("FunctionsProcessorAlias", "live"),
            ("FunctionsReporterAlias", "live"),
            ("FunctionsFileGateAlias", "live"),
        }
        for name, alias in aliases.items():
            version = alias["Properties"]["FunctionVersion"]["Fn::GetAtt"][0]
            function = readable(name).removesuffix("Alias")
            assert version.startswith(f"{function}CurrentVersion")
            assert each.resources[version]["DeletionPolicy"] == "RetainExceptOnCreate"
            assert readable(alias["Properties"]["FunctionName"]["Ref"]) == function


def test_new_code_of_the_processor_goes_live_after_the_migration(stack: Resolver) -> None:
    """Under running maps: until the schema fits it, the version before goes on."""
    (alias,) = [each for name, each in stack.resources.items() if readable(name) == "FunctionsProcessorAlias"]
    (migration,) = [name for name, each in stack.resources.items() if each["Type"] == "Custom::Trigger"]
    assert migration in alias["DependsOn"]


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
    [
        (name, f"Functions{role}Role")
        for name, role in zip(
            DESIGNED, ("Validator", "Processor", "Migrator", "Reporter", "FileGate", "Reader"), strict=True
        )
    ],
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
    reader = "user-log.cluster-ro-id.ap-northeast-1.rds.amazonaws.com"
    assert variables.get("DATABASE_READER_HOST") == (reader if "migrator" in name else None)
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
    assert asked == {"user-log-processor": 24}
