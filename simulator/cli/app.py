"""The command line: `python -m simulator`."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, NoReturn

import typer
from rich.markup import escape

from simulator.cli import exits
from simulator.cli.commands.check import EPILOG as CHECK_EPILOG
from simulator.cli.commands.check import check_command
from simulator.cli.commands.cloud import down_command, env_command, status_command
from simulator.cli.commands.compare import EPILOG as COMPARE_EPILOG
from simulator.cli.commands.compare import compare_command
from simulator.cli.commands.convert import convert_command
from simulator.cli.commands.database.rebuild_totals import EPILOG as REBUILD_EPILOG
from simulator.cli.commands.database.rebuild_totals import rebuild_totals_command
from simulator.cli.commands.deployed.fetch import EPILOG as FETCH_EPILOG
from simulator.cli.commands.deployed.fetch import fetch_command
from simulator.cli.commands.deployed.presign import presign_command
from simulator.cli.commands.deployed.replay_events import EPILOG as REPLAY_EPILOG
from simulator.cli.commands.deployed.replay_events import replay_events_command
from simulator.cli.commands.deployed.smoke import EPILOG as SMOKE_EPILOG
from simulator.cli.commands.deployed.smoke import smoke_command
from simulator.cli.commands.faults import faults_command
from simulator.cli.commands.forecast import EPILOG as FORECAST_EPILOG
from simulator.cli.commands.forecast import forecast_command
from simulator.cli.commands.redrive import EPILOG as REDRIVE_EPILOG
from simulator.cli.commands.redrive import redrive_command
from simulator.cli.commands.reset import reset_command
from simulator.cli.commands.run import run_command
from simulator.cli.commands.runs import runs_command
from simulator.cli.commands.show import show_command
from simulator.cli.commands.steer import pause_command, resume_command, stop_command, update_command
from simulator.cli.commands.up import up_command
from simulator.cli.commands.users import users_app
from simulator.cli.commands.verify import verify_command
from simulator.cli.exits import Terminated
from simulator.cli.options import examples
from simulator.cli.output.streams import settle_streams, stdout_problem
from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from types import FrameType

EPILOG = (
    f"Begin with: {escape(command('run', 'sample.csv'))} -- "
    "Exit codes: 0 succeeded; 1 the run failed or its file was rejected; 2 wrong usage or a file that cannot be read; "
    "3 the local cloud could not start; 130 Ctrl-C."
)

app = typer.Typer(
    name="simulator",
    help="Runs the CSV user-log pipeline on this machine: the same Lambda code and state machine as on AWS.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command(
    "run",
    epilog=examples(
        "run sample.csv",
        "run a.csv b.csv incoming/",
        "run sales.csv --create-users",
        "run data.csv --key in/a.csv --json",
    ),
)(run_command)
app.command("up", epilog=examples("up", "up --port 0 --with-dashboard", "up --inbox incoming --detach"))(up_command)
app.command("down", epilog=examples("down"))(down_command)
app.command("status", epilog=examples("status", "status --json"))(status_command)
app.command("env", epilog=examples("env", "env --unset", "env --json"))(env_command)
app.command("runs", epilog=examples("runs", "runs --limit 100 --json"))(runs_command)
app.command("show", epilog=examples("show latest", "show user-log-2025", "show latest --row 17"))(show_command)
app.command("verify", epilog=examples("verify latest", "verify user-log-2025 --json"))(verify_command)
app.command("compare", epilog=COMPARE_EPILOG)(compare_command)
app.command("forecast", epilog=FORECAST_EPILOG)(forecast_command)
app.command("redrive", epilog=REDRIVE_EPILOG)(redrive_command)
app.command("stop", epilog=examples("stop latest", "stop user-log-2025 --cause 'wrong file'"))(stop_command)
app.command("pause", epilog=examples("pause latest"))(pause_command)
app.command("resume", epilog=examples("resume latest"))(resume_command)
app.command("update", epilog=examples("update latest --max-concurrency 2", "update latest --tolerated-failures 50"))(
    update_command
)
app.command("fetch", epilog=FETCH_EPILOG)(fetch_command)
app.command("replay-events", epilog=REPLAY_EPILOG)(replay_events_command)
app.command("smoke", epilog=SMOKE_EPILOG)(smoke_command)
app.command("check", epilog=CHECK_EPILOG)(check_command)
app.command("faults", epilog=examples("faults", "faults --json"))(faults_command)
app.command("convert", epilog=examples("convert excel.csv", "convert excel.csv --out utf8.csv"))(convert_command)
app.command(
    "presign", epilog=examples("presign 2026/11/28/users.csv --bucket user-log-input-123456789012-ap-northeast-1")
)(presign_command)
app.command("rebuild-totals", epilog=REBUILD_EPILOG)(rebuild_totals_command)
app.command("reset", epilog=examples("reset", "reset --yes"))(reset_command)
app.add_typer(users_app, name="users")


def main() -> None:
    """Run the command that the arguments name, and exit."""
    settle_streams()
    signal.signal(signal.SIGTERM, _terminate)
    try:
        app(prog_name=command())
    except SystemExit as ending:
        # A document's failure was told by its command, which exits with 2; a help text has no one else to tell it.
        if ending.code in (None, exits.SUCCEEDED) and (problem := stdout_problem()) is not None:
            sys.stderr.write(f"Error: stdout could not be written to: {problem}.\n")
            raise SystemExit(exits.USAGE) from None
        raise


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated
