"""Items of a JSON file (an array, or an object's entries) and of a JSON Lines file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lambdas.shared.csv_dialect import decode
from simulator.map_run.items import Item, items_of
from simulator.states.errors import ITEM_READER_FAILED, StateError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.states.map_runner import ItemReaderSpec


def json_items(chunks: Iterator[bytes], spec: ItemReaderSpec) -> Iterator[Item]:
    """Read the whole file and give the items at ItemsPointer (default: the root).

    Raises:
        StateError: States.ItemReaderFailed where it is no JSON, or there is neither array nor object there.
    """
    document = _parse("".join(decode(chunks)), 1)
    value = _at(document, spec.items_pointer or "")
    if not isinstance(value, (list, dict)):
        raise StateError(ITEM_READER_FAILED, "Attempting to map over non-iterable node.")
    return iter(items_of(value))


def jsonl_items(chunks: Iterator[bytes], spec: ItemReaderSpec) -> Iterator[Item]:  # noqa: ARG001 - one signature for all
    """Read a line at a time; a line of blanks is no item.

    Raises:
        StateError: States.ItemReaderFailed where a line is no JSON.
    """
    index = 0
    for number, line in enumerate(_lines(decode(chunks)), start=1):
        if line.strip():
            yield Item(index, _parse(line, number), None, number)
            index += 1


def _lines(texts: Iterator[str]) -> Iterator[str]:
    rest = ""
    for text in texts:
        *whole, rest = (rest + text).split("\n")
        yield from whole
    if rest:
        yield rest


def _parse(text: str, line: int) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise StateError(ITEM_READER_FAILED, f"The text from line {line} on is no JSON: {error}") from error


def _at(document: Any, pointer: str) -> Any:
    """Return what a JSON Pointer (RFC 6901) names; None where it names nothing."""
    value = document
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, dict) and name in value:
            value = value[name]
        else:
            return None
    return value
