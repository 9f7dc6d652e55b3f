"""The input transformer: values of an event are put into a template, and the text becomes the target's input.

The paths of InputPathsMap are `InputPath`s; so is a target's own InputPath. EventBridge user guide, "Input
transformation". If recordings from AWS differ from it, this follows them: the template's root decides how values are
put in, see `InputTransformer`; the refusals of paths were recorded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulator.aws.eventbridge.errors import TargetError, ValidationException
from simulator.aws.eventbridge.json_document import compact
from simulator.aws.json_reader import BadJson, read_json

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

MISSING: Any = object()
"""The value of a path that the event does not have."""

_Step = tuple[str | None, str | None]
_PATH = re.compile(r"\$(?:\.[A-Za-z0-9_/-]+|\[\d+\]|\[\*\])*")
_STEP = re.compile(r"\.([A-Za-z0-9_/-]+)|\[(\d+|\*)\]")
_TOKEN = re.compile(r'\\.|"|<([A-Za-z0-9_.-]+)>', re.DOTALL)
MAX_VARIABLES = 100
MAX_TEMPLATE_LENGTH = 8192
_VARIABLE = re.compile(r"[A-Za-z0-9_-]{1,256}")
_WHOLE_EVENT = "aws.events.event.json"
_RESERVED = (
    "aws.events.event",
    _WHOLE_EVENT,
    "aws.events.event.ingestion-time",
    "aws.events.rule-arn",
    "aws.events.rule-name",
)


class InputPath:
    """A path: `$`, then `.name` (letters, digits, `-`, `_`, `/`), `[0]` or `[*]`.

    Raises:
        ValidationException: the path has anything else (AWS also refuses `$['x']`, `$..x`, `.*` and slices).
    """

    __slots__ = ("_steps", "text")

    def __init__(self, text: str, target: str) -> None:
        if not _PATH.fullmatch(text):
            raise ValidationException(
                f"InputPath for target {target} is invalid. {text!r} is not a path: write "
                "$ followed by .name, [0] or [*] (names of letters, digits, -, _ and /)"
            )
        self.text = text
        self._steps: list[_Step] = [(match[1], match[2]) for match in _STEP.finditer(text)]

    def find(self, event: Any) -> Any:
        """Return the value the path leads to in an event (JSON value), or MISSING."""
        return _find(event, self._steps)


def _find(node: Any, steps: list[_Step]) -> Any:
    if not steps:
        return node
    (name, index), rest = steps[0], steps[1:]
    if name is not None:
        return _find(node[name], rest) if isinstance(node, dict) and name in node else MISSING
    if not isinstance(node, list):
        return MISSING
    if index == "*":
        return [value for entry in node if (value := _find(entry, rest)) is not MISSING]
    position = int(index or 0)
    return _find(node[position], rest) if position < len(node) else MISSING


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`<variable>` in a template, and whether it is inside a JSON string."""

    variable: str
    quoted: bool


def parse_template(text: str, *, known: Collection[str], target: str, strict: bool) -> list[str | Placeholder]:
    """Split a template into its text and its placeholders, in order.

    Args:
        text: the InputTemplate.
        known: the names of the variables.
        target: the target's Id, for messages.
        strict: whether an unknown variable is refused; if not, it stays as text.

    Raises:
        ValidationException: a variable is not known, or stands in the key of an object.
    """
    parts: list[str | Placeholder] = []
    done = 0
    opened = -1  # where the current string begins; -1 outside of strings
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
            parts += [text[done : token.start()], Placeholder(variable, opened >= 0)]
            done = token.end()
    return [part for part in (*parts, text[done:]) if part != ""]


def _colon_at(text: str, position: int) -> bool:
    return text[position:].lstrip().startswith(":")


