"""`convert FILE`: a spreadsheet's file as UTF-8 without BOM."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from simulator.cli.faults import UsageFault
from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.paths import readable_file, shown
from simulator.cli.terminal import terminal
from simulator.runs.encoding import Encoding, converted, detect_file, read_chunks
from simulator.suggested_command import command, file_word


def convert_command(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A CSV file, here or in sample_data/.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to write to; FILE's name with .utf8.csv if absent.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file that is there.")] = False,  # noqa: FBT002 - an option
    json: Json = False,  # noqa: FBT002 - an option
) -> None:
    """Convert a file that a spreadsheet saved (Shift_JIS, UTF-8 with BOM, UTF-16) to UTF-8 without BOM.

    FILE itself is not changed. A file that is UTF-8 already is copied only where --out says so.
    """
    with terminal(json=json) as term:
        source = readable_file(file)
        encoding = detect_file(source)
        if encoding is Encoding.UNKNOWN:
            raise UsageFault(
                f"{shown(source)} is neither UTF-8 nor UTF-16 nor Shift_JIS text: it is binary, or in another encoding."
            )
        target: Path | None = None
        if encoding.needs_conversion or out is not None:
            target = out or source.with_name(f"{source.stem}.utf8.csv")
            _write(source, target, encoding, force=force)
            term.say(f"{shown(source)} ({encoding.title}) -> {shown(target)} (UTF-8)")
            term.say("Next: ", (command("run", file_word(target)), "bold"))
        else:
            term.say(f"{shown(source)} is UTF-8 already: there is nothing to convert.")
        term.document(
            {
                "input": str(source.absolute()),
                "output": str(target.absolute()) if target else None,
                "encoding": encoding.title,
                "converted": encoding.needs_conversion,
            }
        )


def _write(source: Path, target: Path, encoding: Encoding, *, force: bool) -> None:
    if target.exists() and not force:
        raise UsageFault(f"{shown(target)} exists; --force overwrites it, --out names another.")
    if target.exists() and target.samefile(source):
        raise UsageFault("FILE itself is not overwritten; --out must name another file.")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.writelines(converted(read_chunks(source), encoding))
        draft.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise UsageFault(f"Cannot write {shown(target)}: {error.strerror}.") from None
