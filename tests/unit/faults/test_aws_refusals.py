"""The requests that moto's process refuses."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from simulator.aws.engine.refusals import COUNTS_PATH, RefusingApp
from simulator.fault_injection.refused_by_aws import refusal
from simulator.fault_injection.spec import parse_fault

PUT = {"HTTP_X_AMZ_TARGET": "DynamoDB_20120810.PutItem", "REQUEST_METHOD": "POST", "PATH_INFO": "/"}
RESULT = {"REQUEST_METHOD": "PUT", "PATH_INFO": "/out/results/uuid/SUCCEEDED_0.json"}
AUDIT = b'{"TableName": "ProcessingLogs", "Item": {}}'


def behind(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The application behind: answers with the body it was given."""
    start_response("200 OK", [])
    return [environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))]


def refusing(*specs: str) -> RefusingApp:
    """The middleware, told what SPECs mean in this pipeline."""
    return RefusingApp(
        behind, [refusal(parse_fault(spec), table="ProcessingLogs", results_prefix="results/") for spec in specs]
    )


def ask(app: RefusingApp, environ: dict[str, Any], body: bytes = b"x") -> tuple[str, bytes]:
    """Send a request and return status and body."""
    answered: list[str] = []
    request = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    chunks = app(request, lambda status, _headers: answered.append(status))
    return answered[0], b"".join(chunks)


def test_dynamodb_throttles_so_many_writes_after_so_many() -> None:
    """Then all is as before."""
    app = refusing("dynamodb=throttle,after=1,count=2")
    answers = [ask(app, PUT, AUDIT) for _ in range(5)]
    assert [status[:3] for status, _ in answers] == ["200", "400", "400", "200", "200"]
    assert json.loads(answers[1][1])["__type"].endswith("#ProvisionedThroughputExceededException")
    assert answers[0][1] == AUDIT, "the application behind still gets the body"
    counted = json.loads(ask(app, {"PATH_INFO": COUNTS_PATH, "REQUEST_METHOD": "GET"})[1])
    assert counted == {"dynamodb=throttle,after=1,count=2": 2}


@pytest.mark.parametrize(
    ("environ", "body"),
    [
        ({**PUT, "HTTP_X_AMZ_TARGET": "DynamoDB_20120810.GetItem"}, AUDIT),
        (PUT, b'{"TableName": "Other"}'),
        ({**RESULT, "REQUEST_METHOD": "GET"}, b""),
        ({**RESULT, "PATH_INFO": "/in/a.csv"}, b"x"),
        ({**RESULT, "PATH_INFO": "/results"}, b"x"),
    ],
)
def test_other_requests_pass(environ: dict[str, Any], body: bytes) -> None:
    """Reads, other tables, other keys."""
    app = refusing("dynamodb=throttle", "s3=fail-results")
    assert ask(app, environ, body) == ("200 OK", body)


def test_s3_refuses_results() -> None:
    """As S3 words it; the first N requests only where a count is given."""
    app = refusing("s3=fail-results,count=1")
    status, body = ask(app, RESULT)
    assert status == "503 Slow Down"
    assert b"<Code>SlowDown</Code>" in body
    assert ask(app, RESULT)[0] == "200 OK"
