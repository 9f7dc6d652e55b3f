"""What every command takes: `-h`, `--quiet`, `--verbose`, `--json FIELDS`, the opposites of its switches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import typer

from simulator.cli.app import application
from simulator.cli.output.fields import DOCUMENT_FIELDS, picked

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Outcome


def words_of_commands() -> list[str]:
    """Return each command as it is typed."""
    found = []
    for name, command in typer.main.get_command(application()).commands.items():  # type: ignore[attr-defined] # a group
        inner = getattr(command, "commands", None)
        if not inner or command.invoke_without_command:
            found.append(name)
        found += [f"{name} {sub}" for sub in inner or ()]
    return found


@pytest.mark.parametrize("words", words_of_commands())
def test_help_has_a_short_form_and_names_the_variables(simulator: Callable[..., Outcome], words: str) -> None:
    """`-h` is `--help`; each option's variable is SIMULATOR, the command and the option."""
    short, long = simulator(*words.split(), "-h"), simulator(*words.split(), "--help")
    assert (short.code, short.out) == (0, long.out)
    variable = f"SIMULATOR_{words.upper().replace(' ', '_').replace('-', '_')}_JSON"
    assert f"[env var: {variable}]" in short.out


def test_every_command_says_which_fields_its_document_has() -> None:
    """Else --json FIELDS could not be checked before the command does anything."""
    assert set(DOCUMENT_FIELDS) == set(words_of_commands())


def test_the_version_is_that_of_the_package(simulator: Callable[..., Outcome]) -> None:
    """With the Python and the folder, for a report of a problem."""
    told = simulator("--version")
    assert (told.code, told.err) == (0, "")
    assert re.fullmatch(r"simulator \d+\.\d+\.\d+ \(Python 3\.\d+\.\d+, /.+\)\n", told.out)


@pytest.mark.parametrize("words", ["--json name,what", "--json=name,what", "--json what,name,name"])
def test_fields_are_chosen_of_a_lists_elements(simulator: Callable[..., Outcome], words: str) -> None:
    """The document keeps its shape."""
    told = simulator("faults", *words.split())
    assert told.code == 0
    assert {frozenset(one) for one in told.document["faults"]} == {frozenset({"name", "what"})}


def test_an_unknown_field_is_refused_before_anything_is_done(simulator: Callable[..., Outcome]) -> None:
    """The message lists those that there are."""
    told = simulator("reset", "--yes", "--json", "deletd")
    assert (told.code, told.out) == (2, "")
    assert "no field 'deletd'" in told.err
    assert "deleted, externalDatabase" in told.err


@pytest.mark.parametrize("words", [["--json", "latest"], ["latest", "--json"], ["--json", "--", "latest"]])
def test_a_word_after_json_that_is_no_field_is_an_argument(simulator: Callable[..., Outcome], words: list[str]) -> None:
    """As it was before --json took fields."""
    told = simulator("show", *words)
    assert (told.code, told.document["error"]) == (2, "Usage")
    assert "There is no run yet" in told.document["message"]


def test_paths_of_keys_go_through_objects_and_lists() -> None:
    """What is not there is null; a document of an error is never cut."""
    document = {"rows": {"failed": 2, "total": 5}, "reasons": [{"error": "E", "count": 2}], "status": "FAILED"}
    assert picked(document, "rows.failed,reasons.error,faults") == {
        "rows": {"failed": 2},
        "reasons": [{"error": "E"}],
        "faults": None,
    }
    assert picked(document, "rows,rows.failed") == {"rows": document["rows"]}
    assert picked({"error": "Usage", "message": "no"}, "rows") == {"error": "Usage", "message": "no"}


def test_quiet_leaves_the_document_and_the_errors(simulator: Callable[..., Outcome]) -> None:
    """And nothing else."""
    told = simulator("runs", "-q", "--json")
    assert (told.code, told.err, told.document["runs"]) == (0, "", [])
    assert simulator("runs", "-q").err == ""
    assert "There is no run yet" in simulator("show", "-q").err
    assert "exclude each other" in simulator("runs", "-q", "-v").err
    assert "No run yet" in simulator("runs").err, "the loudness of one command is not that of the next"


def test_a_variable_is_a_default_that_the_command_line_overrides(
    simulator: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each switch has an opposite; --verbose says where a value comes from; an empty variable is none."""
    monkeypatch.setenv("SIMULATOR_RUNS_JSON", "total")
    monkeypatch.setenv("SIMULATOR_RUNS_QUIET", "1")
    monkeypatch.setenv("SIMULATOR_RUNS_LIMIT", "")
    assert simulator("runs").document == {"total": 0}
    assert simulator("runs").err == ""
    told = simulator("runs", "--no-json", "--no-quiet", "--verbose")
    assert told.out == ""
    assert "No run yet" in told.err
    monkeypatch.setenv("SIMULATOR_RUNS_LIMIT", "x")
    assert "SIMULATOR_RUNS_LIMIT" in simulator("runs").err
