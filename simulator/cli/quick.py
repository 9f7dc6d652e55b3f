"""The quick way of `run FILE` when the cloud is up: what typer, rich and pydantic are for happens there.

It knows the plain forms of the options and nothing else; whatever it does not know, and every error, is left to `app`.
"""

from __future__ import annotations

import signal
import sys
from json import dumps
from typing import TYPE_CHECKING, Any, NoReturn

from simulator.cli import exits
from simulator.cli.exits import Terminated, UsageError
from simulator.cli.output.fields import DOCUMENT_FIELDS, WHOLE, field_names
from simulator.cli.output.streams import settle_streams
from simulator.cli.through_cloud import run_there, running_cloud
from simulator.cli.usage.configuration_file import changes_run
from simulator.pipeline.errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.pipeline.local_cloud.running_cloud import RunningCloud

_SWITCHES: dict[str, tuple[str, bool | str]] = {
    "--create-users": ("create_users", True),
    "--convert": ("convert", True),
    "--no-convert": ("convert", False),
    "--unchecked": ("unchecked", True),
    "--other-users": ("other_users", True),
    "--json": ("json", WHOLE),
}


def run_quickly(arguments: Sequence[str]) -> int | None:
    """Do the command, if it is a `run` that the cloud which is up can do; return its exit code.

    Returns:
        None if it is something else, or if something is wrong: nothing has been done then.
    """
    read = quick_options(arguments)
    if read is None or changes_run():
        return None
    try:
        cloud = running_cloud()
    except (CloudError, UsageError):
        return None
    return None if cloud is None else _run(cloud, *read)


def _run(cloud: RunningCloud, files: list[str], options: dict[str, Any]) -> int:
    json = options.pop("json", None)
    settle_streams()
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        return run_there(cloud, files, options, json=json)
    except UsageError as error:  # stdout cannot be written to
        sys.stderr.write(f"Error: {error}\n")
        return exits.USAGE
    except CloudError as error:
        sys.stderr.write(f"Error: {error}\n")
        if json:
            sys.stdout.write(f"{dumps({'error': 'CloudError', 'message': str(error)}, indent=2)}\n")
        return exits.NO_CLOUD
    except KeyboardInterrupt as interrupt:
        return exits.TERMINATED if isinstance(interrupt, Terminated) else exits.INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, before)


def quick_options(arguments: Sequence[str]) -> tuple[list[str], dict[str, Any]] | None:
    """Return the files and the options of a `run` in its plain forms; None for anything else."""
    if not arguments or arguments[0] != "run":
        return None
    files: list[str] = []
    options: dict[str, Any] = {}
    words = iter(arguments[1:])
    before = ""
    for word in words:
        if word in _SWITCHES:
            name, value = _SWITCHES[word]
            options[name] = value
        elif word.startswith("--key="):
            options["key"] = word.removeprefix("--key=")
        elif word == "--key" and (following := next(words, None)) is not None:
            options["key"] = following
        elif word.startswith("-") or (before == "--json" and set(field_names(word)) & set(DOCUMENT_FIELDS["run"])):
            return None
        else:
            files.append(word)
        before = word
    return (files, options) if files else None


def _terminate(_number: int, _frame: object) -> NoReturn:
    raise Terminated
