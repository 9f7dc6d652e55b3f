"""What a stage's file may say, and what `-c` may: each refusal names file and option, and says what is possible."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.infrastructure.conftest import OPTIONAL
from tests.infrastructure.template.synthesis import CDK, load_cdk

load_cdk()

from userlog.options import Options  # noqa: E402 - made importable above
from userlog.stage import Stage  # noqa: E402
from userlog.stage_file import StageError, option_names, read_options  # noqa: E402

# The design document's system: two NAT gateways, writer and reader, 0.5 to 2 ACU; nobody uploads, nothing is reserved.
PROD: dict[str, Any] = {
    "account": "123456789012",
    "deletionProtection": False,
    "natGateways": 2,
    "reader": True,
    "minAcu": 0.5,
    "maxAcu": 2,
    "clusterIdentifier": None,
    "snapshotIdentifier": None,
    "python": "3.11",
    "mapConcurrency": 5,
    "rowsPerChild": 1,
    "maxFiles": 1,
    "reservedConcurrency": None,
    "uploaderPrincipalArn": None,
    "alarmEmail": None,
    "fileEmail": None,
    "operatorPolicy": None,
    "uploadExpectedBy": None,
}
# As cheap as it can be when idle: no NAT gateway, no reader, and Aurora pauses.
DEV = {**PROD, "natGateways": 0, "reader": False, "minAcu": 0}


def given(**context: object) -> Any:
    """Return a construct node with these context values."""
    return SimpleNamespace(get_all_context=lambda: context, try_get_context=context.get)


def written(folder: Path, text: str | dict[str, Any], name: str = "prod") -> Path:
    """Write a stage's file."""
    path = folder / f"{name}.json"
    path.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    """Return what is said of a file."""
    with pytest.raises(StageError) as error:
        read_options(path)
    return str(error.value)


@pytest.mark.parametrize(("stage", "expected"), [("prod", PROD), ("dev", DEV)])
def test_the_files_are_the_designed_system_and_the_cheapest(stage: str, expected: dict[str, Any]) -> None:
    """Option by option."""
    path = CDK / "stages" / f"{stage}.json"
    assert json.loads(path.read_text(encoding="utf-8")) == expected
    assert read_options(path).model_dump(by_alias=True) == expected


def test_every_option_is_in_the_tests_that_change_each() -> None:
    """A new option would be missing there."""
    assert set(option_names()) == {*OPTIONAL, "account", "clusterIdentifier", "snapshotIdentifier"}


