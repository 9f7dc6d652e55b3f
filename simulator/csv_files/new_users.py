"""`--create-users`: a user master made from the user IDs of a file."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from lambdas.csv_validator.validation import validate
from lambdas.schema_migrator.users_csv import HEADER
from lambdas.shared.columns import MAX_USER_ID
from lambdas.shared.csv_dialect import decode, records
from lambdas.shared.settings import MAX_ROWS
from simulator.csv_files.encoding import read_chunks

if TYPE_CHECKING:
    from pathlib import Path


def write_user_master(source: Path, target: Path) -> int:
    """Write a users CSV with each valid user ID of an upload, once; return how many there are.

    Each stands on the line on which the upload has it first, so that what is said about a line is true of both files.

    A file that the validator will refuse gives none: nothing of it is to reach the database.

    Raises:
        OSError: a file cannot be read or written.
    """
    if not validate(read_chunks(source), MAX_ROWS).valid:
        return 0
    seen: set[str] = set()
    rows = records(decode(read_chunks(source)))
    next(rows)  # the header, which the validator has checked
    with target.open("w", encoding="utf-8", newline="") as file:
        master = csv.writer(file, lineterminator="\n")
        master.writerow(HEADER)
        line = 2
        for row in rows:
            user = row.fields[0]
            if _usable(user) and user not in seen:
                seen.add(user)
                file.write("\n" * (row.line - line))
                master.writerow([user, user, f"{user}@example.com"])
                line = row.line + 1
    return len(seen)


def _usable(user: str) -> bool:
    return bool(user.strip()) and len(user) <= MAX_USER_ID and user.isprintable()
