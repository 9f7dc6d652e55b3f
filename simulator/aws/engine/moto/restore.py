"""Puts objects and items into a moto that forgets: past its HTTP interface, since no call of S3 sets a version id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends

from simulator.aws.engine.environment import ACCOUNT, REGION
from simulator.aws.engine.table_log import items_of

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.aws.engine.moto.lasting.restoring import Restorer


class MotoRestore:
    """A `Restore` of a moto that is forgotten with its process."""

    @staticmethod
    def objects(entries: list[dict[str, Any]], *, complete: bool) -> int:  # noqa: ARG004 - it has none to forget
        """Put files as objects, with their version ids if they had one."""
        backend = s3_backends[ACCOUNT]["aws"]
        for entry in entries:
            stored = backend.put_object(entry["bucket"], entry["key"], entry["path"].read_bytes())
            if entry.get("versionId"):
                stored._version_id = entry["versionId"]  # noqa: SLF001 - no call of S3 can set it
        return len(entries)

    @staticmethod
    def items(table: str, path: Path) -> int:
        """Put the items of a table's log."""
        backend = dynamodb_backends[ACCOUNT][REGION]
        count = 0
        for item in items_of(path):
            backend.put_item(table, item, overwrite=True)
            count += 1
        return count


class LastingRestore:
    """A `Restore` of a moto that lasts: it takes objects with their dates, and has the items already.

    Args:
        restorer: the journal's.
    """

    def __init__(self, restorer: Restorer) -> None:
        self._restorer = restorer

    def objects(self, entries: list[dict[str, Any]], *, complete: bool) -> int:
        """Put files as objects, unless the journal knows something newer about them."""
        dated = [{**entry, "modified": entry.get("modified") or entry["path"].stat().st_mtime} for entry in entries]
        return self._restorer.found(dated, complete=complete)

    @staticmethod
    def items(table: str, path: Path) -> int:  # noqa: ARG004 - they are read from their folders when asked for
        """Put none."""
        return 0
