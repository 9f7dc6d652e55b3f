"""`convert FILE`: a spreadsheet's file as UTF-8 without BOM."""

from __future__ import annotations

import contextlib
import os
from enum import Enum
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from lambdas.schema_migrator.users_csv import HEADER as USERS_HEADER
from lambdas.shared.encodings.encoding import Encoding
from simulator.cli.exits import UsageError
from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal
from simulator.cli.paths import readable_file, shown
from simulator.cli.sources.upload_file import convert_advice
from simulator.csv_files.encoding import converted, problem_of_file, read_chunks
from simulator.runs.suggested_command import command, file_word

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    file: Annotated[str, typer.Argument(metavar="FILE", help="A CSV file, here or in sample_data/.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to write to; FILE's name with .utf8.csv if absent.")
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
    A file that is UTF-8 already is copied only if --out is given.
    """
    with terminal(json=json) as term:
        source = readable_file(file)
        found = _found(source) if from_ is None else None
        codec = from_.value if from_ is not None else (found or Encoding.UTF_8).value
        title = codec if from_ is not None else (found or Encoding.UTF_8).title
        target: Path | None = None
        changes = from_ is not None or found is not None
        if changes or out is not None:
            target = out or source.with_name(f"{source.stem}.utf8.csv")
            _write(source, target, codec, force=force)
            term.say(f"{shown(source)} ({title}) -> {shown(target)} (UTF-8)")
            words = ("users", "load") if _is_user_master(target) else ("run",)
            term.say("Next: ", (command(*words, file_word(target)), "bold"))
        else:
            term.say(f"{shown(source)} is UTF-8 already: there is nothing to convert.")
        term.document(
            {
                "input": str(source.absolute()),
                "output": str(target.absolute()) if target else None,
                "encoding": title,
                "converted": changes,
            }
        )


def _is_user_master(target: Path) -> bool:
    with target.open(encoding="utf-8", errors="replace") as file:
        return file.readline(200).rstrip("\r\n").replace('"', "") == ",".join(USERS_HEADER)


def _found(source: Path) -> Encoding | None:
    """Return the encoding to convert from; None for UTF-8 without BOM."""
    problem = problem_of_file(source)
    if problem is None:
        return None
    if not problem.encoding.needs_conversion:
        said = f"{shown(source)} is not converted. Line {problem.line}: {problem}"
        raise UsageError("\n".join(filter(None, (said, convert_advice(problem, source)))))
    return problem.encoding


def _write(source: Path, target: Path, codec: str, *, force: bool) -> None:
    if target.exists() and not force:
        raise UsageError(f"{shown(target)} exists; --force overwrites it, --out names another.")
    if target.exists() and target.samefile(source):
        raise UsageError("FILE itself is not overwritten; --out must name another file.")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.writelines(converted(read_chunks(source), codec))
        draft.replace(target)
    except (OSError, UnicodeDecodeError) as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        if isinstance(error, OSError):
            raise UsageError(f"Cannot write {shown(target)}: {error.strerror}.") from None
        raise UsageError(
            f"{shown(source)} is not {codec}: {error.reason} on line {_bad_line(source, codec)}."
        ) from None


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
