"""EventBridge's API: rules and targets of the default bus, PutEvents, TestEventPattern.

EventBridge API reference. Rules with a schedule, and buses other than the default one, are not simulated.
"""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from simulator.aws.errors import ApiError
from simulator.aws.eventbridge.errors import InvalidEventPatternException, ValidationException
from simulator.aws.eventbridge.pattern import check_mandatory_fields, test_event_pattern
from simulator.aws.eventbridge.put_events import put_events
from simulator.aws.eventbridge.rule import make_rule, make_target
from simulator.aws.eventbridge.rule_book import rule_fields, rules_for_target
from simulator.aws.paging import BadToken, page_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from simulator.aws.eventbridge.bus import EventBus
    from simulator.aws.eventbridge.rule import Rule, Target

DEFAULT = "default"
MOST_RULES = 300
MOST_TARGETS = 5
PAGE = 100
TARGET_SERVICES = ("lambda", "sqs", "states")
_BUS_ARN = re.compile(r"arn:aws[\w-]*:events:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):event-bus/(?P<name>.+)")
_ARN = re.compile(r"arn:[^:\s]+:(?P<service>[^:\s]+):[^:\s]*:[^:\s]*:\S+")
_SCHEDULE = re.compile(r"(rate|cron)\(.+\)")
_CHANGED = ("RoleArn", "Description", "EventPattern", "State")

_T = TypeVar("_T")


