"""The routes by which the cloud that is up does commands for other processes."""

from __future__ import annotations

import hmac
import threading
import time
import traceback
from pathlib import Path
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any

import typer

from simulator.aws.errors import ApiError
from simulator.cli import exits
from simulator.cli.exits import UsageError
from simulator.cli.output.fields import WHOLE
from simulator.cli.output.terminal import told_errors
from simulator.cli.paths import files_to_run, readable_file
from simulator.cli.running import RunOptions, prepared, redrive_in, run_one, run_several
from simulator.cli.served.remote_terminal import RemoteTerminal
from simulator.cli.sources.upload_file import upload_file
from simulator.cli.sources.user_master import load_and_tell
from simulator.runs.caller import Caller, called_from
from simulator.runs.recovery import recovered
from simulator.runs.redrive_plan import NotRedrivable, plan_redrive
from simulator.runs.store import RunNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from simulator.cli.running import CloudAndListeners

    Question = dict[str, Any]
    Work = Callable[[Question, RemoteTerminal], int]

SIGN_OF_LIFE_SECONDS = 5.0
"""So often something is sent, so that a client that has gone is noticed."""
STOP_SECONDS = 20.0


class ServedCommands:
    """Does `run`, `redrive` and `users load`, each on a thread of its own; a client that goes away stops nothing.

    Args:
        cloud: the cloud they are done in.
        token: what a question must have, to be answered.
        tell: given a sentence for the person at the terminal of `up`.
        status: says how the cloud stands.
    """

    def __init__(
        self, cloud: CloudAndListeners, token: str, tell: Callable[[str], None], status: Callable[[], dict[str, Any]]
    ) -> None:
        self._cloud = cloud
        self._token = token
        self._tell = tell
        self._status = status
        self._terminals: dict[str, RemoteTerminal] = {}

    @property
    def routes(self) -> Mapping[str, Callable[[Question], dict[str, Any] | Iterator[dict[str, Any]]]]:
        """Return the routes for the endpoint."""
        return {
            "run": lambda question: self._lines(question, self._run),
            "redrive": lambda question: self._lines(question, self._redrive),
            "users": lambda question: self._lines(question, self._users),
            "interrupt": self._interrupt,
            "status": self._tell_status,
        }

    def stop(self) -> None:
        """Let every command that is going on end, as SIGTERM in its own terminal does, and wait for that a while."""
        for terminal in list(self._terminals.values()):
            terminal.say("The local cloud is ending, and this command with it.")
            terminal.interrupt("terminate")
        deadline = time.monotonic() + STOP_SECONDS
        while self._terminals and time.monotonic() < deadline:
            time.sleep(0.05)

    def _check(self, question: Question) -> None:
        """Refuse who has not read `up.json`: a route names files, and another user of the machine may not read them."""
        if not hmac.compare_digest(str(question.get("token", "")).encode(), self._token.encode()):
            raise ApiError("AccessDenied", "The token is missing or wrong; `up.json` has it.", status=403)

    def _tell_status(self, question: Question) -> dict[str, Any]:
        self._check(question)
        return self._status()

    def _interrupt(self, question: Question) -> dict[str, Any]:
        self._check(question)
        terminal = self._terminals.get(str(question.get("ticket")))
        if terminal is not None:
            terminal.interrupt(str(question.get("word")))
        return {"found": terminal is not None}

    def _lines(self, question: Question, work: Work) -> Iterator[dict[str, Any]]:
        self._check(question)
        lines: Queue[dict[str, Any]] = Queue()
        terminal = RemoteTerminal(
            lines.put,
            dict(question.get("terminal", {})),
            json=_chosen(question.get("json")),
            events=question.get("events") is True,
        )
        ticket = str(question.get("ticket"))
        self._terminals[ticket] = terminal

        def do() -> None:
            try:
                lines.put({"exit": self._done(question, terminal, work)})
            finally:
                self._terminals.pop(ticket, None)

        threading.Thread(target=do, name=f"command-{ticket[:8]}", daemon=True).start()
        return _until_exit(lines)

    def _done(self, question: Question, terminal: RemoteTerminal, work: Work) -> int:
        try:
            with called_from(_caller(dict(question.get("caller", {})))), told_errors(terminal):
                return work(question, terminal)
        except typer.Exit as ending:
            return ending.exit_code
        except Exception as error:  # noqa: BLE001 - the client must hear of the end; a trace is of use here only
            self._tell(f"A command of another terminal broke down:\n{traceback.format_exc()}")
            terminal.error("InternalError", f"The cloud broke down on this command: {type(error).__name__}: {error}")
            return exits.NO_CLOUD

    def _run(self, question: Question, terminal: RemoteTerminal) -> int:
        options = RunOptions(**question["options"])
        sources, several = files_to_run([str(text) for text in question["files"]])
        if several:
            if options.key is not None:
                raise UsageError("--key is for one file. Run it alone.")
            return run_several(self._cloud, sources, options, terminal)
        with prepared(sources[0], options, terminal) as body:
            return run_one(self._cloud, sources[0], body, options, terminal)

    def _redrive(self, question: Question, terminal: RemoteTerminal) -> int:
        try:
            folder = self._cloud.session.store.find(str(question["run"]))
            plan = plan_redrive(folder, recovered(folder))
        except (RunNotFound, NotRedrivable) as error:
            raise UsageError(str(error)) from None
        return redrive_in(self._cloud, folder, plan, terminal)

    def _users(self, question: Question, terminal: RemoteTerminal) -> int:
        source = readable_file(str(question["file"]))
        with upload_file(source, terminal, convert=True) as body:
            load_and_tell(self._cloud.session, source, body, terminal)
        return exits.SUCCEEDED


def _until_exit(lines: Queue[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    while True:
        try:
            line = lines.get(timeout=SIGN_OF_LIFE_SECONDS)
        except Empty:
            line = {}
        yield line
        if "exit" in line:
            return


def _chosen(value: object) -> str | None:
    """Return what a question has for `--json`: the fields, or a truth value from a client that is older."""
    return value if isinstance(value, str) else WHOLE if value else None


def _caller(facts: dict[str, Any]) -> Caller:
    folder, home = facts.get("folder"), facts.get("home")
    return Caller(
        folder=Path(folder) if isinstance(folder, str) else None,
        python=str(facts.get("python")),
        home=home if isinstance(home, str) else None,
    )
