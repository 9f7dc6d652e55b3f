"""Writes a run folder's `failed-rows.csv`, as `user-log-reporter` writes that of a run on AWS."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING

from lambdas.user_log_reporter.failed_rows import NEVER_DONE, Failure, failed_rows
from lambdas.user_log_reporter.reasons import person_text
from simulator.runs.folder.items import ItemIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
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
    outcomes = ItemOutcomes(index or ItemIndex(folder))
    text = failed_rows(_chunks(folder.input_file), outcomes, folder.name)
    replace_failed_rows(folder, (piece.encode() for piece in text))


def replace_failed_rows(folder: RunFolder, pieces: Iterable[bytes]) -> None:
    """Put a new `failed-rows.csv` in the place of the old one, when all its pieces are there.

    Raises:
        OSError: the folder cannot be written.
        Exception: what `pieces` raises; the old file is left.
    """
    # The thread too: the end of a redrive and the report of an earlier end may come together.
    draft = folder.failed_rows_file.with_name(f".failed-rows.csv.{os.getpid()}.{threading.get_ident()}")
    try:
        with draft.open("wb") as file:
            file.writelines(pieces)
        draft.replace(folder.failed_rows_file)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(65_536):
            yield chunk
