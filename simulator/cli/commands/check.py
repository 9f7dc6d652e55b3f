"""`check [FILE.asl.json]`: lists all problems of definitions, and of the permissions that the stack deploys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from simulator.cli import exits
from simulator.cli.commands.check_permissions import check_permissions
from simulator.cli.examples import examples
from simulator.cli.exits import UsageError
from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal
from simulator.cli.paths import shown
from simulator.cli.sources.stdin_file import STDIN, stdin_as_file, word_of
from simulator.runs.words import count

EPILOG = examples(
    "check                                     (the pipeline's own two machines, and the newest run's permissions)",
    "check --run all                           (what any run here has asked of AWS)",
    "check --template cdk/cdk.out/UserLogPipeline.template.json",
    "check my.asl.json --type EXPRESS",
    "check - --json                            (a definition on stdin)",
    "check my.asl.json --set TableName=Orders  (fills in ${TableName})",
)


def check_command(  # noqa: PLR0917 - options, each by its name
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE.asl.json]", help="Definitions, -: stdin; the pipeline's own if absent."),
    ] = None,
    machine_type: Annotated[
        Literal["STANDARD", "EXPRESS"] | None, typer.Option("--type", help="The machine's type; STANDARD if absent.")
    ] = None,
    values: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="The value of the placeholder ${NAME}.")
    ] = None,
    run: Annotated[
        list[str] | None,
        typer.Option("--run", metavar="RUN", help="Whose AWS calls are compared; may be repeated; all: every run's."),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option("--template", metavar="FILE", help="A synthesized template; CDK makes one if absent."),
    ] = None,
    stage: Annotated[
        Literal["prod", "dev"], typer.Option("--stage", help="The stage whose template CDK makes.")
    ] = "prod",
    json: Json = None,
) -> None:
    """Check definitions of state machines as they are checked when they are created, and permissions.

    Lists all problems, each with the path of its state, and names features of AWS that the simulator does not have.

    Without FILE, it then compares what the newest run asked of AWS with the policies of the stack's template: a call
    that AWS would refuse is a problem, a permission that nothing uses a warning.

    Exit code 0: nothing is wrong; 1: there are problems; 2: a file, a run or a template cannot be read.
    """
    with terminal(json=json) as term, stdin_as_file([str(path) for path in files or []], term, "stdin") as named:
        # Only here: the service models behind Tasks take time that `--help` need not wait for.
        from simulator.pipeline.checking import check_definition, own_definitions  # noqa: PLC0415 - as the line above says

        given = dict(_pair(value) for value in values or [])
        found = {}
        for path, kind in [(Path(name), machine_type or "STANDARD") for name in named] or own_definitions():
            name = "stdin" if word_of(path) == STDIN else shown(path)
            problems = check_definition(_text(path, name), kind, given, name)
            found[name] = [{"path": problem.location, "message": problem.message} for problem in problems]
            if not problems:
                term.say(("ok  ", "green"), f"{name} ({kind})")
                continue
            term.say((f"{count(len(problems), 'problem')}  ", "bold red"), f"{name} ({kind})")
            for problem in problems:
                term.say(f"  {problem}")
        permissions = None
        if not files or run or template is not None:
            permissions = check_permissions(term, run or [], template, stage)
        term.document({"files": found, "permissions": permissions})
        refused = permissions is not None and permissions["refused"]
        raise typer.Exit(exits.FAILED if refused or any(found.values()) else exits.SUCCEEDED)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--set takes NAME=VALUE, not {text!r}.")
    return name, value


def _text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{name} is not UTF-8 text.") from None
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}.") from None
