"""The Choice state: goes to the state that the first rule that holds names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.aws.asl.definition.fields import JSONATA
from simulator.aws.asl.errors import RUNTIME, EvaluationError
from simulator.aws.asl.expressions.choice_rule import compile_rule
from simulator.aws.asl.expressions.jsonata import jsonata_field
from simulator.aws.asl.states.data_flow import data_flow, output_of
from simulator.aws.asl.states.state import Assign, Outcome, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.asl.definition.build_context import BuildContext
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.expressions.scope import Scope
    from simulator.aws.asl.expressions.templates import PayloadTemplate
    from simulator.aws.asl.runtime.frame import Frame


class Rule(NamedTuple):
    """A top-level rule: its test, where it leads, what it assigns."""

    test: Callable[[Scope], bool]
    next: str
    output: PayloadTemplate | None
    assign: Assign


class ChoiceTargets:
    """The states that a Choice can lead to."""

    def __init__(self, targets: list[str], default: str | None) -> None:
        self._targets = targets
        self._default = default
        self.next = None

    def targets(self) -> list[str]:
        """Return the names of the states it can lead to."""
        return self._targets + ([self._default] if self._default is not None else [])


class ChoiceState(State):
    """States Language, "Choice State".

    Recorded on AWS: without a match and without Default the error is States.Runtime, which no Catch catches (not even
    of a Parallel or Map around it), and not the States.NoChoiceMatched of the States Language.
    """

    kind = "Choice"

    def __init__(self, name: str, fields: Fields, context: BuildContext) -> None:  # noqa: ARG002 - one signature for all
        super().__init__(name, fields)
        self.flow = data_flow(fields)
        self._rules: list[Rule] = []
        # Those of rules with problems too, or the states they lead to would seem never reached.
        self._targets: list[str] = []
        choices = fields.objects("Choices", required=True)
        if "Choices" in fields and not choices:
            fields.problem("Choices", "needs at least one rule")
        for entry in choices:
            self._add(entry)
        self._default = fields.string("Default")
        self._assign = Assign(fields)
        self.transition = ChoiceTargets(self._targets, self._default)

    def _add(self, entry: Fields) -> None:
        following = entry.string("Next", required=True)
        assign = Assign(entry)
        is_jsonata = entry.language == JSONATA
        output = output_of(entry) if is_jsonata else None
        test = _condition(entry) if is_jsonata else compile_rule(entry)
        entry.refuse_rest("a Choice rule")
        if following is not None:
            self._targets.append(following)
        if test is not None and following is not None:
            self._rules.append(Rule(test, following, output, assign))

    def execute(self, frame: Frame, data: Any) -> Outcome:
        """Hand the input on to the first rule that holds, else to Default."""
        chosen = self.flow.effective_input(frame, data)
        scope = frame.scope(chosen)
        for rule in self._rules:
            if rule.test(scope):
                output = self.flow.passed(frame, chosen) if rule.output is None else rule.output.evaluate(scope)
                return output, rule.next, rule.assign.values(frame, scope)
        if self._default is None:
            raise EvaluationError(
                RUNTIME, "Failed to transition out of the state. The state does not point to a next state."
            )
        return self.flow.passed(frame, chosen), self._default, self._assign.values(frame, scope)


def _condition(fields: Fields) -> Callable[[Scope], bool] | None:
    """Return the test of a JSONata rule: `Condition`, an expression or a boolean."""
    before = len(fields.problems)
    expression = jsonata_field(fields, "Condition")
    if expression is not None:
        return lambda scope: expression.expect(scope, "boolean") is True
    value = fields.take("Condition")
    if "Condition" not in fields:
        fields.problem("", "needs the field Condition", aws="These fields are required: [Condition]")
    elif not isinstance(value, bool) and len(fields.problems) == before:
        fields.problem("Condition", "must be a JSONata expression like {% $states.input.ok %}, or true or false")
    return (lambda _scope: value) if isinstance(value, bool) else None
