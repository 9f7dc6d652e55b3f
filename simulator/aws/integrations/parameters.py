"""Turns a Task's parameters into those of an API.

Step Functions spells every field with a capital (`StateMachineArn`), leaves out those that are null, and does not
convert: a number for a member that is a string fails the execution (`The value for the field 'N' must be a STRING`).
Developer guide, "Integrating services with Step Functions".
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from botocore.model import ListShape, MapShape, StructureShape

from simulator.aws.asl.errors import RUNTIME, EvaluationError
from simulator.aws.asl.json_text import to_json
from simulator.aws.errors import validation_error

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from botocore.model import Shape

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
        as_json: members that take any JSON value, which is sent as its text. A string is sent as it is, because it is
            the text already (recorded on AWS for the Payload of `lambda:invoke` and `aws-sdk:lambda:invoke`).
        quoted: members that take any JSON value, which is sent as its text. A string is sent as JSON as well, in
            quotes (recorded on AWS for the Body of `aws-sdk:s3:putObject`).
    """

    def __init__(
        self,
        shape: StructureShape,
        *,
        refused: Collection[str] = (),
        as_json: Collection[str] = (),
        quoted: Collection[str] = (),
    ) -> None:
        self._shape = shape
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
        yield from _unknown(template, self._shape, action, "", self._any_json)
        for name in self._shape.required_members:
            if pascal(name) not in names:
                yield f"{action} needs the parameter {pascal(name)}"

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
        arguments = {} if problems else self._structure(values, self._shape, problems, top=True)
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
        self, values: dict[str, Any], shape: StructureShape, problems: list[str], *, top: bool = False
    ) -> dict[str, Any]:
        members = {pascal(name): name for name in shape.members}
        found = {}
        for name, value in values.items():
            if name not in members:
                problems.append(f"The field '{name}' is not supported by Step Functions")
            elif value is not None:
                member = shape.members[members[name]]
                found[members[name]] = (
                    _json_text(value, member, quoted=name in self._quoted)
                    if top and name in self._any_json
                    else self._value(value, member, name, problems)
                )
        return found

    def _value(self, value: Any, shape: Shape, name: str, problems: list[str]) -> Any:
        types, word = _TYPES[shape.type_name]
        fits: bool = isinstance(value, types) and (bool in types or not isinstance(value, bool))
        if not fits:
            problems.append(f"The value for the field '{name}' must be {word}")
        elif isinstance(shape, StructureShape):
            return self._structure(value, shape, problems)
        elif isinstance(shape, MapShape):
            return {key: self._value(entry, shape.value, key, problems) for key, entry in value.items()}
        elif isinstance(shape, ListShape):
            return [self._value(entry, shape.member, name, problems) for entry in value]
        elif shape.type_name == "blob":
            problems.append(f"The field '{name}' takes bytes, which is not simulated")
        return value


def pascal(name: str) -> str:
    """Return a member's name as Step Functions spells it."""
    return name[0].upper() + name[1:]


def _json_text(value: Any, shape: Shape, *, quoted: bool) -> str | bytes:
    text = value if isinstance(value, str) and not quoted else to_json(value)
    return text.encode("utf-8", "surrogatepass") if shape.type_name == "blob" else text


def _unknown(template: Any, shape: Shape, action: str, path: str, any_json: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each key of a template that is not a member of the shape."""
    if isinstance(shape, ListShape) and isinstance(template, list):
        for index, entry in enumerate(template):
            yield from _unknown(entry, shape.member, action, f"{path}[{index}]", ())
    elif isinstance(shape, MapShape) and isinstance(template, dict):
        for key, value in template.items():
            if not key.endswith(".$"):
                yield from _unknown(value, shape.value, action, f"{path}.{key}", ())
    elif isinstance(shape, StructureShape) and isinstance(template, dict):
        yield from _unknown_members(template, shape, action, path, any_json)


def _unknown_members(
    template: dict[str, Any], shape: StructureShape, action: str, path: str, any_json: Collection[str]
) -> Iterator[str]:
    members = {pascal(name): member for name, member in shape.members.items()}
    for key, value in template.items():
        name = key.removesuffix(".$")
        inner = f"{path}.{name}" if path else name
        if name not in members:
            close = get_close_matches(name, members, n=1)
            hint = f"did you mean {close[0]}?" if close else f"it has {', '.join(members)}"
            yield f"{action} has no parameter {inner} ({hint})"
        elif not key.endswith(".$") and not (name in any_json and not path):
            yield from _unknown(value, members[name], action, inner, ())
