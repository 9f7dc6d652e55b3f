"""The event path and the workflow: the files that the simulator runs, and how they hang together on AWS."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from simulator.pipeline.provisioning import Resources, StageOptions, read_definition
from tests.infrastructure.template.resolver import Resolver, readable

HERE = "ap-northeast-1:123456789012"
QUEUES = "https://sqs.ap-northeast-1.amazonaws.com/123456789012/"
REPORTER = f"arn:aws:lambda:{HERE}:function:user-log-reporter:live"
FILE_GATE = f"arn:aws:lambda:{HERE}:function:user-log-file-gate:live"
# The names on AWS; the simulator's own differ in account and address, the text around them must not.
RESOURCES = Resources(
    input_bucket="user-log-input-123456789012-ap-northeast-1",
    output_bucket="user-log-output-123456789012-ap-northeast-1",
    table="ProcessingLogs",
    validator_arn=f"arn:aws:lambda:{HERE}:function:user-log-csv-validator:live",
    processor_arn=f"arn:aws:lambda:{HERE}:function:user-log-processor:live",
    migrator_arn=f"arn:aws:lambda:{HERE}:function:user-log-schema-migrator",
    reporter_arn=REPORTER,
    file_gate_arn=FILE_GATE,
    file_gate_table="FileGate",
    workflow_arn=f"arn:aws:states:{HERE}:stateMachine:csv-user-log-processor",
    dispatcher_arn=f"arn:aws:states:{HERE}:stateMachine:csv-user-log-dispatcher",
    rule_role_arn="arn:aws:iam::123456789012:role/WorkflowRuleRole",
    rule_dead_letter_queue_arn=f"arn:aws:sqs:{HERE}:s3-csv-upload-rule-dlq",
    report_failures_queue_arn=f"arn:aws:sqs:{HERE}:user-log-report-failures",
    report_failures_queue_url=f"{QUEUES}user-log-report-failures",
    file_gate_failures_queue_arn=f"arn:aws:sqs:{HERE}:user-log-file-gate-failures",
    file_gate_failures_queue_url=f"{QUEUES}user-log-file-gate-failures",
    rule_dead_letter_queue_url=f"{QUEUES}s3-csv-upload-rule-dlq",
    dispatcher_failures_queue_url=f"{QUEUES}user-log-dispatcher-failures",
)
ON_AWS = RESOURCES.placeholders
MACHINES = {"csv-user-log-processor": "workflow.asl.json", "csv-user-log-dispatcher": "dispatcher.asl.json"}


def definition_of(machine: dict[str, Any]) -> Any:
    """Return a machine's definition as Step Functions gets it: its substitutions filled in."""
    text = machine["DefinitionString"]
    for name, value in machine["DefinitionSubstitutions"].items():
        assert f"${{{name}}}" in text, f"{name} is substituted nowhere"
        text = text.replace(f"${{{name}}}", value)
    assert "${" not in text
    return json.loads(text)


@pytest.mark.parametrize(("name", "file"), MACHINES.items())
def test_a_machine_runs_what_the_simulator_runs(stack: Resolver, name: str, file: str) -> None:
    """The very definition, with the names of AWS in it."""
    machine = stack.by_name("AWS::StepFunctions::StateMachine")[name]
    assert definition_of(machine) == json.loads(read_definition(file, ON_AWS))


def test_a_stage_with_batches_runs_what_the_simulator_runs_with_them(optional_stack: Resolver) -> None:
    """Ten rows a child, and the tolerance by rows behind the Map: both make it of the same two files."""
    machine = optional_stack.by_name("AWS::StepFunctions::StateMachine")["csv-user-log-processor"]
    batches = replace(RESOURCES, stage=StageOptions(map_concurrency=8, max_files=3, rows_per_child=10)).placeholders
    definition = definition_of(machine)
    assert definition == json.loads(read_definition("workflow.asl.json", batches))
    assert definition["States"]["UserLogDistributedMap"]["ItemBatcher"]["MaxItemsPerBatch"] == 10
    assert (
        "ItemBatcher" not in json.loads(read_definition("workflow.asl.json", ON_AWS))["States"]["UserLogDistributedMap"]
    )


def test_the_validator_is_told_what_the_rows_of_a_stage_allow(stack: Resolver, optional_stack: Resolver) -> None:
    """As many rows as the workflow's time is enough for, and no row that is too large for a batch."""
    told = [
        {name: value for name, value in found["Environment"]["Variables"].items() if "ROW" in name}
        for one in (stack, optional_stack)
        for name, found in one.by_name("AWS::Lambda::Function").items()
        if name == "user-log-csv-validator"
    ]
    assert told == [
        {"MAX_ROWS": "100000", "ROWS_PER_CHILD": "1"},
        {"MAX_ROWS": "1000000", "ROWS_PER_CHILD": "10"},
    ]


