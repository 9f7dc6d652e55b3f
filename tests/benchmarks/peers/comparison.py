"""The same map on each peer, as a table: rows per second, and what a peer does not run.

`moto` here is its own engine for state machines, run as its server and driven by boto3; the simulator uses moto for S3
and DynamoDB only. Servers and the simulator's cloud are driven by the same code over HTTP. aws-local-stepfunctions has
no server: its map runs in node's memory, without a history.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.benchmarks.peers.installation import LOCAL_STEP_FUNCTIONS, MINISTACK, MOTO, NotInstalled, npm_peer
from tests.benchmarks.peers.servers import ministack_server, moto_server, simulator_cloud
from tests.benchmarks.peers.the_map import EXPRESS, INLINE, ROUNDS, STANDARD, NotRun, definition, items, seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

SIZES: Final = (500, 1_000)
_SCRIPT: Final = Path(__file__).with_name("inline_map.js")
_NO_DISTRIBUTED: Final = "not there"

Cells = dict[tuple[str, int], str]


def main() -> None:
    """Run each peer in turn, and print the table."""
    peers: dict[str, Callable[[], Cells]] = {
        "this simulator": lambda: _served(simulator_cloud(), (EXPRESS,)),
        f"moto {MOTO}, its own engine": lambda: _served(moto_server(), (EXPRESS, STANDARD)),
        f"MiniStack {MINISTACK}": lambda: _served(ministack_server(), (EXPRESS,)),
        f"aws-local-stepfunctions {LOCAL_STEP_FUNCTIONS}": _in_node,
    }
    columns = [(mode, size) for mode in ("distributed", "inline") for size in SIZES]
    print(f"{date.today()}: rows per second of a map of items that do nothing, median of {ROUNDS} rounds")  # noqa: DTZ011
    print("| | " + " | ".join(f"{mode}, {size:,}" for mode, size in columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    missing: list[str] = []
    for name, measure in peers.items():
        try:
            cells = measure()
        except NotInstalled as error:
            cells = dict.fromkeys(columns, "not to be had")
            missing.append(f"{name}: {error}")
        print(f"| {name} | " + " | ".join(cells[column] for column in columns) + " |", flush=True)
    for line in missing:
        print(line)


def _served(server: AbstractContextManager[str], kinds: tuple[dict[str, str], ...]) -> Cells:
    cells: Cells = {}
    with server as url:
        for size in SIZES:
            cells["inline", size] = _cell(url, (INLINE,), size)
            cells["distributed", size] = _cell(url, kinds, size)
    return cells


def _cell(url: str, kinds: tuple[dict[str, str], ...], size: int) -> str:
    """Return the rows per second of the first kind of map that is taken; if it is not EXPRESS, its kind too."""
    problem: NotRun | None = None
    for kind in kinds:
        try:
            text = _text(seconds_of(url, kind, size), size)
        except NotRun as error:
            problem = error
            continue
        return f"{text} (STANDARD children)" if kind is STANDARD else text
    return f"fails: {problem}"


def _in_node() -> Cells:
    package = npm_peer("aws-local-stepfunctions", LOCAL_STEP_FUNCTIONS)
    cells: Cells = {}
    with tempfile.TemporaryDirectory() as name:
        machine, given = Path(name) / "definition.json", Path(name) / "input.json"
        machine.write_text(json.dumps(definition(INLINE, None)), encoding="utf-8")
        for size in SIZES:
            given.write_text(json.dumps({"items": items(size)}), encoding="utf-8")
            done = subprocess.run(
                ["node", str(_SCRIPT), str(package), str(machine), str(given), str(ROUNDS + 1)],
                capture_output=True,
                text=True,
                check=False,
            )
            seconds = [] if done.returncode else json.loads(done.stdout)[1:]
            cells["inline", size] = _text(seconds, size) if seconds else f"fails: {done.stderr.strip()}"
            cells["distributed", size] = _NO_DISTRIBUTED
    return cells


def _text(seconds: list[float], size: int) -> str:
    return f"{size / statistics.median(seconds):,.0f}"
