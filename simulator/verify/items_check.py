"""`items.jsonl` against the file: each line is a row of it, and no row is done twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.verify.findings import Findings
    from simulator.verify.row import Row

PLACE = "items.jsonl"


def take_items(folder: RunFolder, rows: list[Row], findings: Findings) -> None:
    """Tell each row how it ended; what no row of the file can be is a disagreement."""
    for item in folder.items():
        findings.count(PLACE)
        index = item.get("index")
        if not isinstance(index, int) or not 0 <= index < len(rows):
            findings.disagree(PLACE, f"It has a row with the index {index!r}; the file has {len(rows)} rows.")
            continue
        row = rows[index]
        if row.ended and item.get("redrive") == row.redrive:
            findings.disagree(PLACE, f"The row ended twice in attempt {row.redrive} of the run.", row)
        if (item.get("line"), item.get("user")) != (row.line, row.user):
            found = f"line {item.get('line')}, user {item.get('user')!r}"
            findings.disagree(PLACE, f"It calls row {index} {found}; the file has another row there.", row)
        row.take(item)
