"""How a state reads its input and makes its output: the only place that knows the query language.

JSONPath mode, States Language "Input and Output Processing":
input -> InputPath -> Parameters -> (the state) -> ResultSelector -> ResultPath -> OutputPath -> output.

JSONata mode, "JSONata": input -> Arguments -> (the state) -> Output -> output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from simulator.aws.asl.definition.fields import JSONATA
from simulator.aws.asl.errors import RESULT_PATH_MATCH_FAILURE, EvaluationError
from simulator.aws.asl.expressions.jsonpath import PathNotFoundError, PathSyntaxError, ReferencePath
from simulator.aws.asl.expressions.path_fields import PathField
from simulator.aws.asl.expressions.templates import PayloadTemplate
from simulator.aws.asl.json_text import to_json

if TYPE_CHECKING:
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.expressions.scope import Scope
    from simulator.aws.asl.runtime.frame import Frame


class DataFlow(Protocol):
    """The data flow of one state."""

    def effective_input(self, frame: Frame, data: Any) -> Any:
        """Return the state's effective input."""
        ...

    def selected(self, frame: Frame, result: Any) -> Any:
        """Return the result that the output is made of."""
        ...

    def output(self, frame: Frame, data: Any, result: Any) -> Any:
        """Return the state's output; `data` is its raw input, `result` what `selected` returned."""
        ...

    def passed(self, frame: Frame, chosen: Any) -> Any:
        """Return the output of a state that has no result; `chosen` is its effective input."""
        ...

    def assign_scope(self, frame: Frame, data: Any, result: Any) -> Scope:
        """Return what the expressions of Assign see."""
        ...


def data_flow(
    fields: Fields, *, parameters: str | None = None, result: bool = False, selector: bool = False
) -> DataFlow:
    """Read the data flow of one state, in the state's query language.

    Args:
        fields: the state's fields; problems are noted there.
        parameters: which template field makes the effective input in JSONPath mode (`Parameters`; in JSONata mode it
            is `Arguments`), None if the state has none.
        result: whether the state has a result (ResultPath).
        selector: whether ResultSelector may shape the result.
    """
    if fields.language == JSONATA:
        return JsonataFlow(fields, arguments=parameters is not None and fields.raw.get("Type") != "Pass")
    return JsonPathFlow(fields, parameters=parameters, result=result, selector=selector)


def parameters_name(fields: Fields) -> str:
    """Return the name of the field with a call's parameters, which depends on the query language."""
    return "Arguments" if fields.language == JSONATA else "Parameters"


class JsonataFlow:
    """The data flow of one state in JSONata mode."""

    __slots__ = ("_arguments", "_output")

    def __init__(self, fields: Fields, *, arguments: bool) -> None:
        self._arguments = PayloadTemplate.of(fields, "Arguments", kinds=(object,)) if arguments else None
        self._output = output_of(fields, "result")

    def effective_input(self, frame: Frame, data: Any) -> Any:
        """Return the state's effective input: Arguments, or its input."""
        return data if self._arguments is None else self._arguments.evaluate(frame.scope(data))

    def selected(self, frame: Frame, result: Any) -> Any:
        """Return the result as it is."""
        del frame
        return result

    def output(self, frame: Frame, data: Any, result: Any) -> Any:
        """Return the state's output: Output, or its result."""
        return result if self._output is None else self._output.evaluate(self.assign_scope(frame, data, result))

    def passed(self, frame: Frame, chosen: Any) -> Any:
        """Return the output of a state that has no result: Output, or its input."""
        return chosen if self._output is None else self._output.evaluate(frame.scope(chosen))

    def assign_scope(self, frame: Frame, data: Any, result: Any) -> Scope:
        """Return what the expressions of Output and Assign see."""
        return frame.scope(data, {"result": result})


class CaughtFlow(Protocol):
    """The data flow of one catcher."""

    def output(self, frame: Frame, data: Any, caught: dict[str, str]) -> Any:
        """Return the state's output; `data` is its raw input, `caught` the error."""
        ...

    def assign_scope(self, frame: Frame, data: Any, caught: dict[str, str]) -> Scope:
        """Return what the expressions of the catcher's Assign see."""
        ...


def caught_flow(fields: Fields) -> CaughtFlow:
    """Read the data flow of one catcher, in its state's query language."""
    return JsonataCaughtFlow(fields) if fields.language == JSONATA else JsonPathCaughtFlow(fields)


