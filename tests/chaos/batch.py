"""Trials in batches of ten: each broken in a cloud of its own, all repaired in one, each about other users."""

from __future__ import annotations

import tempfile
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.chaos.stage import home_of, open_stage
from tests.chaos.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.chaos.mixture import Mixture
    from tests.chaos.stage import Stage

BATCH = 10


@contextmanager
def workshop() -> Iterator[Path]:
    """Give a folder whose `home` is this process's SIMULATOR_HOME, with a database that stays up in between."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        work = Path(folder)
        with home_of(work / "home"):
            yield work


def try_batch(
    work: Path, mixtures: Sequence[Mixture], tell: Callable[[Trial], object] = lambda _trial: None
) -> list[Trial]:
    """Try at most ten mixtures, each about another hundred of users."""
    trials = [Trial(mixture) for mixture in mixtures]
    for trial in trials:
        _guarded(trial, lambda trial=trial: trial.break_it(work))  # type: ignore[misc]
    with open_stage() as stage:
        for trial in trials:
            if trial.first:
                _guarded(trial, lambda trial=trial, stage=stage: _repair(trial, stage))  # type: ignore[misc]
            tell(trial)
    return trials


def _repair(trial: Trial, stage: Stage) -> None:
    trial.repair(stage)


def _guarded(trial: Trial, act: Callable[[], object]) -> None:
    """A trial that breaks the harness is a failed trial; the others go on."""
    try:
        act()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told as the trial's fault
        where = traceback.extract_tb(error.__traceback__)[-1]
        trial.faults.append(f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})")
