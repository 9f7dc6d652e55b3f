"""Sends a file of three rows through a stack, and looks at everything that it should leave.

A step that fails ends the test; what the canary has made is removed in any case.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lambdas.shared import audit_key
from lambdas.shared.columns import TOTALS
from simulator.deployed.canary import ROWS, Canary
from simulator.deployed.errors import StackError, told_aws_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from simulator.deployed.stack import Stack

START_SECONDS: Final = 120.0
"""From the upload to the execution: EventBridge, the dispatcher."""
RUN_SECONDS: Final = 600.0
REPORT_SECONDS: Final = 120.0
"""From the end of the execution to its report: EventBridge, the reporter."""
READER_SECONDS: Final = 30.0
"""A reader may be behind the writer for a moment."""
_PAUSE_SECONDS = 0.5
_RECENT = 50


class StepFailedError(Exception):
    """A step found something else than it should; the text says what, and where to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step that has been done.

    Args:
        name: one word.
        seconds: how long it took.
        found: what it found, or why it failed.
        passed: whether all was as it should be.
    """

    name: str
    seconds: float
    found: str
    passed: bool


class SmokeTest:
    """One smoke test of a stack.

    Args:
        stack: the stack.
        patience: a factor on every limit of time.
    """

    def __init__(self, stack: Stack, *, patience: float = 1.0) -> None:
        self._canary = Canary()
        self._patience = patience
        self._input, self._output = stack.output("InputBucketName"), stack.output("OutputBucketName")
        self._table, self._workflow = stack.output("ProcessingLogsTableName"), stack.output("WorkflowArn")
        self._migrator = stack.output("MigratorFunctionName")
        self._s3, self._lambda = stack.client("s3"), stack.client("lambda")
        self._step_functions, self._dynamodb = stack.client("stepfunctions"), stack.client("dynamodb")
        self._version: str | None = None
        self._execution: str | None = None
        self._results: str | None = None
        self._reports: str | None = None
        self._users_made = False
        self._others: set[str] = set()
        self.cleaned: Step | None = None

    def steps(self) -> Generator[Step]:
        """Do one step after the other, and yield each when it is done. At the end, `cleaned` says what was removed."""
        try:
            for name, do in (
                ("users", self._load_users),
                ("upload", self._upload),
                ("execution", self._follow),
                ("results", self._check_results),
                ("audit", self._check_audit),
                ("report", self._check_report),
                ("totals", self._check_totals),
            ):
                step = _timed(name, do)
                yield step
                if not step.passed:
                    return
        finally:
            self.cleaned = _timed("clean-up", self._clean_up)

    def _load_users(self) -> str:
        self._users_made = True
        self._s3.put_object(Bucket=self._output, Key=self._canary.users_key, Body=self._canary.users_file)
        loaded = self._call(
            {"action": "load_users", "bucket": self._output, "key": self._canary.users_key, "onlyNew": True}
        )
        if loaded.get("changed") != ROWS:
            raise StepFailedError(f"{self._migrator} answered {loaded}, instead of {ROWS} users that are new.")
        return f"{ROWS} users {self._canary.users[0]} to {self._canary.users[-1]}"

    def _upload(self) -> str:
        put = self._s3.put_object(Bucket=self._input, Key=self._canary.upload_key, Body=self._canary.upload)
        self._version = put.get("VersionId")
        return f"s3://{self._input}/{self._canary.upload_key}"

    def _follow(self) -> str:
        arn = self._execution = self._until(
            START_SECONDS,
            self._find_execution,
            "No execution has started. Look into the two queues: the command replay-events with --dry-run does.",
        )
        ended: dict[str, Any] = self._until(
            RUN_SECONDS,
            lambda: now if (now := self._described(arn))["status"] != "RUNNING" else None,
            f"The execution {arn} is still running.",
        )
        if ended["status"] != "SUCCEEDED":
            why = f"{ended.get('error')}: {ended.get('cause')}" if ended.get("error") else "no error is given"
            raise StepFailedError(f"The execution {arn} is {ended['status']}: {why}")
        return str(ended["name"])

    def _find_execution(self) -> str | None:
        listed = self._step_functions.list_executions(stateMachineArn=self._workflow, maxResults=_RECENT)
        for one in listed["executions"]:
            arn = one["executionArn"]
            if arn not in self._others and self._is_ours(self._described(arn)):
                return str(arn)
            self._others.add(arn)
        return None

    def _is_ours(self, execution: dict[str, Any]) -> bool:
        try:
            stored = json.loads(execution.get("input") or "{}")["detail"]["object"]
            return bool((stored["key"], stored["versionId"]) == (self._canary.upload_key, self._version))
        except (KeyError, TypeError, ValueError):  # somebody has started it by hand, with an input of their own
            return False

    def _described(self, arn: str) -> dict[str, Any]:
        found: dict[str, Any] = self._step_functions.describe_execution(executionArn=arn)
        return found

    def _check_results(self) -> str:
        runs = self._step_functions.list_map_runs(executionArn=self._execution)["mapRuns"]
        if len(runs) != 1:
            raise StepFailedError(f"The execution has {len(runs)} Map Runs instead of one.")
        prefix = self._results = f"results/{runs[0]['mapRunArn'].rpartition(':')[2]}/"
        listed = self._json(f"{prefix}manifest.json")["ResultFiles"]
        counts = {status: len(files) for status, files in listed.items() if files}
        if counts != {"SUCCEEDED": 1}:
            raise StepFailedError(f"s3://{self._output}/{prefix}manifest.json lists {counts}.")
        records = self._json(listed["SUCCEEDED"][0]["Key"])
        users = {json.loads(record["Input"]).get("userId") for record in records}
        outcomes = {json.loads(record["Output"]).get("status") for record in records}
        if users != set(self._canary.users) or outcomes != {"success"}:
            raise StepFailedError(
                f"s3://{self._output}/{prefix} has users {sorted(users)}, outcomes {sorted(outcomes)}."
            )
        return f"{len(records)} records in s3://{self._output}/{prefix}"

    def _json(self, key: str) -> Any:
        return json.loads(self._s3.get_object(Bucket=self._output, Key=key)["Body"].read())

    def _check_audit(self) -> str:
        name = str(self._execution).rpartition(":")[2]
        (partition,) = audit_key.partitions(name, ROWS)
        items = self._dynamodb.query(
            TableName=self._table,
            KeyConditionExpression="executionName = :partition",
            ExpressionAttributeValues={":partition": {"S": partition}},
            ConsistentRead=True,
        )["Items"]
        found = sorted((one["userId"]["S"], one["processingType"]["S"], one["status"]["S"]) for one in items)
        expected = sorted((user, column.audit_type, "success") for user in self._canary.users for column in TOTALS)
        if found != expected:
            raise StepFailedError(f"The table {self._table} has {found} for {name}, instead of {expected}.")
        return f"{len(items)} items of {name} in {self._table}"

    def _check_report(self) -> str:
        name = str(self._execution).rpartition(":")[2]
        prefix = self._reports = f"reports/{name}/"
        self._until(
            REPORT_SECONDS,
            lambda: f"{prefix}summary.json" in self._keys(prefix),
            f"s3://{self._output}/{prefix} has no summary.json. The log of the function user-log-reporter says why.",
        )
        summary = self._json(f"{prefix}summary.json")
        rows = {word: number for word, number in summary["rows"].items() if number}
        if (summary["status"], rows) != ("SUCCEEDED", {"total": ROWS, "succeeded": ROWS}):
            raise StepFailedError(f"s3://{self._output}/{prefix}summary.json says {summary['status']}, {rows}.")
        if f"{prefix}failed-rows.csv" not in self._keys(prefix):
            raise StepFailedError(f"s3://{self._output}/{prefix} has no failed-rows.csv.")
        return f"s3://{self._output}/{prefix}"

    def _keys(self, prefix: str) -> list[str]:
        listed = self._s3.list_objects_v2(Bucket=self._output, Prefix=prefix).get("Contents", [])
        return [one["Key"] for one in listed]

    def _check_totals(self) -> str:
        expected = self._canary.totals
        found: dict[str, Any] = {}

        def look() -> bool:
            nonlocal found
            found = self._call({"action": "read_totals", "users": self._canary.users})["totals"]
            return found == expected

        try:
            self._until(READER_SECONDS, look, "")
        except StepFailedError:
            raise StepFailedError(f"The database has {found}, instead of {expected}.") from None
        return f"{sum(map(len, expected.values()))} totals, read from the reader"

    def _clean_up(self) -> str:
        """Remove users and objects. The audit items stay until they expire: the pipeline may not delete them."""
        problems = []
        for remove in (self._remove_users, self._remove_upload, self._remove_outputs):
            try:
                with told_aws_errors("removing what the smoke test has made"):
                    remove()
            except (StackError, StepFailedError) as error:
                problems.append(str(error))
        if problems:
            raise StepFailedError(f"{' '.join(problems)} The users are {', '.join(self._canary.users)}.")
        return "users and files removed; the audit items expire after six months"

    def _remove_users(self) -> None:
        if self._users_made:
            self._call({"action": "remove_users", "users": self._canary.users})

    def _remove_upload(self) -> None:
        if self._version is not None:
            self._s3.delete_object(Bucket=self._input, Key=self._canary.upload_key, VersionId=self._version)

    def _remove_outputs(self) -> None:
        self._s3.delete_object(Bucket=self._output, Key=self._canary.users_key)
        for prefix in filter(None, (self._results, self._reports)):
            for key in self._keys(prefix):
                self._s3.delete_object(Bucket=self._output, Key=key)

    def _call(self, event: dict[str, Any]) -> dict[str, Any]:
        answer = self._lambda.invoke(FunctionName=self._migrator, Payload=json.dumps(event).encode())
        payload: dict[str, Any] = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            what = f"{payload.get('errorType')}: {payload.get('errorMessage')}"
            raise StepFailedError(f"{self._migrator} could not do {event['action']}: {what}")
        return payload

    def _until(self, seconds: float, look: Callable[[], Any], otherwise: str) -> Any:
        deadline = time.monotonic() + seconds * self._patience
        while not (found := look()):
            if time.monotonic() > deadline:
                raise StepFailedError(f"{otherwise} (after {seconds * self._patience:.0f} s)")
            time.sleep(_PAUSE_SECONDS)
        return found


def _timed(name: str, do: Callable[[], str]) -> Step:
    began = time.monotonic()
    try:
        with told_aws_errors(f"the step {name}"):
            found, passed = do(), True
    except (StackError, StepFailedError) as error:
        found, passed = str(error), False
    return Step(name=name, seconds=time.monotonic() - began, found=found, passed=passed)
