"""`replay --debugger-port`: an IDE's debugger attaches, stops before the handler, and lets it go on."""

from __future__ import annotations

import itertools
import json
import re
import socket
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.acceptance.conftest import Shell

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


class Ide:
    """The little of an IDE that attaches, continues, and leaves (Debug Adapter Protocol)."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._file = self._socket.makefile("rb")
        self._numbers = itertools.count(1)

    def ask(self, command: str, **arguments: Any) -> None:
        """Send a request."""
        request = {"seq": next(self._numbers), "type": "request", "command": command, "arguments": arguments}
        body = json.dumps(request).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def messages(self) -> Iterator[dict[str, Any]]:
        """Yield what the debugger says."""
        while line := self._file.readline():
            if line.startswith(b"Content-Length:"):
                self._file.readline()
                yield json.loads(self._file.read(int(line.split(b":")[1])))

    def wait_for(self, name: str) -> dict[str, Any]:
        """Return the next event, or response to a command, of a name."""
        return next(one for one in self.messages() if name in (one.get("event"), one.get("command")))


def test_an_ide_stops_before_the_handler_and_sees_the_row(make_shell: Callable[[str], Shell]) -> None:
    """Then the replay ends as without it."""
    shell = make_shell("replay-debugger")
    assert shell("run", "sample.csv").code == 0
    process = shell.start("replay", "latest", "--row", "138", "--debugger-port", "0")
    try:
        port = next(int(found[1]) for line in process.stderr if (found := re.search(r"127\.0\.0\.1:(\d+)", line)))
        ide = Ide(port)
        ide.ask("initialize", adapterID="test", clientID="test")
        ide.wait_for("initialize")
        ide.ask("attach", justMyCode=False)
        ide.wait_for("initialized")
        ide.ask("configurationDone")
        stopped = ide.wait_for("stopped")["body"]
        ide.ask("stackTrace", threadId=stopped["threadId"])
        frame = ide.wait_for("stackTrace")["body"]["stackFrames"][0]
        assert frame["name"].endswith("runcall")
        ide.ask("evaluate", expression="event", frameId=frame["id"], context="repl")
        assert "U00137" in ide.wait_for("evaluate")["body"]["result"]
        ide.ask("disconnect", terminateDebuggee=False)
        told = process.stderr.read()
        assert process.wait(60) == 0, told
        assert "The same." in told
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()
