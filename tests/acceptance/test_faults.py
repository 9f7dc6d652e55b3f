"""`run --fault` as a person types it: it breaks, the run copes or is redriven, and verify finds every row once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.rows import upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import Outcome, Shell

ROWS = 100
CURABLE = {
    "row=3,attempt=1,error=Lambda.TooManyRequestsException": 1,
    "row=5,when=after,error=States.Timeout": 1,
    "function=exit,row=7,when=after": 1,
    "function=memory,index=9": 1,
    "dynamodb=throttle,after=20,count=6": 6,
    "database=restart,after=50": 1,
    "event=twice": 1,
    "object=replace,after=30": 1,
}


@pytest.fixture(scope="module")
def shell(make_shell: Callable[[str], Shell]) -> Shell:
    """One home for all tests of this file, and a file whose rows are all good."""
    shell = make_shell("faults")
    rows = [f"U{number:05},{number},{number * 2}" for number in range(1, ROWS + 1)]
    (shell.folder / "good.csv").write_text(upload(*rows), encoding="utf-8")
    return shell


def run(shell: Shell, *faults: str) -> Outcome:
    """Run the file with faults."""
    words = [word for fault in faults for word in ("--fault", fault)]
    return shell("run", "good.csv", "--skip-waits", "--json", *words)


@pytest.mark.slow
def test_what_a_retry_cures_leaves_no_trace_in_the_data(shell: Shell) -> None:
    """Eight faults at once; each happened as often as was asked for, and every row is in, once."""
    outcome = run(shell, *CURABLE)
    assert outcome.code == 0, outcome.err
    assert outcome.document["rows"]["succeeded"] == ROWS
    assert {fault["spec"]: fault["happened"] for fault in outcome.document["faults"]} == CURABLE
    assert "fault  event=twice happened 1 time" in outcome.err
    assert len(shell("runs", "--json").document["runs"]) == 1, "the second delivery started nothing"
    assert shell("show", "latest", "--json").document["injected"] == list(CURABLE)
    verified = shell("verify", "latest")
    assert verified.code == 0, verified.err


@pytest.mark.slow
def test_what_no_retry_cures_fails_the_run_and_a_redrive_finishes_it(shell: Shell) -> None:
    """A fifth of the rows whatever is tried: the tolerance breaks; without the fault the rest goes through."""
    outcome = run(shell, "share=0.2,attempts=all,error=DatabaseError")
    assert outcome.code == 1
    assert outcome.document["error"] == "States.ExceedToleratedFailureThreshold"
    assert {reason["error"] for reason in outcome.document["reasons"]} == {"DatabaseError"}
    assert shell("redrive", "latest", "--yes").code == 0
    verified = shell("verify", "latest")
    assert verified.code == 0, verified.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("s3=fail-results", "States.ResultWriterFailed"),
        ("database=refuse,after=30,for=600", "States.ExceedToleratedFailureThreshold"),
    ],
)
def test_a_service_that_stays_away_fails_the_run_and_a_redrive_finishes_it(
    shell: Shell, fault: str, error: str
) -> None:
    """With the error that AWS gives."""
    outcome = run(shell, fault)
    assert outcome.code == 1
    assert outcome.document["error"] == error
    assert shell("redrive", "latest", "--yes").code == 0
    verified = shell("verify", "latest")
    assert verified.code == 0, verified.err
