"""Which commands there are, in the order of the help: a command is imported when it is used.

Importing all takes as long as most commands do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A command.

    Args:
        name: its word.
        module: its module below `simulator.cli.commands`.
        function: its function there, or for commands that have commands their callback.
        examples: examples of its use; None if the module has an EPILOG.
        group: the name of the module's typer app, if it has commands of its own.
    """

    name: str
    module: str
    function: str
    examples: tuple[str, ...] | None = None
    group: str | None = None

    def load(self) -> Any:
        """Import its module and return it."""
        return import_module(f"simulator.cli.commands.{self.module}")

    def summary(self) -> str:
        """Return the first paragraph of its help, without importing it: from its source, where its docstring is."""
        source = (_HERE / "commands" / f"{self.module.replace('.', '/')}.py").read_text(encoding="utf-8")
        found = re.search(rf'^def {self.function}\(.*?"""(.*?)(?:\n\n|""")', source, re.DOTALL | re.MULTILINE)
        if found is None:
            raise AssertionError(f"{self.module} has no function {self.function} with a docstring")
        return " ".join(found[1].split())


COMMANDS = (
    Entry(
        name="run",
        module="run",
        function="run_command",
        examples=(
            "run sample.csv",
            "run a.csv b.csv incoming/",
            "run - --key in/a.csv < a.csv",
            "run sales.csv --create-users",
            "run data.csv --key in/a.csv --json",
        ),
    ),
    Entry(
        name="up",
        module="local_cloud.up",
        function="up_command",
        examples=("up", "up --port 0 --with-dashboard", "up --inbox incoming --detach"),
    ),
    Entry(name="down", module="local_cloud.cloud", function="down_command", examples=("down",)),
    Entry(name="status", module="local_cloud.cloud", function="status_command", examples=("status", "status --json")),
    Entry(
        name="env", module="local_cloud.cloud", function="env_command", examples=("env", "env --unset", "env --json")
    ),
    Entry(name="runs", module="runs", function="runs_command", examples=("runs", "runs --limit 100 --json")),
    Entry(
        name="show",
        module="show",
        function="show_command",
        examples=("show latest", "show latest --row 17", "show latest --html run.html"),
    ),
    Entry(
        name="verify",
        module="verify",
        function="verify_command",
        examples=("verify latest", "verify user-log-2025 --json"),
    ),
    Entry(name="compare", module="compare", function="compare_command"),
    Entry(name="forecast", module="forecast", function="forecast_command"),
    Entry(name="redrive", module="redrive", function="redrive_command"),
    Entry(
        name="stop",
        module="steer",
        function="stop_command",
        examples=("stop latest", "stop user-log-2025 --cause 'wrong file'"),
    ),
    Entry(name="pause", module="steer", function="pause_command", examples=("pause latest",)),
    Entry(name="resume", module="steer", function="resume_command", examples=("resume latest",)),
    Entry(
        name="update",
        module="steer",
        function="update_command",
        examples=("update latest --max-concurrency 2", "update latest --tolerated-failures 50"),
    ),
    Entry(name="fetch", module="deployed.fetch", function="fetch_command"),
    Entry(name="replay", module="failures.replay", function="replay_command"),
    Entry(name="replay-events", module="deployed.replay_events", function="replay_events_command"),
    Entry(name="smoke", module="deployed.smoke", function="smoke_command"),
    Entry(name="check", module="check", function="check_command"),
    Entry(name="faults", module="faults", function="faults_command", examples=("faults", "faults --json")),
    Entry(
        name="convert",
        module="convert",
        function="convert_command",
        examples=("convert excel.csv", "convert excel.csv --out utf8.csv"),
    ),
    Entry(
        name="presign",
        module="deployed.presign",
        function="presign_command",
        examples=("presign 2026/11/28/users.csv --bucket user-log-input-123456789012-ap-northeast-1",),
    ),
    Entry(name="dashboard", module="local_cloud.dashboard", function="dashboard_command"),
    Entry(
        name="doctor",
        module="doctor",
        function="doctor_command",
        examples=("doctor", "doctor --json checks.name,checks.state"),
    ),
    Entry(name="mcp", module="local_cloud.mcp", function="mcp_command"),
    Entry(name="logs", module="logs", function="logs_command"),
    Entry(name="completion", module="completion", function="completion_command"),
    Entry(name="rebuild-totals", module="database.rebuild_totals", function="rebuild_totals_command"),
    Entry(name="reset", module="local_cloud.reset", function="reset_command", examples=("reset", "reset --yes")),
    Entry(name="inbox", module="failures.inbox", function="inbox_command", group="inbox_app"),
    Entry(name="users", module="local_cloud.users", function="users", group="users_app"),
)
