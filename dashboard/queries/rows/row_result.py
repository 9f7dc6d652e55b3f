"""What a row's child execution gave back, from the result files of the Map Run (developer guide, "ResultWriter")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdas.shared.batch import PENDING, batch_items, row_ends
from simulator.aws.json_reader import BadJson, read_json

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder

_SHOWN = ("Input", "Output", "Error", "Cause")


def row_result(folder: RunFolder, child: str, index: int) -> dict[str, Any] | None:
    """Return the input, the output, the error and the cause of a row whose child has ended, JSON texts read.

    Args:
        folder: the run's.
        child: the child's name, as `items.jsonl` has it.
        index: the row's 0-based place in the file, which tells it from the others of its batch.

    Returns:
        What the newest result file that names the child says; None while no file does.
    """
    named = child.encode()
    for file in sorted(folder.results.rglob("*.json"), key=lambda path: path.as_posix(), reverse=True):
        try:
            content = file.read_bytes()
        except OSError:
            continue
        entry = _entry(content, child) if named in content else None
        if entry is not None:
            found = {name: _read(entry[name]) for name in _SHOWN if entry.get(name) is not None}
            return found if batch_items(found.get("Input")) is None else _of_batch(found, entry, index)
    return None


def _of_batch(found: dict[str, Any], entry: dict[str, Any], index: int) -> dict[str, Any] | None:
    ends = row_ends(
        found["Input"],
        status=str(entry.get("Status") or PENDING),
        error=entry.get("Error"),
        cause=entry.get("Cause"),
        output=found.get("Output"),
    )
    row = next((one for one in ends if one.index == index), None)
    if row is None:
        return None
    shown = {"Input": row.input, "Output": row.output, "Error": row.error, "Cause": row.cause and _read(row.cause)}
    return {name: value for name, value in shown.items() if value is not None}


def _entry(content: bytes, child: str) -> dict[str, Any] | None:
    try:
        entries = read_json(content)
    except BadJson:
        return None
    if not isinstance(entries, list):
        return None
    return next((one for one in entries if isinstance(one, dict) and one.get("Name") == child), None)


def _read(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith(("{", "[", '"')):
        return value
    try:
        return read_json(value)
    except BadJson:
        return value