def test_prod_has_the_designed_names_and_dev_its_own() -> None:
    """So that both can share an account."""
    prod, dev = (Stage.from_context(given(stage=name)) for name in ("prod", "dev"))
    assert (prod.suffixed("ProcessingLogs"), dev.suffixed("ProcessingLogs")) == ("ProcessingLogs", "ProcessingLogs-dev")
    assert (prod.removal_policy.name, dev.removal_policy.name) == ("RETAIN_ON_UPDATE_OR_DELETE", "DESTROY")


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("account", 123456789012, "twelve digits"),
        ("account", "12345678901", "twelve digits"),
        ("account", "１２３４５６７８９０１２", "twelve digits"),
        ("account", "123456789012\n", "twelve digits"),
        ("account", None, "twelve digits"),
        ("deletionProtection", "true", "true or false"),
        ("deletionProtection", 1, "true or false"),
        ("natGateways", 3, "0, 1 or 2"),
        ("natGateways", -1, "0, 1 or 2"),
        ("natGateways", 1.5, "0, 1 or 2"),
        ("natGateways", "2", "0, 1 or 2"),
        ("natGateways", True, "0, 1 or 2"),
        ("reader", 0, "true or false"),
        ("minAcu", -0.5, "from 0 to 256 in steps of 0.5"),
        ("minAcu", 0.3, "from 0 to 256 in steps of 0.5"),
        ("maxAcu", 0.5, "from 1 to 256 in steps of 0.5"),
        ("maxAcu", 256.5, "from 1 to 256 in steps of 0.5"),
        ("clusterIdentifier", "User Log", "user-log-restored"),
        ("clusterIdentifier", "a--b", "user-log-restored"),
        ("clusterIdentifier", "a" * 57, "at most 56 characters"),
        ("snapshotIdentifier", "", "snapshot"),
        ("snapshotIdentifier", "arn:aws:rds:ap-northeast-1:123456789012:cluster:user-log", "snapshot"),
        ("python", "3.10", '"3.11" or "3.12" or "3.13"'),
        ("python", 3.11, '"3.11" or "3.12" or "3.13"'),
        ("mapConcurrency", 0, "from 1 to 1000"),
        ("mapConcurrency", 1001, "from 1 to 1000"),
        ("mapConcurrency", None, "from 1 to 1000"),
        ("mapConcurrency", 5.5, "from 1 to 1000"),
        ("rowsPerChild", 0, "from 1 to 100"),
        ("rowsPerChild", 101, "from 1 to 100"),
        ("rowsPerChild", None, "from 1 to 100"),
        ("maxFiles", 0, "from 1 to 1000"),
        ("maxFiles", True, "from 1 to 1000"),
        ("reservedConcurrency", 0, "from 1 to 1000"),
        ("reservedConcurrency", 1001, "from 1 to 1000"),
        ("uploaderPrincipalArn", "*", "arn:aws:iam::123456789012:role/uploader"),
        ("uploaderPrincipalArn", "arn:aws:iam::123456789012:role/*", "arn:aws:iam::123456789012:role/uploader"),
        ("uploaderPrincipalArn", "arn:aws:s3:::bucket", "arn:aws:iam::123456789012:role/uploader"),
        ("alarmEmail", "nobody", "an email address"),
        ("fileEmail", "a@b", "an email address"),
        ("operatorPolicy", "watch", '"look" or "act"'),
        ("uploadExpectedBy", "24:00", "a time in Japan"),
        ("uploadExpectedBy", "9:30", "a time in Japan"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_what_can(tmp_path: Path, option: str, value: object, says: str) -> None:
    """The file, the option, its value, and what it may be."""
    path = written(tmp_path, {**PROD, option: value})
    said = refusal(path)
    assert said.startswith(f'{path}, "{option}": it is {json.dumps(value, ensure_ascii=False)}. It must be ')
    assert says in said
    assert "\n" not in said


def test_a_mistyped_option_is_refused_with_the_one_that_is_meant(tmp_path: Path) -> None:
    """It would be without effect. And what it stands for is missing then: both are said."""
    options = {key: value for key, value in PROD.items() if key != "natGateways"}
    path = written(tmp_path, {**options, "natGatways": 0})
    assert refusal(path).splitlines() == [
        f'{path}, "natGateways": the option is missing. It must be 0, 1 or 2.',
        f'{path}, "natGatways": there is no such option. Is "natGateways" meant?',
    ]


@pytest.mark.parametrize("option", option_names())
def test_every_option_must_be_there(tmp_path: Path, option: str) -> None:
    """No default is silent: a file says all that is deployed."""
    options = {key: value for key, value in PROD.items() if key != option}
    assert f'"{option}": the option is missing' in refusal(written(tmp_path, options))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1, column 1: not JSON"),
        ('{\n "account": }', "line 2, column 13: not JSON"),
        ("[]", "it must be a JSON object"),
        ("null", "it must be a JSON object"),
        ('{"reader": true, "reader": false}', '"reader": the option stands there twice'),
    ],
)
def test_a_file_that_is_no_object_of_options_is_refused(tmp_path: Path, text: str, says: str) -> None:
    """Where it goes wrong."""
    assert says in refusal(written(tmp_path, text))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """Missing, a folder, not UTF-8."""
    assert "it cannot be read (No such file or directory)" in refusal(tmp_path / "prod.json")
    (tmp_path / "dev.json").mkdir()
    assert "it cannot be read (Is a directory)" in refusal(tmp_path / "dev.json")
    (tmp_path / "old.json").write_bytes('{"account": "はい"}'.encode("shift_jis"))
    assert "it is not UTF-8" in refusal(tmp_path / "old.json")


