"""`fetch` against `up`: the calls are those that AWS gets. A run seen both ways is the same."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ResponseStreamingError

from simulator.aws.engine.environment import local_aws
from simulator.fetch.deployment import target_of
from simulator.fetch.errors import FetchError
from simulator.fetch.operator import Operator
from simulator.fetch.stack_fetch import StackFetch
from tests.acceptance.test_up import up
from tests.rows import HEADER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.acceptance.conftest import Outcome, Shell

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
STACK, REGION = "UserLogPipeline", "ap-northeast-1"
WORKFLOW = f"arn:aws:states:{REGION}:123456789012:stateMachine:csv-user-log-processor"
EXECUTION = WORKFLOW.replace("stateMachine", "execution")
GOOD = [f"U{number:05},{number},1" for number in range(1, 31)]
FILES = {
    "mixed.csv": [HEADER, *GOOD, "U00031,-1,2"],
    "broken.csv": [HEADER, *GOOD[:3], "U00004,x,1", "U99999,1,1"],
    "rejected.csv": ["id,a,b", "U00001,1,1"],
}


@pytest.fixture(scope="module")
def cloud(make_shell: Callable[[str], Shell]) -> Iterator[tuple[Shell, str]]:
    """A cloud in which three files were run: with a failed row, with too many, and rejected."""
    shell = make_shell("deployed")
    with up(shell) as (_, facts):
        for name, lines in FILES.items():
            (shell.folder / name).write_text("\n".join([*lines, ""]), encoding="utf-8")
            shell("run", name)
        with local_aws(facts["url"]):
            yield shell, facts["url"]


def fetch(shell: Shell, url: str, *words: str) -> Outcome:
    """Fetch as an operator of that place does."""
    return shell("fetch", *(words or ("--stack", STACK)), "--region", REGION, "--endpoint-url", url, "--json")


@pytest.fixture(scope="module")
def operator_shell(cloud: tuple[Shell, str], make_shell: Callable[[str], Shell]) -> Shell:
    """Another home, into which all runs have been fetched."""
    shell = make_shell("operator")
    outcome = fetch(shell, cloud[1])
    assert outcome.code == 0, outcome.err
    assert len(outcome.document["runs"]) == len(FILES)
    return shell


def folders(shell: Shell) -> dict[str, Path]:
    """Every run's folder, by its file."""
    paths = [path.parent for path in shell.home.glob("**/runs/*/run.json")]
    return {json.loads((path / "run.json").read_bytes())["source"]["key"]: path for path in paths}


def lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file of a run."""
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


@pytest.mark.parametrize("file", FILES)
def test_a_run_seen_both_ways_is_the_same(cloud: tuple[Shell, str], operator_shell: Shell, file: str) -> None:
    """Record, history, rows, audit items, log lines, files; but for where it is and what only the machine knows."""
    here, there = folders(cloud[0])[file], folders(operator_shell)[file]
    own, fetched = (json.loads((path / "run.json").read_bytes()) for path in (here, there))
    assert fetched.pop("origin")["source"] == "aws"
    only_here = {"origin", "pid", "database", "databaseId", "injected"}
    assert {key: fetched[key] for key in fetched if key not in only_here} == {
        key: own[key] for key in own if key not in only_here
    }
    assert lines(there / "events.jsonl") == lines(here / "events.jsonl")
    keys = ("index", "line", "user", "status", "outcome", "attempts", "error", "cause", "redrive", "name")
    assert rows_of(there, keys) == rows_of(here, keys)
    assert sorted(map(str, without_order(there, "audit.jsonl"))) == sorted(map(str, without_order(here, "audit.jsonl")))
    # Rules call these two after the run: fetch reads the lines of the workflow's own calls.
    afterwards = {"user-log-reporter", "user-log-file-gate"}
    fetched_ids = [line["requestId"] for line in lines(there / "lambda-logs.jsonl")]
    own_lines = lines(here / "lambda-logs.jsonl")
    assert sorted(fetched_ids) == sorted(
        line["requestId"]
        for line in own_lines
        if line["requestId"] in fetched_ids or line["function"] not in afterwards
    )
    for name in ("input.csv", "failed-rows.csv", "definition.json"):
        assert read(there / name) == read(here / name), name
    results = [sorted(path.relative_to(one) for path in one.glob("results/**/*")) for one in (here, there)]
    assert results[0] == results[1]


def rows_of(folder: Path, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """The rows in the order of the file, without what differs by the millisecond."""
    found = [{key: line.get(key) for key in keys} for line in lines(folder / "items.jsonl")]
    return sorted(found, key=lambda line: int(line["index"]))


def without_order(folder: Path, name: str) -> list[list[tuple[str, Any]]]:
    """The lines, each as its sorted members."""
    return [sorted(line.items()) for line in lines(folder / name)]


def read(path: Path) -> bytes | None:
    """A file's bytes; None if it is not there."""
    return path.read_bytes() if path.exists() else None


