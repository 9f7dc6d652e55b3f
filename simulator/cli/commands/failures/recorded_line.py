"""A recorded row by the line of the file, as the commands name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.cli.exits import UsageError
from simulator.runs.row_story import row_story

if TYPE_CHECKING:
    from simulator.pipeline.replaying.recorded_rows import RecordedRow
    from simulator.runs.folder.run_folder import RunFolder


def row_on_line(folder: RunFolder, known: list[RecordedRow], line: int) -> RecordedRow:
    """Return the row on a line of a run's file.

    Raises:
        UsageError: there is none, or its event is not recorded.
    """
    story = row_story(folder, line=line)
    if story is None:
        raise UsageError(f"The file of {folder.name} has no row on line {line} (line 1 is the header).")
    found = next((row for row in known if row.index == story.index), None)
    if found is None:
        raise UsageError(
            f"The run {folder.name} has not recorded the event of line {line}: no result file has it. It was cut off "
            "before it wrote its results."
        )
    return found
