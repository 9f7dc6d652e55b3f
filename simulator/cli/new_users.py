"""`--create-users`: a user master made from the user IDs of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.shared.csv_dialect import RecordTooLongError, decode, records
from simulator.runs.encoding import read_chunks
from simulator.runs.failed_rows import quoted

if TYPE_CHECKING:
    from pathlib import Path

USER_COLUMN = "ユーザーID"
HEADER = "user_id,username,email"
MAX_LENGTH = 10
"""`users.user_id` is VARCHAR(10)."""


def write_user_master(source: Path, target: Path) -> int:
    """Write a users CSV with each valid user ID of an upload, once; return how many there are.

    A file that is not one for the pipeline gives none: the validator will say what is wrong with it.

    Raises:
        OSError: a file cannot be read or written.
    """
    seen: set[str] = set()
    with target.open("w", encoding="utf-8", newline="") as file:
        file.write(HEADER + "\n")
        try:
            column = None
            for record in records(decode(read_chunks(source))):
                if column is None:
                    if USER_COLUMN not in record.fields:
                        return 0
                    column = record.fields.index(USER_COLUMN)
                    continue
                user = record.fields[column] if column < len(record.fields) else ""
                if _usable(user) and user not in seen:
                    seen.add(user)
                    file.write(f"{quoted(user)},{quoted(user)},{quoted(user + '@example.com')}\n")
        except (UnicodeDecodeError, RecordTooLongError):
            return len(seen)
    return len(seen)


def _usable(user: str) -> bool:
    return bool(user.strip()) and len(user) <= MAX_LENGTH and user.isprintable()
