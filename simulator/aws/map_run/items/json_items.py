"""Items of a JSON file (an array, or an object's entries) and of a JSON Lines file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import ITEM_READER_FAILED, StateError
from simulator.aws.json_reader import BadJson, read_json
from simulator.aws.map_run.items.items import Item, UnreadableError, items_of
from simulator.aws.map_run.items.object_text import utf8_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.aws.asl.runtime.ports import ItemReaderSpec

MAX_LINE_CHARACTERS = 8 * 1024 * 1024


def json_items(chunks: Iterator[bytes], spec: ItemReaderSpec) -> Iterator[Item]:
    """Read the whole file and give the items at ItemsPointer (default: the root).

    Recorded on AWS: an object at an ItemsPointer is mapped over (2026); without an ItemsPointer, a root that is an
    object is refused (an older recording; the guide of 2025 says "array or object"). Both are kept. `ItemsPointer: ""`
    names the root too.

    Raises:
        StateError: States.ItemReaderFailed if there is neither array nor object there.
        UnreadableError: if it is not JSON that `read_json` takes.
    """
    document = _parse("".join(utf8_text(chunks)), "The object")
    value = _at(document, spec.items_pointer or "")
    if not isinstance(value, list) and (not isinstance(value, dict) or spec.items_pointer is None):
        raise StateError(ITEM_READER_FAILED, "Attempting to map over non-iterable node.")
    return iter(items_of(value))


def jsonl_items(chunks: Iterator[bytes], spec: ItemReaderSpec) -> Iterator[Item]:  # noqa: ARG001 - one signature for all
    """Read a line at a time; a line of blanks is not an item.

    Raises:
        UnreadableError: if a line is not JSON that `read_json` takes, or is longer than 8 Mi characters.
    """
    index = 0
    for number, line in enumerate(_lines(utf8_text(chunks)), start=1):
        if line and not line.isspace():
            yield Item(index, _parse(line, f"Line {number}"), None, number)
            index += 1


def _lines(texts: Iterator[str]) -> Iterator[str]:
    rest: list[str] = []
    size = count = 0
    for text in texts:
        first, *others = text.split("\n")
        rest.append(first)
        size += len(first)
        if others:
            count += len(others)
            yield "".join(rest)
            *whole, last = others
            yield from whole
            rest, size = [last], len(last)
        if size > MAX_LINE_CHARACTERS:
            raise UnreadableError(f"Line {count + 1} is longer than {MAX_LINE_CHARACTERS} characters")
    if size:
        yield "".join(rest)


def _parse(text: str, what: str) -> Any:
    try:
        return read_json(text)
    except BadJson as error:
        words = f"{error.reason} at column {error.column}" if what.startswith("Line") and error.column else str(error)
        raise UnreadableError(f"{what} is not JSON that can be read: {words}") from error


def _at(document: Any, pointer: str) -> Any:
    """Return what a JSON Pointer (RFC 6901) names; None if it names nothing."""
    value = document
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and _is_index(name) and int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, dict) and name in value:
            value = value[name]
        else:
            return None
    return value


def _is_index(name: str) -> bool:
    """Tell whether it is an array index by RFC 6901: ASCII digits without a leading zero."""
    return name == "0" or (name.isascii() and name.isdecimal() and name[0] != "0" and len(name) < 10)  # noqa: PLR2004
