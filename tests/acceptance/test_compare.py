"""`compare`: two runs, and a run with an execution at another endpoint, as an operator does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.aws.engine.environment import local_aws
from tests.acceptance.test_up import up
from tests.rows import HEADER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.acceptance.conftest import Outcome, Shell

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
GOOD = [f"U{number:05},{number},1" for number in range(1, 31)]
ARN = "arn:aws:states:ap-northeast-1:123456789012:execution:csv-user-log-processor"


@pytest.fixture(scope="module")
def clouds(make_shell: Callable[[str], Shell]) -> Iterator[tuple[Shell, dict[str, str], str]]:
    """A cloud that is up, in which two files were run: the shell, the runs' names by file, and the endpoint."""
    shell = make_shell("compared")
    files = {"a.csv": [*GOOD, "U00031,-1,2"], "b.csv": [GOOD[0], "U00002,7,1", *GOOD[2:], "U00031,1,2"]}
    with up(shell) as (_, facts):
        names = {}
        for name, lines in files.items():
            (shell.folder / name).write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
            names[name] = shell("run", name, "--json").document["executionName"]
        with local_aws(facts["url"]):
            yield shell, names, facts["url"]


def rules(outcome: Outcome) -> dict[str, int]:
    """How many differences there are, by rule."""
    return {group["rule"]: group["count"] for group in outcome.document["rules"]}


def test_two_runs_that_differ_in_two_rows_end_with_1(clouds: tuple[Shell, dict[str, str], str]) -> None:
    """One row has another value, another succeeds."""
    shell, names, _ = clouds
    outcome = shell("compare", names["a.csv"], names["b.csv"], "--json")
    assert (outcome.code, rules(outcome)) == (1, {"row: value": 1, "row: outcome": 1}), outcome.err


def test_a_run_is_the_same_as_itself_fetched(clouds: tuple[Shell, dict[str, str], str]) -> None:
    """Rows, history, Map Run and result files, through the API that AWS has."""
    shell, names, url = clouds
    outcome = shell(
        "compare", names["a.csv"], "--execution-arn", f"{ARN}:{names['a.csv']}", "--endpoint-url", url, "--json"
    )
    assert outcome.code == 0, (outcome.err, outcome.out)
    assert outcome.document["compared"].keys() >= {"rows", "events", "Map Run fields", "result records"}


def test_another_execution_differs_in_rows_history_and_results(clouds: tuple[Shell, dict[str, str], str]) -> None:
    """Its file has another name, another value and no bad row."""
    shell, names, url = clouds
    outcome = shell(
        "compare", names["a.csv"], "--execution-arn", f"{ARN}:{names['b.csv']}", "--endpoint-url", url, "--json"
    )
    assert outcome.code == 1, outcome.err
    assert rules(outcome).keys() >= {
        "row: value",
        "row: outcome",
        "history: ExecutionStarted input",
        "Map Run: itemCounts.failed",
        "result files: input",
    }


def test_an_execution_that_is_not_there_is_a_sentence(clouds: tuple[Shell, dict[str, str], str]) -> None:
    """And exit code 3: AWS cannot be read."""
    shell, names, url = clouds
    outcome = shell("compare", names["a.csv"], "--execution-arn", f"{ARN}:nowhere", "--endpoint-url", url)
    assert outcome.code == 3, outcome.err
    assert "Traceback" not in outcome.err
