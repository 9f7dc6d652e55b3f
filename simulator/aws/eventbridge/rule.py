"""A rule and its targets, read from the same file that is deployed.

The fields are those of PutRule and PutTargets, spelled as in CloudFormation's AWS::Events::Rule.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator
from pydantic.alias_generators import to_pascal

from simulator.aws.eventbridge.errors import InvalidEventPatternException, ValidationException
from simulator.aws.eventbridge.input_transformer import MISSING, InputPath, InputTransformer, RuleFacts
from simulator.aws.eventbridge.json_document import compact
from simulator.aws.eventbridge.pattern import EventPattern
from simulator.aws.json_reader import read_json, refuse_repeated

_LEFT_OVER = re.compile(r"\$\{[^}]*\}")
_Name = Annotated[str, Field(pattern=r"^[.\-_A-Za-z0-9]+$", max_length=64)]
_Arn = Annotated[str, Field(pattern=r"^arn:[^:]+:[^:]+:", max_length=1600)]


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_pascal, extra="forbid", frozen=True, strict=True)


class RetryPolicy(_Model):
    """How often and how long EventBridge tries to deliver. The defaults are those of AWS."""

    maximum_retry_attempts: int = Field(default=185, ge=0, le=185)
    maximum_event_age_in_seconds: int = Field(default=86_400, ge=60, le=86_400)


class DeadLetterConfig(_Model):
    """The SQS queue for events that could not be delivered."""

    arn: _Arn


class InputTransformerFields(_Model):
    """The fields of an InputTransformer."""

    input_paths_map: dict[str, str] | None = None
    input_template: str


class Target(_Model):
    """One target of a rule. It has at most one of Input, InputPath and InputTransformer, or it gets the whole event."""

    id: _Name
    arn: _Arn
    role_arn: _Arn | None = None
    input: str | None = None
    input_path: str | None = None
    input_transformer: InputTransformerFields | None = None
    retry_policy: RetryPolicy = RetryPolicy()
    dead_letter_config: DeadLetterConfig | None = None

    _transformer: InputTransformer | None = PrivateAttr(None)
    _path: InputPath | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _check(self) -> Target:
        given = [name for name in ("input", "input_path", "input_transformer") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(
                f"Only one of Input, InputPath, or InputTransformer must be provided for target {self.id}."
            )
        if ":states:" in self.arn and self.role_arn is None:
            raise ValueError(f"RoleArn is required for target {self.arn}.")
        # Recorded on AWS: an empty Input is accepted (nothing is delivered), an empty InputPath too (it gives `{}`).
        if self.input:
            read_json(self.input)
        if self.input_path:
            self._path = InputPath(self.input_path, self.id)
        if (fields := self.input_transformer) is not None:
            self._transformer = InputTransformer(fields.input_paths_map, fields.input_template, self.id)
        return self

    def input_for(self, event: dict[str, Any], facts: RuleFacts) -> str:
        """Return the text of this target's input for an event; if it is empty, nothing is delivered.

        Raises:
            TargetError: INVALID_JSON; the error has the text.
        """
        if self.input is not None:
            return self.input
        if self._transformer is not None:
            return self._transformer.transform(event, facts)
        if self.input_path is None:
            return compact(event)
        value = None if self._path is None else self._path.find(event)
        return compact({} if value is None or value is MISSING else value)


class Rule(_Model):
    """A rule of the default event bus. `parse_rule` reads one from a file, `make_rule` makes one of PutRule's fields.

    `event_pattern` is an object, or its text as PutRule was given it.
    """

    name: _Name
    description: str = Field(default="", max_length=512)
    state: Literal["ENABLED", "DISABLED"] = "ENABLED"
    role_arn: _Arn | None = None
    event_pattern: dict[str, Any] | str
    targets: list[Target] = Field(default=[], max_length=5)

    _pattern: EventPattern = PrivateAttr()

    @model_validator(mode="after")
    def _check(self) -> Rule:
        self._pattern = EventPattern(self.event_pattern)
        ids = [target.id for target in self.targets]
        if len(set(ids)) < len(ids):
            raise ValueError(f"two targets have the same Id ({', '.join(ids)})")
        return self

    @property
    def pattern_text(self) -> str:
        """The pattern as JSON text, as DescribeRule gives it."""
        return self.event_pattern if isinstance(self.event_pattern, str) else compact(self.event_pattern)

    @property
    def pattern(self) -> EventPattern:
        """The pattern of the events that the rule is for."""
        return self._pattern


def parse_rule(text: str, source: str = "the rule") -> Rule:
    """Read a rule from its text. Every `${...}` in it must have been replaced.

    Args:
        text: the JSON text.
        source: its name in messages: the file's path.

    Raises:
        ValidationException: names every field that is wrong.
        InvalidEventPatternException: the pattern is refused.
    """
    if left := sorted(set(_LEFT_OVER.findall(text))):
        raise ValidationException(f"{source}: no value was put in for {', '.join(left)}")
    try:
        fields = read_json(text, repeated=refuse_repeated)
    except ValueError as error:
        raise ValidationException(f"{source} is not JSON: {error}") from error
    rule = make_rule(fields, source)
    if not rule.targets:
        raise ValidationException(f"{source}: Targets: a rule without a target does nothing")
    return rule


def make_rule(fields: Any, source: str = "the rule") -> Rule:
    """Make a rule of its fields.

    Args:
        fields: a JSON object: PutRule's members, and `Targets`.
        source: its name in messages.

    Raises:
        ValidationException: names every field that is wrong.
        InvalidEventPatternException: the pattern is refused.
    """
    try:
        if isinstance(fields, dict) and isinstance(fields.get("EventPattern"), dict | str):
            EventPattern(fields["EventPattern"])
        return Rule.model_validate(fields)
    except InvalidEventPatternException as error:
        raise InvalidEventPatternException(error.reason, f"{source}: EventPattern.{error.where}") from error
    except ValidationError as error:
        raise ValidationException("\n".join(_sentences(error, source))) from error


def make_target(fields: Any) -> Target:
    """Make a target of PutTargets' members.

    Raises:
        ValidationException: with every problem.
    """
    try:
        return Target.model_validate(fields)
    except ValidationError as error:
        source = f"the target {fields.get('Id')}" if isinstance(fields, dict) else "the target"
        raise ValidationException("; ".join(_sentences(error, source))) from error


def _sentences(error: ValidationError, source: str) -> list[str]:
    """Return a sentence per problem; AWS's own sentences name their target and stand alone."""
    return [
        f"{source}: {'.'.join(map(str, one['loc'])) or 'the rule'}: {one['msg'].removeprefix('Value error, ')}"
        for one in error.errors(include_url=False)
    ]
