"""Where roto's program is looked for, and what is said if it is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.aws.engine.options import ROTO, EngineOptions
from simulator.aws.engine.roto import program
from simulator.aws.engine.roto.program import roto_program
from simulator.aws.engine.server import EngineServer
from simulator.aws.errors import ServerError
from simulator.fault_injection.spec import FaultPlan
from simulator.pipeline.errors import CloudError
from simulator.pipeline.servers import Servers
from simulator.pipeline.settings import Settings


def test_the_program_of_the_extra_is_found() -> None:
    """In the folder of this Python's programs, whatever PATH says."""
    assert roto_program().name.startswith("roto-server")


def test_if_the_extra_is_missing_the_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a process is started."""
    monkeypatch.setattr(program, "_DISTRIBUTION", "roto-aws-is-not-here")
    with pytest.raises(ServerError, match=r"The engine roto is not installed\. Install it: uv sync --extra roto"):
        EngineServer(EngineOptions(engine=ROTO, restore_from=tmp_path))


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answers may be others."""
    monkeypatch.setattr(program, "_VERSION", "0.9.0")
    with pytest.raises(ServerError, match=r"was tested with roto-aws 0\.9\.0, and 0\.10\.1 is installed"):
        roto_program()


def test_an_engine_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """With the names of those that do."""
    settings = Settings(simulator_home=tmp_path, simulator_aws_engine="robo")
    with pytest.raises(CloudError, match=r"SIMULATOR_AWS_ENGINE is 'robo'\. The engines are moto and roto\."):
        _ = settings.engine


def test_a_cloud_that_lasts_is_for_moto(tmp_path: Path) -> None:
    """Refused before anything is started, with the command that works."""
    settings = Settings(simulator_home=tmp_path, simulator_aws_engine=ROTO)
    with pytest.raises(CloudError, match="up --engine moto"):
        Servers(settings, FaultPlan(), lasting=True)
