"""A function's code as it lies on disk: its size, its hash, and when it was last changed."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class SourceCode:
    """The Python files of a handler's package: bytes, SHA-256 in Base64, the time of the last change."""

    size: int
    sha256: str
    changed: datetime


def source_code(handler: str, task_root: Path) -> SourceCode:
    """Read the files that are loaded for a handler: its module, or its whole top-level package.

    Args:
        handler: `package.module.function`, or with slashes.
        task_root: the folder of the functions' code.
    """
    top = handler.replace("/", ".").partition(".")[0]
    package = task_root / top
    files = sorted(package.rglob("*.py")) if package.is_dir() else [task_root / f"{top}.py"]
    digest, size, changed = hashlib.sha256(), 0, 0.0
    for file in files:
        try:
            data, modified = file.read_bytes(), file.stat().st_mtime
        except OSError:
            continue  # deleted since it was listed, or there is no such handler, which its invocation says
        digest.update(f"{file.relative_to(task_root).as_posix()}\0{len(data)}\0".encode() + data)
        size += len(data)
        changed = max(changed, modified)
    return SourceCode(size, base64.b64encode(digest.digest()).decode(), datetime.fromtimestamp(changed, UTC))