class JsonataCaughtFlow:
    """Output, or the error as it is."""

    __slots__ = ("_output",)

    def __init__(self, fields: Fields) -> None:
        self._output = output_of(fields, "errorOutput")

    def output(self, frame: Frame, data: Any, caught: dict[str, str]) -> Any:
        """Return the state's output."""
        return caught if self._output is None else self._output.evaluate(self.assign_scope(frame, data, caught))

    def assign_scope(self, frame: Frame, data: Any, caught: dict[str, str]) -> Scope:
        """Return what the expressions of Output and Assign see."""
        return frame.scope(data, {"errorOutput": caught})


class JsonPathCaughtFlow:
    """The error put into the raw input by ResultPath."""

    __slots__ = ("_result_path",)

    def __init__(self, fields: Fields) -> None:
        self._result_path = result_path_of(fields)

    def output(self, frame: Frame, data: Any, caught: dict[str, str]) -> Any:
        """Return the state's output."""
        del frame
        return caught if self._result_path is None else self._result_path.combine(data, caught)

    def assign_scope(self, frame: Frame, data: Any, caught: dict[str, str]) -> Scope:
        """Return what the expressions of Assign see: `$` is the error."""
        del data
        return frame.scope(caught)


def output_of(fields: Fields, *sees: str) -> PayloadTemplate | None:
    """Return the Output of a JSONata state, catcher or Choice rule; None if it has none."""
    return PayloadTemplate.of(fields, "Output", kinds=(object,), sees=sees)


class JsonPathFlow:
    """The data flow of one state in JSONPath mode; see `data_flow`."""

    __slots__ = ("_input_path", "_output_path", "_parameters", "_result_path", "_selector")

    def __init__(
        self, fields: Fields, *, parameters: str | None = None, result: bool = False, selector: bool = False
    ) -> None:
        self._input_path = PathField(fields, "InputPath")
        self._parameters = _template_of_anything(fields, parameters) if parameters else None
        self._selector = PayloadTemplate.of(fields, "ResultSelector") if selector else None
        self._result_path = result_path_of(fields) if result else None
        self._output_path = PathField(fields, "OutputPath")

    def effective_input(self, frame: Frame, data: Any) -> Any:
        """Return the state's effective input: InputPath, then Parameters."""
        chosen = read_field(self._input_path, frame, data)
        return chosen if self._parameters is None else self._parameters.evaluate(frame.scope(chosen))

    def selected(self, frame: Frame, result: Any) -> Any:
        """Return the result after ResultSelector."""
        return result if self._selector is None else self._selector.evaluate(frame.scope(result))

    def output(self, frame: Frame, data: Any, result: Any) -> Any:
        """Return the state's output: the (selected) result put into the raw input by ResultPath, then OutputPath."""
        combined = result if self._result_path is None else self._result_path.combine(data, result)
        return read_field(self._output_path, frame, combined)

    def passed(self, frame: Frame, chosen: Any) -> Any:
        """Return the output of a state that has no result: OutputPath on its effective input."""
        return read_field(self._output_path, frame, chosen)

    def assign_scope(self, frame: Frame, data: Any, result: Any) -> Scope:
        """Return what the expressions of Assign see: `$` is the result after ResultSelector."""
        del data
        return frame.scope(result)


def read_field(field: PathField, frame: Frame, data: Any) -> Any:
    """Return what InputPath or OutputPath chooses of `data`."""
    return data if field.is_input else field.read(frame.scope(data))


class ResultPath:
    """Where a result goes in the raw input: a reference path, or null to drop the result."""

    __slots__ = ("path",)

    def __init__(self, path: ReferencePath | None) -> None:
        self.path = path

    def combine(self, data: Any, result: Any) -> Any:
        """Return the raw input with the result in it."""
        if self.path is None:
            return data
        try:
            return self.path.put(data, result)
        except PathNotFoundError as error:
            raise EvaluationError(
                RESULT_PATH_MATCH_FAILURE, f"Unable to apply ReferencePath {self.path.text} to input {to_json(data)}"
            ) from error


def result_path_of(fields: Fields) -> ResultPath | None:
    """Return the ResultPath of a state or a catcher; None if it replaces the whole input (`$`, the default)."""
    raw = fields.take("ResultPath", "$")
    if raw is None:
        return ResultPath(None)
    try:
        path = ReferencePath(raw) if isinstance(raw, str) else None
    except PathSyntaxError as error:
        fields.problem("ResultPath", f"cannot be read: {error}", aws="Value is not a Reference Path")
        return None
    if path is None:
        fields.problem("ResultPath", "must be a reference path or null")
    return ResultPath(path) if path is not None and path.steps else None


def _template_of_anything(fields: Fields, name: str) -> PayloadTemplate | None:
    return PayloadTemplate.of(fields, name, kinds=(object,))
