"""The whole suite runs in a hostile environment: what a shell may say about databases and AWS changes no test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from lambdas.shared.connection import libpq_variables
from tests.hostile_environment import NETWORK, hostile_environment

# Timings are benchmarks, not tests: an example may take long on a machine that has other work.
settings.register_profile("any-machine", deadline=None)
settings.load_profile("any-machine")


@pytest.fixture(scope="session", autouse=True)
def _hostile_shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Set every variable of libpq and botocore to something harmful; commands that tests start inherit them.

    Gives the environment as it was.
    """
    before = dict(os.environ)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in hostile_environment(tmp_path_factory.mktemp("hostile")).items():
            patch.setenv(name, value)
        yield before


@pytest.fixture(scope="module")
def machine_network(_hostile_shell: dict[str, str]) -> Iterator[None]:
    """Give the module the machine's own way out: its proxies and certificates, for tools that download."""
    with pytest.MonkeyPatch.context() as patch:
        for name in NETWORK:
            if name in _hostile_shell:
                patch.setenv(name, _hostile_shell[name])
            else:
                patch.delenv(name, raising=False)
        yield


@pytest.fixture
def no_libpq_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take libpq's variables away: a PostgreSQL of one's own takes from them what its URL leaves open."""
    for name in libpq_variables():
        monkeypatch.delenv(name, raising=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests that share costly fixtures on one worker: those of a file, and all that read the template."""
    for item in items:
        path = item.path.relative_to(item.config.rootpath)
        group = "infrastructure" if "infrastructure" in path.parts else path.as_posix()
        item.add_marker(pytest.mark.xdist_group(group))