def test_every_command_that_looks_works_on_it(operator_shell: Shell) -> None:
    """`runs`, `show` (a row, too) and `verify`, which asks the stack's reader for the users' totals."""
    name = folders(operator_shell)["mixed.csv"].name
    assert len(operator_shell("runs", "--json").document["runs"]) == len(FILES)
    shown = operator_shell("show", name)
    assert shown.code == 0
    assert f"On AWS ({REGION}, account 123456789012)" in shown.out + shown.err
    row = operator_shell("show", name, "--row", "32")
    assert "InvalidRecordError" in row.out + row.err
    verified = operator_shell("verify", name)
    assert (verified.code, "Traceback" in verified.err) == (0, False), verified.err
    compared = operator_shell("verify", name, "--json").document["compared"]
    assert compared["database"] > 0
    assert "left out" not in verified.err


def test_what_would_change_aws_is_shown_and_not_done(cloud: tuple[Shell, str], operator_shell: Shell) -> None:
    """`redrive` refuses, and gives the command; it names the place that the run is at."""
    name = folders(operator_shell)["broken.csv"].name
    refused = operator_shell("redrive", name)
    assert refused.code == 2
    words = f"aws stepfunctions redrive-execution --execution-arn {EXECUTION}:{name} --region {REGION}"
    assert f"{words} --endpoint-url {cloud[1]}" in refused.err
    assert "s3 cp" in operator_shell("show", name).err


def test_a_second_fetch_reads_only_what_is_new(cloud: tuple[Shell, str], operator_shell: Shell) -> None:
    """A file that is there already stays as it is, and its inode too."""
    path = folders(operator_shell)["mixed.csv"]
    before = {one: one.stat().st_mtime_ns for one in [path / "input.csv", *path.glob("results/**/*.json")]}
    history = (path / "events.jsonl").read_bytes()
    again = fetch(operator_shell, cloud[1], f"{EXECUTION}:{path.name}")
    assert again.code == 0, again.err
    assert {one: one.stat().st_mtime_ns for one in before} == before
    assert (path / "events.jsonl").read_bytes() == history


def test_a_fetch_that_was_cut_off_goes_on(cloud: tuple[Shell, str], tmp_path: Path) -> None:
    """The network goes in the middle of an object: no half file is left, and the next fetch has all."""
    operator = Operator(REGION, endpoint_url=cloud[1])
    fetcher = StackFetch(operator, WORKFLOW, tmp_path)
    arn = f"{EXECUTION}:{folders(cloud[0])['mixed.csv'].name}"
    get_object = operator.s3.get_object

    def gone(**request: Any) -> Any:
        answer = get_object(**request)
        if "SUCCEEDED" in request["Key"]:
            raise ResponseStreamingError(error="connection broken")
        return answer

    operator.s3.get_object = gone
    with pytest.raises(FetchError, match="the same command goes on") as cut:
        fetcher.fetch(arn)
    assert cut.value.kind == "network"
    (folder,) = (path.parent for path in tmp_path.glob("*/runs/*/input.csv"))
    assert not list(folder.glob("**/SUCCEEDED*"))
    assert not list(folder.glob("**/.*json*"))
    operator.s3.get_object = get_object
    record = fetcher.fetch(arn)
    assert (record.status, record.rows.succeeded, record.rows.failed) == ("SUCCEEDED", 30, 1)