@pytest.mark.parametrize(("name", "file"), MACHINES.items())
def test_dev_runs_the_same_on_its_own_things(dev_stack: Resolver, name: str, file: str) -> None:
    """The same text; every name in it that is the stage's carries the stage."""
    machine = dev_stack.by_name("AWS::StepFunctions::StateMachine")[f"{name}-dev"]
    assert all("-dev" in value for value in machine["DefinitionSubstitutions"].values())
    without_stage = json.dumps(definition_of(machine)).replace("-dev", "")
    assert json.loads(without_stage) == json.loads(read_definition(file, ON_AWS))


def test_the_workflow_is_standard_and_the_dispatcher_express(stack: Resolver) -> None:
    """Only a STANDARD execution has a distributed map, is redriven, and refuses its name a second time."""
    machines = stack.by_name("AWS::StepFunctions::StateMachine")
    kinds = {name: machine["StateMachineType"] for name, machine in machines.items()}
    assert kinds == {"csv-user-log-processor": "STANDARD", "csv-user-log-dispatcher": "EXPRESS"}


def test_the_distributed_map_is_the_designed_one(stack: Resolver) -> None:
    """Five rows at a time, from the CSV, tolerating 5 % and 50 rows, with its results below results/."""
    machine = stack.by_name("AWS::StepFunctions::StateMachine")["csv-user-log-processor"]
    state = definition_of(machine)["States"]["UserLogDistributedMap"]
    assert state["MaxConcurrency"] == 5
    assert state["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
    assert (state["ToleratedFailurePercentage"], state["ToleratedFailureCount"]) == (5, 50)
    assert state["ItemReader"]["ReaderConfig"] == {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}
    assert state["ResultWriter"]["Parameters"] == {
        "Bucket": "user-log-output-123456789012-ap-northeast-1",
        "Prefix": "results",
    }


def test_a_stage_chooses_how_many_rows_run_at_a_time(stack: Resolver, optional_stack: Resolver) -> None:
    """A number in the text, where prod's own file has the designed one."""
    machines = [each.by_name("AWS::StepFunctions::StateMachine") for each in (stack, optional_stack)]
    maps = [definition_of(each["csv-user-log-processor"])["States"]["UserLogDistributedMap"] for each in machines]
    assert [each["MaxConcurrency"] for each in maps] == [5, 8]


def test_machines_log_everything_and_are_traced(stack: Resolver) -> None:
    """Each into its own log group; an EXPRESS execution keeps its history nowhere else."""
    for name, machine in stack.by_name("AWS::StepFunctions::StateMachine").items():
        logging = machine["LoggingConfiguration"]
        assert (logging["Level"], logging["IncludeExecutionData"]) == ("ALL", True)
        (destination,) = logging["Destinations"]
        group = destination["CloudWatchLogsLogGroup"]["LogGroupArn"]
        assert group == f"arn:aws:logs:{HERE}:log-group:/aws/vendedlogs/states/{name}:*"
        assert machine["TracingConfiguration"] == {"Enabled": True}


def test_machines_use_the_roles_that_are_checked(stack: Resolver) -> None:
    """Each its own."""
    roles = {
        name: machine["RoleArn"].rpartition("/")[2]
        for name, machine in stack.by_name("AWS::StepFunctions::StateMachine").items()
    }
    assert roles == {
        "csv-user-log-processor": "WorkflowWorkflowRole",
        "csv-user-log-dispatcher": "WorkflowDispatcherRole",
    }


def test_the_rule_is_the_one_that_the_simulator_matches_with(stack: Resolver) -> None:
    """Pattern, target, input transformer, retry policy, dead-letter queue: every field of the file."""
    rules = stack.by_name("AWS::Events::Rule")
    for rule in rules.values():
        rule.pop("Tags", None)
    names = ("upload_rule.json", "report_rule.json", "file_gate_rule.json")
    files = [json.loads(read_definition(file, ON_AWS)) for file in names]
    assert rules == {file["Name"]: file for file in files}


def test_the_rule_starts_step_functions_with_no_function_between(stack: Resolver) -> None:
    """Designed so; and it is retried for a day, then waits in the queue."""
    rule = stack.by_name("AWS::Events::Rule")["s3-csv-upload-rule"]
    (target,) = rule["Targets"]
    assert rule["Name"] == "s3-csv-upload-rule"
    assert rule["EventPattern"]["detail"]["object"]["key"] == [{"suffix": ".csv"}]
    assert target["Arn"] == f"arn:aws:states:{HERE}:stateMachine:csv-user-log-dispatcher"
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
    assert target["DeadLetterConfig"] == {"Arn": f"arn:aws:sqs:{HERE}:s3-csv-upload-rule-dlq"}


def test_each_end_of_a_run_starts_the_reporter(stack: Resolver) -> None:
    """Of the workflow alone."""
    rule = stack.by_name("AWS::Events::Rule")["user-log-report-rule"]
    workflow = f"arn:aws:states:{HERE}:stateMachine:csv-user-log-processor"
    assert rule["EventPattern"]["detail"] == {
        "stateMachineArn": [workflow],
        "status": ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"],
    }


def test_each_end_and_each_redrive_of_a_run_calls_the_file_gate(stack: Resolver) -> None:
    """Of the workflow alone; a start that is not a redrive does not."""
    rule = stack.by_name("AWS::Events::Rule")["user-log-file-gate-rule"]
    assert rule["EventPattern"]["detail"] == {
        "stateMachineArn": [f"arn:aws:states:{HERE}:stateMachine:csv-user-log-processor"],
        "$or": [
            {"status": ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]},
            {"status": ["RUNNING"], "redriveCount": [{"numeric": [">", 0]}]},
        ],
    }


