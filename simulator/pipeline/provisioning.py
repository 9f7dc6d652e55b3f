"""Puts into the local cloud what `cdk deploy` puts on AWS: from the same files in cdk/definitions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from lambdas.shared.batch_limits import MAX_ROWS_PER_CHILD, merge_patch, most_rows, tolerated_items
from simulator.aws.engine.environment import ACCOUNT, REGION
from simulator.aws.json_reader import BadJson, read_json
from simulator.pipeline.errors import CloudError
from simulator.pipeline.settings import DEFAULT_STAGE, PROJECT_ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from simulator.aws.engine.clients import AwsClients

DEFINITIONS = PROJECT_ROOT / "cdk" / "definitions"
STAGES = PROJECT_ROOT / "cdk" / "stages"
MAX_CONCURRENCY = 1000
WORKFLOW, BATCHES = "workflow.asl.json", "batches.json"
ROWS_PER_CHILD = "RowsPerChild"
RESULTS_PREFIX = "results/"
"""How the keys of the ResultWriter's objects begin, in the output bucket."""
_PLACEHOLDER = re.compile(r"\"\$\{(?P<whole>[^}\"]*)\}\"|\$\{(?P<part>[^}]*)\}")
_FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{}}"
_MACHINE_ARN = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{{}}"


@cache
def _tolerated_rows() -> int:
    """Return how many rows of a file may fail, as the workflow's Map has it."""
    tolerated: int = json.loads((DEFINITIONS / WORKFLOW).read_text(encoding="utf-8"))["States"][
        "UserLogDistributedMap"
    ]["ToleratedFailureCount"]
    return tolerated


@cache
def _names() -> dict[str, Any]:
    document = json.loads(read_definition("resources.json", {}))
    names = document.get("names") if isinstance(document, dict) else None
    return names if isinstance(names, dict) else {}


def resource_name(resource: str) -> str:
    """Return a resource's name in the stage prod, from `resources.json`.

    Args:
        resource: what the file calls it, such as `Workflow`.

    Raises:
        CloudError: the file cannot be read, or has no name for that resource.
    """
    name = _names().get(resource)
    if not isinstance(name, str):
        raise CloudError(f"{DEFINITIONS / 'resources.json'}: `names` has no text for {resource}.")
    return name


def function_values() -> dict[str, str]:
    """Return the values of the placeholders in `functions.json`.

    Raises:
        CloudError: as `resource_name`.
    """
    functions = (
        "CsvValidatorFunction",
        "UserLogProcessorFunction",
        "SchemaMigratorFunction",
        "UserLogReporterFunction",
        "UserReaderFunction",
        "FileGateFunction",
    )
    names = {f"{function}Name": resource_name(function) for function in functions}
    queues = ("ReportFailuresQueue", "FileGateFailuresQueue")
    return {**names, **{f"{queue}Arn": queue_arn(queue) for queue in queues}}


