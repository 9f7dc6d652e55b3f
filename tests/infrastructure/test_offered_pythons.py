"""The functions' own tests under each Python that the option `python` offers beside the designed one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infrastructure.test_bundle import OFFERED, ROOT, interpreter_of


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("python", OFFERED)
def test_the_functions_unit_tests_pass(tmp_path: Path, machine_network: None, python: str) -> None:
    """All of them, with the pinned versions; skipped if this machine has no such Python."""
    interpreter, uv = interpreter_of(python), shutil.which("uv")
    if interpreter is None or uv is None:
        pytest.skip(f"there is no Python {python} here, or no uv")
    environment = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(tmp_path / "environment")}
    sync = [uv, "sync", "--quiet", "--frozen", "--group", "dev", "--python", interpreter]
    subprocess.run(sync, cwd=ROOT, env=environment, check=True, timeout=300)
    # Not the shell's: pytest's own start would meet the hostile variables that tests/conftest.py has set here.
    plain = {name: os.environ[name] for name in ("HOME", "LANG", "PATH", "TMPDIR") if name in os.environ}
    tests = [tmp_path / "environment" / "bin" / "python", "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*tests, "-m", "not slow", "tests/unit/lambdas"],
        cwd=ROOT,
        env=plain,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert " passed" in done.stdout
