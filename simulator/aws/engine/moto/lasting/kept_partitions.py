"""The items of the kept table as they lie on disk: a file for the partitions of a run, in the run's folder.

A line of such a file is an item in plain JSON (see `table_log`); of two with the same key the later counts. What plain
JSON cannot say (an item deleted, a set, bytes, a number with a fraction) is an override in the journal, which says how
long the file was then: lines behind that place are newer than the override.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import orjson

from simulator.aws.engine.environment import REGION
from simulator.aws.engine.table_log import MAX_INTEGER, TableLog, is_folder, is_plain_name, typed_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.aws.engine.options import KeptTable

    Item = dict[str, Any]


class KeptPartitions:
    """Reads and appends the files.

    Args:
        kept: the table, whose hash key is the folder attribute.
    """

    def __init__(self, kept: KeptTable) -> None:
        self._kept = kept
        self._folders = str(kept.folders)
        self._range_key = kept.range_key
        self._log = TableLog(kept)
        self._overrides: dict[str, dict[str, tuple[Item | None, int]]] = {}
        self._guard = threading.Lock()

    @property
    def table(self) -> str:
        """The table's name."""
        return self._kept.name

    def is_table(self, region: str, table: str) -> bool:
        """Tell whether this is the kept table."""
        return region == REGION and table == self._kept.name

    def has_folder(self, key: Mapping[str, Any]) -> bool:
        """Tell whether the item of a key belongs to a run that has a folder."""
        name = key.get(self._kept.folder_attribute, {}).get("S")
        if not isinstance(name, str):
            return False
        folder = self._kept.folder_of(name)
        return is_plain_name(folder) and is_folder(f"{self._folders}/{folder}")

    @staticmethod
    def is_plain(item: Mapping[str, Any]) -> bool:
        """Tell whether an item reads the same when it was written as plain JSON."""
        return all(_is_plain_value(value) for value in item.values())

    def append(self, items: list[Item]) -> None:
        """Append items to the files of their runs.

        Raises:
            OSError: the disk is full.
        """
        if items:
            self._log.append(items)

    def override(self, key: Item, item: Item | None) -> dict[str, Any]:
        """Return the journal's line that says what counts for a key from now on; None for an item deleted."""
        name = key[self._kept.folder_attribute]["S"]
        line = {
            "about": [
                "dynamodb",
                REGION,
                self._kept.name,
                "item",
                orjson.dumps(key, option=orjson.OPT_SORT_KEYS).decode(),
            ],
            "item": item,
            "after": self._size(name),
        }
        self.take_override(line)
        return line

    def take_override(self, line: dict[str, Any]) -> None:
        """Take over such a line, from the journal."""
        key = orjson.loads(line["about"][-1])
        name = key[self._kept.folder_attribute]["S"]
        with self._guard:
            of_run = self._overrides.setdefault(name, {})
            of_run[key[self._range_key]["S"]] = (line["item"], line["after"])

    def names(self) -> list[str]:
        """Return the partitions that have items on disk."""
        try:
            entries = [entry.name for entry in self._kept.folders.iterdir()]
        except OSError:
            entries = []
        here = {name for entry in entries if self._size(entry) for name in self._partitions_in(entry)}
        with self._guard:
            return sorted({*here, *self._overrides})

    def keys(self, name: str) -> Iterator[Item]:
        """Yield the keys of a partition's items on disk."""
        hash_key = {self._kept.folder_attribute: {"S": name}}
        for range_key in self._newest(name):
            yield {**hash_key, self._range_key: {"S": range_key}}
        for range_key in self._of_run(name):
            yield {**hash_key, self._range_key: {"S": range_key}}

    def items(self, name: str, needle: bytes | None = None) -> Iterator[Item]:
        """Yield a partition's items in DynamoDB's typed JSON, as the last write left them.

        Args:
            name: the partition's.
            needle: leave out items whose line does not contain this.
        """
        overrides = self._of_run(name)
        for range_key, (offset, line) in self._newest(name).items():
            override = overrides.get(range_key)
            if override is not None and offset < override[1]:
                continue
            overrides.pop(range_key, None)
            if needle is None or needle in line:
                yield {key: typed_value(value) for key, value in orjson.loads(line).items()}
        for item, _after in overrides.values():
            if item is not None:
                yield item

    def count(self, name: str) -> int:
        """Return about how many items a partition has; an item that was written twice counts twice."""
        said = self._said(name)
        return sum(1 for _offset, line in self._lines(name) if said in line)

    def _of_run(self, name: str) -> dict[str, tuple[Item | None, int]]:
        with self._guard:
            return dict(self._overrides.get(name, {}))

    def _newest(self, name: str) -> dict[str, tuple[int, bytes]]:
        """Return (offset, line) of the newest line of each range key."""
        found: dict[str, tuple[int, bytes]] = {}
        said = self._said(name)
        for offset, line in self._lines(name):
            item = _parsed(line) if said in line else {}
            range_key = item.get(self._range_key)
            if isinstance(range_key, str) and item.get(self._kept.folder_attribute) == name:
                found[range_key] = (offset, line)
        return found

    def _partitions_in(self, folder: str) -> set[str]:
        """Return the partitions of a folder's file; without a mark there is one, and the file need not be read."""
        if not self._kept.folder_mark:
            return {folder}
        others = orjson.dumps(f"{folder}{self._kept.folder_mark}")[:-1]
        found = {folder}
        for _offset, line in self._lines(folder):
            if others in line and isinstance(name := _parsed(line).get(self._kept.folder_attribute), str):
                found.add(name)
        return found

    def _lines(self, name: str) -> Iterator[tuple[int, bytes]]:
        """Yield (offset, line) of the file that has a partition."""
        try:
            file = self._path(name).open("rb")
        except OSError:
            return
        with file:
            offset = 0
            for line in file:
                yield offset, line
                offset += len(line)

    @staticmethod
    def _said(name: str) -> bytes:
        """Return what each line of a partition contains."""
        return orjson.dumps(name)

    def _path(self, name: str) -> Any:
        return self._kept.folders / self._kept.folder_of(name) / self._kept.file_name

    def _size(self, name: str) -> int:
        try:
            return int(self._path(name).stat().st_size)
        except OSError:
            return 0


def _parsed(line: bytes) -> dict[str, Any]:
    """Return the item of a line; empty for a half-written last line, whose write was never acknowledged."""
    try:
        item = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return item if isinstance(item, dict) else {}


def _is_plain_value(value: Mapping[str, Any]) -> bool:
    ((kind, content),) = value.items()
    if kind in ("S", "BOOL", "NULL"):
        return True
    if kind == "N":
        digits = content.removeprefix("-")
        return (
            digits.isascii() and digits.isdigit() and str(int(content)) == content and abs(int(content)) <= MAX_INTEGER
        )
    if kind == "M":
        return all(_is_plain_value(one) for one in content.values())
    return kind == "L" and all(_is_plain_value(one) for one in content)
