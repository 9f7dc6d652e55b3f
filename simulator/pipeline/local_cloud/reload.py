"""Takes over what has changed on disk while the local cloud is up: definitions, the rule, the functions' code."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.aws.asl.definition.fields import InvalidDefinition
from simulator.aws.errors import ApiError
from simulator.aws.eventbridge.errors import InvalidEventPatternException, ValidationException
from simulator.aws.eventbridge.rule import parse_rule
from simulator.aws.lambda_runtime.function_config import InvalidFunctions, parse_functions
from simulator.pipeline.errors import CloudError
from simulator.pipeline.provisioning import BATCHES, DEFINITIONS, WORKFLOW, function_values, read_definition
from simulator.pipeline.uploads import RULES
from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from simulator.aws.eventbridge.rule_book import RuleBook
    from simulator.aws.lambda_runtime.lambda_service import LambdaService
    from simulator.aws.stepfunctions.service import StepFunctions
    from simulator.pipeline.provisioning import Resources

_MACHINES = (WORKFLOW, "dispatcher.asl.json")
_FUNCTIONS = "functions.json"


class Reload:
    """Takes over changed files. What cannot be used is told, and the one before stays.

    Executions that run keep their definition, and invocations that run keep their code; a running execution's next
    invocation has the new code, as on AWS.

    Args:
        step_functions: where the machines are.
        functions: the functions.
        rules: where the deployed rule is.
        resources: names and ARNs.
        definitions: the folder of the definitions.
    """

    def __init__(
        self,
        step_functions: StepFunctions,
        functions: LambdaService,
        rules: RuleBook,
        resources: Resources,
        definitions: Path = DEFINITIONS,
    ) -> None:
        self._step_functions = step_functions
        self._functions = functions
        self._rules = rules
        self._resources = resources
        self._definitions = definitions

    def take_over(self, changed: Collection[Path]) -> Iterator[str]:
        """Take over files that have changed, and yield a sentence about each."""
        ours = {path.name for path in changed if path.parent == self._definitions}
        code = [path for path in changed if path.suffix == ".py"]
        for name in _MACHINES:
            if name in ours or (name == WORKFLOW and BATCHES in ours):
                yield self._machine(name)
        for name in RULES:
            if name in ours:
                yield self._rule(name)
        if code or _FUNCTIONS in ours:
            yield self._take_functions(code)
            yield from self._used_by_the_simulator(code)
        later = {path for path in changed if path.suffix in (".json", ".sql")}
        later -= {self._definitions / name for name in (*_MACHINES, BATCHES, *RULES, _FUNCTIONS)}
        for path in sorted(later):
            yield f"{path.name} has changed. It is read when the local cloud starts: {_start_again()}"

    def _machine(self, file: str) -> str:
        arn = self._resources.workflow_arn if file == _MACHINES[0] else self._resources.dispatcher_arn
        try:
            text = read_definition(file, self._resources.placeholders, self._definitions)
            self._step_functions.update_state_machine(arn, definition=text)
        except InvalidDefinition as error:
            lines = "".join(f"\n  {problem}" for problem in error.problems)
            return f"{file} cannot be run, and the definition before it stays:{lines}"
        except (CloudError, ApiError) as error:
            return f"{error}\nThe definition before it stays."
        return f"{file} is taken over: the next execution of {arn.rpartition(':')[2]} runs it."

    def _rule(self, file: str) -> str:
        try:
            text = read_definition(file, self._resources.placeholders, self._definitions)
            rule = parse_rule(text, file)
        except (CloudError, InvalidEventPatternException, ValidationException) as error:
            return f"{error}\nThe rule before it stays."
        self._rules.put(rule)
        return f"{file} is taken over: the next event meets it."

    def _take_functions(self, code: Collection[Path]) -> str:
        try:
            configs = parse_functions(read_definition(_FUNCTIONS, function_values(), self._definitions))
        except (CloudError, InvalidFunctions) as error:
            return f"{_FUNCTIONS} cannot be used, and the one before it stays: {error}"
        for path in code:
            # Python takes a cached file for a source of the same second and size.
            Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)
        problems = [
            f"\n  {config.name}: {problem}" for config in configs if (problem := self._functions.load_problem(config))
        ]
        if problems:
            return (
                "The functions' code does not load. Environments that are warm keep the code before it; "
                f"new ones fail until it is corrected:{''.join(problems)}"
            )
        self._functions.reload(configs)
        names = ", ".join(sorted(f"{path.parent.name}/{path.name}" for path in code)) or _FUNCTIONS
        return f"{names}: the functions' next invocations run the new code."

    @staticmethod
    def _used_by_the_simulator(code: Collection[Path]) -> Iterator[str]:
        """Name the changed modules that the simulator has imported for itself, such as the CSV dialect."""
        files = {
            getattr(module, "__file__", None)
            for name, module in list(sys.modules.items())
            if name.startswith("lambdas.")
        }
        for path in sorted(code):
            if str(path) in files:
                yield (
                    f"{path.parent.name}/{path.name} is also used by the simulator itself, which keeps the old one "
                    f"until it starts again: {_start_again()}"
                )


def _start_again() -> str:
    return f"{command('down')} && {command('up')}"