def test_eventbridge_may_call_two_functions_each_for_its_rule(stack: Resolver) -> None:
    """And no other."""
    assert {each["FunctionName"]: each for each in stack.of_type("AWS::Lambda::Permission").values()} == {
        function: {
            "Action": "lambda:InvokeFunction",
            "FunctionName": function,
            "Principal": "events.amazonaws.com",
            "SourceArn": f"arn:aws:events:{HERE}:rule/{rule}",
        }
        for function, rule in ((REPORTER, "user-log-report-rule"), (FILE_GATE, "user-log-file-gate-rule"))
    }


def test_dev_has_its_own_rule_on_its_own_bucket(dev_stack: Resolver) -> None:
    """Or an upload to prod would start dev as well."""
    rule = dev_stack.by_name("AWS::Events::Rule")["s3-csv-upload-rule-dev"]
    assert rule["EventPattern"]["detail"]["bucket"]["name"] == ["user-log-input-dev-123456789012-ap-northeast-1"]


def test_what_cannot_be_delivered_waits_as_long_as_a_queue_keeps_it(stack: Resolver) -> None:
    """Fourteen days, encrypted: uploads, what the dispatcher could not start, ends of runs that two functions lost."""
    queues = stack.by_name("AWS::SQS::Queue")
    assert set(queues) == {
        "s3-csv-upload-rule-dlq",
        "user-log-dispatcher-failures",
        "user-log-report-failures",
        "user-log-file-gate-failures",
    }
    for queue in queues.values():
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
        assert queue.get("SqsManagedSseEnabled") or queue.get("KmsMasterKeyId")


def test_no_upload_starts_a_run_before_the_schema_is_there(stack: Resolver) -> None:
    """The rule is made after the migration."""
    (rule,) = [
        resource
        for resource in stack.resources.values()
        if resource["Type"] == "AWS::Events::Rule" and resource["Properties"]["Name"] == "s3-csv-upload-rule"
    ]
    (migration,) = [name for name, resource in stack.resources.items() if resource["Type"] == "Custom::Trigger"]
    assert migration in rule["DependsOn"]


def test_a_machine_is_made_after_its_rights(stack: Resolver) -> None:
    """Step Functions checks the right to log when a machine is created; no policy may come later."""
    beside = stack.of_type("AWS::IAM::Policy").values()
    assert not any({"WorkflowWorkflowRole", "WorkflowDispatcherRole"} & set(policy["Roles"]) for policy in beside)
    machines = [each for each in stack.resources.values() if each["Type"] == "AWS::StepFunctions::StateMachine"]
    assert {readable(machine["Properties"]["RoleArn"]["Fn::GetAtt"][0]) for machine in machines} == {
        "WorkflowWorkflowRole",
        "WorkflowDispatcherRole",
    }


# Written out: state -> (seconds of one attempt, the retriers' (interval, attempts, rate)).
PATIENCE = {
    "CSVFileValidation": (310, [(2, 3, 2.0), (1, 6, 2.0)]),
    # More attempts than fit into the workflow's own time: only that ends the waiting.
    "WaitForTurn": (240, [(1, 400, 1.0), (1, 20, 2.0)]),
    "SaveRejection": (60, [(2, 3, 2.0)]),
    "ProcessUserLog": (15, [(1, 8, 2.0)]),
    "LogError": (5, [(None, 0, None), (1, 3, 2.0)]),
    "LogErrorWithoutUserId": (5, [(1, 3, 2.0)]),
}


def test_the_workflow_has_the_limits_written_out(stack: Resolver) -> None:
    """A day in all; five rows at a time; 5 % and 50 rows may fail; each task's timeout and retries."""
    definition = definition_of(stack.by_name("AWS::StepFunctions::StateMachine")["csv-user-log-processor"])
    rows = definition["States"]["UserLogDistributedMap"]
    assert definition["TimeoutSeconds"] == 86_400
    assert 400 * 240 > 86_400
    assert rows["MaxConcurrency"] == 5
    assert (rows["ToleratedFailurePercentage"], rows["ToleratedFailureCount"]) == (5, 50)
    states = {**definition["States"], **rows["ItemProcessor"]["States"]}
    found = {
        name: (
            state["TimeoutSeconds"],
            [
                (each.get("IntervalSeconds"), each["MaxAttempts"], each.get("BackoffRate"))
                for each in state.get("Retry", [])
            ],
        )
        for name, state in states.items()
        if state["Type"] == "Task"
    }
    assert found == PATIENCE
