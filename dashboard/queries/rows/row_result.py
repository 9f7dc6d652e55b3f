"""What a row's child execution gave back, from the result files of the Map Run (developer guide, "ResultWriter")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.json_reader import BadJson, read_json

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder

_SHOWN = ("Input", "Output", "Error", "Cause")


def row_result(folder: RunFolder, child: str) -> dict[str, Any] | None:
    """Return the input, the output, the error and the cause of a child that has ended, JSON texts read.

    Args:
        folder: the run's.
        child: the child's name, as `items.jsonl` has it.

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
            return {name: _read(entry[name]) for name in _SHOWN if entry.get(name) is not None}
    return None


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
