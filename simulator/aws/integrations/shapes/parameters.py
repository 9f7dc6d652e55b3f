"""Turns a Task's parameters into those of an API.

Step Functions spells every field with a capital (`StateMachineArn`), leaves out those that are null, and does not
convert: a number for a member that is a string fails the execution (`The value for the field 'N' must be a STRING`).
Developer guide, "Integrating services with Step Functions".
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from botocore.model import ListShape, MapShape, StructureShape

from simulator.aws.asl.errors import RUNTIME, EvaluationError
from simulator.aws.asl.expressions.timestamps import parse_time
from simulator.aws.asl.json_text import to_json
from simulator.aws.errors import validation_error
from simulator.aws.integrations.shapes.java_names import capital

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from botocore.model import Shape

    Spelling = Callable[[str], str]

_INDEX = re.compile(r"\[\d+\]")
_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "string": ((str,), "a STRING"),
    "timestamp": ((str,), "a STRING"),
    "blob": ((str,), "a STRING"),
    "boolean": ((bool,), "a BOOLEAN"),
    "integer": ((int,), "an INTEGER"),
    "long": ((int,), "a LONG"),
    "float": ((int, float), "a FLOAT"),
    "double": ((int, float), "a DOUBLE"),
    "list": ((list,), "an ARRAY"),
    "map": ((dict,), "an OBJECT"),
    "structure": ((dict,), "an OBJECT"),
}


class Parameters:
    """The parameters of one API action.

    Args:
        shape: the API's input.
        refused: members that AWS has and the simulator does not.
        as_json: members (`Input`, or `Entries.Detail` for one inside a list) that take any JSON value, which is sent
            as its text. A string is sent as it is, because it is the text already (recorded on AWS for the Payload of
            `lambda:invoke` and `aws-sdk:lambda:invoke`).
        quoted: members that take any JSON value, which is sent as its text. A string is sent as JSON as well, in
            quotes (recorded on AWS for the Body of `aws-sdk:s3:putObject`).
        spell: makes a parameter's name of a member's.
    """

    def __init__(
        self,
        shape: StructureShape,
        *,
        refused: Collection[str] = (),
        as_json: Collection[str] = (),
        quoted: Collection[str] = (),
        spell: Spelling = capital,
    ) -> None:
        self._shape = shape
        self._spell = spell
        self._refused = refused
        self._any_json = frozenset((*as_json, *quoted))
        self._quoted = quoted

    def problems(self, action: str, template: Any) -> Iterator[str]:
        """Say what is wrong with `Parameters` as written; its keys may end in `.$`."""
        if not isinstance(template, dict):
            return
        names = {name.removesuffix(".$") for name in template}
        for name in sorted(names.intersection(self._refused)):
            yield f"{action}: the parameter {name} is not simulated"
        yield from self._unknown(template, self._shape, action, "")
        for name in self._shape.required_members:
            if self._spell(name) not in names:
                yield f"{action} needs the parameter {self._spell(name)}"

    def to_api(self, values: Any) -> dict[str, Any]:
        """Return an API call's arguments for a Task's effective input.

        Raises:
            EvaluationError: States.Runtime, if a field is unknown or of the wrong type.
            ApiError: ValidationException, if a required field is missing or null.
        """
        problems: list[str] = []
        if not isinstance(values, dict):
            problems.append("The Parameters must be a JSON object")
        else:
            problems += [
                f"The field '{name}' is not simulated"
                for name in values
                if name in self._refused and values[name] is not None
            ]
        arguments = {} if problems else self._structure(values, self._shape, problems, "")
        if problems:
            raise EvaluationError(
                RUNTIME,
                f"The Parameters '{to_json(values)}' could not be used to start the Task: [{'; '.join(problems)}]",
            )
        missing = [name for name in self._shape.required_members if name not in arguments]
        if missing:
            found = "; ".join(
                f"Value null at '{name[0].lower()}{name[1:]}' failed to satisfy constraint: Member must not be null"
                for name in missing
            )
            raise validation_error(f"{len(missing)} validation error{'s' * (len(missing) > 1)} detected: {found}")
        return arguments

    def _structure(
        self, values: dict[str, Any], shape: StructureShape, problems: list[str], path: str
    ) -> dict[str, Any]:
        members = self._members(shape)
        found = {}
        for name, value in values.items():
            if name not in members:
                problems.append(f"The field '{name}' is not supported by Step Functions")
            elif value is not None:
                member = shape.members[members[name]]
                inner = f"{path}{name}"
                found[members[name]] = (
                    _json_text(value, member, quoted=inner in self._quoted)
                    if inner in self._any_json
                    else self._value(value, member, name, problems, inner)
                )
        return found

    def _value(self, value: Any, shape: Shape, name: str, problems: list[str], path: str) -> Any:
        if getattr(shape, "is_document_type", False):
            return value
        types, word = _TYPES[shape.type_name]
        fits: bool = isinstance(value, types) and (bool in types or not isinstance(value, bool))
        if not fits:
            problems.append(f"The value for the field '{name}' must be {word}")
        elif isinstance(shape, StructureShape):
            return self._structure(value, shape, problems, f"{path}.")
        elif isinstance(shape, MapShape):
            return {key: self._value(entry, shape.value, key, problems, path) for key, entry in value.items()}
        elif isinstance(shape, ListShape):
            return [self._value(entry, shape.member, name, problems, path) for entry in value]
        elif shape.type_name == "blob":
            problems.append(f"The field '{name}' takes bytes, which is not simulated")
        elif shape.type_name == "timestamp":
            moment = parse_time(value)
            if moment is None:
                problems.append(f"The value for the field '{name}' must be a TIMESTAMP in ISO 8601")
            return moment
        return value

    def _members(self, shape: StructureShape) -> dict[str, str]:
        """Return a structure's members: Step Functions' name -> the API's."""
        members = {self._spell(name): name for name in shape.members}
        # DynamoDB's types are accepted as its API writes them (BOOL) and as the SDK does (Bool): none is recorded.
        return {**members, **{name: name for name in shape.members}} if shape.name == "AttributeValue" else members

    def _unknown(self, template: Any, shape: Shape, action: str, path: str) -> Iterator[str]:
        """Yield a sentence for each key of a template that is not a member of the shape."""
        if isinstance(shape, ListShape) and isinstance(template, list):
            for index, entry in enumerate(template):
                yield from self._unknown(entry, shape.member, action, f"{path}[{index}]")
        elif isinstance(shape, MapShape) and isinstance(template, dict):
            for key, value in template.items():
                if not key.endswith(".$"):
                    yield from self._unknown(value, shape.value, action, f"{path}.{key}")
        elif isinstance(shape, StructureShape) and isinstance(template, dict) and not shape.is_document_type:
            yield from self._unknown_members(template, shape, action, path)

    def _unknown_members(
        self, template: dict[str, Any], shape: StructureShape, action: str, path: str
    ) -> Iterator[str]:
        members = self._members(shape)
        for key, value in template.items():
            name = key.removesuffix(".$")
            inner = f"{path}.{name}" if path else name
            if name not in members:
                close = get_close_matches(name, members, n=1) or [one for one in members if one.lower() == name.lower()]
                hint = f"did you mean {close[0]}?" if close else f"it has {', '.join(members)}"
                yield f"{action} has no parameter {inner} ({hint})"
            elif not key.endswith(".$") and _INDEX.sub("", inner) not in self._any_json:
                yield from self._unknown(value, shape.members[members[name]], action, inner)


def _json_text(value: Any, shape: Shape, *, quoted: bool) -> str | bytes:
    text = value if isinstance(value, str) and not quoted else to_json(value)
    return text.encode("utf-8", "surrogatepass") if shape.type_name == "blob" else text
