"""A line of `items.jsonl`: one row, when its child execution has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.runs.moments import moment_text

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.listener import ChildRecord


def item_line(child: ChildRecord, redrive: int) -> dict[str, Any]:
    """Return the line of a child that ran in a redrive of the execution (0: in its first attempt).

    `attempts` counts the calls of the first Task (LogError and what follows are no attempts at the row); `outcome` is
    the output's `status` (`success`, `superseded`); `cause` is the text that AWS gives, for a Lambda function its JSON.
    `tries` lists all Task calls as [state, start, stop, error], where there was more than one or the row failed.
    """
    attempts = child.attempts
    first = attempts[0].state if attempts else None
    output = child.output
    value = child.input
    line = {
        "index": child.index,
        "line": child.line,
        "user": value.get("userId") if isinstance(value, dict) else None,
        "status": child.status,
        "outcome": output.get("status") if isinstance(output, dict) else None,
        "attempts": 1 if len(attempts) == 1 else sum(attempt.state == first for attempt in attempts),
        "start": moment_text(child.started),
        "stop": moment_text(child.stopped),
        "worker": child.worker,
        "error": child.error,
        "cause": child.cause,
        "redrive": redrive,
        "name": child.name,
    }
    if len(attempts) > 1 or child.status != "SUCCEEDED":
        line["tries"] = [
            [attempt.state, moment_text(attempt.started), moment_text(attempt.stopped), attempt.error]
            for attempt in attempts
        ]
    return line
