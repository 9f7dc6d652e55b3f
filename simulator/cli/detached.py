"""`up --detach`: the cloud in a process of its own that outlives the terminal."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from simulator.cli.paths import shown
from simulator.pipeline.local_cloud.cloud_files import UP, CloudFiles
from simulator.pipeline.settings import PROJECT_ROOT, Settings
from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from simulator.aws.engine.options import EngineName
    from simulator.cli.output.terminal import Terminal

_LOOK_SECONDS = 0.05


def start_detached(
    term: Terminal,
    *,
    port: int,
    inbox: Path | None,
    with_dashboard: bool,
    watch: bool,
    engine: EngineName | None = None,
) -> None:
    """Start the cloud, wait until it is up, and say where it is.

    Raises:
        typer.Exit: it did not start; its own words have been printed.
    """
    files = CloudFiles(Settings().home.create().path)
    log = Path(files.log)
    log.parent.mkdir(exist_ok=True)
    # Each one in words: the variables and the configuration file that hold here would hold there again.
    options = ["--no-detach", "--port", str(port)]
    options += ["--with-dashboard" if with_dashboard else "--no-with-dashboard", "--watch" if watch else "--no-watch"]
    options += ["--engine", engine] if engine is not None else []
    options += ["--inbox", str(inbox.absolute())] if inbox is not None else []
    begins = log.stat().st_size if log.exists() else 0
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - no shell, our own module
            [sys.executable, str(PROJECT_ROOT / "simulator"), "up", *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        about = files.read()
        while about.get("pid") != process.pid or about.get("state") != UP:
            if process.poll() is not None:
                sys.stderr.write(_text(log, begins))
                raise typer.Exit(process.returncode)
            time.sleep(_LOOK_SECONDS)
            about = files.read()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise
    sys.stderr.write(_text(log, begins))
    term.say(f"It goes on as process {process.pid} and writes to {shown(log)}. {command('down')} ends it.")
    term.document({name: about.get(name) for name in ("url", "pid", "started", "dashboard")})


def _text(log: Path, begins: int) -> str:
    with log.open("rb") as file:
        file.seek(begins)
        return file.read().decode(errors="replace")
