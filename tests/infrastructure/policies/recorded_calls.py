"""The AWS calls of real runs, without what differs from run to run.

`python -m tests.infrastructure.policies.recorded_calls HOME` writes them from all runs of a home: a good file, twice,
the files of sample_data/invalid, one with too many failures, and a run that was stopped.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from simulator.aws.iam.call import Call
from simulator.aws.iam.gate import call_of
from simulator.runs.folder.json_lines import read_lines

FILE = Path(__file__).with_name("recorded_calls.jsonl")
_VARYING = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<id>"),
    (re.compile(r"user-log-\d{8}-\d{6}-[0-9a-f]{40}"), "<run>"),
    (re.compile(r"(user-log-input-\d+)/.*"), r"\1/<file>"),
)


def recorded() -> list[Call]:
    """Return the calls."""
    return [call_of(line) for line in read_lines(FILE)]


def kinds(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return calls, each kind once, without numbers and what differs from run to run."""
    found = set()
    for line in lines:
        text = json.dumps({key: value for key, value in line.items() if key != "count"}, sort_keys=True)
        call = json.loads(text)
        for pattern, with_what in _VARYING:
            call["resource"] = pattern.sub(with_what, call["resource"])
            call["context"] = {name: pattern.sub(with_what, one) for name, one in call.get("context", {}).items()}
        found.add(json.dumps(call, sort_keys=True))
    return [json.loads(one) for one in sorted(found)]


def of_home(home: Path) -> list[dict[str, Any]]:
    """Return the calls of all runs of a home."""
    return kinds(line for file in sorted(home.glob("runs/*/aws-calls.jsonl")) for line in read_lines(file))


if __name__ == "__main__":
    FILE.write_text("".join(f"{json.dumps(one)}\n" for one in of_home(Path(sys.argv[1]))), encoding="utf-8")
