"""Turns a definition into a state machine, collecting every problem on the way.

States Language, "Structure of a State Machine".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.definition.build_context import BuildContext
from simulator.aws.asl.definition.fields import JSONATA, JSONPATH, Fields, InvalidDefinition, Problem
from simulator.aws.asl.quotas import MAX_DEFINITION_BYTES, MAX_SECONDS
from simulator.aws.asl.runtime.state_machine import StateMachine
from simulator.aws.asl.states.choice import ChoiceState
from simulator.aws.asl.states.fail import FailState
from simulator.aws.asl.states.maps.map_state import map_state
from simulator.aws.asl.states.parallel import ParallelState
from simulator.aws.asl.states.pass_state import PassState
from simulator.aws.asl.states.succeed import SucceedState
from simulator.aws.asl.states.task import TaskState
from simulator.aws.asl.states.wait import WaitState
from simulator.aws.json_reader import BadJson, read_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.asl.runtime.ports import TaskService
    from simulator.aws.asl.states.state import State

STATE_TYPES: dict[str, Callable[[str, Fields, BuildContext], State]] = {  # in the order in which AWS names them
    "Task": TaskState,
    "Wait": WaitState,
    "Pass": PassState,
    "Succeed": SucceedState,
    "Fail": FailState,
    "Choice": ChoiceState,
    "Parallel": ParallelState,
    "Map": map_state,
}


def build_machine(fields: Fields, noun: str, context: BuildContext, *, timeout: int | None = None) -> StateMachine:
    """Build the machine in `fields`, noting problems there; `noun` names what it is in them."""
    before = len(fields.problems)
    start_at = fields.string("StartAt", required=True) or ""
    entries = fields.object("States", required=True)
    states: dict[str, State] = {}
    assigned = assigned_names(entries.raw) if entries is not None else set()
    for name in context.assigned_outside(assigned):
        fields.problem("", f"assigns the variable {name!r}, which a machine around it assigns too; names must differ")
    fields.take("ProcessorConfig")
    fields.refuse_rest(noun)
    if entries is None:
        return StateMachine(start_at, states)
    if not entries.raw:
        fields.problem("States", "needs at least one state")
        return StateMachine(start_at, states)
    with context.assigning(assigned):
        for name, raw in entries.raw.items():
            if not isinstance(raw, dict):
                entries.problem(name, "must be an object")
                continue
            state = _state(name, _fields_of(raw, entries, name, context), context)
            if state is not None:
                states[name] = state
    _check_transitions(start_at, states, fields, set(entries.raw))
    if len(fields.problems) == before and not any(_can_end(state) for state in states.values()):
        fields.problem(
            "",
            "has no state that can end it: each has Next or Choices",
            aws="Workflow has no terminal state",
            code="MISSING_END_STATE",
        )
    return StateMachine(start_at, states, timeout)


def _state(name: str, fields: Fields, context: BuildContext) -> State | None:
    if not context.claim_name(name):
        fields.problem("", "has a name that another state of this machine has too; names must be unique")
    kind = fields.string("Type", required=True)
    _read_language(fields, context)
    if kind is not None and kind not in STATE_TYPES:
        fields.problem(
            "Type",
            f"must be {', '.join(STATE_TYPES)}, not {kind!r}",
            aws=f"The field 'Type' should have one of these values: [{', '.join(STATE_TYPES)}]",
        )
    make = STATE_TYPES.get(kind or "")
    if make is None:
        return None
    state = make(name, fields, context)
    fields.refuse_rest(f"a {kind} state")
    return state


def assigned_names(states: dict[str, Any]) -> set[str]:
    """Return the variables that the states of one machine assign, catchers and Choice rules included."""
    assigning = [state for state in states.values() if isinstance(state, dict)]
    for state in list(assigning):
        for field in ("Catch", "Choices"):
            assigning += [entry for entry in state.get(field) or [] if isinstance(entry, dict)]
    templates = [entry["Assign"] for entry in assigning if isinstance(entry.get("Assign"), dict)]
    return {key.removesuffix(".$") for template in templates for key in template}


def _fields_of(raw: dict[str, Any], entries: Fields, name: str, context: BuildContext) -> Fields:
    return Fields(raw, entries.at(name), entries.problems, entries.pointer_to(name), context.language)


def _read_language(fields: Fields, context: BuildContext) -> None:
    """Read a state's `QueryLanguage`: a machine that is JSONata as a whole has no JSONPath states."""
    language = fields.choice("QueryLanguage", (JSONPATH, JSONATA))
    if language == JSONPATH and context.language == JSONATA:
        fields.problem(
            "",
            "has the QueryLanguage JSONPath in a state machine whose QueryLanguage is JSONata",
            aws="'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
        )
    elif language is not None:
        fields.language = language


