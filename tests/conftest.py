"""The whole suite runs in a hostile environment: what a shell may say about databases and AWS changes no test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from lambdas.shared.connection import libpq_variables
from simulator.aws.engine.options import ENGINES, MOTO
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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take `--engine`: what plays S3, DynamoDB and SQS in the tests that do not name one themselves."""
    parser.addoption("--engine", choices=ENGINES, default=MOTO, help="The AWS engine of the integration tests.")


@pytest.fixture(scope="session")
def engine(pytestconfig: pytest.Config) -> str:
    """Return the AWS engine of `--engine`."""
    return str(pytestconfig.getoption("--engine"))


@pytest.fixture(scope="session", autouse=True)
def _chosen_engine(_hostile_shell: dict[str, str], engine: str) -> Iterator[None]:
    """Let commands and sessions that tests start use the engine of `--engine`."""
    with pytest.MonkeyPatch.context() as patch:
        if engine != MOTO:
            patch.setenv("SIMULATOR_AWS_ENGINE", engine)
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep tests that share costly fixtures on one worker: those of a file, and all that read the template.

    What is for another engine is left out, and what the chosen one is known to do differently must fail.
    """
    chosen = config.getoption("--engine")
    for item in items:
        for marker in item.iter_markers("only_engine"):
            if chosen != marker.args[0]:
                item.add_marker(pytest.mark.skip(reason=marker.kwargs["reason"]))
        for marker in item.iter_markers("engine_differs"):
            if chosen == marker.args[0]:
                item.add_marker(pytest.mark.xfail(reason=marker.kwargs["reason"], strict=True))
        path = item.path.relative_to(item.config.rootpath)
        group = "infrastructure" if "infrastructure" in path.parts else path.as_posix()
        item.add_marker(pytest.mark.xdist_group(group))
