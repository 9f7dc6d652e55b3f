"""Manifests: the objects that Athena's UNLOAD has written, and the files of an S3 inventory.

Athena user guide, "UNLOAD": a line per data file, `s3://bucket/key`. S3 user guide, "Locating your inventory list":
`manifest.json` names the files, their columns (`fileSchema`) and their bucket (`destinationBucket`, an ARN).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator.aws.json_reader import BadJson, read_json
from simulator.aws.map_run.items.items import UnreadableError
from simulator.aws.map_run.items.object_text import utf8_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.aws.asl.runtime.ports import ItemReaderSpec

_S3 = "s3://"
_NOT_ONE = "The object is not the manifest of an inventory"


def athena_files(chunks: Iterator[bytes], spec: ItemReaderSpec) -> Iterator[ItemReaderSpec]:
    """Give a reader for each data file that a manifest of UNLOAD names, in its order.

    Raises:
        UnreadableError: if a line is not the URI of an object.
    """
    for number, line in enumerate("".join(utf8_text(chunks)).splitlines(), start=1):
        uri = line.strip().strip('"')
        if not uri:
            continue
        bucket, _, key = uri.removeprefix(_S3).partition("/")
        if not uri.startswith(_S3) or not bucket or not key:
            raise UnreadableError(f"Line {number} of the manifest is not the URI of an object (s3://bucket/key)")
        yield _of_one(spec, bucket, key)


def inventory_files(chunks: Iterator[bytes], spec: ItemReaderSpec) -> Iterator[ItemReaderSpec]:
    """Give a reader for each file of an inventory; its columns are those of the manifest, unless the reader has others.

    Raises:
        UnreadableError: if it is not the manifest of an inventory whose files are CSV.
    """
    manifest = _manifest("".join(utf8_text(chunks)))
    form = manifest.get("fileFormat")
    if form != "CSV":
        raise UnreadableError(
            f"The inventory's files are {form}; a Distributed Map reads inventories of CSV files only"
        )
    schema = manifest.get("fileSchema")
    headers = tuple(name.strip() for name in schema.split(",")) if isinstance(schema, str) else ()
    bucket = str(manifest.get("destinationBucket", "")).rpartition(":")[2]
    if not headers or not bucket:
        raise UnreadableError(f"{_NOT_ONE}: it needs fileSchema and destinationBucket")
    if spec.header_location is None:
        spec = replace(spec, header_location="GIVEN", headers=headers)
    for entry in manifest["files"]:
        yield _of_one(spec, bucket, entry["key"])


def _manifest(text: str) -> dict[str, Any]:
    try:
        manifest: Any = read_json(text)
    except BadJson as error:
        raise UnreadableError(f"The manifest of the inventory is not JSON that can be read: {error}") from error
    found: dict[str, Any] = manifest if isinstance(manifest, dict) else {}
    files = found.get("files")
    keys = [one.get("key") if isinstance(one, dict) else None for one in files] if isinstance(files, list) else [None]
    if not all(isinstance(key, str) for key in keys):
        raise UnreadableError(f"{_NOT_ONE}: it needs a list of files with their keys")
    return found


def _of_one(spec: ItemReaderSpec, bucket: str, key: str) -> ItemReaderSpec:
    """Return the reader of one object that holds items."""
    return replace(spec, parameters={"Bucket": bucket, "Key": key}, manifest=None, flatten=False, max_items=None)
