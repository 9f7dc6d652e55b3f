"""`up`: the local cloud stays up until Ctrl-C, and any AWS client can use it."""

from __future__ import annotations

import signal
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from simulator.aws.engine.environment import local_aws
from simulator.aws.malloc import share_arenas
from simulator.cli.cloud_words import banner
from simulator.cli.exits import Terminated, UsageError
from simulator.cli.open_session import chosen_settings, open_session
from simulator.cli.options import Engine, Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal
from simulator.cli.served.live_lines import LiveLines
from simulator.cli.sources.user_master import load_sample_users
from simulator.pipeline.errors import CloudError
from simulator.pipeline.listeners import Listeners
from simulator.pipeline.local_cloud.cloud_files import ENDPOINT_PORT
from simulator.pipeline.provisioning import DEFINITIONS, resource_name
from simulator.pipeline.settings import PROJECT_ROOT
from simulator.runs.store import RunStore
from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from types import FrameType

    from simulator.aws.engine.options import EngineName
    from simulator.cli.output.terminal import Terminal
    from simulator.pipeline.session import Session

TICK_SECONDS = 0.5


def up_command(  # noqa: PLR0917 - options, each by its name
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The endpoint's port; 0 for any that is free.")
    ] = ENDPOINT_PORT,
    inbox: Annotated[
        Path | None,
        typer.Option("--inbox", metavar="DIR", help="Uploads the files that appear in this folder."),
    ] = None,
    with_dashboard: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--with-dashboard", help="Serves the dashboard too.")
    ] = False,
    watch: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--watch", help="Takes over what changes in cdk/definitions and lambdas/.")
    ] = False,
    detach: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--detach", "-d", help="Comes back once the cloud is up; the command down ends it.")
    ] = False,
    engine: Engine = None,
    json: Json = None,
) -> None:
    """Start the local cloud on one endpoint of this machine, for any AWS client, and follow its runs.

    It listens on 127.0.0.1 only and does not check signatures: any key will do. Ctrl-C ends it; runs that are going on
    are stopped then, and can be redriven. Exit code 0: it was ended; 3: it could not start.
    """
    with terminal(json=json) as term:
        if inbox is not None and inbox.exists() and not inbox.is_dir():
            raise UsageError(f"{inbox} is a file; --inbox names a folder.")
        if detach:
            from simulator.cli.detached import start_detached  # noqa: PLC0415 - for the one who needs it

            start_detached(term, port=port, inbox=inbox, with_dashboard=with_dashboard, watch=watch, engine=engine)
            return
        _serve(term, port=port, inbox=inbox, with_dashboard=with_dashboard, watch=watch, engine=engine)


def _serve(
    term: Terminal,
    *,
    port: int,
    inbox: Path | None,
    with_dashboard: bool,
    watch: bool,
    engine: EngineName | None,
) -> None:
    # Only here: see open_session.
    from simulator.cli.running import CloudAndListeners  # noqa: PLC0415 - as above
    from simulator.cli.served.commands import ServedCommands  # noqa: PLC0415 - as above
    from simulator.cli.served.inbox_runs import InboxRuns  # noqa: PLC0415 - as the line above says
    from simulator.pipeline.inbox.inbox import Inbox  # noqa: PLC0415 - as above
    from simulator.pipeline.local_cloud.cloud_files import CloudFiles  # noqa: PLC0415 - as above
    from simulator.pipeline.local_cloud.dashboard_process import DashboardProcess  # noqa: PLC0415 - as above
    from simulator.pipeline.local_cloud.ports import HOST  # noqa: PLC0415 - as above
    from simulator.pipeline.local_cloud.reload import Reload  # noqa: PLC0415 - as above
    from simulator.pipeline.local_cloud.up_lock import UpLock  # noqa: PLC0415 - as above
    from simulator.pipeline.local_cloud.watch import Watch  # noqa: PLC0415 - as above

    share_arenas()
    with local_aws("http://127.0.0.1"):  # aiohttp reads variables of the shell when it is imported
        from simulator.pipeline.local_cloud.local_cloud import (  # noqa: PLC0415 - as above
            LocalCloud,
            check_port,
            memory,
        )

    settings = chosen_settings(engine)
    home = settings.home.create()
    stopping = threading.Event()
    signal.signal(signal.SIGHUP, _terminate)  # the window was closed
    with ExitStack() as stack:
        lock = stack.enter_context(UpLock(settings))
        check_port(port)
        live = LiveLines(term, RunStore(home.runs), resource_name("Workflow"))
        listeners = Listeners(live)
        session = stack.enter_context(open_session(term, listeners, restored=True, engine=engine))
        load_sample_users(session, term)

        def status() -> dict[str, Any]:
            return {"running": live.running, "ended": dict(live.ended), "memory": memory()}

        served = ServedCommands(CloudAndListeners(session, listeners), lock.token, live.say, status)
        cloud = stack.enter_context(LocalCloud(session, Path(CloudFiles(home.path).events), port, served.routes))
        dashboard = stack.enter_context(DashboardProcess(home.path)).url if with_dashboard else None
        if watch:
            reload = Reload(session.step_functions, session.functions, session.bus.rules, session.resources)
            folders = [DEFINITIONS, PROJECT_ROOT / "lambdas"]
            stack.enter_context(Watch(folders, reload.take_over, live.say))
        if inbox is not None:
            runs = InboxRuns(session, stopping, str(home.path))
            stack.enter_context(Inbox(inbox.absolute(), runs, live.say))
        lock.up(url=cloud.url, host=HOST, port=cloud.port, dashboard=dashboard)
        facts = {
            "url": cloud.url,
            "buckets": [session.resources.input_bucket, session.resources.output_bucket],
            "database": session.postgres.display_url,
            "dashboard": dashboard,
            "inbox": str(inbox.absolute()) if inbox is not None else None,
        }
        banner(term, facts)
        if cloud.delivered_again:
            live.say(f"{cloud.delivered_again} uploads that had not begun their run when the last cloud ended begin it")
        term.document(facts)
        _follow(live, session)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it is ending
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        stopping.set()
        lock.stopping()
        term.say("stopping: rows that have begun are finished. Press Ctrl-C again to quit immediately.")
        served.stop()
        cloud.stop_runs()
    term.say("The local cloud has ended.")


def _follow(live: LiveLines, session: Session) -> None:
    """Print how runs come further, until Ctrl-C or SIGTERM.

    Raises:
        CloudError: moto has ended, or PostgreSQL has and cannot be started again.
    """
    with suppress(KeyboardInterrupt):
        while session.engine.lives:
            threading.Event().wait(TICK_SECONDS)
            live.tick()
            if session.keeper is not None and session.keeper.trouble is not None:
                raise CloudError(
                    f"The cloud cannot go on without its database. Once that is repaired, start it again with: "
                    f"{command('up')}"
                )
        raise CloudError(
            "The process that plays S3, DynamoDB and SQS has ended: it was killed, or the memory is full. "
            f"Everything that it had acknowledged is kept; start the cloud again with: {command('up')}"
        )


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated
