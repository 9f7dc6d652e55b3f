"""A terminal in another process: what is written to it goes there line by line."""

from __future__ import annotations

import io
import threading
from typing import IO, TYPE_CHECKING, Any, cast

from rich.console import Console

from simulator.cli.exits import Terminated
from simulator.cli.output.loudness import NORMAL
from simulator.cli.output.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

INTERRUPTS: dict[str, type[KeyboardInterrupt]] = {"interrupt": KeyboardInterrupt, "terminate": Terminated}


class RemoteTerminal(Terminal):
    """The messages and the document of a command whose person sits elsewhere.

    Args:
        send: takes what is to be written there: `err` for stderr; `out` for stdout, with the `folder` of the run.
        facts: what the other process says of its terminal (`through_cloud`).
        json: what `--json` asks for.
        events: whether events are wanted.
    """

    def __init__(
        self, send: Callable[[dict[str, Any]], None], facts: dict[str, Any], *, json: str | None, events: bool = False
    ) -> None:
        super().__init__(json=json, events=events)
        self.loudness = int(facts.get("loudness", NORMAL))
        self._send = send
        self._asked: type[KeyboardInterrupt] | None = None
        self._lock = threading.Lock()
        stream = _Stream(send, str(facts.get("encoding", "utf-8")), is_terminal=bool(facts.get("isTerminal")))
        self.console = Console(
            file=cast("IO[str]", stream),
            highlight=False,
            markup=False,
            emoji=False,
            width=max(1, int(facts.get("width", 80))),
            height=max(1, int(facts.get("height", 25))),
            legacy_windows=False,
            _environ={str(name): str(value) for name, value in dict(facts.get("environment", {})).items()},
        )

    def interrupt(self, word: str) -> None:
        """Let the next `pulse` raise what Ctrl-C (`interrupt`) or SIGTERM (`terminate`) raises."""
        with self._lock:
            self._asked = INTERRUPTS.get(word, KeyboardInterrupt)

    def pulse(self) -> None:
        """Raise KeyboardInterrupt once if the person has pressed Ctrl-C."""
        with self._lock:
            asked, self._asked = self._asked, None
        if asked is not None:
            raise asked

    def write_document(self, text: bytes, value: Any) -> None:
        """Send the document; the other end tells its person if stdout cannot take it."""
        folder = value.get("runDirectory") if isinstance(value, dict) else None
        self._send({"out": text.decode(), "folder": folder})

    def write_line(self, line: bytes) -> None:
        """Send the line."""
        self._send({"out": line.decode(errors="replace")})


class _Stream(io.TextIOBase):
    """What rich takes for the terminal's file."""

    def __init__(self, send: Callable[[dict[str, Any]], None], encoding: str, *, is_terminal: bool) -> None:
        self._send = send
        self._encoding = encoding
        self._is_terminal = is_terminal

    @property
    def encoding(self) -> str:  # type: ignore[override] # read-only there too
        """The terminal's encoding."""
        return self._encoding

    def isatty(self) -> bool:
        """Tell whether a person sees it."""
        return self._is_terminal

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str, /) -> int:
        """Send the text."""
        if text:
            self._send({"err": text})
        return len(text)
