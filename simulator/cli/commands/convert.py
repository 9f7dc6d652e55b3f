"""`convert FILE`: a spreadsheet's file as UTF-8 without BOM."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lambdas.schema_migrator.users_csv import HEADER as USERS_HEADER
from lambdas.shared.encodings.encoding import Encoding
from simulator.cli.exits import UsageError
from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.streams import stdout_problem, words_of
from simulator.cli.output.terminal import terminal
from simulator.cli.paths import readable_file, shown
from simulator.cli.sources.stdin_file import STDIN, stdin_as_file
from simulator.cli.sources.upload_file import convert_advice
from simulator.csv_files.encoding import converted, problem_of_file, read_chunks
from simulator.runs.suggested_command import command, file_word

if TYPE_CHECKING:
    from collections.abc import Iterator


_STDOUT = Path("-")


class Codec(Enum):
    """The encodings that `--from` may name; some cannot be told apart by their bytes."""

    CP932 = "cp932"
    EUC_JP = "euc_jp"
    ISO_2022_JP = "iso2022_jp"
    UTF_8 = "utf-8"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"
    CP1252 = "cp1252"
    CP1251 = "cp1251"
    LATIN_1 = "latin-1"
    GB18030 = "gb18030"
    BIG5 = "big5"
    EUC_KR = "euc_kr"


def convert_command(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A CSV file, here or in sample_data/; -: stdin.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Where to write to, - for stdout; FILE's name with .utf8.csv if absent."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrites the output file if it exists.")] = False,  # noqa: FBT002 - an option
    from_: Annotated[
        Codec | None,
        typer.Option("--from", help="FILE's encoding; detected if absent."),
    ] = None,
    json: Json = None,
) -> None:
    """Convert a file that a spreadsheet saved (Shift_JIS, UTF-8 with BOM, UTF-16, UTF-32) to UTF-8 without BOM.

    Other encodings (EUC-JP, ISO-2022-JP, Latin-1) are converted only if --from names them. FILE itself is not changed.
    A file that is UTF-8 already is copied only if --out is given. What comes on stdin goes to stdout unless --out names
    a file.
    """
    with terminal(json=json) as term:
        if out is None and file == STDIN:
            out = _STDOUT
        if out == _STDOUT and json is not None:
            raise UsageError("The file and the document of --json would both go to stdout. Name a file with --out.")
        with stdin_as_file([file], term) as (named,):
            source = _Source(readable_file(named), "stdin" if file == STDIN else None)
            found = _found(source) if from_ is None else None
            codec = from_.value if from_ is not None else (found or Encoding.UTF_8).value
            title = codec if from_ is not None else (found or Encoding.UTF_8).title
            changes = from_ is not None or found is not None
            target = (out or source.path.with_name(f"{source.path.stem}.utf8.csv")) if changes or out else None
            if target is None:
                term.say(f"{source} is UTF-8 already: there is nothing to convert.")
            elif target == _STDOUT:
                _print(source, codec)
                term.say(f"{source} ({title}) -> stdout (UTF-8)")
            else:
                _write(source, target, codec, force=force)
                term.say(f"{source} ({title}) -> {shown(target)} (UTF-8)")
                words = ("users", "load") if _is_user_master(target) else ("run",)
                term.say("Next: ", (command(*words, file_word(target)), "bold"))
            term.document(
                {
                    "input": STDIN if file == STDIN else str(source.path.absolute()),
                    "output": str(target.absolute()) if target else None,
                    "encoding": title,
                    "converted": changes,
                }
            )


@dataclass(frozen=True, slots=True)
class _Source:
    """The file to convert, and what it is called if not by its path."""

    path: Path
    name: str | None

    def __str__(self) -> str:
        return self.name or shown(self.path)


def _is_user_master(target: Path) -> bool:
    with target.open(encoding="utf-8", errors="replace") as file:
        return file.readline(200).rstrip("\r\n").replace('"', "") == ",".join(USERS_HEADER)


def _found(source: _Source) -> Encoding | None:
    """Return the encoding to convert from; None for UTF-8 without BOM."""
    problem = problem_of_file(source.path)
    if problem is None:
        return None
    if not problem.encoding.needs_conversion:
        said = f"{source} is not converted. Line {problem.line}: {problem}"
        raise UsageError("\n".join(filter(None, (said, convert_advice(problem, source.path)))))
    return problem.encoding


def _print(source: _Source, codec: str) -> None:
    """Write a file to stdout, or nothing if it is not in its encoding."""
    try:
        with tempfile.TemporaryFile() as whole:
            whole.writelines(converted(read_chunks(source.path), codec))
            whole.seek(0)
            shutil.copyfileobj(whole, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        problem = stdout_problem()
    except OSError as error:
        problem = words_of(error)
    except UnicodeDecodeError as error:
        raise _undecodable(source, codec, error) from None
    if problem is not None:
        raise UsageError(f"{source} could not be written to stdout: {problem}.")


def _write(source: _Source, target: Path, codec: str, *, force: bool) -> None:
    if target.exists() and not force:
        raise UsageError(f"{shown(target)} exists; --force overwrites it, --out names another.")
    if target.exists() and target.samefile(source.path):
        raise UsageError("FILE itself is not overwritten; --out must name another file.")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.writelines(converted(read_chunks(source.path), codec))
        draft.replace(target)
    except (OSError, UnicodeDecodeError) as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        if isinstance(error, OSError):
            raise UsageError(f"Cannot write {shown(target)}: {error.strerror}.") from None
        raise _undecodable(source, codec, error) from None


def _undecodable(source: _Source, codec: str, error: UnicodeDecodeError) -> UsageError:
    return UsageError(f"{source} is not {codec}: {error.reason} on line {_bad_line(source.path, codec)}.")


def _bad_line(source: Path, codec: str) -> int:
    """Return the line up to which a file is in an encoding."""
    line = 1
    with contextlib.suppress(UnicodeDecodeError):
        for text in converted(_bytewise(source), codec):
            line += text.count(b"\n")
    return line


def _bytewise(source: Path) -> Iterator[bytes]:
    for chunk in read_chunks(source):
        for position in range(len(chunk)):
            yield chunk[position : position + 1]
