"""What EventBridge Scheduler asks for: the role of a schedule, and with it the schedule's target."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from simulator.aws.iam.needs.need import Need, needs_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.aws.iam.template.deployment import Deployment

_METRIC = ":scheduler:::aws-sdk:cloudwatch:putMetricData"
_ACTIONS = {"states": "states:StartExecution", "lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage"}


def schedule_needs(deployment: Deployment) -> Iterator[Need]:
    """Return what schedules need. A universal target other than CloudWatch's PutMetricData gives no call of its own.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html and managing-targets-universal.html.
    """
    resolver = deployment.resolver
    scheduler = deployment.service("scheduler.amazonaws.com", **{"aws:sourceaccount": resolver.account})
    for logical_id, schedule in resolver.of_type("AWS::Scheduler::Schedule").items():
        name, target = schedule.get("Name", logical_id), schedule["Target"]
        yield from needs_of(scheduler, "sts:AssumeRole", target["RoleArn"], f"the schedule {name} runs with it")
        role, why = deployment.role(target["RoleArn"]), f"it is the target of the schedule {name}"
        if target["Arn"].endswith(_METRIC):
            yield from needs_of(role, "cloudwatch:PutMetricData", "*", why, _namespace(target))
        elif target["Arn"].startswith("arn:"):
            yield from needs_of(role, _ACTIONS.get(target["Arn"].split(":")[2], ""), target["Arn"], why)


def _namespace(target: Mapping[str, Any]) -> dict[str, str]:
    given = json.loads(target.get("Input", "{}"))
    return {"cloudwatch:namespace": str(given["Namespace"])} if "Namespace" in given else {}
