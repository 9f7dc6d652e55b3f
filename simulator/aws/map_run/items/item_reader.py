"""ItemReader: turns what a Map state says of its dataset into items.

Developer guide, "ItemReader (Map)". Every failure is States.ItemReaderFailed.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from lambdas.shared.csv_dialect import RecordTooLongError
from simulator.aws.asl.errors import ITEM_READER_FAILED, StateError
from simulator.aws.map_run.items.csv_items import csv_items
from simulator.aws.map_run.items.items import Item, ItemSource, UnreadableError
from simulator.aws.map_run.items.json_items import json_items, jsonl_items
from simulator.aws.map_run.items.object_text import gunzip
from simulator.aws.map_run.object_store import ObjectStoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.aws.asl.runtime.ports import ItemReaderSpec
    from simulator.aws.map_run.object_store import ObjectStore

    Read = Callable[[Iterator[bytes], ItemReaderSpec], Iterator[Item]]

_READERS: dict[str, Read] = {"CSV": csv_items, "JSON": json_items, "JSONL": jsonl_items}


def open_items(spec: ItemReaderSpec, store: ObjectStore) -> ItemSource:
    """Return the dataset that an ItemReader names. Nothing is read yet.

    Raises:
        StateError: States.ItemReaderFailed if MaxItems is not positive; and from each reading, if the object
            cannot be read or is not what InputType says.
    """
    if spec.max_items is not None and spec.max_items < 1:
        raise StateError(ITEM_READER_FAILED, "field MaxItems must be positive")
    bucket, key = spec.parameters.get("Bucket"), spec.parameters.get("Key")
    if spec.resource.endswith(":listObjectsV2"):
        return ItemSource(f"s3://{bucket}", lambda: _guarded(lambda: _listed(spec, store), spec))
    return ItemSource(f"s3://{bucket}/{key}", lambda: _guarded(lambda: _read(spec, store), spec))


def _read(spec: ItemReaderSpec, store: ObjectStore) -> Iterator[Item]:
    key = str(spec.parameters.get("Key", ""))
    if key.endswith((".zstd", ".zst")):
        raise UnreadableError("The object is ZSTD compressed by its key's suffix, which is not simulated")
    chunks = store.open(spec.parameters)
    if key.endswith(".gz"):
        chunks = gunzip(chunks)
    return _READERS[str(spec.input_type)](chunks, spec)


def _listed(spec: ItemReaderSpec, store: ObjectStore) -> Iterator[Item]:
    return (Item(index, entry) for index, entry in enumerate(store.list(spec.parameters)))


def _guarded(begin: Callable[[], Iterator[Item]], spec: ItemReaderSpec) -> Iterator[Item]:
    """Read up to MaxItems items, turning what goes wrong into States.ItemReaderFailed."""
    try:
        yield from islice(begin(), spec.max_items)
    except ObjectStoreError as error:
        raise StateError(
            ITEM_READER_FAILED, f"{error} (Service: S3; Error Code: {error.code}){_where(spec)}"
        ) from error
    except (UnreadableError, RecordTooLongError) as error:
        raise StateError(ITEM_READER_FAILED, f"{error}{_where(spec)}") from error


def _where(spec: ItemReaderSpec) -> str:
    parameters: dict[str, Any] = spec.parameters
    return f" [s3://{parameters.get('Bucket')}/{parameters.get('Key', parameters.get('Prefix', ''))}]"
