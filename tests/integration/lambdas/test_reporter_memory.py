"""The largest report there can be: a hundred thousand rows, all of which failed, in the function's memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest

from lambdas.shared.settings import MAX_ROWS
from tests.rows import upload

ROOT = Path(__file__).parents[3]
NAME = "user-log-20261128-101500-users"
STATES = "arn:aws:states:ap-northeast-1:123456789012"
MAP_RUN = f"{STATES}:mapRun:csv-user-log-processor/UserLogDistributedMap:9a1b"
MEMORY_MB = next(
    entry["memoryMb"]
    for entry in json.loads((ROOT / "cdk" / "definitions" / "functions.json").read_text(encoding="utf-8"))
    if "user_log_reporter" in entry["handler"]
)
PROCESS = """
import json, sys
from types import SimpleNamespace
from lambdas.user_log_reporter import handler

class Runs:
    def list_map_runs(self, **wanted):
        return {"mapRuns": [{"mapRunArn": sys.argv[1], "startDate": 1}]}
    def describe_map_run(self, **wanted):
        return {"mapRunArn": sys.argv[1], "redriveCount": 0}

handler.step_functions = Runs()
context = SimpleNamespace(aws_request_id="r", function_name="user-log-reporter", memory_limit_in_mb=512)
rows = handler.lambda_handler(json.load(sys.stdin), context)["rows"]
# Not ru_maxrss: that begins with what the process that started this one had.
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print(json.dumps({"rows": rows, "kilobytes": peak}))
"""


@pytest.mark.slow
def test_a_hundred_thousand_failed_rows_fit_into_the_functions_memory(aws: Any, tmp_path: Path) -> None:
    """Result files, upload and report are read and written in parts; a quarter of the memory stays free."""
    s3 = boto3.Session().client("s3", endpoint_url=aws.endpoint)
    rows = [f"U{index:06},{index},x" for index in range(MAX_ROWS)]
    s3.put_object(Bucket=aws.resources.input_bucket, Key="users.csv", Body=upload(*rows).encode())
    failed = tmp_path / "FAILED_0.json"
    cause = json.dumps({"errorType": "InvalidRecordError", "errorMessage": "投稿回数 must be a whole number: 'x'" * 8})
    with failed.open("w", encoding="utf-8") as file:
        for index in range(MAX_ROWS):
            file.write("[" if index == 0 else ",")
            given = {"rowIndex": index, "userId": f"U{index:06}", "bucket": aws.resources.input_bucket}
            record = {"Input": json.dumps(given), "Status": "FAILED", "Error": "InvalidRecordError", "Cause": cause}
            json.dump(record, file)
        file.write("]")
    folder = f"results/{MAP_RUN.rpartition(':')[2]}"
    s3.upload_file(str(failed), aws.resources.output_bucket, f"{folder}/FAILED_0.json")
    manifest = {"ResultFiles": {"FAILED": [{"Key": f"{folder}/FAILED_0.json"}], "PENDING": [], "SUCCEEDED": []}}
    s3.put_object(Bucket=aws.resources.output_bucket, Key=f"{folder}/manifest.json", Body=json.dumps(manifest))
    detail = {
        "executionArn": f"{STATES}:execution:csv-user-log-processor:{NAME}",
        "name": NAME,
        "status": "FAILED",
        "input": json.dumps(
            {"detail": {"bucket": {"name": aws.resources.input_bucket}, "object": {"key": "users.csv"}}}
        ),
    }
    ended = subprocess.run(
        [sys.executable, "-c", PROCESS, MAP_RUN],
        input=json.dumps({"detail": detail}).encode(),
        stdout=subprocess.PIPE,
        check=True,
        cwd=ROOT,
        env={
            "AWS_ENDPOINT_URL": aws.endpoint,
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_DEFAULT_REGION": "ap-northeast-1",
            "OUTPUT_BUCKET": aws.resources.output_bucket,
            "PROCESSING_LOGS_TABLE": aws.resources.table,
        },
    )
    told = json.loads(ended.stdout.splitlines()[-1])
    assert told["rows"]["failed"] == MAX_ROWS
    report = s3.get_object(Bucket=aws.resources.output_bucket, Key=f"reports/{NAME}/failed-rows.csv")["Body"].read()
    assert report.count(b"\r\n") == MAX_ROWS + 1
    assert told["kilobytes"] < MEMORY_MB * 1024 * 3 / 4, told
