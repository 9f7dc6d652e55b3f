"""The Wait state: lets time go by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import RUNTIME, EvaluationError, QueryEvaluationError
from simulator.aws.asl.expressions.jsonata import jsonata_field
from simulator.aws.asl.expressions.jsonpath import PathNotFoundError
from simulator.aws.asl.expressions.number_field import NumberField
from simulator.aws.asl.expressions.path_fields import long_of, reference_field
from simulator.aws.asl.expressions.timestamps import parse_time
from simulator.aws.asl.json_text import to_json
from simulator.aws.asl.quotas import MAX_SECONDS
from simulator.aws.asl.states.data_flow import data_flow
from simulator.aws.asl.states.state import Assign, Outcome, State, Transition

if TYPE_CHECKING:
    from datetime import datetime

    from simulator.aws.asl.definition.build_context import BuildContext
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.expressions.jsonata import Jsonata
    from simulator.aws.asl.expressions.jsonpath import Path
    from simulator.aws.asl.expressions.scope import Scope
    from simulator.aws.asl.runtime.frame import Frame


class WaitState(State):
    """States Language, "Wait State": one of Seconds, SecondsPath, Timestamp, TimestampPath."""

    kind = "Wait"

    def __init__(self, name: str, fields: Fields, context: BuildContext) -> None:  # noqa: ARG002 - one signature for all
        super().__init__(name, fields)
        self.flow = data_flow(fields)
        forms = ("Seconds", "SecondsPath", "Timestamp", "TimestampPath")
        fields.exclude(*forms)
        if not any(form in fields for form in forms):
            fields.problem("", f"needs one of {', '.join(forms)}")
        self._seconds = NumberField(fields, "Seconds", least=0, most=MAX_SECONDS)
        self._seconds_path = reference_field(fields, "SecondsPath")
        before = len(fields.problems)
        self._until_expression = jsonata_field(fields, "Timestamp")
        literal = self._until_expression is None and len(fields.problems) == before
        self._until = self._timestamp(fields) if literal else None
        self._until_path = reference_field(fields, "TimestampPath")
        self._assign = Assign(fields)
        self.transition = Transition(fields)

    @staticmethod
    def _timestamp(fields: Fields) -> datetime | None:
        text = fields.string("Timestamp")
        moment = parse_time(text)
        if text is not None and moment is None:
            fields.problem(
                "Timestamp",
                f"must be an RFC 3339 time like 2016-03-14T01:59:00Z, not {text!r}",
                aws="String does not match RFC3339 timestamp",
            )
        return moment

    def execute(self, frame: Frame, data: Any) -> Outcome:
        """Wait, then hand the input on."""
        chosen = self.flow.effective_input(frame, data)
        frame.sleep(self._duration(frame, chosen))
        output = self.flow.passed(frame, chosen)
        return output, self.transition.next, self._assign.values(frame, frame.scope(chosen))

    def _duration(self, frame: Frame, data: Any) -> float:
        if (seconds := self._seconds.read(frame.scope(data))) is not None:
            return float(seconds)
        if self._seconds_path is not None:
            return self._seconds_of(_named(self._seconds_path, "SecondsPath", frame, data), self._seconds_path.text)
        until = self._until
        if self._until_expression is not None:
            until = self._time_of(self._until_expression, frame.scope(data))
        if self._until_path is not None:
            value = _named(self._until_path, "TimestampPath", frame, data)
            until = parse_time(value)
            if until is None:
                shown = value if isinstance(value, str) else to_json(value)
                raise EvaluationError(
                    RUNTIME,
                    "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time "
                    f"format string: {self._until_path.text} == {shown}",
                )
        return (until - frame.clock.now()).total_seconds() if until else 0

    @staticmethod
    def _time_of(expression: Jsonata, scope: Scope) -> datetime:
        value = expression.expect(scope, "string")
        moment = parse_time(value)
        if moment is None:
            raise QueryEvaluationError(  # AWS's words are not known
                f"The JSONata expression '{expression.text}' specified for the field '{expression.path}' returned an "
                f"unexpected result. Expected an RFC 3339 timestamp, but was {to_json(value)}",
                expression.path,
            )
        return moment

    @staticmethod
    def _seconds_of(value: Any, text: str) -> int:
        seconds = long_of(value)
        if seconds is None:
            shown = value if isinstance(value, str) else to_json(value)
            raise EvaluationError(
                RUNTIME, f"The SecondsPath parameter cannot be parsed as a long value: {text} == {shown}"
            )
        if seconds < 0:
            raise EvaluationError(RUNTIME, f"The SecondsPath parameter references a negative value: {text} == {value}")
        if seconds > MAX_SECONDS:
            raise EvaluationError(
                RUNTIME, f"The SecondsPath parameter references a value above {MAX_SECONDS}: {text} == {value}"
            )
        return seconds


def _named(path: Path, field: str, frame: Frame, data: Any) -> Any:
    """Return what the path of a field names; the words of the failure are recorded on AWS (for SecondsPath)."""
    try:
        return path.read(frame.scope(data))
    except PathNotFoundError as error:
        raise EvaluationError(
            RUNTIME, f"The {field} parameter does not reference an input value: {path.text}"
        ) from error
