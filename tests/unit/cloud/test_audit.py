"""The audit trail: which items are kept, where, and in what form."""

from __future__ import annotations

import io
import json
import threading
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from boto3.dynamodb.types import TypeDeserializer

from simulator.aws.engine.moto.lasting.kept_partitions import KeptPartitions
from simulator.aws.engine.table_log import LoggingApp, TableLog, plain_value
from simulator.pipeline.servers import engine_options
from simulator.pipeline.settings import HomeFolder

if TYPE_CHECKING:
    from pathlib import Path

ITEM = {"executionName": {"S": "run"}, "timestamp": {"S": "t"}, "oldValue": {"N": "10"}, "share": {"N": "0.5"}}


def _log(runs: Path) -> TableLog:
    return TableLog(engine_options(HomeFolder(runs.parent)).kept)


def _lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Return a runs folder with the run `run` in it."""
    (tmp_path / "runs" / "run").mkdir(parents=True)
    return tmp_path / "runs"


def test_an_item_is_a_line_of_plain_json_in_its_runs_folder(runs: Path) -> None:
    """Numbers are numbers, sets are sorted lists, bytes are base64."""
    _log(runs).append(
        [{**ITEM, "s": {"SS": ["b", "a"]}, "b": {"B": "AAE="}, "n": {"NULL": True}, "big": {"N": "1" * 38}}]
    )
    assert _lines(runs / "run" / "audit.jsonl") == [
        {
            "executionName": "run",
            "timestamp": "t",
            "oldValue": 10,
            "share": 0.5,
            "s": ["a", "b"],
            "b": "AAE=",
            "n": None,
            "big": float("1" * 38),
        }
    ]


@pytest.mark.parametrize(
    "value",
    [
        *({"N": text} for text in ("0", "-0", "7", "-7", "007", "1E2", "1.0", "-1.50", "9223372036854775807")),
        *({"N": text} for text in ("9223372036854775808", "-9223372036854775809", "999999999999999999", "1e-130")),
        *({"S": ""}, {"S": "一"}, {"BOOL": False}, {"NULL": True}, {"SS": ["b", "a"]}, {"NS": ["10", "9", "-1.5"]}),
        *({"L": []}, {"M": {}}, {"L": [{"M": {"a": {"L": [{"N": "1"}, {"NULL": True}]}}}, {"BOOL": True}]}),
    ],
)
def test_a_value_reads_as_boto3_reads_it(value: Any) -> None:
    """Whole numbers that a file of 64 bits can hold stay whole, others are floats."""

    def plain(read: Any) -> Any:
        if isinstance(read, Decimal):
            return int(read) if read == read.to_integral_value() and abs(read) < 2**63 else float(read)
        if isinstance(read, set):
            return sorted(map(plain, read))
        if isinstance(read, dict):
            return {name: plain(one) for name, one in read.items()}
        return list(map(plain, read)) if isinstance(read, list) else read

    ours = plain_value(value)
    theirs = plain(TypeDeserializer().deserialize(value))
    assert (ours, type(ours)) == (theirs, type(theirs))


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../run", "/etc", "run/../run", "a\\b", "a\0b", "gone", "x" * 200, "~", "run\n"]
)
def test_an_item_of_no_run_is_kept_beside_the_runs(runs: Path, name: str) -> None:
    """Also where the name is made to lead elsewhere: no path is ever made of it."""
    _log(runs).append([{**ITEM, "executionName": {"S": name}}])
    assert [line["executionName"] for line in _lines(runs.parent / "audit-orphans.jsonl")] == [name]
    assert sorted(path.name for path in runs.parent.rglob("*")) == ["audit-orphans.jsonl", "run", "runs"]


def test_a_run_that_is_a_link_out_of_the_runs_folder_is_not_followed(runs: Path, tmp_path: Path) -> None:
    """Somebody else's folder is not written to."""
    (tmp_path / "elsewhere").mkdir()
    (runs / "link").symlink_to(tmp_path / "elsewhere")
    kept = engine_options(HomeFolder(runs.parent)).kept
    assert kept is not None
    assert not KeptPartitions(kept).has_folder({"executionName": {"S": "link"}})  # so the journal has its items
    _log(runs).append([{**ITEM, "executionName": {"S": "link"}}])
    assert not list((tmp_path / "elsewhere").iterdir())


def test_lines_of_several_threads_stay_whole(runs: Path) -> None:
    """One write a batch, in append mode."""
    trail = _log(runs)
    batch = [{**ITEM, "text": {"S": "あ" * 3000}}] * 2
    threads = [threading.Thread(target=lambda: [trail.append(batch) for _ in range(20)]) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(_lines(runs / "run" / "audit.jsonl")) == 200


def _request(app: LoggingApp, operation: str, body: Any) -> str:
    data = json.dumps(body).encode()
    answers: list[str] = []
    environ = {
        "HTTP_X_AMZ_TARGET": f"DynamoDB_20120810.{operation}",
        "CONTENT_LENGTH": str(len(data)),
        "wsgi.input": io.BytesIO(data),
    }
    list(app(environ, lambda status, _headers, _info=None: answers.append(status)))
    return answers[0]


def _service(status: str, response: Any) -> Any:
    def service(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response(status, [])
        return [json.dumps(response).encode()]

    return service


def test_a_write_that_was_refused_leaves_no_line(runs: Path) -> None:
    """A failed condition is not a write."""
    app = LoggingApp(_service("400 BAD REQUEST", {"__type": "ConditionalCheckFailedException"}), _log(runs))
    assert _request(app, "PutItem", {"TableName": "ProcessingLogs", "Item": ITEM}) == "400 BAD REQUEST"
    assert not (runs / "run" / "audit.jsonl").exists()


def test_unprocessed_items_of_a_batch_leave_no_line(runs: Path) -> None:
    """The caller will send them again."""
    first = {"PutRequest": {"Item": {**ITEM, "timestamp": {"S": "1"}}}}
    second = {"PutRequest": {"Item": {**ITEM, "timestamp": {"S": "2"}}}}
    response = {"UnprocessedItems": {"ProcessingLogs": [second]}}
    app = LoggingApp(_service("200 OK", response), _log(runs))
    _request(app, "BatchWriteItem", {"RequestItems": {"ProcessingLogs": [first, second], "Other": [first]}})
    assert [line["timestamp"] for line in _lines(runs / "run" / "audit.jsonl")] == ["1"]


def test_other_tables_leave_no_line(runs: Path) -> None:
    """Only the audit table is audited."""
    app = LoggingApp(_service("200 OK", {}), _log(runs))
    _request(app, "PutItem", {"TableName": "Other", "Item": {**ITEM, "note": {"S": "ProcessingLogs"}}})
    assert not (runs / "run" / "audit.jsonl").exists()
