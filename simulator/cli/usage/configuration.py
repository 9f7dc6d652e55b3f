"""The configuration file's tables as defaults of options: command line > environment > file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from simulator.cli.output.fields import WHOLE
from simulator.cli.usage.configuration_file import PROJECT, configuration_file
from simulator.runs.suggested_command import shown

if TYPE_CHECKING:
    from collections.abc import Mapping


class BadConfiguration(Exception):
    """The file cannot be read, or says what no option takes; the message names file and line."""


def defaults(group: Any) -> dict[str, Any]:
    """Return the values of the configuration file, as click's `default_map`: by command, then by parameter.

    Args:
        group: the commands.

    Raises:
        BadConfiguration: the file cannot be read, has a key that is not an option, or a value of another kind.
    """
    name = configuration_file()
    return {} if name is None else _File(Path(name)).defaults(group)


class _File:
    """A configuration file.

    Args:
        path: a `simulator.toml`, or a `pyproject.toml`, whose table `tool.simulator` counts.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._text = path.read_text(encoding="utf-8")
            whole = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            raise BadConfiguration(f"{shown(path)} is not a TOML file: {error}.") from None
        except UnicodeDecodeError:
            raise BadConfiguration(f"{shown(path)} is not UTF-8 text.") from None
        except OSError as error:
            raise BadConfiguration(f"The configuration file {shown(path)} cannot be read: {error.strerror}.") from None
        self._root = ("tool", "simulator") if path.name == PROJECT else ()
        self._table = _at(whole, self._root)

    def defaults(self, group: Any) -> dict[str, Any]:
        """Return the values by command."""
        if not isinstance(self._table, dict):
            raise self._bad((), "is not a table")
        return self._commands(group, self._table, ())

    def _commands(self, group: Any, table: Mapping[str, Any], at: tuple[str, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in table.items():
            command = group.commands.get(key)
            here = (*at, key)
            if command is None:
                names = ", ".join(sorted(group.commands))
                raise self._bad(here, f"is not a command; a table has the name of one of: {names}")
            if not isinstance(value, dict):
                raise self._bad(here, "is a command; write its options into a table of that name")
            inner = hasattr(command, "commands")
            found[key] = self._commands(command, value, here) if inner else self._options(command, value, here)
        return found

    def _options(self, command: Any, table: Mapping[str, Any], at: tuple[str, ...]) -> dict[str, Any]:
        options = {
            name.removeprefix("--"): param
            for param in command.params
            if param.param_type_name == "option"
            for name in param.opts
            if name.startswith("--")
        }
        found: dict[str, Any] = {}
        for key, value in table.items():
            if (param := options.get(key)) is None:
                names = ", ".join(sorted(options))
                raise self._bad((*at, key), f"is not an option of {' '.join(at)}; it has: {names}")
            found[param.name] = self._value(param, value, (*at, key), command)
        return found

    def _value(self, param: Any, value: Any, at: tuple[str, ...], command: Any) -> Any:
        if param.name == "json":
            value = _json(value)
        wanted = _kind(param)
        values = value if param.multiple and isinstance(value, list) else [value]
        if not all(isinstance(one, wanted) and isinstance(one, bool) == (wanted is bool) for one in values):
            raise self._bad(at, f"is {value!r}, and must be {_WORDS[wanted]}{' or a list' if param.multiple else ''}")
        if param.type_descriptor.is_path:
            value = str(self._path.parent / Path(str(value)).expanduser())
        value = values if param.multiple else value
        try:
            param.process_value(typer.Context(command), value)
        except typer.BadParameter as error:
            raise self._bad(at, f"is {value!r}: {error.message}") from None
        return value

    def _bad(self, keys: tuple[str, ...], what: str) -> BadConfiguration:
        path = (*self._root, *keys)
        return BadConfiguration(f"{shown(self._path)}, line {_line_of(self._text, path)}: {'.'.join(path)} {what}.")


_WORDS: dict[Any, str] = {bool: "true or false", int: "a whole number", (int, float): "a number", str: "a text"}


def _kind(param: Any) -> Any:
    if param.is_flag:
        return bool
    annotation = str(param.type_descriptor.annotation)
    return int if "int" in annotation else (int, float) if "float" in annotation else str


def _json(value: Any) -> Any:
    """Return what `--json` takes: the file may also say `true`, or list the fields."""
    if isinstance(value, bool):
        return WHOLE if value else ""
    return ",".join(map(str, value)) if isinstance(value, list) else value


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return {}
        value = value[key]
    return value


def _line_of(text: str, path: tuple[str, ...]) -> int:
    """Return the line on which a key begins: the first that makes the lines up to it a document with that key.

    tomllib tells no lines. A value that goes over several lines makes no document before its last one, so its first
    line is the one after the last document without it.
    """
    lines = text.splitlines(keepends=True)
    before = 0
    for number in range(1, len(lines) + 1):
        try:
            found = tomllib.loads("".join(lines[:number]))
        except tomllib.TOMLDecodeError:
            continue
        if _has(found, path):
            return before + 1
        before = number
    return 1


def _has(value: Any, path: tuple[str, ...]) -> bool:
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True
