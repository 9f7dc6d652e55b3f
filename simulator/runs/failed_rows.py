"""Writes a run folder's `failed-rows.csv`, as `user-log-reporter` writes that of a run on AWS."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from lambdas.user_log_reporter.failed_rows import NEVER_DONE, Failure, failed_rows
from lambdas.user_log_reporter.reasons import person_text
from simulator.runs.folder.items import ItemIndex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder


class ItemOutcomes:
    """How the rows of a run folder ended, by the lines of `items.jsonl`.

    Args:
        index: the folder's.
    """

    def __init__(self, index: ItemIndex) -> None:
        self._index = index

    def failure(self, index: int, line: int) -> Failure | None:  # noqa: ARG002 - a row is known by its line here
        """Return why the row failed, NEVER_DONE if it did not end; None if it succeeded."""
        item = self._index.failed_on_line(line)
        if item is not None:
            return Failure(str(item.get("error") or item.get("status") or ""), person_text(item.get("cause")))
        return None if self._index.ended_on_line(line) else NEVER_DONE


def write_failed_rows(folder: RunFolder, index: ItemIndex | None = None) -> None:
    """Write `failed-rows.csv` from `input.csv` and `items.jsonl` (header only if no row failed).

    Args:
        folder: the run's.
        index: its ItemIndex, if one has been read already.

    Raises:
        OSError: `input.csv` is missing, or the folder cannot be written.
        ValueError: `input.csv` is not UTF-8, or has an endless record (such a file never gets as far as its rows).
    """
    draft = folder.failed_rows_file.with_name(f".failed-rows.csv.{os.getpid()}")
    outcomes = ItemOutcomes(index or ItemIndex(folder))
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            file.writelines(failed_rows(_chunks(folder.input_file), outcomes, folder.name))
        draft.replace(folder.failed_rows_file)
    except (OSError, ValueError):
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(65_536):
            yield chunk