def test_options_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    """The least capacity above the greatest; a restored cluster under a name that is taken."""
    assert '"minAcu" is 4, more than "maxAcu", 2' in refusal(written(tmp_path, {**PROD, "minAcu": 4}))
    for name in (None, "user-log", "user-log-dev"):
        options = {**PROD, "snapshotIdentifier": "before", "clusterIdentifier": name}
        assert '"snapshotIdentifier" needs "clusterIdentifier"' in refusal(written(tmp_path, options))


def test_rows_at_a_time_must_fit_connections_and_reservation(tmp_path: Path) -> None:
    """Of all files together: or they would set off the alarm of connections, or be throttled."""
    assert read_options(written(tmp_path, {**PROD, "mapConcurrency": 319})).map_concurrency == 319
    said = refusal(written(tmp_path, {**PROD, "mapConcurrency": 320}))
    assert '"maxFiles" is 1: 320 rows at a time would take as many connections, and from 320 on the alarm' in said
    assert read_options(written(tmp_path, {**PROD, "maxFiles": 63})).rows_at_once == 315
    assert '"mapConcurrency" is 5 and "maxFiles" is 64' in refusal(written(tmp_path, {**PROD, "maxFiles": 64}))
    assert read_options(written(tmp_path, {**PROD, "mapConcurrency": 320, "maxAcu": 4})).map_concurrency == 320
    assert read_options(written(tmp_path, {**PROD, "reservedConcurrency": 5})).reserved_concurrency == 5
    said = refusal(written(tmp_path, {**PROD, "reservedConcurrency": 4}))
    assert '"reservedConcurrency" is 4, less than "mapConcurrency" times "maxFiles", 5: rows would' in said
    said = refusal(written(tmp_path, {**PROD, "reservedConcurrency": 9, "maxFiles": 2}))
    assert '"reservedConcurrency" is 9, less than "mapConcurrency" times "maxFiles", 10' in said


SNAPSHOTS = (
    "before",
    "rds:user-log-2026-11-27-18-10",
    "arn:aws:rds:ap-northeast-1:123456789012:cluster-snapshot:rds:a",
)


@pytest.mark.parametrize("snapshot", SNAPSHOTS)
def test_a_snapshot_is_named_in_each_of_rdss_ways(tmp_path: Path, snapshot: str) -> None:
    """One of yours, an automatic one, an ARN."""
    options = {**PROD, "snapshotIdentifier": snapshot, "clusterIdentifier": "user-log-restored"}
    assert read_options(written(tmp_path, options)).snapshot_identifier == snapshot


@pytest.mark.parametrize(
    ("context", "says"),
    [
        ({}, "No stage is given. Add -c stage=dev or -c stage=prod."),
        ({"stage": ""}, "No stage is given. Add -c stage=dev or -c stage=prod."),
        ({"stage": "staging"}, "-c stage=staging: there is no such stage. The stages are dev and prod."),
        (
            {"stage": "dev", "natGateways": "0"},
            (
                '-c natGateways=0: options are no longer given on the command line. Write "natGateways" into '
                "cdk/stages/<stage>.json, and give only -c stage=dev or -c stage=prod."
            ),
        ),
        ({"stage": "dev", "alarmMail": "a"}, "-c alarmMail=a: only -c stage=dev or -c stage=prod is understood."),
        ({"stgae": "dev"}, "-c stgae=dev: only -c stage=dev or -c stage=prod is understood."),
    ],
)
def test_the_command_line_takes_the_stage_alone(context: dict[str, str], says: str) -> None:
    """What was an option of it once is refused with its place now."""
    with pytest.raises(StageError) as error:
        Stage.from_context(given(**context))
    assert str(error.value) == says


def test_the_app_ends_with_the_sentence_and_no_traceback(tmp_path: Path) -> None:
    """As the CLI starts it."""
    done = subprocess.run(
        [sys.executable, str(CDK / "app.py"), "-c", "stage=staging"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "-c stage=staging: there is no such stage. The stages are dev and prod."


def test_every_option_says_what_it_must_be() -> None:
    """The refusal takes its words from there."""
    assert all(field.description for field in Options.model_fields.values())
