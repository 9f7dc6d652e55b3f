"""The path at which moto's process takes an earlier run back. In a module of its own: moto is not imported for it."""

from __future__ import annotations

from typing import Final

RESTORE_PATH: Final = "/simulator/restore"
