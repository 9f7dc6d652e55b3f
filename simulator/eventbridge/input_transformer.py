"""The input transformer: an event's values, set into a template, become the target's input.

EventBridge user guide, "Input transformation". Where it and recordings from AWS disagree, this follows the recordings.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.eventbridge.errors import TargetError, ValidationException
from simulator.eventbridge.input_path import MISSING, InputPath
from simulator.eventbridge.template import Placeholder, parse_template
from simulator.json_reader import BadJson, read_json

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_VARIABLES = 100
MAX_TEMPLATE_LENGTH = 8192
_VARIABLE = re.compile(r"[A-Za-z0-9_-]{1,256}")
_RESERVED = (
    "aws.events.event",
    "aws.events.event.json",
    "aws.events.event.ingestion-time",
    "aws.events.rule-arn",
    "aws.events.rule-name",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFacts:
    """What the reserved variables say of a delivery: the rule, and when the event came in (ISO 8601, UTC)."""

    rule_arn: str
    rule_name: str
    ingestion_time: str


class InputTransformer:
    """An InputTransformer of a target.

    Args:
        paths: InputPathsMap, variable -> path; None where there is none.
        template: InputTemplate: JSON in which `<variable>` stands for a value.
        target: the target's Id, for messages.

    Raises:
        ValidationException: PutTargets refuses it.
    """

    def __init__(self, paths: Mapping[str, str] | None, template: str, target: str) -> None:
        self._paths = {name: InputPath(path, target) for name, path in _checked(paths or {}, target).items()}
        if not 1 <= len(template) <= MAX_TEMPLATE_LENGTH:
            raise ValidationException(
                f"InputTemplate for target {target} must have 1 to {MAX_TEMPLATE_LENGTH} characters, "
                f"not {len(template)}"
            )
        self._parts = parse_template(
            template, known=(*self._paths, *_RESERVED), target=target, strict=bool(self._paths)
        )
        # A template that is one JSON string follows rules of its own: objects in it are written without quotes.
        self._json = not template.lstrip().startswith('"')

    def transform(self, event: dict[str, Any], facts: RuleFacts) -> str:
        """Return the JSON text that the target is given for an event.

        Raises:
            TargetError: INVALID_JSON, where the values make it no JSON.
        """
        text = "".join(part if isinstance(part, str) else self._set_in(part, event, facts) for part in self._parts)
        try:
            read_json(text)
        except BadJson as error:
            raise _invalid_json() from error
        return text

    def _set_in(self, place: Placeholder, event: dict[str, Any], facts: RuleFacts) -> str:
        value = self._value(place.variable, event, facts)
        if value is MISSING:
            return '""' if place.follows_colon else ""
        if not place.quoted:
            return _to_json(value)
        if isinstance(value, str):
            return value  # as it is, not escaped: a quote in it makes the template no JSON
        if not isinstance(value, dict | list):
            return _to_json(value)
        if self._json:
            raise _invalid_json()
        return _to_json(value).replace('"', "")

    def _value(self, variable: str, event: dict[str, Any], facts: RuleFacts) -> Any:
        if variable in self._paths:
            return self._paths[variable].find(event)
        if variable == "aws.events.event":
            return {
                "detailType" if name == "detail-type" else name: value
                for name, value in event.items()
                if name != "detail"
            }
        reserved = {
            "aws.events.event.json": event,
            "aws.events.event.ingestion-time": facts.ingestion_time,
            "aws.events.rule-arn": facts.rule_arn,
            "aws.events.rule-name": facts.rule_name,
        }
        return reserved[variable]


def _checked(paths: Mapping[str, str], target: str) -> Mapping[str, str]:
    if len(paths) > MAX_VARIABLES:
        raise ValidationException(
            f"InputPathsMap for target {target} has {len(paths)} variables; {MAX_VARIABLES} at most"
        )
    for name in paths:
        if not _VARIABLE.fullmatch(name) or name.upper().startswith("AWS"):
            raise ValidationException(
                f"InputPathsMap for target {target}: {name!r} is no name for a variable "
                "(1 to 256 of A-Z a-z 0-9 _ -, not beginning with AWS)"
            )
    return paths


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _invalid_json() -> TargetError:
    return TargetError("INVALID_JSON", "Invalid input for target.", retryable=False)
