"""The functions' package: what AWS unpacks and imports."""

from __future__ import annotations

import hashlib
import importlib
import json
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.infrastructure.template.resolver import Resolver
from tests.infrastructure.template.synthesis import CDK, load_cdk

ROOT = CDK.parent
LAMBDA_GLIBC = (2, 26)
LAMBDA_LIMIT = 250 * 1024 * 1024
X86_64 = 62
_GLIBC = re.compile(rb"GLIBC_(\d+)\.(\d+)")
FUNCTIONS = ("user-log-csv-validator", "user-log-processor", "user-log-schema-migrator", "user-log-user-reader")
# Imports a handler with nothing on the path but the standard library and the package, and tells where all came from.
IMPORT = """
import importlib, json, sys
package, module = sys.argv[1:]
sys.path.insert(0, package)
handler = getattr(importlib.import_module(module), "lambda_handler")
files = {module.__file__ for module in sys.modules.values() if getattr(module, "__file__", None)}
print(json.dumps([callable(handler), sorted(files)]))
"""


def built(folder: Path) -> Path:
    """Build the package into a folder, as `cdk deploy` does."""
    load_cdk()
    folder.mkdir()
    importlib.import_module("userlog.functions.bundle").build(folder)
    return folder


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory, machine_network: None) -> Path:
    """The package."""
    return built(tmp_path_factory.mktemp("package") / "first")


def contents(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Return mode, time and digest of every file: what goes into the zip file, and so into its hash."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mode,
            int(path.stat().st_mtime),
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_builds_are_the_same_byte_for_byte(package: Path, tmp_path: Path) -> None:
    """Or each deployment would deploy functions that have not changed, and run the migrator again."""
    first, second = contents(package), contents(built(tmp_path / "second"))
    assert len(first) > 100
    assert first == second


def test_the_package_holds_the_code_that_the_simulator_runs(package: Path) -> None:
    """Every source file of the functions, every migration, Amazon's certificates; and nothing compiled here."""
    for source in (*(ROOT / "lambdas").rglob("*.py"), *(CDK / "definitions" / "migrations").glob("*.sql")):
        inside = source.relative_to(ROOT if source.suffix == ".py" else CDK / "definitions")
        assert (package / inside).read_bytes() == source.read_bytes(), inside
    assert (package / "rds-ca.pem").read_bytes() == (CDK / "definitions" / "rds-ca.pem").read_bytes()
    assert not [path for path in package.rglob("*") if path.suffix == ".pyc" or path.name == "__pycache__"]
    assert not (package / "simulator").exists()


def test_the_package_fits_into_lambda(package: Path) -> None:
    """250 MB unpacked."""
    assert sum(path.stat().st_size for path in package.rglob("*") if path.is_file()) < LAMBDA_LIMIT


def libraries(package: Path) -> list[Path]:
    """Return the compiled libraries of the package."""
    return [path for path in package.rglob("*") if ".so" in path.suffixes and path.is_file()]


def too_new(library: bytes) -> set[str]:
    """Return the versions of glibc that a library asks for and Lambda has not."""
    found = {(int(major), int(minor)) for major, minor in _GLIBC.findall(library)}
    return {f"GLIBC_{major}.{minor}" for major, minor in found if (major, minor) > LAMBDA_GLIBC}


def test_no_library_needs_a_newer_glibc_than_lambda_has(package: Path) -> None:
    """2.26, of Amazon Linux 2, under Python 3.11; a newer one fails at import, on AWS only."""
    found = libraries(package)
    assert any("psycopg" in str(path) for path in found)
    assert any("pydantic_core" in str(path) for path in found)
    assert {path.name: too_new(path.read_bytes()) for path in found if too_new(path.read_bytes())} == {}


def test_a_library_that_needs_a_newer_glibc_would_be_noticed() -> None:
    """The check itself."""
    assert too_new(b"\x00GLIBC_2.17\x00GLIBC_2.26\x00GLIBC_2.2.5\x00") == set()
    assert too_new(b"\x00GLIBC_2.17\x00GLIBC_2.27\x00GLIBC_3.0\x00") == {"GLIBC_2.27", "GLIBC_3.0"}


def test_every_library_is_for_the_functions_processor_and_python(package: Path) -> None:
    """x86_64 and CPython 3.11, whatever machine builds."""
    for path in libraries(package):
        header = path.read_bytes()[:20]
        assert header[:4] == b"\x7fELF", path
        assert struct.unpack_from("<H", header, 18) == (X86_64,), path
        assert "cpython-" not in path.name or "cpython-311-x86_64-linux-gnu" in path.name, path


@pytest.mark.skipif(
    sys.version_info[:2] != (3, 11) or sys.platform != "linux", reason="the package is for Python 3.11 on Linux"
)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_handler_is_imported_by_a_bare_interpreter(package: Path, stack: Resolver, name: str) -> None:
    """With the package alone, and the environment that AWS gives: nothing is missing, nothing comes from elsewhere."""
    function: dict[str, Any] = stack.by_name("AWS::Lambda::Function")[name]
    module, _, handler = function["Handler"].rpartition(".")
    assert handler == "lambda_handler"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", IMPORT, str(package), module],
        env={
            **function["Environment"]["Variables"],
            "AWS_REGION": "ap-northeast-1",
            "AWS_DEFAULT_REGION": "ap-northeast-1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    is_callable, files = json.loads(done.stdout)
    assert is_callable
    standard = Path(json.__file__).parents[1]
    elsewhere = [
        file for file in files if not Path(file).is_relative_to(package) and not Path(file).is_relative_to(standard)
    ]
    assert elsewhere == []
    assert not [file for file in files if "site-packages" in file]


def test_the_package_pins_every_version() -> None:
    """At those of pyproject.toml, which the tests run with."""
    load_cdk()
    pins = importlib.import_module("userlog.functions.bundle").requirements()
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert pins
    for pin in pins:
        assert re.search(rf'"{re.escape(pin)}(?: ;[^"]*)?"', pyproject), pin