def queue_arn(resource: str) -> str:
    """Return the ARN of a queue, by what `resources.json` calls it.

    Raises:
        CloudError: as `resource_name`.
    """
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{resource_name(resource)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageOptions:
    """The options of a stage that hold here too: children and files at a time, and rows per child."""

    map_concurrency: int
    max_files: int
    rows_per_child: int

    @property
    def most_rows(self) -> int:
        """How many rows a file may have."""
        return most_rows(self.map_concurrency, self.rows_per_child)


def stage_options(
    stage: str = DEFAULT_STAGE, stages: Path = STAGES, *, rows_per_child: str | None = None
) -> StageOptions:
    """Return the options of a stage's file.

    Args:
        stage: a name as SIMULATOR_STAGE gives it.
        stages: the folder of the stages' files.
        rows_per_child: what SIMULATOR_ROWS_PER_CHILD says, in place of the stage's number.

    Raises:
        CloudError: there is no such stage, or its file, or the variable, has no number that can be deployed.
    """
    known = sorted(path.stem for path in stages.glob("*.json"))
    if stage not in known:
        raise CloudError(f"SIMULATOR_STAGE is {stage!r}. The stages in {stages} are {', '.join(known) or 'none'}.")
    path = stages / f"{stage}.json"
    try:
        options: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CloudError(f"Cannot read the stage's options in {path}: {error}.") from error
    concurrency = _number(options, "mapConcurrency", MAX_CONCURRENCY, path)
    files = _number(options, "maxFiles", MAX_CONCURRENCY, path)
    batch = _number(options, "rowsPerChild", MAX_ROWS_PER_CHILD, path)
    if rows_per_child is not None:
        if not re.fullmatch(r"[0-9]{1,4}", rows_per_child) or not 1 <= int(rows_per_child) <= MAX_ROWS_PER_CHILD:
            raise CloudError(
                f"SIMULATOR_ROWS_PER_CHILD is {rows_per_child!r}. It must be a whole number from 1 to "
                f"{MAX_ROWS_PER_CHILD}."
            )
        batch = int(rows_per_child)
    return StageOptions(map_concurrency=concurrency, max_files=files, rows_per_child=batch)


def _number(options: Any, name: str, most: int, path: Path) -> int:
    value = options.get(name) if isinstance(options, dict) else None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise CloudError(f'{path}: "{name}" must be a whole number from 1 to {most}.')
    return value


def _from_name(resource: str, form: str) -> Any:
    """Return a field whose default is a name of `resources.json`, put into `form` when an instance is made."""
    return field(default_factory=lambda: form.format(resource_name(resource)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """The names, ARNs and addresses of everything in the local cloud, and the numbers that its stage chooses.

    The names are those of `resources.json` in the stage prod; a bucket's has the account behind it. `placeholders`
    gives them by the names that the files in cdk/definitions use.
    """

    input_bucket: str = _from_name("InputBucket", "{}-" + ACCOUNT)
    output_bucket: str = _from_name("OutputBucket", "{}-" + ACCOUNT)
    table: str = _from_name("ProcessingLogsTable", "{}")
    validator_arn: str = _from_name("CsvValidatorFunction", _FUNCTION_ARN)
    processor_arn: str = _from_name("UserLogProcessorFunction", _FUNCTION_ARN)
    migrator_arn: str = _from_name("SchemaMigratorFunction", _FUNCTION_ARN)
    reporter_arn: str = _from_name("UserLogReporterFunction", _FUNCTION_ARN)
    file_gate_arn: str = _from_name("FileGateFunction", _FUNCTION_ARN)
    file_gate_table: str = _from_name("FileGateTable", "{}")
    workflow_arn: str = _from_name("Workflow", _MACHINE_ARN)
    dispatcher_arn: str = _from_name("Dispatcher", _MACHINE_ARN)
    rule_role_arn: str = _from_name("UploadRule", f"arn:aws:iam::{ACCOUNT}:role/{{}}")
    rule_dead_letter_queue_arn: str = field(default_factory=lambda: queue_arn("RuleDeadLetterQueue"))
    report_failures_queue_arn: str = field(default_factory=lambda: queue_arn("ReportFailuresQueue"))
    file_gate_failures_queue_arn: str = field(default_factory=lambda: queue_arn("FileGateFailuresQueue"))
    rule_dead_letter_queue_url: str
    dispatcher_failures_queue_url: str
    stage: StageOptions = field(default_factory=stage_options)
    report_failures_queue_url: str
    file_gate_failures_queue_url: str

    @property
    def placeholders(self) -> dict[str, str | int]:
        """Return the values of the `${...}` in cdk/definitions; a number takes the place of the quotes, too."""
        return {
            **function_values(),
            "UploadRuleName": resource_name("UploadRule"),
            "ReportRuleName": resource_name("ReportRule"),
            "UserLogReporterFunctionArn": self.reporter_arn,
            "FileGateRuleName": resource_name("FileGateRule"),
            "FileGateFunctionArn": self.file_gate_arn,
            "FileGateTableName": self.file_gate_table,
            "InputBucketName": self.input_bucket,
            "OutputBucketName": self.output_bucket,
            "ProcessingLogsTableName": self.table,
            "CsvValidatorFunctionArn": self.validator_arn,
            "UserLogProcessorFunctionArn": self.processor_arn,
            "WorkflowArn": self.workflow_arn,
            "DispatcherArn": self.dispatcher_arn,
            "DispatcherFailuresQueueUrl": self.dispatcher_failures_queue_url,
            "RuleRoleArn": self.rule_role_arn,
            "RuleDeadLetterQueueArn": self.rule_dead_letter_queue_arn,
            "MapConcurrency": self.stage.map_concurrency,
            ROWS_PER_CHILD: self.stage.rows_per_child,
            "ToleratedItems": tolerated_items(_tolerated_rows(), self.stage.rows_per_child),
            "ReportFailuresQueueArn": self.report_failures_queue_arn,
            "FileGateFailuresQueueArn": self.file_gate_failures_queue_arn,
        }


def provision(aws: AwsClients, definitions: Path = DEFINITIONS, *, stage: StageOptions | None = None) -> Resources:
    """Make buckets, table and queues, if they are not there yet, in a local cloud.

    State machines, rule and functions are not in moto: they are registered where they run.

    Args:
        aws: clients of the local cloud.
        definitions: the folder of `processing_logs.json` and `file_gate.json`.
        stage: the options of the stage; None for what prod says.

    Raises:
        CloudError: if a definition, or prod's file, cannot be used.
    """
    rule_queue, dispatcher_queue, report_queue, gate_queue = (
        aws.sqs.create_queue(QueueName=resource_name(queue))["QueueUrl"]
        for queue in ("RuleDeadLetterQueue", "DispatcherFailuresQueue", "ReportFailuresQueue", "FileGateFailuresQueue")
    )
    resources = Resources(
        stage=stage_options() if stage is None else stage,
        rule_dead_letter_queue_url=rule_queue,
        dispatcher_failures_queue_url=dispatcher_queue,
        report_failures_queue_url=report_queue,
        file_gate_failures_queue_url=gate_queue,
    )
    there = {bucket["Name"] for bucket in aws.s3.list_buckets()["Buckets"]}
    for bucket in {resources.input_bucket, resources.output_bucket} - there:
        aws.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    if aws.s3.get_bucket_versioning(Bucket=resources.input_bucket).get("Status") is None:
        aws.s3.put_bucket_versioning(Bucket=resources.input_bucket, VersioningConfiguration={"Status": "Enabled"})
    tables = aws.dynamodb.list_tables()["TableNames"]
    for file in ("processing_logs.json", "file_gate.json"):
        table = json.loads(read_definition(file, resources.placeholders, definitions))
        if table["TableName"] not in tables:
            _create_table(aws, table)
    return resources


def _create_table(aws: AwsClients, table: dict[str, Any]) -> None:
    time_to_live = table.pop("TimeToLiveSpecification", None)
    aws.dynamodb.create_table(**table)
    if time_to_live is not None:
        aws.dynamodb.update_time_to_live(TableName=table["TableName"], TimeToLiveSpecification=time_to_live)


def read_definition(name: str, values: Mapping[str, str | int], definitions: Path = DEFINITIONS) -> str:
    """Return the text of a file in cdk/definitions with its placeholders filled in.

    If a child execution takes several rows, the workflow is changed as `batches.json` says (a JSON merge patch).

    Args:
        name: the file's name; it holds JSON.
        values: what the placeholders stand for.
        definitions: the folder.

    Raises:
        CloudError: if the file cannot be read, is not JSON, or has an unknown placeholder; names the file.
    """
    text = _filled(definitions / name, values)
    if name == WORKFLOW and values.get(ROWS_PER_CHILD, 1) != 1:
        batches = json.loads(_filled(definitions / BATCHES, values))
        return json.dumps(merge_patch(json.loads(text), batches), ensure_ascii=False, indent=2)
    return text


def _filled(path: Path, values: Mapping[str, str | int]) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CloudError(f"Cannot read {path}: {error}. Is the checkout complete?") from error
    text = substitute(text, values, source=str(path))
    try:
        read_json(text)
    except BadJson as error:
        raise CloudError(f"{path} is not JSON: {error}.") from error
    return text


def substitute(text: str, values: Mapping[str, str | int], *, source: str = "the definition") -> str:
    r"""Fill in the `${Name}` placeholders of a JSON text, as CDK's code and its `definitionSubstitutions` do.

    Args:
        text: JSON whose strings hold placeholders.
        values: name -> value; a value goes into a JSON string, so its quotes and backslashes are escaped. A
            number takes the place of a string that is its placeholder alone: `"${N}"` becomes `5`.
        source: what `text` is, for the error.

    Raises:
        CloudError: for a placeholder that has no value.
    """

    def value_of(match: re.Match[str]) -> str:
        name = match["part"] if match["whole"] is None else match["whole"]
        if name not in values:
            line = text.count("\n", 0, match.start()) + 1
            known = ", ".join(sorted(values)) or "none"
            raise CloudError(f"{source}, line {line}: unknown placeholder ${{{name}}}. Known: {known}.")
        value = values[name]
        if isinstance(value, int):
            return str(value)
        filled = json.dumps(value, ensure_ascii=False)
        return filled[1:-1] if match["whole"] is None else filled

    return _PLACEHOLDER.sub(value_of, text)
