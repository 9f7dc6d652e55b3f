"""Typer as all commands use it: `-h`, `--quiet`, `--verbose`, `--no-...`, `--json FIELDS`, variables, configuration."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from simulator.cli.output.fields import DOCUMENT_FIELDS, WHOLE, choice, field_names
from simulator.cli.output.loudness import NORMAL, QUIET, VERBOSE, set_loudness
from simulator.cli.usage.configuration_file import configuration_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    _Base = TyperCommand
else:
    _Base = object  # of a class that is a command, or a group of them, as well

PREFIX: Final = "SIMULATOR"
"""`run --key` is SIMULATOR_RUN_KEY in the environment, `users load --json` SIMULATOR_USERS_LOAD_JSON."""
SETTINGS: Final = {"help_option_names": ["-h", "--help"]}
COMPLETE_VARIABLE: Final = "_SIMULATOR_COMPLETE"
"""Shells set it when they ask for completions."""
_JSON, _NO_JSON = "--json", "--no-json"


class _Called(_Base):
    """What is called with the options that every command has."""

    def __init__(self, name: str | None = None, **settings: Any) -> None:
        super().__init__(name=name, **settings)
        self.params += _loudness_options()

    def make_parser(self, ctx: Any) -> Any:
        """Return the parser; it also knows the opposite of each switch, for one that a variable or a file turns on."""
        parser = super().make_parser(ctx)
        for param in self.params:
            if isinstance(param, TyperOption) and param.is_flag and not param.secondary_opts:
                names = [f"--no-{name.removeprefix('--')}" for name in param.opts if name.startswith("--")]
                parser.add_option(obj=param, opts=names, dest=param.name, action="store_const", const=False)
        return parser

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments, then the environment and the configuration file for what they do not say."""
        path = " ".join(_names(ctx)) or str(ctx.info_name)
        try:
            rest: list[str] = super().parse_args(ctx, _with_fields(self, path, args))
        except typer.BadParameter as error:
            if (variable := _variable(ctx, error.param)) is not None:
                error.message += f" (from the variable {variable})"
            raise
        quiet, verbose = ctx.params.pop("quiet"), ctx.params.pop("verbose")
        if quiet and verbose:
            raise typer.BadParameter("--quiet and --verbose exclude each other.", ctx=ctx)
        set_loudness(QUIET if quiet else VERBOSE if verbose else NORMAL)
        if "json" in ctx.params:
            ctx.params["json"] = choice(ctx.params["json"])
            _check_fields(path, ctx)
        if verbose:
            _tell_sources(ctx, self.params)
        return rest


class Command(_Called, TyperCommand):
    """A command."""


class Group(TyperGroup):
    """The whole of the commands: reads the configuration file before it looks for one of them."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Return the context with the file's values as defaults."""
        if parent is None:
            extra.setdefault("auto_envvar_prefix", PREFIX)
            if configuration_file() is not None:
                extra["default_map"] = _defaults(self)
        return super().make_context(info_name, args, parent=parent, **extra)


class CommandGroup(_Called, TyperGroup):
    """A command that has commands, and does something without one of them."""


def _defaults(group: Group) -> dict[str, Any]:
    from simulator.cli.usage.configuration import BadConfiguration, defaults  # noqa: PLC0415 - only for a file

    try:
        return defaults(group)
    except BadConfiguration as error:
        raise typer.BadParameter(str(error)) from None


class App(typer.Typer):
    """A Typer whose commands are `Command`s."""

    def __init__(self, *, cls: type[TyperGroup] = Group, **settings: Any) -> None:
        super().__init__(cls=cls, context_settings=SETTINGS, add_completion=False, **settings)

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        """Register a command."""
        return super().command(name, cls=Command, **settings)


def complete_as_shells_ask() -> None:
    """Let a shell's question for completions be understood."""
    if os.environ.get(COMPLETE_VARIABLE):
        from typer.completion import completion_init  # type: ignore[attr-defined]  # noqa: PLC0415 - only a shell's question needs it

        completion_init()


def _loudness(
    *,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing but errors; what goes to stdout still does.")
    ] = False,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="Say more: where defaults come from; states and failed rows."),
    ] = False,
) -> None:
    """Have the options of every command."""


@cache
def _loudness_options() -> list[Any]:
    """Return them as Typer makes them of a function."""
    made = typer.Typer(add_completion=False)
    made.command()(_loudness)
    return list(typer.main.get_command(made).params)


def _names(ctx: Any) -> list[str]:
    """Return the names of a command below the root, which may have a path for its name."""
    found: list[str] = []
    while ctx.parent is not None:
        found.insert(0, str(ctx.info_name))
        ctx = ctx.parent
    return found


def _with_fields(command: _Called, path: str, args: Sequence[str]) -> list[str]:
    """Return the arguments in which each `--json` has its value: the next word, if that names fields, or WHOLE.

    What follows the name of a command of this command is left to that one.
    """
    commands = getattr(command, "commands", ())
    known = set(DOCUMENT_FIELDS.get(path, ()))
    takes_arguments = any(param.param_type_name == "argument" for param in command.params)
    words, done = list(args), False
    found: list[str] = []
    while words:
        word = words.pop(0)
        done = done or word == "--" or word in commands
        if done or word not in {_JSON, _NO_JSON}:
            found.append(word)
        elif word == _NO_JSON:
            found.append(f"{_JSON}=")
        elif words and _names_fields(words[0], known, takes_arguments=takes_arguments):
            found.append(f"{_JSON}={words.pop(0)}")
        else:
            found.append(f"{_JSON}={WHOLE}")
    return found


def _names_fields(word: str, known: set[str], *, takes_arguments: bool) -> bool:
    if word.startswith("-"):
        return False
    heads = {name.split(".")[0] for name in field_names(word)}
    return not takes_arguments or heads <= known or ("," in word and bool(heads & known))


def _tell_sources(ctx: Any, params: Sequence[Any]) -> None:
    """Say which values come from a variable or from the configuration file."""
    for param in params:
        source = ctx.get_parameter_source(param.name)
        if (variable := _variable(ctx, param)) is not None:
            typer.echo(f"{param.opts[0]} is from the variable {variable}", err=True)
        elif source is not None and source.name == "DEFAULT_MAP":
            typer.echo(f"{param.opts[0]} is from {configuration_file()}", err=True)


def _variable(ctx: Any, param: Any) -> str | None:
    """Return the variable that a parameter's value is from; None if it is from elsewhere."""
    source = ctx.get_parameter_source(param.name) if param is not None else None
    return (
        f"{ctx.auto_envvar_prefix}_{param.name.upper()}"
        if source is not None and source.name == "ENVIRONMENT"
        else None
    )


def _check_fields(path: str, ctx: Any) -> None:
    text, known = ctx.params["json"], DOCUMENT_FIELDS.get(path)
    if text is None or text == WHOLE or known is None:
        return
    unknown = [name for name in field_names(text) if name.split(".")[0] not in known]
    if unknown or not field_names(text):
        raise typer.BadParameter(
            f"The document of {path} has no field {', '.join(map(repr, unknown)) or repr(text)}. It has: "
            f"{', '.join(known)}. Without FIELDS, --json prints them all.",
            ctx=ctx,
            param_hint=_JSON,
        )
