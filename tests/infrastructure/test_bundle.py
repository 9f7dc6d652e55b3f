"""The functions' package: what AWS unpacks and imports."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.infrastructure.template.resolver import Resolver
from tests.infrastructure.template.synthesis import CDK, load_cdk

ROOT = CDK.parent
DESIGNED, OFFERED = "3.11", ("3.12", "3.13")
LAMBDA_GLIBC = (2, 26)
LAMBDA_LIMIT = 250 * 1024 * 1024
X86_64 = 62
_GLIBC = re.compile(rb"GLIBC_(\d+)\.(\d+)")
FUNCTIONS = (
    "user-log-csv-validator",
    "user-log-file-gate",
    "user-log-processor",
    "user-log-reporter",
    "user-log-schema-migrator",
    "user-log-user-reader",
)
# Imports a handler with nothing on the path but the standard library and the package, and tells where all came from.
IMPORT = """
import importlib, json, sys
package, module = sys.argv[1:]
sys.path.insert(0, package)
handler = getattr(importlib.import_module(module), "lambda_handler")
files = {module.__file__ for module in sys.modules.values() if getattr(module, "__file__", None)}
print(json.dumps([callable(handler), sorted(files), json.__file__]))
"""


def built(folder: Path, python: str = DESIGNED) -> Path:
    """Build the package for a Python into a folder, as `cdk deploy` does."""
    load_cdk()
    folder.mkdir()
    importlib.import_module("userlog.functions.bundle").build(folder, python)
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


@pytest.mark.slow
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


def assert_libraries_are_for(package: Path, python: str) -> None:
    """x86_64, and that CPython."""
    for path in libraries(package):
        header = path.read_bytes()[:20]
        assert header[:4] == b"\x7fELF", path
        assert struct.unpack_from("<H", header, 18) == (X86_64,), path
        assert "cpython-" not in path.name or f"cpython-{python.replace('.', '')}-x86_64-linux-gnu" in path.name, path


def test_every_library_is_for_the_functions_processor_and_python(package: Path) -> None:
    """x86_64 and CPython 3.11, whatever machine builds."""
    assert_libraries_are_for(package, DESIGNED)


def assert_imported(package: Path, python: str, function: dict[str, Any]) -> None:
    """Import a function's handler with nothing but the package, and with the environment that AWS gives."""
    module, _, handler = function["Handler"].rpartition(".")
    assert handler == "lambda_handler"
    done = subprocess.run(
        [python, "-I", "-S", "-B", "-c", IMPORT, str(package), module],
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
    is_callable, files, library = json.loads(done.stdout)
    assert is_callable
    standard = Path(library).parents[1]
    elsewhere = [
        file for file in files if not Path(file).is_relative_to(package) and not Path(file).is_relative_to(standard)
    ]
    assert elsewhere == []
    assert not [file for file in files if "site-packages" in file]


@pytest.mark.skipif(
    sys.version_info[:2] != (3, 11) or sys.platform != "linux", reason="the package is for Python 3.11 on Linux"
)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_handler_is_imported_by_a_bare_interpreter(package: Path, stack: Resolver, name: str) -> None:
    """With the package alone, and the environment that AWS gives: nothing is missing, nothing comes from elsewhere."""
    function: dict[str, Any] = stack.by_name("AWS::Lambda::Function")[name]
    assert_imported(package, sys.executable, function)


@pytest.mark.slow
@pytest.mark.parametrize("python", OFFERED)
def test_the_package_of_an_offered_python_is_built_and_imported(
    tmp_path: Path, stack: Resolver, machine_network: None, python: str
) -> None:
    """The same libraries from the same digests; each handler is imported if this machine has that Python."""
    package = built(tmp_path / "package", python)
    assert any(f"cpython-{python.replace('.', '')}-" in path.name for path in libraries(package))
    assert_libraries_are_for(package, python)
    interpreter = interpreter_of(python)
    if interpreter is None:
        pytest.skip(f"there is no Python {python} here to import it with; it was built")
    for name in FUNCTIONS:
        assert_imported(package, interpreter, stack.by_name("AWS::Lambda::Function")[name])


def interpreter_of(python: str) -> str | None:
    """Return the path of a Python of that version, if uv finds one on this machine, or pyenv has one."""
    of_pyenv = sorted((Path.home() / ".pyenv" / "versions").glob(f"{python}.*/bin/python"))
    uv = shutil.which("uv")
    if of_pyenv or uv is None:
        return str(of_pyenv[-1]) if of_pyenv else None
    words = [uv, "python", "find", "--no-python-downloads", "--system", python]
    found = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    return found.stdout.strip() if found.returncode == 0 else None


def test_every_function_of_the_stack_is_imported(stack: Resolver) -> None:
    """By the tests above; CDK's own are not in the package."""
    assert set(FUNCTIONS) == {name for name in stack.by_name("AWS::Lambda::Function") if name.startswith("user-log-")}


def test_the_offered_pythons_are_those_of_the_option() -> None:
    """One more there is one more to build here."""
    load_cdk()
    assert get_args(importlib.import_module("userlog.options").Python) == (DESIGNED, *OFFERED)


def requirements() -> Any:
    """Return the module that reads the requirements."""
    load_cdk()
    return importlib.import_module("userlog.functions.packages")


def test_the_package_pins_every_version_and_file() -> None:
    """At the versions of pyproject.toml, which the tests run with; no line of the file is passed over."""
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    text = requirements().REQUIREMENTS.read_text(encoding="utf-8")
    found = requirements().packages()
    assert len(found) == len(re.findall(r"^[a-z]", text, re.MULTILINE)) == 17
    assert sum(len(package.digests) for package in found) == text.count("--hash=sha256:")
    for package in found:
        assert re.search(rf'"{re.escape(package.name)}=={re.escape(package.version)}(?: ;[^"]*)?"', pyproject), package


def test_the_requirements_name_no_host() -> None:
    """They are fetched from wherever the reader's pip or uv is told to; the digests are checked."""
    assert "//" not in requirements().REQUIREMENTS.read_text(encoding="utf-8")


def test_the_package_has_a_bill_of_materials_of_what_is_in_it(package: Path) -> None:
    """CycloneDX: each library that is installed, at its version, and no other."""
    bill = json.loads((package / "sbom.cdx.json").read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    listed = {component["purl"] for component in bill["components"]}
    installed = set()
    for folder in package.glob("*.dist-info"):
        name, _, version = folder.name.removesuffix(".dist-info").rpartition("-")
        installed.add(f"pkg:pypi/{name.replace('_', '-').lower()}@{version}")
    assert listed == installed


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_a_file_with_another_digest_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine_network: None, installer: str
) -> None:
    """By neither installer: what is deployed is what was tested, byte for byte."""
    load_cdk()
    bundle = importlib.import_module("userlog.functions.bundle")
    name, version, _ = requirements().packages()[0]
    wrong = tmp_path / "functions.txt"
    wrong.write_text(f"{name}=={version} --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    monkeypatch.setattr(bundle, "REQUIREMENTS", wrong)
    if installer == "pip":
        if importlib.util.find_spec("pip") is None:
            pytest.skip("pip is not installed")
        monkeypatch.setattr(bundle.shutil, "which", lambda _: None)
    with pytest.raises(bundle.BundleError, match="could not be installed"):
        bundle.build(tmp_path / "package", DESIGNED)