def _check_transitions(start_at: str, states: dict[str, State], fields: Fields, written: set[str]) -> None:
    """Note each transition to a state that does not exist, and each state that no transition leads to.

    If a state has problems of its own (it is in `written` only), its targets are not known.
    """
    if start_at and start_at not in written:
        fields.problem("StartAt", f"names the state {start_at!r}, which does not exist")
        return
    reached, waiting = set(), [start_at]
    while waiting:
        name = waiting.pop()
        if name in reached or name not in states:
            continue
        reached.add(name)
        waiting += targets(states[name])
    for name, state in states.items():
        for target in targets(state):
            if target not in written:
                fields.problem(f"States.{name}", f"leads to the state {target!r}, which does not exist")
        if start_at and name not in reached and len(states) == len(written):
            fields.problem(f"States.{name}", "is never reached")


def _can_end(state: State) -> bool:
    transition = getattr(state, "transition", None)
    return state.kind != "Choice" and (transition is None or transition.next is None)


def targets(state: State) -> list[str]:
    """Return the names of the states that `state` can lead to."""
    transition = getattr(state, "transition", None)
    return transition.targets() if transition is not None else []


def build(
    definition: str | dict[str, Any], *, tasks: TaskService, name: str = "machine", machine_type: str = "STANDARD"
) -> StateMachine:
    """Compile a definition.

    Example:
        >>> from types import SimpleNamespace
        >>> tasks = SimpleNamespace(problems=lambda resource, parameters: [], call=lambda request: None)
        >>> machine = build('{"StartAt": "Hello", "States": {"Hello": {"Type": "Succeed"}}}', tasks=tasks)
        >>> machine.start_at, list(machine.states)
        ('Hello', ['Hello'])
        >>> build({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B", "Nxt": 1}}}, tasks=tasks)
        Traceback (most recent call last):
        simulator.aws.asl.definition.fields.InvalidDefinition: States.A.Nxt is not a field of a Pass state
        States.A leads to the state 'B', which does not exist

    Args:
        definition: the Amazon States Language text (at most 1 MiB), or the object it stands for.
        tasks: the services that Tasks may call.
        name: the machine's name.
        machine_type: STANDARD or EXPRESS.

    Raises:
        InvalidDefinition: with every problem, if the definition cannot be run.
    """
    raw = parse_definition(definition) if isinstance(definition, str) else definition
    problems: list[Problem] = []
    fields = Fields(raw, "", problems)
    version = fields.string("Version")
    if version is not None and version != "1.0":
        fields.problem("Version", f"must be 1.0, not {version!r}")
    timeout = fields.integer("TimeoutSeconds", least=1, most=MAX_SECONDS)
    language = fields.choice("QueryLanguage", (JSONPATH, JSONATA)) or JSONPATH
    context = BuildContext(tasks, name, machine_type, build_machine, language)
    machine = build_machine(fields, "a state machine", context, timeout=timeout)
    if problems:
        raise InvalidDefinition(problems)
    return machine


def build_state(
    raw: dict[str, Any], *, name: str, tasks: TaskService, at: tuple[str, str] = ("", "/"), language: str = JSONPATH
) -> State:
    """Compile one state alone; it may lead to states that are not there (TestState).

    Args:
        raw: the state.
        name: its name.
        tasks: the services that Tasks may call.
        at: its location in the definition, dotted and as AWS writes it.
        language: the query language of its state machine.

    Raises:
        InvalidDefinition: with every problem of the state.
    """
    problems: list[Problem] = []
    context = BuildContext(tasks, "machine", "STANDARD", build_machine, language)
    state = _state(name, Fields(raw, at[0], problems, at[1], language), context)
    if problems or state is None:
        raise InvalidDefinition(problems)
    return state


def parse_definition(text: str) -> dict[str, Any]:
    """Return the object that a definition's text stands for.

    Raises:
        InvalidDefinition: it is too large, not JSON, or not an object.
    """
    if len(text.encode(errors="surrogatepass")) > MAX_DEFINITION_BYTES:
        raise InvalidDefinition([Problem("", f"is larger than {MAX_DEFINITION_BYTES} bytes")])
    twice: list[str] = []
    try:
        raw = read_json(text, repeated=twice.append)
    except BadJson as error:
        raise InvalidDefinition([Problem("", f"is not JSON: {error}")]) from error
    if twice:  # one of the two would be ignored
        raise InvalidDefinition([Problem("", f"has {name!r} twice in one object") for name in twice])
    if not isinstance(raw, dict):
        raise InvalidDefinition([Problem("", "must be a JSON object")])
    return raw