def _key_refused(variable: str, target: str) -> ValidationException:
    return ValidationException(
        f"InputTemplate for target {target} contains the placeholder {variable} in the key of an object; "
        "it can only stand in a value."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFacts:
    """The values of reserved variables: the rule, and when the event came in (ISO 8601 in UTC, with milliseconds)."""

    rule_arn: str
    rule_name: str
    ingestion_time: str


class InputTransformer:
    """An InputTransformer of a target.

    A template whose root is an object is a JSON template. There a value is put in as JSON; inside quotes a string is
    escaped, so that it always stays whole. A missing value becomes `""`, or nothing inside quotes.

    Any other template (a string, several lines of strings, an array, a variable) is a text template. There strings are
    put in as they are, objects and arrays without their quotes, missing values as nothing. The text must then be JSON
    or lines of JSON strings. All this was recorded on AWS.

    Args:
        paths: InputPathsMap: variable -> path; None if the target has no map.
        template: InputTemplate: text in which `<variable>` stands for a value.
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
        self._is_json = template.lstrip().startswith("{")
        if not self._is_json:
            _check_text_template(template, self._parts, target)

    def transform(self, event: dict[str, Any], facts: RuleFacts) -> str:
        """Return the text of the target's input for an event; if it is empty, nothing is delivered.

        Raises:
            TargetError: INVALID_JSON: with these values the text is not JSON. The error has the text.
        """
        text = "".join(part if isinstance(part, str) else self._put_in(part, event, facts) for part in self._parts)
        if text and not (_is_json(text) or (not self._is_json and _is_lines_of_strings(text))):
            raise TargetError("INVALID_JSON", "Invalid input for target.", retryable=False, input_text=text)
        return text

    def _put_in(self, place: Placeholder, event: dict[str, Any], facts: RuleFacts) -> str:
        value = self._value(place.variable, event, facts)
        if value is MISSING:
            return '""' if self._is_json and not place.quoted else ""
        if self._is_json:
            return compact(value)[1:-1] if place.quoted and isinstance(value, str) else compact(value)
        if isinstance(value, str):
            return value
        return compact(value).replace('"', "")

    def _value(self, variable: str, event: dict[str, Any], facts: RuleFacts) -> Any:
        if variable in self._paths:
            return self._paths[variable].find(event)
        if variable == "aws.events.event":
            return _without_detail(event)
        reserved = {
            _WHOLE_EVENT: event,
            "aws.events.event.ingestion-time": facts.ingestion_time,
            "aws.events.rule-arn": facts.rule_arn,
            "aws.events.rule-name": facts.rule_name,
        }
        return reserved[variable]


def _check_text_template(template: str, parts: list[str | Placeholder], target: str) -> None:
    if any(isinstance(part, Placeholder) and part.variable == _WHOLE_EVENT for part in parts):
        raise ValidationException(
            f"InputTemplate for target {target} contains placeholder {_WHOLE_EVENT} valid only for JSON template."
        )
    # A template that is not JSON with any values is refused now; whether it is with the values shows at the delivery.
    sample = _TOKEN.sub(lambda token: "1" if token[1] is not None else token[0], template)
    if not (_is_json(sample) or _is_lines_of_strings(sample)):
        raise ValidationException(
            f"Invalid InputTemplate for target {target} : it is neither JSON nor lines of JSON strings. "
            f"Put quotes around the text: {template!r}"
        )


def _is_json(text: str) -> bool:
    try:
        read_json(text)
    except BadJson:
        return False
    return True


def _is_lines_of_strings(text: str) -> bool:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return bool(lines) and all(line.startswith('"') and _is_json(line) for line in lines)


def _without_detail(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event as `<aws.events.event>` has it: `detailType`, and the time in milliseconds since 1970."""
    names = {"detail-type": "detailType"}
    found = {names.get(name, name): value for name, value in event.items() if name != "detail"}
    try:
        at = datetime.fromisoformat(found["time"])
    except (KeyError, TypeError, ValueError):
        return found  # an event that did not come from AWS: its time stays as it is
    return {**found, "time": round(at.timestamp() * 1000)}


def _checked(paths: Mapping[str, str], target: str) -> Mapping[str, str]:
    if len(paths) > MAX_VARIABLES:
        raise ValidationException(
            f"InputPathsMap for target {target} has {len(paths)} variables; the most is {MAX_VARIABLES}"
        )
    for name in paths:
        if not _VARIABLE.fullmatch(name) or name.upper().startswith("AWS"):
            raise ValidationException(
                f"InputPathsMap for target {target}: {name!r} is not a name for a variable "
                "(use 1 to 256 of A-Z a-z 0-9 _ - and do not begin with AWS)"
            )
    return paths