def test_a_run_that_goes_on_is_followed_to_its_end(
    cloud: tuple[Shell, str], make_shell: Callable[[str], Shell]
) -> None:
    """`--follow` with an execution ends when that has ended."""
    shell, url = cloud
    text = "\n".join([HEADER, *(f"U{number:05},1,1" for number in range(1, 900)), ""])
    s3 = boto3.Session().client("s3", endpoint_url=url, region_name=REGION, config=Config(proxies={}))
    s3.put_object(Bucket="user-log-input-123456789012", Key="long.csv", Body=text.encode())
    states = boto3.Session().client("stepfunctions", endpoint_url=url, region_name=REGION, config=Config(proxies={}))
    waited = threading.Event()
    arn = None
    while arn is None:
        waited.wait(0.1)
        going = states.list_executions(stateMachineArn=WORKFLOW, statusFilter="RUNNING")["executions"]
        arn = next((one["executionArn"] for one in going), None)
    outcome = fetch(make_shell("follower"), url, arn, "--follow")
    assert outcome.code == 0, outcome.err
    assert outcome.document["status"] == "SUCCEEDED"
    assert outcome.document["rows"]["succeeded"] == 899
    assert shell.home.exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "Give the ARN of one execution, or --stack NAME"),
        (("nonsense",), 2, "is not the ARN of an execution"),
        ((f"{EXECUTION}:gone",), 3, "ExecutionDoesNotExist"),
        (("--stack", "Other"), 3, "There is no stack Other at"),
        (("--stack", STACK, "--since", "yesterday"), 2, "give a number and m, h or d"),
        (("--stack", STACK, "--profile", "nobody"), 3, "nobody"),
        (("--stack", STACK, "--endpoint-url", "nowhere"), 3, "is not a URL"),
        (("--stack", STACK, "--endpoint-url", "http://127.0.0.1:9"), 3, "the same command goes on"),
    ],
)
def test_what_cannot_be_fetched_is_said(
    cloud: tuple[Shell, str], make_shell: Callable[[str], Shell], words: tuple[str, ...], code: int, said: str
) -> None:
    """In one line, with what to do, and without a traceback."""
    place = () if "--endpoint-url" in words else ("--endpoint-url", cloud[1])
    outcome = make_shell("wrong")("fetch", *words, "--region", REGION, *place)
    assert said in outcome.err
    assert outcome.code == code
    assert "Traceback" not in outcome.err


def test_the_stack_of_the_local_cloud_has_the_names_of_the_definitions(cloud: tuple[Shell, str]) -> None:
    """It has no CloudFormation."""
    target = target_of(Operator(REGION, endpoint_url=cloud[1]), STACK)
    assert (target.workflow, target.input_bucket, target.reader) == (
        WORKFLOW,
        "user-log-input-123456789012",
        "user-log-user-reader",
    )


def test_a_corrected_file_is_linked_with_its_run(
    cloud: tuple[Shell, str], make_shell: Callable[[str], Shell], tmp_path: Path
) -> None:
    """Even if the correction is read first."""
    shell, url = cloud
    broken = folders(shell)["mixed.csv"]
    body = (broken / "failed-rows.csv").read_text(encoding="utf-8-sig").replace(",-1,", ",1,")
    (shell.folder / "corrected.csv").write_text(body, encoding="utf-8")
    assert shell("run", "corrected.csv").code == 0
    done = StackFetch(Operator(REGION, endpoint_url=url), WORKFLOW, tmp_path).round(None, newest_first=True)
    assert done.problems == []
    assert {record.source.key: record.corrects for record in done.runs}["corrected.csv"] == broken.name
    assert fetch(make_shell("second"), url).code == 0
