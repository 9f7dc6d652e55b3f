"""Fields of a state that hold a path: `InputPath`, `OutputPath`, `ItemsPath` and the other `...Path` fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import RUNTIME, EvaluationError
from simulator.aws.asl.expressions.jsonpath import PathNotFoundError, PathSyntaxError, compile_path
from simulator.aws.asl.expressions.scope import Scope

if TYPE_CHECKING:
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.expressions.jsonpath import Path
    from simulator.aws.asl.runtime.frame import Frame


class PathField:
    """`InputPath`, `OutputPath` and their like: a path, or null for an empty object."""

    __slots__ = ("path",)

    def __init__(self, fields: Fields, name: str) -> None:
        self.path: Path | None = compile_path("$")
        raw = fields.take(name, "$")
        try:
            self.path = (
                None if raw is None else compile_path(raw) if isinstance(raw, str) else self._refuse(fields, name)
            )
        except PathSyntaxError as error:
            fields.problem(name, f"cannot be read: {error}")

    @staticmethod
    def _refuse(fields: Fields, name: str) -> Path:
        fields.problem(name, "must be a path or null")
        return compile_path("$")

    def read(self, frame: Frame, data: Any) -> Any:
        """Return what the path names; an empty object for null."""
        path = self.path
        if path is None:
            return {}
        if path.steps == () and path.source == "input":
            return data
        return read_path(path, frame, data)


def read_path(path: Path, frame: Frame, data: Any) -> Any:
    """Return what a path of a state's field names.

    Raises:
        EvaluationError: States.Runtime in AWS's words, where it names nothing.
    """
    try:
        return path.read(Scope(frame, data))
    except PathNotFoundError as error:
        raise EvaluationError(RUNTIME, f"Invalid path '{path.text}' : {error}") from error


def path_field(fields: Fields, name: str) -> Path | None:
    """Return a `...Path` field of a state, compiled; None where it is absent or no path (a problem then)."""
    text = fields.string(name)
    if text is None:
        return None
    try:
        return compile_path(text)
    except PathSyntaxError as error:
        fields.problem(name, f"cannot be read: {error}")
        return None
