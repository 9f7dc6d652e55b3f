"""What is put into moto itself, past its HTTP interface: version ids, dates, bytes that stay on disk. moto 5.2 only.

No call of S3 or DynamoDB can set these. Another engine needs this module written anew, and nothing else of the folder.
"""

from __future__ import annotations

import copy
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.core.common_models import BaseModel
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.s3.models import FakeDeleteMarker, FakeKey, FakeMultipart, s3_backends

from simulator.aws.engine.environment import ACCOUNT
from simulator.aws.engine.moto.lasting.kept_items import KeptItems, table_class
from simulator.aws.engine.moto.lasting.s3_writes import KEPT_HEADERS, NULL_VERSION
from simulator.aws.engine.moto.lasting.stored_bytes import StoredBytes

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.aws.engine.moto.lasting.kept_partitions import KeptPartitions


def reduce_memory() -> None:
    """Let moto forget what it needs no more, and share bytes that lie on disk between copies of an object.

    moto keeps a list of every model that it ever made (items that were replaced, parts of uploads, copies that a
    listing made), and a listing of versions copies every object's bytes.
    """
    BaseModel.__new__ = _untracked
    FakeKey.__deepcopy__ = _copied_key


def _untracked(cls: type[Any], *_arguments: Any, **_named: Any) -> Any:
    return object.__new__(cls)


def _copied_key(key: Any, _memo: dict[int, Any]) -> Any:
    copied = object.__new__(type(key))
    copied.__dict__.update(key.__dict__)
    copied.lock = threading.Lock()
    copied._metadata = copy.deepcopy(key._metadata)  # noqa: SLF001 - no other way
    if not isinstance(key._value_buffer, StoredBytes):  # noqa: SLF001 - as above
        copied._value_buffer = _Shared(key)
    copied.multipart = None  # its end would close the parts
    return copied


class _Shared:
    """The buffer of a copied object: the object's own, which the copy's end must not close."""

    def __init__(self, key: Any) -> None:
        self._key = key

    def __getattr__(self, name: str) -> Any:
        return getattr(self._key._value_buffer, name)  # noqa: SLF001 - no other way

    def close(self) -> None:
        """Leave it open."""


