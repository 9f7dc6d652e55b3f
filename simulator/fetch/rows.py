"""`items.jsonl` of a run on AWS: from the result files of its Map Runs, and from the functions' logs.

AWS tells the end of each child execution in the ResultWriter's files, once the Map Run has ended. How often a row was
tried is in the functions' logs. Until there are result files (while it runs, or if it was stopped) the logs alone tell
which rows have ended.
"""

from __future__ import annotations

import heapq
import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from lambdas.shared.columns import USER
from lambdas.shared.csv_dialect import decode, records
from lambdas.user_log_reporter.reasons import OUTAGE_ERRORS
from simulator.csv_files.encoding import read_chunks
from simulator.runs.folder.result_files import attempts
from simulator.runs.folder.times import moment_text, parsed_moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from simulator.fetch.function_logs import Invocation
    from simulator.runs.folder.history_reader import MapRunPass
    from simulator.runs.folder.result_files import Entry
    from simulator.runs.folder.run_folder import RunFolder

_ENDED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")


class RowCalls:
    """The calls of the processor for each row of a run, from the functions' logs."""

    def __init__(self) -> None:
        self._by_index: defaultdict[int, list[tuple[str, str, dict[str, Any]]]] = defaultdict(list)

    def add(self, invocation: Invocation) -> None:
        """Take over an invocation, for each row that it was about."""
        for index, facts in invocation.rows.items():
            self._by_index[index].append((invocation.start, invocation.stop, facts))

    def rows(self) -> list[int]:
        """Return the indexes of the rows that were called."""
        return sorted(self._by_index)

    def of(self, index: int, since: str, until: str) -> list[tuple[str, str, dict[str, Any]]]:
        """Return the calls for a row that began between two times, as (start, stop, what the call said)."""
        return sorted((one for one in self._by_index.get(index, ()) if since <= one[0] < until), key=lambda one: one[0])


def item_lines(
    folder: RunFolder, passes: list[MapRunPass], calls: RowCalls, row_state: str
) -> Iterator[dict[str, Any]]:
    """Yield the lines of `items.jsonl`, pass by pass, in the order in which the rows ended.

    Args:
        folder: the run's, with its input and its result files.
        passes: those of its Map Runs, as its history has them.
        calls: the processor's calls.
        row_state: the first state of a row's child execution.

    Raises:
        OSError: a file cannot be read.
        ValueError: the input is not UTF-8.
    """
    lines = lines_of_rows(folder.input_file)
    found = {(one.map_run, one.number): one for one in attempts(folder, {})}
    for position, one in enumerate(passes):
        until = passes[position + 1].started if position + 1 < len(passes) else "9999"
        attempt = found.get((one.arn.rpartition(":")[2], one.number))
        entries = attempt.row_entries() if attempt is not None else iter(())
        told = [line for entry in entries if (line := _of_entry(entry, calls, one, until, row_state))]
        if attempt is None or attempt.manifest() is None:
            ended = {line["index"] for line in told}
            rest = (index for index in calls.rows() if index not in ended)
            told += [line for index in rest if (line := _of_calls(index, calls, one, until, row_state))]
        for line in told:
            index = line["index"]
            line["line"] = lines[index] if index < len(lines) else None
        yield from _with_workers(told)


def lines_of_rows(path: Path) -> list[int]:
    """Return the line on which each row of a file begins; empty if the file is not there.

    Raises:
        OSError, ValueError: it cannot be read, or is not UTF-8.
    """
    if not path.is_file():
        return []
    found = [record.line for record in records(decode(read_chunks(path))) if not record.blank]
    return found[1:]


def _of_entry(entry: Entry, calls: RowCalls, one: MapRunPass, until: str, row_state: str) -> dict[str, Any] | None:
    given, record = entry.input or {}, entry.record
    index = given.get("rowIndex")
    if record.get("Status") not in _ENDED or not isinstance(index, int):
        return None  # it never started
    output = _parsed(record.get("Output"))
    return _line(
        index=index,
        user=given.get(USER.event_key),
        status=str(record["Status"]),
        outcome=output.get("status") if isinstance(output, dict) else None,
        start=_moment(record.get("StartDate")),
        stop=_moment(record.get("StopDate")),
        error=record.get("Error"),
        cause=record.get("Cause"),
        redrive=one.redrive,
        name=record.get("Name"),
        told=calls.of(index, one.started, until),
        row_state=row_state,
        batch=entry.batch,
    )


def _of_calls(index: int, calls: RowCalls, one: MapRunPass, until: str, row_state: str) -> dict[str, Any] | None:
    """Return the line of a row by its last call; None if it may be tried again."""
    told = calls.of(index, one.started, until)
    if not told:
        return None
    facts = told[-1][2]
    error = facts.get("error")
    if error in OUTAGE_ERRORS or (error is None and "status" not in facts):
        return None
    return _line(
        index=index,
        user=facts.get("userId"),
        status="SUCCEEDED" if error is None else "FAILED",
        outcome=facts.get("status") if error is None else None,
        start=told[0][0],
        stop=told[-1][1],
        error=error,
        cause=facts.get("cause") if error is not None else None,
        redrive=one.redrive,
        name=None,
        told=told,
        row_state=row_state,
    )


def _line(
    *,
    status: str,
    start: str,
    stop: str,
    error: str | None,
    told: list[tuple[str, str, dict[str, Any]]],
    row_state: str,
    **more: Any,
) -> dict[str, Any]:
    """Return a line with the keys of `items.item_line`; a call that died without a word is known by the row's error."""
    tries = [[row_state, began, ended, facts.get("error")] for began, ended, facts in told]
    if status != "SUCCEEDED" and error is not None and (not tries or tries[-1][3] != error):
        tries.append([row_state, tries[-1][2] if tries else start, stop, error])
    line = {
        "index": more["index"],
        "line": None,
        "user": more["user"],
        "status": status,
        "outcome": more["outcome"],
        "attempts": max(len(tries), 1),
        "start": start,
        "stop": stop,
        "worker": None,
        "error": error,
        "cause": more["cause"],
        "redrive": more["redrive"],
        "name": more["name"],
    }
    if len(tries) > 1 or status != "SUCCEEDED":
        line["tries"] = tries
    if more.get("batch") is not None:
        line["batch"] = more["batch"]
    return line


def _with_workers(told: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each row the lowest worker that was free: AWS does not say which one ran it, only when it ran."""
    free: list[int] = []
    busy: list[tuple[str, int]] = []
    made = 0
    lines = sorted(told, key=lambda line: (line["start"], line["index"]))
    for line in lines:
        while busy and busy[0][0] <= line["start"]:
            heapq.heappush(free, heapq.heappop(busy)[1])
        if free:
            worker = heapq.heappop(free)
        else:
            worker, made = made, made + 1
        line["worker"] = worker
        heapq.heappush(busy, (line["stop"], worker))
    return sorted(lines, key=lambda line: (line["stop"], line["index"]))


def _parsed(text: object) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return None


def _moment(text: object) -> str:
    moment = parsed_moment(text) if isinstance(text, str) else None
    return moment_text(moment) if moment else ""
