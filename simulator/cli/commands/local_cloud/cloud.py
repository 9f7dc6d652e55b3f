"""`down`, `status`, `env`: the cloud that is up, from another terminal."""

from __future__ import annotations

import os
import shlex
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from simulator.aws.engine.environment import LEADS_ELSEWHERE, REGION
from simulator.cli import exits
from simulator.cli.exits import UsageError
from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal
from simulator.cli.output.text import local_time
from simulator.pipeline.errors import CloudError
from simulator.pipeline.local_cloud.cloud_files import CloudFiles
from simulator.pipeline.local_cloud.running_cloud import RunningCloud
from simulator.pipeline.settings import Settings
from simulator.runs.folder.times import milliseconds_between, moment_text
from simulator.runs.suggested_command import command
from simulator.runs.words import count, duration

if TYPE_CHECKING:
    from simulator.cli.output.terminal import Terminal

KEY: Final = "local"
_MEGABYTE = 1_000_000


def down_command(json: Json = None) -> None:
    """End the cloud that is up. Runs that are going on are stopped, and can be redriven.

    Exit code 0: none is up now; 3: it does not end.
    """
    with terminal(json=json) as term:
        files = CloudFiles(Settings().home.path)
        lives = files.lives()
        if lives:
            cloud = RunningCloud(files, files.read())
            term.say(f"ending the cloud at {cloud.url} (process {cloud.pid})")
            if not cloud.stop():
                raise CloudError(
                    f"The cloud (process {cloud.pid}) does not end. Look at its terminal or at {files.log}; "
                    f"kill -9 {cloud.pid} ends it at once, and nothing that it had recorded is lost."
                )
            term.say("The local cloud has ended.")
        else:
            term.say("The local cloud is not up.")
        term.document({"ended": lives})


def status_command(json: Json = None) -> None:
    """Say whether the local cloud is up: where, since when, with how many runs, and how much memory it takes.

    Exit code 0: it is up; 1: it is not; 3: it does not answer.
    """
    with terminal(json=json) as term:
        cloud = RunningCloud.find(Settings().home.path, patience=0)
        if cloud is None:
            term.say(f"The local cloud is not up. Start it with: {command('up')}")
            term.document({"up": False})
            raise typer.Exit(exits.FAILED)
        _tell_status(term, cloud, cloud.ask("status"))


def env_command(
    unset: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--unset", help="Prints what takes the variables back.")
    ] = False,
    json: Json = None,
) -> None:
    """Print the variables that let AWS clients talk to the cloud that is up, for a POSIX shell's eval.

    Exit code 0: they are printed; 2: the cloud is not up.
    """
    with terminal(json=json) as term:
        if unset:
            sys.stdout.write(f"unset {' '.join(variables(''))}\n")
            return
        cloud = RunningCloud.find(Settings().home.path)
        if cloud is None:
            raise UsageError(f"The local cloud is not up. Start it with: {command('up', '--detach')}")
        values = variables(cloud.url)
        if json:
            term.document(values)
            return
        away = [name for name in os.environ if name in LEADS_ELSEWHERE or name.startswith("AWS_ENDPOINT_URL_")]
        lines = [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
        lines += [f"unset {' '.join(sorted(away))}"] if away else []
        sys.stdout.write("\n".join(lines) + "\n")


def variables(url: str) -> dict[str, str]:
    """Return the variables with which AWS's command line and SDKs use an endpoint of this machine."""
    values = {
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
        # StartSyncExecution and TestState would go to `sync-127.0.0.1`, which no machine has.
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
    }
    proxies = [name for name in os.environ if name.upper() in ("HTTP_PROXY", "ALL_PROXY")]
    if proxies:
        for name in ("NO_PROXY", "no_proxy"):
            values[name] = ",".join(filter(None, (os.environ.get(name), "127.0.0.1")))
    return values


def _tell_status(term: Terminal, cloud: RunningCloud, answer: dict[str, Any]) -> None:
    ended: dict[str, int] = answer["ended"]
    memory: dict[str, int] = answer["memory"]
    since = duration(milliseconds_between(cloud.started, moment_text(datetime.now(UTC))))
    how = ", ".join(f"{number:,} {status}" for status, number in sorted(ended.items()))
    parts = ", ".join(f"{name} {size / _MEGABYTE:,.0f} MB" for name, size in memory.items())
    term.say(("The local cloud is up.", "bold green"))
    term.say(f"  endpoint   {cloud.url}")
    term.say(f"  since      {local_time(cloud.started)} ({since}), process {cloud.pid}")
    term.say(
        f"  runs       {answer['running']:,} going on, {count(sum(ended.values()), 'run')} ended{how and f': {how}'}"
    )
    term.say(f"  memory     {sum(memory.values()) / _MEGABYTE:,.0f} MB ({parts})")
    if cloud.dashboard:
        term.say(f"  dashboard  {cloud.dashboard}")
    term.document(
        {
            "up": True,
            "url": cloud.url,
            "pid": cloud.pid,
            "started": cloud.started,
            "dashboard": cloud.dashboard,
            **answer,
        }
    )
