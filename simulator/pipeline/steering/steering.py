"""Steers a run from another process: the terminal's commands and the pages' buttons."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

from simulator.aws.json_reader import BadJson, read_json
from simulator.pipeline.errors import CloudError
from simulator.pipeline.steering.helm import STOP_SECONDS
from simulator.pipeline.steering.port import HOST, MOST_BYTES, Refused
from simulator.runs.folder.run_lock import is_held
from simulator.runs.folder.run_record import INTERRUPTED, RUNNING
from simulator.runs.suggested_command import aws_stop, aws_update, command

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.pipeline.steering.orders import Order
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord

ANSWER_SECONDS = STOP_SECONDS + 10.0


def steer(folder: RunFolder, order: Order) -> dict[str, Any]:
    """Let the process that runs a run obey an order, and return what holds now.

    Returns:
        Of a stop, `status`; of the others, the Map Run's settings, and `paused`.

    Raises:
        Refused: the run has ended, its process has, or it cannot obey.
        CloudError: the process does not answer.
    """
    record = folder.record()
    if record.status == INTERRUPTED:
        raise Refused(
            f"The run {folder.name} is not running: its process has died (it was killed, or the machine restarted). "
            f"What it had done is kept. Run the rest with: {command('redrive', folder.name, home=folder.runs.parent)}"
        )
    if record.status != RUNNING:
        raise Refused(f"The run {folder.name} has ended already ({record.status}).")
    if record.on_aws:
        raise Refused(_on_aws(record, order))
    answer = _asked(folder, record.pid, order)
    if "refused" in answer:
        raise Refused(str(answer["refused"]))
    return answer


def _on_aws(record: RunRecord, order: Order) -> str:
    if order.kind == "stop":
        return f"The run {record.name} is on AWS, which stops it: {aws_stop(record)}"
    if order.kind == "update":
        return f"The run {record.name} is on AWS, which changes its Map Run: {aws_update(record, *order.settings)}"
    return f"The run {record.name} is on AWS, and Step Functions has no pause. To stop it: {aws_stop(record)}"


def _asked(folder: RunFolder, pid: int | None, order: Order) -> dict[str, Any]:
    file = folder.runs.parent / "steering" / f"{pid}.json"
    try:
        return _exchange(file, order)
    except (OSError, BadJson, KeyError, TypeError, ValueError) as error:
        if not is_held(folder.lock_file):
            raise Refused(f"The run {folder.name} ended before it could obey.") from None
        raise CloudError(
            f"The run {folder.name} goes on, but its process ({pid}) does not answer through {file}: "
            f"{type(error).__name__}: {error}. If you started it in a terminal, press Ctrl-C there."
        ) from error


def _exchange(file: Path, order: Order) -> dict[str, Any]:
    where = read_json(file.read_bytes())
    with socket.create_connection((HOST, where["port"]), timeout=ANSWER_SECONDS) as connection:
        connection.sendall(json.dumps({**order.to_json(), "token": where["token"]}).encode() + b"\n")
        with connection.makefile("rb") as lines:
            answer = read_json(lines.readline(MOST_BYTES))
    if not isinstance(answer, dict):
        raise TypeError("the answer is not a JSON object")
    return answer
