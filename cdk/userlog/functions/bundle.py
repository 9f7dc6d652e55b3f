"""The functions' package: code, migrations, certificates and libraries, built without Docker, the same each time."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

from userlog.definitions import DEFINITIONS, ROOT
from userlog.functions.packages import REQUIREMENTS, bill_of_materials, packages

# Python 3.11 runs on Amazon Linux 2 (glibc 2.26), later ones on Amazon Linux 2023 (2.34): these wheels load on both.
PIP_PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_17_x86_64")
UV_PLATFORM = "x86_64-manylinux2014"
# What installers write of themselves, and what is compiled on the machine that builds.
_LEFT_OUT = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json", ".lock")
_MODIFIED = 315_532_800  # 1980-01-01, the first day of a zip file
BILL_OF_MATERIALS = "sbom.cdx.json"


class BundleError(Exception):
    """The package cannot be built; the text says why."""


def build(target: Path, python: str) -> None:
    """Put the package into a folder, which may be there already.

    Args:
        target: the folder.
        python: the functions' Python, such as 3.11.

    Raises:
        BundleError: the libraries cannot be fetched.
    """
    _install(target, python)
    shutil.copytree(
        ROOT / "lambdas", target / "lambdas", dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
    )
    shutil.copytree(DEFINITIONS / "migrations", target / "migrations", dirs_exist_ok=True)
    shutil.copy(DEFINITIONS / "rds-ca.pem", target)
    (target / BILL_OF_MATERIALS).write_text(bill_of_materials(packages()), encoding="utf-8")
    _make_the_same(target)


def _install(target: Path, python: str) -> None:
    """Fetch the libraries' wheels for Lambda's platform, by uv if it is installed, else by pip."""
    uv = shutil.which("uv")
    common = ["--no-deps", "--only-binary", ":all:", "--python-version", python, "--target", str(target)]
    if uv is not None:
        command = [uv, "pip", "install", "--no-progress", "--python-platform", UV_PLATFORM]
    elif importlib.util.find_spec("pip") is not None:
        platforms = [word for platform in PIP_PLATFORMS for word in ("--platform", platform)]
        command = [sys.executable, "-m", "pip", "install", "--no-compile", "--implementation", "cp", *platforms]
    else:
        raise BundleError("The functions' package is built by uv or by pip, and neither is installed: install uv.")
    done = subprocess.run(  # noqa: S603 - our own words
        [*command, *common, "--require-hashes", "--requirement", str(REQUIREMENTS)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BundleError(f"The libraries of the functions' package could not be installed:\n{done.stderr.strip()}")


def _make_the_same(target: Path) -> None:
    """Leave nothing that differs from one build to the next: installers' notes, bytecode, modes, times."""
    shutil.rmtree(target / "bin", ignore_errors=True)
    for path in sorted(target.rglob("*"), reverse=True):
        if path.name == "__pycache__":
            shutil.rmtree(path)
        elif path.name in _LEFT_OUT:
            path.unlink()
        else:
            path.chmod(0o755 if path.is_dir() or ".so" in path.suffixes else 0o644)
            os.utime(path, (_MODIFIED, _MODIFIED))
    os.utime(target, (_MODIFIED, _MODIFIED))


@jsii.implements(ILocalBundling)
class LocalBundling:
    """Builds the package in this process when CDK asks for it.

    Args:
        python: the functions' Python.
    """

    def __init__(self, python: str) -> None:
        self._python = python

    def try_bundle(self, output_dir: str, *_options: object, **_more: object) -> bool:
        """Build, and never leave it to Docker; end the program if that is not possible.

        An exception would come back from jsii as another, with the stack traces of both languages.
        """
        try:
            build(Path(output_dir), self._python)
        except BundleError as error:
            sys.exit(str(error))
        return True


def functions_code(python: str) -> lambda_.AssetCode:
    """Return the package for a Python as code; one for all functions."""
    return lambda_.Code.from_asset(
        str(ROOT / "lambdas"),
        asset_hash_type=AssetHashType.OUTPUT,
        # An image must be named; it is never run.
        bundling=BundlingOptions(image=DockerImage.from_registry("unused"), local=LocalBundling(python)),
    )
