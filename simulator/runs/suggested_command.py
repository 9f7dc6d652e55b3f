"""Commands that a message or a page tells a person to type: they run as pasted, wherever the shell is."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.places import default_home, is_checkout, project_root
from simulator.runs.caller import caller

if TYPE_CHECKING:
    from simulator.runs.folder.run_record import RunRecord

_ROOT = Path(project_root())
SCRIPT = "simulator"


def command(*words: str | Path, home: Path | None = None, anywhere: bool = False) -> str:
    """Return a command of the simulator, quoted for a POSIX shell.

    Args:
        words: the command's words; a path becomes what `file_word` gives.
        home: the folder of the runs that are spoken of; SIMULATOR_HOME's if absent.
        anywhere: whether it may be pasted into a shell in another folder than this process's (from a page).
    """
    named = home if home is not None else _home_of_environment()
    setting = [f"SIMULATOR_HOME={quoted(str(named))}"] if named not in (None, Path(default_home())) else []
    texts = (file_word(word, anywhere=anywhere) if isinstance(word, Path) else word for word in words)
    return " ".join([*setting, *(quoted(word) for word in (*_start(anywhere=anywhere), *texts))])


def aws_redrive(record: RunRecord) -> str:
    """Return the AWS CLI's command that redrives a run on AWS."""
    return _aws(record, "stepfunctions", "redrive-execution", "--execution-arn", record.arn)


def aws_stop(record: RunRecord) -> str:
    """Return the AWS CLI's command that stops a run on AWS."""
    return _aws(record, "stepfunctions", "stop-execution", "--execution-arn", record.arn)


def aws_update(
    record: RunRecord, concurrency: int | None, tolerated_count: int | None, tolerated_percentage: float | None
) -> str:
    """Return the AWS CLI's command that changes the Map Run of a run on AWS; None keeps what holds."""
    options = {
        "--max-concurrency": concurrency,
        "--tolerated-failure-count": tolerated_count,
        "--tolerated-failure-percentage": tolerated_percentage,
    }
    given = [word for name, value in options.items() if value is not None for word in (name, f"{value:g}")]
    map_run = record.map_run.arn if record.map_run else "MAP_RUN_ARN"
    return _aws(record, "stepfunctions", "update-map-run", "--map-run-arn", map_run, *given)


def aws_upload(file: Path, record: RunRecord) -> str:
    """Return the AWS CLI's command that uploads a file to the bucket that a run on AWS had its file from."""
    return aws_file_upload(file, record, corrected_key(record))


def aws_file_upload(file: Path, record: RunRecord, key: str | None = None) -> str:
    """Return the same for a file under a key of its own; its name if no key is given."""
    return _aws(record, "s3", "cp", str(file.absolute()), f"s3://{record.source.bucket}/{key or file.name}")


def corrected_key(record: RunRecord) -> str:
    """Return the key for a corrected file: the one of the run's file, marked."""
    return f"{record.source.key.removesuffix('.csv')}-corrected.csv"


def _aws(record: RunRecord, *words: str) -> str:
    origin = record.origin
    options = (
        {"--region": origin.region, "--profile": origin.profile, "--endpoint-url": origin.endpoint} if origin else {}
    )
    given = [word for name, value in options.items() if value for word in (name, value)]
    return " ".join(quoted(word) for word in ("aws", *words, *given))


def file_word(path: Path, *, anywhere: bool = False) -> str:
    """Return a file as a word of a command: relative if it is below the current folder and `anywhere` is not asked."""
    text = str(path.absolute()) if anywhere else shown(path)
    return f"./{text}" if text.startswith("-") else text


def shown(path: Path) -> str:
    """Return a path as short as it can be typed in the caller's shell: relative if it is below its current folder."""
    absolute, folder = path.absolute(), caller().folder
    try:
        return str(absolute if folder is None else absolute.relative_to(folder))
    except ValueError:
        return str(absolute)


def quoted(word: str) -> str:
    """Return a word as a shell reads it; what cannot be printed becomes an escape, which bash and zsh take back."""
    if word.isprintable():
        return shlex.quote(word)
    return "$'" + "".join(_escaped(character) for character in word) + "'"


def _escaped(character: str) -> str:
    if character in "'\\":
        return f"\\{character}"
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in os.fsencode(character))


def _start(*, anywhere: bool) -> list[str]:
    """Return the words that start the simulator: what the README says if that works here, else full paths."""
    shell = caller()
    python = shell.python
    if not is_checkout():
        return [_installed(python, anywhere=anywhere)]
    if anywhere or shell.folder != _ROOT:
        return [python, str(_ROOT / "simulator")]
    if (_ROOT / ".venv") in Path(python).parents and shutil.which("uv"):
        return ["uv", "run", "python", "-m", "simulator"]
    return [python, "-m", "simulator"]


def _installed(python: str, *, anywhere: bool) -> str:
    """Return the script that an installation has beside its Python, by its name if the shell finds it so.

    uvx puts its environment first on this process's PATH (and sets UV), not on the shell's.
    """
    script = Path(python).parent / SCRIPT
    found = None if anywhere or "UV" in os.environ else shutil.which(SCRIPT)
    return SCRIPT if found is not None and os.path.realpath(found) == os.path.realpath(script) else str(script)


def _home_of_environment() -> Path | None:
    text = caller().home
    # pathlib raises an error for a user that the system does not know; Settings tells of it
    return Path(os.path.expanduser(text)).absolute() if text else None  # noqa: PTH111 - as the line above says