class MotoState:
    """The state of moto in this process."""

    def __init__(self) -> None:
        self._s3: Any = s3_backends[ACCOUNT]["aws"]

    def has_bucket(self, bucket: str) -> bool:
        """Tell whether a bucket exists."""
        return bucket in self._s3.buckets

    def versions(self, bucket: str, key: str) -> list[tuple[str, float]]:
        """Return (version id, time) of a key's versions and delete markers, oldest first."""
        found = self._s3.get_bucket(bucket).keys.getlist(key, [])
        return [(str(one.version_id), _seconds(one.last_modified)) for one in found]

    def on_disk(self, bucket: str, key: str, version: str | None) -> StoredBytes | None:
        """Return the bytes of an object's version (None: the latest); None if there is none, or not on disk."""
        found = self._s3.buckets[bucket].keys.getlist(key, []) if bucket in self._s3.buckets else []
        if version is not None:
            found = [one for one in found if str(one.version_id) == version]
        stored = getattr(found[-1], "_value_buffer", None) if found else None
        return stored if isinstance(stored, StoredBytes) else None

    def dated(self, bucket: str, at: float) -> None:
        """Give a bucket the date on which it was made."""
        self._s3.get_bucket(bucket).creation_date = datetime.fromtimestamp(at, UTC)

    def put_object(self, bucket: str, key: str, version: str, file: Path, entry: dict[str, Any]) -> None:
        """Put an object version whose bytes lie in a file, in the place that its date gives it.

        Args:
            bucket: where.
            key: its key.
            version: its version id; `null` replaces one of that name.
            file: its bytes.
            entry: `modified` (seconds), and if they are known `etag`, `headers`, `upload` and `parts` (sizes).
        """
        headers: dict[str, str] = entry.get("headers", {})
        checksum = next((name for name in headers if name.startswith("x-amz-checksum-") and name[15:] != "type"), None)
        made = FakeKey(
            name=key,
            value=b"",
            account_id=ACCOUNT,
            region_name=self._s3.region_name,
            storage=headers.get("x-amz-storage-class"),
            etag=entry.get("etag"),
            is_versioned=version != NULL_VERSION,
            version_id=version,
            bucket_name=bucket,
            encryption=headers.get("x-amz-server-side-encryption"),
            kms_key_id=headers.get("x-amz-server-side-encryption-aws-kms-key-id"),
            bucket_key_enabled=headers.get("x-amz-server-side-encryption-bucket-key-enabled"),
            lock_mode=headers.get("x-amz-object-lock-mode"),
            lock_legal_status=headers.get("x-amz-object-lock-legal-hold"),
            lock_until=headers.get("x-amz-object-lock-retain-until-date"),
            checksum_value=headers[checksum] if checksum else None,
        )
        _keep_on_disk(made, file)
        made.last_modified = _moment(entry["modified"])
        made.website_redirect_location = headers.get("x-amz-website-redirect-location")
        made.checksum_algorithm = headers.get("x-amz-sdk-checksum-algorithm") or (checksum and checksum[15:].upper())
        made.set_metadata({name: value for name, value in headers.items() if _is_metadata(name)})
        if entry.get("upload"):
            made.multipart = self._multipart(key, entry["upload"], entry["parts"], file)
        self._insert(bucket, key, made)

    def _multipart(self, key: str, upload: str, parts: list[int], file: Path) -> Any:
        multipart = FakeMultipart(key, {}, ACCOUNT, self._s3.region_name)
        multipart.id = upload
        start = 0
        for number, size in enumerate(parts, 1):
            _keep_on_disk(multipart.set_part(number, b""), file, start, size)
            start += size
        return multipart

    def put_marker(self, bucket: str, key: str, version: str, modified: float) -> None:
        """Put a delete marker."""
        earlier = self._s3.get_bucket(bucket).keys.getlist(key, [])
        stand_in = earlier[-1] if earlier else FakeKey(key, b"", ACCOUNT, self._s3.region_name, bucket_name=bucket)
        marker = FakeDeleteMarker(key=stand_in)
        marker._version_id = version  # noqa: SLF001 - no call of S3 can set it
        marker.last_modified = _moment(modified)
        self._insert(bucket, key, marker)

    def _insert(self, bucket: str, key: str, made: Any) -> None:
        keys = self._s3.get_bucket(bucket).keys
        kept = [one for one in keys.getlist(key, []) if str(one.version_id) != str(made.version_id)]
        place = len(kept)
        while place and kept[place - 1].last_modified > made.last_modified:
            place -= 1
        keys.setlist(key, [*kept[:place], made, *kept[place:]])

    def keep_on_disk(self, bucket: str, key: str, version: str, file: Path) -> None:
        """Let an object that has just been written read its bytes from a file; memory then has none of them."""
        for stored in reversed(self._s3.get_bucket(bucket).keys.getlist(key, [])):
            if isinstance(stored, FakeKey) and str(stored.version_id) == version:
                multipart: Any = stored.multipart
                start = 0
                for number in multipart.partlist if multipart else ():
                    part = multipart.parts[number]
                    _keep_on_disk(part, file, start, part.contentsize)
                    start += part.contentsize
                _keep_on_disk(stored, file)
                return

    def put_upload(self, bucket: str, temporary: str, upload: str) -> None:
        """Give an upload of parts that has just been begun the id that it had."""
        multiparts = self._s3.get_bucket(bucket).multiparts
        multipart = multiparts[temporary]
        dict.__delitem__(multiparts, temporary)
        multipart.id = upload
        multiparts[upload] = multipart

    def put_item(self, region: str, table: str, item: dict[str, Any]) -> None:
        """Put an item, in DynamoDB's typed JSON."""
        dynamodb_backends[ACCOUNT][region].put_item(table, item, overwrite=True)

    def dated_table(self, region: str, table: str, at: float) -> None:
        """Give a table the date on which it was made."""
        dynamodb_backends[ACCOUNT][region].get_table(table).created_at = _moment(at)

    def attach(self, region: str, partitions: KeptPartitions) -> None:
        """Let the kept table, which has just been made, read its items from the run folders when they are asked for."""
        table: Any = dynamodb_backends[ACCOUNT][region].get_table(partitions.table)
        table.__class__ = table_class(Table)
        table.items = KeptItems(table, partitions)


def _keep_on_disk(key: Any, file: Path, start: int = 0, size: int | None = None) -> None:
    with key.lock:
        before = key._value_buffer  # noqa: SLF001 - no other way
        key._value_buffer = StoredBytes(file, start, size)  # noqa: SLF001 - as above
        key.contentsize = key._value_buffer.seek(0, 2)  # noqa: SLF001 - as above
        before.close()


def _is_metadata(name: str) -> bool:
    return name in KEPT_HEADERS or name.startswith("x-amz-meta-")


def _moment(seconds: float) -> datetime:
    """Return a time as moto keeps it: in UTC, without saying so."""
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def _seconds(moment: datetime) -> float:
    return moment.replace(tzinfo=UTC).timestamp()