class EventsApi:
    """The operations of EventBridge's API.

    Args:
        bus: the default bus.
    """

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._rules = bus.rules
        self._made = bus.now()
        operations: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "DescribeEventBus": self.describe_event_bus,
            "ListEventBuses": self.list_event_buses,
            "PutRule": self.put_rule,
            "DescribeRule": self.describe_rule,
            "ListRules": self.list_rules,
            "DeleteRule": self.delete_rule,
            "EnableRule": lambda request: self._switch(request, "ENABLED"),
            "DisableRule": lambda request: self._switch(request, "DISABLED"),
            "PutTargets": self.put_targets,
            "ListTargetsByRule": self.list_targets_by_rule,
            "RemoveTargets": self.remove_targets,
            "ListRuleNamesByTarget": self.list_rule_names_by_target,
            "PutEvents": lambda request: put_events(bus, request),
            "TestEventPattern": self.test_event_pattern,
        }
        self._changing = threading.Lock()
        self.operations = {name: self._in_turn(_in_api_words(operation)) for name, operation in operations.items()}
        self.operations["PutEvents"] = operations["PutEvents"]

    def describe_event_bus(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the default bus."""
        self._check_bus(request.get("Name"))
        return {"Name": DEFAULT, "Arn": self._bus_arn(), "CreationTime": self._made, "LastModifiedTime": self._made}

    def list_event_buses(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the buses: there is one."""
        names = [name for name in (DEFAULT,) if name.startswith(request.get("NamePrefix", ""))]
        return self._page(names, request, lambda name: name, "EventBuses", lambda _: self.describe_event_bus({}))

    def put_rule(self, request: dict[str, Any]) -> dict[str, Any]:
        """Make a rule, or change one; its targets stay."""
        self._check_bus(request.get("EventBusName"))
        if (schedule := request.get("ScheduleExpression")) is not None:
            if not _SCHEDULE.fullmatch(schedule):
                raise _refused("Parameter ScheduleExpression is not valid.")
            raise _refused("ScheduleExpression is not simulated: give the rule an EventPattern.")
        if not request.get("EventPattern"):
            raise _refused("Parameter(s) EventPattern or ScheduleExpression must be specified.")
        if request.get("Tags"):
            raise _refused("Tags of a rule are not simulated: leave them out.")
        name = request["Name"]
        earlier = self._rules.get(name)
        if earlier is None and len(self._rules.all()) >= MOST_RULES:
            raise ApiError("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
        fields = {field: request[field] for field in _CHANGED if field in request}
        targets = rule_fields(earlier).get("Targets", []) if earlier is not None else []
        self._rules.put(make_rule({"Name": name, **fields, "Targets": targets}, f"the rule {name}"))
        return {"RuleArn": self._rules.arn(name)}

    def describe_rule(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return a rule."""
        return {**self._described(self._rule(request, "Name")), "CreatedBy": self._bus.account}

    def list_rules(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return a page of the rules, by name."""
        self._check_bus(request.get("EventBusName"))
        rules = [rule for rule in self._rules.all() if rule.name.startswith(request.get("NamePrefix", ""))]
        return self._page(rules, request, lambda rule: rule.name, "Rules", self._described)

    def delete_rule(self, request: dict[str, Any]) -> dict[str, Any]:
        """Delete a rule that has no targets; a rule that does not exist is deleted already."""
        self._check_bus(request.get("EventBusName"))
        rule = self._rules.get(request["Name"])
        if rule is not None and rule.targets:
            raise _refused("Rule can't be deleted since it has targets.")
        self._rules.delete(request["Name"])
        return {}

    def put_targets(self, request: dict[str, Any]) -> dict[str, Any]:
        """Add targets to a rule; one with the Id of an earlier one takes its place."""
        rule = self._rule(request, "Rule")
        failed: list[dict[str, Any]] = []
        targets = {target.id: target for target in rule.targets}
        for fields in request["Targets"]:
            target, problem = _target(fields)
            if target is None:
                failed.append({"TargetId": fields["Id"], "ErrorCode": "ValidationException", "ErrorMessage": problem})
            else:
                targets[target.id] = target
        if len(targets) > MOST_TARGETS:
            raise ApiError("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
        self._rules.put(_with_targets(rule, targets.values()))
        return {"FailedEntryCount": len(failed), "FailedEntries": failed}

    def list_targets_by_rule(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return a page of a rule's targets, by Id."""
        rule = self._rule(request, "Rule")
        return self._page(rule.targets, request, lambda target: target.id, "Targets", _target_fields)

    def remove_targets(self, request: dict[str, Any]) -> dict[str, Any]:
        """Take targets away from a rule, by their Ids."""
        rule = self._rule(request, "Rule")
        known = {target.id for target in rule.targets}
        failed = [
            {
                "TargetId": one,
                "ErrorCode": "ResourceNotFoundException",
                "ErrorMessage": f"Rule '{rule.name}' does not have a target with the Id '{one}'.",
            }
            for one in request["Ids"]
            if one not in known
        ]
        self._rules.put(_with_targets(rule, [target for target in rule.targets if target.id not in request["Ids"]]))
        return {"FailedEntryCount": len(failed), "FailedEntries": failed}

    def list_rule_names_by_target(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return a page of the names of the rules that have a target."""
        self._check_bus(request.get("EventBusName"))
        names = [rule.name for rule in rules_for_target(self._rules.all(), request["TargetArn"])]
        return self._page(names, request, lambda name: name, "RuleNames", lambda name: name)

    def test_event_pattern(self, request: dict[str, Any]) -> dict[str, Any]:
        """Say whether an event matches a pattern."""
        matches = test_event_pattern(request["EventPattern"], request["Event"])
        check_mandatory_fields(request["Event"])
        return {"Result": matches}

    def _in_turn(
        self, operation: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> Callable[[dict[str, Any]], dict[str, Any]]:
        """Return the operation, one at a time: two changes of a rule at once would lose one."""

        def answer(request: dict[str, Any]) -> dict[str, Any]:
            with self._changing:
                return operation(request)

        return answer

    def _switch(self, request: dict[str, Any], state: str) -> dict[str, Any]:
        rule = self._rule(request, "Name")
        self._rules.put(make_rule({**rule_fields(rule), "State": state}))
        return {}

    def _rule(self, request: dict[str, Any], member: str) -> Rule:
        self._check_bus(request.get("EventBusName"))
        rule = self._rules.get(request[member])
        if rule is None:
            raise ApiError("ResourceNotFoundException", f"Rule {request[member]} does not exist on EventBus {DEFAULT}.")
        return rule

    def _check_bus(self, name: str | None) -> None:
        bus = name or DEFAULT
        arn = _BUS_ARN.fullmatch(bus)
        if arn is not None and (arn["region"], arn["account"]) == (self._bus.region, self._bus.account):
            bus = arn["name"]
        if bus != DEFAULT:
            raise ApiError("ResourceNotFoundException", f"Event bus {bus} does not exist.")

    def _bus_arn(self) -> str:
        return f"arn:aws:events:{self._bus.region}:{self._bus.account}:event-bus/{DEFAULT}"

    def _described(self, rule: Rule) -> dict[str, Any]:
        found = {
            "Name": rule.name,
            "Arn": self._rules.arn(rule.name),
            "EventPattern": rule.pattern_text,
            "State": rule.state,
            "Description": rule.description,
            "RoleArn": rule.role_arn,
            "EventBusName": DEFAULT,
        }
        return {name: value for name, value in found.items() if value}

    @staticmethod
    def _page(
        entries: Sequence[_T],
        request: dict[str, Any],
        key: Callable[[_T], str],
        member: str,
        shown: Callable[[_T], Any],
    ) -> dict[str, Any]:
        try:
            page, token = page_of(entries, key, token=request.get("NextToken"), limit=request.get("Limit", PAGE))
        except BadToken as error:
            raise _refused("Parameter NextToken is not valid.") from error
        answer: dict[str, Any] = {member: [shown(entry) for entry in page]}
        return answer if token is None else {**answer, "NextToken": token}


def _in_api_words(
    operation: Callable[[dict[str, Any]], dict[str, Any]],
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return the operation with what EventBridge refuses as an ApiError."""

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        try:
            return operation(request)
        except InvalidEventPatternException as error:
            raise ApiError(
                "InvalidEventPatternException", f"Event pattern is not valid. Reason: {error.reason}"
            ) from error
        except ValidationException as error:
            raise _refused(str(error)) from error

    return answer


def _refused(message: str) -> ApiError:
    return ApiError("ValidationException", message)


def _target(fields: dict[str, Any]) -> tuple[Target | None, str]:
    """Return the target that PutTargets' members make, or None and a sentence."""
    arn = _ARN.fullmatch(fields["Arn"])
    if arn is None:
        return None, f"Parameter {fields['Arn']} is not valid. Reason: Provided Arn is not in correct format."
    if arn["service"] not in TARGET_SERVICES:
        return None, (
            f"A target of the service {arn['service']} is not simulated ({fields['Arn']}). "
            "Targets can be state machines, functions and SQS queues."
        )
    return make_target(fields), ""


def _with_targets(rule: Rule, targets: Iterable[Target]) -> Rule:
    return make_rule({**rule_fields(rule), "Targets": [_target_fields(target) for target in targets]})


def _target_fields(target: Target) -> dict[str, Any]:
    fields: dict[str, Any] = target.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)
    return fields
