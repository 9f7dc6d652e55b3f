"""`dashboard`: serves the pages, and opens them in the browser."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from simulator.cli.commands.deployed.stack_options import (  # noqa: TC001 - typer reads the annotations
    EndpointUrl,
    FoundRegion,
    Profile,
)
from simulator.cli.examples import examples
from simulator.cli.exits import UsageError
from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal
from simulator.pipeline.settings import Settings

EPILOG = examples("dashboard", "dashboard --port 8600 --no-browser", "dashboard --stack UserLogPipeline")


def dashboard_command(  # noqa: PLR0917 - options, each by its name
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="The port; 8501, or one that is free, if absent.")
    ] = None,
    browser: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--browser/--no-browser", help="Open the pages in the browser.")
    ] = True,
    stack: Annotated[
        str | None, typer.Option("--stack", metavar="NAME", help="Show the runs of a deployed stack, not those here.")
    ] = None,
    region: FoundRegion = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    allow_actions: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--allow-actions", help="With --stack: let pages redrive, stop and upload on AWS.")
    ] = False,
    json: Json = None,
) -> None:
    """Serve the dashboard on 127.0.0.1 until Ctrl-C, and open it in the browser.

    Exit code 0: it was ended; 2: wrong usage; 3: it could not start, or ended by itself.
    """
    # Only here: psutil takes time that --help need not wait for.
    from simulator.pipeline.local_cloud.dashboard_process import DashboardProcess  # noqa: PLC0415 - as above

    with terminal(json=json) as term:
        given = {"--stack": stack, "--region": region, "--profile": profile, "--endpoint-url": endpoint_url}
        words = [word for name, value in given.items() if value is not None for word in (name, value)]
        words += ["--allow-actions"] if allow_actions else []
        if words and stack is None:
            raise UsageError(f"{words[0]} is for --stack NAME, which is missing.")
        term.say("starting the dashboard")
        with DashboardProcess(Settings().home.create().path, port, words) as served:
            term.say(("The dashboard is at ", "bold"), (served.url, "bold"), "  Ctrl-C ends it.")
            term.document({"url": served.url, "pid": served.pid})
            if browser and not _opened(served.url):
                term.say("No browser could be opened here. Open that address in one.")
            try:
                served.wait()
            except KeyboardInterrupt:
                term.say("The dashboard has ended.")


def _opened(url: str) -> bool:
    """Open a page in a browser with windows; one in the terminal would take the place of this command."""
    if sys.platform != "darwin" and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")):
        return False
    import webbrowser  # noqa: PLC0415 - slow, and only this command needs it

    try:
        return webbrowser.open(url)
    except webbrowser.Error:
        return False
