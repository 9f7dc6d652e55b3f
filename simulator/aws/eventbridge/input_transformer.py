"""Reads an InputTemplate: its text, and where the variables stand in it.

The input transformer: an event's values, set into a template, become the target's input.

EventBridge user guide, "Input transformation". Where it and recordings from AWS disagree, this follows the recordings.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.aws.eventbridge.errors import TargetError, ValidationException
from simulator.aws.eventbridge.input_path import MISSING, InputPath
from simulator.aws.json_reader import BadJson, read_json

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


_TOKEN = re.compile(r'\\.|"|<([A-Za-z0-9_.-]+)>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`<variable>` in a template: whether inside a JSON string, and whether it is an object's value of its own."""

    variable: str
    quoted: bool
    follows_colon: bool


def parse_template(text: str, *, known: Collection[str], target: str, strict: bool) -> list[str | Placeholder]:
    """Split a template into its text and its placeholders, in order.

    Args:
        text: the InputTemplate.
        known: the variables there are.
        target: the target's Id, for messages.
        strict: whether an unknown variable is refused; else it stays as text.

    Raises:
        ValidationException: a variable that is not known, or one in the key of an object.
    """
    parts: list[str | Placeholder] = []
    done = 0
    opened = -1  # where the string we are in begins; -1 outside
    in_string: list[str] = []
    for token in _TOKEN.finditer(text):
        variable = token[1]
        if token[0] == '"':
            if opened >= 0 and in_string and _colon_at(text, token.end()):
                raise _key_refused(in_string[0], target)
            opened = -1 if opened >= 0 else token.start()
            in_string = []
        elif variable is not None and variable not in known and strict:
            raise ValidationException(f"InputTemplate for target {target} contains invalid placeholder {variable}.")
        elif variable is not None and variable in known:
            if opened >= 0:
                in_string.append(variable)
            elif _colon_at(text, token.end()):
                raise _key_refused(variable, target)
            follows = opened < 0 and text[: token.start()].rstrip().endswith(":")
            parts += [text[done : token.start()], Placeholder(variable, opened >= 0, follows)]
            done = token.end()
    return [part for part in (*parts, text[done:]) if part != ""]


def _colon_at(text: str, position: int) -> bool:
    return text[position:].lstrip().startswith(":")


def _key_refused(variable: str, target: str) -> ValidationException:
    return ValidationException(
        f"InputTemplate for target {target} contains the placeholder {variable} in the key of an object; "
        "it may only stand in a value."
    )


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
