"""ItemReader: turns what a Map state says of its dataset into items.

Developer guide, "ItemReader (Map)". Every failure is States.ItemReaderFailed.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from lambdas.shared.csv_dialect import RecordTooLongError
from simulator.aws.asl.errors import ITEM_READER_FAILED, StateError
from simulator.aws.map_run.items.csv_items import csv_items
from simulator.aws.map_run.items.items import Item, ItemSource, UnreadableError
from simulator.aws.map_run.items.json_items import json_items, jsonl_items
from simulator.aws.map_run.items.manifests import athena_files, inventory_files
from simulator.aws.map_run.items.object_text import gunzip, unzstd
from simulator.aws.map_run.object_store import ObjectStoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.aws.asl.runtime.ports import ItemReaderSpec
    from simulator.aws.map_run.object_store import ObjectStore

    Read = Callable[[Iterator[bytes], ItemReaderSpec], Iterator[Item]]


def _parquet(chunks: Iterator[bytes], spec: ItemReaderSpec) -> Iterator[Item]:
    from simulator.aws.map_run.items.parquet_items import parquet_items  # noqa: PLC0415 - its library is slow to load

    return parquet_items(chunks, spec)


_READERS: dict[str, Read] = {"CSV": csv_items, "JSON": json_items, "JSONL": jsonl_items, "PARQUET": _parquet}
_MANIFESTS = {"ATHENA_DATA": athena_files, "S3_INVENTORY": inventory_files}


def open_items(spec: ItemReaderSpec, store: ObjectStore) -> ItemSource:
    """Return the dataset that an ItemReader names. Nothing is read yet.

    Raises:
        StateError: States.ItemReaderFailed if MaxItems is not positive; and from each reading, if the object
            cannot be read or is not what InputType says.
    """
    if spec.max_items is not None and spec.max_items < 1:
        raise StateError(ITEM_READER_FAILED, "field MaxItems must be positive")
    parameters = spec.parameters
    source = f"s3://{parameters.get('Bucket')}"
    if not spec.resource.endswith(":listObjectsV2"):
        source = _uri(parameters)
    return ItemSource(source, lambda: _guarded(lambda: _items(spec, store), spec))


def _items(spec: ItemReaderSpec, store: ObjectStore) -> Iterator[Item]:
    if spec.manifest is not None:
        files = _MANIFESTS[spec.manifest](_unpacked(spec, store), spec)
        return _of_files(files, store, named=spec.manifest != "S3_INVENTORY")
    if not spec.resource.endswith(":listObjectsV2"):
        return _read(spec, store)
    listed = store.list(spec.parameters)
    if spec.flatten:
        return _of_files(_listed_files(listed, spec), store, named=True)
    return (Item(index, entry) for index, entry in enumerate(listed))


def _listed_files(listed: Iterator[dict[str, Any]], spec: ItemReaderSpec) -> Iterator[ItemReaderSpec]:
    """Give a reader for each object of a listing but those that stand for folders: empty, with a slash at the end."""
    for entry in listed:
        if not (entry["Key"].endswith("/") and entry["Size"] == 0):
            where = {"Bucket": spec.parameters.get("Bucket"), "Key": entry["Key"]}
            yield replace(spec, parameters=where, flatten=False, max_items=None)


def _of_files(files: Iterator[ItemReaderSpec], store: ObjectStore, *, named: bool) -> Iterator[Item]:
    """Give the items of several objects, counted through; `named` if each is to say its object as its source."""
    index = 0
    for file in files:
        source = _uri(file.parameters) if named else None
        for item in _guarded(partial(_read, file, store), file):
            yield Item(index, item.value, item.key, None, source)
            index += 1


def _read(spec: ItemReaderSpec, store: ObjectStore) -> Iterator[Item]:
    return _READERS[str(spec.input_type)](_unpacked(spec, store), spec)


def _unpacked(spec: ItemReaderSpec, store: ObjectStore) -> Iterator[bytes]:
    key = str(spec.parameters.get("Key", ""))
    chunks = store.open(spec.parameters)
    if spec.input_type == "PARQUET" and spec.manifest is None:  # it is packed within
        return chunks
    if key.endswith((".zstd", ".zst")):
        return unzstd(chunks)
    return gunzip(chunks) if key.endswith(".gz") else chunks


def _uri(parameters: dict[str, Any]) -> str:
    return f"s3://{parameters.get('Bucket')}/{parameters.get('Key')}"


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
