"""The options of the engine's process, and where it can be asked to restore an earlier run."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Self, get_args

import orjson

EngineName = Literal["moto", "roto"]
"""What can play S3, DynamoDB, SQS and SNS; the first is the default and the reference."""
MOTO: Final = "moto"
ROTO: Final = "roto"
ENGINES: Final[tuple[str, ...]] = get_args(EngineName)
RESTORE_PATH: Final = "/simulator/restore"
"""Of the address that puts objects and items back (see `restore_endpoint`, which only the engine's process imports)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTable:
    """A DynamoDB table whose written items are kept on disk as well, since an engine forgets when it stops.

    Args:
        name: the table's name.
        folder_attribute: the attribute of an item that names the folder below `folders` where it is kept.
        folders: holds those folders; none is made here.
        file_name: the file in such a folder, one item per line as JSON.
        orphans: the file for items whose folder does not exist, or whose attribute is not a plain file name.
        range_key: the table's range key; its hash key is the folder attribute.
        folder_mark: what ends the folder's name in the attribute: several hash keys then share a folder.
    """

    name: str
    folder_attribute: str
    folders: Path
    file_name: str
    orphans: Path
    range_key: str = ""
    folder_mark: str = ""

    def folder_of(self, hash_key: str) -> str:
        """Return the name of the folder that keeps the items of a hash key."""
        return hash_key.partition(self.folder_mark)[0] if self.folder_mark else hash_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Requests that are refused, as AWS does under load: writes to a table, or uploads of objects.

    Args:
        name: counts are asked for by it.
        count: how many requests are refused.
        after: how many requests of the kind pass before.
        table: refuse writes to this DynamoDB table.
        key_prefix: refuse S3 uploads of keys that begin so.
    """

    name: str
    count: int
    after: int = 0
    table: str | None = None
    key_prefix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """How an engine is run.

    Args:
        engine: one of `ENGINES`.
        restore_from: the only folder that objects and items may be restored from (see `restore_endpoint`).
        kept: the table that is kept on disk; None for none.
        refusals: what is refused.
        lasting: the folder of a cloud that lasts (see `lasting`); None for one that is forgotten with the process.
        enforced: the file of a template whose policies decide what functions and state machines may do; None for none.
        names: names in the local cloud -> names in that template.
    """

    engine: str = MOTO
    restore_from: Path
    kept: KeptTable | None = None
    refusals: tuple[Refusal, ...] = ()
    lasting: Path | None = None
    enforced: Path | None = None
    names: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return one argument for the process's command line."""
        return orjson.dumps(self, default=str).decode()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` made."""
        value = orjson.loads(text)
        kept = value["kept"]
        return cls(
            engine=value["engine"],
            restore_from=Path(value["restore_from"]),
            kept=kept and KeptTable(**{**kept, "folders": Path(kept["folders"]), "orphans": Path(kept["orphans"])}),
            refusals=tuple(Refusal(**one) for one in value["refusals"]),
            lasting=value["lasting"] and Path(value["lasting"]),
            enforced=value["enforced"] and Path(value["enforced"]),
            names=value["names"],
        )
