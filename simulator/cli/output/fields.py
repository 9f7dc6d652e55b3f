"""The fields that `--json FIELDS` chooses from a command's document, and the fields that each document has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WHOLE = "*"
"""The value of `--json` without FIELDS: the whole document."""
_ON, _OFF = ("1", "true", "yes", "on", WHOLE), ("", "0", "false", "no", "off")
_ERROR = {"error", "message"}
"""The document of a command that went wrong is never cut."""
_RUN = (
    "executionName status rejected error cause rows started stopped durationMs waitingSince waitedMs outageRows "
    "redriveCount source "
    "reasons findings notes injected corrects correctedBy uncorrectedRows runDirectory failedRows databaseUrl origin"
)
_MAP_RUN = "run status paused mapRunArn maxConcurrency toleratedFailureCount toleratedFailurePercentage"

DOCUMENT_FIELDS: Mapping[str, Sequence[str]] = {
    command: names.split()
    for command, names in {
        "run": f"{_RUN} faults files succeeded failed notRun file message",
        "redrive": f"{_RUN} faults state total again keep",
        "show": f"{_RUN} states failed line index header fields raw items audit logs",
        "runs": "runs total executionName status error key started stopped durationMs waitingSince waitedMs "
        "rows outageRows redriveCount runDirectory",
        "verify": "run status clean rows database compared disagreementCount disagreements notes",
        "compare": "left right same compared differenceCount rules notes",
        "logs": "run logs time function environment requestId executionName kind message",
        "dashboard": "url pid",
        "mcp": "tools name description",
        "doctor": "ok checks name found state cure",
        "forecast": "run measuredRows prices plan rows seconds usd usdPerMonth rowsPerDay runsPerMonth lines month "
        "audit auditClaim limits growth advice recommendation assumptions omissions",
        "stop": "run status rows",
        "pause": _MAP_RUN,
        "resume": _MAP_RUN,
        "update": _MAP_RUN,
        "up": "url buckets database dashboard inbox pid started",
        "down": "ended",
        "status": "up url pid started dashboard running ended memory",
        "env": "AWS_ENDPOINT_URL AWS_REGION AWS_DEFAULT_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY "
        "AWS_DISABLE_HOST_PREFIX_INJECTION NO_PROXY no_proxy",
        "inbox": "rows states codes goingOn",
        "inbox accept": "accepted by reason",
        "inbox reopen": "reopened by reason",
        "inbox send": f"{_RUN} faults files succeeded failed notRun file message",
        "rebuild-totals": "runs auditItems users changed same newer missing dryRun",
        "replay": "run index event recorded today same caught replayed notCompared differenceCount differences",
        "fetch": f"{_RUN} runs current problems unread",
        "replay-events": "stack events unreadable",
        "smoke": "stack passed seconds steps",
        "check": "files",
        "faults": "faults name form example what",
        "convert": "input output encoding converted",
        "presign": "url method hours bucket key",
        "reset": "deleted externalDatabase",
        "users load": "file loaded users",
        "completion": "shell script",
    }.items()
}
"""What each command's `--json FIELDS` may name: fields of its document, and of the elements if it is a list."""


def field_names(text: str) -> list[str]:
    """Return the names in `a,b.c`, in their order, each once."""
    return list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def choice(text: str | None) -> str | None:
    """Return what a value of `--json`, of its variable or of the configuration file asks for.

    Returns:
        None for no document, WHOLE for all of it, else the names of the fields.
    """
    if text is None or text.strip().lower() in _OFF:
        return None
    return WHOLE if text.strip().lower() in _ON else text


def picked(document: Any, text: str) -> Any:
    """Return the parts of a document that `--json FIELDS` names; the document keeps its shape.

    A name is a path of keys (`rows.failed`), and goes through lists. In a document that is a list, such as that of
    `runs`, it may begin at the list's elements. What a document does not have is null.
    """
    if choice(text) == WHOLE or not isinstance(document, dict) or set(document) == _ERROR:
        return document
    paths = [name.split(".") for name in field_names(text)]
    if not any(path[0] in document for path in paths):
        name = next((key for key, value in document.items() if _is_list_of_objects(value)), None)
        if name is not None:
            return {name: _parts(document[name], paths)}
    return _parts(document, paths)


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _parts(value: Any, paths: Sequence[Sequence[str]]) -> Any:
    if isinstance(value, list):
        return [_parts(one, paths) for one in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for name in dict.fromkeys(path[0] for path in paths):
        deeper = [path[1:] for path in paths if path[0] == name]
        inner = value.get(name)
        found[name] = inner if [] in deeper else _parts(inner, deeper)
    return found
