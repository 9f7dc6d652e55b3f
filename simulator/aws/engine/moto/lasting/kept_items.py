"""The items of the kept table inside moto: read from the run folders when asked for, let go when idle.

moto keeps all items of a table in one dict, and goes through all of them for every Query. Here a partition is read when
it is asked for, and a Query reads no other one.
"""

from __future__ import annotations

import threading
import time
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import orjson
from moto.dynamodb.models.dynamo_type import DynamoType, Item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.aws.engine.moto.lasting.kept_partitions import KeptPartitions

IDLE_SECONDS: Final = 20.0
KEPT_ITEMS: Final = 2_000
"""So many items may stay in memory however long nobody has asked for them."""


class Partition(dict[Any, Any]):
    """A partition in memory: range key -> item."""

    used: float = 0.0


class _OnDisk:
    """A partition that is not in memory: counted without being read, read without being kept."""

    def __init__(self, items: KeptItems, name: str) -> None:
        self._items = items
        self._name = name

    def __len__(self) -> int:
        return self._items.partitions.count(self._name)

    def values(self) -> Iterator[Any]:
        """Yield the items."""
        return iter(self._items.read(self._name, self._items.needle).values())


class KeptItems(dict[Any, Any]):
    """Hash key -> partition, as moto has it.

    Args:
        table: moto's table.
        partitions: where the items lie.
    """

    def __init__(self, table: Any, partitions: KeptPartitions) -> None:
        super().__init__()
        self._table = table
        self.partitions = partitions
        self._thread = threading.local()
        self._looked = time.monotonic()

    @property
    def needle(self) -> bytes | None:
        """What the line of an item must contain to be read, in this thread."""
        return getattr(self._thread, "needle", None)

    @needle.setter
    def needle(self, needle: bytes | None) -> None:
        self._thread.needle = needle

    def __missing__(self, hash_key: Any) -> Partition:
        partition = self.read(hash_key.value)
        partition.used = time.monotonic()
        self[hash_key] = partition
        return partition

    def __getitem__(self, hash_key: Any) -> Partition:
        now = time.monotonic()
        if now - self._looked > IDLE_SECONDS / 4:
            self._looked = now
            self._let_go(now)
        partition: Partition = super().__getitem__(hash_key)
        partition.used = now
        return partition

    def values(self) -> Iterator[Any]:  # type: ignore[override]  # moto only goes through it
        """Yield all partitions; those on disk are not kept."""
        here = list(super().items())
        known = {hash_key.value for hash_key, _ in here}
        for _, partition in here:
            yield partition
        for name in self.partitions.names():
            if name not in known:
                yield _OnDisk(self, name)

    def read(self, name: str, needle: bytes | None = None) -> Partition:
        """Read a partition from disk."""
        hash_name, range_name = self._table.hash_key_attr, self._table.range_key_attr
        partition = Partition()
        for typed in self.partitions.items(name, needle):
            item = Item(DynamoType(typed[hash_name]), DynamoType(typed[range_name]), typed)
            partition[item.range_key] = item
        return partition

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[Any, Any]:
        """Return all items in a plain dict: a backup."""
        del memo
        found: dict[Any, Any] = {}
        for partition in self.values():
            for item in list(partition.values()):
                found.setdefault(item.hash_key, {})[item.range_key] = item
        return found

    def _let_go(self, now: float) -> None:
        """Drop partitions that nobody has asked for lately; all they have is on disk."""
        held = sum(map(len, super().values()))
        for hash_key, partition in sorted(super().items(), key=lambda entry: entry[1].used):
            if held <= KEPT_ITEMS or now - partition.used < IDLE_SECONDS:
                return
            if not self.partitions.has_folder({self._table.hash_key_attr: {"S": hash_key.value}}):
                continue  # it lies in the journal, which is not read again
            held -= len(partition)
            del self[hash_key]


@cache
def table_class(base: Any) -> type[Any]:
    """Return moto's Table with a Query that reads one partition, or of an index only items with the value."""

    class KeptTable(base):  # type: ignore[misc]
        """The kept table."""

        def query(self, hash_key: Any, *arguments: Any, **named: Any) -> Any:
            index = named.get("index_name") or (arguments[6] if len(arguments) > 6 else None)  # noqa: PLR2004 - moto's
            conditions = named.get("hash_key_conditions") or ()
            value = hash_key.value if hash_key is not None else next((one.value for _, one in conditions), None)
            self.items._thread.only = None if index else hash_key  # noqa: SLF001 - its own
            self.items.needle = orjson.dumps(value) if index and isinstance(value, str) else None
            try:
                return super().query(hash_key, *arguments, **named)
            finally:
                self.items._thread.only = self.items.needle = None  # noqa: SLF001 - as above

        def all_items(self) -> Any:
            only = getattr(self.items._thread, "only", None)  # noqa: SLF001 - as above
            if only is None:
                return super().all_items()
            return sorted(self.items[only].values(), key=lambda item: item.range_key)

    return KeptTable
