"""Puts into moto what the journal has, and what lies in the folders of runs that ran without the journal."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from simulator.aws.engine.environment import REGION
from simulator.aws.engine.moto.lasting.dynamodb_writes import call_dynamodb
from simulator.aws.engine.moto.lasting.s3_writes import NULL_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from simulator.aws.engine.moto.lasting.journal import Journal
    from simulator.aws.engine.moto.lasting.kept_partitions import KeptPartitions
    from simulator.aws.engine.moto.lasting.moto_state import MotoState
    from simulator.aws.engine.moto.lasting.s3_writes import S3Writes
    from simulator.aws.engine.moto.lasting.sqs_writes import SqsWrites
    from simulator.aws.engine.requests import Caller

    Line = dict[str, Any]


class Restorer:
    """Restores a journal.

    Args:
        caller: the application.
        state: moto's.
        writes: told the versions that there are.
        queues: restores SQS's lines.
        blobs: the objects' bytes.
        kept: the items that lie in run folders; None for none.
    """

    def __init__(  # noqa: PLR0917 - all parts of the engine
        self,
        caller: Caller,
        state: MotoState,
        writes: S3Writes,
        queues: SqsWrites,
        blobs: Path,
        kept: KeptPartitions | None,
    ) -> None:
        self._caller = caller
        self._state = state
        self._writes = writes
        self._queues = queues
        self._blobs = blobs
        self._kept = kept
        self._gone: dict[tuple[str, str, str], float] = {}
        self._unfiled: list[Line] = []
        self._journal: Journal | None = None

    def restore(self, journal: Journal) -> None:
        """Restore everything, containers first; blobs that nothing names are deleted."""
        later: list[Line] = []
        queued: list[Line] = []
        self._journal = journal
        for line in journal.restored():
            if line["about"][0] == "sqs":
                queued.append(line)
            elif len(line["about"]) == len(("s3", "bucket")) and line["about"][0] == "s3":
                self._request(line)
                self._state.dated(line["about"][1], line["at"])
            elif len(line["about"]) == len(("dynamodb", "region", "table")) and line["about"][0] == "dynamodb":
                self._table_request(line)
                self._state.dated_table(line["about"][1], line["about"][2], line["at"])
            else:
                later.append(line)
        for line in later:
            if line["about"][0] == "s3":
                self._s3_line(line)
            elif line["about"][3] == "item":
                self._item_line(line)
            else:
                self._table_request(line)
        self._queues.restore(queued)
        self._sweep(later)

    def _s3_line(self, line: Line) -> None:
        _, bucket, kind, *rest = line["about"]
        if kind == "config" or (kind == "key" and len(rest) > len(("key", "version"))):
            self._request(line)
        elif kind == "upload":
            self._upload_line(line, bucket, rest)
        elif line.get("gone"):
            self._gone[bucket, rest[0], rest[1]] = line["modified"]
        elif self._state.has_bucket(bucket):
            key, version = rest
            if line.get("marker"):
                self._state.put_marker(bucket, key, version, line["modified"])
            else:
                self._state.put_object(bucket, key, version, self._blobs / line["blob"], line)
            self._writes.versions.setdefault((bucket, key), {})[version] = line.get("blob")

    def _upload_line(self, line: Line, bucket: str, rest: list[str]) -> None:
        """An upload of parts that had not come to its end goes on under its id."""
        path = f"/{bucket}/{line['key']}"
        if len(rest) == 1:
            begun = self._caller.call("POST", path, {"uploads": ""}, scope=("s3", REGION), headers=line["headers"])
            if begun.good:
                temporary = begun.body.decode().partition("<UploadId>")[2].partition("</UploadId>")[0]
                self._state.put_upload(bucket, temporary, rest[0])
        else:
            content = (self._blobs / line["blob"]).read_bytes()
            query = {"partNumber": rest[1], "uploadId": rest[0]}
            self._caller.call("PUT", path, query, scope=("s3", REGION), headers=line["headers"], body=content)

    def _item_line(self, line: Line) -> None:
        _, region, table, *_ = line["about"]
        if self._kept is None or not self._kept.is_table(region, table):
            self._state.put_item(region, table, line["item"])
        elif "after" in line:
            self._kept.take_override(line)
        else:
            self._unfiled.append(line)

    def put_unfiled_items(self) -> None:
        """Put the kept table's items that belong to no run's folder, now that the table has been made."""
        unfiled, self._unfiled = self._unfiled, []
        for line in unfiled:
            self._state.put_item(REGION, line["about"][2], line["item"])

    def found(self, objects: Iterable[Line], *, complete: bool = False) -> int:
        """Put objects that lie in the folders of runs, unless the journal knows something newer about them.

        Args:
            objects: of each `bucket`, `key`, `path`, `modified` (seconds), and if they are known `versionId`, `etag`.
            complete: whether these are all that lie there. The journal then forgets that others are gone: nothing
                would bring them back.

        Returns:
            How many were put.
        """
        count = 0
        lying: set[tuple[str, str, str]] = set()
        for entry in objects:
            bucket, key = entry["bucket"], entry["key"]
            if not self._state.has_bucket(bucket):
                continue
            version = entry.get("versionId") or NULL_VERSION
            lying.add((bucket, key, version))
            known = dict(self._state.versions(bucket, key)).get(version)
            newest = max(known or 0.0, self._gone.get((bucket, key, version), 0.0))
            if known is not None and (version != NULL_VERSION or known >= int(entry["modified"])):
                continue
            if newest and (version != NULL_VERSION or newest >= entry["modified"]):
                continue
            self._state.put_object(bucket, key, version, entry["path"], entry)
            self._writes.versions.setdefault((bucket, key), {})[version] = None
            count += 1
        if complete:
            self._forget_gone(self._gone.keys() - lying)
        return count

    def _forget_gone(self, names: Iterable[tuple[str, str, str]]) -> None:
        abouts = []
        for bucket, key, version in names:
            del self._gone[bucket, key, version]
            if version not in self._writes.versions.get((bucket, key), {}):
                abouts.append(["s3", bucket, "key", key, version])
        if self._journal is not None:
            with contextlib.suppress(OSError):  # the disk is full: the lines stay until the next start
                self._journal.forget(*abouts)

    def _request(self, line: Line) -> None:
        self._caller.call(
            line["method"],
            line["path"],
            line["query"],
            scope=("s3", line.get("region", REGION)),
            headers=line["headers"],
            body=line["body"].encode("latin-1"),
        )

    def _table_request(self, line: Line) -> None:
        call_dynamodb(self._caller, line["about"][1], line["operation"], line["request"])

    def _sweep(self, lines: list[Line]) -> None:
        """Delete the bytes of objects that were replaced or deleted while their process died."""
        named = {line["blob"] for line in lines if "blob" in line}
        for file in self._blobs.glob("*/*"):
            if f"{file.parent.name}/{file.name}" not in named:
                file.unlink()
