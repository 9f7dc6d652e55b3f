"""What `npx cdk` finds in cdk/: its version, its settings, and an app that needs neither account nor network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.infrastructure.template.synthesis import CDK, load_cdk
from tests.infrastructure.test_bundle import contents


def read(name: str) -> dict[str, Any]:
    """Return a JSON file of cdk/."""
    parsed: dict[str, Any] = json.loads((CDK / name).read_text(encoding="utf-8"))
    return parsed


def test_the_command_line_is_pinned_to_one_version() -> None:
    """Exactly: npm's newest cannot read what this version of the library writes."""
    pinned = read("package.json")["devDependencies"]["aws-cdk"]
    locked = read("package-lock.json")["packages"]
    assert pinned == "2.1148.1"
    assert locked[""]["devDependencies"]["aws-cdk"] == pinned
    assert locked["node_modules/aws-cdk"]["version"] == pinned


def test_the_lock_file_names_no_registry() -> None:
    """`npm ci` takes the packages from wherever the reader's npm is told to; their digests are checked."""
    for name, package in read("package-lock.json")["packages"].items():
        assert "resolved" not in package
        assert not name or package["integrity"].startswith("sha512-")


def test_the_strict_validator_is_on_for_everyone() -> None:
    """In cdk.json, which `npx cdk synth` reads; these tests load the same context."""
    assert read("cdk.json")["context"]["@aws-cdk/core:validateAgainstDefaultRules"] is True


@pytest.mark.slow
def test_the_app_is_synthesized_with_its_package_and_without_credentials(tmp_path: Path, machine_network: None) -> None:
    """As the CLI starts it, in a process of its own; the functions' code in the assembly is the package."""
    load_cdk()
    stripped = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    settings = {**read("cdk.json")["context"], "stage": "dev"}
    done = subprocess.run(
        [sys.executable, str(CDK / "app.py")],
        cwd=tmp_path,
        env={**stripped, "CDK_OUTDIR": str(tmp_path / "out"), "CDK_CONTEXT_JSON": json.dumps(settings)},
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr
    template = json.loads((tmp_path / "out" / "UserLogPipeline-dev.template.json").read_text(encoding="utf-8"))
    (code,) = {
        resource["Properties"]["Code"]["S3Key"].removesuffix(".zip")
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function" and "FunctionName" in resource["Properties"]
    }
    files = contents(tmp_path / "out" / f"asset.{code}")
    assert "lambdas/user_log_processor/handler.py" in files
    assert "migrations/0001_users_and_statistics.sql" in files
    assert "rds-ca.pem" in files
